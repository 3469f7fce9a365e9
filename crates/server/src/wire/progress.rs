//! Levels over time, and what may be said of them.

use serde::Serialize;
use utoipa::ToSchema;

/// Somebody's levels over their interviews, over fresh questions only.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Progress {
    /// Criterion by criterion, all together first; empty before the first judged interview.
    pub series: Vec<ProgressSeries>,
    /// Answers that did not count, the latest first, each with the reason.
    pub not_counted: Vec<NotCounted>,
}

/// One criterion over all interviews.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProgressSeries {
    /// Name of the criterion ("outcome"); "overall" for all together.
    pub criterion: String,
    /// The name shown.
    pub name: String,
    /// What may be said.
    pub claim: ProgressClaim,
    /// The same in one or two plain sentences.
    pub line: String,
    /// After each interview with a fresh answer, oldest first.
    pub points: Vec<ProgressPoint>,
}

/// What may be said of a criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProgressClaim {
    /// There are fewer than two interviews with fresh questions.
    NotYet,
    /// The levels may as well have stayed as they were.
    NoChangeShown,
    /// Reliably higher than in the first interview.
    Improved,
    /// Reliably lower than in the first interview.
    Worse,
}

/// The level after an interview.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProgressPoint {
    /// Which interview.
    pub interview: String,
    /// When it was held.
    pub at: String,
    /// 1 to 5.
    pub level: f64,
    /// Lower end of the 90% interval.
    pub low: f64,
    /// Upper end of the 90% interval.
    pub high: f64,
    /// Fresh answers of this interview that it took in.
    pub answers: u32,
}

/// An answer that does not count.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NotCounted {
    /// Its interview.
    pub interview: String,
    /// When that was held.
    pub at: String,
    /// The answer.
    pub answer: String,
    /// Its question.
    pub question: String,
    /// Why it does not count, in a short phrase.
    pub why: String,
}
