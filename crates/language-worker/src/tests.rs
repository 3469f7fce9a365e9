//! The protocol over a real socket, with writers that need no model.

use std::{
    io::Write,
    net::TcpStream,
    sync::{Mutex, mpsc as std_mpsc},
    thread,
};

use super::*;

const TOKEN: &str = "open-sesame";

/// Starts a server around `writer` and gives its address.
fn start(mut writer: impl Writer + Send + 'static) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
    let address = listener.local_addr().expect("its address").to_string();
    let (jobs, waiting) = queue();
    thread::spawn(move || runtime.block_on(serve(listener, TOKEN, "tiny", jobs)));
    thread::spawn(move || work(waiting, &mut writer));
    address
}

fn post(address: &str, token: &str, body: &str) -> (u16, serde_json::Value) {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into();
    let mut response = agent
        .post(format!("http://{address}/v1/chat/completions"))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .send(body)
        .expect("an answer");
    let text = response.body_mut().read_to_string().expect("its text");
    (response.status().as_u16(), serde_json::from_str(&text).expect("JSON"))
}

const HELLO: &str =
    r#"{"model":"x","messages":[{"role":"user","content":"hello"}],"max_tokens":9}"#;

/// Says back the last message, as far as the limit of letters goes.
struct Echo;

impl Writer for Echo {
    fn write(&mut self, chat: &Chat, _stopped: &dyn Fn() -> bool) -> Result<Written, WriteError> {
        let said = chat.messages.last().map(|message| message.content.clone()).unwrap_or_default();
        if said == "fail" {
            return Err(WriteError::Failed("no memory".to_owned()));
        }
        let text: String = said.chars().take(chat.tokens_max() as usize).collect();
        let ended = text == said;
        Ok(Written { tokens_read: 3, tokens_written: text.len(), ended, text })
    }
}

#[test]
fn a_chat_is_answered_in_the_form_of_the_protocol() {
    let address = start(Echo);
    let (status, answer) = post(&address, TOKEN, HELLO);
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["choices"][0]["message"]["role"], "assistant");
    assert_eq!(answer["choices"][0]["message"]["content"], "hello");
    assert_eq!(answer["choices"][0]["finish_reason"], "stop");
    assert_eq!(answer["usage"]["total_tokens"], 8);
    assert_eq!(answer["model"], "tiny");
    let (_, cut) = post(&address, TOKEN, &HELLO.replace(":9", ":2"));
    assert_eq!(cut["choices"][0]["message"]["content"], "he");
    assert_eq!(cut["choices"][0]["finish_reason"], "length");
}

#[test]
fn only_who_has_the_token_is_served() {
    let address = start(Echo);
    for token in ["", "wrong", "open-sesamf", "open-sesame "] {
        let (status, answer) = post(&address, token, HELLO);
        let expected = if token.trim() == TOKEN { 200 } else { 401 };
        assert_eq!(status, expected, "{token:?} {answer}");
    }
    let health = ureq::get(format!("http://{address}/health")).call().expect("an answer");
    assert_eq!(health.status().as_u16(), 200);
}

/// The member that holds an answer to this schema.
fn formatted(schema: &str) -> String {
    format!(
        r#""response_format":{{"type":"json_schema","json_schema":{{"name":"x","schema":{schema}}}}}"#
    )
}

#[test]
fn what_cannot_be_served_is_refused_with_a_reason() {
    let address = start(Echo);
    let many = vec![r#"{"role":"user","content":"x"}"#; MESSAGES_MAX + 1].join(",");
    let huge = HELLO.replace("hello", &"x".repeat(BODY_BYTES_MAX));
    for (body, status, says) in [
        ("", 400, "EOF"),
        ("{", 400, "EOF"),
        (r#"{"messages":[]}"#, 400, "between 1 and 64"),
        (&format!(r#"{{"messages":[{many}]}}"#), 400, "between 1 and 64"),
        (&HELLO.replace("user", "nobody"), 422, "nobody"),
        (&HELLO.replace(":9", ":9,\"stream\":true"), 400, "stream"),
        (&HELLO.replace(":9", ":0"), 400, "max_tokens"),
        (&HELLO.replace(":9", ":-1"), 422, "-1"),
        (&HELLO.replace(":9", ":9,\"temperature\":-1"), 400, "temperature"),
        (&HELLO.replace("hello", "fail"), 500, "no memory"),
        (&HELLO.replace(":9", &format!(":9,{}", formatted(r#"{"type":"null"}"#))), 400, "'null'"),
        (&huge, 413, "limit"),
    ] {
        let (got, answer) = post(&address, TOKEN, body);
        let message = answer["error"]["message"].as_str().unwrap_or_default().to_owned();
        assert_eq!(got, status, "{says}: {answer}");
        assert!(message.contains(says), "{says}: {message}");
    }
}

/// Waits for a word from outside before each answer, and tells when it begins and is stopped.
struct Slow {
    begun: std_mpsc::Sender<()>,
    go_on: std_mpsc::Receiver<()>,
    stopped: Arc<AtomicBool>,
}

impl Writer for Slow {
    fn write(&mut self, chat: &Chat, stopped: &dyn Fn() -> bool) -> Result<Written, WriteError> {
        self.begun.send(()).expect("the test listens");
        while self.go_on.try_recv().is_err() {
            if stopped() {
                self.stopped.store(true, Ordering::Relaxed);
                return Err(WriteError::Stopped);
            }
            thread::sleep(Duration::from_millis(2));
        }
        Echo.write(chat, stopped)
    }
}

fn slow() -> (String, std_mpsc::Receiver<()>, std_mpsc::Sender<()>, Arc<AtomicBool>) {
    let ((begun, begins), (go, go_on)) = (std_mpsc::channel(), std_mpsc::channel());
    let stopped = Arc::new(AtomicBool::new(false));
    let address = start(Slow { begun, go_on, stopped: Arc::clone(&stopped) });
    (address, begins, go, stopped)
}

#[test]
fn a_client_that_hangs_up_stops_its_request() {
    let (address, begins, _go, stopped) = slow();
    let mut stream = TcpStream::connect(&address).expect("a connection");
    write!(
        stream,
        "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{HELLO}",
        HELLO.len()
    )
    .expect("a request");
    begins.recv_timeout(Duration::from_secs(5)).expect("it is being written");
    drop(stream);
    let begun = Instant::now();
    while !stopped.load(Ordering::Relaxed) {
        assert!(begun.elapsed() < Duration::from_secs(5), "it went on for nobody");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn the_background_stands_back_behind_what_somebody_waits_for() {
    let (address, begins, go, stopped) = slow();
    let background = HELLO.replace(":9", ":9,\"background\":true");
    let ask = |body: String| {
        let address = address.clone();
        thread::spawn(move || post(&address, TOKEN, &body))
    };
    let wait = || begins.recv_timeout(Duration::from_secs(5)).expect("it is being written");

    let judging = ask(background.clone());
    wait();
    let probing = ask(HELLO.to_owned());
    wait();
    assert!(stopped.load(Ordering::Relaxed), "the background went on");
    go.send(()).expect("the writer listens");
    assert_eq!(probing.join().expect("an answer").0, 200);
    let (status, answer) = judging.join().expect("an answer");
    assert_eq!(status, 503, "{answer}");

    let judging = ask(background);
    wait();
    let agent: ureq::Agent = ureq::Agent::config_builder().proxy(None).build().into();
    agent
        .delete(format!("http://{address}/v1/background"))
        .header("authorization", format!("Bearer {TOKEN}"))
        .call()
        .expect("it stands back");
    assert_eq!(judging.join().expect("an answer").0, 503);
}

#[test]
fn too_many_requests_are_told_to_come_back() {
    let (address, begins, go, _) = slow();
    let answers = Arc::new(Mutex::new(Vec::new()));
    let ask = || {
        let (address, answers) = (address.clone(), Arc::clone(&answers));
        thread::spawn(move || {
            let (status, _) = post(&address, TOKEN, HELLO);
            answers.lock().expect("no test thread panicked").push(status);
        })
    };
    let mut threads = vec![ask()];
    begins.recv_timeout(Duration::from_secs(5)).expect("the first is being written");
    threads.extend((0..QUEUE_MAX + 2).map(|_| ask()));
    let refused = || {
        let answers = answers.lock().expect("no test thread panicked");
        answers.iter().filter(|status| **status == 503).count()
    };
    let begun = Instant::now();
    while refused() < 2 {
        assert!(begun.elapsed() < Duration::from_secs(5), "{} were refused", refused());
        thread::sleep(Duration::from_millis(5));
    }
    for _ in 0..=QUEUE_MAX {
        go.send(()).expect("the writer listens");
    }
    for thread in threads {
        thread.join().expect("an answer");
    }
    let answers = answers.lock().expect("no test thread panicked");
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), QUEUE_MAX + 1);
}
