//! Sentences that tell nothing: padding, advertisement, bare numbers.
//!
//! They name nobody, no thing, no day and no deed that anybody could picture. Such a sentence is no part
//! of what is told, so that saying more of them changes no place in the story and raises no level.

use super::{
    Text,
    clauses::{Clause, Doing, Subject, Tense},
    lexicon::{BROAD, BUZZ, DATES, EVALUATIVE, FAULT, LESSON, NUMBERS},
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
    tokens.iter().any(|token| token.name || DATES.has(&token.key) || year(&token.key))
        || !Story::concrete_words(text, &clause.tokens).is_empty()
        || counted && !bare
        || deed
        || clause.doing == Doing::Duty
        || LESSON.any(&keys)
        || FAULT.any(&keys)
}
