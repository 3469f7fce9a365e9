//! One-way interviews: prepare, record within a limit, take again or go on.

use interview::Us;

use super::{
    Conversation,
    state::{Floor, Place},
};
use crate::action::{Action, CloseReason};

/// How long a review waits before it goes on by itself, microseconds.
const REVIEW_US: Us = 60_000_000;

impl Conversation {
    /// The question has been shown: time to prepare, if the format gives any.
    pub(super) fn prepare(&mut self, out: &mut Vec<Action>) {
        let preparation_us = match self.place {
            Place::Item(_) => Us::from(self.plan.format.preparation_s) * 1_000_000,
            _ => 0,
        };
        if preparation_us == 0 {
            self.record(out);
        } else {
            self.floor = Floor::Preparing { until_us: self.now_us + preparation_us };
        }
    }

    /// The answer begins.
    pub(super) fn record(&mut self, out: &mut Vec<Action>) {
        self.open_answer(self.now_us, out);
        self.listen(self.now_us, None, None, out);
    }

    /// "Start now", while preparing or while the question is still being read.
    pub(super) fn on_start_answer(&mut self, out: &mut Vec<Action>) {
        if !self.is_one_way() {
            return;
        }
        match &self.floor {
            Floor::Preparing { .. } => self.record(out),
            Floor::Speaking(_) => {
                if let Some(target) = self.fall_silent(out) {
                    self.arrive_unopened(target, out);
                    self.record(out);
                }
            }
            _ => {}
        }
    }

    /// The answer was recorded: choose between another take and the next question, where there is a
    /// choice.
    pub(super) fn after_recording(&mut self, out: &mut Vec<Action>) {
        if self.retakes_left() > 0 && self.answer.is_some() {
            self.review(out);
        } else {
            self.leave(CloseReason::Answered, None, out);
        }
    }

    pub(super) fn review(&mut self, _out: &mut Vec<Action>) {
        self.floor = Floor::Reviewing { until_us: self.now_us + REVIEW_US };
    }

    pub(super) fn on_retake(&mut self, out: &mut Vec<Action>) {
        if matches!(self.floor, Floor::Reviewing { .. }) && self.retakes_left() > 0 {
            self.close_answer(CloseReason::Retaken, out);
            self.record(out);
        }
    }

    /// How often the answer here may still be taken again.
    pub(super) fn retakes_left(&self) -> u32 {
        let Place::Item(_) = self.place else { return 0 };
        if !self.is_one_way() {
            return 0;
        }
        let part = self.place.part();
        let taken = self.attempts.iter().find(|(other, _)| Some(*other) == part);
        let taken = taken.map_or(0, |(_, count)| count.saturating_sub(1));
        self.plan.format.retakes_max.saturating_sub(taken)
    }
}
