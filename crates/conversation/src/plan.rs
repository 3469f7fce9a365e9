//! From a format, a goal and wishes to a concrete plan, and why each question is in it.

use std::collections::BTreeSet;

use interview::{
    Bank, Competency, Format, FormatId, Goal, Hints, Persona, PersonaId, Plan, PlanItem, Question,
    QuestionId, Rubric, Seniority, Temperament, format::Encounter,
};

use crate::{
    chance::{mixed, shuffled},
    wording::{content_stems, tokens},
};

/// What somebody wishes for their next interview. Everything may be left open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// The kind of interview; else "behavioural", or the first there is.
    pub format: Option<FormatId>,
    /// Who interviews; else whom the goal suggests, or the format's own.
    pub persona: Option<PersonaId>,
    /// What it is practised for.
    pub goal: Option<Goal>,
    /// For whom the questions are; else as the goal says, or mid.
    pub seniority: Option<Seniority>,
    /// What to work on; empty means what the goal says.
    pub focus: Vec<Competency>,
    /// How many questions; held within the format's bounds.
    pub count: Option<u32>,
    /// What is shown during the interview.
    pub hints: Hints,
    /// Whether the camera is recorded for self-review.
    pub camera: bool,
    /// Questions asked in recent interviews, the latest last: taken only when nothing else is left.
    pub avoid: Vec<QuestionId>,
}

/// Why no plan can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// There is no such format.
    #[error("there is no format '{0}'; choose one from the list of formats")]
    NoFormat(String),
    /// There is no such persona.
    #[error("there is no interviewer '{0}'; choose one from the list of interviewers")]
    NoPersona(String),
    /// There is no such rubric.
    #[error("there is no rubric '{0}'; check the content folder")]
    NoRubric(String),
    /// There is no such question.
    #[error("there is no question '{0}'; it may have been removed from the bank")]
    NoQuestion(String),
    /// The bank has no question at all for this format.
    #[error("the bank has no question for this kind of interview; check the content folder")]
    NoQuestions,
}

/// Words of a role and the kinds of work they speak of, as the bank's questions name them.
const FIELDS: &[(&str, &[&str])] = &[
    (
        "software",
        &[
            "software",
            "developer",
            "programmer",
            "backend",
            "frontend",
            "fullstack",
            "full-stack",
            "devops",
            "sre",
            "qa",
            "tester",
            "web",
            "mobile",
            "android",
            "ios",
            "platform",
            "cloud",
            "security",
            "sysadmin",
            "it",
        ],
    ),
    ("data", &["data", "analyst", "analytics", "scientist", "statistician", "bi", "ml", "machine"]),
    ("design", &["designer", "design", "ux", "ui", "creative", "illustrator", "animator"]),
    ("product", &["product", "owner", "scrum"]),
    ("engineering", &["mechanical", "electrical", "civil", "structural", "chemical", "hardware"]),
    (
        "manufacturing",
        &["manufacturing", "production", "factory", "plant", "machinist", "assembly"],
    ),
    ("construction", &["construction", "site", "builder", "foreman", "architect", "surveyor"]),
    ("logistics", &["logistics", "warehouse", "supply", "driver", "dispatcher", "shipping"]),
    ("retail", &["retail", "store", "shop", "cashier", "merchandiser", "sales assistant"]),
    (
        "hospitality",
        &[
            "hospitality",
            "hotel",
            "restaurant",
            "waiter",
            "waitress",
            "chef",
            "cook",
            "barista",
            "host",
        ],
    ),
    (
        "healthcare",
        &[
            "healthcare",
            "health",
            "nurse",
            "nursing",
            "doctor",
            "physician",
            "clinical",
            "care",
            "carer",
            "therapist",
            "pharmacist",
            "paramedic",
            "midwife",
            "dental",
            "dentist",
        ],
    ),
    ("education", &["teacher", "teaching", "lecturer", "tutor", "school", "education", "trainer"]),
    (
        "finance",
        &[
            "finance",
            "financial",
            "accountant",
            "accounting",
            "auditor",
            "bank",
            "banking",
            "actuary",
            "treasury",
            "tax",
            "insurance",
        ],
    ),
    ("sales", &["sales", "account", "business development", "sdr", "seller", "realtor"]),
    ("marketing", &["marketing", "brand", "content", "seo", "communications", "pr", "copywriter"]),
    ("support", &["support", "helpdesk", "service", "call", "customer"]),
    ("research", &["research", "researcher", "postdoc", "laboratory", "lab", "scientist"]),
    ("law", &["lawyer", "solicitor", "paralegal", "legal", "attorney", "counsel", "barrister"]),
    ("people", &["hr", "recruiter", "recruiting", "talent", "human"]),
    (
        "public",
        &["council", "civil servant", "government", "policy", "police", "charity", "nonprofit"],
    ),
];

/// Words of a role that say what it is mostly about, and how that is put to the candidate.
const ROLE_COMPETENCIES: &[(Competency, &[&str], &str)] = &[
    (
        Competency::Leadership,
        &[
            "manager",
            "lead",
            "head",
            "director",
            "supervisor",
            "chief",
            "vp",
            "principal",
            "foreman",
        ],
        "leads people",
    ),
    (
        Competency::CustomerFocus,
        &[
            "sales",
            "support",
            "customer",
            "retail",
            "store",
            "account",
            "nurse",
            "waiter",
            "waitress",
            "barista",
            "receptionist",
            "consultant",
            "service",
            "hotel",
            "care",
            "carer",
        ],
        "serves people directly",
    ),
    (
        Competency::ProblemSolving,
        &[
            "engineer",
            "developer",
            "analyst",
            "scientist",
            "technician",
            "programmer",
            "mechanic",
            "researcher",
            "architect",
            "sre",
        ],
        "solves problems",
    ),
    (
        Competency::Communication,
        &[
            "teacher",
            "lecturer",
            "tutor",
            "trainer",
            "recruiter",
            "writer",
            "marketing",
            "lawyer",
            "product",
            "coach",
            "communications",
            "pr",
        ],
        "lives on being understood",
    ),
];

/// The kinds of work a role's words speak of.
#[must_use]
pub fn fields_of(role: &str) -> Vec<&'static str> {
    let role = padded(role);
    FIELDS
        .iter()
        .filter(|(field, words)| {
            role.contains(&padded(field)) || words.iter().any(|word| role.contains(&padded(word)))
        })
        .map(|(field, _)| *field)
        .collect()
}

/// The words of a text with one space around each, so that whole words can be searched.
fn padded(text: &str) -> String {
    format!(" {} ", tokens(&text.replace(['/', ',', '&'], " ")).join(" "))
}

fn role_competencies(role: &str) -> Vec<(Competency, &'static str)> {
    let role = padded(role);
    ROLE_COMPETENCIES
        .iter()
        .filter(|(_, words, _)| words.iter().any(|word| role.contains(&padded(word))))
        .map(|(competency, _, why)| (*competency, *why))
        .collect()
}

/// Makes a plan.
///
/// Each question is from a competency of its own while there are enough: those to work on first, in
/// the given order, then those the role speaks of, then the others in an order of the seed's. Within
/// a competency a question is preferred that was not asked recently, fits the kind of work, and shares
/// words with the goal's notes.
///
/// # Errors
/// When the bank lacks what was wished for, or has no question for the format.
pub fn make_plan(bank: &Bank, wishes: Wishes, seed: u64) -> Result<Plan, PlanError> {
    let frame = Frame::of(bank, &wishes)?;
    let count = wishes
        .count
        .unwrap_or(frame.format.questions)
        .clamp(frame.format.questions_min, frame.format.questions_max) as usize;
    let items = Chooser::new(bank, &frame, &wishes, seed).choose(count);
    if items.is_empty() {
        return Err(PlanError::NoQuestions);
    }
    Ok(frame.plan(wishes, items))
}

/// A plan for one bank question alone, without warm-up and without the candidate's own questions.
///
/// # Errors
/// When the bank lacks the question or what else was wished for.
pub fn question_plan(
    bank: &Bank,
    wishes: Wishes,
    question: &QuestionId,
) -> Result<Plan, PlanError> {
    let frame = Frame::of(bank, &wishes)?;
    let question = bank
        .questions
        .get(question)
        .ok_or_else(|| PlanError::NoQuestion(question.to_string()))?
        .clone();
    let items = vec![PlanItem { question, reason: "you chose this question".to_owned() }];
    Ok(alone(frame.plan(wishes, items)))
}

/// A plan for taking one question of a plan again: the same interviewer, rubric and goal, without
/// warm-up and without the candidate's own questions. `None` when the plan has no such item.
#[must_use]
pub fn single_question_plan(plan: &Plan, item: u32) -> Option<Plan> {
    let question = plan.items.get(item as usize)?.question.clone();
    let items =
        vec![PlanItem { question, reason: "you chose to take this answer again".to_owned() }];
    Some(alone(Plan { items, ..plan.clone() }))
}

fn alone(mut plan: Plan) -> Plan {
    plan.format.warm_up = false;
    plan.format.candidate_questions = false;
    plan.format.questions = 1;
    plan.format.questions_min = 1;
    plan
}

/// About how long an interview takes, whole minutes: three quarters of the time before the nudge for
/// each answer, half a minute for each probe that is likely, and the frame around them (conventions).
#[must_use]
pub fn minutes_of(plan: &Plan) -> u32 {
    let format = &plan.format;
    let questions = plan.items.len() as u32;
    let each_s = match format.encounter {
        Encounter::Conversation => {
            format.answer_nudge_s * 3 / 4 + 15 + 30 * format.probes_max.min(2)
        }
        Encounter::OneWay => format.preparation_s + format.answer_limit_s * 3 / 4 + 20,
    };
    let frame_s = 30 + 60 * u32::from(format.warm_up) + 120 * u32::from(format.candidate_questions);
    (questions * each_s + frame_s).div_ceil(60)
}

/// What surrounds the questions of a plan.
struct Frame {
    format: Format,
    persona: Persona,
    rubric: Rubric,
    seniority: Seniority,
}

impl Frame {
    fn of(bank: &Bank, wishes: &Wishes) -> Result<Self, PlanError> {
        let wanted = wishes.format.clone().unwrap_or_else(|| FormatId("behavioural".to_owned()));
        let format = match (bank.formats.get(&wanted), &wishes.format) {
            (Some(format), _) => format,
            (None, None) => bank.formats.values().next().ok_or(PlanError::NoQuestions)?,
            (None, Some(id)) => return Err(PlanError::NoFormat(id.to_string())),
        };
        let seniority = wishes
            .seniority
            .or(wishes.goal.as_ref().map(|goal| goal.seniority))
            .unwrap_or_default();
        let persona_id = match &wishes.persona {
            Some(id) => id.clone(),
            None => suggested_persona(bank, wishes).unwrap_or_else(|| format.persona.clone()),
        };
        Ok(Self {
            persona: bank
                .personas
                .get(&persona_id)
                .ok_or_else(|| PlanError::NoPersona(persona_id.to_string()))?
                .clone(),
            rubric: bank
                .rubrics
                .get(&format.rubric)
                .ok_or_else(|| PlanError::NoRubric(format.rubric.clone()))?
                .clone(),
            format: format.clone(),
            seniority,
        })
    }

    fn plan(self, wishes: Wishes, items: Vec<PlanItem>) -> Plan {
        Plan {
            format: self.format,
            persona: self.persona,
            rubric: self.rubric,
            goal: wishes.goal,
            seniority: self.seniority,
            items,
            hints: wishes.hints,
            camera: wishes.camera,
        }
    }
}

/// Whom a goal suggests: somebody warm for a first job, somebody sceptical for a senior role. `None`
/// without a goal, in between, or when nobody of that temperament is there.
fn suggested_persona(bank: &Bank, wishes: &Wishes) -> Option<PersonaId> {
    let temperament = match wishes.seniority.or(wishes.goal.as_ref().map(|goal| goal.seniority))? {
        _ if wishes.goal.is_none() => return None,
        Seniority::Entry => Temperament::Warm,
        Seniority::Mid => return None,
        Seniority::Senior => Temperament::Sceptical,
    };
    bank.temperaments().into_iter().find(|(_, other)| *other == temperament).map(|(id, _)| id)
}

/// Why a competency is in a plan.
#[derive(Clone, Copy)]
enum Why {
    Focus,
    Role(&'static str),
    Breadth,
}

/// Chooses the questions of one plan.
struct Chooser<'a> {
    bank: &'a Bank,
    frame: &'a Frame,
    wishes: &'a Wishes,
    role: &'a str,
    fields: Vec<&'static str>,
    notes: Vec<String>,
    competencies: Vec<(Competency, Why)>,
    seed: u64,
}

impl<'a> Chooser<'a> {
    fn new(bank: &'a Bank, frame: &'a Frame, wishes: &'a Wishes, seed: u64) -> Self {
        let goal = wishes.goal.as_ref();
        let role = goal.map_or("", |goal| goal.role.trim());
        // Two goals draw differently even from the same seed.
        let seed = role.bytes().fold(seed, |seed, byte| mixed(seed ^ u64::from(byte)));
        let focus = match (&wishes.focus[..], goal) {
            ([], Some(goal)) => &goal.focus[..],
            (focus, _) => focus,
        };
        let mut competencies: Vec<(Competency, Why)> = Vec::new();
        let mut add = |competency: Competency, why: Why| {
            let allowed = &frame.format.competencies;
            let fits =
                allowed.is_empty() || allowed.contains(&competency) || matches!(why, Why::Focus);
            if fits && competencies.iter().all(|(other, _)| *other != competency) {
                competencies.push((competency, why));
            }
        };
        for competency in focus {
            add(*competency, Why::Focus);
        }
        for (competency, why) in role_competencies(role) {
            add(competency, Why::Role(why));
        }
        for index in shuffled(Competency::ALL.len(), seed) {
            add(Competency::ALL[index], Why::Breadth);
        }
        Self {
            bank,
            frame,
            wishes,
            role,
            fields: fields_of(role),
            notes: goal.map(|goal| content_stems(&goal.notes)).unwrap_or_default(),
            competencies,
            seed,
        }
    }

    /// Up to `count` items: one of each competency in turn, and again from the first when all had
    /// theirs. Fewer when the bank has no more.
    fn choose(&self, count: usize) -> Vec<PlanItem> {
        let mut chosen: Vec<PlanItem> = Vec::new();
        let mut taken = BTreeSet::new();
        loop {
            let before = chosen.len();
            for (competency, why) in &self.competencies {
                if chosen.len() == count {
                    return chosen;
                }
                if let Some(question) = self.best(*competency, &taken) {
                    taken.insert(question.id.clone());
                    let again = chosen.iter().any(|item| item.question.competency == *competency);
                    let reason = self.reason(question, *why, again);
                    chosen.push(PlanItem { question: question.clone(), reason });
                }
            }
            if chosen.len() == before {
                return chosen;
            }
        }
    }

    fn best(&self, competency: Competency, taken: &BTreeSet<QuestionId>) -> Option<&'a Question> {
        let questions: Vec<&Question> = self
            .bank
            .questions
            .values()
            .filter(|question| question.competency == competency && !taken.contains(&question.id))
            .collect();
        shuffled(questions.len(), mixed(self.seed ^ (competency as u64 + 1)))
            .into_iter()
            .map(|index| questions[index])
            .max_by_key(|question| self.fitness(question))
    }

    /// How well a question fits: seniority before all, then freshness, field and notes.
    fn fitness(&self, question: &Question) -> (bool, i64, i32, usize) {
        let seniority = question.seniorities.contains(&self.frame.seniority);
        let age = self.wishes.avoid.iter().rev().position(|id| *id == question.id);
        let freshness = age.map_or(i64::MAX, |age| age as i64);
        let field = match (question.fields.is_empty(), self.fits_field(question).is_some()) {
            (_, true) => 1,
            (true, false) => 0,
            (false, false) => -1,
        };
        (seniority, freshness, field, self.notes_shared(question).len().min(3))
    }

    fn fits_field(&self, question: &'a Question) -> Option<&'a str> {
        question
            .fields
            .iter()
            .map(String::as_str)
            .find(|field| self.fields.iter().any(|other| other.eq_ignore_ascii_case(field)))
    }

    /// The question's own vocabulary that the goal's notes speak of too.
    fn notes_shared(&self, question: &'a Question) -> Vec<&'a str> {
        question
            .vocabulary
            .iter()
            .map(String::as_str)
            .filter(|phrase| {
                let stems = content_stems(phrase);
                !stems.is_empty() && stems.iter().all(|stem| self.notes.contains(stem))
            })
            .collect()
    }

    /// One line for the candidate; every part of it is true of this plan.
    fn reason(&self, question: &'a Question, why: Why, again: bool) -> String {
        let competency = question.competency;
        let mut parts = vec![match (why, again) {
            (Why::Focus, false) => format!("you asked to work on {competency}"),
            (Why::Focus, true) => format!("one more on {competency}, which you asked to work on"),
            (Why::Role(what), _) => {
                format!("{competency}: \"{}\" is a role that {what}", self.role)
            }
            (Why::Breadth, false) => format!("adds {competency} to the interview"),
            (Why::Breadth, true) => format!("one more on {competency}"),
        }];
        if let Some(field) = self.fits_field(question) {
            parts.push(format!("fits {field} work"));
        }
        if let Some(phrase) = self.notes_shared(question).first() {
            parts.push(format!("your notes mention \"{phrase}\""));
        }
        if question.seniorities.contains(&self.frame.seniority) {
            parts.push(format!("suits {} level", self.frame.seniority));
        } else {
            parts.push("the nearest there is to your level".to_owned());
        }
        if self.wishes.avoid.contains(&question.id) {
            parts.push("asked before, as nothing newer fits".to_owned());
        } else if !self.wishes.avoid.is_empty() {
            parts.push("not asked in your last interviews".to_owned());
        }
        parts.join("; ")
    }
}
