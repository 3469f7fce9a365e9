//! What the candidate reads.

use serde::Serialize;
use utoipa::ToSchema;

use super::interview::{Ratings, ReportState};

/// The report of one interview, in the order in which it is read.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Report {
    /// Its interview.
    pub interview: String,
    /// Where it stands.
    pub state: ReportState,
    /// What is still being done ("listening to answer 2 of 4").
    pub doing: Option<String>,
    /// 1. The candidate's own ratings; the page asks for them first.
    pub ratings: Ratings,
    /// 2. One strength with its clip.
    pub strength: Option<Point>,
    /// 3. At most two priorities.
    pub priorities: Vec<Priority>,
    /// 4. The answer to take again at once: the weakest.
    pub retake: Option<Retake>,
    /// 5. Levels with intervals, over the whole interview.
    pub levels: Vec<Level>,
    /// How much was answered.
    pub coverage: Coverage,
    /// Why there is no overall level, when there is none.
    pub no_overall: Option<String>,
    /// Answer by answer.
    pub answers: Vec<AnswerReport>,
    /// On the candidate's own questions to the interviewer.
    pub candidate_questions: Vec<Point>,
    /// What was not computed, and why.
    pub left_out: Vec<LeftOut>,
    /// Claims that did not hold against the transcript and were dropped.
    pub dropped: u32,
    /// What judged.
    pub judge: String,
}

/// How much of what was asked was answered.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct Coverage {
    /// Questions with a judged answer.
    pub answered: u32,
    /// Questions planned.
    pub asked: u32,
}

/// A sentence with what it points at.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Point {
    /// Its kind ("no_result").
    pub kind: String,
    /// The sentence.
    pub claim: String,
    /// Why it matters.
    pub why: String,
    /// Something to keep rather than to change.
    pub strength: bool,
    /// Rests on a convention of coaching without research behind it.
    pub convention: bool,
    /// What it points at; never empty.
    pub evidence: Vec<Evidence>,
}

/// What a claim points at.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Evidence {
    /// The answer.
    pub answer: String,
    /// Which words of the answer, `[first, end)`; the whole answer for an absence.
    pub first_word: Option<u32>,
    /// Index after the last word.
    pub end_word: Option<u32>,
    /// The words as they stand in the transcript.
    pub quote: Option<String>,
    /// What was looked for in the whole answer and not found.
    pub looked_for: Option<String>,
    /// Begin of the clip, interview time, where it was spoken.
    pub start_us: Option<i64>,
    /// End of the clip.
    pub end_us: Option<i64>,
}

/// Something to work on first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Priority {
    /// What, why and where.
    #[serde(flatten)]
    pub point: Point,
    /// A rewrite from the candidate's own facts, gaps left as questions in square brackets.
    pub rewrite: Option<String>,
    /// "If I am asked …, then I will …"
    pub plan: String,
}

/// The answer to take again.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Retake {
    /// Which.
    pub answer: String,
    /// Its question.
    pub question: String,
    /// Why this one.
    pub reason: String,
}

/// A criterion's level with its interval.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Level {
    /// Name of the criterion ("outcome"); "overall" for the whole.
    pub criterion: String,
    /// The name shown.
    pub name: String,
    /// 1 to 5; `None` when nothing can be said.
    pub level: Option<f64>,
    /// Lower end of the 90% interval.
    pub low: Option<f64>,
    /// Upper end of the 90% interval.
    pub high: Option<f64>,
    /// Who judged, as shown ("rules 1").
    pub judge: String,
    /// Why.
    pub reason: String,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
    /// From how many answers.
    pub coverage: Coverage,
    /// The candidate has changed more than a tenth of the words.
    pub edited: bool,
    /// What levels 1, 3 and 5 look like.
    pub anchors: Option<Anchors>,
}

/// What levels look like.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Anchors {
    /// Level 1.
    pub one: String,
    /// Level 3.
    pub three: String,
    /// Level 5.
    pub five: String,
}

/// One answer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AnswerReport {
    /// Its id.
    pub answer: String,
    /// Which question, from 0.
    pub item: Option<u32>,
    /// The nth attempt.
    pub attempt: u32,
    /// The question.
    pub question: String,
    /// What the interviewer probed for.
    pub probes: Vec<String>,
    /// Spoken rather than typed.
    pub spoken: bool,
    /// The words, in order.
    pub words: Vec<Word>,
    /// Share of words changed by the candidate.
    pub edited_share: f64,
    /// "story", "pseudo_story", "example", "opinion", "self_description", or `None`.
    pub answer_type: Option<String>,
    /// Parts of a told story, each a span or absent.
    pub star: Vec<StarPart>,
    /// The answer told again in the candidate's own sentences; `None` where it tells no story.
    pub retelling: Option<Retelling>,
    /// That it was told in nearly the same words before, or may have been read out, in a sentence:
    /// it does not count in levels over time.
    pub rehearsed: Option<String>,
    /// All findings, strengths and changes.
    pub findings: Vec<Point>,
    /// Levels of this answer.
    pub levels: Vec<Level>,
    /// Measured numbers.
    pub features: Vec<Feature>,
    /// Possible fillers, struck ones among them; the index by which one is struck out.
    pub fillers: Vec<Filler>,
    /// For the timeline; `None` for typed answers.
    pub timeline: Option<Timeline>,
    /// What was not computed, and why.
    pub left_out: Vec<LeftOut>,
    /// Other attempts at this question, oldest first.
    pub attempts: Vec<Attempt>,
}

/// Another attempt at the same question.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Attempt {
    /// The answer.
    pub answer: String,
    /// Its interview.
    pub interview: String,
    /// The nth attempt.
    pub attempt: u32,
    /// When.
    pub at: String,
}

/// A word of the transcript.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Word {
    /// As written.
    pub text: String,
    /// Begin, interview time.
    pub start_us: Option<i64>,
    /// End.
    pub end_us: Option<i64>,
}

/// Where a part of a story stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StarPart {
    /// "situation", "task", "action", "result", "reflection" or "relevance".
    pub part: String,
    /// Where; empty when absent.
    pub spans: Vec<Evidence>,
    /// What was looked for, when absent.
    pub looked_for: Option<String>,
}

/// An answer told again: the candidate's own sentences in the order of a story, shortened.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Retelling {
    /// Its parts in order.
    pub parts: Vec<RetoldPart>,
    /// Sentences that are not told again.
    pub cut: Vec<CutSentence>,
}

/// One part of a retelling.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RetoldPart {
    /// "situation", "task", "action", "result", "reflection" or "relevance".
    pub part: String,
    /// Its stretches in order.
    pub pieces: Vec<RetoldPiece>,
}

/// A stretch of a retelling: own words, or a question.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RetoldPiece {
    /// The candidate's words, and where they stand.
    pub own: Option<Evidence>,
    /// What only the candidate can fill in.
    pub question: Option<String>,
}

/// A sentence that is not told again.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CutSentence {
    /// Why: "repeated", "padding", or "beside" for what belongs to no part of the story.
    pub reason: String,
    /// The sentence, and where it stands.
    pub words: Evidence,
}

/// A measured number.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Feature {
    /// Its name ("pace_wpm").
    pub name: String,
    /// The name shown.
    pub label: String,
    /// How much.
    pub value: f64,
    /// Of what ("words_per_minute").
    pub unit: String,
    /// What to make of it, if anything, in one plain sentence.
    pub remark: Option<String>,
    /// The remark rests on a convention of coaching.
    pub convention: bool,
}

/// What may be a filler: heard in the sound, or read. No detector is sure of it, so pages and files
/// call it a possible filler.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Filler {
    /// "acoustic", "spoken" or "lexical".
    pub kind: String,
    /// What ("um").
    pub text: String,
    /// Begin.
    pub start_us: Option<i64>,
    /// End.
    pub end_us: Option<i64>,
    /// Index of the word, where it stands in the transcript.
    pub word: Option<u32>,
    /// The candidate struck it out: it keeps its place in the list and is counted nowhere.
    pub struck: bool,
}

/// Curves over an answer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Timeline {
    /// Begin of the answer.
    pub start_us: i64,
    /// End of the answer.
    pub end_us: i64,
    /// Words a minute in windows of 10 s: time of the middle, value.
    pub pace: Vec<Sample>,
    /// Loudness, dB against this recording's own median.
    pub loudness: Vec<Sample>,
    /// Pitch, semitones against this recording's own median; gaps where unvoiced.
    pub pitch: Vec<Sample>,
    /// Pauses of 250 ms and more.
    pub pauses: Vec<Interval>,
}

/// A value at a time.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct Sample {
    /// Interview time.
    pub at_us: i64,
    /// Value.
    pub value: f64,
}

/// A stretch of interview time.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct Interval {
    /// Begin.
    pub start_us: i64,
    /// End.
    pub end_us: i64,
}

/// Something that was not computed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LeftOut {
    /// What.
    pub what: String,
    /// Why.
    pub why: String,
}

/// Two attempts side by side.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Comparison {
    /// The earlier attempt.
    pub before: AnswerReport,
    /// Its interview.
    pub before_interview: String,
    /// The later attempt.
    pub after: AnswerReport,
    /// Its interview.
    pub after_interview: String,
    /// "a better answer", "no clear difference" or "a weaker answer", in a sentence.
    pub summary: String,
    /// What changed, each with evidence on the side where it is found.
    pub changes: Vec<Change>,
    /// Share of five-word runs that both have, 0 to 1.
    pub same_words: f64,
}

/// One difference between two attempts.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Change {
    /// In a sentence.
    pub claim: String,
    /// For the better (`true`), for the worse (`false`), or neither.
    pub better: Option<bool>,
    /// Where in the earlier attempt.
    pub before: Vec<Evidence>,
    /// Where in the later attempt.
    pub after: Vec<Evidence>,
}
