//! Language models behind one protocol: the chat completions that OpenAI-compatible servers speak.
//!
//! [`OpenAi`] talks to any such server. [`Worker`] starts our own, `greenroom-language`, as a
//! process on this machine, so that a crash of the model or its memory never takes the server
//! along. Both are [`LanguageModel`]s, and what they write is text to be checked, never trusted.

use std::{
    collections::VecDeque,
    env,
    io::{BufRead, BufReader, Read, Write},
    net::IpAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use ureq::Agent;
use url::{Host, Url};

use crate::{
    Error, LanguageModel, Request, Written,
    catalogue::{self, Catalogue, Model, Role},
};

const PURPOSE: &str = "the language model";
/// The largest answer that is read; a completion of some thousand tokens is far below it.
const ANSWER_BYTES_MAX: u64 = 1 << 20;
/// How much of a server's complaint is passed on.
const REASON_CHARS_MAX: usize = 300;
/// Lines of the worker's own messages kept for when it dies.
const LAST_WORDS_LINES: usize = 5;
const LAST_WORDS_LINE_BYTES_MAX: u64 = 4 << 10;
/// How long the last words of a process that was just ended are waited for.
const LAST_WORDS_MS_MAX: u128 = 500;
/// Starts in a row after which no answer came, before the worker is given up.
const FRUITLESS_STARTS_MAX: u32 = 3;
/// How long the worker may take to say that it is well.
const HEALTH_MS_MAX: u64 = 2_000;

/// Weights of a gigabyte from a slow disk.
const START_MS_MAX: u64 = 60_000;
/// A thousand tokens read and fifty written by a model of 1.5 billion weights on one slow core.
const COMPLETION_MS_MAX: u64 = 90_000;

fn failed(reason: impl Into<String>) -> Error {
    Error::Run { purpose: PURPOSE, reason: reason.into() }
}

/// Where an OpenAI-compatible server is.
#[derive(Debug, Clone)]
pub struct OpenAiSettings {
    /// Up to and without `/chat/completions`, such as `http://127.0.0.1:8080/v1`.
    pub base_url: String,
    /// Sent as a bearer token, if the server wants one.
    pub key: Option<SecretString>,
    /// The model's name as the server knows it.
    pub model: String,
    /// The longest that a completion may take, from asking to the last byte.
    pub time_ms_max: u64,
}

/// A language model behind an OpenAI-compatible server, ours or another's.
#[derive(Debug, Clone)]
pub struct OpenAi {
    agent: Agent,
    completions: Url,
    key: Option<SecretString>,
    model: String,
    identity: String,
    local: bool,
    /// Whether it is our own worker, which knows what the protocol does not.
    ours: bool,
}

impl OpenAi {
    /// A client; nothing is sent yet.
    ///
    /// # Errors
    /// When the address is none of `http` or `https`, or an `http` address would carry what was said
    /// over a network in the clear.
    pub fn new(settings: OpenAiSettings) -> Result<Self, Error> {
        let address = format!("{}/chat/completions", settings.base_url.trim_end_matches('/'));
        let completions = Url::parse(&address).map_err(|error| Error::Load {
            purpose: PURPOSE,
            reason: format!("'{}' is no address ({error})", settings.base_url),
        })?;
        let local = is_loopback(&completions);
        let refused = match completions.scheme() {
            "https" => None,
            "http" if local => None,
            "http" => Some("it would send answers unencrypted; use https"),
            _ => Some("its address must begin with http or https"),
        };
        if let Some(reason) = refused {
            return Err(Error::Load { purpose: PURPOSE, reason: reason.to_owned() });
        }
        let host = completions.host_str().unwrap_or_default();
        Ok(Self {
            agent: client(Duration::from_millis(settings.time_ms_max), local),
            identity: format!("{}@{host}", settings.model),
            completions,
            key: settings.key,
            model: settings.model,
            local,
            ours: false,
        })
    }

    fn ask(&self, request: &Request) -> Result<Written, Error> {
        let body = Completion {
            model: &self.model,
            messages: [
                Message { role: "system", content: &request.system },
                Message { role: "user", content: &request.user },
            ],
            max_tokens: request.tokens_max,
            temperature: request.temperature,
            stream: false,
            seed: request.seed,
            response_format: request.schema.as_ref().map(ResponseFormat::new),
            background: (self.ours && request.background).then_some(true),
        };
        let mut post = self.agent.post(self.completions.as_str());
        if let Some(key) = &self.key {
            post = post.header("authorization", format!("Bearer {}", key.expose_secret()));
        }
        if let Some(time_ms_max) = request.time_ms_max {
            let time_max = Some(Duration::from_millis(time_ms_max));
            post = post.config().timeout_global(time_max).build();
        }
        let mut response = post.send_json(&body).map_err(|error| failed(error.to_string()))?;
        let status = response.status();
        let text = response
            .body_mut()
            .with_config()
            .limit(ANSWER_BYTES_MAX)
            .read_to_string()
            .map_err(|error| failed(format!("its answer broke off: {error}")))?;
        if !status.is_success() {
            return Err(failed(format!("it answered {}: {}", status.as_u16(), complaint(&text))));
        }
        let answer: Answer = serde_json::from_str(&text)
            .map_err(|error| failed(format!("its answer cannot be read: {error}")))?;
        let fingerprint = [answer.model, answer.system_fingerprint];
        let fingerprint = fingerprint.into_iter().flatten().reduce(|name, own| name + " " + &own);
        let message = answer.choices.into_iter().next().map(|choice| choice.message);
        let (content, refusal) =
            message.map_or((None, None), |message| (message.content, message.refusal));
        match (content.as_deref().map(without_reasoning), refusal) {
            (_, Some(refusal)) => Err(failed(format!("it refused: {}", beginning(&refusal)))),
            (Some(content), None) if !content.is_empty() => {
                Ok(Written { text: content.to_owned(), fingerprint })
            }
            _ => Err(failed("it wrote nothing")),
        }
    }
}

impl LanguageModel for OpenAi {
    fn write(&self, request: &Request) -> Result<Written, Error> {
        self.ask(request)
    }

    fn identity(&self) -> &str {
        &self.identity
    }

    fn is_local(&self) -> bool {
        self.local
    }
}

/// An agent that ends every call in time and follows no redirect, so that what was said goes to
/// nobody but the host that was named. A server on this machine is never reached through a proxy.
fn client(time_max: Duration, local: bool) -> Agent {
    let mut config = catalogue::agent_settings(time_max)
        .timeout_global(Some(time_max))
        .max_redirects(0)
        .max_redirects_will_error(false);
    if local {
        config = config.proxy(None);
    }
    config.build().into()
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

#[derive(Serialize)]
struct Completion<'a> {
    model: &'a str,
    messages: [Message<'a>; 2],
    max_tokens: u32,
    temperature: f32,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<ResponseFormat<'a>>,
    /// Known to our own worker only.
    #[serde(skip_serializing_if = "Option::is_none")]
    background: Option<bool>,
}

/// Holds the text to a schema, as the protocol writes it.
#[derive(Serialize)]
struct ResponseFormat<'a> {
    r#type: &'static str,
    json_schema: NamedSchema<'a>,
}

#[derive(Serialize)]
struct NamedSchema<'a> {
    name: &'static str,
    strict: bool,
    schema: &'a serde_json::Value,
}

impl<'a> ResponseFormat<'a> {
    fn new(schema: &'a serde_json::Value) -> Self {
        let json_schema = NamedSchema { name: "answer", strict: true, schema };
        Self { r#type: "json_schema", json_schema }
    }
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'a str,
    content: &'a str,
}

#[derive(Deserialize)]
struct Answer {
    choices: Vec<Choice>,
    model: Option<String>,
    system_fingerprint: Option<String>,
}

#[derive(Deserialize)]
struct Choice {
    message: Said,
}

#[derive(Deserialize)]
struct Said {
    content: Option<String>,
    refusal: Option<String>,
}

/// What a server says went wrong: the protocol's `error.message`, else the beginning of what came.
fn complaint(text: &str) -> String {
    #[derive(Deserialize)]
    struct Envelope {
        error: Complaint,
    }
    #[derive(Deserialize)]
    struct Complaint {
        message: String,
    }
    let message = serde_json::from_str(text).map(|envelope: Envelope| envelope.error.message);
    beginning(&message.unwrap_or_else(|_| text.trim().to_owned()))
}

/// As much of a reason as is passed on.
fn beginning(reason: &str) -> String {
    reason.chars().take(REASON_CHARS_MAX).collect()
}

/// Leaves out the reasoning that some models write before their answer.
fn without_reasoning(content: &str) -> &str {
    let content = content.trim();
    match content.strip_prefix("<think>") {
        Some(rest) => rest.split_once("</think>").map_or("", |(_, answer)| answer.trim()),
        None => content,
    }
}

/// How our own language model process is started.
#[derive(Debug, Clone)]
pub struct WorkerSettings {
    /// The program `greenroom-language`.
    pub program: PathBuf,
    /// The weights, a GGUF file.
    pub model: PathBuf,
    /// Name and hash of the weights, which judgements are keyed by.
    pub identity: String,
    /// SHA-256 of the weights in hexadecimal.
    pub sha256: String,
    /// Threads it computes with; two that compete with another process collapse, so one core stays
    /// free.
    pub threads: usize,
    /// The longest that loading the weights may take.
    pub start_ms_max: u64,
    /// The longest that a completion may take.
    pub time_ms_max: u64,
}

impl WorkerSettings {
    /// The program beside the running one with the first language model of the catalogue that is
    /// whole in `models_dir` (or only with the model of this id). `None` when either is not there.
    #[must_use]
    pub fn find(catalogue: &Catalogue, models_dir: &Path, id: Option<&str>) -> Option<Self> {
        let program = Self::program_beside_this()?;
        let model = choose(catalogue, models_dir, id)?;
        let weights = model.files_here().next()?;
        Some(Self {
            program,
            model: models_dir.join(&model.id).join(&weights.path),
            identity: format!("{}@{}", model.id, weights.sha256.get(..8).unwrap_or_default()),
            sha256: weights.sha256.clone(),
            threads: Self::threads_here(),
            start_ms_max: START_MS_MAX,
            time_ms_max: COMPLETION_MS_MAX,
        })
    }

    /// The program beside the running one, if it was installed with it.
    #[must_use]
    pub fn program_beside_this() -> Option<PathBuf> {
        let name = format!("greenroom-language{}", env::consts::EXE_SUFFIX);
        let program = env::current_exe().ok()?.with_file_name(name);
        program.is_file().then_some(program)
    }

    /// All cores but one, and at least one.
    #[must_use]
    pub fn threads_here() -> usize {
        thread::available_parallelism().map_or(1, |cores| cores.get().saturating_sub(1).max(1))
    }
}

/// The language model to use of those that are here; one for trying out only if it is asked for.
fn choose<'c>(catalogue: &'c Catalogue, models_dir: &Path, id: Option<&str>) -> Option<&'c Model> {
    let wanted = |model: &&Model| {
        model.role == Role::Language && id.map_or(!model.trial, |id| model.id == id)
    };
    catalogue.models.iter().filter(wanted).find(|model| model.is_ready(models_dir))
}

/// Our own language model in a process of its own: started when it is first needed, started again
/// when it died, stopped with its owner (it ends when its standard input closes, so that it survives
/// no owner, however that one ended).
pub struct Worker {
    settings: WorkerSettings,
    state: Mutex<WorkerState>,
}

#[derive(Default)]
struct WorkerState {
    running: Option<Running>,
    fruitless_starts: u32,
}

/// A worker that has loaded its model and listens.
struct Running {
    child: Child,
    /// Closing it ends the worker.
    _stdin: ChildStdin,
    client: OpenAi,
    memory_bytes: u64,
    last_words: LastWords,
}

type LastWords = Arc<Mutex<VecDeque<String>>>;

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only for a process that has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the worker prints, once, when it is ready.
#[derive(Deserialize)]
struct Ready {
    port: u16,
    memory_bytes: u64,
}

impl Worker {
    /// A worker that is not started yet.
    ///
    /// # Errors
    /// When the program or the weights are not there.
    pub fn new(settings: WorkerSettings) -> Result<Self, Error> {
        for path in [&settings.program, &settings.model] {
            if !path.is_file() {
                return Err(Error::Missing { purpose: PURPOSE, path: path.clone() });
            }
        }
        Ok(Self { settings, state: Mutex::default() })
    }

    /// Starts the process and loads the weights, if that has not happened, and gives the memory it
    /// takes in bytes. Takes seconds; call it before the first completion is needed.
    ///
    /// # Errors
    /// When it does not start in time, or died too often in a row.
    pub fn start(&self) -> Result<u64, Error> {
        let mut state = self.state();
        self.running(&mut state).map(|running| running.memory_bytes)
    }

    /// Ends the process and gives its memory back; the next completion starts it again.
    pub fn stop(&self) {
        let mut state = self.state();
        state.running = None;
        state.fruitless_starts = 0;
    }

    /// Whether the process runs and answers.
    #[must_use]
    pub fn is_well(&self) -> bool {
        let mut state = self.state();
        let Some(running) = &mut state.running else { return false };
        if !matches!(running.child.try_wait(), Ok(None)) {
            return false;
        }
        let Ok(health) = running.client.completions.join("/health") else { return false };
        drop(state);
        let agent = client(Duration::from_millis(HEALTH_MS_MAX), true);
        agent.get(health.as_str()).call().is_ok_and(|response| response.status().is_success())
    }

    fn state(&self) -> MutexGuard<'_, WorkerState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The process that runs, or a new one.
    fn running<'a>(&self, state: &'a mut WorkerState) -> Result<&'a mut Running, Error> {
        let alive = state
            .running
            .as_mut()
            .is_some_and(|running| matches!(running.child.try_wait(), Ok(None)));
        if !alive {
            if let Some(dead) = state.running.take() {
                tracing::warn!(said = %said(&dead.last_words), "the language model process ended");
            }
            if state.fruitless_starts >= FRUITLESS_STARTS_MAX {
                return Err(failed("its process ended too often; pick a smaller model"));
            }
            state.fruitless_starts += 1;
            state.running = Some(Running::start(&self.settings)?);
        }
        state.running.as_mut().ok_or_else(|| failed("it does not run"))
    }
}

impl LanguageModel for Worker {
    fn write(&self, request: &Request) -> Result<Written, Error> {
        let client = {
            let mut state = self.state();
            self.running(&mut state)?.client.clone()
        };
        let written = client.ask(request)?;
        self.state().fruitless_starts = 0;
        Ok(written)
    }

    fn identity(&self) -> &str {
        &self.settings.identity
    }

    fn sha256(&self) -> Option<&str> {
        Some(&self.settings.sha256)
    }

    fn is_local(&self) -> bool {
        true
    }

    fn stand_back(&self) {
        let client = self.state().running.as_ref().map(|running| running.client.clone());
        let Some(client) = client else { return };
        let Ok(background) = client.completions.join("/v1/background") else { return };
        let mut delete =
            self::client(Duration::from_millis(HEALTH_MS_MAX), true).delete(background.as_str());
        if let Some(key) = &client.key {
            delete = delete.header("authorization", format!("Bearer {}", key.expose_secret()));
        }
        if let Err(error) = delete.call() {
            tracing::debug!("the language model does not stand back: {error}");
        }
    }
}

impl Running {
    fn start(settings: &WorkerSettings) -> Result<Self, Error> {
        let load = |reason: String| Error::Load { purpose: PURPOSE, reason };
        let mut child = Command::new(&settings.program)
            .arg("--model")
            .arg(&settings.model)
            .arg("--threads")
            .arg(settings.threads.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| {
                load(format!("{} did not start: {error}", settings.program.display()))
            })?;
        let last_words = LastWords::default();
        let pipes = child.stdin.take().zip(child.stdout.take());
        let listener = child.stderr.take().map(|stderr| listen(stderr, Arc::clone(&last_words)));
        match Self::shake_hands(settings, pipes) {
            Ok((stdin, ready, client)) => {
                let memory_bytes = ready.memory_bytes;
                Ok(Self { child, _stdin: stdin, client, memory_bytes, last_words })
            }
            Err(reason) => {
                // Both fail only for a process that has ended already.
                let _ = child.kill();
                let _ = child.wait();
                let begun = Instant::now();
                let listens = || listener.as_ref().is_some_and(|listener| !listener.is_finished());
                while listens() && begun.elapsed().as_millis() < LAST_WORDS_MS_MAX {
                    thread::sleep(Duration::from_millis(5));
                }
                Err(load(format!("{reason} ({})", said(&last_words))))
            }
        }
    }

    /// Hands over the token that opens the worker and waits until it says where it listens. The
    /// token goes through a pipe because arguments and environments can be read by others.
    fn shake_hands(
        settings: &WorkerSettings,
        pipes: Option<(ChildStdin, ChildStdout)>,
    ) -> Result<(ChildStdin, Ready, OpenAi), String> {
        let (mut stdin, stdout) = pipes.ok_or("its pipes are not there")?;
        let token = new_token()?;
        writeln!(stdin, "{}", token.expose_secret())
            .and_then(|()| stdin.flush())
            .map_err(|error| format!("it ended at once: {error}"))?;
        let line = first_line(stdout, Duration::from_millis(settings.start_ms_max))?;
        let ready: Ready = serde_json::from_str(&line)
            .map_err(|error| format!("it did not say where it listens: {error}"))?;
        let client = OpenAi::new(OpenAiSettings {
            base_url: format!("http://127.0.0.1:{}/v1", ready.port),
            key: Some(token),
            model: settings.identity.clone(),
            time_ms_max: settings.time_ms_max,
        })
        .map_err(|error| error.to_string())?;
        let client = OpenAi { ours: true, ..client };
        Ok((stdin, ready, client))
    }
}

/// A secret for one start, of 128 random bits.
fn new_token() -> Result<SecretString, String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| format!("no random numbers: {error}"))?;
    Ok(u128::from_le_bytes(bytes).to_string().into())
}

/// The first line of `stdout`, waited for on a thread that ends with the line or the process.
fn first_line(stdout: ChildStdout, time_max: Duration) -> Result<String, String> {
    let (sender, receiver) = mpsc::sync_channel(1);
    thread::spawn(move || {
        let mut line = String::new();
        let read = BufReader::new(stdout.take(LAST_WORDS_LINE_BYTES_MAX)).read_line(&mut line);
        // Nobody waits any longer when the time is over.
        let _ = sender.send(read.map(|_| line));
    });
    let begun = Instant::now();
    match receiver.recv_timeout(time_max) {
        Ok(Ok(line)) if !line.is_empty() => Ok(line),
        Ok(Ok(_)) => Err("it ended before it was ready".to_owned()),
        Ok(Err(error)) => Err(format!("it cannot be heard: {error}")),
        Err(_) => Err(format!("it was not ready after {} s", begun.elapsed().as_secs())),
    }
}

/// Keeps the last lines that the worker writes about itself, until it ends.
fn listen(stderr: ChildStderr, last_words: LastWords) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut reader = BufReader::new(stderr);
        loop {
            let mut line = Vec::new();
            match (&mut reader).take(LAST_WORDS_LINE_BYTES_MAX).read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
            let line = String::from_utf8_lossy(&line).trim().to_owned();
            tracing::debug!(%line, "language model process");
            let mut lines = last_words.lock().unwrap_or_else(PoisonError::into_inner);
            if lines.len() == LAST_WORDS_LINES {
                lines.pop_front();
            }
            lines.push_back(line);
        }
    })
}

fn said(last_words: &LastWords) -> String {
    let lines = last_words.lock().unwrap_or_else(PoisonError::into_inner);
    match lines.is_empty() {
        true => "it said nothing".to_owned(),
        false => lines.iter().cloned().collect::<Vec<_>>().join(" / "),
    }
}

#[cfg(test)]
mod tests;
