//! The shell around Greenroom's crates: configuration, HTTP, the live line, jobs and the command line.

pub mod app;
pub mod cli;
pub mod config;
pub mod content;
pub mod desk;
pub mod engine_room;
pub mod http;
pub mod jobs;
pub mod live;
pub mod model_judge;
pub mod portable;
pub mod wire;
