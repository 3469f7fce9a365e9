//! The comparison as Markdown tables, which read well in a terminal too.

use std::collections::BTreeMap;

use super::compare::{Agreement, Comparison, Condition, Share, WATCHED, Way, correlation};
use crate::bench::quantile;

/// How many of so many a figure stands for, at least, to be called met or not.
const COUNT_MIN: usize = 3;

/// All figures: those of the test part, with the development part's beside the goals.
pub fn text(test: &Comparison, development: &Comparison) -> String {
    let mut lines = Vec::new();
    let all = test.agreement.get("all");
    let other = development.agreement.get("all");
    if let Some(all) = all {
        goals(&mut lines, all, other);
        folders(&mut lines, &test.agreement);
    }
    movements(&mut lines, &test.conditions);
    reasons(&mut lines, &test.conditions);
    lines.join("\n") + "\n"
}

/// A figure with its goal.
struct Goal {
    measure: &'static str,
    goal: &'static str,
    value: fn(&Agreement) -> f64,
    met: fn(f64) -> bool,
    shown: fn(f64) -> String,
}

const GOALS: [Goal; 12] = [
    Goal {
        measure: "recordings whose median pitch lies within 2% of Praat's",
        goal: "all",
        value: |all| within(&all.medians, 0.02).value(),
        met: |value| value >= 1.0,
        shown: percent,
    },
    Goal {
        measure: "median pitch, difference: median of the recordings",
        goal: "at most 2%",
        value: |all| median_abs(&all.medians),
        met: |value| value <= 0.02,
        shown: percent,
    },
    Goal {
        measure: "voiced or unvoiced as Praat has it, all frames",
        goal: "at least 95%",
        value: |all| all.voicing.value(),
        met: |value| value >= 0.95,
        shown: percent,
    },
    Goal {
        measure: "the same, frames that Praat calls sounding",
        goal: "at least 95%",
        value: |all| all.voicing_in_speech.value(),
        met: |value| value >= 0.95,
        shown: percent,
    },
    Goal {
        measure: "voiced frames more than 20% off Praat's pitch",
        goal: "at most 1%",
        value: |all| all.gross.value(),
        met: |value| value <= 0.01,
        shown: percent,
    },
    Goal {
        measure: "pitch of the other voiced frames, median distance",
        goal: "at most 10 cents",
        value: |all| quantile(&all.cents, 0.5),
        met: |value| value <= 10.0,
        shown: |value| format!("{value:.1} cents"),
    },
    Goal {
        measure: "spread of the pitch, median difference",
        goal: "at most 0.3 st",
        value: |all| median_abs(&all.spreads_st),
        met: |value| value <= 0.3,
        shown: |value| format!("{value:.2} st"),
    },
    Goal {
        measure: "level of frames in speech, median distance",
        goal: "at most 1 dB",
        value: |all| quantile(&all.levels_db, 0.5),
        met: |value| value <= 1.0,
        shown: decibels,
    },
    Goal {
        measure: "spread of the loudness, median difference",
        goal: "at most 1 dB",
        value: |all| median_abs(&all.level_spreads_db),
        met: |value| value <= 1.0,
        shown: decibels,
    },
    Goal {
        measure: "pauses, F1, silences within 50 ms of 250 ms being either",
        goal: "at least 0.95",
        value: |all| all.pauses.f1(),
        met: |value| value >= 0.95,
        shown: plain,
    },
    Goal {
        measure: "articulation rate over Praat's, median",
        goal: "0.85 to 1.15",
        value: |all| median_ratio(&all.articulation),
        met: |value| (0.85..=1.15).contains(&value),
        shown: plain,
    },
    Goal {
        measure: "speech rate over Praat's, median",
        goal: "0.85 to 1.15",
        value: |all| median_ratio(&all.speech_rate),
        met: |value| (0.85..=1.15).contains(&value),
        shown: plain,
    },
];

fn goals(lines: &mut Vec<String>, test: &Agreement, development: Option<&Agreement>) {
    lines.push(
        "| measure | goal | test | | development |\n| --- | --- | --- | --- | --- |".to_owned(),
    );
    for Goal { measure, goal, value, met, shown } in GOALS {
        let reached = value(test);
        let verdict = match (reached.is_nan(), met(reached)) {
            (true, _) => "not measured",
            (false, true) => "met",
            (false, false) => "NOT met",
        };
        let beside = development.map_or("-".to_owned(), |development| shown(value(development)));
        lines.push(format!("| {measure} | {goal} | {} | {verdict} | {beside} |", shown(reached)));
    }
    let strict = |all: &Agreement| {
        format!(
            "F1 {:.3} (precision {:.3}, recall {:.3}), edges {:.0} ms apart in the median",
            all.pauses_strict.f1(),
            all.pauses_strict.confirmed.value(),
            all.pauses_strict.found.value(),
            1e3 * quantile(&all.pauses_strict.apart_s, 0.5)
        )
    };
    lines.push(format!(
        "\nPauses with exactly 250 ms on both sides: {}. With the silences between breath or noise and the first or \
         last voice, F1 {:.3} (as in the table otherwise).",
        strict(test),
        test.pauses_with_edges.f1()
    ));
    lines.push(format!(
        "Largest difference of a median pitch: {}. Level in speech, largest offset of a recording: {}. \
         Articulation rate: 80% of recordings between {}, correlation {:.2}; speech rate: correlation {:.2}.",
        percent(quantile(&absolute(&test.medians), 1.0)),
        decibels(quantile(&absolute(&test.level_offsets_db), 1.0)),
        range(&test.articulation),
        correlation(&test.articulation),
        correlation(&test.speech_rate)
    ));
}

fn folders(lines: &mut Vec<String>, agreement: &BTreeMap<String, Agreement>) {
    lines.push(
        "\n| recordings | n | seconds | pitch withheld | median pitch within 2% | voicing | in speech | \
         gross errors | pauses F1 (found by Praat) | pauses withheld | loudness withheld |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
            .to_owned(),
    );
    for (folder, one) in agreement {
        let medians = within(&one.medians, 0.02);
        lines.push(format!(
            "| {folder} | {} | {:.0} | {} | {} of {} | {} | {} | {} | {:.2} ({}) | {} | {} |",
            one.recordings,
            one.seconds,
            one.pitch_withheld,
            medians.count,
            medians.of,
            percent(one.voicing.value()),
            percent(one.voicing_in_speech.value()),
            percent(one.gross.value()),
            one.pauses.f1(),
            one.pauses.found.of,
            one.pauses_withheld,
            one.loudness_withheld
        ));
    }
}

fn movements(lines: &mut Vec<String>, conditions: &[Condition]) {
    lines.push(
        "\n| sound | measure | given | median move | largest | allowed | beyond it | withheld |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- |"
            .to_owned(),
    );
    for condition in conditions {
        for (moved, watched) in condition.moved.iter().zip(&WATCHED) {
            let shown = |value: f64| match watched.way {
                _ if value.is_nan() => "-".to_owned(),
                Way::Share => percent(value),
                Way::Difference => format!("{value:.2} {}", watched.unit),
            };
            lines.push(format!(
                "| {} | {} | {} | {} | {} | {} | {} | {} |",
                name(&condition.name),
                moved.measure,
                moved.moves.len(),
                shown(quantile(&moved.moves, 0.5)),
                shown(quantile(&moved.moves, 1.0)),
                shown(watched.tolerance),
                moved.beyond,
                moved.withheld.values().sum::<usize>()
            ));
        }
    }
    lines.push(
        "\n| sound | recordings | voiced or unvoiced as in clean sound | the same by Praat | pauses of clean sound, F1 | \
         Praat's median pitch, largest move |\n| --- | --- | --- | --- | --- | --- |"
            .to_owned(),
    );
    for condition in conditions {
        lines.push(format!(
            "| {} | {} | {} | {} | {:.3} | {} |",
            name(&condition.name),
            condition.recordings,
            percent(condition.voicing.value()),
            percent(condition.praat_voicing.value()),
            condition.pauses.f1(),
            percent(quantile(&condition.praat_medians, 1.0))
        ));
    }
}

fn reasons(lines: &mut Vec<String>, conditions: &[Condition]) {
    let mut rows = Vec::new();
    for condition in conditions {
        for moved in &condition.moved {
            for (why, count) in &moved.withheld {
                rows.push(format!(
                    "| {} | {} | {count} of {} | {why} |",
                    name(&condition.name),
                    moved.measure,
                    moved.moves.len() + moved.withheld.values().sum::<usize>()
                ));
            }
        }
    }
    if !rows.is_empty() {
        lines.push(
            "\n| sound | measure | withheld | reason given |\n| --- | --- | --- | --- |".to_owned(),
        );
        lines.extend(rows);
    }
}

fn name(condition: &str) -> &str {
    match condition {
        "noise" => "noise 20 dB below the speech",
        "telephone" => "telephone, 8 kHz",
        "louder" => "12 dB louder, cut off at full scale",
        "softer" => "12 dB softer",
        "opus" => "Opus, 16 kbit/s",
        other => other,
    }
}

fn within(values: &[f64], share: f64) -> Share {
    Share { count: values.iter().filter(|value| value.abs() <= share).count(), of: values.len() }
}

fn absolute(values: &[f64]) -> Vec<f64> {
    values.iter().map(|value| value.abs()).collect()
}

fn median_abs(values: &[f64]) -> f64 {
    quantile(&absolute(values), 0.5)
}

fn ratios(pairs: &[[f64; 2]]) -> Vec<f64> {
    pairs.iter().map(|[own, praat]| own / praat).collect()
}

fn median_ratio(pairs: &[[f64; 2]]) -> f64 {
    if pairs.len() < COUNT_MIN { f64::NAN } else { quantile(&ratios(pairs), 0.5) }
}

fn range(pairs: &[[f64; 2]]) -> String {
    let ratios = ratios(pairs);
    format!("{:.2} and {:.2} times Praat's", quantile(&ratios, 0.1), quantile(&ratios, 0.9))
}

fn percent(value: f64) -> String {
    if value.is_nan() { "-".to_owned() } else { format!("{:.1}%", 100.0 * value) }
}

fn decibels(value: f64) -> String {
    format!("{value:.2} dB")
}

fn plain(value: f64) -> String {
    format!("{value:.3}")
}
