//! What of the catalogue lies on this machine and is whole.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Catalogue, CatalogueError, Fetch, Model, ModelFile, Role};

/// The note of what was last read in full, in each model's folder.
const STAMPS: &str = ".verified.json";

/// Far above the stamps of any model's files.
const STAMPS_BYTES_MAX: u64 = 1 << 20;

/// A model and how much of it is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelState {
    /// Its name.
    pub id: String,
    /// What it does.
    pub role: Role,
    /// The same in a few words for a person.
    pub purpose: String,
    /// The SPDX identifier of the weights' licence.
    pub licence: String,
    /// The size of its files on this machine.
    pub bytes: u64,
    /// When it is fetched.
    pub fetch: Fetch,
    /// Whether somebody unknown put the registry's copy there.
    pub mirrored: bool,
    /// How much of it is here.
    pub state: State,
}

/// How much of a model is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum State {
    /// All of it, and the hashes are right.
    Ready,
    /// Nothing.
    Missing,
    /// Some of it; a pull goes on from there.
    Partial {
        /// Whole files and begun transfers together.
        bytes: u64,
    },
    /// A file is there and is not the one that belongs there; a pull fetches it again.
    Corrupt {
        /// Which, and what is wrong with it.
        reason: String,
    },
    /// It has no files for this operating system and processor.
    NotForThisMachine,
}

/// How one file stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FileState {
    Ready,
    Missing,
    Corrupt(String),
}

/// A file's look when its hash was last computed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    bytes: u64,
    modified_ns: u64,
    sha256: String,
}

impl Catalogue {
    /// How every model stands in `models_dir`. A file whose size and time are those of its last full
    /// reading is not read again.
    #[must_use]
    pub fn state(&self, models_dir: &Path) -> Vec<ModelState> {
        self.models.iter().map(|model| describe(model, models_dir)).collect()
    }

    /// Reads every byte of the models with these ids (all that are here if none is given) and
    /// compares the hashes.
    ///
    /// # Errors
    /// When an id is unknown or a stamp cannot be removed.
    pub fn verify(
        &self,
        ids: &[String],
        models_dir: &Path,
    ) -> Result<Vec<ModelState>, CatalogueError> {
        let models = match ids {
            [] => self.models.iter().collect(),
            _ => self.choose(ids)?,
        };
        models
            .into_iter()
            .map(|model| {
                let stamps = models_dir.join(&model.id).join(STAMPS);
                match fs::remove_file(&stamps) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        Err(CatalogueError::disk(&stamps, &error))
                    }
                    _ => Ok(describe(model, models_dir)),
                }
            })
            .collect()
    }
}

impl Model {
    /// Whether all its files for this machine are whole in `models_dir`.
    #[must_use]
    pub fn is_ready(&self, models_dir: &Path) -> bool {
        state_of(self, models_dir) == State::Ready
    }
}

fn describe(model: &Model, models_dir: &Path) -> ModelState {
    ModelState {
        id: model.id.clone(),
        role: model.role,
        purpose: model.purpose.clone(),
        licence: model.licence.clone(),
        bytes: model.bytes(),
        fetch: model.fetch,
        mirrored: model.mirrored,
        state: state_of(model, models_dir),
    }
}

fn state_of(model: &Model, models_dir: &Path) -> State {
    if model.files_here().next().is_none() {
        return State::NotForThisMachine;
    }
    let mut folder = Folder::open(models_dir, &model.id);
    let mut bytes = 0;
    let mut missing = false;
    let mut corrupt = None;
    for file in model.files_here() {
        match folder.file_state(file) {
            FileState::Ready => bytes += file.bytes,
            FileState::Missing => {
                missing = true;
                bytes += folder.bytes_begun(file).min(file.bytes);
            }
            FileState::Corrupt(reason) => corrupt = Some(reason),
        }
    }
    match (corrupt, missing, bytes) {
        (Some(reason), ..) => State::Corrupt { reason },
        (None, true, 0) => State::Missing,
        (None, true, bytes) => State::Partial { bytes },
        (None, false, _) => State::Ready,
    }
}

/// A model's folder with its stamps.
pub(super) struct Folder {
    dir: PathBuf,
    stamps: BTreeMap<String, Stamp>,
}

impl Folder {
    /// Reads the stamps; unreadable ones count as none, so that the files are read in full.
    pub(super) fn open(models_dir: &Path, id: &str) -> Self {
        let dir = models_dir.join(id);
        let stamps = read_stamps(&dir.join(STAMPS)).unwrap_or_default();
        Self { dir, stamps }
    }

    /// Where `file` lies.
    pub(super) fn path(&self, file: &ModelFile) -> PathBuf {
        self.dir.join(&file.path)
    }

    /// Where the transfer of the file's nth piece lies until it is whole.
    pub(super) fn part_path(&self, file: &ModelFile, index: usize) -> PathBuf {
        let suffix = match index {
            0 => ".part".to_owned(),
            _ => format!(".part{index}"),
        };
        self.dir.join(format!("{}{suffix}", file.path))
    }

    /// Whether `file` is here and whole.
    pub(super) fn file_state(&mut self, file: &ModelFile) -> FileState {
        let path = self.path(file);
        let present = match present(&path) {
            Ok(Some(present)) => present,
            Ok(None) => return FileState::Missing,
            Err(error) => {
                return FileState::Corrupt(format!("{} cannot be read: {error}", file.path));
            }
        };
        if present.0 != file.bytes {
            return FileState::Corrupt(format!(
                "{} has {} bytes instead of {}",
                file.path, present.0, file.bytes
            ));
        }
        let known = self.stamps.get(&file.path);
        let sha256 = match known {
            Some(stamp) if (stamp.bytes, stamp.modified_ns) == present => stamp.sha256.clone(),
            _ => match hash_file(&path) {
                Ok(sha256) => {
                    self.stamp(file, present, sha256.clone());
                    sha256
                }
                Err(error) => {
                    return FileState::Corrupt(format!("{} cannot be read: {error}", file.path));
                }
            },
        };
        if sha256 == file.sha256 {
            FileState::Ready
        } else {
            FileState::Corrupt(format!("{} has another content than the catalogue's", file.path))
        }
    }

    /// Notes that the file now at its place was read in full and has the pinned hash.
    pub(super) fn stamp_pinned(&mut self, file: &ModelFile) {
        if let Ok(Some(present)) = present(&self.path(file)) {
            self.stamp(file, present, file.sha256.clone());
        }
    }

    /// A stamp that cannot be written costs a full reading at the next start and nothing else.
    fn stamp(&mut self, file: &ModelFile, (bytes, modified_ns): (u64, u64), sha256: String) {
        self.stamps.insert(file.path.clone(), Stamp { bytes, modified_ns, sha256 });
        if let Err(error) = write_stamps(&self.dir.join(STAMPS), &self.stamps) {
            tracing::debug!(dir = %self.dir.display(), %error, "model stamps were not written");
        }
    }

    /// Bytes of transfers that were begun and not ended.
    fn bytes_begun(&self, file: &ModelFile) -> u64 {
        let pieces = file.sources.iter().map(|source| source.members().len()).max().unwrap_or(1);
        (0..pieces.max(1))
            .filter_map(|index| fs::metadata(self.part_path(file, index)).ok())
            .map(|metadata| metadata.len())
            .sum()
    }
}

/// Size and time of change (nanoseconds since 1970) of a file, if there is one.
fn present(path: &Path) -> io::Result<Option<(u64, u64)>> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let since_epoch = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(Some((metadata.len(), u64::try_from(since_epoch.as_nanos()).unwrap_or(u64::MAX))))
}

fn read_stamps(path: &Path) -> io::Result<BTreeMap<String, Stamp>> {
    let mut text = String::new();
    File::open(path)?.take(STAMPS_BYTES_MAX).read_to_string(&mut text)?;
    Ok(serde_json::from_str(&text)?)
}

fn write_stamps(path: &Path, stamps: &BTreeMap<String, Stamp>) -> io::Result<()> {
    let unfinished = path.with_extension("json.new");
    fs::write(&unfinished, serde_json::to_vec_pretty(stamps)?)?;
    fs::rename(unfinished, path)
}

/// The SHA-256 of a file in lower-case hexadecimal digits.
fn hash_file(path: &Path) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&hasher.finalize())),
            count => hasher.update(&buffer[..count]),
        }
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}
