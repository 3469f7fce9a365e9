//! The level of one candidate on one criterion over their interviews: a linear model with normal
//! disturbances, filtered answer by answer (Kalman 1960).
//!
//! An answer's level, as an engine gives it, is
//!
//! ```text
//! level = candidate now + day + engine for this candidate + question for this candidate + rest
//! ```
//!
//! - *candidate now* starts anywhere: the filter begins without an opinion, so that a level is not
//!   drawn towards what other people reach. From one interview to the next it may drift.
//! - *engine for this candidate* is drawn once for each engine and stays. All answers that one engine
//!   judges share it, so that more of them never average it away: it keeps the level uncertain. In a
//!   difference between two interviews judged by the same engine it cancels.
//! - *day* is drawn anew for each interview and shared by its answers. It is taken to be nothing
//!   until somebody's own levels show otherwise.
//! - *question for this candidate* and *rest* are drawn anew for each answer to a fresh question.
//!
//! The state holds the level now, the level in the first interview, the day and one entry for each
//! engine, so that the change since the first interview comes with its own variance.

/// The variances of the model, levels squared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Variances {
    /// Of the candidate's level from one interview to the next.
    pub drift: f64,
    /// Of a day: what all answers of one interview have in common beyond the candidate's level.
    pub day: f64,
    /// Of an engine for a candidate.
    pub engine: f64,
    /// Of one answer: the question for the candidate, and the rest.
    pub answer: f64,
}

/// How far the candidate may drift from one interview to the next, as a variance: 0.14 levels either
/// way. A convention: over the nine interviews that were an efficient dose in trials of simulated
/// interviews (VR-JIT) it makes 0.4 levels. A smaller one sees less early, a larger one forgets
/// sooner; people who gain more and less than that are simulated.
const DRIFT: f64 = 0.02;

impl Variances {
    /// The variances that are assumed. Engine, question and rest are those of people who judge the
    /// same answers (40%, 18% and 14% of the variance of a level in multiple mini interviews, BMC
    /// Medical Education 2014), as everywhere in this crate; the standard deviation of levels is
    /// taken to be one, a convention. The rules' own error against the labels of the gold set, 0.58
    /// levels in the mean, is 0.53 as the variance of a normal error: what engine and rest come to.
    pub const ASSUMED: Self = Self { drift: DRIFT, day: 0.0, engine: 0.40, answer: 0.18 + 0.14 };
}

/// A mean with its variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The mean.
    pub mean: f64,
    /// The variance.
    pub variance: f64,
}

impl Estimate {
    /// Standard deviations from zero.
    #[must_use]
    pub fn z(self) -> f64 {
        self.mean / self.variance.max(f64::MIN_POSITIVE).sqrt()
    }

    /// The two ends of the central 90%.
    #[must_use]
    pub fn interval(self) -> (f64, f64) {
        let half = Z90 * self.variance.max(0.0).sqrt();
        (self.mean - half, self.mean + half)
    }
}

/// Standard deviations from the middle to the ends of a 90% interval.
const Z90: f64 = 1.645;
/// The variance with which a level starts: so wide that where it starts does not matter.
const DIFFUSE: f64 = 1e6;
/// Places of the state.
const NOW: usize = 0;
const FIRST: usize = 1;
const DAY: usize = 2;
const ENGINES: usize = 3;

/// What is known of the candidate so far.
#[derive(Debug, Clone)]
pub struct Filter {
    variances: Variances,
    engines: Vec<String>,
    mean: Vec<f64>,
    covariance: Vec<Vec<f64>>,
    interviews: usize,
}

impl Filter {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(variances: Variances) -> Self {
        let mut covariance = vec![vec![0.0; ENGINES]; ENGINES];
        for (row, column) in [(NOW, NOW), (NOW, FIRST), (FIRST, NOW), (FIRST, FIRST)] {
            covariance[row][column] = DIFFUSE;
        }
        Self { variances, engines: Vec::new(), mean: vec![0.0; ENGINES], covariance, interviews: 0 }
    }

    /// Another interview begins, on a day of its own. Before the first one nothing drifts.
    pub fn next_interview(&mut self) {
        self.mean[DAY] = 0.0;
        for row in &mut self.covariance {
            row[DAY] = 0.0;
        }
        self.covariance[DAY].fill(0.0);
        self.covariance[DAY][DAY] = self.variances.day;
        if self.interviews > 0 {
            self.covariance[NOW][NOW] += self.variances.drift;
        }
        self.interviews += 1;
    }

    /// A fresh question was answered, and `engine` gave the answer this level.
    pub fn answer(&mut self, engine: &str, level: f64) {
        let engine = self.place(engine);
        let sum = |row: &[f64]| row[NOW] + row[DAY] + row[engine];
        let with: Vec<f64> = self.covariance.iter().map(|row| sum(row)).collect();
        let expected = sum(&self.mean);
        let variance = with[NOW] + with[DAY] + with[engine] + self.variances.answer;
        for (row, own) in with.iter().enumerate() {
            self.mean[row] += own * (level - expected) / variance;
            for (column, other) in with.iter().enumerate() {
                self.covariance[row][column] -= own * other / variance;
            }
        }
    }

    /// The level now.
    #[must_use]
    pub fn level(&self) -> Estimate {
        Estimate { mean: self.mean[NOW], variance: self.covariance[NOW][NOW] }
    }

    /// How much higher the level is now than in the first interview.
    #[must_use]
    pub fn change(&self) -> Estimate {
        let own = &self.covariance;
        Estimate {
            mean: self.mean[NOW] - self.mean[FIRST],
            variance: own[NOW][NOW] + own[FIRST][FIRST] - 2.0 * own[NOW][FIRST],
        }
    }

    fn place(&mut self, engine: &str) -> usize {
        if let Some(known) = self.engines.iter().position(|known| known == engine) {
            return ENGINES + known;
        }
        self.engines.push(engine.to_owned());
        self.mean.push(0.0);
        for row in &mut self.covariance {
            row.push(0.0);
        }
        let mut row = vec![0.0; self.mean.len()];
        row[self.mean.len() - 1] = self.variances.engine;
        self.covariance.push(row);
        self.mean.len() - 1
    }
}
