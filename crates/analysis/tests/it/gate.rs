//! No evidence, no claim.

use std::fs;

use analysis::{AnswerReport, Claim, Facts, gate};
use interview::{Absence, Evidence, Finding, Judgement, Span, WordRange};

use crate::told::{Ask, QUESTION, STORY, VAGUE, content, question, report, typed};

fn refused(report: &AnswerReport, facts: &Facts<'_>, change: impl Fn(&mut Finding)) -> usize {
    let mut refused = 0;
    for finding in &report.findings {
        let mut changed = finding.clone();
        change(&mut changed);
        if changed != *finding {
            assert!(
                gate(Claim::Finding(&changed), facts).is_err(),
                "{} was let through with {:?}",
                changed.kind,
                changed.evidence
            );
            refused += 1;
        }
    }
    refused
}

/// Every real answer at hand: the labelled ones, and those of these tests.
fn answers() -> Vec<(String, String)> {
    let text = fs::read_to_string(content().join("anchors/behavioural.toml")).expect("anchors");
    let table: toml::Table = toml::from_str(&text).expect("anchors that can be read");
    let field =
        |anchor: &toml::Value, name: &str| anchor[name].as_str().expect("a text field").to_owned();
    let anchors = table["answer"].as_array().expect("a list of answers").iter();
    anchors
        .map(|anchor| (field(anchor, "question"), field(anchor, "text")))
        .chain([(QUESTION.into(), STORY.into()), (QUESTION.into(), VAGUE.into())])
        .collect()
}

/// Swaps the evidence of every two findings of every report. What the gate lets through must be a
/// claim that the rules make of exactly this evidence as well: then the predicate truly holds there.
#[test]
fn swapped_evidence_is_refused() {
    let (mut swapped, mut held) = (0, 0);
    for (id, text) in answers() {
        let ask = Ask::default();
        let answer = typed(question(&id), &text);
        let report = ask.report(&answer);
        let facts = Facts::read(ask.input(&answer));
        for a in &report.findings {
            for b in report.findings.iter().filter(|b| b.evidence != a.evidence) {
                let mut changed = a.clone();
                changed.evidence = b.evidence.clone();
                swapped += 1;
                if gate(Claim::Finding(&changed), &facts).is_ok() {
                    held += 1;
                    let covered =
                        changed.evidence.iter().all(|evidence| a.evidence.contains(evidence));
                    assert!(covered, "{} took the evidence of {}", a.kind, b.kind);
                }
            }
        }
    }
    assert!(swapped > 500, "only {swapped} swaps were tried");
    assert!(held * 50 < swapped, "{held} of {swapped} swaps held");
}

#[test]
fn swapped_evidence_of_levels_is_refused() {
    let ask = Ask::default();
    let answer = typed(question(QUESTION), STORY);
    let report = ask.report(&answer);
    let facts = Facts::read(ask.input(&answer));
    let of = |criterion: &str| report.judgement(criterion).expect("a judgement").clone();
    let (action, outcome) = (of("own_action"), of("outcome"));
    for (judgement, other) in [(&action, &outcome), (&outcome, &action)] {
        let changed = Judgement { evidence: other.evidence.clone(), ..judgement.clone() };
        assert!(gate(Claim::Judgement(judgement), &facts).is_ok());
        assert!(gate(Claim::Judgement(&changed), &facts).is_err());
    }
}

#[test]
fn altered_quotations_are_refused() {
    let ask = Ask::default();
    let answer = typed(question(QUESTION), STORY);
    let (report, facts) = (ask.report(&answer), Facts::read(ask.input(&answer)));
    let changed = refused(&report, &facts, |finding| {
        for evidence in &mut finding.evidence {
            if let Evidence::Words { quote, .. } = evidence {
                *quote = quote.replacen("forty", "eighty", 1).replacen('I', "You", 1);
            }
        }
    });
    assert!(changed >= 2);
}

#[test]
fn moved_ranges_are_refused() {
    let ask = Ask::default();
    let answer = typed(question(QUESTION), STORY);
    let (report, facts) = (ask.report(&answer), Facts::read(ask.input(&answer)));
    let last = answer.words.len();
    for by in [1, 7, last] {
        let moved = refused(&report, &facts, |finding| {
            for evidence in &mut finding.evidence {
                if let Evidence::Words { range, .. } = evidence {
                    *range = WordRange::new(range.first + by, range.end + by);
                }
            }
        });
        assert!(moved >= 2);
    }
}

#[test]
fn an_absence_has_to_search_everything_and_to_be_absent() {
    let ask = Ask::default();
    let vague = typed(question(QUESTION), VAGUE);
    let told = typed(question(QUESTION), STORY);
    let absences: Vec<Finding> = ask
        .report(&vague)
        .findings
        .into_iter()
        .filter(|finding| matches!(finding.evidence[0], Evidence::Absence(_)))
        .collect();
    assert!(!absences.is_empty());
    let (facts_vague, facts_told) = (Facts::read(ask.input(&vague)), Facts::read(ask.input(&told)));
    for finding in absences {
        assert!(gate(Claim::Finding(&finding), &facts_vague).is_ok());
        let whole = WordRange::new(0, told.words.len());
        let moved = with_absence(&finding, whole);
        assert!(gate(Claim::Finding(&moved), &facts_told).is_err(), "{}", finding.kind);
        let part = with_absence(&finding, WordRange::new(0, vague.words.len() - 1));
        assert!(gate(Claim::Finding(&part), &facts_vague).is_err(), "{}", finding.kind);
    }
}

fn with_absence(finding: &Finding, searched: WordRange) -> Finding {
    let Evidence::Absence(absence) = &finding.evidence[0] else { panic!("an absence") };
    let looked_for = absence.looked_for.clone();
    Finding {
        evidence: vec![Evidence::Absence(Absence { searched, looked_for })],
        ..finding.clone()
    }
}

#[test]
fn claims_in_other_words_without_evidence_or_of_unknown_kinds_are_refused() {
    let ask = Ask::default();
    let answer = typed(question(QUESTION), STORY);
    let (report, facts) = (ask.report(&answer), Facts::read(ask.input(&answer)));
    let all = report.findings.len();
    assert!(all >= 3);
    assert_eq!(refused(&report, &facts, |finding| finding.claim.push('!')), all);
    assert_eq!(refused(&report, &facts, |finding| finding.evidence.clear()), all);
    assert_eq!(refused(&report, &facts, |finding| finding.kind.0 = "confident".into()), all);
    assert_eq!(refused(&report, &facts, |finding| finding.strength = !finding.strength), all);
    assert_eq!(
        refused(&report, &facts, |finding| {
            finding.evidence = vec![Evidence::Audio { span: Span::new(0, 1_000_000) }];
        }),
        all
    );
}

#[test]
fn a_level_without_evidence_or_outside_its_interval_is_refused() {
    let ask = Ask::default();
    let answer = typed(question(QUESTION), STORY);
    let facts = Facts::read(ask.input(&answer));
    let judgement = report(STORY).judgement("own_action").expect("a judgement").clone();
    let bare = Judgement { evidence: Vec::new(), ..judgement.clone() };
    let outside = Judgement { low: judgement.level.map(|level| level + 0.5), ..judgement.clone() };
    let high = Judgement { level: Some(9.0), high: Some(9.0), ..judgement };
    for judgement in [bare, outside, high] {
        assert!(gate(Claim::Judgement(&judgement), &facts).is_err());
    }
}
