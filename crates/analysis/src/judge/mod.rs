//! Who gives levels: one trait, three kinds of judge.
//!
//! The rules ([`Rules`]) are always there. A language model ([`Model`]) judges beside them once it has
//! ranked the shipped answers of [`self_test`] on this machine. What a person gives has the same shape
//! ([`interview::Judge::Human`]) and passes the same gate. No two judges are ever averaged: who gave a
//! level stands beside it.

pub mod calibration;
pub(crate) mod interval;
mod model;
mod rules;
pub mod self_test;

use interview::{CriterionId, Judgement, rubric::Anchors};

use crate::facts::Facts;
pub use model::{Call, Conformal, Model, PROMPT_VERSION, Reply, prompt_sha256};
pub use rules::Rules;
pub(crate) use rules::{COMPETENCY, raw, supports};

/// Gives an answer a level on each criterion, or says why it gives none.
pub trait Judge {
    /// One judgement for each criterion of the rubric and one for the question's own, in that order.
    /// Each is still to pass the evidence gate ([`crate::gate()`]).
    fn judge(&self, facts: &Facts<'_>) -> Vec<Judgement>;
}

/// What is judged: a criterion of the rubric, or the question's own.
struct Asked<'a> {
    id: CriterionId,
    /// The name shown.
    name: String,
    /// What it asks of an answer.
    asks: &'a str,
    anchors: &'a Anchors,
}

/// The rubric's criteria and the question's own.
fn asked<'a>(facts: &Facts<'a>) -> Vec<Asked<'a>> {
    let question = &facts.input.answer.question;
    let name = question.competency.name();
    let own = Asked {
        id: CriterionId(COMPETENCY.to_owned()),
        name: format!("{}{}", name[..1].to_uppercase(), &name[1..]),
        asks: "Does the answer tell what this question looks for?",
        anchors: &question.anchors,
    };
    let criteria = facts.input.rubric.criteria.iter().map(|criterion| Asked {
        id: criterion.id.clone(),
        name: criterion.name.clone(),
        asks: &criterion.asks,
        anchors: &criterion.anchors,
    });
    criteria.chain([own]).collect()
}
