//! What the story is about: a small interview, written for these tests.

use std::collections::BTreeMap;

use interview::{
    Anchors, AnswerId, Competency, Criterion, CriterionId, Format, FormatId, Goal, GoalId, Hints,
    InterviewId, Lack, Language, Mode, ParticipantId, PersonId, Persona, PersonaId, Plan, PlanItem,
    Question, QuestionId, RecordingId, Rubric, Seniority, Span, Speaker, StreamId, Temperament,
    Turn, TurnId, Word,
    format::Encounter,
    persona::{Occasion, Voice},
};
use jiff::Timestamp;
use store::{AnswerRecord, Codec, Interview, InterviewState, Participant, Stream, StreamKind};

/// Words that must be gone from the disk when they were deleted.
pub(crate) const SECRET: &str = "unmistakable-heron-4711";

/// A point in time, `seconds` after the story began.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).expect("in range")
}

macro_rules! id {
    ($($name:ident -> $type:ident),*) => {$(
        /// The nth of these ids.
        pub(crate) fn $name(number: u8) -> $type {
            $type::new(1_790_000_000_000 + u64::from(number), [number; 10])
        }
    )*};
}
id!(person -> PersonId, goal_id -> GoalId, itv -> InterviewId, participant -> ParticipantId,
    turn_id -> TurnId, answer_id -> AnswerId, stream_id -> StreamId, recording_id -> RecordingId);

/// A codec that stores the samples as they are, behind a mark; enough to see that what was encoded
/// is decoded.
pub(crate) fn codec() -> Codec {
    Codec::flac(
        |samples, _| {
            let mut bytes = b"TEST".to_vec();
            bytes.extend(samples.iter().flat_map(|sample| sample.to_be_bytes()));
            Ok(bytes)
        },
        |bytes| {
            let sound = bytes.strip_prefix(b"TEST").ok_or("not encoded by this codec")?;
            Ok(sound.as_chunks().0.iter().map(|pair| i16::from_be_bytes(*pair)).collect())
        },
    )
}

pub(crate) fn goal(number: u8, owner: PersonId) -> Goal {
    Goal {
        id: goal_id(number),
        person: owner,
        role: "Lighthouse keeper".to_owned(),
        seniority: Seniority::Entry,
        company: Some("North Pier".to_owned()),
        date: None,
        focus: vec![Competency::Ownership],
        notes: "Two lamps, one boat.".to_owned(),
    }
}

fn anchors() -> Anchors {
    Anchors { one: "none".to_owned(), three: "some".to_owned(), five: "all".to_owned() }
}

pub(crate) fn question() -> Question {
    Question {
        id: QuestionId("ownership-lamp".to_owned()),
        competency: Competency::Ownership,
        seniorities: vec![Seniority::Entry],
        text: "When did you look after something nobody had asked you to?".to_owned(),
        fields: Vec::new(),
        looks_for: vec!["a thing".to_owned(), "a reason".to_owned(), "an end".to_owned()],
        vocabulary: vec!["noticed".to_owned()],
        probes: BTreeMap::from([(Lack::Result, vec!["How did it end?".to_owned()])]),
        anchors: anchors(),
    }
}

fn plan(owner: PersonId) -> Plan {
    let persona = Persona {
        id: PersonaId("test".to_owned()),
        name: "Tess".to_owned(),
        about: "Asks.".to_owned(),
        temperament: Temperament::Neutral,
        voice: Voice { kokoro: "af_heart".to_owned(), hibari_semitones: -1.5, speed: 1.0 },
        lines: BTreeMap::from([(Occasion::Greeting, vec!["Hello.".to_owned()])]),
    };
    let format = Format {
        id: FormatId("behavioural".to_owned()),
        name: "Behavioural".to_owned(),
        about: "Stories.".to_owned(),
        encounter: Encounter::Conversation,
        rubric: "behavioural".to_owned(),
        persona: persona.id.clone(),
        questions_min: 1,
        questions_max: 8,
        questions: 1,
        competencies: Vec::new(),
        probes_max: 2,
        warm_up: true,
        candidate_questions: true,
        answer_nudge_s: 120,
        answer_limit_s: 240,
        preparation_s: 0,
        retakes_max: 0,
    };
    let criterion = Criterion {
        id: CriterionId("result".to_owned()),
        name: "Result".to_owned(),
        asks: "How did it end?".to_owned(),
        anchors: anchors(),
    };
    Plan {
        format,
        persona,
        rubric: Rubric { id: "behavioural".to_owned(), criteria: vec![criterion] },
        goal: Some(goal(1, owner)),
        seniority: Seniority::Entry,
        items: vec![PlanItem { question: question(), reason: "your goal names it".to_owned() }],
        hints: Hints::Exam,
        camera: true,
    }
}

/// Interview `number` with its two participants, `2 * number` (candidate) and the next.
pub(crate) fn interview(number: u8, owner: PersonId) -> (Interview, Vec<Participant>) {
    let interview = Interview {
        id: itv(number),
        person: owner,
        retake_of: None,
        plan: plan(owner),
        seed: u64::MAX - 3,
        state: InterviewState::Running,
        created: at(i64::from(number)),
        started: None,
        ended: None,
    };
    let candidate = Participant {
        id: participant(2 * number),
        interview: interview.id,
        role: Speaker::Candidate,
        name: "You".to_owned(),
        person: Some(owner),
        persona: None,
    };
    let interviewer = Participant {
        id: participant(2 * number + 1),
        interview: interview.id,
        role: Speaker::Interviewer,
        name: "Tess".to_owned(),
        person: None,
        persona: Some(PersonaId("test".to_owned())),
    };
    (interview, vec![candidate, interviewer])
}

/// The answer with this number, open, of interview `of`.
pub(crate) fn answer(number: u8, of: u8) -> AnswerRecord {
    AnswerRecord {
        id: answer_id(number),
        interview: itv(of),
        participant: participant(2 * of),
        item: Some(0),
        attempt: 1,
        question: question(),
        mode: Mode::Spoken,
        language: Language("en-GB".to_owned()),
        opened_us: 1_000_000 * i64::from(number),
        closed_us: None,
    }
}

/// A turn of the candidate of interview `of`, at place `index` of the log.
pub(crate) fn turn(number: u8, of: u8, index: u32, answer: Option<AnswerId>) -> Turn {
    let span = Span::new(1_000_000, 2_000_000);
    Turn {
        id: turn_id(number),
        interview: itv(of),
        index,
        participant: participant(2 * of),
        speaker: Speaker::Candidate,
        answer,
        mode: Mode::Spoken,
        language: Language("en-GB".to_owned()),
        text: format!("I fed the {SECRET}\u{0}."),
        words: vec![
            Word { probability: Some(0.1), ..Word::timed("I", span) },
            Word::untimed(SECRET),
        ],
        span: Some(span),
        unscored: false,
    }
}

pub(crate) fn stream(number: u8, of: u8, kind: StreamKind) -> Stream {
    let (sample_rate, codec) = match kind {
        StreamKind::Camera => (0, "video/webm;codecs=vp8,opus"),
        _ => (24_000, "pcm_s16le"),
    };
    Stream {
        id: stream_id(number),
        interview: itv(of),
        participant: participant(2 * of),
        kind,
        sample_rate,
        codec: codec.to_owned(),
        settings: serde_json::json!({ "autoGainControl": false, "echoCancellation": true }),
        created: at(i64::from(number)),
        finished: None,
    }
}
