//! Fetching what is missing, smallest way to a first interview first.

use std::{
    cell::RefCell,
    collections::HashMap,
    fs::{self, File},
    io::{self, Read, Write},
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::{
    Catalogue, CatalogueError, Event, Fetch, Member, Model, ModelFile, Progress, Registries,
    Source,
    archive::{self, ArchiveError, Blocks, Packed},
    platform,
    registry::FindError,
    state::{FileState, Folder, hex},
    web::{Link, Watch, Web, WebError},
};

/// Where packages that had to be fetched whole lie while a model is put together.
const PACKAGES: &str = ".packages";
/// Held while a pull runs; the system lets go of it when the process ends, however it ends.
const LOCK: &str = ".lock";
/// Times one source is asked for a file whose bytes then turn out to be others.
const WRONG_CONTENT_MAX: usize = 2;

/// Where files come from, besides what each one's own sources say.
#[derive(Debug, Clone)]
pub struct Origins {
    /// A folder that is tried first: with the models' files as `<id>/<path>`, or with the packages
    /// (wheels and tarballs) themselves.
    pub folder: Option<PathBuf>,
    /// The registries to ask.
    pub registries: Registries,
}

impl Origins {
    /// A folder or none, and the registries that this person's `pip` and `npm` use.
    #[must_use]
    pub fn from_environment(folder: Option<PathBuf>) -> Self {
        Self { folder, registries: Registries::from_environment() }
    }
}

/// One source that was tried for a file in vain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The package, folder or address.
    pub source: String,
    /// Why it did not give the file.
    pub reason: String,
}

/// What a pull brought.
#[derive(Debug, Default)]
pub struct PullReport {
    /// Models that were here already.
    pub present: Vec<String>,
    /// Models fetched now.
    pub fetched: Vec<String>,
    /// Models that could not be fetched, and why.
    pub failed: Vec<(String, CatalogueError)>,
}

impl Catalogue {
    /// Fetches the models with these ids, or the default ones if none is given, into
    /// `models_dir`, in the order of the catalogue. What is here and whole is left alone.
    ///
    /// # Errors
    /// When an id is unknown, another pull runs in the same folder, the disk does not take it, or
    /// `progress` stops it. A model that no source gives does not end the pull: see
    /// [`PullReport::failed`].
    pub fn pull(
        &self,
        ids: &[String],
        models_dir: &Path,
        origins: &Origins,
        progress: &dyn Progress,
    ) -> Result<PullReport, CatalogueError> {
        Pull::new(models_dir, origins, progress).run(&self.choose(ids)?, !ids.is_empty())
    }
}

/// One pull.
pub(super) struct Pull<'a> {
    models_dir: &'a Path,
    origins: &'a Origins,
    progress: &'a dyn Progress,
    pub(super) web: Web,
    /// Packages that were found, by file name.
    packages: RefCell<HashMap<String, Package>>,
}

/// A package on a registry.
struct Package {
    link: Link,
    blocks: Blocks,
}

/// Why one source did not give a file.
#[derive(Debug, thiserror::Error)]
enum SourceError {
    #[error(transparent)]
    Find(#[from] FindError),
    #[error(transparent)]
    Web(#[from] WebError),
    #[error(transparent)]
    Archive(ArchiveError),
    #[error("its content is not the one pinned ({found})")]
    WrongContent { found: String },
    #[error("not there")]
    Absent,
    #[error("not used, because nobody agreed to an unverified address")]
    Declined,
    #[error(transparent)]
    Ends(CatalogueError),
}

impl From<ArchiveError> for SourceError {
    fn from(error: ArchiveError) -> Self {
        match error {
            ArchiveError::Web(error) => Self::Web(error),
            other => Self::Archive(other),
        }
    }
}

impl<'a> Pull<'a> {
    pub(super) fn new(
        models_dir: &'a Path,
        origins: &'a Origins,
        progress: &'a dyn Progress,
    ) -> Self {
        Self { models_dir, origins, progress, web: Web::new(), packages: RefCell::default() }
    }

    /// Pulls `models` one after the other.
    pub(super) fn run(
        &self,
        models: &[&Model],
        asked_for: bool,
    ) -> Result<PullReport, CatalogueError> {
        fs::create_dir_all(self.models_dir)
            .map_err(|error| CatalogueError::disk(self.models_dir, &error))?;
        let _lock = self.lock()?;
        let mut report = PullReport::default();
        let mut missing = Vec::new();
        for model in models {
            if model.files_here().next().is_none() {
                let id = model.id.clone();
                let error = CatalogueError::NotForThisMachine { id, platform: platform() };
                if asked_for || model.fetch == Fetch::First {
                    self.fail(&mut report, model, error);
                }
            } else if model.is_ready(self.models_dir) {
                report.present.push(model.id.clone());
            } else {
                missing.push(*model);
            }
        }
        for model in &missing {
            self.progress.report(Event::Queued { model: &model.id, bytes_total: model.bytes() });
        }
        for model in missing {
            match self.pull_model(model) {
                Ok(()) => {
                    self.progress.report(Event::Ready { model: &model.id });
                    report.fetched.push(model.id.clone());
                }
                Err(error) if error.ends_the_pull() => {
                    let reason = error.to_string();
                    self.progress.report(Event::Failed { model: &model.id, reason: &reason });
                    return Err(error);
                }
                Err(error) => self.fail(&mut report, model, error),
            }
        }
        Ok(report)
    }

    fn fail(&self, report: &mut PullReport, model: &Model, error: CatalogueError) {
        let reason = error.to_string();
        self.progress.report(Event::Failed { model: &model.id, reason: &reason });
        report.failed.push((model.id.clone(), error));
    }

    /// Takes the folder for this pull alone until the file is dropped.
    fn lock(&self) -> Result<File, CatalogueError> {
        let path = self.models_dir.join(LOCK);
        let file = File::create(&path).map_err(|error| CatalogueError::disk(&path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(fs::TryLockError::WouldBlock) => {
                Err(CatalogueError::Busy { dir: self.models_dir.to_owned() })
            }
            Err(fs::TryLockError::Error(error)) => Err(CatalogueError::disk(&path, &error)),
        }
    }

    fn pull_model(&self, model: &Model) -> Result<(), CatalogueError> {
        let mut folder = Folder::open(self.models_dir, &model.id);
        let mut bytes_before = 0;
        for file in model.files_here() {
            if folder.file_state(file) != FileState::Ready {
                self.pull_file(model, file, &folder, bytes_before)?;
                folder.stamp_pinned(file);
            }
            bytes_before += file.bytes;
            self.progress.report(Event::Advanced {
                model: &model.id,
                bytes_done: bytes_before,
                bytes_total: model.bytes(),
            });
        }
        if let Err(error) = fs::remove_dir_all(self.models_dir.join(PACKAGES))
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::debug!(%error, "fetched packages could not be removed");
        }
        Ok(())
    }

    /// Asks one source after the other.
    fn pull_file(
        &self,
        model: &Model,
        file: &ModelFile,
        folder: &Folder,
        bytes_before: u64,
    ) -> Result<(), CatalogueError> {
        let mut attempts = Vec::new();
        let mut note = |source: String, error: &SourceError| {
            let reason = error.to_string();
            let (model, file) = (model.id.as_str(), file.path.as_str());
            self.progress.report(Event::SourceFailed {
                model,
                file,
                source: &source,
                reason: &reason,
            });
            attempts.push(Attempt { source, reason });
        };
        let target = Target { pull: self, model, file, folder, bytes_before };
        if let Some(from) = &self.origins.folder {
            match target.take_from_folder(from) {
                Ok(()) => return Ok(()),
                Err(error) => note(from.display().to_string(), &ended(error)?),
            }
        }
        for source in &file.sources {
            match target.take_from_source(source) {
                Ok(()) => return Ok(()),
                Err(error) => note(describe(source), &ended(error)?),
            }
        }
        Err(CatalogueError::NoSource { path: format!("{}/{}", model.id, file.path), attempts })
    }

    /// Finds the package that holds `member`, once, and does something with it.
    fn with_package<T>(
        &self,
        member: &Member,
        watch: &mut dyn Watch,
        act: impl FnOnce(&mut Package, &mut dyn Watch) -> T,
    ) -> Result<T, FindError> {
        let name = archive::file_name(member);
        let mut packages = self.packages.borrow_mut();
        if !packages.contains_key(&name) {
            let link = self.origins.registries.find(&self.web, member, watch)?;
            packages.insert(name.clone(), Package { link, blocks: Blocks::default() });
        }
        let package = packages.get_mut(&name).ok_or(FindError::Absent)?;
        Ok(act(package, watch))
    }
}

/// Separates what ends the whole pull from what only ends this source.
fn ended(error: SourceError) -> Result<SourceError, CatalogueError> {
    match error {
        SourceError::Ends(error) => Err(error),
        SourceError::Web(WebError::Cancelled)
        | SourceError::Find(FindError::Web(WebError::Cancelled)) => Err(CatalogueError::Cancelled),
        SourceError::Web(WebError::Disk { path, error }) => {
            Err(CatalogueError::disk(&path, &error))
        }
        other => Ok(other),
    }
}

/// A source in a few words.
fn describe(source: &Source) -> String {
    match source {
        Source::Unverified { unverified } => format!("{unverified} (unverified)"),
        Source::Member(_) | Source::Joined { .. } => {
            let names: Vec<String> = source.members().iter().map(archive::file_name).collect();
            match names.as_slice() {
                [first, .., last] => format!("{first} to {last}"),
                _ => names.join(""),
            }
        }
    }
}

/// One file that is being fetched.
struct Target<'a> {
    pull: &'a Pull<'a>,
    model: &'a Model,
    file: &'a ModelFile,
    folder: &'a Folder,
    /// The size of the model's files before this one.
    bytes_before: u64,
}

impl Target<'_> {
    /// From the folder the person named: the file itself, else the packages it is in.
    fn take_from_folder(&self, from: &Path) -> Result<(), SourceError> {
        let file = from.join(&self.model.id).join(&self.file.path);
        if file.is_file() {
            return self.put_together(&[Packed::Alone { path: file, deflated: false }], false);
        }
        let packages = |source: &Source| {
            let members = source.members().iter().map(|member| Packed::Inside {
                archive: from.join(archive::file_name(member)),
                member: archive::member_path(member).to_owned(),
            });
            let members: Vec<Packed> = members.collect();
            let all_here = members.iter().all(|packed| packed.path().is_file());
            (all_here && !members.is_empty()).then_some(members)
        };
        let packed = self.file.sources.iter().find_map(packages).ok_or(SourceError::Absent)?;
        self.put_together(&packed, false)
    }

    /// From a registry or an address; again if what came was not the pinned content, since a
    /// transfer that was taken up again may have joined two different files.
    fn take_from_source(&self, source: &Source) -> Result<(), SourceError> {
        let mut wrong = 0;
        loop {
            let packed = match source {
                Source::Unverified { unverified } => vec![self.fetch_address(unverified)?],
                Source::Member(_) | Source::Joined { .. } => {
                    self.fetch_members(source.members())?
                }
            };
            let result = self.put_together(&packed, true);
            if let Err(SourceError::WrongContent { .. } | SourceError::Archive(_)) = &result {
                packed.iter().for_each(|packed| archive::remove(packed.path()));
                wrong += 1;
                if wrong < WRONG_CONTENT_MAX {
                    continue;
                }
            }
            return result;
        }
    }

    fn fetch_address(&self, address: &str) -> Result<Packed, SourceError> {
        if !self.pull.progress.may_use_unverified(self.model, address) {
            return Err(SourceError::Declined);
        }
        let url = address
            .parse()
            .map_err(|_| FindError::Unreadable(format!("{address} is no address")))?;
        let link = Link { url, authorization: None };
        let path = self.folder.part_path(self.file, 0);
        let mut watch = self.watch(0, 1);
        self.pull.web.download(&link, None, &path, &mut watch)?;
        Ok(Packed::Alone { path, deflated: false })
    }

    fn fetch_members(&self, members: &[Member]) -> Result<Vec<Packed>, SourceError> {
        let fetch = |(index, member)| self.fetch_member(member, index, members.len());
        members.iter().enumerate().map(fetch).collect()
    }

    /// Fetches the member's own bytes out of its package if the server gives parts of files, and
    /// the whole package if it does not.
    fn fetch_member(
        &self,
        member: &Member,
        index: usize,
        count: usize,
    ) -> Result<Packed, SourceError> {
        let mut watch = self.watch(index, count);
        let name = archive::member_path(member);
        let web = &self.pull.web;
        let (link, located) = self.pull.with_package(member, &mut watch, |package, watch| {
            let located = match member {
                Member::Wheel { .. } => {
                    archive::locate(web, &package.link, &mut package.blocks, name, watch).map(Some)
                }
                Member::Npm { .. } => Ok(None),
            };
            (package.link.clone(), located)
        })?;
        match located {
            Ok(Some(located)) => {
                let path = self.folder.part_path(self.file, index);
                web.download(&link, Some(located.piece), &path, &mut watch)?;
                return Ok(Packed::Alone { path, deflated: located.deflated });
            }
            Ok(None) | Err(ArchiveError::Web(WebError::NoRanges { .. })) => {}
            Err(error) => return Err(error.into()),
        }
        let package = self.pull.models_dir.join(PACKAGES).join(archive::file_name(member));
        if !package.is_file() {
            let part = package.with_added_extension("part");
            self.pull.web.download(&link, None, &part, &mut watch)?;
            fs::rename(&part, &package)
                .map_err(|error| SourceError::Ends(CatalogueError::disk(&package, &error)))?;
        }
        Ok(Packed::Inside { archive: package, member: name.to_owned() })
    }

    /// Joins the unpacked pieces into the file, compares size and hash, and only then puts it in
    /// its place. Pieces that are files of their own are removed once they are joined, if `owned`.
    fn put_together(&self, pieces: &[Packed], owned: bool) -> Result<(), SourceError> {
        let path = self.folder.path(self.file);
        let unfinished = path.with_added_extension("new");
        let disk = |error: io::Error| SourceError::Ends(CatalogueError::disk(&unfinished, &error));
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(disk)?;
        }
        let mut joined = Joined {
            file: File::create(&unfinished).map_err(disk)?,
            hasher: Sha256::new(),
            bytes: 0,
            bytes_max: self.file.bytes,
            failure: None,
        };
        for piece in pieces {
            let read = piece.read(&mut |reader| joined.append(reader));
            if let Some(error) = joined.failure.take() {
                return Err(disk(error));
            }
            read?;
            if owned && matches!(piece, Packed::Alone { .. }) {
                archive::remove(piece.path());
            }
        }
        let found = (joined.bytes, hex(&joined.hasher.finalize()));
        if found != (self.file.bytes, self.file.sha256.clone()) {
            archive::remove(&unfinished);
            let found = format!("{} bytes, sha256 {}", found.0, found.1);
            return Err(SourceError::WrongContent { found });
        }
        joined.file.sync_all().map_err(disk)?;
        fs::rename(&unfinished, &path).map_err(disk)
    }

    fn watch(&self, index: usize, count: usize) -> FileWatch<'_> {
        FileWatch { target: self, index: index as u64, count: count as u64 }
    }
}

/// The file that pieces are joined into.
struct Joined {
    file: File,
    hasher: Sha256,
    bytes: u64,
    bytes_max: u64,
    /// A failure to write, kept apart from failures to read.
    failure: Option<io::Error>,
}

impl Joined {
    fn append(&mut self, reader: &mut dyn Read) -> io::Result<()> {
        let mut buffer = vec![0; 256 << 10];
        loop {
            let count = match reader.read(&mut buffer)? {
                0 => return Ok(()),
                count => count,
            };
            self.bytes += count as u64;
            if self.bytes > self.bytes_max {
                return Err(io::Error::other("more unpacked bytes than pinned"));
            }
            self.hasher.update(&buffer[..count]);
            if let Err(error) = self.file.write_all(&buffer[..count]) {
                let kind = error.kind();
                self.failure = Some(error);
                return Err(kind.into());
            }
        }
    }
}

/// Turns the transfer of one piece into the progress of its model.
struct FileWatch<'a> {
    target: &'a Target<'a>,
    index: u64,
    count: u64,
}

impl Watch for FileWatch<'_> {
    fn advanced(&mut self, done: u64, total: Option<u64>) -> ControlFlow<()> {
        let target = self.target;
        if let Some(total) = total.filter(|total| *total > 0) {
            let of_file = u128::from(target.file.bytes)
                * (u128::from(self.index) * u128::from(total) + u128::from(done.min(total)))
                / (u128::from(self.count) * u128::from(total));
            target.pull.progress.report(Event::Advanced {
                model: &target.model.id,
                bytes_done: target.bytes_before + u64::try_from(of_file).unwrap_or(u64::MAX),
                bytes_total: target.model.bytes(),
            });
        }
        match target.pull.progress.cancelled() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    fn retrying(&mut self, reason: &str) {
        let model = &self.target.model.id;
        self.target.pull.progress.report(Event::Retrying { model, reason });
    }
}
