//! The evidence gate: no evidence, no claim.

use serde::{Deserialize, Serialize};

/// A claim that the gate refused, and why. Kept for the log; never shown as feedback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// The kind of the finding, or the criterion of the judgement.
    pub what: String,
    /// What did not hold.
    pub why: String,
}
