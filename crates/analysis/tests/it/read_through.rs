//! Whole reports, read as their candidates would read them: what was once said falsely of such answers.
//! Written by a language model.

use analysis::{Others, Relevance};
use interview::Evidence;

use crate::told::{Ask, free_question, kinds, levels, overall, report, spoken, typed};

const DISAGREED: &str = "Tell me about a time you disagreed with a colleague.";
const FAILED: &str = "Describe a project that failed. What was your part in it?";

const DRIVERS: &str = "Yes, so in my last work in Warsaw we make one application for the drivers of trucks. \
     I was the one who make the plan for the test. The problem was that I did not ask the drivers before, \
     I only ask the office. When we give the application to thirty drivers, after two weeks only five was \
     using it. They tell us that the buttons is too small when they have the gloves. Then I go with three \
     drivers in the truck for two days, I write what they do, and I make new design with big buttons and \
     we cut half of the screens. After one month twenty six drivers from thirty was using it. Now I always \
     go to the user first, before I write the plan.";

const LOYALTY_CARD: &str = "In 2023 I owned the launch of a loyalty card at a bakery chain. I set the date \
     before the tills were updated, and on day one 9 of 14 shops could not scan the card. I stopped the \
     launch the same morning, called every shop manager myself, and honoured the discount by hand for a \
     week. I then wrote a checklist with the till supplier. We relaunched six weeks later in all 14 shops; \
     3,100 cards were registered in the first month against a target of 2,500.";

fn reason(text: &str, question: &str, criterion: &str) -> String {
    let report = Ask::default().report(&typed(&free_question(question), text));
    report.judgement(criterion).expect("a judgement").reason.clone()
}

fn level(report: &analysis::AnswerReport, criterion: &str) -> f64 {
    let all = levels(report);
    all.iter().find(|(id, _)| id == criterion).and_then(|(_, level)| *level).expect("a level")
}

#[test]
fn actions_told_in_the_present_by_a_learner_of_english_are_actions() {
    let report = Ask::default().report(&typed(&free_question(FAILED), DRIVERS));
    assert!(!kinds(&report).contains(&"no_own_action"), "{:?}", kinds(&report));
    assert!(level(&report, "own_action") >= 2.5, "{:?}", levels(&report));
}

#[test]
fn a_reason_for_what_was_thought_is_a_reason_for_what_was_then_done() {
    let text = "Last spring a colleague wanted to move all accounts in one night. I thought that was too \
                risky, because we had two hundred thousand customers and no way back. So I asked her for \
                half an hour and wrote a page that compared both plans. She agreed to try a tenth first. \
                On the second day my script found four thousand wrong invoices, and we finished in six \
                days without a complaint.";
    let report = Ask::default().report(&typed(&free_question(DISAGREED), text));
    assert!(!kinds(&report).contains(&"no_reason"), "{:?}", kinds(&report));
    let reason = reason(text, DISAGREED, "own_action");
    assert!(reason.contains("with a reason"), "{reason}");
}

#[test]
fn what_was_heard_badly_is_not_said_to_lack_anything() {
    let text = "last year our uh team were told to move from the old the old system too the new won and I \
                was leading eight peoples they was very upset because the new system lost there shortcuts \
                I sat with each of them for an our and made a list of the the shortcuts they kneaded I \
                took the list to the vendor and they bill twelve of them in too weeks after that the time \
                per order went from nine minutes to six and nobody left the team";
    let report = Ask::default().report(&typed(&free_question(FAILED), text));
    assert!(report.overall.is_none());
    let absent = report.findings.iter().filter(|finding| {
        finding.evidence.iter().any(|evidence| matches!(evidence, Evidence::Absence(_)))
    });
    assert_eq!(absent.count(), 0, "{:?}", kinds(&report));
}

#[test]
fn eloquence_is_not_called_a_list() {
    let text = "Leadership is really about vision and alignment. As a leader I always empower my people, I \
                foster a culture of transparency and accountability, and I leverage synergies across \
                stakeholders to drive transformational outcomes. In any change journey, communication is \
                key. I am passionate about bringing people along, and at the end of the day it is all \
                about trust, ownership and delivering value.";
    let report = Ask::default().report(&typed(&free_question(FAILED), text));
    assert!(overall(&report).expect("a level") <= 1.5);
    for judgement in &report.judgements {
        assert!(!judgement.reason.starts_with("Words are listed"), "{}", judgement.reason);
    }
}

#[test]
fn going_back_to_the_same_points_costs_structure() {
    let story = crate::told::STORY;
    let aside = [
        "The hotel had four floors and a lift from the sixties, which stopped twice a week that year.",
        "There was a new canteen as well, and half of the staff meetings were spent on its menu.",
    ];
    let mut text = String::new();
    for sentence in story.split_inclusive(". ") {
        text.push_str(sentence);
        for one in aside {
            text.push_str(one);
            text.push(' ');
        }
    }
    let (plain, rambling) = (report(story), report(&text));
    assert!(
        level(&plain, "structure") - level(&rambling, "structure") >= 1.0,
        "{:?} {:?}",
        levels(&plain),
        levels(&rambling)
    );
    let judgement = rambling.judgement("structure").expect("a judgement");
    assert!(judgement.reason.contains("go back to points"), "{}", judgement.reason);
}

#[test]
fn times_shared_out_over_a_turn_tell_no_pace() {
    let answer = spoken(&free_question(FAILED), DRIVERS, 90.0);
    let heard = Ask::default().report(&answer);
    assert!(kinds(&heard).contains(&"pace_slow"), "{:?}", kinds(&heard));
    let mut at_us = 0;
    let mut shared = answer;
    for word in &mut shared.words {
        let took_us = 90_000 * (word.text.chars().count() as i64 + 1);
        word.span = Some(interview::Span::new(at_us, at_us + took_us));
        at_us += took_us;
    }
    assert!(!kinds(&Ask::default().report(&shared)).contains(&"pace_slow"));
}

#[test]
fn a_story_in_words_of_its_own_is_not_called_off_the_question() {
    let answer = typed(&free_question(FAILED), LOYALTY_CARD);
    let others = Others { mean: 0.24, deviation: 0.1 };
    let near = Relevance { answer: 0.2, sentences: vec![0.21, 0.12], others: Some(others) };
    let report = Ask { relevance: Some(&near), ..Ask::default() }.report(&answer);
    assert!(!kinds(&report).contains(&"off_question"));
    assert!(overall(&report).expect("a level") >= 4.0, "{:?}", levels(&report));
    let away = Others { mean: 0.45, deviation: 0.1 };
    let far = Relevance { others: Some(away), ..near };
    let report = Ask { relevance: Some(&far), ..Ask::default() }.report(&answer);
    assert!(kinds(&report).contains(&"off_question"), "{:?}", kinds(&report));
}

#[test]
fn no_measure_is_minus_zero() {
    let report = report("I guess there was one time when we talked about it and it was fine.");
    assert!(
        report.features.iter().all(|one| one.value.is_sign_positive()),
        "{:?}",
        report.features
    );
}
