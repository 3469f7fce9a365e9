//! `cargo xtask evals technical`: the judge of technical answers against points that teachers gave,
//! leaving one question out at a time.

use std::path::{Path, PathBuf};

use anyhow::ensure;

use super::delivery;
use crate::{
    shell::{greenroom, root, run as shell_run},
    test::models,
};

/// Where the answers lie in the folder of evaluation data.
const ANSWERS: &str = "text/saf/answers.csv";

/// Measures, prints, and writes the reference. The quick form judges by words alone and writes
/// nothing but `json`. The answers that are for testing alone are not looked at; what the reference
/// says of them stays.
///
/// # Errors
/// When it cannot be built or run.
pub fn run(answers: &Path, quick: bool, json: Option<&str>) -> anyhow::Result<()> {
    let document = root().join("docs/reference/validity.md");
    let mut measure = greenroom(&["evaluate", "--technical"])?;
    measure.arg(answers);
    if quick {
        measure.env("GREENROOM_MODELS", root().join("evals/technical-without-models"));
    } else {
        measure.arg("--technical-document").arg(document).env("GREENROOM_MODELS", models());
    }
    if let Some(file) = json {
        measure.args(["--json", file]);
    }
    shell_run(measure)
}

/// The file of answers.
///
/// # Errors
/// When it is not there.
pub fn answers() -> anyhow::Result<PathBuf> {
    let file = delivery::recordings()?.join(ANSWERS);
    ensure!(file.is_file(), "{} is not there", file.display());
    Ok(file)
}
