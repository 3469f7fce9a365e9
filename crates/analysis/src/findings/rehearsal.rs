//! Words that were ready before the question. Told kindly: knowing a story is good, and so is
//! telling it often.

use interview::WordRange;

use super::{Basis, Rule};
use crate::{
    facts::Facts,
    features::rehearsal::{Overlap, Signs, With},
    input::Measure,
};

/// The kinds of finding that say an answer was rehearsed. Such answers show how well a text is known
/// and do not count in levels over time.
pub(crate) const KINDS: &[&str] = &["rehearsed", "told_before", "read_aloud"];

/// What is said of each of them.
pub(super) static RULES: &[Rule] = &[
    Rule {
        kind: "rehearsed",
        strength: false,
        convention: true,
        weight: 0.36,
        measure: Some(Measure::Rehearsal),
        applies: |facts| same(facts, true).is_some(),
        basis: Basis::Words {
            search: |facts| passages(same(facts, true)),
            holds: |facts, range| passages(same(facts, true)).contains(&range),
            count_min: 1,
        },
        claim: |facts, _| nearly(facts, same(facts, true)),
        why: "Knowing the points by heart and not the sentences leaves room to answer the question as it was asked.",
    },
    Rule {
        kind: "told_before",
        strength: false,
        convention: true,
        weight: 0.35,
        measure: Some(Measure::Rehearsal),
        applies: |facts| same(facts, false).is_some(),
        basis: Basis::Words {
            search: |facts| passages(same(facts, false)),
            holds: |facts, range| passages(same(facts, false)).contains(&range),
            count_min: 1,
        },
        claim: |facts, _| nearly(facts, same(facts, false)),
        why: "One story can serve several questions; told in the same words it answers the one it was made for.",
    },
    Rule {
        kind: "read_aloud",
        strength: false,
        convention: true,
        weight: 0.34,
        measure: Some(Measure::Rehearsal),
        applies: |facts| facts.rehearsal.signs.agree(),
        basis: Basis::Words {
            search: |facts| facts.rehearsal.signs.passages(),
            holds: |facts, range| facts.rehearsal.signs.passages().contains(&range),
            count_min: 1,
        },
        claim: read,
        why: "A few words as notes, instead of sentences, leave room to look up and to answer what was asked.",
    },
];

/// The earlier answer with nearly the same words, when it is one to the same question, or to another.
fn same<'f>(facts: &'f Facts<'_>, question: bool) -> Option<&'f Overlap> {
    let overlap = facts.rehearsal.earlier.as_ref().filter(|overlap| overlap.nearly_the_same())?;
    let With::Earlier(index) = overlap.with else { return None };
    let earlier = facts.input.earlier.get(index)?;
    ((earlier.question.id == facts.input.answer.question.id) == question).then_some(overlap)
}

fn passages(overlap: Option<&Overlap>) -> Vec<WordRange> {
    overlap.map(|overlap| overlap.passages.clone()).unwrap_or_default()
}

fn nearly(facts: &Facts<'_>, overlap: Option<&Overlap>) -> String {
    let earlier = overlap.map(|overlap| source(facts, overlap));
    let what = earlier.unwrap_or_else(|| "an earlier answer".to_owned());
    if what.ends_with('"') {
        format!("Nearly the same words as {what}")
    } else {
        format!("Nearly the same words as {what}.")
    }
}

/// The text that an answer shares its words with, as it is named to the candidate.
fn source(facts: &Facts<'_>, overlap: &Overlap) -> String {
    let answer = facts.input.answer;
    let earlier = match overlap.with {
        With::Notes => return "your notes".to_owned(),
        With::Earlier(index) => facts.input.earlier.get(index),
    };
    match earlier {
        Some(earlier) if earlier.question.id != answer.question.id => {
            format!("your answer to \"{}\"", earlier.question.text)
        }
        Some(earlier) if earlier.interview == answer.interview || answer.attempt > 1 => {
            format!("take {}", earlier.attempt)
        }
        Some(_) => "your answer in an earlier interview".to_owned(),
        None => "an earlier answer".to_owned(),
    }
}

/// What the signs are, in one sentence.
fn read(facts: &Facts<'_>, _: usize) -> String {
    let Signs { smooth, written, known } = &facts.rehearsal.signs;
    let mut signs = Vec::new();
    if *smooth {
        signs.push("pauses stand only between clauses and nothing is taken back".to_owned());
    }
    if !written.is_empty() {
        signs.push("sentences are built as they are written".to_owned());
    }
    if let Some(known) = known {
        let source = source(facts, known);
        signs.push(format!("the words are nearly those of {}", source.trim_end_matches('.')));
    }
    let all = match signs.as_slice() {
        [first, second, third] => format!("{first}, {second}, and {third}"),
        signs => signs.join(", and "),
    };
    format!("This may have been read out or learned by heart: {all}.")
}
