//! What somebody practises for.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use interview::{Goal, GoalId};

use super::{convert, error::Error, interviews::own_goal};
use crate::{
    app::{App, world},
    new_id,
    wire::goal::{Goal as WireGoal, GoalEntry},
};

/// Longest role and company, characters.
const NAME_CHARS_MAX: usize = 120;
/// Longest notes, characters.
const NOTES_CHARS_MAX: usize = 20_000;
/// Most goals of one person.
const GOALS_MAX: usize = 100;

/// All goals, the newest first.
#[utoipa::path(get, path = "/api/goals", responses((status = OK, body = Vec<WireGoal>)))]
pub async fn list(State(app): State<Arc<App>>) -> Result<Json<Vec<WireGoal>>, Error> {
    let goals = app.store.goals(app.person).await.map_err(anyhow::Error::from)?;
    let held = app.store.interviews_of(app.person).await.map_err(anyhow::Error::from)?;
    let count = |id: GoalId| {
        let of_goal = held.iter().filter(|summary| {
            summary.interview.started.is_some()
                && summary.interview.plan.goal.as_ref().is_some_and(|goal| goal.id == id)
        });
        u32::try_from(of_goal.count()).unwrap_or(u32::MAX)
    };
    Ok(Json(goals.iter().map(|goal| convert::goal(goal, count(goal.id))).collect()))
}

/// A new goal.
#[utoipa::path(post, path = "/api/goals", request_body = GoalEntry,
    responses((status = CREATED, body = WireGoal)))]
pub async fn create(
    State(app): State<Arc<App>>,
    Json(entry): Json<GoalEntry>,
) -> Result<(StatusCode, Json<WireGoal>), Error> {
    let known = app.store.goals(app.person).await.map_err(anyhow::Error::from)?;
    if known.len() >= GOALS_MAX {
        let detail = format!("there are {GOALS_MAX} goals already; delete one first");
        return Err(Error::Conflict { code: "too_many_goals", detail });
    }
    let goal = checked(&app, new_id!(GoalId), entry)?;
    app.store.save_goal(&goal, world::now()).await.map_err(anyhow::Error::from)?;
    Ok((StatusCode::CREATED, Json(convert::goal(&goal, 0))))
}

/// A changed goal. Interviews that were planned for it keep the plan they had.
#[utoipa::path(put, path = "/api/goals/{id}", request_body = GoalEntry,
    responses((status = OK, body = WireGoal)))]
pub async fn change(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Json(entry): Json<GoalEntry>,
) -> Result<Json<WireGoal>, Error> {
    let known = own_goal(&app, &id).await?;
    let goal = checked(&app, known.id, entry)?;
    app.store.save_goal(&goal, world::now()).await.map_err(anyhow::Error::from)?;
    Ok(Json(convert::goal(&goal, 0)))
}

/// Removes a goal. Interviews that were held for it stay.
#[utoipa::path(delete, path = "/api/goals/{id}", responses((status = NO_CONTENT)))]
pub async fn delete(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    let goal = own_goal(&app, &id).await?;
    app.store.delete_goal(goal.id).await.map_err(anyhow::Error::from)?;
    Ok(StatusCode::NO_CONTENT)
}

fn checked(app: &App, id: GoalId, entry: GoalEntry) -> Result<Goal, Error> {
    let role = entry.role.trim().to_owned();
    if role.is_empty() || role.chars().count() > NAME_CHARS_MAX {
        return Err(Error::invalid("role_length", "a role has 1 to 120 characters"));
    }
    let company = entry.company.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    if company.as_ref().is_some_and(|name| name.chars().count() > NAME_CHARS_MAX) {
        return Err(Error::invalid("company_length", "a company has at most 120 characters"));
    }
    if entry.notes.chars().count() > NOTES_CHARS_MAX {
        return Err(Error::invalid("notes_length", "notes have at most 20,000 characters"));
    }
    let date = match entry.date.filter(|date| !date.is_empty()) {
        Some(date) => Some(
            date.parse().map_err(|_| Error::invalid("date", "a date is written as 2026-12-01"))?,
        ),
        None => None,
    };
    let mut focus: Vec<_> = entry.focus.into_iter().map(convert::competency_from).collect();
    focus.sort_unstable();
    focus.dedup();
    Ok(Goal {
        id,
        person: app.person,
        role,
        seniority: convert::seniority_from(entry.seniority),
        company,
        date,
        focus,
        notes: entry.notes,
    })
}
