//! HTTP as the pull needs it: small pages, exact ranges, and large files that survive a broken line.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::OnceLock,
    time::Duration,
};

use secrecy::{ExposeSecret, SecretString};
use ureq::{
    Agent, Body,
    config::ConfigBuilder,
    http::{Response, StatusCode, header},
    tls::{PemItem, RootCerts, TlsConfig},
    typestate::AgentScope,
};
use url::Url;

/// An index page of a project with thousands of wheels has about this size.
const PAGE_BYTES_MAX: u64 = 32 << 20;
/// The largest archive that is fetched whole.
const ARCHIVE_BYTES_MAX: u64 = 4 << 30;
const CONNECT_S_MAX: u64 = 10;
const READ_S_MAX: u64 = 30;
/// Tries in a row that bring nothing.
const FRUITLESS_TRIES_MAX: u32 = 4;
/// A try that brought this much was not fruitless.
const FRUIT_BYTES_MIN: u64 = 256 << 10;
/// Tries of one transfer altogether.
const TRIES_MAX: u32 = 100;

/// Where Linux distributions and BSDs keep the certificates they trust.
const CERTIFICATE_BUNDLES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
];

/// Why something could not be fetched.
#[derive(Debug, thiserror::Error)]
pub(super) enum WebError {
    #[error("{host} cannot be reached: {reason}")]
    Unreachable { host: String, reason: String },
    #[error("{host} answered {status} for {path}")]
    Status { host: String, path: String, status: u16 },
    #[error("{host} broke off: {reason}")]
    BrokeOff { host: String, reason: String },
    #[error("{host} gives no parts of files")]
    NoRanges { host: String },
    #[error("{host} gives more than the {bytes_max} bytes expected")]
    TooLarge { host: String, bytes_max: u64 },
    #[error("{path}: {error}", path = path.display())]
    Disk { path: PathBuf, error: io::Error },
    #[error("stopped")]
    Cancelled,
}

impl WebError {
    /// Whether the same request may succeed a moment later.
    fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::BrokeOff { .. } => true,
            Self::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500..=599),
            _ => false,
        }
    }
}

/// An address and what opens it.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) url: Url,
    pub(super) authorization: Option<SecretString>,
}

impl Link {
    fn host(&self) -> String {
        self.url.host_str().unwrap_or("the server").to_owned()
    }

    fn broke_off(&self, reason: &dyn std::fmt::Display) -> WebError {
        WebError::BrokeOff { host: self.host(), reason: reason.to_string() }
    }
}

/// A piece of a file on a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) start: u64,
    pub(super) len: u64,
}

/// What a transfer tells while it runs.
pub(super) trait Watch {
    /// So many bytes of so many (where the server says) are here; breaking stops the transfer.
    fn advanced(&mut self, done: u64, total: Option<u64>) -> ControlFlow<()>;
    /// A try failed and another follows.
    fn retrying(&mut self, reason: &str);
}

/// Fetches over HTTP with bounded retries.
#[derive(Debug, Clone)]
pub(super) struct Web {
    agent: Agent,
    /// The wait before the second try; it doubles with each further one.
    pub(super) pause: Duration,
}

impl Web {
    pub(super) fn new() -> Self {
        let agent = agent_settings(Duration::from_secs(READ_S_MAX)).build().into();
        Self { agent, pause: Duration::from_millis(500) }
    }

    /// Fetches a page and its content type.
    pub(super) fn page(
        &self,
        link: &Link,
        accept: &str,
        watch: &mut dyn Watch,
    ) -> Result<(String, String), WebError> {
        self.again(watch, || {
            let mut response = self.get(link, Some(accept), None)?;
            require_success(link, &response)?;
            let kind = header_of(&response, header::CONTENT_TYPE).unwrap_or_default();
            let text = response
                .body_mut()
                .with_config()
                .limit(PAGE_BYTES_MAX)
                .read_to_string()
                .map_err(|error| link.broke_off(&error))?;
            Ok((kind, text))
        })
    }

    /// Fetches exactly `piece` into memory, and the size of the whole file.
    pub(super) fn piece(
        &self,
        link: &Link,
        piece: Piece,
        watch: &mut dyn Watch,
    ) -> Result<(Vec<u8>, u64), WebError> {
        self.again(watch, || {
            let mut response = self.get(link, None, Some((piece.start, Some(piece.len))))?;
            let (start, total) = require_range(link, &response)?;
            if start != piece.start {
                return Err(WebError::NoRanges { host: link.host() });
            }
            let mut bytes = Vec::new();
            response
                .body_mut()
                .as_reader()
                .take(piece.len)
                .read_to_end(&mut bytes)
                .map_err(|error| link.broke_off(&error))?;
            let wanted = piece.len.min(total.saturating_sub(start));
            if (bytes.len() as u64) < wanted {
                return Err(link.broke_off(&"the piece came short"));
            }
            Ok((bytes, total))
        })
    }

    /// Fetches `piece`, or the whole file, into `to`, going on from what `to` already holds.
    pub(super) fn download(
        &self,
        link: &Link,
        piece: Option<Piece>,
        to: &Path,
        watch: &mut dyn Watch,
    ) -> Result<(), WebError> {
        let disk = |error| WebError::Disk { path: to.to_owned(), error };
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent).map_err(disk)?;
        }
        let mut fruitless = 0;
        for _ in 0..TRIES_MAX {
            let before = len_of(to);
            let error = match self.try_download(link, piece, to, watch) {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            fruitless = match len_of(to).saturating_sub(before) >= FRUIT_BYTES_MIN {
                true => 0,
                false => fruitless + 1,
            };
            if !error.may_pass() || fruitless >= FRUITLESS_TRIES_MAX {
                return Err(error);
            }
            watch.retrying(&error.to_string());
            self.rest(fruitless, watch, len_of(to))?;
        }
        Err(link.broke_off(&"too many tries"))
    }

    fn try_download(
        &self,
        link: &Link,
        piece: Option<Piece>,
        to: &Path,
        watch: &mut dyn Watch,
    ) -> Result<(), WebError> {
        let disk = |error| WebError::Disk { path: to.to_owned(), error };
        let mut have = len_of(to);
        if let Some(piece) = piece {
            if have == piece.len {
                return Ok(());
            }
            if have > piece.len {
                fs::remove_file(to).map_err(disk)?;
                have = 0;
            }
        }
        let wanted = match (piece, have) {
            (Some(piece), _) => Some((piece.start + have, Some(piece.len - have))),
            (None, 0) => None,
            (None, _) => Some((have, None)),
        };
        let mut response = self.get(link, None, wanted)?;
        if piece.is_none() && response.status() == StatusCode::RANGE_NOT_SATISFIABLE {
            return finish_or_restart(link, &response, to, have);
        }
        let (begin, total) = begin_and_total(link, &response, piece, have)?;
        let mut file =
            OpenOptions::new().create(true).write(true).truncate(false).open(to).map_err(disk)?;
        file.set_len(begin).map_err(disk)?;
        io::Seek::seek(&mut file, io::SeekFrom::Start(begin)).map_err(disk)?;
        copy(link, response.body_mut(), &mut file, to, begin, total, watch)
    }

    fn get(
        &self,
        link: &Link,
        accept: Option<&str>,
        range: Option<(u64, Option<u64>)>,
    ) -> Result<Response<Body>, WebError> {
        let mut request = self.agent.get(link.url.as_str());
        if let Some(accept) = accept {
            request = request.header(header::ACCEPT, accept);
        }
        if let Some(authorization) = &link.authorization {
            request = request.header(header::AUTHORIZATION, authorization.expose_secret());
        }
        request = match range {
            Some((start, Some(len))) => request.header(
                header::RANGE,
                format!("bytes={start}-{}", (start + len).saturating_sub(1)),
            ),
            Some((start, None)) => request.header(header::RANGE, format!("bytes={start}-")),
            None => request,
        };
        request
            .call()
            .map_err(|error| WebError::Unreachable { host: link.host(), reason: error.to_string() })
    }

    /// Tries a small request a few times.
    fn again<T>(
        &self,
        watch: &mut dyn Watch,
        request: impl Fn() -> Result<T, WebError>,
    ) -> Result<T, WebError> {
        for fruitless in 1..FRUITLESS_TRIES_MAX {
            match request() {
                Err(error) if error.may_pass() => {
                    watch.retrying(&error.to_string());
                    self.rest(fruitless, watch, 0)?;
                }
                settled => return settled,
            }
        }
        request()
    }

    /// Waits before another try, longer each time, and notices when it is called off.
    fn rest(&self, fruitless: u32, watch: &mut dyn Watch, done: u64) -> Result<(), WebError> {
        std::thread::sleep(self.pause * 2u32.pow(fruitless.saturating_sub(1).min(4)));
        match watch.advanced(done, None) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(WebError::Cancelled),
        }
    }
}

/// Settings of an agent that trusts what this machine trusts and leaves statuses to its caller.
pub(crate) fn agent_settings(read_time_max: Duration) -> ConfigBuilder<AgentScope> {
    Agent::config_builder()
        .http_status_as_error(false)
        .user_agent(concat!("greenroom/", env!("CARGO_PKG_VERSION")))
        .accept_encoding("identity")
        .timeout_resolve(Some(Duration::from_secs(CONNECT_S_MAX)))
        .timeout_connect(Some(Duration::from_secs(CONNECT_S_MAX)))
        .timeout_recv_response(Some(read_time_max))
        .timeout_per_read(Some(read_time_max))
        .tls_config(TlsConfig::builder().root_certs(root_certificates()).build())
}

/// The certificates of `SSL_CERT_FILE`, else of the operating system, else Mozilla's as they were
/// when this was built.
fn root_certificates() -> RootCerts {
    static ROOTS: OnceLock<RootCerts> = OnceLock::new();
    let read = || {
        let named = std::env::var_os("SSL_CERT_FILE").map(PathBuf::from);
        let bundles = named.into_iter().chain(CERTIFICATE_BUNDLES.map(PathBuf::from));
        for bundle in bundles {
            let Ok(pem) = fs::read(&bundle) else { continue };
            let certificates: Vec<_> = ureq::tls::parse_pem(&pem)
                .filter_map(|item| match item {
                    Ok(PemItem::Certificate(certificate)) => Some(certificate),
                    _ => None,
                })
                .collect();
            if !certificates.is_empty() {
                return RootCerts::from(certificates);
            }
        }
        RootCerts::WebPki
    };
    ROOTS.get_or_init(read).clone()
}

fn copy(
    link: &Link,
    body: &mut Body,
    file: &mut File,
    to: &Path,
    begin: u64,
    total: Option<u64>,
    watch: &mut dyn Watch,
) -> Result<(), WebError> {
    let bytes_max = total.unwrap_or(ARCHIVE_BYTES_MAX).min(ARCHIVE_BYTES_MAX);
    let mut reader = body.as_reader();
    let mut buffer = vec![0; 128 << 10];
    let mut have = begin;
    loop {
        if watch.advanced(have, total).is_break() {
            return Err(WebError::Cancelled);
        }
        let count = reader.read(&mut buffer).map_err(|error| link.broke_off(&error))?;
        if count == 0 {
            break;
        }
        have += count as u64;
        if have > bytes_max {
            return Err(WebError::TooLarge { host: link.host(), bytes_max });
        }
        file.write_all(&buffer[..count])
            .map_err(|error| WebError::Disk { path: to.to_owned(), error })?;
    }
    match total {
        Some(total) if have < total => {
            Err(link.broke_off(&format!("{have} of {total} bytes came")))
        }
        _ => Ok(()),
    }
}

/// Where in the file the answer's body belongs, and how large the file will be if that is known.
fn begin_and_total(
    link: &Link,
    response: &Response<Body>,
    piece: Option<Piece>,
    have: u64,
) -> Result<(u64, Option<u64>), WebError> {
    if piece.is_none() && response.status() != StatusCode::PARTIAL_CONTENT {
        require_success(link, response)?;
        let length = header_of(response, header::CONTENT_LENGTH);
        return Ok((0, length.and_then(|length| length.parse().ok())));
    }
    let (start, total) = require_range(link, response)?;
    if start != piece.map_or(0, |piece| piece.start) + have {
        return Err(WebError::NoRanges { host: link.host() });
    }
    Ok((have, Some(piece.map_or(total, |piece| piece.len))))
}

/// The answer to asking for more than there is: either nothing was missing, or what is here belongs
/// to something else and goes.
fn finish_or_restart(
    link: &Link,
    response: &Response<Body>,
    to: &Path,
    have: u64,
) -> Result<(), WebError> {
    let total = header_of(response, header::CONTENT_RANGE)
        .and_then(|range| range.strip_prefix("bytes */")?.parse::<u64>().ok());
    if total == Some(have) {
        return Ok(());
    }
    fs::remove_file(to).map_err(|error| WebError::Disk { path: to.to_owned(), error })?;
    Err(link.broke_off(&"what was fetched before does not fit"))
}

fn require_success(link: &Link, response: &Response<Body>) -> Result<(), WebError> {
    if response.status().is_success() {
        return Ok(());
    }
    Err(WebError::Status {
        host: link.host(),
        path: link.url.path().to_owned(),
        status: response.status().as_u16(),
    })
}

/// The first byte and the size of the whole file, of an answer that must be a part of one.
fn require_range(link: &Link, response: &Response<Body>) -> Result<(u64, u64), WebError> {
    require_success(link, response)?;
    let parse = |range: String| {
        let (span, total) = range.strip_prefix("bytes ")?.split_once('/')?;
        let (start, _) = span.split_once('-')?;
        Some((start.parse().ok()?, total.parse().ok()?))
    };
    let range = match response.status() {
        StatusCode::PARTIAL_CONTENT => header_of(response, header::CONTENT_RANGE).and_then(parse),
        _ => None,
    };
    range.ok_or_else(|| WebError::NoRanges { host: link.host() })
}

fn header_of(response: &Response<Body>, name: header::HeaderName) -> Option<String> {
    Some(response.headers().get(name)?.to_str().ok()?.to_owned())
}

fn len_of(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}
