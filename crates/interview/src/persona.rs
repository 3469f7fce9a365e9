//! Engine interviewers.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

/// The stable name of a persona, as "maya".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonaId(pub String);

impl fmt::Display for PersonaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How an interviewer behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Temperament {
    /// Encourages; gives more time.
    Warm,
    /// Even, brief.
    Neutral,
    /// Doubts aloud, asks for proof; never insults.
    Sceptical,
}

/// The occasions for which a persona has lines of its own.
///
/// Lines may hold `{role}`, `{company}`, `{name}` (the interviewer's), `{count}` (of questions),
/// `{minutes}` and `{question}`; a line whose placeholder has no value is not chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// The first words: who I am, what this is, how long.
    Greeting,
    /// The unscored first question.
    WarmUp,
    /// From the warm-up into the first question.
    FirstQuestion,
    /// Between two questions, after an answer; never praise for content.
    Acknowledgement,
    /// While the candidate has not begun to speak: take your time.
    Encourage,
    /// After a longer silence: shall I say it again?
    OfferRepeat,
    /// The question again, in front of its text.
    Repeat,
    /// After a very long silence: let us move on.
    MoveOn,
    /// When an answer runs over its time: a kind nudge to the outcome.
    Nudge,
    /// When it runs on: the answer is closed.
    TimeUp,
    /// A probe when what lacks has no words in the bank.
    Probe,
    /// After a reload, a crash or a lost line.
    WhereWereWe,
    /// Your questions to me?
    InviteQuestions,
    /// To a candidate's question that the notes do not answer.
    NotInNotes,
    /// In front of an answer taken from the notes.
    FromNotes,
    /// Any other question?
    AnythingElse,
    /// The last words.
    Closing,
    /// Asked to stop.
    Stopped,
}

/// Which voice speaks for a persona, for each speech engine that may be there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voice {
    /// Name of a Kokoro voice ("af_heart").
    pub kokoro: String,
    /// Pitch of the one hibari voice against its own, in semitones.
    pub hibari_semitones: f32,
    /// Speed against the voice's own, 1.0 unchanged.
    pub speed: f32,
}

/// An engine interviewer as data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Persona {
    /// Its stable name.
    pub id: PersonaId,
    /// The name it introduces itself with.
    pub name: String,
    /// One sentence for the person who chooses.
    pub about: String,
    /// How it behaves.
    pub temperament: Temperament,
    /// How it sounds.
    pub voice: Voice,
    /// What it says on each occasion; one is chosen, never twice in a row the same.
    pub lines: BTreeMap<Occasion, Vec<String>>,
}
