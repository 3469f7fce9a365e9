//! How it is told: beginnings and endings, length, repeats, hedges.

use std::collections::BTreeMap;

use interview::{Span, WordRange};

use super::{Basis, Rule};
use crate::{
    facts::Facts,
    features::words::{extent, spoken_words},
    input::Measure,
    sought::Sought,
    story::Story,
    text::{
        Role,
        lexicon::{CONNECTIVES, HESITATIONS, TRAILING, WEAK_OPENING},
    },
};

/// The kinds of finding about the wording.
pub(super) static RULES: &[Rule] = &[
    Rule {
        kind: "weak_opening",
        strength: false,
        convention: true,
        weight: 0.3,
        measure: Some(Measure::OpeningsEndings),
        applies: enough,
        basis: Basis::Words {
            search: |facts| {
                first_sentence(facts).into_iter().filter(|range| weak(facts, *range)).collect()
            },
            holds: |facts, range| first_sentence(facts) == Some(range) && weak(facts, range),
            count_min: 1,
        },
        claim: |_, _| "The first sentence puts off the answer.".into(),
        why: "Starting with the situation leaves more of the listener's attention for what you did.",
    },
    Rule {
        kind: "trailing_end",
        strength: false,
        convention: true,
        weight: 0.32,
        measure: Some(Measure::OpeningsEndings),
        applies: enough,
        basis: Basis::Words {
            search: |facts| trailing(facts).into_iter().collect(),
            holds: |facts, range| trailing(facts) == Some(range),
            count_min: 1,
        },
        claim: |_, _| "The answer trails off instead of ending on its outcome.".into(),
        why: "The last sentence is the one a listener takes notes on; end it on what came of it.",
    },
    Rule {
        kind: "late_result",
        strength: false,
        convention: true,
        weight: 0.34,
        measure: Some(Measure::Length),
        applies: long,
        basis: Basis::Words {
            search: |facts| late_results(facts).into_iter().take(1).collect(),
            holds: |facts, range| late_results(facts).contains(&range),
            count_min: 1,
        },
        claim: |_, _| "The ending comes late: most of the answer passes before it.".into(),
        why: "In a long answer the listener may have to interrupt before the part that counts.",
    },
    Rule {
        kind: "returns_to_point",
        strength: false,
        convention: true,
        weight: 0.33,
        measure: Some(Measure::Length),
        applies: enough,
        basis: Basis::Words {
            search: |facts| facts.told.returns(),
            holds: |facts, range| facts.told.returns().contains(&range),
            count_min: 1,
        },
        claim: |_, _| "This goes back to a point that was already made.".into(),
        why: "Said once, a point leaves time for the next one.",
    },
    Rule {
        kind: "long_answer",
        strength: false,
        convention: true,
        weight: 0.28,
        measure: Some(Measure::Length),
        applies: long,
        basis: Basis::Words {
            search: |facts| vec![facts.told.text.whole()],
            holds: |facts, range| range == facts.told.text.whole(),
            count_min: 1,
        },
        claim: |facts, _| format!("The answer takes {}.", length(facts)),
        why: "A convention of coaching is one to two and a half minutes; no study was found for it.",
    },
    Rule {
        kind: "short_answer",
        strength: false,
        convention: true,
        weight: 0.3,
        measure: Some(Measure::Length),
        applies: |facts| {
            let words = spoken_words(&facts.told);
            let seconds = extent(facts).map(Span::seconds);
            facts.told.happened() && seconds.map_or(words < 90, |seconds| seconds < 45.0)
        },
        basis: Basis::Words {
            search: |facts| vec![facts.told.text.whole()],
            holds: |facts, range| range == facts.told.text.whole(),
            count_min: 1,
        },
        claim: |facts, _| format!("The answer takes {}, which leaves room.", length(facts)),
        why: "A convention of coaching is one to two and a half minutes; no study was found for it.",
    },
    Rule {
        kind: "long_sentence",
        strength: false,
        convention: true,
        weight: 0.2,
        measure: Some(Measure::Length),
        applies: punctuated,
        basis: Basis::Words {
            search: |facts| {
                facts
                    .told
                    .text
                    .sentences
                    .iter()
                    .copied()
                    .filter(|range| long_sentence(facts, *range))
                    .collect()
            },
            holds: |facts, range| {
                facts.told.text.sentences.contains(&range) && long_sentence(facts, range)
            },
            count_min: 1,
        },
        claim: |_, _| "One sentence runs on for more than 45 words.".into(),
        why: "A listener cannot go back to its beginning.",
    },
    Rule {
        kind: "hedges",
        strength: false,
        convention: true,
        weight: 0.25,
        measure: Some(Measure::Hedges),
        applies: |facts| {
            let count = facts.hedges().len();
            enough(facts) && count * 100 > 3 * spoken_words(&facts.told)
        },
        basis: Basis::Words {
            search: |facts| facts.hedges(),
            holds: |facts, range| facts.hedges().contains(&range),
            count_min: 3,
        },
        claim: |_, count| format!("{count} words or phrases take back a little of what is said."),
        why: "Where you know it, say it plainly; where you do not, one such word is enough.",
    },
    Rule {
        kind: "repeats",
        strength: false,
        convention: true,
        weight: 0.2,
        measure: Some(Measure::Repeats),
        applies: enough,
        basis: Basis::Words {
            search: repeats,
            holds: |facts, range| repeats(facts).contains(&range),
            count_min: 5,
        },
        claim: |_, count| format!("One word comes back {count} times."),
        why: "Another word, or leaving it out, makes each sentence say something new.",
    },
];

fn enough(facts: &Facts<'_>) -> bool {
    facts.told.text.tokens.len() >= 30 && !facts.told.listed()
}

fn long(facts: &Facts<'_>) -> bool {
    extent(facts).map_or(spoken_words(&facts.told) > 380, |span| span.seconds() > 150.0)
}

/// Whether the transcript has final marks of its own, so that sentences are the speaker's.
fn punctuated(facts: &Facts<'_>) -> bool {
    let marks = facts.told.text.words.iter().filter(|word| word.text.ends_with(['.', '?', '!']));
    marks.count() * 60 >= facts.told.text.words.len()
}

fn length(facts: &Facts<'_>) -> String {
    match extent(facts) {
        Some(span) => format!("{:.0} s", span.seconds()),
        None => format!("{} words", spoken_words(&facts.told)),
    }
}

fn first_sentence(facts: &Facts<'_>) -> Option<WordRange> {
    facts.told.text.sentences.first().copied()
}

/// Whether the sentence puts the answer off, leading fillers apart.
fn weak(facts: &Facts<'_>, range: WordRange) -> bool {
    let text = &facts.told.text;
    let keys: Vec<&str> = (range.first..range.end)
        .filter(|index| text.roles[*index] != Role::Hesitation)
        .map(|index| text.keys[index].as_str())
        .skip_while(|key| {
            matches!(*key, "so" | "well" | "okay" | "ok" | "yeah" | "yes" | "and" | "oh" | "right")
        })
        .collect();
    WEAK_OPENING.at(&keys).is_some()
}

/// The last words, when the answer gives itself up with them.
fn trailing(facts: &Facts<'_>) -> Option<WordRange> {
    let text = &facts.told.text;
    let end = text.keys.len();
    let tail =
        (1..=5.min(end)).rev().find(|len| TRAILING.at(&text.keys[end - len..]) == Some(*len));
    if let Some(len) = tail {
        return Some(WordRange::new(end - len, end));
    }
    let last = text.keys.last()?;
    let stops = text.words.last()?.text.ends_with(['.', '!', '?']);
    let open = HESITATIONS.has(last) || CONNECTIVES.has(last) && !stops;
    open.then(|| WordRange::new(end - 1, end))
}

/// Told endings in the last fifth of the words, where no ending comes earlier.
fn late_results(facts: &Facts<'_>) -> Vec<WordRange> {
    let results = Sought::ToldResult.all(&facts.told);
    let words = facts.told.text.words.len();
    match results.first() {
        Some(first) if first.first * 5 > words * 4 => results,
        _ => Vec::new(),
    }
}

fn long_sentence(facts: &Facts<'_>, range: WordRange) -> bool {
    let roles = &facts.told.text.roles;
    (range.first..range.end).filter(|index| roles[*index] == Role::Content).count() > 45
}

/// Every place of the most used concrete word, when it is used far more than others: five times and
/// four in 100 words.
fn repeats(facts: &Facts<'_>) -> Vec<WordRange> {
    let text = &facts.told.text;
    let concrete = Story::concrete_words(text, &(0..text.tokens.len()));
    let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for token in text.tokens.iter().filter(|token| concrete.contains(token.key.as_str())) {
        places.entry(&token.key).or_default().push(token.word);
    }
    let most = places.into_values().max_by_key(Vec::len).unwrap_or_default();
    if most.len() >= 5 && most.len() * 100 >= 4 * text.tokens.len() {
        most.into_iter().map(|word| WordRange::new(word, word + 1)).collect()
    } else {
        Vec::new()
    }
}
