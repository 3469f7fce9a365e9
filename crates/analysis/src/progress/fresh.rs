//! Which answers may say something about the candidate's level on the next question.

use std::collections::BTreeSet;

use interview::QuestionId;

use super::{Given, NotCounted, Sitting, Why};

/// The answers of every sitting that count, and those that do not with the reason.
///
/// An answer counts when its question was new to the candidate, when it was told in new words, and
/// when it was judged from the words as they were said. A question counts as known from the first
/// time on that it was asked, whatever became of that answer.
pub(super) fn sorted(sittings: &[Sitting]) -> (Vec<Vec<&Given>>, Vec<NotCounted>) {
    let mut known: BTreeSet<&QuestionId> = BTreeSet::new();
    let mut not_counted = Vec::new();
    let mut fresh = Vec::with_capacity(sittings.len());
    for sitting in sittings {
        let mut counted = Vec::new();
        for given in &sitting.answers {
            let asked_before = !known.insert(&given.question);
            match against(given, sitting.retake, asked_before) {
                None => counted.push(given),
                Some(why) => not_counted.push(NotCounted {
                    interview: sitting.interview,
                    answer: given.answer,
                    question: given.question_text.clone(),
                    why,
                }),
            }
        }
        fresh.push(counted);
    }
    (fresh, not_counted)
}

/// What speaks against counting an answer, the plainest reason first.
fn against(given: &Given, retake: bool, asked_before: bool) -> Option<Why> {
    if retake || given.attempt > 1 {
        Some(Why::TakenAgain)
    } else if asked_before {
        Some(Why::AskedBefore)
    } else if given.levels.is_empty() {
        Some(Why::NotJudged)
    } else if given.rehearsed {
        Some(Why::Rehearsed)
    } else if given.rehearsal_unknown {
        Some(Why::RehearsalUnknown)
    } else if given.edited {
        Some(Why::Edited)
    } else {
        None
    }
}
