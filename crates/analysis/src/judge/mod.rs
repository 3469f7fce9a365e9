//! Levels by rules, from the words alone.

pub(crate) mod interval;
mod rules;

pub(crate) use rules::{COMPETENCY, judge, supports};
