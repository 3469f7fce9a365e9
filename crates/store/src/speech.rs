//! Cached speech: lines that were spoken once and are played again.

use std::{fs, path::Path};

use interview::InterviewId;
use jiff::{SignedDuration, Timestamp};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
    sea_query::{Expr, OnConflict},
};

use crate::{
    Error, Store,
    column::{At, Stored as _, Text, Unsigned},
    entity::speech,
    removal,
    sound::blocking,
};

/// Longest key of cached speech.
pub const SPEECH_KEY_CHARS_MAX: usize = 128;
/// Largest entry, bytes: over five minutes at 48 kHz.
pub const SPEECH_BYTES_MAX: usize = 32 << 20;
/// A use is noted when the last one noted is older than this.
const USE_NOTED_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// Most entries that one call of [`Store::trim_speech`] removes.
const TRIM_ENTRIES_MAX: u64 = 1000;

impl Store {
    /// Keeps speech under a key (a hash of its text, voice and engine). Speech made of a
    /// candidate's words names the interview, and is deleted with it; everything else is the
    /// program's own and belongs to nobody.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a key of other characters than letters, digits, '-' and '_', or an
    /// entry above [`SPEECH_BYTES_MAX`]; [`Error::Dangling`] when the interview is not stored.
    pub async fn put_speech(
        &self,
        key: &str,
        interview: Option<InterviewId>,
        bytes: Vec<u8>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let path = speech_path(key)?;
        if bytes.len() > SPEECH_BYTES_MAX {
            return Err(Error::OutOfRange { what: "cached speech", allowed: "32 MiB at most" });
        }
        let row = speech::ActiveModel {
            key: Set(key.to_owned()),
            interview: Set(interview.map(Text)),
            path: Set(path.clone()),
            bytes: Set(Unsigned::column(bytes.len() as u64)),
            used: Set(At(now)),
        };
        // The row comes first: a file without one would escape the deletion of its interview.
        speech::Entity::insert(row)
            .on_conflict(
                OnConflict::column(speech::Column::Key)
                    .update_columns([speech::Column::Bytes, speech::Column::Used])
                    .to_owned(),
            )
            .exec_without_returning(&self.writer)
            .await
            .map_err(Error::refused("speech", &key))?;
        let path = self.data.join(path);
        let half = path.with_extension(format!("{}.tmp", now.as_nanosecond()));
        blocking(move || write_whole(&half, &path, &bytes)).await
    }

    /// Speech kept under a key, if it is there whole.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for an impossible key; when the database refuses.
    pub async fn speech(&self, key: &str, now: Timestamp) -> Result<Option<Vec<u8>>, Error> {
        let path = self.data.join(speech_path(key)?);
        let Some(row) = speech::Entity::find_by_id(key).one(&self.reader).await? else {
            return Ok(None);
        };
        let read = move || Ok::<_, Error>(fs::read(path).ok());
        let bytes = blocking(read).await?;
        if row.used.0 + USE_NOTED_AFTER < now {
            speech::Entity::update_many()
                .col_expr(speech::Column::Used, Expr::value(At(now)))
                .filter(speech::Column::Key.eq(key))
                .exec(&self.writer)
                .await?;
        }
        Ok(bytes.filter(|bytes| bytes.len() as u64 == row.bytes.plain()))
    }

    /// Whether speech is kept under a key; its file may still prove broken when it is read.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn has_speech(&self, key: &str) -> Result<bool, Error> {
        Ok(speech::Entity::find_by_id(key).one(&self.reader).await?.is_some())
    }

    /// Removes the entries that were not used for the longest until the rest takes at most
    /// `bytes_max`. Returns how many were removed.
    ///
    /// # Errors
    /// When the database refuses or a file cannot be removed.
    pub async fn trim_speech(&self, bytes_max: u64) -> Result<u64, Error> {
        let mut removed = 0;
        loop {
            let rows =
                speech::Entity::find().order_by_asc(speech::Column::Used).all(&self.reader).await?;
            let mut bytes: u64 = rows.iter().map(|row| row.bytes.plain()).sum();
            let mut paths = Vec::new();
            for row in rows.into_iter().take(TRIM_ENTRIES_MAX as usize) {
                if bytes <= bytes_max {
                    break;
                }
                bytes -= row.bytes.plain();
                paths.push(row.path);
            }
            if paths.is_empty() {
                return Ok(removed);
            }
            removed += paths.len() as u64;
            let writing = self.begin().await?;
            removal::note(&writing, &paths).await?;
            speech::Entity::delete_many()
                .filter(speech::Column::Path.is_in(paths.clone()))
                .exec(&writing)
                .await?;
            writing.commit().await?;
            self.remove_noted(paths).await?;
        }
    }

    /// Paths of the speech that goes with an interview.
    pub(crate) async fn speech_paths(
        db: &impl sea_orm::ConnectionTrait,
        interview: InterviewId,
    ) -> Result<Vec<String>, Error> {
        Ok(speech::Entity::find()
            .select_only()
            .column(speech::Column::Path)
            .filter(speech::Column::Interview.eq(Text(interview)))
            .into_tuple()
            .all(db)
            .await?)
    }
}

fn speech_path(key: &str) -> Result<String, Error> {
    let fits = !key.is_empty()
        && key.len() <= SPEECH_KEY_CHARS_MAX
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if fits {
        Ok(format!("speech/{key}.speech"))
    } else {
        Err(Error::OutOfRange {
            what: "a key of cached speech",
            allowed: "1 to 128 letters, digits, '-' and '_'",
        })
    }
}

/// Writes a file so that it is there whole or not at all. It is not synced: after power loss a
/// missing entry is spoken again.
fn write_whole(half: &Path, path: &Path, bytes: &[u8]) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Error::io(folder))?;
    }
    fs::write(half, bytes).map_err(Error::io(half))?;
    fs::rename(half, path).map_err(Error::io(path))
}
