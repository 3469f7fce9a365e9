//! The command line.

mod analyze;
mod archive;
mod delivery;
mod doctor;
mod evaluate;
mod judge;
mod models;
mod openapi;
mod serve;
mod speak;
mod turns;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::config::Config;

/// Greenroom: practise job interviews aloud, on your own machine.
#[derive(Debug, Parser)]
#[command(name = "greenroom", version, about, propagate_version = true)]
struct Arguments {
    /// Configuration file; `greenroom.toml` in the current folder if it is there.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the app on this machine and prints its address.
    Serve(serve::Arguments),
    /// Judges recordings or transcripts of answers and prints the report.
    Analyze(analyze::Arguments),
    /// Holds answers to knowledge questions against reference answers.
    Judge(judge::Arguments),
    /// Speaks a text into a WAV file with an interviewer's voice.
    Speak(speak::Arguments),
    /// Shows how well the judge and the listening do on labelled answers and recordings.
    Evaluate(evaluate::Arguments),
    /// Lists, fetches and checks the models.
    #[command(subcommand)]
    Models(models::Command),
    /// Looks at everything that Greenroom needs and says what is missing.
    Doctor(doctor::Arguments),
    /// Writes an interview to a file.
    Export(archive::Export),
    /// Stores the interview of a `.greenroom` file.
    Import(archive::Import),
    /// Plays recorded turns and says when each would be answered, for the bench.
    #[command(subcommand, hide = true)]
    Turns(turns::Command),
    /// Measures the sound of recordings frame by frame, for the evaluation.
    #[command(hide = true)]
    Delivery(delivery::Arguments),
    /// Prints the `OpenAPI` document of the HTTP interface.
    #[command(name = "openapi", hide = true)]
    OpenApi,
}

/// Runs what the command line says.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result =
        Config::read(arguments.config.as_deref()).and_then(|config| match arguments.command {
            Command::Serve(arguments) => serve::run(config, &arguments),
            Command::Analyze(arguments) => analyze::run(&config, &arguments),
            Command::Judge(arguments) => judge::run(&config, &arguments),
            Command::Speak(arguments) => speak::run(&config, &arguments),
            Command::Evaluate(arguments) => evaluate::run(&config, &arguments),
            Command::Models(command) => models::run(&config, &command),
            Command::Doctor(arguments) => doctor::run(&config, &arguments),
            Command::Export(arguments) => archive::export(&config, &arguments),
            Command::Import(arguments) => archive::import(&config, &arguments),
            Command::Turns(command) => turns::run(&config, &command),
            Command::Delivery(arguments) => delivery::run(&config, &arguments),
            Command::OpenApi => openapi::run(),
        });
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Begins to log to standard error; `RUST_LOG` says how much, warnings and our own notes otherwise.
fn log() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("warn,server=info,sqlx=error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
