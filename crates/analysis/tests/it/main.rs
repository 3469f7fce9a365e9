//! What a caller of this crate can rely on, on answers of the content folder and of its own.

mod anchors;
mod gate;
mod interview_report;
mod invariance;
mod level_filter;
mod measures;
mod metamorphic;
mod plainly;
mod progress;
mod read_through;
mod rehearsal;
mod robust;
mod told;
