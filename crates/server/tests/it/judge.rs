//! `greenroom judge` as a shell meets it, in a folder without models.

use std::{
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};

const ASKED: &str = "What does an index of a database table cost?";
const REFERENCE: &str = "Every insert, update and delete must change the index as well, so writes become slower. \
    The index takes space on disk.";

fn line(id: &Value, answer: &str) -> String {
    json!({"id": id, "question": ASKED, "reference": REFERENCE, "answer": answer}).to_string()
}

/// Runs `greenroom judge` on these lines, from standard input or, where `named` is set, from a file.
fn judge(folder: &Path, lines: &[u8], named: bool) -> Output {
    let file = folder.join("lines.jsonl");
    std::fs::write(&file, lines).expect("written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_greenroom"));
    command
        .args(["judge", "--jsonl", if named { "lines.jsonl" } else { "-" }])
        .current_dir(folder)
        .env("GREENROOM_DATA", folder)
        .env("GREENROOM_MODELS", folder.join("models"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program runs");
    let mut input = child.stdin.take().expect("its input");
    let given = if named { Vec::new() } else { lines.to_vec() };
    let writer = std::thread::spawn(move || input.write_all(&given));
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("no panic").expect("all lines are read");
    output
}

fn lines_of(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

#[test]
fn every_line_is_judged_in_order_and_says_what_it_rests_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let given = [
        line(&json!("full"), REFERENCE),
        line(&json!(7), "It takes disk space."),
        line(&json!("nothing"), ""),
    ];
    let given = given.join("\n");
    for named in [true, false] {
        let output = judge(folder.path(), given.as_bytes(), named);
        assert!(output.status.success(), "{output:?}");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(told.contains("by their words alone") && told.contains("models pull"), "{told}");
        let judged = lines_of(&output);
        let ids: Vec<&Value> = judged.iter().map(|one| &one["id"]).collect();
        assert_eq!(ids, [&json!("full"), &json!(7), &json!("nothing")]);
        for one in &judged {
            let keys: Vec<&str> =
                one.as_object().expect("an object").keys().map(String::as_str).collect();
            assert_eq!(keys.len(), 7, "{keys:?}");
            let [points, low, high] =
                ["points", "low", "high"].map(|key| one[key].as_f64().expect("a number"));
            assert!(0.0 <= low && low <= points && points <= high && high <= 1.0, "{one}");
        }
        let points = |index: usize| judged[index]["points"].as_f64().expect("points");
        assert!(points(0) > points(1) && points(1) > points(2) && points(2) == 0.0);
        assert_eq!(judged[1]["evidence"][0]["quote"], "It takes disk space");
        assert!(
            judged[1]["missing"][0]["point"].as_str().expect("a point").starts_with("Every insert")
        );
    }
}

#[test]
fn a_bad_line_is_named_and_the_others_are_judged() {
    let folder = tempfile::tempdir().expect("a folder");
    let long = line(&json!("long"), &"words ".repeat(200_000));
    let mut given: Vec<u8> = Vec::new();
    for text in [
        "{\"id\": \"cut off\"",
        "",
        &line(&json!("first"), "Writes become slower."),
        "{\"id\": \"a\", \"question\": \"\", \"answer\": \"\"}",
        "{\"id\": \"b\", \"question\": \"?\", \"reference\": \"...\", \"answer\": \"\"}",
        "{\"id\": null, \"question\": \"?\", \"reference\": \"words here\", \"answer\": \"\"}",
        &long,
    ] {
        given.extend(text.as_bytes());
        given.push(b'\n');
    }
    given.extend([b'"', 0xff, 0xfe, b'"', b'\n']);
    given.extend(line(&json!("last"), "It takes space.").as_bytes());
    let output = judge(folder.path(), &given, false);
    assert_eq!(output.status.code(), Some(1));
    let ids: Vec<Value> = lines_of(&output).iter().map(|one| one["id"].clone()).collect();
    assert_eq!(ids, [json!("first"), json!("last")]);
    let told = String::from_utf8_lossy(&output.stderr);
    for (number, what) in [
        (1, "one object"),
        (4, "reference"),
        (5, "full answer"),
        (6, "\"id\""),
        (7, "shorten"),
        (8, "one object"),
    ] {
        let start = format!("error: line {number}: ");
        let line = told.lines().find(|line| line.starts_with(&start));
        assert!(line.is_some_and(|line| line.contains(what)), "{number} {what}: {told}");
    }
    assert!(!told.contains("line 3:") && !told.contains("line 9:"), "{told}");
}

#[test]
fn a_file_that_is_not_there_is_an_error_that_says_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = Command::new(env!("CARGO_BIN_EXE_greenroom"))
        .args(["judge", "--jsonl", "nowhere.jsonl"])
        .current_dir(folder.path())
        .env("GREENROOM_DATA", folder.path())
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("nowhere.jsonl") && told.contains("standard input"), "{told}");
}
