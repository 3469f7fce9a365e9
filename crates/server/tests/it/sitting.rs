//! Interviews from their first word to their report, typed, without any model.

use serde_json::{Value, json};

use crate::harness::{Server, Until};

#[test]
fn a_typed_interview_ends_with_a_report_whose_claims_stand_in_the_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path());
    let id = server.plan();
    let said = server.hold(&id, Until::End);
    assert!(said.iter().any(|message| message["type"] == "ended"));
    let report = server.report_when_ready(&id);
    assert_eq!(report["state"], "ready", "{report:#}");
    let answer = &report["answers"][0];
    assert_eq!(answer["spoken"], false);
    let words = answer["words"].as_array().expect("words");
    let points = answer["findings"].as_array().expect("findings");
    assert!(!points.is_empty(), "{answer:#}");
    for evidence in points.iter().flat_map(|point| point["evidence"].as_array().expect("evidence"))
    {
        let end = evidence["end_word"].as_u64().expect("typed answers are cited by words");
        assert!(end as usize <= words.len(), "{evidence}");
    }
    assert!(!answer["levels"].as_array().expect("levels").is_empty(), "{answer:#}");
    let listed = server.get("/api/interviews");
    assert_eq!(listed[0]["state"], "ended");
    assert_eq!(listed[0]["report"], "ready");
}

#[test]
fn an_interview_goes_on_after_the_server_was_killed() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path());
    let id = server.plan();
    let before = server.hold(&id, Until::FirstAnswer);
    assert_eq!(before[0]["resumed"], false);
    let answer = before.last().expect("the answer's turn")["turn"]["text"].clone();
    server.wait_until_stored(&id, &answer);
    drop(server);

    let server = Server::start(folder.path());
    assert_eq!(server.get("/api/next-step")["href"], format!("/room/{id}"));
    let after = server.hold(&id, Until::End);
    assert_eq!(after[0]["resumed"], true);
    let kept = after[0]["turns"].as_array().expect("turns");
    assert!(kept.iter().any(|turn| turn["text"] == answer), "{kept:#?}");
    assert_eq!(server.report_when_ready(&id)["state"], "ready");
}

#[test]
fn a_corrected_transcript_is_judged_again_and_can_be_taken_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path());
    let id = server.interview();
    let answer = server.get(&format!("/api/interviews/{id}/report"))["answers"][0].clone();
    let path = format!("/api/answers/{}/transcript", answer["answer"].as_str().expect("an id"));
    let corrected = json!({"text": "I did nothing at all."});
    assert_eq!(server.send("PUT", &path, &corrected).0, 202);
    let changed = server.report_when_ready(&id)["answers"][0].clone();
    assert_eq!(changed["words"].as_array().map(Vec::len), Some(5), "{changed:#}");
    assert!(changed["edited_share"].as_f64().expect("a share") > 0.5);
    assert_eq!(server.send("DELETE", &path, &Value::Null).0, 202);
    let restored = server.report_when_ready(&id)["answers"][0].clone();
    assert_eq!(restored["words"], answer["words"]);
    assert_eq!(restored["edited_share"], 0.0);
    let (status, problem) = server.send("PUT", &path, &json!({"text": "  "}));
    assert_eq!((status, problem["code"].as_str()), (422, Some("transcript_length")));
}

#[test]
fn a_struck_filler_counts_nowhere_until_it_is_put_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path());
    let id = server.interview();
    server.judge_as_spoken_with_ums(&id);
    let answer = || server.get(&format!("/api/interviews/{id}/report"))["answers"][0].clone();
    let rate = |answer: &Value| {
        let features = answer["features"].as_array().expect("features");
        let rate = features.iter().find(|feature| feature["name"] == "fillers_per_100");
        rate.and_then(|rate| rate["value"].as_f64()).expect("a rate")
    };
    let noted = |answer: &Value| {
        let findings = answer["findings"].as_array().expect("findings");
        findings.iter().any(|point| point["kind"] == "fillers_frequent")
    };
    let before = answer();
    let found = before["fillers"].as_array().expect("possible fillers").clone();
    assert!(found.len() >= 8 && found.iter().all(|filler| filler["struck"] == false), "{found:?}");
    assert!(noted(&before) && rate(&before) > 8.0, "{before:#}");

    let strike = |place: usize, struck: bool| {
        let path = format!(
            "/api/answers/{}/fillers/{place}/strike",
            before["answer"].as_str().expect("id")
        );
        server.send("POST", &path, &json!({ "struck": struck })).0
    };
    for place in 0..found.len() {
        assert_eq!(strike(place, true), 204);
        let after = answer();
        let struck: Vec<bool> = after["fillers"]
            .as_array()
            .expect("possible fillers")
            .iter()
            .map(|filler| filler["struck"] == true)
            .collect();
        let expected: Vec<bool> = (0..found.len()).map(|other| other <= place).collect();
        assert_eq!(struck, expected, "every one keeps its place");
    }
    let without = answer();
    assert!(!noted(&without) && rate(&without) == 0.0, "{without:#}");
    assert_eq!(without["levels"], before["levels"], "fillers enter no level");
    assert_eq!(server.get(&format!("/api/interviews/{id}/report"))["state"], "ready");

    assert_eq!(strike(2, false), 204);
    let back = answer();
    assert_eq!(back["fillers"][2]["struck"], false);
    assert!(rate(&back) > 0.0 && rate(&back) < rate(&before));
    assert_eq!(strike(found.len(), true), 404);
}

#[test]
fn a_retake_is_compared_with_the_first_attempt() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path());
    let first = server.interview();
    let answer_of = |id: &str| {
        let report = server.get(&format!("/api/interviews/{id}/report"));
        report["answers"][0]["answer"].as_str().expect("an answer").to_owned()
    };
    let before = answer_of(&first);
    let (status, created) =
        server.send("POST", &format!("/api/answers/{before}/retake"), &Value::Null);
    assert_eq!(status, 201, "{created}");
    let again = created["id"].as_str().expect("an id").to_owned();
    server.hold(&again, Until::End);
    server.report_when_ready(&again);
    let after = answer_of(&again);
    let compared = server.get(&format!("/api/answers/{before}/compare/{after}"));
    assert_eq!(compared["before"]["answer"], json!(before));
    assert_eq!(compared["after"]["answer"], json!(after));
    assert!(compared["same_words"].as_f64().expect("a share") > 0.9, "the same text was typed");
}
