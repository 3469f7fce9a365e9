//! Sound and video at rest.
//!
//! Sound that has ended is a folder of compressed files of a minute each, so that a clip from the
//! middle of an hour is read without the rest of it, beside a small index. Video is one file.

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    ops::Range,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{
    Codec, Error,
    log::{read_payload, read_samples, scan},
    sync_folder,
};

/// Length of each compressed file but the last, seconds.
pub const CHUNK_SECONDS: u64 = 60;

const INDEX: &str = "index.json";

/// What the files in a folder of finished sound hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Index {
    pub(crate) sample_rate: u32,
    /// Samples in all.
    pub(crate) samples: u64,
    /// Samples in each file but the last.
    pub(crate) chunk_samples: u64,
}

/// Finished sound.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    folder: PathBuf,
    pub(crate) index: Index,
    codec: Codec,
}

impl Kept {
    /// The finished sound in this folder; `None` when there is none.
    pub(crate) fn open(folder: &Path, codec: &Codec) -> Result<Option<Self>, Error> {
        let path = folder.join(INDEX);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io(&path)(error)),
        };
        let index: Index = serde_json::from_slice(&text)
            .map_err(|error| Error::Codec { path: path.clone(), problem: error.to_string() })?;
        if index.chunk_samples == 0 || index.samples > super::STREAM_SAMPLES_MAX {
            return Err(Error::Codec { path, problem: "the index is out of range".to_owned() });
        }
        Ok(Some(Self { folder: folder.to_owned(), index, codec: codec.clone() }))
    }

    /// Samples of `range`; beyond the end, silence.
    pub(crate) fn read(&self, range: Range<u64>) -> Result<Vec<i16>, Error> {
        let mut out = vec![0; range.end.saturating_sub(range.start) as usize];
        let end = range.end.min(self.index.samples);
        let mut position = range.start;
        while position < end {
            let number = position / self.index.chunk_samples;
            let chunk_start = number * self.index.chunk_samples;
            let sound = self.chunk(number)?;
            let chunk_end = (chunk_start + sound.len() as u64).min(end);
            if chunk_end <= position {
                return Err(Error::Codec {
                    path: self.folder.join(chunk_name(number, &self.codec)),
                    problem: "it is shorter than the index says".to_owned(),
                });
            }
            let from = (position - chunk_start) as usize..(chunk_end - chunk_start) as usize;
            let to = (position - range.start) as usize..(chunk_end - range.start) as usize;
            out[to].copy_from_slice(&sound[from]);
            position = chunk_end;
        }
        Ok(out)
    }

    fn chunk(&self, number: u64) -> Result<Vec<i16>, Error> {
        let path = self.folder.join(chunk_name(number, &self.codec));
        let bytes = fs::read(&path).map_err(Error::io(&path))?;
        (self.codec.decode)(&bytes).map_err(|problem| Error::Codec { path, problem })
    }

    /// The names of its compressed files.
    pub(crate) fn names(&self) -> Vec<String> {
        (0..self.index.samples.div_ceil(self.index.chunk_samples))
            .map(|number| chunk_name(number, &self.codec))
            .collect()
    }

    /// Bytes of all compressed files.
    pub(crate) fn bytes(&self) -> Result<u64, Error> {
        let mut bytes = 0;
        for name in self.names() {
            let path = self.folder.join(name);
            bytes += fs::metadata(&path).map_err(Error::io(&path))?.len();
        }
        Ok(bytes)
    }
}

fn chunk_name(number: u64, codec: &Codec) -> String {
    format!("{number:04}.{}", codec.extension)
}

/// Compresses the sound log at `log` into `folder`, checks every file by decoding it, and only then
/// removes the log. Can be interrupted at any point and called again. Returns the finished sound.
pub(crate) fn finish_sound(
    log: &Path,
    folder: &Path,
    sample_rate: u32,
    codec: &Codec,
) -> Result<Kept, Error> {
    let _alone = super::log::hold(log)?;
    let kept = match Kept::open(folder, codec)? {
        Some(kept) => kept,
        None => {
            compress(log, folder, sample_rate, codec)?;
            Kept::open(folder, codec)?.ok_or_else(|| Error::Codec {
                path: folder.to_owned(),
                problem: "it vanished while it was written".to_owned(),
            })?
        }
    };
    remove_if_there(log)?;
    Ok(kept)
}

fn compress(log: &Path, folder: &Path, sample_rate: u32, codec: &Codec) -> Result<(), Error> {
    let scan = scan(log, sample_rate)?;
    let chunk_samples = u64::from(sample_rate.max(1)) * CHUNK_SECONDS;
    let half = folder.with_extension("tmp");
    match fs::remove_dir_all(&half) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(Error::io(&half)(error));
        }
        _ => fs::create_dir_all(&half).map_err(Error::io(&half))?,
    }
    for number in 0..scan.end.div_ceil(chunk_samples) {
        let start = number * chunk_samples;
        let end = (start + chunk_samples).min(scan.end);
        let sound = read_samples(log, &scan.pieces, start..end)?;
        let path = half.join(chunk_name(number, codec));
        let fault = |problem| Error::Codec { path: path.clone(), problem };
        let bytes = (codec.encode)(&sound, sample_rate).map_err(fault)?;
        write_synced(&path, &bytes)?;
        let back = fs::read(&path).map_err(Error::io(&path))?;
        if (codec.decode)(&back).map_err(fault)? != sound {
            return Err(fault("it does not decode to what went in; the log is kept".to_owned()));
        }
    }
    let index = Index { sample_rate, samples: scan.end, chunk_samples };
    let path = half.join(INDEX);
    let text = serde_json::to_vec(&index)
        .map_err(|error| Error::Codec { path: path.clone(), problem: error.to_string() })?;
    write_synced(&path, &text)?;
    sync_folder(&half).map_err(Error::io(&half))?;
    rename_synced(&half, folder)
}

/// Joins the chunks of the log at `log` into the file `video` in the order of their numbers, and
/// only then removes the log. Can be interrupted at any point and called again. Returns the bytes.
pub(crate) fn finish_chunks(log: &Path, video: &Path) -> Result<u64, Error> {
    let _alone = super::log::hold(log)?;
    if !video.exists() {
        let mut pieces = scan(log, 0)?.pieces;
        pieces.sort_by_key(|piece| piece.seq);
        let half = video.with_extension("tmp");
        let mut out = BufWriter::new(File::create(&half).map_err(Error::io(&half))?);
        if !pieces.is_empty() {
            let mut file = File::open(log).map_err(Error::io(log))?;
            for piece in pieces {
                let chunk = read_payload(&mut file, piece).map_err(Error::io(log))?;
                out.write_all(&chunk).map_err(Error::io(&half))?;
            }
        }
        let file = out.into_inner().map_err(|error| Error::io(&half)(error.into_error()))?;
        file.sync_all().map_err(Error::io(&half))?;
        rename_synced(&half, video)?;
    }
    remove_if_there(log)?;
    Ok(fs::metadata(video).map_err(Error::io(video))?.len())
}

fn write_synced(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut file = File::create(path).map_err(Error::io(path))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(Error::io(path))
}

fn rename_synced(from: &Path, to: &Path) -> Result<(), Error> {
    fs::rename(from, to).map_err(Error::io(to))?;
    to.parent().map_or(Ok(()), |above| sync_folder(above).map_err(Error::io(above)))
}

fn remove_if_there(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io(path)(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::{Appender, Body, Frame};

    /// Stores the samples as they are.
    fn plain() -> Codec {
        Codec::flac(
            |samples, _| Ok(samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()),
            |bytes| Ok(super::super::frame::samples(bytes)),
        )
    }

    /// A folder with a log of 90 seconds at 100 Hz.
    async fn recorded() -> (tempfile::TempDir, PathBuf, PathBuf) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (log, kept) = (folder.path().join("s.pcm"), folder.path().join("s"));
        let appender = Appender::open(&log, 100).await.expect("opened");
        let samples = (0..9000).collect();
        appender.push(Frame { seq: 0, position: 0, body: Body::Samples(samples) }).expect("taken");
        appender.close().await.expect("closed");
        (folder, log, kept)
    }

    #[tokio::test]
    async fn sound_is_kept_in_files_of_a_minute_and_the_log_is_removed() {
        let (_folder, log, folder) = recorded().await;
        let kept = finish_sound(&log, &folder, 100, &plain()).expect("finished");
        assert_eq!(kept.names(), ["0000.flac", "0001.flac"]);
        assert!(!log.exists());
        assert_eq!(kept.read(5998..6002).expect("read"), [5998, 5999, 6000, 6001]);
        assert_eq!(kept.read(8999..9001).expect("read"), [8999, 0]);
        assert_eq!(kept.read(9500..9502).expect("read"), [0, 0]);
    }

    #[tokio::test]
    async fn a_codec_that_loses_anything_is_noticed_and_the_log_stays() {
        let (_folder, log, folder) = recorded().await;
        let lossy = Codec::flac(
            |samples, _| Ok(samples.iter().map(|sample| (sample >> 8) as u8).collect()),
            |bytes| Ok(bytes.iter().map(|byte| i16::from(*byte) << 8).collect()),
        );
        let broken = Codec::flac(|_, _| Err("no".to_owned()), |_| Ok(Vec::new()));
        for codec in [lossy, broken] {
            let refused = finish_sound(&log, &folder, 100, &codec);
            assert!(matches!(refused, Err(Error::Codec { .. })), "{refused:?}");
            assert!(log.exists() && !folder.exists());
        }
        finish_sound(&log, &folder, 100, &plain()).expect("finished after all");
    }

    #[tokio::test]
    async fn finishing_goes_on_wherever_it_was_interrupted() {
        let (_folder, log, folder) = recorded().await;
        let half = folder.with_extension("tmp");
        fs::create_dir(&half).expect("made");
        fs::write(half.join("0000.flac"), "half").expect("written");
        fs::write(half.join("0007.flac"), "stale").expect("written");
        let before = fs::read(&log).expect("the log");
        finish_sound(&log, &folder, 100, &plain()).expect("finished");
        assert!(!half.exists() && !folder.join("0007.flac").exists());

        fs::write(&log, before).expect("as if it had not been removed yet");
        let kept = finish_sound(&log, &folder, 100, &plain()).expect("finished again");
        assert!(!log.exists());
        assert_eq!(kept.read(0..3).expect("read"), [0, 1, 2]);
    }

    #[tokio::test]
    async fn a_stream_that_is_written_is_not_finished() {
        let (_folder, log, folder) = recorded().await;
        let appender = Appender::open(&log, 100).await.expect("opened");
        let refused = finish_sound(&log, &folder, 100, &plain());
        assert!(matches!(refused, Err(Error::InUse { .. })), "{refused:?}");
        appender.close().await.expect("closed");
    }
}
