//! The report as text for a person, in the order in which a report is read.

use std::io::{Result, Write};

use analysis::Level;
use interview::Unit;

use super::output::{AnswerOut, EvidenceOut, FindingOut, Output, PriorityOut, WholeOut};
use crate::http::report_view::label;

/// Prints the report of one file; of a file that failed nothing but its warnings.
pub(super) fn print_report(out: &mut dyn Write, output: &Output) -> Result<()> {
    if output.error.is_some() {
        return Ok(());
    }
    writeln!(out, "{}", output.file)?;
    for warning in &output.warnings {
        writeln!(out, "  note: {warning}")?;
    }
    for answer in &output.answers {
        print_answer(out, answer)?;
    }
    match &output.whole {
        Some(whole) if output.answers.len() > 1 => print_whole(out, whole),
        _ => Ok(()),
    }
}

fn print_answer(out: &mut dyn Write, answer: &AnswerOut) -> Result<()> {
    writeln!(out, "\n{}", answer.question)?;
    if answer.words.is_empty() {
        writeln!(out, "  nothing was said")?;
    }
    if let Some(strength) = &answer.strength {
        writeln!(out, "\n  Keep")?;
        print_finding(out, strength)?;
    }
    if !answer.priorities.is_empty() {
        writeln!(out, "\n  Work on")?;
        for priority in &answer.priorities {
            print_priority(out, priority)?;
        }
    }
    print_levels(out, answer)?;
    print_measures(out, answer)?;
    for one in &answer.left_out {
        writeln!(out, "  left out: {}: {}", label(&one.what), one.why)?;
    }
    if answer.dropped > 0 {
        writeln!(
            out,
            "  {} claims did not hold against the words and were dropped",
            answer.dropped
        )?;
    }
    Ok(())
}

fn print_finding(out: &mut dyn Write, finding: &FindingOut) -> Result<()> {
    writeln!(out, "    {}", finding.claim)?;
    let convention = if finding.convention { " (convention)" } else { "" };
    writeln!(out, "      {}{convention}", finding.why)?;
    for evidence in finding.evidence.iter().take(3) {
        print_evidence(out, evidence)?;
    }
    Ok(())
}

fn print_evidence(out: &mut dyn Write, evidence: &EvidenceOut) -> Result<()> {
    let at = evidence.span.map(|span| format!("{:.1} s: ", span.start_s)).unwrap_or_default();
    match (&evidence.quote, &evidence.looked_for) {
        (Some(quote), _) => writeln!(out, "      {at}\"{quote}\""),
        (None, Some(looked_for)) => writeln!(out, "      not found in the answer: {looked_for}"),
        (None, None) => writeln!(out, "      {at}in the sound"),
    }
}

fn print_priority(out: &mut dyn Write, priority: &PriorityOut) -> Result<()> {
    print_finding(out, &priority.finding)?;
    if !priority.rewrite.is_empty() {
        writeln!(out, "      you could say: {}", priority.rewrite)?;
    }
    writeln!(out, "      {}", priority.plan)
}

fn print_levels(out: &mut dyn Write, answer: &AnswerOut) -> Result<()> {
    writeln!(out, "\n  Levels (1 to 5, with the range that holds nine times in ten)")?;
    for judgement in &answer.judgements {
        let level = match (judgement.level, judgement.low, judgement.high) {
            (Some(level), Some(low), Some(high)) => format!("{level:.1} ({low:.1} to {high:.1})"),
            _ => "none".to_owned(),
        };
        writeln!(out, "    {:<24} {level:<18} {}", judgement.name, judgement.reason)?;
    }
    print_overall(out, answer.overall)
}

fn print_overall(out: &mut dyn Write, overall: Option<Level>) -> Result<()> {
    match overall {
        Some(Level { level, low, high }) => {
            writeln!(out, "    {:<24} {level:.1} ({low:.1} to {high:.1})", "over all")
        }
        None => writeln!(out, "    {:<24} none: too little could be judged", "over all"),
    }
}

fn print_measures(out: &mut dyn Write, answer: &AnswerOut) -> Result<()> {
    if answer.features.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n  Measured (never part of a level)")?;
    for feature in &answer.features {
        writeln!(out, "    {:<36} {}", label(&feature.name.0), amount(feature))?;
    }
    let heard: Vec<String> = answer
        .fillers
        .iter()
        .map(|filler| {
            let at = filler.span.map(|span| format!(" ({:.1} s)", span.start_s));
            format!("{}{}", filler.text, at.unwrap_or_default())
        })
        .collect();
    if !heard.is_empty() {
        writeln!(out, "    possible fillers: {}", heard.join(", "))?;
    }
    Ok(())
}

/// A measured value as a person reads it: whole counts, shares in percent.
fn amount(feature: &interview::Feature) -> String {
    match feature.unit {
        Unit::Count => format!("{:>6.0}", feature.value),
        Unit::Share => format!("{:>6.0} %", 100.0 * feature.value),
        // The name says "per 100 words".
        Unit::PerHundredWords => format!("{:>8.1}", feature.value),
        unit => {
            let name = serde_json::to_value(unit).unwrap_or_default();
            let name = name.as_str().unwrap_or_default().replace('_', " ");
            format!("{:>8.1} {name}", feature.value)
        }
    }
}

fn print_whole(out: &mut dyn Write, whole: &WholeOut) -> Result<()> {
    let (answered, asked) = (whole.coverage.answered, whole.coverage.asked);
    writeln!(out, "\nAll answers together ({answered} of {asked} could be judged)")?;
    for finding in &whole.findings {
        print_finding(out, finding)?;
    }
    for judgement in &whole.judgements {
        let level = judgement.level.map_or("none".to_owned(), |level| format!("{level:.1}"));
        writeln!(out, "    {:<24} {level:<6} {}", judgement.name, judgement.reason)?;
    }
    print_overall(out, whole.overall)
}
