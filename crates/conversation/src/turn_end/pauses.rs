//! How long a person pauses inside a turn.

use serde::{Deserialize, Serialize};

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
