//! What was wrong with a recording that could be read all the same.

use std::fmt;

/// What was lost of a recording. The rest of it was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Damage {
    /// The file ends in the middle of something.
    pub truncated: bool,
    /// Packets that could not be decoded and were left out.
    pub packets_skipped: u32,
}

impl Damage {
    /// Whether nothing was lost.
    #[must_use]
    pub const fn is_none(self) -> bool {
        !self.truncated && self.packets_skipped == 0
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.truncated, self.packets_skipped) {
            (false, 0) => f.write_str("the file holds no samples"),
            (true, 0) => f.write_str("the file is cut off"),
            (false, skipped) => write!(f, "{skipped} damaged packets were left out"),
            (true, skipped) => {
                write!(f, "the file is cut off and {skipped} damaged packets were left out")
            }
        }
    }
}
