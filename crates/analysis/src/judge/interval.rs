//! How far a level may be off.
//!
//! No answers rated by people were at hand when the rules were written, so their error is taken from
//! what is known of people who judge the same answers. In multiple mini interviews (BMC Medical
//! Education 2014) the variance of a level was 28% candidate, 18% candidate and question, 40%
//! candidate and interviewer, and the rest, 14%, unexplained. The rules count as one interviewer, no
//! better than a person. The standard deviation of levels from 1 to 5 is taken to be one level, which
//! is a convention.

use crate::report::Level;

/// Share of variance by who judges; it does not shrink with more answers by the same judge.
const JUDGE: f64 = 0.40;
/// Share of variance by which question was asked.
const QUESTION: f64 = 0.18;
/// Share of variance left unexplained.
const REST: f64 = 0.14;
/// Standard deviations from the middle to the ends of a 90% interval.
const Z90: f64 = 1.645;

/// From this difference on two levels by the same judge of answers to the same question differ by
/// more than chance. Who judges and what was asked are the same, so the unexplained part of both is
/// what is left: 1.645 * sqrt(2 * 0.14) = 0.87 for two takes of any answer. But what is taken again
/// is the answer that came out weakest, which owes some of that to chance and rises by itself: of the
/// weakest of eight, taken again no better and no worse, one in twenty rises by 1.16
/// ([`crate::progress::simulation::false_better_answers`]).
pub(crate) const DIFFERENCE_MIN: f64 = 1.2;

/// The 90% interval of one answer's level on a criterion that was not calibrated, as an estimate of
/// how people would rate this answer.
pub(crate) fn of_answer(level: f64) -> Level {
    around(level, uncalibrated_half())
}

/// Half of the 90% interval of one answer's level by a judge of whom nothing is known but that
/// it reads answers as a person does: 1.21 levels.
pub(super) fn uncalibrated_half() -> f64 {
    Z90 * (JUDGE + REST).sqrt()
}

/// The 90% interval of a mean over several answers, as an estimate of the candidate's level.
pub(crate) fn of_answers(level: f64, answers: usize) -> Level {
    let answers = answers.max(1) as f64;
    around(level, Z90 * (JUDGE + (QUESTION + REST) / answers).sqrt())
}

/// This level with as much to either side, on the scale and in tenths.
pub(super) fn around(level: f64, half: f64) -> Level {
    let round = |value: f64| (value * 10.0).round() / 10.0;
    let level = level.clamp(1.0, 5.0);
    Level {
        level: round(level),
        low: round((level - half).max(1.0)),
        high: round((level + half).min(5.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_answers_narrow_the_interval_but_one_judge_keeps_it_wide() {
        let one = of_answers(3.0, 1);
        let many = of_answers(3.0, 12);
        assert!(many.high - many.low < one.high - one.low);
        assert!(many.high - many.low > 2.0);
    }

    #[test]
    fn an_interval_holds_its_level_and_stays_on_the_scale() {
        for level in [1.0, 1.4, 3.0, 4.9, 5.0] {
            let found = of_answer(level);
            assert!(1.0 <= found.low && found.low <= found.level);
            assert!(found.level <= found.high && found.high <= 5.0);
        }
    }
}
