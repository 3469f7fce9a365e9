//! Text in the pieces that are spoken one after the other.

/// Titles after which a full stop ends no sentence.
const TITLES: [&str; 18] = [
    "Mr", "Mrs", "Ms", "Dr", "Prof", "St", "Mt", "Gen", "Gov", "Sen", "Rep", "Capt", "Lt", "Col",
    "Sgt", "Rev", "Hon", "No",
];
/// Short forms inside sentences.
const INSIDE: [&str; 5] = ["e.g", "i.e", "vs", "cf", "approx"];

/// A sentence and what comes after it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sentence<'a> {
    /// The sentence with its punctuation.
    pub(super) text: &'a str,
    /// Whether a new paragraph begins after it.
    pub(super) closes_paragraph: bool,
}

/// The sentences of `text`, in order, none of them blank.
pub(super) fn sentences(text: &str) -> Vec<Sentence<'_>> {
    let mut out: Vec<Sentence<'_>> = Vec::new();
    for line in text.lines() {
        let before = out.len();
        let mut start = 0;
        for (at, c) in line
            .char_indices()
            .filter(|(_, c)| matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？'))
        {
            let behind = &line[at + c.len_utf8()..];
            let closers =
                behind.len() - behind.trim_start_matches(['"', '\'', '”', '’', ')', ']']).len();
            let end = at + c.len_utf8() + closers;
            if at >= start && ends(line, at, c, &line[end..]) {
                push(&mut out, &line[start..end]);
                start = end;
            }
        }
        push(&mut out, &line[start..]);
        if out.len() > before
            && let Some(last) = out.last_mut()
        {
            last.closes_paragraph = true;
        }
    }
    out
}

fn push<'a>(out: &mut Vec<Sentence<'a>>, text: &'a str) {
    let text = text.trim();
    if !text.is_empty() {
        out.push(Sentence { text, closes_paragraph: false });
    }
}

/// Whether the mark `c` at byte `at` ends a sentence that `rest` follows.
fn ends(line: &str, at: usize, c: char, rest: &str) -> bool {
    if matches!(c, '。' | '！' | '？') {
        return true;
    }
    let next = rest.trim_start();
    if next.len() == rest.len() || next.starts_with(char::is_lowercase) {
        return false;
    }
    if c != '.' {
        return true;
    }
    let word_start = line[..at].rfind(char::is_whitespace).map_or(0, |space| space + 1);
    let word = line[word_start..at].trim_start_matches(['(', '"', '“', '\'', '‘']);
    let initial = word.chars().count() == 1 && word.starts_with(char::is_uppercase) && word != "I";
    let inside = INSIDE.iter().any(|short| word.eq_ignore_ascii_case(short));
    !(initial || inside || TITLES.contains(&word))
}

/// Cuts sounds into pieces of at most `limit` characters, at a clause's end wherever a piece would
/// otherwise be longer than `wish`.
pub(super) fn cut(sounds: &str, wish: usize, limit: usize) -> Vec<&str> {
    let limit = limit.max(1);
    let mut out = Vec::new();
    let mut rest = sounds.trim();
    while rest.chars().count() > wish {
        let end = |count: usize| rest.char_indices().nth(count).map_or(rest.len(), |(at, _)| at);
        let (near, far) = (&rest[..end(wish)], &rest[..end(limit)]);
        let clause =
            |text: &str| text.rfind([',', ';', ':', '—']).filter(|at| *at > text.len() / 4);
        let after = |at: usize| at + rest[at..].chars().next().map_or(1, char::len_utf8);
        let first_clause =
            || rest.find([',', ';', ':', '—']).filter(|at| *at < far.len() && *at >= near.len());
        let at = match clause(near).or_else(first_clause) {
            Some(at) => after(at),
            None if rest.len() == far.len() => break,
            None => far.rfind(' ').filter(|at| *at > 0).unwrap_or(far.len()),
        };
        let (piece, behind) = rest.split_at(at);
        if behind.trim().chars().count() < 8 {
            break;
        }
        out.push(piece.trim());
        rest = behind.trim();
    }
    if !rest.is_empty() {
        // A remainder that nothing could part is cut where it must be.
        let mut chars = rest.char_indices().map(|(at, _)| at).step_by(limit).collect::<Vec<_>>();
        chars.push(rest.len());
        out.extend(chars.windows(2).map(|ends| rest[ends[0]..ends[1]].trim()));
    }
    out.retain(|piece| !piece.is_empty());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: &[&str]) {
        assert_eq!(sentences(text).iter().map(|sentence| sentence.text).collect::<Vec<_>>(), want);
    }

    #[test]
    fn sentences_end_where_people_take_breath() {
        check("Hello. How are you? Fine!", &["Hello.", "How are you?", "Fine!"]);
        check("He said \"no.\" Then he left.", &["He said \"no.\"", "Then he left."]);
        check("one\n\ntwo", &["one", "two"]);
        check("  \n ", &[]);
    }

    #[test]
    fn short_forms_end_nothing() {
        check("Dr. Smith left. J. Doe stayed.", &["Dr. Smith left.", "J. Doe stayed."]);
        check("Use tools, e.g. Git, at 3 p.m. today.", &["Use tools, e.g. Git, at 3 p.m. today."]);
        check("It took 2.5 days.", &["It took 2.5 days."]);
    }

    #[test]
    fn paragraphs_are_remembered() {
        let closes =
            sentences("A b. C d.\nE f.").iter().map(|s| s.closes_paragraph).collect::<Vec<_>>();
        assert_eq!(closes, [false, true, true]);
    }

    #[test]
    fn long_sounds_are_cut_at_clauses() {
        assert_eq!(cut("aaaa bbbb, cccc dddd eeee", 12, 40), ["aaaa bbbb,", "cccc dddd eeee"]);
        assert_eq!(cut("short", 12, 40), ["short"]);
        assert_eq!(cut("", 12, 40), Vec::<&str>::new());
    }

    #[test]
    fn no_piece_is_longer_than_the_limit() {
        for text in ["a".repeat(1000), "ab ".repeat(400), "a,".repeat(500), "ə".repeat(999)] {
            let pieces = cut(&text, 20, 50);
            assert!(pieces.iter().all(|piece| piece.chars().count() <= 50), "{pieces:?}");
            let said = |text: &str| text.chars().filter(|c| *c != ' ').count();
            assert_eq!(pieces.iter().map(|piece| said(piece)).sum::<usize>(), said(&text));
        }
    }
}
