//! A language model's levels of one answer, beside those of the rules: after the report is made, behind
//! the interviews, and only by a model that passed the self-test. A report never waits for it.

use std::sync::Arc;

use anyhow::bail;
use interview::{Answer, AnswerId, Judgement};
use serde::{Deserialize, Serialize};
use store::{AnswerRecord, Derived, Interview, Job, JobState, Store};

use super::{JUDGE_ANSWER, LEASE, pipeline::hash, report, score_answer::ANSWER};
use crate::{
    app::{App, world},
    model_judge::{self, Line, Ready},
};

/// Kind of derived row: [`ModelLevels`] of an answer.
pub const MODEL_LEVELS: &str = "model_levels";

/// What a language model says of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelLevels {
    /// SHA-256 of the words that were judged.
    pub words_sha256: String,
    /// A level or an abstention for each criterion.
    pub judgements: Vec<Judgement>,
    /// How many of them the evidence gate refused.
    pub dropped: u32,
    /// Whether the model could be asked as often as it takes.
    pub complete: bool,
}

/// The hash by which a model's levels belong to the words of an answer.
#[must_use]
pub fn words_sha256(answer: &Answer) -> String {
    hash(&answer.words)
}

/// What a model said of the words that the answer has now, if it did.
///
/// # Errors
/// When the store cannot be read.
pub async fn latest(
    store: &Store,
    record: &AnswerRecord,
    answer: &Answer,
) -> anyhow::Result<Option<ModelLevels>> {
    let found = report::latest::<ModelLevels>(store, record, MODEL_LEVELS).await?;
    Ok(found.map(|(levels, _)| levels).filter(|one| one.words_sha256 == words_sha256(answer)))
}

/// Whether a model is still to judge an answer.
///
/// # Errors
/// When the store cannot be read.
pub async fn is_awaited(store: &Store, id: AnswerId) -> anyhow::Result<bool> {
    let jobs = store.jobs_about(&id.to_string()).await?;
    let awaited = |job: &Job| {
        job.kind == JUDGE_ANSWER && matches!(job.state, JobState::Queued | JobState::Running)
    };
    Ok(jobs.iter().any(awaited))
}

/// Has an answer judged, if there is a model that may.
///
/// # Errors
/// When the job cannot be stored.
pub async fn queue(app: &App, interview: &Interview, id: AnswerId) -> anyhow::Result<()> {
    if model_judge::ready(app)?.is_some() {
        super::queue(app, interview, JUDGE_ANSWER, id.to_string(), super::AT_ONCE).await?;
    }
    Ok(())
}

/// Has the answer judged that `job` is about.
pub(super) async fn run(app: &Arc<App>, job: &Job) -> anyhow::Result<()> {
    let Some(ready) = model_judge::ready(app)? else { return Ok(()) };
    let id: AnswerId = job.subject.parse()?;
    let record = app.store.answer(id).await?;
    let interview = app.store.interview(record.interview).await?;
    let known = report::latest::<Answer>(&app.store, &record, ANSWER).await?;
    let Some((answer, _)) = known else { return Ok(()) };
    let rubric = interview.plan.rubric.clone();
    let key =
        hash(&(&ready.test.identity, &ready.test.fingerprint, &ready.conformal, &rubric, &answer));
    let before = app.store.derived(&job.subject, MODEL_LEVELS, &key).await?;
    let before = before.and_then(|row| serde_json::from_value::<ModelLevels>(row.body).ok());
    if let Some(levels) = before.filter(|levels| levels.complete) {
        return put(app, &interview, &job.subject, key, &levels).await;
    }
    let Ready { language, test, conformal } = ready;
    let line = Arc::new(Line::beside(app, language));
    let words_sha256 = words_sha256(&answer);
    let work = move |line: &Line| {
        model_judge::levels(line, test.fingerprint, conformal.as_ref(), &answer, &rubric)
    };
    // A job that is gone was deleted with its interview: nobody wants it any more.
    let wanted = || async { app.store.extend_job(job, world::now(), LEASE).await.is_ok() };
    let found = model_judge::behind(Arc::clone(&line), wanted, work).await?;
    let Some(found) = found else { return Ok(()) };
    let levels = ModelLevels {
        words_sha256,
        dropped: u32::try_from(found.problems.len()).unwrap_or(u32::MAX),
        complete: found.judgements.iter().any(|one| one.level.is_some()) || line.failed() == 0,
        judgements: found.judgements,
    };
    put(app, &interview, &job.subject, key, &levels).await?;
    match line.trouble().filter(|_| !levels.complete) {
        Some(why) => bail!("the language model did not judge: {why}"),
        None => Ok(()),
    }
}

async fn put(
    app: &App,
    interview: &Interview,
    subject: &str,
    key: String,
    levels: &ModelLevels,
) -> anyhow::Result<()> {
    let derived = Derived {
        subject: subject.to_owned(),
        kind: MODEL_LEVELS.to_owned(),
        key,
        person: interview.person,
        interview: Some(interview.id),
        body: serde_json::to_value(levels)?,
        problems: Vec::new(),
        created: world::now(),
    };
    Ok(super::put_latest(&app.store, derived).await?)
}
