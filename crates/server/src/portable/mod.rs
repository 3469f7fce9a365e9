//! Interviews as files to take elsewhere: for programs (JSON), for reading (Markdown, a page for
//! printing), for players (WebVTT), and whole (`.greenroom`), to be brought back.

mod archive;
mod letter;
mod markdown;
pub mod page;
mod vtt;

use std::{fs::File, io::Seek, sync::Arc};

use axum::{
    Json,
    extract::{Path, State},
};
use interview::{InterviewId, RecordingId};
use serde::{Deserialize, Serialize};
use store::{InterviewArchive, InterviewState};
use tempfile::{tempdir_in, tempfile_in};
use utoipa::ToSchema;

pub use archive::{Problem, UNPACKED_BYTES_MAX};

use crate::{
    app::{App, world},
    http::{error::Error, interviews, report_view},
    jobs, new_id,
    wire::{interview::Interview, report::Report},
};

/// The version of the JSON that is exported.
const JSON_VERSION: u32 = 1;

/// How an interview is written to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Everything that is shown, for programs.
    Json,
    /// The report and the transcript, for reading.
    Markdown,
    /// The same as a page for printing, without scripts.
    Print,
    /// The transcript as captions with the time of each word.
    Vtt,
    /// Everything that is stored, recordings included; `greenroom import` reads it.
    Greenroom,
}

impl Format {
    /// How a file of this format ends.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Markdown => "md",
            Self::Print => "html",
            Self::Vtt => "vtt",
            Self::Greenroom => "greenroom",
        }
    }

    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Print => "text/html; charset=utf-8",
            Self::Vtt => "text/vtt; charset=utf-8",
            Self::Greenroom => "application/zip",
        }
    }
}

/// An interview with its report, as JSON is exported.
#[derive(Debug, Serialize)]
pub struct Shown {
    /// The version of this format.
    pub version: u32,
    /// The interview: its plan, its turn log, its answers.
    pub interview: Interview,
    /// The report.
    pub report: Report,
}

/// Everything that is shown of an interview.
///
/// # Errors
/// When there is no such interview of this person, or the store cannot be read.
pub async fn shown(app: &Arc<App>, id: InterviewId) -> Result<Shown, Error> {
    let detail = interviews::detail(State(Arc::clone(app)), Path(id.to_string()));
    let Json(interview) = detail.await?;
    let report = report_view::load(app, id).await?;
    Ok(Shown { version: JSON_VERSION, interview, report })
}

/// An interview as text; `None` for [`Format::Greenroom`], which is none.
///
/// # Errors
/// As [`shown`].
pub async fn text(
    app: &Arc<App>,
    id: InterviewId,
    format: Format,
) -> Result<Option<String>, Error> {
    if format == Format::Greenroom {
        return Ok(None);
    }
    let shown = shown(app, id).await?;
    Ok(Some(match format {
        Format::Json => serde_json::to_string_pretty(&shown).map_err(anyhow::Error::from)?,
        Format::Markdown => markdown::write(&letter::write(&shown)),
        Format::Print => page::write(&letter::title(&shown), &letter::write(&shown)),
        Format::Vtt | Format::Greenroom => vtt::write(&shown),
    }))
}

/// Everything that is stored of an interview, in a file without a name that stands at its begin.
///
/// # Errors
/// When there is no such interview of this person, it goes on, or something cannot be read or
/// written.
pub async fn whole(app: &App, id: InterviewId) -> Result<File, Error> {
    let interview = interviews::own_interview(app, id).await?;
    if interview.state == InterviewState::Running {
        return Err(Error::Conflict {
            code: "interview_running",
            detail: "the interview is not over; end it, then export it".to_owned(),
        });
    }
    for stream in app.store.streams(id).await.map_err(anyhow::Error::from)? {
        if stream.finished.is_none() {
            app.store
                .finish_stream(stream.id, new_id!(RecordingId), world::now())
                .await
                .map_err(anyhow::Error::from)?;
        }
    }
    let (archive, files) = app.store.export_interview(id).await.map_err(anyhow::Error::from)?;
    let folder = app.folder.clone();
    let written = tokio::task::spawn_blocking(move || -> anyhow::Result<File> {
        let mut file = tempfile_in(folder)?;
        archive::write(&archive, &files, &mut file)?;
        file.rewind()?;
        Ok(file)
    });
    Ok(written.await.map_err(anyhow::Error::from)??)
}

/// Stores the interview that a `.greenroom` file holds, and has it judged if this version has not
/// done so, or if `judge_again`. An interview that is here already gets a second copy.
///
/// # Errors
/// When the file is not whole, holds what it should not, or is larger than can be taken.
pub async fn import(app: &App, file: File, judge_again: bool) -> Result<InterviewId, Error> {
    let folder = tempdir_in(&app.folder).map_err(anyhow::Error::from)?;
    let place = folder.path().to_owned();
    let read = tokio::task::spawn_blocking(move || archive::read(file, &place));
    let mut archive = read.await.map_err(anyhow::Error::from)?.map_err(Error::from)?;
    let mut stored = app.store.import_interview(&archive, folder.path(), app.person).await;
    if matches!(stored, Err(store::Error::Conflict { .. })) {
        let fresh = archive.with_fresh_ids(|| new_id!(InterviewId).uuid());
        archive = fresh.map_err(refused)?;
        stored = app.store.import_interview(&archive, folder.path(), app.person).await;
    }
    stored.map_err(refused)?;
    let id = archive.interview.id;
    if judge_again || !is_judged(&archive) {
        let interview = interviews::own_interview(app, id).await?;
        let closed: Vec<_> = archive
            .answers
            .iter()
            .filter(|answer| answer.closed_us.is_some())
            .map(|answer| answer.id)
            .collect();
        jobs::judge_again(app, &interview, &closed).await.map_err(anyhow::Error::from)?;
    }
    Ok(id)
}

/// Whether the archive holds a report of this version's.
fn is_judged(archive: &InterviewArchive) -> bool {
    let mut reports = archive.derived.iter().filter(|row| row.kind == jobs::REPORT);
    reports.any(|row| row.body["version"] == analysis::VERSION)
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Storage(source) => anyhow::Error::from(source).into(),
            problem => Self::invalid("bad_archive", problem.to_string()),
        }
    }
}

/// Why the store did not take an archive: mostly something in the file.
fn refused(error: store::Error) -> Error {
    match error {
        store::Error::Archive { .. }
        | store::Error::Dangling { .. }
        | store::Error::Conflict { .. }
        | store::Error::OutOfRange { .. } => Error::invalid("bad_archive", error.to_string()),
        store::Error::Sound(_) => {
            Error::invalid("bad_archive", "a recording in the file is not whole; export it again")
        }
        store::Error::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
            Error::invalid("bad_archive", "a recording is missing in the file; export it again")
        }
        error => anyhow::Error::from(error).into(),
    }
}
