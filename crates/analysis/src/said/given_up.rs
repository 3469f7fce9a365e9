//! Repetitions, repairs and cut-off words. What is marked is what a clean copy would leave out.

use interview::{Word, WordRange};

use super::{
    lexicon::{
        ARTICLES, AUXILIARIES, COMPOUNDED, DAYS, EDITING, GRAMMAR_TWICE, MEANT_TWICE, NUMBERS,
        OPEN_ENDS, POSSESSIVES, PREPOSITIONS, PRONOUNS,
    },
    place::{Place, comma, ends, number},
    uses,
};
use crate::text::lexicon::{FUNCTION, HESITATIONS, IRREGULAR_PAST};

/// How something that was said was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Said again at once without a change.
    Repetition,
    /// Replaced by other words.
    Repair,
    /// A word broken off.
    CutOff,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Repetition, Self::Repair, Self::CutOff];
}

/// Words that were said and then given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GivenUp {
    /// How.
    pub kind: Kind,
    /// Which words.
    pub range: WordRange,
}

/// All of them in order. A repair may hold a repetition or a cut-off word.
pub(super) fn find(words: &[Word], keys: &[String]) -> Vec<GivenUp> {
    let mut read = Read { words, keys, kept: (0..words.len()).collect() };
    let cut: Vec<usize> = (0..words.len()).filter(|index| read.broken_off(*index)).collect();
    let mut found: Vec<GivenUp> = cut
        .iter()
        .map(|index| GivenUp { kind: Kind::CutOff, range: WordRange::new(*index, index + 1) })
        .collect();
    read.kept.retain(|index| {
        !cut.contains(index) && !keys[*index].is_empty() && !HESITATIONS.has(&keys[*index])
    });
    // "You know you know" is said twice before it is a filler, "I, like, I" only without its filler.
    let mut given = read.repetitions();
    read.drop_fillers();
    given.extend(read.repetitions());
    given.sort_unstable();
    found.extend(read.joined(&given));
    found.extend(read.repairs());
    found.sort_by_key(|one| (one.range.first, one.range.end));
    found
}

/// Whether "I mean" at this place puts right what was said before it.
pub(super) fn puts_right(place: &Place<'_>) -> bool {
    let kept: Vec<usize> = (0..place.words.len())
        .filter(|index| !HESITATIONS.has(&place.keys[*index]))
        .filter(|index| *index < place.range.first || place.range.end <= *index)
        .collect();
    let at = kept.partition_point(|index| *index < place.range.first);
    let read = Read { words: place.words, keys: place.keys, kept };
    read.replaced(at, at, false).is_some()
}

/// Words without what may stand between what is given up and what takes its place.
struct Read<'a> {
    words: &'a [Word],
    keys: &'a [String],
    /// Indices of the words that are left.
    kept: Vec<usize>,
}

/// The longest stretch that is looked for again, words.
const REPEATED_WORDS_MAX: usize = 5;
/// The longest stretch that is replaced, words.
const REPLACED_WORDS_MAX: usize = 4;

impl<'a> Read<'a> {
    /// Leaves out fillers but for those by which something is put right.
    fn drop_fillers(&mut self) {
        let fillers: Vec<WordRange> = uses::find(self.words, self.keys, &[])
            .iter()
            .filter(|found| found.filler && !EDITING.has(self.keys[found.range.first].as_str()))
            .map(|found| found.range)
            .collect();
        self.kept.retain(|index| {
            !fillers.iter().any(|range| range.first <= *index && *index < range.end)
        });
    }

    /// The key of the `at`th word that is left; empty beyond the last.
    fn key(&self, at: usize) -> &'a str {
        self.kept.get(at).map_or("", |index| self.keys[*index].as_str())
    }

    /// Whether a sentence ends between two of the words that are left.
    fn sentence_between(&self, first: usize, second: usize) -> bool {
        (self.kept[first]..self.kept[second])
            .any(|index| ends(&self.words[index].text) && !self.words[index].text.ends_with(".."))
    }

    /// Whether a pause is written between two neighbours among the words that are left.
    fn pause_after(&self, at: usize) -> bool {
        let (Some(own), Some(next)) = (self.kept.get(at), self.kept.get(at + 1)) else {
            return false;
        };
        next - own > 1 || comma(&self.words[*own].text)
    }

    // Cut-off words.

    fn broken_off(&self, index: usize) -> bool {
        let text = self.words[index].text.trim_end_matches([',', '.', '?', '!', '\u{2026}']);
        let key = self.keys[index].as_str();
        let next = self.keys.get(index + 1).map_or("", String::as_str);
        if !text.ends_with('-') || key.is_empty() || key.chars().any(|c| c.is_ascii_digit()) {
            return false;
        }
        let comma = text.len() < self.words[index].text.len();
        next.starts_with(key)
            || comma
            || !matches!(next, "and" | "or" | "to") && !COMPOUNDED.has(key)
    }

    // Repetitions.

    /// Takes out what is said again and gives back its words.
    fn repetitions(&mut self) -> Vec<usize> {
        let mut given: Vec<usize> = Vec::new();
        let mut at = 0;
        while at < self.kept.len() {
            match (1..=REPEATED_WORDS_MAX).rev().find(|len| self.said_again(at, *len)) {
                Some(len) => {
                    given.extend(self.kept.drain(at..at + len));
                    // What is left may be said a third time, or belong to a longer stretch.
                    at = at.saturating_sub(REPEATED_WORDS_MAX);
                }
                None => at += 1,
            }
        }
        given
    }

    /// Whether the `len` words at `at` are said again right after them and mean nothing by it.
    fn said_again(&self, at: usize, len: usize) -> bool {
        if at + 2 * len > self.kept.len()
            || (0..len).any(|n| self.key(at + n) != self.key(at + len + n))
            || self.sentence_between(at, at + len)
        {
            return false;
        }
        let own: Vec<&str> = (at..at + len).map(|n| self.key(n)).collect();
        if own.iter().all(|key| number(key) || *key == "one") {
            return false;
        }
        // "Talked and talked", "again and again".
        let and = own.contains(&"and")
            && own.iter().any(|key| !FUNCTION.has(key) || MEANT_TWICE.has(key));
        if len == 1 { self.one_again(at, own[0]) } else { !and }
    }

    fn one_again(&self, at: usize, key: &str) -> bool {
        let pause = self.pause_after(at);
        if MEANT_TWICE.has(key) {
            return false;
        }
        if pause {
            let verb = IRREGULAR_PAST.has(key) || key.ends_with("ed");
            return FUNCTION.has(key) || key.contains('\'') || verb;
        }
        let grammar = GRAMMAR_TWICE.has(key);
        // "had had" and "that that" are grammar only after a word that leads to the first.
        !(grammar && at > 0 && !self.sentence_between(at - 1, at) && self.key(at - 1) != key)
    }

    /// Word indices as ranges, where only hesitations and fillers may lie between two of one range.
    fn joined(&self, given: &[usize]) -> Vec<GivenUp> {
        let mut found: Vec<GivenUp> = Vec::new();
        for &index in given {
            match found.last_mut() {
                Some(last)
                    if !self.kept.iter().any(|kept| last.range.end <= *kept && *kept < index)
                        && (last.range.end..index)
                            .all(|between| HESITATIONS.has(&self.keys[between])) =>
                {
                    last.range.end = index + 1;
                }
                _ => found.push(GivenUp {
                    kind: Kind::Repetition,
                    range: WordRange::new(index, index + 1),
                }),
            }
        }
        found
    }

    // Repairs.

    fn repairs(&self) -> Vec<GivenUp> {
        let mut found: Vec<GivenUp> = Vec::new();
        let mut at = 1;
        while at < self.kept.len() {
            let replaced = match self.edit_term(at) {
                Some((len, sure)) => {
                    self.replaced(at, at + len, sure).map(|first| (first, at + len))
                }
                None if self.pause_after(at - 1) => {
                    self.replaced_without_a_word(at).map(|first| (first, at))
                }
                None => None,
            };
            let Some((first, next)) = replaced else {
                at += 1;
                continue;
            };
            let range = WordRange::new(self.kept[first], self.kept[at - 1] + 1);
            if found.last().is_none_or(|last| last.range.end <= range.first) {
                found.push(GivenUp { kind: Kind::Repair, range });
            }
            at = next + 1;
        }
        found
    }

    /// Words by which a speaker announces that something is put right, after a pause: how many, and
    /// whether they mean nothing else.
    fn edit_term(&self, at: usize) -> Option<(usize, bool)> {
        let keys = [self.key(at), self.key(at + 1), self.key(at + 2)];
        let (len, sure) = match keys {
            ["no", "sorry", _]
            | ["or", "rather", _]
            | ["i", "mean", _]
            | ["no", "wait", _]
            | ["sorry", "i", "mean"] => (2, true),
            ["no", "i", "mean"] | ["no", "that's", "wrong"] => (3, true),
            ["sorry", _, _] | ["rather", _, _] => (1, true),
            ["no", _, _] | ["well", _, _] | ["actually", _, _] | ["or", _, _] => (1, false),
            _ => return None,
        };
        (self.pause_after(at - 1) && !self.sentence_between(at - 1, at)).then_some((len, sure))
    }

    /// Where what is replaced begins, when the words from `next` on replace what ends before `at`.
    fn replaced(&self, at: usize, next: usize, sure: bool) -> Option<usize> {
        let new = self.key(next);
        if new.is_empty() || at == 0 {
            return None;
        }
        let lowest = at.saturating_sub(REPLACED_WORDS_MAX);
        let from = (lowest..at)
            .rev()
            .take_while(|first| !self.sentence_between(*first, at))
            .collect::<Vec<_>>();
        let same = from.iter().copied().find(|first| self.key(*first) == new && FUNCTION.has(new));
        let alike = from.iter().copied().find(|first| {
            class(self.key(*first)).is_some() && class(self.key(*first)) == class(new)
        });
        let name = from.first().copied().filter(|first| self.named(*first) && self.named(next));
        same.or(alike).or(name).filter(|first| sure || at - first <= 3)
    }

    /// Whether a word is written as a name inside a sentence.
    fn named(&self, at: usize) -> bool {
        at > 0
            && self.kept.get(at).is_some_and(|index| {
                self.words[*index].text.starts_with(char::is_uppercase)
                    && !FUNCTION.has(&self.keys[*index])
            })
            && !self.sentence_between(at - 1, at)
    }

    /// The same where no word announces it: the speaker takes up an earlier word and goes on
    /// otherwise.
    fn replaced_without_a_word(&self, at: usize) -> Option<usize> {
        let new = self.key(at);
        let lowest = at.saturating_sub(REPLACED_WORDS_MAX);
        (lowest..at)
            .rev()
            .take_while(|first| !self.sentence_between(*first, at))
            .find(|first| self.taken_up(*first, at, new))
    }

    fn taken_up(&self, first: usize, at: usize, new: &str) -> bool {
        let old = self.key(first);
        let begins = first == 0
            || self.pause_after(first - 1)
            || self.sentence_between(first - 1, first)
            || matches!(self.key(first - 1), "and" | "but" | "so" | "because" | "then" | "that");
        let pronouns = PRONOUNS.has(stem(old)) && PRONOUNS.has(stem(new));
        if pronouns && begins {
            // "I was the, I ran", "he'd been, he'd got", "she sends, she sent".
            let open = ends_open(self.key(at - 1)) || at - first == 1;
            let (verb, other) = (self.key(first + 1), self.key(at + 1));
            let auxiliary = verb != other && AUXILIARIES.has(verb) && AUXILIARIES.has(other);
            let tense = at - first >= 2
                && old == new
                && (alike(verb, other) || auxiliary && self.key(first + 2) == self.key(at + 2));
            return open || tense;
        }
        let phrase =
            old == new && (ARTICLES.has(old) || POSSESSIVES.has(old) || PREPOSITIONS.has(old));
        if phrase {
            return self.phrase_replaced(first, at);
        }
        at - first == 1 && class(old).is_some() && class(old) == class(new) && !NUMBERS.has(old)
    }

    /// Whether "the train, the bus" is one thing put right rather than two, or one told more closely.
    fn phrase_replaced(&self, first: usize, at: usize) -> bool {
        let len = at - first;
        if (first..at - 1).any(|n| self.pause_after(n)) {
            return false;
        }
        if PREPOSITIONS.has(self.key(first)) && len > 1 {
            let (old, new) = (class(self.key(first + 1)), class(self.key(at + 1)));
            return old.is_some() && old == new && old != class("the") && old != class("my");
        }
        if len == 1 || ends_open(self.key(at - 1)) {
            return true;
        }
        let old: Vec<&str> = (first + 1..at).map(|n| self.key(n)).collect();
        let closer = (at + 1..=at + len + 1)
            .any(|n| old.contains(&self.key(n)) && !FUNCTION.has(self.key(n)));
        let last = (at..at + len).find(|n| {
            self.pause_after(*n) || *n + 1 == self.kept.len() || self.sentence_between(*n, n + 1)
        });
        let goes_on = last.is_none_or(|last| {
            matches!(self.key(last + 1), "sorry" | "rather")
                || (self.key(last + 1), self.key(last + 2)) == ("i", "mean")
        });
        let listed =
            first > 0 && self.pause_after(first - 1) || !goes_on || self.key(at + len) == "and";
        !closer && !listed
    }
}

fn ends_open(key: &str) -> bool {
    OPEN_ENDS.has(key) || key.ends_with("'d")
}

fn stem(key: &str) -> &str {
    key.split('\'').next().unwrap_or(key)
}

/// Whether two words are forms of one.
fn alike(a: &str, b: &str) -> bool {
    let shared = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    a != b && shared >= 3 && shared + 3 >= a.len().max(b.len())
}

/// What kind of thing a word names, where another of the kind may take its place.
fn class(key: &str) -> Option<u8> {
    [&DAYS, &NUMBERS, &POSSESSIVES, &ARTICLES]
        .iter()
        .position(|words| words.has(key))
        .and_then(|at| u8::try_from(at).ok())
}
