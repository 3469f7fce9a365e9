//! While the interviewer speaks: playing utterances, ducking, giving up the floor.

use std::{collections::VecDeque, mem};

use interview::{Us, persona::Occasion};

use super::{
    Conversation,
    state::{Draft, Floor, Interrupted, Listening, Place, Speech, Target, Then, Utterance},
};
use crate::{
    action::{Action, CloseReason, EndReason, LineKind, Notice, UtteranceId},
    floor::{Burst, Claim, ECHO_LIKELIHOOD, SOUND_US_MAX, claim, is_echo},
    input::UtteranceEvent,
    turn_end::Pauses,
    wording::{tokens, word_count},
};

/// An utterance that has not begun to sound after this time counts as shown, microseconds.
const START_US_MAX: Us = 12_000_000;

/// What an utterance may last beyond its estimate before it counts as heard, microseconds.
const OVERRUN_US: Us = 8_000_000;

/// A word takes about this long (158 words a minute, a convention), microseconds.
const WORD_US: Us = 380_000;

/// Pauses before and after an utterance, microseconds.
const AROUND_US: Us = 300_000;

/// With this share of a question heard, it has been asked: its text is on the page as well.
const HEARD_SHARE: f64 = 0.7;

/// A question that was broken off as often as this before has been asked too: it is not begun a fourth time
/// for somebody who speaks into it each time.
const BROKEN_OFF_MAX: u32 = 2;

/// Speech of the candidate within this time of the interviewer's reply may go on from the turn that was
/// taken for over, microseconds.
const CUT_OFF_US: Us = 4_000_000;

/// After so many stops without a word in a row, only words stop the interviewer.
const WORDLESS_STOPS_MAX: u32 = 2;

/// How long an utterance will probably sound, microseconds.
pub(super) fn estimate_us(text: &str) -> Us {
    word_count(text) as Us * WORD_US + AROUND_US
}

impl Speech {
    /// Whether the first utterance is being played softly.
    pub(super) fn is_ducked(&self) -> bool {
        self.burst.is_some() || self.sound_us.is_some()
    }

    /// When the first utterance counts as heard although nothing was reported.
    pub(super) fn watchdog_us(&self) -> Us {
        let Some(front) = self.queue.front() else { return self.front_from_us };
        let patience_us = if self.front_started {
            estimate_us(&front.text) * 2 + OVERRUN_US
        } else {
            START_US_MAX
        };
        self.front_from_us + patience_us
    }
}

impl Conversation {
    /// A line of the persona for an occasion, if there is one.
    pub(super) fn line(&mut self, occasion: Occasion) -> Option<Draft> {
        self.line_without(occasion, &[])
    }

    /// The same, preferably one without these words.
    pub(super) fn line_without(&mut self, occasion: Occasion, unfit: &[&str]) -> Option<Draft> {
        let line = self.lines.choose(&self.plan, self.seed, occasion, None, unfit)?;
        let (text, part) = (line.text, self.place.part());
        Some(Draft { text, line: occasion.into(), part, own_words: false })
    }

    /// Says these one after another; `then` follows when the last has been heard.
    pub(super) fn speak(
        &mut self,
        drafts: Vec<Draft>,
        then: Then,
        quiet_from_us: Option<Us>,
        out: &mut Vec<Action>,
    ) {
        let count = drafts.len();
        let mut queue = VecDeque::with_capacity(count);
        for (index, draft) in drafts.into_iter().enumerate() {
            self.utterances += 1;
            let reply_expected = index + 1 == count && !matches!(then, Then::End(_));
            out.push(Action::Say {
                id: self.utterances,
                text: draft.text.clone(),
                line: draft.line,
                part: draft.part,
                reply_expected,
                own_words: draft.own_words,
            });
            queue.push_back(Utterance {
                id: self.utterances,
                text: draft.text,
                line: draft.line,
                part: draft.part,
                own_words: draft.own_words,
            });
        }
        if queue.is_empty() {
            self.after_speech(then, None, out);
            return;
        }
        self.floor = Floor::Speaking(Speech {
            queue,
            then,
            from_us: self.now_us,
            front_from_us: self.now_us,
            front_started: false,
            sound_us: None,
            burst: None,
            quiet_from_us,
        });
    }

    pub(super) fn on_utterance(
        &mut self,
        id: UtteranceId,
        event: UtteranceEvent,
        out: &mut Vec<Action>,
    ) {
        match &mut self.floor {
            Floor::Speaking(speech) => {
                let Some(index) = speech.queue.iter().position(|other| other.id == id) else {
                    return;
                };
                let done = index + usize::from(event != UtteranceEvent::Started);
                speech.queue.drain(..done);
                if done > 0 {
                    // What comes next has not been made softer.
                    speech.sound_us = None;
                }
                speech.front_from_us = self.now_us;
                speech.front_started = event == UtteranceEvent::Started;
                self.end_speech_if_heard(out);
            }
            Floor::Listening(listening) => {
                let share = match (&listening.interrupted, event) {
                    (Some(interrupted), _) if interrupted.id != id => return,
                    (None, _) | (_, UtteranceEvent::Started) => return,
                    (_, UtteranceEvent::Finished | UtteranceEvent::Failed) => 1.0,
                    (Some(interrupted), UtteranceEvent::Stopped { played_us, total_us }) => {
                        let text = interrupted.unsaid.front().map_or("", |front| &front.text);
                        let total_us = total_us.unwrap_or_else(|| estimate_us(text)).max(1);
                        played_us as f64 / total_us as f64
                    }
                };
                self.settle_interruption(share, out);
            }
            _ => {}
        }
    }

    fn end_speech_if_heard(&mut self, out: &mut Vec<Action>) {
        if !matches!(&self.floor, Floor::Speaking(speech) if speech.queue.is_empty()) {
            return;
        }
        if let Floor::Speaking(speech) = mem::replace(&mut self.floor, Floor::Nobody) {
            self.after_speech(speech.then, speech.burst.map(|(burst, _)| burst), out);
        }
    }

    /// Everything was said. `burst` is sound of the candidate that goes on over the end.
    fn after_speech(&mut self, then: Then, burst: Option<Burst>, out: &mut Vec<Action>) {
        match then {
            Then::Listen(target) => {
                let from_us = burst.as_ref().map_or(self.now_us, |burst| burst.from_us);
                let probe = self.arrive(target, from_us, out);
                self.listen(from_us, probe, burst, out);
            }
            Then::Prepare(target) => {
                self.arrive_unopened(target, out);
                self.prepare(out);
            }
            Then::End(reason) => {
                self.floor = Floor::Nobody;
                self.place = Place::Ended;
                out.push(Action::End { reason });
            }
        }
    }

    /// What was asked has been heard: the conversation is there now. Returns the text of
    /// the probe that waits for its reply.
    pub(super) fn arrive(
        &mut self,
        target: Target,
        from_us: Us,
        out: &mut Vec<Action>,
    ) -> Option<String> {
        let probe = target.probe.clone();
        self.arrive_unopened(target, out);
        self.open_answer(from_us, out);
        if let (Some(open), Some(probe)) = (&mut self.answer, probe) {
            open.prompts = 0;
            open.doubt_us = None;
            open.encouraged = false;
            open.repeat_offered = false;
            open.probe_pending = true;
            open.probes.push(probe);
        }
        self.pending_probe()
    }

    pub(super) fn arrive_unopened(&mut self, target: Target, out: &mut Vec<Action>) {
        self.broken_off = 0;
        if target.asked.is_some() {
            self.asked = target.asked;
        }
        if target.place != self.place {
            self.close_answer(target.close, out);
            if let (Place::Item(item), CloseReason::Deferred) = (self.place, target.close) {
                self.upcoming.push_back(item);
            }
            self.place = target.place;
        }
        if let Place::Item(item) = self.place {
            self.upcoming.retain(|other| *other != item);
        }
    }

    /// Gives the floor to the candidate.
    pub(super) fn listen(
        &mut self,
        from_us: Us,
        probe: Option<String>,
        burst: Option<Burst>,
        out: &mut Vec<Action>,
    ) {
        let mut listening = Listening::from(from_us, probe);
        if let Some(burst) = burst {
            listening.voice = burst.to_us.is_none();
            listening.voice_us = burst.from_us;
            listening.first_us = Some(burst.from_us);
            listening.quiet_us = burst.to_us.unwrap_or(burst.from_us);
            listening.voiced_ms =
                burst.to_us.map_or(0, |to_us| ((to_us - burst.from_us) / 1_000).max(0) as u32);
            listening.text = burst.text;
        }
        self.pace.samples.clear();
        self.floor = Floor::Listening(listening);
        out.push(Action::OpenTurn { from_us });
    }

    /// Whether the candidate can take the floor from what is being said.
    fn yields(&self) -> bool {
        !self.is_one_way()
            && self.place != Place::Closing
            && self.answer.as_ref().is_none_or(|answer| answer.limits_called < 2)
    }

    /// Something stands out while the interviewer speaks: it gets softer until it is known what that is.
    pub(super) fn sound_began(&mut self, at_us: Us, out: &mut Vec<Action>) {
        if !self.yields() || self.now_us - at_us >= SOUND_US_MAX {
            return;
        }
        let Floor::Speaking(speech) = &mut self.floor else { return };
        if let Some(front) = speech.queue.front()
            && !speech.is_ducked()
        {
            out.push(Action::Duck { id: front.id });
            speech.sound_us = Some(at_us);
        }
    }

    /// A sound that has not become a voice in its time was none.
    pub(super) fn forget_sound(&mut self, out: &mut Vec<Action>) {
        let Floor::Speaking(speech) = &mut self.floor else { return };
        if speech.sound_us.is_none_or(|from_us| self.now_us - from_us < SOUND_US_MAX) {
            return;
        }
        speech.sound_us = None;
        if let Some(front) = speech.queue.front() {
            out.push(Action::Unduck { id: front.id });
        }
    }

    /// The candidate's voice began while the interviewer speaks.
    pub(super) fn burst_began(
        &mut self,
        at_us: Us,
        echo_likelihood: Option<f32>,
        out: &mut Vec<Action>,
    ) {
        if echo_likelihood.is_some_and(|likelihood| likelihood >= ECHO_LIKELIHOOD) || !self.yields()
        {
            return;
        }
        let Floor::Speaking(speech) = &mut self.floor else { return };
        let Some(front) = speech.queue.front().filter(|_| speech.burst.is_none()) else { return };
        // A voice begins with the sound that went before it.
        let sound_us = speech.sound_us.take();
        if sound_us.is_none() {
            out.push(Action::Duck { id: front.id });
        }
        let from_us = sound_us.filter(|us| at_us - us < SOUND_US_MAX).unwrap_or(at_us).min(at_us);
        speech.burst = Some((Burst::from(from_us), Us::MAX));
        self.judge_burst(out);
    }

    /// Looks at the candidate's sound and does what it means.
    pub(super) fn judge_burst(&mut self, out: &mut Vec<Action>) {
        let words_needed = self.wordless_stops >= WORDLESS_STOPS_MAX && self.captions;
        let Floor::Speaking(speech) = &mut self.floor else { return };
        let saying = speech.queue.front().map_or("", |front| &front.text);
        let Some((burst, look_us)) = &mut speech.burst else { return };
        let echo = is_echo(&burst.text, saying);
        if echo {
            burst.text.clear();
        }
        match claim(burst, self.now_us, words_needed || echo) {
            Claim::Undecided { until_us } => *look_us = until_us.max(self.now_us + 1),
            Claim::Listening => {
                speech.burst = None;
                if let Some(front) = speech.queue.front() {
                    out.push(Action::Unduck { id: front.id });
                }
            }
            Claim::TakesOver => {
                let burst = burst.clone();
                self.give_up_floor(burst.from_us, Some(burst), out);
            }
        }
    }

    /// The candidate takes the floor: the interviewer stops, and what was left unsaid is kept until it
    /// is known what the candidate wanted.
    pub(super) fn give_up_floor(
        &mut self,
        from_us: Us,
        burst: Option<Burst>,
        out: &mut Vec<Action>,
    ) {
        let Floor::Speaking(speech) = mem::replace(&mut self.floor, Floor::Nobody) else { return };
        let Some(front) = speech.queue.front() else { return };
        out.push(Action::StopSpeaking { id: front.id });
        let since_us = self.now_us - speech.from_us;
        let pause_ms = speech
            .quiet_from_us
            .filter(|_| since_us <= CUT_OFF_US)
            .map(|quiet_us| ((from_us - quiet_us) / 1_000).clamp(0, 60_000) as u32);
        let interrupted = Interrupted {
            id: front.id,
            played_us: if speech.front_started { self.now_us - speech.front_from_us } else { 0 },
            unsaid: speech.queue,
            then: speech.then,
            pause_ms,
        };
        let new = match &interrupted.then {
            Then::Listen(target) => target.place != self.place || target.probe.is_some(),
            Then::Prepare(_) | Then::End(_) => true,
        };
        let probe = if new { None } else { self.pending_probe() };
        self.listen(from_us, probe, burst, out);
        if let Floor::Listening(listening) = &mut self.floor {
            listening.interrupted = new.then_some(interrupted);
        }
    }

    /// The text of the probe that waits for its reply.
    pub(super) fn pending_probe(&self) -> Option<String> {
        let open = self.answer.as_ref().filter(|open| open.probe_pending)?;
        open.probes.last().map(|probe| probe.text.clone())
    }

    /// Decides, from how much of the stopped utterance was heard, whether its question has been asked.
    pub(super) fn settle_interruption(&mut self, share: f64, out: &mut Vec<Action>) {
        let Floor::Listening(listening) = &mut self.floor else { return };
        let from_us = listening.from_us;
        let last =
            listening.interrupted.as_ref().is_some_and(|interrupted| interrupted.unsaid.len() == 1);
        if !last {
            return;
        }
        if share < HEARD_SHARE && self.broken_off < BROKEN_OFF_MAX {
            self.broken_off += 1;
            return;
        }
        let Some(interrupted) = listening.interrupted.take() else { return };
        if let Then::Listen(target) = interrupted.then {
            let probe = self.arrive(target, from_us, out);
            if let Floor::Listening(listening) = &mut self.floor {
                listening.probe = probe;
            }
        }
    }

    /// Says what was left unsaid when the candidate took the floor for something else. An
    /// acknowledgement is not said twice.
    pub(super) fn say_the_rest(&mut self, interrupted: Interrupted, out: &mut Vec<Action>) {
        let mut unsaid = interrupted.unsaid;
        while unsaid.len() > 1
            && unsaid.front().is_some_and(|front| front.line == LineKind::Acknowledgement)
        {
            unsaid.pop_front();
        }
        let drafts = unsaid.into_iter().map(Utterance::draft).collect();
        self.speak(drafts, interrupted.then, None, out);
    }

    /// Stops speaking; returns where the speech was leading. A goodbye goes on, and so does whoever has
    /// not been speaking.
    pub(super) fn fall_silent(&mut self, out: &mut Vec<Action>) -> Option<Target> {
        let Floor::Speaking(speech) = &self.floor else { return None };
        let (Then::Listen(target) | Then::Prepare(target)) = &speech.then else { return None };
        let target = target.clone();
        if let Some(front) = speech.queue.front() {
            out.push(Action::StopSpeaking { id: front.id });
        }
        self.floor = Floor::Nobody;
        Some(target)
    }

    /// Counts a take-over that had, or had not, words.
    pub(super) fn count_take_over(&mut self, text: &str, out: &mut Vec<Action>) {
        if tokens(text).is_empty() {
            self.wordless_stops += 1;
            if self.wordless_stops == WORDLESS_STOPS_MAX {
                out.push(Action::Notify { notice: Notice::EchoOrNoise });
            }
        } else {
            self.wordless_stops = 0;
        }
    }

    /// The candidate went on from a turn that had been taken for over: learn from it.
    pub(super) fn learn_cut_off(&mut self, pause_ms: u32) {
        self.pauses.learn(pause_ms.clamp(Pauses::MS_MIN, Pauses::MS_MAX));
        self.cut_offs = self.cut_offs.saturating_add(1);
    }

    /// Says goodbye and ends. `lead` comes before it.
    pub(super) fn goodbye(
        &mut self,
        occasion: Occasion,
        reason: EndReason,
        lead: Option<Draft>,
        out: &mut Vec<Action>,
    ) {
        self.place = Place::Closing;
        let mut drafts: Vec<Draft> = lead.into_iter().collect();
        drafts.extend(self.line(occasion));
        self.speak(drafts, Then::End(reason), None, out);
    }

    /// The end of the candidate's questions, or of a plan without them.
    pub(super) fn close(
        &mut self,
        reason: CloseReason,
        lead: Option<Draft>,
        out: &mut Vec<Action>,
    ) {
        self.close_answer(reason, out);
        self.goodbye(Occasion::Closing, EndReason::Completed, lead, out);
    }
}
