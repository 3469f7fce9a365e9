//! What an answer lacks so far, and whether its words sound finished. Both are cheap enough to run
//! while the candidate still talks.

use interview::{Lack, Question, Word, word::key};
use serde::{Deserialize, Serialize};

use crate::{
    facts::Told,
    relevance::Cosine,
    sought::Sought,
    text::{
        Text,
        clauses::Subject,
        lexicon::{CLOSING, CONNECTIVES, EMPTY_PHRASES, HESITATIONS, LIST_OPENERS, LIST_STEPS},
        spelling::normal,
    },
};

/// What the last words say about whether the turn is over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completeness {
    /// The last word asks for another: "and", "because", "the", "to".
    pub ends_on_connective: bool,
    /// The last word is "um" or "uh", or a filler as "you know" or "like".
    pub ends_on_filler: bool,
    /// A list was opened ("first", "two things") and has no second point yet.
    pub list_open: bool,
    /// A story began and has no result yet.
    pub story_open: bool,
    /// The last words close an answer ("so that was it", "that's my example").
    pub closes: bool,
    /// The last word carries a full stop, question or exclamation mark.
    pub sentence_ended: bool,
}

impl Completeness {
    /// Whether the words trail off, so that more is likely to come.
    #[must_use]
    pub const fn trails_off(self) -> bool {
        !self.closes && (self.ends_on_connective || self.ends_on_filler || self.list_open)
    }
}

/// What the last words say about whether the turn is over. Takes the words of the answer so far;
/// about a millisecond for 300 of them.
#[must_use]
pub fn completeness(words: &[Word]) -> Completeness {
    let Some(last) = words.last() else { return Completeness::default() };
    let keys: Vec<String> = words.iter().map(|word| normal(&key(&word.text))).collect();
    let tail = |most: usize| &keys[keys.len().saturating_sub(most)..];
    let ends_with = |phrases: &crate::text::lexicon::Phrases| {
        (1..=5).any(|len| len <= keys.len() && phrases.at(tail(len)) == Some(len))
    };
    let last_key = keys.last().map_or("", String::as_str);
    let ellipsis = last.text.ends_with("..") || last.text.ends_with('\u{2026}');
    let sentence_ended = !ellipsis && last.text.ends_with(['.', '?', '!']);
    Completeness {
        ends_on_connective: ellipsis
            || last.text.ends_with(',')
            || CONNECTIVES.has(last_key) && !sentence_ended,
        ends_on_filler: HESITATIONS.has(last_key)
            || !sentence_ended && (last_key == "like" || ends_with(&EMPTY_PHRASES)),
        list_open: list_open(&keys),
        story_open: story_open(&Text::read(words, &[])),
        closes: ends_with(&CLOSING),
        sentence_ended,
    }
}

/// Whether the last opener of a list has no second point after it.
fn list_open(keys: &[String]) -> bool {
    let openers = LIST_OPENERS.find(keys);
    let Some((start, len)) = openers.last() else { return false };
    let after = &keys[start + len..];
    // "First I called them and then …" has its second point; so has a passage long past it.
    after.len() < 25 && !LIST_STEPS.any(after)
}

fn story_open(text: &Text<'_>) -> bool {
    let story = crate::story::Story::read(text, crate::parts::shipped());
    let clauses = 0..text.clauses.len();
    let acted = clauses.clone().any(|index| story.own_action(text, index));
    acted && !clauses.into_iter().any(|index| story.told_result(text, index))
}

/// What the answer lacks so far, in the order in which probes prefer them. `relevance` is the
/// highest cosine of the answer or one of its sentences with the question, where an embedding model
/// was there. Under 5 ms for 300 words.
#[must_use]
pub fn lacks(words: &[Word], question: &Question, relevance: Option<f32>) -> Vec<Lack> {
    let cosine = relevance.map(|nearest| Cosine { nearest, standing: None });
    let told = Told::read(words, &[], question, cosine);
    let happened = told.happened();
    let own_actions = (0..told.text.clauses.len())
        .filter(|index| {
            told.text.clauses[*index].subject == Subject::I
                && told.story.own_action(&told.text, *index)
        })
        .count();
    let checkable = Sought::Checkable.all(&told).len();
    let lacking = |lack: &Lack| match lack {
        Lack::Relevance => !told.empty() && told.off_question(),
        Lack::Specifics => !happened || checkable < 2,
        Lack::OwnAction => !happened || own_actions == 0,
        Lack::Result => !happened || !Sought::ToldResult.found(&told),
        Lack::Reflection => !Sought::Lesson.found(&told) && !Sought::Reason.found(&told),
    };
    Lack::ALL.into_iter().filter(lacking).collect()
}

#[cfg(test)]
mod tests {
    use interview::word::words_of;

    use super::*;

    fn said(text: &str) -> Completeness {
        completeness(&words_of(text))
    }

    #[test]
    fn open_ends_are_heard() {
        assert!(said("I called the client and").trails_off());
        assert!(said("I called the client, um").trails_off());
        assert!(said("So there were two things").trails_off());
        assert!(said("We moved the date because").trails_off());
        assert!(said("and then I was like").trails_off());
    }

    #[test]
    fn closed_ends_are_heard() {
        assert!(!said("I called the client and we moved the date.").trails_off());
        assert!(said("and they still use it to this day").closes);
        assert!(!said("First I called them and then I wrote the plan.").trails_off());
        assert_eq!(completeness(&[]), Completeness::default());
    }

    #[test]
    fn a_story_is_open_until_its_ending() {
        let begun =
            "Last May our printer failed an hour before the fair, so I rang a copy shop in Leeds.";
        assert!(said(begun).story_open);
        assert!(
            !said(&format!("{begun} In the end all ninety posters arrived by noon.")).story_open
        );
    }
}
