//! Turn-taking and the interviewer's decisions.
//!
//! [`Conversation::step`] takes the time and one [`Input`] and returns the [`Action`]s that follow.
//! Nothing here knows a clock, a microphone, a random source or a model: time comes in as
//! [`interview::Us`], chance as a seed, and whoever owns the socket executes the actions.
//!
//! What the owner of a [`Conversation`] does:
//!
//! 1. executes the actions of each step in their order, and stores the conversation (plain data; a
//!    restored one goes on identically) together with what the actions made;
//! 2. sends [`Input::Timer`] when [`Conversation::next_deadline`] has come, asked anew after every step;
//! 3. reports the fate of each utterance ([`Input::Utterance`]). One without a report counts as said
//!    after a while, so a lost report delays and does not block;
//! 4. replies to [`Action::WantLacks`] and [`Action::LookUpNotes`], and may reply to
//!    [`Action::WantProbe`]. Without a reply the conversation goes on by itself;
//! 5. sends [`Input::Words`] with everything recognised since [`View::words_from_us`], whenever that
//!    changes, and keeps to the turns' bounds (`OpenTurn`, `CloseTurn`) when it stores words;
//! 6. after a restart, sends [`Input::Reconnected`] with the length of the gap first.
//!
//! The floor goes round like this; keys, typed texts and a lost line lead out of every state:
//!
//! ```text
//! Nobody --Start--> Speaking --heard--> Listening --turn over--> Deciding --> Speaking --> ... --> Nobody
//!                      ^  \---take-over--->|  ^                    |
//!                      |                    |  \--speaks on--------/
//!                      \--remark, nudge-----/
//! one-way:          Speaking --heard--> Preparing --> Listening --> Reviewing --> Speaking
//! ```
//!
//! | module | decides |
//! | --- | --- |
//! | [`turn_end`] | whether a silence is a thinking pause or the end of a turn |
//! | [`floor`] | whether sound of the candidate takes the floor from the interviewer |
//! | [`request`] | whether something short that was said is a request ("could you repeat that?") |
//! | [`probe`] | what a follow-up says, and whether a language model's follow-up may be used |
//! | [`plan`] | which questions an interview has, and why |

mod action;
mod chance;
mod conversation;
pub mod floor;
mod input;
mod lines;
pub mod plan;
pub mod probe;
pub mod request;
pub mod turn_end;
mod view;
pub mod wording;

pub use action::{
    Action, AnswerRef, CloseReason, EndReason, Hint, LineKind, Notice, Part, UtteranceId,
};
pub use conversation::{Conversation, PATIENCE_MAX, PATIENCE_MIN};
pub use input::{Engine, Input, UtteranceEvent};
pub use plan::{PlanError, Wishes, make_plan, single_question_plan};
pub use view::{FloorView, Phase, View};
