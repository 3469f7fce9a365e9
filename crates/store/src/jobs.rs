//! The queue of background work.

use interview::{InterviewId, JobId, PersonId};
use jiff::{SignedDuration, Timestamp};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
    sea_query::{Expr, LockBehavior, LockType},
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{
    Error, Store,
    column::{At, Doc, Stored as _, Text, Unsigned, micros},
    entity::job,
};

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waits for a worker.
    Queued,
    /// A worker has it, until its lease runs out.
    Running,
    /// Finished.
    Done,
    /// Given up; the last error says why.
    Failed,
}

/// A piece of background work to be done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewJob {
    /// Its id.
    pub id: JobId,
    /// Whose it is.
    pub person: PersonId,
    /// The interview that it goes with when that is deleted.
    pub interview: Option<InterviewId>,
    /// What is to be done ("score_answer").
    pub kind: String,
    /// About what: a printed id.
    pub subject: String,
    /// What else the worker needs.
    pub body: Json,
    /// Not before this; whole microseconds.
    pub run_after: Timestamp,
}

/// A piece of background work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Whose it is.
    pub person: PersonId,
    /// The interview that it goes with when that is deleted.
    pub interview: Option<InterviewId>,
    /// What is to be done.
    pub kind: String,
    /// About what: a printed id.
    pub subject: String,
    /// What else the worker needs.
    pub body: Json,
    /// Where it stands.
    pub state: JobState,
    /// How often it was claimed. Names the claim: who claims later has a higher number.
    pub attempts: u32,
    /// What went wrong the last time.
    pub last_error: Option<String>,
    /// Not before this.
    pub run_after: Timestamp,
    /// When it was queued.
    pub created: Timestamp,
}

impl Store {
    /// Queues a job unless one of the same kind and subject waits already; tells whether it did.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the id is taken, [`Error::Dangling`] when the person or the
    /// interview is not stored.
    pub async fn enqueue(&self, new: &NewJob, now: Timestamp) -> Result<bool, Error> {
        let writing = self.begin().await?;
        let waiting = job::Entity::find()
            .filter(job::Column::Kind.eq(&new.kind))
            .filter(job::Column::Subject.eq(&new.subject))
            .filter(job::Column::State.eq(Text(JobState::Queued)))
            .one(&writing)
            .await?;
        if waiting.is_some() {
            return Ok(false);
        }
        let row = job::ActiveModel {
            id: Set(Text(new.id)),
            person: Set(Text(new.person)),
            interview: Set(new.interview.map(Text)),
            kind: Set(new.kind.clone()),
            subject: Set(new.subject.clone()),
            body: Set(Doc(new.body.clone())),
            state: Set(Text(JobState::Queued)),
            attempts: Set(Unsigned::column(0)),
            last_error: Set(None),
            run_after: Set(At(new.run_after)),
            created: Set(At(now)),
            lease_until: Set(None),
        };
        job::Entity::insert(row)
            .exec_without_returning(&writing)
            .await
            .map_err(Error::refused("job", &new.id))?;
        writing.commit().await?;
        Ok(true)
    }

    /// Gives the caller the job of one of these kinds that is due the longest, for as long as
    /// `lease`; a job whose lease ran out is due again. No job is given to two workers at a time.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn claim_job(
        &self,
        kinds: &[&str],
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Option<Job>, Error> {
        let due = Condition::any()
            .add(
                Condition::all()
                    .add(job::Column::State.eq(Text(JobState::Queued)))
                    .add(job::Column::RunAfter.lte(micros(now))),
            )
            .add(
                Condition::all()
                    .add(job::Column::State.eq(Text(JobState::Running)))
                    .add(job::Column::LeaseUntil.lt(micros(now))),
            );
        let query = job::Entity::find()
            .filter(job::Column::Kind.is_in(kinds.iter().copied()))
            .filter(due)
            .order_by_asc(job::Column::RunAfter)
            .order_by_asc(job::Column::Id);
        // Asking often while there is nothing to do must not take SQLite's one writer.
        if query.clone().one(&self.reader).await?.is_none() {
            return Ok(None);
        }
        let writing = self.begin().await?;
        let row = query
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .one(&writing)
            .await?;
        let Some(mut row) = row else { return Ok(None) };
        row.attempts = Unsigned::column(row.attempts.plain() + 1);
        row.state = Text(JobState::Running);
        job::Entity::update_many()
            .col_expr(job::Column::State, Expr::value(row.state.clone()))
            .col_expr(job::Column::Attempts, Expr::value(row.attempts))
            .col_expr(job::Column::LeaseUntil, Expr::value(micros(now + lease)))
            .filter(job::Column::Id.eq(row.id.clone()))
            .exec(&writing)
            .await?;
        writing.commit().await?;
        Ok(Some(row.into()))
    }

    /// Keeps a claimed job for `lease` from now on.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] when somebody else has claimed it, or it is gone.
    pub async fn extend_job(
        &self,
        job: &Job,
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<(), Error> {
        self.update_claimed(job, |query| {
            query.col_expr(job::Column::LeaseUntil, Expr::value(micros(now + lease)))
        })
        .await
    }

    /// Marks a claimed job as done.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] when somebody else has claimed it, or it is gone.
    pub async fn finish_job(&self, job: &Job) -> Result<(), Error> {
        self.update_claimed(job, |query| {
            query.col_expr(job::Column::State, Expr::value(Text(JobState::Done)))
        })
        .await
    }

    /// Notes what went wrong with a claimed job; it is tried again at `retry_at`, or given up.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] when somebody else has claimed it, or it is gone.
    pub async fn fail_job(
        &self,
        job: &Job,
        error: &str,
        retry_at: Option<Timestamp>,
    ) -> Result<(), Error> {
        let state = if retry_at.is_some() { JobState::Queued } else { JobState::Failed };
        let error = String::column(error.to_owned());
        self.update_claimed(job, |query| {
            query
                .col_expr(job::Column::State, Expr::value(Text(state)))
                .col_expr(job::Column::LastError, Expr::value(error))
                .col_expr(job::Column::RunAfter, Expr::value(At(retry_at.unwrap_or(job.run_after))))
        })
        .await
    }

    async fn update_claimed(
        &self,
        job: &Job,
        change: impl FnOnce(sea_orm::UpdateMany<job::Entity>) -> sea_orm::UpdateMany<job::Entity>,
    ) -> Result<(), Error> {
        let done = change(job::Entity::update_many())
            .filter(job::Column::Id.eq(Text(job.id)))
            .filter(job::Column::State.eq(Text(JobState::Running)))
            .filter(job::Column::Attempts.eq(i64::from(job.attempts)))
            .exec(&self.writer)
            .await?;
        if done.rows_affected == 0 {
            return Err(Error::LeaseLost { id: job.id.to_string() });
        }
        Ok(())
    }

    /// Makes every running job due at once and returns how many there were. For the start of a
    /// process that is the only worker: whoever had them is dead.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn requeue_running_jobs(&self) -> Result<u64, Error> {
        let done = job::Entity::update_many()
            .col_expr(job::Column::State, Expr::value(Text(JobState::Queued)))
            .filter(job::Column::State.eq(Text(JobState::Running)))
            .exec(&self.writer)
            .await?;
        Ok(done.rows_affected)
    }

    /// The jobs about a subject, the earliest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn jobs_about(&self, subject: &str) -> Result<Vec<Job>, Error> {
        let rows = job::Entity::find()
            .filter(job::Column::Subject.eq(subject))
            .order_by_asc(job::Column::Id)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(Job::from).collect())
    }

    /// The jobs that go with an interview, the earliest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn jobs_of(&self, interview: InterviewId) -> Result<Vec<Job>, Error> {
        let rows = job::Entity::find()
            .filter(job::Column::Interview.eq(Text(interview)))
            .order_by_asc(job::Column::Id)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(Job::from).collect())
    }
}
