//! Streams, their anchors, and the recordings that they become.

use std::{
    ops::Range,
    path::{Path, PathBuf},
};

use interview::{InterviewId, ParticipantId, RecordingId, StreamId, Us};
use jiff::Timestamp;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Set,
    sea_query::{Expr, OnConflict, Query},
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{
    Error, InterviewState, Store,
    column::{At, Text},
    entity::{anchor, interview_row, recording, stream},
    sound::{self, Appender, Kept, Live, Timeline, blocking, finish_chunks, finish_sound},
};

/// What a stream carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamKind {
    /// The candidate's microphone: frames of samples.
    Microphone,
    /// The candidate's camera: chunks of a file.
    Camera,
    /// What the interviewer said: frames of samples.
    InterviewerSpeech,
}

/// One source of samples or chunks that counts by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stream {
    /// Its id.
    pub id: StreamId,
    /// The interview it belongs to.
    pub interview: InterviewId,
    /// Whose sound or picture it is.
    pub participant: ParticipantId,
    /// What it carries.
    pub kind: StreamKind,
    /// Samples a second; 0 for a camera.
    pub sample_rate: u32,
    /// How it was sent ("pcm_s16le", "opus"); for a camera the media type of the file.
    pub codec: String,
    /// What the browser really applied: the track's `getSettings()`.
    pub settings: Json,
    /// When it was opened; whole microseconds.
    pub created: Timestamp,
    /// When it was compacted into a recording.
    pub finished: Option<Timestamp>,
}

/// Why an anchor was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnchorReason {
    /// The stream's first sample.
    Start,
    /// After samples that are missing.
    Gap,
    /// From time to time, as clocks drift.
    Interval,
}

/// Where a position of a stream stands in interview time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// Which sample.
    pub position: u64,
    /// When it was sounded.
    pub at_us: Us,
    /// Why it was noted.
    pub reason: AnchorReason,
}

/// A finished recording: a file, or a folder of files of a minute each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// Its id.
    pub id: RecordingId,
    /// The interview it belongs to.
    pub interview: InterviewId,
    /// The stream it was.
    pub stream: StreamId,
    /// Whose sound or picture it is.
    pub participant: ParticipantId,
    /// The media type of its file or files.
    pub media_type: String,
    /// Where it is, relative to the data directory.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// When it was finished; whole microseconds.
    pub created: Timestamp,
}

/// Most samples that one call reads: ten minutes at 48 kHz.
pub const READ_SAMPLES_MAX: u64 = 48_000 * 600;

impl Store {
    /// Stores a new stream; [`Store::appender`] then takes its frames.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the id is taken, [`Error::Dangling`] when the interview or the
    /// participant is not stored.
    pub async fn add_stream(&self, stream: &Stream) -> Result<(), Error> {
        insert_stream(&self.writer, stream).await
    }

    /// The stream with this id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn stream(&self, id: StreamId) -> Result<Stream, Error> {
        let row = stream::Entity::find_by_id(Text(id)).one(&self.reader).await?;
        row.map(Stream::from).ok_or_else(|| Error::not_found("stream", &id))
    }

    /// The streams of an interview in the order in which they were opened.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn streams(&self, interview: InterviewId) -> Result<Vec<Stream>, Error> {
        let rows = stream::Entity::find()
            .filter(stream::Column::Interview.eq(Text(interview)))
            .order_by_asc(stream::Column::Created)
            .order_by_asc(stream::Column::Id)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(Stream::from).collect())
    }

    /// Notes where a position of a stream stands in interview time.
    ///
    /// # Errors
    /// [`Error::Dangling`] when the stream is not stored.
    pub async fn add_anchor(&self, stream: StreamId, anchor: Anchor) -> Result<(), Error> {
        insert_anchor(&self.writer, stream, anchor).await
    }

    /// The anchors of a stream in the order of their positions.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn anchors(&self, stream: StreamId) -> Result<Vec<Anchor>, Error> {
        let rows = anchor::Entity::find()
            .filter(anchor::Column::Stream.eq(Text(stream)))
            .order_by_asc(anchor::Column::Position)
            .order_by_asc(anchor::Column::Number)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(Anchor::from).collect())
    }

    /// A stream's clock, by its anchors.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn timeline(&self, stream: &Stream) -> Result<Timeline, Error> {
        Ok(Timeline::new(self.anchors(stream.id).await?, stream.sample_rate))
    }

    /// The writing end of a stream: the one that is open, or a new one that goes on behind the last
    /// good frame. A camera's frames are [`sound::Body::Chunk`]s, all others'
    /// [`sound::Body::Samples`].
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`sound::Error::Finished`] when the stream was compacted;
    /// [`sound::Error::InUse`] when another process writes it.
    pub async fn appender(&self, id: StreamId) -> Result<Appender, Error> {
        let stream = self.stream(id).await?;
        let paths = self.paths(&stream);
        let mut live = self.live.lock().await;
        live.retain(|_, known| !known.is_released());
        if let Some(open) = live.get(&id).and_then(Live::appender) {
            return Ok(open);
        }
        if let Some(closed) = live.remove(&id) {
            closed.released().await;
        }
        let finished = || sound::Error::Finished { path: paths.kept.clone() };
        if paths.kept.exists() {
            return Err(finished().into());
        }
        let appender = Appender::open(&paths.log, stream.sample_rate).await?;
        if paths.kept.exists() {
            return Err(finished().into());
        }
        live.insert(id, appender.live());
        Ok(appender)
    }

    /// Samples of a stream, finished or still being written; what is missing, not synced yet or
    /// beyond the end is silence.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`sound::Error::TooLong`] above [`READ_SAMPLES_MAX`]; when a file cannot
    /// be read or decoded.
    pub async fn read_sound(&self, id: StreamId, range: Range<u64>) -> Result<Vec<i16>, Error> {
        let samples = range.end.saturating_sub(range.start);
        if samples > READ_SAMPLES_MAX {
            return Err(sound::Error::TooLong { samples, max: READ_SAMPLES_MAX }.into());
        }
        let stream = self.stream(id).await?;
        let open = self.live.lock().await.get(&id).and_then(Live::appender);
        if let Some(open) = open {
            return Ok(open.read(range).await?);
        }
        let (paths, codec) = (self.paths(&stream), self.codec.clone());
        let read = move || match Kept::open(&paths.kept, &codec)? {
            Some(kept) => kept.read(range),
            None => sound::read_log(&paths.log, stream.sample_rate, range),
        };
        Ok(blocking(read).await?)
    }

    /// How many samples a stream has, silence in gaps included.
    ///
    /// # Errors
    /// [`Error::NotFound`]; when a file cannot be read.
    pub async fn sound_samples(&self, id: StreamId) -> Result<u64, Error> {
        let stream = self.stream(id).await?;
        let open = self.live.lock().await.get(&id).and_then(Live::appender);
        if let Some(open) = open {
            return Ok(open.synced().borrow().position);
        }
        let (paths, codec) = (self.paths(&stream), self.codec.clone());
        let count = move || match Kept::open(&paths.kept, &codec)? {
            Some(kept) => Ok(kept.index.samples),
            None => sound::scan(&paths.log, stream.sample_rate).map(|scan| scan.end),
        };
        Ok(blocking::<_, sound::Error>(count).await?)
    }

    /// Closes a stream and compacts it: sound into lossless files that were checked by decoding
    /// them, video into one file. Can be interrupted and called again; a finished stream's recording
    /// is returned as it is.
    ///
    /// # Errors
    /// [`Error::NotFound`]; when something cannot be written, or does not decode to what went in:
    /// the log is kept then.
    pub async fn finish_stream(
        &self,
        id: StreamId,
        recording: RecordingId,
        now: Timestamp,
    ) -> Result<Recording, Error> {
        let _alone = self.finishing.lock().await;
        let stream = self.stream(id).await?;
        if let Some(known) = self.recording_of(id).await? {
            return Ok(known);
        }
        self.close_stream(id).await?;
        let (paths, codec) = (self.paths(&stream), self.codec.clone());
        let (rate, kind) = (stream.sample_rate, stream.kind);
        let kept = paths.kept.clone();
        let bytes = blocking(move || match kind {
            StreamKind::Camera => finish_chunks(&paths.log, &paths.kept),
            StreamKind::Microphone | StreamKind::InterviewerSpeech => {
                finish_sound(&paths.log, &paths.kept, rate, &codec)?.bytes()
            }
        })
        .await?;
        let recording = Recording {
            id: recording,
            interview: stream.interview,
            stream: id,
            participant: stream.participant,
            media_type: match kind {
                StreamKind::Camera => stream.codec.clone(),
                _ => self.codec.media_type.to_owned(),
            },
            path: self.relative(&kept),
            bytes,
            created: now,
        };
        let writing = self.begin().await?;
        insert_recording(&writing, &recording).await?;
        stream::Entity::update_many()
            .col_expr(stream::Column::Finished, Expr::value(At(now)))
            .filter(stream::Column::Id.eq(Text(id)))
            .exec(&writing)
            .await?;
        writing.commit().await?;
        self.recording_of(id).await?.ok_or_else(|| Error::not_found("recording of", &id))
    }

    /// Closes a stream that is open, and waits until its file has been let go.
    pub(crate) async fn close_stream(&self, id: StreamId) -> Result<(), Error> {
        let Some(known) = self.live.lock().await.remove(&id) else { return Ok(()) };
        let closed = match known.appender() {
            Some(open) => open.close().await.map(|_| ()),
            None => Ok(()),
        };
        known.released().await;
        Ok(closed?)
    }

    /// Streams that were never finished though their interview is over, as after a crash.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn unfinished_streams(&self) -> Result<Vec<Stream>, Error> {
        let over = Query::select()
            .column(interview_row::Column::Id)
            .from(interview_row::Entity)
            .and_where(interview_row::Column::State.ne(Text(InterviewState::Running)))
            .take();
        let rows = stream::Entity::find()
            .filter(stream::Column::Finished.is_null())
            .filter(stream::Column::Interview.in_subquery(over))
            .order_by_asc(stream::Column::Id)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(Stream::from).collect())
    }

    async fn recording_of(&self, stream: StreamId) -> Result<Option<Recording>, Error> {
        let row = recording::Entity::find()
            .filter(recording::Column::Stream.eq(Text(stream)))
            .one(&self.reader)
            .await?;
        Ok(row.map(Recording::from))
    }

    /// The finished recordings of an interview, the earliest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn recordings(&self, interview: InterviewId) -> Result<Vec<Recording>, Error> {
        let rows = recording::Entity::find()
            .filter(recording::Column::Interview.eq(Text(interview)))
            .order_by_asc(recording::Column::Created)
            .order_by_asc(recording::Column::Id)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(Recording::from).collect())
    }

    /// Where a recording's file (video) or folder of files (sound) is.
    #[must_use]
    pub fn recording_path(&self, recording: &Recording) -> PathBuf {
        self.data.join(&recording.path)
    }

    pub(crate) fn paths(&self, stream: &Stream) -> StreamPaths {
        let folder = self.streams_folder(stream.interview);
        let name = stream.id.to_string();
        match stream.kind {
            StreamKind::Camera => StreamPaths {
                log: folder.join(format!("{name}.chunks")),
                kept: folder.join(format!("{name}.{}", video_extension(&stream.codec))),
            },
            StreamKind::Microphone | StreamKind::InterviewerSpeech => {
                StreamPaths { log: folder.join(format!("{name}.pcm")), kept: folder.join(name) }
            }
        }
    }

    pub(crate) fn streams_folder(&self, interview: InterviewId) -> PathBuf {
        self.data.join("streams").join(interview.to_string())
    }

    pub(crate) fn relative(&self, path: &Path) -> String {
        let inside = path.strip_prefix(&self.data).unwrap_or(path);
        inside
            .components()
            .map(|part| part.as_os_str().to_string_lossy())
            .collect::<Vec<_>>()
            .join("/")
    }
}

/// Where a stream is, growing and at rest.
pub(crate) struct StreamPaths {
    pub(crate) log: PathBuf,
    pub(crate) kept: PathBuf,
}

fn video_extension(media_type: &str) -> &'static str {
    match media_type.split(';').next().unwrap_or_default().trim() {
        "video/webm" => "webm",
        "video/mp4" => "mp4",
        _ => "video",
    }
}

pub(crate) async fn insert_stream(db: &impl ConnectionTrait, stream: &Stream) -> Result<(), Error> {
    stream::Entity::insert(stream::ActiveModel::from(stream.clone()))
        .exec_without_returning(db)
        .await
        .map_err(Error::refused("stream", &stream.id))?;
    Ok(())
}

pub(crate) async fn insert_anchor(
    db: &impl ConnectionTrait,
    stream: StreamId,
    anchor: Anchor,
) -> Result<(), Error> {
    let row = anchor::ActiveModel { stream: Set(Text(stream)), ..anchor.into() };
    anchor::Entity::insert(row)
        .exec_without_returning(db)
        .await
        .map_err(Error::refused("anchor of", &stream))?;
    Ok(())
}

/// Stores a recording; one of the same stream that is there already stays.
pub(crate) async fn insert_recording(
    db: &impl ConnectionTrait,
    recording: &Recording,
) -> Result<(), Error> {
    recording::Entity::insert(recording::ActiveModel::from(recording.clone()))
        .on_conflict(OnConflict::column(recording::Column::Stream).do_nothing().to_owned())
        .exec_without_returning(db)
        .await
        .map_err(Error::refused("recording", &recording.id))?;
    Ok(())
}
