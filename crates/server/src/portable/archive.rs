//! `.greenroom` files: a ZIP of `archive.json` and the recordings beside it.
//!
//! What is read may come from anywhere. Only names that this program writes are unpacked, the sizes
//! that the file states are not believed, and everything is bounded.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, BufWriter, Read, Seek, Write},
    path::Path,
};

use store::{ARCHIVE_VERSION, ArchiveFile, InterviewArchive};
use zip::{CompressionMethod, ZipArchive, ZipWriter, result::ZipError, write::SimpleFileOptions};

/// Name of the entry that holds all rows.
const ROWS: &str = "archive.json";
/// Most bytes of that entry.
const ROWS_BYTES_MAX: u64 = 256 << 20;
/// Most entries: six hours of sound, minute by minute, of some dozen streams.
const ENTRIES_MAX: usize = 10_000;
/// Most bytes that a file unpacks to.
pub const UNPACKED_BYTES_MAX: u64 = 8 << 30;

/// Why a file is not imported.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// It is something else, or was cut off.
    #[error("this is not a whole .greenroom file ({0}); export it again")]
    NotAnArchive(String),
    /// It holds something that this program does not write.
    #[error("the file holds an entry '{0}', which does not belong in a .greenroom file")]
    Entry(String),
    /// It is larger than can be taken.
    #[error("the file unpacks to more than can be imported")]
    TooLarge,
    /// A newer program wrote it.
    #[error("a newer version of Greenroom wrote this file (format {0}); bring this one up to date")]
    Newer(u64),
    /// The disk here refused.
    #[error("the file cannot be unpacked: {0}")]
    Storage(#[source] io::Error),
}

impl From<ZipError> for Problem {
    fn from(error: ZipError) -> Self {
        Self::NotAnArchive(error.to_string())
    }
}

/// Writes an archive and its files.
///
/// # Errors
/// When a file cannot be read or `out` cannot be written.
pub fn write(
    archive: &InterviewArchive,
    files: &[ArchiveFile],
    out: impl Write + Seek,
) -> anyhow::Result<()> {
    let mut zip = ZipWriter::new(BufWriter::new(out));
    let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    zip.start_file(ROWS, packed)?;
    serde_json::to_writer(&mut zip, archive)?;
    // Recordings are compressed already.
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for file in files {
        zip.start_file(&file.name, stored.large_file(file.bytes >= u64::from(u32::MAX)))?;
        io::copy(&mut File::open(&file.path)?, &mut zip)?;
    }
    zip.finish()?.flush()?;
    Ok(())
}

/// Reads an archive and unpacks its files into `folder`, under their names.
///
/// # Errors
/// When it is not whole, holds anything that [`write`] does not write, or is too large.
pub fn read(file: impl Read + Seek, folder: &Path) -> Result<InterviewArchive, Problem> {
    let mut zip = ZipArchive::new(io::BufReader::new(file))?;
    if zip.len() > ENTRIES_MAX {
        return Err(Problem::TooLarge);
    }
    let mut archive = None;
    let mut bytes_left = UNPACKED_BYTES_MAX;
    let mut seen = BTreeSet::new();
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index)?;
        let name = entry.name()?.into_owned();
        if !seen.insert(name.clone()) {
            return Err(Problem::Entry(name));
        }
        if name == ROWS {
            archive = Some(rows(&mut entry)?);
            continue;
        }
        let Some((stream, part)) = name.split_once('/').filter(|parts| is_ours(*parts)) else {
            return Err(Problem::Entry(name));
        };
        let place = folder.join(stream);
        fs::create_dir_all(&place).map_err(Problem::Storage)?;
        let out = File::create(place.join(part)).map_err(Problem::Storage)?;
        bytes_left -= unpack(&mut entry, &out, bytes_left)?;
    }
    archive.ok_or_else(|| Problem::NotAnArchive(format!("there is no {ROWS} in it")))
}

fn rows(entry: &mut impl Read) -> Result<InterviewArchive, Problem> {
    let unreadable = |error: &dyn std::fmt::Display| Problem::NotAnArchive(error.to_string());
    let mut text = Vec::new();
    let read = entry.take(ROWS_BYTES_MAX + 1).read_to_end(&mut text);
    if read.map_err(|error| unreadable(&error))? as u64 > ROWS_BYTES_MAX {
        return Err(Problem::TooLarge);
    }
    let json: serde_json::Value =
        serde_json::from_slice(&text).map_err(|error| unreadable(&error))?;
    if let Some(version) = json["version"].as_u64().filter(|v| *v > u64::from(ARCHIVE_VERSION)) {
        return Err(Problem::Newer(version));
    }
    serde_json::from_value(json).map_err(|error| unreadable(&error))
}

/// Whether a folder and a file in it are named as the store names them.
fn is_ours((folder, file): (&str, &str)) -> bool {
    let number = folder.strip_prefix("stream-").unwrap_or_default();
    let digits =
        |text: &str| (1..=6).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let sound = file.strip_suffix(".flac").is_some_and(digits);
    digits(number) && (sound || file == "index.json" || file == "video")
}

/// Unpacks at most `bytes_max` bytes of an entry and says how many there were.
fn unpack(entry: &mut impl Read, mut out: &File, bytes_max: u64) -> Result<u64, Problem> {
    let mut piece = vec![0; 64 << 10];
    let mut bytes = 0;
    loop {
        let count = entry.read(&mut piece).map_err(|e| Problem::NotAnArchive(e.to_string()))?;
        if count == 0 {
            return Ok(bytes);
        }
        bytes += count as u64;
        if bytes > bytes_max {
            return Err(Problem::TooLarge);
        }
        out.write_all(&piece[..count]).map_err(Problem::Storage)?;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn zip_of(entries: &[(&str, &[u8])]) -> Cursor<Vec<u8>> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in entries {
            zip.start_file(*name, SimpleFileOptions::default()).expect("started");
            zip.write_all(bytes).expect("written");
        }
        zip.finish().expect("finished")
    }

    fn problem_of(file: Cursor<Vec<u8>>) -> (Problem, usize) {
        let folder = tempfile::tempdir().expect("a folder");
        let inside = folder.path().join("inside");
        fs::create_dir(&inside).expect("made");
        let problem = read(file, &inside).expect_err("it must not be read");
        let outside = fs::read_dir(folder.path()).expect("read").count();
        (problem, outside)
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused_and_nothing_is_written() {
        for name in [
            "../evil",
            "stream-0/../../evil",
            "/etc/evil",
            "stream-0/.bashrc",
            "stream-x/video",
            "stream-0/a/b",
            "stream-0\\video",
            "notes.txt",
        ] {
            let (problem, outside) = problem_of(zip_of(&[(name, b"x")]));
            assert!(
                matches!(&problem, Problem::Entry(found) if found == name),
                "{name}: {problem}"
            );
            assert_eq!(outside, 1, "{name}");
        }
    }

    #[test]
    fn what_is_no_archive_is_named_as_such() {
        let text = Cursor::new(b"just a text".to_vec());
        assert!(matches!(problem_of(text).0, Problem::NotAnArchive(_)));
        assert!(matches!(problem_of(zip_of(&[])).0, Problem::NotAnArchive(_)));
        let broken = zip_of(&[(ROWS, b"{\"version\": 1}")]);
        assert!(matches!(problem_of(broken).0, Problem::NotAnArchive(_)));
        let newer = zip_of(&[(ROWS, b"{\"version\": 99}")]);
        assert!(matches!(problem_of(newer).0, Problem::Newer(99)));
    }

    #[test]
    fn a_file_that_unpacks_to_too_much_is_stopped_on_its_way() {
        let folder = tempfile::tempdir().expect("a folder");
        let out = File::create(folder.path().join("out")).expect("made");
        let bomb = unpack(&mut io::repeat(0), &out, 1 << 20);
        assert!(matches!(bomb, Err(Problem::TooLarge)));
        let length = fs::metadata(folder.path().join("out")).expect("there").len();
        assert!(length <= 1 << 20, "{length}");
    }
}
