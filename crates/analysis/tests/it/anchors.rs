//! The labelled answers of the content folder, judged by the rules from words alone. They were written
//! and labelled by a language model, and the rules' thresholds were set on them.

use std::{collections::BTreeMap, fs};

use serde::Deserialize;

use crate::told::{Ask, content, overall, question, typed};

#[derive(Deserialize)]
struct File {
    answer: Vec<Anchor>,
}

#[derive(Deserialize)]
struct Anchor {
    question: String,
    kind: String,
    #[serde(default)]
    pair: Option<String>,
    text: String,
}

fn judged() -> Vec<(Anchor, Option<f64>)> {
    let text = fs::read_to_string(content().join("anchors/behavioural.toml")).expect("anchors");
    let file: File = toml::from_str(&text).expect("anchors that can be read");
    let judge = |anchor: &Anchor| {
        let answer = typed(question(&anchor.question), &anchor.text);
        let report = Ask::default().report(&answer);
        assert_eq!(report.dropped, 0, "{} {}: {:?}", anchor.kind, anchor.question, report.problems);
        overall(&report)
    };
    file.answer.into_iter().map(|anchor| (judge(&anchor), anchor)).map(|(a, b)| (b, a)).collect()
}

#[test]
fn nothing_is_invented_for_answers_that_say_nothing() {
    let judged = judged();
    let weak = ["fine", "waffle", "off_topic", "keyword_stuffed", "injection"];
    for kind in weak {
        assert!(judged.iter().any(|(anchor, _)| anchor.kind == kind), "no anchor of kind {kind}");
    }
    for (anchor, level) in judged.iter().filter(|(anchor, _)| weak.contains(&anchor.kind.as_str()))
    {
        assert!(
            level.is_none_or(|level| level <= 2.0),
            "{} answer to {} came out at {level:?}",
            anchor.kind,
            anchor.question
        );
    }
}

#[test]
fn strong_answers_are_above_middling_ones_to_the_same_question() {
    let judged = judged();
    let of = |kind: &str| -> BTreeMap<&str, f64> {
        judged
            .iter()
            .filter(|(anchor, _)| anchor.kind == kind)
            .map(|(anchor, level)| (anchor.question.as_str(), level.expect("a level")))
            .collect()
    };
    let (middle, strong) = (of("middle"), of("strong"));
    assert!(strong.len() >= 9);
    for (question, strong) in strong {
        assert!(strong >= 3.5, "{question}: strong at {strong}");
        assert!(
            (2.2..=4.2).contains(&middle[question]),
            "{question}: middle at {}",
            middle[question]
        );
        assert!(strong >= middle[question], "{question}: {strong} against {}", middle[question]);
    }
}

#[test]
fn a_situation_told_is_above_the_same_in_one_vague_sentence() {
    let judged = judged();
    let of = |kind: &str| -> BTreeMap<&str, f64> {
        judged
            .iter()
            .filter(|(anchor, _)| anchor.kind == kind)
            .filter_map(|(anchor, level)| Some((anchor.pair.as_deref()?, (*level)?)))
            .collect()
    };
    let (vague, told) = (of("pair_vague"), of("pair_told"));
    assert!(told.len() >= 9);
    for (pair, told) in told {
        let difference = told - vague[pair];
        assert!(difference >= 1.0, "{pair}: {told} against {}", vague[pair]);
    }
}
