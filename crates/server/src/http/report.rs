//! Reports, and two attempts side by side.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};

use super::{error::Error, interviews::own_answer, report_view};
use crate::{
    app::App,
    wire::report::{Comparison, Report},
};

/// The report of an interview as far as it is made.
#[utoipa::path(get, path = "/api/interviews/{id}/report", responses((status = OK, body = Report)))]
pub async fn report(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<Report>, Error> {
    let id = id.parse().map_err(|_| Error::NotFound("interview"))?;
    Ok(Json(report_view::load(&app, id).await?))
}

/// An earlier answer beside a later one to the same question.
#[utoipa::path(get, path = "/api/answers/{id}/compare/{other}",
    responses((status = OK, body = Comparison)))]
pub async fn compare(
    State(app): State<Arc<App>>,
    Path((id, other)): Path<(String, String)>,
) -> Result<Json<Comparison>, Error> {
    let (before, after) = (own_answer(&app, &id).await?, own_answer(&app, &other).await?);
    if before.question.id != after.question.id || before.item.is_none() || after.item.is_none() {
        let detail = "only answers to the same question can be compared";
        return Err(Error::invalid("other_question", detail));
    }
    let before = report_view::judged(&app, &before).await?;
    let after = report_view::judged(&app, &after).await?;
    match (before, after) {
        (Some(before), Some(after)) => Ok(Json(report_view::comparison(&before, &after))),
        _ => Err(Error::Conflict {
            code: "not_judged",
            detail: "an answer is still being judged; try again in a few seconds".to_owned(),
        }),
    }
}
