//! What no compiler checks.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, bail};
use cargo_metadata::MetadataCommand;

use crate::shell::{output, root};

/// Layers of the house: a crate depends only on crates of lower layers.
const LAYERS: &[(&str, u32)] = &[
    ("interview", 0),
    ("analysis", 1),
    ("conversation", 1),
    ("schedule", 1),
    ("engines", 2),
    ("sandbox", 2),
    ("store", 2),
    ("server", 3),
    ("language-worker", 3),
    ("xtask", 3),
];

/// Crates that know no outside world.
const PURE: &[&str] = &["interview", "analysis", "conversation", "schedule"];

/// What a pure crate must not depend on, whatever it is for.
const IMPURE: &[&str] = &[
    "tokio",
    "async-std",
    "smol",
    "axum",
    "hyper",
    "sea-orm",
    "sqlx",
    "rusqlite",
    "ureq",
    "reqwest",
    "rand",
    "getrandom",
    "ort",
    "ct2rs",
    "symphonia",
    "chrono",
    "tempfile",
];

/// Names that say nothing.
const EMPTY_NAMES: &[&str] =
    &["core", "common", "utils", "util", "types", "manager", "helper", "helpers"];

/// The largest file that belongs in the repository, bytes.
const FILE_BYTES_MAX: u64 = 1_500_000;

/// Runs all checks and prints every problem.
///
/// # Errors
/// When there is a problem.
pub fn run() -> anyhow::Result<()> {
    let files = output("git", &["ls-files"]).context("git ls-files failed; is this a clone?")?;
    let files: Vec<&str> = files.lines().collect();
    let mut problems = Vec::new();
    dependencies(&mut problems)?;
    documents(&mut problems)?;
    names_and_sizes(&files, &mut problems);
    texts(&files, &mut problems);
    for problem in &problems {
        println!("tidy: {problem}");
    }
    if problems.is_empty() {
        println!("tidy: {} files are as they should be", files.len());
        Ok(())
    } else {
        bail!("tidy found {} problems", problems.len())
    }
}

fn dependencies(problems: &mut Vec<String>) -> anyhow::Result<()> {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .exec()
        .context("cargo metadata failed")?;
    let layers: BTreeMap<&str, u32> = LAYERS.iter().copied().collect();
    for package in metadata.workspace_packages() {
        let name = package.name.as_str();
        let Some(&layer) = layers.get(name) else {
            problems.push(format!("crate '{name}' has no layer in xtask/src/tidy.rs"));
            continue;
        };
        for dependency in &package.dependencies {
            let other = dependency.name.as_str();
            if let Some(&below) = layers.get(other)
                && below >= layer
            {
                problems.push(format!("'{name}' must not depend on '{other}'"));
            }
            let shipped = dependency.kind == cargo_metadata::DependencyKind::Normal;
            if shipped && PURE.contains(&name) && IMPURE.contains(&other) {
                problems.push(format!("pure crate '{name}' must not know '{other}'"));
            }
        }
    }
    Ok(())
}

/// Every path that a document names between backquotes must exist.
fn documents(problems: &mut Vec<String>) -> anyhow::Result<()> {
    for document in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let text =
            fs::read_to_string(root().join(document)).with_context(|| document.to_owned())?;
        for (index, piece) in text.split('`').enumerate() {
            let path = piece.trim_end_matches('/');
            let looks_like_path = index % 2 == 1
                && path.contains('/')
                && !path.contains(|c: char| c.is_whitespace() || "{}<>*$:()\"'=,".contains(c))
                && !path.starts_with(['/', '~', '.', '-', '@']);
            if looks_like_path && !root().join(path).exists() {
                problems.push(format!("{document} names `{piece}`, which does not exist"));
            }
        }
    }
    Ok(())
}

fn names_and_sizes(files: &[&str], problems: &mut Vec<String>) {
    for file in files {
        let path = Path::new(file);
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let source = path.extension().is_some_and(|e| e == "rs" || e == "ts" || e == "svelte");
        if source && stem.is_some_and(|stem| EMPTY_NAMES.contains(&stem.as_str())) {
            problems.push(format!("{file}: the name says nothing"));
        }
        if fs::metadata(root().join(file)).is_ok_and(|data| data.len() > FILE_BYTES_MAX) {
            problems.push(format!("{file} is over {FILE_BYTES_MAX} bytes"));
        }
    }
}

fn texts(files: &[&str], problems: &mut Vec<String>) {
    let left_over = ["todo!", "unimplemented!", "FIXME", "coming soon", "lorem ipsum"];
    for file in files.iter().filter(|file| **file != "xtask/src/tidy.rs") {
        let Ok(text) = fs::read_to_string(root().join(file)) else { continue };
        for (index, line) in text.lines().enumerate() {
            let lower = line.to_lowercase();
            if left_over.iter().any(|word| lower.contains(&word.to_lowercase())) {
                problems.push(format!("{file}:{}: left over: {}", index + 1, line.trim()));
            }
            if file.ends_with(".rs") && line.trim_start().starts_with("#[allow(") {
                problems.push(format!("{file}:{}: use #[expect] with a reason", index + 1));
            }
        }
    }
}
