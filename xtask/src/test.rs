//! `cargo xtask test`: everything that must hold, in groups with a budget of minutes each.

use std::{
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::bail;

use crate::{
    bench, evals, packages,
    shell::{self, command, root, run_seeing},
    tidy, web,
};

/// Arguments of `cargo xtask test`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Run only these groups.
    #[arg(value_enum)]
    groups: Vec<Group>,
}

/// A group of checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Group {
    /// Formatting, names, documents.
    Style,
    /// Front-end: types, lint, unit tests, build, every page in a browser.
    Web,
    /// Clippy over everything.
    Lint,
    /// Rust tests, both databases and a real listener among them.
    Rust,
    /// Real models on real and spoken sound.
    Models,
    /// Real browsers with a voice as microphone; people played by voice; kills at random moments.
    Journeys,
}

impl Group {
    const ALL: [Self; 6] =
        [Self::Style, Self::Web, Self::Lint, Self::Rust, Self::Models, Self::Journeys];

    /// How many minutes the group may take on two cores from a cold cache.
    const fn minutes(self) -> u64 {
        match self {
            Self::Style => 1,
            Self::Web => 5,
            Self::Lint => 10,
            Self::Rust => 16,
            Self::Models => 8,
            Self::Journeys => 19,
        }
    }
}

/// What the tests of all groups came to.
#[derive(Debug, Default)]
struct Tally {
    passed: u64,
    failed: u64,
}

/// Installs what is missing, runs the groups, and says at the end how many tests ran.
///
/// # Errors
/// When any group fails; the others are run all the same.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    packages::install(packages::BUILD)?;
    packages::install(packages::TEST)?;
    let groups = if arguments.groups.is_empty() { &Group::ALL[..] } else { &arguments.groups };
    let mut tally = Tally::default();
    let mut report = Vec::new();
    let mut failures = 0;
    for &group in groups {
        println!("\n== {group:?} (budget {} min) ==", group.minutes());
        let begin = Instant::now();
        let result = run_group(group, &mut tally);
        let taken = begin.elapsed();
        let over = taken > Duration::from_secs(group.minutes() * 60);
        let verdict = match &result {
            Ok(()) => "passed".to_owned(),
            Err(error) => {
                failures += 1;
                format!("FAILED: {error:#}")
            }
        };
        let note = if over { ", over its budget" } else { "" };
        report.push(format!(
            "{group:?}: {verdict} in {:.1} of {} min{note}",
            taken.as_secs_f64() / 60.0,
            group.minutes()
        ));
    }
    println!();
    for line in report {
        println!("{line}");
    }
    if failures > 0 {
        tally.failed = tally.failed.max(1);
    }
    println!("{} passed, {} failed", tally.passed, tally.failed);
    if failures > 0 {
        bail!("{failures} groups failed");
    }
    Ok(())
}

fn run_group(group: Group, tally: &mut Tally) -> anyhow::Result<()> {
    let mut counted = |command: Command| run_seeing(command, &mut |line| count(line, tally));
    match group {
        Group::Style => {
            counted(command("cargo", &["fmt", "--all", "--check"]))?;
            tidy::run()
        }
        Group::Web => {
            web::packages()?;
            for script in ["format:check", "lint", "check", "test"] {
                counted(web::npm(&["run", "--silent", script]))?;
            }
            web::build()?;
            // The built app in a browser, against a scripted server: every page, and the room's line.
            for script in [&["test:pages"][..], &["look", "--", "--quick", "../target/look"]] {
                counted(web::npm(&[&["run", "--silent"], script].concat()))?;
            }
            Ok(())
        }
        Group::Lint => {
            let words = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
            counted(command("cargo", &words))
        }
        Group::Rust => {
            web::build()?;
            counted(command("cargo", &["test", "--workspace"]))?;
            web::wire(true)
        }
        Group::Models => {
            pull()?;
            // The whole workspace with one feature more: dependencies stay as they were built.
            let words = "test --workspace --features engines/models --test models --test voices";
            let mut tests = command("cargo", &words.split(' ').collect::<Vec<_>>());
            tests.env("GREENROOM_MODELS", models());
            counted(tests)
        }
        Group::Journeys => {
            pull()?;
            web::build()?;
            let mut journeys = web::npm(&["run", "--silent", "journeys"]);
            journeys.env("GREENROOM_MODELS", models()).env("GREENROOM", shell::program());
            counted(journeys)?;
            // Two of the people who are played to the interviewer, and a dozen kills.
            tally.passed += evals::conversation::run_subset()?;
            tally.passed += bench::survival::run_quickly()?;
            Ok(())
        }
    }
}

/// Fetches the default models into the folder that run and tests share.
fn pull() -> anyhow::Result<()> {
    // The default ones, and those that only tests and other settings use.
    for wanted in [&["models", "pull"][..], &["models", "pull", "kokoro", "whisper-tiny-en"]] {
        let mut pull = shell::greenroom(wanted)?;
        pull.env("GREENROOM_MODELS", models());
        shell::run(pull)?;
    }
    Ok(())
}

/// `GREENROOM_MODELS` where it is set, else a folder in the work tree that git does not see.
pub fn models() -> PathBuf {
    std::env::var_os("GREENROOM_MODELS").map_or_else(|| root().join(".data/models"), PathBuf::from)
}

/// Adds what a test runner's line says to the tally: cargo's "test result:", or the plain
/// "N passed, N failed" of the front-end runs.
fn count(line: &str, tally: &mut Tally) {
    let line = strip_colours(line);
    let number_before = |word: &str| -> u64 {
        let words: Vec<&str> = line.split([' ', ';', ',']).filter(|w| !w.is_empty()).collect();
        words
            .windows(2)
            .find(|pair| pair[1] == word)
            .and_then(|pair| pair[0].parse().ok())
            .unwrap_or(0)
    };
    let cargo = line.starts_with("test result:");
    let vitest = line.trim_start().starts_with("Tests ");
    let plain = line.ends_with(" failed") && line.contains(" passed, ");
    if cargo || vitest || plain {
        tally.passed += number_before("passed");
        tally.failed += number_before("failed");
    }
}

fn strip_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(c) = characters.next() {
        if c == '\u{1b}' {
            for end in characters.by_ref() {
                if end.is_ascii_alphabetic() {
                    break;
                }
            }
        } else {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runners_closing_lines_are_counted() {
        let mut tally = Tally::default();
        count("test result: ok. 12 passed; 1 failed; 0 ignored; 0 measured", &mut tally);
        count("\u{1b}[2m      Tests \u{1b}[22m \u{1b}[32m3 passed\u{1b}[39m (3)", &mut tally);
        count("7 passed, 2 failed", &mut tally);
        count("running 900 tests", &mut tally);
        assert_eq!((tally.passed, tally.failed), (22, 3));
    }
}
