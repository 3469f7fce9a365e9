//! What was understood so far, segment by segment: captions at once, accurate words when they come.

use std::collections::BTreeMap;

use interview::{Span, Us, Word, word};

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
        for (_, segment) in self.within(from_us, to_us) {
            let piece = match &segment.words {
                Some(words) => word::text_of(words),
                None => {
                    accurate = false;
                    segment.caption.clone()
                }
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
            .flat_map(|(_, segment)| match &segment.words {
                Some(words) => words.clone(),
                None => word::words_of(&segment.caption),
            })
            .collect()
    }

    /// Whether accurate words of a closed segment there are still on their way.
    pub fn waiting(&self, from_us: Us, to_us: Us) -> bool {
        self.within(from_us, to_us).any(|(_, s)| s.end_us.is_some() && s.words.is_none())
    }

    fn within(&self, from_us: Us, to_us: Us) -> impl Iterator<Item = (&Us, &Segment)> {
        // A segment begins up to a lead before the speech that its turn is counted from.
        const LEAD_US: Us = 500_000;
        self.segments.range(from_us - LEAD_US..to_us.max(from_us - LEAD_US))
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
}
