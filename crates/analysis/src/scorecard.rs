//! Levels put together: answers of one interview. Mechanically, with equal weights (Conway 1995),
//! never by impression.

use std::collections::{BTreeMap, BTreeSet};

use interview::{
    Answer, AnswerId, Competency, Coverage, Goal, InterviewId, LeftOut, Mode, Plan, Question,
    QuestionId, StarPart, Word, rubric::Anchors,
};

use crate::{
    VERSION,
    answer::hash,
    facts::Facts,
    findings,
    gate::{Claim, gate},
    input::{AnswerInput, Switches},
    judge::{COMPETENCY, interval},
    report::{
        AnswerReport, CandidateQuestionReport, CriterionLevel, GoalLine, Level, OwnRating, Report,
        ReportPriority, ReportStrength, Retake,
    },
};

/// A question the candidate asked the interviewer.
#[derive(Debug, Clone, Copy)]
pub struct CandidateQuestion<'a> {
    /// Its words.
    pub words: &'a [Word],
    /// Whether the goal's notes held the answer.
    pub in_notes: bool,
}

/// A whole interview with everything that its report may look at.
#[derive(Debug, Clone)]
pub struct InterviewInput<'a> {
    /// What was planned.
    pub plan: &'a Plan,
    /// How many questions were really asked.
    pub asked: u32,
    /// The reports of all answers; where a question has several attempts, all of them.
    pub answers: Vec<AnswerReport>,
    /// How the candidate rated themself, if they did.
    pub own_rating: Option<OwnRating>,
    /// What the candidate asked.
    pub candidate_questions: &'a [CandidateQuestion<'a>],
}

/// The report of a whole interview.
///
/// Levels rest on the first attempt at each question, so that a retake cannot lift them; below half
/// coverage there is none. Answers stand in the order of the plan, attempts of one question
/// together.
#[must_use]
pub fn analyse_interview(input: InterviewInput<'_>) -> Report {
    let InterviewInput { plan, asked, mut answers, own_rating, candidate_questions } = input;
    answers.sort_by_key(|answer| (answer.item.is_none(), answer.item, answer.attempt));
    let judged: Vec<&AnswerReport> = first_attempts(&answers);
    let criteria = criteria(plan, &judged, asked);
    let coverage = coverage(judged.iter().filter(|answer| answer.overall.is_some()).count(), asked);
    let questions: Vec<String> = candidate_questions
        .iter()
        .map(|question| interview::word::text_of(question.words))
        .collect();
    let hashes: Vec<&str> = answers.iter().map(|answer| answer.input_sha256.as_str()).collect();
    Report {
        version: VERSION.to_owned(),
        input_sha256: hash(&(VERSION, plan, asked, hashes, &own_rating, questions)),
        own_rating,
        strength: strength(&judged),
        priorities: priorities(&judged, plan.goal.as_ref()),
        retake: retake(&judged, plan.goal.as_ref()),
        goal: plan.goal.as_ref().map(|goal| goal_lines(goal, &judged)).unwrap_or_default(),
        coverage,
        overall: overall(&criteria, coverage),
        criteria,
        candidate_questions: candidate_questions
            .iter()
            .map(|question| candidate_question(plan, *question))
            .collect(),
        left_out: left_out(&judged, coverage),
        dropped: answers.iter().map(|answer| answer.dropped).sum(),
        edited: answers.iter().any(|answer| answer.edited),
        answers,
    }
}

/// The first attempt at each question of the plan.
fn first_attempts(answers: &[AnswerReport]) -> Vec<&AnswerReport> {
    let mut seen = BTreeSet::new();
    answers.iter().filter(|answer| answer.item.is_some_and(|item| seen.insert(item))).collect()
}

fn coverage(answered: usize, asked: u32) -> Coverage {
    let answered = u32::try_from(answered).unwrap_or(u32::MAX);
    Coverage { answered, asked: asked.max(answered) }
}

/// Every criterion over the judged answers, in the order of the rubric, the questions' own last.
fn criteria(plan: &Plan, judged: &[&AnswerReport], asked: u32) -> Vec<CriterionLevel> {
    let named = plan.rubric.criteria.iter().map(|own| (own.id.0.as_str(), own.name.as_str()));
    named
        .chain([(COMPETENCY, "What each question looks for")])
        .map(|(id, name)| {
            let levels: Vec<f64> = judged
                .iter()
                .filter_map(|answer| answer.judgement(id).and_then(|judgement| judgement.level))
                .collect();
            let coverage = coverage(levels.len(), asked);
            let level =
                coverage.suffices().then(|| interval::of_answers(mean(&levels), levels.len()));
            let (answered, asked) = (coverage.answered, coverage.asked);
            let reason = if level.is_some() {
                format!("The mean of {answered} of {asked} answers, equal weights.")
            } else {
                format!(
                    "Only {answered} of {asked} answers could be judged, which is less than half."
                )
            };
            CriterionLevel {
                criterion: interview::CriterionId(id.to_owned()),
                name: name.to_owned(),
                level,
                coverage,
                reason,
            }
        })
        .collect()
}

fn mean(levels: &[f64]) -> f64 {
    levels.iter().sum::<f64>() / levels.len().max(1) as f64
}

/// The criteria together; none below half coverage, nor when less than half of the criteria have one.
fn overall(criteria: &[CriterionLevel], coverage: Coverage) -> Option<Level> {
    let levels: Vec<f64> =
        criteria.iter().filter_map(|criterion| criterion.level.map(|level| level.level)).collect();
    let answered = usize::try_from(coverage.answered).unwrap_or(usize::MAX);
    (coverage.suffices() && !levels.is_empty() && levels.len() * 2 >= criteria.len())
        .then(|| interval::of_answers(mean(&levels), answered))
}

fn level(answer: &AnswerReport) -> f64 {
    answer.overall.map_or(0.0, |overall| overall.level)
}

/// The strongest finding to keep, from the best answer that has one as strong.
fn strength(judged: &[&AnswerReport]) -> Option<ReportStrength> {
    judged
        .iter()
        .filter_map(|answer| answer.strength.as_ref().map(|strength| (answer, strength)))
        .reduce(|best, other| if level(other.0) > level(best.0) { other } else { best })
        .map(|(answer, strength)| ReportStrength {
            answer: answer.answer,
            strength: strength.clone(),
        })
}

/// How much more a priority weighs for each further answer that shows it, and when what it was found
/// in is what the person wants to work on.
const AGAIN: f64 = 0.08;
const IN_FOCUS: f64 = 0.1;

/// At most two priorities over all answers, each with the clip of the answer that shows it best.
fn priorities(judged: &[&AnswerReport], goal: Option<&Goal>) -> Vec<ReportPriority> {
    let mut kinds: BTreeMap<&str, (f64, ReportPriority)> = BTreeMap::new();
    for answer in judged {
        for priority in &answer.priorities {
            let extra = if in_focus(answer, goal) { IN_FOCUS } else { 0.0 };
            let weight = priority.weight + extra;
            let entry = kinds.entry(&priority.kind.0).or_insert_with(|| {
                let own = ReportPriority {
                    answer: answer.answer,
                    answers: 0,
                    priority: priority.clone(),
                };
                (f64::MIN, own)
            });
            entry.1.answers += 1;
            if weight > entry.0 {
                entry.0 = weight;
                entry.1.answer = answer.answer;
                entry.1.priority = priority.clone();
            }
        }
    }
    let mut all: Vec<(f64, ReportPriority)> = kinds
        .into_values()
        .map(|(weight, own)| (weight + AGAIN * f64::from(own.answers - 1), own))
        .collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    all.into_iter().take(2).map(|(_, priority)| priority).collect()
}

fn in_focus(answer: &AnswerReport, goal: Option<&Goal>) -> bool {
    goal.is_some_and(|goal| goal.focus.contains(&answer.competency))
}

/// The weakest judged answer; where two are as weak, the one that the person wants to work on.
fn retake(judged: &[&AnswerReport], goal: Option<&Goal>) -> Option<Retake> {
    let weakest = judged.iter().filter(|answer| answer.overall.is_some()).min_by(|a, b| {
        level(a).total_cmp(&level(b)).then_with(|| in_focus(b, goal).cmp(&in_focus(a, goal)))
    })?;
    let why = match weakest.priorities.first() {
        Some(priority) => {
            format!("It is the weakest of your answers: {}", lower_first(&priority.claim))
        }
        None => "It has the lowest level of your answers.".to_owned(),
    };
    Some(Retake { answer: weakest.answer, why })
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

/// What the report looks at because of the goal.
fn goal_lines(goal: &Goal, judged: &[&AnswerReport]) -> Vec<GoalLine> {
    let mut lines: Vec<GoalLine> =
        goal.focus.iter().map(|focus| focus_line(*focus, judged)).collect();
    let relates =
        |answer: &&&AnswerReport| answer.star.iter().any(|span| span.part == StarPart::Relevance);
    let related: Vec<AnswerId> =
        judged.iter().filter(relates).map(|answer| answer.answer).collect();
    let place = goal.company.as_ref().map(|company| format!(" at {company}")).unwrap_or_default();
    let role = format!("{}{place}", goal.role);
    lines.push(GoalLine {
        text: match related.len() {
            0 => format!("You practise for {role}: no answer says why the story matters for it."),
            1 => format!("You practise for {role}: one answer says why the story matters for it."),
            count => format!(
                "You practise for {role}: {count} answers say why the story matters for it."
            ),
        },
        answers: related,
    });
    lines
}

fn focus_line(focus: Competency, judged: &[&AnswerReport]) -> GoalLine {
    let own: Vec<&&AnswerReport> =
        judged.iter().filter(|answer| answer.competency == focus).collect();
    let levels: Vec<f64> =
        own.iter().filter_map(|answer| answer.overall).map(|own| own.level).collect();
    let text = match (own.len(), levels.len()) {
        (0, _) => format!("You want to work on {focus}: no question was asked on it this time."),
        (_, 0) => format!("You want to work on {focus}: what you answered could not be judged."),
        (_, judged) => {
            let level = interval::of_answers(mean(&levels), judged);
            let answers =
                if judged == 1 { "one answer".to_owned() } else { format!("{judged} answers") };
            format!(
                "You want to work on {focus}: {answers}, level {:.1} (90% interval {:.1} to {:.1}).",
                level.level, level.low, level.high
            )
        }
    };
    GoalLine { text, answers: own.iter().map(|answer| answer.answer).collect() }
}

/// What is said about a question that the candidate asked; through the same gate as everything.
fn candidate_question(plan: &Plan, question: CandidateQuestion<'_>) -> CandidateQuestionReport {
    let answer = asked_as_answer(question);
    let switches = Switches::default();
    let mut facts = Facts::read(AnswerInput {
        answer: &answer,
        sound: None,
        relevance: None,
        rubric: &plan.rubric,
        goal: plan.goal.as_ref(),
        switches: &switches,
        baseline: None,
        earlier: &[],
        no_fillers: &[],
    });
    facts.asked = Some(question.in_notes);
    let mut findings = findings::search(&facts);
    findings.retain(|finding| gate(Claim::Finding(finding), &facts).is_ok());
    CandidateQuestionReport { text: interview::word::text_of(question.words), findings }
}

/// The candidate's question in the shape that findings are searched in.
fn asked_as_answer(question: CandidateQuestion<'_>) -> Answer {
    Answer {
        id: AnswerId::from_uuid(Default::default()),
        interview: InterviewId::from_uuid(Default::default()),
        item: None,
        attempt: 1,
        question: Question {
            id: QuestionId("candidate-question".to_owned()),
            competency: Competency::Communication,
            seniorities: Vec::new(),
            text: String::new(),
            fields: Vec::new(),
            looks_for: Vec::new(),
            vocabulary: Vec::new(),
            probes: BTreeMap::new(),
            anchors: Anchors { one: String::new(), three: String::new(), five: String::new() },
        },
        mode: Mode::Typed,
        words: question.words.to_vec(),
        turn_starts: Vec::new(),
        probes: Vec::new(),
        span: None,
        edited_share: 0.0,
    }
}

/// What was left out in any answer, once each, and why there is no overall level.
fn left_out(judged: &[&AnswerReport], coverage: Coverage) -> Vec<LeftOut> {
    let mut left_out: Vec<LeftOut> = Vec::new();
    if !coverage.suffices() {
        left_out.push(LeftOut {
            what: "overall level".to_owned(),
            why: format!(
                "{} of {} questions have a judged answer, which is less than half",
                coverage.answered, coverage.asked
            ),
        });
    }
    for own in judged.iter().flat_map(|answer| &answer.left_out) {
        if !left_out.contains(own) {
            left_out.push(own.clone());
        }
    }
    left_out
}
