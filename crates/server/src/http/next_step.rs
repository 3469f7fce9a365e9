//! The one thing to do next, with its reason.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use interview::{Competency, Goal};
use jiff::{civil::Date, tz::TimeZone};
use store::{Dismissal, Interview, InterviewState, InterviewSummary};

use super::{convert, error::Error, interviews, report_view};
use crate::{
    app::{App, world},
    wire::{interview::ReportState, settings::NextStep},
};

/// An interview on this many days from now or fewer is near.
const NEAR_DAYS: i32 = 14;
/// Longest name of a step that can be dismissed, characters.
const STEP_CHARS_MAX: usize = 120;

/// What to do next, or nothing when all that could be said was dismissed.
#[utoipa::path(get, path = "/api/next-step", responses((status = OK, body = Option<NextStep>)))]
pub async fn get(State(app): State<Arc<App>>) -> Result<Json<Option<NextStep>>, Error> {
    let store = &app.store;
    let held = store.interviews_of(app.person).await.map_err(anyhow::Error::from)?;
    let goals = store.goals(app.person).await.map_err(anyhow::Error::from)?;
    let dismissed = store.dismissals(app.person).await.map_err(anyhow::Error::from)?;
    let today = world::now().to_zoned(TimeZone::system()).date();
    let mut steps: Vec<NextStep> = unfinished(&held).into_iter().collect();
    steps.extend(retake(&app, &held).await?);
    steps.extend(goals.is_empty().then(set_goal));
    steps.extend(near(&goals, today));
    steps.push(least_practised(&held));
    let step =
        steps.into_iter().find(|step| !dismissed.iter().any(|dismissal| dismissal.step == step.id));
    Ok(Json(step))
}

/// Dismisses a step; another one takes its place.
#[utoipa::path(post, path = "/api/next-step/{id}/dismiss", responses((status = NO_CONTENT)))]
pub async fn dismiss(
    State(app): State<Arc<App>>,
    Path(step): Path<String>,
) -> Result<StatusCode, Error> {
    if step.is_empty() || step.chars().count() > STEP_CHARS_MAX {
        return Err(Error::NotFound("next step"));
    }
    let dismissal = Dismissal { person: app.person, step, interview: None, at: world::now() };
    app.store.dismiss(&dismissal).await.map_err(anyhow::Error::from)?;
    Ok(StatusCode::NO_CONTENT)
}

/// An interview that was left in the middle.
fn unfinished(held: &[InterviewSummary]) -> Option<NextStep> {
    let left = held.iter().map(|summary| &summary.interview).find(|interview| {
        interview.state == InterviewState::Running && interview.started.is_some()
    })?;
    Some(NextStep {
        id: format!("resume:{}", left.id),
        title: format!("Go on with your {}", left.plan.format.name.to_lowercase()),
        reason: format!("{} is still waiting where you left off.", left.plan.persona.name),
        href: format!("/room/{}", left.id),
    })
}

/// The weakest answer of the last interview, unless it was taken again.
async fn retake(app: &App, held: &[InterviewSummary]) -> Result<Option<NextStep>, Error> {
    let over = |interview: &&Interview| {
        interview.state != InterviewState::Running && interview.retake_of.is_none()
    };
    let Some(last) = held.iter().map(|summary| &summary.interview).find(over) else {
        return Ok(None);
    };
    let state = interviews::report_state(app, last).await?;
    if !matches!(state, ReportState::Ready | ReportState::Partial) {
        return Ok(None);
    }
    let Some(retake) = report_view::load(app, last.id).await?.retake else { return Ok(None) };
    let Ok(answer) = retake.answer.parse() else { return Ok(None) };
    let again = app.store.retakes_of(answer).await.map_err(anyhow::Error::from)?;
    if again.iter().any(|summary| summary.interview.started.is_some()) {
        return Ok(None);
    }
    Ok(Some(NextStep {
        id: format!("retake:{}", retake.answer),
        title: format!("Take one answer again: \u{201c}{}\u{201d}", retake.question),
        reason: retake.reason,
        href: format!("/report/{}", last.id),
    }))
}

fn set_goal() -> NextStep {
    NextStep {
        id: "set-goal".to_owned(),
        title: "Say what you practise for".to_owned(),
        reason: "With a role and a seniority, the questions are those you can expect.".to_owned(),
        href: "/goals".to_owned(),
    }
}

/// The goal whose day comes next, if it is near. Dismissed for today, it comes back tomorrow.
fn near(goals: &[Goal], today: Date) -> Option<NextStep> {
    let days_until = |goal: &Goal| {
        let days = goal.date?.since(today).ok()?.get_days();
        (0..=NEAR_DAYS).contains(&days).then_some(days)
    };
    let (days, goal) = goals
        .iter()
        .filter_map(|goal| Some((days_until(goal)?, goal)))
        .min_by_key(|(days, goal)| (*days, goal.id))?;
    let when = match days {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        days => format!("in {days} days"),
    };
    let focus: Vec<&str> = goal.focus.iter().map(|competency| competency.name()).collect();
    let on = if focus.is_empty() { String::new() } else { format!(" on {}", focus.join(" and ")) };
    Some(NextStep {
        id: format!("near:{}:{today}", goal.id),
        title: format!("Practise{on} for {}", goal.role),
        reason: format!("Your interview is {when}."),
        href: format!("/start?goal={}", goal.id),
    })
}

/// The competency that the fewest questions were answered about.
fn least_practised(held: &[InterviewSummary]) -> NextStep {
    let mut asked: BTreeMap<Competency, usize> =
        Competency::ALL.into_iter().map(|competency| (competency, 0)).collect();
    let begun = held.iter().filter(|summary| summary.interview.started.is_some());
    for item in begun.clone().flat_map(|summary| &summary.interview.plan.items) {
        *asked.entry(item.question.competency).or_default() += 1;
    }
    let (competency, times) = asked
        .into_iter()
        .min_by_key(|(competency, times)| (*times, *competency))
        .unwrap_or((Competency::Teamwork, 0));
    let wire = serde_json::to_value(convert::competency(competency)).unwrap_or_default();
    let focus = wire.as_str().unwrap_or_default();
    let reason = match (begun.count(), times) {
        (0, _) => "A first interview shows where you stand; nobody but you sees it.".to_owned(),
        (_, 0) => "You have not been asked about it yet.".to_owned(),
        (_, 1) => "You have been asked about it once, less than about the rest.".to_owned(),
        (_, times) => {
            format!("You have been asked about it {times} times, less than about the rest.")
        }
    };
    NextStep {
        id: format!("focus:{focus}:{times}"),
        title: format!("Practise an interview on {}", competency.name()),
        reason,
        href: format!("/start?focus={focus}"),
    }
}

#[cfg(test)]
mod tests {
    use interview::{GoalId, PersonId, Seniority};

    use super::*;

    fn goal(number: u8, date: Option<Date>) -> Goal {
        Goal {
            id: GoalId::new(1, [number; 10]),
            person: PersonId::new(1, [1; 10]),
            role: format!("role {number}"),
            seniority: Seniority::default(),
            company: None,
            date,
            focus: vec![Competency::Conflict],
            notes: String::new(),
        }
    }

    #[test]
    fn the_nearest_day_that_is_not_past_counts() {
        let today = jiff::civil::date(2026, 12, 1);
        let day = |day| Some(jiff::civil::date(2026, 12, day));
        let past = Some(jiff::civil::date(2026, 11, 30));
        let goals = [goal(1, day(9)), goal(2, day(2)), goal(3, past), goal(4, None)];
        let step = near(&goals, today).expect("a day is near");
        assert_eq!(step.title, "Practise on conflict for role 2");
        assert_eq!(step.reason, "Your interview is tomorrow.");
        assert!(near(&goals[2..], today).is_none());
        assert!(near(&[goal(1, day(16))], today).is_none(), "that is fifteen days away");
    }

    #[test]
    fn somebody_new_is_sent_to_a_first_interview() {
        let step = least_practised(&[]);
        assert_eq!(step.id, "focus:leadership:0");
        assert!(step.reason.contains("first interview"), "{}", step.reason);
    }
}
