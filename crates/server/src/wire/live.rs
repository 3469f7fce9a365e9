//! The live line between a browser and an interview: JSON texts both ways, and binary frames.
//!
//! `docs/reference/live.md` describes the order of messages and the two binary frames.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::interview::Turn;

/// What the browser says.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// Always first, within 5 s.
    Hello {
        /// The per-start token of the page.
        token: String,
        /// Whether the interviewer's voice can be played here; otherwise lines come as text only.
        can_play: bool,
        /// The answers will be typed: this takes no place of a spoken interview, so it never waits for
        /// one, and lines come as text only. A `Microphone` asks for a place after all.
        #[serde(default)]
        typed: bool,
    },
    /// I do not want to wait any more; the answer is `Closed`.
    Leave,
    /// A microphone stream begins. `stream` is chosen by the browser, 0 to 255, and never used twice
    /// in one interview; after a reconnect the same stream goes on with the next frame.
    Microphone {
        /// Number of the stream.
        stream: u8,
        /// Samples a second: 16,000, 24,000 or 48,000.
        sample_rate: u32,
        /// What `MediaStreamTrack.getSettings()` says was really applied.
        #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
        settings: serde_json::Value,
    },
    /// A microphone stream ends (muted, unplugged, typing instead); its last frame was `frames - 1`.
    MicrophoneEnd {
        /// Number of the stream.
        stream: u8,
        /// How many frames it had.
        frames: u32,
    },
    /// How far an utterance was played. Sent every 250 ms while it plays and once at its end.
    Played {
        /// Which.
        utterance: u32,
        /// Samples of it that were heard.
        samples: u64,
        /// Nothing more of it will be played.
        done: bool,
    },
    /// I am ready: begin, or go on after a break.
    Ready,
    /// One-way format: preparation is over, the answer begins.
    StartAnswer,
    /// My answer is finished; in a one-way review: go on to the next.
    Done,
    /// The talk key is held or let go.
    Talk {
        /// Held.
        held: bool,
    },
    /// Push-to-talk is switched on or off.
    PushToTalk {
        /// On.
        on: bool,
    },
    /// A typed answer (or question, at the end). `id` makes a message that is sent again harmless.
    Typed {
        /// Chosen by the browser, rising.
        id: u32,
        /// 1 to 20,000 characters.
        text: String,
    },
    /// The person is typing: not silent.
    Typing,
    /// Please say the question again.
    Repeat,
    /// Let us leave this question.
    Skip,
    /// Let us come back to this question later.
    Later,
    /// One-way format: take this answer again.
    Retake,
    /// Hold on: nothing is listened to or timed until `Ready`.
    Pause,
    /// End the interview now.
    End,
}

/// What the server says.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// All places are taken: answer to `Hello`, again whenever something changed and at least every
    /// 5 s; `Welcome` follows by itself on the same line. Also when a break was so long that others were
    /// given the place.
    Queued {
        /// Place in the queue, from 1.
        position: u32,
        /// How many wait in all.
        waiting: u32,
        /// About how long it takes, minutes, from the planned rest of the interviews before.
        minutes: u32,
    },
    /// Answer to `Hello`.
    Welcome {
        /// The interview.
        interview: String,
        /// Interview time now.
        now_us: i64,
        /// Whether it goes on after an interruption.
        resumed: bool,
        /// Frames synced so far, by stream: send again from there.
        synced: Vec<Synced>,
        /// Highest `Typed` id that was taken.
        typed: u32,
        /// The turn log so far.
        turns: Vec<TurnShown>,
        /// What the page shows.
        view: View,
        /// Whether the interviewer speaks aloud here.
        speaks: bool,
        /// Whether spoken answers can be understood here.
        listens: bool,
    },
    /// Everything of `stream` before frame `frames` is on the disk.
    Ack {
        /// Number of the stream.
        stream: u8,
        /// How many frames are synced.
        frames: u32,
    },
    /// The page shows something else now.
    View {
        /// What.
        view: View,
    },
    /// The interviewer says a line. If `aloud`, binary frames with its sound follow; otherwise show
    /// the text and report `Played` when it can have been read.
    Say {
        /// Number of the utterance, rising.
        utterance: u32,
        /// What is said.
        text: String,
        /// What kind of line it is ("question", "probe", "acknowledgement", …).
        kind: String,
        /// Whether sound follows.
        aloud: bool,
        /// Samples a second of that sound.
        sample_rate: u32,
    },
    /// All sound of an utterance was sent.
    SayEnd {
        /// Which.
        utterance: u32,
        /// How many samples it has.
        samples: u64,
    },
    /// Turn the utterance down by 20 dB within 50 ms; it goes on.
    Duck {
        /// Which.
        utterance: u32,
    },
    /// It was nothing: back to full loudness, and on from the same sample.
    Unduck {
        /// Which.
        utterance: u32,
    },
    /// Stop it within 100 ms and forget the rest; report `Played` with what was heard.
    StopSpeaking {
        /// Which.
        utterance: u32,
    },
    /// What the candidate seems to be saying.
    Caption {
        /// The words of the turn so far.
        text: String,
    },
    /// A turn was written to the log, or the accurate words of one arrived.
    Turn {
        /// It.
        turn: TurnShown,
    },
    /// A sparse hint.
    Hint {
        /// Its kind ("pace_fast", "long_answer", "quiet").
        kind: String,
        /// What to show.
        text: String,
    },
    /// How loud the microphone is, for a level meter, every 250 ms; dB below full scale.
    Level {
        /// Loudness.
        db: f32,
        /// Whether it is speech.
        speech: bool,
    },
    /// Something the person should know; the interview goes on.
    Notice {
        /// A stable code ("disk_full", "no_words", "moved").
        code: String,
        /// What happened and what to do.
        text: String,
    },
    /// The interview is over; the report is being made.
    Ended,
    /// This line is of no use any more; `code` says why ("bad_token", "moved_to_another_tab",
    /// "protocol", "not_found", "over", "left", "full").
    Closed {
        /// A stable code.
        code: String,
        /// What to do.
        text: String,
    },
}

/// A turn as shown in the room.
pub type TurnShown = Turn;

/// How much of a stream is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Synced {
    /// Number of the stream.
    pub stream: u8,
    /// How many frames are synced.
    pub frames: u32,
}

/// What the page shows.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct View {
    /// Where the interview is.
    pub phase: Phase,
    /// Which question, from 0.
    pub item: Option<u32>,
    /// How many questions.
    pub items: u32,
    /// Which question that is in the order of asking, from 1.
    pub number: Option<u32>,
    /// The question as text, shown on demand.
    pub question: Option<String>,
    /// The last follow-up to it.
    pub probe: Option<String>,
    /// Whose turn it is.
    pub floor: Floor,
    /// When the current answer began, interview time.
    pub answer_since_us: Option<i64>,
    /// How long the candidate has held the floor in this answer, milliseconds, as of now.
    pub answer_ms: u64,
    /// After this much of that a kind nudge comes, seconds.
    pub answer_nudge_s: u32,
    /// How long an answer may be, seconds.
    pub answer_limit_s: u32,
    /// When preparation or review ends by itself (one-way), interview time.
    pub until_us: Option<i64>,
    /// How often this answer may be taken again now (one-way).
    pub retakes_left: u32,
    /// Push-to-talk is on.
    pub push_to_talk: bool,
}

/// Where an interview is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Nobody has pressed ready.
    Waiting,
    /// Greeting.
    Greeting,
    /// The unscored first question.
    WarmUp,
    /// A question of the plan.
    Question,
    /// Time to prepare (one-way).
    Preparing,
    /// The answer is recorded: take it again or go on (one-way).
    Reviewing,
    /// The candidate's own questions.
    CandidateQuestions,
    /// Last words.
    Closing,
    /// Paused by the candidate.
    Paused,
    /// Over.
    Ended,
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Floor {
    /// The interviewer speaks or is about to.
    Interviewer,
    /// The candidate may speak.
    Candidate,
    /// The interviewer is about to reply.
    Thinking,
    /// Nobody.
    Nobody,
}
