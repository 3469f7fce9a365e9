//! Levels put together: criteria of one answer, answers of one interview. Mechanically, with equal
//! weights (Conway 1995), never by impression.

use interview::{Coverage, Plan, Word};

use crate::{
    VERSION,
    report::{AnswerReport, OwnRating, Report},
};

/// A question the candidate asked the interviewer.
#[derive(Debug, Clone, Copy)]
pub struct CandidateQuestion<'a> {
    /// Its words.
    pub words: &'a [Word],
    /// Whether the goal's notes held the answer.
    pub in_notes: bool,
}

/// A whole interview with everything that its report may look at.
#[derive(Debug, Clone)]
pub struct InterviewInput<'a> {
    /// What was planned.
    pub plan: &'a Plan,
    /// How many questions were really asked.
    pub asked: u32,
    /// The reports of all answers; where a question has several attempts, all of them.
    pub answers: Vec<AnswerReport>,
    /// How the candidate rated themself, if they did.
    pub own_rating: Option<OwnRating>,
    /// What the candidate asked.
    pub candidate_questions: &'a [CandidateQuestion<'a>],
}

/// The report of a whole interview. Levels rest on the first attempt at each question.
#[must_use]
pub fn analyse_interview(input: InterviewInput<'_>) -> Report {
    let answered = input.answers.iter().filter(|answer| answer.overall.is_some()).count();
    Report {
        version: VERSION.to_owned(),
        input_sha256: String::new(),
        own_rating: input.own_rating,
        strength: None,
        priorities: Vec::new(),
        retake: None,
        goal: Vec::new(),
        coverage: Coverage {
            answered: u32::try_from(answered).unwrap_or(u32::MAX),
            asked: input.asked,
        },
        criteria: Vec::new(),
        overall: None,
        candidate_questions: Vec::new(),
        answers: input.answers,
        left_out: Vec::new(),
        dropped: 0,
        edited: false,
    }
}
