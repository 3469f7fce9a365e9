//! Words, spans and the time they stand on.

use serde::{Deserialize, Serialize};

/// Interview time in whole microseconds since the interview began.
pub type Us = i64;

/// An interval of interview time, `start_us <= end_us`, the end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First microsecond.
    pub start_us: Us,
    /// First microsecond after it.
    pub end_us: Us,
}

impl Span {
    /// A span; the two times are put in order.
    #[must_use]
    pub fn new(a_us: Us, b_us: Us) -> Self {
        Self { start_us: a_us.min(b_us), end_us: a_us.max(b_us) }
    }

    /// Its length in seconds.
    #[must_use]
    pub fn seconds(self) -> f64 {
        self.micros() as f64 / 1e6
    }

    /// Its length in microseconds.
    #[must_use]
    pub fn micros(self) -> i64 {
        self.end_us - self.start_us
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self { start_us: self.start_us.min(other.start_us), end_us: self.end_us.max(other.end_us) }
    }

    /// How many microseconds the two share.
    #[must_use]
    pub fn overlap_us(self, other: Self) -> i64 {
        (self.end_us.min(other.end_us) - self.start_us.max(other.start_us)).max(0)
    }
}

/// A token of the transcript as it was said or typed, punctuation attached ("well,").
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// As written, with its punctuation.
    pub text: String,
    /// When it was said; `None` when typed or read from a transcript without times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
    /// The recogniser's probability for it, 0 to 1, where it gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f32>,
}

impl Word {
    /// A word without a time.
    #[must_use]
    pub fn untimed(text: impl Into<String>) -> Self {
        Self { text: text.into(), span: None, probability: None }
    }

    /// A word said in this span.
    #[must_use]
    pub fn timed(text: impl Into<String>, span: Span) -> Self {
        Self { text: text.into(), span: Some(span), probability: None }
    }

    /// Lower case, without punctuation at its ends: what two words are compared by.
    #[must_use]
    pub fn key(&self) -> String {
        key(&self.text)
    }
}

/// `text` in lower case without punctuation at its ends; apostrophes inside stay ("don't").
#[must_use]
pub fn key(text: &str) -> String {
    text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase().replace('\u{2019}', "'")
}

/// Splits plain text into untimed words at white space.
#[must_use]
pub fn words_of(text: &str) -> Vec<Word> {
    text.split_whitespace().map(Word::untimed).collect()
}

/// Joins words by single spaces.
#[must_use]
pub fn text_of(words: &[Word]) -> String {
    let mut text = String::new();
    for word in words {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&word.text);
    }
    text
}

/// Words `first..end` (the end excluded) of one answer's word list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WordRange {
    /// Index of the first word.
    pub first: usize,
    /// Index after the last word.
    pub end: usize,
}

impl WordRange {
    /// `first..end`; the two are put in order.
    #[must_use]
    pub fn new(first: usize, end: usize) -> Self {
        Self { first: first.min(end), end: first.max(end) }
    }

    /// How many words it covers.
    #[must_use]
    pub const fn len(self) -> usize {
        self.end - self.first
    }

    /// Whether it covers none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.end == self.first
    }

    /// The words it covers, or `None` when it reaches beyond them.
    #[must_use]
    pub fn of(self, words: &[Word]) -> Option<&[Word]> {
        words.get(self.first..self.end)
    }

    /// The time its words take, where any of them has one.
    #[must_use]
    pub fn span(self, words: &[Word]) -> Option<Span> {
        self.of(words)?.iter().filter_map(|word| word.span).reduce(Span::join)
    }
}

/// A BCP 47 language tag, as "en" or "en-GB".
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Language(pub String);

impl Default for Language {
    fn default() -> Self {
        Self("en".to_owned())
    }
}
