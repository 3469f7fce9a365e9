//! The figures as tables, printed and in the reference.

use std::{fmt::Write, path::Path};

use anyhow::{Context, ensure};

use super::{Figures, Measured};

const BEGIN: &str = "<!-- begin: cargo xtask evals technical -->";
const END: &str = "<!-- end: cargo xtask evals technical -->";
/// The heading under which answers that are for testing alone stand.
const TEST: &str = "### unseen answers of known questions";
/// What the judge is to reach on questions that it was not fitted with.
const RMSE_GOAL: f64 = 0.28;
const R_GOAL: f64 = 0.65;

/// Writes the tables into a document between its markers. What it says of the test answers stays where
/// these were not looked at.
///
/// # Errors
/// When the document cannot be read or written, or has no markers.
pub(super) fn write_between_markers(path: &Path, figures: &Figures) -> anyhow::Result<()> {
    let name = path.display();
    let document =
        std::fs::read_to_string(path).with_context(|| format!("{name} cannot be read"))?;
    let begin = document.find(BEGIN).map(|at| at + BEGIN.len());
    let (begin, end) = begin
        .zip(document.find(END))
        .with_context(|| format!("{name} has no line {BEGIN:?} and {END:?}"))?;
    ensure!(begin <= end, "{name} has its markers the wrong way round");
    let before = &document[begin..end];
    let kept = before.find(TEST).filter(|_| figures.test.is_empty());
    let kept = kept.map(|at| format!("\n{}\n", before[at..].trim_end())).unwrap_or_default();
    let section = format!("{}{kept}", text(figures));
    let whole = format!("{}\n\n{section}\n{}", &document[..begin], &document[end..]);
    std::fs::write(path, whole).with_context(|| format!("{name} cannot be written"))
}

/// All tables, as Markdown.
pub(super) fn text(figures: &Figures) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = training(&mut text, figures);
    if !figures.test.is_empty() {
        let _ = test(&mut text, figures);
    }
    text
}

fn training(text: &mut String, figures: &Figures) -> std::fmt::Result {
    writeln!(
        text,
        "### leave one question out: {} answers to {} questions, of which {} say nothing\n",
        figures.answers, figures.questions, figures.unanswered
    )?;
    rows(text, &figures.training)?;
    if !figures.meaning {
        writeln!(
            text,
            "\nThe model of text meaning is missing: by words and meaning was left out."
        )?;
    }
    if let Some(judge) = figures.training.last() {
        let met = judge.all.rmse <= RMSE_GOAL && judge.all.r >= Some(R_GOAL);
        let met = if met { "met" } else { "NOT met" };
        writeln!(
            text,
            "\nThe goal, an error of at most {RMSE_GOAL} and r of at least {R_GOAL} over all answers: {met}."
        )?;
    }
    writeln!(
        text,
        "\n| 90% interval, answers that say something | holds the points | mean width |"
    )?;
    writeln!(text, "| --- | --- | --- |")?;
    for one in &figures.intervals {
        let share = one.held as f64 / one.of.max(1) as f64;
        let met = if (0.85..=0.95).contains(&share) { "met" } else { "NOT met" };
        let (held, of) = (one.held, one.of);
        writeln!(
            text,
            "| {} | {held} of {of}, {share:.2} ({met}: 0.85 to 0.95) | {:.2} |",
            one.name, one.width_mean
        )?;
    }
    writeln!(
        text,
        "\n| points given | answers | points of the reference not found | something called wrong |"
    )?;
    writeln!(text, "| --- | --- | --- | --- |")?;
    for one in &figures.findings {
        let missing = one.missing_mean * 100.0;
        writeln!(text, "| {} | {} | {missing:.0}% | {} |", one.name, one.answers, one.wrong)?;
    }
    Ok(())
}

fn test(text: &mut String, figures: &Figures) -> std::fmt::Result {
    writeln!(text, "\n{TEST}: {} answers\n", figures.test_answers)?;
    rows(text, &figures.test)
}

fn rows(text: &mut String, rows: &[Measured]) -> std::fmt::Result {
    writeln!(
        text,
        "| judged by | error (RMS), all | r, all | error, something said | r, something said |"
    )?;
    writeln!(text, "| --- | --- | --- | --- | --- |")?;
    for row in rows {
        let r = |r: Option<f64>| r.map_or("-".to_owned(), |r| format!("{r:.2}"));
        writeln!(
            text,
            "| {} | {:.3} | {} | {:.3} | {} |",
            row.name,
            row.all.rmse,
            r(row.all.r),
            row.answered.rmse,
            r(row.answered.r)
        )?;
    }
    Ok(())
}
