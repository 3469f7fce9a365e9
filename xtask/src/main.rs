//! The project's tasks. `cargo xtask help` lists them.
#![expect(clippy::print_stdout, reason = "a command-line tool speaks on standard output")]

mod bench;
mod evals;
mod live;
mod packages;
mod python;
mod reference;
mod run;
mod shell;
mod test;
mod tidy;
mod web;

use clap::{Parser, Subcommand};

/// Greenroom's tasks.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Builds Greenroom, fetches its models and serves it; prints the address.
    Run(run::Arguments),
    /// Installs what the tests need and runs all checks and tests, or one group of them.
    Test(test::Arguments),
    /// Checks what no compiler checks: direction of dependencies, paths in documents, names, sizes.
    Tidy,
    /// Measures the judge and the listening on labelled answers and real speech; prints a table.
    Evals(evals::Arguments),
    /// Measures Greenroom against its goals and against others; prints a table.
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Writes the OpenAPI document and the TypeScript types made from it.
    Wire {
        /// Fail when they are not what the code says, instead of writing them.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().task {
        Task::Run(arguments) => run::run(&arguments),
        Task::Test(arguments) => test::run(&arguments),
        Task::Tidy => tidy::run(),
        Task::Evals(arguments) => evals::run(&arguments),
        Task::Bench(bench) => bench::run(&bench),
        Task::Wire { check } => web::wire(check),
    }
}
