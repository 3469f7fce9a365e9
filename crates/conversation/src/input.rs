//! What the conversation is told.

use interview::{Lack, Us};
use serde::{Deserialize, Serialize};

use crate::action::{AnswerRef, UtteranceId};

/// One thing that happened. An input that means nothing in the present state is passed over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Input {
    /// The candidate is ready; the interview begins.
    Start,
    /// What became of an utterance of the interviewer.
    Utterance {
        /// Which.
        id: UtteranceId,
        /// What happened to it.
        event: UtteranceEvent,
    },
    /// Something stands out from the room and from what is played; it may become the candidate's voice.
    SoundBegan {
        /// When it began, interview time; somewhat before now.
        at_us: Us,
    },
    /// Voice activity found the candidate's voice.
    SpeechBegan {
        /// When the voice began, interview time; somewhat before now.
        at_us: Us,
        /// How likely it is the interviewer's own voice coming back through the microphone, 0 to 1,
        /// where that is known.
        echo_likelihood: Option<f32>,
    },
    /// The voice goes on. Only what interrupts the interviewer is judged by it; where it never comes, a voice counts
    /// as going on until it pauses.
    SpeechHeard {
        /// Up to when it was heard, interview time; somewhat before now.
        to_us: Us,
    },
    /// Voice activity lost the candidate's voice.
    SpeechPaused {
        /// When the voice ended, interview time; somewhat before now.
        at_us: Us,
        /// How much of the stretch since `SpeechBegan` was voice, milliseconds.
        voiced_ms: u32,
    },
    /// Sent every 100 ms while the candidate is silent and holds the floor.
    Silence {
        /// How long the silence has lasted, milliseconds.
        ms: u32,
        /// The turn-end model's probability, from the sound alone, that the turn is over, 0 to 1.
        sound_probability: Option<f32>,
    },
    /// What the candidate has said since [`View::words_from_us`](crate::View::words_from_us), as far
    /// as it is known now. Each such input replaces the one before.
    Words {
        /// The words, punctuation included where the recogniser gives it.
        text: String,
        /// Whether the accurate recogniser wrote this, and not the live captions.
        accurate: bool,
    },
    /// What the answer lacks at present, from all its turns so far. May come at any time; always
    /// comes in reply to [`Action::WantLacks`](crate::Action::WantLacks).
    Lacks {
        /// Which answer was looked at.
        answer: AnswerRef,
        /// What it lacks; empty when nothing.
        lacks: Vec<Lack>,
    },
    /// The candidate pressed a key in the text field.
    Typing,
    /// The candidate sent a typed text: a whole turn.
    Typed {
        /// The text.
        text: String,
    },
    /// The "I'm done" key. In a one-way review: go on.
    DonePressed,
    /// The push-to-talk key went down or up. From its first use on, silence ends no turn.
    PushToTalk {
        /// Whether it is down now.
        held: bool,
    },
    /// Push-to-talk was switched off: silence ends turns again.
    PushToTalkOff,
    /// "Say that again."
    RepeatPressed,
    /// "Leave this question out."
    SkipPressed,
    /// "Come back to this question later."
    LaterPressed,
    /// "End the interview."
    StopPressed,
    /// One-way: end the preparation and record.
    StartAnswer,
    /// One-way: take this answer again.
    Retake,
    /// The time of [`Conversation::next_deadline`](crate::Conversation::next_deadline) has come.
    Timer,
    /// Whether the candidate can be heard at all. On until told otherwise; while it is off, waiting is
    /// measured for somebody who types.
    Microphone {
        /// Whether it is on.
        on: bool,
    },
    /// The line to the candidate is gone; nothing goes on without them.
    Disconnected,
    /// The line is back, or the conversation was restored after a restart. Whether the candidate is
    /// speaking is not known any more: a voice that has gone on since before is reported by
    /// [`Input::SpeechBegan`] again when its sound comes in.
    Reconnected {
        /// How long it was gone, microseconds.
        gap_us: Us,
    },
    /// Sound from before now is coming in, as it does after the line was gone. Sent again and again, at least
    /// twice a second, while it does.
    LateSound,
    /// A follow-up phrased by a language model, in reply to
    /// [`Action::WantProbe`](crate::Action::WantProbe). It is checked here before it is used.
    PreparedProbe {
        /// The answer it follows.
        answer: AnswerRef,
        /// What it asks for.
        lack: Lack,
        /// What it says.
        text: String,
    },
    /// What the goal's notes say to the candidate's question, in reply to
    /// [`Action::LookUpNotes`](crate::Action::LookUpNotes).
    NotesAnswer {
        /// The passage, or `None` when the notes do not answer.
        answer: Option<String>,
    },
    /// An engine stopped working. The conversation goes on with what is left.
    EngineFailed {
        /// Which.
        engine: Engine,
    },
}

/// What became of an utterance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum UtteranceEvent {
    /// Its sound began.
    Started,
    /// Its sound ended; everything was heard.
    Finished,
    /// It was stopped on request.
    Stopped {
        /// How much of it was heard, microseconds.
        played_us: Us,
        /// How long all of it would have been, where that is known.
        total_us: Option<Us>,
    },
    /// It could not be spoken. Its text is on the page, so it counts as said.
    Failed,
}

/// What can fail while an interview goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// Voice activity: the candidate is no longer heard.
    VoiceActivity,
    /// Live captions: no words while the candidate talks.
    Captions,
    /// The turn-end model: turns end by words and silence alone.
    TurnEnd,
    /// Speech: the interviewer's lines are only shown.
    Speech,
    /// The language model: follow-ups come from templates.
    Language,
}
