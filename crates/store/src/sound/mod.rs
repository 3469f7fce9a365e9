//! Sound and video as they arrive: appended to one log file per stream, acknowledged when synced,
//! and compacted when the stream ends.
//!
//! A stream is a row of numbered frames. A frame of sound says at which sample it begins, so that
//! whatever is missing leaves silence of the right length and every position stays true. The log
//! holds each frame with its length and checksum: after a crash the file is scanned, a torn tail is
//! cut off, and the stream goes on behind the last frame that is there.

mod appender;
mod frame;
mod kept;
mod log;
mod timeline;

use std::{
    fmt,
    ops::Range,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

pub(crate) use appender::Live;
pub(crate) use appender::blocking;
pub use appender::{Appender, COMMIT_MS_MAX, Pushed, QUEUE_FRAMES_MAX, Synced};
pub use frame::{
    AHEAD_FRAMES_MAX, Body, CHUNK_BYTES_MAX, Frame, GAP_SAMPLES_MAX, SAMPLES_MAX,
    STREAM_SAMPLES_MAX,
};
pub use kept::CHUNK_SECONDS;
pub(crate) use kept::{Kept, finish_chunks, finish_sound};
pub(crate) use log::scan;
pub use timeline::Timeline;

/// Why sound or video could not be stored or read.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// A file cannot be written or read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: Arc<std::io::Error>,
    },
    /// Somebody else writes this stream.
    #[error("{} is being written elsewhere; try again when that has ended", path.display())]
    InUse {
        /// The log file.
        path: PathBuf,
    },
    /// The file is no log of frames, or one of another sample rate.
    #[error("{} is no log of frames at {sample_rate} Hz", path.display())]
    NotALog {
        /// The file.
        path: PathBuf,
        /// What was expected.
        sample_rate: u32,
    },
    /// Frames come faster than the disk takes them; this one was not taken and is to be sent again.
    #[error("the disk cannot keep up; send frame {seq} again later")]
    Behind {
        /// The frame's number.
        seq: u32,
    },
    /// The frame breaks a rule and was not taken.
    #[error("frame {seq}: {problem}")]
    Frame {
        /// The frame's number.
        seq: u32,
        /// Which rule.
        problem: &'static str,
    },
    /// The stream has been closed.
    #[error("the stream is closed; open a new one")]
    Closed,
    /// The stream has been compacted and takes no more frames.
    #[error("{} is finished; open a new stream", path.display())]
    Finished {
        /// The finished recording.
        path: PathBuf,
    },
    /// What was asked for is more than one call gives.
    #[error("{samples} samples are more than one call reads; ask for at most {max}")]
    TooLong {
        /// How many were asked for.
        samples: u64,
        /// The most.
        max: u64,
    },
    /// The codec refused, or what it wrote does not decode to what went in.
    #[error("{}: {problem}", path.display())]
    Codec {
        /// The file that was to be written or read.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
}

impl Error {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_owned();
        |source| Self::Io { path, source: Arc::new(source) }
    }
}

/// Encodes samples (at a rate in Hz) losslessly into a file's bytes.
pub type Encode = dyn Fn(&[i16], u32) -> Result<Vec<u8>, String> + Send + Sync;

/// Decodes what [`Encode`] wrote.
pub type Decode = dyn Fn(&[u8]) -> Result<Vec<i16>, String> + Send + Sync;

/// How sound is kept at rest: a lossless mono codec, given by the caller.
#[derive(Clone)]
pub struct Codec {
    pub(crate) encode: Arc<Encode>,
    pub(crate) decode: Arc<Decode>,
    pub(crate) extension: &'static str,
    pub(crate) media_type: &'static str,
}

impl Codec {
    /// FLAC, by an encoder and a decoder for mono sound of 16 bits.
    #[must_use]
    pub fn flac(
        encode: impl Fn(&[i16], u32) -> Result<Vec<u8>, String> + Send + Sync + 'static,
        decode: impl Fn(&[u8]) -> Result<Vec<i16>, String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            encode: Arc::new(encode),
            decode: Arc::new(decode),
            extension: "flac",
            media_type: "audio/flac",
        }
    }
}

impl fmt::Debug for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Codec").field("extension", &self.extension).finish_non_exhaustive()
    }
}

/// Locks; what a panicking thread left behind is whole, as every change under these locks is.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Samples of `range` from a log that nobody writes.
pub(crate) fn read_log(
    path: &Path,
    sample_rate: u32,
    range: Range<u64>,
) -> Result<Vec<i16>, Error> {
    let scan = scan(path, sample_rate)?;
    log::read_samples(path, &scan.pieces, range)
}

/// Makes what was created or renamed in a folder survive power loss.
pub(crate) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}
