//! What `greenroom analyze --json` prints, as `docs/reference/analyze-schema.md` describes it. Times
//! are seconds from the begin of the file; word indices count the words of their answer from 0.

use std::path::Path;

use analysis::{AnswerReport, Level, Report};
use interview::{Answer, Evidence, Judge, Span, WordRange, word};
use serde::Serialize;

use super::Fault;

/// The version of this schema.
const SCHEMA: u32 = 1;

/// One file.
#[derive(Debug, Serialize)]
pub(super) struct Output {
    /// Version of the schema.
    pub(super) schema: u32,
    /// The file as it was named.
    pub(super) file: String,
    /// "recording" or "transcript".
    pub(super) kind: &'static str,
    /// Version of the measures and rules.
    pub(super) version: &'static str,
    /// Length of a recording.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) duration_s: Option<f64>,
    /// What was wrong with the file and did not stop the analysis.
    pub(super) warnings: Vec<String>,
    /// Each question's answer, judged by itself.
    pub(super) answers: Vec<AnswerOut>,
    /// All answers together.
    pub(super) whole: Option<WholeOut>,
    /// Why the file could not be analysed; then there are no answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<ErrorOut>,
}

#[derive(Debug, Serialize)]
pub(super) struct ErrorOut {
    pub(super) code: &'static str,
    pub(super) message: String,
}

#[derive(Debug, Serialize)]
pub(super) struct AnswerOut {
    pub(super) question: String,
    pub(super) competency: interview::Competency,
    /// Follow-ups, and the word at which the answer to each begins.
    pub(super) probes: Vec<ProbeOut>,
    pub(super) words: Vec<WordOut>,
    pub(super) features: Vec<interview::Feature>,
    pub(super) fillers: Vec<FillerOut>,
    pub(super) pauses: Vec<SpanOut>,
    pub(super) pace: Vec<PaceOut>,
    pub(super) answer_type: Option<analysis::AnswerType>,
    pub(super) star: Vec<StarOut>,
    pub(super) findings: Vec<FindingOut>,
    pub(super) judgements: Vec<JudgementOut>,
    pub(super) overall: Option<Level>,
    pub(super) strength: Option<FindingOut>,
    pub(super) priorities: Vec<PriorityOut>,
    pub(super) left_out: Vec<interview::LeftOut>,
    /// Claims that did not hold against the transcript and were dropped.
    pub(super) dropped: u32,
}

#[derive(Debug, Serialize)]
pub(super) struct ProbeOut {
    pub(super) text: String,
    pub(super) first_word: usize,
}

#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct SpanOut {
    pub(super) start_s: f64,
    pub(super) end_s: f64,
}

impl From<Span> for SpanOut {
    fn from(span: Span) -> Self {
        Self { start_s: seconds(span.start_us), end_s: seconds(span.end_us) }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct WordOut {
    pub(super) text: String,
    #[serde(flatten)]
    pub(super) span: Option<SpanOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) probability: Option<f32>,
}

#[derive(Debug, Serialize)]
pub(super) struct PaceOut {
    #[serde(flatten)]
    pub(super) span: SpanOut,
    pub(super) words_per_minute: f64,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct FillerOut {
    /// Which answer, in the fillers of the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) answer: Option<usize>,
    pub(super) kind: interview::FillerKind,
    pub(super) text: String,
    #[serde(flatten)]
    pub(super) span: Option<SpanOut>,
    #[serde(flatten)]
    pub(super) words: Option<RangeOut>,
    pub(super) probability: f64,
}

#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct RangeOut {
    pub(super) first_word: usize,
    /// Index after the last word.
    pub(super) end_word: usize,
}

impl From<WordRange> for RangeOut {
    fn from(range: WordRange) -> Self {
        Self { first_word: range.first, end_word: range.end }
    }
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct StarOut {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) answer: Option<usize>,
    pub(super) part: interview::StarPart,
    #[serde(flatten)]
    pub(super) words: RangeOut,
    #[serde(flatten)]
    pub(super) span: Option<SpanOut>,
    pub(super) text: String,
}

/// What a claim points at.
#[derive(Debug, Clone, Serialize)]
pub(super) struct EvidenceOut {
    /// "words", "audio" or "absence".
    pub(super) kind: &'static str,
    /// Which answer, in claims about the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) answer: Option<usize>,
    #[serde(flatten)]
    pub(super) words: Option<RangeOut>,
    #[serde(flatten)]
    pub(super) span: Option<SpanOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) quote: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) looked_for: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct FindingOut {
    pub(super) kind: String,
    pub(super) strength: bool,
    pub(super) claim: String,
    pub(super) why: String,
    pub(super) convention: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) weight: Option<f64>,
    pub(super) evidence: Vec<EvidenceOut>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct PriorityOut {
    #[serde(flatten)]
    pub(super) finding: FindingOut,
    /// The candidate's own words with gaps as questions in square brackets.
    pub(super) rewrite: String,
    pub(super) plan: String,
}

#[derive(Debug, Serialize)]
pub(super) struct JudgementOut {
    pub(super) criterion: String,
    pub(super) name: String,
    pub(super) level: Option<f64>,
    pub(super) low: Option<f64>,
    pub(super) high: Option<f64>,
    pub(super) judge: String,
    pub(super) reason: String,
    pub(super) evidence: Vec<EvidenceOut>,
}

/// All answers of a file together.
#[derive(Debug, Serialize)]
pub(super) struct WholeOut {
    pub(super) questions: Vec<String>,
    pub(super) coverage: interview::Coverage,
    /// Over all answers: counts are summed, everything else is the mean of the answers, each weighted
    /// by its words.
    pub(super) features: Vec<interview::Feature>,
    pub(super) fillers: Vec<FillerOut>,
    pub(super) star: Vec<StarOut>,
    /// The strength and the priorities of the whole, the latter with a weight.
    pub(super) findings: Vec<FindingOut>,
    pub(super) priorities: Vec<PriorityOut>,
    pub(super) judgements: Vec<JudgementOut>,
    pub(super) overall: Option<Level>,
    pub(super) left_out: Vec<interview::LeftOut>,
    pub(super) dropped: u32,
}

impl Output {
    /// A file that could not be analysed.
    pub(super) fn failed(path: &Path, transcript: bool, fault: &Fault) -> Self {
        Self {
            schema: SCHEMA,
            file: path.display().to_string(),
            kind: kind(transcript),
            version: analysis::VERSION,
            duration_s: None,
            warnings: Vec::new(),
            answers: Vec::new(),
            whole: None,
            error: Some(ErrorOut { code: fault.code, message: fault.message.clone() }),
        }
    }

    /// A file that was analysed.
    pub(super) fn made(
        path: &Path,
        transcript: bool,
        duration_s: Option<f64>,
        warnings: Vec<String>,
        answers: &[Answer],
        reports: &[AnswerReport],
        whole: Option<Report>,
    ) -> Self {
        Self {
            schema: SCHEMA,
            file: path.display().to_string(),
            kind: kind(transcript),
            version: analysis::VERSION,
            duration_s,
            warnings,
            answers: answers.iter().zip(reports).map(|(a, report)| answer(a, report)).collect(),
            whole: whole.map(|whole| whole_of(answers, reports, &whole)),
            error: None,
        }
    }
}

fn kind(transcript: bool) -> &'static str {
    if transcript { "transcript" } else { "recording" }
}

fn seconds(us: interview::Us) -> f64 {
    us as f64 / 1e6
}

fn answer(answer: &Answer, report: &AnswerReport) -> AnswerOut {
    let evidence = |all: &[Evidence]| evidence(answer, None, all);
    AnswerOut {
        question: answer.question.text.clone(),
        competency: answer.question.competency,
        probes: answer
            .probes
            .iter()
            .zip(&answer.turn_starts)
            .map(|(text, first_word)| ProbeOut { text: text.clone(), first_word: *first_word })
            .collect(),
        words: answer
            .words
            .iter()
            .map(|word| WordOut {
                text: word.text.clone(),
                span: word.span.map(SpanOut::from),
                probability: word.probability,
            })
            .collect(),
        features: report.features.clone(),
        fillers: fillers(report, None),
        pauses: report.pauses.iter().map(|pause| SpanOut::from(*pause)).collect(),
        pace: report
            .pace
            .iter()
            .map(|window| PaceOut { span: window.span.into(), words_per_minute: window.wpm })
            .collect(),
        answer_type: report.answer_type,
        star: star(answer, report, None),
        findings: report.findings.iter().map(|one| finding(one, evidence(&one.evidence))).collect(),
        judgements: report
            .judgements
            .iter()
            .map(|one| JudgementOut {
                criterion: one.criterion.to_string(),
                name: one.name.clone(),
                level: one.level,
                low: one.low,
                high: one.high,
                judge: judge(&one.judge),
                reason: one.reason.clone(),
                evidence: evidence(&one.evidence),
            })
            .collect(),
        overall: report.overall,
        strength: report.strength.as_ref().map(|one| strength(one, evidence(&one.evidence))),
        priorities: report
            .priorities
            .iter()
            .map(|one| priority(one, evidence(&one.evidence)))
            .collect(),
        left_out: report.left_out.clone(),
        dropped: report.dropped,
    }
}

fn whole_of(answers: &[Answer], reports: &[AnswerReport], whole: &Report) -> WholeOut {
    let place = |id| answers.iter().position(|answer| answer.id == id);
    let cited = |id, all: &[Evidence]| {
        place(id).map_or_else(Vec::new, |index| evidence(&answers[index], Some(index), all))
    };
    let priorities: Vec<PriorityOut> = whole
        .priorities
        .iter()
        .map(|one| priority(&one.priority, cited(one.answer, &one.priority.evidence)))
        .collect();
    let strength = whole
        .strength
        .iter()
        .map(|one| strength(&one.strength, cited(one.answer, &one.strength.evidence)));
    let judgements = whole.criteria.iter().map(|criterion| JudgementOut {
        criterion: criterion.criterion.to_string(),
        name: criterion.name.clone(),
        level: criterion.level.map(|level| level.level),
        low: criterion.level.map(|level| level.low),
        high: criterion.level.map(|level| level.high),
        judge: format!("rules {}", whole.version),
        reason: criterion.reason.clone(),
        evidence: reports
            .iter()
            .filter_map(|report| Some((report.answer, report.judgement(&criterion.criterion.0)?)))
            .flat_map(|(id, judgement)| cited(id, &judgement.evidence))
            .collect(),
    });
    let indexed = || answers.iter().zip(reports).enumerate();
    WholeOut {
        questions: answers.iter().map(|answer| answer.question.text.clone()).collect(),
        coverage: whole.coverage,
        features: features(answers, reports),
        fillers: indexed().flat_map(|(i, (_, report))| fillers(report, Some(i))).collect(),
        star: indexed().flat_map(|(i, (answer, report))| star(answer, report, Some(i))).collect(),
        findings: strength.chain(priorities.iter().map(|one| one.finding.clone())).collect(),
        priorities,
        judgements: judgements.collect(),
        overall: whole.overall,
        left_out: whole.left_out.clone(),
        dropped: whole.dropped,
    }
}

/// The features of all answers together: counts summed, the rest weighted by words.
fn features(answers: &[Answer], reports: &[AnswerReport]) -> Vec<interview::Feature> {
    let mut all: Vec<(interview::Feature, f64)> = Vec::new();
    for (answer, report) in answers.iter().zip(reports) {
        let words = answer.words.len().max(1) as f64;
        for feature in &report.features {
            let count = feature.unit == interview::Unit::Count;
            let weight = if count { 1.0 } else { words };
            match all.iter_mut().find(|(known, _)| known.name == feature.name) {
                Some((known, weights)) => {
                    known.value += weight * feature.value;
                    *weights += weight;
                }
                None => {
                    let value = weight * feature.value;
                    all.push((interview::Feature { value, ..feature.clone() }, weight));
                }
            }
        }
    }
    let joined = all.into_iter().map(|(feature, weights)| {
        let count = feature.unit == interview::Unit::Count;
        let value = if count { feature.value } else { feature.value / weights };
        interview::Feature { value, ..feature }
    });
    joined.collect()
}

fn fillers(report: &AnswerReport, index: Option<usize>) -> Vec<FillerOut> {
    let shown = report.fillers.iter().map(|filler| FillerOut {
        answer: index,
        kind: filler.kind,
        text: filler.text.clone(),
        span: filler.span.map(SpanOut::from),
        words: filler.range.map(RangeOut::from),
        probability: filler.probability,
    });
    shown.collect()
}

fn star(answer: &Answer, report: &AnswerReport, index: Option<usize>) -> Vec<StarOut> {
    let shown = report.star.iter().map(|one| StarOut {
        answer: index,
        part: one.part,
        words: one.range.into(),
        span: one.range.span(&answer.words).map(SpanOut::from),
        text: one.range.of(&answer.words).map(word::text_of).unwrap_or_default(),
    });
    shown.collect()
}

fn evidence(answer: &Answer, index: Option<usize>, all: &[Evidence]) -> Vec<EvidenceOut> {
    let words = |range: WordRange| range.span(&answer.words).map(SpanOut::from);
    let shown = all.iter().map(|one| match one {
        Evidence::Words { range, quote } => EvidenceOut {
            kind: "words",
            answer: index,
            words: Some((*range).into()),
            span: words(*range),
            quote: Some(quote.clone()),
            looked_for: None,
        },
        Evidence::Audio { span } => EvidenceOut {
            kind: "audio",
            answer: index,
            words: None,
            span: Some((*span).into()),
            quote: None,
            looked_for: None,
        },
        Evidence::Absence(absence) => EvidenceOut {
            kind: "absence",
            answer: index,
            words: Some(absence.searched.into()),
            span: words(absence.searched),
            quote: None,
            looked_for: Some(absence.looked_for.clone()),
        },
    });
    shown.collect()
}

fn finding(one: &interview::Finding, evidence: Vec<EvidenceOut>) -> FindingOut {
    FindingOut {
        kind: one.kind.to_string(),
        strength: one.strength,
        claim: one.claim.clone(),
        why: one.why.clone(),
        convention: one.convention,
        weight: Some(one.weight),
        evidence,
    }
}

fn strength(one: &analysis::Strength, evidence: Vec<EvidenceOut>) -> FindingOut {
    FindingOut {
        kind: one.kind.to_string(),
        strength: true,
        claim: one.claim.clone(),
        why: one.why.clone(),
        convention: false,
        weight: None,
        evidence,
    }
}

fn priority(one: &analysis::Priority, evidence: Vec<EvidenceOut>) -> PriorityOut {
    PriorityOut {
        finding: FindingOut {
            kind: one.kind.to_string(),
            strength: false,
            claim: one.claim.clone(),
            why: one.why.clone(),
            convention: one.convention,
            weight: Some(one.weight),
            evidence,
        },
        rewrite: one.rewrite.text(),
        plan: one.plan.clone(),
    }
}

fn judge(judge: &Judge) -> String {
    match judge {
        Judge::Rules { version } => format!("rules {version}"),
        Judge::Model { name, .. } => name.clone(),
        Judge::Human { .. } => "a person".to_owned(),
    }
}
