//! Sections of the reference that commands write.

use std::fs;

use anyhow::Context;

use crate::shell::root;

/// Writes a section into a document of the work tree between the markers of `command`; what stands
/// around them stays. Without markers it goes to the end.
///
/// # Errors
/// When the document cannot be read or written.
pub fn write_section(document: &str, command: &str, text: &str) -> anyhow::Result<()> {
    let path = root().join(document);
    let before =
        fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    fs::write(&path, with_section(&before, command, text))
        .with_context(|| format!("{} cannot be written", path.display()))
}

fn with_section(before: &str, command: &str, text: &str) -> String {
    let (begin, end) = (format!("<!-- begin: {command} -->"), format!("<!-- end: {command} -->"));
    let section = format!("{begin}\n{}\n{end}", text.trim());
    match (before.find(&begin), before.find(&end)) {
        (Some(from), Some(to)) if from < to => {
            format!("{}{section}{}", &before[..from], &before[to + end.len()..])
        }
        _ => format!("{}\n\n{section}\n", before.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::with_section;

    #[test]
    fn a_section_is_added_once_and_then_written_anew() {
        let first = with_section("# Title\n\nAround.\n", "cargo x", "one");
        let second = with_section(&format!("{first}\nBelow.\n"), "cargo x", "two");
        assert!(first.starts_with("# Title\n\nAround.\n\n<!-- begin: cargo x -->\none\n"));
        assert!(second.contains("two") && !second.contains("one") && second.ends_with("Below.\n"));
    }
}
