//! Whatever happens, in whatever order: the interview goes on, nothing is lost, nothing is said twice.

use std::collections::BTreeMap;

use conversation::{
    Action, AnswerRef, Conversation, Engine, FloorView, Input, LineKind, Part, Phase,
    UtteranceEvent, request::understand,
};
use interview::{Lack, Plan, Us};
use proptest::prelude::*;

use crate::room::{one_way_plan, plan};

/// What a room may do, without knowing what state it meets.
fn inputs() -> impl Strategy<Value = Input> {
    let answer = (0u32..3, 1u32..3)
        .prop_map(|(item, attempt)| AnswerRef { part: Part::Item(item), attempt });
    let lacks = proptest::collection::vec(proptest::sample::select(Lack::ALL.to_vec()), 0..4);
    let lack = proptest::sample::select(Lack::ALL.to_vec());
    let text = proptest::sample::select(vec![
        "",
        "um",
        "yes",
        "no",
        "mm",
        "okay",
        "sorry?",
        "could you repeat that",
        "skip",
        "stop",
        "that's all",
        "give me a second",
        "can I come back to that",
        "We had an outage and",
        "let me think",
        "Last year in May I renewed a certificate and since then it has not happened again.",
        "we rebuilt the importer",
        "How large is the team?",
        "\u{1f600} \u{fffd}",
        "?",
        "...",
    ])
    .prop_map(str::to_owned);
    let event = prop_oneof![
        Just(UtteranceEvent::Started),
        Just(UtteranceEvent::Finished),
        Just(UtteranceEvent::Failed),
        (0i64..5_000_000, proptest::option::of(0i64..5_000_000))
            .prop_map(|(played_us, total_us)| UtteranceEvent::Stopped { played_us, total_us }),
    ];
    let engine = proptest::sample::select(vec![
        Engine::VoiceActivity,
        Engine::Captions,
        Engine::TurnEnd,
        Engine::Speech,
        Engine::Language,
    ]);
    prop_oneof![
        1 => Just(Input::Start),
        8 => (1u64..20, event).prop_map(|(id, event)| Input::Utterance { id, event }),
        2 => (0i64..90_000_000).prop_map(|at_us| Input::SoundBegan { at_us }),
        2 => (0i64..90_000_000).prop_map(|to_us| Input::SpeechHeard { to_us }),
        3 => (0i64..90_000_000, proptest::option::of(0f32..=1.0))
            .prop_map(|(at_us, echo_likelihood)| Input::SpeechBegan { at_us, echo_likelihood }),
        3 => (0i64..90_000_000, 0u32..5_000)
            .prop_map(|(at_us, voiced_ms)| Input::SpeechPaused { at_us, voiced_ms }),
        4 => (0u32..40_000, proptest::option::of(0f32..=1.0))
            .prop_map(|(ms, sound_probability)| Input::Silence { ms, sound_probability }),
        4 => (text.clone(), any::<bool>()).prop_map(|(text, accurate)| Input::Words { text, accurate }),
        2 => (answer.clone(), lacks).prop_map(|(answer, lacks)| Input::Lacks { answer, lacks }),
        1 => Just(Input::Typing),
        3 => text.clone().prop_map(|text| Input::Typed { text }),
        2 => Just(Input::DonePressed),
        1 => any::<bool>().prop_map(|held| Input::PushToTalk { held }),
        1 => Just(Input::PushToTalkOff),
        1 => Just(Input::RepeatPressed),
        1 => Just(Input::SkipPressed),
        1 => Just(Input::LaterPressed),
        1 => Just(Input::StartAnswer),
        1 => Just(Input::Retake),
        6 => Just(Input::Timer),
        1 => any::<bool>().prop_map(|on| Input::Microphone { on }),
        1 => Just(Input::Disconnected),
        2 => Just(Input::LateSound),
        1 => (0i64..60_000_000).prop_map(|gap_us| Input::Reconnected { gap_us }),
        1 => (answer, lack, text.clone())
            .prop_map(|(answer, lack, text)| Input::PreparedProbe { answer, lack, text }),
        1 => proptest::option::of(text).prop_map(|answer| Input::NotesAnswer { answer }),
        1 => engine.prop_map(|engine| Input::EngineFailed { engine }),
    ]
}

/// What a line does to a message.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Arrives,
    ArrivesTwice,
    /// The next one arrives before it.
    IsOvertaken,
    IsLost,
}

/// Inputs with the time that passes before each; in nine of ten the first one is the start. Some are
/// lost, come twice, or change places, as messages, sound and answers of engines do.
fn sequences() -> impl Strategy<Value = Vec<(Us, Input)>> {
    let pause_us = prop_oneof![0i64..400_000, 0i64..4_000_000, 0i64..40_000_000];
    let fate = prop_oneof![
        16 => Just(Fate::Arrives),
        2 => Just(Fate::ArrivesTwice),
        1 => Just(Fate::IsOvertaken),
        1 => Just(Fate::IsLost),
    ];
    let rest = proptest::collection::vec((pause_us, inputs(), fate), 0..60);
    (rest, 0..10).prop_map(|(drawn, tenth)| {
        let mut sequence = Vec::with_capacity(drawn.len() + 1);
        if tenth > 0 {
            sequence.push((0, Input::Start));
        }
        let mut overtaken = None;
        for (pause_us, input, fate) in drawn {
            match fate {
                Fate::Arrives => sequence.push((pause_us, input)),
                Fate::ArrivesTwice => {
                    sequence.extend([(pause_us, input.clone()), (0, input)]);
                }
                Fate::IsOvertaken => {
                    sequence.extend(overtaken.replace((pause_us, input)));
                    continue;
                }
                Fate::IsLost => {}
            }
            sequence.extend(overtaken.take());
        }
        sequence
    })
}

/// Most inputs speak of what is there: the utterance being played, the open answer, a moment ago. What
/// is left as it was drawn speaks of what is past or was never there.
fn fitted(input: Input, conversation: &Conversation, now_us: Us) -> Input {
    let view = conversation.view();
    match (input, view.utterance, view.answer) {
        (Input::Utterance { id, event }, Some(utterance), _) if id < 18 => {
            Input::Utterance { id: utterance, event }
        }
        (Input::SoundBegan { at_us }, ..) => Input::SoundBegan { at_us: now_us - at_us % 500_000 },
        (Input::SpeechHeard { to_us }, ..) => {
            Input::SpeechHeard { to_us: now_us - to_us % 500_000 }
        }
        (Input::SpeechBegan { at_us, echo_likelihood }, ..) => {
            Input::SpeechBegan { at_us: now_us - at_us % 500_000, echo_likelihood }
        }
        (Input::SpeechPaused { at_us, voiced_ms }, ..) => {
            Input::SpeechPaused { at_us: now_us - at_us % 500_000, voiced_ms }
        }
        (Input::Lacks { answer, lacks }, _, Some(open)) if answer.attempt == 1 => {
            Input::Lacks { answer: open, lacks }
        }
        (Input::PreparedProbe { answer, lack, text }, _, Some(open)) if answer.attempt == 1 => {
            Input::PreparedProbe { answer: open, lack, text }
        }
        (input, ..) => input,
    }
}

/// Follows the actions and complains about what must not happen.
#[derive(Default)]
struct Witness {
    open_answer: Option<AnswerRef>,
    open_turn: Option<Us>,
    utterance: u64,
    questions: BTreeMap<String, u32>,
    /// What may be said again: after an interruption, a request or a gap.
    again: u32,
    ended: bool,
}

impl Witness {
    fn see(&mut self, input: &Input, actions: &[Action]) {
        self.again += u32::from(match input {
            Input::RepeatPressed | Input::Reconnected { .. } | Input::LaterPressed => true,
            Input::Typed { text } | Input::Words { text, .. } => understand(text).is_some(),
            _ => false,
        });
        for action in actions {
            assert!(!self.ended, "{action:?} after the end");
            self.see_one(action);
        }
    }

    fn see_one(&mut self, action: &Action) {
        match action {
            Action::Say { id, line, text, .. } => {
                assert_eq!(*id, self.utterance + 1, "utterances are counted");
                self.utterance = *id;
                assert!(self.open_turn.is_none(), "speaks into the candidate's turn: {text}");
                if *line == LineKind::Question {
                    *self.questions.entry(text.clone()).or_default() += 1;
                }
            }
            Action::StopSpeaking { .. } => self.again += 1,
            Action::OpenAnswer { answer, .. } => {
                assert_eq!(self.open_answer.replace(*answer), None, "an answer was never closed");
            }
            Action::CloseAnswer { answer, .. } => {
                assert_eq!(self.open_answer.take(), Some(*answer));
            }
            Action::OpenTurn { from_us } => {
                assert_eq!(self.open_turn.replace(*from_us), None, "a turn was never closed");
            }
            Action::CloseTurn { answer, from_us, to_us, .. } => {
                assert_eq!(self.open_turn.take(), Some(*from_us));
                assert!(from_us <= to_us);
                assert_eq!(*answer, self.open_answer);
            }
            Action::End { .. } => {
                assert_eq!(self.open_answer, None);
                assert_eq!(self.open_turn, None);
                self.ended = true;
            }
            _ => {}
        }
    }
}

/// Whether a typed text is a turn of the candidate.
fn takes_text(phase: Phase, floor: FloorView) -> bool {
    let talking = !matches!(phase, Phase::Ready | Phase::Closing | Phase::Ended);
    talking && !matches!(floor, FloorView::Away | FloorView::Reviewing | FloorView::Nobody)
}

/// From any state on, timers alone lead to the end.
fn led_to_the_end(mut conversation: Conversation, mut witness: Witness, mut now_us: Us) {
    for input in [Input::Reconnected { gap_us: 0 }, Input::Start, Input::PushToTalk { held: false }]
    {
        let actions = conversation.step(now_us, input.clone());
        witness.see(&input, &actions);
    }
    for _ in 0..600 {
        if witness.ended {
            return;
        }
        let deadline_us =
            conversation.next_deadline().expect("nothing is due and it is not the end");
        assert!(deadline_us < now_us + 3_600_000_000, "nothing is due for an hour");
        now_us = now_us.max(deadline_us);
        let actions = conversation.step(now_us, Input::Timer);
        witness.see(&Input::Timer, &actions);
    }
    panic!("no end: {:?}", conversation.view());
}

fn held(plan: Plan, seed: u64, sequence: Vec<(Us, Input)>) {
    let mut conversation = Conversation::new(plan, seed);
    let mut witness = Witness::default();
    let mut now_us = 0;
    for (pause_us, input) in sequence {
        now_us += pause_us;
        let input = fitted(input, &conversation, now_us);
        let before = conversation.view();
        let actions = conversation.step(now_us, input.clone());
        if takes_text(before.phase, before.floor)
            && let Input::Typed { text } = &input
            && text.chars().any(char::is_alphanumeric)
        {
            let kept = |action: &Action| matches!(action, Action::CloseTurn { typed: Some(typed), .. } if typed == text);
            assert!(actions.iter().any(kept), "lost: {text}, {before:?}");
        }
        witness.see(&input, &actions);
    }
    for (text, count) in &witness.questions {
        assert!(*count <= 1 + witness.again, "said {count} times unasked: {text}");
    }
    led_to_the_end(conversation, witness, now_us);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_conversation_can_be_led_to_its_end(seed in 0u64..8, sequence in sequences()) {
        thread_local!(static PLAN: Plan = plan(2));
        held(PLAN.with(Clone::clone), seed, sequence);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 15_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn so_can_any_one_way_interview(seed in 0u64..8, sequence in sequences()) {
        thread_local!(static PLAN: Plan = one_way_plan(2));
        held(PLAN.with(Clone::clone), seed, sequence);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_stored_conversation_goes_on_as_if_it_had_not_been(sequence in sequences(), at in 0usize..60) {
        thread_local!(static PLAN: Plan = plan(2));
        let mut whole = Conversation::new(PLAN.with(Clone::clone), 3);
        let mut stored = whole.clone();
        let mut now_us = 0;
        for (index, (pause_us, input)) in sequence.into_iter().enumerate() {
            now_us += pause_us;
            let input = fitted(input, &whole, now_us);
            if index == at {
                let json = serde_json::to_string(&stored).expect("it can be stored");
                stored = serde_json::from_str(&json).expect("it can be restored");
            }
            prop_assert_eq!(whole.step(now_us, input.clone()), stored.step(now_us, input));
            prop_assert_eq!(whole.next_deadline(), stored.next_deadline());
        }
        prop_assert_eq!(whole, stored);
    }
}
