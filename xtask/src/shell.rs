//! Running other programs.

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, bail};

/// The root of the work tree.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// A program with its arguments, run in the root of the work tree.
pub fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    command
}

/// Says what is run, runs it, and fails when it fails.
pub fn run(mut command: Command) -> anyhow::Result<()> {
    println!("$ {}", shown(&command));
    let status = command
        .status()
        .with_context(|| format!("cannot run {}; is it installed?", shown(&command)))?;
    if !status.success() {
        bail!("{} failed ({status})", shown(&command));
    }
    Ok(())
}

/// As [`run`], without saying so and without the program's output.
pub fn run_quietly(mut command: Command) -> anyhow::Result<()> {
    let output = command.output().with_context(|| format!("cannot run {}", shown(&command)))?;
    if !output.status.success() {
        bail!("{} failed: {}", shown(&command), String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// How many of a failed program's last lines are said again with its failure.
const LAST_LINES: usize = 40;

/// As [`run`], and hands each line of standard output to `see` while printing it. The error says the
/// last lines again: in a long log they are far above the place where the failure is told.
pub fn run_seeing(mut command: Command, see: &mut dyn FnMut(&str)) -> anyhow::Result<()> {
    println!("$ {}", shown(&command));
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run {}; is it installed?", shown(&command)))?;
    let mut last = VecDeque::with_capacity(LAST_LINES);
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line.context("reading the output of a test")?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            see(&line);
            if last.len() == LAST_LINES {
                last.pop_front();
            }
            last.push_back(line.into_owned());
        }
    }
    let status = child.wait().context("waiting for a test")?;
    if !status.success() {
        let last = Vec::from(last).join("\n  | ");
        bail!("{} failed ({status}); its last lines:\n  | {last}\n", shown(&command));
    }
    Ok(())
}

/// The program, built; all tasks build the whole workspace's programs at once, so that features of
/// dependencies are resolved alike and nothing is built twice.
pub fn greenroom(arguments: &[&str]) -> anyhow::Result<Command> {
    run(command("cargo", &["build", "--workspace", "--bins"]))?;
    Ok(command(&program().to_string_lossy(), arguments))
}

/// Where the built program is.
pub fn program() -> PathBuf {
    let folder =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    folder.join("debug/greenroom")
}

/// What a program prints, or `None` when it is not there or fails.
pub fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = command(program, arguments).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Where a program is, looked up as the shell does.
pub fn which(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// How a command would be typed.
fn shown(command: &Command) -> String {
    let program = command.get_program().to_string_lossy().into_owned();
    command.get_args().fold(program, |text, argument| text + " " + &argument.to_string_lossy())
}
