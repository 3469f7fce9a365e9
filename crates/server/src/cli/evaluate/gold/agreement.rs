//! How well two readings of the same answers agree: parts, spans, kinds, levels, intervals.

use std::collections::{BTreeMap, BTreeSet};

use analysis::Level;
use interview::StarPart;
use serde::Serialize;

/// The parts of a story that are labelled, in the order of a told story.
pub(super) const PARTS: [&str; 5] = ["situation", "task", "action", "result", "reflection"];

/// What is rated from 1 to 5, in the order of the guide.
pub(super) const CRITERIA: [&str; 6] =
    ["structure", "own_action", "specificity", "outcome", "relevance", "overall"];

/// One answer as somebody, or the judge, read it.
#[derive(Debug, Clone, Default)]
pub(super) struct Reading {
    /// The type of answer; `None` where the reader named none.
    pub(super) kind: Option<String>,
    /// The words of each part that was found.
    pub(super) parts: BTreeMap<String, BTreeSet<usize>>,
    /// The level of each criterion; an annotator's has no width. Absent where the reader abstained.
    pub(super) levels: BTreeMap<String, Level>,
}

impl Reading {
    /// The words of each part, by the part that its name says.
    pub(super) fn by_part(&self) -> BTreeMap<StarPart, BTreeSet<usize>> {
        let part = |name: &str| {
            Some(match name {
                "situation" => StarPart::Situation,
                "task" => StarPart::Task,
                "action" => StarPart::Action,
                "result" => StarPart::Result,
                "reflection" => StarPart::Reflection,
                _ => return None,
            })
        };
        let named = self.parts.iter();
        named.filter_map(|(name, words)| Some((part(name)?, words.clone()))).collect()
    }
}

/// Counts behind an F1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct Overlap {
    both: usize,
    ours: usize,
    theirs: usize,
}

impl Overlap {
    /// 2 * both / (ours + theirs); 1 where neither found anything.
    pub(super) fn f1(self) -> f64 {
        match self.ours + self.theirs {
            0 => 1.0,
            all => 2.0 * self.both as f64 / all as f64,
        }
    }

    fn add(&mut self, both: usize, ours: usize, theirs: usize) {
        self.both += both;
        self.ours += ours;
        self.theirs += theirs;
    }
}

/// How the levels of one criterion agree.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct Levels {
    /// Answers that both rated.
    pub(super) answers: usize,
    /// Answers that we did not rate.
    pub(super) abstained: usize,
    /// Quadratic weighted kappa of the nearest whole levels (Cohen 1968).
    pub(super) kappa: f64,
    /// Mean absolute error, levels.
    pub(super) error: f64,
    /// Mean of our level less theirs.
    pub(super) signed: f64,
    /// Answers whose level of theirs lies in our interval.
    pub(super) covered: usize,
    /// Mean width of our intervals, levels.
    pub(super) width: f64,
}

/// How two readings of the same answers agree.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Agreement {
    /// Presence of each part.
    pub(super) presence: BTreeMap<String, Overlap>,
    /// Words of each part.
    pub(super) spans: BTreeMap<String, Overlap>,
    /// Cohen's kappa of the types of answer.
    pub(super) kinds: f64,
    /// By criterion.
    pub(super) levels: BTreeMap<String, Levels>,
}

impl Agreement {
    /// Compares our readings with theirs, pairwise.
    pub(super) fn of(pairs: &[(&Reading, &Reading)]) -> Self {
        let mut presence: BTreeMap<String, Overlap> = BTreeMap::new();
        let mut spans: BTreeMap<String, Overlap> = BTreeMap::new();
        let none = BTreeSet::new();
        for part in PARTS {
            let (found, words) = (
                presence.entry(part.to_owned()).or_default(),
                spans.entry(part.to_owned()).or_default(),
            );
            for (ours, theirs) in pairs {
                let a = ours.parts.get(part).unwrap_or(&none);
                let b = theirs.parts.get(part).unwrap_or(&none);
                let (has_a, has_b) = (usize::from(!a.is_empty()), usize::from(!b.is_empty()));
                found.add(has_a * has_b, has_a, has_b);
                words.add(a.intersection(b).count(), a.len(), b.len());
            }
        }
        let kinds: Vec<(&str, &str)> = pairs
            .iter()
            .map(|(a, b)| {
                (a.kind.as_deref().unwrap_or("none"), b.kind.as_deref().unwrap_or("none"))
            })
            .collect();
        let levels = CRITERIA.map(|name| (name.to_owned(), Levels::of(pairs, name)));
        Self { presence, spans, kinds: kappa(&kinds), levels: levels.into_iter().collect() }
    }

    /// Mean F1 of the presence of the parts, each part counting the same.
    pub(super) fn presence_macro(&self) -> f64 {
        mean(self.presence.values().map(|overlap| overlap.f1()))
    }

    /// F1 of words over all parts together.
    pub(super) fn spans_pooled(&self) -> f64 {
        let mut all = Overlap::default();
        for overlap in self.spans.values() {
            all.add(overlap.both, overlap.ours, overlap.theirs);
        }
        all.f1()
    }
}

impl Levels {
    /// Compares the levels of one criterion.
    pub(super) fn of(pairs: &[(&Reading, &Reading)], criterion: &str) -> Self {
        let rated: Vec<(Level, f64)> = pairs
            .iter()
            .filter_map(|(ours, theirs)| {
                Some((*ours.levels.get(criterion)?, theirs.levels.get(criterion)?.level))
            })
            .collect();
        let difference = |(ours, theirs): &(Level, f64)| ours.level - theirs;
        let whole: Vec<(f64, f64)> =
            rated.iter().map(|(ours, theirs)| (ours.level.round(), theirs.round())).collect();
        let inside = |(ours, theirs): &&(Level, f64)| ours.low <= *theirs && *theirs <= ours.high;
        Self {
            answers: rated.len(),
            abstained: pairs.len() - rated.len(),
            kappa: weighted_kappa(&whole),
            error: mean(rated.iter().map(|pair| difference(pair).abs())),
            signed: mean(rated.iter().map(difference)),
            covered: rated.iter().filter(inside).count(),
            width: mean(rated.iter().map(|(ours, _)| ours.high - ours.low)),
        }
    }
}

/// The mean; 0 of nothing.
pub(super) fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0_usize), |(sum, count), value| (sum + value, count + 1));
    if count == 0 { 0.0 } else { sum / count as f64 }
}

/// Cohen's kappa: agreement beyond what the shares of the names would give by chance.
fn kappa(pairs: &[(&str, &str)]) -> f64 {
    let all = pairs.len().max(1) as f64;
    let agreed = pairs.iter().filter(|(a, b)| a == b).count() as f64 / all;
    let names: BTreeSet<&str> = pairs.iter().flat_map(|(a, b)| [*a, *b]).collect();
    let chance: f64 = names
        .iter()
        .map(|name| {
            let ours = pairs.iter().filter(|(a, _)| a == name).count() as f64;
            let theirs = pairs.iter().filter(|(_, b)| b == name).count() as f64;
            ours * theirs / (all * all)
        })
        .sum();
    if chance < 1.0 { (agreed - chance) / (1.0 - chance) } else { 1.0 }
}

/// Quadratic weighted kappa: one less the mean squared difference over that of all ours with all
/// theirs.
fn weighted_kappa(pairs: &[(f64, f64)]) -> f64 {
    let seen = mean(pairs.iter().map(|(a, b)| (a - b).powi(2)));
    let crossed = pairs.iter().flat_map(|(a, _)| pairs.iter().map(move |(_, b)| (a - b).powi(2)));
    let chance = mean(crossed);
    if chance > 0.0 { 1.0 - seen / chance } else { 1.0 }
}

/// The 95% interval of a share (Wilson 1927).
pub(super) fn wilson(count: usize, of: usize) -> (f64, f64) {
    const Z: f64 = 1.96;
    let n = of.max(1) as f64;
    let share = count as f64 / n;
    let middle = (share + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt() / (1.0 + Z * Z / n);
    (middle - half, middle + half)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(level: f64, half: f64) -> Level {
        Level { level, low: level - half, high: level + half }
    }

    fn reading(kind: &str, words: &[usize], overall: f64, half: f64) -> Reading {
        Reading {
            kind: Some(kind.to_owned()),
            parts: BTreeMap::from([("action".to_owned(), words.iter().copied().collect())]),
            levels: BTreeMap::from([("overall".to_owned(), level(overall, half))]),
        }
    }

    #[test]
    fn equal_readings_agree_in_everything() {
        let (a, b) = (reading("story", &[1, 2], 4.0, 0.0), reading("opinion", &[], 1.0, 0.0));
        let agreement = Agreement::of(&[(&a, &a), (&b, &b)]);
        assert_eq!(agreement.kinds, 1.0);
        assert_eq!(agreement.presence_macro(), 1.0);
        assert_eq!(agreement.spans_pooled(), 1.0);
        let overall = &agreement.levels["overall"];
        assert_eq!((overall.kappa, overall.error, overall.covered), (1.0, 0.0, 2));
        assert_eq!(agreement.levels["outcome"].abstained, 2);
    }

    #[test]
    fn what_differs_lowers_the_figure_that_it_belongs_to() {
        let (a, b) = (reading("story", &[1, 2, 3], 4.0, 0.5), reading("story", &[3, 4], 2.0, 0.0));
        let (c, d) = (reading("opinion", &[], 1.0, 0.5), reading("story", &[], 1.0, 0.0));
        let agreement = Agreement::of(&[(&a, &b), (&c, &d)]);
        assert_eq!(agreement.spans["action"].f1(), 0.4);
        assert_eq!(agreement.kinds, 0.0);
        let overall = &agreement.levels["overall"];
        assert_eq!((overall.error, overall.signed, overall.covered), (1.0, 1.0, 1));
        assert_eq!(overall.width, 1.0);
    }

    #[test]
    fn a_share_of_few_has_a_wide_interval() {
        let (low, high) = wilson(9, 10);
        assert!(low < 0.6 && high > 0.98);
        let (low, high) = wilson(900, 1_000);
        assert!(low > 0.87 && high < 0.92);
    }
}
