//! `greenroom judge`: answers to knowledge questions held against reference answers, line by line,
//! for scripts and other programs. `docs/reference/judge-schema.md` describes the lines.
#![expect(clippy::print_stdout, reason = "judgements are printed for the program that asked")]

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read as _, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use analysis::technical::{Exchange, Held, Judged, Missing, Read, TEXT_BYTES_MAX, Weights, Wrong};
use anyhow::Context;
use engines::{Embedder, embed::MiniLm, listen::RUNTIME_FILE, runtime::Runtime};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::Config;

/// Arguments of `greenroom judge`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Each line is {\"id\": …, \"question\": \"…\", \"reference\": \"…\", \"answer\": \"…\"}. For \
each one line is printed, in order: {\"id\", \"points\" (0 to 1), \"low\", \"high\", \"missing\", \"wrong\", \
\"evidence\"}. A line that cannot be judged is named on standard error, the others are judged all the \
same, and the exit status is 1."
)]
pub(super) struct Arguments {
    /// Lines of JSON to judge; standard input where no file is named, or "-".
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-", required = true)]
    jsonl: PathBuf,
}

/// What a line holds.
#[derive(Debug, Deserialize)]
struct Line {
    id: Value,
    question: String,
    reference: String,
    answer: String,
}

/// What is printed for it.
#[derive(Debug, Serialize)]
struct Output {
    id: Value,
    points: f64,
    low: f64,
    high: f64,
    missing: Vec<Missing>,
    wrong: Vec<Wrong>,
    evidence: Vec<Held>,
}

/// A line of four texts, each as long as is read of one, is shorter than this, bytes.
const LINE_BYTES_MAX: u64 = 8 * TEXT_BYTES_MAX as u64;

/// Judges every line; one that cannot be judged does not stop the others.
pub(super) fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    super::log();
    let embedder = embedder(&config.data.models()?);
    if embedder.is_none() {
        eprintln!(
            "note: the model of text meaning is missing, so answers are judged by their words alone, \
             with intervals to match; run 'greenroom models pull'"
        );
    }
    let all_judged = judge_lines(&mut lines(&arguments.jsonl)?, embedder.as_deref())?;
    Ok(if all_judged { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The model of text meaning, where it is there and loads.
pub(super) fn embedder(models: &Path) -> Option<Box<dyn Embedder>> {
    let load = || {
        let runtime = Runtime::load(&models.join(RUNTIME_FILE))?;
        MiniLm::load(&runtime, &models.join("minilm"), 1)
    };
    load()
        .inspect_err(|error| tracing::info!("{error}"))
        .ok()
        .map(|model| -> Box<dyn Embedder> { Box::new(model) })
}

fn lines(file: &Path) -> anyhow::Result<Box<dyn BufRead>> {
    if file == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    let opened = File::open(file).with_context(|| {
        format!("{} cannot be read; name a file of lines, or - for standard input", file.display())
    })?;
    Ok(Box::new(BufReader::new(opened)))
}

/// Whether all lines could be judged.
fn judge_lines(
    mut input: &mut dyn BufRead,
    embedder: Option<&dyn Embedder>,
) -> anyhow::Result<bool> {
    let mut all_judged = true;
    let mut bytes = Vec::new();
    for number in 1_u64.. {
        bytes.clear();
        let read = (&mut input).take(LINE_BYTES_MAX).read_until(b'\n', &mut bytes);
        if read.context("the lines cannot be read further")? == 0 {
            break;
        }
        let whole = bytes.ends_with(b"\n") || (bytes.len() as u64) < LINE_BYTES_MAX;
        if !whole {
            pass_over(input)?;
        }
        if whole && bytes.trim_ascii().is_empty() {
            continue;
        }
        match if whole { parse(&bytes) } else { Err(too_long()) } {
            Ok(line) => print(line, embedder)?,
            Err(why) => {
                all_judged = false;
                eprintln!("error: line {number}: {why}");
            }
        }
    }
    Ok(all_judged)
}

fn too_long() -> String {
    format!("it is longer than {} KiB; shorten its texts", LINE_BYTES_MAX / 1024)
}

/// Reads up to the end of a line without keeping it.
fn pass_over(input: &mut dyn BufRead) -> anyhow::Result<()> {
    loop {
        let (used, ended) = {
            let buffer = input.fill_buf().context("the lines cannot be read further")?;
            match buffer.iter().position(|byte| *byte == b'\n') {
                Some(at) => (at + 1, true),
                None => (buffer.len(), buffer.is_empty()),
            }
        };
        input.consume(used);
        if ended {
            return Ok(());
        }
    }
}

/// A line's texts, or what to do about it.
fn parse(bytes: &[u8]) -> Result<Line, String> {
    let line: Line = serde_json::from_slice(bytes).map_err(|error| {
        format!(
            "{error}; give one object with \"id\", \"question\", \"reference\" and \"answer\" on the line"
        )
    })?;
    if !(line.id.is_string() || line.id.is_number()) {
        return Err("its \"id\" is neither a text nor a number; give one of these".to_owned());
    }
    if Read::new(exchange(&line)).reference_is_empty() {
        return Err("its \"reference\" says nothing; give a full answer to hold the other against"
            .to_owned());
    }
    Ok(line)
}

fn exchange(line: &Line) -> Exchange<'_> {
    Exchange { question: &line.question, reference: &line.reference, answer: &line.answer }
}

fn print(line: Line, embedder: Option<&dyn Embedder>) -> anyhow::Result<()> {
    let Judged { points, low, high, missing, wrong, evidence } = judge(exchange(&line), embedder);
    let [points, low, high] = [points, low, high].map(|value| (value * 1000.0).round() / 1000.0);
    let output = Output { id: line.id, points, low, high, missing, wrong, evidence };
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, &output).context("a judgement cannot be printed")?;
    writeln!(out).and_then(|()| out.flush()).context("a judgement cannot be printed")
}

/// The judgement of an answer, by words alone where there is no model or it fails.
fn judge(exchange: Exchange<'_>, embedder: Option<&dyn Embedder>) -> Judged {
    let read = Read::new(exchange);
    let vectors = vectors(&read, embedder);
    read.with(&vectors).judge(Weights::shipped())
}

/// The embeddings of an exchange; none where there is no model or it fails.
pub(super) fn vectors(read: &Read<'_>, embedder: Option<&dyn Embedder>) -> Vec<Vec<f32>> {
    embedder
        .and_then(|embedder| {
            embedder
                .embed(&read.texts())
                .inspect_err(|error| tracing::warn!("judged by words alone: {error}"))
                .ok()
        })
        .unwrap_or_default()
}
