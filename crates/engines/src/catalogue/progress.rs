//! What a pull tells while it runs: to a terminal, or to a board that a page polls.

use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use super::Model;

/// What happens during a pull. Sizes are those of the finished files, whatever is sent over the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event<'a> {
    /// This model will be fetched; told for all of them before the first begins.
    Queued {
        /// The model.
        model: &'a str,
        /// The size of all its files.
        bytes_total: u64,
    },
    /// So much of the model is here.
    Advanced {
        /// The model.
        model: &'a str,
        /// Of its files.
        bytes_done: u64,
        /// The size of all its files.
        bytes_total: u64,
    },
    /// A connection broke and is tried again.
    Retrying {
        /// The model.
        model: &'a str,
        /// What went wrong.
        reason: &'a str,
    },
    /// A source did not give the file; the next one is tried.
    SourceFailed {
        /// The model.
        model: &'a str,
        /// The file in the model's folder.
        file: &'a str,
        /// The source.
        source: &'a str,
        /// Why.
        reason: &'a str,
    },
    /// The model is here and its hashes are right.
    Ready {
        /// The model.
        model: &'a str,
    },
    /// The model could not be fetched; the pull goes on with the others.
    Failed {
        /// The model.
        model: &'a str,
        /// Why, and what to do.
        reason: &'a str,
    },
}

/// Who follows a pull and decides for it. Called from the thread that pulls.
pub trait Progress: Sync {
    /// Something happened. Called several times a second.
    fn report(&self, event: Event<'_>);

    /// Whether to stop. Asked often; what was fetched is kept.
    fn cancelled(&self) -> bool {
        false
    }

    /// Whether `address` may be used, whose bytes nobody has compared with the pinned file before.
    fn may_use_unverified(&self, model: &Model, address: &str) -> bool {
        let _ = (model, address);
        false
    }
}

/// Nobody follows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn report(&self, _event: Event<'_>) {}
}

/// How far a model is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Its turn has not come.
    Queued,
    /// It is being fetched.
    Fetching,
    /// It is here.
    Ready,
    /// It could not be fetched.
    Failed,
}

/// One line of the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BoardRow {
    /// The model.
    pub id: String,
    /// How far it is.
    pub phase: Phase,
    /// Of its files.
    pub bytes_done: u64,
    /// The size of all its files.
    pub bytes_total: u64,
    /// What last went wrong, if anything.
    pub note: Option<String>,
}

/// Keeps the present state of a pull for whoever asks.
#[derive(Debug, Default)]
pub struct Board {
    rows: Mutex<Vec<BoardRow>>,
}

impl Board {
    /// One row a model, in the order in which they are fetched.
    #[must_use]
    pub fn rows(&self) -> Vec<BoardRow> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, model: &str, change: impl FnOnce(&mut BoardRow)) {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(row) = rows.iter_mut().find(|row| row.id == model) {
            change(row);
        }
    }

    fn queue(&self, model: &str, bytes_total: u64) {
        let row = BoardRow {
            id: model.to_owned(),
            phase: Phase::Queued,
            bytes_done: 0,
            bytes_total,
            note: None,
        };
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        match rows.iter_mut().find(|present| present.id == model) {
            Some(present) => *present = row,
            None => rows.push(row),
        }
    }
}

impl Progress for Board {
    fn report(&self, event: Event<'_>) {
        match event {
            Event::Queued { model, bytes_total } => self.queue(model, bytes_total),
            Event::Advanced { model, bytes_done, .. } => self.change(model, |row| {
                row.phase = Phase::Fetching;
                row.bytes_done = bytes_done;
            }),
            Event::Retrying { model, reason } => {
                self.change(model, |row| row.note = Some(reason.to_owned()));
            }
            Event::SourceFailed { model, file, source, reason } => self.change(model, |row| {
                row.note = Some(format!("{source} did not give {file}: {reason}"));
            }),
            Event::Ready { model } => self.change(model, |row| {
                row.phase = Phase::Ready;
                row.bytes_done = row.bytes_total;
                row.note = None;
            }),
            Event::Failed { model, reason } => self.change(model, |row| {
                row.phase = Phase::Failed;
                row.note = Some(reason.to_owned());
            }),
        }
    }
}
