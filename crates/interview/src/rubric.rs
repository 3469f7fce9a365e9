//! Rubrics: criteria with levels 1 to 5, each described by what can be observed.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Observable descriptions of the levels 1, 3 and 5; 2 and 4 lie between.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchors {
    /// Level 1.
    pub one: String,
    /// Level 3.
    pub three: String,
    /// Level 5.
    pub five: String,
}

/// The stable name of a criterion, as "specificity".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CriterionId(pub String);

impl fmt::Display for CriterionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One thing that is judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Its stable name.
    pub id: CriterionId,
    /// The name shown to people.
    pub name: String,
    /// What it asks of an answer, in one sentence.
    pub asks: String,
    /// What its levels look like.
    pub anchors: Anchors,
}

/// What an interview of one kind is judged by, beside each question's own criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rubric {
    /// Its stable name, as "behavioural".
    pub id: String,
    /// Its criteria, with equal weights.
    pub criteria: Vec<Criterion>,
}
