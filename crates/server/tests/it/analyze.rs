//! `greenroom analyze` as a shell meets it, in a folder without models.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

const FINE: &str = r#"{"question": "Tell me about a time you led a team.", "turns": [
    {"speaker": "candidate", "text": "Yeah, it was fine."}]}"#;
const TOLD: &str = r#"{"question": "Tell me about a time you led a team.", "turns": [
    {"speaker": "interviewer", "text": "Tell me about a time you led a team."},
    {"speaker": "candidate", "start_s": 2.0, "end_s": 20.0, "text": "Last May our rowing club had lost its coach two weeks before the regatta. Nobody wanted to decide who sat where. I drew up three crews, I rang each rower and asked what they had rowed before, and I moved Priya to stroke because she kept the best time."},
    {"speaker": "interviewer", "text": "And how did it end?"},
    {"speaker": "candidate", "start_s": 23.0, "end_s": 31.0, "text": "We came second of nine boats, and since then I ask everybody before I draw up a crew."},
    {"speaker": "interviewer", "text": "Thank you. Describe a conflict with a colleague."},
    {"speaker": "candidate", "start_s": 40.0, "end_s": 43.0, "text": "I can't think of any."}]}"#;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../engines/tests/fixtures").join(name)
}

/// Runs `greenroom analyze` in a folder of its own, which has no models.
fn analyze(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_greenroom"))
        .arg("analyze")
        .args(arguments)
        .current_dir(folder)
        .env("GREENROOM_DATA", folder)
        .env("GREENROOM_MODELS", folder.join("models"))
        .output()
        .expect("the program runs")
}

/// The lines it prints, as JSON.
fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

fn folder_with(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("written");
    }
    folder
}

#[test]
fn transcripts_are_judged_without_models_each_question_by_itself() {
    let folder = folder_with(&[("a.json", TOLD), ("b.json", FINE)]);
    let output =
        analyze(folder.path(), &["--transcript", "a.json", "--transcript", "b.json", "--json"]);
    assert!(output.status.success(), "{output:?}");
    let lines = lines(&output);
    assert_eq!(lines.len(), 2);
    let (told, fine) = (&lines[0], &lines[1]);
    assert_eq!((told["file"].as_str(), fine["file"].as_str()), (Some("a.json"), Some("b.json")));
    let answers = told["answers"].as_array().expect("answers");
    assert_eq!(answers.len(), 2, "the follow-up belongs to the first answer");
    assert_eq!(answers[0]["probes"].as_array().map(Vec::len), Some(1));
    let level = |answer: &Value| answer["overall"]["level"].as_f64();
    let (told_level, fine_level) = (level(&answers[0]), level(&fine["answers"][0]));
    let told_level = told_level.expect("a told story has a level");
    let fine_level = fine_level.unwrap_or(1.0);
    assert!(fine_level < 2.0, "{fine_level}");
    assert!(told_level > 3.0, "{told_level}");
    assert!(told_level >= fine_level + 1.0, "a told story {told_level}, \"fine\" {fine_level}");
    check_citations(&answers[0]);
    assert_eq!(told["whole"]["coverage"]["asked"], 2);
}

/// Every quotation stands in the words at the place it names.
fn check_citations(answer: &Value) {
    let words: Vec<&str> = answer["words"]
        .as_array()
        .expect("words")
        .iter()
        .map(|word| word["text"].as_str().expect("a text"))
        .collect();
    let claims = ["findings", "judgements"].map(|name| answer[name].as_array().expect("claims"));
    let mut cited = 0;
    for evidence in claims.into_iter().flatten().filter_map(|claim| claim["evidence"].as_array()) {
        for one in evidence.iter().filter(|one| one["kind"] == "words") {
            let place = |name: &str| one[name].as_u64().expect("a place") as usize;
            let there = words[place("first_word")..place("end_word")].join(" ");
            assert_eq!(Some(there.as_str()), one["quote"].as_str());
            cited += 1;
        }
    }
    assert!(cited > 0, "nothing of the answer is cited");
}

#[test]
fn the_report_for_people_says_what_to_keep_and_what_was_left_out() {
    let folder = folder_with(&[("a.json", TOLD)]);
    let output = analyze(folder.path(), &["--transcript", "a.json"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    for part in [
        "Tell me about a time you led a team.",
        "Levels (1 to 5",
        "left out:",
        "All answers together",
    ] {
        assert!(text.contains(part), "'{part}' is missing in:\n{text}");
    }
}

#[test]
fn a_recording_without_models_says_which_are_missing_and_what_to_do() {
    let folder = folder_with(&[]);
    let tone = fixture("tone.flac");
    let output =
        analyze(folder.path(), &[tone.to_str().expect("UTF-8"), "--question", "Why?", "--json"]);
    assert!(!output.status.success());
    let line = &lines(&output)[0];
    assert_eq!(line["error"]["code"], "model_missing");
    let message = line["error"]["message"].as_str().expect("a message");
    assert!(message.contains("greenroom models pull"), "{message}");
}

#[test]
fn a_file_that_cannot_be_read_gets_its_own_error_and_the_others_go_on() {
    let folder =
        folder_with(&[("fine.json", FINE), ("broken.json", "{\"turns\": 3}"), ("empty.json", "")]);
    let name = |name: &str| fixture(name).to_str().expect("UTF-8").to_owned();
    let (empty, text, codec, none) = (
        name("empty.wav"),
        name("text_named.wav"),
        name("unsupported_ac3.mka"),
        name("there_is_none.wav"),
    );
    let arguments = [
        &empty,
        &text,
        &codec,
        &none,
        "--transcript",
        "broken.json",
        "--transcript",
        "empty.json",
        "--transcript",
        "fine.json",
        "--question",
        "Tell me about a time you led a team.",
        "--json",
    ];
    let output = analyze(folder.path(), &arguments);
    assert!(!output.status.success());
    let lines = lines(&output);
    let codes: Vec<Option<&str>> =
        lines.iter().map(|line| line["error"]["code"].as_str()).collect();
    let expected = [
        Some("empty_file"),
        Some("text_file"),
        Some("unsupported_codec"),
        Some("cannot_read"),
        Some("not_a_transcript"),
        Some("empty_file"),
        None,
    ];
    assert_eq!(codes, expected);
    assert_eq!(lines[6]["answers"].as_array().map(Vec::len), Some(1));
}

#[test]
fn questions_and_files_must_fit() {
    let folder = folder_with(&[("a.json", FINE), ("b.json", FINE), ("c.json", FINE)]);
    let three = ["--transcript", "a.json", "--transcript", "b.json", "--transcript", "c.json"];
    let output = analyze(
        folder.path(),
        &[&three[..], &["--question", "One?", "--question", "Two?"]].concat(),
    );
    assert!(!output.status.success());
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(error.contains("2 questions for 3 files"), "{error}");
    let output = analyze(folder.path(), &[fixture("tone.flac").to_str().expect("UTF-8")]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && error.contains("--question"), "{error}");
    let output = analyze(folder.path(), &["--transcript", ".", "--json"]);
    assert_eq!(lines(&output).len(), 3, "a folder is all transcripts in it");
}
