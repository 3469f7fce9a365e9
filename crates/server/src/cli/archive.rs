//! `greenroom export` and `greenroom import`.
#![expect(clippy::print_stdout, reason = "the export, or what became of it, is what was asked for")]

use std::{
    fs::File,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

use anyhow::{Context, bail};
use interview::InterviewId;
use tokio::runtime::Runtime;

use crate::{
    app::App,
    config::Config,
    portable::{self, Format},
};

/// Arguments of `greenroom export`.
#[derive(Debug, clap::Args)]
pub(super) struct Export {
    /// The interview (`itv_…`), or `last`.
    interview: String,
    /// What is written.
    #[arg(long, value_enum, default_value = "greenroom")]
    format: Format,
    /// Where to; text goes to standard output if left out, `greenroom` to a file here.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Arguments of `greenroom import`.
#[derive(Debug, clap::Args)]
pub(super) struct Import {
    /// The `.greenroom` file.
    file: PathBuf,
    /// Have it judged again at the next start, even if it holds a report of this version.
    #[arg(long)]
    judge_again: bool,
}

pub(super) fn export(config: &Config, arguments: &Export) -> anyhow::Result<ExitCode> {
    super::log();
    let runtime = Runtime::new()?;
    runtime.block_on(async {
        let app = App::open(config, 0).await?;
        let id = chosen(&app, &arguments.interview).await?;
        match portable::text(&app, id, arguments.format).await? {
            Some(text) => write_text(&text, arguments.out.as_deref()),
            None => {
                let whole = portable::whole(&app, id).await?;
                let named = || PathBuf::from(format!("{id}.{}", arguments.format.extension()));
                write_file(whole, &arguments.out.clone().unwrap_or_else(named))
            }
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn import(config: &Config, arguments: &Import) -> anyhow::Result<ExitCode> {
    super::log();
    let runtime = Runtime::new()?;
    runtime.block_on(async {
        let file = File::open(&arguments.file)
            .with_context(|| format!("cannot read {}", arguments.file.display()))?;
        let app = App::open(config, 0).await?;
        let id = portable::import(&app, file, arguments.judge_again).await?;
        println!("{id}");
        if !app.store.jobs_of(id).await?.is_empty() {
            println!("it is judged at the next 'greenroom serve', or now if one is running");
        }
        anyhow::Ok(())
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn chosen(app: &Arc<App>, wanted: &str) -> anyhow::Result<InterviewId> {
    if wanted != "last" {
        return wanted
            .parse()
            .context("name an interview as the address of its report does, or 'last'");
    }
    let held = app.store.interviews_of(app.person).await?;
    match held.first() {
        Some(last) => Ok(last.interview.id),
        None => bail!("there is no interview yet"),
    }
}

fn write_text(text: &str, out: Option<&std::path::Path>) -> anyhow::Result<()> {
    match out {
        Some(path) => {
            std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
        }
        None => Ok(io::stdout().write_all(text.as_bytes())?),
    }
}

fn write_file(mut whole: File, path: &std::path::Path) -> anyhow::Result<()> {
    let mut out = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
    io::copy(&mut whole, &mut out)?;
    out.sync_all()?;
    println!("{}", path.display());
    Ok(())
}
