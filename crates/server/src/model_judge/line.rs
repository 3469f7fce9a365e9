//! The line to a language model that works behind the interviews: it waits while they need the
//! processors, tries again what had to stand back, and can be cancelled.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

use analysis::{Call, Reply};
use engines::{LanguageModel, Request};

use crate::{app::App, live::Registry};

/// The longest that one call may take: a small model on one slow core reads 2,500 tokens and writes a
/// thousand.
const CALL_MS_MAX: u64 = 280_000;
/// How often it is looked whether interviews need the processors.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How many looks lie between two questions whether the work is still wanted.
const LOOKS_BETWEEN: u32 = 8;
/// How often a call that had to stand back is made again.
const STOOD_BACK_MAX: u32 = 100;

/// The line to a language model.
pub struct Line {
    language: Arc<dyn LanguageModel>,
    /// Whether interviews need the processors that the model computes on.
    busy: Box<dyn Fn() -> bool + Send + Sync>,
    cancelled: AtomicBool,
    /// A call is under way.
    asking: AtomicBool,
    calls: AtomicU32,
    failed: AtomicU32,
    fingerprint: Mutex<Option<String>>,
    trouble: Mutex<Option<String>>,
}

impl Line {
    /// A line that waits for nobody.
    #[must_use]
    pub fn alone(language: Arc<dyn LanguageModel>) -> Self {
        Self::with(language, Box::new(|| false))
    }

    /// A line that stands back behind the interviews of `app` where the model computes on this machine.
    #[must_use]
    pub fn beside(app: &Arc<App>, language: Arc<dyn LanguageModel>) -> Self {
        let (app, local) = (Arc::clone(app), language.is_local());
        let busy = move || {
            local && (Registry::occupancy(&app).held > 0 || app.engines.desk().live_work_waits())
        };
        Self::with(language, Box::new(busy))
    }

    fn with(language: Arc<dyn LanguageModel>, busy: Box<dyn Fn() -> bool + Send + Sync>) -> Self {
        Self {
            language,
            busy,
            cancelled: AtomicBool::new(false),
            asking: AtomicBool::new(false),
            calls: AtomicU32::new(0),
            failed: AtomicU32::new(0),
            fingerprint: Mutex::default(),
            trouble: Mutex::default(),
        }
    }

    /// The model.
    pub fn language(&self) -> &dyn LanguageModel {
        self.language.as_ref()
    }

    /// Asks for nothing more, and what is asked for is not waited for longer than it has to be.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Release);
    }

    /// Whether it was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Acquire)
    }

    /// How often the model was asked.
    pub fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }

    /// How many of these calls came to nothing.
    pub fn failed(&self) -> u32 {
        self.failed.load(Ordering::Relaxed)
    }

    /// What the server said wrote the first reply.
    pub fn fingerprint(&self) -> Option<String> {
        self.fingerprint.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What went wrong last.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks the model. Blocks until it answered, and before that while interviews need the processors.
    ///
    /// # Errors
    /// In plain words: when it was cancelled, or the model failed or took too long.
    pub fn ask(&self, call: &Call) -> Result<Reply, String> {
        for _ in 0..STOOD_BACK_MAX {
            while (self.busy)() && !self.is_cancelled() {
                thread::sleep(LOOK_EVERY);
            }
            if self.is_cancelled() {
                return Err("it was cancelled".to_owned());
            }
            match self.ask_now(call) {
                // It may have failed because it was told to stand back.
                Err(_) if (self.busy)() => {}
                result => return result.inspect_err(|why| self.note(why)),
            }
        }
        Err("interviews needed the processors all the time".to_owned())
    }

    fn ask_now(&self, call: &Call) -> Result<Reply, String> {
        let request = Request {
            system: call.system.clone(),
            user: call.user.clone(),
            tokens_max: call.tokens_max,
            temperature: call.temperature,
            seed: Some(call.seed),
            schema: Some(call.schema.clone()),
            background: true,
            time_ms_max: Some(CALL_MS_MAX),
        };
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.asking.store(true, Ordering::Release);
        let written = self.language.write(&request);
        self.asking.store(false, Ordering::Release);
        let written = written.map_err(|error| error.to_string())?;
        let mut fingerprint = self.fingerprint.lock().unwrap_or_else(PoisonError::into_inner);
        if fingerprint.is_none() {
            fingerprint.clone_from(&written.fingerprint);
        }
        Ok(Reply { text: written.text, fingerprint: written.fingerprint })
    }

    fn note(&self, why: &str) {
        self.failed.fetch_add(1, Ordering::Relaxed);
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(why.to_owned());
    }

    /// Whether a call that is under way has to end now.
    fn must_stand_back(&self) -> bool {
        self.asking.load(Ordering::Acquire) && (self.is_cancelled() || (self.busy)())
    }
}

/// Cancels the line when whoever waits for it is gone.
struct Cancel(Arc<Line>);

impl Drop for Cancel {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// Does work that asks a model, on a thread that may block, and sees to it that the model stands
/// back. `wanted` is asked every two seconds; when it says no, the line is cancelled. `None` when it was:
/// a call to another's server that is under way is left to end by itself.
///
/// # Errors
/// When the work panics.
pub async fn behind<T, W>(
    line: Arc<Line>,
    wanted: impl Fn() -> W + Send,
    work: impl FnOnce(&Line) -> T + Send + 'static,
) -> anyhow::Result<Option<T>>
where
    T: Send + 'static,
    W: Future<Output = bool> + Send,
{
    let _cancel = Cancel(Arc::clone(&line));
    let worker = Arc::clone(&line);
    let mut working = tokio::task::spawn_blocking(move || work(&worker));
    let mut looks = 0_u32;
    loop {
        tokio::select! {
            done = &mut working => return Ok(Some(done?).filter(|_| !line.is_cancelled())),
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        looks += 1;
        if looks.is_multiple_of(LOOKS_BETWEEN) && !wanted().await {
            line.cancel();
        }
        if line.must_stand_back() {
            let line = Arc::clone(&line);
            tokio::task::spawn_blocking(move || line.language.stand_back()).await?;
        }
        if line.is_cancelled() {
            return Ok(None);
        }
    }
}
