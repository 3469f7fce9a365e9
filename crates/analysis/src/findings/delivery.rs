//! How it sounds: pace and fillers, described against the person's own usual values. Nothing here
//! enters a level.

use interview::{Span, WordRange};

use super::{Basis, Rule};
use crate::{
    facts::Facts,
    features::words::{extent, pace_in, spoken_words},
    input::Measure,
};

/// The kinds of finding about the delivery.
pub(super) static RULES: &[Rule] = &[
    Rule {
        kind: "fillers_frequent",
        strength: false,
        convention: true,
        weight: 0.26,
        measure: Some(Measure::Fillers),
        applies: |facts| {
            let words = spoken_words(&facts.told);
            words >= 40 && facts.counted_fillers().count() * 100 > FILLERS_PER_100_MAX * words
        },
        basis: Basis::Sound {
            search: |facts| facts.counted_fillers().filter_map(|filler| filler.span).collect(),
            holds: |facts, span| facts.counted_fillers().any(|filler| filler.span == Some(span)),
        },
        claim: |facts, _| {
            let count = facts.counted_fillers().count() as f64;
            let rate = 100.0 * count / spoken_words(&facts.told).max(1) as f64;
            format!("About {rate:.0} possible fillers in 100 words; strike out what is none.")
        },
        why: "Some six disturbances in 100 words are usual in talk; a silent breath does the same work as an \"um\".",
    },
    Rule {
        kind: "fillers_frequent_words",
        strength: false,
        convention: true,
        weight: 0.26,
        measure: Some(Measure::Fillers),
        applies: |facts| {
            let words = spoken_words(&facts.told);
            let untimed = facts.counted_fillers().all(|filler| filler.span.is_none());
            let count = facts.counted_fillers().count();
            untimed && words >= 40 && count * 100 > FILLERS_PER_100_MAX * words
        },
        basis: Basis::Words {
            search: filler_words,
            holds: |facts, range| filler_words(facts).contains(&range),
            count_min: 3,
        },
        claim: |_, count| format!("{count} possible fillers stand in the transcript."),
        why: "A silent breath does the same work as an \"um\" or a \"you know\".",
    },
    Rule {
        kind: "pace_fast",
        strength: false,
        convention: false,
        weight: 0.27,
        measure: Some(Measure::Pace),
        applies: |_| true,
        basis: Basis::Sound {
            search: |facts| runs(facts, fast),
            holds: |facts, span| holds(facts, span, fast),
        },
        claim: |_, _| "For 20 s or more the words come faster than 210 a minute.".into(),
        why: "About 3.5 words a second, with pauses, did best in a study of telephone interviewers.",
    },
    Rule {
        kind: "pace_slow",
        strength: false,
        convention: false,
        weight: 0.24,
        measure: Some(Measure::Pace),
        applies: |_| true,
        basis: Basis::Sound {
            search: |facts| runs(facts, slow),
            holds: |facts, span| holds(facts, span, slow),
        },
        claim: |_, _| "For 20 s or more the words come slower than 110 a minute.".into(),
        why: "A pause to think is fine; words that come slowly one by one are harder to follow.",
    },
];

/// From this many fillers in 100 words on it is worth a word; below 5 nothing is said. A convention.
const FILLERS_PER_100_MAX: usize = 8;
/// Paces outside this range are worth a word, when they are also unusual for the person.
const WPM_MIN: f64 = 110.0;
const WPM_MAX: f64 = 210.0;
/// By how much a pace must differ from the person's own.
const UNUSUAL: f64 = 0.25;
/// For how long, microseconds.
const RUN_US: i64 = 20_000_000;
const WINDOW_US: i64 = 10_000_000;
const STEP_US: i64 = 5_000_000;

fn filler_words(facts: &Facts<'_>) -> Vec<WordRange> {
    facts.counted_fillers().filter_map(|filler| filler.range).collect()
}

fn usual(facts: &Facts<'_>) -> Option<f64> {
    facts.input.baseline.and_then(|baseline| baseline.usual("pace_wpm"))
}

fn fast(facts: &Facts<'_>, wpm: f64) -> bool {
    wpm > WPM_MAX && usual(facts).is_none_or(|usual| wpm > usual * (1.0 + UNUSUAL))
}

fn slow(facts: &Facts<'_>, wpm: f64) -> bool {
    wpm < WPM_MIN && usual(facts).is_none_or(|usual| wpm < usual * (1.0 - UNUSUAL))
}

/// Whether every letter takes as long, as in times that were shared out over a turn: nothing can be
/// told of its pace from one place to the next.
fn shared_out(facts: &Facts<'_>) -> bool {
    let letter_us = |word: &interview::Word| {
        let letters = word.text.chars().count() as f64 + 1.0;
        word.span.map(|span| span.micros() as f64 / letters)
    };
    let mut turns = facts.input.answer.turn_starts.clone();
    turns.push(facts.told.text.words.len());
    let mut start = 0;
    turns.into_iter().all(|end| {
        let words = facts.told.text.words.get(start..end).unwrap_or_default();
        start = end;
        let took: Vec<f64> = words.iter().filter_map(letter_us).collect();
        let mean = took.iter().sum::<f64>() / took.len().max(1) as f64;
        took.iter().all(|one| (one - mean).abs() <= 0.01 * mean)
    })
}

/// Spans of at least 20 s in which every window of 10 s is of this pace.
fn runs(facts: &Facts<'_>, test: fn(&Facts<'_>, f64) -> bool) -> Vec<Span> {
    let Some(extent) = extent(facts).filter(|_| !shared_out(facts)) else { return Vec::new() };
    let mut runs: Vec<Span> = Vec::new();
    let mut open: Option<Span> = None;
    let mut start_us = extent.start_us;
    while start_us + WINDOW_US <= extent.end_us {
        let window = Span::new(start_us, start_us + WINDOW_US);
        open = if test(facts, pace_in(facts, window)) {
            Some(open.map_or(window, |run| run.join(window)))
        } else {
            runs.extend(open);
            None
        };
        start_us += STEP_US;
    }
    runs.extend(open);
    runs.retain(|run| run.micros() >= RUN_US);
    runs
}

/// Whether the span is long enough and of this pace in every window.
fn holds(facts: &Facts<'_>, span: Span, test: fn(&Facts<'_>, f64) -> bool) -> bool {
    let windows = (span.micros() - WINDOW_US) / STEP_US;
    span.micros() >= RUN_US
        && !shared_out(facts)
        && extent(facts).is_some_and(|extent| extent.overlap_us(span) == span.micros())
        && (0..=windows).all(|step| {
            let start_us = span.start_us + step * STEP_US;
            test(facts, pace_in(facts, Span::new(start_us, start_us + WINDOW_US)))
        })
}
