//! The same words as in an earlier answer.

use std::collections::HashSet;

use interview::{Answer, WordRange};

use crate::text::Text;

/// How many words in a row make two passages the same.
const GRAM: usize = 5;

/// What an answer shares with an earlier one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Overlap {
    /// Which of the earlier answers.
    pub(crate) earlier: usize,
    /// Share of this answer's runs of five content words that the earlier one has too.
    pub(crate) share: f64,
    /// The passages they share, as word ranges of this answer.
    pub(crate) passages: Vec<WordRange>,
}

/// The earlier answer that shares the most with this one, if any shares anything.
pub(crate) fn most(text: &Text<'_>, earlier: &[&Answer]) -> Option<Overlap> {
    let keys: Vec<&str> = text.tokens.iter().map(|token| token.key.as_str()).collect();
    if keys.len() < 2 * GRAM {
        return None;
    }
    let overlaps = earlier.iter().enumerate().filter_map(|(index, answer)| {
        let other = Text::read(&answer.words, &answer.turn_starts);
        let other_keys: Vec<&str> = other.tokens.iter().map(|token| token.key.as_str()).collect();
        let grams: HashSet<&[&str]> = other_keys.windows(GRAM).collect();
        let hits: Vec<usize> = keys
            .windows(GRAM)
            .enumerate()
            .filter(|(_, gram)| grams.contains(*gram))
            .map(|(at, _)| at)
            .collect();
        let share = hits.len() as f64 / (keys.len() + 1 - GRAM) as f64;
        (!hits.is_empty()).then(|| Overlap {
            earlier: index,
            share,
            passages: passages(text, &hits),
        })
    });
    overlaps.reduce(|best, other| if other.share > best.share { other } else { best })
}

/// Joins runs that begin at each other's neighbours into passages.
fn passages(text: &Text<'_>, hits: &[usize]) -> Vec<WordRange> {
    let mut passages: Vec<std::ops::Range<usize>> = Vec::new();
    for at in hits {
        match passages.last_mut() {
            Some(last) if *at <= last.end => last.end = at + GRAM,
            _ => passages.push(*at..at + GRAM),
        }
    }
    passages.iter().map(|tokens| text.range(tokens)).collect()
}
