//! What the conversation wants done.

use interview::{Lack, Mode, Us, persona::Occasion};
use serde::{Deserialize, Serialize};

/// Counts the interviewer's utterances from 1.
pub type UtteranceId = u64;

/// What an answer belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "item", rename_all = "snake_case")]
pub enum Part {
    /// The unscored first question.
    WarmUp,
    /// A question of the plan, by its index from 0.
    Item(u32),
    /// The candidate's own questions, unscored.
    CandidateQuestions,
}

/// One attempt at answering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AnswerRef {
    /// What is answered.
    pub part: Part,
    /// The nth answer to it in this interview, from 1.
    pub attempt: u32,
}

/// One thing to do. The actions of a step are executed in their order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Action {
    /// Speak these lines into the cache when there is nothing better to do; the likeliest first.
    Prepare {
        /// What may be said soon.
        lines: Vec<String>,
        /// Whether they hold words of the candidate: such speech is deleted with the interview.
        own_words: bool,
    },
    /// Say this aloud and show it. Utterances are played one after another in the order in which
    /// they come; for each, [`Input::Utterance`](crate::Input::Utterance) reports `Started` and then
    /// `Finished`, `Stopped` or `Failed`.
    Say {
        /// Which utterance this is.
        id: UtteranceId,
        /// What is said.
        text: String,
        /// What it is for.
        line: LineKind,
        /// What it belongs to, if anything.
        part: Option<Part>,
        /// Whether the candidate has the floor after it.
        reply_expected: bool,
        /// Whether it holds words of the candidate: such speech is deleted with the interview.
        own_words: bool,
    },
    /// Make the utterance quieter by 20 dB and go on playing it.
    Duck {
        /// Which.
        id: UtteranceId,
    },
    /// Play it at its own loudness again.
    Unduck {
        /// Which.
        id: UtteranceId,
    },
    /// Fall silent at once: stop this utterance and drop every one that waits behind it. Report
    /// `Stopped` for this one only.
    StopSpeaking {
        /// The utterance that is being played.
        id: UtteranceId,
    },
    /// An answer begins. It holds every turn closed with this reference until
    /// [`Action::CloseAnswer`]. Where the candidate took the floor before the question was over, its
    /// first turn was opened before it.
    OpenAnswer {
        /// Which.
        answer: AnswerRef,
        /// From when on, interview time; may lie somewhat before now.
        from_us: Us,
    },
    /// The candidate has the floor: a turn begins.
    OpenTurn {
        /// From when on, interview time; may lie somewhat before now.
        from_us: Us,
    },
    /// The candidate's turn is over. A turn without words is dropped.
    CloseTurn {
        /// The answer it is part of; `None` when it belongs to none.
        answer: Option<AnswerRef>,
        /// What the follow-up asked that this turn replies to, if it replies to one. Turns without
        /// one go on with what was said before.
        probe: Option<String>,
        /// Where it began, interview time, as in its `OpenTurn`.
        from_us: Us,
        /// Where it ended, interview time.
        to_us: Us,
        /// Spoken or typed.
        mode: Mode,
        /// The text when it was typed.
        typed: Option<String>,
        /// Whether it was only a word to the interviewer ("could you repeat that?"): such a turn
        /// stays in the log and out of the answer.
        aside: bool,
    },
    /// An answer is complete: store it and judge it.
    CloseAnswer {
        /// Which.
        answer: AnswerRef,
        /// Why it ended.
        reason: CloseReason,
    },
    /// Send [`Input::Lacks`](crate::Input::Lacks) for this answer as soon as possible.
    WantLacks {
        /// Which answer.
        answer: AnswerRef,
    },
    /// A language model may phrase a follow-up now, while the candidate still talks, and send it as
    /// [`Input::PreparedProbe`](crate::Input::PreparedProbe). [`probe::model_request`](crate::probe::model_request)
    /// has the texts to ask it with. Without a model this is passed over.
    WantProbe {
        /// The answer that it follows.
        answer: AnswerRef,
        /// What it is to ask for.
        lack: Lack,
        /// The question that is being answered.
        question: String,
        /// What the candidate has said so far.
        said: String,
    },
    /// Look this up in the goal's notes and send [`Input::NotesAnswer`](crate::Input::NotesAnswer).
    LookUpNotes {
        /// What the candidate asked.
        question: String,
    },
    /// A sparse hint for the candidate; only with live hints.
    Hint {
        /// Which.
        hint: Hint,
    },
    /// Something the page should say.
    Notify {
        /// What.
        notice: Notice,
    },
    /// The interview is over; nothing follows.
    End {
        /// Why.
        reason: EndReason,
    },
}

/// What an utterance is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// The first words.
    Greeting,
    /// The unscored first question.
    WarmUp,
    /// From the warm-up into the first question.
    FirstQuestion,
    /// A question of the plan.
    Question,
    /// A follow-up.
    Probe,
    /// Between two questions.
    Acknowledgement,
    /// Take your time.
    Encourage,
    /// Shall I say it again?
    OfferRepeat,
    /// In front of a question that is said again.
    Repeat,
    /// Let us move on.
    MoveOn,
    /// A kind nudge to the outcome.
    Nudge,
    /// The answer is closed.
    TimeUp,
    /// After a lost line.
    WhereWereWe,
    /// Your questions to me?
    InviteQuestions,
    /// The notes do not answer.
    NotInNotes,
    /// In front of an answer from the notes.
    FromNotes,
    /// The passage of the notes.
    Notes,
    /// Any other question?
    AnythingElse,
    /// The last words.
    Closing,
    /// The last words when asked to stop.
    Stopped,
}

impl From<Occasion> for LineKind {
    fn from(occasion: Occasion) -> Self {
        match occasion {
            Occasion::Greeting => Self::Greeting,
            Occasion::WarmUp => Self::WarmUp,
            Occasion::FirstQuestion => Self::FirstQuestion,
            Occasion::Acknowledgement => Self::Acknowledgement,
            Occasion::Encourage => Self::Encourage,
            Occasion::OfferRepeat => Self::OfferRepeat,
            Occasion::Repeat => Self::Repeat,
            Occasion::MoveOn => Self::MoveOn,
            Occasion::Nudge => Self::Nudge,
            Occasion::TimeUp => Self::TimeUp,
            Occasion::Probe => Self::Probe,
            Occasion::WhereWereWe => Self::WhereWereWe,
            Occasion::InviteQuestions => Self::InviteQuestions,
            Occasion::NotInNotes => Self::NotInNotes,
            Occasion::FromNotes => Self::FromNotes,
            Occasion::AnythingElse => Self::AnythingElse,
            Occasion::Closing => Self::Closing,
            Occasion::Stopped => Self::Stopped,
        }
    }
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// The candidate had said what they had to say.
    Answered,
    /// The candidate asked to leave it out.
    Skipped,
    /// Nothing was said, after being asked.
    Silent,
    /// It ran into its limit.
    TimeUp,
    /// The candidate asked to come back to it; a later attempt follows.
    Deferred,
    /// One-way: the candidate takes it again.
    Retaken,
    /// The interview was stopped.
    Stopped,
}

/// Why the interview ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// Everything in the plan was asked.
    Completed,
    /// The candidate asked to stop.
    Stopped,
}

/// A hint while the candidate talks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// Three quarters of the usual time are used.
    ComeToTheOutcome,
    /// Faster than 210 words a minute for a while.
    Slower,
    /// Slower than 110 words a minute for a while.
    Faster,
}

/// Something the page should say, in words of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// The candidate is not heard: offer typing.
    NotHeard,
    /// The interviewer keeps hearing itself or noise: offer headphones or push-to-talk.
    EchoOrNoise,
    /// The interviewer cannot be heard: its lines are shown.
    LinesShownOnly,
}
