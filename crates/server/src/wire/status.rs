//! What this installation can do.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What works here right now, and what is missing.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Status {
    /// Version of the program.
    pub version: String,
    /// What can be done with the models that are there.
    pub abilities: Abilities,
    /// The models that can be pulled, in the order in which they would be.
    pub models: Vec<Model>,
    /// Whether models are being pulled right now.
    pub pulling: bool,
    /// Bytes on disk used by recordings and the database.
    pub data_bytes: u64,
    /// Spoken interviews that go on here.
    pub live: Live,
}

/// Spoken interviews that go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Live {
    /// How many have a place.
    pub running: u32,
    /// How many may have one at once; none where interviews cannot be spoken and nothing is limited.
    pub limit: Option<u32>,
    /// How many wait for a place.
    pub waiting: u32,
    /// About how long a newcomer would wait, minutes; none when there is a place.
    pub wait_minutes: Option<u32>,
}

/// What can be done with the models that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Abilities {
    /// Interviews can be spoken: voice activity and words are there.
    pub listen: bool,
    /// The interviewer speaks aloud.
    pub speak: bool,
    /// Captions appear while one talks.
    pub captions: bool,
    /// Whether an answer is over is heard in its sound.
    pub turn_end: bool,
    /// Relevance is judged by meaning.
    pub meaning: bool,
    /// A language model phrases follow-ups.
    pub language: bool,
}

/// One model of the catalogue.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Model {
    /// Its name ("whisper-base").
    pub id: String,
    /// What it is for, in plain words.
    pub purpose: String,
    /// Its licence (SPDX where there is one).
    pub licence: String,
    /// How large it is.
    pub bytes: u64,
    /// How much of it is here.
    pub bytes_done: u64,
    /// Whether it is pulled unless told otherwise.
    pub default: bool,
    /// Where it stands.
    pub state: ModelState,
    /// What went wrong last, and what to do.
    pub problem: Option<String>,
}

/// Where a model stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModelState {
    /// Here, and as it should be.
    Ready,
    /// Not here.
    Missing,
    /// Here in part.
    Partial,
    /// Here, but not what it should be.
    Corrupt,
    /// On its way.
    Pulling,
}

/// Which models to pull.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Pull {
    /// Their names; empty means all that are pulled by default.
    #[serde(default)]
    pub ids: Vec<String>,
}
