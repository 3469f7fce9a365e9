//! Running text as the tokens a tagger knows: punctuation by itself, "do" and "n't" apart.

use std::collections::HashMap;

/// Signs that are tokens of their own at either end of a word.
const EDGES: &str = "…,:;!?¿¡()[]{}<>#*&\"'“”‘’«»—–$£€¥%=°©®™§";
/// What comes apart at the end of a word.
const CLITICS: [&str; 4] = ["'s", "'S", "’s", "’S"];
/// Words glued together longer than this are cut: nobody says them in one breath.
const WORD_CHARS_MAX: usize = 64;

/// A piece of text with its part of speech.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    /// As written.
    pub(super) text: String,
    /// Penn Treebank tag, empty before tagging.
    pub(super) tag: String,
    /// Whether a space follows.
    pub(super) spaced: bool,
}

/// Splits text, with a table of words that come apart in ways of their own.
pub(super) struct Tokeniser {
    special: HashMap<String, Vec<String>>,
}

impl Tokeniser {
    /// A tokeniser that knows the pieces of each word in `special`.
    pub(super) fn new(special: HashMap<String, Vec<String>>) -> Self {
        Tokeniser { special }
    }

    /// The tokens of `text`, untagged.
    pub(super) fn split(&self, text: &str) -> Vec<Token> {
        let mut tokens = Vec::new();
        for run in text.split_whitespace() {
            let run: String = run.chars().take(WORD_CHARS_MAX).collect();
            let pieces = self.split_run(&run);
            tokens.extend(pieces.into_iter().map(|text| Token {
                text,
                tag: String::new(),
                spaced: false,
            }));
            if let Some(last) = tokens.last_mut() {
                last.spaced = true;
            }
        }
        if let Some(last) = tokens.last_mut() {
            last.spaced = false;
        }
        tokens
    }

    fn split_run(&self, run: &str) -> Vec<String> {
        let (mut front, mut back) = (Vec::new(), Vec::new());
        let mut rest = run;
        while !rest.is_empty() && !self.special.contains_key(rest) {
            let before = rest.len();
            let lead = edge_front(rest);
            if lead > 0 {
                front.push(rest[..lead].to_owned());
                rest = &rest[lead..];
                continue;
            }
            let trail = edge_back(rest);
            if trail > 0 {
                back.push(rest[rest.len() - trail..].to_owned());
                rest = &rest[..rest.len() - trail];
            }
            if rest.len() == before {
                break;
            }
        }
        match self.special.get(rest) {
            Some(pieces) => front.extend(pieces.iter().cloned()),
            None => front.extend(inner(rest)),
        }
        front.extend(back.into_iter().rev());
        self.rejoin(&front)
    }

    /// Pieces that together are a word of the table: "Sept" and "." as "Sept.".
    fn rejoin(&self, pieces: &[String]) -> Vec<String> {
        let mut out = Vec::with_capacity(pieces.len());
        let mut at = 0;
        while at < pieces.len() {
            let joined = [3, 2].into_iter().find_map(|count| {
                let joined = pieces.get(at..at + count)?.concat();
                Some((count, self.special.get(&joined)?))
            });
            match joined {
                Some((count, known)) => {
                    out.extend(known.iter().cloned());
                    at += count;
                }
                None => {
                    out.push(pieces[at].clone());
                    at += 1;
                }
            }
        }
        out
    }
}

/// Bytes of the token that stands in front of a word.
fn edge_front(text: &str) -> usize {
    let dots = text.bytes().take_while(|byte| *byte == b'.').count();
    if dots > 1 {
        return dots;
    }
    let Some(first) = text.chars().next() else { return 0 };
    if EDGES.contains(first) || first == '.' && text.len() == 1 { first.len_utf8() } else { 0 }
}

/// Bytes of the token that stands behind a word.
fn edge_back(text: &str) -> usize {
    let dots = text.bytes().rev().take_while(|byte| *byte == b'.').count();
    if dots > 1 {
        return dots;
    }
    if let Some(clitic) = CLITICS.iter().find(|clitic| text.ends_with(**clitic)) {
        return clitic.len();
    }
    let mut back = text.chars().rev();
    let Some(last) = back.next() else { return 0 };
    if EDGES.contains(last) {
        return last.len_utf8();
    }
    // A full stop ends a sentence after a word, and belongs to an initial after a single capital.
    let (previous, before) = (back.next(), back.next());
    let after_word = previous.is_some_and(|c| !c.is_uppercase() && c != '.')
        || previous.is_some_and(char::is_uppercase) && before.is_some_and(char::is_uppercase);
    usize::from(last == '.' && after_word)
}

/// Splits at hyphens, dashes and signs between letters.
fn inner(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut word = String::new();
    for (at, &c) in chars.iter().enumerate() {
        let after_word = at > 0 && chars[at - 1].is_alphanumeric();
        let before_letter = chars.get(at + 1).is_some_and(|next| next.is_alphabetic());
        let splits = match c {
            '-' | '–' | '—' | '~' | ':' | '<' | '>' | '=' | '/' => after_word && before_letter,
            ',' => before_letter && at > 0 && chars[at - 1].is_alphabetic(),
            '.' => {
                at > 0
                    && chars[at - 1].is_lowercase()
                    && chars.get(at + 1).is_some_and(|next| next.is_uppercase())
            }
            '…' => true,
            _ => false,
        };
        if splits {
            if !word.is_empty() {
                out.push(std::mem::take(&mut word));
            }
            out.push(c.to_string());
        } else {
            word.push(c);
        }
    }
    if !word.is_empty() {
        out.push(word);
    }
    out
}

/// A token's parts where it is written as several words in one: "JavaScript", "snake_case".
pub(super) fn parts(token: &str) -> Vec<String> {
    let chars: Vec<char> = token.chars().collect();
    let mut out: Vec<String> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let length = part_length(&chars, at).max(1);
        out.push(chars[at..at + length].iter().collect());
        at += length;
    }
    out
}

fn part_length(chars: &[char], at: usize) -> usize {
    let is = |index: usize, test: fn(&char) -> bool| chars.get(index).is_some_and(test);
    let apostrophe = |c: &char| matches!(c, '\'' | '‘' | '’');
    if apostrophe(&chars[at]) {
        return chars[at..].iter().take_while(|c| apostrophe(c)).count();
    }
    if matches!(chars[at], '-' | '_') {
        return chars[at..].iter().take_while(|c| matches!(c, '-' | '_')).count();
    }
    if !chars[at].is_alphabetic() {
        return 1;
    }
    if is(at, |c| c.is_uppercase())
        && is(at + 1, |c| c.is_uppercase())
        && is(at + 2, |c| c.is_lowercase())
    {
        return 1;
    }
    let mut end = at;
    while end < chars.len() {
        let joins = apostrophe(&chars[end]) && is(end + 1, |c| c.is_alphabetic());
        if !chars[end].is_alphabetic() && !joins {
            break;
        }
        let hump = chars[end].is_lowercase() && is(end + 1, |c| c.is_uppercase());
        end += 1;
        if hump {
            break;
        }
    }
    end - at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: &[&str]) {
        let special = [("don't", vec!["do", "n't"]), ("Sept.", vec!["Sept."])];
        let special =
            special.map(|(k, v)| (k.to_owned(), v.into_iter().map(str::to_owned).collect()));
        let got = Tokeniser::new(special.into()).split(text);
        assert_eq!(got.iter().map(|token| token.text.as_str()).collect::<Vec<_>>(), want);
    }

    #[test]
    fn punctuation_comes_apart() {
        check("Well, (yes).", &["Well", ",", "(", "yes", ")", "."]);
        check("So... no?!", &["So", "...", "no", "?", "!"]);
        check("", &[]);
    }

    #[test]
    fn short_forms_come_apart_as_the_table_says() {
        check("I don't, in Sept. too", &["I", "do", "n't", ",", "in", "Sept.", "too"]);
        check("Maya's team", &["Maya", "'s", "team"]);
    }

    #[test]
    fn initials_keep_their_dots() {
        check("the U.S. team", &["the", "U.S.", "team"]);
        check("in the UK.", &["in", "the", "UK", "."]);
    }

    #[test]
    fn compounds_come_apart_at_hyphens() {
        check("hard-working", &["hard", "-", "working"]);
    }

    #[test]
    fn words_in_one_word_are_found() {
        let check = |text: &str, want: &[&str]| assert_eq!(parts(text), want);
        check("JavaScript", &["Java", "Script"]);
        check("APIs", &["APIs"]);
        check("don't", &["don't"]);
        check("snake_case", &["snake", "_", "case"]);
    }

    #[test]
    fn endless_words_are_cut() {
        let tokens = Tokeniser::new(HashMap::new()).split(&"a".repeat(100_000));
        assert_eq!(tokens.iter().map(|token| token.text.len()).sum::<usize>(), WORD_CHARS_MAX);
    }
}
