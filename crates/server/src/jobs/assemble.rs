//! Builds an answer from what the store holds of it: the turn log, the words that were heard, and the
//! candidate's corrections.

use std::{collections::HashMap, sync::Arc};

use anyhow::Context;
use engines::Recogniser;
use interview::{Answer, InterviewId, Mode, Span, Speaker, Turn, TurnId, Us, Word, word};
use store::{AnswerRecord, Correction, Output, Store};

use super::{
    WORDS,
    correction::correct,
    hearing::{Instruments, Listener},
    recording::{Recording, Stretch},
};
use crate::app::world;

/// Word times may be off by this much at the begin and the end of a turn.
const BOUNDS_US: Us = 300_000;
/// Sound shorter than this that no segment covers is the edge of one, not something unheard.
const UNHEARD_US_MIN: Us = 500_000;
/// Sound that is heard at once when words are found afterwards: 10 s at 16 kHz, in which at most one
/// segment ends in a long answer.
const PIECE_SAMPLES: usize = 10 * engines::LISTEN_HZ as usize;

/// An answer with the sound it was given in.
#[derive(Debug, Clone, PartialEq)]
pub struct Assembled {
    /// The answer.
    pub answer: Answer,
    /// Its sound, turn by turn; empty when it was typed.
    pub sound: Vec<Stretch>,
    /// When the interviewer had asked, interview time.
    pub question_end_us: Option<Us>,
    /// What is missing and why, in plain sentences.
    pub problems: Vec<String>,
}

/// Builds the answer of `record`. Speech that no engine has heard yet is recognised now and what was
/// heard is stored, so that it is done once.
///
/// # Errors
/// When the store cannot be read or an engine fails.
pub async fn assemble(
    store: &Store,
    instruments: &Instruments,
    recording: &Recording,
    record: &AnswerRecord,
) -> anyhow::Result<Assembled> {
    let log = store.turns(record.interview).await?;
    let turns: Vec<&Turn> = log
        .iter()
        .filter(|turn| turn.speaker == Speaker::Candidate && turn.answer == Some(record.id))
        .collect();
    let mut problems = Vec::new();
    let mut sound = Vec::new();
    for turn in turns.iter().filter(|turn| turn.mode == Mode::Spoken) {
        if let Some(span) = turn.span {
            sound.extend(recording.read(store, span).await?);
        }
    }
    let recogniser = instruments.recogniser.as_ref().filter(|_| instruments.can_hear());
    if let Some(recogniser) = recogniser {
        hear_the_rest(store, instruments, recogniser, record, &sound).await?;
    }
    let heard = heard(store, record.interview, &log).await?;
    let mut given = Vec::new();
    for turn in &turns {
        let words = words_of_turn(turn, &heard);
        // Where somebody listened with care and heard nothing, the words may be another turn's.
        let unheard = recogniser.is_none() && turn.mode == Mode::Spoken;
        if unheard && words.iter().all(|word| word.span.is_none()) {
            let words_missing = "an answer's words are those of the captions, without times: \
                                 no recogniser was here to listen with care";
            if !words.is_empty() && !problems.iter().any(|problem| problem == words_missing) {
                problems.push(words_missing.to_owned());
            }
        }
        given.push((*turn, words));
    }
    let question_end_us = asked_before(&log, turns.first().copied()).or(Some(record.opened_us));
    let corrections = store.corrections(record.id).await?;
    let answer = join(record, &log, &given, question_end_us, corrections.last());
    Ok(Assembled { answer, sound, question_end_us, problems })
}

/// The words of an answer as they were heard or typed, without any correction.
///
/// # Errors
/// When the store cannot be read.
pub async fn words_as_given(store: &Store, record: &AnswerRecord) -> anyhow::Result<Vec<Word>> {
    let log = store.turns(record.interview).await?;
    let heard = heard(store, record.interview, &log).await?;
    let turns = log
        .iter()
        .filter(|turn| turn.speaker == Speaker::Candidate && turn.answer == Some(record.id));
    Ok(turns.flat_map(|turn| words_of_turn(turn, &heard)).collect())
}

/// The turn log of an interview as it is shown: the candidate's turns with the words that were heard with
/// care, where they were. What is stored stays as it is.
///
/// # Errors
/// When the store cannot be read.
pub async fn log_as_heard(store: &Store, interview: InterviewId) -> anyhow::Result<Vec<Turn>> {
    let mut log = store.turns(interview).await?;
    let heard = heard(store, interview, &log).await?;
    for turn in &mut log {
        if let Some(words) = heard.get(&turn.id) {
            turn.text = word::text_of(words);
            turn.words.clone_from(words);
        }
    }
    Ok(log)
}

/// The words of the candidate's spoken turns that were heard with care. Turns without any are not there.
async fn heard(
    store: &Store,
    interview: InterviewId,
    log: &[Turn],
) -> anyhow::Result<HashMap<TurnId, Vec<Word>>> {
    let words = words_heard(&store.outputs(interview, Some(WORDS)).await?)?;
    Ok(by_turn(log, words))
}

/// Deals words out to the turns in which they were said, asides included, each to one turn: the one it lies
/// in, else the nearest one. Where turns overlap, as when sound came in late, the later one counts.
fn by_turn(log: &[Turn], words: Vec<Word>) -> HashMap<TurnId, Vec<Word>> {
    let spoken = |turn: &&Turn| turn.speaker == Speaker::Candidate && turn.mode == Mode::Spoken;
    let turns: Vec<(TurnId, Span)> = log
        .iter()
        .filter(spoken)
        .filter_map(|turn| turn.span.map(|span| (turn.id, span)))
        .collect();
    let mut heard: HashMap<TurnId, Vec<Word>> = HashMap::new();
    for word in words {
        let Some(middle_us) = word.span.map(|span| span.start_us.midpoint(span.end_us)) else {
            continue;
        };
        let outside_us =
            |span: &Span| (span.start_us - middle_us).max(middle_us - span.end_us).max(0);
        let nearest = turns.iter().rev().min_by_key(|(_, span)| outside_us(span));
        if let Some((turn, _)) = nearest.filter(|(_, span)| outside_us(span) < BOUNDS_US) {
            heard.entry(*turn).or_default().push(word);
        }
    }
    heard
}

/// Recognises what no output covers and stores what was heard.
async fn hear_the_rest(
    store: &Store,
    instruments: &Instruments,
    recogniser: &Arc<dyn Recogniser>,
    record: &AnswerRecord,
    sound: &[Stretch],
) -> anyhow::Result<()> {
    let outputs = store.outputs(record.interview, Some(WORDS)).await?;
    let covered: Vec<Span> = outputs.iter().filter_map(|output| output.span).collect();
    let mut unheard = Vec::new();
    for stretch in sound {
        for span in uncovered(stretch.span(), &covered) {
            let place = |at_us: Us| {
                let samples = (at_us - stretch.start_us) * Us::from(engines::LISTEN_HZ) / 1_000_000;
                usize::try_from(samples).unwrap_or(0).min(stretch.samples.len())
            };
            let samples = stretch.samples[place(span.start_us)..place(span.end_us)].to_vec();
            unheard.push((stretch.stream, span.start_us, samples));
        }
    }
    for (stream, start_us, samples) in unheard {
        let mut listener = Listener::new(instruments, Some(Arc::clone(recogniser)), start_us)?;
        // Piece by piece, so that interviews that go on come in between.
        for piece in samples.chunks(PIECE_SAMPLES) {
            let piece = piece.to_vec();
            let hearing = instruments.work(move || listener.push(&piece).map(|()| listener));
            listener = hearing.await??;
        }
        let heard = instruments.work(move || listener.finish()).await??;
        for (span, words) in heard.segments {
            let output = Output {
                interview: record.interview,
                participant: record.participant,
                answer: Some(record.id),
                stream,
                kind: WORDS.to_owned(),
                engine: "whisper".to_owned(),
                model: recogniser.identity().to_owned(),
                model_sha256: None,
                language: record.language.clone(),
                span: Some(span),
                body: serde_json::to_value(words)?,
                created: world::now(),
            };
            store.add_output(&output).await?;
        }
    }
    Ok(())
}

/// The parts of `span` that none of `covered` covers and that are long enough to hold a word.
fn uncovered(span: Span, covered: &[Span]) -> Vec<Span> {
    let mut covered: Vec<Span> =
        covered.iter().filter(|other| other.overlap_us(span) > 0).copied().collect();
    covered.sort_by_key(|other| other.start_us);
    let mut parts = Vec::new();
    let mut from_us = span.start_us;
    for other in covered {
        parts.push((from_us, other.start_us));
        from_us = from_us.max(other.end_us);
    }
    parts.push((from_us, span.end_us));
    parts
        .into_iter()
        .filter(|(start_us, end_us)| end_us - start_us >= UNHEARD_US_MIN)
        .map(|(start_us, end_us)| Span::new(start_us, end_us))
        .collect()
}

/// The words of all outputs in the order of their times. Where two outputs cover the same sound, the
/// earlier one counts.
fn words_heard(outputs: &[Output]) -> anyhow::Result<Vec<Word>> {
    let mut taken: Vec<Span> = Vec::new();
    let mut words: Vec<Word> = Vec::new();
    for output in outputs {
        let Some(span) = output.span else { continue };
        let found: Vec<Word> = serde_json::from_value(output.body.clone())
            .context("words that an engine heard cannot be read")?;
        let free = |word: &Word| {
            word.span.is_some_and(|span| {
                let middle_us = span.start_us.midpoint(span.end_us);
                !taken.iter().any(|span| (span.start_us..span.end_us).contains(&middle_us))
            })
        };
        words.extend(found.into_iter().filter(free));
        taken.push(span);
    }
    words.sort_by_key(|word| word.span.map(|span| span.start_us));
    Ok(words)
}

/// The words of one turn: as they were heard with care, else as they stand in the log, typed or as
/// captions.
fn words_of_turn(turn: &Turn, heard: &HashMap<TurnId, Vec<Word>>) -> Vec<Word> {
    if let Some(words) = heard.get(&turn.id) {
        words.clone()
    } else if turn.words.is_empty() {
        word::words_of(&turn.text)
    } else {
        turn.words.clone()
    }
}

/// When the interviewer's last line before this turn had ended.
fn asked_before(log: &[Turn], turn: Option<&Turn>) -> Option<Us> {
    let index = turn?.index;
    let asked = log.iter().rev().find(|other| {
        other.index < index && other.speaker == Speaker::Interviewer && other.span.is_some()
    });
    asked.and_then(|asked| asked.span).map(|span| span.end_us)
}

/// What the interviewer said between two turns.
fn said_between(log: &[Turn], before: u32, after: u32) -> Option<String> {
    let between = log.iter().filter(|turn| {
        turn.speaker == Speaker::Interviewer && (before + 1..after).contains(&turn.index)
    });
    let texts: Vec<&str> = between.map(|turn| turn.text.as_str()).collect();
    (!texts.is_empty()).then(|| texts.join(" "))
}

/// Joins the turns to one answer and lays the latest correction over it.
fn join(
    record: &AnswerRecord,
    log: &[Turn],
    given: &[(&Turn, Vec<Word>)],
    question_end_us: Option<Us>,
    correction: Option<&Correction>,
) -> Answer {
    let mut words: Vec<Word> = Vec::new();
    let (mut turn_starts, mut probes) = (Vec::new(), Vec::new());
    let mut before: Option<u32> = None;
    for (turn, said) in given {
        let asked = before.and_then(|before| said_between(log, before, turn.index));
        if let Some(asked) = asked.filter(|_| !words.is_empty() && !said.is_empty()) {
            turn_starts.push(words.len());
            probes.push(asked);
        }
        if !said.is_empty() {
            before = Some(turn.index);
        }
        words.extend(said.iter().cloned());
    }
    let mut edited_share = 0.0;
    if let Some(correction) = correction {
        let corrected = correct(&words, &correction.words);
        for start in &mut turn_starts {
            *start = corrected.places[*start];
        }
        (words, edited_share) = (corrected.words, corrected.edited_share);
    }
    let typed = given.iter().all(|(turn, _)| turn.mode == Mode::Typed);
    let mode = if given.is_empty() {
        record.mode
    } else if typed {
        Mode::Typed
    } else {
        Mode::Spoken
    };
    let said = words.iter().filter_map(|word| word.span).reduce(Span::join);
    let span = said.map(|said| Span {
        start_us: question_end_us.map_or(said.start_us, |asked_us| asked_us.min(said.start_us)),
        end_us: said.end_us,
    });
    Answer {
        id: record.id,
        interview: record.interview,
        item: record.item,
        attempt: record.attempt,
        question: record.question.clone(),
        mode,
        words,
        turn_starts,
        probes,
        span: span.filter(|_| mode == Mode::Spoken),
        edited_share,
    }
}
