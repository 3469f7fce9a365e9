//! The answer to a knowledge question held against a reference answer: points, what is missing, what
//! is wrong, each with the place it rests on.
//!
//! The level is a rising line of how much of the reference the answer holds: the share of the
//! reference's terms that come up in it (those that the question names already count less) and,
//! where there are embeddings, how much nearer its clauses come to the reference than the question
//! does by itself. What is said beside that moves nothing, so that neither padding nor words to the
//! judge raise a level. A clause that contradicts the reference counts for nothing. The line and the intervals are data
//! (`weights.json`, with its origin), fitted by [`fit`].

mod contradiction;
pub mod fit;
mod read;

use std::{collections::BTreeSet, ops::Range};

use serde::{Deserialize, Serialize};

pub use self::fit::Weights;
use self::{
    contradiction::Contradiction,
    read::{Clause, alike, read},
};

/// A question, its reference answer, and the answer that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exchange<'a> {
    /// What was asked.
    pub question: &'a str,
    /// A full answer to it.
    pub reference: &'a str,
    /// What was answered.
    pub answer: &'a str,
}

/// A place in a text, in characters, the end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The first character.
    pub start: usize,
    /// The one after the last.
    pub end: usize,
}

impl Place {
    fn of(text: &str, bytes: &Range<usize>) -> Self {
        let before = |end: usize| text.get(..end).map_or(0, |head| head.chars().count());
        Self { start: before(bytes.start), end: before(bytes.end) }
    }
}

/// A point of the reference that the answer holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The point, as the reference puts it.
    pub point: String,
    /// Where it stands in the reference.
    pub reference: Place,
    /// What the answer says of it.
    pub quote: String,
    /// Where that stands in the answer.
    pub answer: Place,
}

/// A point of the reference that was not found anywhere in the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// The point, as the reference puts it.
    pub point: String,
    /// Where it stands in the reference.
    pub reference: Place,
}

/// Something the answer says that the reference contradicts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wrong {
    /// What the answer says.
    pub quote: String,
    /// Where that stands in the answer.
    pub answer: Place,
    /// What the reference says.
    pub point: String,
    /// Where that stands in the reference.
    pub reference: Place,
    /// In what the two differ, one plain sentence.
    pub why: String,
}

/// What is said of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// From 0, nothing of the reference, to 1, all that was asked for.
    pub points: f64,
    /// Lower end of the 90% interval.
    pub low: f64,
    /// Upper end of it.
    pub high: f64,
    /// Points that were not found. Where a question asks for some of many, not all are needed.
    pub missing: Vec<Missing>,
    /// What contradicts the reference.
    pub wrong: Vec<Wrong>,
    /// Points that were found, and where: what the level rests on.
    pub evidence: Vec<Held>,
}

/// How much of the reference an answer holds: what the line is drawn over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Signs {
    /// Whether the answer says anything beside the question's own words.
    pub answered: bool,
    /// Share of the reference's terms that come up, 0 to 1.
    pub terms: f64,
    /// Share of the reference that the answer contradicts, 0 to 1: no answer gets more than the rest.
    pub contradicted: f64,
    /// What embeddings say; `None` without them.
    pub meaning: Option<Meaning>,
}

/// How near an answer is to the reference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Meaning {
    /// The highest cosine of two clauses.
    pub nearest: f64,
    /// The weighted mean over the reference's clauses of the highest cosine, less the cosine of
    /// reference and question: a reference that the question almost says is easy to come near to.
    pub gain: f64,
}

/// What a term of the reference counts that the question names already.
const ASKED_WEIGHT: f64 = 0.3;
/// From this share of a point's terms on, found in one clause, the answer holds the point.
const HELD_TERMS: f64 = 0.34;
/// From this cosine on a clause of the answer says what a point says.
const HELD_COSINE: f64 = 0.6;
/// Below this share of a point's terms in the whole answer the point is missing.
const ABSENT_TERMS: f64 = 0.25;
/// From this cosine on something of a point is there.
const ABSENT_COSINE: f64 = 0.5;
/// Below this cosine two clauses are about different things, however far apart.
const UNRELATED_COSINE: f64 = 0.4;
/// Texts longer than this are read up to here, bytes.
pub const TEXT_BYTES_MAX: usize = 64 * 1024;

/// Words that say that there is no answer.
const NOTHING: &[&str] = &[
    "response",
    "submission",
    "answer",
    "reply",
    "idea",
    "clue",
    "know",
    "knowledge",
    "remember",
    "sure",
    "sorry",
    "unfortunately",
    "skip",
    "pass",
    "empty",
    "blank",
    "missing",
    "nothing",
    "none",
    "n/a",
    "na",
    "idk",
    "dunno",
    "not",
    "no",
    "question",
    "honestly",
    "afraid",
    "guess",
    "think",
];

/// An exchange, read.
pub struct Read<'a> {
    exchange: Exchange<'a>,
    asked: BTreeSet<String>,
    reference: Vec<Clause>,
    /// The clauses of the answer that count: not the question said again, nor words to the judge.
    answer: Vec<Clause>,
    vectors: Option<Vectors<'a>>,
}

/// The embeddings of both sides' clauses, and the cosine of reference and question.
struct Vectors<'a> {
    reference: &'a [Vec<f32>],
    answer: &'a [Vec<f32>],
    asked: f64,
}

impl<'a> Read<'a> {
    /// Reads an exchange.
    #[must_use]
    pub fn new(exchange: Exchange<'a>) -> Self {
        let exchange = Exchange {
            question: bounded(exchange.question),
            reference: bounded(exchange.reference),
            answer: bounded(exchange.answer),
        };
        let asked: BTreeSet<String> = read(exchange.question)
            .into_iter()
            .flat_map(|clause| clause.terms)
            .map(|term| term.stem)
            .collect();
        let mut answer = read(exchange.answer);
        answer.retain(|clause| !clause.addressed && !says_nothing(exchange.answer, clause));
        // The question said again is no answer; where it is all that is said, nothing is left.
        let own = |clause: &Clause| clause.terms.iter().any(|term| !asked.contains(&term.stem));
        let question = plain(exchange.question);
        let same =
            |clause: &Clause| question.contains(&plain(&exchange.answer[clause.range.clone()]));
        answer.retain(|clause| own(clause) || !same(clause));
        Self { exchange, asked, reference: read(exchange.reference), answer, vectors: None }
    }

    /// Whether the reference holds nothing to compare with.
    #[must_use]
    pub fn reference_is_empty(&self) -> bool {
        self.reference.is_empty()
    }

    /// The texts whose embeddings [`Read::with`] takes, in its order.
    #[must_use]
    pub fn texts(&self) -> Vec<&'a str> {
        let reference =
            self.reference.iter().map(|clause| &self.exchange.reference[clause.range.clone()]);
        let answer = self.answer.iter().map(|clause| &self.exchange.answer[clause.range.clone()]);
        reference.chain(answer).chain([self.exchange.reference, self.exchange.question]).collect()
    }

    /// The same with the embeddings of its texts, unit vectors; without them where there are not as
    /// many as there are texts.
    #[must_use]
    pub fn with(mut self, vectors: &'a [Vec<f32>]) -> Self {
        let (references, answers) = (self.reference.len(), self.answer.len());
        if let [clauses @ .., reference, question] = vectors
            && clauses.len() == references + answers
        {
            let asked = cosine(reference, question);
            let (reference, answer) = clauses.split_at(references);
            self.vectors = Some(Vectors { reference, answer, asked });
        }
        self
    }

    /// What the line is drawn over.
    #[must_use]
    pub fn signs(&self) -> Signs {
        self.signs_beside(&self.contradictions())
    }

    fn signs_beside(&self, wrong: &[Contradiction]) -> Signs {
        let right: Vec<&Clause> = self.right(wrong).map(|(_, clause)| clause).collect();
        let distinct: BTreeSet<&str> =
            self.reference.iter().flat_map(|clause| clause.stems()).collect();
        let weight = |stem: &str| if self.asked.contains(stem) { ASKED_WEIGHT } else { 1.0 };
        let all: f64 = distinct.iter().map(|stem| weight(stem)).sum();
        let held: f64 = distinct
            .iter()
            .filter(|stem| right.iter().any(|clause| clause.has(stem)))
            .map(|stem| weight(stem))
            .sum();
        Signs {
            answered: !self.answer.is_empty(),
            terms: held / all.max(f64::MIN_POSITIVE),
            contradicted: self.contradicted(wrong),
            meaning: self.meaning(wrong),
        }
    }

    /// What the contradicted clauses of the reference weigh of all.
    fn contradicted(&self, wrong: &[Contradiction]) -> f64 {
        let denied: BTreeSet<usize> = wrong.iter().map(|one| one.reference).collect();
        let of = |index: usize| self.reference.get(index).map_or(0.0, |clause| self.weight(clause));
        let all: f64 = (0..self.reference.len()).map(of).sum();
        denied.into_iter().map(of).sum::<f64>() / all.max(f64::MIN_POSITIVE)
    }

    /// How near the answer comes to the reference, where there are embeddings.
    fn meaning(&self, wrong: &[Contradiction]) -> Option<Meaning> {
        let vectors = self.vectors.as_ref()?;
        let (mut sum, mut weights, mut nearest) = (0.0, 0.0, 0.0_f64);
        for (clause, vector) in self.reference.iter().zip(vectors.reference) {
            let own = self.right(wrong).filter_map(|(index, _)| vectors.answer.get(index));
            let near = own.map(|own| cosine(vector, own)).fold(UNRELATED_COSINE, f64::max);
            let weight = self.weight(clause);
            sum += weight * near;
            weights += weight;
            nearest = nearest.max(near);
        }
        (weights > 0.0).then_some(Meaning { nearest, gain: sum / weights - vectors.asked })
    }

    /// The answer's clauses that contradict nothing, with their numbers.
    fn right(&self, wrong: &[Contradiction]) -> impl Iterator<Item = (usize, &Clause)> {
        let wrong: BTreeSet<usize> = wrong.iter().map(|one| one.answer).collect();
        self.answer.iter().enumerate().filter(move |(index, _)| !wrong.contains(index))
    }

    /// What a clause of the reference counts: its distinct terms.
    fn weight(&self, clause: &Clause) -> f64 {
        let weight = |stem: &&str| if self.asked.contains(*stem) { ASKED_WEIGHT } else { 1.0 };
        clause.stems().iter().map(weight).sum()
    }

    /// How much of a point's terms this clause of the answer holds.
    fn share(&self, point: &Clause, clause: &Clause) -> f64 {
        let weight = |stem: &str| if self.asked.contains(stem) { ASKED_WEIGHT } else { 1.0 };
        let held: f64 = point.stems().into_iter().filter(|stem| clause.has(stem)).map(weight).sum();
        held / self.weight(point).max(f64::MIN_POSITIVE)
    }

    fn contradictions(&self) -> Vec<Contradiction> {
        contradiction::find(&self.reference, &self.answer, &self.asked)
    }

    /// The clause of the answer that holds a point, if one does.
    fn holder(&self, number: usize, wrong: &[Contradiction]) -> Option<&Clause> {
        let point = &self.reference[number];
        let near = |index: usize| {
            self.vectors.as_ref().and_then(|vectors| {
                Some(cosine(vectors.reference.get(number)?, vectors.answer.get(index)?))
            })
        };
        self.right(wrong)
            .map(|(index, clause)| {
                let terms = self.share(point, clause) / HELD_TERMS;
                (terms.max(near(index).unwrap_or(0.0) / HELD_COSINE), clause)
            })
            .filter(|(held, _)| *held >= 1.0)
            .reduce(|best, other| if other.0 > best.0 { other } else { best })
            .map(|(_, clause)| clause)
    }

    /// Whether next to nothing of a point comes up anywhere in the answer.
    fn absent(&self, number: usize) -> bool {
        let point = &self.reference[number];
        let weight = |stem: &str| if self.asked.contains(stem) { ASKED_WEIGHT } else { 1.0 };
        let said = |stem: &&str| self.answer.iter().any(|clause| clause.has(stem));
        let held: f64 = point.stems().into_iter().filter(said).map(weight).sum();
        let near = self.vectors.as_ref().and_then(|vectors| {
            let point = vectors.reference.get(number)?;
            vectors.answer.iter().map(|own| cosine(point, own)).reduce(f64::max)
        });
        held < ABSENT_TERMS * self.weight(point) && near.is_none_or(|near| near < ABSENT_COSINE)
    }

    /// Points, and what they rest on.
    #[must_use]
    pub fn judge(&self, weights: &Weights) -> Judged {
        let contradictions = self.contradictions();
        let level = weights.level(self.signs_beside(&contradictions));
        let (mut missing, mut evidence) = (Vec::new(), Vec::new());
        for (number, point) in self.reference.iter().enumerate() {
            let (text, reference) = quote(self.exchange.reference, point);
            match self.holder(number, &contradictions) {
                Some(clause) => {
                    let (quote, answer) = quote(self.exchange.answer, clause);
                    evidence.push(Held { point: text, reference, quote, answer });
                }
                None if self.absent(number) => missing.push(Missing { point: text, reference }),
                // Something of it is there, in words that do not settle it: nothing is said of it.
                None => {}
            }
        }
        let wrong = contradictions.into_iter().map(|one| {
            let (quoted, answer) = quote(self.exchange.answer, &self.answer[one.answer]);
            let (point, reference) = quote(self.exchange.reference, &self.reference[one.reference]);
            Wrong { quote: quoted, answer, point, reference, why: one.why }
        });
        Judged {
            points: level.points,
            low: level.low,
            high: level.high,
            missing,
            wrong: wrong.collect(),
            evidence,
        }
    }
}

/// The beginning of a text that is read.
fn bounded(text: &str) -> &str {
    let mut end = text.len().min(TEXT_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The words of a text with single spaces between them, in lower case.
fn plain(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Whether a clause only says that there is no answer ("no response", "I don't know").
fn says_nothing(text: &str, clause: &Clause) -> bool {
    let words = text[clause.range.clone()].to_lowercase();
    clause.terms.len() <= 3
        && clause.terms.iter().all(|term| {
            words
                .split(|c: char| !c.is_alphanumeric() && c != '/')
                .filter(|word| NOTHING.contains(word))
                .any(|word| alike(&crate::relevance::stem(word), &term.stem))
        })
}

fn quote(text: &str, clause: &Clause) -> (String, Place) {
    (text[clause.range.clone()].to_owned(), Place::of(text, &clause.range))
}

/// The cosine of two unit vectors.
fn cosine(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum()
}
