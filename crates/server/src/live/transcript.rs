//! What was understood so far, segment by segment: captions at once, accurate words when they come.

use std::collections::BTreeMap;

use interview::{Span, Us, Word, word};

/// A segment begins up to a lead before the speech that its turn is counted from.
const LEAD_US: Us = 500_000;
/// Word times may be off by this much at the end of a turn.
const BOUNDS_US: Us = 300_000;

/// The words of one microphone, by the begin of the segment they were said in.
#[derive(Debug, Default)]
pub struct Transcript {
    segments: BTreeMap<Us, Segment>,
}

#[derive(Debug, Default)]
struct Segment {
    end_us: Option<Us>,
    caption: String,
    words: Option<Vec<Word>>,
}

impl Transcript {
    /// The caption of the segment that begins at `segment_us` is now `text`.
    pub fn caption(&mut self, segment_us: Us, text: &str) {
        text.trim().clone_into(&mut self.segments.entry(segment_us).or_default().caption);
    }

    /// The segment is closed; its accurate words are on their way.
    pub fn closed(&mut self, span: Span) {
        self.segments.entry(span.start_us).or_default().end_us = Some(span.end_us);
    }

    /// The accurate words of a closed segment, in interview time.
    pub fn words(&mut self, span: Span, words: Vec<Word>) {
        let segment = self.segments.entry(span.start_us).or_default();
        segment.end_us = Some(span.end_us);
        segment.words = Some(words);
    }

    /// What was said from `from_us` on, before `to_us`: accurate words where they are there, captions
    /// elsewhere. Also whether all of it is accurate.
    pub fn text(&self, from_us: Us, to_us: Us) -> (String, bool) {
        let mut accurate = true;
        let mut text = String::new();
        for part in self.within(from_us, to_us) {
            accurate &= part.segment.words.is_some();
            let piece = match part.words() {
                Some(words) => word::text_of(&words),
                None => part.caption().to_owned(),
            };
            if !piece.is_empty() {
                if !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(&piece);
            }
        }
        (text, accurate)
    }

    /// The same as words; those of captions have no times.
    pub fn all_words(&self, from_us: Us, to_us: Us) -> Vec<Word> {
        self.within(from_us, to_us)
            .flat_map(|part| part.words().unwrap_or_else(|| word::words_of(part.caption())))
            .collect()
    }

    /// Whether words of sound there are still on their way: accurate ones of a closed segment, or any of
    /// an open one.
    pub fn waiting(&self, from_us: Us, to_us: Us) -> bool {
        self.within(from_us, to_us).any(|part| {
            let closed = part.segment.end_us.is_some();
            part.segment.words.is_none() && (closed || part.caption().is_empty())
        })
    }

    /// The segments that begin there, and those that began before and reach into it.
    fn within(&self, from_us: Us, to_us: Us) -> impl Iterator<Item = Part<'_>> {
        let begin_us = from_us - LEAD_US;
        let reaches = move |segment: &Segment| segment.end_us.is_none_or(|end_us| end_us > from_us);
        self.segments.range(..to_us.max(begin_us)).filter_map(move |(start_us, segment)| {
            let whole = *start_us >= begin_us;
            (whole || reaches(segment)).then_some(Part { segment, whole, from_us, to_us })
        })
    }
}

/// The part of a segment that lies in a stretch of time.
struct Part<'a> {
    segment: &'a Segment,
    /// Whether it begins there.
    whole: bool,
    from_us: Us,
    to_us: Us,
}

impl Part<'_> {
    /// The accurate words there, if the segment's words are known. Words without times stand where their
    /// segment begins.
    fn words(&self) -> Option<Vec<Word>> {
        let said = self.segment.words.as_ref()?;
        let here = |word: &&Word| match word.span {
            Some(span) => {
                let middle_us = span.start_us.midpoint(span.end_us);
                (self.whole || middle_us >= self.from_us) && middle_us < self.to_us + BOUNDS_US
            }
            None => self.whole,
        };
        Some(said.iter().filter(here).cloned().collect())
    }

    /// The caption, which has no times: it stands where its segment begins.
    fn caption(&self) -> &str {
        if self.whole { &self.segment.caption } else { "" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accurate_words_take_the_place_of_captions() {
        let mut transcript = Transcript::default();
        transcript.caption(1_000_000, "we moved the date base");
        transcript.caption(9_000_000, "and then");
        assert_eq!(
            transcript.text(1_000_000, 20_000_000),
            ("we moved the date base and then".to_owned(), false)
        );
        let span = Span::new(1_000_000, 3_000_000);
        transcript.closed(span);
        assert!(transcript.waiting(0, 20_000_000));
        transcript.words(span, word::words_of("We moved the database."));
        assert!(!transcript.waiting(0, 20_000_000));
        assert_eq!(
            transcript.text(1_200_000, 20_000_000),
            ("We moved the database. and then".to_owned(), false)
        );
        assert!(transcript.text(1_200_000, 8_000_000).1);
        assert_eq!(transcript.text(8_800_000, 20_000_000).0, "and then");
    }

    #[test]
    fn words_said_across_the_begin_of_a_turn_belong_to_where_they_were_said() {
        let second = 1_000_000;
        let timed = |text: &str, at_s: Us| {
            Word::timed(text, Span::new(at_s * second, at_s * second + second / 2))
        };
        let mut transcript = Transcript::default();
        transcript.caption(second, "one two three four");
        let turn = (4 * second, 20 * second);
        assert!(transcript.waiting(turn.0, turn.1), "the voice goes on into the turn");
        assert_eq!(transcript.text(turn.0, turn.1), (String::new(), false));
        let words = vec![timed("one", 1), timed("two", 3), timed("three", 5), timed("four", 7)];
        transcript.words(Span::new(second, 8 * second), words);
        assert_eq!(transcript.text(second, 4 * second).0, "one two");
        assert_eq!(transcript.text(turn.0, turn.1), ("three four".to_owned(), true));
        assert!(!transcript.waiting(turn.0, turn.1));
        assert!(transcript.all_words(9 * second, 20 * second).is_empty());
    }
}
