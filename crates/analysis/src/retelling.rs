//! A whole answer told again in the candidate's own sentences: in the order of a story, without
//! fillers, repetitions and what belongs to no part of it, and with a question where a part is missing.
//!
//! It adds no word. It is made of the answer and its report alone, so that it needs no model.

use std::collections::BTreeSet;

use interview::{Answer, StarPart, WordRange};
use serde::{Deserialize, Serialize};

use crate::{
    report::{AnswerReport, RewritePiece},
    support::supported,
    text::{
        Role, Text,
        lexicon::{CLOSING, FUNCTION, NUMBERS, TRAILING, WEAK_OPENING},
    },
};

/// An answer told again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retelling {
    /// Its parts in the order of a story.
    pub parts: Vec<RetoldPart>,
    /// The sentences that are not told again, in the order in which they were said.
    pub cut: Vec<Cut>,
}

/// One part of a story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetoldPart {
    /// Which.
    pub part: StarPart,
    /// The candidate's words, or a question where they said nothing of it.
    pub pieces: Vec<RewritePiece>,
}

/// Why a sentence is not told again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CutReason {
    /// It says what another sentence says.
    Repeated,
    /// It opens, closes or pads, and tells nothing.
    Padding,
    /// It belongs to no part of the story.
    Beside,
}

/// A sentence that is not told again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// Its words.
    pub range: WordRange,
    /// The words as they stand.
    pub text: String,
    /// Why.
    pub reason: CutReason,
}

/// From this share of its words on that an earlier sentence has too, a sentence repeats it.
const REPEATED_SHARE: f64 = 0.8;
/// Fewer words than this may recur by chance.
const REPEATED_WORDS_MIN: usize = 3;
/// Words that join a sentence to the one before it.
const OPENERS: &[&str] = &["and", "so", "then", "well", "also"];

/// Tells an answer again; `None` when it tells no story, or when what came out does not hold
/// against its own words.
#[must_use]
pub fn retell(answer: &Answer, report: &AnswerReport) -> Option<Retelling> {
    if report.star.iter().all(|span| span.part == StarPart::Relevance) {
        return None;
    }
    let text = Text::read(&answer.words, &answer.turn_starts);
    let draft = Draft { text: &text, report };
    let (told, cut) = draft.sort();
    let parts: Vec<RetoldPart> = StarPart::ALL
        .into_iter()
        .map(|part| RetoldPart { part, pieces: draft.pieces(part, &told) })
        .filter(|part| !part.pieces.is_empty())
        .collect();
    let borne_out = |(_, sentence): &(StarPart, WordRange)| {
        let kept = draft.kept(*sentence).into_iter().map(|range| text.quote(range));
        supported(&answer.words, &kept.collect::<Vec<_>>().join(" ")).is_ok()
    };
    (!told.is_empty() && told.iter().all(borne_out)).then_some(Retelling { parts, cut })
}

struct Draft<'d, 'a> {
    text: &'d Text<'a>,
    report: &'d AnswerReport,
}

impl Draft<'_, '_> {
    /// Which part each sentence belongs to that is told again, and those that are not.
    fn sort(&self) -> (Vec<(StarPart, WordRange)>, Vec<Cut>) {
        let (mut told, mut cut) = (Vec::new(), Vec::new());
        let mut said: Vec<BTreeSet<&str>> = Vec::new();
        for sentence in &self.text.sentences {
            let keys = self.keys(*sentence);
            let repeated = |before: &BTreeSet<&str>| {
                let shared = keys.intersection(before).count() as f64;
                keys.len() >= REPEATED_WORDS_MIN && shared / keys.len() as f64 >= REPEATED_SHARE
            };
            let reason = match self.part(*sentence) {
                _ if self.kept(*sentence).is_empty() || self.frame(*sentence) => {
                    Some(CutReason::Padding)
                }
                _ if said.iter().any(repeated) => Some(CutReason::Repeated),
                Some(part) => {
                    told.push((part, *sentence));
                    None
                }
                None if self.hollow(*sentence) => Some(CutReason::Padding),
                None => match self.neighbour(*sentence, &told) {
                    Some(part) => {
                        told.push((part, *sentence));
                        None
                    }
                    None => Some(CutReason::Beside),
                },
            };
            said.push(keys);
            if let Some(reason) = reason {
                let text = self.text.quote(*sentence);
                cut.push(Cut { range: *sentence, text, reason });
            }
        }
        (told, cut)
    }

    /// The part that most of a sentence's words belong to.
    fn part(&self, sentence: WordRange) -> Option<StarPart> {
        let mut best = (0, None);
        for part in StarPart::ALL {
            let spans = self.report.star.iter().filter(|span| span.part == part);
            let words: usize = spans
                .map(|span| {
                    let end = span.range.end.min(sentence.end);
                    end.saturating_sub(span.range.first.max(sentence.first))
                })
                .sum();
            if words > best.0 {
                best = (words, Some(part));
            }
        }
        best.1
    }

    /// The part with which a sentence of none is told: what stands before all parts sets the scene, and
    /// an amount belongs to what was told last.
    fn neighbour(&self, sentence: WordRange, told: &[(StarPart, WordRange)]) -> Option<StarPart> {
        let tokens = &self.text.tokens[self.text.tokens_in(sentence)];
        let amount = tokens.iter().any(|token| token.digit || NUMBERS.has(&token.key));
        match told.last() {
            None => Some(StarPart::Situation),
            Some((part, _)) => amount.then_some(*part),
        }
    }

    /// The words of a sentence that say something.
    fn keys(&self, sentence: WordRange) -> BTreeSet<&str> {
        let tokens = &self.text.tokens[self.text.tokens_in(sentence)];
        tokens.iter().map(|token| token.key.as_str()).filter(|key| !FUNCTION.has(key)).collect()
    }

    /// Whether a sentence only opens or closes.
    fn frame(&self, sentence: WordRange) -> bool {
        let tokens = self.text.keys_of(&self.text.tokens_in(sentence));
        let framed = |len: Option<usize>| len.is_some_and(|len| tokens.len() <= len + 1);
        [&WEAK_OPENING, &CLOSING, &TRAILING].iter().any(|phrases| framed(phrases.at(&tokens)))
    }

    fn hollow(&self, sentence: WordRange) -> bool {
        let tokens = self.text.tokens_in(sentence);
        self.text
            .clauses
            .iter()
            .zip(&self.text.hollow)
            .filter(|(clause, _)| tokens.contains(&clause.tokens.start))
            .all(|(_, hollow)| *hollow)
    }

    /// The pieces of a part, or the question for it.
    fn pieces(&self, part: StarPart, told: &[(StarPart, WordRange)]) -> Vec<RewritePiece> {
        let mut pieces = Vec::new();
        let mut before = None;
        for (_, sentence) in told.iter().filter(|(own, _)| *own == part) {
            let mut range = *sentence;
            // "And" and "so" hang in the air where what they joined on to stands elsewhere.
            while before != Some(range.first)
                && range.len() > 3
                && OPENERS.contains(&self.text.keys[range.first].as_str())
            {
                range.first += 1;
            }
            before = Some(sentence.end);
            pieces.extend(
                self.kept(range)
                    .into_iter()
                    .map(|range| RewritePiece::Own { range, text: self.text.quote(range) }),
            );
        }
        if pieces.is_empty()
            && !self.report.star.iter().any(|span| span.part == part)
            && let Some(question) = question(part)
        {
            pieces.push(RewritePiece::Gap { question: question.to_owned() });
        }
        pieces
    }

    /// The stretches of a range without fillers, words said twice and words to the judge.
    fn kept(&self, range: WordRange) -> Vec<WordRange> {
        let fillers = self.report.fillers.iter().filter(|filler| !filler.struck);
        let fillers: Vec<WordRange> = fillers.filter_map(|filler| filler.range).collect();
        let mut kept: Vec<WordRange> = Vec::new();
        for index in range.first..range.end {
            let dropped = matches!(
                self.text.roles[index],
                Role::Hesitation | Role::Repeated | Role::Addressed
            ) || fillers.iter().any(|cut| cut.first <= index && index < cut.end);
            match kept.last_mut() {
                _ if dropped => {}
                Some(last) if last.end == index => last.end = index + 1,
                _ => kept.push(WordRange::new(index, index + 1)),
            }
        }
        kept
    }
}

/// What is asked where a part is missing.
const fn question(part: StarPart) -> Option<&'static str> {
    match part {
        StarPart::Situation => Some("When and where was it, and with whom?"),
        StarPart::Task => Some("What had to be done, and what stood in the way?"),
        StarPart::Action => Some("What did you do yourself, and why that way?"),
        StarPart::Result => Some("What was different afterwards, and how could somebody tell?"),
        StarPart::Reflection => Some("What do you do differently since?"),
        StarPart::Relevance => None,
    }
}
