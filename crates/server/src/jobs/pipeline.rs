//! The readable spine of judging: sound -> relevance -> findings and levels -> report of one answer.
//! The same for an answer in the store and for a recording on the command line.

use std::{collections::BTreeMap, sync::LazyLock};

use analysis::{
    AnswerInput, AnswerReport, Baseline, Fitted, NoFiller, Others, Relevance, Sound, Switches,
    analyse_answer_by,
    features::sound::{Listened, Reliability, Track, Tracker, measure},
};
use engines::Embedder;
use interview::{Answer, Competency, Goal, Rubric, Span, Us, word};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::content;

use super::{
    hearing::{Instruments, Listener},
    recording::Stretch,
};

/// Sentences of one answer whose meaning is compared with the question.
const SENTENCES_MAX: usize = 200;

/// What an answer is held against.
#[derive(Debug, Clone, Copy)]
pub struct Against<'a> {
    /// What it is judged by, beside the question's own criterion.
    pub rubric: &'a Rubric,
    /// What the person practises for.
    pub goal: Option<&'a Goal>,
    /// Which measures are computed.
    pub switches: &'a Switches,
    /// What is usual for this person.
    pub baseline: Option<&'a Baseline>,
    /// Earlier takes and answers to other questions, oldest first.
    pub earlier: &'a [&'a Answer],
    /// What the candidate says is no filler.
    pub no_fillers: &'a [NoFiller],
}

/// The report of one answer, and what of it an engine could not do.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysed {
    /// The report.
    pub report: AnswerReport,
    /// What was left out because an engine failed, in plain sentences.
    pub problems: Vec<String>,
}

/// Judges an answer.
#[must_use]
pub fn analyse(
    answer: &Answer,
    sound: Option<&Sound>,
    embedder: Option<&dyn Embedder>,
    against: Against<'_>,
) -> Analysed {
    analyse_by(answer, sound, embedder, against, Fitted::shipped())
}

/// Judges an answer with these weights and curves.
#[must_use]
pub fn analyse_by(
    answer: &Answer,
    sound: Option<&Sound>,
    embedder: Option<&dyn Embedder>,
    against: Against<'_>,
    fitted: Fitted<'_>,
) -> Analysed {
    let mut problems = Vec::new();
    let relevance = match embedder.map(|embedder| relevance(answer, embedder)) {
        Some(Ok(relevance)) => relevance,
        Some(Err(error)) => {
            problems.push(format!("relevance is judged by words alone: {error}"));
            None
        }
        None => None,
    };
    let Against { rubric, goal, switches, baseline, earlier, no_fillers } = against;
    let input = AnswerInput {
        answer,
        sound,
        relevance: relevance.as_ref(),
        rubric,
        goal,
        switches,
        baseline,
        earlier,
        no_fillers,
    };
    let mut report = analyse_answer_by(input, fitted);
    if report.input_sha256.is_empty() {
        report.input_sha256 = hash(&(answer, sound, &relevance, rubric, goal, switches, baseline));
    }
    Analysed { report, problems }
}

/// Questions of each competency that an answer is held against, to see whether it is nearer to its own.
const OTHERS_EACH: usize = 4;

/// The first questions of each competency, in the order of their names.
static OTHERS: LazyLock<Vec<(Competency, String)>> = LazyLock::new(|| {
    let Ok(bank) = content::bank() else { return Vec::new() };
    let mut taken: BTreeMap<Competency, usize> = BTreeMap::new();
    bank.questions
        .into_values()
        .filter(|question| {
            let count = taken.entry(question.competency).or_default();
            *count += 1;
            *count <= OTHERS_EACH
        })
        .map(|question| (question.competency, question.text))
        .collect()
});

/// How near an answer and its sentences are to the question, and to questions about something else;
/// `None` for an empty answer.
fn relevance(
    answer: &Answer,
    embedder: &dyn Embedder,
) -> Result<Option<Relevance>, engines::Error> {
    if answer.words.is_empty() {
        return Ok(None);
    }
    let text = word::text_of(&answer.words);
    let sentences: Vec<String> = analysis::sentences(answer)
        .into_iter()
        .filter_map(|range| range.of(&answer.words).map(word::text_of))
        .collect();
    let compared = if sentences.len() <= SENTENCES_MAX { sentences.as_slice() } else { &[] };
    let others: Vec<&str> = OTHERS
        .iter()
        .filter(|(competency, _)| *competency != answer.question.competency)
        .map(|(_, text)| text.as_str())
        .collect();
    let mut texts: Vec<&str> = vec![&answer.question.text];
    texts.extend(&others);
    texts.push(&text);
    texts.extend(compared.iter().map(String::as_str));
    let vectors = embedder.embed(&texts)?;
    let Some((asked, rest)) = vectors.split_first() else { return Ok(None) };
    let (foreign, said) = rest.split_at(others.len().min(rest.len()));
    let cosine = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let nearest = |other: &Vec<f32>| said.iter().map(|own| cosine(other, own)).fold(-1.0, f32::max);
    let cosines: Vec<f32> = said.iter().map(|own| cosine(asked, own)).collect();
    Ok(cosines.split_first().map(|(answer, sentences)| Relevance {
        answer: *answer,
        sentences: sentences.to_vec(),
        others: Others::of(&foreign.iter().map(nearest).collect::<Vec<_>>()),
    }))
}

/// What the sound of an answer measures. Takes as long as voice activity and pitch take: about a
/// hundredth of its length.
///
/// # Errors
/// When voice activity is not here or fails.
pub fn listen(
    instruments: &Instruments,
    stretches: &[Stretch],
    answer: &Answer,
    question_end_us: Option<Us>,
    reliability: Reliability,
    switches: &Switches,
) -> Result<Sound, engines::Error> {
    let mut tracks: Vec<Track> = Vec::new();
    let mut voiced: Vec<Span> = Vec::new();
    for stretch in stretches {
        let mut listener = Listener::new(instruments, None, stretch.start_us)?;
        listener.push(&stretch.samples)?;
        voiced.extend(listener.finish()?.voiced);
        let mut tracker = Tracker::new(stretch.start_us);
        tracker.push(&stretch.samples);
        tracks.push(tracker.finish());
    }
    Ok(measure(&Listened {
        tracks: &tracks,
        question_end_us,
        words: &answer.words,
        voiced: &voiced,
        reliability,
        switches,
    }))
}

/// SHA-256 of what something was made from, as hexadecimal digits; derived rows are keyed by it.
#[must_use]
pub fn hash(input: &impl Serialize) -> String {
    // What cannot be written as JSON has no hash of its own: nothing that is hashed here is such.
    let text = serde_json::to_vec(input).unwrap_or_default();
    Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect()
}
