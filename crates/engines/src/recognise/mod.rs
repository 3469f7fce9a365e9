//! Accurate words with their times: Whisper, run by CTranslate2.

mod guard;
mod times;
mod words;

use std::{fs::File, io::Read, path::Path};

use ct2rs::{
    ComputeType, Config,
    sys::{StorageView, Whisper, WhisperGenerationResult, WhisperOptions},
};
use interview::Word;
use sha2::{Digest, Sha256};
use tokenizers::Tokenizer;

pub(crate) use self::guard::is_loop;
use self::{
    guard::{Given, Verdict, judge},
    times::Loudness,
    words::Spelling,
};
use crate::{
    Error, LISTEN_HZ, Recogniser, Recognition,
    runtime::{load_error, run_error},
    spectrogram::{BANDS, HOP_SAMPLES, LogMel},
};

const PURPOSE: &str = "accurate words";

/// What the model hears at once: 30 s.
pub const SAMPLES_MAX: usize = 30 * LISTEN_HZ as usize;

/// Shown to the model as what was said before, so that it writes fillers down instead of smoothing
/// them away.
const INITIAL_TEXT: &str =
    " Umm, let me think like, hmm... Okay, here's what I'm, uh, like, thinking.";

/// The encoder's work grows with its window: with this one Whisper base took 0.12 of the sound's length
/// in processor time where 30 s took 0.22, and erred in 152 of 1036 words (LibriSpeech test-other).
const WINDOW_SAMPLES_MIN: usize = 15 * LISTEN_HZ as usize;
const PADDING_SAMPLES: usize = 5 * LISTEN_HZ as usize;

/// Makes a repeated token less likely in the last attempt.
const REPETITION_PENALTY: f32 = 1.2;

/// Hypotheses followed at once.
const BEAMS: usize = 5;
/// Speech has fewer tokens than this; the model's own limit is 448 with the initial text.
const TOKENS_MAX: usize = 224;
/// Frames over which attention is smoothed, as Whisper's makers do it.
const MEDIAN_FRAMES: i64 = 7;

/// The model.
pub struct WhisperRecogniser {
    whisper: Whisper,
    log_mel: LogMel,
    spelling: Spelling,
    prompts: Prompts,
    identity: String,
}

/// The marks that every text begins with.
struct Prompts {
    /// The initial text and the marks.
    keeping_fillers: Vec<String>,
    /// The marks alone.
    plain: Vec<String>,
    /// Ids of the marks that alignment wants.
    start: Vec<usize>,
}

impl WhisperRecogniser {
    /// Loads the CTranslate2 model (`model.bin`, `config.json`, its vocabulary, `tokenizer.json`) in
    /// `folder` to run on `threads` threads. `name` becomes part of its identity.
    ///
    /// # Errors
    /// When a file is missing or does not load.
    pub fn load(folder: &Path, name: &str, threads: usize) -> Result<Self, Error> {
        for file in ["model.bin", "config.json", "tokenizer.json"] {
            let path = folder.join(file);
            if !path.is_file() {
                return Err(Error::Missing { purpose: PURPOSE, path });
            }
        }
        let tokenizer = Tokenizer::from_file(folder.join("tokenizer.json"))
            .map_err(|error| load_error(PURPOSE, error))?;
        let config = Config {
            compute_type: ComputeType::INT8,
            num_threads_per_replica: threads.max(1),
            ..Config::default()
        };
        let whisper = Whisper::new(folder, config).map_err(|error| load_error(PURPOSE, error))?;
        if whisper.n_mels() != BANDS {
            let reason = format!("it wants {} mel bands, not {BANDS}", whisper.n_mels());
            return Err(load_error(PURPOSE, reason));
        }
        let prompts = Prompts::new(&tokenizer, whisper.is_multilingual())?;
        let hash = hash(&folder.join("model.bin")).map_err(|error| load_error(PURPOSE, error))?;
        Ok(Self {
            whisper,
            log_mel: LogMel::new(),
            spelling: Spelling::new(tokenizer),
            prompts,
            identity: format!("{name}-int8@{hash}"),
        })
    }

    /// The likeliest tokens after `prompt`.
    fn generate(
        &self,
        encoded: &StorageView<'_>,
        prompt: &[String],
        repetition_penalty: f32,
    ) -> Result<WhisperGenerationResult, Error> {
        let options = WhisperOptions {
            beam_size: BEAMS,
            repetition_penalty,
            max_length: prompt.len() + TOKENS_MAX,
            return_scores: true,
            return_no_speech_prob: true,
            ..WhisperOptions::default()
        };
        let results = self
            .whisper
            .generate(encoded, &[prompt.to_vec()], &options)
            .map_err(|error| run_error(PURPOSE, error))?;
        results.into_iter().next().ok_or_else(|| run_error(PURPOSE, "the model gave no result"))
    }

    /// The words of what the encoder made of the sound, by attempts from the best to the safest.
    fn hear(
        &self,
        encoded: &StorageView<'_>,
        seconds: f32,
        loud_seconds: f32,
    ) -> Result<Option<Heard>, Error> {
        let attempts = [
            (&self.prompts.keeping_fillers, 1.0),
            (&self.prompts.plain, 1.0),
            (&self.prompts.plain, REPETITION_PENALTY),
        ];
        let mut kept: Option<Heard> = None;
        for (prompt, penalty) in attempts {
            let result = self.generate(encoded, prompt, penalty)?;
            let no_speech_probability = result.no_speech_prob;
            let heard = self.text_of(result);
            let given = Given {
                tokens: &heard.tokens,
                mean_log_probability: heard.mean_log_probability,
                no_speech_probability,
                echo: self.spelling.echoes(&heard.tokens, INITIAL_TEXT),
            };
            let more = kept.as_ref().is_none_or(|kept| heard.tokens.len() > kept.tokens.len());
            match judge(given, seconds, loud_seconds) {
                Verdict::Speech => return Ok(if more { Some(heard) } else { kept }),
                Verdict::Silence => return Ok(kept),
                // Two attempts that agree on few words are right.
                Verdict::Short if kept.is_some() => {
                    return Ok(if more { Some(heard) } else { kept });
                }
                Verdict::Short => kept = Some(heard),
                Verdict::Broken => {}
            }
        }
        if kept.is_none() {
            // Nothing is better than something that was not said.
            tracing::warn!(seconds, "the recogniser repeated itself and its words were left out");
        }
        Ok(kept)
    }

    /// The words without the initial text; `None` when they are not plainly speech.
    fn hear_plainly(
        &self,
        encoded: &StorageView<'_>,
        seconds: f32,
        loud_seconds: f32,
    ) -> Result<Option<Heard>, Error> {
        let result = self.generate(encoded, &self.prompts.plain, 1.0)?;
        let no_speech_probability = result.no_speech_prob;
        let heard = self.text_of(result);
        let given = Given {
            tokens: &heard.tokens,
            mean_log_probability: heard.mean_log_probability,
            no_speech_probability,
            echo: false,
        };
        Ok((judge(given, seconds, loud_seconds) == Verdict::Speech).then_some(heard))
    }

    /// The likeliest text of a result, without marks.
    fn text_of(&self, result: WhisperGenerationResult) -> Heard {
        let ids = result.sequences_ids.into_iter().next().unwrap_or_default();
        Heard {
            tokens: ids.into_iter().filter(|id| self.spelling.is_text(*id)).collect(),
            mean_log_probability: result.scores.first().copied().unwrap_or(0.0),
        }
    }

    /// When each word was said.
    fn align(
        &self,
        encoded: &StorageView<'_>,
        heard: Heard,
        samples: usize,
        loudness: &Loudness,
    ) -> Result<Vec<Word>, Error> {
        let words = self.spelling.group(&heard.tokens);
        let frames = samples / HOP_SAMPLES;
        let aligned = self
            .whisper
            .align(encoded, &self.prompts.start, &[heard.tokens], &[frames], MEDIAN_FRAMES)
            .map_err(|error| run_error(PURPOSE, error))?;
        let aligned = aligned.into_iter().next();
        let aligned = aligned.ok_or_else(|| run_error(PURPOSE, "the model gave no alignment"))?;
        Ok(times::place(words, &aligned, loudness))
    }
}

/// What the model heard.
struct Heard {
    tokens: Vec<usize>,
    mean_log_probability: f32,
}

impl Recogniser for WhisperRecogniser {
    fn recognise(&self, samples: &[f32]) -> Result<Recognition, Error> {
        if samples.len() > SAMPLES_MAX {
            return Err(run_error(PURPOSE, "the sound is longer than 30 s; cut it at a pause"));
        }
        let loudness = Loudness::of(samples);
        if loudness.is_silence() {
            return Ok(Recognition::default());
        }
        let mut padded = samples.to_vec();
        padded.resize(window_samples(samples.len()), 0.0);
        let mut features = self.log_mel.compute(&padded);
        let shape = [1, BANDS, padded.len() / HOP_SAMPLES];
        let encoded = StorageView::new(&shape, &mut features, Default::default())
            .and_then(|view| self.whisper.encode(&view, true))
            .map_err(|error| run_error(PURPOSE, error))?;
        let seconds = samples.len() as f32 / LISTEN_HZ as f32;
        let Some(heard) = self.hear(&encoded, seconds, loudness.loud_seconds())? else {
            return Ok(Recognition::default());
        };
        let mean_log_probability = Some(heard.mean_log_probability);
        let words = self.align(&encoded, heard, samples.len(), &loudness)?;
        let first = Recognition { words, mean_log_probability };
        let skipped = passed_over(&first.words);
        if skipped == 0 {
            return Ok(first);
        }
        // After the initial text the model now and then begins in the middle; without it seldom. In 50
        // clips of LibriSpeech test-other this mended 10 of 144 errors.
        let Some(heard) = self.hear_plainly(&encoded, seconds, loudness.loud_seconds())? else {
            return Ok(first);
        };
        let mean_log_probability = Some(heard.mean_log_probability);
        let words = self.align(&encoded, heard, samples.len(), &loudness)?;
        let more = words.len() > first.words.len() && passed_over(&words) < skipped;
        Ok(if more { Recognition { words, mean_log_probability } } else { first })
    }

    fn identity(&self) -> &str {
        &self.identity
    }
}

/// No word takes this long, drawn out as it may be: sound beside it was passed over.
const WORD_US_MAX: i64 = 2_000_000;

/// How many words stand for more sound than a word can fill.
fn passed_over(words: &[Word]) -> usize {
    words.iter().filter(|word| word.span.is_some_and(|span| span.micros() > WORD_US_MAX)).count()
}

/// How much the encoder is given for `samples` of sound: silence after it, as in the 30 s that the
/// model was trained on, but no more of it than it needs to end well. Whole steps of the encoder.
fn window_samples(samples: usize) -> usize {
    let step = 2 * HOP_SAMPLES;
    (samples + PADDING_SAMPLES).max(WINDOW_SAMPLES_MIN).next_multiple_of(step).min(SAMPLES_MAX)
}

impl Prompts {
    fn new(tokenizer: &Tokenizer, multilingual: bool) -> Result<Self, Error> {
        let mut marks = vec!["<|startoftranscript|>"];
        if multilingual {
            marks.extend(["<|en|>", "<|transcribe|>"]);
        }
        let start = marks
            .iter()
            .map(|mark| tokenizer.token_to_id(mark).map(|id| id as usize))
            .collect::<Option<Vec<usize>>>()
            .ok_or_else(|| load_error(PURPOSE, "tokenizer.json lacks the marks of Whisper"))?;
        marks.push("<|notimestamps|>");
        let plain: Vec<String> = marks.into_iter().map(str::to_owned).collect();
        let text =
            tokenizer.encode(INITIAL_TEXT, false).map_err(|error| load_error(PURPOSE, error))?;
        let mut keeping_fillers = vec!["<|startofprev|>".to_owned()];
        keeping_fillers.extend_from_slice(text.get_tokens());
        keeping_fillers.extend_from_slice(&plain);
        Ok(Self { keeping_fillers, plain, start })
    }
}

/// The first 16 digits of the file's SHA-256.
fn hash(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
    }
    Ok(hasher.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use interview::{Span, Word};

    use super::passed_over;

    #[test]
    fn a_word_that_fills_seconds_stands_for_words_that_were_passed_over() {
        let word = |text: &str, start_us, end_us| Word::timed(text, Span::new(start_us, end_us));
        let drawn_out = [word("aaand", 0, 1_900_000), word("then", 2_000_000, 2_300_000)];
        assert_eq!(passed_over(&drawn_out), 0);
        let begun_late = [word("The", 300_000, 4_100_000), word("test", 4_200_000, 4_500_000)];
        assert_eq!(passed_over(&begun_late), 1);
    }
}
