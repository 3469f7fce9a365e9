//! What is said about an answer, and what each claim points at.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    rubric::CriterionId,
    word::{Span, WordRange},
};

/// The stable name of a feature, as "pace_wpm".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FeatureName(pub String);

impl FeatureName {
    /// The feature of this name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(name.to_owned())
    }
}

impl fmt::Display for FeatureName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The unit of a feature's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A number of things.
    Count,
    /// Seconds.
    Seconds,
    /// Words a minute.
    WordsPerMinute,
    /// Syllables a second.
    SyllablesPerSecond,
    /// Events a minute.
    PerMinute,
    /// Events per 100 words.
    PerHundredWords,
    /// 0 to 1.
    Share,
    /// Hertz.
    Hertz,
    /// Semitones.
    Semitones,
    /// Decibels.
    Decibels,
}

/// A measured number with a unit and no opinion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Feature {
    /// Which.
    pub name: FeatureName,
    /// How much.
    pub value: f64,
    /// Of what.
    pub unit: Unit,
}

/// What a claim points at. Every finding and every level has at least one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Evidence {
    /// Words of the answer, quoted as they stand there.
    Words {
        /// Which words.
        range: WordRange,
        /// The quotation; code compares it with the transcript.
        quote: String,
    },
    /// An interval of the sound.
    Audio {
        /// Which interval, interview time.
        span: Span,
    },
    /// Something that is not there: the whole answer was searched.
    Absence(Absence),
}

/// A search that found nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// What was searched: the whole answer.
    pub searched: WordRange,
    /// What was looked for, in plain words.
    pub looked_for: String,
}

/// A part of a told story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StarPart {
    /// Where, when, with whom.
    Situation,
    /// What was to be done.
    Task,
    /// What the candidate did.
    Action,
    /// How it ended.
    Result,
    /// What was learned or would be done differently.
    Reflection,
    /// Why it matters for this question or role.
    Relevance,
}

impl StarPart {
    /// All parts in the order of a told story.
    pub const ALL: [Self; 6] = [
        Self::Situation,
        Self::Task,
        Self::Action,
        Self::Result,
        Self::Reflection,
        Self::Relevance,
    ];
}

/// Where a part of a story stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StarSpan {
    /// Which part.
    pub part: StarPart,
    /// Where.
    pub range: WordRange,
}

/// A filler that was heard or read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Filler {
    /// How it was found.
    pub kind: FillerKind,
    /// What it is ("um", "you know").
    pub text: String,
    /// When it was said.
    pub span: Option<Span>,
    /// Which words of the transcript, where it stands there.
    pub range: Option<WordRange>,
    /// How sure the search is, 0 to 1.
    pub probability: f64,
    /// Whether the candidate says that it is none: it keeps its place and is counted nowhere.
    #[serde(default)]
    pub struck: bool,
}

/// How a filler was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FillerKind {
    /// "um", "uh", "er", found in the sound.
    Acoustic,
    /// "um", "uh", "er", found in the words.
    Spoken,
    /// "like", "you know", "I mean", "so", "basically", told from their literal use.
    Lexical,
}

/// The stable kind of a finding, as "no_result".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FindingKind(pub String);

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A claim with evidence, about the task and never about the person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Its stable kind; the predicate that is run again on the evidence.
    pub kind: FindingKind,
    /// Whether this is something to keep (`true`) or to change.
    pub strength: bool,
    /// What was found, one plain sentence.
    pub claim: String,
    /// Why it matters, one plain sentence.
    pub why: String,
    /// What it points at; never empty.
    pub evidence: Vec<Evidence>,
    /// Whether this rests on a convention of coaching without research behind it.
    #[serde(default)]
    pub convention: bool,
    /// How much it would change the answer, 0 to 1: what priorities are sorted by.
    pub weight: f64,
}

/// Who judged.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Judge {
    /// The rules in this program.
    Rules {
        /// Their version.
        version: String,
    },
    /// A language model.
    Model {
        /// Its name.
        name: String,
        /// SHA-256 of its file, where it is local.
        sha256: Option<String>,
        /// SHA-256 of what it was told, apart from the answer.
        prompt_sha256: String,
        /// The version of what it was told.
        #[serde(default)]
        prompt_version: String,
        /// What the server said wrote it, where it said so.
        #[serde(default)]
        fingerprint: Option<String>,
        /// How often it was asked about the answer.
        #[serde(default)]
        calls: u32,
    },
    /// A person.
    Human {
        /// Who.
        participant: crate::id::ParticipantId,
    },
}

/// A criterion's level with its interval and evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Which criterion.
    pub criterion: CriterionId,
    /// Its name as shown.
    pub name: String,
    /// The level, 1 to 5; `None` when the judge abstains.
    pub level: Option<f64>,
    /// Lower end of the 90% interval.
    pub low: Option<f64>,
    /// Upper end of the 90% interval.
    pub high: Option<f64>,
    /// Who judged.
    pub judge: Judge,
    /// Why this level, one plain sentence; for an abstention, why none.
    pub reason: String,
    /// What it rests on; never empty when there is a level.
    pub evidence: Vec<Evidence>,
    /// Whether more than a tenth of the words were changed by the candidate.
    #[serde(default)]
    pub edited: bool,
}

/// How much of what was asked was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Questions with a judged answer.
    pub answered: u32,
    /// Questions asked.
    pub asked: u32,
}

impl Coverage {
    /// Whether at least half was answered, below which no overall level is given.
    #[must_use]
    pub const fn suffices(self) -> bool {
        self.answered > 0 && self.answered * 2 >= self.asked
    }
}

/// Something that was not computed, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// What ("pitch_spread_st").
    pub what: String,
    /// Why, one plain sentence.
    pub why: String,
}
