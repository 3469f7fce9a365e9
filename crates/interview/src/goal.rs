//! What someone practises for.

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{GoalId, PersonId};

/// What a behavioural question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Competency {
    /// Setting direction and getting others to follow it.
    Leadership,
    /// Working with others towards a shared result.
    Teamwork,
    /// Disagreement and how it was settled.
    Conflict,
    /// Something that went wrong and what came of it.
    Failure,
    /// Taking responsibility without being asked.
    Ownership,
    /// Making oneself understood, and listening.
    Communication,
    /// Change, ambiguity, learning.
    Adaptability,
    /// Finding causes and choosing between ways out.
    ProblemSolving,
    /// Serving those whom the work is for.
    CustomerFocus,
}

impl Competency {
    /// All nine, in the order in which they are listed to people.
    pub const ALL: [Self; 9] = [
        Self::Leadership,
        Self::Teamwork,
        Self::Conflict,
        Self::Failure,
        Self::Ownership,
        Self::Communication,
        Self::Adaptability,
        Self::ProblemSolving,
        Self::CustomerFocus,
    ];

    /// The name shown to people, in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Leadership => "leadership",
            Self::Teamwork => "teamwork",
            Self::Conflict => "conflict",
            Self::Failure => "failure",
            Self::Ownership => "ownership",
            Self::Communication => "communication",
            Self::Adaptability => "adaptability",
            Self::ProblemSolving => "problem solving",
            Self::CustomerFocus => "customer focus",
        }
    }
}

impl fmt::Display for Competency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How much experience the role asks for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Seniority {
    /// Students, graduates, first jobs and newcomers to a field.
    Entry,
    /// Several years in the field.
    #[default]
    Mid,
    /// Leads others or owns an area, executives included.
    Senior,
}

impl Seniority {
    /// All three, from the least experience up.
    pub const ALL: [Self; 3] = [Self::Entry, Self::Mid, Self::Senior];

    /// The name shown to people, in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Mid => "mid",
            Self::Senior => "senior",
        }
    }
}

impl fmt::Display for Seniority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Seniority {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|seniority| seniority.name() == text)
            .ok_or_else(|| format!("'{text}' is no seniority; use entry, mid or senior"))
    }
}

/// What someone practises for. Everything but the role may be left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goal {
    /// Its id.
    pub id: GoalId,
    /// Whose it is.
    pub person: PersonId,
    /// The role, as the person wrote it ("Backend engineer").
    pub role: String,
    /// How much experience it asks for.
    pub seniority: Seniority,
    /// The company, if there is one.
    pub company: Option<String>,
    /// The day of the real interview.
    pub date: Option<Date>,
    /// What to work on; questions come from these first.
    pub focus: Vec<Competency>,
    /// What the person knows of the role and the company (the posting, notes). The interviewer
    /// answers the candidate's questions from this and from nothing else.
    pub notes: String,
}
