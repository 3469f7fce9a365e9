//! The filter behind levels over time: what narrows a level, and what never does.

use analysis::progress::filter::{Filter, Variances};

fn after(engine: &str, interviews: usize, answers: usize, filter: &mut Filter) {
    for _ in 0..interviews {
        filter.next_interview();
        for _ in 0..answers {
            filter.answer(engine, 3.0);
        }
    }
}

#[test]
fn one_answer_is_as_uncertain_as_the_reports_say() {
    let mut filter = Filter::new(Variances::ASSUMED);
    filter.next_interview();
    filter.answer("rules 1", 2.4);
    let level = filter.level();
    assert!((level.mean - 2.4).abs() < 1e-4, "{level:?}");
    assert!((level.variance - (0.40 + 0.32)).abs() < 1e-4, "{level:?}");
}

#[test]
fn more_answers_of_one_engine_never_average_its_variance_away() {
    let still = Variances { drift: 0.0, ..Variances::ASSUMED };
    let mut filter = Filter::new(still);
    after("rules 1", 50, 20, &mut filter);
    assert!(filter.level().variance >= Variances::ASSUMED.engine, "{:?}", filter.level());
    assert!(filter.change().variance < 1e-6, "{:?}", filter.change());
}

#[test]
fn more_answers_on_one_day_never_average_the_day_away() {
    let moody = Variances { day: 0.1, ..Variances::ASSUMED };
    let mut filter = Filter::new(moody);
    after("rules 1", 2, 200, &mut filter);
    assert!(filter.change().variance > moody.drift * 0.8, "{:?}", filter.change());
    let mut steady = Filter::new(Variances::ASSUMED);
    after("rules 1", 2, 200, &mut steady);
    assert!(filter.level().variance > steady.level().variance + 0.04, "{:?}", filter.level());
}

#[test]
fn an_engine_cancels_in_a_change_and_two_engines_do_not() {
    let mut same = Filter::new(Variances::ASSUMED);
    after("rules 1", 1, 4, &mut same);
    let mut other = same.clone();
    after("rules 1", 1, 4, &mut same);
    after("rules 2", 1, 4, &mut other);
    assert!(same.change().variance < 0.02 + 2.0 * 0.32 / 4.0, "{:?}", same.change());
    assert!(other.change().variance > same.change().variance, "{:?}", other.change());
    // A second engine says more about the level than more answers of the first.
    assert!(other.level().variance < same.level().variance, "{:?}", other.level());
}

#[test]
fn a_lasting_step_is_taken_for_a_change_and_one_odd_answer_is_not() {
    let mut lasting = Filter::new(Variances::ASSUMED);
    after("rules 1", 2, 4, &mut lasting);
    let mut odd = lasting.clone();
    for _ in 0..8 {
        lasting.next_interview();
        odd.next_interview();
        for answer in 0..4 {
            lasting.answer("rules 1", 4.2);
            odd.answer("rules 1", if answer == 0 { 3.4 } else { 3.0 });
        }
    }
    assert!(lasting.change().z() > 2.5, "{:?}", lasting.change());
    assert!(odd.change().z() < 1.0, "{:?}", odd.change());
}
