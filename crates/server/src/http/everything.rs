//! Deleting all that is a person's.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use super::error::Error;
use crate::app::{App, world};

/// What must be said.
const CONFIRMATION: &str = "delete everything";

/// That it is really meant.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Confirmation {
    /// "delete everything".
    confirm: String,
}

/// Deletes all interviews, recordings, goals and settings for good. Models stay.
#[utoipa::path(delete, path = "/api/everything", request_body = Confirmation,
    responses((status = NO_CONTENT)))]
pub async fn delete(
    State(app): State<Arc<App>>,
    Json(Confirmation { confirm }): Json<Confirmation>,
) -> Result<StatusCode, Error> {
    if confirm != CONFIRMATION {
        let detail =
            format!("to delete everything for good, send {{\"confirm\": \"{CONFIRMATION}\"}}");
        return Err(Error::invalid("not_confirmed", detail));
    }
    let held = app.store.interviews_of(app.person).await.map_err(anyhow::Error::from)?;
    for summary in held {
        app.live.close(summary.interview.id).await;
        if let Some(speaker) = &app.engines.current().speaker {
            speaker.drop_lines_of(summary.interview.id);
        }
    }
    app.store.delete_everything(app.person).await.map_err(anyhow::Error::from)?;
    app.store.local_person(app.person, world::now()).await.map_err(anyhow::Error::from)?;
    Ok(StatusCode::NO_CONTENT)
}
