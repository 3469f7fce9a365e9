//! Interviews: who takes part, what was said, and the state to go on from.

use interview::{
    AnswerId, InterviewId, Language, Mode, ParticipantId, PersonId, PersonaId, Plan, Question,
    Speaker, Turn, TurnId, Us,
};
use jiff::Timestamp;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Set,
    sea_query::{Expr, OnConflict},
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{
    Error, Store,
    column::{At, Doc, Stored as _, Text, Unsigned},
    entity::{answer, interview_row, participant, snapshot, turn},
};

/// Where an interview stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InterviewState {
    /// Planned or under way; after a restart it goes on from its snapshot.
    Running,
    /// Held to its end.
    Ended,
    /// Given up before its end; what was said stays.
    Aborted,
}

/// One sitting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Interview {
    /// Its id.
    pub id: InterviewId,
    /// Whose it is.
    pub person: PersonId,
    /// The answer that is given again, when this is a retake and not a full interview.
    pub retake_of: Option<AnswerId>,
    /// What is asked, and how.
    pub plan: Plan,
    /// What every random choice in it is drawn from.
    pub seed: u64,
    /// Where it stands.
    pub state: InterviewState,
    /// When it was planned; whole microseconds, as the other two.
    pub created: Timestamp,
    /// When it began: interview time 0.
    pub started: Option<Timestamp>,
    /// When it ended or was given up.
    pub ended: Option<Timestamp>,
}

/// Somebody, or an engine with a persona, taking part in one interview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// Its id.
    pub id: ParticipantId,
    /// The interview it takes part in.
    pub interview: InterviewId,
    /// Which side it is on.
    pub role: Speaker,
    /// What it is called in this interview.
    pub name: String,
    /// The person behind it, for a human.
    pub person: Option<PersonId>,
    /// The persona that an engine plays.
    pub persona: Option<PersonaId>,
}

/// An answer as it was opened and closed; its words are in the turns that name it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnswerRecord {
    /// Its id.
    pub id: AnswerId,
    /// The interview it was given in.
    pub interview: InterviewId,
    /// Who gives it.
    pub participant: ParticipantId,
    /// Which question of the plan, from 0; `None` for the warm-up and the candidate's questions.
    pub item: Option<u32>,
    /// The nth answer to this question, from 1.
    pub attempt: u32,
    /// The question as it was asked.
    pub question: Question,
    /// Spoken or typed.
    pub mode: Mode,
    /// The language it is given in.
    pub language: Language,
    /// When it was opened, interview time.
    pub opened_us: Us,
    /// When it was closed, interview time; `None` while it is open.
    pub closed_us: Option<Us>,
}

/// What one step of a conversation leaves behind; stored together or not at all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Step {
    /// Answers that were opened; stored before the turns that name them.
    pub opened: Vec<AnswerRecord>,
    /// What was said, with the next places of the log.
    pub turns: Vec<Turn>,
    /// Answers that were closed, and when.
    pub closed: Vec<(AnswerId, Us)>,
    /// The state of the conversation after it.
    pub snapshot: Option<Json>,
}

impl Step {
    /// Whether there is nothing to be stored.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self { opened, turns, closed, snapshot } = self;
        opened.is_empty() && turns.is_empty() && closed.is_empty() && snapshot.is_none()
    }

    /// This step and the one after it, as one.
    pub fn add(&mut self, next: Self) {
        self.opened.extend(next.opened);
        self.turns.extend(next.turns);
        self.closed.extend(next.closed);
        self.snapshot = next.snapshot.or(self.snapshot.take());
    }
}

/// An interview in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InterviewSummary {
    /// The interview, with its plan.
    pub interview: Interview,
    /// How many answers were opened.
    pub answers: u64,
    /// How many turns there are.
    pub turns: u64,
}

impl Store {
    /// Stores a planned interview and who takes part in it.
    ///
    /// # Errors
    /// [`Error::Conflict`] when an id is taken, [`Error::Dangling`] when the person is not stored.
    pub async fn add_interview(
        &self,
        interview: &Interview,
        participants: &[Participant],
    ) -> Result<(), Error> {
        let writing = self.begin().await?;
        insert_interview(&writing, interview, participants).await?;
        writing.commit().await?;
        Ok(())
    }

    /// The interview with this id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn interview(&self, id: InterviewId) -> Result<Interview, Error> {
        let row = interview_row::Entity::find_by_id(Text(id)).one(&self.reader).await?;
        row.map(Interview::from).ok_or_else(|| Error::not_found("interview", &id))
    }

    /// Who takes part in an interview, in the order of their ids.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn participants(&self, interview: InterviewId) -> Result<Vec<Participant>, Error> {
        let rows = participant::Entity::find()
            .filter(participant::Column::Interview.eq(Text(interview)))
            .order_by_asc(participant::Column::Id)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(Participant::from).collect())
    }

    /// A person's interviews, retakes included, the newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn interviews_of(&self, person: PersonId) -> Result<Vec<InterviewSummary>, Error> {
        let query = interview_row::Entity::find()
            .filter(interview_row::Column::Person.eq(Text(person)))
            .order_by_desc(interview_row::Column::Created)
            .order_by_desc(interview_row::Column::Id);
        self.summaries(query).await
    }

    /// The retakes of an answer, the earliest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn retakes_of(&self, answer: AnswerId) -> Result<Vec<InterviewSummary>, Error> {
        let query = interview_row::Entity::find()
            .filter(interview_row::Column::RetakeOf.eq(Text(answer)))
            .order_by_asc(interview_row::Column::Created)
            .order_by_asc(interview_row::Column::Id);
        self.summaries(query).await
    }

    /// Interviews that had begun and were neither ended nor given up: what a restart interrupted.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn interrupted(&self) -> Result<Vec<InterviewSummary>, Error> {
        let query = interview_row::Entity::find()
            .filter(interview_row::Column::State.eq(Text(InterviewState::Running)))
            .filter(interview_row::Column::Started.is_not_null())
            .order_by_asc(interview_row::Column::Created);
        self.summaries(query).await
    }

    async fn summaries(
        &self,
        query: sea_orm::Select<interview_row::Entity>,
    ) -> Result<Vec<InterviewSummary>, Error> {
        let mut summaries = Vec::new();
        for row in query.all(&self.reader).await? {
            let answers = answer::Entity::find()
                .filter(answer::Column::Interview.eq(row.id.clone()))
                .count(&self.reader)
                .await?;
            let turns = turn::Entity::find()
                .filter(turn::Column::Interview.eq(row.id.clone()))
                .count(&self.reader)
                .await?;
            summaries.push(InterviewSummary { interview: row.into(), answers, turns });
        }
        Ok(summaries)
    }

    /// Marks the begin of an interview: interview time 0. A second call changes nothing, so that
    /// an interview that goes on keeps its clock.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn start_interview(&self, id: InterviewId, now: Timestamp) -> Result<(), Error> {
        let done = interview_row::Entity::update_many()
            .col_expr(interview_row::Column::Started, Expr::value(At(now)))
            .filter(interview_row::Column::Id.eq(Text(id)))
            .filter(interview_row::Column::Started.is_null())
            .exec(&self.writer)
            .await?;
        if done.rows_affected == 0 {
            self.interview(id).await?;
        }
        Ok(())
    }

    /// Marks the end of an interview. One that has ended stays as it is.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::OutOfRange`] when `state` is [`InterviewState::Running`].
    pub async fn end_interview(
        &self,
        id: InterviewId,
        state: InterviewState,
        now: Timestamp,
    ) -> Result<(), Error> {
        if state == InterviewState::Running {
            return Err(Error::OutOfRange { what: "the final state", allowed: "ended or aborted" });
        }
        let done = interview_row::Entity::update_many()
            .col_expr(interview_row::Column::State, Expr::value(Text(state)))
            .col_expr(interview_row::Column::Ended, Expr::value(At(now)))
            .filter(interview_row::Column::Id.eq(Text(id)))
            .filter(interview_row::Column::State.eq(Text(InterviewState::Running)))
            .exec(&self.writer)
            .await?;
        if done.rows_affected == 0 {
            self.interview(id).await?;
        }
        Ok(())
    }

    /// Stores what one step of a conversation left behind, all of it or nothing.
    ///
    /// # Errors
    /// [`Error::Conflict`] when a turn's place in the log is taken, [`Error::Dangling`] when a turn
    /// names an unknown participant or answer, [`Error::NotFound`] when an answer to close is not
    /// there.
    pub async fn record(
        &self,
        interview: InterviewId,
        step: &Step,
        now: Timestamp,
    ) -> Result<(), Error> {
        let writing = self.begin().await?;
        for answer in &step.opened {
            insert_answer(&writing, answer).await?;
        }
        for turn in &step.turns {
            insert_turn(&writing, turn).await?;
        }
        for (id, closed_us) in &step.closed {
            let done = answer::Entity::update_many()
                .col_expr(answer::Column::ClosedUs, Expr::value(*closed_us))
                .filter(answer::Column::Id.eq(Text(*id)))
                .filter(answer::Column::Interview.eq(Text(interview)))
                .exec(&writing)
                .await?;
            if done.rows_affected == 0 {
                return Err(Error::not_found("answer", &id));
            }
        }
        if let Some(state) = &step.snapshot {
            put_snapshot(&writing, interview, state, now).await?;
        }
        writing.commit().await?;
        Ok(())
    }

    /// The conversation's latest state, as it was given to [`Store::record`].
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn snapshot(&self, interview: InterviewId) -> Result<Option<Json>, Error> {
        let row = snapshot::Entity::find_by_id(Text(interview)).one(&self.reader).await?;
        Ok(row.map(|row| row.body.0))
    }

    /// The turn log in its order.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn turns(&self, interview: InterviewId) -> Result<Vec<Turn>, Error> {
        let rows = turn::Entity::find()
            .filter(turn::Column::Interview.eq(Text(interview)))
            .order_by_asc(turn::Column::Place)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(|row| row.body.0).collect())
    }

    /// The turns of one answer, and of the interviewer's that led to them, in their order.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn turns_of(&self, answer: AnswerId) -> Result<Vec<Turn>, Error> {
        let rows = turn::Entity::find()
            .filter(turn::Column::Answer.eq(Text(answer)))
            .order_by_asc(turn::Column::Place)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(|row| row.body.0).collect())
    }

    /// The answers of an interview in the order in which they were opened.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn answers(&self, interview: InterviewId) -> Result<Vec<AnswerRecord>, Error> {
        let rows = answer::Entity::find()
            .filter(answer::Column::Interview.eq(Text(interview)))
            .order_by_asc(answer::Column::OpenedUs)
            .order_by_asc(answer::Column::Id)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(AnswerRecord::from).collect())
    }

    /// The answer with this id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn answer(&self, id: AnswerId) -> Result<AnswerRecord, Error> {
        let row = answer::Entity::find_by_id(Text(id)).one(&self.reader).await?;
        row.map(AnswerRecord::from).ok_or_else(|| Error::not_found("answer", &id))
    }

    /// The turn with this id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn turn(&self, id: TurnId) -> Result<Turn, Error> {
        let row = turn::Entity::find_by_id(Text(id)).one(&self.reader).await?;
        row.map(|row| row.body.0).ok_or_else(|| Error::not_found("turn", &id))
    }
}

pub(crate) async fn insert_interview(
    db: &impl ConnectionTrait,
    interview: &Interview,
    participants: &[Participant],
) -> Result<(), Error> {
    interview_row::Entity::insert(interview_row::ActiveModel::from(interview.clone()))
        .exec_without_returning(db)
        .await
        .map_err(Error::refused("interview", &interview.id))?;
    for participant in participants {
        participant::Entity::insert(participant::ActiveModel::from(participant.clone()))
            .exec_without_returning(db)
            .await
            .map_err(Error::refused("participant", &participant.id))?;
    }
    Ok(())
}

pub(crate) async fn insert_answer(
    db: &impl ConnectionTrait,
    answer: &AnswerRecord,
) -> Result<(), Error> {
    answer::Entity::insert(answer::ActiveModel::from(answer.clone()))
        .exec_without_returning(db)
        .await
        .map_err(Error::refused("answer", &answer.id))?;
    Ok(())
}

pub(crate) async fn insert_turn(db: &impl ConnectionTrait, turn: &Turn) -> Result<(), Error> {
    let row = turn::ActiveModel {
        id: Set(Text(turn.id)),
        interview: Set(Text(turn.interview)),
        place: Set(Unsigned::column(turn.index)),
        participant: Set(Text(turn.participant)),
        answer: Set(turn.answer.map(Text)),
        language: Set(Text(turn.language.clone())),
        body: Set(Doc(turn.clone())),
    };
    turn::Entity::insert(row)
        .exec_without_returning(db)
        .await
        .map_err(Error::refused("turn", &turn.id))?;
    Ok(())
}

pub(crate) async fn put_snapshot(
    db: &impl ConnectionTrait,
    interview: InterviewId,
    state: &Json,
    now: Timestamp,
) -> Result<(), Error> {
    let row = snapshot::ActiveModel {
        interview: Set(Text(interview)),
        saved: Set(At(now)),
        body: Set(Doc(state.clone())),
    };
    snapshot::Entity::insert(row)
        .on_conflict(
            OnConflict::column(snapshot::Column::Interview)
                .update_columns([snapshot::Column::Saved, snapshot::Column::Body])
                .to_owned(),
        )
        .exec_without_returning(db)
        .await
        .map_err(Error::refused("snapshot of", &interview))?;
    Ok(())
}
