//! What goes over the wire, and nowhere else. Types of the other crates are converted by hand, so
//! that a change inside never changes what a browser or a script sees.
//!
//! Times inside an interview are microseconds of interview time (`…_us`); times of the calendar are
//! RFC 3339 in UTC (`…_at`). Ids are printed with their prefix (`itv_…`).

pub mod check;
pub mod goal;
pub mod interview;
pub mod judge;
pub mod library;
pub mod live;
pub mod progress;
pub mod report;
pub mod settings;
pub mod status;
