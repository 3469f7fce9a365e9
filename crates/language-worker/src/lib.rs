//! A language model as a process of its own: the part that speaks the OpenAI-compatible protocol on
//! loopback. What writes is behind [`Writer`], so that this part is built and tested without a
//! model.
//!
//! One request is written at a time, a few wait, the rest is told to come back later. A request
//! whose client hung up is stopped at the next token, and so is one of the background as soon as
//! another is asked or `DELETE /v1/background` says that the processors are needed.

pub mod grammar;

use std::{
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Request, State, rejection::JsonRejection},
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use serde::{Deserialize, Serialize};
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot},
};

/// Requests that wait while one is written.
const QUEUE_MAX: usize = 4;
/// A context of 4096 tokens is about 16 KB of English.
const BODY_BYTES_MAX: usize = 256 << 10;
const MESSAGES_MAX: usize = 64;
/// Tokens written when the request names no limit.
const TOKENS_DEFAULT: u32 = 256;
/// The longest that one answer may take.
const WRITE_S_MAX: u64 = 300;

/// A request of the chat completions protocol; members that are not listed are ignored, as its
/// servers do.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Chat {
    /// What was said so far.
    pub messages: Vec<Message>,
    /// The most tokens to write.
    #[serde(alias = "max_completion_tokens")]
    pub max_tokens: Option<u32>,
    /// 0 for the likeliest token always.
    #[serde(default)]
    pub temperature: f32,
    /// Makes what is drawn at a temperature repeatable.
    #[serde(default)]
    pub seed: u32,
    /// Whether to send the answer in pieces, which this server does not.
    #[serde(default)]
    pub stream: bool,
    /// What the answer has to look like.
    #[serde(default)]
    pub response_format: ResponseFormat,
    /// Whether it stands back behind requests that are not of the background.
    #[serde(default)]
    pub background: bool,
}

/// What an answer has to look like.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ResponseFormat {
    /// Any text.
    #[default]
    Text,
    /// Data that follows a schema.
    JsonSchema {
        /// The schema.
        json_schema: NamedSchema,
    },
}

/// A schema as the protocol wraps it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct NamedSchema {
    /// The schema itself.
    pub schema: serde_json::Value,
}

impl Chat {
    /// The most tokens to write.
    #[must_use]
    pub fn tokens_max(&self) -> u32 {
        self.max_tokens.unwrap_or(TOKENS_DEFAULT)
    }

    /// The grammar that the answer has to follow, if it has to follow one.
    ///
    /// # Errors
    /// When the schema asks for what no grammar is made of here.
    pub fn grammar(&self) -> Result<Option<String>, WriteError> {
        match &self.response_format {
            ResponseFormat::Text => Ok(None),
            ResponseFormat::JsonSchema { json_schema } => grammar::of(&json_schema.schema)
                .map(Some)
                .map_err(|error| WriteError::Refused(error.to_string())),
        }
    }

    fn check(&self) -> Result<(), WriteError> {
        let refused = |reason: &str| Err(WriteError::Refused(reason.to_owned()));
        if self.stream {
            return refused("'stream' is not supported; leave it out");
        }
        if self.messages.is_empty() || self.messages.len() > MESSAGES_MAX {
            return refused("'messages' must have between 1 and 64 entries");
        }
        if !(0.0..=2.0).contains(&self.temperature) {
            return refused("'temperature' must be between 0 and 2");
        }
        if self.max_tokens == Some(0) {
            return refused("'max_tokens' must be at least 1");
        }
        self.grammar().map(drop)
    }
}

/// One thing that was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who said it.
    pub role: Role,
    /// What was said.
    pub content: String,
}

/// Who said something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// What the model is and must do.
    System,
    /// The one who asks.
    User,
    /// The model.
    Assistant,
}

/// What a model wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The text.
    pub text: String,
    /// Whether it came to its own end, rather than to the limit of tokens.
    pub ended: bool,
    /// Tokens it read.
    pub tokens_read: usize,
    /// Tokens it wrote.
    pub tokens_written: usize,
}

/// Why nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// The request cannot be served as it is.
    #[error("{0}")]
    Refused(String),
    /// The model failed.
    #[error("{0}")]
    Failed(String),
    /// Nobody waits for it any longer, it took too long, or something more urgent came.
    #[error("stopped before the end; ask again")]
    Stopped,
}

/// Something that writes.
pub trait Writer {
    /// Writes the next message of `chat`. Asks `stopped` between tokens.
    ///
    /// # Errors
    /// When the request does not fit, the model fails, or it was stopped.
    fn write(&mut self, chat: &Chat, stopped: &dyn Fn() -> bool) -> Result<Written, WriteError>;
}

/// A request on its way to the writer.
pub struct Job {
    chat: Chat,
    /// Set when the client hung up.
    abandoned: Arc<AtomicBool>,
    answer: oneshot::Sender<Result<Written, WriteError>>,
}

/// The way from the server to the writer.
#[must_use]
pub fn queue() -> (mpsc::Sender<Job>, mpsc::Receiver<Job>) {
    mpsc::channel(QUEUE_MAX)
}

/// Writes one job after the other on this thread, until the server is gone.
pub fn work(mut jobs: mpsc::Receiver<Job>, writer: &mut dyn Writer) {
    while let Some(job) = jobs.blocking_recv() {
        let begun = Instant::now();
        let stopped = || {
            job.abandoned.load(Ordering::Relaxed)
                || begun.elapsed() > Duration::from_secs(WRITE_S_MAX)
        };
        if stopped() {
            let _ = job.answer.send(Err(WriteError::Stopped));
            continue;
        }
        let written = writer.write(&job.chat, &stopped);
        // Nobody listens when the client hung up meanwhile.
        let _ = job.answer.send(written);
    }
}

struct Desk {
    jobs: mpsc::Sender<Job>,
    /// The value of the header that opens it.
    authorization: String,
    model: String,
    background: Background,
}

/// The requests of the background that wait or are written.
#[derive(Default)]
struct Background(Mutex<Vec<Weak<AtomicBool>>>);

impl Background {
    fn add(&self, abandoned: &Arc<AtomicBool>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|one| one.strong_count() > 0);
        known.push(Arc::downgrade(abandoned));
    }

    /// Stops all of them at the next token.
    fn stop(&self) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for abandoned in known.drain(..).filter_map(|one| one.upgrade()) {
            abandoned.store(true, Ordering::Relaxed);
        }
    }
}

/// Serves until the process ends. Only who knows `token` is served.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    token: &str,
    model: &str,
    jobs: mpsc::Sender<Job>,
) -> std::io::Result<()> {
    let authorization = format!("Bearer {token}");
    let model = model.to_owned();
    let desk = Arc::new(Desk { jobs, authorization, model, background: Background::default() });
    let router = Router::new()
        .route("/v1/chat/completions", post(complete))
        .route("/v1/background", delete(stand_back))
        .layer(middleware::from_fn_with_state(Arc::clone(&desk), require_token))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .route("/health", get(async || "ok"))
        .with_state(desk);
    axum::serve(listener, router).await
}

async fn require_token(State(desk): State<Arc<Desk>>, request: Request, next: Next) -> Response {
    let given = request.headers().get(header::AUTHORIZATION).map(header::HeaderValue::as_bytes);
    if given.is_some_and(|given| equal(given, desk.authorization.as_bytes())) {
        next.run(request).await
    } else {
        problem(StatusCode::UNAUTHORIZED, "the token is missing or wrong")
    }
}

/// Compares in a time that does not depend on where the first difference is.
fn equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |found, (a, b)| found | (a ^ b)) == 0
}

/// Marks the job as abandoned when the connection's future is dropped before the answer is there.
struct Abandon(Arc<AtomicBool>);

impl Drop for Abandon {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

async fn complete(
    State(desk): State<Arc<Desk>>,
    chat: Result<Json<Chat>, JsonRejection>,
) -> Response {
    let chat = match chat {
        Ok(Json(chat)) => chat,
        Err(rejection) => return problem(rejection.status(), &rejection.body_text()),
    };
    if let Err(error) = chat.check() {
        return problem(StatusCode::BAD_REQUEST, &error.to_string());
    }
    let abandon = Abandon(Arc::default());
    if chat.background {
        desk.background.add(&abandon.0);
    } else {
        desk.background.stop();
    }
    let (answer, written) = oneshot::channel();
    let job = Job { chat, abandoned: Arc::clone(&abandon.0), answer };
    if desk.jobs.try_send(job).is_err() {
        return problem(StatusCode::SERVICE_UNAVAILABLE, "too many requests wait; try again later");
    }
    match written.await {
        Ok(Ok(written)) => Json(Completion::new(&desk.model, written)).into_response(),
        Ok(Err(error @ WriteError::Refused(_))) => {
            problem(StatusCode::BAD_REQUEST, &error.to_string())
        }
        Ok(Err(error @ WriteError::Stopped)) => {
            problem(StatusCode::SERVICE_UNAVAILABLE, &error.to_string())
        }
        Ok(Err(error)) => problem(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        Err(_) => problem(StatusCode::INTERNAL_SERVER_ERROR, "the model is gone"),
    }
}

/// Stops what is written in the background: the processors are needed.
async fn stand_back(State(desk): State<Arc<Desk>>) -> StatusCode {
    desk.background.stop();
    StatusCode::NO_CONTENT
}

/// An error in the protocol's form.
fn problem(status: StatusCode, message: &str) -> Response {
    (status, Json(serde_json::json!({ "error": { "message": message } }))).into_response()
}

#[derive(Serialize)]
struct Completion<'a> {
    object: &'a str,
    model: &'a str,
    choices: [Choice<'a>; 1],
    usage: Usage,
}

#[derive(Serialize)]
struct Choice<'a> {
    index: u32,
    message: Message,
    finish_reason: &'a str,
}

#[derive(Serialize)]
struct Usage {
    prompt_tokens: usize,
    completion_tokens: usize,
    total_tokens: usize,
}

impl<'a> Completion<'a> {
    fn new(model: &'a str, written: Written) -> Self {
        let finish_reason = if written.ended { "stop" } else { "length" };
        let message = Message { role: Role::Assistant, content: written.text };
        Self {
            object: "chat.completion",
            model,
            choices: [Choice { index: 0, message, finish_reason }],
            usage: Usage {
                prompt_tokens: written.tokens_read,
                completion_tokens: written.tokens_written,
                total_tokens: written.tokens_read + written.tokens_written,
            },
        }
    }
}

#[cfg(test)]
mod tests;
