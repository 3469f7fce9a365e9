//! What an analysis is given.

use std::collections::{BTreeMap, BTreeSet};

use interview::{Answer, Feature, FeatureName, Filler, Goal, LeftOut, Rubric, Span, Us};
use serde::{Deserialize, Serialize};

/// What the sound of one answer measured. Every part is optional: what was not measured is empty
/// and stands in `left_out` with its reason.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sound {
    /// Where there is speech, interview time.
    pub voiced: Vec<Span>,
    /// Silences of at least 250 ms inside the answer.
    pub pauses: Vec<Span>,
    /// From the end of the question to the first voiced sample, microseconds.
    pub latency_us: Option<i64>,
    /// "um", "uh" and "er" found in the sound.
    pub fillers: Vec<Filler>,
    /// What was measured as one number: `pitch_spread_st`, `loudness_spread_db`, pause features.
    pub features: Vec<Feature>,
    /// Pitch against its own median in semitones, by time, for a timeline.
    pub pitch_st: Vec<(Us, f32)>,
    /// Level against its own median in decibels, by time, for a timeline.
    pub level_db: Vec<(Us, f32)>,
    /// What was withheld and why.
    pub left_out: Vec<LeftOut>,
}

/// How near an answer is to its question, from an embedding model: cosines, -1 to 1.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Relevance {
    /// Of the whole answer.
    pub answer: f32,
    /// Of each sentence, in the order of [`crate::sentences`]; may be empty.
    #[serde(default)]
    pub sentences: Vec<f32>,
    /// How near the answer is to questions about other things, where they were compared.
    #[serde(default)]
    pub others: Option<Others>,
}

/// How near an answer is to questions that ask about something else: the nearest of the whole answer
/// and each of its sentences, for every such question.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Others {
    /// The mean over those questions, -1 to 1.
    pub mean: f32,
    /// The standard deviation over them.
    pub deviation: f32,
}

impl Others {
    /// Of these nearest cosines, one for each question; `None` of fewer than eight, which say too
    /// little.
    #[must_use]
    pub fn of(nearest: &[f32]) -> Option<Self> {
        let count = nearest.len() as f32;
        let mean = nearest.iter().sum::<f32>() / count;
        let squares: f32 = nearest.iter().map(|one| (one - mean).powi(2)).sum();
        let deviation = (squares / count).sqrt();
        (nearest.len() >= 8 && deviation > 1e-4).then_some(Self { mean, deviation })
    }
}

/// A group of measures that can be switched off; then nothing of it is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Words a minute, over all and in windows of 10 s.
    Pace,
    /// Silences inside the answer, and the time until the first word.
    Pauses,
    /// "um" and "uh", and "like", "you know" and others by their use.
    Fillers,
    /// The spread of the pitch.
    Pitch,
    /// The spread of the loudness.
    Loudness,
    /// "maybe", "sort of", "I think".
    Hedges,
    /// How the answer begins and ends.
    OpeningsEndings,
    /// How long the answer is, its longest sentence, and the share of each part of the story.
    Length,
    /// Words and phrases used again and again, and the variety of words.
    Repeats,
    /// The same words as in an earlier answer.
    Rehearsal,
}

impl Measure {
    /// All of them, in the order in which settings list them.
    pub const ALL: [Self; 10] = [
        Self::Pace,
        Self::Pauses,
        Self::Fillers,
        Self::Pitch,
        Self::Loudness,
        Self::Hedges,
        Self::OpeningsEndings,
        Self::Length,
        Self::Repeats,
        Self::Rehearsal,
    ];

    /// The name shown to people, in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pace => "pace",
            Self::Pauses => "pauses",
            Self::Fillers => "fillers",
            Self::Pitch => "pitch",
            Self::Loudness => "loudness",
            Self::Hedges => "hedges",
            Self::OpeningsEndings => "openings and endings",
            Self::Length => "length",
            Self::Repeats => "repeats",
            Self::Rehearsal => "rehearsal",
        }
    }
}

/// Which measures are computed at all. The default computes every one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Switches {
    /// The measures that are off.
    pub off: BTreeSet<Measure>,
}

impl Switches {
    /// Everything but these.
    #[must_use]
    pub fn without(off: impl IntoIterator<Item = Measure>) -> Self {
        Self { off: off.into_iter().collect() }
    }

    /// Whether this measure is computed.
    #[must_use]
    pub fn on(&self, measure: Measure) -> bool {
        !self.off.contains(&measure)
    }
}

/// What is usual for this person, from their own earlier answers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// Over how many answers.
    pub answers: u32,
    /// The median of each feature over them.
    pub medians: BTreeMap<FeatureName, f64>,
}

impl Baseline {
    /// The person's usual value of this feature, once there are at least three answers behind it.
    #[must_use]
    pub fn usual(&self, feature: &str) -> Option<f64> {
        (self.answers >= 3).then(|| self.medians.get(&FeatureName::new(feature)).copied())?
    }
}

impl Relevance {
    /// The highest cosine of the whole answer and of its sentences: one sentence that speaks of what
    /// was asked is enough, however much a long story tells beside it.
    #[must_use]
    pub fn nearest(&self) -> f32 {
        self.sentences.iter().copied().fold(self.answer, f32::max)
    }

    /// How many standard deviations nearer to its question than to others; `None` where no others
    /// were compared.
    #[must_use]
    pub fn standing(&self) -> Option<f32> {
        self.others.map(|others| (self.nearest() - others.mean) / others.deviation)
    }
}

/// Something that was taken for a filler and that the candidate says is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoFiller {
    /// What was taken for one ("um").
    pub text: String,
    /// When it was said, interview time.
    pub span: Option<Span>,
    /// Which word of the answer, where it stands in the transcript.
    pub word: Option<usize>,
}

impl NoFiller {
    /// How far the middles of two may lie apart that are the same, microseconds: hearing an answer
    /// again moves what is found by less than a syllable.
    const SAME_US: Us = 300_000;

    /// Whether it is this filler. Times decide where both have them, because words move when the
    /// transcript is corrected.
    #[must_use]
    pub fn is(&self, filler: &Filler) -> bool {
        let word = filler.range.map(|range| range.first);
        self.same(&Self { text: filler.text.clone(), span: filler.span, word })
    }

    /// Whether both are the same.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        let middle = |span: Span| (span.start_us + span.end_us) / 2;
        self.text == other.text
            && match (self.span, other.span) {
                (Some(own), Some(other)) => (middle(own) - middle(other)).abs() <= Self::SAME_US,
                _ => self.word.is_some() && self.word == other.word,
            }
    }
}

/// One answer with everything that its analysis may look at.
#[derive(Debug, Clone, Copy)]
pub struct AnswerInput<'a> {
    /// The answer.
    pub answer: &'a Answer,
    /// What its sound measured; `None` for a typed answer.
    pub sound: Option<&'a Sound>,
    /// Its nearness to the question, where an embedding model was there.
    pub relevance: Option<&'a Relevance>,
    /// What it is judged by, beside the question's own criterion.
    pub rubric: &'a Rubric,
    /// What the person practises for.
    pub goal: Option<&'a Goal>,
    /// Which measures are computed.
    pub switches: &'a Switches,
    /// What is usual for this person.
    pub baseline: Option<&'a Baseline>,
    /// Earlier takes of this question and answers to other questions, oldest first.
    pub earlier: &'a [&'a Answer],
    /// What the candidate says is no filler.
    pub no_fillers: &'a [NoFiller],
}
