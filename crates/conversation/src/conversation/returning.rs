//! The line to the candidate was gone and is back.
//!
//! The microphone goes on while the line is gone, and what it took comes in afterwards, with the times
//! at which it was said. So the interviewer first lets it arrive: whoever has gone on talking is not
//! talked over, and what they said stays in the turn they said it in.

use std::mem;

use interview::{Us, persona::Occasion};

use super::{
    Conversation,
    state::{Back, Floor, Speech, Then, Utterance},
};
use crate::action::Action;

/// After a short gap what was said meanwhile gets this long to arrive, microseconds.
const CATCH_UP_US: Us = 3_000_000;

/// Above this gap the interviewer says where they were, microseconds.
pub(super) const GAP_US: Us = 5_000_000;

/// After a long gap what was said meanwhile gets this long to arrive before the interviewer speaks,
/// microseconds.
const RETURN_US: Us = 2_000_000;

/// More sound may follow within this time of late sound, microseconds.
const MORE_US: Us = 1_000_000;

/// No longer than this is waited for late sound before the interviewer speaks, microseconds.
const LATE_US_MAX: Us = 120_000_000;

/// Whoever still spoke this shortly before the line was back has not noticed that it was gone,
/// microseconds.
const SPOKE_US: Us = 1_000_000;

impl Back {
    /// The line is back since `at_us`.
    const fn since(at_us: Us) -> Self {
        Self { at_us, spoke_us: None, done: false, late_us: None }
    }

    /// When it is decided how to go on: what was said meanwhile has had its time to come in.
    pub(super) fn decided_us(&self) -> Us {
        let more_us = self.late_us.map_or(Us::MIN, |late_us| late_us + MORE_US);
        more_us.clamp(self.at_us + RETURN_US, self.at_us + LATE_US_MAX)
    }
}

impl Conversation {
    /// What was said while the line was gone is still coming in.
    pub(super) fn on_late_sound(&mut self) {
        let now_us = self.now_us;
        if let Floor::Listening(listening) = &mut self.floor
            && let Some(back) = &mut listening.back
        {
            back.late_us = Some(now_us);
        }
    }

    /// The line is back. After a short gap all goes on; after a longer one the interviewer says where
    /// they were and asks again, unless the candidate is speaking. `before_us` is the time of the input
    /// before this one.
    pub(super) fn on_reconnected(&mut self, gap_us: Us, before_us: Us, out: &mut Vec<Action>) {
        let away_us = self.away_us.take();
        let gap_us = away_us.map_or(gap_us, |from_us| gap_us.max(self.now_us - from_us));
        let gone_us = self.now_us - away_us.unwrap_or(before_us);
        if gap_us <= GAP_US {
            self.forgive(gap_us.max(0), gone_us, out);
            return;
        }
        match mem::replace(&mut self.floor, Floor::Nobody) {
            Floor::Nobody => {}
            Floor::Speaking(speech) => self.say_anew(speech, true, out),
            Floor::Listening(listening) => {
                self.floor = Floor::Listening(listening);
                self.keep_listening(gone_us);
                if let Floor::Listening(listening) = &mut self.floor {
                    listening.back = Some(Back::since(self.now_us));
                }
                if !self.microphone {
                    self.where_were_we(out);
                }
            }
            Floor::Deciding { .. } => self.ask_again(Occasion::WhereWereWe, out),
            Floor::LookingUp { .. } => self.look_up(out),
            Floor::Preparing { .. } => self.prepare(out),
            Floor::Reviewing { .. } => self.review(out),
        }
    }

    /// What was said while the line was gone has had its time to come in: whoever is speaking goes on
    /// unasked.
    pub(super) fn decide_return(&mut self, out: &mut Vec<Action>) {
        let Floor::Listening(listening) = &mut self.floor else { return };
        let Some(back) = listening.back else { return };
        let spoke = back.spoke_us.is_some_and(|spoke_us| spoke_us >= back.at_us - SPOKE_US);
        if back.done {
            listening.back = None;
            self.end_turn(None, out);
        } else if listening.voice || spoke {
            listening.back = None;
        } else {
            self.where_were_we(out);
        }
    }

    fn where_were_we(&mut self, out: &mut Vec<Action>) {
        let Floor::Listening(listening) = &mut self.floor else { return };
        let interrupted = listening.interrupted.take();
        let held_to_us = listening.back.map_or(self.now_us, |back| back.at_us);
        // What was said while the line was gone belongs to this turn, so it ends now; the candidate's
        // time does not run on meanwhile.
        self.close_turn_at(self.now_us, held_to_us, out);
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
    fn forgive(&mut self, gap_us: Us, gone_us: Us, out: &mut Vec<Action>) {
        match &mut self.floor {
            Floor::Nobody => {}
            Floor::Speaking(speech) => {
                let speech = speech.clone();
                self.say_anew(speech, false, out);
            }
            Floor::Listening(_) => self.keep_listening(gone_us),
            Floor::Deciding { until_us, .. }
            | Floor::LookingUp { until_us }
            | Floor::Preparing { until_us }
            | Floor::Reviewing { until_us } => *until_us += gap_us,
        }
    }

    /// The turn goes on after the line was gone for `gone_us`. Whether a voice sounds is not known before
    /// its sound comes in.
    fn keep_listening(&mut self, gone_us: Us) {
        let now_us = self.now_us;
        let Floor::Listening(listening) = &mut self.floor else { return };
        if listening.voice {
            listening.first_us.get_or_insert(listening.voice_us);
        }
        listening.voice = false;
        listening.unsure = true;
        listening.quiet_us = now_us;
        listening.quiet_before_us = now_us;
        listening.patience_until_us = listening.patience_until_us.max(now_us + CATCH_UP_US);
        let listening = listening.clone();
        let began = self.turn_began_us(&listening).is_some();
        if let Floor::Listening(listening) = &mut self.floor
            && began
        {
            listening.gone_us += gone_us.max(0);
        }
    }
}
