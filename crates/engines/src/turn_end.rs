//! Whether a turn is over, by its sound: Smart Turn v3.

use std::{
    path::Path,
    sync::{Mutex, PoisonError},
};

use ort::{session::Session, value::TensorRef};

use crate::{
    Error, LISTEN_HZ, TurnEnd,
    runtime::{Runtime, run_error},
    spectrogram::{BANDS, HOP_SAMPLES, LogMel},
};

const PURPOSE: &str = "turn end";

/// What the model hears: the last 8 s.
const WINDOW_SAMPLES: usize = 8 * LISTEN_HZ as usize;

/// The model.
pub struct SmartTurn {
    session: Mutex<Session>,
    log_mel: LogMel,
}

impl SmartTurn {
    /// Loads the model at `path` to run on `threads` threads.
    ///
    /// # Errors
    /// When it is missing or does not load.
    pub fn load(runtime: &Runtime, path: &Path, threads: usize) -> Result<Self, Error> {
        let session = Mutex::new(runtime.session(PURPOSE, path, threads)?);
        Ok(Self { session, log_mel: LogMel::new() })
    }

    fn run(&self, features: &[f32]) -> ort::Result<f32> {
        let shape = [1, BANDS, WINDOW_SAMPLES / HOP_SAMPLES];
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let outputs = session.run(ort::inputs! {
            "input_features" => TensorRef::from_array_view((shape, features))?,
        })?;
        // The output is called "logits" and already is a probability.
        let (_, probability) = outputs[0].try_extract_tensor::<f32>()?;
        probability.first().copied().ok_or_else(|| ort::Error::new("the model gave no probability"))
    }
}

impl TurnEnd for SmartTurn {
    fn probability(&self, samples: &[f32]) -> Result<f32, Error> {
        let features = self.log_mel.compute(&window(samples));
        self.run(&features).map_err(|error| run_error(PURPOSE, error))
    }
}

/// The last 8 s, silence in front of what is shorter, with a mean of 0 and a variance of 1.
fn window(samples: &[f32]) -> Vec<f32> {
    let heard = &samples[samples.len().saturating_sub(WINDOW_SAMPLES)..];
    let mut window = vec![0.0; WINDOW_SAMPLES - heard.len()];
    window.extend_from_slice(heard);
    let count = WINDOW_SAMPLES as f64;
    let mean = window.iter().map(|sample| f64::from(*sample)).sum::<f64>() / count;
    let square = |sample: &f32| (f64::from(*sample) - mean).powi(2);
    let variance = window.iter().map(square).sum::<f64>() / count;
    // As in training, so that silence does not divide by zero.
    let scale = 1.0 / (variance + 1e-7).sqrt();
    for sample in &mut window {
        *sample = ((f64::from(*sample) - mean) * scale) as f32;
    }
    window
}

#[cfg(test)]
mod tests {
    use super::{WINDOW_SAMPLES, window};

    #[test]
    fn the_window_ends_where_the_sound_ends() {
        let samples: Vec<f32> = (0..WINDOW_SAMPLES + 100).map(|i| (i % 7) as f32 / 7.0).collect();
        assert_eq!(window(&samples), window(&samples[100..]));
        let short = window(&[0.5, -0.5]);
        assert_eq!(short.len(), WINDOW_SAMPLES);
        assert!(short[WINDOW_SAMPLES - 2] > 1.0 && short[WINDOW_SAMPLES - 1] < -1.0);
        assert!(window(&[]).iter().all(|sample| *sample == 0.0));
    }
}
