//! Interview time.

use std::time::Instant;

use interview::Us;
use jiff::Timestamp;

/// Tells the interview time: microseconds since the interview began, monotonic while the process
/// lives, and set by the calendar when it goes on after a restart.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    base_us: Us,
    since: Instant,
}

impl Clock {
    /// The clock of an interview that began at `started`, read at `now`, and that has certainly
    /// reached `at_least_us`, whatever the calendar says.
    pub fn new(started: Timestamp, now: Timestamp, at_least_us: Us) -> Self {
        let passed_us = now.as_microsecond() - started.as_microsecond();
        Self { base_us: passed_us.max(at_least_us).max(0), since: Instant::now() }
    }

    /// The interview time now.
    pub fn now_us(&self) -> Us {
        self.base_us + Us::try_from(self.since.elapsed().as_micros()).unwrap_or(Us::MAX / 2)
    }

    /// When it will be `at_us`.
    pub fn instant(&self, at_us: Us) -> Instant {
        let ahead_us = u64::try_from(at_us - self.base_us).unwrap_or(0);
        self.since + std::time::Duration::from_micros(ahead_us)
    }
}
