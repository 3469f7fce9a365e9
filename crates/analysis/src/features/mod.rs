//! What is measured: numbers with units and no opinion.

pub(crate) mod fillers;
pub(crate) mod rehearsal;
pub mod sound;
pub(crate) mod words;
