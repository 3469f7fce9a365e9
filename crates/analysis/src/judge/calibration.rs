//! From what the rules find to the level that readers would give, with an interval.
//!
//! The curves are data (`calibration.json`, with its origin): for each criterion, and for all of them
//! together, a rising line through five points, fitted by least squares to labelled answers, and the
//! half width of a 90% interval by split conformal prediction (Vovk, Gammerman and Shafer 2005;
//! cross-fitted by question as in Barber and others 2021): the quantile of what a curve fitted
//! without the answer's question is off by. Differences are divided by [`widening`] before, so that
//! answers of which little could be read get wider intervals.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::{Deserialize, Serialize};

use super::interval;
use crate::report::Level;

/// The name under which all criteria together stand.
pub const OVERALL: &str = "overall";

/// What a curve is drawn through: the levels for 1, 1.5, 2 and so on to 5 by the rules.
const KNOTS: usize = 9;
/// Levels between two knots.
const STEP: f64 = 0.5;
/// Levels at which another half width begins: errors are larger in the middle of the scale.
const BANDS: [f64; 4] = [1.4, 2.3, 3.4, 4.3];
/// How many labelled answers a half width of its own needs.
const BAND_ANSWERS_MIN: usize = 15;
/// How strongly a curve is held to the line on which nothing is changed, in answers.
const HOLD: f64 = 5.0;
/// The least rise from one knot to the next: a better answer by the rules never gets a lower level.
const RISE_MIN: f64 = 0.05;
/// The most that a curve takes off a level of 2 and more: the answers of the content folder, labelled by the same
/// anchors, hold plain short stories above what the weak answers of the gold set alone would give.
const LOWERED_MAX: f64 = 0.1;
/// Parts that the questions are cut into for cross-fitting.
pub const FOLDS: usize = 9;
/// Share of answers whose label lies inside.
const COVERAGE: f64 = 0.90;

/// One criterion's curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Curve {
    knots: [f64; KNOTS],
    /// Half widths of the 90% interval below, between and above [`BANDS`], levels.
    half: [f64; BANDS.len() + 1],
    /// How many labelled answers it rests on.
    answers: usize,
}

/// The curves of all criteria, and where they come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    origin: String,
    curves: BTreeMap<String, Curve>,
}

/// One labelled answer to fit by.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The question it answers: answers to one question are never on both sides of a fit.
    pub question: String,
    /// What the rules found, by criterion; those they abstained from are absent.
    pub raw: BTreeMap<String, f64>,
    /// How much of the words could be read, 0 to 1.
    pub read_share: f64,
    /// The levels it is labelled with, by criterion, [`OVERALL`] among them.
    pub labelled: BTreeMap<String, f64>,
}

/// From this share of words read on an answer counts as read completely.
const READ_WELL: f64 = 0.97;

/// How much a criterion counts in the whole: what can be checked is what the rules read best, so it
/// counts twice. Relevance and a question's own criterion count by the bound that they set on the
/// others: judged by words alone they are too coarse to be averaged in.
fn weight(criterion: &str) -> f64 {
    match criterion {
        "structure" | "own_action" | "outcome" => 1.0,
        "specificity" => 2.0,
        _ => 0.0,
    }
}

/// The weighted mean of the levels of criteria, by name; their plain mean where none has a weight.
pub(crate) fn together<'a>(levels: impl IntoIterator<Item = (&'a str, f64)>) -> f64 {
    let (mut weighted, mut weights, mut plain, mut count) = (0.0, 0.0, 0.0, 0.0_f64);
    for (name, level) in levels {
        weighted += weight(name) * level;
        weights += weight(name);
        plain += level;
        count += 1.0;
    }
    if weights > 0.0 { weighted / weights } else { plain / count.max(1.0) }
}

/// How much wider an interval is than that of an answer that was read completely: five times
/// where nothing could be read (a convention).
pub(super) fn widening(read_share: f64) -> f64 {
    1.0 + 4.0 * (1.0 - read_share.clamp(0.0, 1.0))
}

/// The curves that the rules judge uses. Their file is part of the program and read by a test.
pub(crate) fn shipped() -> &'static Calibration {
    static SHIPPED: LazyLock<Calibration> = LazyLock::new(|| {
        serde_json::from_str(include_str!("calibration.json")).unwrap_or_else(|error| Calibration {
            origin: format!("the curves could not be read: {error}"),
            curves: BTreeMap::new(),
        })
    });
    &SHIPPED
}

impl Calibration {
    /// The level with its 90% interval for what the rules found. A criterion without a curve keeps
    /// its level, with the interval of a single judge.
    pub(crate) fn level(&self, criterion: &str, raw: f64, read_share: f64) -> Level {
        let Some(curve) = self.curves.get(criterion) else { return interval::of_answer(raw) };
        let level = at(&curve.knots, raw);
        // Words that were heard wrongly may have moved the level out of its band.
        let half = if read_share < READ_WELL {
            curve.half.iter().copied().fold(0.0, f64::max)
        } else {
            curve.half[band(level)]
        };
        interval::around(level, half * widening(read_share))
    }

    /// The widest half of the 90% interval anywhere on the scale of a criterion; of all criteria for
    /// one without a curve.
    pub(super) fn widest(&self, criterion: &str) -> f64 {
        let of = |curve: &Curve| curve.half.iter().copied().fold(0.0, f64::max);
        let own = self.curves.get(criterion).map(of);
        own.unwrap_or_else(|| self.curves.values().map(of).fold(0.0, f64::max))
    }

    /// What all criteria together come to before their own curve.
    fn together(&self, raw: &BTreeMap<String, f64>) -> f64 {
        let levels =
            raw.iter().map(|(name, raw)| (name.as_str(), self.level(name, *raw, 1.0).level));
        together(levels)
    }

    /// What the rules found for a criterion, or for all of them together.
    fn found(&self, sample: &Sample, criterion: &str) -> Option<f64> {
        if criterion == OVERALL {
            (!sample.raw.is_empty()).then(|| self.together(&sample.raw))
        } else {
            sample.raw.get(criterion).copied()
        }
    }
}

/// Fits curves and intervals to labelled answers; `origin` says where these come from.
#[must_use]
pub fn fit(samples: &[Sample], origin: &str) -> Calibration {
    let all: Vec<&Sample> = samples.iter().collect();
    let mut calibration = curves(&all, origin);
    let mut questions: Vec<&str> = samples.iter().map(|one| one.question.as_str()).collect();
    questions.sort_unstable();
    questions.dedup();
    let fold = |sample: &Sample| {
        questions.iter().position(|name| *name == sample.question).unwrap_or_default() % FOLDS
    };
    // By criterion: the level of a curve fitted without the question, and what it was off by.
    let mut misses: BTreeMap<String, Vec<(f64, f64)>> = BTreeMap::new();
    for number in 0..FOLDS {
        let (left_out, kept): (Vec<&Sample>, Vec<&Sample>) =
            all.iter().partition(|sample| fold(sample) == number);
        let fitted = curves(&kept, origin);
        for sample in left_out {
            for (criterion, labelled) in &sample.labelled {
                let Some(raw) = fitted.found(sample, criterion) else { continue };
                let level = fitted.level(criterion, raw, 1.0).level;
                let off = (level - labelled).abs() / widening(sample.read_share);
                misses.entry(criterion.clone()).or_default().push((level, off));
            }
        }
    }
    for (criterion, curve) in &mut calibration.curves {
        let own = misses.get(criterion).map_or(&[][..], Vec::as_slice);
        for (number, half) in curve.half.iter_mut().enumerate() {
            let near: Vec<f64> = own
                .iter()
                .filter(|(level, _)| band(*level) == number)
                .map(|(_, off)| *off)
                .collect();
            let any = || own.iter().map(|(_, off)| *off).collect();
            *half = quantile(if near.len() < BAND_ANSWERS_MIN { any() } else { near });
        }
    }
    calibration
}

/// The curves alone, without intervals.
fn curves(samples: &[&Sample], origin: &str) -> Calibration {
    let mut calibration = Calibration { origin: origin.to_owned(), curves: BTreeMap::new() };
    let criteria: Vec<&String> =
        samples.first().map_or_else(Vec::new, |sample| sample.labelled.keys().collect());
    // All together come last: they rest on the curves of the others.
    let (overall, single): (Vec<&String>, Vec<&String>) =
        criteria.into_iter().partition(|name| *name == OVERALL);
    for criterion in single.into_iter().chain(overall) {
        let points: Vec<(f64, f64)> = samples
            .iter()
            .filter_map(|sample| {
                Some((calibration.found(sample, criterion)?, *sample.labelled.get(criterion)?))
            })
            .collect();
        let curve =
            Curve { knots: line(&points), half: [1.0; BANDS.len() + 1], answers: points.len() };
        calibration.curves.insert(criterion.clone(), curve);
    }
    calibration
}

/// The rising line through the knots with the least squared error: one knot at a time is moved to
/// its best place between its neighbours until none moves any more, so that a knot without answers
/// holds the one below it back. The first stays at 1, which is the level of what is no answer.
fn line(points: &[(f64, f64)]) -> [f64; KNOTS] {
    let unchanged: [f64; KNOTS] = std::array::from_fn(|index| 1.0 + STEP * index as f64);
    let mut knots = unchanged;
    for _ in 0..200 {
        for knot in 1..KNOTS {
            let mut others = knots;
            others[knot] = 0.0;
            let (mut above, mut below) = (HOLD * unchanged[knot], HOLD);
            for (raw, labelled) in points {
                let weight = (1.0 - (raw - unchanged[knot]).abs() / STEP).max(0.0);
                above += weight * (labelled - at(&others, *raw));
                below += weight * weight;
            }
            let highest = knots.get(knot + 1).map_or(5.0, |next| next - RISE_MIN);
            let held = if unchanged[knot] >= 2.0 { unchanged[knot] - LOWERED_MAX } else { 1.0 };
            let lowest = (knots[knot - 1] + RISE_MIN).max(held);
            knots[knot] = (above / below).max(lowest).min(highest);
        }
    }
    knots
}

/// The line's height at a level by the rules.
fn at(knots: &[f64; KNOTS], raw: f64) -> f64 {
    let place = ((raw - 1.0) / STEP).clamp(0.0, KNOTS as f64 - 1.0);
    let below = (place.floor() as usize).min(KNOTS - 2);
    knots[below] + (knots[below + 1] - knots[below]) * (place - below as f64)
}

fn band(level: f64) -> usize {
    BANDS.iter().filter(|bound| level >= **bound).count()
}

/// The conformal quantile: of n differences the one at place (n + 1) * coverage, rounded up.
pub(super) fn quantile(mut differences: Vec<f64>) -> f64 {
    differences.sort_by(f64::total_cmp);
    let place = ((differences.len() + 1) as f64 * COVERAGE).ceil() as usize;
    let place = place.min(differences.len()).saturating_sub(1);
    differences.get(place).copied().unwrap_or(2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples() -> Vec<Sample> {
        // The rules see nine tenths of what readers see, and are off by up to 0.1.
        (0..450)
            .map(|number| {
                let labelled = 1.0 + f64::from(number % 5);
                let off = 0.2 * f64::from(number % 3) - 0.2;
                let raw = (1.0 + (labelled - 1.0) * 0.9 + off / 2.0).max(1.0);
                Sample {
                    question: format!("question-{}", number % 18),
                    raw: BTreeMap::from([("structure".to_owned(), raw)]),
                    read_share: 1.0,
                    labelled: BTreeMap::from([
                        ("structure".to_owned(), labelled),
                        (OVERALL.to_owned(), labelled),
                    ]),
                }
            })
            .collect()
    }

    #[test]
    fn the_shipped_curves_can_be_read_and_cover_every_criterion_with_a_rule() {
        let shipped = shipped();
        for name in ["structure", "own_action", "specificity", "outcome", "relevance", OVERALL] {
            let curve = shipped.curves.get(name).unwrap_or_else(|| panic!("{}", shipped.origin));
            assert!(curve.knots.windows(2).all(|pair| pair[0] < pair[1]), "{name}: {curve:?}");
            assert!(curve.knots[0] >= 1.0 && curve.knots[KNOTS - 1] <= 5.0, "{name}: {curve:?}");
        }
    }

    #[test]
    fn a_fitted_curve_brings_levels_nearer_to_the_labels_and_covers_them() {
        let samples = samples();
        let calibration = fit(&samples, "made for this test");
        let mut covered = 0;
        for sample in &samples {
            let level = calibration.level("structure", sample.raw["structure"], 1.0);
            let labelled = sample.labelled["structure"];
            assert!((level.level - labelled).abs() <= 0.7, "{level:?} for {labelled}");
            covered += usize::from(level.low <= labelled && labelled <= level.high);
        }
        assert!(covered >= 390, "{covered}");
    }

    #[test]
    fn less_that_could_be_read_widens_the_interval_and_moves_no_level() {
        let calibration = fit(&samples(), "made for this test");
        let (clear, dim) =
            (calibration.level("structure", 2.0, 1.0), calibration.level("structure", 2.0, 0.6));
        assert_eq!(clear.level, dim.level);
        assert!(dim.high - dim.low > clear.high - clear.low);
    }
}
