//! The candidate's own questions to the interviewer.

use super::{Basis, Rule};
use crate::{
    facts::Facts,
    text::{Role, lexicon::HESITATIONS},
};

/// The kinds of finding about a question that the candidate asked.
pub(super) static RULES: &[Rule] = &[
    Rule {
        kind: "question_open",
        strength: true,
        convention: true,
        weight: 0.4,
        measure: None,
        applies: |_| true,
        basis: Basis::Words {
            search: |facts| vec![facts.told.text.whole()],
            holds: |facts, range| range == facts.told.text.whole() && begins(facts, OPEN),
            count_min: 1,
        },
        claim: |_, _| "The question lets the interviewer tell something.".into(),
        why: "A question that starts with how, what or why brings more than a yes.",
    },
    Rule {
        kind: "question_closed",
        strength: false,
        convention: true,
        weight: 0.3,
        measure: None,
        applies: |_| true,
        basis: Basis::Words {
            search: |facts| vec![facts.told.text.whole()],
            holds: |facts, range| range == facts.told.text.whole() && begins(facts, CLOSED),
            count_min: 1,
        },
        claim: |_, _| "The question can be answered with yes or no.".into(),
        why: "A question that starts with how, what or why brings more than a yes.",
    },
    Rule {
        kind: "question_in_notes",
        strength: false,
        convention: true,
        weight: 0.35,
        measure: None,
        applies: |facts| facts.asked == Some(true),
        basis: Basis::Words {
            search: |facts| vec![facts.told.text.whole()],
            holds: |facts, range| range == facts.told.text.whole(),
            count_min: 1,
        },
        claim: |_, _| "The answer already stands in your notes.".into(),
        why: "A question that goes on from what can be read shows the interviewer what you have read.",
    },
];

const OPEN: &[&str] = &["how", "what", "why", "which", "who", "where", "when", "tell", "describe"];
const CLOSED: &[&str] = &[
    "is", "are", "was", "were", "do", "does", "did", "can", "could", "will", "would", "have",
    "has", "may", "should",
];

/// Whether the question, openers apart, begins with one of these words.
fn begins(facts: &Facts<'_>, words: &[&str]) -> bool {
    let text = &facts.told.text;
    let question = text
        .sentences
        .iter()
        .rfind(|range| {
            text.words[range.first..range.end].iter().any(|word| word.text.contains('?'))
        })
        .or(text.sentences.last());
    question.is_some_and(|range| {
        (range.first..range.end)
            .filter(|index| text.roles[*index] == Role::Content)
            .map(|index| text.keys[index].as_str())
            .find(|key| {
                !HESITATIONS.has(key) && !matches!(*key, "and" | "so" | "then" | "but" | "well")
            })
            .is_some_and(|key| words.contains(&key))
    })
}
