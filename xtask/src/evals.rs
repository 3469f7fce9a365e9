//! `cargo xtask evals`: what the judge and the listening are worth, in one table.

use crate::shell::{greenroom, run as shell_run};

/// Arguments of `cargo xtask evals`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A smaller set, under 50 s once built.
    #[arg(long)]
    quick: bool,
    /// Also write the figures to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<String>,
}

/// Runs the judge over the labelled answers and prints how it does.
///
/// # Errors
/// When the evaluation cannot be built or run.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut words = vec!["evaluate"];
    if arguments.quick {
        words.push("--quick");
    }
    if let Some(file) = &arguments.json {
        words.extend(["--json", file]);
    }
    shell_run(greenroom(&words)?)
}
