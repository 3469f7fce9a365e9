//! What a caller of this crate can rely on, on answers of the content folder and of its own.

mod about_people;
mod anchors;
mod gate;
mod interview_report;
mod invariance;
mod level_filter;
mod measures;
mod metamorphic;
mod model_judge;
mod plainly;
mod progress;
mod read_through;
mod rehearsal;
mod retelling;
mod robust;
mod technical;
mod told;
mod words;
