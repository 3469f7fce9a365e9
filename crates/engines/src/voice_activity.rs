//! Whether somebody speaks: Silero's model.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use ort::{session::Session, value::TensorRef};

use crate::{
    Error, LISTEN_HZ, VoiceActivity,
    runtime::{Runtime, run_error},
};

const PURPOSE: &str = "voice activity";

/// Samples that are judged at once: 32 ms.
pub const CHUNK_SAMPLES: usize = 512;
/// Samples before them that the model is given again.
const CONTEXT_SAMPLES: usize = 64;
/// Two layers of 128 values.
const STATE_SHAPE: [usize; 3] = [2, 1, 128];

/// Silero's model, from which streams are started that share it.
#[derive(Clone)]
pub struct Silero(Arc<Mutex<Session>>);

impl Silero {
    /// Loads the model at `path`.
    ///
    /// # Errors
    /// When it is missing or does not load.
    pub fn load(runtime: &Runtime, path: &Path) -> Result<Self, Error> {
        Ok(Self(Arc::new(Mutex::new(runtime.session(PURPOSE, path, 1)?))))
    }

    /// Starts listening to a stream.
    #[must_use]
    pub fn stream(&self) -> SileroStream {
        SileroStream {
            session: Arc::clone(&self.0),
            state: [0.0; 256],
            input: [0.0; CONTEXT_SAMPLES + CHUNK_SAMPLES],
        }
    }
}

/// What the model remembers of one stream.
pub struct SileroStream {
    session: Arc<Mutex<Session>>,
    state: [f32; 256],
    /// The end of the last chunk, then the present one.
    input: [f32; CONTEXT_SAMPLES + CHUNK_SAMPLES],
}

impl SileroStream {
    fn run(&mut self) -> ort::Result<f32> {
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let outputs = session.run(ort::inputs! {
            "input" => TensorRef::from_array_view(([1, self.input.len()], &self.input[..]))?,
            "state" => TensorRef::from_array_view((STATE_SHAPE, &self.state[..]))?,
            "sr" => TensorRef::from_array_view((Vec::<i64>::new(), &[i64::from(LISTEN_HZ)][..]))?,
        })?;
        let (_, probability) = outputs["output"].try_extract_tensor::<f32>()?;
        let (_, state) = outputs["stateN"].try_extract_tensor::<f32>()?;
        if state.len() != self.state.len() {
            return Err(ort::Error::new("the model gave a state of another size"));
        }
        self.state.copy_from_slice(state);
        probability.first().copied().ok_or_else(|| ort::Error::new("the model gave no probability"))
    }
}

impl VoiceActivity for SileroStream {
    fn push(&mut self, chunk: &[f32; CHUNK_SAMPLES]) -> Result<f32, Error> {
        self.input.copy_within(CHUNK_SAMPLES.., 0);
        self.input[CONTEXT_SAMPLES..].copy_from_slice(chunk);
        self.run().map_err(|error| run_error(PURPOSE, error))
    }

    fn reset(&mut self) {
        self.state.fill(0.0);
        self.input.fill(0.0);
    }
}
