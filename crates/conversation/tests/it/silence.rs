//! Silence, handled as a person would.

use conversation::{AnswerRef, CloseReason, EndReason, Input, LineKind, Part, Phase};

use crate::room::{Room, SECOND, plan};

fn line_times(room: &Room, from: usize) -> Vec<(i64, LineKind)> {
    let start_us = room.log[from].0;
    room.said()
        .into_iter()
        .filter(|said| said.at_us > start_us)
        .map(|said| ((said.at_us - start_us) / SECOND, said.line))
        .collect()
}

#[test]
fn who_says_nothing_is_encouraged_then_offered_the_question_then_led_on() {
    let mut room = Room::at_first_question(plan(2));
    let from = room.log.len() - 1;
    room.pass(45_000);
    let times = line_times(&room, from);
    let lines: Vec<LineKind> = times.iter().map(|(_, line)| *line).collect();
    assert_eq!(
        lines,
        [LineKind::Encourage, LineKind::OfferRepeat, LineKind::MoveOn, LineKind::Question]
    );
    assert_eq!(times[0].0, 6);
    // The speaking time of the lines before comes on top.
    assert!((14..20).contains(&times[1].0), "{times:?}");
    assert!((30..40).contains(&times[2].0), "{times:?}");
    room.until_candidate();
    let answer = AnswerRef { part: Part::Item(0), attempt: 1 };
    assert!(room.closed_answers().contains(&(answer, CloseReason::Silent)));
}

#[test]
fn an_interview_without_a_word_reaches_its_end() {
    let mut room = Room::started(plan(3));
    assert_eq!(room.sit_out(), Some(EndReason::Completed));
    assert_eq!(room.said().iter().filter(|said| said.line == LineKind::Question).count(), 3);
}

#[test]
fn yes_to_the_offer_repeats_the_question_and_no_leaves_time() {
    for (reply, asked) in [("Yes, please.", 2), ("No, I'm still thinking.", 1)] {
        let plan = plan(2);
        let question = plan.items[0].question.text.clone();
        let mut room = Room::at_first_question(plan);
        while room.said().last().map(|said| said.line) != Some(LineKind::OfferRepeat) {
            room.pass(100);
        }
        room.until_candidate();
        room.say(reply);
        room.quiet(2_000, None);
        room.until_candidate();
        assert_eq!(
            room.said().iter().filter(|said| said.text == question).count(),
            asked,
            "{reply}"
        );
        assert_eq!(room.conversation.view().item, Some(0));
        assert!(room.closed_turns().iter().any(|turn| turn.aside));
    }
}

#[test]
fn announcing_a_thought_buys_time() {
    let mut room = Room::at_first_question(plan(2));
    room.say("Hmm, let me think about that.");
    assert_eq!(room.quiet(15_000, Some(0.9)), None);
    assert_eq!(room.conversation.view().item, Some(0));
}

#[test]
fn somebody_who_types_is_not_hurried() {
    let mut room = Room::at_first_question(plan(2));
    let from = room.log.len();
    for _ in 0..10 {
        room.pass(5_000);
        room.input(Input::Typing);
    }
    assert_eq!(room.lines_since(from), []);
}

#[test]
fn without_a_microphone_waiting_is_measured_for_typing() {
    let mut room = Room::at_first_question(plan(2));
    room.input(Input::Microphone { on: false });
    let from = room.log.len();
    room.pass(30_000);
    assert_eq!(room.lines_since(from), []);
    room.pass(10_000);
    assert_eq!(room.lines_since(from), [LineKind::Encourage]);
}

#[test]
fn who_has_no_questions_and_says_nothing_is_let_go() {
    let mut room = Room::at_first_question(plan(2));
    for _ in 0..2 {
        room.input(Input::SkipPressed);
        room.until_candidate();
    }
    assert_eq!(room.conversation.view().phase, Phase::CandidateQuestions);
    let from = room.log.len();
    assert_eq!(room.sit_out(), Some(EndReason::Completed));
    assert_eq!(room.lines_since(from), [LineKind::Encourage, LineKind::Closing]);
}

#[test]
fn silence_after_a_probe_is_led_on_without_losing_the_answer() {
    let mut room = Room::at_first_question(plan(2));
    room.lacks = vec![interview::Lack::Result];
    room.type_text("There was an outage and I restarted the machines by hand that night.");
    room.until_candidate();
    let from = room.log.len();
    room.pass(20_000);
    let lines = room.lines_since(from);
    assert_eq!(lines, [LineKind::Encourage, LineKind::Acknowledgement, LineKind::Question]);
    let answer = AnswerRef { part: Part::Item(0), attempt: 1 };
    room.until_candidate();
    assert!(room.closed_answers().contains(&(answer, CloseReason::Answered)));
}
