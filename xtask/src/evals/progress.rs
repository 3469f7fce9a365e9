//! `cargo xtask evals progress`: what claims of improvement are worth, on people who are made up.

use std::{fmt::Write as _, fs, ops::RangeInclusive};

use analysis::progress::{
    filter::Variances,
    interviews_until_shown,
    simulation::{
        INTERVIEWS, Outcome, QUESTIONS, World, assumptions, false_better_answers, simulate,
    },
};
use anyhow::{Context, bail, ensure};
use serde_json::json;

use crate::shell::root;

/// Where the written figures begin and end in `docs/reference/validity.md`.
const BEGIN: &str = "<!-- progress: begin -->";
const END: &str = "<!-- progress: end -->";

/// How many people are made up for each world.
const PEOPLE: usize = 2000;
const PEOPLE_QUICK: usize = 150;
/// The same people every time.
const SEED: u64 = 20_261_122;

/// Share of 90% intervals that hold what they should.
const HELD: RangeInclusive<f64> = 0.88..=0.92;
/// Share of people who do not change and are told that they improved, at most.
const FALSE_MAX: f64 = 0.05;
/// Gains whose chance of being shown is printed, levels.
const GAINS: [f64; 4] = [0.5, 1.0, 1.5, 2.0];
/// After which interviews.
const LOOKS: [usize; 5] = [4, 6, 8, 12, 20];

/// A line of the table: a world and what came out.
struct Line {
    world: World,
    out: Outcome,
}

/// Simulates, prints, and writes the figures into the document unless they are quick ones.
///
/// # Errors
/// When a goal is missed in the world as it is assumed, or a file cannot be written.
pub fn run(quick: bool, json: Option<&str>) -> anyhow::Result<()> {
    let people = if quick { PEOPLE_QUICK } else { PEOPLE };
    let lines = |worlds: Vec<World>| -> Vec<Line> {
        let line = |world: World| Line { out: simulate(&world, people, SEED), world };
        worlds.into_iter().map(line).collect()
    };
    let assumed = lines(vec![World::ASSUMED, World::DRIFTING]);
    let otherwise = lines(World::misspecified());
    let gaining = lines(GAINS.into_iter().map(World::gaining).collect());
    let better =
        [1, 4, 8].map(|questions| (questions, false_better_answers(questions, 50 * people, SEED)));
    let text = text(people, &assumed, &otherwise, &gaining, &better);
    println!("{text}");
    if let Some(file) = json {
        let all = [&assumed, &otherwise, &gaining];
        let figures: Vec<_> = all.into_iter().flatten().map(figures).collect();
        fs::write(file, serde_json::to_vec_pretty(&figures)?).context(file.to_owned())?;
    }
    if !quick {
        write(&text)?;
    }
    let missed: Vec<&str> =
        assumed.iter().filter(|line| !met(line)).map(|line| line.world.name).collect();
    if !missed.is_empty() || better.iter().any(|(_, share)| *share > FALSE_MAX) {
        bail!("progress claims more than it may: {missed:?} {better:?}");
    }
    Ok(())
}

/// Whether a line keeps what is promised. Who drifts does change, so that no claim about them is
/// false by itself.
fn met(line: &Line) -> bool {
    let changes = line.world.variances.drift > 0.0;
    HELD.contains(&line.out.level_held) && (changes || line.out.ever_improved <= FALSE_MAX)
}

fn figures(line: &Line) -> serde_json::Value {
    let Outcome {
        level_held, change_held, ever_improved, ever_improved_overall, ever_worse, ..
    } = line.out;
    json!({
        "world": line.world.name,
        "gain": line.world.gain,
        "people": line.out.people,
        "level_held": level_held,
        "change_held": change_held,
        "ever_improved": ever_improved,
        "ever_improved_overall": ever_improved_overall,
        "ever_worse": ever_worse,
        "improved_overall_after": line.out.improved_overall_after,
    })
}

fn text(
    people: usize,
    assumed: &[Line],
    otherwise: &[Line],
    gaining: &[Line],
    better: &[(usize, f64)],
) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = tables(&mut text, people, assumed, otherwise, gaining);
    let _ = write!(
        text,
        "\n| an answer is given again, no better and no worse | called \"a better answer\" (at most {FALSE_MAX:.2}) |\n| --- | --- |\n"
    );
    for (questions, share) in better {
        let which = if *questions == 1 {
            "any answer".to_owned()
        } else {
            format!("the weakest of {questions}")
        };
        let _ = writeln!(text, "| {which} | {share:.3} |");
    }
    text
}

fn tables(
    text: &mut String,
    people: usize,
    assumed: &[Line],
    otherwise: &[Line],
    gaining: &[Line],
) -> std::fmt::Result {
    writeln!(
        text,
        "{people} people for each line, {INTERVIEWS} interviews of {QUESTIONS} fresh questions; {}.\n",
        assumptions()
    )?;
    writeln!(
        text,
        "| the world | level in its 90% interval | change in its own | ever told \"improved\", any of seven criteria | over all alone | ever told \"lower\" | |"
    )?;
    writeln!(text, "| --- | --- | --- | --- | --- | --- | --- |")?;
    for line in assumed.iter().chain(otherwise) {
        let Line { world, out } = line;
        writeln!(
            text,
            "| {} | {:.3} | {:.3} | {:.3} | {:.3} | {:.3} | {} |",
            world.name,
            out.level_held,
            out.change_held,
            out.ever_improved,
            out.ever_improved_overall,
            out.ever_worse,
            if met(line) { "met" } else { "**NOT met**" },
        )?;
    }
    let heads: Vec<String> = LOOKS.iter().map(|look| format!("after {look}")).collect();
    writeln!(text, "\n| gained over seven interviews | {} |", heads.join(" | "))?;
    writeln!(text, "| --- |{}", " --- |".repeat(LOOKS.len()))?;
    for Line { world, out } in gaining {
        let shares: Vec<String> = LOOKS
            .iter()
            .filter_map(|look| out.improved_overall_after.get(look - 1))
            .map(|share| format!("{share:.2}"))
            .collect();
        writeln!(text, "| {:.1} levels | {} |", world.gain, shares.join(" | "))?;
    }
    writeln!(
        text,
        "\n| fresh answers an interview | one level, gained evenly, shows with even odds after |"
    )?;
    writeln!(text, "| --- | --- |")?;
    for answers in [1, 2, 4, 6, 8] {
        let shown = match interviews_until_shown(1.0, answers, Variances::ASSUMED) {
            Some(interviews) => format!("{interviews} interviews"),
            None => "not within 40 interviews".to_owned(),
        };
        writeln!(text, "| {answers} | {shown} |")?;
    }
    Ok(())
}

fn write(text: &str) -> anyhow::Result<()> {
    let path = root().join("docs/reference/validity.md");
    let name = path.display();
    let document = fs::read_to_string(&path).with_context(|| format!("{name} cannot be read"))?;
    let begin = document.find(BEGIN).map(|at| at + BEGIN.len());
    let (begin, end) = begin
        .zip(document.find(END))
        .with_context(|| format!("{name} has no line {BEGIN:?} and {END:?}"))?;
    ensure!(begin <= end, "{name} has its markers the wrong way round");
    let text = format!("{}\n\n{text}\n{}", &document[..begin], &document[end..]);
    fs::write(&path, text).with_context(|| format!("{name} cannot be written"))
}
