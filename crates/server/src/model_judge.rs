//! The language model as a judge: whether it may judge on this machine, its self-test, and how it is
//! asked behind the interviews.
//!
//! What was found out about models is kept in one file of the data folder, since it belongs to the
//! machine and to no person.

mod line;

use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use analysis::{
    AnswerInput, Conformal, Levels, Model, PROMPT_VERSION, Switches, judge_by, prompt_sha256,
    self_test::{Kind, Outcome, Set, faults},
};
use anyhow::Context;
use engines::LanguageModel;
use interview::{Answer, AnswerId, Bank, InterviewId, Mode, Question, Rubric, word::words_of};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::line::{Line, behind};
use crate::{
    app::{App, world},
    content,
    jobs::pipeline::hash,
};

/// The shipped answers of the self-test.
const ANSWERS: &str = "anchors/self-test.toml";
/// The rubric that they are judged by.
const RUBRIC: &str = "behavioural";
/// The file in the data folder.
const FILE: &str = "judge.json";
/// Models whose last results are kept.
const MODELS_MAX: usize = 16;

/// What a result holds for: with any other model, prompt or test it is void.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The model's name.
    pub name: String,
    /// SHA-256 of its weights, where they are here.
    pub sha256: Option<String>,
    /// The version of what it is told.
    pub prompt_version: String,
    /// SHA-256 of what it is told.
    pub prompt_sha256: String,
    /// SHA-256 of the answers of the self-test.
    pub answers_sha256: String,
}

impl Identity {
    /// That of a model with this version of the program.
    ///
    /// # Errors
    /// When the self-test is not built in.
    pub fn of(language: &dyn LanguageModel) -> anyhow::Result<Self> {
        Ok(Self {
            name: language.identity().to_owned(),
            sha256: language.sha256().map(str::to_owned),
            prompt_version: PROMPT_VERSION.to_owned(),
            prompt_sha256: prompt_sha256().to_owned(),
            answers_sha256: hash(&content::text(ANSWERS)?),
        })
    }
}

/// How the answers to one question came out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    /// The question's name.
    pub question: String,
    /// How each answer came out.
    pub outcomes: Set,
    /// What is wrong with that; empty when it passed.
    pub faults: Vec<String>,
}

/// A self-test that came to its end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SelfTest {
    /// What it holds for.
    pub identity: Identity,
    /// What the server said wrote it, where it said so.
    pub fingerprint: Option<String>,
    /// When it ended.
    pub at: Timestamp,
    /// How long it took, seconds.
    pub seconds: i64,
    /// How often the model was asked.
    pub calls: u32,
    /// The sets that were judged; it ends with the first that fails.
    pub sets: Vec<Ranked>,
    /// Whether all sets passed.
    pub passed: bool,
    /// What went wrong last when the model was asked.
    pub trouble: Option<String>,
}

/// A measurement on labelled answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibrated {
    /// What it holds for.
    pub identity: Identity,
    /// The intervals.
    pub conformal: Conformal,
    /// When it was made.
    pub at: Timestamp,
}

/// What is known about the models of this machine, the latest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Records {
    tests: Vec<SelfTest>,
    calibrations: Vec<Calibrated>,
}

impl Records {
    /// Reads what is known; a file that cannot be read is as good as none, and said so in the log.
    #[must_use]
    pub fn read(folder: &Path) -> Self {
        let path = file(folder);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Self::default(),
            Err(error) => {
                tracing::warn!("{} cannot be read: {error}", path.display());
                return Self::default();
            }
        };
        serde_json::from_str(&text).unwrap_or_else(|error| {
            tracing::warn!("{} is not valid, so no model judges: {error}", path.display());
            Self::default()
        })
    }

    fn write(&self, folder: &Path) -> anyhow::Result<()> {
        let path = file(folder);
        let context = || format!("{} cannot be written", path.display());
        let mut new = tempfile::NamedTempFile::new_in(folder).with_context(context)?;
        new.write_all(serde_json::to_string_pretty(self)?.as_bytes()).with_context(context)?;
        new.as_file().sync_all().with_context(context)?;
        new.persist(&path).with_context(context)?;
        Ok(())
    }

    /// Keeps the result of a self-test instead of the one before.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep_test(folder: &Path, test: SelfTest) -> anyhow::Result<()> {
        let mut records = Self::read(folder);
        records.tests.retain(|other| other.identity != test.identity);
        records.tests.insert(0, test);
        records.tests.truncate(MODELS_MAX);
        records.write(folder)
    }

    /// Keeps a calibration instead of the one before.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep_calibration(folder: &Path, calibrated: Calibrated) -> anyhow::Result<()> {
        let mut records = Self::read(folder);
        records.calibrations.retain(|other| other.identity != calibrated.identity);
        records.calibrations.insert(0, calibrated);
        records.calibrations.truncate(MODELS_MAX);
        records.write(folder)
    }

    /// The self-test that holds for this model as it is now.
    #[must_use]
    pub fn test(&self, identity: &Identity) -> Option<&SelfTest> {
        self.tests.iter().find(|test| test.identity == *identity)
    }

    /// The calibration that holds for this model as it is now.
    #[must_use]
    pub fn calibration(&self, identity: &Identity) -> Option<&Calibrated> {
        self.calibrations.iter().find(|one| one.identity == *identity)
    }
}

fn file(folder: &Path) -> PathBuf {
    folder.join(FILE)
}

/// A model that may judge.
#[derive(Clone)]
pub struct Ready {
    /// How it is asked.
    pub language: Arc<dyn LanguageModel>,
    /// The self-test that it passed.
    pub test: SelfTest,
    /// Its intervals, if they were measured.
    pub conformal: Option<Conformal>,
}

/// The model that may judge, if there is one that passed the self-test as it is now.
///
/// # Errors
/// When the self-test is not built in.
pub fn ready(app: &App) -> anyhow::Result<Option<Ready>> {
    let Some(language) = app.engines.current().language() else { return Ok(None) };
    let identity = Identity::of(language.as_ref())?;
    let records = Records::read(&app.folder);
    let passed = records.test(&identity).filter(|test| test.passed);
    Ok(passed.map(|test| Ready {
        test: test.clone(),
        conformal: records.calibration(&identity).map(|one| one.conformal.clone()),
        language,
    }))
}

/// The levels that a model gives an answer. Blocks for as long as the model writes.
#[must_use]
pub fn levels(
    line: &Line,
    fingerprint: Option<String>,
    conformal: Option<&Conformal>,
    answer: &Answer,
    rubric: &Rubric,
) -> Levels {
    let switches = Switches::default();
    let input = AnswerInput {
        answer,
        sound: None,
        relevance: None,
        rubric,
        goal: None,
        switches: &switches,
        baseline: None,
        earlier: &[],
        no_fillers: &[],
    };
    let judge = Model {
        name: line.language().identity().to_owned(),
        sha256: line.language().sha256().map(str::to_owned),
        fingerprint,
        conformal,
        ask: &|call| line.ask(call),
    };
    judge_by(&judge, input)
}

#[derive(Deserialize)]
struct Answers {
    set: Vec<Texts>,
}

/// The answers to one question.
#[derive(Deserialize)]
struct Texts {
    question: String,
    #[serde(flatten)]
    by_kind: BTreeMap<Kind, String>,
}

/// How far a self-test is: answers judged, and how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Answers judged.
    pub done: usize,
    /// Answers there are.
    pub of: usize,
}

/// Runs the self-test until its end or the first set that fails. `None` when it was cancelled. Blocks
/// for as long as the model writes.
///
/// # Errors
/// When the shipped answers cannot be read.
pub fn run_self_test(
    bank: &Bank,
    line: &Line,
    progress: &dyn Fn(Progress),
) -> anyhow::Result<Option<SelfTest>> {
    let began = world::now();
    let answers: Answers = toml::from_str(&content::text(ANSWERS)?)
        .context("the built-in answers of the self-test are not valid")?;
    let rubric = bank.rubrics.get(RUBRIC).context("there is no rubric for the self-test")?;
    let of = answers.set.len() * Kind::ALL.len();
    let (mut sets, mut done): (Vec<Ranked>, usize) = (Vec::new(), 0);
    for texts in &answers.set {
        let question = bank.questions.values().find(|one| one.id.0 == texts.question);
        let question = question
            .with_context(|| format!("the self-test has no question '{}'", texts.question))?;
        let mut outcomes = Set::new();
        for kind in Kind::ALL {
            progress(Progress { done, of });
            let text = texts.by_kind.get(&kind).context("the self-test lacks an answer")?;
            // What wrote the first reply has to write all of them.
            let found = levels(line, line.fingerprint(), None, &typed(question, text), rubric);
            if line.is_cancelled() {
                return Ok(None);
            }
            outcomes.insert(kind, Outcome::of(&found.judgements));
            done += 1;
        }
        let faults = faults(&outcomes);
        let failed = !faults.is_empty();
        sets.push(Ranked { question: texts.question.clone(), outcomes, faults });
        if failed {
            break;
        }
    }
    progress(Progress { done, of });
    let at = world::now();
    Ok(Some(SelfTest {
        identity: Identity::of(line.language())?,
        fingerprint: line.fingerprint(),
        at,
        seconds: at.as_second() - began.as_second(),
        calls: line.calls(),
        passed: sets.len() == answers.set.len() && sets.iter().all(|set| set.faults.is_empty()),
        sets,
        trouble: line.trouble(),
    }))
}

/// A typed answer of these words.
fn typed(question: &Question, text: &str) -> Answer {
    Answer {
        id: AnswerId::new(1, [0; 10]),
        interview: InterviewId::new(0, [0; 10]),
        item: Some(0),
        attempt: 1,
        question: question.clone(),
        mode: Mode::Typed,
        words: words_of(text),
        turn_starts: Vec::new(),
        probes: Vec::new(),
        span: None,
        edited_share: 0.0,
    }
}

/// The self-test that runs, if one does.
#[derive(Default)]
pub struct Bench(Mutex<Option<Running>>);

struct Running {
    line: Arc<Line>,
    progress: Progress,
}

/// Why no self-test was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotBegun {
    /// There is no model.
    #[error("there is no language model to test; fetch one, or name a server in the configuration")]
    NoModel,
    /// One runs already.
    #[error("the self-test runs already; wait for it or cancel it")]
    Running,
}

impl Bench {
    fn lock(&self) -> MutexGuard<'_, Option<Running>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far the self-test is that runs.
    pub fn progress(&self) -> Option<Progress> {
        self.lock().as_ref().map(|running| running.progress)
    }

    /// Cancels the self-test that runs, if one does.
    pub fn cancel(&self) {
        if let Some(running) = self.lock().as_ref() {
            running.line.cancel();
        }
    }

    fn begin(&self, line: &Arc<Line>) -> Result<(), NotBegun> {
        let mut running = self.lock();
        if running.is_some() {
            return Err(NotBegun::Running);
        }
        let progress = Progress { done: 0, of: 0 };
        *running = Some(Running { line: Arc::clone(line), progress });
        Ok(())
    }

    fn advance(&self, progress: Progress) {
        if let Some(running) = self.lock().as_mut() {
            running.progress = progress;
        }
    }

    fn end(&self) {
        *self.lock() = None;
    }
}

/// Begins the self-test of the model that is here, behind the interviews. Its result is kept; the answers
/// of later interviews are judged by a model that passed.
///
/// # Errors
/// When there is no model, or a self-test runs.
pub fn begin_self_test(app: &Arc<App>) -> Result<(), NotBegun> {
    let language = app.engines.current().language().ok_or(NotBegun::NoModel)?;
    let line = Arc::new(Line::beside(app, language));
    app.judge_bench.begin(&line)?;
    let app = Arc::clone(app);
    tokio::spawn(async move {
        let testing = Arc::clone(&app);
        let work = move |line: &Line| {
            run_self_test(&testing.bank, line, &|progress| testing.judge_bench.advance(progress))
        };
        let kept = match behind(line, || std::future::ready(true), work).await {
            Ok(Some(Ok(Some(test)))) => Records::keep_test(&app.folder, test),
            Ok(None | Some(Ok(None))) => Ok(()),
            Ok(Some(Err(error))) | Err(error) => Err(error),
        };
        app.judge_bench.end();
        if let Err(error) = kept {
            tracing::error!("the judge's self-test came to nothing: {error:#}");
        }
    });
    Ok(())
}
