//! Words as they were said: which "like" and "so" are fillers and which do a word's work, and what was
//! said and then given up.
//!
//! Read from the transcript alone, so that no more is found than the recogniser wrote down: most of
//! them drop repetitions and broken words. The rules follow the guide of the labelled sets
//! (`evals/words`) and were made on their development half.

mod given_up;
mod lexicon;
mod place;
mod uses;

use interview::{Word, WordRange, word::key};

pub use given_up::{GivenUp, Kind};

use crate::text::spelling::normal;

/// One use of a word that is a filler for some and does its work for others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Use {
    /// The word, or the two words of a phrase.
    pub range: WordRange,
    /// Whether it could be left out and nothing would be missed.
    pub filler: bool,
    /// How sure that is, 0.5 to 1.
    pub probability: f64,
}

/// Every use of "like", "well", "so", "right", "you know", "I mean", "kind of", "sort of", "actually"
/// and "basically" in order, told filler from literal. `turn_starts` are indices at which the speaker
/// begins anew.
#[must_use]
pub fn uses(words: &[Word], turn_starts: &[usize]) -> Vec<Use> {
    uses::find(words, &keys(words), turn_starts)
}

/// What was said and then said again, put right or broken off, in order.
#[must_use]
pub fn given_up(words: &[Word]) -> Vec<GivenUp> {
    given_up::find(words, &keys(words))
}

/// The same for words that are read already.
pub(crate) fn told_apart(words: &[Word], keys: &[String], turn_starts: &[usize]) -> Vec<Use> {
    uses::find(words, keys, turn_starts)
}

/// The same for words that are read already.
pub(crate) fn given_up_in(words: &[Word], keys: &[String]) -> Vec<GivenUp> {
    given_up::find(words, keys)
}

fn keys(words: &[Word]) -> Vec<String> {
    words.iter().map(|word| normal(&key(&word.text))).collect()
}

/// How what was found agrees with what was labelled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Matches {
    /// How many were found.
    pub found: usize,
    /// How many are labelled.
    pub labelled: usize,
    /// How many of those found are labelled.
    pub right: usize,
}

impl Matches {
    /// Share of the found that are labelled, 0 to 1; not a number where none was found.
    #[must_use]
    pub fn precision(self) -> f64 {
        self.right as f64 / self.found as f64
    }

    /// Share of the labelled that were found, 0 to 1; not a number where none is labelled.
    #[must_use]
    pub fn recall(self) -> f64 {
        self.right as f64 / self.labelled as f64
    }

    /// The harmonic mean of precision and recall, 0 to 1; not a number where there is neither.
    #[must_use]
    pub fn f1(self) -> f64 {
        2.0 * self.right as f64 / (self.found + self.labelled) as f64
    }
}
