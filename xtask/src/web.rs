//! The web app: its packages, its build, its types.

use std::{fs, path::PathBuf};

use anyhow::{Context, bail};

use crate::shell::{command, root, run};

/// Installs the front-end packages when the lock file has changed since the last time.
///
/// # Errors
/// When npm fails.
pub fn packages() -> anyhow::Result<()> {
    let lock = fs::read(web().join("package-lock.json")).context("web/package-lock.json")?;
    let stamp = web().join("node_modules/.greenroom-lock");
    if fs::read(&stamp).is_ok_and(|stamped| stamped == lock) {
        return Ok(());
    }
    println!("installing the front-end packages");
    run(npm(&["ci", "--no-audit", "--no-fund"]))?;
    fs::write(stamp, lock).context("cannot write into web/node_modules")
}

/// Builds the web app when anything in it is newer than the last build.
///
/// # Errors
/// When npm fails.
pub fn build() -> anyhow::Result<()> {
    packages()?;
    let built = newest(&web().join("build"))?;
    let sources = ["src", "static", "package-lock.json", "svelte.config.js", "vite.config.ts"];
    let mut newest_source = None;
    for source in sources {
        newest_source = newest_source.max(newest(&web().join(source))?);
    }
    if built.is_some() && built >= newest_source {
        return Ok(());
    }
    run(npm(&["run", "build"]))
}

/// Writes, or checks, the OpenAPI document and the TypeScript types made from it.
///
/// # Errors
/// When a program fails, or when `check` finds that a file is not what the code says.
pub fn wire(check: bool) -> anyhow::Result<()> {
    packages()?;
    let document = root().join("docs/reference/openapi.json");
    let types = web().join("src/lib/wire.ts");
    let before = (fs::read(&document).ok(), fs::read(&types).ok());
    let printed =
        crate::shell::greenroom(&["openapi"])?.output().context("cannot run greenroom")?;
    if !printed.status.success() {
        bail!("printing the OpenAPI document failed: {}", String::from_utf8_lossy(&printed.stderr));
    }
    fs::write(&document, &printed.stdout).context("docs/reference/openapi.json")?;
    run(npm(&["run", "--silent", "wire"]))?;
    let after = (fs::read(&document).ok(), fs::read(&types).ok());
    if check && before != after {
        bail!(
            "the OpenAPI document or web/src/lib/wire.ts was stale; commit what was just written"
        );
    }
    Ok(())
}

/// npm in the web folder.
pub fn npm(arguments: &[&str]) -> std::process::Command {
    let mut command = command("npm", arguments);
    command.current_dir(web());
    command
}

fn web() -> PathBuf {
    root().join("web")
}

/// The newest change of a file, or of any file below a folder; `None` when there is none.
fn newest(path: &std::path::Path) -> anyhow::Result<Option<std::time::SystemTime>> {
    if path.is_file() {
        return Ok(Some(fs::metadata(path)?.modified()?));
    }
    let mut newest_so_far = None;
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            newest_so_far = newest_so_far.max(newest(&entry?.path())?);
        }
    }
    Ok(newest_so_far)
}
