//! Barge-in: who keeps the floor when both make a sound.

use conversation::{
    Action, Conversation, FloorView, Input, LineKind, Notice, Part, UtteranceEvent,
};

use crate::room::{MS, Room, plan};

/// A room in which the interviewer has been asking the first question for this long.
fn asking(after_ms: i64) -> Room {
    let mut room = Room::started(plan(2));
    room.type_text("I have been moving house with my brother this week.");
    while room.conversation.view().saying.as_deref() != Some(question(&room.conversation)) {
        room.pass(10);
    }
    room.pass(after_ms);
    room
}

fn question(conversation: &Conversation) -> &str {
    &conversation.plan().items[0].question.text
}

fn times_of(room: &Room, wanted: fn(&Action) -> bool) -> Vec<i64> {
    room.log.iter().filter(|(_, action)| wanted(action)).map(|(us, _)| *us).collect()
}

#[test]
fn the_interviewer_ducks_at_once_and_goes_on_after_a_cough() {
    let mut room = asking(500);
    let id = room.conversation.view().utterance.expect("an utterance");
    let began_us = room.now_us;
    room.cough(250);
    let ducks = times_of(&room, |action| matches!(action, Action::Duck { .. }));
    assert_eq!(ducks, [began_us]);
    assert!(room.log.iter().any(|(_, action)| *action == Action::Unduck { id }));
    assert!(times_of(&room, |action| matches!(action, Action::StopSpeaking { .. })).is_empty());
    room.until_candidate();
    assert_eq!(room.conversation.view().item, Some(0));
}

#[test]
fn a_sound_makes_the_interviewer_softer_until_it_is_known_to_be_none() {
    let mut room = asking(500);
    let id = room.conversation.view().utterance.expect("an utterance");
    let began_us = room.now_us;
    room.input(Input::SoundBegan { at_us: began_us });
    assert!(room.conversation.view().ducked);
    room.pass(350);
    assert!(!room.conversation.view().ducked);
    assert_eq!(times_of(&room, |action| matches!(action, Action::Duck { .. })), [began_us]);
    assert!(room.log.iter().any(|(_, action)| *action == Action::Unduck { id }));
    assert_eq!(room.floor(), FloorView::Interviewer);
}

#[test]
fn a_voice_begins_with_the_sound_before_it_and_is_judged_by_how_far_it_was_heard() {
    let mut room = asking(500);
    let began_us = room.now_us;
    room.input(Input::SoundBegan { at_us: began_us });
    room.pass(90);
    room.input(Input::SpeechBegan { at_us: room.now_us, echo_likelihood: None });
    for to_ms in [300, 420] {
        room.pass(150);
        room.input(Input::SpeechHeard { to_us: began_us + to_ms * MS });
    }
    room.pass(250);
    assert_eq!(room.floor(), FloorView::Interviewer, "no more than 420 ms were heard");
    room.input(Input::SpeechHeard { to_us: began_us + 490 * MS });
    assert_eq!(room.floor(), FloorView::Candidate);
    let ducks = times_of(&room, |action| matches!(action, Action::Duck { .. }));
    assert_eq!(ducks, [began_us], "once");
    let opened = room.log.iter().rev().find_map(|(_, action)| match action {
        Action::OpenTurn { from_us } => Some(*from_us),
        _ => None,
    });
    assert_eq!(opened, Some(began_us), "no sound of it is lost");
}

#[test]
fn asking_for_the_floor_stops_the_interviewer_before_the_pause_is_over() {
    let mut room = asking(500);
    let began_us = room.now_us;
    room.input(Input::SpeechBegan { at_us: began_us, echo_likelihood: None });
    room.pass(300);
    room.input(Input::SpeechHeard { to_us: began_us + 250 * MS });
    room.input(Input::Words { text: "Wait,".to_owned(), accurate: false });
    assert_eq!(room.floor(), FloorView::Candidate);
}

#[test]
fn words_of_listening_do_not_stop_the_interviewer() {
    for text in ["Mm-hm.", "Yeah.", "Okay."] {
        let mut room = asking(500);
        room.say(text);
        assert_eq!(room.floor(), FloorView::Interviewer, "{text}");
        assert!(!room.conversation.view().ducked);
    }
}

#[test]
fn a_true_take_over_silences_the_interviewer_within_600_ms() {
    let mut room = asking(300);
    let began_us = room.now_us;
    room.input(Input::SpeechBegan { at_us: began_us, echo_likelihood: None });
    room.pass(550);
    let stops = times_of(&room, |action| matches!(action, Action::StopSpeaking { .. }));
    assert_eq!(stops.len(), 1);
    assert!(stops[0] - began_us <= 500 * MS, "{}", stops[0] - began_us);
    assert_eq!(room.floor(), FloorView::Candidate);
    let opened = room.log.iter().rev().find_map(|(_, action)| match action {
        Action::OpenTurn { from_us } => Some(*from_us),
        _ => None,
    });
    assert_eq!(opened, Some(began_us), "no word is lost");
}

#[test]
fn the_interviewers_own_voice_is_not_taken_for_the_candidate() {
    let mut room = asking(300);
    room.input(Input::SpeechBegan { at_us: room.now_us, echo_likelihood: Some(0.9) });
    room.pass(1_000);
    assert_eq!(room.floor(), FloorView::Interviewer);
    assert!(times_of(&room, |action| matches!(action, Action::Duck { .. })).is_empty());
}

#[test]
fn a_question_broken_off_early_is_asked_again_after_a_remark() {
    let mut room = asking(600);
    let text = question(&room.conversation).to_owned();
    room.say("Sorry, the door just opened here");
    room.quiet(3_000, Some(0.9));
    room.until_candidate();
    let asked = room.said().iter().filter(|said| said.text == text).count();
    assert_eq!(asked, 2);
    assert_eq!(room.conversation.view().item, Some(0));
}

#[test]
fn a_question_broken_off_each_time_is_asked_three_times_and_no_more() {
    let mut room = asking(600);
    let text = question(&room.conversation).to_owned();
    let part = |room: &Room| room.conversation.view().answer.map(|answer| answer.part);
    for _ in 0..2 {
        room.say("Sorry, I wanted to say one more thing about my brother");
        assert_ne!(part(&room), Some(Part::Item(0)));
        room.quiet(3_000, Some(0.9));
        while room.conversation.view().saying.as_deref() != Some(&text) {
            room.pass(10);
        }
        room.pass(600);
    }
    room.say("Sorry, I wanted to say one more thing about my brother");
    assert_eq!(part(&room), Some(Part::Item(0)), "what is said now is the answer");
    room.quiet(6_000, Some(0.9));
    assert_eq!(room.said().iter().filter(|said| said.text == text).count(), 3);
}

#[test]
fn a_question_heard_to_the_end_but_for_a_word_counts_as_asked() {
    let mut room = asking(0);
    let text = question(&room.conversation).to_owned();
    let words = text.split_whitespace().count() as i64;
    room.pass(words * 300 * 85 / 100);
    room.say("Yes, so in May last year we had an outage of the shop.");
    let answer = room.conversation.view().answer.expect("an open answer");
    assert_eq!(answer.part, Part::Item(0));
    room.quiet(6_000, Some(0.9));
    assert_eq!(room.said().iter().filter(|said| said.text == text).count(), 1);
    assert_eq!(room.closed_turns().last().and_then(|turn| turn.answer), Some(answer));
}

#[test]
fn asking_to_repeat_while_being_asked_says_the_question_again() {
    let mut room = asking(800);
    let text = question(&room.conversation).to_owned();
    room.say("Sorry, could you say that again?");
    room.quiet(2_000, Some(0.9));
    room.until_candidate();
    assert_eq!(room.said().iter().filter(|said| said.text == text).count(), 2);
    assert!(room.closed_turns().last().expect("a turn").aside);
}

#[test]
fn sound_without_words_gives_the_floor_back_and_is_believed_no_third_time() {
    let mut room = asking(300);
    let text = question(&room.conversation).to_owned();
    for _ in 0..2 {
        room.cough(900);
        assert_eq!(room.floor(), FloorView::Candidate);
        while room.floor() == FloorView::Candidate {
            room.pass(100);
        }
        room.pass(300);
    }
    assert!(
        room.log
            .iter()
            .any(|(_, action)| { *action == Action::Notify { notice: Notice::EchoOrNoise } })
    );
    room.cough(900);
    assert_eq!(room.floor(), FloorView::Interviewer);
    room.until_candidate();
    assert_eq!(room.conversation.view().question.as_deref(), Some(text.as_str()));
}

#[test]
fn starting_the_answer_over_an_encouragement_stops_it() {
    let mut room = Room::at_first_question(plan(2));
    while room.said().last().map(|said| said.line) != Some(LineKind::Encourage) {
        room.pass(100);
    }
    room.pass(200);
    room.say("So last year in May we had an outage.");
    assert_eq!(room.floor(), FloorView::Candidate);
    room.quiet(6_000, Some(0.9));
    assert_eq!(room.said().iter().filter(|said| said.line == LineKind::Encourage).count(), 1);
    let part = room.closed_turns().last().and_then(|turn| turn.answer).map(|answer| answer.part);
    assert_eq!(part, Some(Part::Item(0)));
}

#[test]
fn a_voice_that_begins_with_the_last_syllable_is_heard_from_its_beginning() {
    let mut room = asking(0);
    let words = question(&room.conversation).split_whitespace().count() as i64;
    room.pass(words * 300 - 200);
    let began_us = room.now_us;
    room.say("So last year in May we had an outage.");
    let opened = room.log.iter().rev().find_map(|(_, action)| match action {
        Action::OpenTurn { from_us } => Some(*from_us),
        _ => None,
    });
    assert_eq!(opened, Some(began_us));
    assert!(times_of(&room, |action| matches!(action, Action::StopSpeaking { .. })).is_empty());
}

#[test]
fn the_goodbye_is_not_broken_off_by_a_goodbye() {
    let mut room = Room::started(plan(2));
    room.input(Input::StopPressed);
    room.pass(300);
    room.say("Thank you very much and goodbye then.");
    assert!(times_of(&room, |action| matches!(action, Action::StopSpeaking { .. })).len() <= 1);
    assert!(room.sit_out().is_some());
}

#[test]
fn a_typed_text_takes_the_floor_too() {
    let mut room = asking(300);
    room.pass(6_000);
    room.until_candidate();
    room.type_text("In May last year the shop was down and I renewed the certificate.");
    assert!(
        room.closed_turns()
            .last()
            .is_some_and(|turn| { turn.answer.is_some_and(|answer| answer.part == Part::Item(0)) })
    );
}

#[test]
fn an_utterance_that_cannot_be_spoken_counts_as_shown() {
    let mut conversation = Conversation::new(plan(2), 1);
    let actions = conversation.step(0, Input::Start);
    for action in &actions {
        if let Action::Say { id, .. } = action {
            conversation.step(1, Input::Utterance { id: *id, event: UtteranceEvent::Failed });
        }
    }
    assert_eq!(conversation.view().floor, FloorView::Candidate);
}

#[test]
fn an_utterance_nobody_reports_on_does_not_hold_the_interview_up() {
    let mut conversation = Conversation::new(plan(2), 1);
    conversation.step(0, Input::Start);
    for _ in 0..4 {
        let Some(us) = conversation.next_deadline() else { break };
        conversation.step(us, Input::Timer);
    }
    assert_ne!(conversation.view().floor, FloorView::Nobody);
    assert!(conversation.view().answer.is_some());
}

#[test]
fn the_interviewers_words_heard_through_the_microphone_do_not_become_an_answer() {
    let mut room = asking(300);
    let text = question(&room.conversation).to_owned();
    let echo: Vec<&str> = text.split_whitespace().take(5).collect();
    room.say(&echo.join(" "));
    room.quiet(3_000, Some(0.9));
    room.until_candidate();
    assert_eq!(room.conversation.view().item, Some(0));
    assert!(
        room.closed_turns()
            .iter()
            .all(|turn| { turn.answer.is_none_or(|answer| answer.part != Part::Item(0)) })
    );
}

#[test]
fn skipping_after_breaking_into_a_question_skips_that_question() {
    let mut room = asking(600);
    room.say("No wait, not this one");
    room.input(Input::SkipPressed);
    room.until_candidate();
    assert_eq!(room.conversation.view().item, Some(1));
}

#[test]
fn nobody_is_interrupted_before_the_limit_and_then_after_a_grace() {
    let mut room = Room::at_first_question(plan(2));
    let limit_ms = i64::from(room.conversation.plan().format.answer_limit_s) * 1_000;
    let from = room.log.len();
    room.input(Input::SpeechBegan { at_us: room.now_us, echo_likelihood: None });
    let mut text = String::new();
    for _ in 0..limit_ms / 400 {
        room.pass(400);
        text.push_str(" and");
        room.input(Input::Words { text: text.clone(), accurate: false });
    }
    assert_eq!(room.lines_since(from), [], "not even the nudge comes without a pause");
    room.pass(5_100);
    assert_eq!(room.lines_since(from), [LineKind::TimeUp, LineKind::Question]);
}

#[test]
fn an_unfinished_word_into_the_greeting_is_followed_by_the_rest_of_it() {
    let mut room = Room::new(plan(2));
    room.input(Input::Start);
    room.input(Input::SpeechBegan { at_us: room.now_us, echo_likelihood: None });
    room.pass(6_800);
    room.input(Input::Words { text: "no".to_owned(), accurate: false });
    room.pass(200);
    room.input(Input::Silence { ms: 7_000, sound_probability: None });
    room.until_candidate();
    let last = room.said().pop().expect("a line");
    assert_eq!(last.line, LineKind::WarmUp, "{}", last.text);
}
