//! What counts as rehearsed, on texts that were written and labelled by a language model.

use std::{collections::BTreeMap, sync::LazyLock};

use analysis::{AnswerReport, Measure, Sound, Switches};
use interview::{Answer, Evidence, Filler, FillerKind, Goal, GoalId, LeftOut, PersonId, Span};
use serde::Deserialize;

use crate::told::{Ask, QUESTION, STORY, kinds, question, spoken, typed};

/// Another question of the bank than [`QUESTION`].
const OTHER: &str = "leadership-quiet-voice";

#[derive(Deserialize)]
struct Stories {
    story: Vec<Told>,
}

#[derive(Deserialize)]
struct Told {
    told: String,
    again: String,
    anew: String,
}

fn stories() -> &'static [Told] {
    static STORIES: LazyLock<Vec<Told>> = LazyLock::new(|| {
        let file: Stories = toml::from_str(include_str!("rehearsal.toml")).expect("valid stories");
        file.story
    });
    &STORIES
}

/// A text in which about every tenth word was heard as another; which ones depends on `hearing`.
fn misheard(text: &str, hearing: usize) -> String {
    let heard = |(index, word): (usize, &str)| {
        let drawn = (index + 1) * 7919 + hearing * 104_729;
        if (drawn ^ (drawn >> 5)).is_multiple_of(10) { "seven".to_owned() } else { word.to_owned() }
    };
    text.split_whitespace().enumerate().map(heard).collect::<Vec<_>>().join(" ")
}

fn after(earlier: &Answer, later: &Answer) -> AnswerReport {
    Ask { earlier: &[earlier], ..Ask::default() }.report(later)
}

fn rehearsed(report: &AnswerReport) -> Vec<&str> {
    let named = ["rehearsed", "told_before", "read_aloud"];
    kinds(report).into_iter().filter(|kind| named.contains(kind)).collect()
}

#[test]
fn nearly_the_same_words_are_told_from_the_same_story_told_anew() {
    for Told { told, again, anew } in stories() {
        let first = typed(question(QUESTION), told);
        let second = |text: &str| Answer { attempt: 2, ..typed(question(QUESTION), text) };
        assert_eq!(rehearsed(&after(&first, &second(again))), ["rehearsed"], "{again}");
        assert!(rehearsed(&after(&first, &second(anew))).is_empty(), "{anew}");
        let heard = second(&misheard(told, 1));
        let first = typed(question(QUESTION), &misheard(told, 2));
        assert_eq!(rehearsed(&after(&first, &heard)), ["rehearsed"], "misheard: {told}");
    }
}

#[test]
fn one_persons_different_stories_are_not_the_same_words() {
    for (index, one) in stories().iter().enumerate() {
        for (other_index, other) in stories().iter().enumerate() {
            if index != other_index {
                let first = typed(question(QUESTION), &one.told);
                let second = typed(question(OTHER), &other.told);
                assert!(rehearsed(&after(&first, &second)).is_empty());
            }
        }
    }
}

#[test]
fn the_same_answer_to_another_question_names_that_question() {
    let first = typed(question(OTHER), STORY);
    let report = after(&first, &typed(question(QUESTION), STORY));
    assert_eq!(rehearsed(&report), ["told_before"]);
    let finding = report.rehearsed().expect("a finding");
    assert!(finding.claim.contains(&question(OTHER).text), "{}", finding.claim);
    assert!(matches!(finding.evidence[0], Evidence::Words { .. }));
}

#[test]
fn saying_the_question_again_is_no_rehearsal() {
    let asked = question(QUESTION).text.clone();
    let (one, two) = (&stories()[0].told, &stories()[1].told);
    let short = |text: &str| text.split_whitespace().take(35).collect::<Vec<_>>().join(" ");
    let first = typed(question(QUESTION), &format!("{asked} {asked} {}", short(one)));
    let second = typed(question(QUESTION), &format!("{asked} {asked} {}", short(two)));
    assert!(rehearsed(&after(&first, &second)).is_empty());
}

/// The sound of somebody who pauses after every full stop and nowhere else, without a filler.
fn smooth(answer: &Answer) -> Sound {
    let pauses = answer.words.windows(2).filter(|pair| pair[0].text.ends_with('.'));
    Sound {
        voiced: answer.words.iter().filter_map(|word| word.span).collect(),
        pauses: pauses
            .filter_map(|pair| Some(Span::new(pair[0].span?.end_us, pair[1].span?.start_us)))
            .collect(),
        ..Sound::default()
    }
}

/// Written sentences, as nobody says them off the cuff.
const WRITTEN: &str = "During my tenure at the regional depot I was tasked with the reorganisation of the \
    returns process across three sites. Having identified that most delays occurred prior to inspection, \
    I subsequently introduced a booking system for incoming vehicles. Furthermore, I trained twelve \
    colleagues in the use of the new forms, thereby reducing the number of incomplete records. The initiative \
    was extended to the remaining sites in the spring, which resulted in a reduction of waiting times by a \
    third. I presented the results to the board in May.";

#[test]
fn fluency_alone_is_no_sign_of_reading() {
    for text in stories().iter().map(|story| story.told.as_str()).chain([STORY]) {
        let answer = spoken(question(QUESTION), text, 160.0);
        let sound = smooth(&answer);
        let report = Ask { sound: Some(&sound), ..Ask::default() }.report(&answer);
        assert!(rehearsed(&report).is_empty(), "{text}");
    }
}

#[test]
fn written_language_alone_is_no_sign_of_reading() {
    let answer = spoken(question(QUESTION), WRITTEN, 140.0);
    assert!(rehearsed(&Ask::default().report(&answer)).is_empty());
    let said = WRITTEN.replace(" the ", " um the ");
    let answer = spoken(question(QUESTION), &said, 140.0);
    let sound = smooth(&answer);
    assert!(rehearsed(&Ask { sound: Some(&sound), ..Ask::default() }.report(&answer)).is_empty());
}

#[test]
fn two_signs_together_are_worded_as_a_possibility_and_cite_what_shows_it() {
    let answer = spoken(question(QUESTION), WRITTEN, 140.0);
    let sound = smooth(&answer);
    let report = Ask { sound: Some(&sound), ..Ask::default() }.report(&answer);
    assert_eq!(rehearsed(&report), ["read_aloud"]);
    let finding = report.rehearsed().expect("a finding");
    assert!(finding.claim.starts_with("This may have been read out"), "{}", finding.claim);
    assert!(finding.evidence.iter().all(|evidence| matches!(evidence, Evidence::Words { .. })));
    // Typed, nothing is read out.
    assert!(rehearsed(&Ask::default().report(&typed(question(QUESTION), WRITTEN))).is_empty());
}

#[test]
fn a_smooth_answer_in_the_words_of_the_notes_may_have_been_read() {
    let story = &stories()[0].told;
    let answer = spoken(question(QUESTION), story, 150.0);
    let sound = smooth(&answer);
    let goal = Goal {
        id: GoalId::new(1, [0; 10]),
        person: PersonId::new(1, [0; 10]),
        role: "porter".to_owned(),
        seniority: Default::default(),
        company: None,
        date: None,
        focus: Vec::new(),
        notes: story.clone(),
    };
    let ask = Ask { sound: Some(&sound), ..Ask::default() };
    let with_notes = analysis::AnswerInput { goal: Some(&goal), ..ask.input(&answer) };
    let report = analysis::analyse_answer(with_notes);
    assert_eq!(rehearsed(&report), ["read_aloud"]);
    assert!(report.rehearsed().expect("a finding").claim.contains("your notes"));
}

#[test]
fn a_sign_that_was_not_measured_does_not_count() {
    let answer = spoken(question(QUESTION), WRITTEN, 140.0);
    let heard = smooth(&answer);
    let um = Filler {
        kind: FillerKind::Acoustic,
        text: "um".to_owned(),
        span: Some(Span::new(3_000_000, 3_200_000)),
        range: None,
        probability: 0.9,
        struck: false,
    };
    let hesitant = Sound { fillers: vec![um; 3], ..heard.clone() };
    let left_out = LeftOut { what: "um and uh in the sound".into(), why: "noise".into() };
    let deaf = Sound { left_out: vec![left_out], ..heard.clone() };
    let middle_us = answer.words[4].span.expect("a time").start_us;
    let inside = vec![Span::new(middle_us + 1, middle_us + 2); 3];
    let halting = Sound { pauses: [heard.pauses.clone(), inside].concat(), ..heard.clone() };
    for sound in [&hesitant, &deaf, &halting] {
        let report = Ask { sound: Some(sound), ..Ask::default() }.report(&answer);
        assert!(rehearsed(&report).is_empty());
    }
    for off in [Measure::Pauses, Measure::Fillers, Measure::Rehearsal] {
        let switches = Switches::without([off]);
        let report = Ask { sound: Some(&heard), switches, ..Ask::default() }.report(&answer);
        assert!(rehearsed(&report).is_empty(), "{off:?}");
    }
}

#[test]
fn told_answers_of_the_gold_set_are_not_written_language() {
    // Spoken-style answers, said as smoothly as can be: what is left is the sign of the sentences.
    let flagged: BTreeMap<String, bool> = crate::metamorphic::development_texts()
        .into_iter()
        .map(|(id, text)| {
            let answer = spoken(question(QUESTION), &text, 150.0);
            let sound = smooth(&answer);
            let report = Ask { sound: Some(&sound), ..Ask::default() }.report(&answer);
            (id, report.rehearsed().is_some())
        })
        .collect();
    let count = flagged.values().filter(|flagged| **flagged).count();
    assert!(count * 50 <= flagged.len(), "{count} of {}: {flagged:?}", flagged.len());
}
