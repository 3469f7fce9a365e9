//! What the judge has from labelled answers: weights and curves.

use crate::{
    judge::calibration::{self, Calibration},
    parts::{self, Weights},
};

/// What was fitted to labelled answers. Reports are made with what is shipped; an evaluation makes them
/// with what was fitted without the answer's own question.
#[derive(Debug, Clone, Copy)]
pub struct Fitted<'a> {
    /// By which the parts of a story are found.
    pub parts: &'a Weights,
    /// By which levels are made of what the rules find.
    pub calibration: &'a Calibration,
}

impl Fitted<'static> {
    /// What is part of the program.
    #[must_use]
    pub fn shipped() -> Self {
        Self { parts: parts::shipped(), calibration: calibration::shipped() }
    }
}
