//! The content that is built into the program.

use anyhow::{Context, bail};
use interview::Bank;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../content"]
struct Content;

/// The bank of questions, formats, personas and rubrics.
///
/// # Errors
/// When the built-in content is not valid; every problem is named.
pub fn bank() -> anyhow::Result<Bank> {
    let files: Vec<(String, String)> = Content::iter()
        .filter(|path| path.ends_with(".toml"))
        .filter_map(|path| {
            let file = Content::get(&path)?;
            Some((path.into_owned(), String::from_utf8_lossy(&file.data).into_owned()))
        })
        .collect();
    Bank::read(files.iter().map(|(path, text)| (path.as_str(), text.as_str()))).or_else(|errors| {
        let problems: Vec<String> = errors.iter().map(ToString::to_string).collect();
        bail!("the built-in content is not valid:\n{}", problems.join("\n"))
    })
}

/// A built-in content file as text.
///
/// # Errors
/// When there is no such file.
pub fn text(path: &str) -> anyhow::Result<String> {
    let file = Content::get(path).with_context(|| format!("content/{path} is not built in"))?;
    Ok(String::from_utf8_lossy(&file.data).into_owned())
}
