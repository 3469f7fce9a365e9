//! The nouns of Greenroom: what an interview is made of, with no opinion about it and no IO.
//!
//! Times inside an interview are whole microseconds of *interview time* ([`Us`]), counted from the
//! start of the interview by a monotonic clock that somebody else owns. Times of the calendar are
//! [`jiff::Timestamp`]. Both, and every random number, come in as arguments.

pub mod answer;
pub mod bank;
pub mod format;
pub mod goal;
pub mod id;
pub mod persona;
pub mod plan;
pub mod question;
pub mod rubric;
pub mod scorecard;
pub mod turn;
pub mod word;

pub use answer::{Answer, Mode};
pub use bank::{Bank, BankError};
pub use format::{Format, FormatId};
pub use goal::{Competency, Goal, Seniority};
pub use id::{
    AnswerId, GoalId, InterviewId, JobId, ParticipantId, PersonId, RecordingId, StreamId, TurnId,
};
pub use persona::{Persona, PersonaId, Temperament};
pub use plan::{Hints, Plan, PlanItem};
pub use question::{Lack, Question, QuestionId};
pub use rubric::{Anchors, Criterion, CriterionId, Rubric};
pub use scorecard::{
    Absence, Coverage, Evidence, Feature, FeatureName, Filler, FillerKind, Finding, FindingKind,
    Judge, Judgement, LeftOut, StarPart, StarSpan, Unit,
};
pub use turn::{Speaker, Turn};
pub use word::{Language, Span, Us, Word, WordRange};
