//! The language model as a judge: where it stands, and its self-test.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};

use super::error::Error;
use crate::{
    app::App,
    model_judge::{self, Calibrated, Identity, NotBegun, Ranked, Records},
    wire::judge::{
        ModelJudge, ModelJudgeState, SelfTest, SelfTestAnswer, SelfTestProgress, SelfTestSet,
    },
};

/// The language model that may judge beside the rules.
#[utoipa::path(get, path = "/api/judge", responses((status = OK, body = ModelJudge)))]
pub async fn get(State(app): State<Arc<App>>) -> Result<Json<ModelJudge>, Error> {
    Ok(Json(of(&app)?))
}

/// Begins its self-test, behind the interviews.
#[utoipa::path(post, path = "/api/judge/check",
    responses((status = ACCEPTED, description = "it runs")))]
pub async fn check(State(app): State<Arc<App>>) -> Result<StatusCode, Error> {
    match model_judge::begin_self_test(&app) {
        Ok(()) => Ok(StatusCode::ACCEPTED),
        Err(error @ NotBegun::NoModel) => {
            Err(Error::Unavailable { code: "no_language_model", detail: error.to_string() })
        }
        Err(error @ NotBegun::Running) => {
            Err(Error::Conflict { code: "self_test_runs", detail: error.to_string() })
        }
    }
}

/// Cancels the self-test that runs; nothing of it is kept.
#[utoipa::path(delete, path = "/api/judge/check",
    responses((status = ACCEPTED, description = "it ends after the call that is under way")))]
pub async fn cancel(State(app): State<Arc<App>>) -> StatusCode {
    app.judge_bench.cancel();
    StatusCode::ACCEPTED
}

/// Where the model stands.
///
/// # Errors
/// When the self-test is not built in.
pub fn of(app: &App) -> anyhow::Result<ModelJudge> {
    let language = app.engines.current().language();
    let identity = language.as_deref().map(Identity::of).transpose()?;
    let records = Records::read(&app.folder);
    let test = identity.as_ref().and_then(|identity| records.test(identity));
    let calibrated = identity.as_ref().and_then(|identity| records.calibration(identity));
    let state = match (&identity, test) {
        (None, _) => ModelJudgeState::NoModel,
        (Some(_), None) => ModelJudgeState::Untested,
        (Some(_), Some(test)) if test.passed => ModelJudgeState::Passed,
        (Some(_), Some(_)) => ModelJudgeState::Failed,
    };
    Ok(ModelJudge {
        model: identity.as_ref().map(|identity| identity.name.clone()),
        local: language.as_ref().is_none_or(|language| language.is_local()),
        state,
        progress: app.judge_bench.progress().map(|progress| SelfTestProgress {
            done: count(progress.done),
            of: count(progress.of),
        }),
        test: test.map(|test| shown(app, test)),
        prompt_version: analysis::PROMPT_VERSION.to_owned(),
        prompt_sha256: analysis::prompt_sha256().to_owned(),
        sha256: identity.and_then(|identity| identity.sha256),
        intervals: intervals(calibrated),
    })
}

fn intervals(calibrated: Option<&Calibrated>) -> String {
    match calibrated {
        Some(Calibrated { conformal, at, .. }) => {
            format!("90% intervals measured on {}, {at}", conformal.origin)
        }
        None => "not measured: as wide as the rules' widest on each criterion, and no narrower \
                 than those of one person"
            .to_owned(),
    }
}

fn shown(app: &App, test: &model_judge::SelfTest) -> SelfTest {
    SelfTest {
        at: test.at.to_string(),
        seconds: test.seconds,
        calls: test.calls,
        fingerprint: test.fingerprint.clone(),
        sets: test.sets.iter().map(|set| shown_set(app, set)).collect(),
        trouble: test.trouble.clone(),
    }
}

fn shown_set(app: &App, set: &Ranked) -> SelfTestSet {
    let question = app.bank.questions.values().find(|one| one.id.0 == set.question);
    SelfTestSet {
        question: question.map_or_else(|| set.question.clone(), |question| question.text.clone()),
        answers: set
            .outcomes
            .iter()
            .map(|(kind, outcome)| SelfTestAnswer {
                kind: kind.name().to_owned(),
                level: outcome.level,
                abstained: count(outcome.abstained),
            })
            .collect(),
        faults: set.faults.clone(),
    }
}

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
