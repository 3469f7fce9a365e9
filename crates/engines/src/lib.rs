//! The engines: small traits for what a model does, the real models behind them, and scripted ones
//! for tests. All sound here is mono `f32` in -1..=1; what listens takes 16 kHz.
//!
//! Calls are blocking and use the processor of the thread that makes them; the server runs them on
//! threads of its own.

pub mod audio;
pub mod captions;
pub mod catalogue;
pub mod echo;
pub mod embed;
pub mod language;
pub mod listen;
pub mod recognise;
pub mod runtime;
pub mod scripted;
mod spectrogram;
pub mod speech;
pub mod turn_end;
pub mod voice_activity;

use std::{ops::ControlFlow, path::PathBuf};

use interview::Word;

/// Samples a second that everything which listens takes.
pub const LISTEN_HZ: u32 = 16_000;

/// Why an engine could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file of the model is not there.
    #[error("{purpose} needs {path}, which is missing; run 'greenroom models pull'", path = path.display())]
    Missing {
        /// What the model is for.
        purpose: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// The model's files are there and do not load.
    #[error("{purpose} does not load: {reason}; run 'greenroom models verify'")]
    Load {
        /// What the model is for.
        purpose: &'static str,
        /// What the runtime said.
        reason: String,
    },
    /// The model failed on this input.
    #[error("{purpose} failed: {reason}")]
    Run {
        /// What the model is for.
        purpose: &'static str,
        /// What the runtime said.
        reason: String,
    },
    /// A file is not sound that can be read.
    #[error("{0}")]
    Audio(#[from] audio::AudioError),
}

/// Whether somebody speaks.
pub trait VoiceActivity: Send {
    /// The probability of speech in the next 512 samples (32 ms at 16 kHz).
    ///
    /// # Errors
    /// When the model fails.
    fn push(&mut self, chunk: &[f32; 512]) -> Result<f32, Error>;

    /// Forgets what was heard, for a new stream.
    fn reset(&mut self);
}

/// Whether a turn is over, by its sound.
pub trait TurnEnd: Send + Sync {
    /// The probability that the speaker has finished, from the last (at most) 8 s at 16 kHz.
    ///
    /// # Errors
    /// When the model fails.
    fn probability(&self, samples: &[f32]) -> Result<f32, Error>;
}

/// Quick words for captions; no times, little care.
pub trait Captions: Send + Sync {
    /// The words of at most about 20 s at 16 kHz.
    ///
    /// # Errors
    /// When the model fails.
    fn transcribe(&self, samples: &[f32]) -> Result<String, Error>;
}

/// What a recogniser heard in a piece of sound.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Recognition {
    /// Words with spans counted in microseconds from the first sample given.
    pub words: Vec<Word>,
    /// The mean log probability of the tokens, where the engine gives one.
    pub mean_log_probability: Option<f32>,
}

/// Accurate words with times and, as far as the engine hears them, fillers.
pub trait Recogniser: Send + Sync {
    /// The words of a piece of sound at 16 kHz, at most 30 s long.
    ///
    /// # Errors
    /// When the model fails or the piece is longer.
    fn recognise(&self, samples: &[f32]) -> Result<Recognition, Error>;

    /// The words of several pieces, each as [`Self::recognise`] takes it, in their order. An engine that
    /// works on several at once takes less of the processor than for one after the other.
    ///
    /// # Errors
    /// When the model fails or one of the pieces is longer.
    fn recognise_all(&self, pieces: &[&[f32]]) -> Result<Vec<Recognition>, Error> {
        pieces.iter().map(|piece| self.recognise(piece)).collect()
    }

    /// Name and hash of the model, which derived rows are keyed by.
    fn identity(&self) -> &str;
}

/// Meaning of short texts as vectors.
pub trait Embedder: Send + Sync {
    /// One unit vector for each text.
    ///
    /// # Errors
    /// When the model fails.
    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, Error>;
}

/// A voice that speaks.
pub trait Voice: Send + Sync {
    /// Samples a second of what it makes.
    fn sample_rate(&self) -> u32;

    /// Speaks `text` in `style`, handing over sound as it is made, in pieces of any length, until it
    /// is all said or `sink` breaks.
    ///
    /// # Errors
    /// When the model fails.
    fn speak(
        &self,
        text: &str,
        style: &interview::persona::Voice,
        sink: &mut dyn FnMut(&[f32]) -> ControlFlow<()>,
    ) -> Result<(), Error>;

    /// Name and hash of the model, which cached speech is keyed by.
    fn identity(&self) -> &str;
}

/// What a language model is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// What it is and what it must do.
    pub system: String,
    /// The material, fenced as data.
    pub user: String,
    /// The most tokens it may write.
    pub tokens_max: u32,
    /// 0 for the likeliest words always.
    pub temperature: f32,
}

/// A language model.
pub trait LanguageModel: Send + Sync {
    /// What it writes.
    ///
    /// # Errors
    /// When the server or the model behind it fails or takes too long.
    fn complete(&self, request: &Request) -> Result<String, Error>;

    /// Its name, which judgements are keyed by.
    fn identity(&self) -> &str;
}
