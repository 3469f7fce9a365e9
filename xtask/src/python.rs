//! Python environments with pinned packages, for what is compared with. Greenroom itself needs none.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;

use crate::shell::{command, program, root, run};

/// Beside the built program, where nothing of it is committed and `cargo clean` takes it.
pub fn cache(name: &str) -> PathBuf {
    program().parent().map_or_else(root, Path::to_owned).join(name)
}

/// A Python in `folder` with the packages that `requirements` (a file of the work tree) pins, made on
/// the first run and again when the file changes.
///
/// # Errors
/// When there is no Python, or a package cannot be had.
pub fn with_packages(folder: &Path, requirements: &str) -> anyhow::Result<PathBuf> {
    let python = folder.join("bin/python");
    let wanted = fs::read_to_string(root().join(requirements))
        .with_context(|| format!("{requirements} cannot be read"))?;
    let marker = folder.join("installed.txt");
    if fs::read_to_string(&marker).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    run(command("python3", &["-m", "venv", "--clear", &folder.to_string_lossy()]))?;
    let words = ["-m", "pip", "install", "-q", "-r", requirements];
    run(command(&python.to_string_lossy(), &words))?;
    fs::write(&marker, wanted).with_context(|| format!("cannot write {}", marker.display()))?;
    Ok(python)
}
