//! Fillers: heard in the sound, read as "um" and "uh", or told by their use.

use interview::{Filler, FillerKind, Mode, Span, Word, WordRange};

use crate::{
    input::{AnswerInput, Measure},
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
    let lexical = lexical(text.words, &text.keys);
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

/// After these "you know" has an object, and before these somebody is said to know.
const KNOWN_THINGS: &[&str] = &[
    "how", "what", "that", "the", "who", "where", "when", "why", "if", "about", "it", "him", "her",
    "them", "this", "of", "my", "your",
];
const KNOWERS: &[&str] = &[
    "do", "did", "if", "as", "let", "would", "to", "don't", "didn't", "because", "when", "what",
    "that", "before", "which", "people", "should", "like",
];
/// Around these "like" compares, likes or gives an example.
const LIKE_BEFORE: &[&str] = &[
    "would",
    "i'd",
    "we'd",
    "they'd",
    "she'd",
    "he'd",
    "you'd",
    "didn't",
    "don't",
    "doesn't",
    "look",
    "looks",
    "looked",
    "feel",
    "feels",
    "felt",
    "sound",
    "sounds",
    "sounded",
    "seem",
    "seemed",
    "seems",
    "i",
    "we",
    "they",
    "you",
    "people",
    "things",
    "something",
    "nothing",
    "anything",
    "more",
    "much",
    "just",
    "to",
    "not",
    "stuff",
    "exactly",
    "really",
    "also",
    "places",
    "smelled",
    "who",
    "behaved",
    "worked",
    "acted",
    "treated",
];

/// Words used as fillers rather than for their meaning, with how sure that is.
fn lexical(words: &[Word], keys: &[String]) -> Vec<(WordRange, f64)> {
    let key = |index: usize| keys.get(index).map_or("", String::as_str);
    let before = |index: usize| index.checked_sub(1).map_or("", key);
    let comma = |index: usize| words.get(index).is_some_and(|word| word.text.ends_with(','));
    let comma_before = |index: usize| index > 0 && comma(index - 1);
    let starts = |index: usize| index == 0 || words[index - 1].text.ends_with(['.', '?', '!']);
    let ends =
        |index: usize| words.get(index).is_some_and(|word| word.text.ends_with(['.', '?', '!']));
    let mut found = Vec::new();
    let mut index = 0;
    while index < words.len() {
        let (len, probability) = match (key(index), key(index + 1)) {
            ("you", "know") if !KNOWN_THINGS.contains(&key(index + 2)) || comma(index + 1) => (
                2,
                if KNOWERS.contains(&before(index)) && !comma_before(index) { 0.0 } else { 0.9 },
            ),
            ("i", "mean") if before(index) != "what" => (2, 0.9),
            ("like", _) if comma(index) || comma_before(index) => (1, 0.9),
            ("like", "a" | "an" | "the" | "that" | "this" | "it" | "my" | "to") => (1, 0.0),
            ("like", _) if !LIKE_BEFORE.contains(&before(index)) => (1, 0.6),
            ("basically" | "literally" | "obviously" | "essentially", _) => (1, 0.8),
            ("actually", _) if comma(index) || comma_before(index) => (1, 0.6),
            ("so", _) if comma(index) && starts(index) || ends(index) => (1, 0.7),
            ("so" | "but" | "and", "yeah") => (2, 0.9),
            ("well", _) if starts(index) && comma(index) => (1, 0.8),
            ("right", _) if words[index].text.ends_with('?') && comma_before(index) => (1, 0.8),
            ("okay" | "ok", "so") => (2, 0.8),
            _ => (1, 0.0),
        };
        if probability >= 0.5 {
            found.push((WordRange::new(index, index + len), probability));
            index += len;
        } else {
            index += 1;
        }
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
        let found: Vec<String> = lexical(&words, &keys)
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
    }
}
