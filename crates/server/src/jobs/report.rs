//! The report of a whole interview, made from the reports of its answers.

use std::collections::{BTreeMap, BTreeSet};

use analysis::{
    AnswerReport, CandidateQuestion, InterviewInput, OwnRating, Report, analyse_interview,
};
use interview::{Answer, AnswerId, InterviewId, Word};
use serde::de::DeserializeOwned;
use store::{AnswerRecord, Derived, Interview, InterviewState, Job, JobState, RatingOf, Store};

use super::{
    CANDIDATE_QUESTIONS, REPORT, SCORE_ANSWER, compaction,
    hearing::Instruments,
    pipeline::hash,
    score_answer::{ANSWER, ANSWER_REPORT},
};
use crate::{
    app::{App, world},
    live::notes,
};

/// Makes the report that `job` asks for, or puts it off while answers are still being scored.
pub(super) async fn run(app: &App, job: &Job) -> anyhow::Result<()> {
    let id: InterviewId = job.subject.parse()?;
    let interview = app.store.interview(id).await?;
    let jobs = app.store.jobs_of(id).await?;
    let unfinished = jobs.iter().any(|other| {
        other.kind == SCORE_ANSWER && matches!(other.state, JobState::Queued | JobState::Running)
    });
    if unfinished {
        let soon = world::now() + jiff::SignedDuration::from_secs(2);
        super::queue(app, &interview, REPORT, id.to_string(), soon).await?;
        return Ok(());
    }
    let instruments = app.engines.instruments();
    keep(&app.store, &instruments, &interview).await?;
    if interview.state != InterviewState::Running {
        compaction::queue(app, &interview).await?;
    }
    Ok(())
}

/// Makes the report of an interview from the answers that are scored by now, and stores it.
///
/// # Errors
/// When the store cannot be read or written.
pub async fn keep(
    store: &Store,
    instruments: &Instruments,
    interview: &Interview,
) -> anyhow::Result<()> {
    let made = make(store, instruments, interview).await?;
    let derived = Derived {
        subject: interview.id.to_string(),
        kind: REPORT.to_owned(),
        key: hash(&(analysis::VERSION, &made.report)),
        person: interview.person,
        interview: Some(interview.id),
        body: serde_json::to_value(&made.report)?,
        problems: made.problems,
        created: world::now(),
    };
    Ok(super::put_latest(store, derived).await?)
}

/// Where the report of an interview that is over stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Answers are being scored: so many are done, of so many.
    Judging {
        /// Answers that are scored.
        done: usize,
        /// Answers to score.
        of: usize,
    },
    /// All of it is there.
    Ready,
    /// It is there, without what could not be made.
    Partial,
    /// It could not be made.
    Failed,
    /// No question was answered.
    NoAnswers,
}

/// Where the report of an interview that is over stands.
///
/// # Errors
/// When the store cannot be read.
pub async fn standing(store: &Store, interview: &Interview) -> anyhow::Result<Standing> {
    let records = store.answers(interview.id).await?;
    let answers: BTreeSet<String> = records
        .iter()
        .filter(|record| record.item.is_some() && record.closed_us.is_some())
        .map(|record| record.id.to_string())
        .collect();
    let mut latest: BTreeMap<(String, String), JobState> = BTreeMap::new();
    for job in store.jobs_of(interview.id).await? {
        latest.insert((job.kind, job.subject), job.state);
    }
    let of_kind = |kind: &str, states: &[JobState]| {
        latest.iter().filter(|((k, _), state)| k == kind && states.contains(state)).count()
    };
    let busy = [JobState::Queued, JobState::Running];
    let waiting = of_kind(SCORE_ANSWER, &busy);
    if waiting + of_kind(REPORT, &busy) > 0 {
        let of = answers.len().max(waiting);
        return Ok(Standing::Judging { done: of - waiting, of });
    }
    if answers.is_empty() {
        return Ok(Standing::NoAnswers);
    }
    let Some(derived) = store.derived_latest(&interview.id.to_string(), REPORT).await? else {
        return Ok(Standing::Failed);
    };
    let report: Report = match serde_json::from_value(derived.body) {
        Ok(report) => report,
        Err(_) => return Ok(Standing::Failed),
    };
    if of_kind(REPORT, &[JobState::Failed]) > 0 && report.answers.is_empty() {
        return Ok(Standing::Failed);
    }
    let silent = report.answers.iter().all(|answer| answer.feature("word_count") == Some(0.0));
    let failed = of_kind(SCORE_ANSWER, &[JobState::Failed]) > 0;
    Ok(match (silent && !failed, derived.problems.is_empty() && !failed) {
        (true, _) => Standing::NoAnswers,
        (false, true) => Standing::Ready,
        (false, false) => Standing::Partial,
    })
}

/// A report and what is missing from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// The report.
    pub report: Report,
    /// What was left out because something failed, in plain sentences.
    pub problems: Vec<String>,
}

/// Makes a report from the answers that are scored by now.
///
/// # Errors
/// When the store cannot be read.
pub async fn make(
    store: &Store,
    instruments: &Instruments,
    interview: &Interview,
) -> anyhow::Result<Made> {
    let (mut answers, mut problems) = (Vec::new(), Vec::new());
    let mut questions: Vec<Asked> = Vec::new();
    for record in store.answers(interview.id).await? {
        if record.item.is_some() {
            match latest::<AnswerReport>(store, &record, ANSWER_REPORT).await? {
                Some((report, left_out)) => {
                    answers.push(report);
                    problems.extend(left_out);
                }
                None if record.closed_us.is_some() => problems.push(format!(
                    "the answer to \"{}\" could not be judged; it is kept",
                    record.question.text
                )),
                None => {}
            }
        } else if record.question.id.0 == CANDIDATE_QUESTIONS {
            questions.extend(asked(store, instruments, interview, &record).await?);
        }
    }
    let candidate_questions: Vec<CandidateQuestion<'_>> = questions
        .iter()
        .map(|asked| CandidateQuestion {
            answer: asked.answer,
            first_word: asked.first_word,
            words: &asked.words,
            in_notes: asked.in_notes,
        })
        .collect();
    let report = analyse_interview(InterviewInput {
        plan: &interview.plan,
        asked: u32::try_from(interview.plan.items.len()).unwrap_or(u32::MAX),
        answers,
        own_rating: own_rating(store, interview.id).await?,
        candidate_questions: &candidate_questions,
    });
    let distinct: BTreeSet<String> = problems.into_iter().collect();
    Ok(Made { report, problems: distinct.into_iter().collect() })
}

/// A question of the candidate's own.
struct Asked {
    answer: AnswerId,
    /// Where in that answer it begins.
    first_word: usize,
    words: Vec<Word>,
    /// Whether the goal's notes answer it.
    in_notes: bool,
}

/// What the candidate asked, turn by turn.
async fn asked(
    store: &Store,
    instruments: &Instruments,
    interview: &Interview,
    record: &AnswerRecord,
) -> anyhow::Result<Vec<Asked>> {
    let Some((answer, _)) = latest::<Answer>(store, record, ANSWER).await? else {
        return Ok(Vec::new());
    };
    let mut bounds = vec![0];
    bounds.extend(&answer.turn_starts);
    bounds.push(answer.words.len());
    let notes = interview.plan.goal.as_ref().map(|goal| goal.notes.clone()).unwrap_or_default();
    let turns: Vec<(usize, Vec<Word>)> = bounds
        .windows(2)
        .filter_map(|pair| Some((pair[0], answer.words.get(pair[0]..pair[1])?)))
        .filter(|(_, words)| words.iter().any(|word| word.text.contains('?')))
        .map(|(first_word, words)| (first_word, words.to_vec()))
        .collect();
    let embedder = instruments.embedder.clone();
    let looking_up = instruments.work(move || {
        let asked = turns.into_iter().map(|(first_word, words)| {
            let question = interview::word::text_of(&words);
            let in_notes = notes::answer(&notes, &question, embedder.as_deref()).is_some();
            Asked { answer: answer.id, first_word, words, in_notes }
        });
        asked.collect()
    });
    looking_up.await
}

/// The latest derived row of a kind about an answer, with its problems.
pub(crate) async fn latest<T: DeserializeOwned>(
    store: &Store,
    record: &AnswerRecord,
    kind: &str,
) -> anyhow::Result<Option<(T, Vec<String>)>> {
    let row = store.derived_latest(&record.id.to_string(), kind).await?;
    // A row that another version wrote and that cannot be read any more is as good as none.
    Ok(row.and_then(|row| Some((serde_json::from_value(row.body).ok()?, row.problems))))
}

/// How the candidate rated the interview themself: 0 to 10 laid over the levels 1 to 5.
async fn own_rating(store: &Store, id: InterviewId) -> anyhow::Result<Option<OwnRating>> {
    let ratings = store.ratings(id).await?;
    let went = ratings
        .iter()
        .rev()
        .find(|rating| rating.of == RatingOf::Performance && rating.answer.is_none());
    Ok(went.map(|rating| OwnRating {
        level: Some(1.0 + 4.0 * f64::from(rating.value) / 10.0),
        ..OwnRating::default()
    }))
}
