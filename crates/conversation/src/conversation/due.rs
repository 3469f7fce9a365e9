//! Time: what falls due when, and what happens then. In every state that is not the end something
//! falls due, or an input is awaited that only the candidate can give (the start, the return).

use interview::{Us, persona::Occasion};

use super::{
    Conversation,
    state::{Floor, Listening, OpenAnswer, Place},
};
use crate::{
    action::{Action, CloseReason},
    floor::SOUND_US_MAX,
    request::Request,
    turn_end::{Decision, Ending, Moment, StoryPlace, closing_logit, ending_of},
    wording::tokens,
};

const MS: Us = 1_000;
const SECOND: Us = 1_000_000;

/// A person who says nothing is encouraged after this silence, microseconds (a convention).
const ENCOURAGE_US: Us = 6 * SECOND;
/// After this much more, offered the question again.
const OFFER_US: Us = 8 * SECOND;
/// After this much more, having been asked, led on.
const MOVE_ON_US: Us = 16 * SECOND;
/// Who has answered already, and adds nothing after an encouragement or to a probe, is led on sooner.
const MOVE_ON_ANSWERED_US: Us = 8 * SECOND;
/// Who adds nothing to an answer that might have been over had finished, microseconds.
const DOUBT_US: Us = 2 * SECOND;
/// Who cannot be heard types: all of these are this many times as long.
const TYPING_FACTOR: Us = 6;

/// A spoken request is granted after this silence: "could you repeat that?" needs no second thought.
const REQUEST_US: Us = 700 * MS;
/// What leaves a question behind is granted after this silence.
const REQUEST_LEAVING_US: Us = SECOND;
/// What ends the interview is granted after this silence: "stop" may be the first word of an answer.
const REQUEST_STOP_US: Us = 2 * SECOND;
/// A take-over without words, after which the interviewer goes on.
const RESUME_US: Us = 1_500 * MS;
/// The nudge waits for a pause of this length.
const NUDGE_PAUSE_US: Us = 500 * MS;
/// The limit waits for a pause of this length, and for none at all after the grace.
const LIMIT_PAUSE_US: Us = 300 * MS;
const LIMIT_GRACE_US: Us = 5 * SECOND;
/// What is left for somebody who goes on after the limit was called.
const LIMIT_AGAIN_US: Us = 15 * SECOND;
/// After the push-to-talk key went up it may come down again for this long.
const KEY_US: Us = 700 * MS;

/// Voice of this length without any words is taken for an answer that the captions missed,
/// milliseconds.
const UNWRITTEN_MS: u32 = 2_500;

/// What falls due while the candidate has the floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    /// The answer has reached its limit.
    Limit,
    /// A request was said.
    Request,
    /// The turn is over, or needs encouragement.
    TurnEnd(Decision),
    /// A kind nudge to the outcome.
    Nudge,
    /// The next rung of the ladder of silence.
    Silence,
    /// The candidate took the floor, or seemed to go on, and said nothing.
    Resume,
    /// The line is back, and what was said meanwhile has had its time to come in.
    Return,
}

impl Conversation {
    /// When [`Input::Timer`](crate::Input::Timer) has to come, at the latest; a time that has passed
    /// means at once. `None` before the start, while the line is gone, and after the end.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Us> {
        if self.away_us.is_some() {
            return None;
        }
        match &self.floor {
            Floor::Nobody => None,
            Floor::Speaking(speech) => {
                let look_us = speech.burst.as_ref().map_or(Us::MAX, |(_, look_us)| *look_us);
                let sound_us = speech.sound_us.map_or(Us::MAX, |from_us| from_us + SOUND_US_MAX);
                Some(speech.watchdog_us().min(look_us).min(sound_us))
            }
            Floor::Listening(listening) => self.due(listening).into_iter().map(|(us, _)| us).min(),
            Floor::Deciding { until_us, .. }
            | Floor::LookingUp { until_us }
            | Floor::Preparing { until_us }
            | Floor::Reviewing { until_us } => Some(*until_us),
        }
    }

    /// Does what has fallen due.
    pub(super) fn tick(&mut self, out: &mut Vec<Action>) {
        let now_us = self.now_us;
        if self.next_deadline().is_none_or(|deadline_us| now_us < deadline_us) {
            return;
        }
        match &mut self.floor {
            Floor::Nobody => {}
            Floor::Speaking(speech) => {
                if speech.watchdog_us() <= now_us {
                    self.give_up_waiting(out);
                } else {
                    self.forget_sound(out);
                    self.judge_burst(out);
                }
            }
            Floor::Listening(listening) => {
                let listening = listening.clone();
                let due = self.due(&listening).into_iter().min_by_key(|(us, _)| *us);
                if let Some((_, due)) = due {
                    self.on_due(due, out);
                }
            }
            Floor::Deciding { quiet_from_us, .. } => {
                let quiet_from_us = *quiet_from_us;
                self.go_on(quiet_from_us, out);
            }
            Floor::LookingUp { .. } => self.on_notes(None, out),
            Floor::Preparing { .. } => self.record(out),
            Floor::Reviewing { .. } => self.leave(CloseReason::Answered, None, out),
        }
    }

    /// Nothing was heard of an utterance for too long: it counts as said, its text being on the page.
    fn give_up_waiting(&mut self, out: &mut Vec<Action>) {
        if let Floor::Speaking(speech) = &mut self.floor
            && let Some(id) = speech.queue.front().map(|front| front.id)
        {
            self.on_utterance(id, crate::UtteranceEvent::Failed, out);
        }
    }

    /// Everything that may fall due in this turn, with its time. Never empty, except while a
    /// push-to-talk key is held or a voice sounds, when the limit alone is left.
    fn due(&self, listening: &Listening) -> Vec<(Us, Due)> {
        if let Some(back) = &listening.back {
            return vec![(back.decided_us(), Due::Return)];
        }
        let mut due = vec![self.limit_due(listening)];
        if self.is_one_way() {
            return due;
        }
        let key_down = self.key.is_some_and(|(down, _)| down);
        if listening.voice && self.key.is_none() || key_down {
            return due;
        }
        let quiet_us = listening.quiet_us;
        let patient = |us: Us| us.max(listening.patience_until_us);
        if listening.interrupted.as_ref().is_some_and(|unsaid| unsaid.is_echo(&listening.text)) {
            due.push((patient(quiet_us + RESUME_US), Due::Resume));
        } else if self.has_content(listening) {
            match self.key {
                Some((_, up_us)) => {
                    due.push((patient(up_us + KEY_US), Due::TurnEnd(Decision::End)));
                }
                None => due.extend(self.silence_due(listening).map(|(us, due)| (patient(us), due))),
            }
            if let Some(us) = self.nudge_us(listening) {
                due.push((patient(us.max(quiet_us + NUDGE_PAUSE_US)), Due::Nudge));
            }
        } else if listening.interrupted.is_some() && !tokens(&listening.text).is_empty() {
            due.push((patient(quiet_us + REQUEST_US), Due::TurnEnd(Decision::End)));
        } else if listening.interrupted.is_some() || listening.went_on {
            due.push((patient(quiet_us + RESUME_US), Due::Resume));
        } else {
            due.push((patient(quiet_us + self.rung_us()), Due::Silence));
            due.extend(self.request_due(listening));
        }
        due
    }

    /// When what was said last is granted as a request, if it is one.
    fn request_due(&self, listening: &Listening) -> Option<(Us, Due)> {
        let patience_us = match self.request_at_end(listening)? {
            Request::Stop => REQUEST_STOP_US,
            Request::Skip | Request::Later => REQUEST_LEAVING_US,
            Request::Repeat | Request::Done | Request::Wait | Request::Yes | Request::No => {
                REQUEST_US
            }
        };
        Some((listening.quiet_us + patience_us, Due::Request))
    }

    /// When this silence, left alone, is a request or the end of the turn.
    fn silence_due(&self, listening: &Listening) -> impl Iterator<Item = (Us, Due)> {
        let request = self.request_due(listening);
        let model = &self.turn_end;
        let moment = self.moment(listening);
        let end = (0..=model.encourage_ms.max(model.quiet_ms_max))
            .step_by(100)
            .map(|quiet_ms| (quiet_ms, model.decide(&Moment { quiet_ms, ..moment })))
            .find(|(_, decision)| *decision != Decision::Wait)
            .map(|(quiet_ms, decision)| {
                let shortest_us = Us::from(quiet_ms.min(model.quiet_closed_ms_min)) * MS;
                let quiet_us = self.patiently(Us::from(quiet_ms) * MS).max(shortest_us);
                (listening.quiet_us + quiet_us, Due::TurnEnd(decision))
            });
        // A whole utterance that is a request is nothing else, so the turn waits for its time.
        let end = end.filter(|_| !self.is_request(listening));
        request.into_iter().chain(end)
    }

    /// What the turn end is decided by, at the begin of the present silence.
    fn moment(&self, listening: &Listening) -> Moment<'_> {
        Moment {
            quiet_ms: 0,
            sound_probability: listening.sound_permille.map(|permille| f32::from(permille) / 1e3),
            ending: ending_of(&listening.text),
            closing_logit: closing_logit(&listening.text),
            place: self.story_place(listening),
            pauses: &self.pauses,
            cut_offs: self.cut_offs,
            temperament: self.plan.persona.temperament,
            may_ask: self.may_ask(listening),
        }
    }

    /// Whether a doubtful silence may be met with encouragement: who was told that there is time is not
    /// told again, and the rest of what the interviewer was saying is more use.
    fn may_ask(&self, listening: &Listening) -> bool {
        let fresh = self.answer.as_ref().is_some_and(|open| !open.encouraged);
        fresh && listening.interrupted.is_none()
    }

    /// The present silence as the turn end sees it, while the candidate has the floor and is silent:
    /// what a measurement needs to compare the probability with what happened.
    #[must_use]
    pub fn silence(&self) -> Option<Moment<'_>> {
        let Floor::Listening(listening) = &self.floor else { return None };
        let quiet_ms = (self.now_us - listening.quiet_us) / MS;
        (!listening.voice && self.has_content(listening)).then(|| Moment {
            quiet_ms: u32::try_from(quiet_ms).unwrap_or(0),
            ..self.moment(listening)
        })
    }

    fn story_place(&self, listening: &Listening) -> StoryPlace {
        let Some(open) = &self.answer else { return StoryPlace::NoStory };
        if !matches!(self.place, Place::Item(_)) || !open.probes.is_empty() {
            return StoryPlace::NoStory;
        }
        let said = format!("{} {}", open.said_text(), listening.text);
        let result_missing =
            open.lacks.as_ref().map(|lacks| lacks.contains(&interview::Lack::Result));
        StoryPlace::of(&said, result_missing)
    }

    /// Whether anything of content was said in this turn.
    fn has_content(&self, listening: &Listening) -> bool {
        if tokens(&listening.text).is_empty() {
            return !self.captions && listening.voiced_ms > 0
                || listening.voiced_ms >= UNWRITTEN_MS;
        }
        !matches!(ending_of(&listening.text), Ending::BeforeContent | Ending::Unknown)
    }

    fn limit_due(&self, listening: &Listening) -> (Us, Due) {
        let limit_us = Us::from(self.plan.format.answer_limit_s) * SECOND;
        let held_us = self.answer.as_ref().map_or(0, |open| open.held_us);
        let called = self.answer.as_ref().map_or(0, |open| open.limits_called);
        let began_us = self.turn_began_us(listening);
        let left_us = if called == 0 { (limit_us - held_us).max(0) } else { LIMIT_AGAIN_US };
        let us = match began_us {
            Some(began_us) => began_us + left_us,
            // Nothing was said: the ladder of silence leads on long before this.
            None => listening.quiet_us.max(listening.patience_until_us) + limit_us + 60 * SECOND,
        };
        if self.is_one_way() || began_us.is_none() {
            (us, Due::Limit)
        } else if listening.voice {
            (us + LIMIT_GRACE_US, Due::Limit)
        } else {
            (us.max(listening.quiet_us + LIMIT_PAUSE_US).min(us + LIMIT_GRACE_US), Due::Limit)
        }
    }

    /// When the nudge is due, if one still is.
    fn nudge_us(&self, listening: &Listening) -> Option<Us> {
        let open = self.answer.as_ref().filter(|open| !open.nudged)?;
        let began_us = self.turn_began_us(listening)?;
        let nudge_us = Us::from(self.plan.format.answer_nudge_s) * SECOND;
        let asked = matches!(self.place, Place::Item(_)) && listening.interrupted.is_none();
        asked.then_some(began_us + (nudge_us - open.held_us).max(0))
    }

    /// How long the present rung of the ladder of silence lasts.
    fn rung_us(&self) -> Us {
        let answered = self.answer.as_ref().is_some_and(OpenAnswer::has_content);
        let prompts = self.answer.as_ref().map_or(0, |open| open.prompts);
        let in_doubt = self.answer.as_ref().is_some_and(|open| open.doubt_us.is_some());
        let us = match (prompts, answered) {
            _ if in_doubt => DOUBT_US,
            (0, _) => ENCOURAGE_US,
            (_, true) => MOVE_ON_ANSWERED_US,
            (1, false) => OFFER_US,
            (_, false) => MOVE_ON_US,
        };
        self.patiently(if self.microphone { us } else { us * TYPING_FACTOR })
    }

    fn on_due(&mut self, due: Due, out: &mut Vec<Action>) {
        match due {
            Due::Limit => self.call_limit(out),
            Due::Request => self.on_request(out),
            Due::TurnEnd(Decision::Encourage) if !self.has_interrupted() => self.encourage(out),
            Due::TurnEnd(_) => self.end_turn(None, out),
            Due::Nudge => {
                if let Some(open) = &mut self.answer {
                    open.nudged = true;
                }
                self.close_turn(None, false, out);
                self.remark(Occasion::Nudge, out);
            }
            Due::Silence => self.climb(out),
            Due::Resume => self.end_turn(None, out),
            Due::Return => self.decide_return(out),
        }
    }

    /// Whether the candidate broke into what the interviewer was saying: then the rest of that is more
    /// use than an encouragement.
    fn has_interrupted(&self) -> bool {
        matches!(&self.floor, Floor::Listening(listening) if listening.interrupted.is_some())
    }

    /// The answer has reached its limit: it is closed.
    fn call_limit(&mut self, out: &mut Vec<Action>) {
        let (one_way, began) = match &self.floor {
            Floor::Listening(listening) => {
                (self.is_one_way(), self.turn_began_us(listening).is_some())
            }
            _ => return,
        };
        self.close_turn(None, false, out);
        if one_way {
            self.after_recording(out);
            return;
        }
        if let Some(open) = &mut self.answer {
            open.limits_called += 1;
        }
        let close = if began { CloseReason::TimeUp } else { CloseReason::Silent };
        self.leave(close, None, out);
    }

    /// An unfinished phrase and a long silence, or a shorter one that may be the end: there is time.
    fn encourage(&mut self, out: &mut Vec<Action>) {
        let Floor::Listening(listening) = &self.floor else { return };
        let (quiet_us, text) = (listening.quiet_us, &listening.text);
        let unfinished = ending_of(text) == Ending::Trailing;
        self.close_turn(None, false, out);
        if let Some(open) = &mut self.answer {
            open.prompts = 1;
            open.doubt_us = (!unfinished).then_some(quiet_us);
            open.encouraged = true;
        }
        self.remark(Occasion::Encourage, out);
    }

    /// The next rung of the ladder of silence.
    fn climb(&mut self, out: &mut Vec<Action>) {
        if let Some(quiet_us) = self.answer.as_mut().and_then(|open| open.doubt_us.take()) {
            // Nothing was added after the encouragement: the answer was over.
            self.close_turn(None, false, out);
            self.reply(quiet_us, out);
            return;
        }
        let (prompts, answered) = match &mut self.answer {
            Some(open) => {
                open.prompts += 1;
                open.encouraged = true;
                (open.prompts, open.has_content())
            }
            None => (u32::MAX, false),
        };
        self.close_turn(None, false, out);
        let own_questions = self.place == Place::CandidateQuestions;
        match (prompts, answered) {
            // Whoever has asked already has just been offered another question.
            _ if own_questions && (answered || prompts > 1) => {
                self.close(CloseReason::Answered, None, out);
            }
            (1, _) => self.remark(Occasion::Encourage, out),
            (_, true) => self.leave(CloseReason::Answered, None, out),
            (2, false) => {
                if let Some(open) = &mut self.answer {
                    open.repeat_offered = true;
                }
                self.remark(Occasion::OfferRepeat, out);
            }
            (_, false) => self.leave(CloseReason::Silent, None, out),
        }
    }
}
