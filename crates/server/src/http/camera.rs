//! The camera's recording, for the candidate's own review: nothing looks at it here.
//!
//! A take is one run of the browser's recorder. Its pieces come in order, each is on the disk before
//! it is answered, and the pieces together are the file.

use std::{
    collections::HashMap,
    io::SeekFrom,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    body::{Body, to_bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use interview::{InterviewId, Language, RecordingId, Speaker, StreamId, Us};
use store::{
    Anchor, AnchorReason, Consent, Interview, InterviewState, Stream, StreamKind,
    sound::{self, Appender},
};
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use super::{
    error::Error,
    interviews::interview_in_path,
    range::{self, Range},
};
use crate::{
    app::{App, world},
    new_id,
    wire::interview::Take,
};

/// Header of a take's first piece: when the recording began, interview time in microseconds.
const START_HEADER: &str = "x-greenroom-start-us";
/// Header of any piece: when it ended, interview time in microseconds. The last one tells the length.
const END_HEADER: &str = "x-greenroom-end-us";
/// Most pieces of a take: six hours at a piece each 2 s.
const PIECES_MAX: u32 = 10_800;
/// Most takes of one interview.
const TAKES_MAX: usize = 100;
/// A take to which nothing was added for this long is over.
const QUIET: Duration = Duration::from_secs(15);
/// Takes that can come in at the same time, over all interviews.
const OPEN_MAX: usize = 32;

/// The takes that are coming in, so that their files need not be opened for each piece.
#[derive(Default)]
pub struct Takes {
    open: Mutex<HashMap<StreamId, Open>>,
}

struct Open {
    appender: Appender,
    used: Instant,
}

impl Takes {
    /// Writers that nothing was given to for long are let go.
    fn lock(&self) -> MutexGuard<'_, HashMap<StreamId, Open>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, take| take.used.elapsed() < QUIET);
        open
    }

    fn is_coming_in(&self, stream: StreamId) -> bool {
        self.lock().contains_key(&stream)
    }

    fn appender(&self, stream: StreamId) -> Option<Appender> {
        self.lock().get_mut(&stream).map(|take| {
            take.used = Instant::now();
            take.appender.clone()
        })
    }

    fn keep(&self, stream: StreamId, appender: &Appender) {
        let mut open = self.lock();
        if open.len() < OPEN_MAX {
            open.insert(stream, Open { appender: appender.clone(), used: Instant::now() });
        }
    }

    fn forget(&self, stream: StreamId) {
        self.lock().remove(&stream);
    }
}

/// Adds a piece to a take. A piece that is there already is not added again.
#[utoipa::path(put, path = "/api/interviews/{id}/camera/{take}/{seq}",
    request_body(content = Vec<u8>, content_type = "video/webm"),
    responses((status = NO_CONTENT, description = "it is on the disk")))]
pub async fn add(
    State(app): State<Arc<App>>,
    Path((id, take, seq)): Path<(String, u32, u32)>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Error> {
    let interview = interview_in_path(&app, &id).await?;
    if !interview.plan.camera {
        let detail = "this interview was planned without a camera".to_owned();
        return Err(Error::Conflict { code: "no_camera", detail });
    }
    if seq >= PIECES_MAX {
        return Err(Error::invalid("take_length", "a take has at most six hours; begin another"));
    }
    let piece = to_bytes(body, sound::CHUNK_BYTES_MAX).await.map_err(|_| {
        Error::invalid("piece_size", "a piece has at most 8 MiB; send shorter ones")
    })?;
    if piece.is_empty() {
        return Err(Error::invalid("piece_size", "a piece is not empty"));
    }
    let stream = match stream_of(&app, &interview, take).await? {
        Some(stream) => stream,
        None if seq == 0 => open_take(&app, &interview, take, &headers).await?,
        None => {
            let detail = "this take has not begun; its first piece has the number 0";
            return Err(Error::invalid("take_unknown", detail));
        }
    };
    let fresh = append(&app, &stream, seq, piece.to_vec()).await?;
    if let Some(at_us) = time_in(&headers, END_HEADER).filter(|_| fresh) {
        let position = u64::from(seq) + 1;
        let anchor = Anchor { position, at_us, reason: AnchorReason::Interval };
        app.store.add_anchor(stream.id, anchor).await.map_err(anyhow::Error::from)?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// The interview time that a header tells.
fn time_in(headers: &HeaderMap, name: &str) -> Option<Us> {
    let value = headers.get(name)?.to_str().ok()?;
    value.parse().ok().filter(|time_us| *time_us >= 0)
}

/// The takes of an interview in the order in which they were recorded.
///
/// # Errors
/// When the store cannot be read.
pub async fn takes(app: &App, streams: &[Stream]) -> Result<Vec<Take>, Error> {
    let mut takes = Vec::new();
    for stream in streams.iter().filter(|stream| stream.kind == StreamKind::Camera) {
        let take = stream.settings["take"].as_u64().and_then(|take| u32::try_from(take).ok());
        let anchors = app.store.anchors(stream.id).await.map_err(anyhow::Error::from)?;
        let Some((take, start)) = take.zip(anchors.first()) else { continue };
        let end_us = anchors.iter().map(|anchor| anchor.at_us).max();
        let length_us =
            end_us.map(|end_us| end_us - start.at_us).filter(|length_us| *length_us > 0);
        takes.push(Take { take, start_us: start.at_us, length_us });
    }
    takes.sort_by_key(|take| (take.start_us, take.take));
    Ok(takes)
}

/// Adds a piece; whether it was not there before.
async fn append(app: &App, stream: &Stream, seq: u32, piece: Vec<u8>) -> Result<bool, Error> {
    let appender = match app.takes.appender(stream.id) {
        Some(appender) => appender,
        None => app.store.appender(stream.id).await.map_err(refused)?,
    };
    app.takes.keep(stream.id, &appender);
    let frame = sound::Frame { seq, position: 0, body: sound::Body::Chunk(piece) };
    let pushed = match appender.push(frame) {
        Ok(pushed) => appender.flush().await.map(|_| pushed != sound::Pushed::Duplicate),
        Err(error) => Err(error),
    };
    pushed.map_err(|error| {
        app.takes.forget(stream.id);
        refused(error.into())
    })
}

/// What a browser can do about a piece that was not taken.
fn refused(error: store::Error) -> Error {
    match error {
        store::Error::Sound(sound::Error::Finished { .. } | sound::Error::Closed) => {
            let detail = "this take is finished; begin another".to_owned();
            Error::Conflict { code: "take_finished", detail }
        }
        store::Error::Sound(sound::Error::Frame { seq, problem }) => {
            Error::invalid("piece", format!("piece {seq} {problem}"))
        }
        store::Error::Sound(
            error @ (sound::Error::Behind { .. }
            | sound::Error::InUse { .. }
            | sound::Error::Io { .. }),
        ) => Error::Unavailable { code: "not_stored", detail: error.to_string() },
        error => anyhow::Error::from(error).into(),
    }
}

/// Stores that the candidate agreed to be recorded, and the take's stream.
async fn open_take(
    app: &App,
    interview: &Interview,
    take: u32,
    headers: &HeaderMap,
) -> Result<Stream, Error> {
    let id = interview.id;
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let kind = text(header::CONTENT_TYPE.as_str()).unwrap_or("video/webm");
    if !kind.starts_with("video/webm") && !kind.starts_with("video/mp4") {
        return Err(Error::invalid("video_kind", "a recording is video/webm or video/mp4"));
    }
    let start_us = time_in(headers, START_HEADER).ok_or_else(|| {
        Error::invalid("start", format!("the first piece needs the header {START_HEADER}"))
    })?;
    if camera_streams(app, id).await?.len() >= TAKES_MAX {
        let detail = format!("an interview has at most {TAKES_MAX} takes");
        return Err(Error::Conflict { code: "too_many_takes", detail });
    }
    let participants = app.store.participants(id).await.map_err(anyhow::Error::from)?;
    let candidate = participants
        .iter()
        .find(|participant| participant.role == Speaker::Candidate)
        .ok_or(Error::NotFound("candidate in this interview"))?;
    let consent = Consent {
        person: app.person,
        interview: Some(id),
        participant: Some(candidate.id),
        what: "record_camera".to_owned(),
        language: Language::default(),
        given: true,
        at: world::now(),
    };
    app.store.add_consent(&consent).await.map_err(anyhow::Error::from)?;
    let stream = Stream {
        id: new_id!(StreamId),
        interview: id,
        participant: candidate.id,
        kind: StreamKind::Camera,
        sample_rate: 0,
        codec: kind.to_owned(),
        settings: serde_json::json!({ "take": take }),
        created: world::now(),
        finished: None,
    };
    app.store.add_stream(&stream).await.map_err(anyhow::Error::from)?;
    let anchor = Anchor { position: 0, at_us: start_us, reason: AnchorReason::Start };
    app.store.add_anchor(stream.id, anchor).await.map_err(anyhow::Error::from)?;
    Ok(stream)
}

async fn camera_streams(app: &App, id: InterviewId) -> Result<Vec<Stream>, Error> {
    let mut streams = app.store.streams(id).await.map_err(anyhow::Error::from)?;
    streams.retain(|stream| stream.kind == StreamKind::Camera);
    Ok(streams)
}

async fn stream_of(app: &App, interview: &Interview, take: u32) -> Result<Option<Stream>, Error> {
    let streams = camera_streams(app, interview.id).await?;
    Ok(streams.into_iter().find(|stream| stream.settings["take"] == take))
}

/// A take as one file, or a range of it. A take that is over is compacted first.
#[utoipa::path(get, path = "/api/interviews/{id}/camera/{take}", responses((status = OK,
    description = "the recording", content_type = "video/webm")))]
pub async fn watch(
    State(app): State<Arc<App>>,
    Path((id, take)): Path<(String, u32)>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let interview = interview_in_path(&app, &id).await?;
    let stream = stream_of(&app, &interview, take)
        .await?
        .ok_or(Error::NotFound("camera recording in this interview"))?;
    let busy = stream.finished.is_none()
        && (interview.state == InterviewState::Running || app.takes.is_coming_in(stream.id));
    if busy {
        let detail = "the recording is still coming in; try again in half a minute".to_owned();
        return Err(Error::Conflict { code: "still_recording", detail });
    }
    let recording = app
        .store
        .finish_stream(stream.id, new_id!(RecordingId), world::now())
        .await
        .map_err(anyhow::Error::from)?;
    let path = app.store.recording_path(&recording);
    let mut file = tokio::fs::File::open(&path).await.map_err(anyhow::Error::from)?;
    let length = file.metadata().await.map_err(anyhow::Error::from)?.len();
    let asked = range::asked(&headers, length);
    let count = match &asked {
        Range::All => length,
        Range::Part(part) => {
            file.seek(SeekFrom::Start(part.start)).await.map_err(anyhow::Error::from)?;
            part.end - part.start
        }
        Range::Beyond => return Ok(range::beyond(length)),
    };
    let bytes = range::body(file.take(count));
    Ok(range::response(&asked, length, &recording.media_type, bytes))
}
