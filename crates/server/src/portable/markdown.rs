//! A letter as Markdown.

use std::fmt::Write;

use super::letter::Block;

/// The letter as Markdown. What people said is escaped, so that it stays what they said.
#[must_use]
pub fn write(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        // Writing to a string cannot fail.
        let _ = match block {
            Block::Heading(level, text) => {
                writeln!(out, "{} {}\n", "#".repeat(usize::from(*level)), escaped(text))
            }
            Block::Text(text) => writeln!(out, "{}\n", escaped(text)),
            Block::Quote(text) => writeln!(out, "> {}\n", escaped(text)),
            Block::Line(who, text) => writeln!(out, "**{}:** {}\n", escaped(who), escaped(text)),
            Block::List(lines) => {
                for line in lines {
                    let _ = writeln!(out, "- {}", escaped(line));
                }
                writeln!(out)
            }
            Block::Table(rows) => {
                table(&mut out, rows);
                writeln!(out)
            }
        };
    }
    out
}

fn table(out: &mut String, rows: &[Vec<String>]) {
    for (number, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row.iter().map(|cell| escaped(cell).replace('|', "\\|")).collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
        if number == 0 {
            let _ = writeln!(out, "|{}", " --- |".repeat(row.len()));
        }
    }
}

/// Text on one line, in which nothing means anything to Markdown.
fn escaped(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = String::with_capacity(line.len());
    for (at, c) in line.char_indices() {
        let special = matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '~');
        let first = at == 0 && matches!(c, '#' | '-' | '+' | '=');
        if special || first {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_stays_what_was_said() {
        let blocks = [
            Block::Heading(2, "Tell me".to_owned()),
            Block::Quote("# not a *heading*\n<script>alert(1)</script>".to_owned()),
            Block::Table(vec![vec!["a|b".to_owned()], vec!["c".to_owned()]]),
        ];
        assert_eq!(
            write(&blocks),
            "## Tell me\n\n> \\# not a \\*heading\\* \\<script\\>alert(1)\\</script\\>\n\n\
             | a\\|b |\n| --- |\n| c |\n\n"
        );
    }
}
