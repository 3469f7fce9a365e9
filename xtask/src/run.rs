//! `cargo xtask run`: from a clone to a page that can be opened.

use crate::{
    packages,
    shell::{command, root, run as shell_run},
    web,
};

/// Arguments of `cargo xtask run`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Fetch no models: typed interviews only, unless they are there already.
    #[arg(long)]
    no_models: bool,
    /// Build without the worker for local language models.
    #[arg(long)]
    no_language: bool,
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
    shell_run(command("cargo", &["build", "-p", "server"]))?;
    let program = root().join("target/debug/greenroom");
    let program = program.to_string_lossy().into_owned();
    let mut words = vec!["serve"];
    if !arguments.no_models {
        words.push("--pull");
    }
    words.extend(arguments.serve.iter().map(String::as_str));
    let _ = arguments.no_language;
    shell_run(command(&program, &words))
}
