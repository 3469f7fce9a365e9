//! Persons and what is theirs outside of interviews: settings, goals, consents, dismissed steps.

use interview::{Goal, GoalId, InterviewId, Language, ParticipantId, PersonId};
use jiff::Timestamp;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set,
    sea_query::{Expr, OnConflict},
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{
    Error, Store,
    column::{At, Doc, Text},
    entity::{consent, dismissal, goal, person},
};

/// Somebody who owns things.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// What they are called; may be empty.
    pub name: String,
    /// Whether this is the one who needs no account.
    pub local: bool,
    /// Since when they are known; whole microseconds.
    pub created: Timestamp,
}

/// Something that a person agreed to, or took back; the latest of each `what` counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Who agreed.
    pub person: PersonId,
    /// In which interview; `None` for all.
    pub interview: Option<InterviewId>,
    /// As which participant of it.
    pub participant: Option<ParticipantId>,
    /// To what ("record_camera").
    pub what: String,
    /// The language in which they were asked.
    pub language: Language,
    /// Whether they agreed (`true`) or took it back.
    pub given: bool,
    /// When; whole microseconds.
    pub at: Timestamp,
}

/// A recommended next step that a person waved away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dismissal {
    /// Who.
    pub person: PersonId,
    /// The step's stable name, subject included ("retake:ans_…").
    pub step: String,
    /// The interview it came from.
    pub interview: Option<InterviewId>,
    /// When; whole microseconds.
    pub at: Timestamp,
}

impl Store {
    /// The one local person, who is made with `id` at the first call.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn local_person(&self, id: PersonId, now: Timestamp) -> Result<Person, Error> {
        let writing = self.begin().await?;
        let known = person::Entity::find()
            .filter(person::Column::Local.eq(true))
            .order_by_asc(person::Column::Created)
            .one(&writing)
            .await?;
        if let Some(row) = known {
            return Ok(row.into());
        }
        let local = Person { id, name: String::new(), local: true, created: now };
        insert_person(&writing, local.clone()).await?;
        writing.commit().await?;
        Ok(local)
    }

    /// Stores a new person.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the id is taken.
    pub async fn add_person(&self, person: &Person) -> Result<(), Error> {
        insert_person(&self.writer, person.clone()).await
    }

    /// All persons, the earliest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn persons(&self) -> Result<Vec<Person>, Error> {
        let rows =
            person::Entity::find().order_by_asc(person::Column::Created).all(&self.reader).await?;
        Ok(rows.into_iter().map(Person::from).collect())
    }

    /// The person with this id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn person(&self, id: PersonId) -> Result<Person, Error> {
        let row = person::Entity::find_by_id(Text(id)).one(&self.reader).await?;
        row.map(Person::from).ok_or_else(|| Error::not_found("person", &id))
    }

    /// Calls a person by another name.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn rename_person(&self, id: PersonId, name: &str) -> Result<(), Error> {
        self.update_person(id, person::Column::Name, Expr::value(name.replace('\0', ""))).await
    }

    /// A person's settings; `{}` before any were saved.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn settings(&self, id: PersonId) -> Result<Json, Error> {
        let row = person::Entity::find_by_id(Text(id)).one(&self.reader).await?;
        row.map(|row| row.settings.0).ok_or_else(|| Error::not_found("person", &id))
    }

    /// Replaces a person's settings.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn save_settings(&self, id: PersonId, settings: &Json) -> Result<(), Error> {
        self.update_person(id, person::Column::Settings, Expr::value(Doc(settings.clone()))).await
    }

    async fn update_person(
        &self,
        id: PersonId,
        column: person::Column,
        value: Expr,
    ) -> Result<(), Error> {
        let done = person::Entity::update_many()
            .col_expr(column, value)
            .filter(person::Column::Id.eq(Text(id)))
            .exec(&self.writer)
            .await?;
        if done.rows_affected == 0 { Err(Error::not_found("person", &id)) } else { Ok(()) }
    }

    /// Stores a goal, or replaces the person's goal of the same id.
    ///
    /// # Errors
    /// [`Error::Conflict`] when another person has a goal of this id, [`Error::Dangling`] when the
    /// person is not stored.
    pub async fn save_goal(&self, goal: &Goal, now: Timestamp) -> Result<(), Error> {
        let writing = self.begin().await?;
        let known = goal::Entity::find_by_id(Text(goal.id)).one(&writing).await?;
        let refused = Error::refused("goal", &goal.id);
        match known {
            Some(row) if row.person.0 != goal.person => {
                return Err(Error::Conflict { what: "goal", id: goal.id.to_string() });
            }
            Some(row) => {
                let mut row = goal::ActiveModel::from(row);
                row.body = Set(Doc(goal.clone()));
                row.update(&writing).await.map_err(refused)?;
            }
            None => {
                let row = goal::ActiveModel {
                    id: Set(Text(goal.id)),
                    person: Set(Text(goal.person)),
                    created: Set(At(now)),
                    body: Set(Doc(goal.clone())),
                };
                goal::Entity::insert(row)
                    .exec_without_returning(&writing)
                    .await
                    .map_err(refused)?;
            }
        }
        writing.commit().await?;
        Ok(())
    }

    /// A person's goals, the newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn goals(&self, person: PersonId) -> Result<Vec<Goal>, Error> {
        let rows = goal::Entity::find()
            .filter(goal::Column::Person.eq(Text(person)))
            .order_by_desc(goal::Column::Created)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(|row| row.body.0).collect())
    }

    /// The goal with this id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn goal(&self, id: GoalId) -> Result<Goal, Error> {
        let row = goal::Entity::find_by_id(Text(id)).one(&self.reader).await?;
        row.map(|row| row.body.0).ok_or_else(|| Error::not_found("goal", &id))
    }

    /// Removes a goal. Interviews keep the copy in their plan.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn delete_goal(&self, id: GoalId) -> Result<(), Error> {
        let done = goal::Entity::delete_by_id(Text(id)).exec(&self.writer).await?;
        if done.rows_affected == 0 { Err(Error::not_found("goal", &id)) } else { Ok(()) }
    }

    /// Stores that somebody agreed to something or took it back.
    ///
    /// # Errors
    /// [`Error::Dangling`] when the person or the interview is not stored.
    pub async fn add_consent(&self, consent: &Consent) -> Result<(), Error> {
        consent::Entity::insert(consent::ActiveModel::from(consent.clone()))
            .exec_without_returning(&self.writer)
            .await
            .map_err(Error::refused("consent", &consent.person))?;
        Ok(())
    }

    /// All that a person agreed to or took back, in its order.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn consents(&self, person: PersonId) -> Result<Vec<Consent>, Error> {
        let rows = consent::Entity::find()
            .filter(consent::Column::Person.eq(Text(person)))
            .order_by_asc(consent::Column::Number)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(Consent::from).collect())
    }

    /// Remembers that a next step was waved away; a second time changes nothing.
    ///
    /// # Errors
    /// [`Error::Dangling`] when the person or the interview is not stored.
    pub async fn dismiss(&self, dismissal: &Dismissal) -> Result<(), Error> {
        dismissal::Entity::insert(dismissal::ActiveModel::from(dismissal.clone()))
            .on_conflict(
                OnConflict::columns([dismissal::Column::Person, dismissal::Column::Step])
                    .do_nothing()
                    .to_owned(),
            )
            .exec_without_returning(&self.writer)
            .await
            .map_err(Error::refused("dismissal", &dismissal.step))?;
        Ok(())
    }

    /// The next steps that a person waved away.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn dismissals(&self, person: PersonId) -> Result<Vec<Dismissal>, Error> {
        let rows = dismissal::Entity::find()
            .filter(dismissal::Column::Person.eq(Text(person)))
            .order_by_asc(dismissal::Column::At)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(Dismissal::from).collect())
    }
}

async fn insert_person(db: &impl sea_orm::ConnectionTrait, person: Person) -> Result<(), Error> {
    let refused = Error::refused("person", &person.id);
    let row = person::ActiveModel {
        settings: Set(Doc(Json::Object(serde_json::Map::new()))),
        ..person.into()
    };
    person::Entity::insert(row).exec_without_returning(db).await.map_err(refused)?;
    Ok(())
}
