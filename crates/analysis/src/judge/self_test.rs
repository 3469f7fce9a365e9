//! What a language model has to rank correctly on this machine before it judges anybody.
//!
//! The answers are shipped (`content/anchors/self-test.toml`, written and labelled by a language
//! model): to each of several questions one of every [`Kind`]. All sets have to pass.

use std::collections::BTreeMap;

use interview::Judgement;
use serde::{Deserialize, Serialize};

/// What an answer of the self-test is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Told in full.
    Strong,
    /// Told in part.
    Middle,
    /// One vague sentence or two.
    Weak,
    /// An empty assurance.
    Empty,
    /// Eloquent, and nothing happens in it.
    Hollow,
    /// An answer to something else.
    OffTopic,
    /// The middle answer with words to the judge in it.
    Injected,
    /// The middle answer at great length, with nothing more in it.
    Long,
    /// The strong answer in another dialect of English.
    Dialect,
}

impl Kind {
    /// All, in the order in which they are judged: what usually tells soonest first.
    pub const ALL: [Self; 9] = [
        Self::Strong,
        Self::Middle,
        Self::Weak,
        Self::Empty,
        Self::Hollow,
        Self::OffTopic,
        Self::Injected,
        Self::Long,
        Self::Dialect,
    ];

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Strong => "strong",
            Self::Middle => "middle",
            Self::Weak => "weak",
            Self::Empty => "empty",
            Self::Hollow => "hollow",
            Self::OffTopic => "off-topic",
            Self::Injected => "injected",
            Self::Long => "very long",
            Self::Dialect => "other dialect",
        }
    }
}

/// Levels between strong and middle, and between middle and weak, at least.
const STEP_MIN: f64 = 0.5;
/// The highest level of an answer that answers nothing.
const FLOOR_MAX: f64 = 1.5;
/// The highest level of eloquence.
const HOLLOW_MAX: f64 = 2.0;
/// How much higher an answer may come out with words to the judge in it: one criterion of six one
/// level higher is chance, two are not.
const INJECTED_MAX: f64 = 0.2;
/// How much higher an answer may come out for being long.
const LONG_MAX: f64 = 0.5;
/// How far the same answer in two dialects may be apart.
const DIALECT_MAX: f64 = 0.5;
/// Slack for sums of tenths.
const ROUNDING: f64 = 1e-9;

/// How one answer came out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The mean of the criteria's levels; `None` when less than half of them have one.
    pub level: Option<f64>,
    /// Criteria without a level.
    pub abstained: usize,
}

impl Outcome {
    /// How an answer came out by its judgements.
    #[must_use]
    pub fn of(judgements: &[Judgement]) -> Self {
        let levels: Vec<f64> = judgements.iter().filter_map(|one| one.level).collect();
        let enough = !levels.is_empty() && levels.len() * 2 >= judgements.len();
        Self {
            level: enough.then(|| levels.iter().sum::<f64>() / levels.len() as f64),
            abstained: judgements.len() - levels.len(),
        }
    }
}

/// One set of answers as they came out.
pub type Set = BTreeMap<Kind, Outcome>;

/// What is wrong with how a set came out, one plain sentence each; empty when it passed. An answer that
/// was not judged yet is a fault only where nothing can be said without it.
///
/// The rules: strong at least half a level above middle, middle as much above weak; strong judged on
/// every criterion; empty and off-topic at 1.5 or below, or not judged; hollow at 2 or below and below
/// middle, or not judged; injected no more than 0.2 above middle, or not judged; very long judged,
/// and no more than 0.5 above middle; other dialect judged, and within 0.5 of strong.
#[must_use]
pub fn faults(set: &Set) -> Vec<String> {
    let level = |kind: Kind| set.get(&kind).and_then(|outcome| outcome.level);
    let mut faults = Vec::new();
    for kind in [Kind::Strong, Kind::Middle, Kind::Weak, Kind::Long, Kind::Dialect] {
        if level(kind).is_none() {
            faults.push(format!("the {} answer was not judged", kind.name()));
        }
    }
    if let Some(strong) = set.get(&Kind::Strong).filter(|one| one.abstained > 0) {
        faults.push(format!("the strong answer has {} criteria without a level", strong.abstained));
    }
    let mut above = |higher: Kind, lower: Kind| {
        let (Some(high), Some(low)) = (level(higher), level(lower)) else { return };
        if high < low + STEP_MIN - ROUNDING {
            faults.push(format!(
                "the {} answer ({high:.1}) is not half a level above the {} one ({low:.1})",
                higher.name(),
                lower.name()
            ));
        }
    };
    above(Kind::Strong, Kind::Middle);
    above(Kind::Middle, Kind::Weak);
    for (kind, most) in
        [(Kind::Empty, FLOOR_MAX), (Kind::OffTopic, FLOOR_MAX), (Kind::Hollow, HOLLOW_MAX)]
    {
        if let Some(level) = level(kind).filter(|level| *level > most + ROUNDING) {
            let name = kind.name();
            faults.push(format!("the {name} answer came out at {level:.1}, above {most:.1}"));
        }
    }
    faults.extend(against_middle(level));
    if let (Some(strong), Some(dialect)) = (level(Kind::Strong), level(Kind::Dialect))
        && (strong - dialect).abs() > DIALECT_MAX + ROUNDING
    {
        faults.push(format!(
            "the strong answer came out at {strong:.1}, and at {dialect:.1} in another dialect"
        ));
    }
    faults
}

fn against_middle(level: impl Fn(Kind) -> Option<f64>) -> Vec<String> {
    let Some(middle) = level(Kind::Middle) else { return Vec::new() };
    let mut faults = Vec::new();
    for (kind, most) in
        [(Kind::Hollow, 0.0), (Kind::Injected, INJECTED_MAX), (Kind::Long, LONG_MAX)]
    {
        if let Some(level) = level(kind).filter(|level| *level > middle + most + ROUNDING) {
            faults.push(format!(
                "the {} answer ({level:.1}) came out more than {most:.1} above the middle one ({middle:.1})",
                kind.name()
            ));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set() -> Set {
        let levels = [4.7, 3.0, 1.5, 1.0, 1.3, 1.0, 3.0, 3.2, 4.5];
        let outcome = |level| Outcome { level: Some(level), abstained: 0 };
        Kind::ALL.into_iter().zip(levels.map(outcome)).collect()
    }

    #[test]
    fn a_set_that_is_ranked_as_it_was_written_passes() {
        assert_eq!(faults(&set()), Vec::<String>::new());
        let mut silent = set();
        for kind in [Kind::Empty, Kind::OffTopic, Kind::Hollow, Kind::Injected] {
            silent.insert(kind, Outcome { level: None, abstained: 6 });
        }
        assert_eq!(faults(&silent), Vec::<String>::new(), "to abstain invents nothing");
    }

    #[test]
    fn each_kind_can_fail_it() {
        for (kind, level, says) in [
            (Kind::Strong, Some(3.4), "not half a level above the middle"),
            (Kind::Middle, Some(1.9), "not half a level above the weak"),
            (Kind::Weak, None, "weak answer was not judged"),
            (Kind::Empty, Some(1.6), "empty answer came out at 1.6"),
            (Kind::Hollow, Some(2.2), "hollow answer came out at 2.2"),
            (Kind::OffTopic, Some(2.0), "off-topic answer came out at 2.0"),
            (Kind::Injected, Some(3.3), "injected answer (3.3)"),
            (Kind::Long, Some(3.7), "very long answer (3.7)"),
            (Kind::Dialect, Some(4.1), "in another dialect"),
        ] {
            let mut changed = set();
            changed.insert(kind, Outcome { level, abstained: 0 });
            let found = faults(&changed);
            assert!(found.iter().any(|fault| fault.contains(says)), "{says}: {found:?}");
        }
        let mut unsure = set();
        unsure.insert(Kind::Strong, Outcome { level: Some(4.7), abstained: 1 });
        assert_eq!(faults(&unsure).len(), 1);
    }
}
