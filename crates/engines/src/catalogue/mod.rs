//! The catalogue of models as data, what of it is on this machine, and fetching the rest.
//!
//! A model is a folder `<models>/<id>/` of files, each pinned by its size and SHA-256. A file comes
//! from the first source that gives exactly these bytes: a folder the person names, then the
//! registries their own `pip` and `npm` are set up for, then (only when they agree) a public
//! address. Archives are opened, never installed, and of a wheel only the wanted member is fetched
//! where the server allows it.
//!
//! Beside a model's files lie `<file>.part` (a transfer that can be taken up again) and
//! `.verified.json` (size, time and hash of each file when it was last read in full, so that a
//! start needs no hashing).

mod archive;
mod progress;
mod pull;
mod registry;
mod state;
#[cfg(test)]
mod tests;
mod web;

use std::{
    collections::BTreeSet,
    path::{Component, Path, PathBuf},
};

use serde::{Deserialize, Serialize};

pub(crate) use self::web::agent_settings;
pub use self::{
    progress::{Board, BoardRow, Event, Phase, Progress, Silent},
    pull::{Attempt, Origins, PullReport},
    registry::{Registries, Registry},
    state::{ModelState, State},
};

/// The catalogue this build ships.
const BUILT_IN: &str = include_str!("../../../../content/models.toml");

/// Why the catalogue could not be read, or a model not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The catalogue's text breaks a rule of its format.
    #[error("the model catalogue is not valid: {reason}")]
    Invalid {
        /// Which rule, and where.
        reason: String,
    },
    /// An id that the catalogue does not have.
    #[error("there is no model '{id}'; 'greenroom models list' names them all")]
    Unknown {
        /// What was asked for.
        id: String,
    },
    /// The model has no files for this operating system and processor.
    #[error("'{id}' has no files for {platform}; typed interviews work without it")]
    NotForThisMachine {
        /// The model.
        id: String,
        /// This machine, such as `macos-aarch64`.
        platform: String,
    },
    /// Another process fetches into the same folder.
    #[error("another pull into {dir} is running; wait until it ends", dir = dir.display())]
    Busy {
        /// The models folder.
        dir: PathBuf,
    },
    /// No room left.
    #[error(
        "the disk that holds {path} is full; free some space and pull again, what was fetched is kept",
        path = path.display()
    )]
    DiskFull {
        /// The file that was being written.
        path: PathBuf,
    },
    /// The folder may not be written to.
    #[error(
        "{path} cannot be written; make its folder writable or set GREENROOM_MODELS to one that is",
        path = path.display()
    )]
    NotWritable {
        /// The file or folder.
        path: PathBuf,
    },
    /// Any other failure of the file system.
    #[error("{path}: {reason}; mend that and pull again", path = path.display())]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The person stopped it.
    #[error("stopped; pull again to go on from here")]
    Cancelled,
    /// No source gave the file.
    #[error("{}", describe_attempts(path, attempts))]
    NoSource {
        /// The file, as `<id>/<path>`.
        path: String,
        /// What was tried, in order.
        attempts: Vec<Attempt>,
    },
}

impl CatalogueError {
    /// Sorts a failure of the file system by what the person can do about it.
    fn disk(path: &Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        let path = path.to_owned();
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull { path },
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                Self::NotWritable { path }
            }
            _ => Self::Disk { path, reason: error.to_string() },
        }
    }

    /// Whether trying another source or another model is of no use.
    fn ends_the_pull(&self) -> bool {
        matches!(
            self,
            Self::DiskFull { .. } | Self::NotWritable { .. } | Self::Disk { .. } | Self::Cancelled
        )
    }
}

fn describe_attempts(path: &str, attempts: &[Attempt]) -> String {
    let tried: Vec<String> =
        attempts.iter().map(|attempt| format!("{}: {}", attempt.source, attempt.reason)).collect();
    format!(
        "no source gave {path} ({}); check the network and pull again, or copy the file there and \
         pull with '--from FOLDER'",
        tried.join("; ")
    )
}

/// What a model does for Greenroom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the others.
    Runtime,
    /// Hears whether somebody speaks.
    VoiceActivity,
    /// Hears whether a turn is over.
    TurnEnd,
    /// Quick words for captions.
    Captions,
    /// Accurate words with times.
    Recognition,
    /// Speaks.
    Voice,
    /// Turns meaning into vectors.
    Meaning,
    /// Writes follow-ups and judges.
    Language,
}

/// When a model is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fetch {
    /// Needed for the first spoken interview.
    First,
    /// Fetched with the rest by default, after the first ones.
    Default,
    /// Fetched only when it is asked for by its id.
    OnRequest,
}

/// One model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Its name, which is also its folder's.
    pub id: String,
    /// What it does.
    pub role: Role,
    /// The same in a few words for a person.
    pub purpose: String,
    /// The SPDX identifier of the weights' licence.
    pub licence: String,
    /// When it is fetched.
    pub fetch: Fetch,
    /// Whether the registry's copy was put there by somebody unknown rather than by its makers.
    /// Such a copy is data alone, and what arrives is compared with the pinned hash.
    #[serde(default)]
    pub mirrored: bool,
    /// Whether it only serves to try out that models of its kind run here, and is never chosen by
    /// itself.
    #[serde(default)]
    pub trial: bool,
    /// Its files.
    #[serde(rename = "file")]
    pub files: Vec<ModelFile>,
}

impl Model {
    /// The files that this machine needs.
    pub fn files_here(&self) -> impl Iterator<Item = &ModelFile> {
        let platform = platform();
        self.files
            .iter()
            .filter(move |file| file.platform.as_ref().is_none_or(|wanted| *wanted == platform))
    }

    /// The size of the files that this machine needs.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files_here().map(|file| file.bytes).sum()
    }
}

/// This machine as the catalogue names it, such as `linux-x86_64`.
#[must_use]
pub fn platform() -> String {
    format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH)
}

/// One file of a model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelFile {
    /// Where it lies in the model's folder.
    pub path: String,
    /// The only platform that needs it, or all.
    pub platform: Option<String>,
    /// Its size.
    pub bytes: u64,
    /// The SHA-256 of its bytes in lower-case hexadecimal digits.
    pub sha256: String,
    /// Where it comes from, in the order to try.
    #[serde(rename = "source")]
    pub sources: Vec<Source>,
}

/// Where a file comes from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Source {
    /// The member of one package.
    Member(Member),
    /// Members of several packages, one after the other.
    Joined {
        /// The pieces in order.
        joined: Vec<Member>,
    },
    /// A public address whose bytes were never compared with the pinned file when the catalogue was
    /// written. It is asked about before it is used, and what it gives is held to the same hash.
    Unverified {
        /// An `https` address.
        unverified: String,
    },
}

impl Source {
    /// The members to join, none for an address.
    fn members(&self) -> &[Member] {
        match self {
            Self::Member(member) => std::slice::from_ref(member),
            Self::Joined { joined } => joined,
            Self::Unverified { .. } => &[],
        }
    }
}

/// A file inside a package.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Member {
    /// Inside a wheel of the Python registry.
    Wheel {
        /// The wheel's file name, which carries the package's name and version.
        wheel: String,
        /// The path inside.
        member: String,
    },
    /// Inside a tarball of the Node registry.
    Npm {
        /// `name@version`.
        npm: String,
        /// The path inside.
        member: String,
    },
}

/// All models Greenroom knows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// In the order in which they are fetched.
    #[serde(rename = "model")]
    pub models: Vec<Model>,
}

impl Catalogue {
    /// The catalogue this build ships.
    ///
    /// # Errors
    /// When the shipped file breaks a rule, which a test rules out.
    pub fn built_in() -> Result<Self, CatalogueError> {
        Self::parse(BUILT_IN)
    }

    /// Reads a catalogue from TOML.
    ///
    /// # Errors
    /// When the text is no TOML, or a rule is broken: ids are unique and plain, paths stay in the
    /// model's folder, every file is pinned, and an address is never the first source.
    pub fn parse(text: &str) -> Result<Self, CatalogueError> {
        let catalogue: Self = toml::from_str(text)
            .map_err(|error| CatalogueError::Invalid { reason: error.to_string() })?;
        let mut ids = BTreeSet::new();
        for model in &catalogue.models {
            check_model(model)?;
            if !ids.insert(&model.id) {
                return Err(invalid(&model.id, "appears twice"));
            }
        }
        Ok(catalogue)
    }

    /// The model with this id.
    ///
    /// # Errors
    /// When there is none.
    pub fn model(&self, id: &str) -> Result<&Model, CatalogueError> {
        self.models
            .iter()
            .find(|model| model.id == id)
            .ok_or_else(|| CatalogueError::Unknown { id: id.to_owned() })
    }

    /// The models with these ids, or those fetched by default if none is given, in the order of the
    /// catalogue.
    ///
    /// # Errors
    /// When an id is unknown.
    pub fn choose(&self, ids: &[String]) -> Result<Vec<&Model>, CatalogueError> {
        for id in ids {
            self.model(id)?;
        }
        let wanted = |model: &&Model| match ids {
            [] => model.fetch != Fetch::OnRequest,
            _ => ids.contains(&model.id),
        };
        Ok(self.models.iter().filter(wanted).collect())
    }
}

fn invalid(place: &str, reason: &str) -> CatalogueError {
    CatalogueError::Invalid { reason: format!("{place} {reason}") }
}

fn check_model(model: &Model) -> Result<(), CatalogueError> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    if model.id.is_empty() || model.id.starts_with('.') || !model.id.chars().all(plain) {
        return Err(invalid(&model.id, "is no plain model id"));
    }
    if model.files.is_empty() {
        return Err(invalid(&model.id, "has no files"));
    }
    for file in &model.files {
        check_file(file)
            .map_err(|reason| invalid(&format!("{}/{}", model.id, file.path), &reason))?;
    }
    Ok(())
}

fn check_file(file: &ModelFile) -> Result<(), String> {
    let stays_inside = Path::new(&file.path)
        .components()
        .all(|part| matches!(part, Component::Normal(name) if !name.as_encoded_bytes().starts_with(b".")));
    if file.path.is_empty() || !stays_inside {
        return Err("leaves the model's folder".to_owned());
    }
    let digit = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    if file.sha256.len() != 64 || !file.sha256.chars().all(digit) {
        return Err("has no SHA-256 of 64 lower-case hexadecimal digits".to_owned());
    }
    if file.bytes == 0 {
        return Err("has no size".to_owned());
    }
    match file.sources.first() {
        None => return Err("has no source".to_owned()),
        Some(Source::Unverified { .. }) => {
            return Err("begins with an unverified address".to_owned());
        }
        Some(_) => {}
    }
    file.sources.iter().try_for_each(check_source)
}

fn check_source(source: &Source) -> Result<(), String> {
    if let Source::Unverified { unverified } = source {
        return match unverified.starts_with("https://") {
            true => Ok(()),
            false => Err(format!("has an address without https: {unverified}")),
        };
    }
    if source.members().is_empty() {
        return Err("joins nothing".to_owned());
    }
    source.members().iter().try_for_each(|member| match member {
        Member::Wheel { wheel, .. } => registry::project_of_wheel(wheel).map(|_| ()),
        Member::Npm { npm, .. } => registry::npm_name_and_version(npm).map(|_| ()),
    })
}
