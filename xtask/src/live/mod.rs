//! Talking to a running Greenroom as a browser does, in real time and without a browser: for the benches
//! and for the people who are played in `cargo xtask evals conversation`.

pub mod call;
pub mod clips;
pub mod line;
pub mod server;
