//! Everything that Greenroom keeps: rows in SQLite (the default) or PostgreSQL, sound and video in
//! files beside them.
//!
//! Ground state is only ever added to; what is derived from it stands apart and is keyed by what it
//! was computed from. Every row belongs to a person, directly or through an interview, and goes
//! when they say so. Time and ids come in as arguments. Points in time are kept in whole
//! microseconds.

mod archive;
mod column;
mod entity;
mod error;
mod given;
mod jobs;
mod migration;
mod outputs;
mod people;
mod removal;
mod sitting;
pub mod sound;
mod speech;
mod streams;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use interview::StreamId;
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
    sqlx::{
        Connection as _,
        sqlite::{SqliteJournalMode, SqliteSynchronous},
    },
};
use sea_orm_migration::MigratorTrait;
use tokio::sync::Mutex;

pub use archive::{ARCHIVE_VERSION, ArchiveFile, InterviewArchive, StreamArchive};
pub use error::Error;
pub use given::{Correction, RATING_MAX, Rating, RatingOf, Strike};
pub use jobs::{Job, JobState, NewJob};
pub use outputs::{Derived, Output};
pub use people::{Consent, Dismissal, Person};
pub use sitting::{AnswerRecord, Interview, InterviewState, InterviewSummary, Participant, Step};
pub use sound::Codec;
pub use speech::{SPEECH_BYTES_MAX, SPEECH_KEY_CHARS_MAX};
pub use streams::{Anchor, AnchorReason, READ_SAMPLES_MAX, Recording, Stream, StreamKind};

/// Connections that read at the same time.
const READERS_MAX: u32 = 8;
/// How long to wait for a lock that another process holds. Rooms tell their candidates then that nothing can
/// be stored, and try again.
const BUSY_S_MAX: u64 = 5;

/// The open store. Clones share everything.
#[derive(Debug, Clone)]
pub struct Store {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
    data: PathBuf,
    codec: Codec,
    live: Arc<Mutex<HashMap<StreamId, sound::Live>>>,
    /// Held while a stream is compacted: one at a time, and nobody twice.
    finishing: Arc<Mutex<()>>,
}

impl Store {
    /// Opens the database at `url` (`sqlite:PATH`, taken as it stands and made when it is not there,
    /// or `postgres://HOST/NAME`), brings its tables up to date, and finishes removals that were
    /// interrupted. Sound and video are kept under `data`, sound at rest in `codec`.
    ///
    /// # Errors
    /// [`Error::Url`] for any other address; [`Error::Database`] when it cannot be reached or
    /// migrated; [`Error::Io`] when `data` cannot be made.
    pub async fn open(url: &str, data: &Path, codec: Codec) -> Result<Self, Error> {
        make_private(data)?;
        let (writer, reader) = if let Some(path) = sqlite_path(url) {
            if let Some(folder) = path.parent() {
                make_private(folder)?;
            }
            let writer = Database::connect(sqlite(&path, 1)).await?;
            (writer, Database::connect(sqlite(&path, READERS_MAX)).await?)
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let mut options = ConnectOptions::new(url);
            options.max_connections(READERS_MAX).sqlx_logging(false);
            let both = Database::connect(options).await?;
            (both.clone(), both)
        } else {
            return Err(Error::Url { url: without_password(url) });
        };
        migration::Migrator::up(&writer, None).await?;
        let store = Self {
            reader,
            writer,
            data: data.to_owned(),
            codec,
            live: Arc::default(),
            finishing: Arc::default(),
        };
        store.finish_removals().await?;
        Ok(store)
    }

    /// The folder that sound and video are kept under.
    #[must_use]
    pub fn data_folder(&self) -> &Path {
        &self.data
    }

    /// Begins a transaction that writes. SQLite takes its one writer's lock at once, so that what
    /// was read in it is still true when it writes.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, Error> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(self.writer.begin_with_options(options).await?)
    }
}

/// The file that a `sqlite:` address names; `None` for any other address, and for a database in
/// memory, which would not be kept.
fn sqlite_path(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("sqlite:")?;
    let path = rest.strip_prefix("//").unwrap_or(rest);
    (!path.is_empty() && path != ":memory:").then(|| PathBuf::from(path))
}

/// Makes a folder that others on this machine cannot look into; one that is there stays as it is.
fn make_private(folder: &Path) -> Result<(), Error> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    if folder.as_os_str().is_empty() {
        return Ok(());
    }
    builder.create(folder).map_err(Error::io(folder))
}

/// SQLite so that a committed row survives power loss, and a deleted one is overwritten.
fn sqlite(path: &Path, connections: u32) -> ConnectOptions {
    let path = path.to_owned();
    let mut options = ConnectOptions::new("sqlite:");
    // On a full disk a commit can fail in a way that leaves the connection in a transaction, in which everything
    // that follows would seem to be committed and be gone with the process. Such a connection is closed.
    options.map_sqlx_sqlite_pool_opts(|pool| {
        pool.after_release(|connection, _| {
            Box::pin(async move {
                // A rollback that is still on its way is done before this is answered.
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        })
    });
    options.max_connections(connections).sqlx_logging(false).map_sqlx_sqlite_opts(move |options| {
        options
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(BUSY_S_MAX))
            .pragma("secure_delete", "on")
    });
    options
}

/// The address without what stands between the scheme and '@'.
fn without_password(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme < at => format!("{}://…{}", &url[..scheme], &url[at..]),
        _ => url.to_owned(),
    }
}
