//! The plan's flow: what is asked, in which order, and what follows an answer.

use conversation::{
    Action, AnswerRef, CloseReason, EndReason, FloorView, Hint, Input, LineKind, Part, Phase,
};
use interview::{Hints, Lack, Mode, Plan};

use crate::room::{Room, plan};

const STORY: &str = "Last spring our importer lost orders every night. I read the logs, found that two jobs \
    wrote one file, and gave each its own. After that no order was lost again.";

#[test]
fn a_typed_interview_goes_from_the_greeting_to_the_closing() {
    let mut room = Room::started(plan(3));
    room.type_text("I have been busy moving house.");
    room.until_candidate();
    for _ in 0..3 {
        assert_eq!(room.conversation.view().phase, Phase::Questions);
        room.type_text(STORY);
        room.until_candidate();
    }
    assert_eq!(room.conversation.view().phase, Phase::CandidateQuestions);
    room.type_text("No, that's all, thank you.");
    assert_eq!(room.sit_out(), Some(EndReason::Completed));

    let lines: Vec<LineKind> = room.said().iter().map(|said| said.line).collect();
    assert_eq!(
        lines,
        [
            LineKind::Greeting,
            LineKind::WarmUp,
            LineKind::FirstQuestion,
            LineKind::Question,
            LineKind::Acknowledgement,
            LineKind::Question,
            LineKind::Acknowledgement,
            LineKind::Question,
            LineKind::InviteQuestions,
            LineKind::Closing,
        ]
    );
    let parts =
        [Part::WarmUp, Part::Item(0), Part::Item(1), Part::Item(2), Part::CandidateQuestions];
    let answered = parts.map(|part| (AnswerRef { part, attempt: 1 }, CloseReason::Answered));
    assert_eq!(room.closed_answers(), answered);
    assert!(room.closed_turns().iter().all(|turn| turn.mode == Mode::Typed));
}

#[test]
fn questions_are_asked_in_the_words_of_the_plan_and_shown_in_the_view() {
    let plan = plan(2);
    let mut room = Room::at_first_question(plan.clone());
    let view = room.conversation.view();
    assert_eq!(view.question.as_deref(), Some(plan.items[0].question.text.as_str()));
    assert_eq!((view.item, view.number, view.count), (Some(0), Some(1), 2));
    assert_eq!(view.floor, FloorView::Candidate);
    room.type_text(STORY);
    room.until_candidate();
    let view = room.conversation.view();
    assert_eq!((view.item, view.number), (Some(1), Some(2)));
    let texts: Vec<String> = room.said().into_iter().map(|said| said.text).collect();
    for item in &plan.items {
        assert_eq!(texts.iter().filter(|text| **text == item.question.text).count(), 1);
    }
}

#[test]
fn a_probe_asks_for_the_first_thing_lacking_and_never_twice_for_the_same() {
    let plan = plan(2);
    let mut room = Room::at_first_question(plan.clone());
    room.lacks = vec![Lack::Result, Lack::OwnAction];
    room.type_text("There was an outage and it got sorted out by the people on call that night.");
    room.until_candidate();
    let first = room.said().pop().expect("a probe");
    assert_eq!(first.line, LineKind::Probe);
    let own_action = &plan.items[0].question.probes[&Lack::OwnAction];
    assert!(own_action.iter().any(|probe| first.text.ends_with(probe)), "{}", first.text);

    room.type_text("I called the people who could help.");
    room.until_candidate();
    let second = room.said().pop().expect("a probe");
    assert_eq!(second.line, LineKind::Probe);
    let result = &plan.items[0].question.probes[&Lack::Result];
    assert!(result.iter().any(|probe| second.text.ends_with(probe)), "{}", second.text);

    // Two probes are the most of this format, whatever still lacks.
    room.type_text("It was all right.");
    room.until_candidate();
    assert_eq!(room.said().pop().expect("a question").line, LineKind::Question);
    let probes: Vec<_> = room.closed_turns().into_iter().filter_map(|turn| turn.probe).collect();
    assert_eq!(probes, [first.text, second.text]);
}

#[test]
fn a_complete_answer_is_not_probed() {
    let mut room = Room::at_first_question(plan(2));
    let from = room.log.len();
    room.type_text(STORY);
    room.until_candidate();
    assert_eq!(room.lines_since(from), [LineKind::Acknowledgement, LineKind::Question]);
}

#[test]
fn what_the_answer_has_is_never_asked_for() {
    let mut room = Room::at_first_question(plan(2));
    room.lacks = vec![Lack::Reflection];
    room.type_text(STORY);
    room.until_candidate();
    room.type_text("Because the logs were the only trace.");
    room.until_candidate();
    // The one lack was asked for; although it is still reported, it is not asked for again.
    assert_eq!(room.said().pop().expect("a question").line, LineKind::Question);
}

#[test]
fn a_short_answer_that_nobody_looked_at_is_asked_for_specifics() {
    let plan = plan(2);
    let mut room = Room::at_first_question(plan.clone());
    // The room's automatic reply is withheld: analysis is down.
    let now_us = room.now_us;
    let text = "It went fine.".to_owned();
    let actions = room.conversation.step(now_us, Input::Typed { text });
    assert!(matches!(actions.last(), Some(Action::WantLacks { .. })));
    let deadline_us = room.conversation.next_deadline().expect("a decision is due");
    assert!(deadline_us - now_us <= 400_000);
    let actions = room.conversation.step(deadline_us, Input::Timer);
    let Some(Action::Say { text, line: LineKind::Probe, .. }) = actions.first() else {
        panic!("no probe: {actions:?}");
    };
    assert!(plan.items[0].question.probes[&Lack::Specifics].contains(text));
}

#[test]
fn a_language_models_probe_is_used_when_it_passes_the_check() {
    let mut room = Room::at_first_question(plan(2));
    room.lacks = vec![Lack::OwnAction];
    room.say("Our importer lost orders every night and we rebuilt the importer in three weeks");
    room.pass(300);
    let wish = room.log.iter().rev().find_map(|(_, action)| match action {
        Action::WantProbe { answer, lack, .. } => Some((*answer, *lack)),
        _ => None,
    });
    let answer = room.conversation.view().answer.expect("an open answer");
    let wish = wish.unwrap_or((answer, Lack::OwnAction));
    let text = "Which part of rebuilding the importer did you do yourself?".to_owned();
    for text in ["Great answer! Did you use Rust, for example?".to_owned(), text.clone()] {
        room.input(Input::PreparedProbe { answer: wish.0, lack: wish.1, text });
    }
    room.input(Input::DonePressed);
    room.until_candidate();
    assert_eq!(room.said().pop().expect("a probe").text, text);
}

#[test]
fn a_language_models_probe_about_the_candidate_gives_way_to_the_template() {
    let plan = plan(2);
    let mut room = Room::at_first_question(plan.clone());
    room.lacks = vec![Lack::OwnAction];
    room.say("Our importer lost orders every night and we rebuilt the importer in three weeks");
    let answer = room.conversation.view().answer.expect("an open answer");
    let text = "What did the candidate do to rebuild the importer?".to_owned();
    room.input(Input::PreparedProbe { answer, lack: Lack::OwnAction, text });
    room.input(Input::DonePressed);
    room.until_candidate();
    let said = room.said().pop().expect("a probe");
    assert_eq!(said.line, LineKind::Probe);
    let templates = &plan.items[0].question.probes[&Lack::OwnAction];
    assert!(templates.iter().any(|template| said.text.ends_with(template)), "{}", said.text);
}

#[test]
fn a_probe_is_wished_for_while_the_candidate_still_talks() {
    let mut room = Room::at_first_question(plan(2));
    room.lacks = vec![Lack::OwnAction];
    room.say(
        "Our importer lost orders every night and then we rebuilt the importer in three weeks and \
         the whole team was rather tired after that",
    );
    assert_eq!(room.floor(), FloorView::Candidate);
    let wished = room.log.iter().any(|(_, action)| {
        matches!(action, Action::WantProbe { lack: Lack::OwnAction, said, .. } if said.contains("importer"))
    });
    assert!(wished, "{:?}", room.log.last());
    let prepared = room.log.iter().find_map(|(_, action)| match action {
        Action::Prepare { lines, own_words } => Some((lines.clone(), *own_words)),
        _ => None,
    });
    let (lines, own_words) = prepared.expect("the template is spoken ahead");
    assert!(own_words && lines[0].contains("we rebuilt the importer"), "{lines:?}");
}

#[test]
fn acknowledgements_are_never_the_same_twice_in_a_row() {
    let mut room = Room::at_first_question(plan(8));
    for _ in 0..8 {
        room.type_text(STORY);
        room.until_candidate();
    }
    let acknowledgements: Vec<String> = room
        .said()
        .into_iter()
        .filter(|said| said.line == LineKind::Acknowledgement)
        .map(|said| said.text)
        .collect();
    assert_eq!(acknowledgements.len(), 7);
    assert!(acknowledgements.windows(2).all(|pair| pair[0] != pair[1]));
}

#[test]
fn a_question_put_off_comes_back_at_the_end() {
    let mut room = Room::at_first_question(plan(2));
    room.type_text("Can I come back to that?");
    room.until_candidate();
    assert_eq!(room.conversation.view().item, Some(1));
    room.type_text(STORY);
    room.until_candidate();
    assert_eq!(room.conversation.view().item, Some(0));
    // Put off a second time, it is left out.
    room.input(Input::LaterPressed);
    room.until_candidate();
    assert_eq!(room.conversation.view().phase, Phase::CandidateQuestions);
    let closed = room.closed_answers();
    let item_0 = Part::Item(0);
    assert!(closed.contains(&(AnswerRef { part: item_0, attempt: 1 }, CloseReason::Deferred)));
    assert!(closed.contains(&(AnswerRef { part: item_0, attempt: 2 }, CloseReason::Skipped)));
}

#[test]
fn a_skipped_question_is_led_on_from_and_kept_out() {
    let mut room = Room::at_first_question(plan(2));
    let from = room.log.len();
    room.type_text("Could we skip this one?");
    room.until_candidate();
    assert_eq!(room.lines_since(from), [LineKind::MoveOn, LineKind::Question]);
    assert!(room.closed_turns().last().expect("the request").aside);
    let answer = AnswerRef { part: Part::Item(0), attempt: 1 };
    assert!(room.closed_answers().contains(&(answer, CloseReason::Skipped)));
}

#[test]
fn a_question_is_repeated_when_asked_for_by_voice_key_or_typing() {
    let plan = plan(2);
    let question = plan.items[0].question.text.clone();
    let mut room = Room::at_first_question(plan);
    let asked = |room: &Room| room.said().iter().filter(|said| said.text == question).count();
    room.say("Sorry, could you repeat that?");
    room.quiet(1_000, None);
    room.until_candidate();
    assert_eq!(asked(&room), 2);
    assert!(room.closed_turns().last().expect("the request").aside);
    room.type_text("Pardon?");
    room.until_candidate();
    assert_eq!(asked(&room), 3);
    room.input(Input::RepeatPressed);
    room.until_candidate();
    assert_eq!(asked(&room), 4);
    assert_eq!(room.conversation.view().item, Some(0));
}

#[test]
fn stopping_says_goodbye_and_keeps_what_was_said() {
    let mut room = Room::at_first_question(plan(2));
    room.say("We had an outage last year in May");
    room.input(Input::StopPressed);
    assert_eq!(room.sit_out(), Some(EndReason::Stopped));
    let answer = AnswerRef { part: Part::Item(0), attempt: 1 };
    assert_eq!(room.closed_turns().last().and_then(|turn| turn.answer), Some(answer));
    assert_eq!(room.closed_answers().last(), Some(&(answer, CloseReason::Stopped)));
    assert_eq!(room.said().last().map(|said| said.line), Some(LineKind::Stopped));
}

#[test]
fn stopping_while_a_question_is_being_asked_opens_no_answer_to_it() {
    let mut room = Room::at_first_question(plan(2));
    room.type_text(STORY);
    assert_eq!(room.floor(), FloorView::Interviewer);
    room.input(Input::StopPressed);
    assert_eq!(room.sit_out(), Some(EndReason::Stopped));
    assert!(room.closed_answers().iter().all(|(answer, _)| answer.part != Part::Item(1)));
}

#[test]
fn the_candidates_questions_are_answered_from_the_notes_or_honestly_not() {
    let mut room = Room::at_first_question(plan(2));
    room.input(Input::SkipPressed);
    room.until_candidate();
    room.input(Input::SkipPressed);
    room.until_candidate();
    assert_eq!(room.conversation.view().phase, Phase::CandidateQuestions);

    let from = room.log.len();
    room.notes = Some("The team has six people.".to_owned());
    room.type_text("How large is the team?");
    room.until_candidate();
    assert_eq!(
        room.lines_since(from),
        [LineKind::FromNotes, LineKind::Notes, LineKind::AnythingElse]
    );
    assert!(room.said().iter().any(|said| said.text == "The team has six people."));

    let from = room.log.len();
    room.notes = None;
    room.type_text("And what is the pay?");
    room.until_candidate();
    assert_eq!(room.lines_since(from), [LineKind::NotInNotes, LineKind::AnythingElse]);
    let asked: Vec<String> = room
        .log
        .iter()
        .filter_map(|(_, action)| match action {
            Action::LookUpNotes { question } => Some(question.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(asked, ["How large is the team?", "And what is the pay?"]);
}

#[test]
fn nothing_leads_on_after_the_last_question() {
    for seed in 0..20 {
        let mut plan = plan(2);
        plan.persona = crate::room::bank().personas.into_values().next().expect("a persona");
        let mut room = Room::new(plan.clone());
        room.conversation = conversation::Conversation::new(plan, seed);
        room.input(Input::Start);
        room.until_candidate();
        for text in ["Moving house.", STORY, STORY] {
            room.type_text(text);
            room.until_candidate();
        }
        let lines: Vec<LineKind> = room.said().iter().map(|said| said.line).collect();
        assert!(lines.ends_with(&[LineKind::Question, LineKind::InviteQuestions]), "{lines:?}");
    }
}

#[test]
fn over_time_comes_a_kind_nudge_in_a_pause_and_then_the_limit() {
    let mut room = Room::at_first_question(plan(2));
    let nudge_s = room.conversation.plan().format.answer_nudge_s;
    let limit_s = room.conversation.plan().format.answer_limit_s;
    let began_us = room.now_us;
    let seconds = |room: &Room| (room.now_us - began_us) / 1_000_000;
    let phrase = "and then there was this other thing that I have to tell you about because";
    while !room.said().iter().any(|said| said.line == LineKind::Nudge) {
        assert!(seconds(&room) < i64::from(nudge_s) + 10, "no nudge");
        room.say(phrase);
        room.quiet(600, Some(0.1));
    }
    assert!(seconds(&room) >= i64::from(nudge_s));
    room.until_candidate();
    assert_eq!(room.conversation.view().item, Some(0));
    while !room.said().iter().any(|said| said.line == LineKind::TimeUp) {
        assert!(seconds(&room) < i64::from(limit_s) + 20, "no end");
        room.say(phrase);
        room.quiet(400, Some(0.1));
    }
    assert_eq!(room.said().iter().filter(|said| said.line == LineKind::Nudge).count(), 1);
    room.until_candidate();
    let answer = AnswerRef { part: Part::Item(0), attempt: 1 };
    assert!(room.closed_answers().contains(&(answer, CloseReason::TimeUp)));
}

#[test]
fn no_probe_follows_an_answer_over_time() {
    let mut room = Room::at_first_question(plan(2));
    room.lacks = vec![Lack::Result];
    let nudge_s = i64::from(room.conversation.plan().format.answer_nudge_s);
    let began_us = room.now_us;
    while room.now_us - began_us < (nudge_s + 5) * 1_000_000 {
        room.say("and I went on and on about the very same thing for a long long time");
    }
    let from = room.log.len();
    room.input(Input::DonePressed);
    assert_eq!(room.lines_since(from), [LineKind::Acknowledgement, LineKind::Question]);
}

#[test]
fn a_short_gap_of_the_line_goes_unmentioned() {
    let mut room = Room::at_first_question(plan(2));
    room.say("We had an outage");
    room.input(Input::Disconnected);
    assert_eq!(room.floor(), FloorView::Away);
    assert_eq!(room.conversation.next_deadline(), None);
    room.now_us += 3_000_000;
    let from = room.log.len();
    room.input(Input::Reconnected { gap_us: 3_000_000 });
    assert_eq!(room.lines_since(from), []);
    assert_eq!(room.floor(), FloorView::Candidate);
}

#[test]
fn after_a_longer_gap_the_interviewer_says_where_they_were() {
    let plan = plan(2);
    let question = plan.items[0].question.text.clone();
    let mut room = Room::at_first_question(plan);
    room.say("We had an outage last year in May");
    let said_ms = room.conversation.view().answer_ms;
    room.input(Input::Disconnected);
    room.now_us += 60_000_000;
    let from = room.log.len();
    room.input(Input::Reconnected { gap_us: 60_000_000 });
    // What was said meanwhile gets two seconds to come in.
    room.pass(2_000);
    assert_eq!(room.lines_since(from), [LineKind::WhereWereWe, LineKind::Question]);
    assert_eq!(room.said().pop().map(|said| said.text), Some(question));
    // What was said before the gap is part of the answer, which stays open.
    let closed = room.log[from..].iter().find_map(|(_, action)| match action {
        Action::CloseTurn { answer, to_us, aside, .. } => Some((*answer, *to_us, *aside)),
        _ => None,
    });
    let answer = AnswerRef { part: Part::Item(0), attempt: 1 };
    // It ends now, so that words said while the line was gone are part of it, but their time does not
    // count against the candidate.
    assert_eq!(closed, Some((Some(answer), room.now_us, false)));
    assert!(room.conversation.view().answer_ms <= said_ms);
    room.until_candidate();
    assert_eq!(room.conversation.view().answer, Some(answer));
}

#[test]
fn after_a_gap_during_a_probe_the_probe_is_asked_again() {
    let mut room = Room::at_first_question(plan(2));
    room.lacks = vec![Lack::Result];
    room.type_text("There was an outage and I restarted the machines by hand that night.");
    room.until_candidate();
    let probe = room.said().pop().expect("a probe");
    room.input(Input::Reconnected { gap_us: 20_000_000 });
    room.pass(2_000);
    let again = room.said().pop().expect("the probe again");
    assert_eq!((again.line, again.text), (LineKind::Probe, probe.text));
}

#[test]
fn hints_come_only_when_wished_for_and_seldom() {
    for (hints, wished) in [(Hints::Live, true), (Hints::Exam, false)] {
        let mut room = Room::at_first_question(Plan { hints, ..plan(2) });
        // 240 words a minute, for 110 seconds.
        room.input(Input::SpeechBegan { at_us: room.now_us, echo_likelihood: None });
        for count in 1..=440 {
            room.pass(250);
            room.input(Input::Words { text: "word ".repeat(count), accurate: false });
        }
        let mut given: Vec<Hint> = room
            .log
            .iter()
            .filter_map(|(_, action)| match action {
                Action::Hint { hint } => Some(*hint),
                _ => None,
            })
            .collect();
        given.sort_by_key(|hint| *hint == Hint::ComeToTheOutcome);
        let expected = [Hint::Slower, Hint::Slower, Hint::ComeToTheOutcome];
        assert_eq!(given, if wished { &expected[..] } else { &[] });
    }
}

#[test]
fn a_probe_quotes_the_accurate_words_when_they_come_in_time() {
    let mut room = Room::at_first_question(plan(2));
    room.say("Orders were lost every night and we we built the in porter");
    let now_us = room.now_us;
    room.conversation.step(now_us, Input::DonePressed);
    assert!(room.conversation.view().words_from_us.is_some());
    let text = "Orders were lost every night and we rebuilt the importer.".to_owned();
    room.conversation.step(now_us, Input::Words { text, accurate: true });
    let answer = room.conversation.view().answer.expect("an open answer");
    let actions =
        room.conversation.step(now_us, Input::Lacks { answer, lacks: vec![Lack::OwnAction] });
    let Some(Action::Say { text, own_words: true, .. }) = actions.first() else {
        panic!("no probe: {actions:?}");
    };
    assert!(text.contains("we rebuilt the importer"), "{text}");
}

#[test]
fn that_is_all_in_reply_to_a_probe_is_taken_at_its_word() {
    let mut room = Room::at_first_question(plan(2));
    room.lacks = vec![Lack::OwnAction, Lack::Result];
    room.type_text("There was an outage and it got sorted out by the people on call that night.");
    room.until_candidate();
    assert_eq!(room.said().pop().map(|said| said.line), Some(LineKind::Probe));
    room.type_text("That's all.");
    assert_eq!(room.said().pop().map(|said| said.line), Some(LineKind::Question));
}

#[test]
fn a_no_to_the_invitation_ends_without_a_search_of_the_notes() {
    let mut room = Room::at_first_question(plan(2));
    for _ in 0..2 {
        room.input(Input::SkipPressed);
        room.until_candidate();
    }
    room.type_text("No, I think you've covered everything.");
    assert_eq!(room.said().pop().map(|said| said.line), Some(LineKind::Closing));
    assert!(!room.log.iter().any(|(_, action)| matches!(action, Action::LookUpNotes { .. })));
}

#[test]
fn a_restart_cuts_nothing_off_the_turn_that_was_open() {
    let mut room = Room::at_first_question(plan(2));
    room.input(Input::SpeechBegan { at_us: room.now_us, echo_likelihood: None });
    room.pass(3_000);
    let text = "We had an outage in May".to_owned();
    room.input(Input::Words { text, accurate: false });
    // The process died while the candidate was talking; nobody could say that the line was gone.
    room.now_us += 90_000_000;
    room.input(Input::Reconnected { gap_us: 90_000_000 });
    room.pass(2_000);
    let to_us = room.log.iter().rev().find_map(|(_, action)| match action {
        Action::CloseTurn { to_us, aside: false, .. } => Some(*to_us),
        _ => None,
    });
    assert_eq!(to_us, Some(room.now_us));
    assert!(room.conversation.view().answer_ms < 5_000);
}

#[test]
fn a_reload_while_a_question_is_being_asked_says_it_again_at_once() {
    let mut room = Room::at_first_question(plan(2));
    room.type_text(STORY);
    room.pass(500);
    room.input(Input::Disconnected);
    room.now_us += 1_000_000;
    let from = room.log.len();
    room.input(Input::Reconnected { gap_us: 1_000_000 });
    assert_eq!(room.lines_since(from), [LineKind::Acknowledgement, LineKind::Question]);
    assert!(matches!(room.log[from].1, Action::StopSpeaking { .. }));
}

#[test]
fn talking_on_through_a_short_gap_is_not_taken_for_silence() {
    let mut room = Room::at_first_question(plan(2));
    room.say("We had an outage in May.");
    room.input(Input::SpeechBegan { at_us: room.now_us, echo_likelihood: None });
    room.input(Input::Disconnected);
    room.now_us += 2_000_000;
    room.input(Input::Reconnected { gap_us: 2_000_000 });
    // The voice goes on, so voice activity reports no new beginning; only captions come.
    let mut text = "We had an outage in May.".to_owned();
    for _ in 0..20 {
        room.pass(500);
        text.push_str(" I called.");
        room.input(Input::Words { text: text.clone(), accurate: false });
    }
    assert_eq!(room.floor(), FloorView::Candidate);
    assert_eq!(room.conversation.view().item, Some(0));
}
