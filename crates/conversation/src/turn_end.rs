//! Whether a silence is a thinking pause or the end of the turn.
//!
//! Every 100 ms of silence the evidence is combined into a probability. Let `S(t)` be the share of this
//! person's pauses inside a turn that last longer than `t` ([`Pauses::survival`]), and `p0` the
//! probability, before any silence, that a turn ends here. After a silence of `t`, Bayes' rule gives
//!
//! ```text
//! logit P(end | t) = logit p0 - ln S(t)
//! ```
//!
//! because an ended turn stays silent and a pause goes on with probability `S(t)`. `logit p0` is a sum of
//! named weights ([`Weights`]) over the sound, the words, the place in the story and what is known of
//! the listener's own mistakes; `S(t)` has a weight too, which came out as 1 where it was fitted. The turn
//! is over when `P` exceeds the temperament's threshold, never before [`TurnEndModel::quiet_ms_min`]. With
//! the sound model's probability the weights are fitted, so that `P` is the share that turns out true
//! (`docs/reference/performance.md` has the table). Without it they stand where the waits come out as
//! intended (1.2 s in general, 2.5 s in the middle of a story, about 1 s after a complete answer: a
//! convention of this project between the 0.2 s of people and the 4 s of other programs that talk).

mod closing;
mod ending;
mod pauses;
mod weights;

use interview::Temperament;
use serde::{Deserialize, Serialize};

pub use self::{
    closing::{Sign, closing_logit, signs},
    ending::{Ending, ending_of},
    pauses::Pauses,
};
use crate::wording::word_count;

/// How far the answer is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoryPlace {
    /// Where no story is expected: the warm-up, a reply to a probe, the candidate's own question.
    NoStory,
    /// It has hardly begun.
    Beginning,
    /// It goes on, and how it ended has not been said.
    Middle,
    /// How it ended has been said.
    ResultGiven,
}

/// The least words before a story counts as begun.
pub const BEGINNING_WORDS: usize = 12;

impl StoryPlace {
    /// The place from what was said and whether the result is still missing (`None`: unknown).
    #[must_use]
    pub fn of(said: &str, result_missing: Option<bool>) -> Self {
        match result_missing {
            _ if word_count(said) < BEGINNING_WORDS => Self::Beginning,
            Some(false) => Self::ResultGiven,
            Some(true) | None => Self::Middle,
        }
    }
}

/// One moment of silence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment<'a> {
    /// How long the silence has lasted, milliseconds.
    pub quiet_ms: u32,
    /// What the sound model says, 0 to 1, where there is one.
    pub sound_probability: Option<f32>,
    /// How the words end.
    pub ending: Ending,
    /// By how much the last sentence sounds like the last one of an answer ([`closing_logit`]).
    pub closing_logit: f64,
    /// How far the answer is told.
    pub place: StoryPlace,
    /// How this person pauses.
    pub pauses: &'a Pauses,
    /// How often a turn of this person was taken for over and was not.
    pub cut_offs: u32,
    /// Who listens.
    pub temperament: Temperament,
    /// Whether a doubtful silence may be met with "take your time" instead of a reply.
    pub may_ask: bool,
}

/// What to do about a silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Go on listening.
    Wait,
    /// Say softly that there is time; the answer goes on.
    Encourage,
    /// The turn is over.
    End,
}

/// What each sign is worth, in logits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Before anything is known.
    pub bias: f64,
    /// Times the logit of the sound model's probability.
    pub sound: f64,
    /// Times the negative logarithm of the share of the person's pauses that last longer.
    pub silence: f64,
    /// [`Ending::Unknown`].
    pub unknown: f64,
    /// [`Ending::BeforeContent`] and [`Ending::Trailing`].
    pub trailing: f64,
    /// [`Ending::HalfSaid`].
    pub half_said: f64,
    /// [`Ending::Open`].
    pub open: f64,
    /// [`Ending::Complete`].
    pub complete: f64,
    /// [`Ending::Closed`].
    pub closed: f64,
    /// Times the [`closing_logit`] of a sentence that is not known to be unfinished.
    pub closing: f64,
    /// [`StoryPlace::Beginning`].
    pub beginning: f64,
    /// [`StoryPlace::Middle`].
    pub middle: f64,
    /// [`StoryPlace::ResultGiven`].
    pub result_given: f64,
    /// For each turn that was cut off, up to three.
    pub cut_off: f64,
}

impl Weights {
    /// The probability that the turn is over, given the logit of the sound model's.
    fn probability(&self, moment: &Moment<'_>, sound_logit: f64) -> f64 {
        let words = match moment.ending {
            Ending::Unknown => self.unknown,
            Ending::BeforeContent | Ending::Trailing => self.trailing,
            Ending::HalfSaid => self.half_said,
            Ending::Open => self.open,
            Ending::Complete => self.complete,
            Ending::Closed => self.closed,
        };
        let place = match moment.place {
            StoryPlace::NoStory => 0.0,
            StoryPlace::Beginning => self.beginning,
            StoryPlace::Middle => self.middle,
            StoryPlace::ResultGiven => self.result_given,
        };
        let mistakes = self.cut_off * f64::from(moment.cut_offs.min(3));
        let silence = -self.silence * moment.pauses.survival(moment.quiet_ms).ln();
        let whole = matches!(moment.ending, Ending::Open | Ending::Complete);
        let closing = if whole { self.closing * moment.closing_logit } else { 0.0 };
        let logit =
            self.bias + self.sound * sound_logit + words + closing + place + mistakes + silence;
        1.0 / (1.0 + (-logit).exp())
    }
}

/// How silences are judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TurnEndModel {
    /// What the signs are worth once the sound model has been asked.
    pub heard: Weights,
    /// The same without it: before its first word in a pause, or where it is not there.
    pub unheard: Weights,
    /// The largest logit the sound model is believed with.
    pub sound_logit_max: f64,
    /// The probability above which a warm listener replies.
    pub threshold_warm: f64,
    /// The same for a neutral or sceptical one: doubt is in the words, never in the haste.
    pub threshold: f64,
    /// No turn ends before this silence, milliseconds.
    pub quiet_ms_min: u32,
    /// The same after words that close an answer.
    pub quiet_closed_ms_min: u32,
    /// An unfinished phrase is never cut: after this silence there is encouragement instead.
    pub encourage_ms: u32,
    /// A silence of this length that is neither clearly the end nor clearly a pause is met with
    /// encouragement, which leaves the floor to the candidate, milliseconds.
    pub doubt_ms: u32,
    /// After this silence a turn with content is over in any case but an unfinished phrase, for a
    /// person of whom nothing is known.
    pub quiet_ms_max: u32,
    /// For a person whose pauses are known, it is the silence that this share of them outlasts, if that
    /// is longer, and no longer than [`Self::quiet_known_ms_max`].
    pub outlasting_share: f64,
    /// The longest silence that anybody is left, milliseconds.
    pub quiet_known_ms_max: u32,
}

impl Default for TurnEndModel {
    fn default() -> Self {
        Self::STANDARD
    }
}

impl TurnEndModel {
    /// The weights in use; `weights.rs` has their origin. Without the signs of an ending the threshold cut off
    /// 4.6% of the thinking pauses of the development half of `evals/turns`; a warm listener's is 0.4 logits
    /// above it.
    pub const STANDARD: Self = Self {
        heard: weights::HEARD,
        unheard: weights::UNHEARD,
        sound_logit_max: 5.0,
        threshold_warm: 0.906,
        threshold: 0.865,
        quiet_ms_min: 800,
        quiet_closed_ms_min: 600,
        encourage_ms: 7_000,
        doubt_ms: 3_400,
        quiet_ms_max: 5_000,
        outlasting_share: 0.004_5,
        quiet_known_ms_max: 7_000,
    };

    /// The same weights for a listener, of whatever temperament, who replies above this probability
    /// however short the silence. The weights without sound belong to the standard threshold, so before
    /// the sound model's first word in a pause the others stand in for them.
    #[must_use]
    pub const fn at(mut self, threshold: f64) -> Self {
        self.threshold = threshold;
        self.threshold_warm = threshold;
        self.quiet_ms_min = 0;
        self.quiet_closed_ms_min = 0;
        self.unheard = self.heard;
        self
    }

    /// The same weights for one who only watches and never replies.
    #[must_use]
    pub const fn never(self) -> Self {
        let mut model = self.at(2.0);
        model.encourage_ms = 60_000;
        model.doubt_ms = 60_000;
        model.quiet_ms_max = 60_000;
        model
    }

    /// The probability that the turn is over.
    #[must_use]
    pub fn probability(&self, moment: &Moment<'_>) -> f64 {
        match moment.sound_probability {
            None => self.unheard.probability(moment, 0.0),
            Some(probability) => {
                let p = f64::from(probability).clamp(0.001, 0.999);
                let logit = (p / (1.0 - p)).ln();
                let believed = logit.clamp(-self.sound_logit_max, self.sound_logit_max);
                self.heard.probability(moment, believed)
            }
        }
    }

    /// After which silence a turn with content is over in any case, milliseconds.
    fn quiet_ms_max(&self, pauses: &Pauses) -> u32 {
        let longest = pauses.outlasted_ms(self.outlasting_share).min(self.quiet_known_ms_max);
        self.quiet_ms_max.max(longest)
    }

    /// What to do about this silence.
    #[must_use]
    pub fn decide(&self, moment: &Moment<'_>) -> Decision {
        if moment.ending == Ending::BeforeContent {
            return Decision::Wait;
        }
        if moment.ending == Ending::Trailing {
            return if moment.quiet_ms >= self.encourage_ms {
                Decision::Encourage
            } else {
                Decision::Wait
            };
        }
        let quiet_ms_min = if moment.ending == Ending::Closed {
            self.quiet_closed_ms_min
        } else {
            self.quiet_ms_min
        };
        let threshold = match moment.temperament {
            Temperament::Warm => self.threshold_warm,
            Temperament::Neutral | Temperament::Sceptical => self.threshold,
        };
        let over = moment.quiet_ms >= self.quiet_ms_max(moment.pauses)
            || self.probability(moment) >= threshold;
        if moment.quiet_ms >= quiet_ms_min && over {
            Decision::End
        } else if moment.may_ask && moment.quiet_ms >= self.doubt_ms {
            Decision::Encourage
        } else {
            Decision::Wait
        }
    }
}
