//! `greenroom delivery`: writes what the sound of recordings measures, frame by frame. For `cargo xtask
//! evals delivery`, which makes the recordings and holds the measures against Praat's.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use analysis::{
    Sound, Switches,
    features::sound::{Listened, Reliability, Track, Tracker, measure},
};
use anyhow::Context;
use engines::audio::Decoder;
use interview::{Answer, AnswerId, Bank, InterviewId, Mode, Question, Rubric, Span, Word};
use serde::{Deserialize, Serialize};

use crate::{
    config::Config,
    content,
    engine_room::Engines,
    jobs::{
        hearing::{Instruments, Listener},
        pipeline::{Against, analyse},
    },
};

/// Arguments of `greenroom delivery`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The folder of recordings, with `set.json` that lists them.
    #[arg(long)]
    set: PathBuf,
    /// The file to write.
    #[arg(long)]
    out: PathBuf,
}

/// What is known of a recording; the file has more for those who compare.
#[derive(Debug, Deserialize)]
struct Recording {
    id: String,
    file: PathBuf,
    /// Whether its words are recognised too, which takes longest.
    words: bool,
}

/// What a recording measures. Times are seconds from its first sample.
#[derive(Debug, Serialize)]
struct Measured {
    id: String,
    seconds: f64,
    /// Fundamental frequency of each 10 ms, 0 where there is none.
    f0_hz: Vec<f32>,
    /// Level of each 10 ms.
    level_db: Vec<f32>,
    /// Where voice activity found speech, and the same with its edges drawn by the level.
    activity_s: Vec<[f64; 2]>,
    speech_s: Vec<[f64; 2]>,
    pauses_s: Vec<[f64; 2]>,
    /// How many words were recognised.
    words: usize,
    features: BTreeMap<String, f64>,
    /// What was withheld, and why.
    left_out: BTreeMap<String, String>,
}

/// Measures all recordings of the set.
pub(super) fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    super::log();
    let bank = content::bank()?;
    let instruments = Instruments::of(&Arc::new(Engines::listening(&config.data.models()?)));
    let list = arguments.set.join("set.json");
    let text = fs::read_to_string(&list)
        .with_context(|| format!("{} cannot be read; make the set first", list.display()))?;
    let recordings: Vec<Recording> = serde_json::from_str(&text)
        .with_context(|| format!("{} is not as expected", list.display()))?;
    let measured = recordings
        .into_iter()
        .map(|recording| hear(&arguments.set, recording, &instruments, &bank))
        .collect::<anyhow::Result<Vec<Measured>>>()?;
    fs::write(&arguments.out, serde_json::to_string(&measured)? + "\n")
        .with_context(|| format!("{} cannot be written", arguments.out.display()))?;
    Ok(ExitCode::SUCCESS)
}

fn hear(
    folder: &Path,
    recording: Recording,
    instruments: &Instruments,
    bank: &Bank,
) -> anyhow::Result<Measured> {
    let path = folder.join(&recording.file);
    let mut decoder =
        Decoder::open(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let recogniser = instruments.recogniser.clone().filter(|_| recording.words);
    let mut listener = Listener::new(instruments, recogniser, 0)?;
    let mut tracker = Tracker::new(0);
    while let Some(samples) = decoder.next_chunk()? {
        tracker.push(samples);
        listener.push(samples)?;
    }
    let heard = listener.finish()?;
    let words = heard.words();
    let track = tracker.finish();
    let sound = measure(&Listened {
        tracks: std::slice::from_ref(&track),
        question_end_us: None,
        words: &words,
        voiced: &heard.voiced,
        reliability: Reliability {
            coded_bits_per_s: decoder.opus_bits_per_s(),
            ..Reliability::default()
        },
        switches: &Switches::default(),
    });
    let seconds = decoder.position().seconds;
    let Recording { id, .. } = recording;
    measured(Heard { id, seconds, activity: heard.voiced, track, sound, words }, bank)
}

struct Heard {
    id: String,
    seconds: f64,
    activity: Vec<Span>,
    track: Track,
    sound: Sound,
    words: Vec<Word>,
}

/// The sound's own measures, and those of the report, which also need the words.
fn measured(heard: Heard, bank: &Bank) -> anyhow::Result<Measured> {
    let Heard { id, seconds, activity, track, sound, words } = heard;
    let mut features: BTreeMap<String, f64> =
        sound.features.iter().map(|one| (one.name.0.clone(), one.value)).collect();
    let mut left_out: BTreeMap<String, String> =
        sound.left_out.iter().map(|one| (one.what.clone(), one.why.clone())).collect();
    let count = words.len();
    if count > 0 {
        let question = bank.questions.values().next().context("there is no question")?;
        let rubric = bank.rubrics.get("behavioural").context("there is no rubric")?;
        let report = report(&spoken(question, words), &sound, rubric);
        features.extend(report.features.into_iter().map(|one| (one.name.0, one.value)));
        left_out.extend(report.left_out.into_iter().map(|one| (one.what, one.why)));
    }
    let seconds_of = |spans: &[Span]| -> Vec<[f64; 2]> {
        spans.iter().map(|span| [span.start_us as f64 / 1e6, span.end_us as f64 / 1e6]).collect()
    };
    Ok(Measured {
        id,
        seconds,
        f0_hz: track.frames.iter().map(|frame| frame.f0_hz).collect(),
        level_db: track.frames.iter().map(|frame| frame.level_db).collect(),
        activity_s: seconds_of(&activity),
        speech_s: seconds_of(&sound.voiced),
        pauses_s: seconds_of(&sound.pauses),
        words: count,
        features,
        left_out,
    })
}

fn report(answer: &Answer, sound: &Sound, rubric: &Rubric) -> analysis::AnswerReport {
    let switches = Switches::default();
    let against = Against {
        rubric,
        goal: None,
        switches: &switches,
        baseline: None,
        earlier: &[],
        no_fillers: &[],
    };
    analyse(answer, Some(sound), None, against).report
}

fn spoken(question: &Question, words: Vec<Word>) -> Answer {
    let span = words.iter().filter_map(|word| word.span).reduce(Span::join);
    Answer {
        id: AnswerId::new(1, [0; 10]),
        interview: InterviewId::new(0, [0; 10]),
        item: Some(0),
        attempt: 1,
        question: question.clone(),
        mode: Mode::Spoken,
        words,
        turn_starts: Vec::new(),
        probes: Vec::new(),
        span,
        edited_share: 0.0,
    }
}
