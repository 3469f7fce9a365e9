//! What the candidate reads: one answer's report, and the whole interview's.

use std::collections::BTreeMap;

use interview::{
    AnswerId, Competency, Coverage, CriterionId, Evidence, Feature, Filler, Finding, FindingKind,
    Judgement, LeftOut, QuestionId, Span, StarSpan, WordRange,
};
use serde::{Deserialize, Serialize};

use crate::{findings::REHEARSAL_KINDS, gate::Dropped};

/// A level with its 90% interval, all from 1 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// The level.
    pub level: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// What kind of answer it is (after Bangerter, Corvalan and Cavin 2014).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerType {
    /// One situation that happened once, told.
    Story,
    /// What usually happens, told like a story.
    PseudoStory,
    /// An example without what happened in it.
    Exemplification,
    /// What the speaker holds to be right.
    Opinion,
    /// What the speaker says they are like.
    SelfDescription,
}

/// Words a minute inside a window.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PaceWindow {
    /// The window, interview time.
    pub span: Span,
    /// Words a minute in it.
    pub wpm: f64,
}

/// A part of a suggested rewrite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RewritePiece {
    /// The candidate's own words, as they stand in the transcript.
    Own {
        /// Which words.
        range: WordRange,
        /// The words.
        text: String,
    },
    /// Something only the candidate knows, asked for.
    Gap {
        /// The question.
        question: String,
    },
}

/// The answer's weak place told again from the candidate's own words, with gaps as questions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rewrite {
    /// Its parts in order.
    pub pieces: Vec<RewritePiece>,
}

impl Rewrite {
    /// The parts in one text, gaps in square brackets.
    #[must_use]
    pub fn text(&self) -> String {
        let parts: Vec<String> = self
            .pieces
            .iter()
            .map(|piece| match piece {
                RewritePiece::Own { text, .. } => text.clone(),
                RewritePiece::Gap { question } => format!("[{question}]"),
            })
            .collect();
        parts.join(" ")
    }
}

/// Something done well, with its clip.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Strength {
    /// The kind of the finding behind it.
    pub kind: FindingKind,
    /// What it is.
    pub claim: String,
    /// Why it matters.
    pub why: String,
    /// What it points at.
    pub evidence: Vec<Evidence>,
    /// The words to play.
    pub clip: WordRange,
    /// When they were said.
    pub span: Option<Span>,
}

/// One of at most two things to work on, with its clip.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Priority {
    /// The kind of the finding behind it.
    pub kind: FindingKind,
    /// What it is.
    pub claim: String,
    /// Why it matters.
    pub why: String,
    /// Whether the reason is a convention of coaching without research behind it.
    pub convention: bool,
    /// What it points at.
    pub evidence: Vec<Evidence>,
    /// The words to play; for something absent, where it would have stood.
    pub clip: WordRange,
    /// When they were said.
    pub span: Option<Span>,
    /// How it could be told, from the candidate's own words.
    pub rewrite: Rewrite,
    /// One "if …, then I …" sentence to take into the retake.
    pub plan: String,
    /// How much it would change the answer, 0 to 1.
    pub weight: f64,
}

/// Everything said about one answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnswerReport {
    /// Which version of this crate made it.
    pub version: String,
    /// SHA-256 of everything it was made from.
    pub input_sha256: String,
    /// Which answer.
    pub answer: AnswerId,
    /// Which question of the plan, from 0.
    pub item: Option<u32>,
    /// The nth answer to this question, from 1.
    pub attempt: u32,
    /// The question's name.
    pub question: QuestionId,
    /// The question as it was asked.
    pub question_text: String,
    /// What the question is about.
    pub competency: Competency,
    /// What was measured.
    pub features: Vec<Feature>,
    /// Pace by window, for a timeline.
    pub pace: Vec<PaceWindow>,
    /// Silences of at least 250 ms, for a timeline.
    pub pauses: Vec<Span>,
    /// Fillers that were heard or read.
    pub fillers: Vec<Filler>,
    /// Where each part of the story stands; an absent part has no entry.
    pub star: Vec<StarSpan>,
    /// What kind of answer it is; `None` when nothing was said.
    pub answer_type: Option<AnswerType>,
    /// What was found, the most important first.
    pub findings: Vec<Finding>,
    /// How many findings and judgements the evidence gate refused.
    pub dropped: u32,
    /// What they were and why.
    pub problems: Vec<Dropped>,
    /// The level of each criterion.
    pub judgements: Vec<Judgement>,
    /// All criteria with a level together, equal weights, calibrated; `None` when the judge abstained
    /// on more than half of them.
    pub overall: Option<Level>,
    /// One thing to keep.
    pub strength: Option<Strength>,
    /// At most two things to change.
    pub priorities: Vec<Priority>,
    /// What was not computed, and why.
    pub left_out: Vec<LeftOut>,
    /// Whether more than a tenth of the words were changed by the candidate.
    pub edited: bool,
}

impl AnswerReport {
    /// The value of the feature of this name, if it was computed.
    #[must_use]
    pub fn feature(&self, name: &str) -> Option<f64> {
        self.features.iter().find(|feature| feature.name.0 == name).map(|feature| feature.value)
    }

    /// What says that the answer was rehearsed, if anything does.
    #[must_use]
    pub fn rehearsed(&self) -> Option<&Finding> {
        self.findings.iter().find(|finding| REHEARSAL_KINDS.contains(&finding.kind.0.as_str()))
    }

    /// The judgement of this criterion.
    #[must_use]
    pub fn judgement(&self, criterion: &str) -> Option<&Judgement> {
        self.judgements.iter().find(|judgement| judgement.criterion.0 == criterion)
    }
}

/// How the candidate rated themself before reading anything else.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OwnRating {
    /// Over all, 1 to 5.
    pub level: Option<f64>,
    /// Per criterion, 1 to 5.
    #[serde(default)]
    pub criteria: BTreeMap<CriterionId, f64>,
    /// In their own words.
    #[serde(default)]
    pub note: String,
}

/// One criterion over all answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CriterionLevel {
    /// Which criterion.
    pub criterion: CriterionId,
    /// Its name as shown.
    pub name: String,
    /// The mean over the judged answers; `None` when less than half could be judged.
    pub level: Option<Level>,
    /// How many answers it rests on.
    pub coverage: Coverage,
    /// What it rests on, or why there is none, one plain sentence.
    pub reason: String,
}

/// The strength of the interview and the answer it stands in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportStrength {
    /// Which answer.
    pub answer: AnswerId,
    /// The strength.
    pub strength: Strength,
}

/// A priority of the interview and the answer whose clip shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportPriority {
    /// Which answer.
    pub answer: AnswerId,
    /// In how many answers it was found.
    pub answers: u32,
    /// The priority.
    pub priority: Priority,
}

/// Which answer to take again at once, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retake {
    /// Which answer.
    pub answer: AnswerId,
    /// Why this one, one plain sentence.
    pub why: String,
}

/// Something this report looks at because of the goal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GoalLine {
    /// What, one plain sentence.
    pub text: String,
    /// The answers it speaks of.
    pub answers: Vec<AnswerId>,
}

/// A question the candidate asked, and what is said about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CandidateQuestionReport {
    /// What was asked.
    pub text: String,
    /// The answer that it was asked in; reports of older versions do not say.
    #[serde(default)]
    pub answer: Option<AnswerId>,
    /// Its words in that answer.
    #[serde(default)]
    pub range: Option<WordRange>,
    /// Where it was said, if it was spoken.
    #[serde(default)]
    pub span: Option<Span>,
    /// What was found; evidence counts the words of this question.
    pub findings: Vec<Finding>,
}

/// What the candidate reads after an interview.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Which version of this crate made it.
    pub version: String,
    /// SHA-256 of everything it was made from.
    pub input_sha256: String,
    /// How the candidate rated themself; shown first.
    pub own_rating: Option<OwnRating>,
    /// The strongest clip.
    pub strength: Option<ReportStrength>,
    /// At most two things to work on.
    pub priorities: Vec<ReportPriority>,
    /// Which answer to take again at once.
    pub retake: Option<Retake>,
    /// What this report looks at because of the goal.
    pub goal: Vec<GoalLine>,
    /// How much of what was asked was answered.
    pub coverage: Coverage,
    /// Each criterion over all answers; shown last.
    pub criteria: Vec<CriterionLevel>,
    /// All criteria together, equal weights; `None` below half coverage.
    pub overall: Option<Level>,
    /// The candidate's own questions.
    pub candidate_questions: Vec<CandidateQuestionReport>,
    /// Every answer's own report, in the order of the plan.
    pub answers: Vec<AnswerReport>,
    /// What was left out over all, and why.
    pub left_out: Vec<LeftOut>,
    /// How many findings and judgements the evidence gate refused, all answers together.
    pub dropped: u32,
    /// Whether any answer's transcript was changed by more than a tenth.
    pub edited: bool,
}
