//! Levels over time, as the history page reads them.

use serde_json::Value;

use crate::harness::Server;

#[test]
fn words_that_were_told_before_are_named_and_left_out_of_levels_over_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path());
    let empty = server.get("/api/progress");
    assert_eq!(empty["series"].as_array().map(Vec::len), Some(0), "{empty:#}");

    let first = server.interview();
    let overall = |progress: &Value| {
        let series = progress["series"].as_array().expect("series").clone();
        assert_eq!(series[0]["criterion"], "overall", "{progress:#}");
        series[0].clone()
    };
    let before = overall(&server.get("/api/progress"));
    assert_eq!(before["claim"], "not_yet");
    assert!(before["line"].as_str().expect("a sentence").contains("second interview"));
    assert_eq!(before["points"][0]["interview"], first.as_str());
    assert_eq!(before["points"][0]["answers"], 1);
    let (low, high) = (&before["points"][0]["low"], &before["points"][0]["high"]);
    assert!(low.as_f64().expect("a level") < high.as_f64().expect("a level"));

    // The harness types the same answer to every question of every interview.
    let second = server.interview();
    let report = server.get(&format!("/api/interviews/{second}/report"));
    let said = report["answers"][0]["rehearsed"].as_str().expect("a sentence");
    assert!(said.starts_with("Nearly the same words as"), "{said}");
    let after = server.get("/api/progress");
    assert_eq!(overall(&after)["points"].as_array().map(Vec::len), Some(1), "{after:#}");
    assert_eq!(after["not_counted"][0]["interview"], second.as_str());
    assert!(!after["not_counted"][0]["why"].as_str().expect("a reason").is_empty());

    assert_eq!(server.send("DELETE", &format!("/api/interviews/{second}"), &Value::Null).0, 204);
    let left = server.get("/api/progress");
    let left_out = left["not_counted"].as_array().expect("a list");
    assert!(left_out.iter().all(|one| one["interview"] == first.as_str()), "{left:#}");
    assert_eq!(overall(&left)["points"].as_array().map(Vec::len), Some(1), "{left:#}");
}
