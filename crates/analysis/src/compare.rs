//! Two attempts at one question, side by side.

use interview::{AnswerId, CriterionId, Evidence, Finding};
use serde::{Deserialize, Serialize};

use crate::{
    judge::interval,
    report::{AnswerReport, Level},
};

/// What can honestly be said of two attempts. Never "improvement": a second try at the same
/// question says nothing about the next question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The later attempt is a better answer.
    BetterAnswer,
    /// The earlier attempt was the better answer.
    EarlierWasBetter,
    /// The difference is within what the same answer varies by, or cannot be told.
    NoClearDifference,
}

/// One part in which the two differ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// What changed, one plain sentence.
    pub text: String,
    /// Whether the later attempt is the better one in it; `None` when it is just different.
    pub better: Option<bool>,
    /// What it points at in the earlier attempt.
    pub earlier: Vec<Evidence>,
    /// What it points at in the later attempt.
    pub later: Vec<Evidence>,
}

/// One criterion in both attempts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CriterionPair {
    /// Which criterion.
    pub criterion: CriterionId,
    /// Its name as shown.
    pub name: String,
    /// Its level in the earlier attempt.
    pub earlier: Option<Level>,
    /// Its level in the later attempt.
    pub later: Option<Level>,
}

/// Two attempts side by side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The earlier attempt.
    pub earlier: AnswerId,
    /// The later attempt.
    pub later: AnswerId,
    /// What can be said of the two.
    pub verdict: Verdict,
    /// The same in one plain sentence.
    pub line: String,
    /// What changed, part by part.
    pub changes: Vec<Change>,
    /// Criterion by criterion.
    pub criteria: Vec<CriterionPair>,
}

/// Which of two answers is better, in the order in which they are shown to whoever compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preferred {
    /// The one that is shown first.
    First,
    /// The one that is shown second.
    Second,
    /// Neither, or it cannot be told.
    Neither,
}

/// Compares two answers in both orders; one of them is the better answer only when both say so. A
/// judge of pairs that leans towards what it reads first, or last, thereby claims nothing.
#[must_use]
pub fn in_both_orders<T>(earlier: &T, later: &T, prefer: impl Fn(&T, &T) -> Preferred) -> Verdict {
    match (prefer(earlier, later), prefer(later, earlier)) {
        (Preferred::Second, Preferred::First) => Verdict::BetterAnswer,
        (Preferred::First, Preferred::Second) => Verdict::EarlierWasBetter,
        _ => Verdict::NoClearDifference,
    }
}

/// Compares an earlier attempt `a` with a later attempt `b` at the same question.
#[must_use]
pub fn compare(a: &AnswerReport, b: &AnswerReport) -> Comparison {
    let verdict = in_both_orders(a, b, prefer);
    Comparison {
        earlier: a.answer,
        later: b.answer,
        verdict,
        line: line(verdict, a, b),
        changes: changes(a, b),
        criteria: criteria(a, b),
    }
}

/// Which of two answers the rules prefer: the one whose level is clearly higher, unless more parts
/// of an answer speak for the other one. Levels of different versions do not compare.
fn prefer(first: &AnswerReport, second: &AnswerReport) -> Preferred {
    let (Some(one), Some(two)) = (first.overall, second.overall) else { return Preferred::Neither };
    if first.version != second.version {
        return Preferred::Neither;
    }
    let parts: i32 = PARTS
        .iter()
        .filter_map(|part| change(part, first, second)?.better)
        .map(|better| if better { 1 } else { -1 })
        .sum();
    match two.level - one.level {
        difference if difference >= interval::DIFFERENCE_MIN && parts >= 0 => Preferred::Second,
        difference if -difference >= interval::DIFFERENCE_MIN && parts <= 0 => Preferred::First,
        _ => Preferred::Neither,
    }
}

fn line(verdict: Verdict, a: &AnswerReport, b: &AnswerReport) -> String {
    let takes = format!("take {} against take {}", b.attempt, a.attempt);
    match verdict {
        Verdict::BetterAnswer => format!("A better answer: {takes}."),
        Verdict::EarlierWasBetter => format!("Take {} was the better answer.", a.attempt),
        Verdict::NoClearDifference if a.overall.is_none() || b.overall.is_none() => {
            "One of the two could not be judged, so they cannot be compared by level.".to_owned()
        }
        Verdict::NoClearDifference if a.version != b.version => {
            "The two were judged by different versions of the rules, so their levels do not compare."
                .to_owned()
        }
        Verdict::NoClearDifference => {
            "No clear difference between the two: less than the weakest answer rises by chance when \
             it is given again."
                .to_owned()
        }
    }
}

/// A part of an answer: the kinds of finding that say it is there, those that say it is not, and how
/// the change is put either way.
struct Part {
    there: &'static [&'static str],
    missing: &'static [&'static str],
    gained: &'static str,
    lost: &'static str,
}

const PARTS: &[Part] = &[
    Part {
        there: &["result_counted", "result_told"],
        missing: &["no_result", "vague_result"],
        gained: "How it ended is told now.",
        lost: "How it ended is no longer told.",
    },
    Part {
        there: &["own_actions"],
        missing: &["no_own_action", "broad_actions"],
        gained: "What you did can be pictured now.",
        lost: "What you did can no longer be pictured.",
    },
    Part {
        there: &["reason_given"],
        missing: &["no_reason"],
        gained: "You now say why you did it that way.",
        lost: "Why you did it that way is no longer told.",
    },
    Part {
        there: &["lesson_told"],
        missing: &["no_lesson"],
        gained: "What you took from it is told now.",
        lost: "What you took from it is no longer told.",
    },
    Part {
        there: &["result_told", "result_counted", "own_actions"],
        missing: &[
            "opinion_only",
            "self_description_only",
            "usual_only",
            "too_short",
            "listed_words",
            "off_question",
        ],
        gained: "One situation that happened is told now.",
        lost: "No situation that happened is told any more.",
    },
    Part {
        there: &["result_told", "result_counted"],
        missing: &["trailing_end"],
        gained: "The answer ends on its outcome now.",
        lost: "The answer trails off now.",
    },
];

fn changes(a: &AnswerReport, b: &AnswerReport) -> Vec<Change> {
    let mut changes: Vec<Change> = PARTS.iter().filter_map(|part| change(part, a, b)).collect();
    let rehearsed = b.rehearsed().filter(|_| a.rehearsed().is_none());
    changes.extend(rehearsed.map(|finding| Change {
        text: finding.claim.clone(),
        better: None,
        earlier: Vec::new(),
        later: finding.evidence.clone(),
    }));
    changes
}

fn change(part: &Part, a: &AnswerReport, b: &AnswerReport) -> Option<Change> {
    let gained = of_kinds(a, part.missing)
        .zip(of_kinds(b, part.there))
        .filter(|_| of_kinds(b, part.missing).is_none());
    let lost = of_kinds(a, part.there)
        .zip(of_kinds(b, part.missing))
        .filter(|_| of_kinds(a, part.missing).is_none());
    let (text, better, (earlier, later)) = match (gained, lost) {
        (Some(pair), _) => (part.gained, true, pair),
        (None, Some(pair)) => (part.lost, false, pair),
        (None, None) => return None,
    };
    Some(Change {
        text: text.to_owned(),
        better: Some(better),
        earlier: earlier.evidence.clone(),
        later: later.evidence.clone(),
    })
}

fn of_kinds<'a>(report: &'a AnswerReport, kinds: &[&str]) -> Option<&'a Finding> {
    report.findings.iter().find(|finding| kinds.contains(&finding.kind.0.as_str()))
}

fn criteria(a: &AnswerReport, b: &AnswerReport) -> Vec<CriterionPair> {
    let level = |report: &AnswerReport, criterion: &CriterionId| {
        let own = report.judgement(&criterion.0)?;
        Some(Level { level: own.level?, low: own.low?, high: own.high? })
    };
    b.judgements
        .iter()
        .map(|judgement| CriterionPair {
            criterion: judgement.criterion.clone(),
            name: judgement.name.clone(),
            earlier: level(a, &judgement.criterion),
            later: level(b, &judgement.criterion),
        })
        .collect()
}
