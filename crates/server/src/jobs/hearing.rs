//! What is heard in stored sound: where somebody speaks, and which words.

use std::{path::PathBuf, sync::Arc};

use engines::{Embedder, Error, Recogniser};
use interview::{Span, Us, Word};

use crate::{
    desk::{Desk, Party, Stage},
    engine_room::Engines,
    live::ear::{Ear, Sensed},
};

/// Opens an ear for sound that begins at a time of the interview.
pub type OpenEar = dyn Fn(Us) -> Result<Ear, Error> + Send + Sync;

/// The engines that judging uses, as far as they are here.
#[derive(Clone, Default)]
pub struct Instruments {
    /// Tells speech from other sound.
    pub ear: Option<Arc<OpenEar>>,
    /// Finds accurate words.
    pub recogniser: Option<Arc<dyn Recogniser>>,
    /// Compares meanings.
    pub embedder: Option<Arc<dyn Embedder>>,
    /// Where long work is handed in, behind the interviews that go on; `None` where there are none.
    pub desk: Option<Arc<Desk>>,
}

impl Instruments {
    /// Those of the engine room.
    #[must_use]
    pub fn of(engines: &Arc<Engines>) -> Self {
        let room = Arc::clone(engines);
        let open: Arc<OpenEar> = Arc::new(move |start_us| room.ear(start_us));
        Self {
            ear: engines.can_listen().then_some(open),
            recogniser: engines.recogniser(),
            embedder: engines.embedder(),
            desk: None,
        }
    }

    /// The same, with long work handed in at a desk.
    #[must_use]
    pub fn at(self, desk: &Arc<Desk>) -> Self {
        Self { desk: Some(Arc::clone(desk)), ..self }
    }

    /// Does work that takes the processor for long off the calling task.
    ///
    /// # Errors
    /// When the work panics, or the server is stopping.
    pub async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> anyhow::Result<T> {
        match &self.desk {
            Some(desk) => Ok(desk.ask(Stage::Background, Party::Jobs, work).await?),
            None => Ok(tokio::task::spawn_blocking(work).await?),
        }
    }

    /// Whether spoken answers can be heard with care.
    #[must_use]
    pub fn can_hear(&self) -> bool {
        self.ear.is_some() && self.recogniser.is_some()
    }
}

/// What was heard in a piece of sound.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Heard {
    /// Where somebody speaks.
    pub voiced: Vec<Span>,
    /// The words of each segment with speech, in the order in which they were said.
    pub segments: Vec<(Span, Vec<Word>)>,
}

impl Heard {
    /// All words.
    #[must_use]
    pub fn words(&self) -> Vec<Word> {
        self.segments.iter().flat_map(|(_, words)| words.clone()).collect()
    }
}

/// Listens to sound piece by piece, in memory that does not grow with the sound.
pub struct Listener {
    ear: Ear,
    recogniser: Option<Arc<dyn Recogniser>>,
    heard: Heard,
    began_us: Option<Us>,
}

impl Listener {
    /// For sound whose first sample stands at `start_us`. Without a recogniser only where somebody
    /// speaks is found.
    ///
    /// # Errors
    /// When voice activity is not here or does not load.
    pub fn new(
        instruments: &Instruments,
        recogniser: Option<Arc<dyn Recogniser>>,
        start_us: Us,
    ) -> Result<Self, Error> {
        let Some(open) = &instruments.ear else {
            return Err(Error::Missing {
                purpose: "voice activity",
                path: PathBuf::from("silero-vad"),
            });
        };
        Ok(Self { ear: open(start_us)?, recogniser, heard: Heard::default(), began_us: None })
    }

    /// Hears samples at 16 kHz that follow the ones before.
    ///
    /// # Errors
    /// When an engine fails.
    pub fn push(&mut self, samples: &[f32]) -> Result<(), Error> {
        let sensed = self.ear.push(samples)?;
        self.take_in(sensed)
    }

    /// What was heard, at the end of the sound.
    ///
    /// # Errors
    /// When the recogniser fails on the last segment.
    pub fn finish(mut self) -> Result<Heard, Error> {
        let sensed = self.ear.finish();
        self.take_in(sensed)?;
        Ok(self.heard)
    }

    fn take_in(&mut self, sensed: Vec<Sensed>) -> Result<(), Error> {
        for piece in sensed {
            match piece {
                Sensed::Began { at_us } => self.began_us = Some(at_us),
                Sensed::Paused { since_us, .. } => {
                    if let Some(began_us) = self.began_us.take() {
                        self.heard.voiced.push(Span::new(began_us, since_us));
                    }
                }
                Sensed::Segment { span, samples } => {
                    if let Some(recogniser) = &self.recogniser {
                        let words = recogniser.recognise(&samples)?.words;
                        self.heard.segments.push((span, shifted(words, span.start_us)));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Words counted from the begin of a segment, in interview time.
fn shifted(words: Vec<Word>, by_us: Us) -> Vec<Word> {
    words
        .into_iter()
        .map(|mut word| {
            word.span = word.span.map(|span| Span::new(span.start_us + by_us, span.end_us + by_us));
            word
        })
        .collect()
}
