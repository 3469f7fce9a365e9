//! What a conversation remembers.

use std::collections::VecDeque;

use interview::{Lack, Us};
use serde::{Deserialize, Serialize};

use crate::{
    action::{AnswerRef, CloseReason, EndReason, LineKind, Part, UtteranceId},
    floor::{Burst, is_echo},
};

/// Where in the plan the conversation is: the last thing that was asked and heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Place {
    /// Before the start.
    Ready,
    /// At the unscored question.
    WarmUp,
    /// At this question of the plan.
    Item(u32),
    /// At the candidate's own questions.
    CandidateQuestions,
    /// Saying goodbye.
    Closing,
    /// Over.
    Ended,
}

impl Place {
    /// What an answer given here belongs to.
    pub(super) const fn part(self) -> Option<Part> {
        match self {
            Self::WarmUp => Some(Part::WarmUp),
            Self::Item(item) => Some(Part::Item(item)),
            Self::CandidateQuestions => Some(Part::CandidateQuestions),
            Self::Ready | Self::Closing | Self::Ended => None,
        }
    }
}

/// Who has the floor, and what is known of how they use it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Floor {
    /// Nobody: before the start and after the end.
    Nobody,
    /// The interviewer speaks.
    Speaking(Speech),
    /// The candidate has the floor.
    Listening(Listening),
    /// A turn is over; what the answer lacks is being looked up.
    Deciding {
        /// Without a reply, the decision falls at this time.
        until_us: Us,
        /// Where the silence began that was taken for the end of the turn.
        quiet_from_us: Us,
    },
    /// A question of the candidate is being looked up in the notes.
    LookingUp {
        /// Without a reply, the notes do not answer.
        until_us: Us,
    },
    /// One-way: time to prepare.
    Preparing {
        /// When recording begins by itself.
        until_us: Us,
    },
    /// One-way: take it again or go on.
    Reviewing {
        /// When it goes on by itself.
        until_us: Us,
    },
}

/// Something that will be said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Draft {
    pub(super) text: String,
    pub(super) line: LineKind,
    pub(super) part: Option<Part>,
    pub(super) own_words: bool,
}

impl Utterance {
    /// The same, to be said anew.
    pub(super) fn draft(self) -> Draft {
        Draft { text: self.text, line: self.line, part: self.part, own_words: self.own_words }
    }
}

/// Something that was handed out to be said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Utterance {
    pub(super) id: UtteranceId,
    pub(super) text: String,
    pub(super) line: LineKind,
    pub(super) part: Option<Part>,
    pub(super) own_words: bool,
}

/// The interviewer's speech: utterances in a row, and what follows them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Speech {
    /// The first is being played or about to be.
    pub(super) queue: VecDeque<Utterance>,
    pub(super) then: Then,
    /// When the speech began.
    pub(super) from_us: Us,
    /// When the first in the queue was handed out or began to sound.
    pub(super) front_from_us: Us,
    /// Whether the first in the queue sounds.
    pub(super) front_started: bool,
    /// Since when a sound that may become the candidate's voice makes the interviewer softer.
    #[serde(default)]
    pub(super) sound_us: Option<Us>,
    /// Voice of the candidate meanwhile, and when to look at it again.
    pub(super) burst: Option<(Burst, Us)>,
    /// Where the silence began that led to this speech, if a silence did.
    pub(super) quiet_from_us: Option<Us>,
}

/// What follows a speech.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Then {
    /// The candidate has the floor.
    Listen(Target),
    /// One-way: the candidate prepares.
    Prepare(Target),
    /// Goodbye was said.
    End(EndReason),
}

/// Where the conversation is once a speech has been heard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Target {
    pub(super) place: Place,
    /// The probe that was asked, if one was.
    pub(super) probe: Option<Probed>,
    /// Why the answer before is closed, if the place is another one.
    pub(super) close: CloseReason,
    /// What was asked, if anything new was.
    pub(super) asked: Option<Draft>,
}

impl Target {
    /// The place where the conversation is; nothing new was asked.
    pub(super) const fn here(place: Place) -> Self {
        Self { place, probe: None, close: CloseReason::Answered, asked: None }
    }
}

/// A probe that was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Probed {
    pub(super) lack: Lack,
    pub(super) text: String,
}

/// The candidate's turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Listening {
    /// Where the turn begins, as told in `OpenTurn`.
    pub(super) from_us: Us,
    /// When the candidate first said or typed something in it.
    pub(super) first_us: Option<Us>,
    /// Whether a voice sounds now.
    pub(super) voice: bool,
    /// Whether a voice may sound without having been reported, after a short gap of the line.
    pub(super) unsure: bool,
    /// Where the present silence began.
    pub(super) quiet_us: Us,
    /// Where the silence before the last sound began.
    pub(super) quiet_before_us: Us,
    /// When the last sound began.
    pub(super) voice_us: Us,
    /// All voice in this turn, milliseconds.
    pub(super) voiced_ms: u32,
    /// What was said in this turn.
    pub(super) text: String,
    /// How many words that were at the last long pause: a request may follow it.
    pub(super) words_at_pause: usize,
    /// What the sound model said last in this silence, per mille.
    pub(super) sound_permille: Option<u16>,
    /// No prompting before this time: the candidate types or asked for time.
    pub(super) patience_until_us: Us,
    /// Whether this turn goes on from one that had been taken for over.
    pub(super) went_on: bool,
    /// The pause that was taken for its end, until it is known that words follow, milliseconds.
    pub(super) cut_off_ms: Option<u32>,
    /// The follow-up this turn replies to.
    pub(super) probe: Option<String>,
    /// What the interviewer was saying when the candidate took the floor.
    pub(super) interrupted: Option<Interrupted>,
    /// For how long the line was gone since the candidate began to speak: time that counts for nobody.
    #[serde(default)]
    pub(super) gone_us: Us,
    /// The line is back after a long gap, and what was said meanwhile is still coming in.
    #[serde(default)]
    pub(super) back: Option<Back>,
}

/// The line is back: what is known of the candidate until it is decided how to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Back {
    /// Since when.
    pub(super) at_us: Us,
    /// The end of the last voice that came in since, which may have sounded before.
    pub(super) spoke_us: Option<Us>,
    /// Whether the candidate said by key that the turn is over.
    pub(super) done: bool,
    /// When sound from before came in last.
    #[serde(default)]
    pub(super) late_us: Option<Us>,
}

/// A speech that was broken off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Interrupted {
    /// The utterance that was stopped.
    pub(super) id: UtteranceId,
    /// It, and those after it.
    pub(super) unsaid: VecDeque<Utterance>,
    pub(super) then: Then,
    /// How long it had been playing as seen from here, microseconds.
    pub(super) played_us: Us,
    /// How long the candidate had paused, if this speech began because of that pause, milliseconds.
    pub(super) pause_ms: Option<u32>,
}

impl Interrupted {
    /// Whether a text is what the interviewer was saying, heard through the microphone.
    pub(super) fn is_echo(&self, text: &str) -> bool {
        self.unsaid.front().is_some_and(|front| is_echo(text, &front.text))
    }
}

/// The answer that is open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct OpenAnswer {
    pub(super) answer: AnswerRef,
    /// The text of each closed turn.
    pub(super) said: Vec<String>,
    /// Where the last of them began, while better words for it may still come.
    pub(super) last_turn_us: Option<Us>,
    /// For how long the candidate had the floor in closed turns, from the first word of each.
    pub(super) held_us: Us,
    /// Probes asked, in order.
    pub(super) probes: Vec<Probed>,
    /// Whether the last of them waits for its reply.
    pub(super) probe_pending: bool,
    /// What lacks, as it was last told.
    pub(super) lacks: Option<Vec<Lack>>,
    /// A language model's probes, checked, not yet used.
    pub(super) prepared: Vec<Probed>,
    /// After how many words the lacks were asked for last.
    pub(super) lacks_at: usize,
    /// The last wish for a probe: what for, and after how many words.
    pub(super) wished: Option<(Lack, usize)>,
    /// How many wishes there were.
    pub(super) wishes: u32,
    /// Whether the nudge was given.
    pub(super) nudged: bool,
    /// How often the limit was called out.
    pub(super) limits_called: u32,
    /// Rungs of the ladder of silence since the last question or words.
    pub(super) prompts: u32,
    /// Since when it was silent when the last of them stood for a reply, as it was not clear whether the
    /// answer was over.
    #[serde(default)]
    pub(super) doubt_us: Option<Us>,
    /// Whether there was a word of encouragement since the last question.
    #[serde(default)]
    pub(super) encouraged: bool,
    /// Whether the last thing said was the offer to repeat.
    pub(super) repeat_offered: bool,
    /// Whether the hint on time was given.
    pub(super) hinted: bool,
    /// How many of the candidate's own questions were answered.
    pub(super) replies: u32,
    /// How many turns those took up.
    pub(super) replied_turns: usize,
}

impl Listening {
    /// A turn that begins at `from_us`, silent.
    pub(super) const fn from(from_us: Us, probe: Option<String>) -> Self {
        Self {
            from_us,
            first_us: None,
            voice: false,
            unsure: false,
            quiet_us: from_us,
            quiet_before_us: from_us,
            voice_us: from_us,
            voiced_ms: 0,
            text: String::new(),
            words_at_pause: 0,
            sound_permille: None,
            patience_until_us: Us::MIN,
            went_on: false,
            cut_off_ms: None,
            probe,
            interrupted: None,
            gone_us: 0,
            back: None,
        }
    }
}

impl Listening {
    /// Whether nothing but a sound that is over made this turn: it seemed to go on from the one before.
    pub(super) fn was_only_noise(&self) -> bool {
        self.went_on && self.voiced_ms == 0 && self.text.is_empty()
    }
}

impl OpenAnswer {
    pub(super) const fn new(answer: AnswerRef) -> Self {
        Self {
            answer,
            said: Vec::new(),
            last_turn_us: None,
            held_us: 0,
            probes: Vec::new(),
            probe_pending: false,
            lacks: None,
            prepared: Vec::new(),
            lacks_at: 0,
            wished: None,
            wishes: 0,
            nudged: false,
            limits_called: 0,
            prompts: 0,
            doubt_us: None,
            encouraged: false,
            repeat_offered: false,
            hinted: false,
            replies: 0,
            replied_turns: 0,
        }
    }
}
