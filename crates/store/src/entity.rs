//! The tables, as SeaORM sees them. Each is declared once, with the plain type that goes in and out.

use interview::{
    AnswerId, Goal, GoalId, InterviewId, JobId, Language, Mode, ParticipantId, PersonId, PersonaId,
    Plan, Question, RecordingId, Span, Speaker, StreamId, Turn, TurnId, Word,
};

use crate::{
    column::{At, Doc, Stored, Text, Unsigned},
    given::{Correction, Rating, RatingOf, Strike},
    jobs::{Job, JobState},
    outputs::{Derived, Output},
    people::{Consent, Dismissal, Person},
    sitting::{AnswerRecord, Interview, InterviewState, Participant},
    streams::{Anchor, AnchorReason, Recording, Stream, StreamKind},
};

/// Declares an entity. With `-> Plain`, the columns are the fields of `Plain` and rows convert both
/// ways; columns in the second braces stand beside it and are set by hand.
macro_rules! table {
    (
        $(#[$doc:meta])* $module:ident = $name:literal
        $(-> $plain:ident { $($(#[$meta:meta])* $field:ident: $type:ty,)* })?
        $(beside { $($(#[$beside_meta:meta])* $beside:ident: $beside_type:ty,)* })?
    ) => {
        $(#[$doc])*
        pub(crate) mod $module {
            use sea_orm::entity::prelude::*;

            use super::*;

            #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
            #[sea_orm(table_name = $name)]
            pub(crate) struct Model {
                $($($(#[$meta])* pub(crate) $field: $type,)*)?
                $($($(#[$beside_meta])* pub(crate) $beside: $beside_type,)*)?
            }

            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub(crate) enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}

            $(
                impl From<Model> for $plain {
                    fn from(row: Model) -> Self {
                        Self { $($field: row.$field.plain(),)* }
                    }
                }

                impl From<$plain> for ActiveModel {
                    fn from(plain: $plain) -> Self {
                        let mut row = <Self as ActiveModelTrait>::default();
                        $(row.$field = sea_orm::Set(<$type as Stored>::column(plain.$field));)*
                        row
                    }
                }
            )?
        }
    };
}

table! {
    /// Those who own everything else.
    person = "persons" -> Person {
        #[sea_orm(primary_key, auto_increment = false)]
        id: Text<PersonId>,
        name: String,
        local: bool,
        created: At,
    }
    beside {
        settings: Doc<Json>,
    }
}

table! {
    /// What people practise for.
    goal = "goals"
    beside {
        #[sea_orm(primary_key, auto_increment = false)]
        id: Text<GoalId>,
        person: Text<PersonId>,
        created: At,
        body: Doc<Goal>,
    }
}

table! {
    /// Sittings.
    interview_row = "interviews" -> Interview {
        #[sea_orm(primary_key, auto_increment = false)]
        id: Text<InterviewId>,
        person: Text<PersonId>,
        retake_of: Option<Text<AnswerId>>,
        plan: Doc<Plan>,
        seed: Unsigned<u64>,
        state: Text<InterviewState>,
        created: At,
        started: Option<At>,
        ended: Option<At>,
    }
}

table! {
    /// The latest state of each conversation, to go on from.
    snapshot = "snapshots"
    beside {
        #[sea_orm(primary_key, auto_increment = false)]
        interview: Text<InterviewId>,
        saved: At,
        body: Doc<Json>,
    }
}

table! {
    /// Who takes part in a sitting.
    participant = "participants" -> Participant {
        #[sea_orm(primary_key, auto_increment = false)]
        id: Text<ParticipantId>,
        interview: Text<InterviewId>,
        role: Text<Speaker>,
        name: String,
        person: Option<Text<PersonId>>,
        persona: Option<Text<PersonaId>>,
    }
}

table! {
    /// The turn log.
    turn = "turns"
    beside {
        #[sea_orm(primary_key, auto_increment = false)]
        id: Text<TurnId>,
        interview: Text<InterviewId>,
        place: Unsigned<u32>,
        participant: Text<ParticipantId>,
        answer: Option<Text<AnswerId>>,
        language: Text<Language>,
        body: Doc<Turn>,
    }
}

table! {
    /// Answers as they were opened and closed.
    answer = "answers" -> AnswerRecord {
        #[sea_orm(primary_key, auto_increment = false)]
        id: Text<AnswerId>,
        interview: Text<InterviewId>,
        participant: Text<ParticipantId>,
        item: Option<Unsigned<u32>>,
        attempt: Unsigned<u32>,
        question: Doc<Question>,
        mode: Text<Mode>,
        language: Text<Language>,
        opened_us: i64,
        closed_us: Option<i64>,
    }
}

table! {
    /// Sources of samples or chunks.
    stream = "streams" -> Stream {
        #[sea_orm(primary_key, auto_increment = false)]
        id: Text<StreamId>,
        interview: Text<InterviewId>,
        participant: Text<ParticipantId>,
        kind: Text<StreamKind>,
        sample_rate: Unsigned<u32>,
        codec: String,
        settings: Doc<Json>,
        created: At,
        finished: Option<At>,
    }
}

table! {
    /// Where positions of a stream stand in interview time.
    anchor = "anchors" -> Anchor {
        position: Unsigned<u64>,
        at_us: i64,
        reason: Text<AnchorReason>,
    }
    beside {
        #[sea_orm(primary_key)]
        number: i64,
        stream: Text<StreamId>,
    }
}

table! {
    /// Finished files.
    recording = "recordings" -> Recording {
        #[sea_orm(primary_key, auto_increment = false)]
        id: Text<RecordingId>,
        interview: Text<InterviewId>,
        stream: Text<StreamId>,
        participant: Text<ParticipantId>,
        media_type: String,
        path: String,
        bytes: Unsigned<u64>,
        created: At,
    }
}

table! {
    /// What engines made of the sound.
    output = "outputs" -> Output {
        interview: Text<InterviewId>,
        participant: Text<ParticipantId>,
        answer: Option<Text<AnswerId>>,
        stream: Option<Text<StreamId>>,
        kind: String,
        engine: String,
        model: String,
        model_sha256: Option<String>,
        language: Text<Language>,
        span: Option<Doc<Span>>,
        body: Doc<Json>,
        created: At,
    }
    beside {
        #[sea_orm(primary_key)]
        number: i64,
    }
}

table! {
    /// Transcripts as their speakers corrected them.
    correction = "corrections" -> Correction {
        #[sea_orm(primary_key, auto_increment = false)]
        answer: Text<AnswerId>,
        #[sea_orm(primary_key, auto_increment = false)]
        version: Unsigned<u32>,
        participant: Text<ParticipantId>,
        language: Text<Language>,
        words: Doc<Vec<Word>>,
        created: At,
    }
    beside {
        interview: Text<InterviewId>,
    }
}

table! {
    /// What people said of themselves.
    rating = "ratings" -> Rating {
        interview: Text<InterviewId>,
        participant: Text<ParticipantId>,
        answer: Option<Text<AnswerId>>,
        of: Text<RatingOf>,
        value: Unsigned<u8>,
        created: At,
    }
    beside {
        #[sea_orm(primary_key)]
        number: i64,
    }
}

table! {
    /// Fillers that the candidate struck out or put back.
    strike = "strikes" -> Strike {
        answer: Text<AnswerId>,
        participant: Text<ParticipantId>,
        text: String,
        span: Option<Doc<Span>>,
        word: Option<Unsigned<u32>>,
        struck: bool,
        created: At,
    }
    beside {
        #[sea_orm(primary_key)]
        number: i64,
        interview: Text<InterviewId>,
    }
}

table! {
    /// What people agreed to and what they took back.
    consent = "consents" -> Consent {
        person: Text<PersonId>,
        interview: Option<Text<InterviewId>>,
        participant: Option<Text<ParticipantId>>,
        what: String,
        language: Text<Language>,
        given: bool,
        at: At,
    }
    beside {
        #[sea_orm(primary_key)]
        number: i64,
    }
}

table! {
    /// Next steps that were waved away.
    dismissal = "dismissals" -> Dismissal {
        #[sea_orm(primary_key, auto_increment = false)]
        person: Text<PersonId>,
        #[sea_orm(primary_key, auto_increment = false)]
        step: String,
        interview: Option<Text<InterviewId>>,
        at: At,
    }
}

table! {
    /// What can be computed again.
    derived = "derived" -> Derived {
        #[sea_orm(primary_key, auto_increment = false)]
        subject: String,
        #[sea_orm(primary_key, auto_increment = false)]
        kind: String,
        #[sea_orm(primary_key, auto_increment = false)]
        key: String,
        person: Text<PersonId>,
        interview: Option<Text<InterviewId>>,
        body: Doc<Json>,
        problems: Doc<Vec<String>>,
        created: At,
    }
}

table! {
    /// Work in the background.
    job = "jobs" -> Job {
        #[sea_orm(primary_key, auto_increment = false)]
        id: Text<JobId>,
        person: Text<PersonId>,
        interview: Option<Text<InterviewId>>,
        kind: String,
        subject: String,
        body: Doc<Json>,
        state: Text<JobState>,
        attempts: Unsigned<u32>,
        last_error: Option<String>,
        run_after: At,
        created: At,
    }
    beside {
        lease_until: Option<At>,
    }
}

table! {
    /// Cached speech.
    speech = "speech"
    beside {
        #[sea_orm(primary_key, auto_increment = false)]
        key: String,
        interview: Option<Text<InterviewId>>,
        path: String,
        bytes: Unsigned<u64>,
        used: At,
    }
}

/// Files and folders that are to be removed; the journal that a removal is finished from.
pub(crate) mod removal {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "removals")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) path: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
