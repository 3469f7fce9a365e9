//! `greenroom analyze`: recordings and transcripts judged on the command line, without a server or a
//! store. `docs/reference/analyze-schema.md` describes what `--json` prints.
#![expect(
    clippy::print_stdout,
    reason = "reports are printed for the person or the program that asked"
)]

mod output;
mod question;
mod recording;
mod text;
mod transcript;

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use analysis::{InterviewInput, Switches, analyse_interview};
use anyhow::{Context, bail};
use engines::audio::{AudioError, Decoder};
use interview::{Answer, Bank, Rubric, Seniority};

use self::{output::Output, question::Questions, text::print_report};
use crate::{
    config::Config,
    content,
    engine_room::Engines,
    jobs::{
        hearing::Instruments,
        pipeline::{Against, analyse},
    },
};

/// Arguments of `greenroom analyze`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Several files are analysed one after another: the recordings first, then the \
transcripts. Give one --question for all of them, or as many as there are files and folders, in the \
same order. A transcript names its own questions; --question takes the place of the first.\n\n\
A transcript is a JSON file: {\"question\": \"…\", \"turns\": [{\"speaker\": \"interviewer\" or \
\"candidate\", \"text\": \"…\", \"start_s\": 0.0, \"end_s\": 1.2, \"words\": [{\"text\": \"…\", \
\"start_s\": 0.0, \"end_s\": 0.3}]}]}; times and words may be left out."
)]
pub(super) struct Arguments {
    /// A recording of one answer (wav, flac, mp3, ogg, opus, webm, m4a), or a folder of recordings.
    #[arg(value_name = "RECORDING")]
    recordings: Vec<PathBuf>,
    /// A transcript, or a folder of transcripts.
    #[arg(long = "transcript", value_name = "FILE")]
    transcripts: Vec<PathBuf>,
    /// The question that was answered.
    #[arg(long = "question", value_name = "TEXT")]
    questions: Vec<String>,
    /// Print JSON: one line for each file.
    #[arg(long)]
    json: bool,
}

/// One file to analyse.
struct Input {
    path: PathBuf,
    transcript: bool,
    question: Option<String>,
}

/// Why a file could not be analysed: a stable code, and what to do.
#[derive(Debug)]
pub(super) struct Fault {
    code: &'static str,
    message: String,
}

impl Fault {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl From<engines::Error> for Fault {
    fn from(error: engines::Error) -> Self {
        let code = match &error {
            engines::Error::Missing { .. } => "model_missing",
            engines::Error::Load { .. } => "model_broken",
            engines::Error::Run { .. } => "model_failed",
            engines::Error::Audio(audio) => return audio_fault(audio),
        };
        Self::new(code, error.to_string())
    }
}

fn audio_fault(error: &AudioError) -> Fault {
    let code = match error {
        AudioError::File { .. } => "cannot_read",
        AudioError::Empty => "empty_file",
        AudioError::Text => "text_file",
        AudioError::UnknownFormat => "unknown_format",
        AudioError::DamagedStart => "damaged_file",
        AudioError::NoTrack => "no_audio_track",
        AudioError::UnsupportedCodec { .. } => "unsupported_codec",
        AudioError::UnsupportedRate { .. } => "unsupported_rate",
        AudioError::NothingReadable { .. } => "nothing_readable",
        AudioError::TooLong => "too_long",
        AudioError::Write(_) | AudioError::Convert { .. } => "convert_failed",
    };
    Fault::new(code, error.to_string())
}

/// What one file gave.
pub(super) struct Given {
    answers: Vec<Answer>,
    sounds: Vec<Option<analysis::Sound>>,
    seconds: Option<f64>,
    warnings: Vec<String>,
}

/// Analyses all files; a file that fails does not stop the others.
pub(super) fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    super::log();
    let inputs = inputs(arguments)?;
    let analyser = Analyser::new(config, &inputs)?;
    let mut failed = false;
    for input in &inputs {
        let output = analyser.analyse(input);
        failed |= output.error.is_some();
        let printed = if arguments.json {
            serde_json::to_writer(std::io::stdout().lock(), &output)?;
            println!();
            std::io::stdout().flush()
        } else {
            print_report(&mut std::io::stdout().lock(), &output)
        };
        printed.context("the report cannot be printed")?;
        if let (Some(error), false) = (&output.error, arguments.json) {
            eprintln!("error: {}: {}", output.file, error.message);
        }
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The files to analyse, each with its question.
fn inputs(arguments: &Arguments) -> anyhow::Result<Vec<Input>> {
    let Arguments { recordings, transcripts, questions, .. } = arguments;
    let given: Vec<(&PathBuf, bool)> = recordings
        .iter()
        .map(|path| (path, false))
        .chain(transcripts.iter().map(|path| (path, true)))
        .collect();
    if given.is_empty() {
        bail!("nothing to analyse; name a recording, or a transcript with --transcript");
    }
    if questions.len() > 1 && questions.len() != given.len() {
        bail!(
            "{} questions for {} files and folders; give one for all, or one for each in order",
            questions.len(),
            given.len()
        );
    }
    if questions.is_empty() && !recordings.is_empty() {
        bail!("a recording does not say what was asked; add --question");
    }
    let mut inputs = Vec::new();
    for (index, (path, transcript)) in given.into_iter().enumerate() {
        let question = questions.get(index.min(questions.len().saturating_sub(1))).cloned();
        for path in files(path, transcript)? {
            inputs.push(Input { path, transcript, question: question.clone() });
        }
    }
    Ok(inputs)
}

/// The file itself, or all files of its kind in a folder, by name.
fn files(path: &Path, transcript: bool) -> anyhow::Result<Vec<PathBuf>> {
    const RECORDINGS: &[&str] =
        &["wav", "flac", "mp3", "ogg", "oga", "opus", "webm", "m4a", "mp4", "aac", "mka"];
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let wanted: &[&str] = if transcript { &["json"] } else { RECORDINGS };
    let mut found = Vec::new();
    let unreadable = || format!("the folder {} cannot be read", path.display());
    for entry in std::fs::read_dir(path).with_context(unreadable)? {
        let file = entry.with_context(unreadable)?.path();
        let extension = file.extension().and_then(|extension| extension.to_str());
        let known = extension.map(str::to_lowercase);
        if file.is_file() && known.is_some_and(|known| wanted.contains(&known.as_str())) {
            found.push(file);
        }
    }
    if found.is_empty() {
        let what = if transcript { "transcript (.json)" } else { "recording" };
        bail!("there is no {what} in {}", path.display());
    }
    found.sort();
    Ok(found)
}

/// What judges, loaded once for all files.
struct Analyser {
    bank: Bank,
    rubric: Rubric,
    instruments: Instruments,
    questions: Questions,
    /// Why recordings cannot be heard, if they cannot.
    cannot_hear: Option<Fault>,
}

impl Analyser {
    fn new(config: &Config, inputs: &[Input]) -> anyhow::Result<Self> {
        let bank = content::bank()?;
        let rubric = bank
            .rubrics
            .get("behavioural")
            .cloned()
            .context("the built-in content has no rubric 'behavioural'")?;
        let models = config.data.models()?;
        let engines = Arc::new(Engines::listening(&models));
        let instruments = Instruments::of(&engines);
        let needs_ears = inputs.iter().any(|input| !input.transcript);
        let cannot_hear = (needs_ears && !instruments.can_hear()).then(|| {
            let what = match (&instruments.ear, &instruments.recogniser) {
                (None, None) => "voice activity and accurate words",
                (None, Some(_)) => "voice activity",
                _ => "accurate words",
            };
            let message = format!(
                "recordings need models for {what}, which are not in {}; \
                 run 'greenroom models pull', or give a transcript",
                models.display()
            );
            Fault::new("model_missing", message)
        });
        let questions = Questions::new(&bank, instruments.embedder.clone());
        Ok(Self { bank, rubric, instruments, questions, cannot_hear })
    }

    fn analyse(&self, input: &Input) -> Output {
        let given = if input.transcript {
            transcript::read(&input.path, input.question.as_deref(), &self.questions, &self.bank)
        } else {
            self.listen(input)
        };
        match given {
            Ok(given) => self.judge(input, given),
            Err(fault) => Output::failed(&input.path, input.transcript, &fault),
        }
    }

    /// Hears a recording. What is wrong with the file itself is said even where models are missing.
    fn listen(&self, input: &Input) -> Result<Given, Fault> {
        let decoder = Decoder::open(&input.path).map_err(|error| audio_fault(&error))?;
        if let Some(Fault { code, message }) = &self.cannot_hear {
            return Err(Fault::new(code, message.clone()));
        }
        let question = self.questions.find(&self.bank, input.question.as_deref().unwrap_or(""));
        recording::read(decoder, &input.path, question, &self.instruments)
    }

    fn judge(&self, input: &Input, given: Given) -> Output {
        let Given { answers, sounds, seconds, mut warnings } = given;
        let switches = Switches::default();
        let mut reports = Vec::new();
        for (index, (answer, sound)) in answers.iter().zip(&sounds).enumerate() {
            let earlier: Vec<&Answer> = answers[..index].iter().collect();
            let against = Against {
                rubric: &self.rubric,
                goal: None,
                switches: &switches,
                baseline: None,
                earlier: &earlier,
                no_fillers: &[],
            };
            let embedder = self.instruments.embedder.as_deref();
            let analysed = analyse(answer, sound.as_ref(), embedder, against);
            warnings.extend(analysed.problems);
            reports.push(analysed.report);
        }
        let plan = question::plan(&self.bank, &self.rubric, &answers, Seniority::default());
        let whole = plan.map(|plan| {
            analyse_interview(InterviewInput {
                plan: &plan,
                asked: u32::try_from(answers.len()).unwrap_or(u32::MAX),
                answers: reports.clone(),
                own_rating: None,
                candidate_questions: &[],
            })
        });
        Output::made(&input.path, input.transcript, seconds, warnings, &answers, &reports, whole)
    }
}
