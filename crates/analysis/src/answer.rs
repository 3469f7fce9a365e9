//! One answer, from its words and sound to its report.

use std::collections::BTreeMap;

use interview::{Feature, LeftOut};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{
    VERSION, coaching,
    facts::Facts,
    features::words::{measure, measure_of},
    findings,
    fitted::Fitted,
    gate::{Claim, Dropped, gate},
    input::{AnswerInput, Measure},
    judge::{
        self, Judge, Rules,
        calibration::{Calibration, OVERALL, together},
    },
    parts::Weights,
    report::{AnswerReport, Level},
};

/// The report of one answer: features, findings, levels, one strength and at most two priorities.
/// Everything in it has passed the evidence gate; what did not is counted in `dropped`.
#[must_use]
pub fn analyse_answer(input: AnswerInput<'_>) -> AnswerReport {
    analyse_answer_by(input, Fitted::shipped())
}

/// The report of one answer with these weights and curves, for an evaluation of them.
#[must_use]
pub fn analyse_answer_by(input: AnswerInput<'_>, fitted: Fitted<'_>) -> AnswerReport {
    let answer = input.answer;
    let facts = Facts::read_by(input, fitted);
    let mut problems: Vec<Dropped> = Vec::new();
    let mut kept =
        |claim: Claim<'_>| gate(claim, &facts).map_err(|drop| problems.push(drop)).is_ok();

    let mut findings = findings::search(&facts);
    findings.retain(|finding| kept(Claim::Finding(finding)));
    findings.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.kind.cmp(&b.kind)));
    let mut judgements = Rules.judge(&facts);
    judgements.retain(|judgement| kept(Claim::Judgement(judgement)));

    let measured = measure(&facts);
    let mut features = measured.features;
    features.extend(sound_features(&input));
    let mut left_out = measured.left_out;
    left_out.extend(input.sound.iter().flat_map(|sound| sound.left_out.clone()));
    left_out.extend(abstentions(&judgements));
    let text = &facts.told.text;
    AnswerReport {
        version: VERSION.to_owned(),
        input_sha256: input_sha256(&input),
        answer: answer.id,
        item: answer.item,
        attempt: answer.attempt,
        question: answer.question.id.clone(),
        question_text: answer.question.text.clone(),
        competency: answer.question.competency,
        features,
        pace: measured.pace,
        pauses: input
            .sound
            .filter(|_| input.switches.on(Measure::Pauses))
            .map(|sound| sound.pauses.clone())
            .unwrap_or_default(),
        star: if facts.told.general() { Vec::new() } else { facts.told.story.spans(text) },
        answer_type: if facts.told.listed() { None } else { facts.told.story.answer_type },
        strength: coaching::strength(&facts, &findings),
        priorities: coaching::priorities(&facts, &findings),
        overall: overall(&judgements, facts.told.read_share(), fitted.calibration),
        findings,
        dropped: u32::try_from(problems.len()).unwrap_or(u32::MAX),
        problems,
        judgements,
        left_out,
        edited: answer.edited_share > EDITED_SHARE_MAX,
        fillers: facts.fillers,
    }
}

/// From this share of changed words on a transcript counts as edited.
pub(crate) const EDITED_SHARE_MAX: f64 = 0.1;

/// What the sound measured, without what is switched off.
fn sound_features(input: &AnswerInput<'_>) -> Vec<Feature> {
    let features = input.sound.map(|sound| sound.features.as_slice()).unwrap_or_default();
    let on = |feature: &&Feature| {
        measure_of(&feature.name.0).is_none_or(|measure| input.switches.on(measure))
    };
    features.iter().filter(on).cloned().collect()
}

fn abstentions(judgements: &[interview::Judgement]) -> impl Iterator<Item = LeftOut> {
    judgements.iter().filter(|judgement| judgement.level.is_none()).map(|judgement| LeftOut {
        what: format!("level of {}", judgement.name.to_lowercase()),
        why: judgement.reason.clone(),
    })
}

/// All criteria together: the weighted mean of their levels, on its own curve; none when more than half of
/// them are abstained from.
fn overall(
    judgements: &[interview::Judgement],
    read_share: f64,
    calibration: &Calibration,
) -> Option<Level> {
    let levels: Vec<(&str, f64)> = judgements
        .iter()
        .filter_map(|judgement| Some((judgement.criterion.0.as_str(), judgement.level?)))
        .collect();
    (!levels.is_empty() && levels.len() * 2 >= judgements.len())
        .then(|| calibration.level(OVERALL, together(levels), read_share))
}

/// What a judge beside the rules says of an answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Levels {
    /// A level or an abstention for each criterion.
    pub judgements: Vec<interview::Judgement>,
    /// What the evidence gate refused and why.
    pub problems: Vec<Dropped>,
}

/// The levels that a judge gives an answer. They pass the same gate as everything else in a report.
#[must_use]
pub fn judge_by(judge: &dyn Judge, input: AnswerInput<'_>) -> Levels {
    let facts = Facts::read(input);
    let mut problems = Vec::new();
    let mut judgements = judge.judge(&facts);
    judgements.retain(|judgement| {
        gate(Claim::Judgement(judgement), &facts).map_err(|drop| problems.push(drop)).is_ok()
    });
    Levels { judgements, problems }
}

/// What the rules find before the curves make levels of it, by criterion, and how much of the words
/// could be read: what curves are fitted to ([`crate::calibration::fit`]).
#[must_use]
pub fn raw_levels(input: AnswerInput<'_>, weights: &Weights) -> (BTreeMap<String, f64>, f64) {
    let fitted = Fitted { parts: weights, ..Fitted::shipped() };
    let facts = Facts::read_by(input, fitted);
    (judge::raw(&facts), facts.told.read_share())
}

/// The hash of everything a report is made from, so that it is computed again when any of it changes.
fn input_sha256(input: &AnswerInput<'_>) -> String {
    let earlier: Vec<_> = input.earlier.iter().map(|answer| (answer.id, &answer.words)).collect();
    hash(&(
        (VERSION, input.answer, input.sound, input.relevance),
        (input.rubric, input.goal, input.switches, input.baseline, earlier),
        input.no_fillers,
    ))
}

/// SHA-256 of a value's JSON, in hexadecimal.
pub(crate) fn hash(value: &impl Serialize) -> String {
    // Every value given has string keys and finite numbers, so that JSON can hold it.
    let json = serde_json::to_vec(value).unwrap_or_default();
    Sha256::digest(&json).iter().map(|byte| format!("{byte:02x}")).collect()
}
