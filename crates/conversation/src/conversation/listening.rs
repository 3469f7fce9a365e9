//! While the candidate has the floor: voice, words, keys, and the end of the turn.

use std::mem;

use interview::{Mode, Us, persona::Occasion};

use super::{
    Conversation,
    returning::GAP_US,
    state::{Floor, Interrupted, Listening, OpenAnswer, Place, Speech, Then},
};
use crate::{
    action::{Action, CloseReason, Hint},
    floor::{ECHO_LIKELIHOOD, is_listening},
    request::{Request, declines, understand},
    turn_end::BEGINNING_WORDS,
    wording::{is_before_content, tokens, word_count},
};

/// Shorter sounds are coughs and clicks, milliseconds; they do not interrupt a silence.
const VOICED_MS_MIN: u32 = 200;

/// A turn that seemed to go on with less voice than this did not, milliseconds: no syllable is as short.
const CLICK_MS_MAX: u32 = 100;

/// Captions lag behind the voice by no more than this, microseconds.
const CAPTIONS_US: Us = 1_000_000;

/// A voice of this length that ended without words yet is taken for an answer, milliseconds.
const UNWRITTEN_MS_MIN: u32 = 400;

/// After a pause of this length what follows may be a request by itself, microseconds.
const SEGMENT_PAUSE_US: Us = 700_000;

/// After a request for time nobody prompts for this long, microseconds.
const WAIT_US: Us = 20_000_000;

/// A key press in the text field holds prompts back this long, microseconds.
const TYPING_US: Us = 20_000_000;

/// After this many new words a pause asks what the answer lacks: the last few often tell how it all
/// ended, and their captions come in the pause.
const LACKS_WORDS: usize = 3;

/// Somebody who breaks into a question with at least this many words is answering it.
const ANSWERING_WORDS: usize = 12;

/// Pace is looked at over this time, and hinted at no more often than once a minute, microseconds.
const PACE_US: Us = 20_000_000;
const PACE_HINT_US: Us = 60_000_000;

/// Words a minute between which no hint is given, and how far a person may be from their own pace.
const PACE_WPM: (f64, f64) = (110.0, 210.0);
const PACE_OWN_SHARE: f64 = 0.25;

impl Conversation {
    pub(super) fn on_speech_began(
        &mut self,
        at_us: Us,
        echo_likelihood: Option<f32>,
        out: &mut Vec<Action>,
    ) {
        match &mut self.floor {
            Floor::Speaking(_) => self.burst_began(at_us, echo_likelihood, out),
            Floor::Listening(listening) => {
                let echo = echo_likelihood.is_some_and(|likelihood| likelihood >= ECHO_LIKELIHOOD);
                if listening.voice || echo {
                    return;
                }
                if at_us - listening.quiet_us >= SEGMENT_PAUSE_US {
                    listening.words_at_pause = word_count(&listening.text);
                }
                listening.quiet_before_us = listening.quiet_us;
                listening.voice = true;
                listening.unsure = false;
                listening.voice_us = at_us.max(listening.from_us);
                listening.sound_permille = None;
            }
            Floor::Deciding { quiet_from_us, .. } => {
                let pause_ms = ((at_us - *quiet_from_us) / 1_000).clamp(0, 60_000) as u32;
                self.listen_on(at_us, Some(pause_ms), out);
            }
            Floor::LookingUp { .. } => self.listen_on(at_us, None, out),
            Floor::Nobody | Floor::Preparing { .. } | Floor::Reviewing { .. } => {}
        }
    }

    pub(super) fn on_speech_heard(&mut self, to_us: Us, out: &mut Vec<Action>) {
        if let Floor::Speaking(Speech { burst: Some((burst, _)), .. }) = &mut self.floor
            && burst.to_us.is_none()
        {
            burst.heard_us = Some(burst.heard_us.map_or(to_us, |heard_us| heard_us.max(to_us)));
            self.judge_burst(out);
        }
    }

    /// The candidate seems to go on after all, after a pause of this length.
    fn listen_on(&mut self, at_us: Us, pause_ms: Option<u32>, out: &mut Vec<Action>) {
        let probe = self.pending_probe();
        self.listen(at_us, probe, None, out);
        if let Floor::Listening(listening) = &mut self.floor {
            listening.voice = true;
            listening.went_on = true;
            listening.cut_off_ms = pause_ms;
        }
    }

    pub(super) fn on_speech_paused(&mut self, at_us: Us, voiced_ms: u32, out: &mut Vec<Action>) {
        match &mut self.floor {
            Floor::Speaking(speech) => {
                if let Some((burst, _)) = &mut speech.burst {
                    burst.to_us = Some(at_us.max(burst.from_us));
                    self.judge_burst(out);
                }
            }
            Floor::Listening(listening) if listening.voice => {
                listening.voice = false;
                listening.sound_permille = None;
                if voiced_ms < VOICED_MS_MIN {
                    listening.quiet_us = listening.quiet_before_us;
                    if voiced_ms < CLICK_MS_MAX && listening.was_only_noise() {
                        self.end_turn(None, out);
                    }
                    return;
                }
                let pause_us = listening.voice_us - listening.quiet_before_us;
                let went_on = listening.first_us.is_some();
                listening.quiet_us = at_us.max(listening.voice_us);
                listening.voiced_ms = listening.voiced_ms.saturating_add(voiced_ms);
                listening.first_us.get_or_insert(listening.voice_us);
                if let Some(back) = &mut listening.back {
                    back.spoke_us = Some(listening.quiet_us);
                }
                let cut_off_ms = listening.cut_off_ms.take();
                // Who goes on after "take your time" had only paused.
                let doubt_us = self.answer.as_mut().and_then(|open| open.doubt_us.take());
                let pause_us = doubt_us.map_or(pause_us, |quiet_us| listening.voice_us - quiet_us);
                let went_on = went_on || doubt_us.is_some();
                if let Some(pause_ms) = cut_off_ms {
                    self.learn_cut_off(pause_ms);
                } else if went_on {
                    self.pauses.learn((pause_us / 1_000).clamp(0, 60_000) as u32);
                }
                self.ask_for_lacks(out);
            }
            _ => {}
        }
    }

    /// In a pause, after enough new words: what does the answer lack so far?
    fn ask_for_lacks(&mut self, out: &mut Vec<Action>) {
        let Floor::Listening(listening) = &self.floor else { return };
        if !matches!(self.place, Place::Item(_)) || listening.interrupted.is_some() {
            return;
        }
        let Some(open) = &mut self.answer else { return };
        let words =
            word_count(&listening.text) + open.said.iter().map(|t| word_count(t)).sum::<usize>();
        if words >= BEGINNING_WORDS.max(open.lacks_at + LACKS_WORDS) {
            open.lacks_at = words;
            out.push(Action::WantLacks { answer: open.answer });
        }
    }

    pub(super) fn on_silence(
        &mut self,
        ms: u32,
        sound_probability: Option<f32>,
        out: &mut Vec<Action>,
    ) {
        let now_us = self.now_us;
        if let Floor::Listening(listening) = &mut self.floor {
            let quiet_us = (now_us - Us::from(ms) * 1_000).max(listening.from_us);
            if listening.voice {
                listening.voice = false;
                listening.first_us.get_or_insert(listening.voice_us);
                listening.quiet_us = quiet_us;
            }
            listening.unsure = false;
            listening.sound_permille = sound_probability
                .filter(|probability| probability.is_finite())
                .map(|probability| (probability.clamp(0.0, 1.0) * 1e3).round() as u16);
        }
        self.tick(out);
    }

    pub(super) fn on_words(&mut self, text: String, accurate: bool, out: &mut Vec<Action>) {
        let now_us = self.now_us;
        match &mut self.floor {
            Floor::Speaking(speech) => {
                if let Some((burst, _)) = &mut speech.burst {
                    burst.text = text;
                    self.judge_burst(out);
                }
            }
            Floor::Listening(listening) => {
                let grew = word_count(&text) > word_count(&listening.text);
                listening.text = text;
                if !grew {
                    return;
                }
                let began_us = if listening.voice { listening.voice_us } else { now_us };
                listening.first_us.get_or_insert(began_us);
                let unheard = !listening.voice && listening.voiced_ms == 0;
                if unheard {
                    // Words without a voice: voice activity is missing them, so words keep the time.
                    listening.quiet_us = now_us;
                } else if listening.unsure && !accurate {
                    // New captions beyond their lag show that the voice goes on.
                    listening.quiet_us = listening.quiet_us.max(now_us - CAPTIONS_US);
                }
                let words = word_count(&listening.text) as u32;
                let silent = !listening.voice && !listening.unsure;
                self.pace.samples.push_back((now_us, words));
                self.hint(out);
                if silent {
                    self.ask_for_lacks(out);
                }
            }
            Floor::Deciding { .. } => {
                if let Some(open) = self.answer.as_mut().filter(|open| open.last_turn_us.is_some())
                    && let Some(last) = open.said.last_mut()
                {
                    *last = text;
                }
            }
            _ => {}
        }
    }

    /// Sparse hints while the candidate talks.
    fn hint(&mut self, out: &mut Vec<Action>) {
        let (oldest_us, now_us) = (self.now_us - PACE_US, self.now_us);
        while self.pace.samples.get(1).is_some_and(|(us, _)| *us <= oldest_us) {
            self.pace.samples.pop_front();
        }
        if self.plan.hints != interview::Hints::Live || self.is_one_way() {
            return;
        }
        let held_us = self.held_us();
        let nudge_us = Us::from(self.plan.format.answer_nudge_s) * 1_000_000;
        if let Some(open) = &mut self.answer
            && !open.hinted
            && matches!(self.place, Place::Item(_))
            && held_us * 4 >= nudge_us * 3
        {
            open.hinted = true;
            out.push(Action::Hint { hint: Hint::ComeToTheOutcome });
        }
        let recent = self.pace.hinted_us.is_some_and(|us| now_us - us < PACE_HINT_US);
        if let Some(hint) = self.pace.hint(now_us).filter(|_| !recent) {
            self.pace.hinted_us = Some(now_us);
            out.push(Action::Hint { hint });
        }
    }

    pub(super) fn on_typing(&mut self) {
        let until_us = self.now_us + TYPING_US;
        if let Floor::Listening(listening) = &mut self.floor {
            listening.patience_until_us = listening.patience_until_us.max(until_us);
        }
    }

    pub(super) fn on_typed(&mut self, text: String, out: &mut Vec<Action>) {
        if tokens(&text).is_empty() {
            return;
        }
        match &self.floor {
            Floor::Speaking(speech) => {
                if matches!(speech.then, Then::End(_)) {
                    return;
                }
                let just_began = self.now_us - speech.from_us < GAP_US && self.answer.is_some();
                if let Some(target) = self.fall_silent(out) {
                    let stay = just_began && target.probe.is_none() && !self.is_one_way();
                    if !stay {
                        self.arrive(target, self.now_us, out);
                    }
                }
            }
            Floor::Preparing { .. } => {
                self.open_answer(self.now_us, out);
            }
            Floor::Nobody | Floor::Reviewing { .. } => return,
            Floor::Listening(_) | Floor::Deciding { .. } | Floor::LookingUp { .. } => {}
        }
        if !matches!(self.floor, Floor::Listening(_)) {
            let probe = self.pending_probe();
            self.listen(self.now_us, probe, None, out);
        }
        self.end_turn(Some(text), out);
    }

    pub(super) fn on_done(&mut self, out: &mut Vec<Action>) {
        match &mut self.floor {
            Floor::Listening(listening) => match &mut listening.back {
                // What was said while the line was gone comes in first.
                Some(back) => back.done = true,
                None => self.end_turn(None, out),
            },
            Floor::Reviewing { .. } => self.leave(CloseReason::Answered, None, out),
            _ => {}
        }
    }

    pub(super) fn on_key(&mut self, held: bool, out: &mut Vec<Action>) {
        self.key = Some((held, self.now_us));
        if !held {
            return;
        }
        match &self.floor {
            Floor::Speaking(_) if self.place != Place::Closing && !self.is_one_way() => {
                self.give_up_floor(self.now_us, None, out);
            }
            Floor::Deciding { .. } | Floor::LookingUp { .. } => {
                let probe = self.pending_probe();
                self.listen(self.now_us, probe, None, out);
            }
            _ => {}
        }
        if let Floor::Listening(listening) = &mut self.floor {
            listening.first_us.get_or_insert(self.now_us);
        }
    }

    pub(super) fn on_repeat(&mut self, out: &mut Vec<Action>) {
        match &mut self.floor {
            Floor::Listening(listening) => match listening.interrupted.take() {
                Some(interrupted) => {
                    self.close_turn(None, false, out);
                    self.say_the_rest(interrupted, out);
                }
                None => self.repeat(false, out),
            },
            Floor::Deciding { .. } => self.ask_again(Occasion::Repeat, out),
            _ => {}
        }
    }

    /// Closes the turn and says again what was asked last.
    fn repeat(&mut self, aside: bool, out: &mut Vec<Action>) {
        self.close_turn(None, aside, out);
        self.ask_again(Occasion::Repeat, out);
    }

    /// Skip and later, by key.
    pub(super) fn on_leave(&mut self, close: CloseReason, out: &mut Vec<Action>) {
        match &self.floor {
            Floor::Speaking(_) => {
                if let Some(target) = self.fall_silent(out) {
                    self.arrive(target, self.now_us, out);
                } else {
                    return;
                }
            }
            Floor::Listening(_) => self.leave_turn(out),
            Floor::Deciding { .. } | Floor::LookingUp { .. } => {}
            Floor::Preparing { .. } => self.open_answer(self.now_us, out),
            Floor::Reviewing { .. } | Floor::Nobody => return,
        }
        self.leave_as(close, out);
    }

    /// Closes the turn; a question that was being asked when the candidate took the floor is the one that
    /// is left.
    fn leave_turn(&mut self, out: &mut Vec<Action>) {
        let interrupted = match &mut self.floor {
            Floor::Listening(listening) => listening.interrupted.take(),
            _ => None,
        };
        self.close_turn(None, false, out);
        if let Some(Interrupted { then: Then::Listen(target), .. }) = interrupted {
            self.arrive(target, self.now_us, out);
        }
    }

    fn leave_as(&mut self, close: CloseReason, out: &mut Vec<Action>) {
        let content = self.answer.as_ref().is_some_and(OpenAnswer::has_content);
        match close {
            CloseReason::Deferred if !content && !self.is_one_way() => self.defer(out),
            // What was said so far stays an answer.
            _ if content => self.leave(CloseReason::Answered, None, out),
            _ => self.leave(CloseReason::Skipped, None, out),
        }
    }

    /// The turn is over, by silence, key or a typed text: finds out what it was.
    pub(super) fn end_turn(&mut self, typed: Option<String>, out: &mut Vec<Action>) {
        let Floor::Listening(listening) = &mut self.floor else { return };
        let interrupted = listening.interrupted.take();
        let text = match (&typed, &interrupted) {
            (Some(typed), _) => typed.clone(),
            (None, Some(interrupted)) if interrupted.is_echo(&listening.text) => String::new(),
            (None, _) => listening.text.clone(),
        };
        let quiet_us = if listening.voice { self.now_us } else { listening.quiet_us };
        // Captions lag behind: a voice without words yet is an answer as well.
        let unwritten = typed.is_none()
            && tokens(&text).is_empty()
            && (listening.voice || listening.voiced_ms >= UNWRITTEN_MS_MIN);
        if interrupted.is_some() {
            self.count_take_over(&text, out);
        }
        if let Some(request) = self.request_of(&text) {
            self.grant(request, typed, interrupted, out);
            return;
        }
        if let Some(interrupted) = interrupted
            && !self.settle_turn(interrupted, &text, typed.clone(), out)
        {
            return;
        }
        let content = !is_before_content(&text) || unwritten;
        self.close_turn(typed, false, out);
        if self.is_one_way() {
            self.after_recording(out);
        } else if content || self.answer.as_ref().is_some_and(OpenAnswer::has_content) {
            self.reply(quiet_us, out);
        } else {
            self.leave(CloseReason::Skipped, None, out);
        }
    }

    /// A turn that broke into the interviewer's speech is over. Returns whether it is to be treated as
    /// an answer; otherwise it was closed here and the rest is being said.
    fn settle_turn(
        &mut self,
        interrupted: Interrupted,
        text: &str,
        typed: Option<String>,
        out: &mut Vec<Action>,
    ) -> bool {
        let words = word_count(text);
        if words == 0 || is_listening(text) || is_before_content(text) {
            self.close_turn(typed, true, out);
            self.say_the_rest(interrupted, out);
            return false;
        }
        if self.answer.is_some() {
            if let Some(pause_ms) = interrupted.pause_ms {
                self.learn_cut_off(pause_ms);
            }
            return true;
        }
        let from_us = match &self.floor {
            Floor::Listening(listening) => listening.from_us,
            _ => self.now_us,
        };
        match interrupted.then.clone() {
            Then::Listen(target) if words >= ANSWERING_WORDS => {
                self.arrive(target, from_us, out);
                true
            }
            _ => {
                self.close_turn(typed, true, out);
                self.say_the_rest(interrupted, out);
                false
            }
        }
    }

    /// Whether all that was said in this turn is a request.
    pub(super) fn is_request(&self, listening: &Listening) -> bool {
        self.request_of(&listening.text).is_some()
    }

    /// What a whole turn asks for, in the present situation.
    fn request_of(&self, text: &str) -> Option<Request> {
        if self.is_one_way() {
            return None;
        }
        let offered = self.answer.as_ref().is_some_and(|open| open.repeat_offered);
        if self.place == Place::CandidateQuestions && declines(text) {
            return Some(Request::Done);
        }
        match understand(text)? {
            Request::Yes if self.place == Place::CandidateQuestions => Some(Request::Wait),
            Request::Yes | Request::No if !offered => None,
            Request::Done if self.place == Place::WarmUp => None,
            request => Some(request),
        }
    }

    /// What the words after the last long pause ask for: only what cannot be part of a story.
    pub(super) fn request_at_end(&self, listening: &Listening) -> Option<Request> {
        let whole = self.request_of(&listening.text);
        if whole.is_some() || self.is_one_way() {
            return whole;
        }
        let tail: Vec<&str> =
            listening.text.split_whitespace().skip(listening.words_at_pause).collect();
        understand(&tail.join(" ")).filter(|request| {
            listening.words_at_pause > 0 && matches!(request, Request::Repeat | Request::Done)
        })
    }

    /// A request was made in the middle of an answer or instead of one.
    pub(super) fn on_request(&mut self, out: &mut Vec<Action>) {
        let Floor::Listening(listening) = &mut self.floor else { return };
        let interrupted = listening.interrupted.take();
        let text = listening.text.clone();
        if interrupted.is_some() {
            self.count_take_over(&text, out);
        }
        match self.request_of(&text) {
            Some(request) => self.grant(request, None, interrupted, out),
            None => {
                // Words after a pause inside an answer: the answer keeps them.
                let Floor::Listening(listening) = &self.floor else { return };
                match self.request_at_end(listening) {
                    Some(Request::Repeat) => self.repeat(false, out),
                    _ => self.end_turn(None, out),
                }
            }
        }
    }

    /// Does what was asked for.
    fn grant(
        &mut self,
        request: Request,
        typed: Option<String>,
        interrupted: Option<Interrupted>,
        out: &mut Vec<Action>,
    ) {
        match (request, interrupted) {
            (Request::Stop, _) => {
                self.close_turn(typed, true, out);
                self.stop(out);
            }
            (Request::Wait, interrupted) => self.wait(typed, interrupted, out),
            (Request::Repeat | Request::Yes | Request::No, Some(interrupted)) => {
                self.close_turn(typed, true, out);
                self.say_the_rest(interrupted, out);
            }
            (Request::Repeat | Request::Yes, None) => {
                self.close_turn(typed, true, out);
                self.ask_again(Occasion::Repeat, out);
            }
            (Request::No, None) => {
                self.close_turn(typed, true, out);
                self.listen_patiently(out);
            }
            (Request::Skip | Request::Later | Request::Done, interrupted) => {
                self.close_turn(typed, true, out);
                if let Some(Interrupted { then: Then::Listen(target), .. }) = interrupted {
                    self.arrive(target, self.now_us, out);
                }
                self.leave_on_request(request, out);
            }
        }
    }

    fn leave_on_request(&mut self, request: Request, out: &mut Vec<Action>) {
        if self.place == Place::CandidateQuestions {
            self.close(CloseReason::Answered, None, out);
            return;
        }
        let content = self.answer.as_ref().is_some_and(OpenAnswer::has_content);
        let probed = self.answer.as_ref().is_some_and(|open| !open.probes.is_empty());
        match request {
            // Said in reply to a probe, it means that no other is wanted.
            Request::Done if content && !probed => self.reply(self.now_us, out),
            Request::Later => self.leave_as(CloseReason::Deferred, out),
            _ => self.leave_as(CloseReason::Skipped, out),
        }
    }

    /// The candidate asked for time.
    fn wait(
        &mut self,
        typed: Option<String>,
        interrupted: Option<Interrupted>,
        out: &mut Vec<Action>,
    ) {
        self.close_turn(typed, true, out);
        self.listen_patiently(out);
        if let Floor::Listening(listening) = &mut self.floor {
            listening.interrupted = interrupted;
        }
    }

    fn listen_patiently(&mut self, out: &mut Vec<Action>) {
        let probe = self.pending_probe();
        self.listen(self.now_us, probe, None, out);
        if let Floor::Listening(listening) = &mut self.floor {
            listening.patience_until_us = self.now_us + WAIT_US;
        }
    }

    /// Closes the candidate's turn with its last word; afterwards nobody has the floor.
    pub(super) fn close_turn(&mut self, typed: Option<String>, aside: bool, out: &mut Vec<Action>) {
        let Floor::Listening(listening) = &self.floor else { return };
        let unheard = listening.first_us.is_none() || listening.back.is_some();
        let goes_on = listening.voice || unheard;
        let to_us = if goes_on { self.now_us } else { listening.quiet_us };
        self.close_listening(Closing { typed, aside, to_us, held_to_us: self.now_us }, out);
    }

    /// Closes the candidate's turn at `to_us`; it counts as held until `held_to_us`.
    pub(super) fn close_turn_at(&mut self, to_us: Us, held_to_us: Us, out: &mut Vec<Action>) {
        self.close_listening(Closing { typed: None, aside: false, to_us, held_to_us }, out);
    }

    fn close_listening(&mut self, closing: Closing, out: &mut Vec<Action>) {
        if !matches!(self.floor, Floor::Listening(_)) {
            return;
        }
        let Floor::Listening(listening) = mem::replace(&mut self.floor, Floor::Nobody) else {
            return;
        };
        let Closing { typed, aside, to_us, held_to_us } = closing;
        let to_us = to_us.max(listening.from_us);
        let began_us = self.turn_began_us(&listening).filter(|_| typed.is_none() && !aside);
        let held_us = began_us.map_or(0, |began_us| (held_to_us - began_us).max(0));
        let text = typed.clone().unwrap_or(listening.text);
        if typed.is_none() && !aside {
            self.pace.words += word_count(&text) as u64;
            self.pace.held_us += held_us;
        }
        if let Some(open) = &mut self.answer {
            open.held_us += held_us;
            open.last_turn_us = None;
            if !aside && !tokens(&text).is_empty() {
                open.said.push(text);
                open.last_turn_us = typed.is_none().then_some(listening.from_us);
                open.probe_pending = false;
                open.prompts = 0;
                open.repeat_offered = false;
            }
        }
        out.push(Action::CloseTurn {
            answer: self.answer.as_ref().map(|open| open.answer),
            probe: listening.probe,
            from_us: listening.from_us,
            to_us,
            mode: if typed.is_some() { Mode::Typed } else { Mode::Spoken },
            typed,
            aside,
        });
    }
}

/// How a turn is closed.
struct Closing {
    typed: Option<String>,
    aside: bool,
    to_us: Us,
    held_to_us: Us,
}

impl super::Pace {
    /// A hint when the last 20 s were too fast or too slow, both in themselves and for this person.
    fn hint(&self, now_us: Us) -> Option<Hint> {
        let (from_us, from_words) = *self.samples.front()?;
        let (_, to_words) = *self.samples.back()?;
        if now_us - from_us < PACE_US {
            return None;
        }
        let wpm =
            f64::from(to_words.saturating_sub(from_words)) / ((now_us - from_us) as f64 / 6e7);
        let own_wpm = (self.held_us >= PACE_US)
            .then(|| self.words as f64 / (self.held_us as f64 / 6e7))
            .filter(|own_wpm| *own_wpm > 0.0);
        let far = |share: f64| {
            own_wpm.is_none_or(|own_wpm| (wpm / own_wpm - 1.0) * share > PACE_OWN_SHARE)
        };
        if wpm > PACE_WPM.1 && far(1.0) {
            Some(Hint::Slower)
        } else if wpm < PACE_WPM.0 && wpm > 0.0 && far(-1.0) {
            Some(Hint::Faster)
        } else {
            None
        }
    }
}
