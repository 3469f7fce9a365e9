//! `cargo xtask run`: from a clone to a page that can be opened.

use crate::{
    packages,
    shell::{command, greenroom, run as shell_run},
    web,
};

/// Arguments of `cargo xtask run`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Fetch no models: typed interviews only, unless they are there already.
    #[arg(long)]
    no_models: bool,
    /// Also build the worker for local language models (minutes) and fetch one (1.1 GB), so that
    /// follow-ups are phrased anew; without it they come from templates.
    #[arg(long)]
    language: bool,
    /// What `greenroom serve` is to be told beside.
    #[arg(last = true)]
    serve: Vec<String>,
}

/// Installs what is missing, builds the web app and the binary, and serves, fetching models meanwhile.
///
/// # Errors
/// When a step fails; the step says why.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    packages::install(packages::BUILD)?;
    web::build()?;
    if arguments.language {
        packages::install(packages::LANGUAGE)?;
        let words = ["build", "-p", "language-worker", "--features", "llama"];
        shell_run(command("cargo", &words))?;
    }
    let mut words = vec!["serve"];
    if !arguments.no_models {
        words.push("--pull");
    }
    words.extend(arguments.serve.iter().map(String::as_str));
    if arguments.language {
        shell_run(greenroom(&["models", "pull", "qwen2.5-coder-1.5b-q4km"])?)?;
    }
    shell_run(greenroom(&words)?)
}
