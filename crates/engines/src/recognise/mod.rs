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
/// Sounds that are decoded at once. The decoder's weights are made ready for each token anew, and
/// multiplied by sixteen rows at a time: the hypotheses of three sounds cost about as much as those of
/// one. Attention over three windows of 30 s takes 216 MB.
const TOGETHER_MAX: usize = 3;
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

    /// What the encoder makes of sounds, each followed by silence up to the window of the longest.
    fn encode(&self, sounds: &[Sound<'_>]) -> Result<StorageView<'static>, Error> {
        let longest = sounds.iter().map(|sound| sound.samples.len()).max().unwrap_or(0);
        let window = window_samples(longest);
        let mut features = Vec::with_capacity(sounds.len() * BANDS * window / HOP_SAMPLES);
        for sound in sounds {
            let mut padded = sound.samples.to_vec();
            padded.resize(window, 0.0);
            features.extend(self.log_mel.compute(&padded));
        }
        let shape = [sounds.len(), BANDS, window / HOP_SAMPLES];
        StorageView::new(&shape, &mut features, Default::default())
            .and_then(|view| self.whisper.encode(&view, true))
            .map_err(|error| run_error(PURPOSE, error))
    }

    /// The likeliest tokens after `prompt` in each of the `count` sounds that were encoded together.
    fn generate_all(
        &self,
        encoded: &StorageView<'_>,
        count: usize,
        prompt: &[String],
        repetition_penalty: f32,
    ) -> Result<Vec<WhisperGenerationResult>, Error> {
        let options = WhisperOptions {
            beam_size: BEAMS,
            repetition_penalty,
            max_length: prompt.len() + TOKENS_MAX,
            return_scores: true,
            return_no_speech_prob: true,
            ..WhisperOptions::default()
        };
        self.whisper
            .generate(encoded, &vec![prompt.to_vec(); count], &options)
            .map_err(|error| run_error(PURPOSE, error))
    }

    /// The likeliest tokens after `prompt` in a sound that was encoded by itself.
    fn generate(
        &self,
        encoded: &StorageView<'_>,
        prompt: &[String],
        repetition_penalty: f32,
    ) -> Result<WhisperGenerationResult, Error> {
        let results = self.generate_all(encoded, 1, prompt, repetition_penalty)?;
        results.into_iter().next().ok_or_else(|| run_error(PURPOSE, "the model gave no result"))
    }

    /// The words of what the encoder made of the sound, by attempts from the best to the safest.
    fn hear(&self, encoded: &StorageView<'_>, sound: &Sound<'_>) -> Result<Option<Heard>, Error> {
        let attempts = [
            (&self.prompts.keeping_fillers, 1.0),
            (&self.prompts.plain, 1.0),
            (&self.prompts.plain, REPETITION_PENALTY),
        ];
        let mut kept: Option<Heard> = None;
        for (prompt, penalty) in attempts {
            let result = self.generate(encoded, prompt, penalty)?;
            let (heard, verdict) = self.judged(result, sound, true);
            let more = kept.as_ref().is_none_or(|kept| heard.tokens.len() > kept.tokens.len());
            match verdict {
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
            let seconds = sound.seconds();
            tracing::warn!(seconds, "the recogniser repeated itself and its words were left out");
        }
        Ok(kept)
    }

    /// The words without the initial text; `None` when they are not plainly speech.
    fn hear_plainly(
        &self,
        encoded: &StorageView<'_>,
        sound: &Sound<'_>,
    ) -> Result<Option<Heard>, Error> {
        let result = self.generate(encoded, &self.prompts.plain, 1.0)?;
        let (heard, verdict) = self.judged(result, sound, false);
        Ok((verdict == Verdict::Speech).then_some(heard))
    }

    /// The text of a result and what it is taken for; `echoes` says whether the initial text may come
    /// back in it.
    fn judged(
        &self,
        result: WhisperGenerationResult,
        sound: &Sound<'_>,
        echoes: bool,
    ) -> (Heard, Verdict) {
        let no_speech_probability = result.no_speech_prob;
        let heard = self.text_of(result);
        let given = Given {
            tokens: &heard.tokens,
            mean_log_probability: heard.mean_log_probability,
            no_speech_probability,
            echo: echoes && self.spelling.echoes(&heard.tokens, INITIAL_TEXT),
        };
        let verdict = judge(given, sound.seconds(), sound.loudness.loud_seconds());
        (heard, verdict)
    }

    /// The likeliest text of a result, without marks.
    fn text_of(&self, result: WhisperGenerationResult) -> Heard {
        let ids = result.sequences_ids.into_iter().next().unwrap_or_default();
        Heard {
            tokens: ids.into_iter().filter(|id| self.spelling.is_text(*id)).collect(),
            mean_log_probability: result.scores.first().copied().unwrap_or(0.0),
        }
    }

    /// When each word was said, in each of the sounds that were encoded together.
    fn align_all(
        &self,
        encoded: &StorageView<'_>,
        sounds: &[Sound<'_>],
        tokens: &[Vec<usize>],
    ) -> Result<Vec<Vec<Word>>, Error> {
        let frames: Vec<usize> =
            sounds.iter().map(|sound| sound.samples.len() / HOP_SAMPLES).collect();
        let words: Vec<_> = tokens.iter().map(|tokens| self.spelling.group(tokens)).collect();
        let aligned = self
            .whisper
            .align(encoded, &self.prompts.start, tokens, &frames, MEDIAN_FRAMES)
            .map_err(|error| run_error(PURPOSE, error))?;
        if aligned.len() != sounds.len() {
            return Err(run_error(PURPOSE, "the model gave no alignment"));
        }
        let placed = words.into_iter().zip(&aligned).zip(sounds);
        Ok(placed
            .map(|((words, aligned), sound)| times::place(words, aligned, &sound.loudness))
            .collect())
    }

    /// When each word was said in a sound that was encoded by itself.
    fn align(
        &self,
        encoded: &StorageView<'_>,
        heard: Heard,
        sound: &Sound<'_>,
    ) -> Result<Vec<Word>, Error> {
        let words = self.align_all(encoded, std::slice::from_ref(sound), &[heard.tokens])?;
        Ok(words.into_iter().next().unwrap_or_default())
    }

    /// What is heard after `prompt` in sounds that were encoded together.
    fn attempt(
        &self,
        encoded: &StorageView<'_>,
        sounds: &[Sound<'_>],
        prompt: &[String],
    ) -> Result<Vec<Attempt>, Error> {
        let results = self.generate_all(encoded, sounds.len(), prompt, 1.0)?;
        if results.len() != sounds.len() {
            return Err(run_error(PURPOSE, "the model gave no result"));
        }
        let mut judged = Vec::with_capacity(sounds.len());
        let mut all_tokens = Vec::with_capacity(sounds.len());
        for (result, sound) in results.into_iter().zip(sounds) {
            let (heard, verdict) = self.judged(result, sound, true);
            judged.push((verdict, heard.mean_log_probability, heard.tokens.len()));
            // The aligner wants a token of each; words of what is no speech are not looked at.
            all_tokens.push(if heard.tokens.is_empty() { vec![0] } else { heard.tokens });
        }
        let words = self.align_all(encoded, sounds, &all_tokens)?;
        let attempts = words.into_iter().zip(judged);
        Ok(attempts
            .map(|(words, (verdict, mean_log_probability, tokens))| Attempt {
                verdict,
                tokens,
                passed_over: passed_over(&words),
                recognition: Recognition {
                    words,
                    mean_log_probability: Some(mean_log_probability),
                },
            })
            .collect())
    }

    /// The words of sounds that are none of them silent: all at once, where that passed words over
    /// without the initial text again, and what ran away by itself.
    fn recognise_together(&self, sounds: &[Sound<'_>]) -> Result<Vec<Recognition>, Error> {
        let encoded = self.encode(sounds)?;
        let first = self.attempt(&encoded, sounds, &self.prompts.keeping_fillers)?;
        let again = first.iter().any(Attempt::may_lack_words);
        let second =
            if again { self.attempt(&encoded, sounds, &self.prompts.plain)? } else { Vec::new() };
        let mut second = second.into_iter();
        let mut recognitions = Vec::with_capacity(sounds.len());
        for (first, sound) in first.into_iter().zip(sounds) {
            recognitions.push(match better(first, second.next()) {
                Some(recognition) => recognition,
                None => self.recognise_alone(sound)?,
            });
        }
        Ok(recognitions)
    }

    /// The words of a sound that is not silent.
    fn recognise_alone(&self, sound: &Sound<'_>) -> Result<Recognition, Error> {
        let encoded = self.encode(std::slice::from_ref(sound))?;
        let Some(heard) = self.hear(&encoded, sound)? else {
            return Ok(Recognition::default());
        };
        let mean_log_probability = Some(heard.mean_log_probability);
        let words = self.align(&encoded, heard, sound)?;
        let first = Recognition { words, mean_log_probability };
        let skipped = passed_over(&first.words);
        if skipped == 0 {
            return Ok(first);
        }
        // After the initial text the model now and then begins in the middle; without it seldom. In 50
        // clips of LibriSpeech test-other this mended 10 of 144 errors.
        let Some(heard) = self.hear_plainly(&encoded, sound)? else {
            return Ok(first);
        };
        let mean_log_probability = Some(heard.mean_log_probability);
        let words = self.align(&encoded, heard, sound)?;
        let more = words.len() > first.words.len() && passed_over(&words) < skipped;
        Ok(if more { Recognition { words, mean_log_probability } } else { first })
    }
}

/// Sound that is to be recognised.
struct Sound<'a> {
    samples: &'a [f32],
    loudness: Loudness,
}

impl<'a> Sound<'a> {
    /// `None` when it is silent.
    fn new(samples: &'a [f32]) -> Result<Option<Self>, Error> {
        if samples.len() > SAMPLES_MAX {
            return Err(run_error(PURPOSE, "the sound is longer than 30 s; cut it at a pause"));
        }
        let loudness = Loudness::of(samples);
        Ok((!loudness.is_silence()).then_some(Self { samples, loudness }))
    }

    fn seconds(&self) -> f32 {
        self.samples.len() as f32 / LISTEN_HZ as f32
    }
}

/// What was heard in one of several sounds.
struct Attempt {
    verdict: Verdict,
    tokens: usize,
    /// How many words stand for more than themselves.
    passed_over: usize,
    recognition: Recognition,
}

impl Attempt {
    /// Whether another attempt may find more.
    fn may_lack_words(&self) -> bool {
        match self.verdict {
            Verdict::Speech => self.passed_over > 0,
            Verdict::Short => true,
            Verdict::Silence | Verdict::Broken => false,
        }
    }
}

/// Which of two attempts counts; `None` when neither does. The second is looked at where the first may
/// lack words.
fn better(first: Attempt, second: Option<Attempt>) -> Option<Recognition> {
    let lacks_words = first.may_lack_words();
    match (first.verdict, second.filter(|_| lacks_words)) {
        (Verdict::Silence, _) => Some(Recognition::default()),
        (Verdict::Broken, _) => None,
        (Verdict::Speech, Some(second)) => {
            let more = second.verdict == Verdict::Speech
                && second.recognition.words.len() > first.recognition.words.len()
                && second.passed_over < first.passed_over;
            Some(if more { second.recognition } else { first.recognition })
        }
        (Verdict::Short, Some(second)) => match second.verdict {
            // Two attempts that agree on few words are right.
            Verdict::Speech | Verdict::Short if second.tokens > first.tokens => {
                Some(second.recognition)
            }
            Verdict::Broken => None,
            _ => Some(first.recognition),
        },
        (Verdict::Speech | Verdict::Short, None) => Some(first.recognition),
    }
}

/// What the model heard.
struct Heard {
    tokens: Vec<usize>,
    mean_log_probability: f32,
}

impl Recogniser for WhisperRecogniser {
    fn recognise(&self, samples: &[f32]) -> Result<Recognition, Error> {
        match Sound::new(samples)? {
            Some(sound) => self.recognise_alone(&sound),
            None => Ok(Recognition::default()),
        }
    }

    fn recognise_all(&self, pieces: &[&[f32]]) -> Result<Vec<Recognition>, Error> {
        let mut recognitions = vec![Recognition::default(); pieces.len()];
        let mut places = Vec::new();
        let mut sounds = Vec::new();
        for (place, samples) in pieces.iter().enumerate() {
            if let Some(sound) = Sound::new(samples)? {
                places.push(place);
                sounds.push(sound);
            }
        }
        for (places, sounds) in places.chunks(TOGETHER_MAX).zip(sounds.chunks(TOGETHER_MAX)) {
            let heard = match sounds {
                [sound] => vec![self.recognise_alone(sound)?],
                _ => self.recognise_together(sounds)?,
            };
            for (place, recognition) in places.iter().zip(heard) {
                recognitions[*place] = recognition;
            }
        }
        Ok(recognitions)
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

    use super::{Attempt, Recognition, better, guard::Verdict, passed_over};

    fn attempt(verdict: Verdict, text: &str, passed_over: usize) -> Attempt {
        let words = interview::word::words_of(text);
        let recognition = Recognition { words, mean_log_probability: Some(-0.3) };
        Attempt { verdict, tokens: text.len(), passed_over, recognition }
    }

    #[test]
    fn the_attempt_counts_that_lacks_fewer_words() {
        use Verdict::{Broken, Short, Silence, Speech};
        let check = |first: (Verdict, &str, usize),
                     second: Option<(Verdict, &str, usize)>,
                     expected: Option<&str>| {
            let first = attempt(first.0, first.1, first.2);
            let second =
                second.map(|(verdict, text, passed_over)| attempt(verdict, text, passed_over));
            let text = better(first, second)
                .map(|recognition| interview::word::text_of(&recognition.words));
            assert_eq!(text.as_deref(), expected);
        };
        check((Speech, "um so", 0), Some((Speech, "so we did it", 0)), Some("um so"));
        check((Speech, "did it", 1), Some((Speech, "so we did it", 0)), Some("so we did it"));
        check((Speech, "did it", 1), Some((Speech, "so we did it", 1)), Some("did it"));
        check((Speech, "did it", 1), Some((Silence, "", 0)), Some("did it"));
        check((Short, "it", 0), Some((Speech, "so we did it", 0)), Some("so we did it"));
        check((Short, "it", 0), Some((Silence, "", 0)), Some("it"));
        check((Short, "it", 0), Some((Broken, "it it it", 0)), None);
        check((Short, "it", 0), None, Some("it"));
        check((Silence, "Thanks.", 0), Some((Speech, "Thanks for it.", 0)), Some(""));
        check((Broken, "no no no", 0), Some((Speech, "no", 0)), None);
    }

    #[test]
    fn a_word_that_fills_seconds_stands_for_words_that_were_passed_over() {
        let word = |text: &str, start_us, end_us| Word::timed(text, Span::new(start_us, end_us));
        let drawn_out = [word("aaand", 0, 1_900_000), word("then", 2_000_000, 2_300_000)];
        assert_eq!(passed_over(&drawn_out), 0);
        let begun_late = [word("The", 300_000, 4_100_000), word("test", 4_200_000, 4_500_000)];
        assert_eq!(passed_over(&begun_late), 1);
    }
}
