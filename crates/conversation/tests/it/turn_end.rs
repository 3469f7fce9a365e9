//! Thinking pauses and ends of turns on scripted timelines.

use conversation::{
    Action, FloorView, Input, LineKind,
    turn_end::{
        Decision, Ending, Moment, Pauses, StoryPlace, TurnEndModel, closing_logit, ending_of,
    },
};
use interview::{Lack, Temperament};

use crate::room::{Room, plan};

/// After how long, milliseconds, a turn ends in this situation.
fn ends_after(
    text: &str,
    sound_probability: Option<f32>,
    place: StoryPlace,
    pauses: &Pauses,
    temperament: Temperament,
) -> Option<u32> {
    let ending = ending_of(text);
    (0..=10_000).step_by(100).find(|quiet_ms| {
        let moment = Moment {
            quiet_ms: *quiet_ms,
            sound_probability,
            ending,
            closing_logit: closing_logit(text),
            place,
            pauses,
            cut_offs: 0,
            temperament,
            may_ask: true,
        };
        TurnEndModel::STANDARD.decide(&moment) == Decision::End
    })
}

fn check_ends(
    text: &str,
    sound: Option<f32>,
    place: StoryPlace,
    expected_ms: std::ops::RangeInclusive<u32>,
) {
    let after_ms = ends_after(text, sound, place, &Pauses::default(), Temperament::Neutral);
    assert!(
        after_ms.is_some_and(|ms| expected_ms.contains(&ms)),
        "{text} {sound:?} {place:?}: {after_ms:?}, expected {expected_ms:?}"
    );
}

#[test]
fn a_complete_answer_with_falling_melody_ends_in_about_a_second() {
    let text = "After that, no order was lost again.";
    check_ends(text, Some(0.95), StoryPlace::ResultGiven, 800..=1_200);
    check_ends(text, Some(0.8), StoryPlace::ResultGiven, 800..=1_200);
    check_ends("So that's it.", Some(0.95), StoryPlace::ResultGiven, 600..=800);
}

#[test]
fn words_alone_wait_about_as_long_as_intended() {
    check_ends("I like working with plants.", None, StoryPlace::NoStory, 1_000..=1_300);
    check_ends("Then I called the customer.", None, StoryPlace::Middle, 2_000..=2_800);
    check_ends("Then I called the customer.", Some(0.2), StoryPlace::Middle, 2_500..=4_000);
    check_ends("I called them.", None, StoryPlace::Beginning, 1_700..=2_800);
}

#[test]
fn an_unfinished_phrase_is_never_ended_by_silence() {
    for text in ["and then we", "because the", "The customer wanted to", "We tried it, and um"] {
        for sound in [None, Some(0.05), Some(0.99)] {
            let after_ms = ends_after(
                text,
                sound,
                StoryPlace::Middle,
                &Pauses::default(),
                Temperament::Neutral,
            );
            assert_eq!(after_ms, None, "{text}");
        }
    }
}

#[test]
fn every_finished_turn_ends_in_the_end() {
    for text in ["I called them", "I called them.", "No."] {
        for place in [StoryPlace::NoStory, StoryPlace::Beginning, StoryPlace::Middle] {
            check_ends(text, Some(0.01), place, 800..=5_000);
        }
    }
}

#[test]
fn a_warm_listener_waits_longer_and_a_sceptical_one_no_less_than_a_neutral_one() {
    let after = |temperament| {
        ends_after(
            "Then I called them.",
            Some(0.6),
            StoryPlace::Middle,
            &Pauses::default(),
            temperament,
        )
    };
    assert!(after(Temperament::Warm) > after(Temperament::Neutral));
    assert_eq!(after(Temperament::Sceptical), after(Temperament::Neutral));
}

#[test]
fn long_pauses_of_a_person_make_the_listener_patient() {
    let mut slow = Pauses::default();
    let mut quick = Pauses::default();
    for _ in 0..30 {
        slow.learn(1_800);
        quick.learn(350);
    }
    let after = |pauses: &Pauses| {
        ends_after(
            "I like working with plants.",
            None,
            StoryPlace::NoStory,
            pauses,
            Temperament::Neutral,
        )
    };
    assert!(after(&slow).expect("an end") >= 2_000, "{:?}", after(&slow));
    assert!(after(&quick) <= after(&Pauses::default()));
    assert!((slow.median_s() - 1.3).abs() < 0.3, "{}", slow.median_s());
}

#[test]
fn the_share_of_longer_pauses_falls_from_one_and_halves_at_the_median() {
    let pauses = Pauses::default();
    assert!((pauses.survival(600) - 0.5).abs() < 1e-6);
    let shares: Vec<f64> = (0..100).map(|step| pauses.survival(step * 100)).collect();
    assert!(shares.windows(2).all(|pair| pair[0] >= pair[1]));
    assert!(shares[0] == 1.0 && shares[99] > 0.0);
}

#[test]
fn endings_are_told_by_the_last_words_more_than_by_the_last_mark() {
    for (text, ending) in [
        ("", Ending::Unknown),
        ("Um, so.", Ending::BeforeContent),
        ("We rebuilt it and.", Ending::Trailing),
        ("It was like that for a while.", Ending::Complete),
        ("It was like that for a while", Ending::Trailing),
        ("I looked at it while.", Ending::Trailing),
        ("So we had found the root cause.", Ending::Complete),
        ("We rebuilt it because the.", Ending::Trailing),
        ("We rebuilt it, ", Ending::Trailing),
        ("I had to...", Ending::Trailing),
        ("We rebuilt it", Ending::Trailing),
        ("We rebuilt it.", Ending::Complete),
        ("We rebuilt the importer", Ending::Open),
        ("It worked, so yeah.", Ending::Closed),
        ("We shipped it in May. That's all.", Ending::Closed),
    ] {
        assert_eq!(ending_of(text), ending, "{text}");
    }
}

#[test]
fn thinking_pauses_of_all_lengths_survive_inside_an_answer() {
    let mut room = Room::at_first_question(plan(2));
    room.lacks = vec![Lack::Result];
    for (text, pause_ms) in [
        ("Last year in May we had an outage and", 400),
        ("the whole shop was down because the", 3_000),
        ("payment provider had changed their, um,", 2_000),
        ("certificate and so", 1_200),
    ] {
        room.say(text);
        assert_eq!(room.quiet(pause_ms, Some(0.3)), None, "{text}");
    }
    assert_eq!(room.floor(), FloorView::Candidate);
    assert_eq!(room.conversation.view().item, Some(0));
}

#[test]
fn a_complete_answer_is_answered_within_about_a_second() {
    let mut room = Room::at_first_question(plan(2));
    room.lacks = vec![];
    let from = room.log.len();
    room.say("Last year in May the shop was down for an hour because of a certificate.");
    room.quiet(400, Some(0.4));
    room.say("I renewed it and since then a timer reminds us, and it has not happened again.");
    let answer = room.conversation.view().answer.expect("an open answer");
    room.input(Input::Lacks { answer, lacks: vec![] });
    let after_ms = room.quiet(3_000, Some(0.95)).expect("the turn ends");
    assert!((800..=1_200).contains(&after_ms), "{after_ms}");
    assert_eq!(room.lines_since(from), [LineKind::Acknowledgement, LineKind::Question]);
}

#[test]
fn after_a_long_silence_in_an_unfinished_phrase_there_is_encouragement_and_no_cut() {
    let mut room = Room::at_first_question(plan(2));
    room.say("Last year in May we had an outage and then we");
    let from = room.log.len();
    let after_ms = room.quiet(9_000, Some(0.1)).expect("something is said");
    assert!((6_500..=8_000).contains(&after_ms), "{after_ms}");
    assert_eq!(room.lines_since(from), [LineKind::Encourage]);
    room.until_candidate();
    assert_eq!(room.conversation.view().item, Some(0));
    room.say("called the provider and had it fixed.");
    room.quiet(6_000, Some(0.9));
    room.until_candidate();
    let answers: Vec<_> = room.closed_turns().into_iter().map(|turn| turn.answer).collect();
    assert_eq!(answers[answers.len() - 1], answers[answers.len() - 2]);
}

#[test]
fn a_click_does_not_lengthen_the_silence() {
    let mut room = Room::at_first_question(plan(2));
    room.say("I like working with plants, and I have done so for the better part of ten years.");
    room.pass(700);
    room.cough(100);
    room.pass(100);
    let quiet_ms = room.quiet(4_000, None).expect("the turn ends") + 900;
    assert!(quiet_ms <= 3_300, "{quiet_ms}");
}

#[test]
fn going_on_before_the_reply_keeps_the_turn_open_and_teaches_patience() {
    let mut room = Room::at_first_question(plan(2));
    let before = room.conversation.pauses().count();
    room.say("I fixed the certificate and it has not happened again.");
    room.quiet(4_000, Some(0.9));
    assert_eq!(room.floor(), FloorView::Interviewer);
    room.pass(300);
    // The interviewer has just begun with an acknowledgement; the candidate was not done.
    room.say("And I also wrote down how to renew it for everybody else in the team.");
    assert_eq!(room.floor(), FloorView::Candidate);
    assert_eq!(room.conversation.view().item, Some(0));
    room.quiet(6_000, Some(0.9));
    assert!(room.conversation.pauses().count() > before);
    room.until_candidate();
    assert_eq!(room.conversation.view().item, Some(1));
    let parts: Vec<_> = room.closed_turns().iter().map(|turn| turn.answer).collect();
    assert_eq!(parts[parts.len() - 1], parts[parts.len() - 2]);
}

#[test]
fn the_done_key_ends_the_turn_at_once() {
    let mut room = Room::at_first_question(plan(2));
    room.say("We had an outage and I fixed it, and then");
    let from = room.log.len();
    room.input(Input::DonePressed);
    assert!(!room.lines_since(from).is_empty());
    assert_eq!(room.floor(), FloorView::Interviewer);
}

#[test]
fn with_push_to_talk_silence_ends_nothing_and_the_key_does() {
    let mut room = Room::at_first_question(plan(2));
    room.input(Input::PushToTalk { held: true });
    room.say("We had an outage in May.");
    assert_eq!(room.quiet(15_000, Some(0.99)), None);
    room.input(Input::PushToTalk { held: false });
    room.pass(400);
    room.input(Input::PushToTalk { held: true });
    room.pass(2_000);
    assert_eq!(room.floor(), FloorView::Candidate);
    room.input(Input::PushToTalk { held: false });
    room.pass(800);
    assert_eq!(room.floor(), FloorView::Interviewer);
}

#[test]
fn with_push_to_talk_switched_off_silence_ends_turns_again() {
    let mut room = Room::at_first_question(plan(2));
    room.input(Input::PushToTalk { held: true });
    room.say("We had an outage in May and I mended it.");
    room.input(Input::PushToTalkOff);
    assert!(!room.conversation.view().push_to_talk);
    assert!(room.quiet(8_000, Some(0.9)).is_some(), "nobody replies");
}

#[test]
fn a_patient_interviewer_waits_as_many_times_longer_as_was_wished_for() {
    let waited_ms = |patience: f64| {
        let mut room = Room::at_first_question(plan(2));
        room.conversation.set_patience(patience);
        room.say(
            "I like working with plants, and I have done so for the better part of ten years.",
        );
        room.quiet(20_000, None).expect("the turn ends")
    };
    let usual_ms = waited_ms(1.0);
    assert!(waited_ms(3.0).abs_diff(3 * usual_ms) <= 200, "{} and {usual_ms}", waited_ms(3.0));
    assert!(waited_ms(0.5) < usual_ms);
    // Nobody is cut off in the middle of a breath, however little patience is wished for.
    assert!(waited_ms(0.0) >= 600);
    assert_eq!(waited_ms(0.0), waited_ms(0.5));

    let mut room = Room::at_first_question(plan(2));
    room.conversation.set_patience(2.0);
    let from = room.log.len();
    room.pass(11_000);
    assert_eq!(room.lines_since(from), [], "who says nothing is left alone for longer, too");
    room.pass(2_000);
    assert_eq!(room.lines_since(from), [LineKind::Encourage]);
}

#[test]
fn a_click_while_the_reply_is_found_delays_it_by_no_more_than_itself() {
    let mut room = Room::at_first_question(plan(2));
    room.type_text("We had an outage in May and I mended it with a new certificate for the shop.");
    room.until_candidate();
    // The room's own reply to what lacks is withheld, so that the click comes before it.
    let now_us = room.now_us;
    let text = "We wrote down how to renew it, and it has not happened again.".to_owned();
    let actions = room.conversation.step(now_us, Input::Typed { text });
    assert!(matches!(actions.last(), Some(Action::WantLacks { .. })), "{actions:?}");
    let click = Input::SpeechBegan { at_us: now_us, echo_likelihood: None };
    room.conversation.step(now_us + 96_000, click);
    let end = Input::SpeechPaused { at_us: now_us + 96_000, voiced_ms: 96 };
    let actions = room.conversation.step(now_us + 290_000, end);
    assert!(actions.iter().any(|action| matches!(action, Action::WantLacks { .. })), "{actions:?}");
}

#[test]
fn saying_that_it_is_done_ends_the_answer_and_stays_out_of_stories() {
    let mut room = Room::at_first_question(plan(2));
    room.say("We had an outage in May and I renewed the certificate by hand.");
    room.quiet(1_000, Some(0.2));
    room.say("That's all.");
    let after_ms = room.quiet(3_000, Some(0.2)).expect("the turn ends");
    assert!(after_ms <= 800, "{after_ms}");
    assert!(!room.closed_turns().last().expect("a turn").aside);
}

#[test]
fn a_request_to_repeat_after_a_pause_keeps_what_was_said_before() {
    let mut room = Room::at_first_question(plan(2));
    room.say("We had an outage in May and then we");
    room.quiet(1_500, Some(0.2));
    room.say("Sorry, what was the question again?");
    room.quiet(1_500, Some(0.5));
    room.until_candidate();
    assert_eq!(room.conversation.view().item, Some(0));
    let lines: Vec<LineKind> = room.said().iter().map(|said| said.line).collect();
    assert!(lines.ends_with(&[LineKind::Repeat, LineKind::Question]), "{lines:?}");
    assert!(!room.closed_turns().last().expect("a turn").aside);
}

#[test]
fn a_cough_while_the_reply_is_decided_delays_it_by_no_more_than_two_seconds() {
    let mut room = Room::at_first_question(plan(2));
    room.say("I renewed the certificate by hand and it has not happened again.");
    let now_us = room.now_us;
    // The reply to the wish for lacks is withheld, so that the decision stays open.
    room.conversation.step(now_us, Input::DonePressed);
    assert_eq!(room.floor(), FloorView::Thinking);
    room.cough(120);
    assert_eq!(room.floor(), FloorView::Candidate);
    room.pass(2_000);
    assert_eq!(room.floor(), FloorView::Interviewer);
    assert_eq!(room.conversation.pauses().count(), 0, "nothing is learned from a cough");
}

#[test]
fn a_lone_stop_may_be_the_first_word_of_an_answer() {
    let mut room = Room::at_first_question(plan(2));
    room.say("Stop.");
    assert_eq!(room.quiet(1_500, Some(0.9)), None);
    room.say("That was the first thing I said to the driver that morning.");
    room.quiet(4_000, Some(0.9));
    assert!(room.said().iter().all(|said| said.line != LineKind::Stopped));

    let mut room = Room::at_first_question(plan(2));
    room.say("I want to stop here.");
    room.quiet(3_000, Some(0.9));
    assert!(room.said().iter().any(|said| said.line == LineKind::Stopped));
}

#[test]
fn an_answer_whose_words_are_late_is_not_taken_for_none() {
    let mut room = Room::at_first_question(plan(2));
    room.input(Input::SpeechBegan { at_us: room.now_us, echo_likelihood: None });
    room.pass(4_000);
    room.input(Input::SpeechPaused { at_us: room.now_us, voiced_ms: 4_000 });
    room.input(Input::DonePressed);
    let answer = room.conversation.view().answer.expect("an open answer");
    let asked = room.log.iter().any(
        |(_, action)| matches!(action, Action::WantLacks { answer: other } if *other == answer),
    );
    assert!(asked, "it is looked at like any other");
}

#[test]
fn accurate_words_that_come_late_do_not_lengthen_the_silence() {
    let mut room = Room::at_first_question(plan(2));
    room.say("I like working with plants, and I have done so for the better part of ten years.");
    room.quiet(1_500, Some(0.5));
    let text =
        "I like working with plants, and I have really done so for the better part of ten years.";
    room.input(Input::Words { text: text.to_owned(), accurate: true });
    let more_ms = room.quiet(4_000, Some(0.5)).expect("the turn ends");
    assert!(more_ms <= 1_500, "{more_ms}");
}

#[test]
fn half_a_sentence_and_half_a_list_are_told_from_whole_ones() {
    for (text, ending) in [
        ("We were three. When I joined the team.", Ending::HalfSaid),
        ("When I joined the team, the tests took an hour.", Ending::Complete),
        ("After that we agreed.", Ending::Complete),
        ("If nobody calls them", Ending::HalfSaid),
        ("There are two reasons. The first one is the team.", Ending::HalfSaid),
        ("There are two reasons. The first is the team, the second the work.", Ending::Complete),
        ("Three things helped. First, a calendar. And finally, fewer mails.", Ending::Complete),
        ("I was first in the office.", Ending::Complete),
    ] {
        assert_eq!(ending_of(text), ending, "{text}");
    }
}

#[test]
fn whoever_is_known_to_pause_for_long_is_left_longer_before_all_doubt_ends() {
    let after = |pause_ms: Option<u32>| {
        let mut pauses = Pauses::default();
        for _ in 0..40 {
            pause_ms.into_iter().for_each(|ms| pauses.learn(ms));
        }
        let text = "I called them";
        let place = StoryPlace::Middle;
        ends_after(text, Some(0.01), place, &pauses, Temperament::Neutral).expect("an end")
    };
    assert!(after(Some(3_000)) > 5_000 && after(Some(3_000)) <= 7_000);
    assert!(after(None) <= 5_000 && after(Some(400)) <= 5_000);
}

#[test]
fn how_it_came_out_is_answered_sooner_than_what_was_done() {
    let after = |text: &str| {
        let pauses = Pauses::default();
        ends_after(text, Some(0.5), StoryPlace::Middle, &pauses, Temperament::Neutral)
            .expect("an end")
    };
    for (outcome, deed) in [
        ("By noon all of it had arrived.", "I rang the two other shops."),
        ("In the end they stayed.", "I told them the whole story."),
        ("It has not happened since.", "Then I wrote it down."),
    ] {
        assert!(closing_logit(outcome) > closing_logit(deed) + 0.8, "{outcome} {deed}");
        assert!(after(outcome) + 500 <= after(deed), "{outcome} {deed}");
    }
    assert!(
        closing_logit("I told them. In the end they stayed.") > 0.0,
        "the last sentence counts"
    );
    assert!(closing_logit("").abs() < 0.5);
}

#[test]
fn a_clause_that_has_just_begun_trails_off_whatever_the_mark() {
    for (text, ending) in [
        ("Nobody had asked him, so.", Ending::Trailing),
        ("I think so.", Ending::Complete),
        ("The sales people said that.", Ending::Trailing),
        ("I would do that.", Ending::Complete),
        ("It has not happened since.", Ending::Complete),
        ("It went wrong. On the Wednesday.", Ending::HalfSaid),
        ("On Wednesday.", Ending::Complete),
        ("It went wrong. After that we stopped.", Ending::Complete),
    ] {
        assert_eq!(ending_of(text), ending, "{text}");
    }
}

/// A room in which something was said that may go on or not, and the silence after it was met with
/// encouragement; how long that took, milliseconds.
fn in_doubt() -> (Room, u32) {
    let mut room = Room::at_first_question(plan(2));
    room.lacks = vec![Lack::Result];
    room.say("Last year in May the whole shop was down. I called the provider of the certificate.");
    let from = room.log.len();
    let after_ms = room.quiet(6_000, Some(0.3)).expect("something is said");
    assert_eq!(room.lines_since(from), [LineKind::Encourage]);
    room.until_candidate();
    (room, after_ms)
}

#[test]
fn a_doubtful_silence_leaves_the_floor_to_the_candidate() {
    let (mut room, after_ms) = in_doubt();
    assert!((3_000..=3_600).contains(&after_ms), "{after_ms}");
    let from = room.log.len();
    assert_eq!(room.quiet(1_000, Some(0.3)), None);
    room.say("They had a new one for us by noon, and it has not happened since.");
    room.quiet(5_000, Some(0.9));
    room.until_candidate();
    let answers: Vec<_> = room.closed_turns().into_iter().map(|turn| turn.answer).collect();
    assert_eq!(answers[answers.len() - 1], answers[answers.len() - 2], "one answer");
    assert!(!room.lines_since(from).contains(&LineKind::Encourage), "once is enough");
}

#[test]
fn who_adds_nothing_in_doubt_gets_the_reply() {
    let (mut room, _) = in_doubt();
    let from = room.log.len();
    let after_ms = room.quiet(6_000, Some(0.3)).expect("a reply");
    assert!(after_ms <= 2_500, "{after_ms}");
    room.until_candidate();
    assert_eq!(room.lines_since(from).last(), Some(&LineKind::Probe), "the result is asked for");
    assert_eq!(room.conversation.view().item, Some(0));
}
