//! The rules judge: what each criterion of the behavioural rubric asks, answered from what can be
//! found in the words.
//!
//! It reads no sound and no names. It abstains where words alone cannot tell: on relevance when
//! neither the question's vocabulary nor an embedding decides, on a question's own criterion when
//! what it looks for may have been told in other words, and on criteria it has no rule for.

use std::collections::{BTreeMap, BTreeSet};

use interview::{Absence, CriterionId, Evidence, Judgement, StarPart, WordRange};

use super::{Judge, asked};
use crate::{
    VERSION,
    answer::EDITED_SHARE_MAX,
    facts::{Facts, STORY_TOKENS_MIN, Told},
    relevance::{Verdict, stem},
    report::AnswerType,
    sought::{Sought, cite},
    story::Story,
    text::lexicon::{BUZZ, FUNCTION, GENERAL, LOFTY},
};

/// A level before its interval: `None` abstains.
struct Ruling {
    level: Option<f64>,
    reason: String,
    evidence: Vec<Evidence>,
}

impl Ruling {
    fn level(level: f64, reason: impl Into<String>, evidence: Vec<Evidence>) -> Self {
        Self { level: Some(level.clamp(1.0, 5.0)), reason: reason.into(), evidence }
    }

    fn abstain(reason: impl Into<String>) -> Self {
        Self { level: None, reason: reason.into(), evidence: Vec::new() }
    }
}

/// The name of each question's own criterion.
pub(crate) const COMPETENCY: &str = "competency";

/// What an absence names when the answer is no answer at all.
const ANY_CONTENT: &str = "a sentence that answers the question";
/// What an absence names when words are listed.
const ANY_CLAUSE: &str = "sentences that say who did what";
/// What an absence names when it is about something else.
const ON_QUESTION: &str = "something that belongs to the question";
/// What an absence names when nothing that happened is told.
const ONE_SITUATION: &str = "one situation that happened";

/// The judge that is always there: the rules of this program.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rules;

impl Judge for Rules {
    fn judge(&self, facts: &Facts<'_>) -> Vec<Judgement> {
        let read_share = facts.told.read_share();
        let criteria = asked(facts).into_iter();
        criteria
            .map(|asked| {
                let ruling = rule(facts, &asked.id);
                let level = ruling
                    .level
                    .map(|raw| facts.fitted.calibration.level(&asked.id.0, raw, read_share));
                Judgement {
                    criterion: asked.id,
                    name: asked.name,
                    level: level.map(|level| level.level),
                    low: level.map(|level| level.low),
                    high: level.map(|level| level.high),
                    judge: interview::Judge::Rules { version: VERSION.to_owned() },
                    reason: ruling.reason,
                    evidence: ruling.evidence,
                    edited: facts.input.answer.edited_share > EDITED_SHARE_MAX,
                }
            })
            .collect()
    }
}

/// What the rules find before any curve, by criterion, without what they abstain from.
pub(crate) fn raw(facts: &Facts<'_>) -> BTreeMap<String, f64> {
    let criteria = asked(facts).into_iter();
    criteria.filter_map(|asked| Some((asked.id.0.clone(), rule(facts, &asked.id).level?))).collect()
}

fn rule(facts: &Facts<'_>, criterion: &CriterionId) -> Ruling {
    let told = &facts.told;
    if told.silent() {
        return Ruling::abstain("Nothing was said, so there is nothing to judge.");
    }
    if let Some(ruling) = no_answer(told) {
        return ruling;
    }
    if !told.readable() {
        return Ruling::abstain(
            "Too many of the words do not fit together to be judged; they may have been heard wrongly.",
        );
    }
    let ruling = match criterion.0.as_str() {
        "structure" => structure(told),
        "own_action" => own_action(told),
        "specificity" => specificity(told),
        "outcome" => outcome(told),
        "relevance" => relevance(told),
        COMPETENCY => competency(facts),
        _ => Ruling::abstain(
            "There is no rule for this criterion; a person or a model can judge it.",
        ),
    };
    if !told.turns() && told.happened() && ruling.level.is_some_and(|level| level > NO_TURN_MAX) {
        return Ruling::level(
            NO_TURN_MAX,
            "Steps are named one after the other; what stood in the way and how it ended is not.",
            vec![absence(told, TURN)],
        );
    }
    if told.off_question() && ruling.level.is_some_and(|level| level > OFF_QUESTION_MAX) {
        return Ruling::level(
            OFF_QUESTION_MAX,
            "What is told is not about what was asked, so it cannot count for more here.",
            vec![absence(told, ON_QUESTION)],
        );
    }
    plainly(told, criterion, ruling)
}

/// What is said in lofty words counts for less: it is called something rather than told.
fn plainly(told: &Told<'_>, criterion: &CriterionId, ruling: Ruling) -> Ruling {
    let plainness = told.plainness();
    let Some(level) = ruling.level.filter(|level| *level > 1.0 && plainness < 1.0) else {
        return ruling;
    };
    if criterion.0 == "relevance" {
        return ruling;
    }
    let reason = format!(
        "{} Much of it is said in words that name nothing anybody could see or hear.",
        ruling.reason
    );
    Ruling { level: Some(1.0 + (level - 1.0) * plainness), reason, ..ruling }
}

/// What an absence names when steps are listed.
const TURN: &str = "a difficulty, somebody else, a reason or an ending";

/// Steps without a difficulty, anybody else, a reason or an ending stay at or below this.
const NO_TURN_MAX: f64 = 1.7;

/// An answer to another question stays at or below this on every criterion.
const OFF_QUESTION_MAX: f64 = 1.5;

fn absence(told: &Told<'_>, looked_for: &str) -> Evidence {
    Evidence::Absence(Absence { searched: told.text.whole(), looked_for: looked_for.to_owned() })
}

/// The level of what is no answer at all: a word or two, words to the judge, a list of words.
fn no_answer(told: &Told<'_>) -> Option<Ruling> {
    if told.empty() {
        let reason = if told.addressed().is_empty() {
            "There are too few words to answer the question."
        } else {
            "The words speak to whoever judges; nothing in them answers the question."
        };
        return Some(Ruling::level(1.0, reason, vec![absence(told, ANY_CONTENT)]));
    }
    told.listed().then(|| {
        Ruling::level(
            1.0,
            if told.echoes() {
                "The words are the question's own and those of interviews; nothing is told with them."
            } else if told.advertises() {
                "Most of the words name qualities and aims; hardly any say who did what."
            } else {
                "Words are listed; hardly any sentences say who did what."
            },
            vec![absence(told, ANY_CLAUSE)],
        )
    })
}

/// Cites the first `most` clauses of each kind, and names the kinds that are absent.
fn evidence(told: &Told<'_>, kinds: &[Sought], most: usize) -> Vec<Evidence> {
    let mut evidence = Vec::new();
    let mut cited: BTreeSet<usize> = BTreeSet::new();
    for kind in kinds {
        let all = kind.all(told);
        if all.is_empty() {
            evidence.push(kind.absence(told));
        }
        for range in all.into_iter().take(most) {
            if cited.insert(range.first) {
                evidence.push(cite(told, range));
            }
        }
    }
    evidence
}

/// How much each part adds to the level of structure: together with the order they reach 5.
const PARTS: [(Sought, f64); 4] = [
    (Sought::Situation, 0.8),
    (Sought::Task, 0.7),
    (Sought::OwnAction, 1.1),
    (Sought::ToldResult, 1.0),
];

fn structure(told: &Told<'_>) -> Ruling {
    if !told.happened() {
        return Ruling::level(1.0, not_told(told), vec![absence(told, ONE_SITUATION)]);
    }
    let parts = PARTS.map(|(sought, _)| sought);
    let [situation, task, action, result] = parts.map(|sought| sought.all(told));
    let parted: f64 =
        PARTS.iter().map(|(sought, weight)| weight * tellingness(told, *sought)).sum();
    let mut level = 1.0 + parted;
    let length = |ranges: &[WordRange]| ranges.iter().map(|range| range.len()).sum::<usize>();
    let setting_shorter = length(&situation) <= length(&action);
    let in_order = match (action.first(), result.last()) {
        (Some(action), Some(result)) => action.first < result.first,
        _ => false,
    };
    level += if in_order { 0.2 } else { 0.0 } + if in_order && setting_shorter { 0.2 } else { 0.0 };
    let returned = told.returned_share();
    level -= RETURNED_COST * returned;
    let missing: Vec<&str> = [
        (situation.is_empty(), "when and where it was"),
        (task.is_empty(), "what had to be done"),
        (action.is_empty(), "what you did"),
        (result.is_empty(), "how it ended"),
    ]
    .into_iter()
    .filter_map(|(absent, name)| absent.then_some(name))
    .collect();
    let reason = if missing.is_empty() {
        "The situation, what had to be done, what you did and how it ended can all be found."
            .to_owned()
    } else {
        format!("Something that happened is told; not found in it: {}.", missing.join(", "))
    };
    let reason = if returned >= RETURNED_NAMED {
        format!(
            "{reason} {:.0}% of the words go back to points that were made before.",
            100.0 * returned
        )
    } else {
        reason
    };
    Ruling::level(short(told, level), reason, evidence(told, &parts, 1))
}

/// What it costs when all words go back to points made before: an answer half of which does loses two
/// levels (a convention).
const RETURNED_COST: f64 = 4.0;
/// From this share on the reason says so.
const RETURNED_NAMED: f64 = 0.15;

/// How far a part is told, 0 to 1: being there at all is half of it, and the rest grows with what in
/// it could be checked, until there is as much as a sentence with a fact and two things in it holds.
fn tellingness(told: &Told<'_>, sought: Sought) -> f64 {
    let clauses = || (0..told.text.clauses.len()).filter(|index| sought.holds(told, *index));
    let Some(there) = clauses().map(|index| told.story.chances[index]).reduce(f64::max) else {
        return 0.0;
    };
    let full = if sought == Sought::OwnAction { ACTION_WEIGHT_FULL } else { PART_WEIGHT_FULL };
    0.5 * there + 0.5 * (substance(told, clauses()) / full).min(1.0)
}

/// A fact and two concrete words.
const PART_WEIGHT_FULL: f64 = 1.5;
/// Actions are three parts in one: the rubric asks for several.
const ACTION_WEIGHT_FULL: f64 = 3.0;

/// How much in these clauses could be checked: a fact counts one, a distinct concrete word a quarter,
/// each by the chance that its clause tells what it is taken for. Hollow sentences hold nothing.
fn substance(told: &Told<'_>, clauses: impl Iterator<Item = usize>) -> f64 {
    let mut words: BTreeMap<&str, f64> = BTreeMap::new();
    let mut facts = 0.0;
    for index in clauses.filter(|index| !told.text.hollow[*index]) {
        let (tokens, chance) = (&told.text.clauses[index].tokens, told.story.chances[index]);
        for word in Story::concrete_words(&told.text, tokens) {
            let counted = words.entry(word).or_default();
            *counted = counted.max(chance);
        }
        let specifics = told.story.specifics.iter();
        let here = specifics.filter(|specific| tokens.contains(&specific.tokens.start));
        facts += chance * here.count() as f64;
    }
    facts + words.values().sum::<f64>() / 4.0
}

fn not_told(told: &Told<'_>) -> &'static str {
    match told.story.answer_type {
        Some(AnswerType::Opinion) => {
            "The answer says what holds in general; no situation that happened is told."
        }
        Some(AnswerType::SelfDescription) => {
            "The answer says what you are like; no situation that happened is told."
        }
        Some(AnswerType::PseudoStory) => {
            "The answer says what usually happens; no one situation is told."
        }
        _ => "No situation that happened is told.",
    }
}

/// A few words cannot hold what the upper levels ask for.
fn short(told: &Told<'_>, level: f64) -> f64 {
    let most = match told.text.solid_tokens() {
        count if count < STORY_TOKENS_MIN => 1.0,
        count if count < 25 => 2.0,
        count if count < 40 => 3.0,
        _ => 5.0,
    };
    level.min(most)
}

fn own_action(told: &Told<'_>) -> Ruling {
    let actions = Sought::OwnAction.all(told);
    let reasons = Sought::Reason.all(told);
    if !told.happened() || actions.is_empty() {
        let broad = Sought::BroadAction.found(told) && told.happened();
        let reason = if broad {
            "What you did is named only in broad words that nobody could picture."
        } else {
            "Nothing that you did is named."
        };
        // Broad words count a little where they stand in a sentence that tells something.
        let level = if broad && solid(told, Sought::BroadAction) { 1.4 } else { 1.0 };
        let kinds: &[Sought] =
            if broad { &[Sought::OwnAction, Sought::BroadAction] } else { &[Sought::OwnAction] };
        let evidence = if actions.is_empty() {
            evidence(told, kinds, 2)
        } else {
            vec![absence(told, ONE_SITUATION)]
        };
        return Ruling::level(level, reason, evidence);
    }
    let alone = actions.iter().any(|range| {
        told.text.keys[range.first..range.end].iter().any(|key| key == "i" || key.starts_with("i'"))
    });
    let mut level = action_level(told);
    level += if reasons.is_empty() { 0.0 } else { 0.8 };
    // Somebody else is told apart from the candidate.
    level += if Sought::OthersAct.found(told) { 0.2 } else { 0.0 };
    // Only "we": the actions are there, but nobody can tell the candidate's own from the others'.
    level -= if alone { 0.0 } else { 1.0 };
    let count = actions.len();
    let named = if count == 1 {
        "One action is named".to_owned()
    } else {
        format!("{count} actions are named")
    };
    let why = match (reasons.is_empty(), count) {
        (true, 1) => "no reason for it is given",
        (true, _) => "no reason for any of them is given",
        (false, 1) => "with a reason for it",
        (false, _) => "with a reason for at least one of them",
    };
    let mut evidence: Vec<Evidence> =
        actions.iter().take(3).map(|range| cite(told, *range)).collect();
    match reasons.iter().find(|range| !actions.iter().take(3).any(|own| own == *range)) {
        Some(range) => evidence.push(cite(told, *range)),
        None if reasons.is_empty() => evidence.push(Sought::Reason.absence(told)),
        None => {}
    }
    Ruling::level(short(told, level), format!("{named}, {why}."), evidence)
}

/// The level that the actions alone reach. An action named with a thing or a fact counts one, a bare
/// one ("I talked to her") half: the rubric's 3 asks for one or two of them, its 5 for three and a
/// reason besides.
fn action_level(told: &Told<'_>) -> f64 {
    let counted: f64 = (0..told.text.clauses.len())
        .filter(|index| Sought::OwnAction.holds(told, *index))
        .map(|index| {
            // What was said or decided stands in the clause that completes this one.
            let completed = told.text.clauses.get(index + 1).is_some_and(|next| next.complement);
            let own = index..index + 1 + usize::from(completed);
            if substance(told, own) >= 0.5 { 1.0 } else { 0.5 }
        })
        .sum();
    const LEVELS: [f64; 6] = [1.4, 2.2, 2.9, 3.4, 3.8, 4.0];
    let below = counted.floor().min(5.0);
    let at = |place: f64| LEVELS[(place as usize).min(LEVELS.len() - 1)];
    at(below) + (at(below + 1.0) - at(below)) * (counted.min(5.0) - below)
}

/// How much in one zone counts for 0.63 of what it can: a fact and two concrete words.
const ZONE_SCALE: f64 = 1.5;
/// How much in all zones together does.
const TOTAL_SCALE: f64 = 8.0;

fn specificity(told: &Told<'_>) -> Ruling {
    let found = Sought::Checkable.all(told);
    if found.is_empty() || !told.happened() {
        return Ruling::level(
            1.0,
            "Nothing of what happened is named that somebody could check.",
            vec![if found.is_empty() {
                Sought::Checkable.absence(told)
            } else {
                absence(told, ONE_SITUATION)
            }],
        );
    }
    let zones = zones(told);
    let filled = zones.iter().filter(|weight| **weight >= 1.5).count();
    // More always counts, and less the more there is.
    let spread: f64 = zones.iter().map(|weight| 1.0 - (-weight / ZONE_SCALE).exp()).sum();
    let total: f64 = zones.iter().sum();
    let level = 1.0 + 0.7 * spread + 1.9 * (1.0 - (-total / TOTAL_SCALE).exp());
    // Names and dates around no difficulty, nobody else, no reason and no ending are a list of facts.
    let bare = !told.turns();
    let level = if bare { level.min(2.0) } else { level };
    let reason = match filled {
        3 => {
            "The setting, what was done and the ending each hold things that somebody could check."
        }
        2 => {
            "Some things are named that somebody could check; one part of the story stays general."
        }
        _ => "Few things are named that somebody could check.",
    };
    Ruling::level(short(told, level), reason, evidence(told, &[Sought::Checkable], 3))
}

/// How much could be checked in the setting, in what was done and in the ending.
fn zones(told: &Told<'_>) -> [f64; 3] {
    const ZONES: [&[StarPart]; 3] = [
        &[StarPart::Situation, StarPart::Task],
        &[StarPart::Action],
        &[StarPart::Result, StarPart::Reflection],
    ];
    ZONES.map(|zone| {
        let checkable = (0..told.text.clauses.len()).filter(|index| {
            told.story.parts[*index].is_some_and(|part| zone.contains(&part))
                && Sought::Checkable.holds(told, *index)
        });
        substance(told, checkable)
    })
}

/// Whether it stands in a sentence that tells something besides, in words that advertise nothing.
fn solid(told: &Told<'_>, sought: Sought) -> bool {
    let plain = |index: &usize| {
        let keys = told.text.keys_of(&told.text.clauses[*index].tokens);
        !keys.into_iter().any(|key| BUZZ.has(key) || LOFTY.has(key))
    };
    told.text.solid_clauses().filter(plain).any(|index| sought.holds(told, index))
}

/// How much of an ending counts for 0.63 of what it can: about three sentences with a fact in each.
const ENDING_SCALE: f64 = 3.0;

fn outcome(told: &Told<'_>) -> Ruling {
    let results = Sought::ToldResult.all(told);
    let lessons = Sought::Lesson.all(told);
    if !told.happened() {
        return Ruling::level(1.0, not_told(told), vec![absence(told, ONE_SITUATION)]);
    }
    let clauses = 0..told.text.clauses.len();
    let telling = clauses.clone().filter(|index| Sought::ToldResult.holds(told, *index));
    let told_of = substance(told, telling);
    // "I learned to communicate better" names no change that anybody could see.
    let changed = clauses
        .clone()
        .filter(|index| Sought::Lesson.holds(told, *index))
        .any(|index| substance(told, index..(index + 3).min(told.text.clauses.len())) >= 0.5);
    let there = clauses
        .filter(|index| Sought::ToldResult.holds(told, *index))
        .map(|index| told.story.chances[index])
        .fold(0.0, f64::max);
    let ending = if !results.is_empty() {
        there + 1.8 * (1.0 - (-told_of / ENDING_SCALE).exp())
    } else if lessons.is_empty() && solid(told, Sought::VagueResult) {
        0.6
    } else {
        0.0
    };
    let lesson = match (lessons.is_empty(), changed) {
        (true, _) => 0.0,
        (false, false) => 0.9,
        (false, true) => 1.2,
    };
    let level = 1.0 + ending + lesson;
    let reason = match (results.is_empty(), lessons.is_empty()) {
        (false, false) => "How it ended is told, and what you took from it.",
        (false, true) => "How it ended is told; what you took from it is not.",
        (true, false) => "What you took from it is told; how it ended is not.",
        (true, true) if Sought::VagueResult.found(told) => {
            "The ending is named only in words that could be told of anything."
        }
        (true, true) => "How it ended is not told.",
    };
    let mut kinds = vec![Sought::ToldResult];
    kinds.extend(
        (results.is_empty() && Sought::VagueResult.found(told)).then_some(Sought::VagueResult),
    );
    kinds.push(Sought::Lesson);
    Ruling::level(short(told, level), reason, evidence(told, &kinds, 2))
}

fn relevance(told: &Told<'_>) -> Ruling {
    let on = |level, reason: &str| {
        let evidence = evidence(told, &[Sought::OwnAction, Sought::Situation], 1);
        Ruling::level(level, reason, evidence)
    };
    match told.relevance() {
        Verdict::Off => Ruling::level(
            1.0,
            "The answer does not speak of what was asked.",
            vec![absence(told, ON_QUESTION)],
        ),
        _ if !told.happened() => Ruling::level(
            2.0,
            "Nothing that happened is told, so it does not answer a question about one situation.",
            vec![absence(told, ONE_SITUATION)],
        ),
        Verdict::Unclear => Ruling::abstain(
            "Whether this belongs to the question cannot be told from its words alone.",
        ),
        Verdict::On if told.story.answer_type == Some(AnswerType::Story) => on(
            if told.nearness.words >= 5.0 { 4.3 } else { 3.8 },
            "The story belongs to what was asked.",
        ),
        Verdict::On => {
            on(2.8, "It belongs to what was asked, but little of it happens in the answer.")
        }
    }
}

/// The question's own criterion: how many of the things it looks for share words with the answer.
fn competency(facts: &Facts<'_>) -> Ruling {
    let told = &facts.told;
    let looks_for = &facts.input.answer.question.looks_for;
    if !told.happened() || told.off_question() {
        let looked_for = if told.happened() { ON_QUESTION } else { ONE_SITUATION };
        return Ruling::level(
            1.0,
            "Nothing is told that this question looks for.",
            vec![absence(told, looked_for)],
        );
    }
    if looks_for.is_empty() || told.relevance() == Verdict::Unclear {
        return Ruling::abstain("What this question looks for cannot be told from words alone.");
    }
    let found = matched(told, looks_for);
    if found.is_empty() {
        return Ruling::abstain(
            "What this question looks for was not found in its own words; it may be told in others.",
        );
    }
    let share = found.len() as f64 / looks_for.len() as f64;
    let own = Sought::OwnAction.all(told).len().min(4) as f64 / 4.0;
    let end = if Sought::ToldResult.found(told) { 1.0 } else { 0.0 };
    let level = 1.5 + 1.2 * share + 1.1 * own + 0.9 * end;
    let evidence = found.iter().map(|(_, range)| cite(told, *range)).take(3).collect();
    Ruling::level(
        short(told, level),
        format!(
            "{} of the {} things this question looks for can be found.",
            found.len(),
            looks_for.len()
        ),
        evidence,
    )
}

/// Which of the things looked for share a word's stem with a clause, and the first such clause.
fn matched(told: &Told<'_>, looks_for: &[String]) -> Vec<(usize, WordRange)> {
    let stems: Vec<BTreeSet<String>> = told
        .text
        .clauses
        .iter()
        .zip(&told.text.hollow)
        .map(|(clause, hollow)| match hollow {
            true => BTreeSet::new(),
            false => told.text.keys_of(&clause.tokens).into_iter().map(stem).collect(),
        })
        .collect();
    looks_for
        .iter()
        .enumerate()
        .filter_map(|(number, sought)| {
            let wanted = content_stems(sought);
            let clause =
                stems.iter().position(|own| wanted.iter().any(|stem| own.contains(stem)))?;
            Some((number, told.text.range(&told.text.clauses[clause].tokens)))
        })
        .collect()
}

fn content_stems(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '\'')
        .map(|word| crate::text::spelling::normal(&word.to_lowercase()))
        .filter(|key| {
            key.chars().count() > 2 && !FUNCTION.has(key) && !GENERAL.has(key) && !BUZZ.has(key)
        })
        .filter(|key| {
            !matches!(key.as_str(), "says" | "names" | "tells" | "candidate" | "gives" | "came")
        })
        .map(|key| stem(&key))
        .collect()
}

/// Whether a piece of evidence bears on a level of this criterion: the gate's predicate for
/// judgements of the rules judge.
pub(crate) fn supports(facts: &Facts<'_>, criterion: &str, evidence: &Evidence) -> bool {
    let told = &facts.told;
    let kinds: &[Sought] = match criterion {
        "structure" => &[Sought::Situation, Sought::Task, Sought::OwnAction, Sought::ToldResult],
        "own_action" => &[Sought::OwnAction, Sought::BroadAction, Sought::Reason],
        "specificity" => &[Sought::Checkable],
        "outcome" => &[Sought::ToldResult, Sought::VagueResult, Sought::Lesson],
        "relevance" => &[Sought::OwnAction, Sought::Situation],
        _ => &[],
    };
    match evidence {
        Evidence::Words { range, .. } if criterion == COMPETENCY => {
            matched(told, &facts.input.answer.question.looks_for)
                .iter()
                .any(|(_, own)| own == range)
        }
        Evidence::Words { range, .. } => kinds.iter().any(|kind| kind.holds_at(told, *range)),
        Evidence::Absence(absence) => match absence.looked_for.as_str() {
            ANY_CONTENT => told.empty(),
            ANY_CLAUSE => told.listed(),
            ON_QUESTION => told.off_question(),
            ONE_SITUATION => !told.happened(),
            TURN => !told.turns(),
            text => kinds.iter().any(|kind| kind.looked_for() == text && !kind.found(told)),
        },
        Evidence::Audio { .. } => false,
    }
}
