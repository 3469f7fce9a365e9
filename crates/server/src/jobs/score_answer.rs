//! From a closed answer to its report, piece by piece: accurate words, sound, report. Each piece is
//! stored as it is found, keyed by what it was made from, so that a piece that is there is not made
//! again.

use std::collections::BTreeMap;

use analysis::{AnswerReport, Baseline, NoFiller, Sound, Switches, features::sound::Reliability};
use anyhow::Context;
use interview::{Answer, AnswerId, Mode};
use serde::{Serialize, de::DeserializeOwned};
use store::{AnswerRecord, Derived, Interview, InterviewState, Job, Store};

use super::{
    assemble::{Assembled, assemble},
    hearing::Instruments,
    pipeline::{self, Against, hash},
    recording::Recording,
    report, switches_of,
};
use crate::app::{App, world};

/// Kind of derived row: an [`Answer`], its words as they were heard and corrected.
pub const ANSWER: &str = super::WORDS;
/// Kind of derived row: what the sound of an answer measured.
pub const SOUND: &str = "sound";
/// Kind of derived row: the report of one answer.
pub const ANSWER_REPORT: &str = "answer_report";

/// How long the last words of an answer take to be recognised.
const LAST_WORDS: std::time::Duration = std::time::Duration::from_secs(3);
/// How many of a person's latest answers their usual values and repeated words are taken from.
const EARLIER_MAX: usize = 40;

/// Scores the answer that `job` is about.
pub(super) async fn run(app: &App, job: &Job) -> anyhow::Result<()> {
    let id: AnswerId = job.subject.parse()?;
    let record = app.store.answer(id).await?;
    let interview = app.store.interview(record.interview).await?;
    let spoken = record.mode == Mode::Spoken;
    if spoken && interview.state == InterviewState::Running && job.attempts == 1 {
        // The room is recognising the answer's last words; what it finds need not be found again.
        tokio::time::sleep(LAST_WORDS).await;
    }
    let instruments = app.engines.instruments();
    score(&app.store, &instruments, id).await
}

/// Scores an answer with these engines, and stores what was found.
///
/// # Errors
/// When the store cannot be read or written, or an engine fails. What was stored before stays.
pub async fn score(store: &Store, instruments: &Instruments, id: AnswerId) -> anyhow::Result<()> {
    let record = store.answer(id).await?;
    let interview = store.interview(record.interview).await?;
    let recording = Recording::open(store, record.interview).await?;
    let assembled = assemble(store, instruments, &recording, &record).await?;
    let key = hash(&(analysis::VERSION, &assembled.answer));
    let subject = Subject { store, interview: &interview, record: &record };
    subject.put(ANSWER, key, &assembled.answer, assembled.problems.clone()).await?;
    if record.item.is_none() {
        return Ok(());
    }
    let switches = switches_of(&store.settings(interview.person).await?);
    let (sound, mut problems) =
        sound_of(&subject, instruments, &recording, &assembled, &switches).await?;
    problems.extend(assembled.problems);
    subject.judge(instruments, assembled.answer, sound, problems).await
}

/// Judges an answer again from its words and sound as they are known, without hearing it again:
/// after the candidate struck out a filler or put it back. Nothing is done before it was scored.
///
/// # Errors
/// When the store cannot be read or written.
pub async fn judge_known(
    store: &Store,
    instruments: &Instruments,
    id: AnswerId,
) -> anyhow::Result<()> {
    let record = store.answer(id).await?;
    let interview = store.interview(record.interview).await?;
    let known = report::latest::<Answer>(store, &record, ANSWER).await?;
    let judged = report::latest::<AnswerReport>(store, &record, ANSWER_REPORT).await?;
    let (Some((answer, _)), Some((_, problems))) = (known, judged) else { return Ok(()) };
    let sound = report::latest::<Sound>(store, &record, SOUND).await?.map(|(sound, _)| sound);
    let subject = Subject { store, interview: &interview, record: &record };
    subject.judge(instruments, answer, sound, problems).await
}

/// What the candidate says is no filler: the last word on each is what counts.
async fn no_fillers(store: &Store, id: AnswerId) -> anyhow::Result<Vec<NoFiller>> {
    let mut struck: Vec<NoFiller> = Vec::new();
    for strike in store.strikes(id).await? {
        let word = strike.word.and_then(|word| usize::try_from(word).ok());
        let own = NoFiller { text: strike.text, span: strike.span, word };
        struck.retain(|other| !other.same(&own));
        if strike.struck {
            struck.push(own);
        }
    }
    Ok(struck)
}

/// What the sound of the answer measures: as it was found before from the same input, or now.
async fn sound_of(
    subject: &Subject<'_>,
    instruments: &Instruments,
    recording: &Recording,
    assembled: &Assembled,
    switches: &Switches,
) -> anyhow::Result<(Option<Sound>, Vec<String>)> {
    if assembled.answer.mode == Mode::Typed {
        return Ok((None, Vec::new()));
    }
    if assembled.sound.is_empty() {
        let why = "no sound of this answer was kept, so nothing in it could be measured";
        return Ok((None, vec![why.to_owned()]));
    }
    if instruments.ear.is_none() {
        let why = "the sound was not measured: voice activity is not here; \
                   run 'greenroom models pull' and judge again";
        return Ok((None, vec![why.to_owned()]));
    }
    let reliability = Reliability {
        gain_control: recording.gain_control,
        noise_suppression: recording.noise_suppression,
        ..Reliability::default()
    };
    let spans: Vec<_> = assembled.sound.iter().map(super::recording::Stretch::span).collect();
    let key = hash(&(
        analysis::VERSION,
        spans,
        &assembled.answer.words,
        assembled.question_end_us,
        (reliability.gain_control, reliability.noise_suppression),
        switches,
    ));
    if let Some(known) = subject.get(SOUND, &key).await? {
        subject.put(SOUND, key, &known, Vec::new()).await?;
        return Ok((Some(known), Vec::new()));
    }
    let (own, switches) = (instruments.clone(), switches.clone());
    let Assembled { answer, sound, question_end_us, .. } = assembled.clone();
    let listening = instruments.work(move || {
        pipeline::listen(&own, &sound, &answer, question_end_us, reliability, &switches)
    });
    let sound = listening.await??;
    subject.put(SOUND, key, &sound, Vec::new()).await?;
    Ok((Some(sound), Vec::new()))
}

/// An answer whose derived rows are written.
struct Subject<'a> {
    store: &'a Store,
    interview: &'a Interview,
    record: &'a AnswerRecord,
}

impl Subject<'_> {
    /// Judges the answer against the person's others, and stores its report.
    async fn judge(
        &self,
        instruments: &Instruments,
        answer: Answer,
        sound: Option<Sound>,
        mut problems: Vec<String>,
    ) -> anyhow::Result<()> {
        let Self { store, interview, record } = self;
        let switches = switches_of(&store.settings(interview.person).await?);
        let earlier = earlier(store, interview, record.id).await?;
        let baseline = baseline(store, interview, record.id).await?;
        let no_fillers = no_fillers(store, record.id).await?;
        let embedder = instruments.embedder.clone();
        let plan = interview.plan.clone();
        let analysing = instruments.work(move || {
            let earlier: Vec<&Answer> = earlier.iter().collect();
            let against = Against {
                rubric: &plan.rubric,
                goal: plan.goal.as_ref(),
                switches: &switches,
                baseline: baseline.as_ref(),
                earlier: &earlier,
                no_fillers: &no_fillers,
            };
            pipeline::analyse(&answer, sound.as_ref(), embedder.as_deref(), against)
        });
        let analysed = analysing.await?;
        problems.extend(analysed.problems);
        problems.sort_unstable();
        problems.dedup();
        let key = hash(&(analysis::VERSION, &analysed.report));
        self.put(ANSWER_REPORT, key, &analysed.report, problems).await
    }

    async fn put(
        &self,
        kind: &str,
        key: String,
        body: &impl Serialize,
        problems: Vec<String>,
    ) -> anyhow::Result<()> {
        let derived = Derived {
            subject: self.record.id.to_string(),
            kind: kind.to_owned(),
            key,
            person: self.interview.person,
            interview: Some(self.interview.id),
            body: serde_json::to_value(body)?,
            problems,
            created: world::now(),
        };
        Ok(self.store.put_derived(&derived).await?)
    }

    async fn get<T: DeserializeOwned>(&self, kind: &str, key: &str) -> anyhow::Result<Option<T>> {
        let known = self.store.derived(&self.record.id.to_string(), kind, key).await?;
        Ok(known.and_then(|known| serde_json::from_value(known.body).ok()))
    }
}

/// The person's latest answers before this one, oldest first.
async fn earlier(
    store: &Store,
    interview: &Interview,
    id: AnswerId,
) -> anyhow::Result<Vec<Answer>> {
    let answers = latest::<Answer>(store, interview, ANSWER).await?;
    let mut earlier: Vec<Answer> = answers
        .into_values()
        .filter(|answer| answer.id < id && answer.item.is_some() && !answer.words.is_empty())
        .collect();
    earlier.sort_by_key(|answer| answer.id);
    Ok(earlier.split_off(earlier.len().saturating_sub(EARLIER_MAX)))
}

/// What is usual for the person: the median of each feature over their latest answers.
async fn baseline(
    store: &Store,
    interview: &Interview,
    id: AnswerId,
) -> anyhow::Result<Option<Baseline>> {
    let reports = latest::<AnswerReport>(store, interview, ANSWER_REPORT).await?;
    let mut reports: Vec<AnswerReport> =
        reports.into_values().filter(|report| report.answer < id).collect();
    reports.sort_by_key(|report| report.answer);
    let reports = reports.split_off(reports.len().saturating_sub(EARLIER_MAX));
    let mut values: BTreeMap<_, Vec<f64>> = BTreeMap::new();
    for feature in reports.iter().flat_map(|report| &report.features) {
        values.entry(feature.name.clone()).or_default().push(feature.value);
    }
    let medians = values.into_iter().filter_map(|(name, mut values)| {
        values.sort_by(f64::total_cmp);
        let middle = values.len().checked_sub(1)? / 2;
        Some((name, values[middle].midpoint(values[values.len() / 2])))
    });
    let answers = u32::try_from(reports.len()).unwrap_or(u32::MAX);
    Ok((answers > 0).then(|| Baseline { answers, medians: medians.collect() }))
}

/// The latest row of a kind about each of the person's answers; rows of another version of this
/// program that cannot be read any more are passed over.
async fn latest<T: DeserializeOwned>(
    store: &Store,
    interview: &Interview,
    kind: &str,
) -> anyhow::Result<BTreeMap<String, T>> {
    let rows = store
        .derived_by_kind(interview.person, kind)
        .await
        .context("the person's earlier answers cannot be read")?;
    let mut latest = BTreeMap::new();
    for row in rows {
        if let Ok(body) = serde_json::from_value(row.body) {
            latest.insert(row.subject, body);
        }
    }
    Ok(latest)
}
