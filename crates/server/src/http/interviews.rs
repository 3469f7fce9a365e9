//! Plans, interviews, retakes, ratings.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use conversation::{make_plan, single_question_plan};
use interview::{
    AnswerId, FormatId, Goal, GoalId, Hints, InterviewId, Mode, ParticipantId, PersonaId, Plan,
    QuestionId, Speaker,
};
use store::{InterviewState as Stored, Participant, Rating, RatingOf};

use super::{camera, convert, error::Error};
use crate::{
    app::{App, world},
    jobs::assemble,
    live::view,
    new_id,
    wire::interview::{
        AnswerSummary, Created, Interview, InterviewState, InterviewSummary, Plan as WirePlan,
        Ratings, ReportState, RetakeOf, Wishes,
    },
};

/// Questions asked in this many recent interviews are avoided.
const RECENT_INTERVIEWS: usize = 6;

/// A plan, without starting it.
#[utoipa::path(post, path = "/api/plans", request_body = Wishes,
    responses((status = OK, body = WirePlan)))]
pub async fn preview(
    State(app): State<Arc<App>>,
    Json(wishes): Json<Wishes>,
) -> Result<Json<WirePlan>, Error> {
    let (plan, seed) = planned(&app, wishes).await?;
    Ok(Json(convert::plan(&plan, seed)))
}

/// A new interview.
#[utoipa::path(post, path = "/api/interviews", request_body = Wishes,
    responses((status = CREATED, body = Created)))]
pub async fn create(
    State(app): State<Arc<App>>,
    Json(wishes): Json<Wishes>,
) -> Result<(StatusCode, Json<Created>), Error> {
    let (plan, seed) = planned(&app, wishes).await?;
    let id = store_interview(&app, plan, seed, None).await?;
    Ok((StatusCode::CREATED, Json(Created { id: id.to_string() })))
}

async fn planned(app: &App, wishes: Wishes) -> Result<(Plan, u64), Error> {
    let goal = match &wishes.goal {
        Some(id) => Some(own_goal(app, id).await?),
        None => None,
    };
    let seed = match wishes.seed {
        Some(seed) => u64::from(seed),
        None => u64::from(u32::from_le_bytes(world::random())),
    };
    let inner = conversation::plan::Wishes {
        format: wishes.format.map(FormatId),
        persona: wishes.persona.map(PersonaId),
        goal,
        seniority: wishes.seniority.map(convert::seniority_from),
        focus: wishes.focus.into_iter().map(convert::competency_from).collect(),
        count: wishes.questions,
        hints: if wishes.live_hints { Hints::Live } else { Hints::Exam },
        camera: wishes.camera,
        avoid: recent_questions(app).await?,
    };
    let plan = make_plan(&app.bank, inner, seed)
        .map_err(|error| Error::invalid("no_plan", error.to_string()))?;
    Ok((plan, seed))
}

/// The goal with this id, if it is this person's.
pub async fn own_goal(app: &App, id: &str) -> Result<Goal, Error> {
    let id: GoalId = id.parse().map_err(|_| Error::NotFound("goal"))?;
    match app.store.goal(id).await {
        Ok(goal) if goal.person == app.person => Ok(goal),
        Ok(_) | Err(store::Error::NotFound { .. }) => Err(Error::NotFound("goal")),
        Err(error) => Err(anyhow::Error::from(error).into()),
    }
}

/// Questions of recent interviews, the latest last.
async fn recent_questions(app: &App) -> Result<Vec<QuestionId>, Error> {
    let interviews = app.store.interviews_of(app.person).await.map_err(anyhow::Error::from)?;
    let mut questions: Vec<QuestionId> = interviews
        .iter()
        .filter(|summary| summary.interview.started.is_some())
        .take(RECENT_INTERVIEWS)
        .flat_map(|summary| summary.interview.plan.items.iter().rev())
        .map(|item| item.question.id.clone())
        .collect();
    questions.reverse();
    Ok(questions)
}

async fn store_interview(
    app: &App,
    plan: Plan,
    seed: u64,
    retake_of: Option<AnswerId>,
) -> Result<InterviewId, Error> {
    let id = new_id!(InterviewId);
    let participants = [
        Participant {
            id: new_id!(ParticipantId),
            interview: id,
            role: Speaker::Candidate,
            name: "You".to_owned(),
            person: Some(app.person),
            persona: None,
        },
        Participant {
            id: new_id!(ParticipantId),
            interview: id,
            role: Speaker::Interviewer,
            name: plan.persona.name.clone(),
            person: None,
            persona: Some(plan.persona.id.clone()),
        },
    ];
    let interview = store::Interview {
        id,
        person: app.person,
        retake_of,
        plan,
        seed,
        state: Stored::Running,
        created: world::now(),
        started: None,
        ended: None,
    };
    app.store.add_interview(&interview, &participants).await.map_err(anyhow::Error::from)?;
    prepare_first_lines(app, &interview);
    Ok(id)
}

/// Speaks this plan's first lines into the cache before anybody is in the room.
fn prepare_first_lines(app: &App, interview: &store::Interview) {
    use crate::live::speak::{Line, Urgency};
    let Some(speaker) = app.engines.current().speaker.clone() else { return };
    let conversation = conversation::Conversation::new(interview.plan.clone(), interview.seed);
    for (index, text) in conversation.lines_ahead().into_iter().enumerate() {
        let urgency = if index == 0 { Urgency::Next } else { Urgency::Likely };
        let style = interview.plan.persona.voice.clone();
        speaker.prepare(urgency, Line { text, style, private_to: None });
    }
}

/// An answer again, at once: an interview of one question.
#[utoipa::path(post, path = "/api/answers/{id}/retake", responses((status = CREATED, body = Created)))]
pub async fn retake(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<Created>), Error> {
    let answer = own_answer(&app, &id).await?;
    let interview = own_interview(&app, answer.interview).await?;
    let plan =
        answer.item.and_then(|item| single_question_plan(&interview.plan, item)).ok_or_else(
            || Error::invalid("unscored", "only an answer to a question can be taken again"),
        )?;
    let first = interview.retake_of.unwrap_or(answer.id);
    let seed = u64::from(u32::from_le_bytes(world::random()));
    let id = store_interview(&app, plan, seed, Some(first)).await?;
    Ok((StatusCode::CREATED, Json(Created { id: id.to_string() })))
}

/// The interview with this id, if it is this person's.
pub async fn own_interview(app: &App, id: InterviewId) -> Result<store::Interview, Error> {
    match app.store.interview(id).await {
        Ok(interview) if interview.person == app.person => Ok(interview),
        Ok(_) | Err(store::Error::NotFound { .. }) => Err(Error::NotFound("interview")),
        Err(error) => Err(anyhow::Error::from(error).into()),
    }
}

/// As [`own_interview`], for an id in a path.
pub async fn interview_in_path(app: &App, id: &str) -> Result<store::Interview, Error> {
    own_interview(app, id.parse().map_err(|_| Error::NotFound("interview"))?).await
}

/// The answer with this id, if it is this person's.
pub async fn own_answer(app: &App, id: &str) -> Result<store::AnswerRecord, Error> {
    let id: AnswerId = id.parse().map_err(|_| Error::NotFound("answer"))?;
    match app.store.answer(id).await {
        Ok(answer) => {
            own_interview(app, answer.interview).await.map_err(|_| Error::NotFound("answer"))?;
            Ok(answer)
        }
        Err(store::Error::NotFound { .. }) => Err(Error::NotFound("answer")),
        Err(error) => Err(anyhow::Error::from(error).into()),
    }
}

/// All interviews, the newest first.
#[utoipa::path(get, path = "/api/interviews", responses((status = OK, body = Vec<InterviewSummary>)))]
pub async fn list(State(app): State<Arc<App>>) -> Result<Json<Vec<InterviewSummary>>, Error> {
    let all = app.store.interviews_of(app.person).await.map_err(anyhow::Error::from)?;
    let mut summaries = Vec::with_capacity(all.len());
    for one in all {
        summaries.push(summary(&app, &one.interview).await?);
    }
    Ok(Json(summaries))
}

/// One interview in detail.
#[utoipa::path(get, path = "/api/interviews/{id}", responses((status = OK, body = Interview)))]
pub async fn detail(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<Interview>, Error> {
    let interview = interview_in_path(&app, &id).await?;
    let id = interview.id;
    let store = &app.store;
    let turns = assemble::log_as_heard(store, id).await?;
    let answers = store.answers(id).await.map_err(anyhow::Error::from)?;
    let streams = store.streams(id).await.map_err(anyhow::Error::from)?;
    let has = |kind| streams.iter().any(|stream| stream.kind == kind);
    let gain_control = streams.iter().any(|stream| {
        stream.settings.pointer("/applied/autoGainControl") == Some(&serde_json::Value::Bool(true))
    });
    let mut notes = Vec::new();
    if gain_control {
        notes.push("the browser's gain control was on, so loudness is not measured".to_owned());
    }
    let words = |answer: AnswerId| -> usize {
        turns.iter().filter(|turn| turn.answer == Some(answer)).map(|turn| turn.words.len()).sum()
    };
    Ok(Json(Interview {
        summary: summary(&app, &interview).await?,
        plan: convert::plan(&interview.plan, interview.seed),
        answers: answers
            .iter()
            .map(|answer| AnswerSummary {
                id: answer.id.to_string(),
                item: answer.item,
                attempt: answer.attempt,
                question: answer.question.text.clone(),
                spoken: answer.mode == Mode::Spoken,
                words: u32::try_from(words(answer.id)).unwrap_or(u32::MAX),
                seconds: answer
                    .closed_us
                    .map_or(0.0, |closed_us| (closed_us - answer.opened_us) as f64 / 1e6),
            })
            .collect(),
        turns: turns
            .iter()
            .filter(|turn| !turn.text.is_empty())
            .map(|turn| view::turn(turn, &interview.plan.persona.name))
            .collect(),
        has_sound: has(store::StreamKind::Microphone),
        has_video: has(store::StreamKind::Camera),
        takes: camera::takes(&app, &streams).await?,
        ratings: ratings_of(&app, id).await?,
        notes,
    }))
}

/// An interview for a list.
pub async fn summary(app: &App, interview: &store::Interview) -> Result<InterviewSummary, Error> {
    let answers = app.store.answers(interview.id).await.map_err(anyhow::Error::from)?;
    let mut items: Vec<u32> =
        answers.iter().filter(|a| a.closed_us.is_some()).filter_map(|a| a.item).collect();
    items.sort_unstable();
    items.dedup();
    let retake_of = match interview.retake_of {
        Some(first) => app.store.answer(first).await.ok().map(|answer| RetakeOf {
            interview: answer.interview.to_string(),
            answer: answer.id.to_string(),
            question: answer.question.text,
        }),
        None => None,
    };
    let begun = interview.started.zip(interview.ended);
    Ok(InterviewSummary {
        id: interview.id.to_string(),
        created_at: interview.created.to_string(),
        ended_at: interview.ended.map(|at| at.to_string()),
        state: match (interview.state, interview.started) {
            (Stored::Running, None) => InterviewState::Ready,
            (Stored::Running, Some(_)) => InterviewState::Running,
            (Stored::Ended | Stored::Aborted, _) => InterviewState::Ended,
        },
        format: interview.plan.format.name.clone(),
        persona: interview.plan.persona.name.clone(),
        role: interview.plan.goal.as_ref().map(|goal| goal.role.clone()),
        answered: u32::try_from(items.len()).unwrap_or(u32::MAX),
        asked: u32::try_from(interview.plan.items.len()).unwrap_or(u32::MAX),
        retake_of,
        report: report_state(app, interview).await?,
        seconds: begun
            .map_or(0, |(from, to)| u32::try_from(to.as_second() - from.as_second()).unwrap_or(0)),
    })
}

/// Where the report of an interview stands.
pub async fn report_state(app: &App, interview: &store::Interview) -> Result<ReportState, Error> {
    if interview.state == Stored::Running {
        return Ok(ReportState::NotYet);
    }
    super::report_view::state(app, interview).await
}

/// Deletes an interview for good: rows, recordings, spoken lines made of its words.
#[utoipa::path(delete, path = "/api/interviews/{id}", responses((status = NO_CONTENT)))]
pub async fn delete(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    let interview = interview_in_path(&app, &id).await?;
    app.live.close(interview.id).await;
    if let Some(speaker) = &app.engines.current().speaker {
        speaker.drop_lines_of(interview.id);
    }
    app.store.delete_interview(interview.id).await.map_err(anyhow::Error::from)?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the candidate says of it.
#[utoipa::path(put, path = "/api/interviews/{id}/ratings", request_body = Ratings,
    responses((status = OK, body = Ratings)))]
pub async fn rate(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Json(ratings): Json<Ratings>,
) -> Result<Json<Ratings>, Error> {
    let interview = interview_in_path(&app, &id).await?;
    let participants = app.store.participants(interview.id).await.map_err(anyhow::Error::from)?;
    let candidate = participants
        .iter()
        .find(|participant| participant.role == Speaker::Candidate)
        .ok_or(Error::NotFound("candidate in this interview"))?;
    for (of, value) in rated(&ratings) {
        let Some(value) = value else { continue };
        if value > store::RATING_MAX {
            return Err(Error::invalid("rating_range", "a rating is a whole number from 0 to 10"));
        }
        let rating = Rating {
            interview: interview.id,
            participant: candidate.id,
            answer: None,
            of,
            value,
            created: world::now(),
        };
        app.store.add_rating(&rating).await.map_err(anyhow::Error::from)?;
    }
    Ok(Json(ratings_of(&app, interview.id).await?))
}

fn rated(ratings: &Ratings) -> [(RatingOf, Option<u8>); 5] {
    [
        (RatingOf::Before, ratings.nerves_before),
        (RatingOf::Peak, ratings.nerves_peak),
        (RatingOf::After, ratings.nerves_after),
        (RatingOf::Confidence, ratings.confidence),
        (RatingOf::Performance, ratings.went),
    ]
}

/// The latest ratings of an interview.
pub async fn ratings_of(app: &App, interview: InterviewId) -> Result<Ratings, Error> {
    let mut ratings = Ratings::default();
    for rating in app.store.ratings(interview).await.map_err(anyhow::Error::from)? {
        let place = match rating.of {
            RatingOf::Before => &mut ratings.nerves_before,
            RatingOf::Peak => &mut ratings.nerves_peak,
            RatingOf::After => &mut ratings.nerves_after,
            RatingOf::Confidence => &mut ratings.confidence,
            RatingOf::Performance => &mut ratings.went,
        };
        *place = Some(rating.value);
    }
    Ok(ratings)
}
