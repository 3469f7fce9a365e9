//! Answers.

use serde::{Deserialize, Serialize};

use crate::{
    id::{AnswerId, InterviewId},
    question::Question,
    word::{Span, Word},
};

/// How something was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Said aloud.
    Spoken,
    /// Typed.
    Typed,
}

/// All candidate turns for one question, probes included, in one attempt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Its id.
    pub id: AnswerId,
    /// The interview it was given in.
    pub interview: InterviewId,
    /// Which question of the plan, from 0; `None` for the warm-up and the candidate's own questions.
    pub item: Option<u32>,
    /// The nth answer to this question, from 1.
    pub attempt: u32,
    /// The question as it was asked.
    pub question: Question,
    /// Spoken or typed.
    pub mode: Mode,
    /// The candidate's words in order, all turns joined.
    pub words: Vec<Word>,
    /// Index in `words` at which each turn after the first begins (after a probe).
    pub turn_starts: Vec<usize>,
    /// What each probe asked, in the order of `turn_starts`.
    pub probes: Vec<String>,
    /// From the end of the question to the end of the last word, for spoken answers.
    pub span: Option<Span>,
    /// Share of words changed by the candidate's own correction, 0 to 1.
    pub edited_share: f64,
}
