//! From probabilities of speech to segments bounded by pauses.

use super::CHUNK_SAMPLES;
use crate::LISTEN_HZ;

/// Speech begins at this probability, as the model's makers advise.
const SPEECH_PROBABILITY: f32 = 0.5;
/// It goes on above this one.
const HOLD_PROBABILITY: f32 = 0.35;
/// Speech shorter than this is a click or a breath: 96 ms.
const SPEECH_CHUNKS_MIN: usize = 3;
/// A pause from which on the recogniser may cut: 608 ms, so that it keeps whole clauses.
const PAUSE_CHUNKS_MIN: usize = 19;
/// Sound kept around speech, for soft beginnings and endings: 256 ms.
const PADDING_CHUNKS: usize = 8;
/// The longest segment, below the 30 s that a recogniser takes: 28 s.
const SEGMENT_CHUNKS_MAX: usize = 28 * LISTEN_HZ as usize / CHUNK_SAMPLES;
/// Where a segment is too long it is cut at the least probable speech in its last 10 s.
const CUT_CHUNKS: usize = 10 * LISTEN_HZ as usize / CHUNK_SAMPLES;

/// A piece of sound with speech in it, counted in samples at [`LISTEN_HZ`] from the stream's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// First sample.
    pub start: u64,
    /// First sample after it.
    pub end: u64,
}

/// Collects the probabilities of one stream's chunks and says which pieces of it hold speech.
///
/// Segments never overlap, are at most 28 s long, and hold up to 256 ms of what is around the speech.
#[derive(Debug, Default)]
pub struct Segmenter {
    /// Chunks taken so far.
    chunks: u64,
    /// Where the last segment ended, in chunks.
    closed: u64,
    open: Option<Open>,
}

/// Speech that has begun.
#[derive(Debug)]
struct Open {
    /// The first chunk, padding included.
    start: u64,
    /// The probability of each chunk from `start` on.
    probabilities: Vec<f32>,
    /// The chunk after the last one with speech.
    speech_end: u64,
    /// Chunks of speech in it.
    speech_chunks: usize,
}

impl Segmenter {
    /// For a new stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the probability of the next chunk; gives a segment when one is complete.
    pub fn push(&mut self, probability: f32) -> Option<Segment> {
        let chunk = self.chunks;
        self.chunks += 1;
        let Some(open) = &mut self.open else {
            if probability >= SPEECH_PROBABILITY {
                self.open = Some(self.open_at(chunk, probability));
            }
            return None;
        };
        open.probabilities.push(probability);
        if probability >= HOLD_PROBABILITY {
            open.speech_end = chunk + 1;
            open.speech_chunks += 1;
        }
        if chunk + 1 - open.speech_end >= PAUSE_CHUNKS_MIN as u64 {
            return self.close();
        }
        if open.probabilities.len() >= SEGMENT_CHUNKS_MAX {
            return Some(self.cut());
        }
        None
    }

    /// Ends the stream; gives the segment that was still open.
    pub fn finish(&mut self) -> Option<Segment> {
        self.close()
    }

    /// The first sample of the speech that goes on now, which must be kept until it is complete;
    /// without speech, the first sample that padding could still need.
    #[must_use]
    pub fn needed_from(&self) -> u64 {
        let chunk = match &self.open {
            Some(open) => open.start,
            None => self.chunks.saturating_sub(PADDING_CHUNKS as u64).max(self.closed),
        };
        chunk * CHUNK_SAMPLES as u64
    }

    fn open_at(&self, chunk: u64, probability: f32) -> Open {
        let start = chunk.saturating_sub(PADDING_CHUNKS as u64).max(self.closed);
        let mut probabilities = vec![0.0; (chunk - start) as usize];
        probabilities.push(probability);
        Open { start, probabilities, speech_end: chunk + 1, speech_chunks: 1 }
    }

    fn close(&mut self) -> Option<Segment> {
        let open = self.open.take()?;
        if open.speech_chunks < SPEECH_CHUNKS_MIN {
            return None;
        }
        let end = (open.speech_end + PADDING_CHUNKS as u64).min(self.chunks);
        self.closed = end;
        Some(segment(open.start, end))
    }

    /// Closes a segment that has become too long; what comes after the cut goes on as a new one.
    fn cut(&mut self) -> Segment {
        let Some(open) = self.open.take() else { return segment(self.closed, self.closed) };
        let length = open.probabilities.len();
        let tail = length - CUT_CHUNKS.min(length - 1);
        // The last of equal ones, for the longest segment.
        let quietest = (tail..length)
            .rev()
            .min_by(|a, b| open.probabilities[*a].total_cmp(&open.probabilities[*b]))
            .unwrap_or(length - 1);
        let end = open.start + quietest as u64 + 1;
        self.closed = end;
        let rest = open.probabilities[quietest + 1..].to_vec();
        let speech_chunks = rest.iter().filter(|p| **p >= HOLD_PROBABILITY).count();
        if speech_chunks > 0 {
            let speech_end = open.speech_end;
            self.open = Some(Open { start: end, probabilities: rest, speech_end, speech_chunks });
        }
        segment(open.start, end)
    }
}

fn segment(start_chunk: u64, end_chunk: u64) -> Segment {
    let samples = CHUNK_SAMPLES as u64;
    Segment { start: start_chunk * samples, end: end_chunk * samples }
}

#[cfg(test)]
mod tests {
    use super::{CHUNK_SAMPLES, SEGMENT_CHUNKS_MAX, Segment, Segmenter};

    /// Each pair is a probability and for how many chunks it lasts; what comes out is in chunks.
    fn check(stream: &[(f32, usize)], expected: &[(u64, u64)]) {
        let mut segmenter = Segmenter::new();
        let mut segments = Vec::new();
        for (probability, chunks) in stream {
            for _ in 0..*chunks {
                segments.extend(segmenter.push(*probability));
            }
        }
        segments.extend(segmenter.finish());
        let samples = CHUNK_SAMPLES as u64;
        let expected: Vec<Segment> = expected
            .iter()
            .map(|(start, end)| Segment { start: start * samples, end: end * samples })
            .collect();
        assert_eq!(segments, expected, "{stream:?}");
    }

    #[test]
    fn silence_gives_nothing() {
        check(&[(0.1, 100)], &[]);
        check(&[], &[]);
    }

    #[test]
    fn speech_is_cut_out_with_a_little_around_it() {
        check(&[(0.1, 50), (0.9, 30), (0.1, 50)], &[(42, 88)]);
    }

    #[test]
    fn a_short_pause_does_not_split() {
        check(&[(0.9, 30), (0.1, 18), (0.9, 30), (0.1, 40)], &[(0, 86)]);
    }

    #[test]
    fn a_long_pause_splits_and_segments_do_not_overlap() {
        check(&[(0.9, 30), (0.1, 19), (0.9, 30)], &[(0, 38), (41, 79)]);
    }

    #[test]
    fn a_click_is_no_speech() {
        check(&[(0.1, 50), (0.9, 2), (0.1, 50)], &[]);
    }

    #[test]
    fn uncertain_sound_goes_on_with_speech_and_does_not_begin_it() {
        check(&[(0.4, 50), (0.1, 30)], &[]);
        check(&[(0.9, 10), (0.4, 50), (0.1, 30)], &[(0, 68)]);
    }

    #[test]
    fn endless_speech_is_cut_where_it_is_least_sure_and_goes_on() {
        let long = SEGMENT_CHUNKS_MAX as u64;
        check(
            &[(0.9, SEGMENT_CHUNKS_MAX - 101), (0.4, 1), (0.9, 200)],
            &[(0, long - 100), (long - 100, long + 100)],
        );
    }

    #[test]
    fn what_may_still_be_needed_is_known() {
        let mut segmenter = Segmenter::new();
        for _ in 0..50 {
            segmenter.push(0.0);
        }
        assert_eq!(segmenter.needed_from(), 42 * CHUNK_SAMPLES as u64);
        segmenter.push(0.9);
        for _ in 0..10 {
            segmenter.push(0.9);
        }
        assert_eq!(segmenter.needed_from(), 42 * CHUNK_SAMPLES as u64);
    }
}
