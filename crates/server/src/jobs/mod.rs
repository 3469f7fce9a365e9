//! Work that goes on behind the interviews: finding words, judging answers, making reports,
//! compacting recordings. Jobs are rows, so that none is lost with the process.

pub mod assemble;
mod compaction;
pub mod correction;
pub mod hearing;
pub mod judge_answer;
pub mod pipeline;
pub mod recording;
pub mod report;
pub mod score_answer;
#[cfg(test)]
mod tests;

use std::{path::Path, sync::Arc};

use analysis::{Measure, Switches};
use conversation::Part;
use engines::audio;
use interview::{Anchors, AnswerId, Competency, JobId, Question, QuestionId};
use jiff::{SignedDuration, Timestamp};
use store::{Codec, Derived, Interview, Job, NewJob, Store};
use tokio::{sync::Notify, task::JoinSet};

use crate::{
    app::{App, world},
    new_id,
};

/// Kind of an engine's output: accurate words of a stretch of sound, in interview time.
pub const WORDS: &str = "words";
/// Kind of job: finds what is still to be found in one answer, and judges it.
pub const SCORE_ANSWER: &str = "score_answer";
/// Kind of job: makes the report of a whole interview.
pub const REPORT: &str = "report";
/// Kind of job: has a language model judge one answer beside the rules.
pub const JUDGE_ANSWER: &str = "judge_answer";
/// Kind of job: makes lossless files of the recordings of an interview that is over.
const COMPACT: &str = "compact";
/// When work is due that waits for nothing. The calendar may be set back meanwhile, and what was queued
/// before that must not wait until it has come round again.
pub const AT_ONCE: Timestamp = Timestamp::UNIX_EPOCH;

/// The id of the unscored first question.
pub const WARM_UP: &str = "warm-up";
/// The id of the candidate's own questions.
pub const CANDIDATE_QUESTIONS: &str = "candidate-questions";

/// A question that stands for a part of an interview that nothing judges.
pub fn unscored_question(part: Part) -> Question {
    let (id, text) = match part {
        Part::CandidateQuestions => (CANDIDATE_QUESTIONS, "Your questions to the interviewer"),
        Part::WarmUp | Part::Item(_) => (WARM_UP, "Warm-up, not scored"),
    };
    let none = String::new;
    Question {
        id: QuestionId(id.to_owned()),
        competency: Competency::Communication,
        seniorities: Vec::new(),
        text: text.to_owned(),
        fields: Vec::new(),
        looks_for: Vec::new(),
        vocabulary: Vec::new(),
        probes: std::collections::BTreeMap::new(),
        anchors: Anchors { one: none(), three: none(), five: none() },
    }
}

/// Has answers judged again, and the report after them: after a correction, or when what is measured
/// was changed.
///
/// # Errors
/// When the jobs cannot be stored.
pub async fn judge_again(
    app: &App,
    interview: &Interview,
    answers: &[AnswerId],
) -> Result<(), store::Error> {
    for answer in answers {
        queue(app, interview, SCORE_ANSWER, answer.to_string(), AT_ONCE).await?;
    }
    queue(app, interview, REPORT, interview.id.to_string(), AT_ONCE).await
}

/// Queues a job of an interview and rings for the worker.
async fn queue(
    app: &App,
    interview: &Interview,
    kind: &str,
    subject: String,
    run_after: Timestamp,
) -> Result<(), store::Error> {
    let job = NewJob {
        id: new_id!(JobId),
        person: interview.person,
        interview: Some(interview.id),
        kind: kind.to_owned(),
        subject,
        body: serde_json::Value::Null,
        run_after,
    };
    app.store.enqueue(&job, world::now()).await?;
    let bell = if kind == JUDGE_ANSWER { &app.model_work } else { &app.work };
    bell.notify_one();
    Ok(())
}

/// Stores a result as the latest of its kind about its subject, though the calendar was set back since the one
/// before was stored.
async fn put_latest(store: &Store, derived: Derived) -> Result<(), store::Error> {
    let before = store.derived_latest(&derived.subject, &derived.kind).await?;
    let after_it = before.map(|before| before.created + SignedDuration::from_micros(1));
    let created = after_it.map_or(derived.created, |after_it| derived.created.max(after_it));
    store.put_derived(&Derived { created, ..derived }).await
}

/// The measures that a person's settings switch off.
#[must_use]
pub fn switches_of(settings: &serde_json::Value) -> Switches {
    let off = |measure: &Measure| {
        let name = serde_json::to_value(measure).ok();
        let name = name.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
        settings["measures"][name] == serde_json::Value::Bool(false)
    };
    Switches::without(Measure::ALL.into_iter().filter(off))
}

/// How long a job belongs to the worker that claimed it.
const LEASE: SignedDuration = SignedDuration::from_mins(30);
/// How often a job that fails is tried.
const ATTEMPTS_MAX: u32 = 3;
/// Work is looked for this often even when nobody rings.
const LOOK_EVERY: std::time::Duration = std::time::Duration::from_secs(5);

/// Opens the store at `url` with files below `folder`, sound at rest in FLAC.
///
/// # Errors
/// When the database cannot be opened or brought up to date.
pub async fn open_store(url: &str, folder: &Path) -> Result<Store, store::Error> {
    let codec = Codec::flac(
        |samples, rate| audio::encode_flac(samples, rate).map_err(|error| error.to_string()),
        |bytes| match audio::decode_flac(bytes) {
            Ok((samples, _)) => Ok(samples),
            Err(error) => Err(error.to_string()),
        },
    );
    Store::open(url, folder, codec).await
}

/// Starts the workers: one for what takes the processor that interviews need, and one that waits
/// for the language model, so that no report waits for it.
pub fn start(app: &Arc<App>) -> JoinSet<()> {
    let mut workers = JoinSet::new();
    workers.spawn(work_on(Arc::clone(app), &[SCORE_ANSWER, REPORT, COMPACT], |app| &app.work));
    workers.spawn(work_on(Arc::clone(app), &[JUDGE_ANSWER], |app| &app.model_work));
    workers
}

/// Does jobs of these kinds, one after the other, for ever.
async fn work_on(app: Arc<App>, kinds: &[&str], bell: fn(&App) -> &Notify) {
    loop {
        match app.store.claim_job(kinds, world::now(), LEASE).await {
            Ok(Some(job)) => work(&app, job).await,
            Ok(None) => {
                // Whether somebody rang or the time is over, work is looked for again.
                let _ = tokio::time::timeout(LOOK_EVERY, bell(&app).notified()).await;
            }
            Err(error) => {
                tracing::error!("work cannot be looked for: {error}");
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
    }
}

async fn work(app: &Arc<App>, job: Job) {
    let result = match job.kind.as_str() {
        SCORE_ANSWER => score_answer::run(app, &job).await,
        REPORT => report::run(app, &job).await,
        JUDGE_ANSWER => judge_answer::run(app, &job).await,
        COMPACT => compaction::run(app, &job).await,
        other => Err(anyhow::anyhow!("nobody knows how to do '{other}'")),
    };
    let stored = match result {
        Ok(()) => app.store.finish_job(&job).await,
        Err(error) => {
            tracing::error!(job = %job.id, kind = job.kind, "failed: {error:#}");
            let retry = (job.attempts < ATTEMPTS_MAX)
                .then(|| world::now() + SignedDuration::from_secs(5 * i64::from(job.attempts)));
            app.store.fail_job(&job, &format!("{error:#}"), retry).await
        }
    };
    if let Err(error) = stored {
        tracing::error!(job = %job.id, "what became of it cannot be stored: {error}");
    }
}
