//! What a page shows of a conversation.

use interview::Us;
use serde::{Deserialize, Serialize};

use crate::action::{AnswerRef, UtteranceId};

/// Where the interview is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Not begun.
    Ready,
    /// Greeting and the unscored question.
    WarmUp,
    /// The questions of the plan.
    Questions,
    /// The candidate's own questions.
    CandidateQuestions,
    /// The last words.
    Closing,
    /// Over.
    Ended,
}

/// Who has the floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FloorView {
    /// Nobody: before the start and after the end.
    Nobody,
    /// The interviewer speaks.
    Interviewer,
    /// The candidate is to speak or type.
    Candidate,
    /// The interviewer is about to reply.
    Thinking,
    /// One-way: time to prepare, until [`View::until_us`].
    Preparing,
    /// One-way: the answer is recorded; take it again or go on, until [`View::until_us`].
    Reviewing,
    /// The line to the candidate is gone.
    Away,
}

/// What a page shows of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// Where the interview is.
    pub phase: Phase,
    /// Who has the floor.
    pub floor: FloorView,
    /// The question being asked or answered, by its index in the plan.
    pub item: Option<u32>,
    /// Which question that is in the order of asking, from 1.
    pub number: Option<u32>,
    /// How many questions the plan has.
    pub count: u32,
    /// The text of the question being asked or answered.
    pub question: Option<String>,
    /// The last follow-up to it, if there was one.
    pub probe: Option<String>,
    /// The utterance being played.
    pub utterance: Option<UtteranceId>,
    /// What it says.
    pub saying: Option<String>,
    /// Whether it is ducked.
    pub ducked: bool,
    /// The answer that is open.
    pub answer: Option<AnswerRef>,
    /// From when on [`Input::Words`](crate::Input::Words) takes words; `None` when it takes none.
    pub words_from_us: Option<Us>,
    /// How long the candidate has held the floor in this answer, milliseconds, as of the last step.
    pub answer_ms: u64,
    /// After how much of that a kind nudge comes, milliseconds.
    pub nudge_ms: u64,
    /// After how much of that the answer is closed, milliseconds.
    pub limit_ms: u64,
    /// When the preparation or the review ends by itself.
    pub until_us: Option<Us>,
    /// How often this answer may still be taken again.
    pub retakes_left: u32,
    /// Whether turns end by the push-to-talk key alone.
    pub push_to_talk: bool,
    /// Whether the candidate can be heard.
    pub microphone: bool,
}
