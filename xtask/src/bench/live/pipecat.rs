//! The same candidates in front of Pipecat.

use std::{fs, path::PathBuf};

use anyhow::Context;
use serde::Deserialize;

use super::Round;
use crate::{
    bench::Place,
    live::clips::{Clip, HZ},
    python,
    shell::{command, root, run_quietly},
};

/// How Pipecat decides that a turn is over.
pub struct Setting {
    /// What the tables call it.
    pub name: &'static str,
    vad_stop_s: &'static str,
    confidence: &'static str,
    stop_s: &'static str,
}

/// The setting with which it cuts off as few pauses as Greenroom (`cargo xtask bench turns`), and its default.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "Pipecat, VAD 0.8 s, above 0.99, at most 2.5 s",
        vad_stop_s: "0.8",
        confidence: "0.99",
        stop_s: "2.5",
    },
    Setting {
        name: "Pipecat, VAD 0.2 s, above 0.5, at most 3 s",
        vad_stop_s: "0.2",
        confidence: "0.5",
        stop_s: "3",
    },
];

/// Pipecat with its packages, and what it is played.
pub struct Pipecat {
    python: PathBuf,
    answers: PathBuf,
    model: PathBuf,
    out: PathBuf,
    seconds: f64,
}

/// What the script writes.
#[derive(Deserialize)]
struct Played {
    dead_air_s: Vec<f64>,
    words_s: Vec<f64>,
    words_waiting: usize,
    cuts: usize,
    cores: f64,
    memory_bytes: u64,
}

impl Pipecat {
    /// Installs what is missing and writes the answers as files.
    ///
    /// # Errors
    /// When a package cannot be had or a file cannot be written.
    pub fn install(place: &Place, answers: &[Clip], seconds: f64) -> anyhow::Result<Self> {
        let cache = python::cache("live");
        let python = python::with_packages(&cache.join("venv"), "evals/live/requirements.txt")?;
        let folder = place.data().join("answers");
        fs::create_dir_all(&folder)?;
        for (number, answer) in answers.iter().enumerate() {
            write(&folder.join(format!("{number}.wav")), answer)?;
        }
        let (model, out) = (place.models.join("whisper-base"), place.data().join("pipecat.json"));
        Ok(Self { python, answers: folder, model, out, seconds })
    }

    /// So many candidates at once.
    ///
    /// # Errors
    /// When the script fails.
    pub fn hold_many(&self, setting: &Setting, number: usize) -> anyhow::Result<Round> {
        let script = root().join("evals/live/play_pipecat.py");
        let mut play = command(&self.python.to_string_lossy(), &[&script.to_string_lossy()]);
        play.args(["--vad-stop", setting.vad_stop_s, "--stop", setting.stop_s]);
        play.args(["--confidence", setting.confidence, "--number", &number.to_string()]);
        play.args(["--seconds", &self.seconds.to_string()]);
        play.arg("--answers").arg(&self.answers).arg("--model").arg(&self.model);
        play.arg("--out").arg(&self.out);
        play.env("PYTHONDONTWRITEBYTECODE", "1").env("OMP_NUM_THREADS", "1");
        run_quietly(play)?;
        let played: Played = serde_json::from_str(&fs::read_to_string(&self.out)?)
            .context("what Pipecat was measured at cannot be read")?;
        anyhow::ensure!(
            played.words_waiting <= number || played.words_s.len() > played.words_waiting,
            "the recogniser never came to an end: {} stretches wait",
            played.words_waiting
        );
        Ok(Round {
            number,
            dead_air_s: played.dead_air_s,
            cuts: played.cuts,
            words_s: played.words_s,
            cores: played.cores,
            memory_bytes: played.memory_bytes,
        })
    }
}

fn write(path: &std::path::Path, clip: &Clip) -> anyhow::Result<()> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: HZ,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(path, spec)?;
    for sample in clip.samples.iter() {
        writer.write_sample((sample.clamp(-1.0, 1.0) * 32_767.0) as i16)?;
    }
    Ok(writer.finalize()?)
}
