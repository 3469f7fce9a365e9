//! A format made concrete: this person's questions, interviewer and times.

use serde::{Deserialize, Serialize};

use crate::{
    format::Format,
    goal::{Goal, Seniority},
    persona::Persona,
    question::Question,
    rubric::Rubric,
};

/// What is shown while the interview goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hints {
    /// Sparse hints on pace and time.
    Live,
    /// Nothing: as it will be on the day.
    #[default]
    Exam,
}

/// One question of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanItem {
    /// The bank entry as it stood when the plan was made.
    pub question: Question,
    /// Why it was chosen, in one line for the candidate.
    pub reason: String,
}

/// A concrete interview, complete: nothing needs to be looked up to hold it or to judge it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The kind of interview.
    pub format: Format,
    /// Who interviews.
    pub persona: Persona,
    /// What it is judged by, beside each question's own criterion.
    pub rubric: Rubric,
    /// What it is practised for.
    pub goal: Option<Goal>,
    /// For whom the questions are.
    pub seniority: Seniority,
    /// The questions in their order.
    pub items: Vec<PlanItem>,
    /// What is shown during the interview.
    pub hints: Hints,
    /// Whether the camera is recorded for self-review; opted into.
    #[serde(default)]
    pub camera: bool,
}
