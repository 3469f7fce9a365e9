//! `greenroom turns`: plays recorded turns to the ear and the conversation and says when each would be
//! answered. For `cargo xtask bench turns`, which makes the turns and compares.

mod hear;
mod play;
mod signs;
mod speak;

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use anyhow::Context;
use interview::Us;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::config::Config;

/// A browser's frame: the ear hears this much at a time, 20 ms.
const FRAME_SAMPLES: usize = engines::LISTEN_HZ as usize / 50;
/// Its length.
const FRAME_US: Us = 20_000;

/// What is done with the turns.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Speaks lines of JSON from standard input into sound files.
    Speak,
    /// Lets the ear and the models hear the turns, in the time of their samples.
    Hear(hear::Arguments),
    /// Lets conversations decide on what was heard, once for each threshold.
    Decide(play::Arguments),
    /// Hears and decides in real time.
    Live(play::LiveArguments),
    /// Says for sentences, one a line, which signs of an ending they show.
    Signs,
}

pub(super) fn run(config: &Config, command: &Command) -> anyhow::Result<ExitCode> {
    super::log();
    match command {
        Command::Speak => speak::run(config),
        Command::Hear(arguments) => hear::run(config, arguments),
        Command::Decide(arguments) => play::run(arguments),
        Command::Live(arguments) => play::run_live(config, arguments),
        Command::Signs => signs::run(),
    }?;
    Ok(ExitCode::SUCCESS)
}

/// What is known of a turn; the file has more for those who compare.
#[derive(Debug, Deserialize)]
struct Turn {
    id: String,
    file: String,
    speaker: String,
    place: Place,
    /// When the speaker has finished, seconds from the first sample.
    end_s: f64,
}

/// Where in an interview the turn is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Place {
    /// In reply to the warm-up question, where no story is expected.
    WarmUp,
    /// In reply to the first question.
    Question,
}

/// Something that the ear or a model found, and when the conversation learns of it, counted from the
/// first sample.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Heard {
    at_us: Us,
    #[serde(flatten)]
    what: What,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum What {
    Began { from_us: Us },
    Paused { since_us: Us, voiced_ms: u32 },
    Silent { since_us: Us, ms: u32 },
    Speaking,
    Sound { since_us: Us, probability: f32 },
    Caption { segment_us: Us, text: String },
    Closed { from_us: Us, to_us: Us },
}

/// All that was heard of a turn.
#[derive(Debug, Serialize, Deserialize)]
struct HeardTurn {
    id: String,
    heard: Vec<Heard>,
    /// What the calls cost: microseconds of the processor.
    costs: Costs,
}

/// What the models cost, microseconds of one processor.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
struct Costs {
    ear_us: Us,
    sound_us: Vec<Us>,
    captions_us: Vec<Us>,
}

fn turns_of(folder: &Path) -> anyhow::Result<Vec<Turn>> {
    read_json(&folder.join("truth.json"))
}

fn read_json<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("{} cannot be read; make the set first", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not as expected", path.display()))
}

fn write_json<T: Serialize>(path: &Path, value: &T) -> anyhow::Result<()> {
    fs::write(path, serde_json::to_string(value)? + "\n")
        .with_context(|| format!("{} cannot be written", path.display()))
}

/// The samples of a turn.
fn samples_of(folder: &Path, turn: &Turn) -> anyhow::Result<Vec<f32>> {
    let path: PathBuf = folder.join(&turn.file);
    let sound = engines::audio::decode_file(&path, engines::LISTEN_HZ)
        .with_context(|| path.display().to_string())?;
    Ok(sound.samples)
}

/// Measures processor time of this thread; where the system does not tell, the time that passes.
struct Stopwatch {
    processor_ns: Option<u64>,
    since: Instant,
}

impl Stopwatch {
    fn start() -> Self {
        Self { processor_ns: processor_ns(), since: Instant::now() }
    }

    fn cost_us(&self) -> Us {
        let ns = match (self.processor_ns, processor_ns()) {
            (Some(before), Some(after)) => u128::from(after.saturating_sub(before)),
            _ => self.since.elapsed().as_nanos(),
        };
        Us::try_from(ns / 1_000).unwrap_or(Us::MAX)
    }
}

fn processor_ns() -> Option<u64> {
    fs::read_to_string("/proc/thread-self/schedstat").ok()?.split(' ').next()?.parse().ok()
}
