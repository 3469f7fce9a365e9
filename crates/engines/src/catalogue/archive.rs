//! Members of wheels (zip) and Node tarballs, read where they lie: on a server that gives parts of
//! files, or on this disk. Nothing is unpacked by the names inside; a member is a stream of bytes.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use flate2::read::{DeflateDecoder, GzDecoder};
use zip::{CompressionMethod, ZipArchive};

use super::{
    Member,
    web::{Link, Piece, Watch, Web, WebError},
};

/// How much of a remote archive is asked for at once; a wheel's directory mostly fits.
const BLOCK_BYTES: u64 = 64 << 10;
/// Blocks that the directory and the members' headers of one archive may take.
const BLOCKS_MAX: usize = 256;
/// Entries that a tarball is searched through.
const TAR_ENTRIES_MAX: usize = 100_000;

/// Why a member could not be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum ArchiveError {
    #[error(transparent)]
    Web(#[from] WebError),
    #[error("the archive cannot be read: {0}")]
    Unreadable(String),
    #[error("the archive has no {0}")]
    Absent(String),
}

/// A member's bytes as they were fetched.
#[derive(Debug)]
pub(super) enum Packed {
    /// A file of its own, to be inflated or not.
    Alone { path: PathBuf, deflated: bool },
    /// A member of an archive on this disk.
    Inside { archive: PathBuf, member: String },
}

impl Packed {
    /// The file it lies in.
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Alone { path, .. } | Self::Inside { archive: path, .. } => path,
        }
    }

    /// Hands its unpacked bytes to `consume`.
    pub(super) fn read(
        &self,
        consume: &mut dyn FnMut(&mut dyn Read) -> io::Result<()>,
    ) -> Result<(), ArchiveError> {
        let unreadable = |error: io::Error| ArchiveError::Unreadable(error.to_string());
        match self {
            Self::Alone { path, deflated } => {
                let mut file = BufReader::new(File::open(path).map_err(unreadable)?);
                if *deflated {
                    consume(&mut DeflateDecoder::new(file)).map_err(unreadable)
                } else {
                    consume(&mut file).map_err(unreadable)
                }
            }
            Self::Inside { archive, member } if is_zip(archive) => {
                let file = BufReader::new(File::open(archive).map_err(unreadable)?);
                let mut zip = open_zip(file)?;
                let mut entry = find(&mut zip, member)?;
                consume(&mut entry).map_err(unreadable)
            }
            Self::Inside { archive, member } => {
                let file = BufReader::new(File::open(archive).map_err(unreadable)?);
                let mut tar = tar::Archive::new(GzDecoder::new(file));
                for entry in tar.entries().map_err(unreadable)?.take(TAR_ENTRIES_MAX) {
                    let mut entry = entry.map_err(unreadable)?;
                    if *entry.path_bytes() == *member.as_bytes() {
                        return consume(&mut entry).map_err(unreadable);
                    }
                }
                Err(ArchiveError::Absent(member.clone()))
            }
        }
    }
}

fn is_zip(archive: &Path) -> bool {
    archive.extension().is_some_and(|extension| extension == "whl")
}

/// The name of the file that holds a member's package.
pub(super) fn file_name(member: &Member) -> String {
    match member {
        Member::Wheel { wheel, .. } => wheel.clone(),
        // As `npm pack` names it.
        Member::Npm { npm, .. } => {
            let (name, version) = npm.rsplit_once('@').unwrap_or((npm, ""));
            format!("{}-{version}.tgz", name.trim_start_matches('@').replace('/', "-"))
        }
    }
}

/// The path of a member inside its package.
pub(super) fn member_path(member: &Member) -> &str {
    match member {
        Member::Wheel { member, .. } | Member::Npm { member, .. } => member,
    }
}

/// Where a member's bytes are in an archive on a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Located {
    pub(super) piece: Piece,
    pub(super) deflated: bool,
}

/// What was read of an archive on a server, kept for its next member.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    /// The archive's size.
    len: u64,
    /// Pieces of [`BLOCK_BYTES`] by where they start; the last one may be shorter.
    read: BTreeMap<u64, Vec<u8>>,
}

/// Reads a remote zip's directory and finds a member in it.
pub(super) fn locate(
    web: &Web,
    link: &Link,
    blocks: &mut Blocks,
    member: &str,
    watch: &mut dyn Watch,
) -> Result<Located, ArchiveError> {
    let mut remote = RemoteFile { web, link, watch, blocks, at: 0, failure: None };
    if remote.blocks.read.is_empty() {
        remote.fetch(0)?;
    }
    let found = locate_in(&mut remote, member);
    match remote.failure.take() {
        Some(failure) => Err(failure.into()),
        None => found,
    }
}

fn locate_in(zip: impl Read + Seek, member: &str) -> Result<Located, ArchiveError> {
    let mut zip = open_zip(zip)?;
    let entry = find(&mut zip, member)?;
    let deflated = match entry.compression() {
        CompressionMethod::Stored => false,
        CompressionMethod::Deflated => true,
        other => return Err(ArchiveError::Unreadable(format!("{other} is not supported"))),
    };
    let start = entry
        .data_start()
        .ok_or_else(|| ArchiveError::Unreadable("a member has no place".to_owned()))?;
    Ok(Located { piece: Piece { start, len: entry.compressed_size() }, deflated })
}

fn open_zip<R: Read + Seek>(reader: R) -> Result<ZipArchive<R>, ArchiveError> {
    ZipArchive::new(reader).map_err(|error| ArchiveError::Unreadable(error.to_string()))
}

fn find<'a, R: Read + Seek>(
    zip: &'a mut ZipArchive<R>,
    member: &str,
) -> Result<zip::read::ZipFile<'a, R>, ArchiveError> {
    zip.by_name(member).map_err(|error| match error {
        zip::result::ZipError::FileNotFound => ArchiveError::Absent(member.to_owned()),
        other => ArchiveError::Unreadable(other.to_string()),
    })
}

/// A file on a server, read block by block.
struct RemoteFile<'a> {
    web: &'a Web,
    link: &'a Link,
    watch: &'a mut dyn Watch,
    blocks: &'a mut Blocks,
    at: u64,
    /// What really went wrong, which the zip reader would only show as words.
    failure: Option<WebError>,
}

impl RemoteFile<'_> {
    fn fetch(&mut self, start: u64) -> Result<(), WebError> {
        let piece = Piece { start, len: BLOCK_BYTES };
        let (bytes, len) = self.web.piece(self.link, piece, self.watch)?;
        self.blocks.len = len;
        self.blocks.read.insert(start, bytes);
        Ok(())
    }
}

impl Read for RemoteFile<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.blocks.len || buffer.is_empty() {
            return Ok(0);
        }
        let start = self.at - self.at % BLOCK_BYTES;
        if !self.blocks.read.contains_key(&start) {
            if self.blocks.read.len() >= BLOCKS_MAX {
                return Err(io::Error::other("the archive's directory is too large"));
            }
            if let Err(failure) = self.fetch(start) {
                let words = failure.to_string();
                self.failure = Some(failure);
                return Err(io::Error::other(words));
            }
        }
        let Some(block) = self.blocks.read.get(&start) else { return Ok(0) };
        let from =
            usize::try_from(self.at - start).map_or(block.len(), |from| from.min(block.len()));
        let count = buffer.len().min(block.len() - from);
        buffer[..count].copy_from_slice(&block[from..from + count]);
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for RemoteFile<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.blocks.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

/// Removes a file that may be gone already.
pub(super) fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::debug!(path = %path.display(), %error, "a leftover could not be removed");
    }
}
