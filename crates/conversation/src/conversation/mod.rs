//! The state machine: one step at a time.

mod asking;
mod due;
mod listening;
mod one_way;
mod returning;
mod speaking;
mod state;

use std::collections::VecDeque;

use interview::{Plan, Us, format::Encounter, persona::Occasion};
use serde::{Deserialize, Serialize};

use self::state::{Draft, Floor, Listening, OpenAnswer, Place, Then};
use crate::{
    action::{Action, AnswerRef, CloseReason, EndReason, Notice, Part},
    input::{Engine, Input},
    lines::{Lines, filled},
    turn_end::{Pauses, TurnEndModel},
    view::{FloorView, Phase, View},
};

/// The least and the most patience that can be wished for.
pub const PATIENCE_MIN: f64 = 0.5;
/// See [`PATIENCE_MIN`].
pub const PATIENCE_MAX: f64 = 3.0;

/// An interview in progress. Plain data: storing it and reading it back changes nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    plan: Plan,
    seed: u64,
    now_us: Us,
    place: Place,
    floor: Floor,
    answer: Option<OpenAnswer>,
    /// Questions that have not been asked yet, in order.
    upcoming: VecDeque<u32>,
    /// Questions that were put off once already.
    deferred: Vec<u32>,
    /// How many answers there were to each part.
    attempts: Vec<(Part, u32)>,
    /// What was asked last, to be repeated.
    asked: Option<Draft>,
    lines: Lines,
    utterances: u64,
    pauses: Pauses,
    cut_offs: u32,
    /// The push-to-talk key, from its first use on: whether it is down, and since when.
    key: Option<(bool, Us)>,
    microphone: bool,
    captions: bool,
    away_us: Option<Us>,
    /// Take-overs in a row that turned out to have no words.
    wordless_stops: u32,
    /// How often what leads on was broken off before it was heard, since it led on last.
    #[serde(default)]
    broken_off: u32,
    pace: Pace,
    /// How long silences are waited for, in thousandths of the usual.
    #[serde(default = "usual_permille")]
    patience_permille: u32,
    /// How silences are judged: the standard, except while being measured, so it is not stored.
    #[serde(skip)]
    turn_end: TurnEndModel,
}

/// How fast the candidate talks, for the hints.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Pace {
    /// Time and number of words in this turn, the oldest first.
    samples: VecDeque<(Us, u32)>,
    /// Words and time of all turns closed so far.
    words: u64,
    held_us: Us,
    hinted_us: Option<Us>,
}

impl Conversation {
    /// A conversation that has not begun. `seed` decides between lines that would do equally well.
    #[must_use]
    pub fn new(plan: Plan, seed: u64) -> Self {
        let upcoming = (0..plan.items.len() as u32).collect();
        Self {
            plan,
            seed,
            now_us: 0,
            place: Place::Ready,
            floor: Floor::Nobody,
            answer: None,
            upcoming,
            deferred: Vec::new(),
            attempts: Vec::new(),
            asked: None,
            lines: Lines::default(),
            utterances: 0,
            pauses: Pauses::default(),
            cut_offs: 0,
            key: None,
            microphone: true,
            captions: true,
            away_us: None,
            wordless_stops: 0,
            broken_off: 0,
            pace: Pace::default(),
            patience_permille: usual_permille(),
            turn_end: TurnEndModel::STANDARD,
        }
    }

    /// The plan that is followed.
    #[must_use]
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What is known of the candidate's pauses.
    #[must_use]
    pub const fn pauses(&self) -> &Pauses {
        &self.pauses
    }

    /// Begins with what is known of the candidate's pauses from earlier interviews.
    #[must_use]
    pub fn with_pauses(mut self, pauses: Pauses) -> Self {
        self.pauses = pauses;
        self
    }

    /// Waits this many times as long as usual in every silence, from [`PATIENCE_MIN`] to [`PATIENCE_MAX`];
    /// values beyond count as these, and what is no number as 1.
    pub fn set_patience(&mut self, patience: f64) {
        let patience = if patience.is_nan() { 1.0 } else { patience };
        let permille = (patience.clamp(PATIENCE_MIN, PATIENCE_MAX) * 1e3).round();
        self.patience_permille = permille as u32;
    }

    /// How many times as long as usual silences are waited for.
    #[must_use]
    pub fn patience(&self) -> f64 {
        f64::from(self.patience_permille) / 1e3
    }

    /// A time that is waited in silence, as this candidate wishes it.
    fn patiently(&self, us: Us) -> Us {
        us * Us::from(self.patience_permille) / 1_000
    }

    /// Judges silences by other weights than the standard ones, to measure what they are worth.
    #[must_use]
    pub fn with_turn_end(mut self, model: TurnEndModel) -> Self {
        self.turn_end = model;
        self
    }

    /// Takes one input at interview time `now_us` and returns what follows, in order. A time before the
    /// last one counts as the last one. Inputs that mean nothing at present change nothing.
    pub fn step(&mut self, now_us: Us, input: Input) -> Vec<Action> {
        let before_us = self.now_us;
        self.now_us = self.now_us.max(now_us);
        let mut out = Vec::new();
        if self.place == Place::Ended {
            return out;
        }
        if self.away_us.is_some()
            && !matches!(
                input,
                Input::Reconnected { .. } | Input::StopPressed | Input::Utterance { .. }
            )
        {
            return out;
        }
        self.take(input, before_us, &mut out);
        out
    }

    fn take(&mut self, input: Input, before_us: Us, out: &mut Vec<Action>) {
        match input {
            Input::Start => self.start(out),
            Input::Utterance { id, event } => self.on_utterance(id, event, out),
            Input::SoundBegan { at_us } => self.sound_began(at_us.min(self.now_us), out),
            Input::SpeechHeard { to_us } => self.on_speech_heard(to_us.min(self.now_us), out),
            Input::SpeechBegan { at_us, echo_likelihood } => {
                self.on_speech_began(at_us.min(self.now_us), echo_likelihood, out);
            }
            Input::SpeechPaused { at_us, voiced_ms } => {
                self.on_speech_paused(at_us.min(self.now_us), voiced_ms, out);
            }
            Input::Silence { ms, sound_probability } => self.on_silence(ms, sound_probability, out),
            Input::Words { text, accurate } => self.on_words(text, accurate, out),
            Input::Lacks { answer, lacks } => self.on_lacks(answer, lacks, out),
            Input::Typing => self.on_typing(),
            Input::Typed { text } => self.on_typed(text, out),
            Input::DonePressed => self.on_done(out),
            Input::PushToTalk { held } => self.on_key(held, out),
            Input::PushToTalkOff => self.key = None,
            Input::RepeatPressed => self.on_repeat(out),
            Input::SkipPressed => self.on_leave(CloseReason::Skipped, out),
            Input::LaterPressed => self.on_leave(CloseReason::Deferred, out),
            Input::StopPressed => self.stop(out),
            Input::StartAnswer => self.on_start_answer(out),
            Input::Retake => self.on_retake(out),
            Input::Timer => self.tick(out),
            Input::Microphone { on } => self.microphone = on,
            Input::Disconnected => self.away_us = Some(self.now_us),
            Input::Reconnected { gap_us } => self.on_reconnected(gap_us, before_us, out),
            Input::LateSound => self.on_late_sound(),
            Input::PreparedProbe { answer, lack, text } => self.on_prepared(answer, lack, &text),
            Input::NotesAnswer { answer } => self.on_notes(answer, out),
            Input::EngineFailed { engine } => self.on_engine_failed(engine, out),
        }
    }

    fn on_engine_failed(&mut self, engine: Engine, out: &mut Vec<Action>) {
        match engine {
            Engine::VoiceActivity => {
                self.microphone = false;
                out.push(Action::Notify { notice: Notice::NotHeard });
            }
            Engine::Captions => self.captions = false,
            Engine::Speech => out.push(Action::Notify { notice: Notice::LinesShownOnly }),
            // Without the turn-end model no probabilities come, without a language model no probes:
            // both are optional everywhere.
            Engine::TurnEnd | Engine::Language => {}
        }
    }

    fn is_one_way(&self) -> bool {
        self.plan.format.encounter == Encounter::OneWay
    }

    fn question_text(&self, item: u32) -> Option<&str> {
        self.plan.items.get(item as usize).map(|item| item.question.text.as_str())
    }

    fn close_answer(&mut self, reason: CloseReason, out: &mut Vec<Action>) {
        if let Some(open) = self.answer.take() {
            out.push(Action::CloseAnswer { answer: open.answer, reason });
        }
    }

    fn open_answer(&mut self, from_us: Us, out: &mut Vec<Action>) {
        if self.answer.is_some() {
            return;
        }
        let Some(part) = self.place.part() else { return };
        let index = match self.attempts.iter().position(|(other, _)| *other == part) {
            Some(index) => index,
            None => {
                self.attempts.push((part, 0));
                self.attempts.len() - 1
            }
        };
        self.attempts[index].1 += 1;
        let answer = AnswerRef { part, attempt: self.attempts[index].1 };
        self.answer = Some(OpenAnswer::new(answer));
        out.push(Action::OpenAnswer { answer, from_us });
    }

    /// The candidate asked to stop.
    fn stop(&mut self, out: &mut Vec<Action>) {
        self.away_us = None;
        match &self.floor {
            Floor::Speaking(speech) if matches!(speech.then, Then::End(_)) => return,
            Floor::Speaking(_) => drop(self.fall_silent(out)),
            Floor::Listening(_) => self.close_turn(None, false, out),
            _ => {}
        }
        self.close_answer(CloseReason::Stopped, out);
        self.goodbye(Occasion::Stopped, EndReason::Stopped, None, out);
    }

    /// The lines that this interview may need, the first needed first: what to speak into the cache
    /// before the start. Lines that depend on what the candidate says are not among them.
    #[must_use]
    pub fn lines_ahead(&self) -> Vec<String> {
        use Occasion::{
            Acknowledgement, AnythingElse, Closing, Encourage, FirstQuestion, Greeting,
            InviteQuestions, MoveOn, NotInNotes, Nudge, OfferRepeat, Repeat, Stopped, TimeUp,
            WarmUp, WhereWereWe,
        };
        let mut lines: Vec<String> = Vec::new();
        let mut add = |text: String| {
            if !lines.contains(&text) {
                lines.push(text);
            }
        };
        let all = |occasion| filled(&self.plan, self.seed, occasion, None);
        let first = [Greeting, WarmUp, FirstQuestion];
        for line in first.into_iter().filter_map(|occasion| all(occasion).into_iter().next()) {
            add(line.text);
        }
        let questions = self.plan.items.iter().map(|item| &item.question);
        for text in questions.clone().take(1).map(|question| question.text.clone()) {
            add(text);
        }
        let later = [Encourage, Acknowledgement, OfferRepeat, Repeat, MoveOn, Nudge];
        for line in later.into_iter().flat_map(all) {
            add(line.text);
        }
        for question in questions {
            add(question.text.clone());
            for probe in question.probes.values().flatten() {
                add(probe.clone());
            }
        }
        let last =
            [TimeUp, InviteQuestions, NotInNotes, AnythingElse, Closing, WhereWereWe, Stopped];
        for line in last.into_iter().flat_map(all) {
            add(line.text);
        }
        lines
    }

    /// What a page shows.
    #[must_use]
    pub fn view(&self) -> View {
        let place = self.place_ahead();
        let item = match place {
            Place::Item(item) => Some(item),
            _ => None,
        };
        let count = self.plan.items.len() as u32;
        let waiting = self.upcoming.iter().filter(|other| Some(**other) != item).count() as u32;
        let (utterance, ducked) = match &self.floor {
            Floor::Speaking(speech) => (speech.queue.front(), speech.is_ducked()),
            _ => (None, false),
        };
        let arrived = place == self.place;
        let answer = self.answer.as_ref();
        View {
            phase: phase_of(place),
            floor: self.floor_view(),
            item,
            number: item.map(|_| count - waiting),
            count,
            question: item.and_then(|item| self.question_text(item)).map(str::to_owned),
            probe: answer
                .filter(|_| arrived)
                .and_then(|answer| answer.probes.last())
                .map(|probe| probe.text.clone()),
            utterance: utterance.map(|utterance| utterance.id),
            saying: utterance.map(|utterance| utterance.text.clone()),
            ducked,
            answer: answer.map(|answer| answer.answer),
            words_from_us: self.words_from_us(),
            answer_ms: (self.held_us() / 1_000).max(0) as u64,
            nudge_ms: u64::from(self.plan.format.answer_nudge_s) * 1_000,
            limit_ms: u64::from(self.plan.format.answer_limit_s) * 1_000,
            until_us: match self.floor {
                Floor::Preparing { until_us } | Floor::Reviewing { until_us } => Some(until_us),
                _ => None,
            },
            retakes_left: self.retakes_left(),
            push_to_talk: self.key.is_some(),
            microphone: self.microphone,
        }
    }

    /// Where the conversation is, or is being led by what the interviewer says now.
    fn place_ahead(&self) -> Place {
        match &self.floor {
            Floor::Speaking(speech) => match &speech.then {
                Then::Listen(target) | Then::Prepare(target) => target.place,
                Then::End(_) => self.place,
            },
            _ => self.place,
        }
    }

    fn floor_view(&self) -> FloorView {
        if self.away_us.is_some() {
            return FloorView::Away;
        }
        match self.floor {
            Floor::Nobody => FloorView::Nobody,
            Floor::Speaking(_) => FloorView::Interviewer,
            Floor::Listening(_) => FloorView::Candidate,
            Floor::Deciding { .. } | Floor::LookingUp { .. } => FloorView::Thinking,
            Floor::Preparing { .. } => FloorView::Preparing,
            Floor::Reviewing { .. } => FloorView::Reviewing,
        }
    }

    fn words_from_us(&self) -> Option<Us> {
        match &self.floor {
            Floor::Listening(listening) => Some(listening.from_us),
            Floor::Speaking(speech) => speech.burst.as_ref().map(|(burst, _)| burst.from_us),
            Floor::Deciding { .. } => self.answer.as_ref().and_then(|open| open.last_turn_us),
            _ => None,
        }
    }

    /// For how long the candidate has had the floor in this answer.
    fn held_us(&self) -> Us {
        let closed_us = self.answer.as_ref().map_or(0, |answer| answer.held_us);
        let open_us = match &self.floor {
            Floor::Listening(listening) => {
                self.turn_began_us(listening).map_or(0, |from_us| self.now_us - from_us)
            }
            _ => 0,
        };
        closed_us + open_us.max(0)
    }

    /// When the candidate began to use the floor: with the first sound, and when recording at once. The
    /// time without a line is taken out by moving the begin.
    fn turn_began_us(&self, listening: &Listening) -> Option<Us> {
        let began_us = if self.is_one_way() {
            Some(listening.from_us)
        } else {
            listening.first_us.or(listening.voice.then_some(listening.voice_us))
        };
        began_us.map(|began_us| began_us + listening.gone_us)
    }
}

const fn usual_permille() -> u32 {
    1_000
}

fn phase_of(place: Place) -> Phase {
    match place {
        Place::Ready => Phase::Ready,
        Place::WarmUp => Phase::WarmUp,
        Place::Item(_) => Phase::Questions,
        Place::CandidateQuestions => Phase::CandidateQuestions,
        Place::Closing => Phase::Closing,
        Place::Ended => Phase::Ended,
    }
}
