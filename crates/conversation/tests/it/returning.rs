//! The line is gone for longer and comes back: whoever talks on is not talked over, and no word is lost.

use conversation::{Action, AnswerRef, FloorView, Input, LineKind, Part};
use interview::Us;

use crate::room::{MS, Room, SECOND, plan};

const FIRST: AnswerRef = AnswerRef { part: Part::Item(0), attempt: 1 };

/// The spans of the closed turns of the first answer.
fn turns_of_first(room: &Room) -> Vec<(Us, Us)> {
    room.log
        .iter()
        .filter_map(|(_, action)| match action {
            Action::CloseTurn { answer, from_us, to_us, aside: false, .. } => {
                (*answer == Some(FIRST)).then_some((*from_us, *to_us))
            }
            _ => None,
        })
        .collect()
}

/// A room whose line was lost for 12 s while the candidate talks; the time at which it was lost.
fn cut_in_mid_word() -> (Room, Us) {
    let mut room = Room::at_first_question(plan(2));
    room.input(Input::SpeechBegan { at_us: room.now_us, echo_likelihood: None });
    room.pass(3_000);
    room.input(Input::Words { text: "We had an outage in May".to_owned(), accurate: false });
    let lost_us = room.now_us;
    room.input(Input::Disconnected);
    room.now_us += 12 * SECOND;
    room.input(Input::Reconnected { gap_us: 12 * SECOND });
    (room, lost_us)
}

/// The candidate's voice as it comes in late: it sounds since `since_us`.
fn voice(room: &mut Room, since_us: Us) {
    room.input(Input::SpeechBegan { at_us: since_us, echo_likelihood: None });
}

#[test]
fn whoever_talks_on_is_not_talked_over_and_keeps_the_turn() {
    let (mut room, lost_us) = cut_in_mid_word();
    let from = room.log.len();
    voice(&mut room, lost_us);
    room.pass(6_000);
    let text = "We had an outage in May and I mended it that very night.".to_owned();
    room.input(Input::Words { text, accurate: false });
    assert_eq!(room.lines_since(from), []);
    let voiced_ms = 18_000;
    let end_us = room.now_us;
    room.input(Input::SpeechPaused { at_us: end_us, voiced_ms });
    assert!(room.conversation.view().answer_ms < 12_000, "the time without a line does not count");
    room.quiet(8_000, Some(0.9)).expect("the turn ends by itself");
    assert!(!room.lines_since(from).contains(&LineKind::WhereWereWe));
    let turns = turns_of_first(&room);
    assert_eq!(turns.len(), 1, "{turns:?}");
    assert!(turns[0].0 < lost_us && turns[0].1 >= end_us, "{turns:?}");
}

#[test]
fn nobody_is_spoken_to_while_what_they_said_is_still_coming_in() {
    let (mut room, lost_us) = cut_in_mid_word();
    let from = room.log.len();
    voice(&mut room, lost_us);
    let end_us = lost_us + 2 * SECOND;
    room.input(Input::SpeechPaused { at_us: end_us, voiced_ms: 5_000 });
    for _ in 0..20 {
        room.input(Input::LateSound);
        room.pass(500);
    }
    assert_eq!(room.lines_since(from), [], "its sound takes 10 s to come in");
    room.pass(1_500);
    assert_eq!(room.lines_since(from).first(), Some(&LineKind::WhereWereWe));
    let (mut room, _) = cut_in_mid_word();
    let from = room.log.len();
    for _ in 0..260 {
        room.input(Input::LateSound);
        room.pass(500);
    }
    assert!(
        room.lines_since(from).contains(&LineKind::WhereWereWe),
        "it is not waited for forever"
    );
}

#[test]
fn whoever_stopped_as_the_line_was_coming_back_is_answered_and_not_asked_where_they_were() {
    let (mut room, lost_us) = cut_in_mid_word();
    let from = room.log.len();
    voice(&mut room, lost_us);
    let text = "We had an outage in May and I mended it that very night.".to_owned();
    room.input(Input::Words { text, accurate: false });
    let end_us = room.now_us - 300 * MS;
    room.input(Input::SpeechPaused { at_us: end_us, voiced_ms: 11_700 });
    room.quiet(9_000, Some(0.9)).expect("the turn ends by itself");
    assert!(!room.lines_since(from).contains(&LineKind::WhereWereWe));
    assert_eq!(turns_of_first(&room).len(), 1);
}

#[test]
fn whoever_fell_silent_long_ago_is_told_where_they_were_and_keeps_what_they_said() {
    let (mut room, lost_us) = cut_in_mid_word();
    let from = room.log.len();
    voice(&mut room, lost_us);
    let end_us = lost_us + 4 * SECOND;
    room.input(Input::SpeechPaused { at_us: end_us, voiced_ms: 4_000 });
    room.pass(2_000);
    assert_eq!(room.lines_since(from), [LineKind::WhereWereWe, LineKind::Question]);
    let turns = turns_of_first(&room);
    assert!(turns.iter().any(|(from_us, to_us)| (*from_us..*to_us).contains(&end_us)), "{turns:?}");
}

#[test]
fn a_cough_after_the_return_is_not_talking_on() {
    let (mut room, _) = cut_in_mid_word();
    let from = room.log.len();
    room.cough(150);
    room.pass(2_000);
    assert_eq!(room.lines_since(from), [LineKind::WhereWereWe, LineKind::Question]);
}

#[test]
fn a_voice_that_comes_in_late_stops_the_line_at_once_and_belongs_to_the_answer() {
    let (mut room, lost_us) = cut_in_mid_word();
    room.pass(2_500);
    assert_eq!(room.floor(), FloorView::Interviewer);
    voice(&mut room, lost_us);
    assert_eq!(room.floor(), FloorView::Candidate);
    assert!(room.log.iter().any(|(_, action)| matches!(action, Action::StopSpeaking { .. })));
    assert_eq!(room.conversation.view().words_from_us, Some(lost_us));
    room.pass(2_000);
    let text = "and I mended it that very night.".to_owned();
    room.input(Input::Words { text, accurate: false });
    let end_us = room.now_us;
    room.input(Input::SpeechPaused { at_us: end_us, voiced_ms: 16_000 });
    room.quiet(8_000, Some(0.9)).expect("the turn ends by itself");
    let turns = turns_of_first(&room);
    assert_eq!(turns.last(), Some(&(lost_us, end_us)), "{turns:?}");
}

#[test]
fn the_done_key_waits_for_what_was_said_before_it() {
    let (mut room, lost_us) = cut_in_mid_word();
    let from = room.log.len();
    room.input(Input::DonePressed);
    assert_eq!(room.lines_since(from), []);
    voice(&mut room, lost_us);
    let end_us = room.now_us - SECOND;
    room.input(Input::SpeechPaused { at_us: end_us, voiced_ms: 11_000 });
    room.pass(2_000);
    assert_eq!(room.floor(), FloorView::Interviewer);
    assert!(!room.lines_since(from).contains(&LineKind::WhereWereWe));
    let turns = turns_of_first(&room);
    assert_eq!(turns.len(), 1);
    assert!(turns[0].1 >= end_us, "{turns:?}");
}

#[test]
fn whoever_types_is_told_at_once() {
    let mut room = Room::at_first_question(plan(2));
    room.input(Input::Microphone { on: false });
    room.input(Input::Disconnected);
    room.now_us += 60 * SECOND;
    let from = room.log.len();
    room.input(Input::Reconnected { gap_us: 60 * SECOND });
    assert_eq!(room.lines_since(from), [LineKind::WhereWereWe, LineKind::Question]);
}
