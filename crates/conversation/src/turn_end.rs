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

mod weights;

use interview::Temperament;
use serde::{Deserialize, Serialize};

use crate::{
    request::{Request, understand},
    wording::{is_before_content, tokens, word_count},
};

/// How what was said so far ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// No words are known, though a voice was heard.
    Unknown,
    /// Nothing but fillers or the announcement of a thought.
    BeforeContent,
    /// In the middle of a phrase: "and then we", "because the".
    Trailing,
    /// The first half of something: "when I joined the team", or a list with items still to come.
    HalfSaid,
    /// Without a sign of completeness.
    Open,
    /// A complete sentence.
    Complete,
    /// Words by which people close an answer: "so that's it".
    Closed,
}

/// Words after which a phrase always goes on, whatever the recogniser's punctuation says.
const NEVER_LAST: &[&str] = &[
    "and",
    "but",
    "because",
    "the",
    "a",
    "an",
    "of",
    "my",
    "our",
    "their",
    "your",
    "or",
    "if",
    "um",
    "uh",
    "er",
    "erm",
    "umm",
    "i",
    "we",
    "they",
    "he",
    "she",
    "whether",
    "than",
    "although",
    "while",
    "into",
    "which",
    "basically",
    "we're",
    "i'm",
    "they're",
    "it's",
    "we've",
    "i've",
    "who's",
    "i'd",
    "we'd",
    "every",
    "also",
    "cause",
    "'cause",
    "cuz",
    "until",
    "unless",
    "since",
    "from",
    "were",
    "an'",
];

/// Words after which a phrase goes on unless a sentence ends there.
const SELDOM_LAST: &[&str] = &[
    "to", "for", "with", "in", "on", "at", "by", "about", "that", "this", "it", "was", "is", "are",
    "as", "so", "like", "when", "who", "what", "where", "how", "not", "very", "really", "just",
    "then", "had", "have", "has", "will", "would", "could", "can", "should", "did", "do", "be",
    "been", "these", "those", "some", "his", "her", "its", "more", "no", "actually", "well",
    "even", "you", "get", "got", "through",
];

/// The last words by which people close an answer.
const CLOSING_PHRASES: &[&str] = &[
    "so that's it",
    "that's it",
    "that's about it",
    "that's all",
    "that's pretty much it",
    "that's my answer",
    "that's my example",
    "that was it",
    "so yeah",
    "and yeah",
    "and that's that",
    "so that's what i did",
    "and that's what happened",
    "and that's how we did it",
    "so that's how it went",
    "hope that answers the question",
    "hope that answers your question",
    "hope that makes sense",
    "does that answer your question",
    "does that answer the question",
    "does that make sense",
    "so there you go",
    "end of story",
];

/// How a text ends. Captions punctuate even what is unfinished, so the last word counts for more than
/// the last mark.
#[must_use]
pub fn ending_of(text: &str) -> Ending {
    let text = text.trim();
    let words = tokens(text);
    let Some(last) = words.last().map(String::as_str) else {
        return Ending::Unknown;
    };
    if is_before_content(text) {
        return Ending::BeforeContent;
    }
    let joined = format!(" {}", words.join(" "));
    if CLOSING_PHRASES.iter().any(|phrase| joined.ends_with(&format!(" {phrase}")))
        || understand(text) == Some(Request::Done)
    {
        return Ending::Closed;
    }
    let stopped = text.ends_with(['.', '!', '?']) && !text.ends_with("..");
    let unfinished = text.ends_with([',', '-', '\u{2013}', '\u{2014}', '\u{2026}', ':', ';'])
        || text.ends_with("..");
    if unfinished || NEVER_LAST.contains(&last) || (!stopped && SELDOM_LAST.contains(&last)) {
        Ending::Trailing
    } else if is_half_sentence(text) || is_half_list(&words) {
        Ending::HalfSaid
    } else if stopped {
        Ending::Complete
    } else {
        Ending::Open
    }
}

/// Words by which a clause begins that needs another one.
const SUBORDINATE: &[&str] =
    &["if", "when", "because", "although", "while", "after", "before", "since", "whenever", "once"];

/// Words after one of those that make it a whole phrase: "after that we agreed".
const POINTING: &[&str] = &["that", "then", "this", "all", "which", "again", "a", "upon"];

/// A longer sentence holds its main clause, though the captions show no comma.
const HALF_SENTENCE_WORDS_MAX: usize = 12;

/// Whether the last sentence is a subordinate clause alone, as captions punctuate it at a pause.
fn is_half_sentence(text: &str) -> bool {
    let body = text.trim_end_matches(['.', '!', ' ']);
    let sentence = body.rsplit(['.', '!', '?']).next().unwrap_or(body);
    let words = tokens(sentence);
    let [first, second, ..] = words.as_slice() else { return false };
    let short = words.len() <= HALF_SENTENCE_WORDS_MAX && !sentence.contains(',');
    short && SUBORDINATE.contains(&first.as_str()) && !POINTING.contains(&second.as_str())
}

/// Numbers that announce a list, with how many items they promise.
const COUNTS: &[(&str, usize)] = &[("two", 2), ("three", 3), ("four", 4), ("five", 5)];

/// What is listed after them.
const LISTED: &[&str] =
    &["things", "reasons", "ways", "parts", "points", "steps", "examples", "problems", "lessons"];

/// Words that number the items of a list, and those that number the last.
const ORDINALS: &[&str] =
    &["first", "firstly", "second", "secondly", "third", "thirdly", "fourth", "fifth"];
const LAST_ITEM: &[&str] = &["finally", "lastly"];

/// Whether a list was announced ("there are two reasons") of which not all items have been numbered.
fn is_half_list(words: &[String]) -> bool {
    let announced = words.windows(2).enumerate().rev().find_map(|(at, pair)| {
        let promised = COUNTS.iter().find(|(count, _)| pair[0] == *count)?.1;
        LISTED.contains(&pair[1].as_str()).then_some((at, promised))
    });
    let Some((at, promised)) = announced else { return false };
    let after = &words[at + 2..];
    let numbered = after.iter().filter(|word| ORDINALS.contains(&word.as_str())).count();
    let closed = after.iter().any(|word| LAST_ITEM.contains(&word.as_str()));
    // Who numbers nothing at all may list without it.
    let unnumbered = numbered == 0 && after.len() > HALF_SENTENCE_WORDS_MAX;
    numbered < promised && !closed && !unnumbered
}

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

/// What is known of a person's pauses inside turns: a log-normal distribution with a prior that counts
/// as [`Pauses::PRIOR_COUNT`] pauses. Held in whole numbers, so that what is stored reads back the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pauses {
    count: u32,
    sum_micro_ln: i64,
    sum_micro_ln_sq: i64,
}

impl Pauses {
    /// Shorter silences are articulation, not pauses, milliseconds.
    pub const MS_MIN: u32 = 250;
    /// Longer ones say nothing about the pauses of talk: the person was away or stuck, milliseconds.
    pub const MS_MAX: u32 = 8_000;
    /// Median of the prior, seconds (a convention; pauses of interview answers of 0.25 s and more).
    pub const PRIOR_MEDIAN_S: f64 = 0.6;
    /// Spread of the prior, as the standard deviation of the logarithm (a convention).
    pub const PRIOR_SPREAD: f64 = 0.8;
    /// How many pauses the prior counts for: a warm-up of half a minute begins to outweigh it.
    pub const PRIOR_COUNT: f64 = 12.0;

    /// Learns from a pause after which the person went on, milliseconds.
    pub fn learn(&mut self, ms: u32) {
        if !(Self::MS_MIN..=Self::MS_MAX).contains(&ms) || self.count >= 100_000 {
            return;
        }
        let ln = (f64::from(ms) / 1e3).ln();
        self.count += 1;
        self.sum_micro_ln += (ln * 1e6).round() as i64;
        self.sum_micro_ln_sq += (ln * ln * 1e6).round() as i64;
    }

    /// How many pauses were learned from.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// Mean and standard deviation of the pauses' logarithm, the prior included.
    fn shape(&self) -> (f64, f64) {
        let n = f64::from(self.count);
        let (prior_mean, prior_n) = (Self::PRIOR_MEDIAN_S.ln(), Self::PRIOR_COUNT);
        let sum = self.sum_micro_ln as f64 / 1e6;
        let sum_sq = self.sum_micro_ln_sq as f64 / 1e6;
        let mean = (prior_n * prior_mean + sum) / (prior_n + n);
        let prior_sq = prior_n * (Self::PRIOR_SPREAD.powi(2) + prior_mean * prior_mean);
        let variance = (prior_sq + sum_sq) / (prior_n + n) - mean * mean;
        (mean, variance.max(0.09).sqrt())
    }

    /// The person's median pause, seconds.
    #[must_use]
    pub fn median_s(&self) -> f64 {
        self.shape().0.exp()
    }

    /// The silence that about this share of the person's pauses outlasts, milliseconds; the share is
    /// between 0 and 0.5.
    #[must_use]
    pub fn outlasted_ms(&self, share: f64) -> u32 {
        let (mean, spread) = self.shape();
        let ms = 1e3 * (mean + spread * deviations_above(share)).exp();
        ms.clamp(0.0, 60_000.0) as u32
    }

    /// The share of the person's pauses that last longer than `ms`, above 0 and at most 1.
    #[must_use]
    pub fn survival(&self, ms: u32) -> f64 {
        if ms == 0 {
            return 1.0;
        }
        let (mean, spread) = self.shape();
        normal_above((((f64::from(ms) / 1e3).ln() - mean) / spread).min(4.0))
    }
}

/// The share of a standard normal distribution above `z` (Abramowitz and Stegun 26.2.17, absolute error
/// below 7.5e-8).
fn normal_above(z: f64) -> f64 {
    if z < 0.0 {
        return 1.0 - normal_above(-z);
    }
    let t = 1.0 / (1.0 + 0.231_641_9 * z);
    let polynomial = t
        * (0.319_381_530
            + t * (-0.356_563_782
                + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt() * polynomial
}

/// How many standard deviations above the mean this share of a normal distribution lies beyond, for
/// shares between 0 and 0.5 (Abramowitz and Stegun 26.2.23, absolute error below 4.5e-4).
fn deviations_above(share: f64) -> f64 {
    let t = (-2.0 * share.clamp(1e-6, 0.5).ln()).sqrt();
    let above = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let below = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    t - above / below
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
    /// How far the answer is told.
    pub place: StoryPlace,
    /// How this person pauses.
    pub pauses: &'a Pauses,
    /// How often a turn of this person was taken for over and was not.
    pub cut_offs: u32,
    /// Who listens.
    pub temperament: Temperament,
}

/// What to do about a silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Go on listening.
    Wait,
    /// Say that there is time; the answer goes on.
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
        let logit = self.bias + self.sound * sound_logit + words + place + mistakes + silence;
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
    /// The weights in use; `weights.rs` has their origin. The threshold cuts off 4.6% of the thinking
    /// pauses of the development half of `evals/turns`; a warm listener's is 0.4 logits above it.
    pub const STANDARD: Self = Self {
        heard: weights::HEARD,
        unheard: weights::UNHEARD,
        sound_logit_max: 5.0,
        threshold_warm: 0.906,
        threshold: 0.865,
        quiet_ms_min: 800,
        quiet_closed_ms_min: 600,
        encourage_ms: 7_000,
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
        if moment.quiet_ms >= quiet_ms_min && over { Decision::End } else { Decision::Wait }
    }
}
