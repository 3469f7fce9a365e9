//! A server of one's own, and what a browser does with it.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use futures::{SinkExt, StreamExt};
use interview::{Answer, Mode, Span, Word};
use jiff::SignedDuration;
use serde_json::{Value, json};
use server::{
    app::App,
    config::Config,
    http,
    jobs::{
        self,
        hearing::Instruments,
        score_answer::{ANSWER, judge_known},
    },
};
use store::Derived;
use tokio::{net::TcpListener, runtime::Runtime};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};
use ureq::{Agent, Body, http::Response};

/// The longest that anything may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// A server on a free port. Dropped, it is gone as if it had been killed.
pub struct Server {
    runtime: Option<Runtime>,
    app: Arc<App>,
    pub port: u16,
    pub token: String,
    agent: Agent,
}

impl Server {
    /// Serves what is in `folder`.
    pub fn start(folder: &Path) -> Self {
        Self::with(folder, Config::default())
    }

    /// The same, configured otherwise.
    pub fn with(folder: &Path, mut config: Config) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        config.data.folder = Some(folder.to_owned());
        let (port, token, app) = runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            let port = listener.local_addr().expect("an address").port();
            let app = App::open(&config, port).await.expect("the app opens");
            app.store.requeue_running_jobs().await.expect("jobs go on");
            app.engines.load_language(&config.language);
            let mut workers = jobs::start(&app);
            let token = app.guard.token().to_owned();
            let router = http::router(&app);
            tokio::spawn(async move { while workers.join_next().await.is_some() {} });
            tokio::spawn(async move { axum::serve(listener, router).await });
            (port, token, app)
        });
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(30)))
            .build()
            .new_agent();
        Self { runtime: Some(runtime), app, port, token, agent }
    }

    /// Where something is.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Fetches something, with further headers.
    pub fn fetch(&self, path: &str, headers: &[(&str, &str)]) -> Response<Body> {
        let mut request = self.agent.get(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.call().expect("an answer")
    }

    /// Reads JSON.
    pub fn get(&self, path: &str) -> Value {
        let mut response = self.fetch(path, &[]);
        let status = response.status();
        let text = response.body_mut().read_to_string().expect("a body");
        assert_eq!(status, 200, "{path}: {text}");
        serde_json::from_str(&text).expect("JSON")
    }

    /// Sends JSON with the token; gives the status and what came back.
    pub fn send(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let kind = "application/json";
        self.send_bytes(method, path, kind, body.to_string().as_bytes(), &[])
    }

    /// Sends bytes with the token.
    pub fn send_bytes(
        &self,
        method: &str,
        path: &str,
        kind: &str,
        body: &[u8],
        headers: &[(&str, &str)],
    ) -> (u16, Value) {
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(self.url(path))
            .header("content-type", kind)
            .header("x-greenroom-token", &self.token);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).expect("a request");
        let mut response = self.agent.run(request).expect("an answer");
        let text = response.body_mut().read_to_string().expect("a body");
        (response.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::Null))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(5));
        }
    }
}

/// What a typed answer says, by where the interview is.
fn typed(phase: &str) -> &'static str {
    match phase {
        "warm_up" => "Good, thank you. I have read about your team and I am ready.",
        "candidate_questions" => "No, I have no questions, thank you.",
        _ => {
            "Last spring our warehouse lost two days because nobody owned the stock list. I was asked \
             to stop that. I compared the list with the shelves, found 40 wrong entries, wrote a \
             check that ran each night and taught three colleagues to read it, because they had to \
             live with it. After a month the errors fell from 40 to 3, and I learned to ask first \
             who owns a list."
        }
    }
}

/// How far somebody goes in an interview.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// The first question of the plan was answered.
    FirstAnswer,
    /// The end.
    End,
}

impl Server {
    /// Holds an interview by typing, as far as asked, then drops the line. Gives all that the server
    /// said.
    pub fn hold(&self, interview: &str, until: Until) -> Vec<Value> {
        let client = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let talk = async { tokio::time::timeout(PATIENCE, self.talk(interview, until)).await };
        client.expect("a runtime").block_on(talk).expect("it does not take that long")
    }

    async fn talk(&self, interview: &str, until: Until) -> Vec<Value> {
        let path = format!("ws://127.0.0.1:{}/api/interviews/{interview}/live", self.port);
        let mut request = path.into_client_request().expect("a request");
        let origin = self.url("").parse().expect("an origin");
        request.headers_mut().insert("origin", origin);
        let (mut socket, _) = connect_async(request).await.expect("the line opens");
        let hello = json!({"type": "hello", "token": self.token, "can_play": false});
        socket.send(Message::text(hello.to_string())).await.expect("sent");
        let welcome = loop {
            let message = socket.next().await.expect("a welcome").expect("a message");
            // A ping may come before it.
            if let Some(welcome) = read(&message) {
                break welcome;
            }
        };
        let mut said = vec![welcome];
        assert_eq!(said[0]["type"], "welcome", "{said:?}");
        let mut last_typed = said[0]["typed"].as_u64().unwrap_or(0);
        let mut answered = String::new();
        socket.send(Message::text(json!({"type": "ready"}).to_string())).await.expect("sent");
        while let Some(Ok(message)) = socket.next().await {
            let Some(message) = read(&message) else { continue };
            said.push(message.clone());
            let reply = match message["type"].as_str() {
                Some("say") => {
                    answered.clear();
                    let utterance = &message["utterance"];
                    json!({"type": "played", "utterance": utterance, "samples": 0, "done": true})
                }
                Some("view") if message["view"]["floor"] == "candidate" => {
                    let phase = message["view"]["phase"].as_str().unwrap_or_default().to_owned();
                    if answered == phase {
                        continue;
                    }
                    last_typed += 1;
                    let text = typed(&phase);
                    answered = phase;
                    json!({"type": "typed", "id": last_typed, "text": text})
                }
                Some("turn") if until == Until::FirstAnswer && is_answer(&message["turn"]) => {
                    return said;
                }
                Some("ended") => return said,
                _ => continue,
            };
            socket.send(Message::text(reply.to_string())).await.expect("sent");
        }
        panic!("the line was closed: {said:#?}");
    }

    /// A finished typed interview of one question, judged.
    pub fn interview(&self) -> String {
        let id = self.plan();
        self.hold(&id, Until::End);
        self.report_when_ready(&id);
        id
    }

    /// A new phone screen of the fewest questions.
    pub fn plan(&self) -> String {
        let wishes = json!({"format": "phone-screen", "questions": 1, "seed": 7, "camera": true});
        let (status, created) = self.send("POST", "/api/interviews", &wishes);
        assert_eq!(status, 201, "{created}");
        created["id"].as_str().expect("an id").to_owned()
    }

    /// Has the interview's first answer judged as if it had been spoken with an "um" before every
    /// sixth word, one word in half a second.
    pub fn judge_as_spoken_with_ums(&self, interview: &str) {
        let store = &self.app.store;
        let id = interview.parse().expect("an interview's id");
        self.runtime.as_ref().expect("a runtime").block_on(async {
            let records = store.answers(id).await.expect("answers");
            let record = records.iter().find(|record| record.item.is_some()).expect("an answer");
            let subject = record.id.to_string();
            let row = store.derived_latest(&subject, ANSWER).await.expect("a row").expect("words");
            let mut answer: Answer = serde_json::from_value(row.body.clone()).expect("an answer");
            let said = answer.words.iter().enumerate().flat_map(|(place, word)| {
                let um = (place % 6 == 5).then(|| "um,".to_owned());
                um.into_iter().chain([word.text.clone()])
            });
            let times =
                (0_i64..).map(|place| Span::new(place * 500_000, place * 500_000 + 400_000));
            answer.words = said.zip(times).map(|(text, span)| Word::timed(text, span)).collect();
            answer.mode = Mode::Spoken;
            let spoken = Derived {
                key: format!("{} as spoken", row.key),
                body: serde_json::to_value(&answer).expect("an answer"),
                created: row.created + SignedDuration::from_secs(1),
                ..row
            };
            store.put_derived(&spoken).await.expect("stored");
            judge_known(store, &Instruments::default(), record.id).await.expect("judged");
        });
    }

    /// Waits until a turn with this text is in the log: it is shown while it is being stored.
    pub fn wait_until_stored(&self, id: &str, text: &Value) {
        let since = Instant::now();
        while since.elapsed() < PATIENCE {
            let interview = self.get(&format!("/api/interviews/{id}"));
            let turns = interview["turns"].as_array().expect("a turn log");
            if turns.iter().any(|turn| turn["text"] == *text) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the turn was never stored: {text}");
    }

    /// The report once nothing more is done to it.
    pub fn report_when_ready(&self, id: &str) -> Value {
        let since = Instant::now();
        while since.elapsed() < PATIENCE {
            let report = self.get(&format!("/api/interviews/{id}/report"));
            if report["state"] != "judging" && report["state"] != "not_yet" {
                return report;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("there is no report after {PATIENCE:?}");
    }
}

fn read(message: &Message) -> Option<Value> {
    message.to_text().ok().and_then(|text| serde_json::from_str(text).ok())
}

/// Whether a turn is the candidate's answer to a question of the plan.
fn is_answer(turn: &Value) -> bool {
    turn["speaker"] == "candidate" && turn["unscored"] == false
}

/// All files below a folder.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(folder) else { continue };
        for entry in entries.flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    files
}
