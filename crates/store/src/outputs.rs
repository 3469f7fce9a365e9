//! What engines heard, and what was computed from it.

use interview::{AnswerId, InterviewId, Language, ParticipantId, PersonId, Span, StreamId};
use jiff::Timestamp;
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::OnConflict,
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{
    Error, Store,
    column::Text,
    entity::{derived, output},
};

/// What an engine made of a stretch of sound, with the engine's identity. Never overwritten.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Output {
    /// The interview.
    pub interview: InterviewId,
    /// Whose sound it was.
    pub participant: ParticipantId,
    /// The answer it belongs to, if any.
    pub answer: Option<AnswerId>,
    /// The stream it was made from.
    pub stream: Option<StreamId>,
    /// What it is ("words", "captions", "fillers").
    pub kind: String,
    /// The engine and its version ("whisper-ct2 0.10.3").
    pub engine: String,
    /// The model's name.
    pub model: String,
    /// SHA-256 of the model's file, for a local one.
    pub model_sha256: Option<String>,
    /// The language it was made in.
    pub language: Language,
    /// The stretch of interview time it covers.
    pub span: Option<Span>,
    /// What came out.
    pub body: Json,
    /// When; whole microseconds.
    pub created: Timestamp,
}

/// Something that can be computed again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Derived {
    /// What it was computed about: the printed id of an answer, an interview or a person.
    pub subject: String,
    /// What it is ("features", "report").
    pub kind: String,
    /// Hash of the input, the code's version and the model.
    pub key: String,
    /// Whose it is.
    pub person: PersonId,
    /// The interview that it goes with when that is deleted; `None` for what spans several, which
    /// goes with any of them.
    pub interview: Option<InterviewId>,
    /// The result.
    pub body: Json,
    /// What went wrong or was left out while computing it.
    pub problems: Vec<String>,
    /// When; whole microseconds.
    pub created: Timestamp,
}

impl Store {
    /// Stores what an engine made.
    ///
    /// # Errors
    /// [`Error::Dangling`] when it names something that is not stored.
    pub async fn add_output(&self, output: &Output) -> Result<(), Error> {
        output::Entity::insert(output::ActiveModel::from(output.clone()))
            .exec_without_returning(&self.writer)
            .await
            .map_err(Error::refused("output of", &output.interview))?;
        Ok(())
    }

    /// What engines made in an interview, of one kind or of all, in its order.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn outputs(
        &self,
        interview: InterviewId,
        kind: Option<&str>,
    ) -> Result<Vec<Output>, Error> {
        let mut query = output::Entity::find()
            .filter(output::Column::Interview.eq(Text(interview)))
            .order_by_asc(output::Column::Number);
        if let Some(kind) = kind {
            query = query.filter(output::Column::Kind.eq(kind));
        }
        Ok(query.all(&self.reader).await?.into_iter().map(Output::from).collect())
    }

    /// What engines made of one answer, of one kind, in its order.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn outputs_of(&self, answer: AnswerId, kind: &str) -> Result<Vec<Output>, Error> {
        let rows = output::Entity::find()
            .filter(output::Column::Answer.eq(Text(answer)))
            .filter(output::Column::Kind.eq(kind))
            .order_by_asc(output::Column::Number)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(Output::from).collect())
    }

    /// Stores a computed result; the same subject, kind and key replaces what was there.
    ///
    /// # Errors
    /// [`Error::Dangling`] when the person or the interview is not stored (any more).
    pub async fn put_derived(&self, derived: &Derived) -> Result<(), Error> {
        insert_derived(&self.writer, derived).await
    }

    /// The result with this key, if it was computed before.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn derived(
        &self,
        subject: &str,
        kind: &str,
        key: &str,
    ) -> Result<Option<Derived>, Error> {
        let id = (subject.to_owned(), kind.to_owned(), key.to_owned());
        Ok(derived::Entity::find_by_id(id).one(&self.reader).await?.map(Derived::from))
    }

    /// The latest result of a kind about a subject, whatever its key.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn derived_latest(
        &self,
        subject: &str,
        kind: &str,
    ) -> Result<Option<Derived>, Error> {
        let row = derived::Entity::find()
            .filter(derived::Column::Subject.eq(subject))
            .filter(derived::Column::Kind.eq(kind))
            .order_by_desc(derived::Column::Created)
            .one(&self.reader)
            .await?;
        Ok(row.map(Derived::from))
    }

    /// All results that go with an interview, the earliest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn derived_of(&self, interview: InterviewId) -> Result<Vec<Derived>, Error> {
        let rows = derived::Entity::find()
            .filter(derived::Column::Interview.eq(Text(interview)))
            .order_by_asc(derived::Column::Created)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(Derived::from).collect())
    }

    /// The latest result of a kind about each of the last `subjects_max` subjects of a person that come before
    /// `subject` in the order of their ids, which is that of time; the last subject first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn derived_before(
        &self,
        person: PersonId,
        kind: &str,
        subject: &str,
        subjects_max: usize,
    ) -> Result<Vec<Derived>, Error> {
        let mut found: Vec<Derived> = Vec::new();
        let mut before = subject.to_owned();
        loop {
            let rows = derived::Entity::find()
                .filter(derived::Column::Person.eq(Text(person)))
                .filter(derived::Column::Kind.eq(kind))
                .filter(derived::Column::Subject.lt(before.as_str()))
                .order_by_desc(derived::Column::Subject)
                .order_by_desc(derived::Column::Created)
                .limit(subjects_max as u64)
                .all(&self.reader)
                .await?;
            let Some(last) = rows.last() else { return Ok(found) };
            before.clone_from(&last.subject);
            for row in rows {
                if found.last().is_none_or(|newer| newer.subject != row.subject) {
                    found.push(Derived::from(row));
                }
            }
            if found.len() >= subjects_max {
                found.truncate(subjects_max);
                return Ok(found);
            }
        }
    }

    /// All results of a kind that belong to a person, the earliest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn derived_by_kind(
        &self,
        person: PersonId,
        kind: &str,
    ) -> Result<Vec<Derived>, Error> {
        let rows = derived::Entity::find()
            .filter(derived::Column::Person.eq(Text(person)))
            .filter(derived::Column::Kind.eq(kind))
            .order_by_asc(derived::Column::Created)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(Derived::from).collect())
    }
}

pub(crate) async fn insert_derived(
    db: &impl sea_orm::ConnectionTrait,
    derived: &Derived,
) -> Result<(), Error> {
    use derived::Column;
    derived::Entity::insert(derived::ActiveModel::from(derived.clone()))
        .on_conflict(
            OnConflict::columns([Column::Subject, Column::Kind, Column::Key])
                .update_columns([Column::Body, Column::Problems, Column::Created])
                .to_owned(),
        )
        .exec_without_returning(db)
        .await
        .map_err(Error::refused("derived result about", &derived.subject))?;
    Ok(())
}
