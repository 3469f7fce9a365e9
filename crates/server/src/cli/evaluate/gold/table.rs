//! The figures of the gold set as text: printed, and written into a document between two markers.

use std::{fmt::Write as _, path::Path};

use analysis::edits::Aim;
use anyhow::{Context, ensure};

use super::{
    Covered, Figures, Held, Split,
    agreement::{CRITERIA, PARTS, wilson},
};

/// Where the written figures begin in a document.
const BEGIN: &str = "<!-- figures: begin -->";
/// The share of intervals that hold their label which a Wilson interval should not lie below.
const HELD_MIN: f64 = 0.8;
/// Where they end.
const END: &str = "<!-- figures: end -->";

/// Prints the figures.
pub(in crate::cli::evaluate) fn print(figures: &[Figures]) {
    println!("\n{}", text(figures));
}

/// Replaces what stands between the markers of a document by the figures.
///
/// # Errors
/// When the document cannot be read or written, or has no markers.
pub(in crate::cli::evaluate) fn write_between_markers(
    path: &Path,
    relevance: &str,
    figures: &[Figures],
) -> anyhow::Result<()> {
    let name = path.display();
    let document =
        std::fs::read_to_string(path).with_context(|| format!("{name} cannot be read"))?;
    let begin = document.find(BEGIN).map(|at| at + BEGIN.len());
    let end = document.find(END);
    let (begin, end) =
        begin.zip(end).with_context(|| format!("{name} has no line {BEGIN:?} and {END:?}"))?;
    ensure!(begin <= end, "{name} has its markers the wrong way round");
    let kept = kept(&document[begin..end], figures);
    let text = format!(
        "{}\n\nRelevance was judged by {relevance}.\n\n{}{kept}\n{}",
        &document[..begin],
        text(figures),
        &document[end..]
    );
    std::fs::write(path, text).with_context(|| format!("{name} cannot be written"))
}

/// What a document says of halves that were not measured now.
fn kept<'a>(document: &'a str, figures: &[Figures]) -> &'a str {
    let test = figures.iter().any(|one| one.split == Split::Test);
    let section = document.find("### test").filter(|_| !test);
    section.map_or("", |at| document[at..].trim_end())
}

/// A goal beside what was measured.
fn against(value: f64, met: bool, goal: &str) -> String {
    format!("{value:.2} ({}: {goal})", if met { "met" } else { "NOT met" })
}

/// All tables, as Markdown.
fn text(figures: &[Figures]) -> String {
    let mut text = String::new();
    for one in figures {
        // Writing to a string cannot fail.
        let _ = half(&mut text, one);
    }
    text
}

fn half(text: &mut String, of: &Figures) -> std::fmt::Result {
    writeln!(
        text,
        "### {}: {} answers to {} questions\n",
        of.split.name(),
        of.answers,
        of.questions
    )?;
    let (judge, annotators) = (&of.judge, &of.consistency);
    writeln!(text, "| figure | the rules judge | consistency of the annotators |")?;
    writeln!(text, "| --- | --- | --- |")?;
    let presence = judge.presence_macro();
    writeln!(
        text,
        "| parts present, macro F1 | {} | {:.2} |",
        against(presence, presence >= 0.85, "at least 0.85"),
        annotators.presence_macro()
    )?;
    let spans = judge.spans_pooled();
    writeln!(
        text,
        "| words of the parts, F1 | {} | {:.2} |",
        against(spans, spans >= 0.70, "at least 0.70"),
        annotators.spans_pooled()
    )?;
    writeln!(
        text,
        "| type of answer, kappa | {} | {:.2} |",
        against(judge.kinds, judge.kinds >= 0.65, "at least 0.65"),
        annotators.kinds
    )?;
    let overall = &judge.levels["overall"];
    let share = overall.covered as f64 / overall.answers.max(1) as f64;
    writeln!(
        text,
        "| overall level, quadratic weighted kappa | {} | {:.2} |",
        against(overall.kappa, overall.kappa >= 0.75, "at least 0.75"),
        annotators.levels["overall"].kappa
    )?;
    writeln!(
        text,
        "| overall level, mean absolute error | {} | {:.2} |",
        against(overall.error, overall.error <= 0.5, "at most 0.50"),
        annotators.levels["overall"].error
    )?;
    writeln!(
        text,
        "| 90% interval holds the overall level | {} | |",
        against(share, (0.85..=0.95).contains(&share), "0.85 to 0.95")
    )?;
    writeln!(
        text,
        "| width of that interval, levels | {} | |\n",
        against(overall.width, overall.width <= 1.6, "at most 1.60")
    )?;
    parts(text, of)?;
    criteria(text, of)?;
    groups(text, of)?;
    edits(text, of)
}

fn edits(text: &mut String, of: &Figures) -> std::fmt::Result {
    if of.edits.is_empty() {
        return Ok(());
    }
    writeln!(
        text,
        "| edit | pairs | absolute shift | signed, 90% interval | higher | lower | silent | wider | aim |"
    )?;
    writeln!(text, "| --- | --- | --- | --- | --- | --- | --- | --- | --- |")?;
    for edit in &of.edits {
        let (effect, met) = (&edit.effect, if edit.met { "met" } else { "NOT met" });
        let aim = match edit.aim {
            Aim::Same => "the same: absolute at most 0.25, interval within 0.15",
            Aim::NotHigher => "none higher",
            Aim::Lower => "lower in 90%",
            Aim::Doubt => "all silent or wider",
        };
        writeln!(
            text,
            "| {} | {} | {:.2} | {:+.2} to {:+.2} | {} | {} | {} | {} | {met}: {aim} |",
            edit.name,
            effect.pairs + effect.silenced,
            effect.absolute,
            effect.signed - effect.half,
            effect.signed + effect.half,
            effect.raised,
            effect.lowered,
            effect.silenced,
            effect.widened,
        )?;
    }
    writeln!(text)
}

fn parts(text: &mut String, of: &Figures) -> std::fmt::Result {
    writeln!(text, "| part | present, F1 | words, F1 | annotators: present | words |")?;
    writeln!(text, "| --- | --- | --- | --- | --- |")?;
    for part in PARTS {
        writeln!(
            text,
            "| {part} | {:.2} | {:.2} | {:.2} | {:.2} |",
            of.judge.presence[part].f1(),
            of.judge.spans[part].f1(),
            of.consistency.presence[part].f1(),
            of.consistency.spans[part].f1()
        )?;
    }
    writeln!(text)
}

fn criteria(text: &mut String, of: &Figures) -> std::fmt::Result {
    writeln!(
        text,
        "| criterion | weighted kappa | error | signed | in the 90% interval | width | abstained | annotators: kappa | error |"
    )?;
    writeln!(text, "| --- | --- | --- | --- | --- | --- | --- | --- | --- |")?;
    for name in CRITERIA {
        let (own, annotators) = (&of.judge.levels[name], &of.consistency.levels[name]);
        writeln!(
            text,
            "| {name} | {:.2} | {:.2} | {:+.2} | {} of {} | {:.2} | {} | {:.2} | {:.2} |",
            own.kappa,
            own.error,
            own.signed,
            own.covered,
            own.answers,
            own.width,
            own.abstained,
            annotators.kappa,
            annotators.error
        )?;
    }
    writeln!(text)
}

fn groups(text: &mut String, of: &Figures) -> std::fmt::Result {
    writeln!(text, "| answers | n | labelled overall | error | signed |")?;
    writeln!(text, "| --- | --- | --- | --- | --- |")?;
    for group in &of.groups {
        writeln!(
            text,
            "| {} | {} | {:.2} | {:.2} | {:+.2} |",
            group.name, group.answers, group.labelled, group.error, group.signed
        )?;
    }
    writeln!(text)?;
    coverage(text, of)
}

/// By labelled level and by question family: intervals that hold the label, the 95% Wilson interval of
/// that share, flagged where it lies on one side of 0.80, and answers without a level beside them.
fn coverage(text: &mut String, of: &Figures) -> std::fmt::Result {
    writeln!(text, "| held by the 90% interval | {} |", CRITERIA.join(" | "))?;
    writeln!(text, "| --- |{}", " --- |".repeat(CRITERIA.len()))?;
    for Covered { group, criteria } in &of.covered {
        let cells: Vec<String> = CRITERIA
            .iter()
            .map(|name| criteria.get(name).copied().map(cell).unwrap_or_default())
            .collect();
        writeln!(text, "| {group} | {} |", cells.join(" | "))?;
    }
    writeln!(text)
}

fn cell(Held { held, of, abstained }: Held) -> String {
    let silent = if abstained > 0 { format!(", {abstained} silent") } else { String::new() };
    if of == 0 {
        return format!("none{silent}");
    }
    let (low, high) = wilson(held, of);
    let flag = match (high < HELD_MIN, low > HELD_MIN) {
        (true, _) => " **BELOW 0.80**",
        (_, true) => " above 0.80",
        _ => "",
    };
    format!("{held} of {of} ({low:.2} to {high:.2}{flag}){silent}")
}
