//! What is told, and what is missing from it.

use interview::WordRange;

use super::{Basis, Rule, counted};
use crate::{
    facts::{Facts, STORY_TOKENS_MIN},
    report::AnswerType,
    sought::Sought,
    text::clauses::Subject,
};

const STORIES: &str = "In a study of 62 real interviews, answers told as one story raised \
                       recommendations; only about a quarter of answers were stories.";
const LEVELS: &str = "Answers about past behaviour are rated by what was done and what came of it, \
                      so a listener needs both.";
const CHECKABLE: &str = "Raters believe what is plausible in detail; a name, a time or an amount \
                         lets them picture it.";
const ENDING: &str = "Without an ending a listener cannot tell whether what you did worked.";
const WHOSE: &str = "Raters look for whose action it was; both \"I\" and \"we\" are fine once that \
                     can be told.";

/// The kinds of finding about what is told.
pub(super) static RULES: &[Rule] = &[
    Rule {
        kind: "result_counted",
        strength: true,
        convention: false,
        weight: 0.9,
        measure: None,
        applies: told,
        basis: Basis::Clauses { sought: Sought::CountedResult, count_min: 1 },
        claim: |_, _| "You say how it ended, with an amount that somebody could check.".into(),
        why: ENDING,
    },
    Rule {
        kind: "result_told",
        strength: true,
        convention: false,
        weight: 0.8,
        measure: None,
        applies: |facts| told(facts) && !Sought::CountedResult.found(&facts.told),
        basis: Basis::Clauses { sought: Sought::ToldResult, count_min: 1 },
        claim: |_, _| {
            "You say how it ended, in a way that could not be said of anything else.".into()
        },
        why: ENDING,
    },
    Rule {
        kind: "own_actions",
        strength: true,
        convention: false,
        weight: 0.75,
        measure: None,
        applies: told,
        basis: Basis::Clauses { sought: Sought::OwnAction, count_min: 3 },
        claim: |_, count| {
            format!("You name {} that a listener can picture.", counted(count, "action"))
        },
        why: LEVELS,
    },
    Rule {
        kind: "reason_given",
        strength: true,
        convention: false,
        weight: 0.6,
        measure: None,
        applies: told,
        basis: Basis::Clauses { sought: Sought::Reason, count_min: 1 },
        claim: |_, _| "You say why you did it that way.".into(),
        why: "A reason lets a listener follow the choice and not only the steps.",
    },
    Rule {
        kind: "lesson_told",
        strength: true,
        convention: false,
        weight: 0.55,
        measure: None,
        applies: told,
        basis: Basis::Clauses { sought: Sought::Lesson, count_min: 1 },
        claim: |_, _| "You say what you took from it or do differently since.".into(),
        why: "What changed afterwards is part of how the outcome is rated here.",
    },
    Rule {
        kind: "too_short",
        strength: false,
        convention: false,
        weight: 1.0,
        measure: None,
        applies: |_| true,
        basis: Basis::Words {
            search: |facts| vec![facts.told.text.whole()],
            holds: |facts, range| too_short(facts) && range == facts.told.text.whole(),
            count_min: 1,
        },
        claim: |_, _| "The answer ends before anything is told.".into(),
        why: STORIES,
    },
    Rule {
        kind: "addresses_judge",
        strength: false,
        convention: false,
        weight: 0.95,
        measure: None,
        applies: |_| true,
        basis: Basis::Words {
            search: |facts| facts.told.addressed(),
            holds: |facts, range| facts.told.addressed().contains(&range),
            count_min: 1,
        },
        claim: |_, _| {
            "These words speak to whoever judges the answer; they were not judged.".into()
        },
        why: "Only what answers the question counts.",
    },
    Rule {
        kind: "listed_words",
        strength: false,
        convention: false,
        weight: 0.95,
        measure: None,
        applies: |facts| facts.told.listed() && !too_short(facts),
        basis: Basis::AbsentAll {
            looked_for: "sentences that tell something of your own, beyond the question's words",
            absent: |facts| facts.told.listed(),
        },
        claim: |facts, _| {
            if facts.told.advertises() {
                "Most of the words name qualities and aims; nothing that happened is told with them."
            } else {
                "Words that belong to the question are strung together; nothing is told with them."
            }
            .into()
        },
        why: "A rater can only judge what somebody did, not the names of qualities.",
    },
    Rule {
        kind: "off_question",
        strength: false,
        convention: false,
        weight: 0.92,
        measure: None,
        applies: answered,
        basis: Basis::AbsentAll {
            looked_for: "something that belongs to the question",
            absent: |facts| facts.told.off_question(),
        },
        claim: |_, _| "Nothing was found that belongs to what was asked.".into(),
        why: "Every level depends on the question first: an answer to another one cannot show what this one asks for.",
    },
    general("opinion_only", Sought::Opinion, AnswerType::Opinion, |_, _| {
        "The answer says what holds in general, not what happened once.".into()
    }),
    general(
        "self_description_only",
        Sought::SelfDescription,
        AnswerType::SelfDescription,
        |_, _| "The answer says what you are like, not what you did once.".into(),
    ),
    general("usual_only", Sought::Usual, AnswerType::PseudoStory, |_, _| {
        "The answer says what you usually do, not what you did once.".into()
    }),
    Rule {
        kind: "no_own_action",
        strength: false,
        convention: false,
        weight: 0.88,
        measure: None,
        applies: |facts| told(facts) && !Sought::BroadAction.found(&facts.told),
        basis: Basis::Absent(Sought::OwnAction),
        claim: |_, _| "Nothing was found that you did.".into(),
        why: LEVELS,
    },
    Rule {
        kind: "broad_actions",
        strength: false,
        convention: false,
        weight: 0.7,
        measure: None,
        applies: |facts| told(facts) && Sought::OwnAction.all(&facts.told).len() <= 1,
        basis: Basis::Clauses { sought: Sought::BroadAction, count_min: 1 },
        claim: |_, _| "What you did is named in words too broad to picture.".into(),
        why: LEVELS,
    },
    Rule {
        kind: "only_we",
        strength: false,
        convention: false,
        weight: 0.5,
        measure: None,
        applies: |facts| told(facts) && own_subjects(facts, Subject::I).is_empty(),
        basis: Basis::Words {
            search: |facts| own_subjects(facts, Subject::We),
            holds: |facts, range| own_subjects(facts, Subject::We).contains(&range),
            count_min: 2,
        },
        claim: |_, _| {
            "What was done is told of the group; your own part cannot be told apart yet.".into()
        },
        why: WHOSE,
    },
    Rule {
        kind: "no_result",
        strength: false,
        convention: false,
        weight: 0.85,
        measure: None,
        applies: |facts| told(facts) && !Sought::VagueResult.found(&facts.told),
        basis: Basis::Absent(Sought::ToldResult),
        claim: |_, _| "How it ended was not found.".into(),
        why: ENDING,
    },
    Rule {
        kind: "vague_result",
        strength: false,
        convention: false,
        weight: 0.75,
        measure: None,
        applies: |facts| told(facts) && !Sought::ToldResult.found(&facts.told),
        basis: Basis::Clauses { sought: Sought::VagueResult, count_min: 1 },
        claim: |_, _| {
            "The ending could be said of anything: what was different is not told.".into()
        },
        why: ENDING,
    },
    Rule {
        kind: "nothing_checkable",
        strength: false,
        convention: false,
        weight: 0.65,
        measure: None,
        applies: told,
        basis: Basis::Absent(Sought::Checkable),
        claim: |_, _| "Nothing was found that somebody who was there could check.".into(),
        why: CHECKABLE,
    },
    Rule {
        kind: "no_situation",
        strength: false,
        convention: false,
        weight: 0.5,
        measure: None,
        applies: told,
        basis: Basis::Absent(Sought::Situation),
        claim: |_, _| "When, where and with whom it happened was not found.".into(),
        why: STORIES,
    },
    Rule {
        kind: "no_task",
        strength: false,
        convention: false,
        weight: 0.4,
        measure: None,
        applies: told,
        basis: Basis::Absent(Sought::Task),
        claim: |_, _| "What had to be done, or what stood in the way, was not found.".into(),
        why: "The same action weighs more once a listener knows what made it hard.",
    },
    Rule {
        kind: "no_reason",
        strength: false,
        convention: false,
        weight: 0.45,
        measure: None,
        applies: |facts| told(facts) && Sought::OwnAction.all(&facts.told).len() >= 2,
        basis: Basis::Absent(Sought::Reason),
        claim: |_, _| "Why you did it that way was not found.".into(),
        why: "The upper level of \"own action\" asks for the reason behind at least one choice.",
    },
    Rule {
        kind: "no_lesson",
        strength: false,
        convention: false,
        weight: 0.38,
        measure: None,
        applies: |facts| told(facts) && Sought::ToldResult.found(&facts.told),
        basis: Basis::Absent(Sought::Lesson),
        claim: |_, _| "What you took from it was not found.".into(),
        why: "The upper level of \"outcome\" asks for the ending and for what changed because of it.",
    },
    Rule {
        kind: "actor_hidden",
        strength: false,
        convention: false,
        weight: 0.42,
        measure: None,
        applies: |facts| {
            let (known, all) = facts.told.story.agency(&facts.told.text);
            told(facts) && known * 10 < all * 6
        },
        basis: Basis::Clauses { sought: Sought::Passive, count_min: 2 },
        claim: |_, _| "Things are done here without a word on who did them.".into(),
        why: WHOSE,
    },
];

/// A kind for answers in which nothing that happened is told.
const fn general(
    kind: &'static str,
    sought: Sought,
    answer_type: AnswerType,
    claim: fn(&Facts<'_>, usize) -> String,
) -> Rule {
    let applies: fn(&Facts<'_>) -> bool = match answer_type {
        AnswerType::Opinion => |facts| only(facts, AnswerType::Opinion),
        AnswerType::SelfDescription => |facts| only(facts, AnswerType::SelfDescription),
        _ => |facts| only(facts, AnswerType::PseudoStory),
    };
    Rule {
        kind,
        strength: false,
        convention: false,
        weight: 0.9,
        measure: None,
        applies,
        basis: Basis::Clauses { sought, count_min: 1 },
        claim,
        why: STORIES,
    }
}

fn only(facts: &Facts<'_>, answer_type: AnswerType) -> bool {
    answered(facts) && !facts.told.happened() && facts.told.story.answer_type == Some(answer_type)
}

/// Whether there is an answer that could be about something.
fn answered(facts: &Facts<'_>) -> bool {
    !facts.told.silent() && !too_short(facts) && !facts.told.listed()
}

/// Whether something that happened is told, in words that could be read, and not of something else.
fn told(facts: &Facts<'_>) -> bool {
    facts.told.happened() && facts.told.readable() && !facts.told.off_question()
}

fn too_short(facts: &Facts<'_>) -> bool {
    !facts.told.silent()
        && facts.told.text.tokens.len() < STORY_TOKENS_MIN
        && facts.told.addressed().is_empty()
}

fn own_subjects(facts: &Facts<'_>, subject: Subject) -> Vec<WordRange> {
    let (text, story) = (&facts.told.text, &facts.told.story);
    text.clauses
        .iter()
        .enumerate()
        .filter(|(index, clause)| clause.subject == subject && story.own_action(text, *index))
        .map(|(_, clause)| text.range(&clause.tokens))
        .collect()
}
