//! The server as a browser meets it: a real listener on loopback, a data folder of its own, no models.

mod analyze;
mod goals;
mod guard;
mod harness;
mod judge;
mod places;
mod portable;
mod progress;
mod sitting;
