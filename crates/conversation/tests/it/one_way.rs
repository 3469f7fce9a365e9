//! One-way interviews.

use conversation::{
    Action, AnswerRef, CloseReason, EndReason, FloorView, Input, LineKind, Part, Phase,
};

use crate::room::{Room, SECOND, one_way_plan};

/// A room in which the first scored question is being prepared for.
fn preparing() -> Room {
    let mut room = Room::started(one_way_plan(2));
    assert_eq!(room.conversation.view().phase, Phase::WarmUp);
    assert_eq!(room.floor(), FloorView::Candidate, "the warm-up has no preparation");
    room.input(Input::DonePressed);
    room.until_candidate();
    assert_eq!(room.floor(), FloorView::Preparing);
    room
}

#[test]
fn preparation_ends_by_itself_or_by_key() {
    let mut room = preparing();
    let until_us = room.conversation.view().until_us.expect("an end of the preparation");
    let preparation_us = i64::from(room.conversation.plan().format.preparation_s) * SECOND;
    assert_eq!(until_us - room.now_us, preparation_us);
    room.pass_until(until_us);
    assert_eq!(room.floor(), FloorView::Candidate);

    let mut room = preparing();
    room.pass(5_000);
    room.input(Input::StartAnswer);
    assert_eq!(room.floor(), FloorView::Candidate);
    let answer = AnswerRef { part: Part::Item(0), attempt: 1 };
    assert_eq!(room.conversation.view().answer, Some(answer));
}

#[test]
fn silence_ends_no_recorded_answer_and_the_limit_does() {
    let mut room = preparing();
    room.input(Input::StartAnswer);
    room.say("In May last year I renewed a certificate.");
    assert_eq!(room.quiet(30_000, Some(0.99)), None);
    let limit_s = i64::from(room.conversation.plan().format.answer_limit_s);
    room.pass((limit_s - 20) * 1_000);
    assert_eq!(room.floor(), FloorView::Reviewing);
}

#[test]
fn an_answer_may_be_taken_again_as_often_as_the_format_says() {
    let mut room = preparing();
    room.input(Input::StartAnswer);
    room.say("A first try.");
    room.input(Input::DonePressed);
    assert_eq!(room.floor(), FloorView::Reviewing);
    assert_eq!(room.conversation.view().retakes_left, 1);
    room.input(Input::Retake);
    assert_eq!(room.floor(), FloorView::Candidate);
    room.say("A second try.");
    room.input(Input::DonePressed);
    // No take is left: the next question follows.
    assert_eq!(room.floor(), FloorView::Interviewer);
    room.until_candidate();
    let part = Part::Item(0);
    let closed = room.closed_answers();
    assert!(closed.contains(&(AnswerRef { part, attempt: 1 }, CloseReason::Retaken)));
    assert!(closed.contains(&(AnswerRef { part, attempt: 2 }, CloseReason::Answered)));
}

#[test]
fn a_review_goes_on_by_key_or_by_itself() {
    for by_key in [true, false] {
        let mut room = preparing();
        room.input(Input::StartAnswer);
        room.say("An answer.");
        room.input(Input::DonePressed);
        if by_key {
            room.input(Input::DonePressed);
        } else {
            room.pass(61_000);
        }
        room.until_candidate();
        assert_eq!(room.conversation.view().item, Some(1));
    }
}

#[test]
fn a_typed_answer_is_an_answer_here_too() {
    let mut room = preparing();
    room.type_text("In May last year I renewed a certificate.");
    assert_eq!(room.floor(), FloorView::Reviewing);
    let typed = room.log.iter().any(|(_, action)| {
        matches!(action, Action::CloseTurn { typed: Some(_), answer: Some(answer), .. }
            if answer.part == Part::Item(0))
    });
    assert!(typed);
}

#[test]
fn nobody_probes_prompts_or_asks_for_questions() {
    let mut room = Room::started(one_way_plan(2));
    assert_eq!(room.sit_out(), Some(EndReason::Completed));
    let lines: Vec<LineKind> = room.said().iter().map(|said| said.line).collect();
    for line in
        [LineKind::Probe, LineKind::Encourage, LineKind::OfferRepeat, LineKind::InviteQuestions]
    {
        assert!(!lines.contains(&line), "{line:?}");
    }
    assert_eq!(lines.iter().filter(|line| **line == LineKind::Question).count(), 2);
}
