//! From tokens to words.

use tokenizers::Tokenizer;

/// A word and the tokens that it is spelled with.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spelled {
    /// As written, with its punctuation.
    pub text: String,
    /// Index of its first token.
    pub first: usize,
    /// Index after its last token.
    pub end: usize,
}

/// How the model's tokens are spelled.
pub(super) struct Spelling {
    tokenizer: Tokenizer,
    /// Ids from here on are marks and no text.
    marks_from: usize,
}

impl Spelling {
    pub(super) fn new(tokenizer: Tokenizer) -> Self {
        let marks_from =
            tokenizer.token_to_id("<|endoftext|>").map_or(usize::MAX, |id| id as usize);
        Self { tokenizer, marks_from }
    }

    /// Whether a token is text and no mark.
    pub(super) fn is_text(&self, id: usize) -> bool {
        id < self.marks_from
    }

    /// The words that `tokens` spell.
    pub(super) fn group(&self, tokens: &[usize]) -> Vec<Spelled> {
        let starts = |id: usize| {
            let piece = u32::try_from(id).ok().and_then(|id| self.tokenizer.id_to_token(id));
            // The vocabulary writes a space in front of a word as this letter.
            piece.is_some_and(|piece| piece.starts_with('\u{120}'))
        };
        let spell = |first: usize, end: usize| {
            let ids: Vec<u32> = tokens[first..end].iter().map(|id| *id as u32).collect();
            self.tokenizer.decode(&ids, true).unwrap_or_default().trim().to_owned()
        };
        group(tokens.len(), |index| starts(tokens[index]), spell)
    }

    /// Whether the words are a run of at least three words of `text`.
    pub(super) fn echoes(&self, tokens: &[usize], text: &str) -> bool {
        let words = self.group(tokens);
        let heard: Vec<String> =
            words.iter().map(|word| interview::word::key(&word.text)).collect();
        let given: Vec<String> = text.split_whitespace().map(interview::word::key).collect();
        heard.len() >= 3 && given.windows(heard.len()).any(|run| run == heard)
    }
}

/// Cuts `count` tokens where `starts` says that a word starts; what has no letter or digit of its own
/// joins the word before it.
fn group(
    count: usize,
    starts: impl Fn(usize) -> bool,
    spell: impl Fn(usize, usize) -> String,
) -> Vec<Spelled> {
    let mut words: Vec<Spelled> = Vec::new();
    let mut first = 0;
    for end in 1..=count {
        if end < count && !starts(end) {
            continue;
        }
        let text = spell(first, end);
        match words.last_mut() {
            Some(word) if !text.chars().any(char::is_alphanumeric) => {
                word.text.push_str(&text);
                word.end = end;
            }
            _ if text.is_empty() => {}
            _ => words.push(Spelled { text, first, end }),
        }
        first = end;
    }
    // A text of punctuation alone, as Whisper writes for music, has no word.
    words.retain(|word| word.text.chars().any(char::is_alphanumeric));
    words
}

#[cfg(test)]
mod tests {
    use super::{Spelled, group};

    /// A piece that begins with a space starts a word.
    fn check(pieces: &[&str], expected: &[(&str, usize, usize)]) {
        let words = group(
            pieces.len(),
            |index| pieces[index].starts_with(' '),
            |first, end| pieces[first..end].concat().trim().to_owned(),
        );
        let expected: Vec<Spelled> = expected
            .iter()
            .map(|(text, first, end)| Spelled {
                text: (*text).to_owned(),
                first: *first,
                end: *end,
            })
            .collect();
        assert_eq!(words, expected, "{pieces:?}");
    }

    #[test]
    fn pieces_and_punctuation_make_words() {
        check(
            &[" So", ",", " um", "...", " I", "'m", " well", "-", "known", "."],
            &[("So,", 0, 2), ("um...", 2, 4), ("I'm", 4, 6), ("well-known.", 6, 10)],
        );
    }

    #[test]
    fn a_dash_of_its_own_joins_the_word_before() {
        check(&[" I", " -", " we"], &[("I-", 0, 2), ("we", 2, 3)]);
    }

    #[test]
    fn punctuation_alone_is_no_word() {
        check(&[" ...", " ..."], &[]);
        check(&[], &[]);
        check(&[" \"", "Yes", "\""], &[("\"Yes\"", 0, 3)]);
    }
}
