//! Engines for tests and demonstrations, which do in plain sight what they were told to: no model, no
//! randomness, the same answer each time.

use std::{
    collections::VecDeque,
    f32::consts::TAU,
    ops::ControlFlow,
    sync::{Mutex, PoisonError},
};

use interview::{Span, word::words_of};

use crate::{
    Captions, Embedder, Error, LISTEN_HZ, LanguageModel, Recogniser, Recognition, Request, TurnEnd,
    Voice, VoiceActivity, Written,
};

/// Sound at or above this level (-40 dB of full scale) counts as speech.
const SPEECH_RMS: f32 = 0.01;
/// The level of [`ToneVoice`].
const TONE_LEVEL: f32 = 0.1;
/// How long [`ToneVoice`] takes for a word.
const WORD_MS: usize = 300;
/// Samples that [`ToneVoice`] hands over at once: 100 ms.
const PIECE_SAMPLES: usize = 2_400;
/// Values in a vector of [`HashedEmbedder`].
const EMBEDDING_WIDTH: usize = 64;

/// Takes whatever is loud for speech.
#[derive(Debug, Clone, Copy, Default)]
pub struct LoudnessActivity;

impl VoiceActivity for LoudnessActivity {
    fn push(&mut self, chunk: &[f32; 512]) -> Result<f32, Error> {
        Ok(if rms(chunk) >= SPEECH_RMS { 1.0 } else { 0.0 })
    }

    fn reset(&mut self) {}
}

/// Takes a turn for over when its last half second is silent.
#[derive(Debug, Clone, Copy, Default)]
pub struct SilenceTurnEnd;

impl TurnEnd for SilenceTurnEnd {
    fn probability(&self, samples: &[f32]) -> Result<f32, Error> {
        let tail = &samples[samples.len().saturating_sub(LISTEN_HZ as usize / 2)..];
        Ok(if rms(tail) < SPEECH_RMS { 1.0 } else { 0.0 })
    }
}

/// Hears the texts it was given, one for each call, in order; after the last, nothing. Sound without
/// anything loud takes no text and has no words.
#[derive(Debug)]
pub struct ScriptedWords {
    texts: Mutex<VecDeque<String>>,
}

impl ScriptedWords {
    /// Will hear `texts`.
    #[must_use]
    pub fn new(texts: &[&str]) -> Self {
        Self { texts: Mutex::new(texts.iter().map(|text| (*text).to_owned()).collect()) }
    }

    fn next(&self, samples: &[f32]) -> String {
        if !samples.chunks(512).any(|chunk| rms(chunk) >= SPEECH_RMS) {
            return String::new();
        }
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        texts.pop_front().unwrap_or_default()
    }
}

impl Captions for ScriptedWords {
    fn transcribe(&self, samples: &[f32]) -> Result<String, Error> {
        Ok(self.next(samples))
    }
}

impl Recogniser for ScriptedWords {
    /// Spreads the words evenly over the sound.
    fn recognise(&self, samples: &[f32]) -> Result<Recognition, Error> {
        let mut words = words_of(&self.next(samples));
        let length_us = samples.len() as i64 * 1_000_000 / i64::from(LISTEN_HZ);
        let count = words.len() as i64;
        for (index, word) in words.iter_mut().enumerate() {
            let index = index as i64;
            word.span = Some(Span::new(length_us * index / count, length_us * (index + 1) / count));
        }
        Ok(Recognition { words, mean_log_probability: None })
    }

    fn identity(&self) -> &str {
        "scripted-words"
    }
}

/// Gives texts that share words vectors that lie close together.
#[derive(Debug, Clone, Copy, Default)]
pub struct HashedEmbedder;

impl Embedder for HashedEmbedder {
    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, Error> {
        Ok(texts.iter().map(|text| hashed(text)).collect())
    }
}

/// Speaks a tone of 300 ms for each word, higher for a higher voice.
#[derive(Debug, Clone, Copy, Default)]
pub struct ToneVoice;

impl Voice for ToneVoice {
    fn sample_rate(&self) -> u32 {
        24_000
    }

    fn speak(
        &self,
        text: &str,
        style: &interview::persona::Voice,
        sink: &mut dyn FnMut(&[f32]) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        let rate = self.sample_rate() as usize;
        let words = text.split_whitespace().count();
        let speed = style.speed.clamp(0.5, 2.0);
        let samples = ((words * WORD_MS * rate / 1000) as f32 / speed) as usize;
        let hz = 220.0 * 2.0_f32.powf(style.hibari_semitones / 12.0);
        let tone = |i: usize| TONE_LEVEL * (TAU * hz * i as f32 / rate as f32).sin();
        for first in (0..samples).step_by(PIECE_SAMPLES) {
            let piece: Vec<f32> = (first..samples.min(first + PIECE_SAMPLES)).map(tone).collect();
            if sink(&piece).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn identity(&self) -> &str {
        "scripted-tone"
    }
}

/// Writes the texts it was given, one for each request, in order; after the last it fails, as a server
/// does that is gone.
#[derive(Debug)]
pub struct ScriptedLanguageModel {
    texts: Mutex<VecDeque<String>>,
    asked: Mutex<Vec<Request>>,
}

impl ScriptedLanguageModel {
    /// Will write `texts`.
    #[must_use]
    pub fn new(texts: &[&str]) -> Self {
        let texts = texts.iter().map(|text| (*text).to_owned()).collect();
        Self { texts: Mutex::new(texts), asked: Mutex::default() }
    }

    /// What it was asked so far.
    #[must_use]
    pub fn asked(&self) -> Vec<Request> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl LanguageModel for ScriptedLanguageModel {
    fn write(&self, request: &Request) -> Result<Written, Error> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        let text = texts.pop_front().ok_or_else(|| Error::Run {
            purpose: "language model",
            reason: "the script is at its end".to_owned(),
        })?;
        Ok(Written { text, fingerprint: None })
    }

    fn identity(&self) -> &str {
        "scripted-language-model"
    }
}

fn rms(samples: &[f32]) -> f32 {
    let power: f32 = samples.iter().map(|sample| sample * sample).sum();
    (power / samples.len().max(1) as f32).sqrt()
}

/// A unit vector with the words of `text` counted at places that their letters choose (FNV-1a).
fn hashed(text: &str) -> Vec<f32> {
    let mut vector = vec![0.0_f32; EMBEDDING_WIDTH];
    for word in words_of(text) {
        let mut place = 0xcbf2_9ce4_8422_2325_u64;
        for byte in word.key().bytes() {
            place = (place ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        vector[(place % EMBEDDING_WIDTH as u64) as usize] += 1.0;
    }
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|value| *value /= length);
    }
    vector
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use interview::persona;

    use super::{
        HashedEmbedder, LoudnessActivity, ScriptedLanguageModel, ScriptedWords, SilenceTurnEnd,
        ToneVoice,
    };
    use crate::{
        Captions, Embedder, LanguageModel, Recogniser, Request, TurnEnd, Voice, VoiceActivity,
    };

    const STYLE: persona::Voice =
        persona::Voice { kokoro: String::new(), hibari_semitones: 0.0, speed: 1.0 };

    #[test]
    fn what_the_voice_says_is_heard_as_speech_and_silence_is_not() {
        let mut sound = Vec::new();
        let mut sink = |piece: &[f32]| {
            sound.extend_from_slice(piece);
            ControlFlow::Continue(())
        };
        ToneVoice.speak("three little words", &STYLE, &mut sink).unwrap();
        assert_eq!(sound.len(), 24_000 * 9 / 10);
        let mut activity = LoudnessActivity;
        assert_eq!(activity.push(sound[..512].try_into().unwrap()).unwrap(), 1.0);
        assert_eq!(activity.push(&[0.0; 512]).unwrap(), 0.0);
        assert_eq!(SilenceTurnEnd.probability(&sound).unwrap(), 0.0);
        assert_eq!(SilenceTurnEnd.probability(&[0.0; 16_000]).unwrap(), 1.0);
    }

    #[test]
    fn the_voice_stops_when_it_is_told_to() {
        let mut pieces = 0;
        let mut sink = |_: &[f32]| {
            pieces += 1;
            ControlFlow::Break(())
        };
        ToneVoice.speak("a long sentence", &STYLE, &mut sink).unwrap();
        assert_eq!(pieces, 1);
    }

    #[test]
    fn words_come_in_order_and_not_for_silence() {
        let words = ScriptedWords::new(&["I led it", "so um we shipped"]);
        let loud = vec![0.5; 16_000];
        assert!(words.recognise(&[0.0; 16_000]).unwrap().words.is_empty());
        let heard = words.recognise(&loud).unwrap().words;
        assert_eq!(heard.len(), 3);
        assert_eq!(heard[2].span.unwrap().end_us, 1_000_000);
        assert_eq!(words.transcribe(&loud).unwrap(), "so um we shipped");
        assert_eq!(words.transcribe(&loud).unwrap(), "");
    }

    #[test]
    fn texts_with_the_same_words_are_near_each_other() {
        let vectors =
            HashedEmbedder.embed(&["I led the team", "the team I led", "bananas", ""]).unwrap();
        let dot = |a: usize, b: usize| -> f32 {
            vectors[a].iter().zip(&vectors[b]).map(|(a, b)| a * b).sum()
        };
        assert!(dot(0, 1) > 0.99 && dot(0, 2) < 0.5);
        assert!(vectors[3].iter().all(|value| *value == 0.0));
    }

    #[test]
    fn the_language_model_remembers_what_it_was_asked_and_ends() {
        let model = ScriptedLanguageModel::new(&["What did you do?"]);
        let request = Request {
            system: "ask".to_owned(),
            user: "we shipped".to_owned(),
            tokens_max: 40,
            ..Request::default()
        };
        assert_eq!(model.complete(&request).unwrap(), "What did you do?");
        assert!(model.complete(&request).is_err());
        assert_eq!(model.asked(), [request.clone(), request]);
    }
}
