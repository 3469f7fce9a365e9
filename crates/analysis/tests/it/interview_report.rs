//! The report of a whole interview.

use analysis::{AnswerReport, CandidateQuestion, InterviewInput, OwnRating, analyse_interview};
use interview::{
    AnswerId, Competency, Goal, GoalId, Hints, PersonId, Plan, PlanItem, Seniority, WordRange,
    word::words_of,
};

use crate::told::{Ask, QUESTION, STORY, VAGUE, bank, kinds, question, rubric, typed};

fn plan(goal: Option<Goal>) -> Plan {
    let format = bank().formats.values().next().expect("a format").clone();
    Plan {
        persona: bank().personas[&format.persona].clone(),
        format,
        rubric: rubric().clone(),
        goal,
        seniority: Seniority::Mid,
        items: ["conflict-colleague-disagreement", QUESTION, "failure-own-mistake"]
            .map(|id| PlanItem { question: question(id).clone(), reason: String::new() })
            .into(),
        hints: Hints::Exam,
        camera: false,
    }
}

fn goal(focus: Vec<Competency>) -> Goal {
    Goal {
        id: GoalId::new(1, [1; 10]),
        person: PersonId::new(1, [1; 10]),
        role: "Duty manager".into(),
        seniority: Seniority::Mid,
        company: Some("Riverside Hotels".into()),
        date: None,
        focus,
        notes: String::new(),
    }
}

fn answer(item: u32, attempt: u32, id: &str, text: &str) -> AnswerReport {
    let mut answer = typed(question(id), text);
    answer.id = AnswerId::new(u64::from(item * 10 + attempt), [2; 10]);
    answer.item = Some(item);
    answer.attempt = attempt;
    Ask::default().report(&answer)
}

fn input(plan: &Plan, asked: u32, answers: Vec<AnswerReport>) -> InterviewInput<'_> {
    InterviewInput { plan, asked, answers, own_rating: None, candidate_questions: &[] }
}

#[test]
fn levels_stand_beside_their_coverage_and_fall_away_below_half() {
    let plan = plan(None);
    let full = analyse_interview(input(&plan, 2, vec![answer(1, 1, QUESTION, STORY)]));
    assert!(full.coverage.suffices() && full.overall.is_some());
    let third = analyse_interview(input(&plan, 3, vec![answer(1, 1, QUESTION, STORY)]));
    assert_eq!((third.coverage.answered, third.coverage.asked), (1, 3));
    assert!(third.overall.is_none());
    assert!(third.criteria.iter().all(|criterion| criterion.level.is_none()));
    assert!(third.left_out.iter().any(|left| left.what == "overall level"));
}

#[test]
fn silence_counts_as_not_answered() {
    let plan = plan(None);
    let answers = vec![
        answer(0, 1, "conflict-colleague-disagreement", ""),
        answer(1, 1, QUESTION, STORY),
        answer(2, 1, "failure-own-mistake", ""),
    ];
    let report = analyse_interview(input(&plan, 3, answers));
    assert_eq!(report.coverage.answered, 1);
    assert!(report.overall.is_none());
}

#[test]
fn a_retake_stands_in_the_report_and_lifts_no_level() {
    let plan = plan(None);
    let once = analyse_interview(input(&plan, 1, vec![answer(1, 1, QUESTION, VAGUE)]));
    let answers = vec![answer(1, 2, QUESTION, STORY), answer(1, 1, QUESTION, VAGUE)];
    let twice = analyse_interview(input(&plan, 1, answers));
    assert_eq!(once.overall, twice.overall);
    assert_eq!(twice.answers.iter().map(|answer| answer.attempt).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn the_weakest_answer_is_to_be_taken_again_and_the_strongest_clip_shown() {
    let plan = plan(None);
    let weak = answer(0, 1, "conflict-colleague-disagreement", VAGUE);
    let strong = answer(1, 1, QUESTION, STORY);
    let (weak_id, strong_id) = (weak.answer, strong.answer);
    let report = analyse_interview(input(&plan, 2, vec![strong, weak]));
    assert_eq!(report.retake.expect("a retake").answer, weak_id);
    assert_eq!(report.strength.expect("a strength").answer, strong_id);
    assert!((1..=2).contains(&report.priorities.len()));
}

#[test]
fn a_goal_changes_what_the_report_looks_at() {
    let answers = || {
        vec![answer(0, 1, "conflict-colleague-disagreement", VAGUE), answer(1, 1, QUESTION, VAGUE)]
    };
    let plain = plan(None);
    let focused = plan(Some(goal(vec![Competency::Adaptability, Competency::Leadership])));
    let without = analyse_interview(input(&plain, 2, answers()));
    let with = analyse_interview(input(&focused, 2, answers()));
    assert!(without.goal.is_empty());
    let lines: Vec<&str> = with.goal.iter().map(|line| line.text.as_str()).collect();
    assert!(lines.iter().any(|line| line.contains("adaptability: one answer, level")), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("leadership: no question")), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("Duty manager at Riverside Hotels")));
    assert_eq!(with.retake.expect("a retake").answer, answers()[1].answer);
    assert_ne!(without.input_sha256, with.input_sha256);
}

#[test]
fn the_candidates_own_rating_and_questions_are_in_it() {
    let plan = plan(None);
    let [open, closed] =
        ["So, um, what would the first month look like?", "Do you have an office?"].map(words_of);
    let asked = AnswerId::from_uuid(Default::default());
    let questions = [
        CandidateQuestion { answer: asked, first_word: 0, words: &open, in_notes: false },
        CandidateQuestion { answer: asked, first_word: open.len(), words: &closed, in_notes: true },
    ];
    let rating = OwnRating { level: Some(2.0), ..OwnRating::default() };
    let report = analyse_interview(InterviewInput {
        own_rating: Some(rating.clone()),
        candidate_questions: &questions,
        ..input(&plan, 1, vec![answer(1, 1, QUESTION, STORY)])
    });
    assert_eq!(report.own_rating, Some(rating));
    let places: Vec<_> = report
        .candidate_questions
        .iter()
        .map(|question| (question.answer, question.range.expect("a place")))
        .collect();
    assert_eq!(places[0], (Some(asked), WordRange { first: 0, end: open.len() }));
    assert_eq!(places[1].1, WordRange { first: open.len(), end: open.len() + closed.len() });
    let found: Vec<Vec<&str>> = report
        .candidate_questions
        .iter()
        .map(|question| question.findings.iter().map(|finding| finding.kind.0.as_str()).collect())
        .collect();
    assert_eq!(found, [vec!["question_open"], vec!["question_closed", "question_in_notes"]]);
}

#[test]
fn a_report_reads_back_from_its_json() {
    let plan = plan(Some(goal(vec![Competency::Conflict])));
    let report = analyse_interview(input(&plan, 2, vec![answer(1, 1, QUESTION, STORY)]));
    let json = serde_json::to_string(&report).expect("json");
    let back: analysis::Report = serde_json::from_str(&json).expect("a report");
    assert_eq!(back, report);
    assert!(kinds(&report.answers[0]).contains(&"own_actions"));
}
