//! A room: plays the interviewer's lines, answers its questions to the machinery, and lets a candidate
//! speak, type and press keys on one timeline.

use std::{collections::VecDeque, fs, path::Path};

use conversation::{
    Action, AnswerRef, CloseReason, Conversation, EndReason, FloorView, Input, LineKind,
    UtteranceEvent, UtteranceId, Wishes, make_plan,
};
use interview::{Bank, FormatId, Lack, Mode, PersonaId, Plan, Us};

pub(crate) const MS: Us = 1_000;
pub(crate) const SECOND: Us = 1_000_000;

/// How long a spoken word of the interviewer lasts.
const WORD_US: Us = 300 * MS;

/// The bank of the content folder.
pub(crate) fn bank() -> Bank {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content");
    let mut files = Vec::new();
    for folder in ["questions", "formats", "personas", "rubrics"] {
        for entry in fs::read_dir(root.join(folder)).expect("the content folder is there") {
            let path = entry.expect("a readable folder").path();
            let name = path.file_name().expect("a file name").to_string_lossy().into_owned();
            files.push((
                format!("{folder}/{name}"),
                fs::read_to_string(&path).expect("a text file"),
            ));
        }
    }
    let files = files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
    Bank::read(files).expect("a bank without problems")
}

/// A plan of the behavioural format with a neutral interviewer and this many questions.
pub(crate) fn plan(count: u32) -> Plan {
    let wishes = Wishes {
        persona: Some(PersonaId("marcus".to_owned())),
        count: Some(count),
        ..Wishes::default()
    };
    make_plan(&bank(), wishes, 7).expect("a plan")
}

/// A plan of the one-way format with this many questions.
pub(crate) fn one_way_plan(count: u32) -> Plan {
    let wishes = Wishes {
        format: Some(FormatId("one-way-video".to_owned())),
        count: Some(count),
        ..Wishes::default()
    };
    make_plan(&bank(), wishes, 7).expect("a plan")
}

/// One thing the interviewer said.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Said {
    pub(crate) at_us: Us,
    pub(crate) id: UtteranceId,
    pub(crate) line: LineKind,
    pub(crate) text: String,
}

/// A turn of the candidate as it was closed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Closed {
    pub(crate) at_us: Us,
    pub(crate) answer: Option<AnswerRef>,
    pub(crate) probe: Option<String>,
    pub(crate) mode: Mode,
    pub(crate) aside: bool,
}

pub(crate) struct Room {
    pub(crate) conversation: Conversation,
    pub(crate) now_us: Us,
    pub(crate) log: Vec<(Us, Action)>,
    /// What is played or waits for it, with its length, and when the first began.
    queue: VecDeque<(UtteranceId, Us)>,
    playing_from_us: Option<Us>,
    /// What every answer lacks.
    pub(crate) lacks: Vec<Lack>,
    /// What the notes say.
    pub(crate) notes: Option<String>,
    /// What the candidate has said in the present turn.
    text: String,
    turn_us: Option<Us>,
}

impl Room {
    pub(crate) fn new(plan: Plan) -> Self {
        Self {
            conversation: Conversation::new(plan, 11),
            now_us: 0,
            log: Vec::new(),
            queue: VecDeque::new(),
            playing_from_us: None,
            lacks: Vec::new(),
            notes: None,
            text: String::new(),
            turn_us: None,
        }
    }

    /// A room in which the interview has begun and the warm-up waits for its answer.
    pub(crate) fn started(plan: Plan) -> Self {
        let mut room = Self::new(plan);
        room.input(Input::Start);
        room.until_candidate();
        room
    }

    /// A room in which the first question waits for its answer.
    pub(crate) fn at_first_question(plan: Plan) -> Self {
        let mut room = Self::started(plan);
        room.type_text("I have been repairing an old bicycle with my daughter this week.");
        room.until_candidate();
        room
    }

    /// Hands in an input and does what follows.
    pub(crate) fn input(&mut self, input: Input) {
        let actions = self.conversation.step(self.now_us, input);
        for action in actions {
            self.log.push((self.now_us, action.clone()));
            match action {
                Action::Say { id, text, .. } => {
                    let words = text.split_whitespace().count() as Us;
                    self.queue.push_back((id, words * WORD_US));
                }
                Action::StopSpeaking { id } => {
                    let total_us = self.queue.front().map(|(_, us)| *us);
                    let played_us = self.playing_from_us.map_or(0, |us| self.now_us - us);
                    self.queue.clear();
                    self.playing_from_us = None;
                    let event = UtteranceEvent::Stopped { played_us, total_us };
                    self.input(Input::Utterance { id, event });
                }
                Action::WantLacks { answer } => {
                    let lacks = self.lacks.clone();
                    self.input(Input::Lacks { answer, lacks });
                }
                Action::LookUpNotes { .. } => {
                    let answer = self.notes.clone();
                    self.input(Input::NotesAnswer { answer });
                }
                _ => {}
            }
        }
        if self.playing_from_us.is_none()
            && let Some((id, _)) = self.queue.front().copied()
        {
            self.playing_from_us = Some(self.now_us);
            self.input(Input::Utterance { id, event: UtteranceEvent::Started });
        }
    }

    /// When the utterance being played ends, or a timer is due.
    fn next_event_us(&self) -> Option<Us> {
        let played =
            self.playing_from_us.zip(self.queue.front()).map(|(from_us, (_, us))| from_us + us);
        played.into_iter().chain(self.conversation.next_deadline()).min()
    }

    /// Lets time pass up to `until_us`, playing and ringing timers.
    pub(crate) fn pass_until(&mut self, until_us: Us) {
        let mut steps = 0;
        while let Some(us) = self.next_event_us().filter(|us| *us <= until_us) {
            steps += 1;
            assert!(steps < 10_000, "time stands still at {us}: {:?}", self.conversation.view());
            self.now_us = self.now_us.max(us);
            self.event();
        }
        self.now_us = self.now_us.max(until_us);
    }

    fn event(&mut self) {
        if let Some(from_us) = self.playing_from_us
            && let Some((id, us)) = self.queue.front().copied()
            && from_us + us <= self.now_us
        {
            self.queue.pop_front();
            self.playing_from_us = None;
            self.input(Input::Utterance { id, event: UtteranceEvent::Finished });
        } else {
            self.input(Input::Timer);
        }
    }

    pub(crate) fn pass(&mut self, ms: Us) {
        self.pass_until(self.now_us + ms * MS);
    }

    pub(crate) fn floor(&self) -> FloorView {
        self.conversation.view().floor
    }

    /// Lets time pass until the candidate has the floor (or the interview is over).
    pub(crate) fn until_candidate(&mut self) {
        for _ in 0..1_000 {
            if matches!(
                self.floor(),
                FloorView::Candidate | FloorView::Nobody | FloorView::Preparing
            ) {
                return;
            }
            let us = self.next_event_us().expect("something is due");
            self.now_us = self.now_us.max(us);
            self.event();
        }
        panic!("the candidate never gets the floor");
    }

    /// The candidate says this, one word every 300 ms; captions follow each word. Time passes.
    pub(crate) fn say(&mut self, text: &str) {
        let turn_us = self.conversation.view().words_from_us;
        if turn_us != self.turn_us {
            self.text.clear();
        }
        self.input(Input::SpeechBegan { at_us: self.now_us, echo_likelihood: None });
        self.turn_us = self.conversation.view().words_from_us;
        let words: Vec<&str> = text.split_whitespace().collect();
        for word in &words {
            self.pass(300);
            if self.conversation.view().words_from_us != self.turn_us {
                self.turn_us = self.conversation.view().words_from_us;
            }
            if !self.text.is_empty() {
                self.text.push(' ');
            }
            self.text.push_str(word);
            self.input(Input::Words { text: self.text.clone(), accurate: false });
        }
        let voiced_ms = words.len() as u32 * 300;
        self.input(Input::SpeechPaused { at_us: self.now_us, voiced_ms });
    }

    /// A sound of the candidate without words.
    pub(crate) fn cough(&mut self, ms: u32) {
        self.input(Input::SpeechBegan { at_us: self.now_us, echo_likelihood: None });
        self.pass(Us::from(ms));
        self.input(Input::SpeechPaused { at_us: self.now_us, voiced_ms: ms });
    }

    /// Silence of this length, reported every 100 ms with this sound probability, while the candidate
    /// has the floor. Returns after how long the candidate lost the floor, if that happened.
    pub(crate) fn quiet(&mut self, ms: u32, sound_probability: Option<f32>) -> Option<u32> {
        for passed_ms in (100..=ms).step_by(100) {
            self.pass(100);
            if self.floor() != FloorView::Candidate {
                return Some(passed_ms);
            }
            self.input(Input::Silence { ms: passed_ms, sound_probability });
            if self.floor() != FloorView::Candidate {
                return Some(passed_ms);
            }
        }
        None
    }

    pub(crate) fn type_text(&mut self, text: &str) {
        self.input(Input::Typed { text: text.to_owned() });
    }

    /// Says nothing until the interview is over; returns why it ended.
    pub(crate) fn sit_out(&mut self) -> Option<EndReason> {
        for _ in 0..2_000 {
            if let Some(reason) = self.ended() {
                return Some(reason);
            }
            let us = self.next_event_us()?;
            self.now_us = self.now_us.max(us);
            self.event();
        }
        None
    }

    pub(crate) fn ended(&self) -> Option<EndReason> {
        self.log.iter().find_map(|(_, action)| match action {
            Action::End { reason } => Some(*reason),
            _ => None,
        })
    }

    pub(crate) fn said(&self) -> Vec<Said> {
        self.log
            .iter()
            .filter_map(|(at_us, action)| match action {
                Action::Say { id, line, text, .. } => {
                    Some(Said { at_us: *at_us, id: *id, line: *line, text: text.clone() })
                }
                _ => None,
            })
            .collect()
    }

    /// The kinds of the lines said since the log had `from` entries.
    pub(crate) fn lines_since(&self, from: usize) -> Vec<LineKind> {
        self.log[from..]
            .iter()
            .filter_map(|(_, action)| match action {
                Action::Say { line, .. } => Some(*line),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn closed_turns(&self) -> Vec<Closed> {
        self.log
            .iter()
            .filter_map(|(at_us, action)| match action {
                Action::CloseTurn { answer, probe, mode, aside, .. } => Some(Closed {
                    at_us: *at_us,
                    answer: *answer,
                    probe: probe.clone(),
                    mode: *mode,
                    aside: *aside,
                }),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn closed_answers(&self) -> Vec<(AnswerRef, CloseReason)> {
        self.log
            .iter()
            .filter_map(|(_, action)| match action {
                Action::CloseAnswer { answer, reason } => Some((*answer, *reason)),
                _ => None,
            })
            .collect()
    }
}
