//! The device check before an interview.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// In whose voice the line is spoken.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct VoiceCheck {
    /// The interviewer ("maya").
    pub persona: String,
}

/// What the server says of a microphone. The browser sends `hello`, `microphone` and frames of sound
/// as on the live line.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CheckMessage {
    /// How loud it is, four times a second.
    Level {
        /// Loudness, dB below full scale.
        db: f32,
        /// Whether it is speech.
        speech: bool,
    },
    /// What was heard so far, after five seconds and then every three.
    Check {
        /// Loudness of the background, dB below full scale.
        noise_db: f32,
        /// Loudness of the speech.
        speech_db: Option<f32>,
        /// Speech above background.
        snr_db: Option<f32>,
        /// Whether loud moments are cut off.
        clipping: bool,
        /// Loudness of the microphone while the loudspeaker's check was playing; `None` when it was
        /// not.
        echo_db: Option<f32>,
        /// What was understood.
        words: Option<String>,
        /// In a word.
        verdict: Verdict,
        /// What to do.
        advice: String,
    },
    /// Nothing more is listened to.
    Closed {
        /// A stable code.
        code: String,
        /// What to do.
        text: String,
    },
}

/// What a microphone is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Speech is clear.
    Good,
    /// Speech is too soft.
    Quiet,
    /// The background is too loud.
    Noisy,
    /// Loud moments are cut off.
    Clipping,
    /// No speech was heard.
    Silent,
}
