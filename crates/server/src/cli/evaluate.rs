//! `greenroom evaluate`: what the judge and the listening are worth, as one honest table. The judge is
//! held against the labelled answers that are built in; the listening, where there are models and
//! `GREENROOM_EVAL_DATA` names a folder of recordings with references, against those.
#![expect(clippy::print_stdout, reason = "the table is for the person who asked")]

mod gold;
mod listening;
mod technical;

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode, sync::Arc};

use analysis::{AnswerInput, AnswerReport, Fitted, Switches, parts::Weights, raw_levels};
use anyhow::Context;
use engines::Embedder;
use interview::{Answer, AnswerId, Bank, InterviewId, Mode, Question, word::words_of};
use serde::{Deserialize, Serialize};

use crate::{
    config::Config,
    content,
    engine_room::Engines,
    jobs::{
        hearing::Instruments,
        pipeline::{Against, analyse_by},
    },
};

/// Folder of recordings with references, as the evaluation of listening takes it.
const DATA_VARIABLE: &str = "GREENROOM_EVAL_DATA";

/// Arguments of `greenroom evaluate`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A smaller set, in under a minute.
    #[arg(long)]
    quick: bool,
    /// Also write the figures to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Also hold the judge against the labelled answers in this folder (`evals/gold` of the work
    /// tree).
    #[arg(long, value_name = "FOLDER")]
    gold: Option<PathBuf>,
    /// Leave the test half of those answers alone: for work on the rules.
    #[arg(long, requires = "gold")]
    development: bool,
    /// Also write their figures into this document, between its markers.
    #[arg(long, value_name = "FILE", requires = "gold")]
    document: Option<PathBuf>,
    /// Instead fit the judge's curves and intervals to the development half, by words alone, and write
    /// them to this file (`crates/analysis/src/judge/calibration.json`).
    #[arg(long, value_name = "FILE", requires = "gold", hide = true)]
    calibrate: Option<PathBuf>,
    /// Instead fit the weights by which parts are found to the development half, and write them to this
    /// file (`crates/analysis/src/parts/weights.json`).
    #[arg(long, value_name = "FILE", requires = "gold", hide = true)]
    weigh: Option<PathBuf>,
    /// Instead hold the judge of technical answers against the labelled answers of this file
    /// (`text/saf/answers.csv` of the evaluation data).
    #[arg(long, value_name = "FILE", conflicts_with_all = ["gold", "quick"])]
    technical: Option<PathBuf>,
    #[command(flatten)]
    technical_arguments: technical::Arguments,
}

#[derive(Deserialize)]
struct AnchorFile {
    answer: Vec<Anchor>,
}

/// An answer with the level that it was written for.
#[derive(Deserialize)]
struct Anchor {
    question: String,
    kind: String,
    level: f64,
    text: String,
    pair: Option<String>,
}

/// An anchor as it was judged.
struct Scored<'a> {
    anchor: &'a Anchor,
    level: Option<f64>,
}

/// What came out.
#[derive(Debug, Serialize)]
struct Figures {
    /// With the embedding model, or by words alone.
    relevance: &'static str,
    kinds: Vec<Kind>,
    /// Of answers told twice, those whose told form came out at least half a level higher.
    pairs_separated: Share,
    /// Of all two answers of different labels, the share that is ranked as labelled; ties count half.
    rank_agreement: f64,
    /// Answers on which the judge said nothing.
    abstained: usize,
    gold: Vec<gold::Figures>,
    listening: Option<listening::Figures>,
    listening_left_out: Option<String>,
}

/// Answers of one kind.
#[derive(Debug, Serialize)]
struct Kind {
    kind: String,
    labelled: f64,
    answers: usize,
    level_mean: Option<f64>,
    /// Within one level of the label.
    as_labelled: Share,
}

/// So many of so many.
#[derive(Debug, Clone, Copy, Serialize)]
struct Share {
    count: usize,
    of: usize,
}

/// Judges, listens, and prints.
pub(super) fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    super::log();
    if let Some(file) = &arguments.technical {
        return technical::run(
            config,
            file,
            &arguments.technical_arguments,
            arguments.json.as_deref(),
        );
    }
    let bank = content::bank()?;
    if let (Some(file), Some(folder)) = (&arguments.calibrate, &arguments.gold) {
        gold::calibrate(&bank, folder, file)?;
        return Ok(ExitCode::SUCCESS);
    }
    if let (Some(file), Some(folder)) = (&arguments.weigh, &arguments.gold) {
        gold::weigh(folder, file)?;
        return Ok(ExitCode::SUCCESS);
    }
    let file: AnchorFile = toml::from_str(&content::text("anchors/behavioural.toml")?)
        .context("the built-in labelled answers are not valid")?;
    let instruments = Instruments::of(&Arc::new(Engines::listening(&config.data.models()?)));
    let embedder = instruments.embedder.as_deref();
    let scored = judge(&bank, &file.answer, embedder)?;
    let gold = match &arguments.gold {
        Some(folder) => {
            gold::measure(&bank, &gold::read(folder, !arguments.development)?, embedder)?
        }
        None => Vec::new(),
    };
    let (listening, listening_left_out) = match std::env::var_os(DATA_VARIABLE) {
        None => (None, Some(format!("set {DATA_VARIABLE} to a folder of recordings"))),
        Some(_) if !instruments.can_hear() => {
            (None, Some("the models are missing; run 'greenroom models pull'".to_owned()))
        }
        Some(folder) => {
            let folder = PathBuf::from(folder);
            (Some(listening::measure(&folder, &instruments, arguments.quick)?), None)
        }
    };
    let figures = Figures {
        relevance: if instruments.embedder.is_some() { "words and meaning" } else { "words" },
        kinds: kinds(&scored),
        pairs_separated: pairs(&scored),
        rank_agreement: rank_agreement(&scored),
        abstained: scored.iter().filter(|one| one.level.is_none()).count(),
        gold,
        listening,
        listening_left_out,
    };
    print(&figures);
    if let Some(document) = &arguments.document {
        gold::write_between_markers(document, figures.relevance, &figures.gold)?;
    }
    if let Some(path) = &arguments.json {
        let text = serde_json::to_string_pretty(&figures)?;
        std::fs::write(path, text + "\n")
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The level that the rules give each labelled answer over all criteria.
fn judge<'a>(
    bank: &Bank,
    anchors: &'a [Anchor],
    embedder: Option<&dyn Embedder>,
) -> anyhow::Result<Vec<Scored<'a>>> {
    anchors
        .iter()
        .map(|anchor| {
            let answer = typed(question(bank, &anchor.question)?, &anchor.text);
            let report = report(bank, &answer, embedder, Fitted::shipped())?;
            Ok(Scored { anchor, level: report.overall.map(|overall| overall.level) })
        })
        .collect()
}

/// The question of this name.
fn question<'a>(bank: &'a Bank, name: &str) -> anyhow::Result<&'a Question> {
    bank.questions
        .values()
        .find(|question| question.id.0 == name)
        .with_context(|| format!("there is no question '{name}'"))
}

/// A typed answer of these words.
fn typed(question: &Question, text: &str) -> Answer {
    Answer {
        id: AnswerId::new(1, [0; 10]),
        interview: InterviewId::new(0, [0; 10]),
        item: Some(0),
        attempt: 1,
        question: question.clone(),
        mode: Mode::Typed,
        words: words_of(text),
        turn_starts: Vec::new(),
        probes: Vec::new(),
        span: None,
        edited_share: 0.0,
    }
}

/// What the rules find in an answer before the curves make levels of it, and how much of its words
/// could be read.
fn raw(
    bank: &Bank,
    answer: &Answer,
    weights: &Weights,
) -> anyhow::Result<(BTreeMap<String, f64>, f64)> {
    let rubric = bank.rubrics.get("behavioural").context("there is no rubric 'behavioural'")?;
    let switches = Switches::default();
    let input = AnswerInput {
        answer,
        sound: None,
        relevance: None,
        rubric,
        goal: None,
        switches: &switches,
        baseline: None,
        earlier: &[],
        no_fillers: &[],
    };
    Ok(raw_levels(input, weights))
}

/// The report of an answer by itself.
fn report(
    bank: &Bank,
    answer: &Answer,
    embedder: Option<&dyn Embedder>,
    fitted: Fitted<'_>,
) -> anyhow::Result<AnswerReport> {
    let rubric = bank.rubrics.get("behavioural").context("there is no rubric 'behavioural'")?;
    let switches = Switches::default();
    let against = Against {
        rubric,
        goal: None,
        switches: &switches,
        baseline: None,
        earlier: &[],
        no_fillers: &[],
    };
    Ok(analyse_by(answer, None, embedder, against, fitted).report)
}

fn kinds(scored: &[Scored<'_>]) -> Vec<Kind> {
    let mut groups: BTreeMap<&str, Vec<&Scored<'_>>> = BTreeMap::new();
    for one in scored {
        groups.entry(&one.anchor.kind).or_default().push(one);
    }
    let mut kinds: Vec<Kind> = groups
        .into_iter()
        .map(|(kind, group)| {
            let levels: Vec<f64> = group.iter().filter_map(|one| one.level).collect();
            let near = |one: &&&Scored<'_>| {
                one.level.is_some_and(|level| (level - one.anchor.level).abs() <= 1.0)
            };
            Kind {
                kind: kind.to_owned(),
                labelled: group.iter().map(|one| one.anchor.level).sum::<f64>()
                    / group.len() as f64,
                answers: group.len(),
                level_mean: (!levels.is_empty())
                    .then(|| levels.iter().sum::<f64>() / levels.len() as f64),
                as_labelled: Share { count: group.iter().filter(near).count(), of: group.len() },
            }
        })
        .collect();
    kinds.sort_by(|a, b| a.labelled.total_cmp(&b.labelled));
    kinds
}

/// The least by which the told form of a pair must come out higher.
const PAIR_LEVELS: f64 = 0.5;

fn pairs(scored: &[Scored<'_>]) -> Share {
    let mut pairs: BTreeMap<&str, Vec<&Scored<'_>>> = BTreeMap::new();
    for one in scored {
        if let Some(pair) = &one.anchor.pair {
            pairs.entry(pair).or_default().push(one);
        }
    }
    let separated = pairs.values().filter(|pair| {
        let level = |best: bool| {
            let ordered =
                |a: &&&Scored<'_>, b: &&&Scored<'_>| a.anchor.level.total_cmp(&b.anchor.level);
            let one = if best { pair.iter().max_by(ordered) } else { pair.iter().min_by(ordered) };
            one.and_then(|one| one.level)
        };
        level(true).zip(level(false)).is_some_and(|(told, vague)| told - vague >= PAIR_LEVELS)
    });
    Share { count: separated.count(), of: pairs.len() }
}

fn rank_agreement(scored: &[Scored<'_>]) -> f64 {
    let (mut agreed, mut all) = (0.0, 0.0);
    for (i, a) in scored.iter().enumerate() {
        for b in &scored[i + 1..] {
            let (Some(level_a), Some(level_b)) = (a.level, b.level) else { continue };
            if a.anchor.level == b.anchor.level {
                continue;
            }
            all += 1.0;
            let ranked = (level_a - level_b) * (a.anchor.level - b.anchor.level);
            agreed += if ranked > 0.0 {
                1.0
            } else if ranked == 0.0 {
                0.5
            } else {
                0.0
            };
        }
    }
    if all > 0.0 { agreed / all } else { 0.0 }
}

fn print(figures: &Figures) {
    println!("The rules judge on labelled answers (relevance by {})", figures.relevance);
    println!("{:<18} {:>6} {:>9} {:>6} {:>16}", "kind", "n", "labelled", "mean", "within 1 level");
    for kind in &figures.kinds {
        let mean = kind.level_mean.map_or("-".to_owned(), |mean| format!("{mean:.2}"));
        println!(
            "{:<18} {:>6} {:>9.1} {mean:>6} {:>16}",
            kind.kind,
            kind.answers,
            kind.labelled,
            format!("{} of {}", kind.as_labelled.count, kind.as_labelled.of)
        );
    }
    let pairs = figures.pairs_separated;
    println!("pairs told apart by {PAIR_LEVELS} levels and more: {} of {}", pairs.count, pairs.of);
    println!("two answers ranked as labelled: {:.3}", figures.rank_agreement);
    println!("abstentions: {}", figures.abstained);
    println!(
        "The answers were written and labelled by a language model; the rules were set on them."
    );
    if figures.gold.is_empty() {
        println!("\nThe gold set was left out: name its folder with --gold");
    } else {
        gold::print(&figures.gold);
    }
    match (&figures.listening, &figures.listening_left_out) {
        (Some(listening), _) => listening::print(listening),
        (None, Some(why)) => println!("\nListening was left out: {why}"),
        (None, None) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_rank_the_built_in_answers_and_tell_every_pair_apart() {
        let bank = content::bank().expect("the content is valid");
        let text = content::text("anchors/behavioural.toml").expect("the labelled answers");
        let file: AnchorFile = toml::from_str(&text).expect("valid labelled answers");
        let scored = judge(&bank, &file.answer, None).expect("every question is there");
        let pairs = pairs(&scored);
        assert!(pairs.of >= 10 && pairs.count == pairs.of, "{pairs:?}");
        assert!(rank_agreement(&scored) > 0.9, "{}", rank_agreement(&scored));
        for kind in kinds(&scored) {
            let mean = kind.level_mean.unwrap_or(1.0);
            let nothing = ["fine", "waffle", "off_topic", "keyword_stuffed", "injection"];
            assert!(!nothing.contains(&kind.kind.as_str()) || mean < 2.2, "{kind:?}");
        }
    }
}
