//! Turn-taking and the interviewer's decisions.
//!
//! [`Conversation::step`] takes the time and one [`Input`] and returns the [`Action`]s that follow.
//! Nothing here knows a clock, a microphone, a random source or a model: time comes in as
//! [`interview::Us`], chance as a seed, and whoever owns the socket executes the actions. After every
//! step the owner stores the conversation (it is plain data; a restored one goes on identically) and
//! sends [`Input::Timer`] when [`Conversation::next_deadline`] has come.
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
pub use conversation::Conversation;
pub use input::{Engine, Input, UtteranceEvent};
pub use plan::{PlanError, Wishes, make_plan, single_question_plan};
pub use view::{FloorView, Phase, View};
