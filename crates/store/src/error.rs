//! What can go wrong while storing or reading.

use std::path::{Path, PathBuf};

use interview::StreamId;
use sea_orm::{DbErr, SqlErr};

use crate::sound;

/// Why something could not be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database URL names no database this store speaks to.
    #[error("'{url}' is no database address; use sqlite:PATH or postgres://HOST/NAME")]
    Url {
        /// The address, without its password.
        url: String,
    },
    /// The database refused or cannot be reached.
    #[error("the database refused: {0}")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Nothing is stored under this id.
    #[error("there is no {what} {id}")]
    NotFound {
        /// What was looked for ("interview").
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// Something with this id, or in this place, is stored already; nothing was changed.
    #[error("{what} {id} is stored already; nothing was changed")]
    Conflict {
        /// What was to be stored ("turn").
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// What was to be stored names something that is not there.
    #[error("{what} {id} names something that is not stored; store that first")]
    Dangling {
        /// What was to be stored ("turn").
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// The job was claimed by another worker after its lease had run out.
    #[error("job {id} belongs to another worker by now; drop this result")]
    LeaseLost {
        /// The job.
        id: String,
    },
    /// The value is outside of what is allowed.
    #[error("{what} must be {allowed}")]
    OutOfRange {
        /// Which value.
        what: &'static str,
        /// What is allowed.
        allowed: &'static str,
    },
    /// The stream is still being written.
    #[error("stream {stream} is still being written; close it first")]
    StillWriting {
        /// The stream.
        stream: StreamId,
    },
    /// The archive contradicts itself.
    #[error("the archive cannot be imported: {problem}")]
    Archive {
        /// What is wrong with it.
        problem: String,
    },
    /// A file cannot be written or read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// Stored sound cannot be written or read.
    #[error(transparent)]
    Sound(#[from] sound::Error),
}

impl Error {
    /// Whether the same may work later: the disk is full, or another process holds a lock.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Database(_) | Self::Io { .. } | Self::Sound(_))
    }

    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_owned();
        |source| Self::Io { path, source }
    }

    pub(crate) fn not_found(what: &'static str, id: &impl ToString) -> Self {
        Self::NotFound { what, id: id.to_string() }
    }

    /// Turns a refused insert of `what` with this id into a conflict or a dangling reference.
    pub(crate) fn refused<T: ToString>(
        what: &'static str,
        id: &T,
    ) -> impl FnOnce(DbErr) -> Self + use<T> {
        let id = id.to_string();
        move |error| match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => Self::Conflict { what, id },
            Some(SqlErr::ForeignKeyConstraintViolation(_)) => Self::Dangling { what, id },
            _ => error.into(),
        }
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        Self::Database(Box::new(error))
    }
}
