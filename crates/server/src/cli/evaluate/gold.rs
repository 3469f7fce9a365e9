//! The gold set: answers with the labels of two annotators and an adjudicated one, split by question
//! into development and test. The rules judge is held against the adjudicated labels.

mod agreement;
mod table;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use analysis::{
    AnswerReport, AnswerType, Fitted, Level,
    calibration::{self, Calibration, FOLDS},
    edits::{self, Aim, Effect, Material},
    parts::{self, Weights},
};
use anyhow::{Context, ensure};
use engines::Embedder;
use interview::{Answer, Bank, Question, StarPart, word::words_of};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use self::agreement::{Agreement, CRITERIA, PARTS, Reading};
pub(super) use self::table::{print, write_between_markers};

/// Which half of the questions an answer belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Split {
    /// Rules are written and intervals calibrated on these.
    Development,
    /// Nothing is set on these.
    Test,
}

impl Split {
    const fn name(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Test => "test",
        }
    }
}

#[derive(Deserialize)]
struct QuestionLine {
    id: String,
    split: Split,
}

#[derive(Deserialize)]
struct AnswerLine {
    id: String,
    question: String,
    english: String,
    text: String,
}

#[derive(Deserialize)]
struct IntendedLine {
    id: String,
    intended: String,
}

#[derive(Deserialize)]
struct LabelLine {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    parts: BTreeMap<String, Vec<String>>,
    levels: BTreeMap<String, f64>,
}

/// One answer of the set with everything that was written about it.
pub(super) struct Labelled {
    id: String,
    question: String,
    english: String,
    intended: String,
    text: String,
    split: Split,
    first: Reading,
    second: Reading,
    adjudicated: Reading,
}

/// What came out for one half of the questions.
#[derive(Debug, Serialize)]
pub(super) struct Figures {
    split: Split,
    answers: usize,
    questions: usize,
    /// The judge against the adjudicated labels.
    judge: Agreement,
    /// The second annotator against the first.
    consistency: Agreement,
    groups: Vec<Group>,
    /// How often the judge's intervals hold the adjudicated level, by that level and by question family.
    covered: Vec<Covered>,
    /// What edits of the answers do to the levels of the judge as it is shipped; of development.
    edits: Vec<Edited>,
    /// Answers of development with what was found in them; those of test are not listed.
    rows: Vec<Row>,
}

/// What an edit did.
#[derive(Debug, Serialize)]
struct Edited {
    name: &'static str,
    aim: Aim,
    met: bool,
    effect: Effect,
}

/// The overall error over answers of one sort.
#[derive(Debug, Serialize)]
struct Group {
    name: String,
    answers: usize,
    labelled: f64,
    error: f64,
    signed: f64,
}

/// How often intervals hold the adjudicated level, in answers of one sort.
#[derive(Debug, Serialize)]
struct Covered {
    /// "labelled 3", or the competency that the questions are about.
    group: String,
    /// By criterion, the overall level among them.
    criteria: BTreeMap<&'static str, Held>,
}

/// Intervals that hold the adjudicated level.
#[derive(Debug, Clone, Copy, Default, Serialize)]
struct Held {
    held: usize,
    of: usize,
    /// Answers on which the judge was silent, beside these.
    abstained: usize,
}

/// One answer of development, for looking at it.
#[derive(Debug, Serialize)]
struct Row {
    id: String,
    kind: [Option<String>; 2],
    parts: BTreeMap<String, [String; 2]>,
    levels: BTreeMap<String, (Option<Level>, Option<f64>)>,
}

fn lines<T: DeserializeOwned>(folder: &Path, name: &str) -> anyhow::Result<Vec<T>> {
    let path = folder.join(name);
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("{} cannot be read", path.display()))?;
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            serde_json::from_str(line)
                .with_context(|| format!("{} has a line that is not valid", path.display()))
        })
        .collect()
}

/// Reads the set; answers of test are left out where they are not wanted, so that nothing of them
/// can be looked at by mistake.
pub(super) fn read(folder: &Path, with_test: bool) -> anyhow::Result<Vec<Labelled>> {
    let splits: BTreeMap<String, Split> = lines::<QuestionLine>(folder, "questions.jsonl")?
        .into_iter()
        .map(|line| (line.id, line.split))
        .collect();
    let intended: BTreeMap<String, String> = lines::<IntendedLine>(folder, "intended.jsonl")?
        .into_iter()
        .map(|line| (line.id, line.intended))
        .collect();
    let mut labels = Vec::new();
    for name in ["first", "second", "adjudicated"] {
        let read = lines::<LabelLine>(folder, &format!("labels/{name}.jsonl"))?;
        labels.push(
            read.into_iter()
                .map(|line| (line.id.clone(), line))
                .collect::<BTreeMap<String, LabelLine>>(),
        );
    }
    let mut set = Vec::new();
    for line in lines::<AnswerLine>(folder, "answers.jsonl")? {
        let split = *splits
            .get(&line.question)
            .with_context(|| format!("answer {} is to no question of the set", line.id))?;
        if split == Split::Test && !with_test {
            continue;
        }
        let mut readings = labels.iter().map(|of| {
            let label =
                of.get(&line.id).with_context(|| format!("answer {} has no label", line.id))?;
            reading(&line.text, label)
        });
        let mut next = || readings.next().context("labels are missing")?;
        set.push(Labelled {
            first: next()?,
            second: next()?,
            adjudicated: next()?,
            intended: intended.get(&line.id).cloned().unwrap_or_default(),
            id: line.id,
            question: line.question,
            english: line.english,
            text: line.text,
            split,
        });
    }
    Ok(set)
}

/// A label as a reading: its quotations as words of the text.
fn reading(text: &str, label: &LabelLine) -> anyhow::Result<Reading> {
    let mut parts: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for (part, quotes) in &label.parts {
        let words = parts.entry(part.clone()).or_default();
        for quote in quotes {
            let start = text
                .find(quote.as_str())
                .with_context(|| format!("answer {} does not hold {quote:?}", label.id))?;
            words.extend(words_within(text, start..start + quote.len()));
        }
    }
    let level = |level: f64| Level { level, low: level, high: level };
    let levels = label.levels.iter().map(|(name, value)| (name.clone(), level(*value))).collect();
    Ok(Reading { kind: Some(label.kind.clone()), parts, levels })
}

/// The words that share a byte with a range of the text.
fn words_within(text: &str, bytes: std::ops::Range<usize>) -> impl Iterator<Item = usize> {
    let base = text.as_ptr() as usize;
    text.split_whitespace().enumerate().filter_map(move |(index, word)| {
        let start = word.as_ptr() as usize - base;
        (start < bytes.end && bytes.start < start + word.len()).then_some(index)
    })
}

/// The judge's report as a reading.
fn judged(report: &AnswerReport) -> Reading {
    let mut parts: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for span in &report.star {
        let name = match span.part {
            StarPart::Situation => "situation",
            StarPart::Task => "task",
            StarPart::Action => "action",
            StarPart::Result => "result",
            StarPart::Reflection => "reflection",
            StarPart::Relevance => continue,
        };
        parts.entry(name.to_owned()).or_default().extend(span.range.first..span.range.end);
    }
    let mut levels: BTreeMap<String, Level> = report
        .judgements
        .iter()
        .filter_map(|own| {
            let level = Level { level: own.level?, low: own.low?, high: own.high? };
            Some((own.criterion.0.clone(), level))
        })
        .collect();
    levels.extend(report.overall.map(|level| ("overall".to_owned(), level)));
    let kind = report.answer_type.map(|kind| {
        match kind {
            AnswerType::Story => "story",
            AnswerType::PseudoStory => "pseudo_story",
            AnswerType::Exemplification => "exemplification",
            AnswerType::Opinion => "opinion",
            AnswerType::SelfDescription => "self_description",
        }
        .to_owned()
    });
    Reading { kind, parts, levels }
}

/// Judges every answer of the set and compares, by half.
pub(super) fn measure(
    bank: &Bank,
    set: &[Labelled],
    embedder: Option<&dyn Embedder>,
) -> anyhow::Result<Vec<Figures>> {
    let mut found = Vec::new();
    for split in [Split::Development, Split::Test] {
        let answers: Vec<&Labelled> = set.iter().filter(|one| one.split == split).collect();
        if answers.is_empty() {
            continue;
        }
        let crossed = match split {
            Split::Development => Some(Crossed::fit(bank, &answers)?),
            Split::Test => None,
        };
        let mut ours = Vec::new();
        for one in &answers {
            let answer = answer(bank, one)?;
            let words = answer.words.len();
            ensure!(
                words == one.text.split_whitespace().count(),
                "answer {} is not read word by word",
                one.id
            );
            let fitted = match &crossed {
                Some(crossed) => crossed.without(one),
                None => Fitted::shipped(),
            };
            ours.push(judged(&super::report(bank, &answer, embedder, fitted)?));
        }
        let families = families(bank, &answers)?;
        let mut figures = figures(split, &answers, &families, &ours);
        if split == Split::Development {
            figures.edits = edited(bank, &answers)?;
        }
        found.push(figures);
    }
    Ok(found)
}

impl Labelled {
    /// The adjudicated level of a criterion.
    pub(super) fn label(&self, criterion: &str) -> Option<f64> {
        self.adjudicated.levels.get(criterion).map(|level| level.level)
    }
}

/// An answer of the set as the judge takes it.
pub(super) fn answer(bank: &Bank, one: &Labelled) -> anyhow::Result<Answer> {
    let question = super::question(bank, &one.question)?;
    Ok(super::typed(question, &one.text))
}

/// What the question of each answer is about.
fn families(bank: &Bank, answers: &[&Labelled]) -> anyhow::Result<Vec<&'static str>> {
    let question = |one: &&Labelled| super::question(bank, &one.question);
    answers.iter().map(|one| Ok(question(one)?.competency.name())).collect()
}

/// How often the intervals hold the label, by the label and by family.
fn covered(pairs: &[(&Reading, &Reading)], families: &[&str]) -> Vec<Covered> {
    let mut groups: BTreeMap<String, BTreeMap<&'static str, Held>> = BTreeMap::new();
    for ((own, theirs), family) in pairs.iter().zip(families) {
        for criterion in CRITERIA {
            let Some(label) = theirs.levels.get(criterion).map(|level| level.level) else {
                continue;
            };
            for group in [format!("labelled {label:.0}"), (*family).to_owned()] {
                let held = groups.entry(group).or_default().entry(criterion).or_default();
                match own.levels.get(criterion) {
                    Some(own) => {
                        held.of += 1;
                        held.held += usize::from(own.low <= label && label <= own.high);
                    }
                    None => held.abstained += 1,
                }
            }
        }
    }
    let groups = groups.into_iter().map(|(group, criteria)| Covered { group, criteria });
    let (mut levels, families): (Vec<Covered>, Vec<Covered>) =
        groups.partition(|one| one.group.starts_with("labelled"));
    levels.extend(families);
    levels
}

fn figures(split: Split, answers: &[&Labelled], families: &[&str], ours: &[Reading]) -> Figures {
    let pairs: Vec<(&Reading, &Reading)> =
        ours.iter().zip(answers).map(|(own, one)| (own, &one.adjudicated)).collect();
    let annotators: Vec<(&Reading, &Reading)> =
        answers.iter().map(|one| (&one.second, &one.first)).collect();
    let questions: BTreeSet<&str> = answers.iter().map(|one| one.question.as_str()).collect();
    let mut groups = Vec::new();
    for name in ["strong", "middle", "weak", "hollow", "native", "non-native"] {
        let of: Vec<(&Reading, &Reading)> = pairs
            .iter()
            .zip(answers)
            .filter(|(_, one)| one.intended == name || one.english == name)
            .map(|(pair, _)| *pair)
            .collect();
        let levels = agreement::Levels::of(&of, "overall");
        let labelled = of.iter().filter_map(|(_, theirs)| theirs.levels.get("overall"));
        groups.push(Group {
            name: name.to_owned(),
            answers: of.len(),
            labelled: agreement::mean(labelled.map(|level| level.level)),
            error: levels.error,
            signed: levels.signed,
        });
    }
    let rows = if split == Split::Development { rows(answers, ours) } else { Vec::new() };
    Figures {
        split,
        answers: answers.len(),
        questions: questions.len(),
        judge: Agreement::of(&pairs),
        consistency: Agreement::of(&annotators),
        groups,
        covered: covered(&pairs, families),
        edits: Vec::new(),
        rows,
    }
}

/// Edits every answer in every way and judges it again, by words alone.
fn edited(bank: &Bank, answers: &[&Labelled]) -> anyhow::Result<Vec<Edited>> {
    let questions: Vec<&Question> = answers
        .iter()
        .map(|one| super::question(bank, &one.question))
        .collect::<anyhow::Result<_>>()?;
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let heard: Vec<String> = answers
        .iter()
        .flat_map(|one| one.text.split(' '))
        .map(bare)
        .filter(|word| !word.is_empty())
        .collect();
    let parts: Vec<BTreeMap<StarPart, BTreeSet<usize>>> =
        answers.iter().map(|one| one.adjudicated.by_part()).collect();
    let materials: Vec<Material<'_>> = answers
        .iter()
        .zip(&parts)
        .map(|(one, parts)| Material { text: &one.text, parts, heard: &heard })
        .collect();
    let judge = |number: usize, text: &str| {
        let answer = super::typed(questions[number], text);
        super::report(bank, &answer, None, Fitted::shipped()).ok()?.overall
    };
    let done = edits::all().into_iter().map(|edit| {
        let effect = edits::effect(&edit, &materials, edits::FORMS, &judge);
        Edited { name: edit.name, aim: edit.aim, met: effect.meets(edit.aim), effect }
    });
    Ok(done.collect())
}

fn rows(answers: &[&Labelled], ours: &[Reading]) -> Vec<Row> {
    let quote = |one: &Labelled, reading: &Reading, part: &str| {
        let words = reading.parts.get(part);
        let said = one.text.split_whitespace().enumerate();
        let quoted: Vec<&str> = said
            .filter(|(index, _)| words.is_some_and(|words| words.contains(index)))
            .map(|(_, word)| word)
            .collect();
        quoted.join(" ")
    };
    ours.iter()
        .zip(answers)
        .map(|(own, one)| Row {
            id: one.id.clone(),
            kind: [own.kind.clone(), one.adjudicated.kind.clone()],
            parts: PARTS
                .map(|part| {
                    let quotes = [quote(one, own, part), quote(one, &one.adjudicated, part)];
                    (part.to_owned(), quotes)
                })
                .into_iter()
                .collect(),
            levels: CRITERIA
                .map(|name| {
                    let labelled = one.adjudicated.levels.get(name).map(|level| level.level);
                    (name.to_owned(), (own.levels.get(name).copied(), labelled))
                })
                .into_iter()
                .collect(),
        })
        .collect()
}

/// Weights and curves fitted nine times, each time without a ninth of the questions, so that answers to
/// these can be judged by what never saw them.
struct Crossed {
    questions: Vec<String>,
    samples: Vec<calibration::Sample>,
    fits: Vec<(Weights, Calibration)>,
}

impl Crossed {
    /// Fits them. What the rules find in an answer is read with weights that never saw its question, for
    /// the curves as well: curves fitted to what the weights know by heart would promise too much.
    fn fit(bank: &Bank, answers: &[&Labelled]) -> anyhow::Result<Self> {
        let questions: BTreeSet<&str> = answers.iter().map(|one| one.question.as_str()).collect();
        let mut crossed = Self {
            questions: questions.into_iter().map(str::to_owned).collect(),
            samples: Vec::new(),
            fits: Vec::new(),
        };
        let part = |one: &Labelled| crossed.part(&one.question);
        let weights: Vec<Weights> = (0..FOLDS)
            .map(|left_out| {
                weights(
                    answers.iter().copied().filter(|one| part(one) != left_out),
                    "cross-fitting",
                )
            })
            .collect();
        let mut samples = Vec::new();
        for one in answers {
            let (raw, read_share) = super::raw(bank, &answer(bank, one)?, &weights[part(one)])?;
            let levels = one.adjudicated.levels.iter();
            let labelled = levels.map(|(name, level)| (name.clone(), level.level)).collect();
            let question = one.question.clone();
            samples.push(calibration::Sample { question, raw, read_share, labelled });
        }
        let curves: Vec<Calibration> = (0..FOLDS)
            .map(|left_out| {
                let kept: Vec<calibration::Sample> = samples
                    .iter()
                    .filter(|sample| crossed.part(&sample.question) != left_out)
                    .cloned()
                    .collect();
                calibration::fit(&kept, "cross-fitting")
            })
            .collect();
        crossed.fits = weights.into_iter().zip(curves).collect();
        crossed.samples = samples;
        Ok(crossed)
    }

    fn part(&self, question: &str) -> usize {
        self.questions.iter().position(|own| own == question).unwrap_or_default() % FOLDS
    }

    /// What was fitted without the answer's question.
    fn without(&self, one: &Labelled) -> Fitted<'_> {
        let (parts, calibration) = &self.fits[self.part(&one.question)];
        Fitted { parts, calibration }
    }
}

/// Weights fitted to the labels of both annotators and the adjudicated ones: where they differ, the
/// truth lies between.
fn weights<'a>(answers: impl Iterator<Item = &'a Labelled>, origin: &str) -> Weights {
    let mut samples = Vec::new();
    for one in answers {
        for reading in [&one.adjudicated, &one.first, &one.second] {
            samples.push(parts::Sample {
                question: one.question.clone(),
                words: words_of(&one.text),
                parts: reading.by_part(),
            });
        }
    }
    parts::fit(&samples, origin)
}

/// Fits the weights by which parts are found to the development half, and writes them to a file.
pub(super) fn weigh(folder: &Path, file: &Path) -> anyhow::Result<()> {
    let set = read(folder, false)?;
    let origin = format!(
        "fitted to the labels of both annotators and the adjudicated ones of the {} development \
         answers of evals/gold; written and labelled by a language model",
        set.len()
    );
    write_json(file, &weights(set.iter(), &origin))
}

/// Fits the judge's curves and intervals to the development half, by words alone, and writes them to
/// a file; nothing of the test half is judged. Parts are found with weights that never saw the
/// answer's question.
pub(super) fn calibrate(bank: &Bank, folder: &Path, file: &Path) -> anyhow::Result<()> {
    let set = read(folder, false)?;
    let answers: Vec<&Labelled> = set.iter().collect();
    let samples = Crossed::fit(bank, &answers)?.samples;
    let origin = format!(
        "fitted to the adjudicated labels of the {} development answers of evals/gold, relevance by \
         words; written and labelled by a language model",
        samples.len()
    );
    write_json(file, &calibration::fit(&samples, &origin))
}

fn write_json(file: &Path, value: &impl Serialize) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(value)?;
    std::fs::write(file, text + "\n")
        .with_context(|| format!("{} cannot be written", file.display()))
}
