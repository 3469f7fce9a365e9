//! The best voice: Kokoro at 24 kHz, many speakers, about half of real time on one core. It runs
//! operators that only the standard ONNX Runtime library carries.

use std::{
    collections::HashMap,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use interview::persona;
use ort::{session::Session, value::TensorRef};

use super::{Hibari, Phrase, level, phrases};
use crate::{
    Error, Voice,
    runtime::{Runtime, load_error, run_error},
};

const PURPOSE: &str = "the best voice";
const SAMPLE_RATE: u32 = 24_000;
/// Numbers that describe a speaker.
const STYLE_LENGTH: usize = 256;
/// Sounds that the network is given at once at most; speech falters towards its own limit of 510.
const SOUNDS_MAX: usize = 300;
/// Longer first pieces are parted at a clause, so that the first sound is soon there.
const FIRST_SOUNDS: usize = 70;

/// The best voice.
pub struct Kokoro {
    session: Mutex<Session>,
    quick: Arc<Hibari>,
    speakers: PathBuf,
    /// Speakers read so far. Files are few and small.
    styles: Mutex<HashMap<String, Arc<[f32]>>>,
    identity: String,
}

impl Kokoro {
    /// Loads the voice from `models`, to run on `threads` threads; `quick` reads text for it.
    ///
    /// # Errors
    /// When a file is missing or does not load.
    pub fn load(
        models: &Path,
        runtime: &Runtime,
        threads: usize,
        quick: Arc<Hibari>,
    ) -> Result<Self, Error> {
        let folder = models.join("kokoro");
        let model = folder.join("kokoro.onnx");
        Ok(Kokoro {
            session: Mutex::new(runtime.session(PURPOSE, &model, threads)?),
            quick,
            speakers: folder.join("voices"),
            styles: Mutex::default(),
            identity: super::identity("kokoro", PURPOSE, &model)?,
        })
    }

    /// The speaker of that name: a row of [`STYLE_LENGTH`] numbers for each count of sounds.
    fn style(&self, name: &str) -> Result<Arc<[f32]>, Error> {
        if let Some(style) = super::lock(&self.styles).get(name) {
            return Ok(style.clone());
        }
        // Names come from data that people may write: no path out of the folder.
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let path = self.speakers.join(format!("{name}.bin"));
        if !plain || !path.is_file() {
            return Err(Error::Missing { purpose: PURPOSE, path });
        }
        let bytes = std::fs::read(&path).map_err(|error| load_error(PURPOSE, error))?;
        let (numbers, behind) = bytes.as_chunks::<4>();
        let style: Arc<[f32]> = numbers.iter().map(|number| f32::from_le_bytes(*number)).collect();
        let whole_rows = behind.is_empty() && style.len().is_multiple_of(STYLE_LENGTH);
        if style.is_empty() || !whole_rows {
            return Err(load_error(PURPOSE, format!("{} is not a speaker", path.display())));
        }
        super::lock(&self.styles).insert(name.to_owned(), style.clone());
        Ok(style)
    }

    fn sound(&self, sounds: &str, style: &persona::Voice) -> Result<Vec<f32>, Error> {
        let ids = self.quick.reading().ids(sounds);
        if ids.len() < 3 {
            return Ok(Vec::new());
        }
        let speaker = self.style(&style.kokoro)?;
        let row = (ids.len() - 2).min(speaker.len() / STYLE_LENGTH) - 1;
        let speaker = &speaker[row * STYLE_LENGTH..(row + 1) * STYLE_LENGTH];
        let speed = [super::speed(style)];
        let failed = |error: ort::Error| run_error(PURPOSE, error);
        let mut session = super::lock(&self.session);
        let inputs = ort::inputs![
            "tokens" => TensorRef::from_array_view(([1, ids.len()], &*ids)).map_err(failed)?,
            "style" => TensorRef::from_array_view(([1, STYLE_LENGTH], speaker)).map_err(failed)?,
            "speed" => TensorRef::from_array_view(([1], &speed[..])).map_err(failed)?,
        ];
        let outputs = session.run(inputs).map_err(failed)?;
        let sound = outputs.get("audio").ok_or_else(|| run_error(PURPOSE, "no output audio"))?;
        Ok(sound.try_extract_tensor::<f32>().map_err(failed)?.1.to_vec())
    }
}

impl Voice for Kokoro {
    fn sample_rate(&self) -> u32 {
        SAMPLE_RATE
    }

    fn speak(
        &self,
        text: &str,
        style: &persona::Voice,
        sink: &mut dyn FnMut(&[f32]) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        for Phrase { sounds, pause_s } in
            phrases(self.quick.reading(), text, FIRST_SOUNDS, SOUNDS_MAX)
        {
            let sound = level::settle(self.sound(&sounds, style)?, SAMPLE_RATE);
            if super::hand_over(sound, pause_s, SAMPLE_RATE, sink).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn identity(&self) -> &str {
        &self.identity
    }
}
