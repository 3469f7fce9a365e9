//! Deleting for good: rows, files, and what a crash in between would leave behind.
//!
//! The paths that are to go are noted in the same transaction that deletes the rows; the files are
//! removed after it, then the notes. A start of the store removes whatever is still noted.

use std::{io::ErrorKind, path::Path};

use interview::{InterviewId, PersonId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect, Set,
    sea_query::OnConflict,
};

use crate::{
    Error, Store,
    column::Text,
    entity::{derived, interview_row, person, removal},
    sound::blocking,
};

impl Store {
    /// Deletes an interview for good: its rows, its sound and video, speech made of its words, and
    /// results that span several interviews (they are computed again from the others). Retakes of
    /// its answers are interviews of their own and stay.
    ///
    /// # Errors
    /// [`Error::NotFound`]. When a file cannot be removed the rows are gone, and the next start
    /// removes the file.
    pub async fn delete_interview(&self, id: InterviewId) -> Result<(), Error> {
        let person = self.interview(id).await?.person;
        self.close_streams(id).await?;
        let writing = self.begin().await?;
        let noted = self.note_interview(&writing, id).await?;
        derived::Entity::delete_many()
            .filter(derived::Column::Person.eq(Text(person)))
            .filter(derived::Column::Interview.is_null())
            .exec(&writing)
            .await?;
        interview_row::Entity::delete_by_id(Text(id)).exec(&writing).await?;
        writing.commit().await?;
        self.remove_noted(noted).await
    }

    /// Deletes a person for good, with everything that is theirs.
    ///
    /// # Errors
    /// [`Error::NotFound`]. When a file cannot be removed the rows are gone, and the next start
    /// removes the file.
    pub async fn delete_everything(&self, person: PersonId) -> Result<(), Error> {
        self.person(person).await?;
        let interviews: Vec<Text<InterviewId>> = interview_row::Entity::find()
            .select_only()
            .column(interview_row::Column::Id)
            .filter(interview_row::Column::Person.eq(Text(person)))
            .into_tuple()
            .all(&self.reader)
            .await?;
        for id in &interviews {
            self.close_streams(id.0).await?;
        }
        let writing = self.begin().await?;
        let mut noted = Vec::new();
        for id in &interviews {
            noted.extend(self.note_interview(&writing, id.0).await?);
        }
        person::Entity::delete_by_id(Text(person)).exec(&writing).await?;
        writing.commit().await?;
        self.remove_noted(noted).await
    }

    /// Removes all files that are noted for removal, for the start of the store.
    pub(crate) async fn finish_removals(&self) -> Result<(), Error> {
        let noted = removal::Entity::find().all(&self.reader).await?;
        self.remove_noted(noted.into_iter().map(|row| row.path).collect()).await
    }

    /// Removes files that were noted for removal, and the notes.
    pub(crate) async fn remove_noted(&self, noted: Vec<String>) -> Result<(), Error> {
        if noted.is_empty() {
            return Ok(());
        }
        let paths: Vec<_> = noted.iter().map(|path| self.data.join(path)).collect();
        blocking(move || paths.iter().try_for_each(|path| remove(path))).await?;
        removal::Entity::delete_many()
            .filter(removal::Column::Path.is_in(noted))
            .exec(&self.writer)
            .await?;
        self.forget_log().await
    }

    async fn note_interview(
        &self,
        db: &impl ConnectionTrait,
        id: InterviewId,
    ) -> Result<Vec<String>, Error> {
        let mut paths = Self::speech_paths(db, id).await?;
        paths.push(self.relative(&self.streams_folder(id)));
        note(db, &paths).await?;
        Ok(paths)
    }

    async fn close_streams(&self, interview: InterviewId) -> Result<(), Error> {
        for stream in self.streams(interview).await? {
            // What could not be written is deleted all the same.
            if let Err(error) = self.close_stream(stream.id).await {
                tracing::debug!(%error, "a stream was deleted before it was written");
            }
        }
        Ok(())
    }

    /// Empties SQLite's write-ahead log, which still holds deleted rows; pages of the database
    /// itself are overwritten on deletion (`secure_delete`).
    async fn forget_log(&self) -> Result<(), Error> {
        if self.writer.get_database_backend() == DbBackend::Sqlite {
            self.writer.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await?;
        }
        Ok(())
    }
}

/// Notes paths, relative to the data directory, for removal.
pub(crate) async fn note(db: &impl ConnectionTrait, paths: &[String]) -> Result<(), Error> {
    for path in paths {
        removal::Entity::insert(removal::ActiveModel { path: Set(path.clone()) })
            .on_conflict(OnConflict::column(removal::Column::Path).do_nothing().to_owned())
            .exec_without_returning(db)
            .await?;
    }
    Ok(())
}

fn remove(path: &Path) -> Result<(), Error> {
    let removed = match path.symlink_metadata() {
        Ok(found) if found.is_dir() => std::fs::remove_dir_all(path),
        Ok(_) => std::fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::io(path)(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Codec;

    #[tokio::test]
    async fn a_removal_that_was_interrupted_is_finished_at_the_next_start() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite:{}", folder.path().join("greenroom.db").display());
        let codec = Codec::flac(|_, _| Ok(Vec::new()), |_| Ok(Vec::new()));
        let data = folder.path().join("data");
        let store = Store::open(&url, &data, codec.clone()).await.expect("opened");
        let gone = ["streams/itv_1", "speech/a.speech"];
        for file in ["streams/itv_1/str_1/0000.flac", "speech/a.speech", "speech/b.speech"] {
            let path = data.join(file);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, "x").expect("written");
        }
        note(&store.writer, &gone.map(str::to_owned)).await.expect("noted");
        drop(store);

        let store = Store::open(&url, &data, codec).await.expect("opened");
        for path in gone {
            assert!(!data.join(path).exists(), "{path}");
        }
        assert!(data.join("speech/b.speech").exists());
        let noted = removal::Entity::find().all(&store.reader).await.expect("read");
        assert_eq!(noted, []);
    }
}
