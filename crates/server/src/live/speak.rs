//! The mouth: speaks lines, most urgent first, and keeps what it spoke.
//!
//! One thread does all speaking of this server, because two would only take the processor from each
//! other. A line that is wanted now interrupts one that is only being prepared, and lines that may never
//! be said stand back while interviews that go on wait for their engines.

use std::{
    collections::BinaryHeap,
    ops::ControlFlow,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use engines::Voice;
use interview::{InterviewId, persona};
use sha2::{Digest, Sha256};
use store::Store;
use tokio::{runtime::Handle, sync::mpsc};

use crate::{app::world, desk::Desk};

/// The most lines that may wait; further preparations are refused, urgent lines are not.
const WAITING_MAX: usize = 2_000;
/// The most lines that may wait and are wanted now; further ones are shown instead.
const URGENT_MAX: usize = 2_200;
/// The longest line that is spoken, characters: about two minutes.
const LINE_CHARS_MAX: usize = 2_000;
/// Pieces of one line that wait for its listener, who reads them faster than they are made.
const PIECES_MAX: usize = 1_024;
/// How often preparations look whether interviews still wait.
const STAND_BACK: Duration = Duration::from_millis(20);

/// How urgent a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// The rest of the bank, when nothing else is to be done.
    Idle,
    /// Likely to be said in this interview.
    Likely,
    /// Said next.
    Next,
    /// Somebody waits to hear it.
    Now,
}

/// A piece of spoken sound, or its end.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Samples, mono, at [`Speaker::sample_rate`].
    Sound(Vec<i16>),
    /// That was all.
    End,
    /// It could not be spoken; the line is shown instead.
    Failed(String),
}

/// A line to speak.
#[derive(Debug, Clone)]
pub struct Line {
    /// What is said.
    pub text: String,
    /// How.
    pub style: persona::Voice,
    /// The interview whose candidate's words it is made of, with which it is deleted; `None` for lines
    /// of the bank, which are kept for all.
    pub private_to: Option<InterviewId>,
}

/// Speaks.
pub struct Speaker {
    shared: Arc<Shared>,
    voice: Arc<dyn Voice>,
    store: Store,
}

struct Shared {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
    /// Set when something more urgent than what is being spoken has arrived.
    hurry: AtomicBool,
    order: AtomicU64,
}

#[derive(Default)]
struct Waiting {
    jobs: BinaryHeap<Job>,
    closed: bool,
    /// Urgency of what is being spoken.
    current: Option<Urgency>,
}

struct Job {
    urgency: Urgency,
    order: u64,
    line: Line,
    listener: Option<mpsc::Sender<Piece>>,
    /// Samples that its listener has had, before it was interrupted.
    sent: usize,
}

impl PartialEq for Job {
    fn eq(&self, other: &Self) -> bool {
        self.order == other.order
    }
}

impl Eq for Job {}

impl PartialOrd for Job {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Job {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.urgency.cmp(&other.urgency).then(other.order.cmp(&self.order))
    }
}

impl Speaker {
    /// A speaker that keeps what it speaks in `store`; `runtime` is where the store's work is done.
    /// Preparations stand back while live work waits at `desk`.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(
        voice: Arc<dyn Voice>,
        store: Store,
        runtime: Handle,
        desk: &Arc<Desk>,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            waiting: Mutex::default(),
            arrived: Condvar::new(),
            hurry: AtomicBool::new(false),
            order: AtomicU64::new(0),
        });
        let mouth = Mouth {
            shared: Arc::clone(&shared),
            voice: Arc::clone(&voice),
            store: store.clone(),
            runtime,
            desk: Arc::clone(desk),
        };
        std::thread::Builder::new().name("speaker".to_owned()).spawn(move || {
            while let Some(job) = mouth.next_job() {
                mouth.work(job);
            }
        })?;
        Ok(Self { shared, voice, store })
    }

    /// Samples a second of what it speaks.
    pub fn sample_rate(&self) -> u32 {
        self.voice.sample_rate()
    }

    /// Speaks a line, from the cache when it was spoken before. The sound comes in pieces.
    pub async fn say(&self, line: Line) -> mpsc::Receiver<Piece> {
        let (sender, receiver) = mpsc::channel(PIECES_MAX);
        match self.store.speech(&key(self.voice.as_ref(), &line), world::now()).await {
            Ok(Some(bytes)) => {
                // The receiver is still in this function, and there is room for two.
                let _ = sender.try_send(Piece::Sound(samples_of(&bytes)));
                let _ = sender.try_send(Piece::End);
            }
            Ok(None) => self.queue(Urgency::Now, line, Some(sender)),
            Err(error) => {
                tracing::warn!("spoken lines cannot be read: {error}");
                self.queue(Urgency::Now, line, Some(sender));
            }
        }
        receiver
    }

    /// Speaks a line into the cache for later, unless it is there.
    pub fn prepare(&self, urgency: Urgency, line: Line) {
        self.queue(urgency, line, None);
    }

    /// Whether a line can be said at once.
    pub async fn is_prepared(&self, line: &Line) -> bool {
        self.store.has_speech(&key(self.voice.as_ref(), line)).await.unwrap_or(false)
    }

    /// Speaks nothing more for an interview that is being deleted. What was spoken of its words goes
    /// with its rows.
    pub fn drop_lines_of(&self, interview: InterviewId) {
        lock(&self.shared.waiting).jobs.retain(|job| job.line.private_to != Some(interview));
    }

    fn queue(&self, urgency: Urgency, line: Line, listener: Option<mpsc::Sender<Piece>>) {
        let mut waiting = lock(&self.shared.waiting);
        let waiting_max = if urgency < Urgency::Now { WAITING_MAX } else { URGENT_MAX };
        let refusal = if waiting.jobs.len() >= waiting_max {
            Some("too many lines wait to be spoken")
        } else if line.text.chars().count() > LINE_CHARS_MAX {
            Some("the line is too long to be spoken")
        } else {
            None
        };
        if let Some(why) = refusal {
            if let Some(listener) = listener {
                let _ = listener.try_send(Piece::Failed(why.to_owned()));
            }
            return;
        }
        let order = self.shared.order.fetch_add(1, Ordering::Relaxed);
        waiting.jobs.push(Job { urgency, order, line, listener, sent: 0 });
        if waiting.current.is_some_and(|current| current < urgency) {
            self.shared.hurry.store(true, Ordering::Relaxed);
        }
        self.shared.arrived.notify_one();
    }
}

impl Drop for Speaker {
    fn drop(&mut self) {
        lock(&self.shared.waiting).closed = true;
        self.shared.hurry.store(true, Ordering::Relaxed);
        self.shared.arrived.notify_one();
    }
}

/// A panic while speaking leaves a list of jobs that is still a list of jobs.
fn lock(waiting: &Mutex<Waiting>) -> MutexGuard<'_, Waiting> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the speaking thread owns.
struct Mouth {
    shared: Arc<Shared>,
    voice: Arc<dyn Voice>,
    store: Store,
    runtime: Handle,
    desk: Arc<Desk>,
}

impl Mouth {
    /// The next line, once it is its time; `None` when nothing more is to be said.
    fn next_job(&self) -> Option<Job> {
        let mut waiting = lock(&self.shared.waiting);
        waiting.current = None;
        loop {
            if waiting.closed {
                return None;
            }
            let stands_back = waiting.jobs.peek().is_some_and(|job| self.stands_back(job.urgency));
            if !stands_back && let Some(job) = waiting.jobs.pop() {
                waiting.current = Some(job.urgency);
                self.shared.hurry.store(false, Ordering::Relaxed);
                return Some(job);
            }
            waiting = if stands_back {
                let wait = self.shared.arrived.wait_timeout(waiting, STAND_BACK);
                wait.unwrap_or_else(PoisonError::into_inner).0
            } else {
                self.shared.arrived.wait(waiting).unwrap_or_else(PoisonError::into_inner)
            };
        }
    }

    /// Whether a line so urgent waits because interviews that go on wait for their engines.
    fn stands_back(&self, urgency: Urgency) -> bool {
        urgency < Urgency::Next && self.desk.live_work_waits()
    }

    /// Holds up what is only prepared while interviews wait; whether it is to be broken off for a line
    /// that is more urgent.
    fn makes_way(&self, urgency: Urgency) -> bool {
        let hurry = || urgency < Urgency::Now && self.shared.hurry.load(Ordering::Relaxed);
        while !hurry() && self.stands_back(urgency) {
            std::thread::sleep(STAND_BACK);
        }
        hurry()
    }

    fn work(&self, mut job: Job) {
        let key = key(self.voice.as_ref(), &job.line);
        if job.listener.is_none()
            && self.runtime.block_on(self.store.has_speech(&key)).unwrap_or(false)
        {
            return;
        }
        let mut spoken: Vec<i16> = Vec::new();
        let mut interrupted = false;
        let mut unheard = false;
        let result = self.voice.speak(&job.line.text, &job.line.style, &mut |samples| {
            spoken.extend(samples.iter().map(|x| (x.clamp(-1.0, 1.0) * 32_767.0) as i16));
            if let Some(listener) = &job.listener
                && spoken.len() > job.sent
            {
                unheard = listener.try_send(Piece::Sound(spoken[job.sent..].to_vec())).is_err();
                job.sent = spoken.len();
            }
            interrupted = self.makes_way(job.urgency);
            if interrupted || unheard { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        match result {
            Ok(()) if interrupted => lock(&self.shared.waiting).jobs.push(job),
            Ok(()) if unheard => {}
            Ok(()) => {
                let keeping = self.store.put_speech(
                    &key,
                    job.line.private_to,
                    bytes_of(&spoken),
                    world::now(),
                );
                if let Err(error) = self.runtime.block_on(keeping) {
                    tracing::warn!("a spoken line cannot be kept: {error}");
                }
                if let Some(listener) = job.listener {
                    // Whoever stopped listening needs no end.
                    let _ = listener.try_send(Piece::End);
                }
            }
            Err(error) => {
                tracing::warn!("cannot speak: {error}");
                if let Some(listener) = job.listener {
                    let _ = listener.try_send(Piece::Failed(error.to_string()));
                }
            }
        }
    }
}

fn bytes_of(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

fn samples_of(bytes: &[u8]) -> Vec<i16> {
    bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
}

/// What spoken sound is kept under: the voice, the style, the text, and whose words it is made of.
fn key(voice: &dyn Voice, line: &Line) -> String {
    let style = &line.style;
    let mut hash = Sha256::new();
    hash.update(voice.identity());
    hash.update(format!("|{}|{}|{}|", style.kokoro, style.hibari_semitones, style.speed));
    if let Some(interview) = line.private_to {
        hash.update(interview.to_string());
    }
    hash.update(&line.text);
    hash.finalize().iter().take(20).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::num::NonZero;

    use super::*;

    /// A voice of 24 samples a character, which can be held back.
    struct Slow;

    impl Voice for Slow {
        fn sample_rate(&self) -> u32 {
            24_000
        }

        fn speak(
            &self,
            text: &str,
            _: &persona::Voice,
            sink: &mut dyn FnMut(&[f32]) -> ControlFlow<()>,
        ) -> Result<(), engines::Error> {
            for _ in text.chars() {
                std::thread::sleep(Duration::from_millis(2));
                if sink(&[0.25; 24]).is_break() {
                    break;
                }
            }
            Ok(())
        }

        fn identity(&self) -> &str {
            "slow"
        }
    }

    fn line(text: &str) -> Line {
        let style = persona::Voice { kokoro: "a".into(), hibari_semitones: 0.0, speed: 1.0 };
        Line { text: text.to_owned(), style, private_to: None }
    }

    async fn hear(mut pieces: mpsc::Receiver<Piece>) -> usize {
        let mut samples = 0;
        loop {
            match pieces.recv().await {
                Some(Piece::Sound(sound)) => samples += sound.len(),
                Some(Piece::End) => return samples,
                other => panic!("not all was spoken: {other:?}"),
            }
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_urgent_line_does_not_wait_for_preparations_and_nothing_is_lost() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("db").display());
        let store = crate::jobs::open_store(&url, folder.path()).await.expect("a store");
        let desk = Arc::new(Desk::start(NonZero::<usize>::MIN).expect("threads"));
        let speaker = Speaker::start(Arc::new(Slow), store, Handle::current(), &desk);
        let speaker = speaker.expect("a speaker");
        let long = line(&"x".repeat(500));
        speaker.prepare(Urgency::Likely, long.clone());
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(hear(speaker.say(line("hello")).await).await, 5 * 24);
        assert!(!speaker.is_prepared(&long).await, "the long line was interrupted");
        assert_eq!(hear(speaker.say(long.clone()).await).await, 500 * 24);
        assert_eq!(hear(speaker.say(long).await).await, 500 * 24, "and again from the cache");
    }
}
