//! Interviews leave as files, come back, and are deleted for good.

use serde_json::{Value, json};

use crate::harness::{Server, files_below};

const BOUNDARY: &str = "one-part-of-a-form";

fn form_of(file: &[u8]) -> Vec<u8> {
    let head = format!(
        "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.greenroom\"\r\n\
         content-type: application/octet-stream\r\n\r\n"
    );
    let tail = format!("\r\n--{BOUNDARY}--\r\n");
    [head.as_bytes(), file, tail.as_bytes()].concat()
}

fn import(server: &Server, file: &[u8]) -> (u16, Value) {
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    server.send_bytes("POST", "/api/import", &kind, &form_of(file), &[])
}

fn export(server: &Server, id: &str, format: &str) -> Vec<u8> {
    let mut response = server.fetch(&format!("/api/interviews/{id}/export/{format}"), &[]);
    assert_eq!(response.status(), 200, "{format}");
    response.body_mut().read_to_vec().expect("a body")
}

fn record(server: &Server, id: &str) {
    let path = |seq: u32| format!("/api/interviews/{id}/camera/0/{seq}");
    let start = [("x-greenroom-start-us", "1000")];
    let put = |seq, piece: &[u8], headers: &[(&str, &str)]| {
        server.send_bytes("PUT", &path(seq), "video/webm", piece, headers)
    };
    assert_eq!(put(1, b"second", &[]).0, 422, "a take begins with its first piece");
    assert_eq!(put(0, b"first ", &start).0, 204);
    let end = |end_us| [("x-greenroom-end-us", end_us)];
    assert_eq!(put(1, b"second", &end("4001000")).0, 204);
    assert_eq!(put(1, b"second", &end("9001000")).0, 204, "a piece that comes twice is harmless");
    let takes = &server.get(&format!("/api/interviews/{id}"))["takes"];
    assert_eq!(*takes, json!([{"take": 0, "start_us": 1_000, "length_us": 4_000_000}]));
}

#[test]
fn an_interview_is_exported_whole_and_imported_elsewhere() {
    let (here, there) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("one"));
    let server = Server::start(here.path());
    let id = server.plan();
    record(&server, &id);
    server.hold(&id, crate::harness::Until::End);
    let report = server.report_when_ready(&id);
    let file = export(&server, &id, "greenroom");

    let other = Server::start(there.path());
    let (status, created) = import(&other, &file);
    assert_eq!((status, &created["id"]), (201, &json!(id)), "{created}");
    assert_eq!(other.report_when_ready(&id)["answers"], report["answers"]);
    let takes = &other.get(&format!("/api/interviews/{id}"))["takes"];
    assert_eq!(takes[0]["length_us"], 4_000_000, "the length came along");
    let part = other.fetch(&format!("/api/interviews/{id}/camera/0"), &[("range", "bytes=6-8")]);
    assert_eq!(part.status(), 206);
    assert_eq!(part.into_body().read_to_string().expect("a body"), "sec");

    let (status, copy) = import(&other, &file);
    assert_eq!(status, 201, "{copy}");
    assert_ne!(copy["id"], json!(id), "a second copy stands beside the first");
    assert_eq!(other.get("/api/interviews").as_array().map(Vec::len), Some(2));
}

#[test]
fn a_report_is_exported_for_reading_and_for_players() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path());
    let id = server.interview();
    let text = |format| String::from_utf8(export(&server, &id, format)).expect("text");
    let json: Value = serde_json::from_str(&text("json")).expect("JSON");
    assert_eq!(json["interview"]["id"], json!(id));
    assert!(json["report"]["answers"].is_array());
    assert!(text("markdown").starts_with("# Phone screen, "), "{}", text("markdown"));
    let page = text("print");
    assert!(page.contains("warehouse lost two days") && !page.contains("<script"));
    let captions = text("vtt");
    assert!(captions.starts_with("WEBVTT\n") && captions.contains("<v You>"), "{captions}");
    let unknown = server.fetch(&format!("/api/interviews/{id}/export/pdf"), &[]);
    assert_eq!(unknown.status(), 422);
}

#[test]
fn what_is_no_greenroom_file_is_refused_clearly() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path());
    for file in [&b""[..], b"just a text", b"PK\x03\x04 and then nothing"] {
        let (status, problem) = import(&server, file);
        assert_eq!((status, problem["code"].as_str()), (422, Some("bad_archive")), "{problem}");
    }
    let (status, problem) = server.send_bytes("POST", "/api/import", "text/plain", b"x", &[]);
    assert_eq!((status, problem["code"].as_str()), (400, Some("bad_request")));
    assert_eq!(server.get("/api/interviews"), json!([]));
}

#[test]
fn what_is_deleted_leaves_nothing_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path());
    let id = server.plan();
    record(&server, &id);
    let holds = |needle: &[u8]| {
        files_below(folder.path()).into_iter().any(|file| {
            let bytes = std::fs::read(file).unwrap_or_default();
            bytes.windows(needle.len()).any(|window| window == needle)
        })
    };
    server.hold(&id, crate::harness::Until::End);
    server.report_when_ready(&id);
    assert!(holds(b"first ") && holds(b"warehouse lost two days"));
    assert_eq!(server.send("DELETE", &format!("/api/interviews/{id}"), &Value::Null).0, 204);
    assert!(!holds(b"warehouse lost two days"), "the words are still on the disk");
    assert!(!folder.path().join("streams").join(&id).exists(), "the recording is still there");
    assert_eq!(server.fetch(&format!("/api/interviews/{id}"), &[]).status(), 404);

    let goal = json!({"role": "Nurse", "seniority": "mid"});
    assert_eq!(server.send("POST", "/api/goals", &goal).0, 201);
    let (status, problem) = server.send("DELETE", "/api/everything", &json!({"confirm": "yes"}));
    assert_eq!((status, problem["code"].as_str()), (422, Some("not_confirmed")));
    let confirmed = json!({"confirm": "delete everything"});
    assert_eq!(server.send("DELETE", "/api/everything", &confirmed).0, 204);
    assert_eq!(server.get("/api/goals"), json!([]));
    assert_eq!(server.send("POST", "/api/goals", &goal).0, 201, "and one can begin anew");
}
