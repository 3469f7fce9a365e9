//! What the candidate says about their own interview: corrections, ratings, struck fillers.

use interview::{AnswerId, InterviewId, Language, ParticipantId, Span, Word};
use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Store,
    column::{Stored as _, Text},
    entity::{answer, correction, rating, strike},
};

/// An answer's transcript as its speaker corrected it. Every version is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    /// The answer.
    pub answer: AnswerId,
    /// The nth correction of it, from 1.
    pub version: u32,
    /// Who corrected.
    pub participant: ParticipantId,
    /// The language of the words.
    pub language: Language,
    /// The whole answer as it should read.
    pub words: Vec<Word>,
    /// When; whole microseconds.
    pub created: Timestamp,
}

/// What a self-rating is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RatingOf {
    /// Nerves before the interview.
    Before,
    /// The worst of the nerves during it.
    Peak,
    /// Nerves after it.
    After,
    /// How well it went, before the report is read.
    Performance,
    /// Confidence for the real interview.
    Confidence,
}

/// A candidate's own rating. The latest of each kind counts; all are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// The interview.
    pub interview: InterviewId,
    /// Who rates themself.
    pub participant: ParticipantId,
    /// The answer, when it is about one and not about the whole.
    pub answer: Option<AnswerId>,
    /// What is rated.
    pub of: RatingOf,
    /// 0 to 10.
    pub value: u8,
    /// When; whole microseconds.
    pub created: Timestamp,
}

/// A filler that the candidate says is none, or that they put back: a label for better detection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strike {
    /// The answer it was found in.
    pub answer: AnswerId,
    /// Who struck it out.
    pub participant: ParticipantId,
    /// What was taken for a filler ("um").
    pub text: String,
    /// When it was said, interview time.
    pub span: Option<Span>,
    /// Which word of the answer, where it stands in the transcript.
    pub word: Option<u32>,
    /// `true` when it was struck out, `false` when it was put back.
    pub struck: bool,
    /// When; whole microseconds.
    pub created: Timestamp,
}

/// The largest self-rating.
pub const RATING_MAX: u8 = 10;

impl Store {
    /// Stores a correction as the next version of its answer and returns that version.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the answer is not there, [`Error::Dangling`] when the participant
    /// is not.
    pub async fn add_correction(
        &self,
        answer: AnswerId,
        participant: ParticipantId,
        language: &Language,
        words: &[Word],
        now: Timestamp,
    ) -> Result<u32, Error> {
        let writing = self.begin().await?;
        let interview = interview_of(&writing, answer).await?;
        let latest = correction::Entity::find()
            .filter(correction::Column::Answer.eq(Text(answer)))
            .order_by_desc(correction::Column::Version)
            .one(&writing)
            .await?;
        let correction = Correction {
            answer,
            version: latest.map_or(0, |row| row.version.plain()) + 1,
            participant,
            language: language.clone(),
            words: words.to_vec(),
            created: now,
        };
        let version = correction.version;
        insert_correction(&writing, interview, correction).await?;
        writing.commit().await?;
        Ok(version)
    }

    /// All versions of an answer's correction, the latest last.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn corrections(&self, answer: AnswerId) -> Result<Vec<Correction>, Error> {
        let rows = correction::Entity::find()
            .filter(correction::Column::Answer.eq(Text(answer)))
            .order_by_asc(correction::Column::Version)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(Correction::from).collect())
    }

    /// Stores a self-rating.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] above [`RATING_MAX`], [`Error::Dangling`] when the interview, the
    /// participant or the answer is not stored.
    pub async fn add_rating(&self, rating: &Rating) -> Result<(), Error> {
        if rating.value > RATING_MAX {
            return Err(Error::OutOfRange { what: "a rating", allowed: "from 0 to 10" });
        }
        rating::Entity::insert(rating::ActiveModel::from(*rating))
            .exec_without_returning(&self.writer)
            .await
            .map_err(Error::refused("rating of", &rating.interview))?;
        Ok(())
    }

    /// All self-ratings of an interview in their order.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn ratings(&self, interview: InterviewId) -> Result<Vec<Rating>, Error> {
        let rows = rating::Entity::find()
            .filter(rating::Column::Interview.eq(Text(interview)))
            .order_by_asc(rating::Column::Number)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(Rating::from).collect())
    }

    /// Stores that a filler was struck out or put back.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the answer is not there, [`Error::Dangling`] when the participant
    /// is not.
    pub async fn add_strike(&self, strike: &Strike) -> Result<(), Error> {
        let writing = self.begin().await?;
        let interview = interview_of(&writing, strike.answer).await?;
        insert_strike(&writing, interview, strike.clone()).await?;
        writing.commit().await?;
        Ok(())
    }

    /// All that was struck out or put back in an answer, in its order.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn strikes(&self, answer: AnswerId) -> Result<Vec<Strike>, Error> {
        let rows = strike::Entity::find()
            .filter(strike::Column::Answer.eq(Text(answer)))
            .order_by_asc(strike::Column::Number)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(Strike::from).collect())
    }
}

async fn interview_of(
    db: &impl sea_orm::ConnectionTrait,
    answer: AnswerId,
) -> Result<InterviewId, Error> {
    let row = answer::Entity::find_by_id(Text(answer)).one(db).await?;
    row.map(|row| row.interview.0).ok_or_else(|| Error::not_found("answer", &answer))
}

pub(crate) async fn insert_correction(
    db: &impl sea_orm::ConnectionTrait,
    interview: InterviewId,
    correction: Correction,
) -> Result<(), Error> {
    let refused = Error::refused("correction of", &correction.answer);
    let row = correction::ActiveModel { interview: Set(Text(interview)), ..correction.into() };
    correction::Entity::insert(row).exec_without_returning(db).await.map_err(refused)?;
    Ok(())
}

pub(crate) async fn insert_strike(
    db: &impl sea_orm::ConnectionTrait,
    interview: InterviewId,
    strike: Strike,
) -> Result<(), Error> {
    let refused = Error::refused("strike in", &strike.answer);
    let row = strike::ActiveModel { interview: Set(Text(interview)), ..strike.into() };
    strike::Entity::insert(row).exec_without_returning(db).await.map_err(refused)?;
    Ok(())
}
