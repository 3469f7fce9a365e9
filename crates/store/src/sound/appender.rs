//! Appending to a stream: a bounded queue in front, group commit behind.

use std::{
    ops::Range,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, Weak},
    time::Duration,
};

use tokio::{
    sync::{mpsc, watch},
    time::{Instant, timeout_at},
};

use super::{
    Error,
    frame::{self, Body, Frame, GAP_SAMPLES_MAX, HEADER_BYTES, Window},
    lock,
    log::{Log, Piece, read_samples},
};

/// How long a frame waits for others before they are written and synced together.
pub const COMMIT_MS_MAX: u64 = 150;
/// Most frames waiting to be written.
pub const QUEUE_FRAMES_MAX: usize = 512;
/// Most bytes written at once.
const BATCH_BYTES_MAX: usize = 4 << 20;
/// How long to wait before a failed write is tried again.
const RETRY_MS: u64 = 500;

/// How far a stream is safe.
#[derive(Debug, Clone, Default)]
pub struct Synced {
    /// The first frame that is not safe yet: all before it may be acknowledged.
    pub next_seq: u32,
    /// The position after the last sample that is safe.
    pub position: u64,
    /// Why nothing can be written at the moment; it is tried again until it works.
    pub failing: Option<Error>,
    /// How many frames were written since the stream was opened.
    written: u64,
}

/// What became of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// It will be written.
    Taken,
    /// It will be written; between it and what came before, samples are missing. They read as
    /// silence, and an anchor belongs here.
    TakenAfterGap {
        /// The position after the last sample before the gap.
        from: u64,
        /// How many samples are missing.
        missing: u64,
    },
    /// It is there already, and was dropped.
    Duplicate,
}

/// The writing end of one stream; clones write to the same. When the last is dropped, what was
/// taken is still written.
#[derive(Debug, Clone)]
pub struct Appender(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    sample_rate: u32,
    front: Mutex<Front>,
    synced: watch::Receiver<Synced>,
    pieces: Arc<Mutex<Vec<Piece>>>,
}

/// What has been taken, written or not.
#[derive(Debug)]
struct Front {
    window: Window,
    /// The frame with the highest number so far, and the position after it.
    last: Option<u32>,
    end: u64,
    taken: u64,
    /// `None` once the stream is closed.
    queue: Option<mpsc::Sender<Message>>,
}

#[derive(Debug)]
enum Message {
    /// A frame, and when it must be written.
    Frame(Frame, Instant),
    Flush,
}

impl Appender {
    /// Opens the log at `path`, made when it is not there, and goes on behind its last good frame;
    /// [`Appender::synced`] says which that is. Must be called inside of a Tokio runtime.
    ///
    /// # Errors
    /// [`Error::InUse`], [`Error::NotALog`], or what the operating system says.
    pub async fn open(path: &Path, sample_rate: u32) -> Result<Self, Error> {
        let place = path.to_owned();
        let (log, scan) = blocking(move || Log::open(&place, sample_rate)).await?;
        let synced = Synced { next_seq: scan.window.next(), position: scan.end, ..<_>::default() };
        let (announce, watch) = watch::channel(synced);
        let (queue, inbox) = mpsc::channel(QUEUE_FRAMES_MAX);
        let pieces = Arc::new(Mutex::new(scan.pieces));
        let front = Front {
            last: scan.window.last(),
            window: scan.window.clone(),
            end: scan.end,
            taken: 0,
            queue: Some(queue),
        };
        let writer =
            Writer { log, window: scan.window, inbox, announce, pieces: Arc::clone(&pieces) };
        tokio::spawn(writer.run());
        Ok(Self(Arc::new(Shared {
            path: path.to_owned(),
            sample_rate,
            front: Mutex::new(front),
            synced: watch,
            pieces,
        })))
    }

    /// Samples a second.
    #[must_use]
    pub fn sample_rate(&self) -> u32 {
        self.0.sample_rate
    }

    /// Takes a frame to be written; never waits. Frames may come in any order and more than once.
    /// A frame is safe when [`Synced::next_seq`] is above its number, and only then.
    ///
    /// # Errors
    /// [`Error::Behind`] when the queue is full, [`Error::Frame`] when the frame breaks a rule,
    /// [`Error::Closed`]. Nothing was taken then.
    pub fn push(&self, frame: Frame) -> Result<Pushed, Error> {
        frame.check()?;
        let mut front = lock(&self.0.front);
        let Some(queue) = front.queue.clone() else { return Err(Error::Closed) };
        let (seq, end) = (frame.seq, frame.end());
        let is_lost = frame.body == Body::Lost;
        if front.window.has(seq) {
            return Ok(Pushed::Duplicate);
        }
        let pushed = front.place(&frame)?;
        let due = Instant::now() + Duration::from_millis(COMMIT_MS_MAX);
        queue.try_send(Message::Frame(frame, due)).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => Error::Behind { seq },
            mpsc::error::TrySendError::Closed(_) => Error::Closed,
        })?;
        front.taken += 1;
        if is_lost {
            front.window.skip_to(seq);
            front.last = front.last.max(seq.checked_sub(1));
        } else {
            front.window.add(seq);
            front.last = front.last.max(Some(seq));
            front.end = front.end.max(end);
        }
        Ok(pushed)
    }

    /// How far the stream is safe; changes with every group of frames that was synced, and when
    /// writing fails or works again.
    #[must_use]
    pub fn synced(&self) -> watch::Receiver<Synced> {
        self.0.synced.clone()
    }

    /// Waits until everything taken so far is safe.
    ///
    /// # Errors
    /// What keeps it from being written.
    pub async fn flush(&self) -> Result<Synced, Error> {
        let taken = {
            let front = lock(&self.0.front);
            if let Some(queue) = &front.queue {
                // A full queue is written soon enough without being asked.
                let _ = queue.try_send(Message::Flush);
            }
            front.taken
        };
        let mut synced = self.synced();
        let reached = synced
            .wait_for(|synced| synced.written >= taken || synced.failing.is_some())
            .await
            .map_err(|_| Error::Closed)?
            .clone();
        match reached.failing {
            Some(error) if reached.written < taken => Err(error),
            _ => Ok(reached),
        }
    }

    /// Takes no more frames, writes what was taken, and waits until the file is let go.
    ///
    /// # Errors
    /// What keeps the rest from being written; that was not acknowledged and is dropped.
    pub async fn close(&self) -> Result<Synced, Error> {
        let taken = {
            let mut front = lock(&self.0.front);
            front.queue = None;
            front.taken
        };
        let mut synced = self.synced();
        while synced.changed().await.is_ok() {}
        let last = synced.borrow().clone();
        match last.failing {
            Some(error) if last.written < taken => Err(error),
            _ => Ok(last),
        }
    }

    /// The samples of `range` that are safe; what is missing or not safe yet is silence.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn read(&self, range: Range<u64>) -> Result<Vec<i16>, Error> {
        let path = self.0.path.clone();
        let pieces: Vec<Piece> = lock(&self.0.pieces)
            .iter()
            .filter(|piece| {
                piece.position < range.end
                    && piece.position + u64::from(piece.bytes) / 2 > range.start
            })
            .copied()
            .collect();
        blocking(move || read_samples(&path, &pieces, range)).await
    }

    pub(crate) fn live(&self) -> Live {
        Live { shared: Arc::downgrade(&self.0), synced: self.synced() }
    }
}

/// What the store knows of a stream that was opened: it keeps nobody from closing it.
#[derive(Debug)]
pub(crate) struct Live {
    shared: Weak<Shared>,
    synced: watch::Receiver<Synced>,
}

impl Live {
    /// The appender, while it takes frames.
    pub(crate) fn appender(&self) -> Option<Appender> {
        let appender = self.shared.upgrade().map(Appender)?;
        let is_open = lock(&appender.0.front).queue.is_some();
        is_open.then_some(appender)
    }

    /// Whether the file has been let go.
    pub(crate) fn is_released(&self) -> bool {
        self.synced.has_changed().is_err()
    }

    /// Waits until a stream that takes no more frames has been written and its file let go.
    pub(crate) async fn released(mut self) {
        while self.synced.changed().await.is_ok() {}
    }
}

impl Front {
    /// Checks where a new frame stands among the others.
    fn place(&self, frame: &Frame) -> Result<Pushed, Error> {
        let fault = |problem| Err(Error::Frame { seq: frame.seq, problem });
        if frame.body == Body::Lost {
            return Ok(Pushed::Taken);
        }
        if self.window.is_beyond(frame.seq) {
            return fault("is too far ahead; send what is missing before it first");
        }
        if matches!(frame.body, Body::Chunk(_)) {
            return Ok(Pushed::Taken);
        }
        if frame.position > self.end.saturating_add(GAP_SAMPLES_MAX) {
            return fault("leaves more than an hour of silence before it");
        }
        let follows = frame.seq.checked_sub(1) == self.last;
        match frame.position.checked_sub(self.end) {
            None if follows => fault("begins before the end of the frame before it"),
            Some(missing) if follows && missing > 0 => {
                Ok(Pushed::TakenAfterGap { from: self.end, missing })
            }
            _ => Ok(Pushed::Taken),
        }
    }
}

/// The task behind the queue.
struct Writer {
    log: Log,
    window: Window,
    inbox: mpsc::Receiver<Message>,
    announce: watch::Sender<Synced>,
    pieces: Arc<Mutex<Vec<Piece>>>,
}

/// Frames on their way to the disk.
#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    frames: Vec<Placed>,
}

/// A frame that stands in a batch.
struct Placed {
    seq: u32,
    end: u64,
    lost: bool,
    /// Where its payload stands, from the begin of the batch.
    piece: Piece,
}

impl Batch {
    fn add(&mut self, frame: &Frame) {
        let offset = (self.bytes.len() + HEADER_BYTES) as u64;
        frame::write(frame, &mut self.bytes);
        let bytes = (self.bytes.len() as u64 - offset) as u32;
        self.frames.push(Placed {
            seq: frame.seq,
            end: frame.end(),
            lost: frame.body == Body::Lost,
            piece: Piece { seq: frame.seq, position: frame.position, offset, bytes },
        });
    }
}

impl Writer {
    /// Writes until the stream is closed, or until it is closed while nothing can be written.
    async fn run(mut self) {
        while let Some(batch) = self.gather().await {
            match self.commit(batch).await {
                Some(writer) => self = writer,
                None => return,
            }
        }
    }

    /// The next frames to be written together; `None` when the stream is closed.
    async fn gather(&mut self) -> Option<Batch> {
        let mut batch = Batch::default();
        let due = loop {
            if let Message::Frame(frame, due) = self.inbox.recv().await? {
                batch.add(&frame);
                break due;
            }
        };
        while batch.bytes.len() < BATCH_BYTES_MAX {
            match timeout_at(due, self.inbox.recv()).await {
                Ok(Some(Message::Frame(frame, _))) => batch.add(&frame),
                Ok(Some(Message::Flush) | None) | Err(_) => break,
            }
        }
        Some(batch)
    }

    /// Writes and syncs a batch, again and again until it works; `None` when the stream was closed
    /// before it did.
    async fn commit(mut self, batch: Batch) -> Option<Self> {
        let bytes = Arc::new(batch.bytes);
        loop {
            let start = self.log.bytes();
            let (mut log, writing) = (self.log, Arc::clone(&bytes));
            let joined = tokio::task::spawn_blocking(move || {
                let done = log.append(&writing);
                (log, done)
            });
            let (log, done) = joined.await.ok()?;
            self.log = log;
            match done {
                Ok(()) => {
                    self.publish(start, &batch.frames);
                    return Some(self);
                }
                Err(error) => {
                    tracing::error!(%error, "a stream cannot be written; nothing is acknowledged");
                    self.announce.send_modify(|synced| synced.failing = Some(error));
                }
            }
            if self.inbox.is_closed() {
                return None;
            }
            tokio::time::sleep(Duration::from_millis(RETRY_MS)).await;
        }
    }

    /// Says that these frames, written from `start` on, are safe.
    fn publish(&mut self, start: u64, frames: &[Placed]) {
        let mut pieces = lock(&self.pieces);
        for placed in frames {
            if placed.lost {
                self.window.skip_to(placed.seq);
            } else {
                self.window.add(placed.seq);
                pieces.push(Piece { offset: start + placed.piece.offset, ..placed.piece });
            }
        }
        drop(pieces);
        let end = frames.iter().map(|placed| placed.end).max().unwrap_or(0);
        self.announce.send_modify(|synced| {
            synced.next_seq = self.window.next();
            synced.position = synced.position.max(end);
            synced.failing = None;
            synced.written += frames.len() as u64;
        });
    }
}

/// Runs file work where it blocks nobody.
pub(crate) async fn blocking<T: Send + 'static, E: From<Error> + Send + 'static>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, E> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(_) => Err(Error::Closed.into()),
    }
}
