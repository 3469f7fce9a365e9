//! Sound files and sample rates: anything that people record is read as mono samples, piece by piece;
//! what Greenroom keeps is FLAC; clips go out as WAV.

mod damage;
mod decode;
mod flac;
mod opus_stream;
mod resample;
mod wav;

use std::{io, path::PathBuf};

pub use self::{
    damage::Damage,
    decode::{Decoder, Position, SECONDS_MAX, Sound, decode_file},
    flac::{FlacWriter, decode_flac, encode_flac},
    resample::{Resampler, resample},
    wav::encode_wav,
};

/// Why sound could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum AudioError {
    /// The file cannot be opened, read or written.
    #[error("{path} cannot be read: {source}; check the path and its permissions", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Writing sound failed.
    #[error("the sound cannot be written: {0}; check the space left on the disk")]
    Write(#[source] io::Error),
    /// The file holds no byte.
    #[error("the file is empty; record again or choose another file")]
    Empty,
    /// The file is text.
    #[error("the file holds text and no sound; give it as a transcript or choose a recording")]
    Text,
    /// The container is none that is known.
    #[error(
        "the file is no recording of a known kind; use wav, flac, mp3, ogg, opus, webm, m4a or aac"
    )]
    UnknownFormat,
    /// The file ends, or makes no sense, before it has said what it holds.
    #[error(
        "the start of the file is damaged or cut off; record again or choose another copy of the file"
    )]
    DamagedStart,
    /// The container holds pictures or nothing at all.
    #[error("the file has no audio track; record again with the microphone on")]
    NoTrack,
    /// The sound is coded in a way that cannot be read.
    #[error("the sound is coded as {codec}, which cannot be read; convert it to wav or flac")]
    UnsupportedCodec {
        /// What the file calls the codec.
        codec: String,
    },
    /// The sound has a rate outside what is sensible for speech.
    #[error("the sound has {hz} samples a second; convert it to between 4000 and 384000")]
    UnsupportedRate {
        /// Samples a second.
        hz: u32,
    },
    /// The file has no sound after its start, or none of it can be decoded.
    #[error("no sound could be read: {damage}; record again or choose another copy of the file")]
    NothingReadable {
        /// What is wrong with it.
        damage: Damage,
    },
    /// The recording is longer than [`SECONDS_MAX`].
    #[error("the recording is longer than 12 hours; cut it into parts")]
    TooLong,
    /// Samples could not be converted or coded.
    #[error("the sound could not be converted: {reason}; convert it to wav at 16000 hz")]
    Convert {
        /// What the library said.
        reason: String,
    },
}
