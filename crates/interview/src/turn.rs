//! The turn log: who said what, in order. Ground state, never overwritten.

use serde::{Deserialize, Serialize};

use crate::{
    answer::Mode,
    id::{AnswerId, InterviewId, ParticipantId, TurnId},
    word::{Language, Span, Word},
};

/// Which side speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The one who asks.
    Interviewer,
    /// The one who practises.
    Candidate,
}

/// One speaker holding the floor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// Its id.
    pub id: TurnId,
    /// The interview it belongs to.
    pub interview: InterviewId,
    /// Its place in the log, from 0.
    pub index: u32,
    /// Who spoke.
    pub participant: ParticipantId,
    /// Which side that is.
    pub speaker: Speaker,
    /// The answer it is part of (candidate), or that it led to (interviewer), if any.
    pub answer: Option<AnswerId>,
    /// Spoken or typed.
    pub mode: Mode,
    /// The language of the text.
    pub language: Language,
    /// What was said.
    pub text: String,
    /// The same, word by word.
    pub words: Vec<Word>,
    /// When it was said.
    pub span: Option<Span>,
    /// Whether this is the unscored warm-up or small talk, which nothing judges.
    #[serde(default)]
    pub unscored: bool,
}
