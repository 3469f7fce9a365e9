//! What is measured, found and judged in an answer, and the report made of it.
//!
//! Pure: no IO, no clock, no randomness. The same input gives the same report, byte for byte.

pub mod compare;
pub mod features;
pub mod gate;
pub mod input;
pub mod lacks;
pub mod report;
pub mod scorecard;

use interview::{Answer, WordRange};

pub use compare::{Comparison, Verdict, compare};
pub use gate::Dropped;
pub use input::{AnswerInput, Baseline, Measure, Relevance, Sound, Switches};
pub use lacks::{Completeness, completeness, lacks};
pub use report::{AnswerReport, AnswerType, Level, OwnRating, Priority, Report, Strength};
pub use scorecard::{CandidateQuestion, InterviewInput, analyse_interview};

/// The version of the measures, findings and rules. A report is computed again when it changes.
pub const VERSION: &str = "1";

/// The sentences of an answer in order, as word ranges: what embeddings are made of for
/// [`Relevance::sentences`].
#[must_use]
pub fn sentences(answer: &Answer) -> Vec<WordRange> {
    vec![WordRange::new(0, answer.words.len())]
}

/// The report of one answer.
#[must_use]
pub fn analyse_answer(input: AnswerInput<'_>) -> AnswerReport {
    let answer = input.answer;
    AnswerReport {
        version: VERSION.to_owned(),
        input_sha256: String::new(),
        answer: answer.id,
        item: answer.item,
        attempt: answer.attempt,
        question: answer.question.id.clone(),
        question_text: answer.question.text.clone(),
        competency: answer.question.competency,
        features: Vec::new(),
        pace: Vec::new(),
        pauses: input.sound.map(|sound| sound.pauses.clone()).unwrap_or_default(),
        fillers: input.sound.map(|sound| sound.fillers.clone()).unwrap_or_default(),
        star: Vec::new(),
        answer_type: None,
        findings: Vec::new(),
        dropped: 0,
        problems: Vec::new(),
        judgements: Vec::new(),
        overall: None,
        strength: None,
        priorities: Vec::new(),
        left_out: Vec::new(),
        edited: answer.edited_share > 0.1,
    }
}
