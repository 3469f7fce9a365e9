//! Who is let in.

use tokio_tungstenite::{connect_async, tungstenite::client::IntoClientRequest};

use crate::harness::Server;

#[test]
fn other_sites_and_rebound_names_get_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path());
    let refused = [
        ("origin", "http://evil.example", 403, "wrong_origin"),
        ("origin", "null", 403, "wrong_origin"),
        ("host", "evil.example", 421, "wrong_host"),
        ("sec-fetch-site", "cross-site", 403, "wrong_origin"),
    ];
    for path in ["/", "/api/status", "/api/interviews", "/api/openapi.json"] {
        for (name, value, status, code) in refused {
            let mut response = server.fetch(path, &[(name, value)]);
            assert_eq!(response.status(), status, "{path} {name}: {value}");
            let text = response.body_mut().read_to_string().expect("a body");
            assert!(text.contains(code), "{path} {name}: {value}: {text}");
            assert!(!text.contains(&server.token), "the token must not get out");
        }
        assert_ne!(server.fetch(path, &[]).status(), 403, "{path}");
    }
}

#[test]
fn nothing_changes_without_the_token() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Server::start(folder.path());
    let goal = serde_json::json!({"role": "Data analyst", "seniority": "mid"});
    let token = std::mem::replace(&mut server.token, "guessed".to_owned());
    for (method, path) in [
        ("POST", "/api/goals"),
        ("POST", "/api/interviews"),
        ("POST", "/api/models/pull"),
        ("POST", "/api/import"),
        ("PUT", "/api/settings"),
        ("DELETE", "/api/everything"),
    ] {
        let (status, problem) = server.send(method, path, &goal);
        assert_eq!((status, problem["code"].as_str()), (403, Some("bad_token")), "{path}");
    }
    server.token = token;
    assert_eq!(server.get("/api/goals"), serde_json::json!([]));
    assert_eq!(server.send("POST", "/api/goals", &goal).0, 201);
}

#[test]
fn a_socket_from_another_site_is_not_opened() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path());
    let interview = server.plan();
    let client = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let client = client.expect("a runtime");
    for path in [format!("/api/interviews/{interview}/live"), "/api/check/microphone".to_owned()] {
        for origin in [None, Some("http://evil.example"), Some("null")] {
            let address = format!("ws://127.0.0.1:{}{path}", server.port);
            let mut request = address.into_client_request().expect("a request");
            if let Some(origin) = origin {
                let origin = origin.parse().expect("a header value");
                request.headers_mut().insert("origin", origin);
            }
            let opened = client.block_on(connect_async(request));
            assert!(opened.is_err(), "{path} was opened from {origin:?}");
        }
    }
}

#[test]
fn every_refusal_is_a_problem_document_with_a_code() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path());
    let json = "application/json";
    for (method, path, kind, body, status, code) in [
        ("POST", "/api/goals", json, "{", 400, "bad_request"),
        ("POST", "/api/goals", json, "{}", 422, "invalid_body"),
        ("POST", "/api/goals", "text/plain", "x", 415, "wrong_media_type"),
        ("PUT", "/api/goals", json, "{}", 405, "method_not_allowed"),
        ("PUT", "/api/interviews/x/camera/one/0", json, "x", 400, "bad_request"),
        ("DELETE", "/api/interviews/itv_1", json, "", 404, "not_found"),
    ] {
        let (found, problem) = server.send_bytes(method, path, kind, body.as_bytes(), &[]);
        assert_eq!(found, status, "{method} {path}: {problem}");
        assert_eq!(problem["code"], code, "{method} {path}: {problem}");
        assert_eq!(problem["status"], status, "{method} {path}: {problem}");
    }
}
