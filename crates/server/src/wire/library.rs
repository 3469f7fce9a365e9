//! What can be chosen from.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Formats, interviewers and competencies.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Library {
    /// Kinds of interview.
    pub formats: Vec<Format>,
    /// Who can interview.
    pub personas: Vec<Persona>,
    /// What questions are about.
    pub competencies: Vec<Competency>,
    /// How many questions the bank holds.
    pub questions: u32,
}

/// A kind of interview.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Format {
    /// Its name ("phone-screen").
    pub id: String,
    /// The name shown.
    pub name: String,
    /// For the person who chooses.
    pub about: String,
    /// Whether answers are recorded one way, with no interviewer listening.
    pub one_way: bool,
    /// Fewest questions.
    pub questions_min: u32,
    /// Most questions.
    pub questions_max: u32,
    /// Usual number of questions.
    pub questions: u32,
    /// Who interviews unless somebody else is chosen.
    pub persona: String,
    /// Seconds to prepare before each answer; 0 for none.
    pub preparation_s: u32,
    /// Longest answer, seconds.
    pub answer_limit_s: u32,
    /// How often an answer may be taken again during the interview.
    pub retakes_max: u32,
}

/// An engine interviewer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Persona {
    /// Its name ("maya").
    pub id: String,
    /// The name it introduces itself with.
    pub name: String,
    /// For the person who chooses.
    pub about: String,
    /// "warm", "neutral" or "sceptical".
    pub temperament: Temperament,
}

/// How an interviewer behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Temperament {
    /// Encourages.
    Warm,
    /// Even and brief.
    Neutral,
    /// Doubts aloud.
    Sceptical,
}

/// What questions are about, with how many there are.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Competency {
    /// Its name ("problem_solving").
    pub id: CompetencyId,
    /// The name shown ("problem solving").
    pub name: String,
    /// How many questions the bank holds on it.
    pub questions: u32,
}

/// A competency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it; interview::Competency describes them")]
pub enum CompetencyId {
    Leadership,
    Teamwork,
    Conflict,
    Failure,
    Ownership,
    Communication,
    Adaptability,
    ProblemSolving,
    CustomerFocus,
}

/// How much experience a role asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Seniority {
    /// Students, graduates, newcomers to a field.
    Entry,
    /// Several years.
    Mid,
    /// Leads others or owns an area.
    Senior,
}
