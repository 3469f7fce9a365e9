//! `greenroom models`.
#![expect(clippy::print_stdout, reason = "tables and progress are for the person who asked")]

use std::{path::PathBuf, process::ExitCode, sync::Mutex};

use anyhow::bail;
use engines::catalogue::{Catalogue, Event, Fetch, ModelState, Origins, Progress, State};
use indicatif::{HumanBytes, MultiProgress, ProgressBar, ProgressStyle};

use super::check_judge;
use crate::config::Config;

/// What to do with the models.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Shows all models: what each is for, its licence, its size and whether it is here.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Fetches models, the default ones unless some are named; goes on where it was interrupted.
    Pull {
        /// Names of models ("whisper-base"); the default ones if none is given.
        ids: Vec<String>,
        /// Look in this folder first: it has the layout of a models folder.
        #[arg(long, value_name = "FOLDER")]
        from: Option<PathBuf>,
    },
    /// Has the language model judge the answers of the self-test: it judges nobody before it ranked them
    /// correctly on this machine.
    CheckJudge(check_judge::Arguments),
    /// Reads every model that is here in full and compares it with its checksum.
    Verify {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(config: &Config, command: &Command) -> anyhow::Result<ExitCode> {
    let catalogue = Catalogue::built_in()?;
    let folder = config.data.models()?;
    match command {
        Command::CheckJudge(arguments) => check_judge::run(config, arguments),
        Command::List { json } => {
            show(&catalogue.state(&folder), *json)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Verify { json } => {
            let states = catalogue.verify(&[], &folder)?;
            show(&states, *json)?;
            let whole = !states.iter().any(|model| matches!(model.state, State::Corrupt { .. }));
            Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::Pull { ids, from } => {
            std::fs::create_dir_all(&folder)?;
            let origins = Origins::from_environment(from.clone());
            let report = catalogue.pull(ids, &folder, &origins, &Bars::default())?;
            println!(
                "{} fetched, {} already here, in {}",
                report.fetched.len(),
                report.present.len(),
                folder.display()
            );
            if let Some((id, error)) = report.failed.first() {
                bail!("{id} was not fetched: {error}");
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn show(models: &[ModelState], json: bool) -> anyhow::Result<()> {
    if json {
        println!("{}", serde_json::to_string_pretty(models)?);
        return Ok(());
    }
    for model in models {
        let state = match &model.state {
            State::Ready => "here".to_owned(),
            State::Missing => "not here".to_owned(),
            State::Partial { bytes } => format!("{} here", HumanBytes(*bytes)),
            State::Corrupt { reason } => format!("corrupt: {reason}"),
            State::NotForThisMachine => "not for this machine".to_owned(),
        };
        let request = if model.fetch == Fetch::OnRequest { ", on request" } else { "" };
        let mirror = if model.mirrored { ", a mirror" } else { "" };
        println!(
            "{:<24} {:>10}  {:<12} {state}{request}{mirror}\n{:24} {:>10}  {}",
            model.id,
            HumanBytes(model.bytes).to_string(),
            model.licence,
            "",
            "",
            model.purpose
        );
    }
    Ok(())
}

/// One bar for each model that is on its way.
#[derive(Default)]
struct Bars {
    all: MultiProgress,
    bars: Mutex<Vec<(String, ProgressBar)>>,
}

impl Bars {
    fn with(&self, model: &str, show: impl FnOnce(&ProgressBar)) {
        let bars = self.bars.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((_, bar)) = bars.iter().find(|(id, _)| id == model) {
            show(bar);
        }
    }

    fn add(&self, model: &str, bytes: u64) {
        let bar = self.all.add(ProgressBar::new(bytes));
        let template = "{prefix:<22} {bar:30} {bytes}/{total_bytes} {binary_bytes_per_sec} {msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_prefix(model.to_owned());
        let mut bars = self.bars.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        bars.push((model.to_owned(), bar));
    }
}

impl Progress for Bars {
    fn report(&self, event: Event<'_>) {
        match event {
            Event::Queued { model, bytes_total } => self.add(model, bytes_total),
            Event::Advanced { model, bytes_done, .. } => {
                self.with(model, |bar| bar.set_position(bytes_done));
            }
            Event::Retrying { model, reason } => {
                self.with(model, |bar| bar.set_message(format!("again: {reason}")));
            }
            Event::SourceFailed { model, source, reason, .. } => {
                self.with(model, |bar| bar.set_message(format!("{source}: {reason}")));
            }
            Event::Ready { model } => self.with(model, |bar| bar.finish_with_message("here")),
            Event::Failed { model, reason } => {
                self.with(model, |bar| bar.abandon_with_message(reason.to_owned()));
            }
        }
    }
}
