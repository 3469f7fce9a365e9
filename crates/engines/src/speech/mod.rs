//! Voices that speak, locally: text is read, sounded by a network and brought to one
//! loudness. Two networks share one alphabet and one way of reading; an interview keeps to one of
//! them from its first word to its last.

mod hibari;
mod kokoro;
mod level;
mod lexicon;
mod number;
mod phonemes;
mod reading;
mod sentences;
mod shift;
mod stress;
mod tagger;
mod token;
mod vocoder;
mod written;

use std::{
    fs::File,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard},
};

use interview::persona;
use sha2::{Digest, Sha256};

use self::reading::Reading;
pub use self::{hibari::Hibari, kokoro::Kokoro};
use crate::{
    Error,
    runtime::{Runtime, load_error},
};

/// Raised whenever the same text in the same style comes to sound different, so that speech cached
/// by an earlier version is not mixed with speech of this one.
const RENDERING: u32 = 1;
/// Silence after a paragraph, a sentence, and a clause that was parted from its sentence, in
/// seconds. [convention]
const PARAGRAPH_PAUSE_S: f32 = 0.6;
const SENTENCE_PAUSE_S: f32 = 0.35;
const CLAUSE_PAUSE_S: f32 = 0.12;
/// Tempo is changed at most this far: beyond, words blur.
const SPEED: std::ops::RangeInclusive<f32> = 0.7..=1.5;

/// The voices of this machine.
pub struct Voices {
    /// What can speak at once: its first sound takes some hundredths of a second, and a core is busy
    /// for about a hundredth of the time that it speaks.
    pub quick: Arc<Hibari>,
    models: PathBuf,
    runtime: Runtime,
    threads: usize,
    best: Mutex<Option<Arc<Kokoro>>>,
}

impl Voices {
    /// What sounds most like many people, if its model is there; it is loaded by the first call, which
    /// takes about a second. It takes a core for a third to a half of the time that it speaks, so it
    /// suits lines that are known beforehand, and machines that have cores to spare.
    ///
    /// # Errors
    /// When the model is there and does not load.
    pub fn best(&self) -> Result<Option<Arc<Kokoro>>, Error> {
        let mut best = lock(&self.best);
        if best.is_none() {
            let quick = Arc::clone(&self.quick);
            match Kokoro::load(&self.models, &self.runtime, self.threads, quick) {
                Ok(kokoro) => *best = Some(Arc::new(kokoro)),
                Err(Error::Missing { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(best.clone())
    }
}

/// Loads the quick voice from the folder `models`; every voice runs on `threads` threads.
///
/// # Errors
/// When the quick voice is missing or does not load.
pub fn load(models: &Path, runtime: &Runtime, threads: usize) -> Result<Voices, Error> {
    Ok(Voices {
        quick: Arc::new(Hibari::load(models, runtime, threads)?),
        models: models.to_owned(),
        runtime: runtime.clone(),
        threads,
        best: Mutex::default(),
    })
}

/// Sounds that are spoken in one go, and the silence after them.
#[derive(Debug, PartialEq)]
struct Phrase {
    sounds: String,
    pause_s: f32,
}

/// The phrases of `text`, read as they are asked for: the first one of about `first` sounds if a
/// clause ends there, none of more than `limit`.
fn phrases<'a>(
    reading: &'a Reading,
    text: &'a str,
    first: usize,
    limit: usize,
) -> impl Iterator<Item = Phrase> + 'a {
    let sentences = sentences::sentences(text);
    let mut begun = false;
    sentences.into_iter().flat_map(move |sentence| {
        let sounds = reading.sounds(sentence.text);
        let wish = if begun { limit } else { first };
        begun |= !sounds.is_empty();
        let pieces = sentences::cut(&sounds, wish, limit);
        let last = pieces.len().saturating_sub(1);
        let pause = |at: usize| match (at == last, sentence.closes_paragraph) {
            (true, true) => PARAGRAPH_PAUSE_S,
            (true, false) => SENTENCE_PAUSE_S,
            (false, _) => CLAUSE_PAUSE_S,
        };
        let phrase =
            |(at, piece): (usize, &str)| Phrase { sounds: piece.to_owned(), pause_s: pause(at) };
        pieces.into_iter().enumerate().map(phrase).collect::<Vec<_>>()
    })
}

/// Gives a phrase and the silence after it to the listener.
fn hand_over(
    mut sound: Vec<f32>,
    pause_s: f32,
    sample_rate: u32,
    sink: &mut dyn FnMut(&[f32]) -> ControlFlow<()>,
) -> ControlFlow<()> {
    if sound.is_empty() {
        return ControlFlow::Continue(());
    }
    sound.resize(sound.len() + (pause_s * sample_rate as f32) as usize, 0.0);
    sink(&sound)
}

/// The tempo of a style within what stays intelligible.
fn speed(style: &persona::Voice) -> f32 {
    if style.speed.is_finite() { style.speed.clamp(*SPEED.start(), *SPEED.end()) } else { 1.0 }
}

/// Name, start of the model file's SHA-256 and version of what is done with its output.
fn identity(name: &str, purpose: &'static str, model: &Path) -> Result<String, Error> {
    let mut file = File::open(model).map_err(|error| load_error(purpose, error))?;
    let mut hash = Sha256::new();
    std::io::copy(&mut file, &mut HashWriter(&mut hash))
        .map_err(|error| load_error(purpose, error))?;
    let start: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{name}-{start}-{RENDERING}"))
}

/// Feeds what is written to a hash.
struct HashWriter<'a>(&'a mut Sha256);

impl std::io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A model is left whole by a run that panicked: its state is in the library.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
