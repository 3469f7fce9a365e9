//! Whether an answer speaks of what was asked, from words alone.
//!
//! The question brings words that answers to it are made of; an answer that uses none of them is
//! most likely about something else, one that uses several is most likely not. An embedding's cosine
//! joins in where there is one, as the nearest of the whole answer and each of its sentences.

use std::collections::{BTreeMap, BTreeSet};

use interview::{Competency, Question};

use crate::story::Story;
use crate::text::{
    Text,
    lexicon::{BUZZ, FUNCTION, GENERAL, LABELS},
    spelling::normal,
};

/// How near the answer is to its question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Nearness {
    /// Distinct words of the question's field that the answer uses, general ones counting less.
    pub(crate) words: f64,
    /// What an embedding model says, where there is one.
    pub(crate) cosine: Option<Cosine>,
    /// Whether the question brought enough words of its own to judge by.
    pub(crate) known: bool,
    /// How many content words the answer has.
    pub(crate) tokens: usize,
    /// Share of content words that are concrete and not the question's own.
    pub(crate) own_share: f64,
}

/// What an embedding model says of an answer and its question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cosine {
    /// The highest cosine of the answer and of its sentences.
    pub(crate) nearest: f32,
    /// By how many standard deviations it is nearer to its question than to questions about other
    /// things, where those were compared.
    pub(crate) standing: Option<f32>,
}

impl Cosine {
    /// Far from its question, and farther than from others.
    fn off(self) -> bool {
        self.nearest
            < match self.standing {
                Some(standing) if standing < STANDING_OFF => COSINE_OFF,
                Some(_) => COSINE_OFF_BY_ITSELF,
                None => COSINE_OFF_ALONE,
            }
    }

    /// Near its question, and nearer than to others.
    fn on(self) -> bool {
        match self.standing {
            Some(standing) => self.nearest >= COSINE_ON && standing >= STANDING_ON,
            None => self.nearest >= COSINE_ON_ALONE,
        }
    }
}

/// What can be said of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is about something else.
    Off,
    /// It cannot be told.
    Unclear,
    /// It is about what was asked.
    On,
}

impl Nearness {
    /// Compares a text with a question.
    pub(crate) fn of(text: &Text<'_>, question: &Question, cosine: Option<Cosine>) -> Self {
        let field = field(question);
        let stems: BTreeSet<String> = text
            .tokens
            .iter()
            .filter(|token| !token.name && !LABELS.has(&token.key))
            .map(|token| stem(&token.key))
            .collect();
        let words =
            field.iter().filter(|(stem, _)| stems.contains(*stem)).map(|(_, weight)| weight).sum();
        let own = Story::concrete_words(text, &(0..text.tokens.len()))
            .into_iter()
            .filter(|key| !field.contains_key(&stem(key)))
            .count();
        let tokens = text.tokens.len();
        let own_share = own as f64 / tokens.max(1) as f64;
        Self { words, cosine, known: question.vocabulary.len() >= 8, tokens, own_share }
    }

    /// What can be said of it. `story` is whether one is told: then the absence of the question's
    /// words says little, as stories are told in words of their own.
    pub(crate) fn verdict(self, story: bool) -> Verdict {
        match self.cosine {
            Some(cosine) if cosine.off() && self.words < WORDS_ON => Verdict::Off,
            Some(cosine) if cosine.on() => Verdict::On,
            _ if self.words >= WORDS_ON => Verdict::On,
            None if self.known && self.tokens >= TOKENS_OFF && self.words < WORDS_OFF && !story => {
                Verdict::Off
            }
            _ => Verdict::Unclear,
        }
    }
}

// Set on the development half of the gold set: of 54 told stories two lie below 0.22 for their own
// question and none besides is called off by these; held against questions of other competencies,
// 11% of the pairs are. Nearness of this kind parts them so badly (0.80 of pairs ranked rightly, 0.79
// without the standing) that little is called off and much is left unclear. From 0.30 and half a standard
// deviation on, 72% of the stories are called on, and 26% of the foreign pairs, many of which fit two
// questions.

/// Below this cosine an answer is about something else, if it is nearer to other questions too.
const COSINE_OFF: f32 = 0.22;
/// Below this many standard deviations it is nearer to others.
const STANDING_OFF: f32 = -1.0;
/// Below this cosine it is about something else, whatever others there are.
const COSINE_OFF_BY_ITSELF: f32 = 0.12;
/// Below this cosine it is, where no others were compared.
const COSINE_OFF_ALONE: f32 = 0.15;
/// From this cosine on an answer is about what was asked, if it is nearer than to other questions.
const COSINE_ON: f32 = 0.30;
/// From this many standard deviations on it is nearer.
const STANDING_ON: f32 = 0.5;
/// From this cosine on it is, where no others were compared.
const COSINE_ON_ALONE: f32 = 0.35;
/// From this weight of shared words on an answer is about what was asked.
const WORDS_ON: f64 = 3.0;
/// Fewer content words than these may belong to the question without sharing any of its words.
const TOKENS_OFF: usize = 40;
/// Below this weight of shared words an answer without a story is about something else.
const WORDS_OFF: f64 = 1.0;

/// The question's field: stems with weights, 1 for what belongs to it and less for general words.
fn field(question: &Question) -> BTreeMap<String, f64> {
    let mut field = BTreeMap::new();
    let competency = competency_words(question.competency);
    let sources = question
        .vocabulary
        .iter()
        .map(|text| (text.as_str(), 1.0))
        .chain(question.looks_for.iter().map(|text| (text.as_str(), 0.5)))
        .chain([(question.text.as_str(), 0.7), (competency, 0.5)]);
    for (text, weight) in sources {
        for word in text.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '-') {
            let key = normal(&word.to_lowercase());
            if key.chars().count() < 3 || FUNCTION.has(&key) || ASKING.contains(&key.as_str()) {
                continue;
            }
            let general = GENERAL.has(&key) || BUZZ.has(&key) || COMMON.contains(&key.as_str());
            let weight = if general { weight * 0.3 } else { weight };
            let own = field.entry(stem(&key)).or_insert(0.0);
            *own = f64::max(*own, weight);
        }
    }
    field
}

/// Words in which questions ask, and the bank describes.
const ASKING: &[&str] = &[
    "tell",
    "tells",
    "describe",
    "time",
    "give",
    "example",
    "says",
    "names",
    "candidate",
    "answer",
    "walk",
    "through",
    "situation",
    "think",
    "share",
];

/// Words that every told story uses, whatever it is about.
const COMMON: &[&str] = &[
    "called",
    "told",
    "asked",
    "said",
    "new",
    "days",
    "hours",
    "week",
    "quickly",
    "instead",
    "thought",
    "read",
    "changed",
    "change",
    "moved",
    "agreed",
    "decided",
    "wrote",
    "both",
    "started",
    "manager",
    "colleague",
    "minutes",
    "found",
    "checked",
    "late",
    "first",
    "made",
    "wrong",
    "tried",
    "hours",
    "weeks",
    "months",
    "later",
    "side",
    "end",
    "before",
    "afterwards",
    "afterward",
];

fn competency_words(competency: Competency) -> &'static str {
    match competency {
        Competency::Leadership => "lead led direction decided delegated convinced volunteers crew",
        Competency::Teamwork => "together shared colleague group helped split joined pair",
        Competency::Conflict => {
            "disagreed disagreement argument argued tension objected compromise"
        }
        Competency::Failure => "mistake wrong failed missed error fault apologised forgot",
        Competency::Ownership => "noticed responsibility volunteered offered nobody gap unasked",
        Competency::Communication => "explained presentation told email meeting message understood",
        Competency::Adaptability => "changed suddenly new learned unfamiliar switched short notice",
        Competency::ProblemSolving => "cause problem bug traced tested compared data cost checked",
        Competency::CustomerFocus => {
            "customer client guest patient complaint complained refund user"
        }
    }
}

/// The stem of a word: endings of number, tense and person cut off. Coarse on purpose; both sides
/// of a comparison are cut the same way.
pub(crate) fn stem(key: &str) -> String {
    const ENDINGS: &[&str] = &[
        "ations", "ation", "ments", "ment", "ings", "ing", "ions", "ion", "ers", "er", "ies",
        "ied", "ed", "es", "ly", "s", "e", "y",
    ];
    let mut stem = key.trim_end_matches("'s").to_owned();
    for ending in ENDINGS {
        if stem.len() >= ending.len() + 3 && stem.ends_with(ending) {
            stem.truncate(stem.len() - ending.len());
            break;
        }
    }
    let mut chars: Vec<char> = stem.chars().collect();
    if chars.len() > 3 && chars[chars.len() - 1] == chars[chars.len() - 2] {
        chars.pop();
    }
    if chars.len() > 3 && matches!(chars.last(), Some('e' | 'i' | 'y')) {
        chars.pop();
    }
    chars.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn forms_of_a_word_share_a_stem() {
        for (a, b) in [
            ("planned", "plan"),
            ("explained", "explain"),
            ("customers", "customer"),
            ("complaint", "complaints"),
            ("disagreed", "disagree"),
            ("apologized", "apologize"),
            ("priorities", "priority"),
        ] {
            assert_eq!(stem(a), stem(b), "{a} {b}");
        }
    }
}
