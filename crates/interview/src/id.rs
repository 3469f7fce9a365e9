//! Identifiers: UUIDv7 newtypes, printed with a prefix that says what they name (`itv_…`).
//!
//! The pure crates know no clock and no random source, so a new id takes both as arguments.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::{Builder, Uuid};

/// Why a text is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{text}' is not an id of this kind; expected '{prefix}' followed by 32 hexadecimal digits"
)]
pub struct IdError {
    /// What was given.
    pub text: String,
    /// What an id of this kind starts with.
    pub prefix: &'static str,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// What the printed form starts with.
            pub const PREFIX: &'static str = $prefix;

            /// A new id from the wall clock (`unix_ms`, milliseconds since 1970) and ten random bytes.
            #[must_use]
            pub fn new(unix_ms: u64, random: [u8; 10]) -> Self {
                Self(Builder::from_unix_timestamp_millis(unix_ms, &random).into_uuid())
            }

            /// The id with this UUID, for the database.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID inside.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $prefix, self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                text.strip_prefix($prefix)
                    .filter(|rest| rest.len() == 32)
                    .and_then(|rest| Uuid::try_parse(rest).ok())
                    .map(Self)
                    .ok_or_else(|| IdError { text: text.to_owned(), prefix: $prefix })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    };
}

id!(/// Somebody who owns things.
    PersonId, "per_");
id!(/// What someone practises for.
    GoalId, "gol_");
id!(/// One sitting.
    InterviewId, "itv_");
id!(/// Somebody, or an engine, taking part in one interview.
    ParticipantId, "prt_");
id!(/// One speaker holding the floor.
    TurnId, "trn_");
id!(/// All candidate turns for one question, in one attempt.
    AnswerId, "ans_");
id!(/// One source of samples or events that counts by itself: a microphone, a camera.
    StreamId, "str_");
id!(/// A stored piece of sound or video.
    RecordingId, "rec_");
id!(/// A piece of work that goes on in the background.
    JobId, "job_");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_what_it_prints_and_refuses_other_kinds() {
        let id = InterviewId::new(1_790_000_000_000, [7; 10]);
        let text = id.to_string();
        assert!(text.starts_with("itv_"));
        assert_eq!(text.parse::<InterviewId>(), Ok(id));
        assert!(text.parse::<AnswerId>().is_err());
        assert!("itv_12".parse::<InterviewId>().is_err());
    }

    #[test]
    fn ids_sort_by_time() {
        let early = TurnId::new(1_000, [255; 10]);
        let late = TurnId::new(1_001, [0; 10]);
        assert!(early < late);
    }
}
