//! When each word was said.

use ct2rs::sys::WhisperAlignmentResult;
use interview::{Span, Word};

use super::words::Spelled;
use crate::LISTEN_HZ;

/// Microseconds between two steps of the encoder, by which attention is counted.
const STEP_US: i64 = 20_000;
/// Samples in a frame of loudness: 10 ms.
const FRAME_SAMPLES: usize = LISTEN_HZ as usize / 100;
const FRAME_US: i64 = 10_000;
/// Sound that never gets louder than this (-66 dB of full scale) holds no speech that could be heard.
const SILENCE_RMS: f32 = 0.0005;
/// Speech stands out of the quietest tenth of a piece by at least this factor (6 dB).
const ABOVE_FLOOR: f32 = 2.0;
/// And is at most this much (34 dB) below the loudest.
const BELOW_PEAK: f32 = 0.02;
/// Silence shorter than this belongs to the word: stops and soft sounds are that quiet.
const KEPT_US: i64 = 60_000;
/// No word is shorter.
const WORD_US_MIN: i64 = 20_000;

/// How loud a piece of sound is, 100 times a second.
pub(super) struct Loudness {
    frames: Vec<f32>,
    threshold: f32,
    length_us: i64,
}

impl Loudness {
    pub(super) fn of(samples: &[f32]) -> Self {
        let rms = |frame: &[f32]| {
            let power: f32 = frame.iter().map(|sample| sample * sample).sum();
            (power / frame.len() as f32).sqrt()
        };
        let frames: Vec<f32> = samples.chunks(FRAME_SAMPLES).map(rms).collect();
        let mut sorted = frames.clone();
        sorted.sort_by(f32::total_cmp);
        let floor = sorted.get(sorted.len() / 10).copied().unwrap_or(0.0);
        let peak = sorted.last().copied().unwrap_or(0.0);
        // Where everything is about as loud, nothing is taken for silence.
        let threshold = (floor * ABOVE_FLOOR).max(peak * BELOW_PEAK).min(peak * 0.2);
        let length_us = samples.len() as i64 * 1_000_000 / i64::from(LISTEN_HZ);
        Self { frames, threshold, length_us }
    }

    /// Whether it is too quiet to hold speech.
    pub(super) fn is_silence(&self) -> bool {
        self.frames.iter().all(|frame| *frame < SILENCE_RMS)
    }

    /// How many seconds of it are loud.
    pub(super) fn loud_seconds(&self) -> f32 {
        let loud = self.frames.iter().filter(|frame| **frame >= self.threshold).count();
        loud as f32 * FRAME_US as f32 / 1e6
    }

    /// `span` without silence at its ends; all of it when nothing in it is loud.
    fn trim(&self, span: Span) -> Span {
        let first = (span.start_us / FRAME_US).max(0) as usize;
        let end = ((span.end_us + FRAME_US - 1) / FRAME_US).max(0) as usize;
        let end = end.min(self.frames.len());
        let Some(frames) = self.frames.get(first..end) else { return span };
        let loud = |frame: &f32| *frame >= self.threshold;
        let (Some(from), Some(to)) = (frames.iter().position(loud), frames.iter().rposition(loud))
        else {
            return span;
        };
        let from_us = (first + from) as i64 * FRAME_US - KEPT_US;
        let to_us = (first + to + 1) as i64 * FRAME_US + KEPT_US;
        Span::new(span.start_us.max(from_us), span.end_us.min(to_us))
    }
}

/// Gives each word its span and probability. Attention says where a word's first token was heard and
/// runs on to the next word's; the pause between them is cut off by loudness. Spans come in order and
/// do not overlap.
pub(super) fn place(
    words: Vec<Spelled>,
    aligned: &WhisperAlignmentResult,
    loudness: &Loudness,
) -> Vec<Word> {
    let steps: Vec<(i64, i64)> =
        aligned.alignments.iter().map(|step| (step.token_x, step.frame_x)).collect();
    let mut placed = Vec::with_capacity(words.len());
    let mut earliest_us = 0;
    for word in words {
        let start_us = heard_us(&steps, word.first).unwrap_or(earliest_us);
        let end_us = heard_us(&steps, word.end).unwrap_or(loudness.length_us);
        let start_us = start_us.clamp(earliest_us, loudness.length_us);
        let span = loudness.trim(Span::new(start_us, end_us.clamp(start_us, loudness.length_us)));
        let end_us = span.end_us.max((span.start_us + WORD_US_MIN).min(loudness.length_us));
        let span = Span { start_us: span.start_us, end_us };
        earliest_us = end_us;
        let probabilities = aligned.text_token_probs.get(word.first..word.end).unwrap_or_default();
        let probability = (!probabilities.is_empty())
            .then(|| probabilities.iter().sum::<f32>() / probabilities.len() as f32);
        placed.push(Word { text: word.text, span: Some(span), probability });
    }
    placed
}

/// When token `index` is first attended to; the token after the last marks the end.
fn heard_us(steps: &[(i64, i64)], index: usize) -> Option<i64> {
    let index = i64::try_from(index).ok()?;
    steps.iter().find(|(token, _)| *token >= index).map(|(_, frame)| frame * STEP_US)
}

#[cfg(test)]
mod tests {
    use ct2rs::sys::{WhisperAlignmentResult, WhisperTokenAlignment};
    use interview::Span;

    use super::{FRAME_SAMPLES, Loudness, place};
    use crate::recognise::words::Spelled;

    fn spelled(text: &str, first: usize, end: usize) -> Spelled {
        Spelled { text: text.to_owned(), first, end }
    }

    fn aligned(steps: &[(i64, i64)], probabilities: &[f32]) -> WhisperAlignmentResult {
        let step = |(token_x, frame_x): &(i64, i64)| WhisperTokenAlignment {
            token_x: *token_x,
            frame_x: *frame_x,
        };
        WhisperAlignmentResult {
            alignments: steps.iter().map(step).collect(),
            text_token_probs: probabilities.to_vec(),
        }
    }

    /// Sound that is loud in these frames of 10 ms out of 100.
    fn sound(loud: &[(usize, usize)]) -> Loudness {
        let mut samples = vec![0.001; 100 * FRAME_SAMPLES];
        for (first, end) in loud {
            samples[first * FRAME_SAMPLES..end * FRAME_SAMPLES].fill(0.3);
        }
        Loudness::of(&samples)
    }

    #[test]
    fn a_pause_between_words_belongs_to_neither() {
        let loudness = sound(&[(10, 30), (70, 90)]);
        let words = vec![spelled("first", 0, 2), spelled("second", 2, 3)];
        let aligned = aligned(&[(0, 5), (1, 10), (2, 34), (3, 46)], &[0.9, 0.7, 0.5]);
        let words = place(words, &aligned, &loudness);
        // The second was heard from 680 ms on, the sound ends at 900 and 60 ms are kept.
        assert_eq!(words[0].span, Some(Span::new(100_000, 360_000)));
        assert_eq!(words[1].span, Some(Span::new(680_000, 920_000)));
        assert!((words[0].probability.unwrap() - 0.8).abs() < 1e-6);
    }

    #[test]
    fn spans_stay_in_order_and_inside_the_sound() {
        let loudness = sound(&[(0, 100)]);
        let words = vec![spelled("a", 0, 1), spelled("b", 1, 2), spelled("c", 2, 3)];
        let placed = place(words, &aligned(&[(0, 40), (1, 30), (2, 900)], &[]), &loudness);
        let spans: Vec<Span> = placed.iter().filter_map(|word| word.span).collect();
        assert_eq!(spans.len(), 3);
        for pair in spans.windows(2) {
            assert!(pair[0].end_us <= pair[1].start_us, "{spans:?}");
        }
        assert!(spans.iter().all(|span| span.end_us <= 1_000_000), "{spans:?}");
        assert!(placed.iter().all(|word| word.probability.is_none()));
    }

    #[test]
    fn silence_is_known() {
        assert!(Loudness::of(&[0.0; 16_000]).is_silence());
        assert!(Loudness::of(&[]).is_silence());
        assert!(!sound(&[(10, 20)]).is_silence());
    }
}
