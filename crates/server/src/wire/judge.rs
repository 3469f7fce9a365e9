//! The language model as a judge.

use serde::Serialize;
use utoipa::ToSchema;

/// The language model that may judge beside the rules, and its self-test.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ModelJudge {
    /// The model's name; `None` when there is no language model.
    pub model: Option<String>,
    /// It computes on this machine. Otherwise what is judged is sent to another server.
    pub local: bool,
    /// Whether it may judge.
    pub state: ModelJudgeState,
    /// How far the self-test is that runs.
    pub progress: Option<SelfTestProgress>,
    /// The result that holds for this model and what it is told now.
    pub test: Option<SelfTest>,
    /// Version of what it is told.
    pub prompt_version: String,
    /// SHA-256 of what it is told.
    pub prompt_sha256: String,
    /// SHA-256 of its weights, where they are here.
    pub sha256: Option<String>,
    /// What its intervals rest on, in a sentence.
    pub intervals: String,
}

/// Whether a language model may judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModelJudgeState {
    /// There is none.
    NoModel,
    /// It did not do the self-test as it is now.
    Untested,
    /// It did not pass.
    Failed,
    /// It passed: it judges beside the rules.
    Passed,
}

/// How far a self-test is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct SelfTestProgress {
    /// Answers judged.
    pub done: u32,
    /// Answers there are; 0 while it is not known.
    pub of: u32,
}

/// A self-test that came to its end.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SelfTest {
    /// When.
    pub at: String,
    /// How long it took, seconds.
    pub seconds: i64,
    /// How often the model was asked.
    pub calls: u32,
    /// What the server said wrote it, where it said so.
    pub fingerprint: Option<String>,
    /// How the answers came out; it ends with the first set that fails.
    pub sets: Vec<SelfTestSet>,
    /// What went wrong last when the model was asked.
    pub trouble: Option<String>,
}

/// The answers to one question.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SelfTestSet {
    /// The question.
    pub question: String,
    /// How each answer came out.
    pub answers: Vec<SelfTestAnswer>,
    /// What is wrong with that, in sentences; empty when it passed.
    pub faults: Vec<String>,
}

/// How one answer came out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SelfTestAnswer {
    /// What it is like ("hollow").
    pub kind: String,
    /// The mean level; `None` when it was not judged.
    pub level: Option<f64>,
    /// Criteria without a level.
    pub abstained: u32,
}
