//! Entries of the question bank.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::{
    goal::{Competency, Seniority},
    rubric::Anchors,
};

/// The stable name of a bank question, as "leadership-quiet-team".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct QuestionId(pub String);

impl fmt::Display for QuestionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an answer can lack, so that a probe asks for it. In the order in which probes prefer them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lack {
    /// It does not speak of what was asked.
    Relevance,
    /// It stays general: no one situation that happened.
    Specifics,
    /// Nobody can tell what the candidate did.
    OwnAction,
    /// It does not say how it ended.
    Result,
    /// It does not say why it was done that way, or what was learned.
    Reflection,
}

impl Lack {
    /// All of them, in the order in which probes prefer them.
    pub const ALL: [Self; 5] =
        [Self::Relevance, Self::Specifics, Self::OwnAction, Self::Result, Self::Reflection];
}

/// One question of the bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its stable name.
    pub id: QuestionId,
    /// What it is about.
    pub competency: Competency,
    /// For whom it is right.
    pub seniorities: Vec<Seniority>,
    /// What the interviewer says.
    pub text: String,
    /// Kinds of work it suits in particular ("software", "retail"); empty suits all.
    #[serde(default)]
    pub fields: Vec<String>,
    /// What a good answer shows, each a short observable phrase.
    pub looks_for: Vec<String>,
    /// Words and short phrases that answers to this question are made of, for the relevance rule.
    #[serde(default)]
    pub vocabulary: Vec<String>,
    /// For each thing that may lack, what to ask; at least own action, result and specifics.
    pub probes: BTreeMap<Lack, Vec<String>>,
    /// What an answer at levels 1, 3 and 5 of this question's own criterion looks like.
    pub anchors: Anchors,
}
