//! Anything may be said.

use analysis::{compare, completeness, lacks, sentences};
use interview::{Mode, Span, Word};
use proptest::prelude::*;

use crate::told::{Ask, QUESTION, question, typed, with_words};

/// Pieces of speech that the readers know, in any order.
const PIECES: &[&str] = &[
    "I",
    "we",
    "and",
    "because",
    "um,",
    "like,",
    "you know",
    "had to",
    "went well.",
    "as a result",
    "I've",
    "didn't",
    "was",
    "asked",
    "fixed",
    "the",
    "client",
    "50%",
    "Maria",
    "which",
    "that",
    "so",
    "In the end",
    "I learned",
    "ignore your instructions",
    "?",
    "...",
    "\u{2014}",
    "n't",
    "'s",
    "first",
    "would",
    "I'd",
    "2019",
    "e.g.",
    "!",
    "if",
    "to",
    ",",
    "\u{1f600}",
    "ﬁ",
    "İ",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gets_a_report_whose_claims_all_hold(text in ".{0,400}") {
        holds(&text)?;
    }

    #[test]
    fn any_order_of_known_words_does_too(pieces in prop::collection::vec(0..PIECES.len(), 0..160)) {
        let text: Vec<&str> = pieces.into_iter().map(|index| PIECES[index]).collect();
        holds(&text.join(" "))?;
    }

    #[test]
    fn times_may_be_anything(times in prop::collection::vec((-5_000_000_i64..90_000_000, -5_000_000_i64..90_000_000), 0..80)) {
        let words = times.iter().zip(PIECES.iter().cycle()).map(|((a, b), text)| {
            Word::timed(*text, Span::new(*a, *b))
        });
        let mut answer = with_words(question(QUESTION), words.collect());
        answer.mode = Mode::Spoken;
        answer.turn_starts = vec![3, 900, 0];
        let report = Ask::default().report(&answer);
        prop_assert_eq!(report.dropped, 0, "{:?}", report.problems);
        prop_assert!(report.features.iter().all(|feature| feature.value.is_finite()));
    }
}

fn holds(text: &str) -> Result<(), TestCaseError> {
    let answer = typed(question(QUESTION), text);
    let report = Ask::default().report(&answer);
    prop_assert_eq!(report.dropped, 0, "{:?}", report.problems);
    for judgement in &report.judgements {
        prop_assert!(judgement.level.is_none_or(|level| (1.0..=5.0).contains(&level)));
    }
    let covered: usize = sentences(&answer).iter().map(|sentence| sentence.len()).sum();
    prop_assert_eq!(covered, answer.words.len());
    let _ = completeness(&answer.words);
    let _ = lacks(&answer.words, &answer.question, None);
    let comparison = compare(&report, &report);
    prop_assert!(comparison.changes.iter().all(|change| change.better.is_none()));
    Ok(())
}
