//! Levels by rules, from the words alone.

pub mod calibration;
pub(crate) mod interval;
mod rules;

pub(crate) use rules::{COMPETENCY, judge, raw, supports};
