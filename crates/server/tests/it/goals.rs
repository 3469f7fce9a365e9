//! A goal changes what is asked.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::Server;

#[test]
fn two_goals_get_two_plans_and_each_question_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path());
    let plan_for = |goal: &Value| {
        let (status, goal) = server.send("POST", "/api/goals", goal);
        assert_eq!(status, 201, "{goal}");
        let wishes = json!({"goal": goal["id"], "seed": 11});
        let (status, plan) = server.send("POST", "/api/plans", &wishes);
        assert_eq!(status, 200, "{plan}");
        plan
    };
    let first = plan_for(&json!({"role": "Customer support agent", "seniority": "entry",
        "focus": ["customer_focus", "conflict"]}));
    let second = plan_for(&json!({"role": "Engineering manager", "seniority": "senior",
        "focus": ["leadership", "failure"]}));
    let asked = |plan: &Value| -> BTreeSet<String> {
        let items = plan["items"].as_array().expect("questions");
        assert!(
            items.iter().all(|item| item["reason"].as_str().is_some_and(|why| !why.is_empty()))
        );
        items.iter().map(|item| item["question_id"].to_string()).collect()
    };
    let (a, b) = (asked(&first), asked(&second));
    assert!(a.intersection(&b).count() < a.len().min(b.len()), "{a:?} and {b:?} are the same");
    let first_topic = |plan: &Value| plan["items"][0]["competency"].clone();
    assert!(["customer_focus", "conflict"].iter().any(|topic| first_topic(&first) == *topic));
    assert!(["leadership", "failure"].iter().any(|topic| first_topic(&second) == *topic));
}

#[test]
fn a_goal_that_cannot_be_is_refused_with_its_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path());
    for (goal, code) in [
        (json!({"role": "  ", "seniority": "mid"}), "role_length"),
        (json!({"role": "x".repeat(121), "seniority": "mid"}), "role_length"),
        (json!({"role": "Nurse", "seniority": "mid", "date": "tomorrow"}), "date"),
    ] {
        let (status, problem) = server.send("POST", "/api/goals", &goal);
        assert_eq!((status, problem["code"].as_str()), (422, Some(code)), "{problem}");
    }
    assert_eq!(server.get("/api/goals"), json!([]));
}

#[test]
fn the_next_step_can_be_dismissed_and_another_comes() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path());
    let first = server.get("/api/next-step");
    assert_eq!(first["id"], "set-goal", "{first}");
    assert_eq!(server.send("POST", "/api/next-step/set-goal/dismiss", &Value::Null).0, 204);
    let second = server.get("/api/next-step");
    assert_eq!(second["href"], "/start?focus=leadership", "{second}");
    let dismissed = format!("/api/next-step/{}/dismiss", second["id"].as_str().expect("an id"));
    assert_eq!(server.send("POST", &dismissed, &Value::Null).0, 204);
    assert_eq!(server.get("/api/next-step"), Value::Null);
}
