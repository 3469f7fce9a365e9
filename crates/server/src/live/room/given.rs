//! What belongs to an answer while the interview goes on.

use interview::{AnswerId, Span, Us, Word, word};
use serde::{Deserialize, Serialize};

use crate::live::transcript::Transcript;

/// An answer while the interview goes on: the turns that the conversation counts as part of it. What was
/// only said to the interviewer ("could you repeat that?") is none of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Given {
    pub(super) id: AnswerId,
    #[serde(default)]
    turns: Vec<Said>,
}

/// One closed turn of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Said {
    /// Its text.
    Typed(String),
    /// Where it stands.
    Spoken(Span),
}

impl Given {
    pub(super) const fn new(id: AnswerId) -> Self {
        Self { id, turns: Vec::new() }
    }

    /// A turn of this answer is closed: its span, and its text if it was typed.
    pub(super) fn add(&mut self, span: Span, typed: Option<&str>) {
        self.turns.push(match typed {
            Some(text) => Said::Typed(text.to_owned()),
            None => Said::Spoken(span),
        });
    }

    /// The words of all its turns in their order, and of the turn that goes on since `open_from_us`.
    pub(super) fn words(&self, transcript: &Transcript, open_from_us: Option<Us>) -> Vec<Word> {
        let closed = self.turns.iter().flat_map(|said| match said {
            Said::Typed(text) => word::words_of(text),
            Said::Spoken(span) => transcript.all_words(span.start_us, span.end_us),
        });
        let open =
            open_from_us.map(|from_us| transcript.all_words(from_us, Us::MAX / 2)).into_iter();
        closed.chain(open.flatten()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::new_id;

    #[test]
    fn what_is_said_to_the_interviewer_is_no_part_of_the_answer() {
        let second = 1_000_000;
        let mut transcript = Transcript::default();
        for (at_s, text) in [
            (10, "We lost orders every night."),
            (20, "Could you repeat the question?"),
            (30, "I rebuilt the importer."),
        ] {
            transcript.caption(at_s * second, text);
        }
        let mut given = Given::new(new_id!(AnswerId));
        given.add(Span::new(10 * second, 14 * second), None);
        given.add(Span::new(15 * second, 15 * second), Some("That was in May."));
        assert_eq!(
            word::text_of(&given.words(&transcript, Some(30 * second))),
            "We lost orders every night. That was in May. I rebuilt the importer."
        );
        assert_eq!(given.words(&transcript, None).len(), 9);
    }
}
