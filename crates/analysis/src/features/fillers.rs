//! Fillers: heard in the sound, read as "um" and "uh", or told by their use.

use interview::{Filler, FillerKind, Mode, Span, Word, WordRange};

use crate::{
    input::{AnswerInput, Measure},
    said,
    text::{Role, Text},
};

/// Two fillers whose middles are this close are one that was found twice, microseconds.
const SAME_US: i64 = 300_000;

/// All fillers of an answer in order: from the sound, and from the words those that the sound did not
/// already give. What the candidate struck out keeps its place. Empty when the measure is off.
pub(crate) fn find(input: &AnswerInput<'_>, text: &Text<'_>) -> Vec<Filler> {
    if !input.switches.on(Measure::Fillers) || input.answer.mode == Mode::Typed {
        return Vec::new();
    }
    let mut fillers = input.sound.map(|sound| sound.fillers.clone()).unwrap_or_default();
    let heard: Vec<Span> = fillers.iter().filter_map(|filler| filler.span).collect();
    let named: Vec<WordRange> = fillers.iter().filter_map(|filler| filler.range).collect();
    for (index, role) in text.roles.iter().enumerate() {
        let word = &text.words[index];
        if *role == Role::Hesitation
            && !named.contains(&WordRange::new(index, index + 1))
            && !heard.iter().any(|span| same(*span, word.span))
        {
            fillers.push(of_words(text, WordRange::new(index, index + 1), FillerKind::Spoken, 1.0));
        }
    }
    let lexical = lexical(text.words, &text.keys, &input.answer.turn_starts);
    fillers.extend(
        lexical
            .into_iter()
            .map(|(range, probability)| of_words(text, range, FillerKind::Lexical, probability)),
    );
    fillers.sort_by_key(|filler| {
        (filler.span.map(|span| span.start_us), filler.range.map(|range| range.first))
    });
    for filler in &mut fillers {
        filler.struck = input.no_fillers.iter().any(|own| own.is(filler));
    }
    fillers
}

fn same(heard: Span, word: Option<Span>) -> bool {
    word.is_some_and(|word| {
        let distance = (heard.start_us + heard.end_us) / 2 - (word.start_us + word.end_us) / 2;
        heard.overlap_us(word) > 0 || distance.abs() <= SAME_US
    })
}

fn of_words(text: &Text<'_>, range: WordRange, kind: FillerKind, probability: f64) -> Filler {
    let keys = &text.keys[range.first..range.end];
    Filler {
        kind,
        text: keys.join(" "),
        span: range.span(text.words),
        range: Some(range),
        probability,
        struck: false,
    }
}

/// Words used as fillers rather than for their meaning, with how sure that is. A "kind of" that softens
/// is a hedge and counted there.
fn lexical(words: &[Word], keys: &[String], turn_starts: &[usize]) -> Vec<(WordRange, f64)> {
    let key = |index: usize| keys.get(index).map_or("", String::as_str);
    let uses = said::told_apart(words, keys, turn_starts);
    let mut found: Vec<(WordRange, f64)> = Vec::new();
    let mut index = 0;
    while index < words.len() {
        let used = uses.iter().find(|one| one.filler && one.range.first == index);
        let (len, probability) = match (key(index), key(index + 1)) {
            ("so" | "but" | "and", "yeah") => (2, 0.9),
            ("okay" | "ok", "so")
                if uses.iter().any(|one| one.filler && one.range.first == index + 1) =>
            {
                (2, 0.8)
            }
            ("kind" | "sort", _) => (1, 0.0),
            ("literally" | "obviously" | "essentially", _) => (1, 0.8),
            _ => used.map_or((1, 0.0), |one| (one.range.len(), one.probability)),
        };
        if probability >= 0.5 {
            found.push((WordRange::new(index, index + len), probability));
        }
        index += len;
    }
    found
}

#[cfg(test)]
mod tests {
    use interview::word::words_of;

    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let words = words_of(text);
        let keys: Vec<String> = words.iter().map(Word::key).collect();
        let found: Vec<String> = lexical(&words, &keys, &[])
            .into_iter()
            .map(|(range, _)| keys[range.first..range.end].join(" "))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn fillers_are_told_from_literal_use() {
        check("It was, like, really late, you know.", &["like", "you know"]);
        check("I like the plan and it looked like a maze.", &[]);
        check("Do you know how the rota works?", &[]);
        check("I mean, we basically started over.", &["i mean", "basically"]);
        check("What I mean is that it went well.", &[]);
        check("So, we left early so the shop could close.", &["so"]);
        check("Well, the well was dry, right?", &["well", "right"]);
        check("And so yeah.", &["so yeah"]);
        check("I speak German as well, and it was so late that nobody actually came.", &[]);
        check("What kind of plan was that? You know him, he's right.", &[]);
    }
}
