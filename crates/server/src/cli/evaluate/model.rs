//! The language model held against the development half of the gold set. What it is off by becomes its
//! intervals on this machine, by split conformal prediction: nothing about it was fitted to these
//! answers.

use std::{collections::BTreeMap, process::ExitCode};

use analysis::Conformal;
use anyhow::Context;
use indicatif::ProgressBar;
use interview::Bank;

use super::gold::{self, Labelled};
use crate::{
    app::world,
    cli::check_judge,
    config::Config,
    model_judge::{Calibrated, Identity, Line, Records, levels},
};

/// With `--quick` one answer of so many is judged.
const QUICK_EVERY: usize = 4;
/// What the labels are.
const ORIGIN: &str = "the development half of evals/gold, written and labelled by a language model";

/// What came out on one criterion.
#[derive(Default)]
struct Criterion {
    /// What each level was off by.
    off: Vec<f64>,
    /// The signed differences' sum.
    signed: f64,
    abstained: usize,
}

/// Judges, prints and keeps the intervals of a whole run.
pub(super) fn measure(
    config: &Config,
    bank: &Bank,
    set: &[Labelled],
    quick: bool,
) -> anyhow::Result<ExitCode> {
    let language = check_judge::language(config, None)?;
    let identity = Identity::of(language.as_ref())?;
    let folder = config.data.folder()?;
    let test = Records::read(&folder).test(&identity).filter(|test| test.passed).cloned();
    let test = test.context(
        "this model has not passed the self-test; run 'greenroom models check-judge' first",
    )?;
    let rubric = bank.rubrics.get("behavioural").context("there is no rubric 'behavioural'")?;
    let every = if quick { QUICK_EVERY } else { 1 };
    let chosen: Vec<&Labelled> = set.iter().step_by(every).collect();
    let line = Line::alone(language);
    let bar = ProgressBar::new(chosen.len() as u64);
    let mut criteria: BTreeMap<String, Criterion> = BTreeMap::new();
    for one in &chosen {
        let answer = gold::answer(bank, one)?;
        let found = levels(&line, test.fingerprint.clone(), None, &answer, rubric);
        for judgement in &found.judgements {
            let Some(label) = one.label(&judgement.criterion.0) else { continue };
            let criterion = criteria.entry(judgement.criterion.0.clone()).or_default();
            match judgement.level {
                Some(level) => {
                    criterion.off.push((level - label).abs());
                    criterion.signed += level - label;
                }
                None => criterion.abstained += 1,
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    show(&identity.name, chosen.len(), &criteria);
    if !quick {
        let off = criteria.into_iter().map(|(name, own)| (name, own.off)).collect();
        let conformal = Conformal::fit(off, ORIGIN);
        for (name, half) in &conformal.half {
            println!("{name}: 90% intervals of ± {half:.1} from now on");
        }
        let calibrated = Calibrated { identity, conformal, at: world::now() };
        Records::keep_calibration(&folder, calibrated)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn show(name: &str, answers: usize, criteria: &BTreeMap<String, Criterion>) {
    println!("{name} against {ORIGIN}: {answers} answers\n");
    println!("| criterion | judged | abstained | error | signed |");
    println!("| --- | --- | --- | --- | --- |");
    for (name, Criterion { off, signed, abstained }) in criteria {
        let count = off.len().max(1) as f64;
        println!(
            "| {name} | {} | {abstained} | {:.2} | {:+.2} |",
            off.len(),
            off.iter().sum::<f64>() / count,
            signed / count
        );
    }
}
