//! Somebody's levels over time.

use std::{collections::BTreeMap, sync::Arc};

use analysis::{
    AnswerReport,
    progress::{self as model, Claim, Given, Sitting},
};
use axum::{Json, extract::State};
use interview::InterviewId;

use super::error::Error;
use crate::{
    app::App,
    jobs::score_answer::ANSWER_REPORT,
    wire::progress::{NotCounted, Progress, ProgressClaim, ProgressPoint, ProgressSeries},
};

/// At most this many of the person's latest interviews are looked at.
const INTERVIEWS_MAX: usize = 500;

/// Levels over all interviews, from answers to fresh questions, and what may be said of them.
#[utoipa::path(get, path = "/api/progress", responses((status = OK, body = Progress)))]
pub async fn get(State(app): State<Arc<App>>) -> Result<Json<Progress>, Error> {
    let mut held = app.store.interviews_of(app.person).await.map_err(anyhow::Error::from)?;
    held.truncate(INTERVIEWS_MAX);
    held.reverse();
    let mut reports = reports(&app).await?;
    let mut at = BTreeMap::new();
    let mut sittings = Vec::with_capacity(held.len());
    for summary in held {
        let interview = summary.interview;
        let begun = interview.started.unwrap_or(interview.created);
        at.insert(interview.id, begun.to_string());
        sittings.push(Sitting {
            interview: interview.id,
            retake: interview.retake_of.is_some(),
            answers: reports.remove(&interview.id).unwrap_or_default(),
        });
    }
    Ok(Json(shown(&model::progress(&sittings), &at)))
}

/// What progress needs of the latest report of every answer, by interview, in the order in which the
/// answers were given. Reports of other versions that cannot be read any more are passed over.
async fn reports(app: &App) -> Result<BTreeMap<InterviewId, Vec<Given>>, Error> {
    let rows = app.store.derived_by_kind(app.person, ANSWER_REPORT).await;
    let mut latest: BTreeMap<String, (InterviewId, AnswerReport)> = BTreeMap::new();
    for row in rows.map_err(anyhow::Error::from)? {
        if let (Some(interview), Ok(report)) = (row.interview, serde_json::from_value(row.body)) {
            latest.insert(row.subject, (interview, report));
        }
    }
    let mut reports: BTreeMap<InterviewId, Vec<Given>> = BTreeMap::new();
    for (interview, report) in latest.into_values() {
        reports.entry(interview).or_default().push(Given::of(&report));
    }
    for given in reports.values_mut() {
        given.sort_by_key(|given| given.answer);
    }
    Ok(reports)
}

fn shown(found: &model::Progress, at: &BTreeMap<InterviewId, String>) -> Progress {
    let at = |interview: &InterviewId| at.get(interview).cloned().unwrap_or_default();
    let series = found.series.iter().map(|series| ProgressSeries {
        criterion: series.criterion.clone(),
        name: series.name.clone(),
        claim: match series.claim {
            Claim::NotYet => ProgressClaim::NotYet,
            Claim::NoChangeShown => ProgressClaim::NoChangeShown,
            Claim::Improved => ProgressClaim::Improved,
            Claim::Worse => ProgressClaim::Worse,
        },
        line: series.line.clone(),
        points: series
            .points
            .iter()
            .map(|point| ProgressPoint {
                interview: point.interview.to_string(),
                at: at(&point.interview),
                level: point.level.level,
                low: point.level.low,
                high: point.level.high,
                answers: u32::try_from(point.answers).unwrap_or(u32::MAX),
            })
            .collect(),
    });
    let not_counted = found.not_counted.iter().rev().map(|one| NotCounted {
        interview: one.interview.to_string(),
        at: at(&one.interview),
        answer: one.answer.to_string(),
        question: one.question.clone(),
        why: one.why.text(),
    });
    Progress { series: series.collect(), not_counted: not_counted.collect() }
}
