//! The comparison as text: a table for the terminal and a section of the reference.

use std::{fmt::Write, fs};

use anyhow::Context;

use super::score::{CUT_SHARE_MAX, Comparison, Figures, Row};
use crate::shell::root;

const REFERENCE: &str = "docs/reference/performance.md";
const BEGIN: &str = "<!-- begin: cargo xtask bench turns -->";
const END: &str = "<!-- end: cargo xtask bench turns -->";

/// All figures as Markdown tables, which read well in a terminal too.
pub fn table(comparison: &Comparison) -> String {
    let mut text = String::new();
    goals(&mut text, comparison);
    main_table(&mut text, comparison);
    groups(&mut text, comparison);
    budgets(&mut text, comparison);
    curve(&mut text, comparison);
    reliability(&mut text, comparison);
    confirmed(&mut text, comparison);
    text
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = text.write_fmt(line);
    text.push('\n');
}

fn share(value: f64) -> String {
    format!("{:.1}%", value * 100.0)
}

const fn verdict(fine: bool) -> &'static str {
    if fine { "yes" } else { "falls short" }
}

/// What was aimed at and what was reached on the test half, as shipped where a setting matters.
fn goals(text: &mut String, comparison: &Comparison) {
    let Some(shipped) = comparison.rows.first().map(|row| &row.test) else { return };
    let ratio = &comparison.ratio;
    let [by_300_ms, by_600_ms] = shipped.cut_early_shares;
    let survived = shipped.long_survived as f64 / shipped.long_pauses.max(1) as f64;
    let rows = [
        ("dead air p50 over Pipecat's", "<= 0.6", format!("{:.2}", ratio.p50), ratio.p50 <= 0.6),
        ("dead air p90 over Pipecat's", "<= 1", format!("{:.2}", ratio.p90), ratio.p90 <= 1.0),
        ("pauses cut off by 300 ms of silence", "<= 20%", share(by_300_ms), by_300_ms <= 0.2),
        ("pauses cut off by 600 ms of silence", "<= 8%", share(by_600_ms), by_600_ms <= 0.08),
        ("5 s pauses survived", ">= 97%", share(survived), survived >= 0.97),
    ];
    line(text, format_args!("| measure | goal | reached | |\n| --- | --- | --- | --- |"));
    for (measure, goal, reached, fine) in rows {
        line(text, format_args!("| {measure} | {goal} | {reached} | {} |", verdict(fine)));
    }
    // The goal may also be read as one for whoever replies as soon as that.
    for budget in comparison.budgets.iter().filter(|budget| budget.listener == "Greenroom") {
        let (goal, share_max) =
            if budget.dead_air_s < 0.5 { ("<= 20%", 0.2) } else { ("<= 8%", 0.08) };
        let reached = budget.test.cut_share;
        line(
            text,
            format_args!(
                "| pauses cut off when half of the ends are answered within {} s | {goal} | {} | {} |",
                budget.dead_air_s,
                share(reached),
                verdict(reached <= share_max)
            ),
        );
    }
    text.push('\n');
}

fn main_table(text: &mut String, comparison: &Comparison) {
    line(
        text,
        format_args!(
            "| test half | setting | cut-offs a turn | pauses cut off | by 0.3 s | by 0.6 s | 5 s pauses survived | dead air p50, s | p90, s |"
        ),
    );
    line(text, format_args!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |"));
    for row in &comparison.rows {
        line(text, format_args!("{}", main_line(row)));
    }
    if let Some(shipped) = comparison.rows.first().map(|row| &row.test) {
        line(
            text,
            format_args!(
                "\nGreenroom, as shipped, says softly that there is time in {} of the pauses, and at {} of the ends before it replies. \
                 Up to the first sound of any kind it is p50 {:.2} s, p90 {:.2} s.",
                share(shipped.prompted_pauses),
                share(shipped.prompted_ends),
                shipped.first_sound_p50_s,
                shipped.first_sound_p90_s
            ),
        );
    }
    let ratio = &comparison.ratio;
    line(
        text,
        format_args!(
            "\nGreenroom over Pipecat, both at the setting chosen on the development half for at most {} of its pauses cut off: \
         p50 {:.2} ({:.2} to {:.2}), p90 {:.2} ({:.2} to {:.2}).",
            share(CUT_SHARE_MAX),
            ratio.p50,
            ratio.p50_interval[0],
            ratio.p50_interval[1],
            ratio.p90,
            ratio.p90_interval[0],
            ratio.p90_interval[1]
        ),
    );
}

fn main_line(row: &Row) -> String {
    let Figures {
        cut_offs_per_turn,
        cut_share,
        cut_share_interval: [low, high],
        cut_early_shares: [by_300_ms, by_600_ms],
        long_pauses,
        long_survived,
        dead_air_p50_s,
        dead_air_p50_interval: [p50_low, p50_high],
        dead_air_p90_s,
        dead_air_p90_interval: [p90_low, p90_high],
        ..
    } = &row.test;
    format!(
        "| {} | {} | {cut_offs_per_turn:.2} | {} ({} to {}) | {} | {} | {long_survived} of {long_pauses} | \
         {dead_air_p50_s:.2} ({p50_low:.2} to {p50_high:.2}) | \
         {dead_air_p90_s:.2} ({p90_low:.2} to {p90_high:.2}) |",
        row.listener,
        row.setting,
        share(*cut_share),
        share(*low),
        share(*high),
        share(*by_300_ms),
        share(*by_600_ms),
    )
}

fn groups(text: &mut String, comparison: &Comparison) {
    line(
        text,
        format_args!(
            "\n| kind of turn | listener | turns | cut-offs a turn | dead air p50, s | p90, s |"
        ),
    );
    line(text, format_args!("| --- | --- | --- | --- | --- | --- |"));
    for row in &comparison.rows {
        for (group, figures) in &row.groups {
            line(
                text,
                format_args!(
                    "| {group} | {}, {} | {} | {:.2} | {:.2} | {:.2} |",
                    row.listener,
                    row.setting,
                    figures.turns,
                    figures.cut_offs_per_turn,
                    figures.dead_air_p50_s,
                    figures.dead_air_p90_s
                ),
            );
        }
    }
    line(text, format_args!("\n| kind of pause | listener | pauses | cut off |"));
    line(text, format_args!("| --- | --- | --- | --- |"));
    for row in &comparison.rows {
        for (kind, [count, cut]) in &row.pauses {
            let part = share(*cut as f64 / (*count).max(1) as f64);
            line(
                text,
                format_args!("| {kind} | {}, {} | {count} | {part} |", row.listener, row.setting),
            );
        }
    }
}

fn budgets(text: &mut String, comparison: &Comparison) {
    line(
        text,
        format_args!(
            "\n| median dead air on the development half | listener | setting | pauses cut off | dead air p50, s |"
        ),
    );
    line(text, format_args!("| --- | --- | --- | --- | --- |"));
    for budget in &comparison.budgets {
        line(
            text,
            format_args!(
                "| at most {} s | {} | {} | {} ({} to {}) | {:.2} |",
                budget.dead_air_s,
                budget.listener,
                budget.setting,
                share(budget.test.cut_share),
                share(budget.test.cut_share_interval[0]),
                share(budget.test.cut_share_interval[1]),
                budget.test.dead_air_p50_s
            ),
        );
    }
}

fn curve(text: &mut String, comparison: &Comparison) {
    line(
        text,
        format_args!(
            "\n| curve on the test half | setting | pauses cut off | dead air p50, s | p90, s |"
        ),
    );
    line(text, format_args!("| --- | --- | --- | --- | --- |"));
    for point in &comparison.curve {
        line(
            text,
            format_args!(
                "| {} | {} | {} | {:.2} | {:.2} |",
                point.listener,
                point.setting,
                share(point.cut_share),
                point.dead_air_p50_s,
                point.dead_air_p90_s
            ),
        );
    }
}

fn reliability(text: &mut String, comparison: &Comparison) {
    line(
        text,
        format_args!(
            "\n| Greenroom's probability that the turn is over | moments | predicted | true |"
        ),
    );
    line(text, format_args!("| --- | --- | --- | --- |"));
    for (index, bin) in comparison.reliability.iter().enumerate() {
        let from = index as f64 / 10.0;
        line(
            text,
            format_args!(
                "| {from:.1} to {:.1} | {} | {} | {} |",
                from + 0.1,
                bin.moments,
                share(bin.predicted),
                share(bin.true_share)
            ),
        );
    }
}

fn confirmed(text: &mut String, comparison: &Comparison) {
    for one in &comparison.confirmed {
        line(
            text,
            format_args!(
                "\n{} in real time: {} of {} turns with as many false cut-offs as in the time of the samples; \
             the reply differs by {:.2} s in the median and {:.2} s at most.",
                one.listener, one.alike, one.turns, one.difference_p50_s, one.difference_max_s
            ),
        );
    }
}

/// Writes the section of the reference between its markers; what stands around them stays.
///
/// # Errors
/// When the file cannot be read or written.
pub fn write(comparison: &Comparison) -> anyhow::Result<()> {
    let path = root().join(REFERENCE);
    let before = fs::read_to_string(&path).unwrap_or_else(|_| "# Performance\n".to_owned());
    let section = format!("{BEGIN}\n{}\n\n{}{END}", INTRODUCTION.trim(), table(comparison));
    let text = match (before.find(BEGIN), before.find(END)) {
        (Some(from), Some(to)) if from < to => {
            format!("{}{section}{}", &before[..from], &before[to + END.len()..])
        }
        _ => format!("{}\n\n{section}\n", before.trim_end()),
    };
    fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))
}

const INTRODUCTION: &str = include_str!("introduction.md");
