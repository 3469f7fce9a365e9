//! Interviews as files, out of the program and into it.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Multipart, Path, State, multipart::MultipartError},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use tokio::io::{AsyncSeekExt, AsyncWriteExt};

use super::{error::Error, interviews::interview_in_path, range};
use crate::{
    app::App,
    portable::{self, Format, page},
    wire::interview::Created,
};

/// Largest file that is taken. What it unpacks to has a bound of its own.
pub const IMPORT_BYTES_MAX: usize = 4 << 30;

/// An interview as a file; `print` is a page to be shown and printed.
#[utoipa::path(get, path = "/api/interviews/{id}/export/{format}", responses((status = OK,
    description = "the file", content_type = "application/octet-stream")))]
pub async fn export(
    State(app): State<Arc<App>>,
    Path((id, format)): Path<(String, String)>,
) -> Result<Response, Error> {
    let format = <Format as clap::ValueEnum>::from_str(&format, false).map_err(|_| {
        Error::invalid("format", "a format is json, markdown, print, vtt or greenroom")
    })?;
    let interview = interview_in_path(&app, &id).await?;
    let body = match portable::text(&app, interview.id, format).await? {
        Some(text) => Body::from(text),
        None => {
            let file = portable::whole(&app, interview.id).await?;
            range::body(tokio::fs::File::from_std(file))
        }
    };
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()))];
    if format == Format::Print {
        let policy = [(header::CONTENT_SECURITY_POLICY, page::POLICY)];
        return Ok((kind, policy, body).into_response());
    }
    let day = interview.created.strftime("%Y-%m-%d");
    let name = format!("attachment; filename=\"interview-{day}.{}\"", format.extension());
    Ok((kind, [(header::CONTENT_DISPOSITION, name)], body).into_response())
}

/// Stores the interview of a `.greenroom` file, sent as the field `file` of a form.
#[utoipa::path(post, path = "/api/import",
    request_body(content = Vec<u8>, content_type = "multipart/form-data"),
    responses((status = CREATED, body = Created)))]
pub async fn import(
    State(app): State<Arc<App>>,
    mut form: Multipart,
) -> Result<(StatusCode, Json<Created>), Error> {
    while let Some(mut field) = form.next_field().await.map_err(|error| unreadable(&error))? {
        if field.name() != Some("file") {
            continue;
        }
        let file = tempfile::tempfile_in(&app.folder).map_err(anyhow::Error::from)?;
        let mut file = tokio::fs::File::from_std(file);
        while let Some(piece) = field.chunk().await.map_err(|error| unreadable(&error))? {
            file.write_all(&piece).await.map_err(anyhow::Error::from)?;
        }
        file.rewind().await.map_err(anyhow::Error::from)?;
        let id = portable::import(&app, file.into_std().await, false).await?;
        return Ok((StatusCode::CREATED, Json(Created { id: id.to_string() })));
    }
    Err(Error::invalid("no_file", "send the .greenroom file as the field 'file' of a form"))
}

fn unreadable(error: &MultipartError) -> Error {
    Error::invalid("bad_upload", format!("the upload cannot be read: {}", error.body_text()))
}
