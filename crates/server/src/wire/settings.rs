//! What a person has set.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A person's settings. All are sent and stored together.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Settings {
    /// Measures by name, `false` for those that are not to be computed at all ("pace", "pauses",
    /// "fillers", "pitch", "loudness", "hedges", "repeats", "rehearsal", "openings", "length").
    pub measures: BTreeMap<String, bool>,
    /// "system", "light" or "dark".
    pub theme: Theme,
    /// Show captions of what one says oneself.
    pub captions: bool,
    /// How patient the interviewer waits: 0.5 to 3, 1 as usual.
    pub patience: f64,
    /// Interviews start with push-to-talk.
    pub push_to_talk: bool,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the device says.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// A measure that can be switched off.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Measure {
    /// Its name in `Settings::measures`.
    pub id: String,
    /// The name shown.
    pub name: String,
    /// What it measures and why.
    pub about: String,
}

/// What to do next, with its reason.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NextStep {
    /// Its name, by which it is dismissed.
    pub id: String,
    /// What to do.
    pub title: String,
    /// Why.
    pub reason: String,
    /// Where it is done: a path of the app.
    pub href: String,
}
