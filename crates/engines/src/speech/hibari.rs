//! The quick voice: hibari at 24 kHz, about a hundredth of real time on one core, one speaker whose
//! pitch and resonances are moved to make others.

use std::{ops::ControlFlow, path::Path, sync::Mutex};

use interview::persona;
use ort::{session::Session, value::TensorRef};

use super::{
    Phrase, level, phrases,
    reading::Reading,
    shift::{self, Timbre},
    vocoder::{self, Spectrum},
};
use crate::{
    Error, Voice,
    runtime::{Runtime, run_error},
};

const PURPOSE: &str = "the quick voice";
/// Sounds that the network is given at once, as many as it was taught with.
const SOUNDS_MAX: usize = 400;
/// Pitch is moved at most this far (in semitones): beyond, the voice sounds like a machine.
const SEMITONES_MAX: f32 = 9.0;
/// How far resonances move when pitch moves by one: between the throats of women and men pitch
/// differs by about ten semitones and resonances by about two and a half.
const RESONANCE_SHARE: f32 = 0.27;

/// The quick voice.
pub struct Hibari {
    session: Mutex<Session>,
    reading: Reading,
    identity: String,
}

impl Hibari {
    /// Loads the voice from `models`, to run on `threads` threads.
    ///
    /// # Errors
    /// When a file is missing or does not load.
    pub fn load(models: &Path, runtime: &Runtime, threads: usize) -> Result<Self, Error> {
        let folder = models.join("hibari");
        let model = folder.join("hibari.onnx");
        let session = Mutex::new(runtime.session(PURPOSE, &model, threads)?);
        let reading = Reading::load(&folder, runtime)?;
        Ok(Hibari { session, reading, identity: super::identity("hibari", PURPOSE, &model)? })
    }

    /// How `text` is said, phrase by phrase, in the alphabet of the voices (one letter for each sound,
    /// stress marks in front of vowels).
    pub fn sounds(&self, text: &str) -> Vec<String> {
        phrases(&self.reading, text, SOUNDS_MAX, SOUNDS_MAX).map(|phrase| phrase.sounds).collect()
    }

    /// How it reads text, which other voices of the same alphabet share.
    pub(super) fn reading(&self) -> &Reading {
        &self.reading
    }

    fn sound(&self, sounds: &str, style: &persona::Voice) -> Result<Vec<f32>, Error> {
        let ids = self.reading.ids(sounds);
        if ids.len() < 3 {
            return Ok(Vec::new());
        }
        let speed = [super::speed(style)];
        let failed = |error: ort::Error| run_error(PURPOSE, error);
        let mut session = super::lock(&self.session);
        let inputs = ort::inputs![
            "ids" => TensorRef::from_array_view(([1, ids.len()], &*ids)).map_err(failed)?,
            "speed" => TensorRef::from_array_view(([1], &speed[..])).map_err(failed)?,
        ];
        let outputs = session.run(inputs).map_err(failed)?;
        let part = |name: &'static str| -> Result<&[f32], Error> {
            let value =
                outputs.get(name).ok_or_else(|| run_error(PURPOSE, format!("no output {name}")))?;
            Ok(value.try_extract_tensor::<f32>().map_err(failed)?.1)
        };
        let spectrum = Spectrum {
            voiced: part("lh")?,
            voiced_phase: part("theta")?,
            noise: part("ln")?,
            rest: part("lr")?,
            rest_phase: part("phi")?,
            pitch: part("f0")?,
        };
        let (sound, marks) = vocoder::sound(&spectrum)
            .ok_or_else(|| run_error(PURPOSE, "the parts of the spectrum differ in length"))?;
        Ok(shift::shift(sound, &marks, timbre(style)))
    }
}

impl Voice for Hibari {
    fn sample_rate(&self) -> u32 {
        vocoder::SAMPLE_RATE
    }

    fn speak(
        &self,
        text: &str,
        style: &persona::Voice,
        sink: &mut dyn FnMut(&[f32]) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        for Phrase { sounds, pause_s } in phrases(&self.reading, text, SOUNDS_MAX, SOUNDS_MAX) {
            let sound = level::settle(self.sound(&sounds, style)?, vocoder::SAMPLE_RATE);
            if super::hand_over(sound, pause_s, vocoder::SAMPLE_RATE, sink).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn identity(&self) -> &str {
        &self.identity
    }
}

/// The change of voice that a style asks for.
fn timbre(style: &persona::Voice) -> Timbre {
    let semitones = if style.hibari_semitones.is_finite() { style.hibari_semitones } else { 0.0 };
    let semitones = semitones.clamp(-SEMITONES_MAX, SEMITONES_MAX);
    Timbre {
        pitch: (semitones / 12.0).exp2(),
        resonance: (semitones * RESONANCE_SHARE / 12.0).exp2(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pitch_moves_further_than_resonances_and_not_too_far() {
        let style = |hibari_semitones| persona::Voice {
            kokoro: "af_heart".to_owned(),
            hibari_semitones,
            speed: 1.0,
        };
        let own = timbre(&style(0.0));
        assert_eq!(own, Timbre::OWN);
        let low = timbre(&style(-5.0));
        assert!(low.pitch < 0.76 && low.resonance > 0.9 && low.resonance < 1.0);
        assert_eq!(timbre(&style(-40.0)), timbre(&style(-SEMITONES_MAX)));
        assert_eq!(timbre(&style(f32::NAN)), own);
    }
}
