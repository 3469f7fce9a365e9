//! `greenroom models check-judge`.
#![expect(clippy::print_stdout, reason = "the result is for the person who asked")]

use std::{process::ExitCode, sync::Arc};

use anyhow::{Context, bail};
use engines::{
    LanguageModel,
    catalogue::Catalogue,
    language::{OpenAi, OpenAiSettings, Worker, WorkerSettings},
};
use indicatif::ProgressBar;

use crate::{
    config::{Config, LanguageMode},
    content,
    model_judge::{Line, Records, SelfTest, run_self_test},
};

/// The longest that a call may take unless it says otherwise itself.
const CALL_MS_MAX: u64 = 60_000;

/// Arguments of `greenroom models check-judge`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The local model of this name, even if it is for trying out only; otherwise the one that the
    /// server would use.
    #[arg(long, value_name = "ID")]
    model: Option<String>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the self-test and keeps its result; fails when the model does not pass.
pub(super) fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    super::log();
    let language = language(config, arguments.model.as_deref())?;
    let folder = config.data.folder()?;
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("{} cannot be made", folder.display()))?;
    let line = Line::alone(language);
    let bar = ProgressBar::new(0);
    let bank = content::bank()?;
    let test = run_self_test(&bank, &line, &|progress| {
        bar.set_length(progress.of as u64);
        bar.set_position(progress.done as u64);
    })?;
    bar.finish_and_clear();
    let test = test.context("it was cancelled")?;
    Records::keep_test(&folder, test.clone())?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&test)?);
    } else {
        show(&test);
    }
    Ok(if test.passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The language model that the configuration asks for, or the local one of this name.
///
/// # Errors
/// When there is none.
pub(super) fn language(
    config: &Config,
    id: Option<&str>,
) -> anyhow::Result<Arc<dyn LanguageModel>> {
    let wanted = &config.language;
    if id.is_none() && wanted.mode == LanguageMode::Remote {
        config.check()?;
        return Ok(Arc::new(OpenAi::new(OpenAiSettings {
            base_url: wanted.url.clone().unwrap_or_default(),
            key: wanted.key.clone(),
            model: wanted.model.clone().unwrap_or_else(|| "default".to_owned()),
            time_ms_max: CALL_MS_MAX,
        })?));
    }
    if id.is_none() && wanted.mode == LanguageMode::Off {
        bail!("the language model is switched off; set language.mode in the configuration");
    }
    let settings = WorkerSettings::find(&Catalogue::built_in()?, &config.data.models()?, id);
    let settings = settings.context(
        "there is no local language model, or the program greenroom-language is not beside this \
         one; 'greenroom doctor' says what is missing",
    )?;
    Ok(Arc::new(Worker::new(settings)?))
}

fn show(test: &SelfTest) {
    let identity = &test.identity;
    println!("{} with prompt {} of {}", identity.name, identity.prompt_version, test.at);
    for set in &test.sets {
        println!("\n{}", set.question);
        for (kind, outcome) in &set.outcomes {
            let level = outcome
                .level
                .map_or_else(|| "not judged".to_owned(), |level| format!("{level:.1}"));
            println!("  {:<14} {level:>10}  {} abstained", kind.name(), outcome.abstained);
        }
        for fault in &set.faults {
            println!("  NOT as it should be: {fault}");
        }
    }
    if let Some(trouble) = &test.trouble {
        println!("\nwhen it was asked: {trouble}");
    }
    let verdict = if test.passed {
        "passed: it judges beside the rules"
    } else {
        "not passed: the rules judge alone; try a larger model"
    };
    println!("\n{} calls in {} s; {verdict}", test.calls, test.seconds);
}
