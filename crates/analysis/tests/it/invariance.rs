//! What must not change a level.

use analysis::{Measure, Sound, Switches};
use interview::{Feature, FeatureName, Filler, FillerKind, Span, Unit};

use crate::told::{Ask, QUESTION, STORY, levels, question, report, spoken, typed};

#[test]
fn sound_never_enters_a_level() {
    let answer = spoken(question(QUESTION), STORY, 150.0);
    let silent = Ask::default().report(&answer);
    let span = answer.span.expect("a span");
    let um = Filler {
        kind: FillerKind::Acoustic,
        text: "um".into(),
        span: Some(Span::new(span.start_us, span.start_us + 300_000)),
        range: None,
        probability: 0.9,
        struck: false,
    };
    let sound = Sound {
        voiced: vec![span],
        pauses: vec![Span::new(span.start_us + 400_000, span.start_us + 9_000_000)],
        latency_us: Some(9_000_000),
        fillers: vec![um; 40],
        features: vec![Feature {
            name: FeatureName::new("pitch_spread_st"),
            value: 0.1,
            unit: Unit::Semitones,
        }],
        ..Sound::default()
    };
    let heard = Ask { sound: Some(&sound), ..Ask::default() }.report(&answer);
    assert_eq!(silent.judgements, heard.judgements);
    assert_eq!(silent.overall, heard.overall);
    assert!(heard.feature("pitch_spread_st").is_some());
    let slow = Ask::default().report(&spoken(question(QUESTION), STORY, 70.0));
    assert_eq!(levels(&silent), levels(&slow));
}

#[test]
fn fillers_and_restarts_change_no_level() {
    let clean = levels(&report(STORY));
    let um = STORY.replace(", and", ", um, and").replace("I rang", "I, uh, I rang");
    let talk =
        STORY.replace("Then I", "So then, you know, I").replace("was the", "was, like, the the");
    let more = format!("Um, well, so, basically, {}", STORY.replace("because", "because, I mean,"));
    for disfluent in [um, talk, more] {
        assert_ne!(disfluent, STORY);
        assert_eq!(levels(&report(&disfluent)), clean, "{disfluent}");
    }
}

#[test]
fn names_change_no_level() {
    let clean = levels(&report(STORY));
    for name in ["Oluwaseun", "Wei", "Rose", "Will", "Mohammed", "Siobhan", "José", "Mary"] {
        assert_eq!(levels(&report(&STORY.replace("Samir", name))), clean, "{name}");
    }
}

#[test]
fn british_and_american_spelling_are_one() {
    let british = "Last autumn our theatre programme was cancelled and I organised a new one. I \
                   analysed the bookings, because I realised that neighbours favoured Fridays, and I \
                   practised the labelling with two volunteers. In the end ninety people came, and I \
                   learnt to prioritise the licence.";
    let american = british
        .replace("theatre programme was cancelled", "theater program was canceled")
        .replace("organised", "organized")
        .replace("analysed", "analyzed")
        .replace("realised", "realized")
        .replace("neighbours favoured", "neighbors favored")
        .replace("practised the labelling", "practiced the labeling")
        .replace("learnt to prioritise the licence", "learned to prioritize the license");
    assert_eq!(levels(&report(british)), levels(&report(&american)));
}

#[test]
fn a_transcript_without_capitals_and_marks_is_still_a_story() {
    let plain: String = STORY
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || c.is_whitespace() || *c == '\'' || *c == '-')
        .collect();
    let level = |text: &str| report(text).overall.expect("a level").level;
    assert!(level(&plain) >= 3.0, "{}", level(&plain));
    assert!((level(STORY) - level(&plain)).abs() <= 1.2);
}

#[test]
fn what_is_switched_off_is_not_computed_and_changes_no_level() {
    let answer = spoken(question(QUESTION), STORY, 230.0);
    let all = Ask::default().report(&answer);
    let none = Ask { switches: Switches::without(Measure::ALL), ..Ask::default() }.report(&answer);
    assert_eq!(all.judgements, none.judgements);
    assert!(all.feature("pace_wpm").is_some() && all.feature("hedges_per_100").is_some());
    for name in ["pace_wpm", "hedges_per_100", "fillers_per_100", "lexical_variety", "length_s"] {
        assert!(none.feature(name).is_none(), "{name}");
    }
    assert!(none.pace.is_empty() && none.fillers.is_empty());
    assert!(all.findings.iter().any(|finding| finding.kind.0 == "pace_fast"));
    assert!(!none.findings.iter().any(|finding| finding.kind.0 == "pace_fast"));
    assert!(none.left_out.iter().any(|left| left.what == "pace"));
}

#[test]
fn the_same_answer_gives_the_same_report() {
    let answer = typed(question(QUESTION), STORY);
    assert_eq!(Ask::default().report(&answer), Ask::default().report(&answer));
    let other = typed(question(QUESTION), &format!("{STORY} That was it."));
    let ask = Ask::default();
    assert_ne!(ask.report(&answer).input_sha256, ask.report(&other).input_sha256);
}
