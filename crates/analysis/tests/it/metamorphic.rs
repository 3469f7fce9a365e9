//! What must not matter to a level, and what must, over the development half of the gold set. The
//! answers were written and labelled by a language model (`evals/gold`). The
//! table is printed by `greenroom evaluate --gold evals/gold --development`.
#![expect(
    clippy::print_stdout,
    reason = "with --nocapture these print the figures of docs/reference/validity.md"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    sync::LazyLock,
};

use analysis::{
    Level,
    edits::{self, Aim, Edit, Effect, Material},
};
use interview::{Question, StarPart};
use serde_json::Value;

use crate::told::{Ask, content, question, typed};

/// An answer of the development half, with the words of its labelled parts.
struct Gold {
    id: String,
    question: &'static Question,
    text: String,
    parts: BTreeMap<StarPart, BTreeSet<usize>>,
}

fn lines(name: &str) -> Vec<Value> {
    let folder: PathBuf = content().join("../evals/gold");
    let text = fs::read_to_string(folder.join(name)).expect("the gold set");
    text.lines().map(|line| serde_json::from_str(line).expect("a valid line")).collect()
}

fn text_of(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// The words of a text that its quotations cover.
fn quoted(text: &str, quotes: &Value) -> BTreeSet<usize> {
    let mut words = BTreeSet::new();
    for quote in quotes.as_array().expect("quotations").iter().map(text_of) {
        let start = text.find(quote).expect("a quotation of the answer");
        let mut at = 0;
        for (index, word) in text.split(' ').enumerate() {
            if at < start + quote.len() && start < at + word.len() {
                words.insert(index);
            }
            at += word.len() + 1;
        }
    }
    words
}

/// The name and the text of every answer of the development half.
pub fn development_texts() -> Vec<(String, String)> {
    gold().iter().map(|one| (one.id.clone(), one.text.clone())).collect()
}

fn gold() -> &'static [Gold] {
    static GOLD: LazyLock<Vec<Gold>> = LazyLock::new(|| {
        let development: BTreeSet<String> = lines("questions.jsonl")
            .iter()
            .filter(|line| line["split"] == "development")
            .map(|line| text_of(&line["id"]).to_owned())
            .collect();
        let labels: BTreeMap<String, Value> = lines("labels/adjudicated.jsonl")
            .into_iter()
            .map(|line| (text_of(&line["id"]).to_owned(), line))
            .collect();
        lines("answers.jsonl")
            .iter()
            .filter(|line| development.contains(text_of(&line["question"])))
            .map(|line| {
                let (id, text) = (text_of(&line["id"]), text_of(&line["text"]));
                let parts = labels[id]["parts"].as_object().expect("parts");
                let part = |name: &str| {
                    serde_json::from_value(Value::String(name.to_owned())).expect("a part")
                };
                Gold {
                    id: id.to_owned(),
                    question: question(text_of(&line["question"])),
                    text: text.to_owned(),
                    parts: parts
                        .iter()
                        .map(|(name, quotes)| (part(name), quoted(text, quotes)))
                        .collect(),
                }
            })
            .collect()
    });
    &GOLD
}

fn judge(number: usize, text: &str) -> Option<Level> {
    Ask::default().report(&typed(gold()[number].question, text)).overall
}

/// What every edit of an aim does to every answer.
fn effects(aim: Aim) -> Vec<(Edit, Effect)> {
    static HEARD: LazyLock<Vec<String>> = LazyLock::new(|| {
        let all = gold().iter().flat_map(|one| one.text.split(' '));
        all.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase())
            .filter(|word| !word.is_empty())
            .collect()
    });
    let materials: Vec<Material<'_>> = gold()
        .iter()
        .map(|one| Material { text: &one.text, parts: &one.parts, heard: &HEARD })
        .collect();
    let of_aim = edits::all().into_iter().filter(|edit| edit.aim == aim);
    let done = of_aim.map(|edit| (edit, edits::effect(&edit, &materials, edits::FORMS, &judge)));
    done.inspect(|(edit, effect)| println!("{}: {effect:?}", edit.name)).collect()
}

#[test]
fn who_somebody_is_and_how_they_speak_does_not_matter() {
    for (edit, effect) in effects(Aim::Same) {
        assert!(effect.pairs >= 35, "{}: only {} pairs", edit.name, effect.pairs);
        assert!(effect.meets(edit.aim), "{}: {effect:?}", edit.name);
    }
}

#[test]
fn what_tells_nothing_raises_nothing() {
    for (edit, effect) in effects(Aim::NotHigher) {
        assert!(effect.pairs >= 100, "{}: only {} pairs", edit.name, effect.pairs);
        assert!(effect.meets(edit.aim), "{}: {effect:?}", edit.name);
    }
}

#[test]
fn without_its_ending_or_its_actions_an_answer_is_lower() {
    for (edit, effect) in effects(Aim::Lower) {
        let all = effect.pairs + effect.silenced;
        assert!(all >= 35, "{}: only {all} pairs", edit.name);
        assert!(effect.meets(edit.aim), "{}: {effect:?}", edit.name);
    }
}

#[test]
fn many_words_heard_wrongly_silence_the_judge_or_widen_its_interval() {
    // The aim is all; nine in ten is what is held, as some short answers show no sign of it.
    for (edit, effect) in effects(Aim::Doubt) {
        let all = effect.pairs + effect.silenced;
        assert!(all >= 100, "{}: {effect:?}", edit.name);
        assert!((effect.silenced + effect.widened) * 10 >= all * 9, "{}: {effect:?}", edit.name);
    }
}

#[test]
fn one_employer_counts_exactly_as_another() {
    for (number, one) in gold().iter().enumerate() {
        let at = |name: &str| judge(number, &format!("I was at {name} then. {}", one.text));
        assert_eq!(at("Google"), at("Pollards"), "{}", one.id);
    }
}
