//! Sentences that tell nothing: padding, advertisement, bare numbers.
//!
//! They name nobody, no thing, no day and no deed that anybody could picture. Such a sentence is no part
//! of what is told, so that saying more of them changes no place in the story and raises no level.

use super::{
    Text,
    clauses::{Clause, Doing, Subject, Tense},
    lexicon::{BROAD, BUZZ, DATES, EVALUATIVE, FAULT, GENERAL, LESSON, LOFTY, NUMBERS, UNITS},
};
use crate::story::{Story, year};

/// Whether each clause stands in a sentence of which no clause tells anything.
pub(super) fn clauses(text: &Text<'_>) -> Vec<bool> {
    let mut hollow = vec![true; text.sentences.len()];
    for clause in text.clauses.iter().filter(|clause| tells(text, clause)) {
        hollow[clause.sentence] = false;
    }
    text.clauses.iter().map(|clause| hollow[clause.sentence]).collect()
}

/// Whether a clause names somebody or something, dates or counts something, says what had to be done or
/// was learned, or tells a plain deed ("she said no").
fn tells(text: &Text<'_>, clause: &Clause) -> bool {
    let tokens = &text.tokens[clause.tokens.clone()];
    let keys = text.keys_of(&clause.tokens);
    let verb = clause.verb.map_or("", |verb| text.tokens[verb].key.as_str());
    let counted = tokens.iter().any(|token| token.digit || NUMBERS.has(&token.key));
    // "That is forty percent" counts nothing that happened.
    let bare = matches!(clause.subject, Subject::Thing | Subject::None)
        && matches!(clause.tense, Tense::Present | Tense::None);
    let deed = clause.tense == Tense::Past
        && matches!(clause.subject, Subject::I | Subject::We | Subject::Other)
        && clause.doing == Doing::Act
        && ![&BROAD, &BUZZ, &EVALUATIVE].iter().any(|set| set.has(verb));
    // "You have to stay calm" tells of nobody.
    let general =
        clause.subject == Subject::Generic && matches!(clause.tense, Tense::Present | Tense::Modal);
    let pictured = || {
        let words = Story::concrete_words(text, &clause.tokens);
        words.into_iter().any(|word| !LOFTY.has(word) && !BROAD.has(word) && !general_form(word))
    };
    tokens.iter().any(|token| token.name || DATES.has(&token.key) || year(&token.key))
        || !general && pictured()
        || counted && !bare
        || deed
        || !general && clause.doing == Doing::Duty
        || LESSON.any(&keys)
        || FAULT.any(&keys)
}

/// Prepositions and words for whatever comes: nothing by themselves.
const PLACELESS: &[&str] = &[
    "across", "along", "among", "around", "towards", "toward", "within", "beyond", "upon", "via",
    "against", "behind", "near", "despite", "whatever", "whoever", "wherever", "somehow", "stay",
    "stayed", "yes",
];

/// Whether this is a form of a word so general that it makes nothing concrete ("happens"), a unit
/// without what it counts, or a word for whatever comes.
fn general_form(word: &str) -> bool {
    let stem = |ending: &str| word.strip_suffix(ending).is_some_and(|stem| GENERAL.has(stem));
    UNITS.has(word)
        || ["s", "es", "ed", "d", "ing"].into_iter().any(stem)
        || PLACELESS.contains(&word)
}

#[cfg(test)]
mod tests {
    use interview::word::words_of;

    use super::super::Text;

    fn hollow(text: &str) -> bool {
        let words = words_of(text);
        Text::read(&words, &[]).hollow.iter().all(|hollow| *hollow)
    }

    #[test]
    fn padding_advertisement_and_bare_numbers_tell_nothing() {
        for text in [
            "It was all in all a very good experience for everybody.",
            "In such situations you have to stay calm and do your best.",
            "We leveraged synergies and drove stakeholder alignment.",
            "That is 25 percent, 40 percent and 3 million.",
            "In the end everything was fine.",
        ] {
            assert!(hollow(text), "{text}");
        }
    }

    #[test]
    fn plain_sentences_about_something_tell() {
        for text in [
            "She said no.",
            "It was a wedding.",
            "We came second of nine boats.",
            "That was in March.",
            "I had to ask again.",
            "I should have asked her first.",
        ] {
            assert!(!hollow(text), "{text}");
        }
    }
}
