//! The client against servers that are slow, wrong, huge and broken, and the worker against
//! programs that are not one.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use super::*;

/// Answers every request with the same bytes, written in pieces with a pause between them.
struct Server {
    base_url: String,
    /// The last request's head and body.
    heard: Arc<Mutex<String>>,
}

impl Server {
    fn start(pieces: Vec<Vec<u8>>, pause: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("its address");
        let heard = Arc::new(Mutex::new(String::new()));
        let last = Arc::clone(&heard);
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let Some(request) = read_request(&stream) else { continue };
                *last.lock().unwrap_or_else(PoisonError::into_inner) = request;
                for piece in &pieces {
                    // The other side may hang up first, which is what some tests are about.
                    if stream.write_all(piece).is_err() {
                        break;
                    }
                    thread::sleep(pause);
                }
            }
        });
        Self { base_url: format!("http://{address}/v1"), heard }
    }

    fn says(status: u16, body: &str) -> Self {
        Self::start(vec![http(status, body.as_bytes())], Duration::ZERO)
    }

    fn client(&self) -> OpenAi {
        OpenAi::new(OpenAiSettings {
            base_url: self.base_url.clone(),
            key: Some("open sesame".into()),
            model: "tiny".to_owned(),
            time_ms_max: 600,
        })
        .expect("a client")
    }
}

fn http(status: u16, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn read_request(stream: &TcpStream) -> Option<String> {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let begin = head.len();
        reader.read_line(&mut head).ok().filter(|count| *count > 0)?;
        let line = head[begin..].trim().to_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(head + &String::from_utf8_lossy(&body))
}

fn request() -> Request {
    Request {
        system: "ask one question".to_owned(),
        user: "I \"led\" the team".to_owned(),
        tokens_max: 40,
        ..Request::default()
    }
}

fn written(content: &str) -> String {
    serde_json::json!({ "choices": [{ "message": { "role": "assistant", "content": content } }] })
        .to_string()
}

#[test]
fn what_the_model_writes_comes_back_trimmed() {
    let server = Server::says(200, &written("  <think>hm</think>\nWhat did you do?\n"));
    let client = server.client();
    assert_eq!(client.complete(&request()).expect("an answer"), "What did you do?");
    assert_eq!(client.identity(), "tiny@127.0.0.1");
    let heard = server.heard.lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert!(heard.starts_with("POST /v1/chat/completions "), "{heard}");
    assert!(heard.contains("Bearer open sesame"), "{heard}");
    let body = heard.split_once("\r\n\r\n").map(|(_, body)| body).expect("a body");
    let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(body["messages"][1]["content"], "I \"led\" the team");
    assert_eq!(body["max_tokens"], 40);
}

#[test]
fn wrong_and_broken_answers_are_errors_that_say_why() {
    let cut = http(200, written("What").as_bytes());
    let cut = cut[..cut.len() - 10].to_vec();
    for (answer, says) in [
        (http(500, br#"{"error":{"message":"out of memory"}}"#), "500: out of memory"),
        (http(503, b"<html>later"), "503: <html>later"),
        (http(401, &b"x".repeat(5_000)), "401"),
        (http(302, b""), "302"),
        (http(200, b"not json"), "cannot be read"),
        (http(200, br#"{"choices":[]}"#), "wrote nothing"),
        (http(200, br#"{"choices":[{"message":{"content":null}}]}"#), "wrote nothing"),
        (http(200, written(" <think>for ever").as_bytes()), "wrote nothing"),
        (http(200, &[0xFF; 64]), "broke off"),
        (http(200, &vec![b' '; 2 << 20]), "broke off"),
        (cut, "broke off"),
        (b"SSH-2.0-OpenSSH\r\n".to_vec(), "the language model failed"),
        (Vec::new(), "the language model failed"),
    ] {
        let server = Server::start(vec![answer], Duration::ZERO);
        let error = server.client().complete(&request()).expect_err(says).to_string();
        assert!(error.contains(says), "{says}: {error}");
        assert!(error.len() < 500, "{error}");
    }
}

#[test]
fn data_is_asked_for_by_its_schema_and_says_what_wrote_it() {
    let answer = serde_json::json!({
        "model": "tiny-2", "system_fingerprint": "fp_1",
        "choices": [{ "message": { "role": "assistant", "content": "{\"level\": 3}" } }]
    });
    let server = Server::says(200, &answer.to_string());
    let schema = serde_json::json!({ "type": "object" });
    let asked = Request { seed: Some(7), schema: Some(schema.clone()), ..request() };
    let written = server.client().write(&asked).expect("an answer");
    assert_eq!(written.text, "{\"level\": 3}");
    assert_eq!(written.fingerprint.as_deref(), Some("tiny-2 fp_1"));
    let heard = server.heard.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let body = heard.split_once("\r\n\r\n").map(|(_, body)| body).expect("a body");
    let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(body["seed"], 7);
    assert_eq!(body["response_format"]["type"], "json_schema");
    assert_eq!(body["response_format"]["json_schema"]["schema"], schema);
    assert!(body.get("background").is_none(), "{body}");
}

#[test]
fn a_refusal_is_no_answer() {
    let refused = r#"{"choices":[{"message":{"content":null,"refusal":"I will not"}}]}"#;
    let error = Server::says(200, refused).client().write(&request()).expect_err("a refusal");
    assert!(error.to_string().contains("it refused: I will not"), "{error}");
}

#[test]
fn a_request_may_set_its_own_time() {
    let server = Server::start(vec![Vec::new(); 40], Duration::from_millis(100));
    let patient = OpenAi::new(OpenAiSettings {
        base_url: server.base_url.clone(),
        key: None,
        model: "tiny".to_owned(),
        time_ms_max: 60_000,
    });
    let asked = Request { time_ms_max: Some(300), ..request() };
    let error = patient.expect("a client").write(&asked).expect_err("no answer in time");
    assert!(error.to_string().contains("timeout"), "{error}");
}

#[test]
fn a_slow_server_is_left_in_time() {
    let answer = http(200, written("What did you do?").as_bytes());
    let never = vec![Vec::new(); 40];
    let dribble = answer.iter().map(|byte| vec![*byte]).collect();
    for pieces in [never, dribble] {
        let server = Server::start(pieces, Duration::from_millis(100));
        let begun = Instant::now();
        server.client().complete(&request()).expect_err("no answer in time");
        assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    }
}

#[test]
fn a_redirect_takes_the_words_nowhere() {
    let other = Server::says(200, &written("caught"));
    let head = format!(
        "HTTP/1.1 307 X\r\nLocation: {}/chat/completions\r\nContent-Length: 0\r\n\r\n",
        other.base_url
    );
    let server = Server::start(vec![head.into_bytes()], Duration::ZERO);
    let error = server.client().complete(&request()).expect_err("a redirect").to_string();
    assert!(error.contains("307"), "{error}");
    assert!(other.heard.lock().unwrap_or_else(PoisonError::into_inner).is_empty());
}

#[test]
fn addresses_that_would_leak_or_make_no_sense_are_refused() {
    let client = |base_url: &str| {
        OpenAi::new(OpenAiSettings {
            base_url: base_url.to_owned(),
            key: None,
            model: "m".to_owned(),
            time_ms_max: 1,
        })
    };
    for good in ["http://localhost:1/v1", "http://[::1]:1/v1/", "https://models.test/v1"] {
        client(good).expect(good);
    }
    for bad in ["http://models.test/v1", "ftp://models.test", "models", ""] {
        assert!(matches!(client(bad), Err(Error::Load { .. })), "{bad}");
    }
}

#[test]
fn an_address_where_nobody_listens_is_an_error() {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let client = OpenAi::new(OpenAiSettings {
        base_url: format!("http://{}/v1", port.expect("a port that is closed again")),
        key: None,
        model: "m".to_owned(),
        time_ms_max: 2_000,
    });
    client.expect("a client").complete(&request()).expect_err("nobody");
}

/// A worker whose program is this shell script.
fn worker(dir: &Path, script: &str) -> Worker {
    let (program, model) = (dir.join("worker"), dir.join("model.gguf"));
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("a program");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("a program");
    fs::write(&model, "weights").expect("weights");
    Worker::new(WorkerSettings {
        program,
        model,
        identity: "tiny@0".to_owned(),
        sha256: "0".repeat(64),
        threads: 1,
        start_ms_max: 2_000,
        time_ms_max: 1_000,
    })
    .expect("a worker")
}

#[test]
fn a_worker_that_does_not_start_says_why_and_is_given_up() {
    let dir = tempfile::tempdir().expect("a directory");
    for (script, says) in [
        ("echo 'no such weights' >&2; exit 3", "no such weights"),
        ("read token; echo hello", "where it listens"),
        ("read token; echo '{\"port\": 0}'", "where it listens"),
        ("read token; sleep 60", "not ready"),
    ] {
        let worker = worker(dir.path(), script);
        let error = worker.start().expect_err(says).to_string();
        assert!(error.contains(says), "{says}: {error}");
        assert!(!worker.is_well());
    }
    let worker = worker(dir.path(), "exit 1");
    for _ in 0..FRUITLESS_STARTS_MAX {
        worker.start().expect_err("it does not start");
    }
    let error = worker.complete(&request()).expect_err("given up").to_string();
    assert!(error.contains("too often"), "{error}");
}

#[test]
fn a_worker_answers_is_started_again_after_a_crash_and_ends_with_its_owner() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Server::says(200, &written("What did you do?"));
    let url = Url::parse(&server.base_url).expect("an address");
    let port = url.port().expect("a port");
    // It writes down its starts and its end, and lives until its standard input closes.
    let journal = dir.path().join("journal");
    let script = format!(
        "read token\necho start $$ >> {0}\necho '{{\"port\": {port}, \"memory_bytes\": 7}}'\n\
         cat > /dev/null\necho end >> {0}",
        journal.display()
    );
    let worker = worker(dir.path(), &script);
    assert_eq!(worker.start().expect("it starts"), 7);
    assert_eq!(worker.complete(&request()).expect("an answer"), "What did you do?");
    assert!(worker.is_well());
    assert_eq!(worker.identity(), "tiny@0");

    let first = fs::read_to_string(&journal).expect("the journal");
    let pid = first.trim().strip_prefix("start ").expect("its process id").to_owned();
    let killed = Command::new("kill").args(["-9", &pid]).status().expect("kill runs");
    assert!(killed.success());
    while worker.is_well() {
        thread::sleep(Duration::from_millis(10));
    }
    worker.complete(&request()).expect("an answer of a second process");
    let journal = fs::read_to_string(&journal).expect("the journal");
    let pids: Vec<&str> = journal.lines().filter_map(|line| line.strip_prefix("start ")).collect();
    assert_eq!(pids.len(), 2, "{journal}");
    drop(worker);
    let alive = Command::new("kill")
        .args(["-0", pids[1]])
        .stderr(Stdio::null())
        .status()
        .expect("kill runs");
    assert!(!alive.success(), "the process outlived its owner");
}

#[test]
fn what_is_not_installed_is_missing() {
    let absent = Worker::new(WorkerSettings {
        program: "/nowhere/greenroom-language".into(),
        model: "/nowhere/model.gguf".into(),
        identity: String::new(),
        sha256: String::new(),
        threads: 1,
        start_ms_max: 1,
        time_ms_max: 1,
    });
    assert!(matches!(absent, Err(Error::Missing { .. })));
}

#[test]
fn the_first_language_model_that_is_whole_is_used_and_one_for_trials_only_by_name() {
    let dir = tempfile::tempdir().expect("a directory");
    let model = |id: &str, role: &str, trial: bool| {
        format!(
            r#"
            [[model]]
            id = "{id}"
            role = "{role}"
            purpose = "writes"
            licence = "MIT"
            fetch = "on_request"
            trial = {trial}
            [[model.file]]
            path = "model.gguf"
            bytes = 1
            sha256 = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
            source = [{{ npm = "x@1", member = "x" }}]
            "#
        )
    };
    let text = model("ear", "captions", false)
        + &model("tiny", "language", true)
        + &model("large", "language", false)
        + &model("small", "language", false);
    let catalogue = Catalogue::parse(&text).expect("a catalogue");
    let chosen = |id| choose(&catalogue, dir.path(), id).map(|model| model.id.as_str());
    assert_eq!(chosen(None), None);
    for (id, content) in [("ear", "x"), ("tiny", "x"), ("large", "y"), ("small", "x")] {
        fs::create_dir(dir.path().join(id)).expect("a directory");
        fs::write(dir.path().join(id).join("model.gguf"), content).expect("weights");
    }
    assert_eq!(chosen(None), Some("small"), "the large one is corrupt");
    assert_eq!(chosen(Some("tiny")), Some("tiny"));
    assert_eq!(chosen(Some("ear")), None);
}
