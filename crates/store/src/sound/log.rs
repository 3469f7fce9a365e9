//! The log file of one stream: opening, recovering, appending, scanning, reading.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{BufReader, Read, Seek, SeekFrom, Write},
    ops::Range,
    path::{Path, PathBuf},
};

use super::{
    Error,
    frame::{HEADER_BYTES, Header, Kind, MARK, Window, samples},
    sync_folder,
};

const FILE_MARK: [u8; 8] = *b"GRlog1\r\n";
/// Mark, sample rate, reserved.
const FILE_HEADER_BYTES: u64 = 16;

/// Where a frame's payload stands in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) seq: u32,
    pub(crate) position: u64,
    pub(crate) offset: u64,
    pub(crate) bytes: u32,
}

impl Piece {
    fn end(self) -> u64 {
        self.position + u64::from(self.bytes) / 2
    }
}

/// What a log holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Scan {
    /// Every frame with a payload, in the order of the file.
    pub(crate) pieces: Vec<Piece>,
    /// The position after the last sample of all.
    pub(crate) end: u64,
    /// Length of the file up to the end of the last good frame.
    pub(crate) good_bytes: u64,
    /// Bytes in front of that which belong to no good frame.
    pub(crate) damaged_bytes: u64,
    pub(super) window: Window,
}

impl Scan {
    fn add(&mut self, header: &Header, offset: u64) {
        match header.kind {
            Kind::Samples | Kind::Chunk => {
                self.window.add(header.seq);
                let piece = Piece {
                    seq: header.seq,
                    position: header.position,
                    offset,
                    bytes: header.payload_bytes,
                };
                self.end = self.end.max(match header.kind {
                    Kind::Samples => piece.end(),
                    _ => piece.position,
                });
                self.pieces.push(piece);
            }
            Kind::Lost => {
                self.window.skip_to(header.seq);
                self.end = self.end.max(header.position);
            }
        }
    }
}

/// A log that this process alone writes.
#[derive(Debug)]
pub(super) struct Log {
    file: File,
    path: PathBuf,
    bytes: u64,
}

impl Log {
    /// Opens the log at `path`, or makes an empty one, and cuts off a torn tail.
    pub(super) fn open(path: &Path, sample_rate: u32) -> Result<(Self, Scan), Error> {
        let io = || Error::io(path);
        let folder = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(io())?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(io())?;
        take(&file, path)?;
        let length = file.metadata().map_err(io())?.len();
        if length < FILE_HEADER_BYTES {
            file.set_len(0).map_err(io())?;
            file.write_all(&file_header(sample_rate)).map_err(io())?;
            file.sync_all().map_err(io())?;
            sync_folder(folder).map_err(Error::io(folder))?;
            if let Some(above) = folder.parent() {
                sync_folder(above).map_err(Error::io(above))?;
            }
        }
        let scan = scan_file(&mut file, path, sample_rate)?;
        if scan.good_bytes < length {
            tracing::warn!(
                file = %path.display(), bytes = length - scan.good_bytes,
                "cut off the torn end of a stream; none of it had been acknowledged"
            );
            file.set_len(scan.good_bytes).map_err(io())?;
            file.sync_all().map_err(io())?;
        }
        if scan.damaged_bytes > 0 {
            tracing::error!(
                file = %path.display(), bytes = scan.damaged_bytes,
                "a stream is damaged; what cannot be read is silence"
            );
        }
        let bytes = scan.good_bytes;
        Ok((Self { file, path: path.to_owned(), bytes }, scan))
    }

    /// Length of what is synced.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Appends and syncs. What could not be written and synced as a whole is cut off again, so that
    /// a second try writes all of it anew: after a failed sync nothing says what reached the disk.
    pub(super) fn append(&mut self, frames: &[u8]) -> Result<(), Error> {
        let written = self
            .file
            .seek(SeekFrom::Start(self.bytes))
            .and_then(|_| self.file.write_all(frames))
            .and_then(|()| self.file.sync_data());
        match written {
            Ok(()) => {
                self.bytes += frames.len() as u64;
                Ok(())
            }
            Err(error) => {
                if let Err(error) = self.file.set_len(self.bytes) {
                    tracing::warn!(file = %self.path.display(), %error, "cannot cut a log");
                }
                Err(Error::io(&self.path)(error))
            }
        }
    }
}

/// Keeps everybody else from writing the log at `path` until the result is dropped; `None` when
/// there is none.
pub(super) fn hold(path: &Path) -> Result<Option<File>, Error> {
    match File::open(path) {
        Ok(file) => take(&file, path).map(|()| Some(file)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io(path)(error)),
    }
}

fn take(file: &File, path: &Path) -> Result<(), Error> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => Error::InUse { path: path.to_owned() },
        TryLockError::Error(source) => Error::io(path)(source),
    })
}

fn file_header(sample_rate: u32) -> [u8; FILE_HEADER_BYTES as usize] {
    let mut header = [0; FILE_HEADER_BYTES as usize];
    header[..8].copy_from_slice(&FILE_MARK);
    header[8..12].copy_from_slice(&sample_rate.to_le_bytes());
    header
}

/// Reads a whole log; a file that does not exist is empty.
pub(crate) fn scan(path: &Path, sample_rate: u32) -> Result<Scan, Error> {
    match File::open(path) {
        Ok(mut file) => scan_file(&mut file, path, sample_rate),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Scan::default()),
        Err(error) => Err(Error::io(path)(error)),
    }
}

fn scan_file(file: &mut File, path: &Path, sample_rate: u32) -> Result<Scan, Error> {
    let io = || Error::io(path);
    let length = file.metadata().map_err(io())?.len();
    if length < FILE_HEADER_BYTES {
        return Ok(Scan::default());
    }
    file.seek(SeekFrom::Start(0)).map_err(io())?;
    let mut reader = BufReader::with_capacity(1 << 18, file);
    let mut header = [0; FILE_HEADER_BYTES as usize];
    reader.read_exact(&mut header).map_err(io())?;
    if header != file_header(sample_rate) {
        return Err(Error::NotALog { path: path.to_owned(), sample_rate });
    }
    let mut scan = Scan { good_bytes: FILE_HEADER_BYTES, ..Scan::default() };
    let mut offset = FILE_HEADER_BYTES;
    let mut payload = Vec::new();
    while let Some(found) = next_frame(&mut reader, offset, length, &mut payload).map_err(io())? {
        scan.damaged_bytes += found.offset - scan.good_bytes;
        let payload_offset = found.offset + HEADER_BYTES as u64;
        scan.add(&found.header, payload_offset);
        offset = payload_offset + u64::from(found.header.payload_bytes);
        scan.good_bytes = offset;
    }
    Ok(scan)
}

struct Found {
    header: Header,
    offset: u64,
}

/// The next good frame at `offset` or, behind damage, later. The reader stands at `offset`.
fn next_frame(
    reader: &mut (impl Read + Seek),
    offset: u64,
    length: u64,
    payload: &mut Vec<u8>,
) -> std::io::Result<Option<Found>> {
    let mut offset = offset;
    loop {
        if offset + HEADER_BYTES as u64 > length {
            return Ok(None);
        }
        let mut bytes = [0; HEADER_BYTES];
        reader.read_exact(&mut bytes)?;
        if let Some(header) = Header::read(&bytes)
            && offset + HEADER_BYTES as u64 + u64::from(header.payload_bytes) <= length
        {
            payload.resize(header.payload_bytes as usize, 0);
            reader.read_exact(payload)?;
            if header.matches(payload) {
                return Ok(Some(Found { header, offset }));
            }
        }
        reader.seek(SeekFrom::Start(offset + 1))?;
        match find_mark(reader, offset + 1)? {
            Some(next) => offset = next,
            None => return Ok(None),
        }
        reader.seek(SeekFrom::Start(offset))?;
    }
}

/// The offset of the next mark at or after `offset`, where the reader stands.
fn find_mark(reader: &mut impl Read, offset: u64) -> std::io::Result<Option<u64>> {
    let mut start = offset;
    let mut window = Vec::new();
    let mut block = vec![0; 1 << 16];
    loop {
        let count = reader.read(&mut block)?;
        if count == 0 {
            return Ok(None);
        }
        window.extend_from_slice(&block[..count]);
        if let Some(found) = window.windows(MARK.len()).position(|bytes| bytes == MARK) {
            return Ok(Some(start + found as u64));
        }
        let keep = window.len().min(MARK.len() - 1);
        start += (window.len() - keep) as u64;
        window.drain(..window.len() - keep);
    }
}

/// Reads samples of `range` from those `pieces` of a log; where none is, silence.
pub(crate) fn read_samples(
    path: &Path,
    pieces: &[Piece],
    range: Range<u64>,
) -> Result<Vec<i16>, Error> {
    let length = range.end.saturating_sub(range.start);
    let mut out = vec![0; length as usize];
    let wanted =
        pieces.iter().filter(|piece| piece.position < range.end && piece.end() > range.start);
    let mut file = None;
    for piece in wanted {
        let file = match &mut file {
            Some(file) => file,
            none => none.insert(File::open(path).map_err(Error::io(path))?),
        };
        let sound = samples(&read_payload(file, *piece).map_err(Error::io(path))?);
        let first = piece.position.max(range.start);
        let end = piece.end().min(range.end);
        let from = (first - piece.position) as usize..(end - piece.position) as usize;
        let to = (first - range.start) as usize..(end - range.start) as usize;
        out[to].copy_from_slice(&sound[from]);
    }
    Ok(out)
}

/// Reads the payload of a piece.
pub(crate) fn read_payload(file: &mut File, piece: Piece) -> std::io::Result<Vec<u8>> {
    let mut payload = vec![0; piece.bytes as usize];
    file.seek(SeekFrom::Start(piece.offset))?;
    file.read_exact(&mut payload)?;
    Ok(payload)
}
