//! Interviews: wishes, plans, the list, one in detail.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    goal::Goal,
    library::{CompetencyId, Format, Persona, Seniority},
};

/// What somebody wants to practise. Everything may be left out: `{}` is a good interview.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct Wishes {
    /// Kind of interview; "behavioural" if left out.
    #[serde(default)]
    pub format: Option<String>,
    /// Who interviews; the goal's or the format's choice if left out.
    #[serde(default)]
    pub persona: Option<String>,
    /// What it is practised for.
    #[serde(default)]
    pub goal: Option<String>,
    /// Seniority where there is no goal.
    #[serde(default)]
    pub seniority: Option<Seniority>,
    /// Competencies to draw from first.
    #[serde(default)]
    pub focus: Vec<CompetencyId>,
    /// Number of questions.
    #[serde(default)]
    pub questions: Option<u32>,
    /// Sparse hints during the interview; otherwise as on the day.
    #[serde(default)]
    pub live_hints: bool,
    /// Record the camera for self-review.
    #[serde(default)]
    pub camera: bool,
    /// Chooses among equally good plans; send back a preview's `seed` to start just that plan.
    #[serde(default)]
    pub seed: Option<u32>,
}

/// A plan before it starts.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Plan {
    /// Kind of interview.
    pub format: Format,
    /// Who interviews.
    pub persona: Persona,
    /// What it is practised for.
    pub goal: Option<Goal>,
    /// For whom the questions are.
    pub seniority: Seniority,
    /// The questions with the reasons why they were chosen.
    pub items: Vec<PlanItem>,
    /// About how long it takes.
    pub minutes: u32,
    /// Sparse hints are shown.
    pub live_hints: bool,
    /// The camera is recorded.
    pub camera: bool,
    /// Send it back in the wishes to start this plan.
    pub seed: u32,
}

/// One question of a plan.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlanItem {
    /// Name of the bank question.
    pub question_id: String,
    /// What will be asked.
    pub text: String,
    /// What it is about.
    pub competency: CompetencyId,
    /// Why it was chosen.
    pub reason: String,
    /// What a good answer shows.
    pub looks_for: Vec<String>,
}

/// An interview in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InterviewSummary {
    /// Its id.
    pub id: String,
    /// When it was made.
    pub created_at: String,
    /// When it ended.
    pub ended_at: Option<String>,
    /// Where it stands.
    pub state: InterviewState,
    /// Name of the format as shown.
    pub format: String,
    /// Name of the interviewer as shown.
    pub persona: String,
    /// Role of the goal.
    pub role: Option<String>,
    /// Questions answered.
    pub answered: u32,
    /// Questions asked for.
    pub asked: u32,
    /// Whether it takes one answer of another interview again.
    pub retake_of: Option<RetakeOf>,
    /// Where its report stands.
    pub report: ReportState,
    /// Length in seconds.
    pub seconds: u32,
}

/// Which answer is taken again.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RetakeOf {
    /// The interview with the first attempt.
    pub interview: String,
    /// The first attempt.
    pub answer: String,
    /// The question.
    pub question: String,
}

/// Where an interview stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InterviewState {
    /// Made, not begun.
    Ready,
    /// Begun, can go on where it stopped.
    Running,
    /// Over.
    Ended,
}

/// Where a report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportState {
    /// The interview goes on.
    NotYet,
    /// Being made; what is there is shown.
    Judging,
    /// All of it is there.
    Ready,
    /// Parts are missing, and it says which and why.
    Partial,
    /// Could not be made; every answer is kept.
    Failed,
    /// There is nothing to report on: no question was answered.
    NoAnswers,
}

/// An interview in detail.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Interview {
    /// As in the list.
    #[serde(flatten)]
    pub summary: InterviewSummary,
    /// What was planned.
    pub plan: Plan,
    /// The turn log.
    pub turns: Vec<Turn>,
    /// The answers.
    pub answers: Vec<AnswerSummary>,
    /// Whether the microphone's sound is there to be played.
    pub has_sound: bool,
    /// Whether camera video is there to be played.
    pub has_video: bool,
    /// The camera's takes in the order in which they were recorded.
    pub takes: Vec<Take>,
    /// What the candidate has said of it.
    pub ratings: Ratings,
    /// What was said of a broken or strange recording ("gain control was on").
    pub notes: Vec<String>,
}

/// One run of the camera's recorder.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Take {
    /// Its number, by which it is played.
    pub take: u32,
    /// When it began, interview time.
    pub start_us: i64,
    /// How long it is, where the browser told when its pieces ended.
    pub length_us: Option<i64>,
}

/// An answer in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AnswerSummary {
    /// Its id.
    pub id: String,
    /// Which question, from 0; `None` for the warm-up and the candidate's own questions.
    pub item: Option<u32>,
    /// The nth answer to it, from 1.
    pub attempt: u32,
    /// The question.
    pub question: String,
    /// Spoken rather than typed.
    pub spoken: bool,
    /// Number of words.
    pub words: u32,
    /// Length in seconds.
    pub seconds: f64,
}

/// One speaker holding the floor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Turn {
    /// Its id.
    pub id: String,
    /// Place in the log.
    pub index: u32,
    /// Which side.
    pub speaker: Speaker,
    /// Name of the speaker as shown.
    pub name: String,
    /// What was said.
    pub text: String,
    /// Begin.
    pub start_us: Option<i64>,
    /// End.
    pub end_us: Option<i64>,
    /// Spoken rather than typed.
    pub spoken: bool,
    /// Whether nothing judges it.
    pub unscored: bool,
    /// The answer it belongs to.
    pub answer: Option<String>,
}

/// Which side speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The one who asks.
    Interviewer,
    /// The one who practises.
    Candidate,
}

/// A candidate's own ratings, 0 to 10. Those left out stay as they were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Ratings {
    /// Nerves before.
    #[serde(default)]
    pub nerves_before: Option<u8>,
    /// Nerves at their peak.
    #[serde(default)]
    pub nerves_peak: Option<u8>,
    /// Nerves after.
    #[serde(default)]
    pub nerves_after: Option<u8>,
    /// Confidence for the real interview.
    #[serde(default)]
    pub confidence: Option<u8>,
    /// How well it went, by the candidate's own feeling.
    #[serde(default)]
    pub went: Option<u8>,
}

/// An answer's transcript as the candidate corrects it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Correction {
    /// The whole corrected text; at most 20,000 characters.
    pub text: String,
}

/// What was made.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Created {
    /// Its id.
    pub id: String,
}
