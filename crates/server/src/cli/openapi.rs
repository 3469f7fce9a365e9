//! `greenroom openapi`.
#![expect(clippy::print_stdout, reason = "the document is what was asked for")]

use std::process::ExitCode;

use crate::http;

pub(super) fn run() -> anyhow::Result<ExitCode> {
    println!("{}", http::document().to_pretty_json()?);
    Ok(ExitCode::SUCCESS)
}
