//! A word among its neighbours.

use interview::{Word, WordRange};

use super::lexicon::{NUMBERS, OPENERS};
use crate::text::lexicon::HESITATIONS;

/// Where a word or phrase stands. Neighbours are told with the hesitations between left out, and a
/// hesitation beside it counts as a comma: both show a pause.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) words: &'a [Word],
    pub(super) keys: &'a [String],
    pub(super) range: WordRange,
    pub(super) turn_starts: &'a [usize],
}

impl<'a> Place<'a> {
    /// The key of the `n`th word before, from 1 on, in the same sentence; empty where there is none.
    pub(super) fn before(&self, n: usize) -> &'a str {
        self.back().nth(n.wrapping_sub(1)).map_or("", |index| self.keys[index].as_str())
    }

    /// The key of the `n`th word after, from 1 on, in the same sentence; empty where there is none.
    pub(super) fn after(&self, n: usize) -> &'a str {
        let last = self.range.end - 1;
        let mut left = n;
        let mut ended = ends(&self.words[last].text);
        for index in self.range.end..self.words.len() {
            if ended || self.turn_starts.contains(&index) {
                break;
            }
            let pause = HESITATIONS.has(&self.keys[index]);
            if !pause {
                left -= 1;
                if left == 0 {
                    return &self.keys[index];
                }
            }
            ended = !pause && ends(&self.words[index].text);
        }
        ""
    }

    /// Indices of the words before in the same sentence, nearest first.
    pub(super) fn back(&self) -> impl Iterator<Item = usize> + use<'a> {
        let (words, keys, turn_starts) = (self.words, self.keys, self.turn_starts);
        let first = self.range.first;
        (0..first)
            .rev()
            .take_while(move |index| {
                let pause = HESITATIONS.has(&keys[*index]);
                !turn_starts.contains(&(index + 1)) && (pause || !ends(&words[*index].text))
            })
            .filter(move |index| !HESITATIONS.has(&keys[*index]))
    }

    /// The keys of the sentence's words before, nearest first, and those after in order.
    pub(super) fn sentence(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let keys = self.keys;
        let before = self.back().map(move |index| keys[index].as_str());
        let own = *self;
        let after = (1..=SENTENCE_WORDS_MAX).map(move |n| own.after(n));
        before.chain(after.take_while(|key| !key.is_empty()))
    }

    /// Whether the sentence begins with it.
    pub(super) fn starts(&self) -> bool {
        self.before(1).is_empty()
    }

    /// Whether the speaker begins with it, small openers before it left out.
    pub(super) fn opens(&self) -> bool {
        (0..self.range.first)
            .rev()
            .take_while(|index| !self.turn_starts.contains(&(index + 1)))
            .all(|index| OPENERS.has(self.keys[index].as_str()))
    }

    /// Whether the sentence ends with it.
    pub(super) fn ends(&self) -> bool {
        self.after(1).is_empty()
    }

    /// Whether it ends a question.
    pub(super) fn asks(&self) -> bool {
        self.text().ends_with('?')
    }

    /// Whether a pause stands before it in the sentence.
    pub(super) fn comma_before(&self) -> bool {
        let Some(index) = self.range.first.checked_sub(1) else { return false };
        HESITATIONS.has(&self.keys[index]) && !self.starts() || comma(&self.words[index].text)
    }

    /// Whether a pause stands after it in the sentence.
    pub(super) fn comma_after(&self) -> bool {
        let pause = self.keys.get(self.range.end).is_some_and(|key| HESITATIONS.has(key));
        comma(self.text()) || pause && !ends(self.text())
    }

    /// Whether a clause or sentence ends with the word after it.
    pub(super) fn closes_after(&self) -> bool {
        let next = self.words.get(self.range.end);
        next.is_none_or(|word| comma(&word.text) || ends(&word.text)) || self.after(2).is_empty()
    }

    /// Whether its sentence is a question.
    pub(super) fn sentence_asks(&self) -> bool {
        (self.range.end - 1..self.words.len())
            .map(|index| self.words[index].text.as_str())
            .find(|text| ends(text))
            .is_some_and(|text| text.ends_with('?'))
    }

    /// Whether the word after it opens what somebody said or wrote.
    pub(super) fn quotes(&self) -> bool {
        self.words
            .get(self.range.end)
            .is_some_and(|word| word.text.starts_with(['"', '\'', '\u{201c}', '\u{2018}']))
    }

    /// Whether the word after it is written as a name.
    pub(super) fn name_after(&self) -> bool {
        self.words.get(self.range.end).is_some_and(|word| {
            word.text.starts_with(char::is_uppercase)
                && !word.text.starts_with("I'")
                && word.text != "I"
        })
    }

    /// Whether the sentence before this one asks something.
    pub(super) fn answers(&self) -> bool {
        self.starts()
            && self
                .range
                .first
                .checked_sub(1)
                .is_some_and(|index| self.words[index].text.ends_with('?'))
    }

    fn text(&self) -> &'a str {
        &self.words[self.range.end - 1].text
    }
}

/// As far as a sentence is read from a word on.
const SENTENCE_WORDS_MAX: usize = 40;

/// Whether a text as written ends a sentence.
pub(super) fn ends(text: &str) -> bool {
    text.trim_end_matches(['"', '\u{201d}', ')']).ends_with(['.', '?', '!', '\u{2026}'])
}

/// Whether a text as written ends with a comma or a dash.
pub(super) fn comma(text: &str) -> bool {
    text.ends_with([',', ';', ':', '\u{2013}', '\u{2014}'])
}

/// Whether a word is a number, in figures or in words, alone or before a hyphen; "one" is mostly
/// something else.
pub(super) fn number(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_digit())
        || key.split('-').next().is_some_and(|part| NUMBERS.has(part))
}
