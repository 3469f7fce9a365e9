//! The evidence gate: no evidence, no claim.
//!
//! Every finding and every level passes [`gate`] before anybody sees it. Quotations are compared
//! with the transcript word by word, and the predicate behind the claim is run again on exactly what
//! is cited. What does not hold is dropped, counted and kept in the log.

use interview::{Absence, Evidence, Finding, Judge, Judgement, Span, WordRange};
use serde::{Deserialize, Serialize};

use crate::{facts::Facts, findings, judge};

/// A claim that the gate refused, and why. Kept for the log; never shown as feedback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// The kind of the finding, or the criterion of the judgement.
    pub what: String,
    /// What did not hold.
    pub why: String,
}

/// The highest level by a model that what is absent can show: what level 3 asks for is not there.
pub(crate) const ABSENT_LEVEL_MAX: f64 = 2.0;

/// Something that is claimed of an answer.
#[derive(Debug, Clone, Copy)]
pub enum Claim<'a> {
    /// A finding.
    Finding(&'a Finding),
    /// A criterion's level, or an abstention.
    Judgement(&'a Judgement),
}

/// Whether a claim's evidence holds in the answer that it is made of.
///
/// For a finding: its kind is known and not switched off, applies to this answer, its words are what
/// its rule would say, and its predicate holds on every piece of evidence. For a level by the rules:
/// every piece of evidence bears on its criterion. For a level by a model or a person: every
/// quotation stands in the transcript, at least three words of it; a level above 2 by a model has
/// one, for what is absent shows no more. A level stands inside its interval, on the scale.
///
/// # Errors
/// What was refused and why.
pub fn gate(claim: Claim<'_>, facts: &Facts<'_>) -> Result<(), Dropped> {
    let (what, checked) = match claim {
        Claim::Finding(finding) => (finding.kind.to_string(), check_finding(finding, facts)),
        Claim::Judgement(judgement) => {
            (judgement.criterion.to_string(), check_judgement(judgement, facts))
        }
    };
    checked.map_err(|why| Dropped { what, why })
}

fn check_finding(finding: &Finding, facts: &Facts<'_>) -> Result<(), String> {
    let rule =
        findings::rule(facts, &finding.kind.0).ok_or("no rule makes findings of this kind")?;
    if finding.evidence.is_empty() {
        return Err("it cites nothing".into());
    }
    if !rule.in_force(facts) {
        return Err("its rule does not apply to this answer".into());
    }
    for evidence in &finding.evidence {
        resolve(evidence, facts)?;
        if !rule.holds(facts, evidence) {
            return Err(format!("its predicate does not hold on {}", place(evidence)));
        }
    }
    let count = rule.count(facts).ok_or("there is too little of it in the answer")?;
    if finding.claim != (rule.claim)(facts, count) || finding.why != rule.why {
        return Err("its words are not those of its rule".into());
    }
    if finding.strength != rule.strength || finding.convention != rule.convention {
        return Err("it is labelled otherwise than its rule".into());
    }
    Ok(())
}

fn check_judgement(judgement: &Judgement, facts: &Facts<'_>) -> Result<(), String> {
    let by_rules = matches!(judgement.judge, Judge::Rules { .. });
    for evidence in &judgement.evidence {
        resolve(evidence, facts)?;
        if by_rules && !judge::supports(facts, &judgement.criterion.0, evidence) {
            return Err(format!("{} does not bear on this criterion", place(evidence)));
        }
        if let Evidence::Words { range, .. } = evidence
            && !by_rules
            && range.len() < 3
        {
            return Err("a quotation of fewer than three words shows nothing".into());
        }
        if matches!(evidence, Evidence::Audio { .. }) {
            return Err("levels rest on words, never on sound".into());
        }
    }
    let quoted = judgement.evidence.iter().any(|one| matches!(one, Evidence::Words { .. }));
    let by_model = matches!(judgement.judge, Judge::Model { .. });
    if by_model && !quoted && judgement.level.is_some_and(|level| level > ABSENT_LEVEL_MAX) {
        return Err("a level above 2 needs words to show for it".into());
    }
    match (judgement.level, judgement.low, judgement.high) {
        (None, None, None) => Ok(()),
        (Some(_), _, _) if judgement.evidence.is_empty() => Err("it cites nothing".into()),
        (Some(level), Some(low), Some(high))
            if 1.0 <= low && low <= level && level <= high && high <= 5.0 =>
        {
            Ok(())
        }
        _ => Err("level and interval do not fit each other".into()),
    }
}

/// Finds the evidence in the answer: the words as quoted, the interval inside the sound, the whole
/// answer as what was searched.
fn resolve(evidence: &Evidence, facts: &Facts<'_>) -> Result<(), String> {
    match evidence {
        Evidence::Words { range, quote } => resolve_words(*range, quote, facts),
        Evidence::Audio { span } => resolve_audio(*span, facts),
        Evidence::Absence(Absence { searched, .. }) if *searched == facts.told.text.whole() => {
            Ok(())
        }
        Evidence::Absence(_) => Err("an absence has to search the whole answer".into()),
    }
}

fn resolve_words(range: WordRange, quote: &str, facts: &Facts<'_>) -> Result<(), String> {
    let words = range.of(facts.told.text.words).ok_or("it cites words beyond the answer")?;
    if words.is_empty() {
        return Err("it cites no words".into());
    }
    let same =
        quote.split_whitespace().eq(words.iter().flat_map(|word| word.text.split_whitespace()));
    if same { Ok(()) } else { Err(format!("\"{quote}\" does not stand there")) }
}

fn resolve_audio(span: Span, facts: &Facts<'_>) -> Result<(), String> {
    let words = facts.told.text.words.iter().filter_map(|word| word.span).reduce(Span::join);
    let sound = facts.input.sound.and_then(|sound| sound.voiced.iter().copied().reduce(Span::join));
    let all = [facts.input.answer.span, words, sound].into_iter().flatten().reduce(Span::join);
    let inside = all.is_some_and(|all| all.start_us <= span.start_us && span.end_us <= all.end_us);
    if inside { Ok(()) } else { Err("it cites sound outside the answer".into()) }
}

fn place(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Words { quote, .. } => format!("\"{quote}\""),
        Evidence::Audio { span } => {
            format!("{:.1} to {:.1} s", span.start_us as f64 / 1e6, span.end_us as f64 / 1e6)
        }
        Evidence::Absence(absence) => format!("the absence of \"{}\"", absence.looked_for),
    }
}
