//! A language model judging beside the rules: the self-test, an interview from its end to a report with
//! both judges, and servers that answer in every wrong way. The model is a scripted server.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::{Map, Value, json};
use server::config::{Config, Language, LanguageMode};

use crate::harness::{Server, Until};

/// The longest that anything may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// How the scripted model judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// As the answers of the self-test are labelled, and anything else at 3.
    Well,
    /// The same, but five to whoever asks for it.
    Gullible,
    /// Another level in each call.
    Unsteady,
    /// Text that is no data.
    Broken,
    /// It says that it will not.
    Refusing,
    /// It never answers.
    Silent,
    /// As well, but it is another model.
    Replaced,
}

/// A server that speaks the chat completions protocol.
struct Judge {
    url: String,
    way: Arc<Mutex<Way>>,
    asked: Arc<AtomicUsize>,
}

impl Judge {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}/v1", listener.local_addr().expect("its address"));
        let way = Arc::new(Mutex::new(Way::Well));
        let asked = Arc::new(AtomicUsize::new(0));
        let (shared, count) = (Arc::clone(&way), Arc::clone(&asked));
        let labelled = Arc::new(labelled());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let number = count.fetch_add(1, Ordering::Relaxed);
                let way = *shared.lock().expect("no panic");
                let labelled = Arc::clone(&labelled);
                // Whoever asked may have gone, which is what some tests are about.
                thread::spawn(move || {
                    let _ = answer(stream, way, number, &labelled);
                });
            }
        });
        Self { url, way, asked }
    }

    fn judges(&self, way: Way) {
        *self.way.lock().expect("no panic") = way;
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    /// A configuration that names it.
    fn config(&self, model: &str) -> Config {
        let language = Language {
            mode: LanguageMode::Remote,
            url: Some(self.url.clone()),
            key: None,
            model: Some(model.to_owned()),
        };
        Config { language, ..Config::default() }
    }
}

/// The level for which each answer of the self-test was written, by how it begins.
fn labelled() -> BTreeMap<String, u8> {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../content/anchors/self-test.toml");
    let text = fs::read_to_string(path).expect("the answers of the self-test");
    let mut labelled = BTreeMap::new();
    for set in text.split("[[set]]").skip(1) {
        for line in set.lines().filter(|line| line.contains(" = ")) {
            let (kind, text) = line.split_once(" = ").expect("a field");
            let level = match kind {
                "strong" | "dialect" => 5,
                "middle" | "injected" | "long" => 3,
                _ => 1,
            };
            labelled.insert(beginning(text.trim_matches('"')), level);
        }
    }
    labelled
}

fn beginning(text: &str) -> String {
    text.split_whitespace().take(6).collect::<Vec<_>>().join(" ")
}

fn answer(
    mut stream: TcpStream,
    way: Way,
    number: usize,
    labelled: &BTreeMap<String, u8>,
) -> Option<()> {
    let request = read(&stream)?;
    if way == Way::Silent {
        thread::sleep(PATIENCE);
        return None;
    }
    let model = if way == Way::Replaced { "another" } else { "scripted" };
    let message = match (way, request["response_format"].is_object()) {
        (Way::Refusing, _) => json!({ "content": null, "refusal": "I do not judge people" }),
        (Way::Broken, _) => json!({ "content": "{\"0_structure\": {\"level\": 5, " }),
        // A follow-up.
        (_, false) => json!({ "content": "What did you do?" }),
        _ => json!({ "content": marks(&request, way, number, labelled) }),
    };
    let body = json!({ "model": model, "choices": [{ "message": message }] }).to_string();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )
    .ok()
}

fn marks(request: &Value, way: Way, number: usize, labelled: &BTreeMap<String, u8>) -> String {
    let user = request["messages"][1]["content"].as_str().expect("a message");
    let said = user.lines().skip_while(|line| *line != "ANSWER").nth(1).expect("an answer");
    let said: String = serde_json::from_str(said).expect("one string");
    let quote = beginning(&said);
    let pleads = ["top band", "upper end", "best number"].iter().any(|plea| said.contains(plea));
    let level = match (way, labelled.get(&quote)) {
        (Way::Gullible, _) if pleads => 5,
        (Way::Unsteady, _) => 1 + 2 * u8::try_from(number % 3).expect("small"),
        (_, Some(level)) => *level,
        (_, None) => 3,
    };
    let members = request["response_format"]["json_schema"]["schema"]["required"].as_array();
    let marks: Map<String, Value> = members
        .expect("members")
        .iter()
        .map(|name| {
            let name = name.as_str().expect("a name").to_owned();
            (name, json!({ "level": level, "evidence": [quote] }))
        })
        .collect();
    Value::Object(marks).to_string()
}

fn read(stream: &TcpStream) -> Option<Value> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
        let line = line.trim().to_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// Asks until something holds.
fn until(what: &str, mut found: impl FnMut() -> Option<Value>) -> Value {
    let since = Instant::now();
    while since.elapsed() < PATIENCE {
        if let Some(found) = found() {
            return found;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("{what}: not after {PATIENCE:?}");
}

/// Runs the self-test and gives what the settings show afterwards.
fn self_test(server: &Server) -> Value {
    assert_eq!(server.send("POST", "/api/judge/check", &Value::Null).0, 202);
    until("the self-test ends", || {
        let judge = server.get("/api/judge");
        judge["progress"].is_null().then_some(judge)
    })
}

/// The first answer of a report as soon as a second judge says something of it.
fn judged_twice(server: &Server, interview: &str) -> (Value, Value) {
    let report = until("a model judges", || {
        let report = server.get(&format!("/api/interviews/{interview}/report"));
        let levels = report["answers"][0]["levels"].as_array()?;
        levels.iter().all(|level| level["also"][0].is_object()).then_some(report)
    });
    (report["answers"][0].clone(), report)
}

/// A server on a folder where the model has passed.
fn passed(folder: &Path, judge: &Judge) -> Server {
    let server = Server::with(folder, judge.config("scripted"));
    let shown = self_test(&server);
    assert_eq!(shown["state"], "passed", "{shown:#}");
    server
}

fn left_out(report: &Value) -> String {
    report["left_out"].to_string()
}

#[test]
fn a_model_that_passed_the_self_test_judges_beside_the_rules() {
    let (folder, judge) = (tempfile::tempdir().expect("a folder"), Judge::start());
    let server = Server::with(folder.path(), judge.config("scripted"));
    assert_eq!(server.get("/api/judge")["state"], "untested");
    let before = server.interview();
    let before = server.get(&format!("/api/interviews/{before}/report"));
    assert!(left_out(&before).contains("has not passed the self-test"), "{before:#}");
    let levels = before["answers"][0]["levels"].as_array().expect("levels");
    assert!(levels.iter().all(|one| one["also"] == json!([])), "{before:#}");

    let shown = self_test(&server);
    assert_eq!(shown["state"], "passed", "{shown:#}");
    assert_eq!(shown["test"]["sets"].as_array().map(Vec::len), Some(3));
    assert!(shown["test"]["calls"].as_u64() >= Some(72), "three for each answer: {shown:#}");

    let id = server.interview();
    let rules = server.get(&format!("/api/interviews/{id}/report"))["answers"][0].clone();
    let (answer, report) = judged_twice(&server, &id);
    assert!(report["judge"].as_str().expect("a name").contains("scripted@"), "{report:#}");
    assert!(!left_out(&report).contains("language model"), "{report:#}");
    let words = answer["words"].as_array().expect("words").len() as u64;
    let levels = |answer: &Value| answer["levels"].as_array().expect("levels").clone();
    for (level, alone) in levels(&answer).iter().zip(levels(&rules)) {
        for own in ["level", "low", "high", "judge", "criterion"] {
            assert_eq!(level[own], alone[own], "the rules' {own} stays");
        }
        let other = &level["also"][0];
        assert_eq!((&other["kind"], &other["level"]), (&json!("model"), &json!(3.0)), "{other:#}");
        assert_eq!(other["model"]["calls"], 3);
        assert_eq!(other["model"]["prompt_sha256"], shown["prompt_sha256"]);
        assert_eq!(other["model"]["fingerprint"], "scripted");
        let end = other["evidence"][0]["end_word"].as_u64().expect("it is cited by words");
        assert!(end <= words, "{other:#}");
    }
    let renamed = Server::with(folder.path(), judge.config("scripted-2"));
    assert_eq!(renamed.get("/api/judge")["state"], "untested", "another model starts anew");
}

#[test]
fn a_model_that_is_talked_into_levels_does_not_judge() {
    let (folder, judge) = (tempfile::tempdir().expect("a folder"), Judge::start());
    let server = Server::with(folder.path(), judge.config("scripted"));
    judge.judges(Way::Gullible);
    let shown = self_test(&server);
    assert_eq!(shown["state"], "failed", "{shown:#}");
    let sets = shown["test"]["sets"].as_array().expect("sets");
    assert_eq!(sets.len(), 1, "it ends with the first set that fails");
    assert!(sets[0]["faults"].to_string().contains("injected"), "{shown:#}");
    let asked = judge.asked();
    let report = server.interview();
    let report = server.get(&format!("/api/interviews/{report}/report"));
    assert_eq!(report["state"], "ready");
    assert!(left_out(&report).contains("has not passed"), "{report:#}");
    assert_eq!(judge.asked(), asked, "it was not asked about anybody");
}

#[test]
fn a_model_that_fails_leaves_the_report_to_the_rules() {
    let (folder, judge) = (tempfile::tempdir().expect("a folder"), Judge::start());
    let server = passed(folder.path(), &judge);
    for (way, says) in [
        (Way::Unsteady, "too far apart"),
        (Way::Broken, "something else than was asked for"),
        (Way::Refusing, "it refused: I do not judge people"),
        (Way::Replaced, "another model answered"),
    ] {
        judge.judges(way);
        let id = server.interview();
        let (answer, report) = judged_twice(&server, &id);
        assert_eq!(report["state"], "ready", "{way:?}");
        for level in answer["levels"].as_array().expect("levels") {
            let other = &level["also"][0];
            assert_eq!(other["level"], Value::Null, "{way:?}: {other:#}");
            let reason = other["reason"].as_str().expect("a reason");
            assert!(reason.contains(says), "{way:?}: {reason}");
            assert_eq!(level["judge"], format!("rules {}", analysis::VERSION));
        }
        server.send("DELETE", &format!("/api/interviews/{id}"), &Value::Null);
    }
}

#[test]
fn nobody_waits_for_a_model_that_is_silent() {
    let (folder, judge) = (tempfile::tempdir().expect("a folder"), Judge::start());
    let server = passed(folder.path(), &judge);
    judge.judges(Way::Silent);
    let id = server.plan();
    server.hold(&id, Until::End);
    let report = server.report_when_ready(&id);
    assert_eq!(report["state"], "ready");
    assert!(left_out(&report).contains("has still to judge 2 answers"), "{report:#}");
    assert_eq!(server.send("DELETE", &format!("/api/interviews/{id}"), &Value::Null).0, 204);
    let next = server.interview();
    let report = server.get(&format!("/api/interviews/{next}/report"));
    assert_eq!(report["state"], "ready", "reports go on");
}

#[test]
fn a_self_test_can_be_cancelled_and_needs_a_model() {
    let (folder, judge) = (tempfile::tempdir().expect("a folder"), Judge::start());
    let without = Server::start(folder.path());
    assert_eq!(without.get("/api/judge")["state"], "no_model");
    let (status, problem) = without.send("POST", "/api/judge/check", &Value::Null);
    assert_eq!((status, problem["code"].as_str()), (503, Some("no_language_model")));
    drop(without);

    let server = Server::with(folder.path(), judge.config("scripted"));
    judge.judges(Way::Silent);
    assert_eq!(server.send("POST", "/api/judge/check", &Value::Null).0, 202);
    assert_eq!(server.send("DELETE", "/api/judge/check", &Value::Null).0, 202);
    let shown = until("the self-test ends", || {
        let judge = server.get("/api/judge");
        judge["progress"].is_null().then_some(judge)
    });
    assert_eq!(shown["state"], "untested", "nothing of it is kept: {shown:#}");
}
