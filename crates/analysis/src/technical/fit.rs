//! The line from signs to points, its intervals, and how both are fitted.
//!
//! The line is a ridge regression (Hoerl and Kennard 1970) on the square root of the share of terms and,
//! with embeddings, on the nearness of meaning. The 90% intervals are split conformal (Vovk, Gammerman
//! and Shafer 2005), cross-fitted by question (Barber and others 2021): what a line that was fitted
//! without an answer's question is off by, to either side, every question counting the same, in three
//! bands of points.

use std::{collections::BTreeSet, sync::LazyLock};

use serde::{Deserialize, Serialize};

use super::Signs;

/// An answer with the points that it was given, to fit by.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// What it answers: answers to one question are never on both sides of a fit.
    pub question: String,
    /// What was found in it.
    pub signs: Signs,
    /// The points that it is labelled with, 0 to 1.
    pub points: f64,
}

/// Points with their interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Points {
    /// From 0 to 1.
    pub points: f64,
    /// Lower end of the 90% interval.
    pub low: f64,
    /// Upper end of it.
    pub high: f64,
}

/// The lines that the judge uses, and where they come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    origin: String,
    /// By terms alone.
    words: Line,
    /// By terms and embeddings.
    meaning: Option<Line>,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
struct Line {
    /// Points where nothing is found.
    start: f64,
    /// Points for the square root of the share of terms.
    terms: f64,
    /// Points for the gain of meaning.
    meaning: f64,
    /// From low to high.
    bands: Vec<Band>,
    /// How many answers it rests on.
    answers: usize,
}

/// How far off the line is, in a band of points.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Band {
    /// The band begins here.
    from: f64,
    /// From the line down to the lower end.
    below: f64,
    /// From the line up to the upper end.
    above: f64,
}

/// How strongly the line is held level, in answers.
const HOLD: f64 = 30.0;
/// Share of answers below an interval, and above it.
const TAIL: f64 = 0.05;
/// Bands of points.
const BANDS: usize = 3;
/// Below this share of terms next to nothing of the reference was found, and the points go to 0.
const TERMS_FOUND: f64 = 0.02;
/// Up to the first cosine nothing of the answer is about the reference; from the second on something is.
const MEANING_FOUND: (f64, f64) = (0.4, 0.5);

impl Weights {
    /// Those that are built in. Their file is part of the program and read by a test.
    #[must_use]
    pub fn shipped() -> &'static Self {
        static SHIPPED: LazyLock<Weights> = LazyLock::new(|| {
            serde_json::from_str(include_str!("weights.json")).unwrap_or_else(|error| Weights {
                origin: format!("the weights could not be read: {error}"),
                words: Line::default(),
                meaning: None,
            })
        });
        &SHIPPED
    }

    /// Where they come from.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The points for what was found; 0 without doubt where nothing was answered.
    #[must_use]
    pub fn level(&self, signs: Signs) -> Points {
        if !signs.answered {
            return Points { points: 0.0, low: 0.0, high: 0.0 };
        }
        match (&self.meaning, signs.meaning) {
            (Some(line), Some(_)) => line.level(signs),
            _ => self.words.level(Signs { meaning: None, ..signs }),
        }
    }
}

impl Line {
    fn points(&self, signs: Signs) -> f64 {
        let (far, near) = MEANING_FOUND;
        let by_terms = signs.terms / TERMS_FOUND;
        let by_meaning =
            signs.meaning.map_or(0.0, |meaning| (meaning.nearest - far) / (near - far));
        let found = by_terms.max(by_meaning).clamp(0.0, 1.0);
        let [terms, meaning] = row(signs);
        let points = self.start + self.terms * terms + self.meaning * meaning;
        // Adding zero takes the sign from a zero.
        found * points.clamp(0.0, 1.0 - signs.contradicted.clamp(0.0, 1.0)) + 0.0
    }

    fn level(&self, signs: Signs) -> Points {
        let points = self.points(signs);
        let band = self.bands.iter().rev().find(|band| points >= band.from);
        let (below, above) = band.map_or((1.0, 1.0), |band| (band.below, band.above));
        Points {
            points,
            low: (points - below).clamp(0.0, points),
            high: (points + above).clamp(points, 1.0),
        }
    }

    /// The line without its bands.
    fn through(samples: &[&Sample]) -> Self {
        let count = samples.len().max(1) as f64;
        let rows: Vec<[f64; 2]> = samples.iter().map(|sample| row(sample.signs)).collect();
        let mean = |of: &dyn Fn(usize) -> f64| (0..samples.len()).map(of).sum::<f64>() / count;
        let centre = [mean(&|i| rows[i][0]), mean(&|i| rows[i][1])];
        let spread = [0, 1].map(|j| mean(&|i| (rows[i][j] - centre[j]).powi(2)).sqrt());
        let points = mean(&|i| samples[i].points);
        let scaled = |i: usize, j: usize| (rows[i][j] - centre[j]) / spread[j].max(1e-9);
        let product = |j: usize, k: usize| count * mean(&|i| scaled(i, j) * scaled(i, k));
        let target = |j: usize| count * mean(&|i| scaled(i, j) * (samples[i].points - points));
        let (a, b, c) = (product(0, 0) + HOLD, product(0, 1), product(1, 1) + HOLD);
        let (p, q) = (target(0), target(1));
        let determinant = a * c - b * b;
        let mut slopes = [(p * c - q * b) / determinant, (q * a - p * b) / determinant];
        // More of the reference never means less: a sign that would fall is left out.
        if slopes[1] < 0.0 {
            slopes = [p / a, 0.0];
        } else if slopes[0] < 0.0 {
            slopes = [0.0, q / c];
        }
        let [terms, meaning] =
            [0, 1].map(|j| if spread[j] > 1e-9 { slopes[j].max(0.0) / spread[j] } else { 0.0 });
        let start = points - terms * centre[0] - meaning * centre[1];
        Self { start, terms, meaning, bands: Vec::new(), answers: samples.len() }
    }

    /// The line with its bands.
    fn fit(samples: &[&Sample]) -> Self {
        let mut off: Vec<(f64, f64, &str)> = Vec::new();
        for question in questions(samples) {
            let (held, rest): (Vec<&Sample>, Vec<&Sample>) =
                samples.iter().partition(|sample| sample.question == question);
            let line = Self::through(&rest);
            off.extend(held.iter().map(|sample| {
                let points = line.points(sample.signs);
                (points, sample.points - points, sample.question.as_str())
            }));
        }
        off.sort_by(|a, b| a.0.total_cmp(&b.0));
        let bands =
            off.chunks(off.len().div_ceil(BANDS).max(1)).enumerate().map(|(index, band)| {
                let from = if index == 0 { 0.0 } else { band.first().map_or(0.0, |one| one.0) };
                Band { from, below: reach(band, -1.0), above: reach(band, 1.0) }
            });
        Self { bands: bands.collect(), ..Self::through(samples) }
    }
}

/// What the line is drawn over; 0 stands for no embedding.
fn row(signs: Signs) -> [f64; 2] {
    [signs.terms.sqrt(), signs.meaning.map_or(0.0, |meaning| meaning.gain)]
}

/// How far answers are off to this side: all but [`TAIL`] of them, every question counting the same.
fn reach(band: &[(f64, f64, &str)], side: f64) -> f64 {
    let share = |question: &str| {
        1.0 / band.iter().filter(|(_, _, other)| *other == question).count().max(1) as f64
    };
    let mut off: Vec<(f64, f64)> =
        band.iter().map(|(_, off, question)| (off * side, share(question))).collect();
    off.sort_by(|a, b| b.0.total_cmp(&a.0));
    let all: f64 = off.iter().map(|(_, weight)| weight).sum();
    let mut above = 0.0;
    for (off, weight) in off {
        above += weight;
        if above > TAIL * all {
            return off.max(0.0);
        }
    }
    1.0
}

fn questions<'a>(samples: &[&'a Sample]) -> BTreeSet<&'a str> {
    samples.iter().map(|sample| sample.question.as_str()).collect()
}

/// Fits the lines to labelled answers; `origin` says where these come from.
#[must_use]
pub fn fit(samples: &[Sample], origin: &str) -> Weights {
    let answered: Vec<&Sample> = samples.iter().filter(|sample| sample.signs.answered).collect();
    let words: Vec<Sample> = answered
        .iter()
        .map(|sample| Sample {
            signs: Signs { meaning: None, ..sample.signs },
            ..(*sample).clone()
        })
        .collect();
    let read: Vec<&Sample> =
        answered.iter().copied().filter(|sample| sample.signs.meaning.is_some()).collect();
    Weights {
        origin: origin.to_owned(),
        words: Line::fit(&words.iter().collect::<Vec<_>>()),
        meaning: (!read.is_empty()).then(|| Line::fit(&read)),
    }
}

/// The points of every answer by lines and intervals that were fitted without its question.
#[must_use]
pub fn leave_one_question_out(samples: &[Sample]) -> Vec<Points> {
    let all: Vec<&Sample> = samples.iter().collect();
    let mut points = vec![Points { points: 0.0, low: 0.0, high: 0.0 }; samples.len()];
    for question in questions(&all) {
        let rest: Vec<Sample> =
            samples.iter().filter(|sample| sample.question != question).cloned().collect();
        let weights = fit(&rest, "");
        for (sample, points) in samples.iter().zip(&mut points) {
            if sample.question == question {
                *points = weights.level(sample.signs);
            }
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points that rise with the share of terms, over three questions.
    fn samples() -> Vec<Sample> {
        (0..90)
            .map(|index| {
                let terms = f64::from(index % 30) / 30.0;
                let off = if index % 2 == 0 { 0.1 } else { -0.1 };
                Sample {
                    question: format!("q{}", index % 3),
                    signs: Signs { answered: true, terms, contradicted: 0.0, meaning: None },
                    points: (0.2 + 0.7 * terms.sqrt() + off).clamp(0.0, 1.0),
                }
            })
            .collect()
    }

    #[test]
    fn more_of_the_reference_gives_more_points_and_the_interval_holds_most() {
        let samples = samples();
        let weights = fit(&samples, "made up");
        let at = |terms| {
            weights.level(Signs { answered: true, terms, contradicted: 0.0, meaning: None })
        };
        assert!(at(0.9).points > at(0.4).points + 0.15, "{:?} {:?}", at(0.9), at(0.4));
        assert!(at(0.0).points < 0.01, "{:?}", at(0.0));
        let levels = leave_one_question_out(&samples);
        let held = samples
            .iter()
            .zip(&levels)
            .filter(|(sample, level)| (level.low..=level.high).contains(&sample.points))
            .count();
        assert!((78..=90).contains(&held), "{held} of 90");
    }

    #[test]
    fn nothing_answered_is_worth_nothing_without_doubt() {
        let signs = Signs { answered: false, terms: 0.9, contradicted: 0.0, meaning: None };
        let level = fit(&samples(), "made up").level(signs);
        assert_eq!(level, Points { points: 0.0, low: 0.0, high: 0.0 });
    }

    #[test]
    fn the_shipped_weights_can_be_read() {
        let shipped = Weights::shipped();
        assert!(shipped.words.answers > 1000, "{}", shipped.origin());
        assert!(shipped.words.terms > 0.0 && shipped.words.bands.len() == BANDS);
        assert!(shipped.meaning.as_ref().is_some_and(|line| line.answers > 1000));
    }
}
