//! What the page shows, made from the conversation's own view.

use std::time::Duration;

use conversation::{FloorView, LineKind, Part, plan::minutes_of};
use interview::{Mode, Plan, Speaker, Turn};

use crate::wire::{
    interview::{Speaker as WireSpeaker, Turn as WireTurn},
    live::{Floor, Phase, View},
};

/// A turn as it goes over the wire; `interviewer` is the name of the other side.
#[must_use]
pub fn turn(turn: &Turn, interviewer: &str) -> WireTurn {
    let (speaker, name) = match turn.speaker {
        Speaker::Interviewer => (WireSpeaker::Interviewer, interviewer.to_owned()),
        Speaker::Candidate => (WireSpeaker::Candidate, "You".to_owned()),
    };
    WireTurn {
        id: turn.id.to_string(),
        index: turn.index,
        speaker,
        name,
        text: turn.text.clone(),
        start_us: turn.span.map(|span| span.start_us),
        end_us: turn.span.map(|span| span.end_us),
        spoken: turn.mode == Mode::Spoken,
        unscored: turn.unscored,
        answer: turn.answer.map(|id| id.to_string()),
    }
}

/// The view as it goes over the wire.
pub fn view(view: &conversation::View, paused: bool, now_us: i64) -> View {
    let on_floor = matches!(view.floor, FloorView::Candidate) && view.answer.is_some();
    View {
        phase: phase(view, paused),
        item: view.item,
        items: view.count,
        number: view.number,
        question: view.question.clone(),
        probe: view.probe.clone(),
        floor: floor(view.floor),
        answer_since_us: on_floor
            .then(|| now_us - i64::try_from(view.answer_ms).unwrap_or(0) * 1_000),
        answer_ms: view.answer_ms,
        answer_nudge_s: seconds(view.nudge_ms),
        answer_limit_s: seconds(view.limit_ms),
        until_us: view.until_us,
        retakes_left: view.retakes_left,
        push_to_talk: view.push_to_talk,
    }
}

/// How long the interview is still planned to take.
pub fn planned_rest(plan: &Plan, view: &conversation::View) -> Duration {
    use conversation::Phase;
    let minute = Duration::from_secs(60);
    let whole = minute * minutes_of(plan);
    match view.phase {
        Phase::Ready | Phase::WarmUp => whole,
        Phase::Questions => {
            let asked = view.number.unwrap_or(1).clamp(1, view.count.max(1));
            whole * (view.count.max(1) - asked + 1) / view.count.max(1)
        }
        Phase::CandidateQuestions => 2 * minute,
        Phase::Closing | Phase::Ended => minute,
    }
}

fn seconds(ms: u64) -> u32 {
    u32::try_from(ms / 1000).unwrap_or(u32::MAX)
}

fn phase(view: &conversation::View, paused: bool) -> Phase {
    use conversation::Phase as Inner;
    if paused && view.phase != Inner::Ended {
        return Phase::Paused;
    }
    match (view.phase, view.floor) {
        (Inner::Ready, FloorView::Nobody | FloorView::Away) => Phase::Waiting,
        (Inner::Ready, _) => Phase::Greeting,
        (Inner::Ended, _) => Phase::Ended,
        (_, FloorView::Preparing) => Phase::Preparing,
        (_, FloorView::Reviewing) => Phase::Reviewing,
        (Inner::WarmUp, FloorView::Interviewer) if view.answer.is_none() => Phase::Greeting,
        (Inner::WarmUp, _) => Phase::WarmUp,
        (Inner::Questions, _) => Phase::Question,
        (Inner::CandidateQuestions, _) => Phase::CandidateQuestions,
        (Inner::Closing, _) => Phase::Closing,
    }
}

fn floor(floor: FloorView) -> Floor {
    match floor {
        FloorView::Interviewer => Floor::Interviewer,
        FloorView::Candidate | FloorView::Reviewing => Floor::Candidate,
        FloorView::Thinking => Floor::Thinking,
        FloorView::Nobody | FloorView::Preparing | FloorView::Away => Floor::Nobody,
    }
}

/// The stable name of a kind of line.
pub fn line_name(line: LineKind) -> String {
    serde_json::to_value(line)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// Which question of the plan a part is, if any.
pub fn item_of(part: Part) -> Option<u32> {
    match part {
        Part::Item(item) => Some(item),
        Part::WarmUp | Part::CandidateQuestions => None,
    }
}
