//! A language model as a judge.
//!
//! It is asked about one answer several times, with different seeds and the criteria in different
//! orders, and writes nothing but passages and levels, held to a schema: there is no place for a
//! sentence of its own. The middle level counts. It abstains from a criterion when its calls differ by
//! two levels, when a passage does not stand in the transcript, and when a level has none to show for
//! it. Asking is not done here: it is handed in as a function, since this crate does no IO.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::LazyLock,
};

use interview::{
    Absence, CriterionId, Evidence, Judgement, WordRange, rubric::Anchors, word::key,
    word::text_of, word::words_of,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Asked, Judge, asked,
    calibration::{quantile, widening},
    interval,
};
use crate::{
    answer::{EDITED_SHARE_MAX, hash},
    facts::Facts,
    gate::ABSENT_LEVEL_MAX,
};

/// The version of what models are told. Another version has to pass the self-test again.
pub const PROMPT_VERSION: &str = "1";

const SYSTEM: &str = include_str!("prompt.txt");
/// How often an answer is judged.
const CALLS: usize = 3;
/// How many calls may come to nothing before all is given up.
const FAILURES_MAX: usize = 1;
/// Enough chance for calls to differ where the model is not sure.
const TEMPERATURE: f32 = 0.3;
/// Six criteria with two passages of thirty words each take about 700 tokens.
const TOKENS_MAX: u32 = 1_200;
/// Longer answers do not fit into the room of a small model beside the rubric (ten minutes of
/// speech are about 1,500 words).
const WORDS_MAX: usize = 2_000;
/// Passages for one criterion in one call.
const PASSAGES_MAX: usize = 2;
/// A passage of fewer words shows nothing, one of more points nowhere.
const PASSAGE_WORDS: std::ops::RangeInclusive<usize> = 3..=60;
/// Passages that are shown for a level.
const SHOWN_MAX: usize = 3;
/// From this difference between calls on the model does not know.
const APART: u8 = 2;
/// Labelled answers that an interval of a model's own needs.
pub const SAMPLES_MIN: usize = 30;

/// One question to a language model.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// What it is and what it must do.
    pub system: String,
    /// The rubric, the question and the answer, fenced as data.
    pub user: String,
    /// What it has to write.
    pub schema: Value,
    /// Makes what is drawn repeatable.
    pub seed: u32,
    /// How much chance there is.
    pub temperature: f32,
    /// The most tokens it may write.
    pub tokens_max: u32,
}

/// What a language model wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// Its text.
    pub text: String,
    /// What the server says wrote it, where it says so.
    pub fingerprint: Option<String>,
}

/// How a language model is asked; an error says in plain words why nothing came.
pub type Ask<'a> = dyn Fn(&Call) -> Result<Reply, String> + 'a;

/// A language model as a judge.
pub struct Model<'a> {
    /// Its name.
    pub name: String,
    /// SHA-256 of its weights, where they are here.
    pub sha256: Option<String>,
    /// What the server said wrote the self-test. A level by anything else is refused; `None` takes
    /// whatever answers.
    pub fingerprint: Option<String>,
    /// Intervals measured on labelled answers; the widest of the rules' where there are none.
    pub conformal: Option<&'a Conformal>,
    /// How it is asked.
    pub ask: &'a Ask<'a>,
}

/// Half widths of a model's 90% intervals, by split conformal prediction on labelled answers that
/// nothing was fitted to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conformal {
    /// Half widths by criterion, levels.
    pub half: BTreeMap<String, f64>,
    /// How many labelled answers they rest on, at most, by criterion.
    pub answers: BTreeMap<String, usize>,
    /// Which answers, and who labelled them.
    pub origin: String,
}

impl Conformal {
    /// Half widths from what a model's levels were off by, by criterion. Criteria with fewer than
    /// [`SAMPLES_MIN`] answers are left out: their intervals stay the widest of the rules'.
    #[must_use]
    pub fn fit(off: BTreeMap<String, Vec<f64>>, origin: &str) -> Self {
        let enough = off.into_iter().filter(|(_, off)| off.len() >= SAMPLES_MIN);
        let mut fitted =
            Self { half: BTreeMap::new(), answers: BTreeMap::new(), origin: origin.to_owned() };
        for (criterion, off) in enough {
            fitted.answers.insert(criterion.clone(), off.len());
            fitted.half.insert(criterion, quantile(off));
        }
        fitted
    }
}

/// SHA-256 of what a model is told, apart from rubric, question and answer: of all calls about an
/// answer of one word, so that nothing about them can change without it.
#[must_use]
pub fn prompt_sha256() -> &'static str {
    static HASH: LazyLock<String> = LazyLock::new(|| {
        let [one, three, five] = ["1", "3", "5"].map(str::to_owned);
        let anchors = Anchors { one, three, five };
        let criteria = ["a", "b", "c"].map(|name| Asked {
            id: CriterionId(name.to_owned()),
            name: name.to_owned(),
            asks: name,
            anchors: &anchors,
        });
        let calls: Vec<_> = (0..CALLS)
            .map(|place| call(&criteria, "question", "answer", place, seed(place)))
            .map(|call| (call.system, call.user, call.schema, call.seed, call.tokens_max))
            .collect();
        hash(&(PROMPT_VERSION, TEMPERATURE, calls))
    });
    &HASH
}

impl Judge for Model<'_> {
    fn judge(&self, facts: &Facts<'_>) -> Vec<Judgement> {
        let criteria = asked(facts);
        if let Some(reason) = nothing_to_ask(facts) {
            return self.abstain_from_all(facts, &criteria, 0, reason);
        }
        let answer = without_addresses(facts);
        let question = &facts.input.answer.question.text;
        let (mut readings, mut failures) = (Vec::new(), Vec::new());
        for attempt in 0..CALLS + FAILURES_MAX {
            let call = call(&criteria, question, &answer, readings.len(), seed(attempt));
            match self.read(&call, &criteria) {
                Ok(reading) => readings.push(reading),
                Err(why) => failures.push(why),
            }
            if readings.len() == CALLS || failures.len() > FAILURES_MAX {
                break;
            }
        }
        let calls = readings.len() + failures.len();
        if readings.len() < CALLS {
            let why = failures.pop().unwrap_or_default();
            let reason = format!("The language model could not judge this answer: {why}.");
            return self.abstain_from_all(facts, &criteria, calls, &reason);
        }
        let criteria = criteria.iter().enumerate();
        criteria
            .map(|(place, asked)| {
                let marks: Vec<&Mark> = readings.iter().map(|reading| &reading[place]).collect();
                let ruling = rule(facts, asked, &marks);
                self.judgement(facts, asked, calls, ruling)
            })
            .collect()
    }
}

/// What one call says of one criterion.
struct Mark {
    level: u8,
    passages: Vec<String>,
}

/// A level with what it rests on and how far the calls were apart, or why there is none.
type Ruling = Result<(u8, u8, String, Vec<Evidence>), String>;

impl Model<'_> {
    /// One call's marks in the order of the criteria.
    fn read(&self, call: &Call, criteria: &[Asked<'_>]) -> Result<Vec<Mark>, String> {
        let reply = (self.ask)(call)?;
        if self.fingerprint.is_some() && self.fingerprint != reply.fingerprint {
            return Err("another model answered than the one that passed the self-test".to_owned());
        }
        marks(&reply.text, criteria)
    }

    fn identity(&self, calls: usize) -> interview::Judge {
        interview::Judge::Model {
            name: self.name.clone(),
            sha256: self.sha256.clone(),
            prompt_sha256: prompt_sha256().to_owned(),
            prompt_version: PROMPT_VERSION.to_owned(),
            fingerprint: self.fingerprint.clone(),
            calls: u32::try_from(calls).unwrap_or(u32::MAX),
        }
    }

    fn judgement(
        &self,
        facts: &Facts<'_>,
        asked: &Asked<'_>,
        calls: usize,
        ruling: Ruling,
    ) -> Judgement {
        let (level, reason, evidence) = match ruling {
            Ok((level, apart, reason, evidence)) => {
                let half = self.half(facts, &asked.id.0) + f64::from(apart) / 2.0;
                (Some(interval::around(f64::from(level), half)), reason, evidence)
            }
            Err(reason) => (None, reason, Vec::new()),
        };
        Judgement {
            criterion: asked.id.clone(),
            name: asked.name.clone(),
            level: level.map(|level| level.level),
            low: level.map(|level| level.low),
            high: level.map(|level| level.high),
            judge: self.identity(calls),
            reason,
            evidence,
            edited: facts.input.answer.edited_share > EDITED_SHARE_MAX,
        }
    }

    /// Half of the interval. A model that was not measured on labelled answers is taken to be no
    /// better anywhere than the rules where they are worst on this criterion, nor than a person.
    fn half(&self, facts: &Facts<'_>, criterion: &str) -> f64 {
        let measured = self.conformal.and_then(|conformal| conformal.half.get(criterion).copied());
        let half = measured.unwrap_or_else(|| {
            facts.fitted.calibration.widest(criterion).max(interval::uncalibrated_half())
        });
        half * widening(facts.told.read_share())
    }

    fn abstain_from_all(
        &self,
        facts: &Facts<'_>,
        criteria: &[Asked<'_>],
        calls: usize,
        reason: &str,
    ) -> Vec<Judgement> {
        let criteria = criteria.iter();
        criteria.map(|asked| self.judgement(facts, asked, calls, Err(reason.to_owned()))).collect()
    }
}

/// Why a model is not asked about an answer at all.
fn nothing_to_ask(facts: &Facts<'_>) -> Option<&'static str> {
    let told = &facts.told;
    if told.silent() {
        Some("Nothing was said, so there is nothing to judge.")
    } else if told.empty() {
        Some("There are too few words for a language model to judge.")
    } else if !told.readable() {
        Some(
            "Too many of the words do not fit together to be judged; they may have been heard wrongly.",
        )
    } else if told.text.words.len() > WORDS_MAX {
        Some("The answer is too long for a language model to judge in one piece.")
    } else {
        None
    }
}

/// The answer's words without the sentences that speak to whoever judges.
fn without_addresses(facts: &Facts<'_>) -> String {
    let addressed = facts.told.addressed();
    let kept: Vec<interview::Word> = facts
        .told
        .text
        .words
        .iter()
        .enumerate()
        .filter(|(index, _)| !addressed.iter().any(|range| holds(*range, *index)))
        .map(|(_, word)| word.clone())
        .collect();
    text_of(&kept)
}

fn holds(range: WordRange, index: usize) -> bool {
    range.first <= index && index < range.end
}

/// Another seed for each attempt, so that one that came to nothing is not made again as it was.
fn seed(attempt: usize) -> u32 {
    u32::try_from(attempt).unwrap_or_default() + 1
}

/// The criteria in the order in which a call asks for their levels: as they are, the other way
/// round, and from the middle on.
fn order(count: usize, place: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    match place % CALLS {
        1 => order.reverse(),
        2 => order.rotate_left(count / 2),
        _ => {}
    }
    order
}

/// The member of a reply that holds what is said of a criterion. Numbered, since members are read
/// and written in the order of their names.
fn member(place: usize, criterion: &CriterionId) -> String {
    format!("{place}_{criterion}")
}

/// The question to a model. All of it but the order and the schema is the same for each call about an
/// answer, and the rubric stands before the answer, so that a model that keeps what it has read
/// reads little again.
fn call(criteria: &[Asked<'_>], question: &str, answer: &str, place: usize, seed: u32) -> Call {
    let rubric: Vec<Value> = criteria
        .iter()
        .map(|asked| {
            let Anchors { one, three, five } = asked.anchors;
            json!({ "criterion": asked.id, "asks": asked.asks,
                "level_1": one, "level_3": three, "level_5": five })
        })
        .collect();
    let mut user = String::from("CRITERIA\n");
    // Writing to a string cannot fail.
    for line in rubric {
        let _ = writeln!(user, "{line}");
    }
    let _ = write!(user, "\nQUESTION\n{}\n\nANSWER\n{}\n", json!(question), json!(answer));
    let order = order(criteria.len(), place);
    let names: Vec<&str> = order.iter().map(|index| criteria[*index].id.0.as_str()).collect();
    let _ = write!(user, "\nJudge in this order: {}.", names.join(", "));
    Call {
        system: SYSTEM.to_owned(),
        user,
        schema: schema(criteria, &order),
        seed,
        temperature: TEMPERATURE,
        tokens_max: TOKENS_MAX,
    }
}

fn schema(criteria: &[Asked<'_>], order: &[usize]) -> Value {
    let mark = json!({
        "type": "object",
        "properties": {
            "evidence": {
                "type": "array", "items": { "type": "string" }, "maxItems": PASSAGES_MAX
            },
            "level": { "type": "integer", "enum": [1, 2, 3, 4, 5] }
        },
        "required": ["evidence", "level"],
        "additionalProperties": false
    });
    let members: Vec<String> = order
        .iter()
        .enumerate()
        .map(|(place, index)| member(place, &criteria[*index].id))
        .collect();
    let properties: serde_json::Map<String, Value> =
        members.iter().map(|name| (name.clone(), mark.clone())).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": members,
        "additionalProperties": false
    })
}

/// What a call wrote, by criterion in their order.
fn marks(text: &str, criteria: &[Asked<'_>]) -> Result<Vec<Mark>, String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Written {
        level: u8,
        evidence: Vec<String>,
    }
    let wrong = |what: &str| format!("it wrote something else than was asked for ({what})");
    let mut written: BTreeMap<String, Written> =
        serde_json::from_str(unfenced(text)).map_err(|error| wrong(&error.to_string()))?;
    let found: Result<Vec<Mark>, String> = criteria
        .iter()
        .map(|asked| {
            let name = written
                .keys()
                .find(|name| {
                    name.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_') == asked.id.0
                })
                .cloned()
                .ok_or_else(|| wrong(&format!("no level of {}", asked.id)))?;
            let Written { level, evidence } =
                written.remove(&name).ok_or_else(|| wrong("a level that is not there"))?;
            if !(1..=5).contains(&level) || evidence.len() > PASSAGES_MAX {
                return Err(wrong(&format!("a level of {level} with {} passages", evidence.len())));
            }
            Ok(Mark { level, passages: evidence })
        })
        .collect();
    let found = found?;
    if written.is_empty() { Ok(found) } else { Err(wrong("a criterion that was not asked for")) }
}

/// Without the marks that some models set around data.
fn unfenced(text: &str) -> &str {
    let text = text.trim();
    let inner = text.strip_prefix("```json").or_else(|| text.strip_prefix("```"));
    inner.and_then(|inner| inner.strip_suffix("```")).unwrap_or(text).trim()
}

/// The level of a criterion from what the calls say.
fn rule(facts: &Facts<'_>, asked: &Asked<'_>, marks: &[&Mark]) -> Ruling {
    let mut levels: Vec<u8> = marks.iter().map(|mark| mark.level).collect();
    let shown: Vec<String> = levels.iter().map(u8::to_string).collect();
    let given = format!("Asked {} times, it gave {}", levels.len(), shown.join(", "));
    levels.sort_unstable();
    let (lowest, highest) = (levels[0], levels[levels.len() - 1]);
    if highest - lowest >= APART {
        return Err(format!("{given}: too far apart for a level."));
    }
    let middle = levels[levels.len() / 2];
    let mut cited: Vec<WordRange> = Vec::new();
    let mut seen: BTreeSet<usize> = BTreeSet::new();
    for mark in marks {
        let mut ranges = Vec::new();
        for passage in &mark.passages {
            ranges.extend(find(facts, passage)?);
        }
        if ranges.is_empty() && f64::from(mark.level) > ABSENT_LEVEL_MAX {
            return Err(format!("{given}, but showed no words for it."));
        }
        if mark.level == middle {
            cited.extend(ranges.into_iter().filter(|range| seen.insert(range.first)));
        }
    }
    let words = facts.told.text.words;
    let mut evidence: Vec<Evidence> = cited
        .into_iter()
        .take(SHOWN_MAX)
        .filter_map(|range| Some(Evidence::Words { range, quote: text_of(range.of(words)?) }))
        .collect();
    if evidence.is_empty() {
        evidence.push(Evidence::Absence(Absence {
            searched: facts.told.text.whole(),
            looked_for: format!("what level 3 asks for: {}", asked.anchors.three),
        }));
    }
    let reason = format!("{given}; the middle one counts.");
    Ok((middle, highest - lowest, reason, evidence))
}

/// Where a passage stands in the answer, word by word; nothing for one that is too short or too long
/// to show anything.
///
/// # Errors
/// When it does not stand there, or where somebody speaks to the judge.
fn find(facts: &Facts<'_>, passage: &str) -> Result<Option<WordRange>, String> {
    let wanted: Vec<String> = words_of(passage)
        .iter()
        .map(|word| key(&word.text))
        .filter(|key| !key.is_empty())
        .collect();
    if !PASSAGE_WORDS.contains(&wanted.len()) {
        return Ok(None);
    }
    let said: Vec<(usize, String)> = facts
        .told
        .text
        .words
        .iter()
        .enumerate()
        .map(|(index, word)| (index, word.key()))
        .filter(|(_, key)| !key.is_empty())
        .collect();
    let place = said
        .windows(wanted.len())
        .find(|run| run.iter().map(|(_, key)| key).eq(wanted.iter()))
        .ok_or("It quoted words that were not said, so its level is not used.")?;
    let range = WordRange::new(place[0].0, place[place.len() - 1].0 + 1);
    let addressed = facts.told.addressed();
    let apart = |other: &WordRange| other.end <= range.first || range.end <= other.first;
    if addressed.iter().all(apart) {
        Ok(Some(range))
    } else {
        Err("It quoted words that speak to the judge, so its level is not used.".to_owned())
    }
}
