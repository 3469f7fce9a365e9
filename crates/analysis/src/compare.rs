//! Two attempts at one question, side by side.

use interview::{AnswerId, CriterionId, Evidence};
use serde::{Deserialize, Serialize};

use crate::report::{AnswerReport, Level};

/// What can honestly be said of two attempts. Never "improvement": a second try at the same
/// question says nothing about the next question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The later attempt is a better answer.
    BetterAnswer,
    /// The earlier attempt was the better answer.
    EarlierWasBetter,
    /// The difference is within what the same answer varies by.
    NoClearDifference,
}

/// One part in which the two differ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// What changed, one plain sentence.
    pub text: String,
    /// Whether the later attempt is the better one in it; `None` when it is just different.
    pub better: Option<bool>,
    /// What it points at in the earlier attempt.
    pub earlier: Vec<Evidence>,
    /// What it points at in the later attempt.
    pub later: Vec<Evidence>,
}

/// One criterion in both attempts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CriterionPair {
    /// Which criterion.
    pub criterion: CriterionId,
    /// Its name as shown.
    pub name: String,
    /// Its level in the earlier attempt.
    pub earlier: Option<Level>,
    /// Its level in the later attempt.
    pub later: Option<Level>,
}

/// Two attempts side by side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The earlier attempt.
    pub earlier: AnswerId,
    /// The later attempt.
    pub later: AnswerId,
    /// What can be said of the two.
    pub verdict: Verdict,
    /// The same in one plain sentence.
    pub line: String,
    /// What changed, part by part.
    pub changes: Vec<Change>,
    /// Criterion by criterion.
    pub criteria: Vec<CriterionPair>,
}

/// Compares an earlier attempt `a` with a later attempt `b` at the same question.
#[must_use]
pub fn compare(a: &AnswerReport, b: &AnswerReport) -> Comparison {
    Comparison {
        earlier: a.answer,
        later: b.answer,
        verdict: Verdict::NoClearDifference,
        line: "No clear difference between the two attempts.".to_owned(),
        changes: Vec::new(),
        criteria: Vec::new(),
    }
}
