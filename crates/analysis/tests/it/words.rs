//! Fillers told from literal use, and words that were given up, on the labelled texts of `evals/words`.
//! `cargo xtask evals words` prints the same in tables.

use std::{collections::BTreeMap, fs};

use analysis::said::{self, GivenUp, Kind, Matches};
use interview::{Word, WordRange, word::words_of};
use serde_json::Value;

use crate::told::{Ask, QUESTION, question, spoken, typed};

fn lines(file: &str) -> Vec<Value> {
    let path = format!("{}/../../evals/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(&path).expect(&path);
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

fn by_id(file: &str, field: &str) -> BTreeMap<String, Value> {
    let id = |line: &Value| line["id"].as_str().expect("an id").to_owned();
    lines(file).into_iter().map(|line| (id(&line), line[field].clone())).collect()
}

/// The texts of a half, each with its labels and, where they are given, the places of its uses.
fn texts(set: &str, half: &str, labels: &str) -> Vec<(Vec<Word>, Value, Value)> {
    let gold = by_id("gold/answers.jsonl", "text");
    let by = if half == "test" { "adjudicated" } else { "first" };
    let labels = by_id(&format!("words/labels/{set}-{by}.jsonl"), labels);
    let lines = lines(&format!("words/{set}.jsonl")).into_iter();
    lines
        .filter(|line| line["half"] == half)
        .map(|line| {
            let id = line["id"].as_str().expect("an id");
            let text = line["text"].as_str().or_else(|| gold[id].as_str()).expect("a text");
            (words_of(text), labels[id].clone(), line["uses"].clone())
        })
        .collect()
}

fn range(value: &Value) -> WordRange {
    let at = |n: usize| value[n].as_u64().expect("an index") as usize;
    WordRange::new(at(0), at(1))
}

fn uses(half: &str) -> Matches {
    let mut matches = Matches::default();
    for (words, labels, places) in texts("uses", half, "labels") {
        let found = said::uses(&words, &[]);
        let places: Vec<WordRange> = places.as_array().expect("places").iter().map(range).collect();
        assert_eq!(found.iter().map(|one| one.range).collect::<Vec<_>>(), places);
        for (one, label) in found.iter().zip(labels.as_array().expect("labels")) {
            let labelled = label == "filler";
            matches.found += usize::from(one.filler);
            matches.labelled += usize::from(labelled);
            matches.right += usize::from(one.filler && labelled);
        }
    }
    matches
}

/// Exactly the same spans, which is stricter than what the tables count.
fn given_up(half: &str, kind: Kind, name: &str) -> Matches {
    let mut matches = Matches::default();
    for (words, labels, _) in texts("said", half, "spans") {
        let labels = labels.as_array().expect("spans").iter();
        let labelled: Vec<WordRange> = labels
            .filter(|label| label["kind"] == name)
            .map(|label| range(&label["words"]))
            .collect();
        let found = said::given_up(&words).into_iter().filter(|one| one.kind == kind);
        let found: Vec<WordRange> = found.map(|one| one.range).collect();
        matches.found += found.len();
        matches.labelled += labelled.len();
        matches.right += found.iter().filter(|one| labelled.contains(one)).count();
    }
    matches
}

#[test]
fn fillers_are_told_from_literal_uses() {
    for (half, f1_min) in [("development", 0.95), ("test", 0.94)] {
        let matches = uses(half);
        assert!(matches.labelled > 140 && matches.f1() >= f1_min, "{half}: {matches:?}");
    }
}

#[test]
fn what_was_given_up_is_found() {
    for (kind, name, [development, test]) in [
        (Kind::Repetition, "repetition", [0.93, 0.92]),
        (Kind::Repair, "repair", [0.80, 0.58]),
        (Kind::CutOff, "cut_off", [0.95, 0.95]),
    ] {
        for (half, f1_min) in [("development", development), ("test", test)] {
            let matches = given_up(half, kind, name);
            assert!(matches.labelled >= 15 && matches.f1() >= f1_min, "{half} {name}: {matches:?}");
        }
    }
}

#[test]
fn a_word_that_is_needed_counts_nowhere() {
    let literal = "I like the plan, it looked like a maze, so I rang the office as well. You know him, he is well known. \
         What kind of cheese was the right one, I asked, and what I mean is that nobody had actually looked.";
    let report = Ask::default().report(&spoken(question(QUESTION), literal, 150.0));
    assert_eq!(report.fillers, []);
    assert_eq!(report.feature("fillers_per_100"), Some(0.0));
    assert_eq!(report.feature("hedges_per_100"), Some(0.0));
    let softened = literal.replace("nobody had", "we sort of, you know, had");
    let report = Ask::default().report(&spoken(question(QUESTION), &softened, 150.0));
    let said: Vec<&str> = report.fillers.iter().map(|filler| filler.text.as_str()).collect();
    assert_eq!(said, ["you know"]);
    assert!(report.feature("hedges_per_100") > Some(0.0));
}

#[test]
fn restarts_are_counted_where_somebody_spoke_and_wanted_it_measured() {
    let said = "I I was resp- responsible on Monday, no, on Tuesday, and it had had its time.";
    let mut answer = typed(question(QUESTION), said);
    let counts = |answer: &interview::Answer| {
        let report = Ask::default().report(answer);
        ["repetitions_count", "cut_offs_count"].map(|name| report.feature(name))
    };
    assert_eq!(counts(&answer), [None; 2]);
    answer.mode = interview::Mode::Spoken;
    assert_eq!(counts(&answer), [Some(1.0); 2]);
    let without = analysis::Switches::without([analysis::Measure::Fillers]);
    let report = Ask { switches: without, ..Ask::default() }.report(&answer);
    assert_eq!(report.feature("repetitions_count"), None);
}

#[test]
fn what_is_given_up_lies_in_the_text_and_in_order() {
    for text in [
        "",
        "-",
        "I",
        "I- I- I I",
        "the the, the, no, the",
        "you know you know",
        "um, um",
        "no, no, no",
    ] {
        let words = words_of(text);
        let found: Vec<GivenUp> = said::given_up(&words);
        assert!(
            found.iter().all(|one| one.range.of(&words).is_some_and(|words| !words.is_empty()))
        );
        assert!(found.is_sorted_by_key(|one| one.range.first), "{found:?}");
    }
}
