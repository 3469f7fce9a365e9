//! Kinds of interview, as data.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{goal::Competency, persona::PersonaId};

/// The stable name of a format, as "behavioural".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FormatId(pub String);

impl fmt::Display for FormatId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How the two sides meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encounter {
    /// An interviewer who listens, probes and answers.
    Conversation,
    /// Questions are shown; each answer is recorded within limits and may be taken again.
    OneWay,
}

/// A kind of interview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Format {
    /// Its stable name.
    pub id: FormatId,
    /// The name shown to people.
    pub name: String,
    /// One or two sentences for the person who chooses.
    pub about: String,
    /// How the two sides meet.
    pub encounter: Encounter,
    /// The rubric it is judged by.
    pub rubric: String,
    /// Who interviews unless somebody else is chosen.
    pub persona: PersonaId,
    /// How many questions may be chosen, and the usual number.
    pub questions_min: u32,
    /// The most questions.
    pub questions_max: u32,
    /// The usual number of questions.
    pub questions: u32,
    /// Competencies that it draws from; empty means all.
    #[serde(default)]
    pub competencies: Vec<Competency>,
    /// The most probes for one question.
    pub probes_max: u32,
    /// Whether an unscored question comes first.
    pub warm_up: bool,
    /// Whether the candidate's own questions come last.
    pub candidate_questions: bool,
    /// After this much speaking time a kind nudge, seconds.
    pub answer_nudge_s: u32,
    /// After this much the answer is closed, seconds.
    pub answer_limit_s: u32,
    /// Time to prepare before each answer, seconds; 0 for none.
    pub preparation_s: u32,
    /// How often one answer may be taken again during the interview.
    pub retakes_max: u32,
}
