//! What the candidate corrects: the transcript of an answer, and what is no filler.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use interview::{Word, word};
use serde::Deserialize;
use store::{AnswerRecord, InterviewState, Strike};
use utoipa::ToSchema;

use super::{
    error::Error,
    interviews::{own_answer, own_interview},
    report_view,
};
use crate::{
    app::{App, world},
    jobs::{self, assemble, hearing::Instruments, report, score_answer},
    wire::interview::Correction,
};

/// Longest corrected transcript, characters.
const TEXT_CHARS_MAX: usize = 20_000;

/// Stores how an answer should read, and has it judged again.
#[utoipa::path(put, path = "/api/answers/{id}/transcript", request_body = Correction,
    responses((status = ACCEPTED, description = "it is judged again")))]
pub async fn correct(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Json(correction): Json<Correction>,
) -> Result<StatusCode, Error> {
    let answer = closed_answer(&app, &id).await?;
    let words = word::words_of(&correction.text);
    if words.is_empty() || correction.text.chars().count() > TEXT_CHARS_MAX {
        let detail = "a corrected transcript has 1 to 20,000 characters; \
                      to have the original back, delete the correction";
        return Err(Error::invalid("transcript_length", detail));
    }
    store_version(&app, &answer, &words).await
}

/// Goes back to the words as they were heard or typed, and has the answer judged again. Earlier
/// corrections are kept beside it.
#[utoipa::path(delete, path = "/api/answers/{id}/transcript",
    responses((status = ACCEPTED, description = "it is judged again")))]
pub async fn undo(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    let answer = closed_answer(&app, &id).await?;
    if app.store.corrections(answer.id).await.map_err(anyhow::Error::from)?.is_empty() {
        return Ok(StatusCode::ACCEPTED);
    }
    let words = assemble::words_as_given(&app.store, &answer).await?;
    store_version(&app, &answer, &words).await
}

/// An answer to which nothing is added any more.
async fn closed_answer(app: &App, id: &str) -> Result<AnswerRecord, Error> {
    let answer = own_answer(app, id).await?;
    if answer.closed_us.is_none() {
        let detail = "the answer is still being given; correct it when it is over".to_owned();
        return Err(Error::Conflict { code: "answer_open", detail });
    }
    Ok(answer)
}

async fn store_version(
    app: &App,
    answer: &AnswerRecord,
    words: &[Word],
) -> Result<StatusCode, Error> {
    app.store
        .add_correction(answer.id, answer.participant, &answer.language, words, world::now())
        .await
        .map_err(anyhow::Error::from)?;
    let interview = own_interview(app, answer.interview).await?;
    jobs::judge_again(app, &interview, &[answer.id]).await.map_err(anyhow::Error::from)?;
    Ok(StatusCode::ACCEPTED)
}

/// Whether a filler is struck out.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Struck {
    /// `true` when what was found is no filler, `false` to put it back.
    struck: bool,
}

/// Notes that the nth possible filler of an answer's report is none, or puts it back, and judges the
/// answer again at once: the report that is fetched next counts without it.
#[utoipa::path(post, path = "/api/answers/{id}/fillers/{index}/strike", request_body = Struck,
    responses((status = NO_CONTENT)))]
pub async fn strike(
    State(app): State<Arc<App>>,
    Path((id, index)): Path<(String, usize)>,
    Json(Struck { struck }): Json<Struck>,
) -> Result<StatusCode, Error> {
    let answer = own_answer(&app, &id).await?;
    let judged = report_view::judged(&app, &answer).await?;
    let filler = judged
        .as_ref()
        .and_then(|judged| judged.report.fillers.get(index))
        .ok_or(Error::NotFound("filler in this answer"))?;
    let strike = Strike {
        answer: answer.id,
        participant: answer.participant,
        text: filler.text.clone(),
        span: filler.span,
        word: filler.range.and_then(|range| u32::try_from(range.first).ok()),
        struck,
        created: world::now(),
    };
    app.store.add_strike(&strike).await.map_err(anyhow::Error::from)?;
    let instruments = Instruments::of(&app.engines.current());
    score_answer::judge_known(&app.store, &instruments, answer.id).await?;
    let interview = own_interview(&app, answer.interview).await?;
    if interview.state != InterviewState::Running {
        report::keep(&app.store, &instruments, &interview).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
