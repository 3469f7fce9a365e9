//! The state machine: one step at a time.

mod asking;
mod due;
mod listening;
mod one_way;
mod speaking;
mod state;

use std::{collections::VecDeque, mem};

use interview::{Plan, Us, format::Encounter, persona::Occasion};
use serde::{Deserialize, Serialize};

use self::state::{Draft, Floor, Listening, OpenAnswer, Place, Speech, Then, Utterance};
use crate::{
    action::{Action, AnswerRef, CloseReason, EndReason, Notice, Part},
    input::{Engine, Input},
    lines::{Lines, filled},
    turn_end::Pauses,
    view::{FloorView, Phase, View},
};

/// After a short gap what was said meanwhile gets this long to arrive, microseconds.
const CATCH_UP_US: Us = 3_000_000;

/// Above this gap the interviewer says where they were, microseconds.
const GAP_US: Us = 5_000_000;

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
    pace: Pace,
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
            pace: Pace::default(),
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

    /// The line is back. After a short gap all goes on; after a longer one the interviewer says where
    /// they were and asks again. `before_us` is the time of the input before this one.
    fn on_reconnected(&mut self, gap_us: Us, before_us: Us, out: &mut Vec<Action>) {
        let away_us = self.away_us.take();
        let gap_us = away_us.map_or(gap_us, |from_us| gap_us.max(self.now_us - from_us));
        let lost_us = away_us.unwrap_or(before_us);
        if gap_us <= GAP_US {
            self.forgive(gap_us.max(0), out);
            return;
        }
        match mem::replace(&mut self.floor, Floor::Nobody) {
            Floor::Nobody => {}
            Floor::Speaking(speech) => self.say_anew(speech, true, out),
            Floor::Listening(listening) => {
                self.floor = Floor::Listening(listening);
                self.where_were_we(lost_us, out);
            }
            Floor::Deciding { .. } => self.ask_again(Occasion::WhereWereWe, out),
            Floor::LookingUp { .. } => self.look_up(out),
            Floor::Preparing { .. } => self.prepare(out),
            Floor::Reviewing { .. } => self.review(out),
        }
    }

    fn where_were_we(&mut self, lost_us: Us, out: &mut Vec<Action>) {
        let interrupted = match &mut self.floor {
            Floor::Listening(listening) => listening.interrupted.take(),
            _ => None,
        };
        // What was said while the line was gone comes in late and belongs to this turn, so it ends now;
        // the candidate's time does not run on meanwhile.
        self.close_turn_at(self.now_us, lost_us, out);
        match interrupted {
            Some(interrupted) => {
                let lead = self.line(Occasion::WhereWereWe);
                let unsaid = interrupted.unsaid.into_iter().map(Utterance::draft);
                self.speak(lead.into_iter().chain(unsaid).collect(), interrupted.then, None, out);
            }
            None => self.ask_again(Occasion::WhereWereWe, out),
        }
    }

    /// Says again what was being said: whoever came back has heard nothing of it, or not all.
    fn say_anew(&mut self, speech: Speech, lead: bool, out: &mut Vec<Action>) {
        if let Some(front) = speech.queue.front() {
            out.push(Action::StopSpeaking { id: front.id });
        }
        let lead = lead && !matches!(speech.then, Then::End(_));
        let lead = if lead { self.line(Occasion::WhereWereWe) } else { None };
        let drafts = lead.into_iter().chain(speech.queue.into_iter().map(Utterance::draft));
        self.speak(drafts.collect(), speech.then, None, out);
    }

    /// A short gap counts for nobody: what was being waited for is waited for as long again.
    fn forgive(&mut self, gap_us: Us, out: &mut Vec<Action>) {
        let now_us = self.now_us;
        match &mut self.floor {
            Floor::Nobody => {}
            Floor::Speaking(speech) => {
                let speech = speech.clone();
                self.say_anew(speech, false, out);
            }
            Floor::Listening(listening) => {
                listening.voice = false;
                listening.unsure = true;
                listening.quiet_us = now_us;
                listening.quiet_before_us = now_us;
                listening.patience_until_us = listening.patience_until_us.max(now_us + CATCH_UP_US);
            }
            Floor::Deciding { until_us, .. }
            | Floor::LookingUp { until_us }
            | Floor::Preparing { until_us }
            | Floor::Reviewing { until_us } => *until_us += gap_us,
        }
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
            Floor::Speaking(speech) => (speech.queue.front(), speech.burst.is_some()),
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

    /// When the candidate began to use the floor: with the first sound, and when recording at once.
    fn turn_began_us(&self, listening: &Listening) -> Option<Us> {
        if self.is_one_way() {
            return Some(listening.from_us);
        }
        listening.first_us.or(listening.voice.then_some(listening.voice_us))
    }
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
