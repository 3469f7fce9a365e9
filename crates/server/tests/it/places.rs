//! More candidates than places: whoever comes too late waits, is told how long, and comes in by itself.

use std::{num::NonZero, path::Path, time::Duration};

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use server::config::Config;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::harness::Server;

/// The longest that anything may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// One browser's line to an interview.
struct Line {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// All that the server has said.
    heard: Vec<Value>,
}

impl Line {
    /// Opens it and says hello.
    async fn open(server: &Server, interview: &str, typed: bool) -> Self {
        let path = format!("ws://127.0.0.1:{}/api/interviews/{interview}/live", server.port);
        let mut request = path.into_client_request().expect("a request");
        request.headers_mut().insert("origin", server.url("").parse().expect("an origin"));
        let (socket, _) = connect_async(request).await.expect("the line opens");
        let mut line = Self { socket, heard: Vec::new() };
        let token = &server.token;
        line.say(json!({"type": "hello", "token": token, "can_play": false, "typed": typed})).await;
        line
    }

    async fn say(&mut self, message: Value) {
        self.socket.send(Message::text(message.to_string())).await.expect("sent");
    }

    /// The next message of the server.
    async fn next(&mut self) -> Value {
        let next = async {
            loop {
                let message =
                    self.socket.next().await.expect("the line is open").expect("a message");
                let text = message.to_text().ok();
                if let Some(message) = text.and_then(|text| serde_json::from_str(text).ok()) {
                    return message;
                }
            }
        };
        let message: Value = tokio::time::timeout(PATIENCE, next).await.expect("it says something");
        self.heard.push(message.clone());
        message
    }

    /// Reads until the server says something of this kind.
    async fn until(&mut self, kind: &str) -> Value {
        loop {
            let message = self.next().await;
            if message["type"] == kind {
                return message;
            }
        }
    }

    /// Reads until it stands at this place of the queue.
    async fn until_at(&mut self, position: u64) -> Value {
        loop {
            let queued = self.until("queued").await;
            if queued["position"] == position {
                return queued;
            }
        }
    }

    /// Listens to the interviewer until it is this candidate's turn, or the interview is over.
    async fn hear_out(&mut self) {
        loop {
            let message = self.next().await;
            match message["type"].as_str() {
                Some("say") => {
                    let utterance = &message["utterance"];
                    let played = json!({"type": "played", "utterance": utterance, "samples": 0, "done": true});
                    self.say(played).await;
                }
                Some("view") if message["view"]["floor"] == "candidate" => return,
                Some("ended") => return,
                _ => {}
            }
        }
    }
}

/// A server with one place, and what happens on it.
fn with_one_place(test: impl AsyncFnOnce(&Server)) {
    let folder = tempfile::tempdir().expect("a folder");
    let server = one_place(folder.path());
    let client = tokio::runtime::Builder::new_current_thread().enable_all().build();
    client.expect("a runtime").block_on(test(&server));
}

fn one_place(folder: &Path) -> Server {
    let mut config = Config::default();
    config.live.interviews_max = NonZero::new(1);
    Server::with(folder, config)
}

#[test]
fn a_second_candidate_waits_and_comes_in_when_the_first_is_through() {
    with_one_place(async |server| {
        let (first_id, second_id) = (server.plan(), server.plan());
        let planned =
            server.get(&format!("/api/interviews/{second_id}"))["plan"]["minutes"].clone();
        let mut first = Line::open(server, &first_id, false).await;
        first.until("welcome").await;
        first.say(json!({"type": "ready"})).await;
        first.hear_out().await;

        let mut second = Line::open(server, &second_id, false).await;
        let queued = second.next().await;
        assert_eq!(queued["type"], "queued", "{queued}");
        assert_eq!((&queued["position"], &queued["waiting"]), (&json!(1), &json!(1)));
        assert_eq!(queued["minutes"], planned, "the first has only begun");
        let live = server.get("/api/status")["live"].clone();
        assert_eq!((&live["running"], &live["limit"]), (&json!(1), &json!(1)), "{live}");
        assert_eq!(live["waiting"], 1);
        assert!(live["wait_minutes"].as_u64() >= planned.as_u64(), "{live}");

        first.say(json!({"type": "typed", "id": 1, "text": "I have been busy, thank you."})).await;
        first.hear_out().await;
        first.say(json!({"type": "end"})).await;
        while first.heard.last().is_none_or(|message| message["type"] != "ended") {
            first.hear_out().await;
        }
        let strange = |message: &&Value| {
            ["queued", "closed", "notice"].iter().any(|kind| message["type"] == *kind)
        };
        assert_eq!(first.heard.iter().find(strange), None, "the first is not disturbed");

        let welcome = second.until("welcome").await;
        assert_eq!(welcome["interview"], json!(second_id));
        second.say(json!({"type": "ready"})).await;
        second.hear_out().await;
        assert_eq!(server.get("/api/status")["live"]["waiting"], 0);
    });
}

#[test]
fn a_reload_keeps_the_place_in_the_queue_and_leaving_frees_it() {
    with_one_place(async |server| {
        let ids = [server.plan(), server.plan(), server.plan()];
        let mut first = Line::open(server, &ids[0], false).await;
        first.until("welcome").await;
        let mut second = Line::open(server, &ids[1], false).await;
        second.until_at(1).await;
        let mut third = Line::open(server, &ids[2], false).await;
        third.until_at(2).await;

        drop(second);
        let mut second = Line::open(server, &ids[1], false).await;
        let queued = second.next().await;
        assert_eq!((&queued["position"], &queued["waiting"]), (&json!(1), &json!(2)));

        // Another tab takes the place over.
        let mut tab = Line::open(server, &ids[1], false).await;
        tab.until_at(1).await;
        assert_eq!(second.until("closed").await["code"], "moved_to_another_tab");

        tab.say(json!({"type": "leave"})).await;
        assert_eq!(tab.until("closed").await["code"], "left");
        let queued = third.until_at(1).await;
        assert_eq!(queued["waiting"], 1);
    });
}

#[test]
fn a_typed_interview_needs_no_place_until_somebody_wants_to_speak() {
    with_one_place(async |server| {
        let ids = [server.plan(), server.plan()];
        let mut first = Line::open(server, &ids[0], false).await;
        first.until("welcome").await;
        let mut second = Line::open(server, &ids[1], true).await;
        second.until("welcome").await;
        second.say(json!({"type": "ready"})).await;
        second.hear_out().await;
        second.say(json!({"type": "typed", "id": 1, "text": "I have been busy."})).await;
        second.until("turn").await;
        let microphone =
            json!({"type": "microphone", "stream": 0, "sample_rate": 16_000, "settings": {}});
        second.say(microphone).await;
        second.until_at(1).await;

        // The first has not begun: it goes, and the second goes on where it was.
        let (status, _) =
            server.send("DELETE", &format!("/api/interviews/{}", ids[0]), &Value::Null);
        assert_eq!(status, 204);
        let welcome = second.until("welcome").await;
        assert_eq!((&welcome["typed"], &welcome["resumed"]), (&json!(1), &json!(true)));
    });
}
