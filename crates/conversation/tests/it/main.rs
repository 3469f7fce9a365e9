//! Conversations held by a simulated room: what a candidate does, what the interviewer says and when.

mod floor;
mod flow;
mod never_stuck;
mod one_way;
mod plans;
mod returning;
mod room;
mod silence;
mod turn_end;
