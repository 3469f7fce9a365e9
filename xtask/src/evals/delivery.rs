//! `cargo xtask evals delivery`: pitch, loudness, pauses and rates against Praat's on the same
//! recordings, and how far they move in worse sound.

mod compare;
mod report;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use serde::de::DeserializeOwned;

use crate::{
    packages, python, reference,
    shell::{command, greenroom, root, run as shell_run},
    test::models,
};

/// Folder of recordings with references.
const DATA_VARIABLE: &str = "GREENROOM_EVAL_DATA";
/// Where it is looked for otherwise, from the root of the work tree.
const DATA: &str = "../shared/data";
/// The command that writes the section.
const COMMAND: &str = "cargo xtask evals delivery";

/// Makes the set, lets both measure it, compares, prints, and writes the reference.
///
/// # Errors
/// When the recordings or models are missing, or a step fails.
pub fn run(quick: bool, json: Option<&str>) -> anyhow::Result<()> {
    let data = recordings()?;
    packages::install(packages::OPUS)?;
    let cache = python::cache("delivery");
    let set = cache.join(if quick { "quick" } else { "set" });
    fs::create_dir_all(&set).with_context(|| format!("cannot make {}", set.display()))?;
    let python = python::with_packages(&cache.join("venv"), "evals/delivery/requirements.txt")?;
    make_set(&python, &data, &set, quick)?;
    let (own, praat) = (set.join("greenroom.json"), set.join("praat.json"));
    let mut measure = script(&python, "praat.py");
    measure.arg("--set").arg(&set).arg("--out").arg(&praat);
    shell_run(measure)?;
    let mut measure = greenroom(&["delivery", "--set"])?;
    measure.arg(&set).arg("--out").arg(&own).env("GREENROOM_MODELS", models());
    shell_run(measure)?;
    let (listed, own, praat): (Vec<_>, Vec<_>, Vec<_>) =
        (read(&set.join("set.json"))?, read(&own)?, read(&praat)?);
    // What was set on these recordings is printed beside, so that both can be told apart.
    let development = compare::compare(&listed, &own, &praat, "development");
    let test = compare::compare(&listed, &own, &praat, "test");
    let text = report::text(&test, &development);
    println!("{text}");
    if let Some(file) = json {
        let figures = serde_json::json!({"test": test, "development": development});
        fs::write(file, serde_json::to_string_pretty(&figures)? + "\n")
            .with_context(|| format!("{file} cannot be written"))?;
    }
    if !quick {
        let section = format!("{}\n\n{text}", include_str!("delivery/introduction.md").trim());
        reference::write_section("docs/reference/validity.md", COMMAND, &section)?;
    }
    Ok(())
}

/// The folder of recordings.
///
/// # Errors
/// When it is not there.
pub fn recordings() -> anyhow::Result<PathBuf> {
    let named = std::env::var_os(DATA_VARIABLE).map(PathBuf::from);
    let folder = named.unwrap_or_else(|| root().join(DATA));
    folder.canonicalize().with_context(|| {
        format!(
            "{} is not there; set {DATA_VARIABLE} to the folder of recordings",
            folder.display()
        )
    })
}

fn make_set(python: &Path, data: &Path, set: &Path, quick: bool) -> anyhow::Result<()> {
    let mut make = script(python, "make_set.py");
    make.arg("--data").arg(data).arg("--out").arg(set);
    if quick {
        make.arg("--quick");
    }
    shell_run(make)
}

fn script(python: &Path, name: &str) -> std::process::Command {
    let path = root().join("evals/delivery").join(name);
    let mut command = command(&python.to_string_lossy(), &[&path.to_string_lossy()]);
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// A file of JSON as it is expected.
///
/// # Errors
/// When it cannot be read.
pub fn read<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    serde_json::from_str(&text).with_context(|| format!("{} is not as expected", path.display()))
}
