//! What this installation can do, and fetching what is missing.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};

use super::{convert, error::Error};
use crate::{
    app::App,
    live::Registry,
    wire::{
        library::Library,
        status::{Live, Pull, Status},
    },
};

/// What works here right now, and what is missing.
#[utoipa::path(get, path = "/api/status", responses((status = OK, body = Status)))]
pub async fn status(State(app): State<Arc<App>>) -> Result<Json<Status>, Error> {
    let looking = Arc::clone(&app);
    let (models, data_bytes) =
        tokio::task::spawn_blocking(move || (looking.engines.states(), bytes_of(&looking.folder)))
            .await
            .map_err(anyhow::Error::from)?;
    Ok(Json(Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        abilities: app.engines.current().abilities(),
        models,
        pulling: app.engines.is_pulling(),
        data_bytes,
        live: live(&app),
    }))
}

fn live(app: &App) -> Live {
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let occupancy = Registry::occupancy(app);
    Live {
        running: count(occupancy.held),
        limit: occupancy.limit.map(count),
        waiting: count(occupancy.waiting),
        wait_minutes: occupancy.newcomer.map(|wait| wait.minutes),
    }
}

/// Bytes below a folder, the models' own folder aside; at most 10,000 entries are looked at.
fn bytes_of(folder: &std::path::Path) -> u64 {
    let mut bytes = 0;
    let mut folders = vec![folder.to_owned()];
    let mut looked_at = 0;
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            looked_at += 1;
            if looked_at > 10_000 {
                return bytes;
            }
            match entry.metadata() {
                Ok(data) if data.is_dir() && entry.file_name() != "models" => {
                    folders.push(entry.path());
                }
                Ok(data) if data.is_file() => bytes += data.len(),
                _ => {}
            }
        }
    }
    bytes
}

/// Fetches models in the background.
#[utoipa::path(post, path = "/api/models/pull", request_body = Pull,
    responses((status = ACCEPTED, description = "they are being fetched")))]
pub async fn pull(
    State(app): State<Arc<App>>,
    Json(pull): Json<Pull>,
) -> Result<StatusCode, Error> {
    app.engines
        .catalogue()
        .choose(&pull.ids)
        .map_err(|error| Error::invalid("unknown_model", error.to_string()))?;
    let fetching = Arc::clone(&app);
    tokio::task::spawn_blocking(move || {
        if let Err(error) = fetching.engines.pull(&pull.ids) {
            tracing::warn!("{error:#}");
        }
    });
    Ok(StatusCode::ACCEPTED)
}

/// Formats, interviewers and competencies.
#[utoipa::path(get, path = "/api/library", responses((status = OK, body = Library)))]
pub async fn library(State(app): State<Arc<App>>) -> Json<Library> {
    Json(convert::library(&app.bank))
}
