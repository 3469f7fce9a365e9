//! `cargo xtask bench …`: how fast and how well Greenroom takes turns, measured in a way anybody can repeat.

mod analyze;
mod faults;
mod floor;
mod live;
mod memory;
mod report;
pub mod statistics;
pub mod survival;
mod turns;

pub use live::dead_air;

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::{Value, json};

use crate::{
    shell::{self, root},
    test::models,
};

/// What to measure.
#[derive(Debug, clap::Subcommand)]
pub enum Bench {
    /// What analysing ten minutes of speech costs, against faster-whisper and Praat in Python.
    Analyze(analyze::Arguments),
    /// Interruptions, coughs, words of listening, keyboards and echo while the interviewer speaks.
    Floor(floor::Arguments),
    /// Many interviews at once, up to the breaking point.
    Live(live::Arguments),
    /// What interviews take of the server's memory, and whether it grows.
    Memory(memory::Arguments),
    /// How soon after the end of a long interview its report is there.
    Report(report::Arguments),
    /// When a turn is answered: false cut-offs and dead air, against Pipecat with Smart Turn.
    Turns(turns::Arguments),
    /// Kills and power cuts at random moments: nothing that was acknowledged may be missing.
    Survival(survival::Arguments),
}

/// Builds what is measured, fetches its models, and measures.
///
/// # Errors
/// When something is missing or breaks.
pub fn run(bench: &Bench) -> anyhow::Result<()> {
    let mut pull = shell::greenroom(&["models", "pull"])?;
    pull.env("GREENROOM_MODELS", models());
    shell::run(pull)?;
    match bench {
        Bench::Analyze(arguments) => analyze::run(arguments),
        Bench::Floor(arguments) => floor::run(arguments),
        Bench::Live(arguments) => live::run(arguments),
        Bench::Memory(arguments) => memory::run(arguments),
        Bench::Report(arguments) => report::run(arguments),
        Bench::Turns(arguments) => turns::run(arguments),
        Bench::Survival(arguments) => survival::run(arguments),
    }
}

/// Where a bench keeps its data: a folder of its own, gone when the bench is over.
pub struct Place {
    folder: PathBuf,
    /// The models.
    pub models: PathBuf,
}

impl Place {
    /// Makes it.
    ///
    /// # Errors
    /// When there is no room for it.
    pub fn make() -> anyhow::Result<Self> {
        let folder = root().join(format!("target/bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder).context("making a folder for the bench")?;
        Ok(Self { folder, models: models() })
    }

    /// The folder of the server's data.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// One line of a table.
pub struct Figure {
    name: String,
    value: String,
    goal: String,
    data: Value,
}

impl Figure {
    /// A figure as it is to be read, with its numbers.
    #[must_use]
    pub fn new(name: &str, value: String, goal: &str, data: Value) -> Self {
        Self { name: name.to_owned(), value, goal: goal.to_owned(), data }
    }

    /// Median and 95th percentile of times in seconds; `tried` says how many there should be.
    #[must_use]
    pub fn milliseconds(name: &str, seconds: &[f64], tried: usize, goal: &str) -> Self {
        let p50 = quantile(seconds, 0.5) * 1_000.0;
        let p95 = quantile(seconds, 0.95) * 1_000.0;
        let value = format!("p50 {p50:.0} ms, p95 {p95:.0} ms ({} of {tried})", seconds.len());
        let data = json!({"p50_ms": p50, "p95_ms": p95, "n": seconds.len(), "tried": tried});
        Self::new(name, value, goal, data)
    }

    /// A share, with Wilson's 95% interval.
    #[must_use]
    pub fn share(name: &str, part: u32, whole: u32, goal: &str) -> Self {
        let (low, high) = wilson(part, whole);
        let share = f64::from(part) / f64::from(whole.max(1));
        let value = format!(
            "{:.1}% ({part} of {whole}; 95%: {:.1} to {:.1}%)",
            share * 100.0,
            low * 100.0,
            high * 100.0
        );
        Self::new(
            name,
            value,
            goal,
            json!({"part": part, "whole": whole, "low": low, "high": high}),
        )
    }
}

/// What a bench prints.
pub struct Table {
    name: String,
    command: String,
    figures: Vec<Figure>,
}

impl Table {
    /// An empty table of a bench, and the command that makes it.
    #[must_use]
    pub fn new(name: &str, command: &str) -> Self {
        Self { name: name.to_owned(), command: command.to_owned(), figures: Vec::new() }
    }

    /// Adds a line.
    pub fn push(&mut self, figure: Figure) {
        println!("{}: {}", figure.name, figure.value);
        self.figures.push(figure);
    }

    /// Prints it.
    pub fn print(&self) {
        println!(
            "\n{} ({})\n| measure | value | goal |\n| --- | --- | --- |",
            self.name, self.command
        );
        for Figure { name, value, goal, .. } in &self.figures {
            println!("| {name} | {value} | {goal} |");
        }
    }

    /// Writes its numbers to a file, if one was named.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, file: Option<&str>) -> anyhow::Result<()> {
        let Some(file) = file else { return Ok(()) };
        let figures: Vec<Value> = self
            .figures
            .iter()
            .map(|figure| json!({"name": figure.name, "goal": figure.goal, "value": figure.data}))
            .collect();
        let all = json!({"bench": self.name, "command": self.command, "figures": figures});
        std::fs::write(file, serde_json::to_string_pretty(&all)?)
            .with_context(|| format!("writing {file}"))
    }
}

/// A quantile of values by linear interpolation; not a number when there is none.
#[must_use]
pub fn quantile(values: &[f64], q: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let place = q * last as f64;
    let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    low + (high - low) * place.fract()
}

/// Wilson's 95% interval of a share (E. B. Wilson, 1927).
#[must_use]
pub fn wilson(part: u32, whole: u32) -> (f64, f64) {
    if whole == 0 {
        return (0.0, 1.0);
    }
    let (n, z) = (f64::from(whole), 1.96_f64);
    let p = f64::from(part) / n;
    let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::{quantile, wilson};

    #[test]
    fn quantiles_lie_between_the_values() {
        assert!((quantile(&[3.0, 1.0, 2.0], 0.5) - 2.0).abs() < 1e-9);
        assert!((quantile(&[0.0, 10.0], 0.95) - 9.5).abs() < 1e-9);
        assert!(quantile(&[], 0.5).is_nan());
    }

    #[test]
    fn no_case_in_a_hundred_is_not_surely_none() {
        let (low, high) = wilson(0, 100);
        assert!(low.abs() < 1e-9 && (high - 0.037).abs() < 0.001, "{high}");
    }
}
