//! The figures as tables.

use std::fmt::Write as _;

use super::{Consistency, Figures, Half, Row};
use crate::bench::wilson;

/// What the uses are to reach on test.
const F1_GOAL: f64 = 0.85;

/// Both halves, test first.
pub(super) fn text(figures: &[Figures]) -> String {
    let mut text = String::new();
    for one in figures.iter().rev() {
        half(&mut text, one);
    }
    text
}

fn half(text: &mut String, figures: &Figures) {
    let name = match figures.half {
        Half::Development => "development",
        Half::Test => "test",
    };
    // Writing to a string cannot fail.
    let mut line = |row: String| _ = writeln!(text, "{row}");
    line(format!("\n### Words as they were said: {name}\n"));
    line(
        "| word | uses | fillers | precision | recall | F1 | 95% | calling all fillers, F1 |"
            .into(),
    );
    line("| --- | --- | --- | --- | --- | --- | --- | --- |".into());
    for row in figures.uses.iter().chain([&figures.bare]) {
        line(use_line(row));
    }
    if let Some(all) = figures.uses.iter().find(|row| row.name == "all") {
        let f1 = all.matches().f1();
        let reached = if f1 >= F1_GOAL { "met" } else { "NOT met" };
        line(format!("\nF1 of all uses: {f1:.3} ({reached}: at least {F1_GOAL:.2})."));
    }
    line("\n| given up | labelled | found | precision | recall | F1 | 95% |".into());
    line("| --- | --- | --- | --- | --- | --- | --- |".into());
    for row in &figures.given_up {
        line(given_up_line(row));
    }
    line(format!(
        "\nIn {} of {} texts in which nothing is given up, something was found.",
        figures.clean_found, figures.clean
    ));
    if let Some(consistency) = &figures.consistency {
        line(consistent(consistency));
    }
}

fn use_line(row: &Row) -> String {
    let matches = row.matches();
    let all =
        analysis::said::Matches { found: row.of, labelled: row.labelled, right: row.labelled };
    format!(
        "| {} | {} | {} | {} | {} | {} | {} | {} |",
        row.name,
        row.of,
        row.labelled,
        share(row.right, row.found),
        share(row.right, row.labelled),
        figure(matches.f1()),
        between(row),
        figure(all.f1()),
    )
}

fn given_up_line(row: &Row) -> String {
    format!(
        "| {} | {} | {} | {} | {} | {} | {} |",
        row.name,
        row.labelled,
        row.found,
        share(row.right, row.found),
        share(row.right, row.labelled),
        figure(row.matches().f1()),
        between(row),
    )
}

fn consistent(consistency: &Consistency) -> String {
    let Consistency { uses, uses_alike, kappa, spans, spans_alike } = consistency;
    let f1 = 2.0 * *spans_alike as f64 / (spans[0] + spans[1]) as f64;
    format!(
        "\nConsistency of the two labellings, by the same language model and no human agreement: {uses_alike} of {uses} uses \
         alike (kappa {kappa:.2}); {spans_alike} of {} and {} spans exactly alike (F1 {f1:.2}).",
        spans[0], spans[1]
    )
}

/// A share with Wilson's 95% interval.
fn share(part: usize, whole: usize) -> String {
    if whole == 0 {
        return "-".to_owned();
    }
    let (low, high) = wilson(part as u32, whole as u32);
    format!("{:.2} ({low:.2} to {high:.2})", part as f64 / whole as f64)
}

fn between(row: &Row) -> String {
    format!("{} to {}", figure(row.low), figure(row.high))
}

fn figure(value: f64) -> String {
    if value.is_nan() { "-".to_owned() } else { format!("{value:.2}") }
}
