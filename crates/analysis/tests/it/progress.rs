//! What is said of somebody's levels over time, and how often it is wrong.

use analysis::{
    Verdict,
    compare::{Preferred, in_both_orders},
    progress::{
        Claim, Given, Rated, Sitting, Why,
        filter::Variances,
        interviews_until_shown, progress,
        simulation::{World, false_better_answers, simulate},
    },
};
use interview::{AnswerId, InterviewId, QuestionId};

use crate::told::{Ask, QUESTION, STORY, question, typed};

fn rated(level: f64) -> Vec<Rated> {
    let rated = |criterion: &str| Rated {
        criterion: criterion.to_owned(),
        name: criterion.to_owned(),
        engine: "rules 1".to_owned(),
        level,
    };
    vec![rated("structure"), rated("overall")]
}

fn given(question: &str, level: f64) -> Given {
    Given {
        answer: AnswerId::new(1, [0; 10]),
        question: QuestionId(question.to_owned()),
        question_text: question.to_owned(),
        attempt: 1,
        rehearsed: false,
        rehearsal_unknown: false,
        edited: false,
        levels: rated(level),
    }
}

fn sitting(number: u64, answers: Vec<Given>) -> Sitting {
    Sitting { interview: InterviewId::new(number, [0; 10]), retake: false, answers }
}

/// An interview of four questions that were never asked before, all at one level.
fn fresh(number: u64, level: f64) -> Sitting {
    let answers = (0..4).map(|place| given(&format!("{number}-{place}"), level)).collect();
    sitting(number, answers)
}

#[test]
fn one_interview_shows_no_change_and_says_what_is_missing() {
    let found = progress(&[fresh(1, 3.0)]);
    let overall = &found.series[0];
    assert_eq!((overall.criterion.as_str(), overall.claim), ("overall", Claim::NotYet));
    assert!(overall.line.contains("second interview"), "{}", overall.line);
    let level = overall.points[0].level;
    assert_eq!(level.level, 3.0);
    assert!(level.high - level.low > 2.0, "one engine keeps it wide: {level:?}");
    assert!(progress(&[]).series.is_empty());
}

#[test]
fn a_lasting_gain_over_fresh_questions_is_an_improvement_and_its_loss_too() {
    let at = |level: fn(u64) -> f64| -> Vec<Sitting> {
        (1..=10).map(|number| fresh(number, level(number))).collect()
    };
    let gained = progress(&at(|number| if number < 3 { 2.0 } else { 3.8 }));
    assert_eq!(gained.series[0].claim, Claim::Improved);
    assert!(gained.series[0].line.starts_with("Improved since your first interview"));
    let lost = progress(&at(|number| if number < 3 { 3.8 } else { 2.0 }));
    assert_eq!(lost.series[0].claim, Claim::Worse);
    let still = progress(&at(|_| 3.0));
    assert_eq!(still.series[0].claim, Claim::NoChangeShown);
    assert!(still.series[0].line.starts_with("No change can be shown yet"));
    assert!(!still.series[0].line.to_lowercase().contains("improve"));
}

#[test]
fn what_is_not_fresh_never_shows_as_improvement_and_is_listed_with_its_reason() {
    let mut sittings = vec![fresh(1, 2.0), fresh(2, 2.0)];
    for number in 3..12 {
        let asked_before = given("1-0", 5.0);
        let rehearsed = Given { rehearsed: true, ..given(&format!("{number}-a"), 5.0) };
        let unknown = Given { rehearsal_unknown: true, ..given(&format!("{number}-b"), 5.0) };
        let edited = Given { edited: true, ..given(&format!("{number}-c"), 5.0) };
        let again = Given { attempt: 2, ..given(&format!("{number}-c"), 5.0) };
        let silent = Given { levels: Vec::new(), ..given(&format!("{number}-d"), 5.0) };
        let answers = vec![asked_before, rehearsed, unknown, edited, again, silent];
        sittings.push(sitting(number, answers));
        let retake = vec![given(&format!("{number}-e"), 5.0)];
        sittings.push(Sitting { retake: true, ..sitting(100 + number, retake) });
    }
    let found = progress(&sittings);
    assert_eq!(found.series[0].claim, Claim::NoChangeShown);
    assert_eq!(found.series[0].points.len(), 2);
    let reasons: Vec<Why> = found.not_counted.iter().take(7).map(|one| one.why).collect();
    assert_eq!(
        reasons,
        [
            Why::AskedBefore,
            Why::Rehearsed,
            Why::RehearsalUnknown,
            Why::Edited,
            Why::TakenAgain,
            Why::NotJudged,
            Why::TakenAgain
        ]
    );
    assert!(found.not_counted.iter().all(|one| !one.why.text().is_empty()));
}

#[test]
fn a_question_that_was_only_met_in_silence_is_known_all_the_same() {
    let silent = Given { levels: Vec::new(), ..given("known", 1.0) };
    let found = progress(&[sitting(1, vec![silent]), sitting(2, vec![given("known", 4.0)])]);
    assert!(found.series.is_empty());
    assert_eq!(found.not_counted[1].why, Why::AskedBefore);
}

#[test]
fn another_version_of_the_judge_is_no_improvement() {
    let kinder = |number: u64| {
        let mut sitting = fresh(number, 4.2);
        for rated in sitting.answers.iter_mut().flat_map(|given| &mut given.levels) {
            rated.engine = "rules 2".to_owned();
        }
        sitting
    };
    let mut sittings = vec![fresh(1, 3.0), fresh(2, 3.0), fresh(3, 3.0)];
    sittings.extend((4..10).map(kinder));
    assert_eq!(progress(&sittings).series[0].claim, Claim::NoChangeShown);
}

#[test]
fn a_report_tells_progress_what_it_needs() {
    let first = typed(question(QUESTION), STORY);
    let fresh = Given::of(&Ask::default().report(&first));
    assert!(!fresh.rehearsed && !fresh.rehearsal_unknown && !fresh.edited);
    assert_eq!(fresh.levels[0].criterion, "overall");
    assert!(fresh.levels.iter().any(|rated| rated.criterion == "outcome"));
    let again = Ask { earlier: &[&first], ..Ask::default() }.report(&first);
    assert!(Given::of(&again).rehearsed);
    let switches = analysis::Switches::without([analysis::Measure::Rehearsal]);
    let off = Ask { earlier: &[&first], switches, ..Ask::default() }.report(&first);
    assert!(Given::of(&off).rehearsal_unknown);
}

#[test]
fn larger_gains_show_sooner_and_more_spread_later() {
    let own = Variances::ASSUMED;
    let wide = Variances { answer: 2.0 * own.answer, ..own };
    let after = |gain, answers, variances| interviews_until_shown(gain, answers, variances);
    let one = after(1.0, 4, own).expect("within reach");
    assert!(after(2.0, 4, own).expect("within reach") < one);
    assert!(after(1.0, 8, own).expect("within reach") < one);
    assert!(after(1.0, 4, wide).is_none_or(|later| later > one));
    assert_eq!(after(0.0, 4, own), None);
}

#[test]
fn who_prefers_what_comes_first_prefers_neither() {
    assert_eq!(in_both_orders(&1, &2, |_, _| Preferred::First), Verdict::NoClearDifference);
    assert_eq!(in_both_orders(&1, &2, |_, _| Preferred::Second), Verdict::NoClearDifference);
    let larger = |a: &i32, b: &i32| if a > b { Preferred::First } else { Preferred::Second };
    assert_eq!(in_both_orders(&1, &2, larger), Verdict::BetterAnswer);
    assert_eq!(in_both_orders(&2, &1, larger), Verdict::EarlierWasBetter);
    let unsure = |a: &i32, b: &i32| if a > b { Preferred::Neither } else { Preferred::Second };
    assert_eq!(in_both_orders(&1, &2, unsure), Verdict::NoClearDifference);
}

/// People enough that a share of 5% is known to within 2 points, in a few seconds.
const PEOPLE: usize = 400;

#[test]
fn intervals_hold_what_they_promise() {
    for world in [World::ASSUMED, World::DRIFTING] {
        let out = simulate(&world, PEOPLE, 1);
        assert!((0.88..=0.92).contains(&out.level_held), "{}: {out:?}", world.name);
        assert!(out.change_held >= 0.88, "{}: {out:?}", world.name);
    }
}

#[test]
fn hardly_anybody_who_does_not_change_is_ever_told_that_they_improved() {
    let out = simulate(&World::ASSUMED, PEOPLE, 2);
    assert!(out.ever_improved <= 0.05, "{out:?}");
    assert!(out.ever_worse <= 0.05, "{out:?}");
}

#[test]
fn who_gains_more_is_told_so_more_often() {
    let told = |gain| simulate(&World::gaining(gain), PEOPLE / 4, 3).ever_improved_overall;
    let (little, much) = (told(0.5), told(1.5));
    assert!(much > 0.9 && little < much, "{little} {much}");
}

#[test]
fn the_weakest_answer_taken_again_no_better_is_seldom_called_better() {
    for questions in [1, 4, 8] {
        let share = false_better_answers(questions, 20_000, 4);
        assert!(share <= 0.05, "{questions}: {share}");
    }
}
