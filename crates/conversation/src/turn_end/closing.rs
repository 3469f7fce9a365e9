//! Whether the last sentence sounds as if the answer had come to its end.
//!
//! What somebody did ("I rang the supplier") is seldom where an answer ends; how it came out, when it was
//! done and what has held since ("by noon it was delivered", "it still runs") often is. The signs are
//! word classes of the last sentence that can be read off; `weights.rs` says what each is worth.

use super::weights;
use crate::wording::tokens;

/// A sign that the last sentence may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// The speaker did something: "I rang".
    OwnDeed,
    /// Somebody else did: "she said".
    OthersDeed,
    /// A past form is in it.
    Past,
    /// It speaks of what has been so since: "still", "now", "always".
    Since,
    /// It says that it is over: "in the end", "afterwards".
    Over,
    /// Something was reached or came to an end: "agreed", "finished", "stopped".
    Reached,
    /// It says when or how late that was: "on time", "by noon", "a week later".
    InTime,
    /// It says what was learned, or what the speaker thinks of it.
    Lesson,
    /// It says what was wanted or wrong.
    Wish,
    /// It begins with a step: "then", "first", "after".
    Step,
    /// It begins with "and".
    And,
    /// It names a number.
    Number,
    /// It is long.
    Long,
}

impl Sign {
    /// How many there are.
    pub const COUNT: usize = 13;

    /// All of them with their names, in the order of their weights.
    pub const ALL: [(Self, &str); Self::COUNT] = [
        (Self::OwnDeed, "own_deed"),
        (Self::OthersDeed, "others_deed"),
        (Self::Past, "past"),
        (Self::Since, "since"),
        (Self::Over, "over"),
        (Self::Reached, "reached"),
        (Self::InTime, "in_time"),
        (Self::Lesson, "lesson"),
        (Self::Wish, "wish"),
        (Self::Step, "step"),
        (Self::And, "and"),
        (Self::Number, "number"),
        (Self::Long, "long"),
    ];

    /// Whether a sentence, as lower-case words, shows it.
    fn shows(self, words: &[String]) -> bool {
        let first = words.first().map_or("", String::as_str);
        match self {
            Self::OwnDeed => has_deed(words, &["i"]),
            Self::OthersDeed => has_deed(words, &["he", "she", "they"]),
            Self::Past => words.iter().any(|word| is_past(word)) || has_any(words, PAST),
            Self::Since => has_any(words, SINCE),
            Self::Over => has_any(words, OVER) || has_phrase(words, OVER_PHRASES),
            Self::Reached => has_any(words, REACHED),
            Self::InTime => has_any(words, &["within"]) || has_phrase(words, TIME_PHRASES),
            Self::Lesson => has_any(words, LEARNED) || has_phrase(words, LESSON_PHRASES),
            Self::Wish => has_any(words, WISHES) || has_phrase(words, WISH_PHRASES),
            Self::Step => STEPS.contains(&first),
            Self::And => first == "and",
            Self::Number => words.iter().any(|word| is_number(word)),
            Self::Long => words.len() >= LONG_WORDS_MIN,
        }
    }
}

/// A sentence of this many words is long.
const LONG_WORDS_MIN: usize = 18;

/// Past forms of deeds that do not end on "-ed".
const IRREGULAR: &[&str] = &[
    "began", "bought", "broke", "brought", "built", "came", "caught", "chose", "cut", "did",
    "drew", "drove", "found", "gave", "got", "held", "hung", "kept", "left", "let", "made", "met",
    "paid", "put", "ran", "rang", "read", "said", "sat", "sent", "set", "sold", "spent", "spoke",
    "stood", "stuck", "taught", "threw", "told", "took", "went", "wrote",
];

/// Past forms that end on "-ed" or "-t" and tell no deed.
const NO_DEED: &[&str] = &[
    "decided", "expected", "hoped", "learned", "learnt", "liked", "loved", "needed", "noticed",
    "realised", "realized", "used", "wanted", "worried",
];

/// Past forms of being and having.
const PAST: &[&str] = &["was", "were", "had", "wasn't", "weren't", "didn't", "hadn't"];

/// Present forms of being, having and doing.
const PRESENT: &[&str] = &[
    "am", "are", "can", "could", "do", "does", "has", "have", "i'd", "i'm", "is", "it's", "that's",
    "they're", "we're", "will", "would", "you're",
];

/// Words of what has been so since, or always is.
const SINCE: &[&str] = &["always", "anymore", "ever", "now", "nowadays", "since", "still", "today"];

/// Words of an ending.
const OVER: &[&str] = &["afterwards", "ended", "eventually", "finally", "later"];
const OVER_PHRASES: &[&[&str]] =
    &[&["in", "the", "end"], &["at", "the", "end"], &["turned", "out"], &["by", "the", "time"]];

/// Words of something that was reached, changed or stopped.
const REACHED: &[&str] = &[
    "accepted",
    "agreed",
    "arrived",
    "became",
    "changed",
    "closed",
    "delivered",
    "doubled",
    "dropped",
    "ended",
    "fell",
    "finished",
    "fixed",
    "grew",
    "happened",
    "improved",
    "kept",
    "landed",
    "managed",
    "opened",
    "paid",
    "passed",
    "released",
    "returned",
    "saved",
    "settled",
    "shipped",
    "signed",
    "solved",
    "stayed",
    "stopped",
    "survived",
    "thanked",
    "won",
    "worked",
];

/// How a time is told that something was done by, or how long after.
const TIME_PHRASES: &[&[&str]] = &[
    &["on", "time"],
    &["in", "time"],
    &["by", "noon"],
    &["by", "midnight"],
    &["by", "then"],
    &["by", "the"],
    &["by", "monday"],
    &["by", "friday"],
    &["before", "noon"],
    &["before", "midnight"],
    &["before", "the"],
    &["hours", "later"],
    &["day", "later"],
    &["days", "later"],
    &["week", "later"],
    &["weeks", "later"],
    &["month", "later"],
    &["months", "later"],
    &["years", "later"],
    &["the", "next", "day"],
    &["the", "next", "morning"],
    &["the", "next", "week"],
    &["the", "next", "month"],
    &["the", "next", "summer"],
    &["the", "next", "year"],
    &["the", "next", "time"],
    &["that", "day"],
    &["that", "evening"],
    &["that", "night"],
    &["that", "week"],
];

/// Words of what somebody makes of it.
const LEARNED: &[&str] = &["i'd", "learned", "learnt", "lesson", "taught"];
const LESSON_PHRASES: &[&[&str]] = &[
    &["for", "me"],
    &["i", "guess"],
    &["i", "suppose"],
    &["i", "think"],
    &["i", "would"],
    &["looking", "back"],
    &["next", "time"],
    &["should", "have"],
    &["that", "was"],
    &["would", "do"],
    &["would", "have"],
];

/// Words of what was wanted or stood in the way.
const WISHES: &[&str] = &["difficult", "needed", "problem", "supposed", "trouble", "wanted"];
const WISH_PHRASES: &[&[&str]] = &[&["asked", "for"], &["had", "to"], &["would", "like"]];

/// Words by which the next step begins.
const STEPS: &[&str] = &["after", "first", "next", "second", "then"];

/// Words between a subject and its verb.
const BETWEEN: &[&str] = &[
    "actually",
    "also",
    "always",
    "basically",
    "even",
    "first",
    "just",
    "kind",
    "of",
    "only",
    "quickly",
    "really",
    "simply",
    "sort",
    "still",
    "then",
];

const NUMBERS: &[&str] = &[
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "twenty", "thirty", "forty", "fifty", "sixty", "hundred", "thousand", "half",
    "third", "tenth", "percent", "twice",
];

fn has_any(words: &[String], list: &[&str]) -> bool {
    words.iter().any(|word| list.contains(&word.as_str()))
}

fn has_phrase(words: &[String], phrases: &[&[&str]]) -> bool {
    phrases.iter().any(|phrase| words.windows(phrase.len()).any(|window| window == *phrase))
}

/// Whether a word looks like a regular past form or is an irregular one.
fn is_past(word: &str) -> bool {
    word.len() > 3 && word.ends_with("ed") && !word.ends_with("eed") || IRREGULAR.contains(&word)
}

/// Whether a word looks like a form of a verb that can carry a sentence. Present forms of most verbs do not.
pub(super) fn is_verb(word: &str) -> bool {
    is_past(word) || PAST.contains(&word) || PRESENT.contains(&word)
}

/// Whether one of these subjects is followed by a past form that tells a deed.
fn has_deed(words: &[String], subjects: &[&str]) -> bool {
    words.iter().enumerate().any(|(at, word)| {
        let verb = words[at + 1..].iter().find(|word| !BETWEEN.contains(&word.as_str()));
        subjects.contains(&word.as_str())
            && verb.is_some_and(|verb| is_past(verb) && !NO_DEED.contains(&verb.as_str()))
    })
}

fn is_number(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_digit()) || NUMBERS.contains(&word)
}

/// Which signs a sentence shows, in the order of [`Sign::ALL`].
#[must_use]
pub fn signs(sentence: &str) -> [bool; Sign::COUNT] {
    let words = tokens(sentence);
    Sign::ALL.map(|(sign, _)| sign.shows(&words))
}

/// The last sentence of a text that holds a word.
fn last_sentence(text: &str) -> &str {
    let mut sentences = text.rsplit(['.', '!', '?', '\u{2026}']);
    sentences.find(|sentence| !tokens(sentence).is_empty()).unwrap_or_default()
}

/// By how much more than an average sentence the last one of a text sounds as if the answer had come to
/// its end, in logits.
#[must_use]
pub fn closing_logit(text: &str) -> f64 {
    let shown = signs(last_sentence(text));
    let weights = shown.iter().zip(weights::CLOSING).filter(|(shown, _)| **shown);
    weights.map(|(_, weight)| weight).sum::<f64>() - weights::CLOSING_MEAN
}
