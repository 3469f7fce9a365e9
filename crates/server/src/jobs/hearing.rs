//! What is heard in stored sound: where somebody speaks, and which words.

mod windows;

use std::{path::PathBuf, sync::Arc};

use engines::{Embedder, Error, Recogniser};
use interview::{Span, Us, Word};

use self::windows::Window;
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

/// Windows that are recognised at once where nobody waits for the first of them: 84 s of sound, 5 MB.
const WINDOWS_MAX: usize = 3;
/// A piece with this much voice that has no word in its window is recognised again by itself.
const VOICED_US_MIN: Us = 1_000_000;

/// Listens to sound piece by piece, in memory that does not grow with the sound.
pub struct Listener {
    ear: Ear,
    recogniser: Option<Arc<dyn Recogniser>>,
    heard: Heard,
    began_us: Option<Us>,
    /// Pieces that wait to be recognised in windows; `None` where each is recognised at once.
    windows: Option<Vec<Window>>,
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
        let heard = Heard::default();
        Ok(Self { ear: open(start_us)?, recogniser, heard, began_us: None, windows: None })
    }

    /// The same, for recordings that nobody waits for: pieces are recognised several at once, which takes
    /// less of the processor in all, and longer until the first words are there.
    #[must_use]
    pub fn patient(self) -> Self {
        Self { windows: Some(Vec::new()), ..self }
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
    /// When the recogniser fails on the last segments.
    pub fn finish(mut self) -> Result<Heard, Error> {
        let sensed = self.ear.finish();
        self.take_in(sensed)?;
        self.recognise_windows()?;
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
                Sensed::Segment { span, samples } => self.segment(span, samples)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Recognises a segment, or lays it by until the windows are full.
    fn segment(&mut self, span: Span, samples: Vec<f32>) -> Result<(), Error> {
        let Some(recogniser) = &self.recogniser else { return Ok(()) };
        let Some(windows) = &mut self.windows else {
            let words = recogniser.recognise(&samples)?.words;
            self.heard.segments.push((span, shifted(words, span.start_us)));
            return Ok(());
        };
        let added = match windows.last_mut() {
            Some(window) => window.add(span, samples),
            None => Err(samples),
        };
        let Err(samples) = added else { return Ok(()) };
        if windows.len() >= WINDOWS_MAX {
            self.recognise_windows()?;
        }
        self.windows.get_or_insert_default().push(Window::new(span, samples));
        Ok(())
    }

    fn recognise_windows(&mut self) -> Result<(), Error> {
        let Some(recogniser) = &self.recogniser else { return Ok(()) };
        let windows = self.windows.as_mut().map(std::mem::take).unwrap_or_default();
        let sounds: Vec<&[f32]> = windows.iter().map(Window::samples).collect();
        let recognised = recogniser.recognise_all(&sounds)?;
        for (window, recognition) in windows.iter().zip(recognised) {
            let mut dealt = window.deal(recognition.words);
            for ((_, words), (span, sound)) in dealt.iter_mut().zip(window.sounds()) {
                // Where sentences follow upon each other, one of them may be passed over.
                let voiced_us: Us =
                    self.heard.voiced.iter().map(|voiced| voiced.overlap_us(span)).sum();
                if words.is_empty() && voiced_us >= VOICED_US_MIN {
                    *words = shifted(recogniser.recognise(sound)?.words, span.start_us);
                }
            }
            self.heard.segments.extend(dealt);
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

#[cfg(test)]
mod tests {
    use std::{f32::consts::TAU, sync::Arc};

    use engines::{
        LISTEN_HZ,
        scripted::{LoudnessActivity, ScriptedWords},
    };
    use interview::{Us, word::text_of};

    use super::{Heard, Instruments, Listener};
    use crate::live::ear::Ear;

    /// Two seconds of silence, then `seconds` of tone, as often as there are numbers.
    fn tones(seconds: &[usize]) -> Vec<f32> {
        let hz = LISTEN_HZ as usize;
        let tone = |i: usize| 0.2 * (TAU * 200.0 * i as f32 / LISTEN_HZ as f32).sin();
        let parts = seconds.iter().flat_map(|seconds| {
            std::iter::repeat_n(0.0, 2 * hz).chain((0..seconds * hz).map(tone))
        });
        parts.chain(std::iter::repeat_n(0.0, hz)).collect()
    }

    fn hear(patient: bool, samples: &[f32], texts: &[&str]) -> Heard {
        let open = |start_us| Ok(Ear::new(Box::new(LoudnessActivity), start_us));
        let instruments = Instruments { ear: Some(Arc::new(open)), ..Instruments::default() };
        let recogniser = Arc::new(ScriptedWords::new(texts));
        let mut listener =
            Listener::new(&instruments, Some(recogniser), 0).expect("there is an ear");
        if patient {
            listener = listener.patient();
        }
        for piece in samples.chunks(4_000) {
            listener.push(piece).expect("scripted engines do not fail");
        }
        listener.finish().expect("scripted engines do not fail")
    }

    fn texts(heard: &Heard) -> Vec<String> {
        heard.segments.iter().map(|(_, words)| text_of(words)).collect()
    }

    #[test]
    fn a_patient_listener_recognises_pieces_together_and_keeps_their_times() {
        let samples = tones(&[3, 3]);
        assert_eq!(
            texts(&hear(false, &samples, &["one two", "three four"])),
            ["one two", "three four"]
        );
        let heard = hear(true, &samples, &["one two three four"]);
        assert_eq!(texts(&heard), ["one two", "three four"]);
        for (piece, words) in &heard.segments {
            let spans = words.iter().filter_map(|word| word.span);
            assert!(spans.clone().count() == 2, "{words:?}");
            for span in spans {
                assert!(span.start_us >= piece.start_us && span.end_us <= piece.end_us, "{span:?}");
            }
        }
        // Speech begins within the frame before it is loud enough.
        let begins: Vec<Us> =
            heard.voiced.iter().map(|span| (span.start_us + 100_000) / 1_000_000).collect();
        assert_eq!(begins, [2, 7]);
    }

    #[test]
    fn a_piece_that_was_passed_over_is_recognised_again_by_itself() {
        let heard = hear(true, &tones(&[4, 2]), &["one", "two"]);
        assert_eq!(texts(&heard), ["one", "two"]);
    }

    #[test]
    fn a_patient_listener_hears_all_of_a_long_recording() {
        let heard = hear(true, &tones(&[20; 5]), &["a", "b", "c", "d", "e", "no more"]);
        assert_eq!(texts(&heard), ["a", "b", "c", "d", "e"]);
    }
}
