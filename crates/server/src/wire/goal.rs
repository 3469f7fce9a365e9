//! What someone practises for.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::library::{CompetencyId, Seniority};

/// A goal as the person enters it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct GoalEntry {
    /// The role, 1 to 120 characters.
    pub role: String,
    /// How much experience it asks for.
    pub seniority: Seniority,
    /// The company, at most 120 characters.
    #[serde(default)]
    pub company: Option<String>,
    /// Day of the real interview (`2026-12-01`).
    #[serde(default)]
    pub date: Option<String>,
    /// What to work on; questions come from these first.
    #[serde(default)]
    pub focus: Vec<CompetencyId>,
    /// The posting, or notes on the role and the company; at most 20,000 characters. The interviewer
    /// answers the candidate's questions from these and from nothing else.
    #[serde(default)]
    pub notes: String,
}

/// A stored goal.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Goal {
    /// Its id.
    pub id: String,
    /// The role.
    pub role: String,
    /// How much experience it asks for.
    pub seniority: Seniority,
    /// The company.
    pub company: Option<String>,
    /// Day of the real interview.
    pub date: Option<String>,
    /// What to work on.
    pub focus: Vec<CompetencyId>,
    /// Notes on the role and the company.
    pub notes: String,
    /// How many interviews were held for it.
    pub interviews: u32,
}
