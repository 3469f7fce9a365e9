//! What is measured, found and judged in an answer, and the report made of it.
//!
//! Pure: no IO, no clock, no randomness. The same input gives the same report, byte for byte.
//!
//! The way of an answer: its words are read into sentences, clauses and content tokens (`text`), the
//! story in them is found (`story`), features are measured ([`features`]), findings searched
//! (`findings`) and levels judged (`judge`). Both pass the evidence gate ([`gate`]); what is left
//! becomes a report ([`report`]). Several reports become one for the interview ([`scorecard`]), two
//! side by side ([`mod@compare`]), or somebody's levels over time ([`mod@progress`]). The answer to a
//! knowledge question is held against a reference answer ([`technical`]).

mod answer;
mod coaching;
pub mod compare;
pub mod edits;
mod facts;
pub mod features;
mod findings;
mod fitted;
pub mod gate;
pub mod input;
mod judge;
mod lacks;
pub mod parts;
pub mod progress;
mod relevance;
pub mod report;
pub mod retelling;
pub mod said;
pub mod scorecard;
mod sought;
mod story;
pub mod support;
pub mod technical;
mod text;

use interview::{Answer, WordRange};

pub use answer::{Levels, analyse_answer, analyse_answer_by, judge_by, raw_levels};
pub use compare::{Comparison, Verdict, compare};
pub use facts::Facts;
pub use fitted::Fitted;
pub use gate::{Claim, Dropped, gate};
pub use input::{AnswerInput, Baseline, Measure, NoFiller, Others, Relevance, Sound, Switches};
pub use judge::{
    Call, Conformal, Judge, Model, PROMPT_VERSION, Reply, Rules, calibration, prompt_sha256,
    self_test,
};
pub use lacks::{Completeness, completeness, lacks};
pub use report::{AnswerReport, AnswerType, Level, OwnRating, Priority, Report, Strength};
pub use scorecard::{CandidateQuestion, InterviewInput, analyse_interview};

/// The version of the measures, findings and rules. A report is computed again when it changes.
pub const VERSION: &str = "6";

/// One spelling for a lower-case word that British and American English spell differently: for
/// comparing, never for showing.
#[must_use]
pub fn one_spelling(key: &str) -> String {
    text::spelling::normal(key)
}

/// The sentences of an answer in order, as word ranges: what embeddings are made of for
/// [`Relevance::sentences`].
#[must_use]
pub fn sentences(answer: &Answer) -> Vec<WordRange> {
    text::Text::read(&answer.words, &answer.turn_starts).sentences
}
