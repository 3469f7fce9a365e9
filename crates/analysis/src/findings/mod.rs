//! Findings: claims about the task, each with its evidence.
//!
//! Every kind is a [`Rule`]: what is searched for, when it is worth saying, in which words, and why.
//! The same rule serves twice. [`search`] runs it over an answer to make findings; the gate runs its
//! predicate again on whatever a finding cites.

mod asked;
mod content;
mod delivery;
mod rehearsal;
mod wording;

use interview::{Absence, Evidence, Finding, FindingKind, Span, WordRange};

pub(crate) use self::rehearsal::KINDS as REHEARSAL_KINDS;

use crate::{
    facts::Facts,
    input::Measure,
    sought::{Sought, cite},
};

/// How a kind of finding is searched for, and what its evidence must fulfil.
#[derive(Clone, Copy)]
pub(crate) enum Basis {
    /// At least so many clauses are something.
    Clauses {
        /// What they are.
        sought: Sought,
        /// How many there must be.
        count_min: usize,
    },
    /// No clause of the whole answer is something.
    Absent(Sought),
    /// Something is not there in the whole answer.
    AbsentAll {
        /// What, in plain words.
        looked_for: &'static str,
        /// Whether it is absent.
        absent: fn(&Facts<'_>) -> bool,
    },
    /// Words that fulfil a predicate.
    Words {
        /// Where they are.
        search: fn(&Facts<'_>) -> Vec<WordRange>,
        /// The predicate.
        holds: fn(&Facts<'_>, WordRange) -> bool,
        /// How many such places there must be.
        count_min: usize,
    },
    /// Intervals of the sound that fulfil a predicate.
    Sound {
        /// Where they are.
        search: fn(&Facts<'_>) -> Vec<Span>,
        /// The predicate.
        holds: fn(&Facts<'_>, Span) -> bool,
    },
}

/// A kind of finding.
pub(crate) struct Rule {
    /// Its stable name.
    pub(crate) kind: &'static str,
    /// Whether it is something to keep.
    pub(crate) strength: bool,
    /// Whether it rests on a convention of coaching without research behind it.
    pub(crate) convention: bool,
    /// How much it would change the answer, 0 to 1.
    pub(crate) weight: f64,
    /// The measure it belongs to, if it can be switched off.
    pub(crate) measure: Option<Measure>,
    /// When it is worth saying; run again by the gate.
    pub(crate) applies: fn(&Facts<'_>) -> bool,
    /// What it rests on.
    pub(crate) basis: Basis,
    /// What it claims; `count` is how many pieces of evidence there are in all.
    pub(crate) claim: fn(&Facts<'_>, count: usize) -> String,
    /// Why it matters.
    pub(crate) why: &'static str,
}

/// At most this many places are cited for one finding.
pub(crate) const CITED_MAX: usize = 6;

/// Every kind of finding that can be made here: of an answer, or of a question that the candidate
/// asked.
pub(crate) fn rules(asked: bool) -> impl Iterator<Item = &'static Rule> {
    let [first, second, third, fourth]: [&[Rule]; 4] = if asked {
        [asked::RULES, &[], &[], &[]]
    } else {
        [content::RULES, wording::RULES, delivery::RULES, rehearsal::RULES]
    };
    first.iter().chain(second).chain(third).chain(fourth)
}

/// The rule of this kind, where it can be made here.
pub(crate) fn rule(facts: &Facts<'_>, kind: &str) -> Option<&'static Rule> {
    rules(facts.asked.is_some()).find(|rule| rule.kind == kind)
}

impl Rule {
    /// Whether the rule has anything to say about this answer at all.
    pub(crate) fn in_force(&self, facts: &Facts<'_>) -> bool {
        self.measure.is_none_or(|measure| facts.input.switches.on(measure)) && (self.applies)(facts)
    }

    /// All evidence for it, in order; too little of it is none.
    pub(crate) fn evidence(&self, facts: &Facts<'_>) -> Vec<Evidence> {
        let told = &facts.told;
        // What the search proposes has to fulfil the predicate as well.
        let enough = |evidence: Vec<Evidence>, count_min: usize| {
            let held: Vec<Evidence> =
                evidence.into_iter().filter(|evidence| self.holds(facts, evidence)).collect();
            if held.len() >= count_min { held } else { Vec::new() }
        };
        let words =
            |ranges: Vec<WordRange>| ranges.into_iter().map(|range| cite(told, range)).collect();
        let absence = |looked_for: &str| {
            let looked_for = looked_for.to_owned();
            vec![Evidence::Absence(Absence { searched: told.text.whole(), looked_for })]
        };
        match self.basis {
            Basis::Clauses { sought, count_min } => enough(words(sought.all(told)), count_min),
            Basis::Absent(sought) if !sought.found(told) => absence(sought.looked_for()),
            Basis::AbsentAll { looked_for, absent } if absent(facts) => absence(looked_for),
            Basis::Absent(_) | Basis::AbsentAll { .. } => Vec::new(),
            Basis::Words { search, count_min, .. } => enough(words(search(facts)), count_min),
            Basis::Sound { search, .. } => {
                search(facts).into_iter().map(|span| Evidence::Audio { span }).collect()
            }
        }
    }

    /// The rule's predicate on one piece of evidence.
    pub(crate) fn holds(&self, facts: &Facts<'_>, evidence: &Evidence) -> bool {
        let told = &facts.told;
        match (self.basis, evidence) {
            (Basis::Clauses { sought, .. }, Evidence::Words { range, .. }) => {
                sought.holds_at(told, *range)
            }
            (Basis::Absent(sought), Evidence::Absence(absence)) => {
                absence.looked_for == sought.looked_for() && !sought.found(told)
            }
            (Basis::AbsentAll { looked_for, absent }, Evidence::Absence(absence)) => {
                absence.looked_for == looked_for && absent(facts)
            }
            (Basis::Words { holds, .. }, Evidence::Words { range, .. }) => holds(facts, *range),
            (Basis::Sound { holds, .. }, Evidence::Audio { span }) => holds(facts, *span),
            _ => false,
        }
    }

    fn count_min(&self) -> usize {
        match self.basis {
            Basis::Clauses { count_min, .. } | Basis::Words { count_min, .. } => count_min.max(1),
            _ => 1,
        }
    }

    /// How many places the whole answer must hold, and does hold, for the claim to be made.
    pub(crate) fn count(&self, facts: &Facts<'_>) -> Option<usize> {
        let count = self.evidence(facts).len();
        (count >= self.count_min()).then_some(count)
    }
}

/// Everything the rules find in an answer, not yet through the gate.
pub(crate) fn search(facts: &Facts<'_>) -> Vec<Finding> {
    rules(facts.asked.is_some())
        .filter(|rule| rule.in_force(facts))
        .filter_map(|rule| {
            let mut evidence = rule.evidence(facts);
            let count = evidence.len();
            evidence.truncate(CITED_MAX);
            (count > 0).then(|| Finding {
                kind: FindingKind(rule.kind.to_owned()),
                strength: rule.strength,
                claim: (rule.claim)(facts, count),
                why: rule.why.to_owned(),
                evidence,
                convention: rule.convention,
                weight: rule.weight,
            })
        })
        .collect()
}

/// "1 action", "2 actions".
pub(crate) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("{count} {noun}") } else { format!("{count} {noun}s") }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn kinds_are_named_once_and_weights_are_shares() {
        let all = || rules(false).chain(rules(true));
        let kinds: BTreeSet<&str> = all().map(|rule| rule.kind).collect();
        assert_eq!(kinds.len(), all().count());
        assert!(all().all(|rule| (0.0..=1.0).contains(&rule.weight) && !rule.why.is_empty()));
    }

    #[test]
    fn no_rule_speaks_of_what_must_not_be_inferred() {
        let forbidden = [
            "nervous",
            "confiden",
            "anxious",
            "honest",
            "lying",
            "personality",
            "accent",
            "emotion",
            "enthusias",
            "gender",
            "appearance",
            "attitude",
            "hire ",
            "hireab",
        ];
        for rule in rules(false).chain(rules(true)) {
            let why = rule.why.to_lowercase();
            assert!(forbidden.iter().all(|word| !why.contains(word)), "{}", rule.kind);
        }
    }
}
