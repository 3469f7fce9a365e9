//! Quick words for captions: Moonshine tiny.

use std::{
    borrow::Cow,
    path::Path,
    sync::{Mutex, PoisonError},
};

use ort::{
    session::{Session, SessionInputValue},
    value::{DynValue, Tensor},
};

use crate::{
    Captions, Error, LISTEN_HZ,
    recognise::is_loop,
    runtime::{Runtime, load_error, run_error},
};

const PURPOSE: &str = "captions";

/// Layers, heads and the width of a head in the decoder.
const LAYERS: usize = 6;
const HEADS: usize = 8;
const HEAD_WIDTH: usize = 36;

const START_TOKEN: usize = 1;
const END_TOKEN: usize = 2;
/// Ids below are marks and no text.
const TEXT_TOKENS_FROM: usize = 3;
/// The fastest speech has fewer tokens a second; what has more is a loop.
const TOKENS_A_SECOND_MAX: f32 = 6.5;
/// Shorter sound holds no word and is too short for the encoder: 100 ms.
const SAMPLES_MIN: usize = LISTEN_HZ as usize / 10;
/// What the model was trained on: 30 s.
const SAMPLES_MAX: usize = 30 * LISTEN_HZ as usize;

/// The model.
pub struct Moonshine {
    encoder: Mutex<Session>,
    decoder: Mutex<Session>,
    vocabulary: Vocabulary,
}

impl Moonshine {
    /// Loads `encoder_model.ort`, `decoder_model_merged.ort` and `tokenizer.bin` from `folder` to run
    /// on `threads` threads.
    ///
    /// # Errors
    /// When a file is missing or does not load.
    pub fn load(runtime: &Runtime, folder: &Path, threads: usize) -> Result<Self, Error> {
        let open = |name| runtime.session(PURPOSE, &folder.join(name), threads);
        let path = folder.join("tokenizer.bin");
        if !path.is_file() {
            return Err(Error::Missing { purpose: PURPOSE, path });
        }
        let bytes = std::fs::read(&path).map_err(|error| load_error(PURPOSE, error))?;
        let vocabulary = Vocabulary::parse(&bytes)
            .ok_or_else(|| load_error(PURPOSE, "tokenizer.bin is cut off"))?;
        Ok(Self {
            encoder: Mutex::new(open("encoder_model.ort")?),
            decoder: Mutex::new(open("decoder_model_merged.ort")?),
            vocabulary,
        })
    }

    /// What the encoder makes of the sound.
    fn encode(&self, samples: &[f32]) -> ort::Result<DynValue> {
        let length = samples.len();
        let mut session = self.encoder.lock().unwrap_or_else(PoisonError::into_inner);
        let mut outputs = session.run(ort::inputs! {
            "input_values" => Tensor::from_array(([1, length], samples.to_vec()))?,
            "attention_mask" => Tensor::from_array(([1, length], vec![1_i64; length]))?,
        })?;
        outputs
            .remove("last_hidden_state")
            .ok_or_else(|| ort::Error::new("the encoder gave no states"))
    }

    fn decode(&self, samples: &[f32]) -> ort::Result<Vec<usize>> {
        let states = self.encode(samples)?;
        // One for each sample: the decoder thins the mask out to the encoder's steps itself.
        let mask = Tensor::from_array(([1, samples.len()], vec![1_i64; samples.len()]))?;
        let seconds = samples.len() as f32 / LISTEN_HZ as f32;
        let tokens_max = (seconds * TOKENS_A_SECOND_MAX).ceil() as usize + 1;
        let mut memory = Memory::empty()?;
        let mut tokens = vec![START_TOKEN];
        let mut session = self.decoder.lock().unwrap_or_else(PoisonError::into_inner);
        while tokens.len() <= tokens_max {
            let token = tokens.last().map_or(START_TOKEN, |token| *token);
            let next = decode_step(&mut session, token, &states, &mask, &mut memory)?;
            if next == END_TOKEN {
                break;
            }
            tokens.push(next);
            if is_loop(&tokens) {
                break;
            }
        }
        Ok(tokens)
    }
}

/// The likeliest token after `token`; `memory` grows by it.
fn decode_step(
    session: &mut Session,
    token: usize,
    states: &DynValue,
    mask: &Tensor<i64>,
    memory: &mut Memory,
) -> ort::Result<usize> {
    let ids = Tensor::from_array(([1_usize, 1], vec![token as i64]))?;
    let cached = Tensor::from_array(([1_usize], vec![memory.filled]))?;
    let mut inputs: Vec<(Cow<'_, str>, SessionInputValue<'_>)> = vec![
        ("input_ids".into(), ids.into()),
        ("encoder_hidden_states".into(), states.into()),
        ("encoder_attention_mask".into(), mask.into()),
        ("use_cache_branch".into(), cached.into()),
    ];
    for (name, value) in &memory.values {
        inputs.push((format!("past_key_values.{name}").into(), value.into()));
    }
    let mut outputs = session.run(inputs)?;
    let (shape, logits) = outputs["logits"].try_extract_tensor::<f32>()?;
    let width = shape.last().and_then(|width| usize::try_from(*width).ok()).unwrap_or(0);
    let last = &logits[logits.len().saturating_sub(width)..];
    let best = last.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|(id, _)| id);
    for (name, value) in &mut memory.values {
        // After the first step the encoder's part is complete and comes back empty.
        if memory.filled && name.contains("encoder") {
            continue;
        }
        *value = outputs
            .remove(format!("present.{name}"))
            .ok_or_else(|| ort::Error::new("the decoder gave no memory"))?;
    }
    memory.filled = true;
    best.ok_or_else(|| ort::Error::new("the decoder gave no token"))
}

/// The decoder's keys and values of the tokens so far.
struct Memory {
    values: Vec<(String, DynValue)>,
    filled: bool,
}

impl Memory {
    fn empty() -> ort::Result<Self> {
        let mut values = Vec::with_capacity(LAYERS * 4);
        for layer in 0..LAYERS {
            for part in ["decoder.key", "decoder.value", "encoder.key", "encoder.value"] {
                let none = Tensor::from_array(([1, HEADS, 0, HEAD_WIDTH], Vec::<f32>::new()))?;
                values.push((format!("{layer}.{part}"), none.into_dyn()));
            }
        }
        Ok(Self { values, filled: false })
    }
}

impl Captions for Moonshine {
    fn transcribe(&self, samples: &[f32]) -> Result<String, Error> {
        if samples.len() < SAMPLES_MIN {
            return Ok(String::new());
        }
        if samples.len() > SAMPLES_MAX {
            return Err(run_error(PURPOSE, "the sound is longer than 30 s; cut it at a pause"));
        }
        let tokens = self.decode(samples).map_err(|error| run_error(PURPOSE, error))?;
        Ok(self.vocabulary.text(&tokens))
    }
}

/// The text of each token.
struct Vocabulary(Vec<Vec<u8>>);

impl Vocabulary {
    /// Reads entries of a length and that many bytes; lengths from 128 on take two bytes, the lower
    /// seven bits first. `None` when the last entry is cut off.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut entries = Vec::new();
        let mut rest = bytes;
        while let Some((&first, after)) = rest.split_first() {
            let (length, after) = if first < 128 {
                (usize::from(first), after)
            } else {
                let (&second, after) = after.split_first()?;
                (usize::from(first) - 128 + usize::from(second) * 128, after)
            };
            let (entry, after) = after.split_at_checked(length)?;
            entries.push(entry.to_vec());
            rest = after;
        }
        Some(Self(entries))
    }

    fn text(&self, tokens: &[usize]) -> String {
        let mut bytes = Vec::new();
        for token in tokens.iter().filter(|token| **token >= TEXT_TOKENS_FROM) {
            match self.0.get(*token).map(Vec::as_slice) {
                Some([b'<', b'<', .., b'>', b'>']) | None => {}
                Some(entry) => bytes.extend_from_slice(entry),
            }
        }
        String::from_utf8_lossy(&bytes).replace('\u{2581}', " ").trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::Vocabulary;

    #[test]
    fn the_vocabulary_is_read_with_short_and_long_entries() {
        let mut bytes = b"\x05<unk>\x03<s>\x04</s>\x00\x05\xe2\x96\x81So".to_vec();
        bytes.extend([128 + 2, 1]);
        bytes.extend([b'x'; 130]);
        bytes.extend(b"\x06<<ST>>");
        let vocabulary = Vocabulary::parse(&bytes).unwrap();
        assert_eq!(vocabulary.text(&[1, 4, 4, 6, 2]), "So So");
        assert_eq!(vocabulary.text(&[5]).len(), 130);
        assert!(Vocabulary::parse(b"\x05<unk").is_none());
        assert!(Vocabulary::parse(b"\x85").is_none());
    }
}
