//! Plans: a goal visibly changes the questions, the interviewer and the reasons.

use std::collections::BTreeSet;

use conversation::{Conversation, PlanError, Wishes, make_plan, plan, single_question_plan};
use interview::{
    Competency, FormatId, Goal, GoalId, PersonId, Plan, QuestionId, Seniority, Temperament,
};

use crate::room::bank;

fn goal(role: &str, seniority: Seniority, focus: &[Competency], notes: &str) -> Goal {
    Goal {
        id: GoalId::new(1, [1; 10]),
        person: PersonId::new(1, [2; 10]),
        role: role.to_owned(),
        seniority,
        company: Some("Example Works".to_owned()),
        date: None,
        focus: focus.to_vec(),
        notes: notes.to_owned(),
    }
}

fn plan_for(goal: Option<Goal>, count: u32, avoid: &[QuestionId], seed: u64) -> Plan {
    let wishes = Wishes { goal, count: Some(count), avoid: avoid.to_vec(), ..Wishes::default() };
    make_plan(&bank(), wishes, seed).expect("a plan")
}

fn ids(plan: &Plan) -> Vec<&QuestionId> {
    plan.items.iter().map(|item| &item.question.id).collect()
}

#[test]
fn two_goals_give_two_interviews() {
    let nurse = goal("Ward nurse", Seniority::Entry, &[Competency::Communication], "");
    let lead = goal("Engineering manager", Seniority::Senior, &[Competency::Conflict], "");
    let nurse = plan_for(Some(nurse), 5, &[], 3);
    let lead = plan_for(Some(lead), 5, &[], 3);

    let shared = ids(&nurse).into_iter().filter(|id| ids(&lead).contains(id)).count();
    assert!(shared <= 1, "{:?} {:?}", ids(&nurse), ids(&lead));
    assert_eq!(nurse.items[0].question.competency, Competency::Communication);
    assert_eq!(lead.items[0].question.competency, Competency::Conflict);
    assert_eq!(nurse.persona.temperament, Temperament::Warm);
    assert_eq!(lead.persona.temperament, Temperament::Sceptical);
    assert!(nurse.items[0].reason.contains("you asked to work on communication"));
    assert!(lead.items[0].reason.contains("you asked to work on conflict"));
    assert!(lead.items[1].reason.contains("leads people"), "{}", lead.items[1].reason);
    assert!(nurse.items[0].reason.contains("entry level"));
    assert!(lead.items[0].reason.contains("senior level"));
}

#[test]
fn questions_come_from_different_competencies_and_none_twice() {
    for seed in 0..50 {
        let plan = plan_for(None, 8, &[], seed);
        assert_eq!(plan.items.len(), 8);
        let competencies: BTreeSet<_> =
            plan.items.iter().map(|item| item.question.competency).collect();
        assert_eq!(competencies.len(), 8);
        assert!(plan.items.iter().all(|item| item.question.seniorities.contains(&Seniority::Mid)));
    }
}

#[test]
fn the_same_seed_gives_the_same_plan_and_seeds_differ() {
    assert_eq!(plan_for(None, 4, &[], 1), plan_for(None, 4, &[], 1));
    let first: BTreeSet<_> =
        (0..20).map(|seed| ids(&plan_for(None, 4, &[], seed))[0].clone()).collect();
    assert!(first.len() > 5, "{first:?}");
}

#[test]
fn questions_fit_the_kind_of_work() {
    let software = goal("Backend developer", Seniority::Mid, &Competency::ALL, "");
    let retail = goal("Shop assistant", Seniority::Mid, &Competency::ALL, "");
    let tagged = |goal: Goal, field: &str| {
        let plan = plan_for(Some(goal), 8, &[], 5);
        for item in &plan.items {
            let fields = &item.question.fields;
            assert!(fields.is_empty() || fields.iter().any(|other| other == field), "{fields:?}");
            assert_eq!(item.reason.contains(&format!("fits {field} work")), !fields.is_empty());
        }
        plan.items.iter().filter(|item| !item.question.fields.is_empty()).count()
    };
    assert!(tagged(software, "software") >= 1);
    assert!(tagged(retail, "retail") >= 1);
}

#[test]
fn recent_questions_are_left_alone_while_there_are_others() {
    let mut asked: Vec<QuestionId> = Vec::new();
    for round in 0..4 {
        let plan = plan_for(None, 4, &asked, round);
        for item in &plan.items {
            assert!(!asked.contains(&item.question.id), "{} again", item.question.id);
            assert_eq!(item.reason.contains("not asked in your last interviews"), round > 0);
        }
        asked.extend(ids(&plan).into_iter().cloned());
    }
}

#[test]
fn when_everything_was_asked_the_oldest_comes_again_and_says_so() {
    let bank = bank();
    let asked: Vec<QuestionId> = bank.questions.keys().cloned().collect();
    let plan = plan_for(None, 4, &asked, 1);
    assert_eq!(plan.items.len(), 4);
    assert!(plan.items.iter().all(|item| item.reason.contains("asked before")));
}

#[test]
fn notes_pull_in_questions_that_speak_of_the_same() {
    let notes = "The posting stresses estimates, schedules, deadlines and a late release plan.";
    let with = goal("Planner", Seniority::Mid, &Competency::ALL, notes);
    let plan = plan_for(Some(with), 8, &[], 5);
    let quoted =
        plan.items.iter().filter(|item| item.reason.contains("your notes mention")).count();
    assert!(quoted >= 1);
}

#[test]
fn wishes_are_held_within_the_format_and_unknown_ones_are_refused() {
    assert_eq!(plan_for(None, 99, &[], 1).items.len(), 8);
    assert_eq!(plan_for(None, 0, &[], 1).items.len(), 2);
    let wishes = Wishes { format: Some(FormatId("duel".to_owned())), ..Wishes::default() };
    assert_eq!(make_plan(&bank(), wishes, 1), Err(PlanError::NoFormat("duel".to_owned())));
    assert!(matches!(
        make_plan(&interview::Bank::default(), Wishes::default(), 1),
        Err(PlanError::NoQuestions)
    ));
}

#[test]
fn a_retake_is_the_one_question_without_its_frame() {
    let whole = plan_for(None, 4, &[], 1);
    let again = single_question_plan(&whole, 2).expect("item 2");
    assert_eq!(ids(&again), [&whole.items[2].question.id]);
    assert!(!again.format.warm_up && !again.format.candidate_questions);
    assert_eq!(single_question_plan(&whole, 4), None);

    let wanted = whole.items[1].question.id.clone();
    let single = plan::question_plan(&bank(), Wishes::default(), &wanted).expect("a plan");
    assert_eq!(ids(&single), [&wanted]);
}

#[test]
fn no_line_is_said_with_a_hole_in_it() {
    let with = goal("Planner", Seniority::Mid, &[], "");
    let without_company = Goal { company: None, ..with.clone() };
    for goal in [None, Some(with), Some(without_company)] {
        let plan = plan_for(goal, 3, &[], 1);
        let role = plan.goal.as_ref().map_or("", |goal| goal.role.as_str()).to_owned();
        let lines = Conversation::new(plan, 1).lines_ahead();
        assert!(lines.len() > 30);
        assert!(lines.iter().all(|line| !line.contains(['{', '}'])), "{role}");
    }
}

#[test]
fn a_plan_says_about_how_long_it_takes() {
    let minutes = plan::minutes_of(&plan_for(None, 4, &[], 1));
    assert!((8..=25).contains(&minutes), "{minutes}");
    assert!(plan::minutes_of(&plan_for(None, 8, &[], 1)) > minutes);
}
