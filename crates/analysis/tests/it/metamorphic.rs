//! What must not matter to a level, and what must, over the development half of the gold set. The
//! answers were written and labelled by a language model (`evals/gold`).
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

use interview::Question;
use serde_json::Value;

use crate::told::{Ask, content, overall, question, typed};

/// The mean absolute shift that an edit which must not matter may cause, levels.
const SHIFT_MAX: f64 = 0.25;

/// An answer of the development half, with the words of its labelled parts.
struct Gold {
    id: String,
    question: &'static Question,
    text: String,
    parts: BTreeMap<String, BTreeSet<usize>>,
    level: Option<f64>,
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
                let question = question(text_of(&line["question"]));
                let parts = labels[id]["parts"].as_object().expect("parts");
                Gold {
                    id: id.to_owned(),
                    question,
                    text: text.to_owned(),
                    parts: parts
                        .iter()
                        .map(|(part, quotes)| (part.clone(), quoted(text, quotes)))
                        .collect(),
                    level: level(question, text),
                }
            })
            .collect()
    });
    &GOLD
}

fn level(question: &Question, text: &str) -> Option<f64> {
    overall(&Ask::default().report(&typed(question, text)))
}

/// Mean absolute and mean signed shift of the level over the answers that an edit changes, and how
/// many these are.
fn shift(edit: impl Fn(&Gold) -> String) -> (f64, f64, usize) {
    let shifts: Vec<f64> = gold()
        .iter()
        .filter_map(|one| {
            let edited = edit(one);
            (edited != one.text).then(|| Some(level(one.question, &edited)? - one.level?)).flatten()
        })
        .collect();
    let count = shifts.len().max(1) as f64;
    let absolute = shifts.iter().map(|shift| shift.abs()).sum::<f64>() / count;
    (absolute, shifts.iter().sum::<f64>() / count, shifts.len())
}

/// Holds an edit that must not matter to its bounds.
fn matters_not(name: &str, answers_min: usize, edit: impl Fn(&Gold) -> String) {
    let (absolute, signed, count) = shift(edit);
    println!("{name}: absolute {absolute:.3}, signed {signed:+.3}, {count} answers");
    assert!(count >= answers_min, "{name}: only {count} answers were changed");
    assert!(absolute <= SHIFT_MAX, "{name}: {absolute:.3} over {count}");
    assert!(signed.abs() <= 0.15, "{name}: {signed:+.3} over {count}");
}

/// Words changed one by one; their punctuation stays.
fn by_word(text: &str, change: impl Fn(usize, &str) -> Option<String>) -> String {
    let changed = text.split(' ').enumerate().map(|(index, word)| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        match change(index, bare) {
            Some(new) if !bare.is_empty() => word.replacen(bare, &new, 1),
            _ => word.to_owned(),
        }
    });
    changed.collect::<Vec<_>>().join(" ")
}

/// A small generator of numbers below a bound, the same on every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound
    }
}

/// A share of the words heard wrongly: other words in their place, words lost, words added.
fn misheard(one: &Gold, percent: usize) -> String {
    static HEARD: LazyLock<Vec<String>> = LazyLock::new(|| {
        let all = gold().iter().flat_map(|one| one.text.split(' '));
        all.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase())
            .filter(|word| !word.is_empty())
            .collect()
    });
    let mut dice = Dice(one.text.len() as u64 + percent as u64);
    let mut words: Vec<String> = Vec::new();
    for word in one.text.split(' ') {
        if dice.below(100) >= percent {
            words.push(word.to_owned());
            continue;
        }
        let other = HEARD[dice.below(HEARD.len())].clone();
        match dice.below(10) {
            0..6 => words.push(other),
            6..8 => words.extend([word.to_owned(), other]),
            _ => {}
        }
    }
    words.join(" ")
}

#[test]
fn who_is_told_of_does_not_matter() {
    matters_not("pronouns", 45, |one| {
        by_word(&one.text, |_, word| {
            let other = match word {
                "he" => "she",
                "He" => "She",
                "him" | "his" => "her",
                "she" => "he",
                "She" => "He",
                "her" => "his",
                "he'd" => "she'd",
                "she'd" => "he'd",
                _ => return None,
            };
            Some(other.to_owned())
        })
    });
    const NAMES: [&str; 8] =
        ["Oluwaseun", "Wei", "Rose", "Will", "Mohammed", "Siobhan", "José", "Mary"];
    matters_not("names", 35, |one| {
        let words: Vec<&str> = one.text.split(' ').collect();
        by_word(&one.text, |index, word| {
            let inside = index > 0 && words[index - 1].ends_with(char::is_alphanumeric);
            let name = word.chars().next().is_some_and(char::is_uppercase)
                && word.chars().filter(|c| c.is_uppercase()).count() == 1
                && !word.starts_with("I'")
                && word.len() > 3
                && !word.ends_with("day");
            (inside && name).then(|| NAMES[word.len() % NAMES.len()].to_owned())
        })
    });
}

#[test]
fn spelling_and_employer_do_not_matter() {
    const AMERICAN: [(&str, &str); 12] = [
        ("realise", "realize"),
        ("organis", "organiz"),
        ("recognis", "recogniz"),
        ("apologis", "apologiz"),
        ("prioritis", "prioritiz"),
        ("learnt", "learned"),
        ("colour", "color"),
        ("neighbour", "neighbor"),
        ("behaviour", "behavior"),
        ("centre", "center"),
        ("practise", "practice"),
        ("cancelled", "canceled"),
    ];
    matters_not("spelling", 10, |one| {
        AMERICAN.iter().fold(one.text.clone(), |text, (from, to)| text.replace(from, to))
    });
    for one in gold() {
        let at = |employer: &str| {
            level(one.question, &format!("I was at {employer} then. {}", one.text))
        };
        assert_eq!(at("Google"), at("Pollards"), "{}", one.id);
    }
}

#[test]
fn fillers_stutters_and_company_do_not_matter() {
    matters_not("fillers", 100, |one| {
        by_word(&one.text, |index, word| match index % 9 {
            4 => Some(format!("um, {word}")),
            8 => Some(format!("you know, {word}")),
            _ => None,
        })
    });
    matters_not("stutters", 100, |one| {
        by_word(&one.text, |index, word| (index % 6 == 2).then(|| format!("{word}, {word}")))
    });
    matters_not("company", 60, |one| one.text.replacen(" I ", " my colleague and I ", 1));
}

#[test]
fn a_few_words_heard_wrongly_move_levels_little_and_many_widen_or_silence_them() {
    for percent in [5, 15] {
        let (absolute, signed, count) = shift(|one| misheard(one, percent));
        println!(
            "misheard {percent}%: absolute {absolute:.3}, signed {signed:+.3}, {count} answers"
        );
        assert!(
            absolute <= SHIFT_MAX && signed.abs() <= 0.15,
            "{percent}%: {absolute:.3} {signed:+.3}"
        );
    }
    let width = |text: &str, question| {
        let report = Ask::default().report(&typed(question, text));
        report.overall.map(|level| level.high - level.low)
    };
    let (mut silent, mut wider, mut all) = (0, 0, 0);
    for one in gold().iter().filter(|one| one.text.split(' ').count() >= 60) {
        let Some(clear) = width(&one.text, one.question) else { continue };
        all += 1;
        match width(&misheard(one, 30), one.question) {
            None => silent += 1,
            Some(dim) if dim > clear => wider += 1,
            Some(_) => {}
        }
    }
    println!("misheard 30%: {silent} silent, {wider} wider of {all}");
    assert!((silent + wider) * 100 >= all * 85, "{silent} silent, {wider} wider of {all}");
}

/// The answer without the words of a labelled part.
fn without(one: &Gold, part: &str) -> String {
    let gone = one.parts.get(part);
    let kept = one
        .text
        .split(' ')
        .enumerate()
        .filter(|(index, _)| gone.is_none_or(|gone| !gone.contains(index)))
        .map(|(_, word)| word);
    kept.collect::<Vec<_>>().join(" ")
}

#[test]
fn without_its_ending_or_its_actions_an_answer_is_lower() {
    // The aim is 90% of each. What is reached is held here and stated in docs/reference/validity.md.
    for (part, held_percent) in [("result", 68), ("action", 82)] {
        let told = gold().iter().filter(|one| {
            one.parts.contains_key(part) && one.level.is_some_and(|level| level >= 3.0)
        });
        let (mut lower, mut all, mut not) = (0, 0, Vec::new());
        for one in told {
            all += 1;
            let rest = level(one.question, &without(one, part));
            if rest.is_none_or(|rest| Some(rest) < one.level) {
                lower += 1;
            } else {
                not.push(format!("{} {:?} {rest:?}", one.id, one.level));
            }
        }
        println!("without {part}: {lower} of {all} lower; {not:?}");
        assert!(lower * 100 >= all * held_percent, "without {part}: {lower} of {all}; {not:?}");
    }
}

#[test]
fn padding_jargon_and_bare_numbers_raise_nothing() {
    const ADDED: [(&str, &str); 3] = [
        (
            "padding",
            "And yes, it was all in all a very good experience for everybody, and it is really important to \
            work together and to keep a positive attitude, whatever happens.",
        ),
        (
            "jargon",
            "We leveraged synergies across the organization, drove stakeholder alignment and delivered \
            measurable outcomes with an agile mindset.",
        ),
        ("numbers", "That is 25 percent, 40 percent and 3 million."),
    ];
    // The aim is none. What is reached is held here and stated in docs/reference/validity.md.
    for (name, added) in ADDED {
        let raised: Vec<String> = gold()
            .iter()
            .filter_map(|one| {
                let with = level(one.question, &format!("{} {added}", one.text))?;
                (with > one.level?).then(|| format!("{} {:?} to {with}", one.id, one.level))
            })
            .collect();
        println!("{name}: {} raised; {raised:?}", raised.len());
        let all = gold().len();
        assert!(raised.len() * 100 <= all * 10, "{name}: {} of {all}: {raised:?}", raised.len());
    }
}
