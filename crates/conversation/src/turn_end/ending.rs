//! How what was said so far ends, by its last words.

use serde::{Deserialize, Serialize};

use super::closing::is_verb;
use crate::{
    request::{Request, understand},
    wording::{is_before_content, tokens},
};

/// How what was said so far ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// No words are known, though a voice was heard.
    Unknown,
    /// Nothing but fillers or the announcement of a thought.
    BeforeContent,
    /// In the middle of a phrase: "and then we", "because the".
    Trailing,
    /// The first half of something: "when I joined the team", or a list with items still to come.
    HalfSaid,
    /// Without a sign of completeness.
    Open,
    /// A complete sentence.
    Complete,
    /// Words by which people close an answer: "so that's it".
    Closed,
}

/// Words after which a phrase always goes on, whatever the recogniser's punctuation says.
const NEVER_LAST: &[&str] = &[
    "and",
    "but",
    "because",
    "the",
    "a",
    "an",
    "of",
    "my",
    "our",
    "their",
    "your",
    "or",
    "if",
    "um",
    "uh",
    "er",
    "erm",
    "umm",
    "i",
    "we",
    "they",
    "he",
    "she",
    "whether",
    "than",
    "although",
    "while",
    "into",
    "which",
    "basically",
    "we're",
    "i'm",
    "they're",
    "it's",
    "we've",
    "i've",
    "who's",
    "i'd",
    "we'd",
    "every",
    "also",
    "cause",
    "'cause",
    "cuz",
    "until",
    "unless",
    "from",
    "were",
    "an'",
];

/// Words after which a phrase goes on unless a sentence ends there.
const SELDOM_LAST: &[&str] = &[
    "to", "for", "with", "in", "on", "at", "by", "about", "that", "this", "it", "was", "is", "are",
    "as", "so", "like", "when", "who", "what", "where", "how", "not", "very", "really", "just",
    "then", "had", "have", "has", "will", "would", "could", "can", "should", "did", "do", "be",
    "been", "these", "those", "some", "his", "her", "its", "more", "no", "actually", "well",
    "even", "you", "get", "got", "through", "since",
];

/// "So" and "that" at the end of a sentence begin the next clause, unless ("so") or only if ("that") one of
/// these stands before it: "I think so", "he said that …".
const BEFORE_LAST_SO: &[&str] = &[
    "afraid", "believe", "did", "do", "doing", "even", "guess", "hope", "hoped", "not", "or",
    "said", "say", "suppose", "think", "thought",
];
const BEFORE_OPEN_THAT: &[&str] = &[
    "decided", "felt", "found", "is", "knew", "know", "me", "noticed", "out", "realised",
    "realized", "said", "say", "them", "think", "thought", "us", "was",
];

/// The last words by which people close an answer.
const CLOSING_PHRASES: &[&str] = &[
    "so that's it",
    "that's it",
    "that's about it",
    "that's all",
    "that's pretty much it",
    "that's my answer",
    "that's my example",
    "that was it",
    "so yeah",
    "and yeah",
    "and that's that",
    "so that's what i did",
    "and that's what happened",
    "and that's how we did it",
    "so that's how it went",
    "hope that answers the question",
    "hope that answers your question",
    "hope that makes sense",
    "does that answer your question",
    "does that answer the question",
    "does that make sense",
    "so there you go",
    "end of story",
];

/// How a text ends. Captions punctuate even what is unfinished, so the last word counts for more than
/// the last mark.
#[must_use]
pub fn ending_of(text: &str) -> Ending {
    let text = text.trim();
    let words = tokens(text);
    let Some(last) = words.last().map(String::as_str) else {
        return Ending::Unknown;
    };
    if is_before_content(text) {
        return Ending::BeforeContent;
    }
    let joined = format!(" {}", words.join(" "));
    if CLOSING_PHRASES.iter().any(|phrase| joined.ends_with(&format!(" {phrase}")))
        || understand(text) == Some(Request::Done)
    {
        return Ending::Closed;
    }
    let stopped = text.ends_with(['.', '!', '?']) && !text.ends_with("..");
    let unfinished = text.ends_with([',', '-', '\u{2013}', '\u{2014}', '\u{2026}', ':', ';'])
        || text.ends_with("..");
    let whole = stopped && ends_phrase(&words);
    let trails = (NEVER_LAST.contains(&last) && !whole) || opens_clause(&words);
    if unfinished || trails || (!stopped && SELDOM_LAST.contains(&last)) {
        Ending::Trailing
    } else if is_half_sentence(text) || is_setting(text) || is_half_list(&words) {
        Ending::HalfSaid
    } else if stopped {
        Ending::Complete
    } else {
        Ending::Open
    }
}

/// Words that end a phrase after one of these, though a phrase goes on after them elsewhere: "for a while",
/// "the root cause".
const LAST_AFTER: &[(&str, &[&str])] = &[
    ("while", &["a", "good", "little", "long", "short", "worth"]),
    ("cause", &["a", "common", "good", "main", "real", "root", "the"]),
];

/// Whether the last word ends a phrase after the one before it.
fn ends_phrase(words: &[String]) -> bool {
    let [.., before, last] = words else { return false };
    let after = LAST_AFTER.iter().find(|(word, _)| last == word);
    after.is_some_and(|(_, before_it)| before_it.contains(&before.as_str()))
}

/// Whether the last word begins a clause: "so", or "that" after a verb of saying.
fn opens_clause(words: &[String]) -> bool {
    let [.., before, last] = words else { return false };
    match last.as_str() {
        "so" => !BEFORE_LAST_SO.contains(&before.as_str()),
        "that" => BEFORE_OPEN_THAT.contains(&before.as_str()),
        _ => false,
    }
}

/// The sentence that a text ends with, without its mark, and what stands before it.
fn split_last(text: &str) -> (&str, &str) {
    let body = text.trim_end_matches(['.', '!', '?', ' ']);
    body.rfind(['.', '!', '?']).map_or(("", body), |at| body.split_at(at + 1))
}

/// Words by which a time or place is told.
const SETTING: &[&str] =
    &["after", "at", "before", "by", "during", "from", "in", "last", "next", "on", "with"];

/// The most words of a time or place that stands alone.
const SETTING_WORDS_MAX: usize = 5;

/// Whether the last sentence, which is not the only one, is but a time or place: "On the Wednesday."
fn is_setting(text: &str) -> bool {
    let (before, sentence) = split_last(text);
    let words = tokens(sentence);
    let opens = words.first().is_some_and(|first| SETTING.contains(&first.as_str()));
    let told = words.iter().any(|word| is_verb(word));
    !before.is_empty() && opens && words.len() <= SETTING_WORDS_MAX && !told
}

/// Words by which a clause begins that needs another one.
const SUBORDINATE: &[&str] =
    &["if", "when", "because", "although", "while", "after", "before", "since", "whenever", "once"];

/// Words after one of those that make it a whole phrase: "after that we agreed".
const POINTING: &[&str] = &["that", "then", "this", "all", "which", "again", "a", "upon"];

/// A longer sentence holds its main clause, though the captions show no comma.
const HALF_SENTENCE_WORDS_MAX: usize = 12;

/// Whether the last sentence is a subordinate clause alone, as captions punctuate it at a pause.
fn is_half_sentence(text: &str) -> bool {
    let (_, sentence) = split_last(text);
    let words = tokens(sentence);
    let [first, second, ..] = words.as_slice() else { return false };
    let short = words.len() <= HALF_SENTENCE_WORDS_MAX && !sentence.contains(',');
    short && SUBORDINATE.contains(&first.as_str()) && !POINTING.contains(&second.as_str())
}

/// Numbers that announce a list, with how many items they promise.
const COUNTS: &[(&str, usize)] = &[("two", 2), ("three", 3), ("four", 4), ("five", 5)];

/// What is listed after them.
const LISTED: &[&str] =
    &["things", "reasons", "ways", "parts", "points", "steps", "examples", "problems", "lessons"];

/// Words that number the items of a list, and those that number the last.
const ORDINALS: &[&str] =
    &["first", "firstly", "second", "secondly", "third", "thirdly", "fourth", "fifth"];
const LAST_ITEM: &[&str] = &["finally", "lastly"];

/// Whether a list was announced ("there are two reasons") of which not all items have been numbered.
fn is_half_list(words: &[String]) -> bool {
    let announced = words.windows(2).enumerate().rev().find_map(|(at, pair)| {
        let promised = COUNTS.iter().find(|(count, _)| pair[0] == *count)?.1;
        LISTED.contains(&pair[1].as_str()).then_some((at, promised))
    });
    let Some((at, promised)) = announced else { return false };
    let after = &words[at + 2..];
    let numbered = after.iter().filter(|word| ORDINALS.contains(&word.as_str())).count();
    let closed = after.iter().any(|word| LAST_ITEM.contains(&word.as_str()));
    // Who numbers nothing at all may list without it.
    let unnumbered = numbered == 0 && after.len() > HALF_SENTENCE_WORDS_MAX;
    numbered < promised && !closed && !unnumbered
}
