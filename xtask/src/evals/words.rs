//! `cargo xtask evals words`: fillers told from literal use, and repetitions, repairs and cut-off words
//! found, against labelled texts.

mod report;

use std::{collections::BTreeMap, fs};

use analysis::said::{self, Kind, Matches};
use anyhow::{Context, ensure};
use interview::{Word, WordRange, word::words_of};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{reference, shell::root};

/// The command that writes the section.
const COMMAND: &str = "cargo xtask evals words";
/// Share of both that two spans must share of what they cover together to be the same.
const SAME_SHARE: f64 = 0.5;
/// How often texts are drawn anew for an interval.
const DRAWS: usize = 2000;
/// The same draws every time.
const SEED: u64 = 20_261_123;

/// Measures, prints, and writes the section of the reference unless it is quick.
///
/// # Errors
/// When a set cannot be read, or labels do not fit their texts.
pub fn run(quick: bool, json: Option<&str>) -> anyhow::Result<()> {
    let figures = [measure(Half::Development)?, measure(Half::Test)?];
    let text = report::text(&figures);
    println!("{text}");
    if let Some(file) = json {
        fs::write(file, serde_json::to_string_pretty(&figures)? + "\n")
            .with_context(|| format!("{file} cannot be written"))?;
    }
    if !quick {
        let section = format!("{}\n\n{text}", include_str!("words/introduction.md").trim());
        reference::write_section("docs/reference/validity.md", COMMAND, &section)?;
    }
    Ok(())
}

/// A part of the sets: what the rules were made on, or what they are measured on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Half {
    Development,
    Test,
}

/// What came out of one half.
#[derive(Debug, Serialize)]
struct Figures {
    half: Half,
    /// Uses by their word, then all, then those of each origin.
    uses: Vec<Row>,
    /// All uses with every mark and capital of the texts taken away.
    bare: Row,
    /// Repetitions, repairs and cut-off words.
    given_up: Vec<Row>,
    /// Texts in which nothing is labelled as given up, and those of them in which something was found.
    clean: usize,
    clean_found: usize,
    /// Of the test half, how far its two labellings agree.
    consistency: Option<Consistency>,
}

/// A line of a table.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    /// How many uses, fillers or not; of what was given up, how many are labelled.
    of: usize,
    found: usize,
    labelled: usize,
    right: usize,
    /// The 95% interval of F1, over texts drawn anew.
    low: f64,
    high: f64,
}

impl Row {
    const fn matches(&self) -> Matches {
        Matches { found: self.found, labelled: self.labelled, right: self.right }
    }
}

/// Two labellings of one half by the same kind of reader.
#[derive(Debug, Serialize)]
struct Consistency {
    uses: usize,
    uses_alike: usize,
    /// Cohen's kappa of the uses.
    kappa: f64,
    spans: [usize; 2],
    spans_alike: usize,
}

/// A line of `uses.jsonl` or `said.jsonl`; without a text it stands for an answer of the gold set.
#[derive(Debug, Deserialize)]
struct Line {
    id: String,
    half: Half,
    text: Option<String>,
    /// First word and the word after the last of every use.
    #[serde(default)]
    uses: Vec<[usize; 2]>,
}

/// A line of a file of labels.
#[derive(Debug, Deserialize)]
struct Labels {
    id: String,
    #[serde(default)]
    labels: Vec<Label>,
    #[serde(default)]
    spans: Vec<Labelled>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Label {
    Filler,
    Literal,
}

/// A labelled stretch that was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
struct Labelled {
    kind: Name,
    words: [usize; 2],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Name {
    Repetition,
    Repair,
    CutOff,
}

impl Name {
    const fn kind(self) -> Kind {
        match self {
            Self::Repetition => Kind::Repetition,
            Self::Repair => Kind::Repair,
            Self::CutOff => Kind::CutOff,
        }
    }
}

fn lines<T: DeserializeOwned>(file: &str) -> anyhow::Result<Vec<T>> {
    let path = root().join("evals").join(file);
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let read = |line: &str| serde_json::from_str(line).with_context(|| format!("{file}: {line}"));
    text.lines().filter(|line| !line.trim().is_empty()).map(read).collect()
}

/// Labels by text.
fn labels(file: &str) -> anyhow::Result<BTreeMap<String, Labels>> {
    Ok(lines::<Labels>(file)?.into_iter().map(|one| (one.id.clone(), one)).collect())
}

/// The texts of a half with their words; those of the gold set are looked up there.
fn texts(file: &str, half: Half) -> anyhow::Result<Vec<(Line, Vec<Word>)>> {
    #[derive(Deserialize)]
    struct Answer {
        id: String,
        text: String,
    }
    let gold: BTreeMap<String, String> = lines::<Answer>("gold/answers.jsonl")?
        .into_iter()
        .map(|answer| (answer.id, answer.text))
        .collect();
    let mut found = Vec::new();
    for line in lines::<Line>(file)?.into_iter().filter(|line| line.half == half) {
        let text = line.text.as_ref().or_else(|| gold.get(&line.id));
        let words = words_of(text.with_context(|| format!("{} has no text", line.id))?);
        found.push((line, words));
    }
    Ok(found)
}

/// What the test half is held against was decided between its two labellings.
const fn deciding(half: Half) -> &'static str {
    match half {
        Half::Development => "first",
        Half::Test => "adjudicated",
    }
}

fn measure(half: Half) -> anyhow::Result<Figures> {
    let (uses, bare) = uses(half)?;
    let (given_up, clean, clean_found) = given_up(half)?;
    let consistency = if half == Half::Test { Some(consistency()?) } else { None };
    Ok(Figures { half, uses, bare, given_up, clean, clean_found, consistency })
}

/// Counts by text, so that whole texts can be drawn anew.
#[derive(Debug, Default)]
struct Counted {
    of: usize,
    by_text: BTreeMap<String, Matches>,
}

impl Counted {
    fn add(&mut self, id: &str, found: bool, labelled: bool) {
        self.of += 1;
        let own = self.by_text.entry(id.to_owned()).or_default();
        own.found += usize::from(found);
        own.labelled += usize::from(labelled);
        own.right += usize::from(found && labelled);
    }

    fn row(&self, name: &str) -> Row {
        let texts: Vec<Matches> = self.by_text.values().copied().collect();
        let Matches { found, labelled, right } = sum(texts.iter().copied());
        let (low, high) = interval(&texts);
        Row { name: name.to_owned(), of: self.of, found, labelled, right, low, high }
    }
}

fn sum(matches: impl Iterator<Item = Matches>) -> Matches {
    matches.fold(Matches::default(), |all, one| Matches {
        found: all.found + one.found,
        labelled: all.labelled + one.labelled,
        right: all.right + one.right,
    })
}

/// The 95% interval of F1 by the bootstrap: texts drawn with replacement (Efron 1979).
fn interval(texts: &[Matches]) -> (f64, f64) {
    if texts.is_empty() {
        return (f64::NAN, f64::NAN);
    }
    let mut state = SEED;
    let mut drawn: Vec<f64> = (0..DRAWS)
        .map(|_| {
            sum((0..texts.len()).map(|_| {
                // Knuth's linear congruential generator; its high bits are drawn from.
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                texts[(state >> 33) as usize % texts.len()]
            }))
            .f1()
        })
        .filter(|f1| f1.is_finite())
        .collect();
    drawn.sort_by(f64::total_cmp);
    (crate::bench::quantile(&drawn, 0.025), crate::bench::quantile(&drawn, 0.975))
}

/// The tables of the uses: by word, all, by origin; and all without marks.
fn uses(half: Half) -> anyhow::Result<(Vec<Row>, Row)> {
    let labels = labels(&format!("words/labels/uses-{}.jsonl", deciding(half)))?;
    let mut words: BTreeMap<String, Counted> = BTreeMap::new();
    let [mut all, mut written, mut gold, mut bare] = [(); 4].map(|()| Counted::default());
    for (line, text) in texts("words/uses.jsonl", half)? {
        let labels =
            &labels.get(&line.id).with_context(|| format!("{} has no labels", line.id))?.labels;
        let (found, plain) = (said::uses(&text, &[]), said::uses(&without_marks(&text), &[]));
        let ranges: Vec<WordRange> =
            line.uses.iter().map(|[first, end]| WordRange::new(*first, *end)).collect();
        let told: Vec<WordRange> = found.iter().map(|one| one.range).collect();
        ensure!(
            told == ranges && labels.len() == ranges.len(),
            "{}: other uses are labelled than stand there",
            line.id
        );
        for ((one, plain), label) in found.iter().zip(&plain).zip(labels) {
            let labelled = *label == Label::Filler;
            let keys: Vec<String> =
                text[one.range.first..one.range.end].iter().map(Word::key).collect();
            words.entry(keys.join(" ")).or_default().add(&line.id, one.filler, labelled);
            let origin = if line.text.is_some() { &mut written } else { &mut gold };
            for counted in [origin, &mut all] {
                counted.add(&line.id, one.filler, labelled);
            }
            bare.add(&line.id, plain.filler, labelled);
        }
    }
    let mut rows: Vec<Row> = words.iter().map(|(word, counted)| counted.row(word)).collect();
    rows.extend([
        all.row("all"),
        written.row("all, in texts written for it"),
        gold.row("all, in answers of the gold set"),
    ]);
    Ok((rows, bare.row("all, without marks and capitals")))
}

/// A transcript as a recogniser without punctuation gives it.
fn without_marks(words: &[Word]) -> Vec<Word> {
    words.iter().map(|word| Word::untimed(word.key())).collect()
}

/// The table of what was given up, how many texts hold nothing of it, and in how many of those something
/// was found.
fn given_up(half: Half) -> anyhow::Result<(Vec<Row>, usize, usize)> {
    let labels = labels(&format!("words/labels/said-{}.jsonl", deciding(half)))?;
    let mut kinds: Vec<Counted> = Kind::ALL.iter().map(|_| Counted::default()).collect();
    let (mut clean, mut clean_found) = (0, 0);
    for (line, text) in texts("words/said.jsonl", half)? {
        let labelled =
            &labels.get(&line.id).with_context(|| format!("{} has no labels", line.id))?.spans;
        let found = said::given_up(&text);
        clean += usize::from(labelled.is_empty());
        clean_found += usize::from(labelled.is_empty() && !found.is_empty());
        for (counted, kind) in kinds.iter_mut().zip(Kind::ALL) {
            let own: Vec<WordRange> =
                found.iter().filter(|one| one.kind == kind).map(|one| one.range).collect();
            let theirs = labelled.iter().filter(|one| one.kind.kind() == kind);
            let theirs: Vec<WordRange> =
                theirs.map(|one| WordRange::new(one.words[0], one.words[1])).collect();
            counted.of += theirs.len();
            counted.by_text.insert(line.id.clone(), paired(&own, &theirs));
        }
    }
    let names = ["repetitions", "repairs", "cut-off words"];
    let rows = kinds.iter().zip(names).map(|(counted, name)| counted.row(name)).collect();
    Ok((rows, clean, clean_found))
}

/// Pairs spans that are the same; each is used once.
fn paired(found: &[WordRange], labelled: &[WordRange]) -> Matches {
    let mut left = labelled.to_vec();
    let mut right = 0;
    for own in found {
        if let Some(place) = left.iter().position(|their| same(*own, *their)) {
            left.swap_remove(place);
            right += 1;
        }
    }
    Matches { found: found.len(), labelled: labelled.len(), right }
}

fn same(a: WordRange, b: WordRange) -> bool {
    let shared = a.end.min(b.end).saturating_sub(a.first.max(b.first));
    let together = a.end.max(b.end) - a.first.min(b.first);
    shared as f64 >= SAME_SHARE * together as f64
}

/// How far the two labellings of the test half agree.
fn consistency() -> anyhow::Result<Consistency> {
    let first = labels("words/labels/uses-first.jsonl")?;
    let mut table = [[0_usize; 2]; 2];
    for second in lines::<Labels>("words/labels/uses-second.jsonl")? {
        let own = &first
            .get(&second.id)
            .with_context(|| format!("{} was labelled once", second.id))?
            .labels;
        for (a, b) in own.iter().zip(&second.labels) {
            table[usize::from(*a == Label::Filler)][usize::from(*b == Label::Filler)] += 1;
        }
    }
    let first = labels("words/labels/said-first.jsonl")?;
    let (mut spans, mut spans_alike) = ([0, 0], 0);
    for second in lines::<Labels>("words/labels/said-second.jsonl")? {
        let own = &first
            .get(&second.id)
            .with_context(|| format!("{} was labelled once", second.id))?
            .spans;
        spans = [spans[0] + own.len(), spans[1] + second.spans.len()];
        spans_alike += own.iter().filter(|span| second.spans.contains(span)).count();
    }
    let uses: usize = table.iter().flatten().sum();
    let uses_alike = table[0][0] + table[1][1];
    let chance =
        |side: usize| (table[side][0] + table[side][1]) * (table[0][side] + table[1][side]);
    let expected = (chance(0) + chance(1)) as f64 / (uses * uses) as f64;
    let kappa = (uses_alike as f64 / uses as f64 - expected) / (1.0 - expected);
    Ok(Consistency { uses, uses_alike, kappa, spans, spans_alike })
}

#[cfg(test)]
mod tests {
    use analysis::said::Matches;
    use interview::WordRange;

    use super::{interval, paired};

    #[test]
    fn a_span_is_paired_once_and_only_with_one_that_shares_half() {
        let found = [WordRange::new(0, 2), WordRange::new(0, 1), WordRange::new(5, 6)];
        let labelled = [WordRange::new(0, 2), WordRange::new(6, 8)];
        assert_eq!(paired(&found, &labelled), Matches { found: 3, labelled: 2, right: 1 });
    }

    #[test]
    fn the_interval_holds_the_value_and_is_the_same_each_time() {
        let texts: Vec<Matches> = (0..60)
            .map(|n| Matches { found: 1, labelled: 1, right: usize::from(n % 5 > 0) })
            .collect();
        let (low, high) = interval(&texts);
        assert!(0.6 < low && low < 0.8 && 0.8 < high && high < 0.95, "{low} {high}");
        assert_eq!(interval(&texts), (low, high));
    }
}
