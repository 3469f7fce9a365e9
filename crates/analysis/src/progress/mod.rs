//! Whether somebody improves, as far as it can be told.
//!
//! For each criterion the candidate's level is filtered over their interviews ([`filter`]) and shown
//! with a 90% interval after each. Only answers to fresh questions enter (`fresh`): a second take, a
//! question that was asked before and an answer in nearly the same words as an earlier one say how
//! well that answer is known, not how the next question will go. What is left out is listed with its
//! reason.
//!
//! A change is claimed when it is reliable: when it stands [`CLAIM_Z`] of its own standard deviations
//! from none. What this promises, and what it does not where the model is wrong, is simulated
//! ([`simulation`]) and written down in `docs/reference/validity.md`.

pub mod filter;
mod fresh;
pub mod simulation;

use interview::{AnswerId, InterviewId, Judge, QuestionId};
use serde::{Deserialize, Serialize};

use self::filter::{Estimate, Filter, Variances};
use crate::{
    answer::EDITED_SHARE_MAX,
    input::Measure,
    judge::{COMPETENCY, calibration::OVERALL},
    report::{AnswerReport, Level},
};

/// From this many standard deviations on a change is claimed.
///
/// Somebody may look after every interview and at seven criteria, so that one look's 1.645 would
/// claim an improvement for many people who do not change. Of those, at 2.5, two in a hundred are
/// ever told that they improved, on any of seven criteria in 20 interviews; at most five may be, and
/// the rest is for levels that do not behave as assumed ([`simulation`]).
pub const CLAIM_Z: f64 = 2.5;

/// A person's own spread between the answers of an interview replaces the assumed one where it is
/// larger and rests on at least this many degrees of freedom. A convention.
const OWN_SPREAD_MIN: usize = 6;

/// A person's own days count from this many pairs of neighbouring interviews on. A convention.
const OWN_DAYS_MIN: usize = 4;

/// How many interviews ahead are looked for one in which a gain would show.
const AHEAD_MAX: usize = 40;

/// An interview or a retake, as progress looks at it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sitting {
    /// Which.
    pub interview: InterviewId,
    /// Whether it takes an answer of another interview again.
    pub retake: bool,
    /// Its answers in the order in which they were given.
    pub answers: Vec<Given>,
}

/// A judged answer, as progress looks at it.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// Which.
    pub answer: AnswerId,
    /// What it answers.
    pub question: QuestionId,
    /// The question as it was asked.
    pub question_text: String,
    /// The nth answer to it in this interview, from 1.
    pub attempt: u32,
    /// Nearly the words of an earlier answer, or read out.
    pub rehearsed: bool,
    /// The measure that would tell was switched off.
    pub rehearsal_unknown: bool,
    /// The candidate changed more than a tenth of the words.
    pub edited: bool,
    /// Its levels; empty where the judge abstained from all.
    pub levels: Vec<Rated>,
}

/// A level that an engine gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Rated {
    /// Of which criterion; "overall" for all together.
    pub criterion: String,
    /// The criterion's name as shown.
    pub name: String,
    /// Who judged: the same engine in another version is another engine.
    pub engine: String,
    /// The level, 1 to 5.
    pub level: f64,
}

impl Given {
    /// What progress needs of a report.
    #[must_use]
    pub fn of(report: &AnswerReport) -> Self {
        let rules = format!("rules {}", report.version);
        let overall = report.overall.map(|overall| Rated {
            criterion: OVERALL.to_owned(),
            name: "Overall".to_owned(),
            engine: rules,
            level: overall.level,
        });
        let single = report.judgements.iter().filter_map(|judgement| {
            let name = if judgement.criterion.0 == COMPETENCY {
                "What each question looks for".to_owned()
            } else {
                judgement.name.clone()
            };
            Some(Rated {
                criterion: judgement.criterion.0.clone(),
                name,
                engine: engine(&judgement.judge),
                level: judgement.level?,
            })
        });
        let off = Measure::Rehearsal.name();
        Self {
            answer: report.answer,
            question: report.question.clone(),
            question_text: report.question_text.clone(),
            attempt: report.attempt,
            rehearsed: report.rehearsed().is_some(),
            rehearsal_unknown: report.left_out.iter().any(|left_out| left_out.what == off),
            edited: report.edited,
            levels: overall.into_iter().chain(single).collect(),
        }
    }
}

fn engine(judge: &Judge) -> String {
    match judge {
        Judge::Rules { version } => format!("rules {version}"),
        Judge::Model { name, sha256, prompt_sha256, .. } => {
            format!("{name} {} {prompt_sha256}", sha256.as_deref().unwrap_or_default())
        }
        Judge::Human { participant } => participant.to_string(),
    }
}

/// Why an answer does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It is another take of an answer.
    TakenAgain,
    /// Its question was asked in an earlier interview.
    AskedBefore,
    /// It was told in nearly the same words before, or read out.
    Rehearsed,
    /// Whether it was told before is not known.
    RehearsalUnknown,
    /// Its transcript was changed.
    Edited,
    /// The judge abstained.
    NotJudged,
}

impl Why {
    /// The reason in one plain sentence.
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Self::TakenAgain => {
                "another take: it shows a better or weaker answer, not how the next \
                                 question goes"
                    .to_owned()
            }
            Self::AskedBefore => "you had been asked this before".to_owned(),
            Self::Rehearsed => "nearly the same words as before, or read out".to_owned(),
            Self::RehearsalUnknown => {
                "looking for rehearsed words is switched off in the settings".to_owned()
            }
            Self::Edited => format!(
                "more than {:.0}% of its words were changed in the transcript",
                EDITED_SHARE_MAX * 100.0
            ),
            Self::NotJudged => "it could not be judged".to_owned(),
        }
    }
}

/// An answer that does not count, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotCounted {
    /// Its interview.
    pub interview: InterviewId,
    /// Which.
    pub answer: AnswerId,
    /// Its question.
    pub question: String,
    /// Why.
    pub why: Why,
}

/// What may be said of a criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// There are fewer than two interviews with fresh questions.
    NotYet,
    /// The levels may as well have stayed as they were.
    NoChangeShown,
    /// The level is reliably higher than in the first interview.
    Improved,
    /// The level is reliably lower than in the first interview.
    Worse,
}

/// The level after one interview.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// After which.
    pub interview: InterviewId,
    /// The level and its 90% interval, cut at the ends of the scale.
    pub level: Level,
    /// As `level`, as the model has it: neither rounded nor cut.
    pub estimate: Estimate,
    /// How many fresh answers of this interview it took in.
    pub answers: usize,
}

/// One criterion over all interviews.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Which; "overall" for all together.
    pub criterion: String,
    /// Its name as shown.
    pub name: String,
    /// After each interview that had a fresh answer with a level.
    pub points: Vec<Point>,
    /// From the first of them to the last; `None` before the second.
    pub change: Option<Estimate>,
    /// What may be said.
    pub claim: Claim,
    /// The same in one or two plain sentences.
    pub line: String,
    /// The variances that were used: the assumed ones, or the person's own where those are wider.
    pub variances: Variances,
}

/// Somebody's levels over their interviews.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// Criterion by criterion, all together first.
    pub series: Vec<Series>,
    /// What did not count.
    pub not_counted: Vec<NotCounted>,
}

/// Follows somebody's levels over their interviews, given oldest first.
#[must_use]
pub fn progress(sittings: &[Sitting]) -> Progress {
    let (fresh, not_counted) = fresh::sorted(sittings);
    let mut criteria: Vec<(&str, &str)> = Vec::new();
    for rated in fresh.iter().flatten().flat_map(|given| &given.levels) {
        if !criteria.iter().any(|(known, _)| *known == rated.criterion) {
            criteria.push((&rated.criterion, &rated.name));
        }
    }
    criteria.sort_by_key(|(criterion, _)| *criterion != OVERALL);
    let series = criteria.into_iter().map(|(criterion, name)| {
        let judged: Vec<Judged<'_>> = sittings
            .iter()
            .zip(&fresh)
            .map(|(sitting, answers)| Judged {
                interview: sitting.interview,
                levels: answers
                    .iter()
                    .flat_map(|given| &given.levels)
                    .filter(|rated| rated.criterion == criterion)
                    .map(|rated| (rated.engine.as_str(), rated.level))
                    .collect(),
            })
            .filter(|judged| !judged.levels.is_empty())
            .collect();
        follow(criterion, name, &judged)
    });
    Progress { series: series.collect(), not_counted }
}

/// The levels of one interview's fresh answers on one criterion, each with its engine.
struct Judged<'a> {
    interview: InterviewId,
    levels: Vec<(&'a str, f64)>,
}

fn follow(criterion: &str, name: &str, judged: &[Judged<'_>]) -> Series {
    let variances = variances(judged);
    let mut filter = Filter::new(variances);
    let mut points = Vec::with_capacity(judged.len());
    for one in judged {
        filter.next_interview();
        for (engine, level) in &one.levels {
            filter.answer(engine, *level);
        }
        let estimate = filter.level();
        points.push(Point {
            interview: one.interview,
            level: on_scale(estimate),
            estimate,
            answers: one.levels.len(),
        });
    }
    let change = (judged.len() > 1).then(|| filter.change());
    let claim = claim(change);
    let line = line(claim, change, &points, variances);
    let (criterion, name) = (criterion.to_owned(), name.to_owned());
    Series { criterion, name, points, change, claim, line, variances }
}

/// The assumed variances, with the person's own where those are larger: the spread of their levels
/// inside an interview, and that of their interviews beyond it. Somebody whose levels jump about needs
/// more of them.
fn variances(judged: &[Judged<'_>]) -> Variances {
    let assumed = Variances::ASSUMED;
    let (mut squares, mut freedom) = (0.0, 0);
    let mut means: Vec<Option<(&str, f64, f64)>> = Vec::with_capacity(judged.len());
    for one in judged {
        let mut engines: Vec<&str> = one.levels.iter().map(|(engine, _)| *engine).collect();
        engines.sort_unstable();
        engines.dedup();
        let mut of_one_engine = None;
        for engine in &engines {
            let own = one.levels.iter().filter(|(by, _)| by == engine).map(|(_, level)| *level);
            let own: Vec<f64> = own.collect();
            let mean = own.iter().sum::<f64>() / own.len() as f64;
            squares += own.iter().map(|level| (level - mean).powi(2)).sum::<f64>();
            freedom += own.len() - 1;
            of_one_engine = (engines.len() == 1).then_some((*engine, mean, own.len() as f64));
        }
        means.push(of_one_engine);
    }
    let own = if freedom >= OWN_SPREAD_MIN { squares / freedom as f64 } else { 0.0 };
    let answer = own.max(assumed.answer);
    Variances { answer, day: day(&means, answer), ..assumed }
}

/// The variance of a day, from how far the mean levels of interviews lie from those of the interview
/// before (von Neumann 1941): a slow rise or fall hardly enters. Nothing while there are few of them,
/// and where what the answers and the drift explain is as much.
fn day(means: &[Option<(&str, f64, f64)>], answer: f64) -> f64 {
    let beyond = means.windows(2).filter_map(|pair| {
        let ((one_engine, one, one_count), (two_engine, two, two_count)) = (pair[0]?, pair[1]?);
        let explained = answer * (1.0 / one_count + 1.0 / two_count) + Variances::ASSUMED.drift;
        (one_engine == two_engine).then(|| ((two - one).powi(2) - explained) / 2.0)
    });
    let beyond: Vec<f64> = beyond.collect();
    if beyond.len() < OWN_DAYS_MIN {
        return 0.0;
    }
    (beyond.iter().sum::<f64>() / beyond.len() as f64).max(0.0)
}

fn claim(change: Option<Estimate>) -> Claim {
    match change.map(Estimate::z) {
        None => Claim::NotYet,
        Some(z) if z >= CLAIM_Z => Claim::Improved,
        Some(z) if z <= -CLAIM_Z => Claim::Worse,
        Some(_) => Claim::NoChangeShown,
    }
}

fn on_scale(estimate: Estimate) -> Level {
    let (low, high) = estimate.interval();
    let shown = |value: f64| (value.clamp(1.0, 5.0) * 10.0).round() / 10.0;
    Level { level: shown(estimate.mean), low: shown(low), high: shown(high) }
}

fn line(claim: Claim, change: Option<Estimate>, points: &[Point], variances: Variances) -> String {
    let answers: usize = points.iter().map(|point| point.answers).sum();
    let Some(change) = change else {
        return "No change can be shown yet: that takes a second interview with questions that are \
                new to you."
            .to_owned();
    };
    let (low, high) = change.interval();
    let between = format!("between {} and {} levels", signed(low), signed(high));
    let from = format!("{answers} answers to fresh questions in {} interviews", points.len());
    match claim {
        Claim::Improved => {
            format!("Improved since your first interview: {between} (90% interval), from {from}.")
        }
        Claim::Worse => format!(
            "Lower than in your first interview: {between} (90% interval), from {from}. Harder \
             questions or a tired week can do that."
        ),
        Claim::NotYet | Claim::NoChangeShown => format!(
            "No change can be shown yet: since your first interview your level moved by something \
             {between} (90% interval, from {from}).{}",
            ahead(points, variances)
        ),
    }
}

/// When a gain of one level would show, in a sentence.
fn ahead(points: &[Point], variances: Variances) -> String {
    let answers: usize = points.iter().map(|point| point.answers).sum();
    let usual = (answers as f64 / points.len().max(1) as f64).round().max(1.0);
    match interviews_until_shown(1.0, usual as usize, variances) {
        Some(interviews) if interviews > points.len() => format!(
            " A whole level, gained bit by bit, shows after about {interviews} interviews like yours."
        ),
        _ => String::new(),
    }
}

/// After how many interviews with so many fresh answers each a gain of so many levels, made evenly
/// from the first to the last of them, is claimed with even odds; `None` when not within
/// [`AHEAD_MAX`].
///
/// The estimate of a change is normal around what the filter makes of levels without any noise, so
/// that it stands above the threshold in half of all cases when that does.
#[must_use]
pub fn interviews_until_shown(gain: f64, answers: usize, variances: Variances) -> Option<usize> {
    (2..=AHEAD_MAX).find(|interviews| {
        let mut filter = Filter::new(variances);
        for number in 0..*interviews {
            filter.next_interview();
            let level = gain * number as f64 / (interviews - 1) as f64;
            for _ in 0..answers {
                filter.answer("one engine", level);
            }
        }
        filter.change().z() >= CLAIM_Z
    })
}

/// "+0.3", "\u{2212}0.4".
fn signed(value: f64) -> String {
    let tenths = (value * 10.0).round();
    let sign = match tenths {
        tenths if tenths > 0.0 => "+",
        tenths if tenths < 0.0 => "\u{2212}",
        _ => "",
    };
    format!("{sign}{:.1}", tenths.abs() / 10.0)
}
