//! Reports as they go over the wire: claims with the words and the clips that they point at.

use std::collections::{BTreeMap, BTreeSet};

use analysis::{
    AnswerReport, AnswerType, Report, Sound,
    report::RewritePiece,
    retelling::{CutReason, Retelling, retell},
};
use interview::{
    Answer, AnswerId, Coverage, CriterionId, Evidence, Finding, InterviewId, Judge, Judgement,
    LeftOut, Mode, StarPart, Us, WordRange,
};
use store::{Interview, InterviewState};

use super::{error::Error, interviews};
use crate::{
    app::App,
    jobs::{
        hearing::Instruments,
        judge_answer::{self, ModelLevels},
        report::{self, Standing},
        score_answer::{ANSWER, ANSWER_REPORT, SOUND},
    },
    model_judge,
    wire::{
        interview::{Ratings, ReportState},
        report as wire,
    },
};

/// Everything about one answer that its page shows.
pub struct Judged {
    /// The answer.
    pub answer: Answer,
    /// What is said about it.
    pub report: AnswerReport,
    /// What its sound measured.
    pub sound: Option<Sound>,
    /// What a language model says of it beside the rules.
    pub model: Option<ModelLevels>,
    /// Other attempts at the same question, oldest first.
    pub attempts: Vec<wire::Attempt>,
}

/// An interview's report, with everything that is shown beside it.
pub struct Whole<'a> {
    /// The interview.
    pub interview: &'a Interview,
    /// Where the report stands.
    pub state: ReportState,
    /// What is still being done.
    pub doing: Option<String>,
    /// How the candidate rated themself.
    pub ratings: Ratings,
    /// The report.
    pub report: &'a Report,
    /// What is missing because something failed.
    pub problems: Vec<String>,
    /// The answers.
    pub answers: &'a BTreeMap<AnswerId, Judged>,
}

/// Where the report of an interview that is over stands.
///
/// # Errors
/// When the store cannot be read.
pub async fn state(app: &App, interview: &Interview) -> Result<ReportState, Error> {
    Ok(state_of(report::standing(&app.store, interview).await?))
}

fn state_of(standing: Standing) -> ReportState {
    match standing {
        Standing::Judging { .. } => ReportState::Judging,
        Standing::Ready => ReportState::Ready,
        Standing::Partial => ReportState::Partial,
        Standing::Failed => ReportState::Failed,
        Standing::NoAnswers => ReportState::NoAnswers,
    }
}

/// The report of an interview as far as it is made.
///
/// # Errors
/// When there is no such interview of this person, or the store cannot be read.
pub async fn load(app: &App, id: InterviewId) -> Result<wire::Report, Error> {
    let interview = interviews::own_interview(app, id).await?;
    let (state, doing) = if interview.state == InterviewState::Running {
        (ReportState::NotYet, None)
    } else {
        let standing = report::standing(&app.store, &interview).await?;
        let doing = match standing {
            Standing::Judging { done, of } if done < of => {
                Some(format!("listening to answer {} of {of}", done + 1))
            }
            Standing::Judging { .. } => Some("putting the report together".to_owned()),
            _ => None,
        };
        (state_of(standing), doing)
    };
    let instruments = Instruments::of(&app.engines.current());
    let made = report::make(&app.store, &instruments, &interview).await?;
    let mut answers = BTreeMap::new();
    let mut awaited = 0;
    for record in app.store.answers(id).await.map_err(anyhow::Error::from)? {
        if let Some(judged) = judged(app, &record).await? {
            awaited += usize::from(judge_answer::is_awaited(&app.store, record.id).await?);
            answers.insert(record.id, judged);
        }
    }
    let mut shown = report(&Whole {
        interview: &interview,
        state,
        doing,
        ratings: interviews::ratings_of(app, id).await?,
        report: &made.report,
        problems: if state == ReportState::Judging { Vec::new() } else { made.problems },
        answers: &answers,
    });
    if state != ReportState::NotYet {
        shown.left_out.extend(model_left_out(app, awaited)?);
    }
    Ok(shown)
}

/// What is not said by the language model that is here, and why.
fn model_left_out(app: &App, awaited: usize) -> anyhow::Result<Option<wire::LeftOut>> {
    let Some(language) = app.engines.current().language() else { return Ok(None) };
    let name = language.identity();
    let why = if model_judge::ready(app)?.is_none() {
        format!("{name} has not passed the self-test on this machine; Settings can run it")
    } else if awaited > 0 {
        let answers =
            if awaited == 1 { "one answer".to_owned() } else { format!("{awaited} answers") };
        format!("{name} has still to judge {answers}; look at this report again later")
    } else {
        return Ok(None);
    };
    Ok(Some(wire::LeftOut { what: "levels by a language model".to_owned(), why }))
}

/// One answer with its report, if it has been scored.
///
/// # Errors
/// When the store cannot be read.
pub async fn judged(app: &App, record: &store::AnswerRecord) -> Result<Option<Judged>, Error> {
    let store = &app.store;
    let Some((answer, _)) = report::latest::<Answer>(store, record, ANSWER).await? else {
        return Ok(None);
    };
    let Some((report, _)) = report::latest(store, record, ANSWER_REPORT).await? else {
        return Ok(None);
    };
    let sound = report::latest(store, record, SOUND).await?.map(|(sound, _)| sound);
    let model = judge_answer::latest(store, record, &answer).await?;
    let attempts = attempts(app, record).await?;
    Ok(Some(Judged { answer, report, sound, model, attempts }))
}

/// Other attempts at the same question: in the same interview, and in its retakes.
async fn attempts(app: &App, record: &store::AnswerRecord) -> Result<Vec<wire::Attempt>, Error> {
    let store = &app.store;
    let internal = |error: store::Error| Error::from(anyhow::Error::from(error));
    let interview = store.interview(record.interview).await.map_err(internal)?;
    let first = interview.retake_of.unwrap_or(record.id);
    let mut sittings = vec![interview];
    if first != record.id
        && let Ok(original) = store.answer(first).await
    {
        sittings.push(store.interview(original.interview).await.map_err(internal)?);
    }
    for retake in store.retakes_of(first).await.map_err(internal)? {
        if retake.interview.id != record.interview {
            sittings.push(retake.interview);
        }
    }
    let mut attempts = Vec::new();
    for sitting in sittings {
        for answer in store.answers(sitting.id).await.map_err(internal)? {
            let same = answer.question.id == record.question.id && answer.item.is_some();
            if same && answer.id != record.id && answer.closed_us.is_some() {
                attempts.push((answer.id, sitting.id, sitting.created, answer.attempt));
            }
        }
    }
    attempts.sort_unstable_by_key(|(id, ..)| *id);
    let shown = attempts.into_iter().map(|(answer, sitting, at, attempt)| wire::Attempt {
        answer: answer.to_string(),
        interview: sitting.to_string(),
        attempt,
        at: at.to_string(),
    });
    Ok(shown.collect())
}

/// A report for the wire.
#[must_use]
pub fn report(whole: &Whole<'_>) -> wire::Report {
    let Whole { interview, report, answers, .. } = whole;
    let words_of = |id: &AnswerId| answers.get(id).map(|judged| &judged.answer);
    let strength = report.strength.as_ref().and_then(|chosen| {
        let answer = words_of(&chosen.answer)?;
        let (kind, shown) = (&chosen.strength.kind, &chosen.strength);
        Some(wire::Point {
            kind: kind.to_string(),
            claim: shown.claim.clone(),
            why: shown.why.clone(),
            strength: true,
            convention: false,
            evidence: evidence(answer, &shown.evidence),
        })
    });
    let priorities = report.priorities.iter().filter_map(|chosen| {
        let answer = words_of(&chosen.answer)?;
        let shown = &chosen.priority;
        let rewrite = shown.rewrite.text();
        Some(wire::Priority {
            point: wire::Point {
                kind: shown.kind.to_string(),
                claim: shown.claim.clone(),
                why: shown.why.clone(),
                strength: false,
                convention: shown.convention,
                evidence: evidence(answer, &shown.evidence),
            },
            rewrite: (!rewrite.is_empty()).then_some(rewrite),
            plan: shown.plan.clone(),
        })
    });
    let retake = report.retake.as_ref().and_then(|retake| {
        let answer = words_of(&retake.answer)?;
        Some(wire::Retake {
            answer: retake.answer.to_string(),
            question: answer.question.text.clone(),
            reason: retake.why.clone(),
        })
    });
    let shown = answers
        .values()
        .filter(|judged| judged.answer.item.is_some())
        .map(|judged| answer(judged, Some(interview)));
    wire::Report {
        interview: interview.id.to_string(),
        state: whole.state,
        doing: whole.doing.clone(),
        ratings: whole.ratings,
        strength,
        priorities: priorities.collect(),
        retake,
        levels: levels(whole),
        coverage: coverage(report.coverage),
        no_overall: no_overall(whole),
        answers: shown.collect(),
        candidate_questions: candidate_questions(whole),
        left_out: all_left_out(whole),
        dropped: report.dropped + answers.values().map(dropped_by_models).sum::<u32>(),
        judge: judges(whole),
    }
}

fn dropped_by_models(judged: &Judged) -> u32 {
    judged.model.as_ref().map_or(0, |model| model.dropped)
}

/// Who judged: the rules, and the models that judged single answers beside them.
fn judges(whole: &Whole<'_>) -> String {
    let models: BTreeSet<String> = whole
        .answers
        .values()
        .filter_map(|judged| judged.model.as_ref())
        .flat_map(|model| &model.judgements)
        .map(|judgement| judge(&judgement.judge))
        .collect();
    let rules = format!("rules {}", whole.report.version);
    if models.is_empty() {
        return rules;
    }
    let models: Vec<String> = models.into_iter().collect();
    format!(
        "{rules}, which all levels over the interview rest on; single answers also by {}",
        models.join(" and ")
    )
}

fn no_overall(whole: &Whole<'_>) -> Option<String> {
    let coverage = whole.report.coverage;
    if whole.report.overall.is_some() || whole.state == ReportState::Judging {
        return None;
    }
    Some(format!(
        "{} of {} questions have an answer that could be judged; an overall level needs half of them",
        coverage.answered, coverage.asked
    ))
}

/// The criteria over all answers, and the whole last.
fn levels(whole: &Whole<'_>) -> Vec<wire::Level> {
    let report = whole.report;
    let judge = format!("rules {}", report.version);
    let mut levels: Vec<wire::Level> = report
        .criteria
        .iter()
        .map(|criterion| wire::Level {
            criterion: criterion.criterion.to_string(),
            name: criterion.name.clone(),
            level: criterion.level.map(|level| level.level),
            low: criterion.level.map(|level| level.low),
            high: criterion.level.map(|level| level.high),
            judge: judge.clone(),
            reason: criterion.reason.clone(),
            evidence: evidence_over_all(whole, &criterion.criterion),
            coverage: coverage(criterion.coverage),
            edited: report.edited,
            anchors: anchors(whole.interview, &criterion.criterion),
            also: Vec::new(),
        })
        .collect();
    if let Some(overall) = report.overall {
        let criteria = levels.clone();
        levels.push(wire::Level {
            criterion: "overall".to_owned(),
            name: "Overall".to_owned(),
            level: Some(overall.level),
            low: Some(overall.low),
            high: Some(overall.high),
            judge,
            reason: "The mean of the criteria, each with the same weight.".to_owned(),
            evidence: criteria
                .iter()
                .filter_map(|criterion| criterion.evidence.first().cloned())
                .collect(),
            coverage: coverage(report.coverage),
            edited: report.edited,
            anchors: None,
            also: Vec::new(),
        });
    }
    levels
}

/// What a criterion rests on in the answers it was judged in.
fn evidence_over_all(whole: &Whole<'_>, criterion: &CriterionId) -> Vec<wire::Evidence> {
    whole
        .report
        .answers
        .iter()
        .filter_map(|report| {
            let judgement = report.judgement(&criterion.0)?;
            let answer = &whole.answers.get(&report.answer)?.answer;
            Some(evidence(answer, &judgement.evidence))
        })
        .flatten()
        .collect()
}

fn anchors(interview: &Interview, criterion: &CriterionId) -> Option<wire::Anchors> {
    let criteria = &interview.plan.rubric.criteria;
    criteria.iter().find(|one| one.id == *criterion).map(|one| shown_anchors(&one.anchors))
}

fn shown_anchors(anchors: &interview::Anchors) -> wire::Anchors {
    let interview::Anchors { one, three, five } = anchors.clone();
    wire::Anchors { one, three, five }
}

fn candidate_questions(whole: &Whole<'_>) -> Vec<wire::Point> {
    let report = whole.report;
    let shown = report.candidate_questions.iter().flat_map(|question| {
        question.findings.iter().map(|finding| wire::Point {
            evidence: vec![wire::Evidence {
                answer: question.answer.map(|id| id.to_string()).unwrap_or_default(),
                first_word: question.range.and_then(|range| u32::try_from(range.first).ok()),
                end_word: question.range.and_then(|range| u32::try_from(range.end).ok()),
                quote: Some(question.text.clone()),
                looked_for: looked_for(&finding.evidence),
                start_us: question.span.map(|span| span.start_us),
                end_us: question.span.map(|span| span.end_us),
            }],
            ..point_without_evidence(finding)
        })
    });
    shown.collect()
}

fn looked_for(evidence: &[Evidence]) -> Option<String> {
    evidence.iter().find_map(|one| match one {
        Evidence::Absence(absence) => Some(absence.looked_for.clone()),
        Evidence::Words { .. } | Evidence::Audio { .. } => None,
    })
}

fn all_left_out(whole: &Whole<'_>) -> Vec<wire::LeftOut> {
    let goal_lines = whole.report.left_out.iter().map(left_out);
    let failed = whole.problems.iter().map(|problem| wire::LeftOut {
        what: "part of this report".to_owned(),
        why: problem.clone(),
    });
    goal_lines.chain(failed).collect()
}

fn left_out(one: &LeftOut) -> wire::LeftOut {
    wire::LeftOut { what: one.what.clone(), why: one.why.clone() }
}

fn coverage(coverage: Coverage) -> wire::Coverage {
    wire::Coverage { answered: coverage.answered, asked: coverage.asked }
}

/// One answer for the wire; `interview` knows what the levels look like.
#[must_use]
pub fn answer(judged: &Judged, interview: Option<&Interview>) -> wire::AnswerReport {
    let Judged { answer, report, sound, model, attempts } = judged;
    let others = model.as_ref().map_or(&[][..], |model| model.judgements.as_slice());
    wire::AnswerReport {
        answer: answer.id.to_string(),
        item: answer.item,
        attempt: answer.attempt,
        question: answer.question.text.clone(),
        probes: answer.probes.clone(),
        spoken: answer.mode == Mode::Spoken,
        words: answer.words.iter().map(word).collect(),
        edited_share: answer.edited_share,
        answer_type: report.answer_type.map(answer_type),
        star: star(answer, report),
        retelling: retell(answer, report).map(|told| retelling(answer, &told)),
        rehearsed: report.rehearsed().map(|finding| finding.claim.clone()),
        findings: report.findings.iter().map(|finding| point(answer, finding)).collect(),
        levels: report.judgements.iter().map(|one| level(answer, one, others, interview)).collect(),
        features: report.features.iter().map(feature).collect(),
        fillers: report.fillers.iter().map(filler).collect(),
        timeline: sound.as_ref().and_then(|sound| timeline(answer, report, sound)),
        left_out: report.left_out.iter().map(left_out).collect(),
        attempts: attempts.clone(),
    }
}

fn word(word: &interview::Word) -> wire::Word {
    wire::Word {
        text: word.text.clone(),
        start_us: word.span.map(|span| span.start_us),
        end_us: word.span.map(|span| span.end_us),
    }
}

fn answer_type(kind: AnswerType) -> String {
    let name = match kind {
        AnswerType::Story => "story",
        AnswerType::PseudoStory => "pseudo_story",
        AnswerType::Exemplification => "example",
        AnswerType::Opinion => "opinion",
        AnswerType::SelfDescription => "self_description",
    };
    name.to_owned()
}

/// The stable name of a part of a story.
fn part_name(part: StarPart) -> &'static str {
    match part {
        StarPart::Situation => "situation",
        StarPart::Task => "task",
        StarPart::Action => "action",
        StarPart::Result => "result",
        StarPart::Reflection => "reflection",
        StarPart::Relevance => "relevance",
    }
}

/// What a part of a story is, as an absence names it.
fn part_sought(part: StarPart) -> &'static str {
    match part {
        StarPart::Situation => "when, where or with whom it happened",
        StarPart::Task => "what had to be done, or what stood in the way",
        StarPart::Action => "what you did",
        StarPart::Result => "how it ended",
        StarPart::Reflection => "what you took from it",
        StarPart::Relevance => "why it matters for this question or role",
    }
}

fn star(answer: &Answer, report: &AnswerReport) -> Vec<wire::StarPart> {
    let parts = StarPart::ALL.into_iter().map(|part| {
        let spans: Vec<wire::Evidence> = report
            .star
            .iter()
            .filter(|span| span.part == part)
            .map(|span| words_evidence(answer, span.range))
            .collect();
        let looked_for = spans.is_empty().then(|| part_sought(part).to_owned());
        wire::StarPart { part: part_name(part).to_owned(), spans, looked_for }
    });
    parts.collect()
}

fn point(answer: &Answer, finding: &Finding) -> wire::Point {
    wire::Point { evidence: evidence(answer, &finding.evidence), ..point_without_evidence(finding) }
}

fn point_without_evidence(finding: &Finding) -> wire::Point {
    wire::Point {
        kind: finding.kind.to_string(),
        claim: finding.claim.clone(),
        why: finding.why.clone(),
        strength: finding.strength,
        convention: finding.convention,
        evidence: Vec::new(),
    }
}

/// A criterion's level, with what other judges say of the same criterion beside it.
fn level(
    answer: &Answer,
    judgement: &Judgement,
    others: &[Judgement],
    interview: Option<&Interview>,
) -> wire::Level {
    let others = others.iter().filter(|other| other.criterion == judgement.criterion);
    let own = interview
        .filter(|interview| anchors(interview, &judgement.criterion).is_none())
        .map(|_| shown_anchors(&answer.question.anchors));
    let judged = u32::from(judgement.level.is_some());
    wire::Level {
        criterion: judgement.criterion.to_string(),
        name: judgement.name.clone(),
        level: judgement.level,
        low: judgement.low,
        high: judgement.high,
        judge: judge(&judgement.judge),
        reason: judgement.reason.clone(),
        evidence: evidence(answer, &judgement.evidence),
        coverage: wire::Coverage { answered: judged, asked: 1 },
        edited: judgement.edited,
        anchors: interview.and_then(|interview| anchors(interview, &judgement.criterion)).or(own),
        also: others.map(|other| other_level(answer, other)).collect(),
    }
}

fn other_level(answer: &Answer, judgement: &Judgement) -> wire::OtherLevel {
    let model = match &judgement.judge {
        Judge::Model { sha256, prompt_sha256, prompt_version, fingerprint, calls, .. } => {
            Some(wire::ModelDetails {
                sha256: sha256.clone(),
                fingerprint: fingerprint.clone(),
                prompt_version: prompt_version.clone(),
                prompt_sha256: prompt_sha256.clone(),
                calls: *calls,
            })
        }
        Judge::Rules { .. } | Judge::Human { .. } => None,
    };
    wire::OtherLevel {
        kind: kind_of(&judgement.judge).to_owned(),
        judge: judge(&judgement.judge),
        level: judgement.level,
        low: judgement.low,
        high: judgement.high,
        reason: judgement.reason.clone(),
        evidence: evidence(answer, &judgement.evidence),
        model,
    }
}

/// The stable name of a kind of judge.
fn kind_of(judge: &Judge) -> &'static str {
    match judge {
        Judge::Rules { .. } => "rules",
        Judge::Model { .. } => "model",
        Judge::Human { .. } => "human",
    }
}

fn judge(judge: &Judge) -> String {
    match judge {
        Judge::Rules { version } => format!("rules {version}"),
        Judge::Model { name, .. } => name.clone(),
        Judge::Human { .. } => "a person".to_owned(),
    }
}

/// What a claim about an answer points at.
fn evidence(answer: &Answer, evidence: &[Evidence]) -> Vec<wire::Evidence> {
    let shown = evidence.iter().map(|one| match one {
        Evidence::Words { range, .. } => words_evidence(answer, *range),
        Evidence::Audio { span } => wire::Evidence {
            answer: answer.id.to_string(),
            first_word: None,
            end_word: None,
            quote: None,
            looked_for: None,
            start_us: Some(span.start_us),
            end_us: Some(span.end_us),
        },
        Evidence::Absence(absence) => wire::Evidence {
            quote: None,
            looked_for: Some(absence.looked_for.clone()),
            ..words_evidence(answer, absence.searched)
        },
    });
    shown.collect()
}

fn retelling(answer: &Answer, told: &Retelling) -> wire::Retelling {
    let piece = |piece: &RewritePiece| match piece {
        RewritePiece::Own { range, .. } => {
            wire::RetoldPiece { own: Some(words_evidence(answer, *range)), question: None }
        }
        RewritePiece::Gap { question } => {
            wire::RetoldPiece { own: None, question: Some(question.clone()) }
        }
    };
    let parts = told.parts.iter().map(|part| wire::RetoldPart {
        part: part_name(part.part).to_owned(),
        pieces: part.pieces.iter().map(piece).collect(),
    });
    let cut = told.cut.iter().map(|cut| wire::CutSentence {
        reason: match cut.reason {
            CutReason::Repeated => "repeated",
            CutReason::Padding => "padding",
            CutReason::Beside => "beside",
        }
        .to_owned(),
        words: words_evidence(answer, cut.range),
    });
    wire::Retelling { parts: parts.collect(), cut: cut.collect() }
}

fn words_evidence(answer: &Answer, range: WordRange) -> wire::Evidence {
    let span = range.span(&answer.words);
    wire::Evidence {
        answer: answer.id.to_string(),
        first_word: u32::try_from(range.first).ok(),
        end_word: u32::try_from(range.end).ok(),
        quote: range.of(&answer.words).map(interview::word::text_of),
        looked_for: None,
        start_us: span.map(|span| span.start_us),
        end_us: span.map(|span| span.end_us),
    }
}

fn filler(filler: &interview::Filler) -> wire::Filler {
    let kind = match filler.kind {
        interview::FillerKind::Acoustic => "acoustic",
        interview::FillerKind::Spoken => "spoken",
        interview::FillerKind::Lexical => "lexical",
    };
    wire::Filler {
        kind: kind.to_owned(),
        text: filler.text.clone(),
        start_us: filler.span.map(|span| span.start_us),
        end_us: filler.span.map(|span| span.end_us),
        word: filler.range.and_then(|range| u32::try_from(range.first).ok()),
        struck: filler.struck,
    }
}

/// The curves of an answer; `None` when it has no sound.
fn timeline(answer: &Answer, report: &AnswerReport, sound: &Sound) -> Option<wire::Timeline> {
    let heard = sound.voiced.iter().copied().reduce(interview::Span::join);
    let span = answer.span.or(heard)?;
    let curve = |curve: &[(Us, f32)]| {
        curve
            .iter()
            .map(|(at_us, value)| wire::Sample { at_us: *at_us, value: f64::from(*value) })
            .collect()
    };
    Some(wire::Timeline {
        start_us: span.start_us,
        end_us: heard.map_or(span.end_us, |heard| heard.end_us.max(span.end_us)),
        pace: report
            .pace
            .iter()
            .map(|window| wire::Sample {
                at_us: window.span.start_us.midpoint(window.span.end_us),
                value: window.wpm,
            })
            .collect(),
        loudness: curve(&sound.level_db),
        pitch: curve(&sound.pitch_st),
        pauses: report
            .pauses
            .iter()
            .map(|pause| wire::Interval { start_us: pause.start_us, end_us: pause.end_us })
            .collect(),
    })
}

/// What a feature is called, and what to make of its value: sentences that rest on a convention of
/// coaching are marked so.
fn feature(feature: &interview::Feature) -> wire::Feature {
    let name = feature.name.0.as_str();
    let (remark, convention) = remark(name, feature.value);
    wire::Feature {
        name: name.to_owned(),
        label: label(name),
        value: feature.value,
        unit: serde_json::to_value(feature.unit)
            .ok()
            .and_then(|unit| unit.as_str().map(str::to_owned))
            .unwrap_or_default(),
        remark,
        convention,
    }
}

/// The name of a feature as it is shown.
#[must_use]
pub fn label(name: &str) -> String {
    let known = match name {
        "word_count" => "words",
        "length_s" => "length",
        "pace_wpm" => "pace",
        "articulation_sps" => "syllables a second, pauses left out",
        "latency_s" => "time until the first word",
        "pause_rate_per_min" => "pauses a minute",
        "pause_median_s" => "usual pause",
        "pause_p90_s" => "long pauses (one in ten is longer)",
        "pauses_inside_clauses_share" => "pauses inside a clause",
        "pitch_spread_st" => "spread of the pitch",
        "pitch_median_hz" => "usual pitch",
        "loudness_spread_db" => "spread of the loudness",
        "fillers_per_100" => "possible fillers per 100 words",
        "fillers_um_count" => "possible um and uh",
        "fillers_lexical_count" => "possible fillers like \"you know\" and \"I mean\"",
        "repetitions_count" => "words said again at once, in the transcript",
        "cut_offs_count" => "words broken off, in the transcript",
        "hedges_per_100" => "hedges per 100 words",
        "lexical_variety" => "variety of words",
        "longest_sentence_words" => "longest sentence, words",
        "agency_share" => "actions whose actor is named",
        "own_action_count" => "things you did",
        "specifics_count" => "names, numbers and dates",
        _ => "",
    };
    if known.is_empty() { name.replace('_', " ") } else { known.to_owned() }
}

/// What to make of a value, and whether that rests on a convention.
fn remark(name: &str, value: f64) -> (Option<String>, bool) {
    let (remark, convention) = match name {
        "pace_wpm" if value < 110.0 => ("Slower than most people like to listen to.", false),
        "pace_wpm" if value > 210.0 => ("Faster than most people can follow.", false),
        "fillers_per_100" if value > 8.0 => {
            ("More than most speakers use; a silent pause says the same.", true)
        }
        "fillers_per_100" if value >= 5.0 => ("About as many as most speakers use.", false),
        _ => return (None, false),
    };
    (Some(remark.to_owned()), convention)
}

/// Two attempts side by side for the wire.
#[must_use]
pub fn comparison(before: &Judged, after: &Judged) -> wire::Comparison {
    let compared = analysis::compare(&before.report, &after.report);
    wire::Comparison {
        before: answer(before, None),
        before_interview: before.answer.interview.to_string(),
        after: answer(after, None),
        after_interview: after.answer.interview.to_string(),
        summary: compared.line.clone(),
        changes: compared
            .changes
            .iter()
            .map(|change| wire::Change {
                claim: change.text.clone(),
                better: change.better,
                before: evidence(&before.answer, &change.earlier),
                after: evidence(&after.answer, &change.later),
            })
            .collect(),
        same_words: same_words(&before.answer, &after.answer),
    }
}

/// The share of five-word runs of the later answer that the earlier one has, too.
fn same_words(before: &Answer, after: &Answer) -> f64 {
    let keys = |answer: &Answer| answer.words.iter().map(interview::Word::key).collect::<Vec<_>>();
    let (before, after) = (keys(before), keys(after));
    let known: std::collections::HashSet<&[String]> = before.windows(5).collect();
    let runs = after.windows(5).count();
    let same = after.windows(5).filter(|run| known.contains(run)).count();
    same as f64 / runs.max(1) as f64
}
