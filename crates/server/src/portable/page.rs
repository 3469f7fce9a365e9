//! A letter as a page for printing: one file, no scripts, nothing fetched.

use std::fmt::Write;

use super::letter::Block;

/// What a browser may do with the page: nothing but show it.
pub const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

const STYLE: &str = "
body { font: 11pt/1.5 Georgia, 'Times New Roman', serif; color: #1b1f1d; background: #fff;
  max-width: 42rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 20pt; line-height: 1.2; margin: 0 0 1rem; }
h2 { font-size: 14pt; line-height: 1.3; margin: 2rem 0 .5rem; break-after: avoid; }
h3 { font-size: 11pt; margin: 1rem 0 .25rem; break-after: avoid; }
p, ul, blockquote, dl { margin: .5rem 0; }
blockquote { border-left: 3px solid #2c6e4f; padding-left: .8rem; color: #333; break-inside: avoid; }
table { border-collapse: collapse; width: 100%; font-size: 9.5pt; margin: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0;
  border-bottom: 1px solid #ccc; }
tr { break-inside: avoid; }
.line b { color: #2c6e4f; }
@page { margin: 2cm; }
@media print { body { margin: 0; max-width: none; padding: 0; } }
";

/// The letter as a page.
#[must_use]
pub fn write(title: &str, blocks: &[Block]) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n",
        escaped(title)
    );
    for block in blocks {
        // Writing to a string cannot fail.
        let _ = match block {
            Block::Heading(level, text) => writeln!(out, "<h{level}>{}</h{level}>", escaped(text)),
            Block::Text(text) => writeln!(out, "<p>{}</p>", escaped(text)),
            Block::Quote(text) => writeln!(out, "<blockquote>{}</blockquote>", escaped(text)),
            Block::Line(who, text) => {
                writeln!(out, "<p class=\"line\"><b>{}</b> {}</p>", escaped(who), escaped(text))
            }
            Block::List(lines) => {
                let items = lines.iter().map(|line| format!("<li>{}</li>", escaped(line)));
                writeln!(out, "<ul>{}</ul>", items.collect::<String>())
            }
            Block::Table(rows) => writeln!(out, "{}", table(rows)),
        };
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn table(rows: &[Vec<String>]) -> String {
    let row = |row: &Vec<String>, open: &str, close: &str| {
        let cells = row.iter().map(|cell| format!("{open}{}{close}", escaped(cell)));
        format!("<tr>{}</tr>", cells.collect::<String>())
    };
    let (head, body) = rows.split_first().map_or((None, rows), |(head, body)| (Some(head), body));
    let head = head.map(|cells| row(cells, "<th scope=\"col\">", "</th>")).unwrap_or_default();
    let body: String = body.iter().map(|cells| row(cells, "<td>", "</td>")).collect();
    format!("<table><thead>{head}</thead><tbody>{body}</tbody></table>")
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_said_becomes_markup() {
        let said = "<script>alert('x')</script> & more";
        let page = write(
            said,
            &[
                Block::Quote(said.to_owned()),
                Block::Line(said.to_owned(), said.to_owned()),
                Block::List(vec![said.to_owned()]),
                Block::Table(vec![vec![said.to_owned()], vec![said.to_owned()]]),
            ],
        );
        assert!(!page.contains("<script"), "{page}");
        assert_eq!(page.matches("&lt;script&gt;alert(&#39;x&#39;)").count(), 7);
        assert!(page.contains("<th scope=\"col\">&lt;script"));
    }
}
