//! Meaning of short texts as vectors: all-MiniLM-L6-v2.

use std::{
    path::Path,
    sync::{Mutex, PoisonError},
};

use ort::{session::Session, value::TensorRef};
use tokenizers::{PaddingParams, Tokenizer, TruncationParams};

use crate::{
    Embedder, Error,
    runtime::{Runtime, load_error, run_error},
};

const PURPOSE: &str = "text meaning";

/// Tokens of a text that are looked at, as in the model's training.
const TOKENS_MAX: usize = 256;
/// Texts that go through the model at once.
const BATCH_MAX: usize = 16;

/// The model.
pub struct MiniLm {
    session: Mutex<Session>,
    tokenizer: Tokenizer,
}

impl MiniLm {
    /// Loads `model.onnx` and `tokenizer.json` from `folder` to run on `threads` threads.
    ///
    /// # Errors
    /// When a file is missing or does not load.
    pub fn load(runtime: &Runtime, folder: &Path, threads: usize) -> Result<Self, Error> {
        let session = runtime.session(PURPOSE, &folder.join("model.onnx"), threads)?;
        let path = folder.join("tokenizer.json");
        if !path.is_file() {
            return Err(Error::Missing { purpose: PURPOSE, path });
        }
        let mut tokenizer =
            Tokenizer::from_file(&path).map_err(|error| load_error(PURPOSE, error))?;
        let truncation = TruncationParams { max_length: TOKENS_MAX, ..Default::default() };
        tokenizer
            .with_padding(Some(PaddingParams::default()))
            .with_truncation(Some(truncation))
            .map_err(|error| load_error(PURPOSE, error))?;
        Ok(Self { session: Mutex::new(session), tokenizer })
    }

    fn embed_batch(&self, texts: &[&str], vectors: &mut Vec<Vec<f32>>) -> Result<(), Error> {
        let encodings = self
            .tokenizer
            .encode_batch(texts.to_vec(), true)
            .map_err(|error| run_error(PURPOSE, error))?;
        let length = encodings.first().map_or(0, |encoding| encoding.len());
        let rows = |row: fn(&tokenizers::Encoding) -> &[u32]| -> Vec<i64> {
            encodings.iter().flat_map(|e| row(e).iter().map(|id| i64::from(*id))).collect()
        };
        let (ids, mask) = (rows(|e| e.get_ids()), rows(|e| e.get_attention_mask()));
        self.run([texts.len(), length], &ids, &mask, vectors)
            .map_err(|error| run_error(PURPOSE, error))
    }

    fn run(
        &self,
        shape: [usize; 2],
        ids: &[i64],
        mask: &[i64],
        vectors: &mut Vec<Vec<f32>>,
    ) -> ort::Result<()> {
        let types = vec![0_i64; ids.len()];
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let outputs = session.run(ort::inputs! {
            "input_ids" => TensorRef::from_array_view((shape, ids))?,
            "attention_mask" => TensorRef::from_array_view((shape, mask))?,
            "token_type_ids" => TensorRef::from_array_view((shape, &types[..]))?,
        })?;
        let (_, states) = outputs[0].try_extract_tensor::<f32>()?;
        let [texts, length] = shape;
        let width = states.len() / (texts * length).max(1);
        for (states, mask) in states.chunks_exact(length * width).zip(mask.chunks_exact(length)) {
            vectors.push(unit_mean(states, mask, width));
        }
        Ok(())
    }
}

impl Embedder for MiniLm {
    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, Error> {
        let mut vectors = Vec::with_capacity(texts.len());
        for batch in texts.chunks(BATCH_MAX) {
            self.embed_batch(batch, &mut vectors)?;
        }
        Ok(vectors)
    }
}

/// The mean of the states of the tokens that `mask` keeps, scaled to a length of 1.
fn unit_mean(states: &[f32], mask: &[i64], width: usize) -> Vec<f32> {
    let mut mean = vec![0.0_f32; width];
    for (state, _) in states.chunks_exact(width).zip(mask).filter(|(_, keep)| **keep != 0) {
        for (sum, value) in mean.iter_mut().zip(state) {
            *sum += value;
        }
    }
    // The mean and the sum point the same way.
    let length = mean.iter().map(|value| value * value).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    mean.iter_mut().for_each(|value| *value /= length);
    mean
}

#[cfg(test)]
mod tests {
    use super::unit_mean;

    #[test]
    fn padding_does_not_count_and_the_length_is_one() {
        let states = [3.0, 0.0, 3.0, 8.0, 100.0, 100.0];
        let vector = unit_mean(&states, &[1, 1, 0], 2);
        assert!((vector[0] - 0.6).abs() < 1e-6 && (vector[1] - 0.8).abs() < 1e-6, "{vector:?}");
    }
}
