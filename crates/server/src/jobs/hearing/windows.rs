//! Pieces of speech joined into windows as long as a recogniser takes: it works as long on three seconds
//! as on fifteen, and errs less where it hears what was said before.

use engines::LISTEN_HZ;
use interview::{Span, Us, Word};

/// A window is at most this long, so that some silence comes after it in the 30 s that a recogniser
/// takes.
const WINDOW_US_MAX: Us = 28_000_000;

/// Sound of one or more pieces, one after the other.
#[derive(Debug)]
pub(super) struct Window {
    samples: Vec<f32>,
    pieces: Vec<Piece>,
}

/// A piece with speech in a window.
#[derive(Debug, Clone)]
struct Piece {
    /// Where it stands in the recording.
    span: Span,
    /// Where the part of it that the window holds begins: in the window, and in the recording.
    in_window_us: Us,
    in_recording_us: Us,
}

impl Window {
    /// A window of one piece.
    pub(super) fn new(span: Span, samples: Vec<f32>) -> Self {
        let piece = Piece { span, in_window_us: 0, in_recording_us: span.start_us };
        Self { samples, pieces: vec![piece] }
    }

    /// Adds a piece that comes after all others; gives it back when it does not fit in. What of its begin
    /// the piece before holds already is left out, and so is silence between the two.
    pub(super) fn add(&mut self, span: Span, samples: Vec<f32>) -> Result<(), Vec<f32>> {
        let in_window_us = micros_of(self.samples.len());
        let end_us = self.pieces.last().map_or(span.start_us, |before| before.span.end_us);
        let held = samples_in((end_us - span.start_us).max(0)).min(samples.len());
        if in_window_us + micros_of(samples.len() - held) > WINDOW_US_MAX {
            return Err(samples);
        }
        self.samples.extend_from_slice(&samples[held..]);
        let in_recording_us = span.start_us + micros_of(held);
        self.pieces.push(Piece { span, in_window_us, in_recording_us });
        Ok(())
    }

    /// The sound.
    pub(super) fn samples(&self) -> &[f32] {
        &self.samples
    }

    /// The sound of each piece, as far as this window holds it.
    pub(super) fn sounds(&self) -> impl Iterator<Item = (Span, &[f32])> {
        let begins = self.pieces.iter().map(|piece| samples_in(piece.in_window_us));
        let ends = begins.clone().skip(1).chain([self.samples.len()]);
        let sounds = begins.zip(ends).map(move |(begin, end)| &self.samples[begin..end]);
        let spans = self.pieces.iter().zip(sounds);
        spans.map(|(piece, sound)| (Span::new(piece.in_recording_us, piece.span.end_us), sound))
    }

    /// Deals words whose times are those of the window out to its pieces, in times of the recording.
    pub(super) fn deal(&self, words: Vec<Word>) -> Vec<(Span, Vec<Word>)> {
        let mut dealt: Vec<(Span, Vec<Word>)> =
            self.pieces.iter().map(|piece| (piece.span, Vec::new())).collect();
        let mut place = 0;
        for mut word in words {
            if let Some(span) = word.span {
                let middle_us = span.start_us.midpoint(span.end_us);
                let before = self.pieces.partition_point(|piece| piece.in_window_us <= middle_us);
                place = before.saturating_sub(1);
                word.span = self.in_recording(place, span);
            }
            if let Some((_, words)) = dealt.get_mut(place) {
                words.push(word);
            }
        }
        dealt
    }

    /// The time in the recording of a word in a piece; what of it reaches into another one is cut off.
    fn in_recording(&self, place: usize, span: Span) -> Option<Span> {
        let piece = self.pieces.get(place)?;
        let after = self.pieces.get(place + 1).map(|after| after.in_window_us);
        let end_us = after.unwrap_or(Us::MAX).min(span.end_us);
        let start_us = span.start_us.max(piece.in_window_us);
        let by_us = piece.in_recording_us - piece.in_window_us;
        Some(Span::new(start_us + by_us, end_us.max(start_us) + by_us))
    }
}

fn micros_of(samples: usize) -> Us {
    samples as Us * 1_000_000 / Us::from(LISTEN_HZ)
}

fn samples_in(us: Us) -> usize {
    usize::try_from(us * Us::from(LISTEN_HZ) / 1_000_000).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use engines::LISTEN_HZ;
    use interview::{Span, Us, Word};

    use super::Window;

    const SECOND: Us = 1_000_000;

    fn piece(from_s: Us, to_s: Us) -> (Span, Vec<f32>) {
        let samples = vec![0.1; (to_s - from_s) as usize * LISTEN_HZ as usize];
        (Span::new(from_s * SECOND, to_s * SECOND), samples)
    }

    fn window(from_s: Us, to_s: Us) -> Window {
        let (span, samples) = piece(from_s, to_s);
        Window::new(span, samples)
    }

    fn add(window: &mut Window, from_s: Us, to_s: Us) -> bool {
        let (span, samples) = piece(from_s, to_s);
        window.add(span, samples).is_ok()
    }

    fn word(text: &str, start_ms: Us, end_ms: Us) -> Word {
        Word::timed(text, Span::new(start_ms * 1_000, end_ms * 1_000))
    }

    fn spans(dealt: &[(Span, Vec<Word>)]) -> Vec<Vec<(Us, Us)>> {
        let ms = |word: &Word| word.span.map(|span| (span.start_us / 1_000, span.end_us / 1_000));
        dealt.iter().map(|(_, words)| words.iter().filter_map(ms).collect()).collect()
    }

    #[test]
    fn words_come_back_to_the_time_at_which_they_were_said() {
        let mut window = window(10, 14);
        assert!(add(&mut window, 20, 23));
        assert_eq!(window.samples().len(), 7 * LISTEN_HZ as usize);
        let words = vec![
            word("before", 500, 900),
            // Attention runs on into the silence between two pieces.
            word("across", 3_200, 4_300),
            word("after", 4_400, 5_000),
        ];
        let dealt = window.deal(words);
        assert_eq!(dealt[1].0, Span::new(20 * SECOND, 23 * SECOND));
        assert_eq!(
            spans(&dealt),
            [vec![(10_500, 10_900), (13_200, 14_000)], vec![(20_400, 21_000)]]
        );
    }

    #[test]
    fn sound_that_two_pieces_share_is_heard_once() {
        let mut window = window(0, 4);
        assert!(add(&mut window, 3, 6));
        assert_eq!(window.samples().len(), 6 * LISTEN_HZ as usize);
        assert_eq!(
            spans(&window.deal(vec![word("late", 4_500, 5_000)])),
            [vec![], vec![(4_500, 5_000)]]
        );
        let sounds: Vec<(Span, usize)> =
            window.sounds().map(|(span, sound)| (span, sound.len())).collect();
        let length = LISTEN_HZ as usize;
        assert_eq!(
            sounds,
            [
                (Span::new(0, 4 * SECOND), 4 * length),
                (Span::new(4 * SECOND, 6 * SECOND), 2 * length)
            ]
        );
    }

    #[test]
    fn what_does_not_fit_in_is_given_back() {
        assert!(!add(&mut window(0, 29), 40, 41));
        let mut window = window(0, 20);
        assert!(!add(&mut window, 30, 39));
        assert!(add(&mut window, 40, 48));
    }
}
