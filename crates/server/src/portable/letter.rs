//! A report and its transcript as a letter: headings, sentences, quotations, in the order in which they
//! are read. How that is written down (Markdown, a page) is said elsewhere.

use super::Shown;
use crate::wire::{
    interview::{Ratings, Turn},
    report::{AnswerReport, Evidence, Level, Point, Retelling},
};

/// A piece of a letter.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A heading; 1 is the title.
    Heading(u8, String),
    /// A paragraph.
    Text(String),
    /// What somebody said.
    Quote(String),
    /// Points.
    List(Vec<String>),
    /// A table; the first row names the columns.
    Table(Vec<Vec<String>>),
    /// A line of the transcript: who, and what.
    Line(String, String),
}

/// The title of an interview's letter.
#[must_use]
pub fn title(shown: &Shown) -> String {
    let summary = &shown.interview.summary;
    let role = summary.role.as_ref().map(|role| format!(" for {role}")).unwrap_or_default();
    let day = summary.created_at.get(..10).unwrap_or_default();
    format!("{}{role}, {day}", summary.format)
}

/// The letter of an interview.
#[must_use]
pub fn write(shown: &Shown) -> Vec<Block> {
    let report = &shown.report;
    let mut blocks = vec![Block::Heading(1, title(shown))];
    let summary = &shown.interview.summary;
    blocks.push(Block::Text(format!(
        "Interviewer: {}. {} of {} questions answered.",
        summary.persona, summary.answered, summary.asked
    )));
    blocks.extend(ratings(&report.ratings));
    if let Some(strength) = &report.strength {
        blocks.push(Block::Heading(2, "A strength".to_owned()));
        blocks.extend(point(strength));
    }
    for (number, priority) in report.priorities.iter().enumerate() {
        blocks.push(Block::Heading(2, format!("To work on: {}", number + 1)));
        blocks.extend(point(&priority.point));
        if let Some(rewrite) = &priority.rewrite {
            blocks.push(Block::Text(format!("It could go like this: {rewrite}")));
        }
        blocks.push(Block::Text(priority.plan.clone()));
    }
    if let Some(retake) = &report.retake {
        blocks.push(Block::Heading(2, "To take again".to_owned()));
        blocks.push(Block::Text(format!("{} {}", retake.question, retake.reason)));
    }
    blocks.extend(levels(&report.levels, report.no_overall.as_deref()));
    for answer in &report.answers {
        blocks.extend(of_answer(answer));
    }
    if !report.left_out.is_empty() {
        blocks.push(Block::Heading(2, "What was left out, and why".to_owned()));
        let lines = report.left_out.iter().map(|one| format!("{}: {}", one.what, one.why));
        blocks.push(Block::List(lines.collect()));
    }
    blocks.extend(transcript(&shown.interview.turns));
    blocks.push(Block::Text(format!("Judged by: {}.", report.judge)));
    blocks
}

fn ratings(ratings: &Ratings) -> Option<Block> {
    let named = [
        ("How it went", ratings.went),
        ("Nerves before", ratings.nerves_before),
        ("Nerves at their peak", ratings.nerves_peak),
        ("Nerves after", ratings.nerves_after),
        ("Confidence for the real interview", ratings.confidence),
    ];
    let lines: Vec<String> = named
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name}: {} of 10", value?)))
        .collect();
    (!lines.is_empty()).then_some(Block::List(lines))
}

fn point(point: &Point) -> Vec<Block> {
    let convention = if point.convention { " (a convention of coaching)" } else { "" };
    let mut blocks = vec![Block::Text(format!("{}{convention} {}", point.claim, point.why))];
    blocks.extend(point.evidence.iter().filter_map(quoted));
    blocks
}

/// What a claim points at, with its time where it was spoken.
fn quoted(evidence: &Evidence) -> Option<Block> {
    let quote = evidence.quote.as_ref().filter(|quote| !quote.is_empty())?;
    let at = evidence.start_us.map(|at_us| format!(" [{}]", clock(at_us))).unwrap_or_default();
    Some(Block::Quote(format!("{quote}{at}")))
}

/// Minutes and seconds.
fn clock(at_us: i64) -> String {
    let seconds = at_us.max(0) / 1_000_000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

fn levels(levels: &[Level], no_overall: Option<&str>) -> Vec<Block> {
    if levels.is_empty() && no_overall.is_none() {
        return Vec::new();
    }
    let mut blocks = vec![Block::Heading(2, "Levels".to_owned())];
    if !levels.is_empty() {
        blocks.push(level_table(levels));
    }
    blocks.extend(no_overall.map(|why| Block::Text(format!("No overall level: {why}."))));
    blocks
}

fn level_table(levels: &[Level]) -> Block {
    let names = ["Criterion", "Level", "Between", "Answers", "Why"].map(str::to_owned).to_vec();
    let rows = levels.iter().map(|one| {
        let edited = if one.edited { " (edited)" } else { "" };
        let between = one.low.zip(one.high).map(|(low, high)| format!("{low:.1} and {high:.1}"));
        vec![
            format!("{}{edited}", one.name),
            one.level.map_or_else(|| "none".to_owned(), |level| format!("{level:.1} of 5")),
            between.unwrap_or_default(),
            format!("{} of {}", one.coverage.answered, one.coverage.asked),
            one.reason.clone(),
        ]
    });
    Block::Table(std::iter::once(names).chain(rows).collect())
}

fn of_answer(answer: &AnswerReport) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(2, answer.question.clone())];
    let words: Vec<&str> = answer.words.iter().map(|word| word.text.as_str()).collect();
    if !words.is_empty() {
        blocks.push(Block::Quote(words.join(" ")));
    }
    if answer.edited_share > 0.0 {
        let share = (answer.edited_share * 100.0).ceil();
        blocks.push(Block::Text(format!("{share:.0}% of the words were corrected.")));
    }
    for finding in &answer.findings {
        blocks.extend(point(finding));
    }
    blocks.extend(answer.retelling.iter().flat_map(retold));
    if !answer.levels.is_empty() {
        blocks.push(level_table(&answer.levels));
    }
    let measured = answer.features.iter().filter(|feature| !feature.label.is_empty());
    let lines: Vec<String> = measured
        .map(|feature| {
            let remark =
                feature.remark.as_ref().map(|text| format!(". {text}")).unwrap_or_default();
            let unit = feature.unit.replace('_', " ");
            format!("{}: {:.2} ({unit}){remark}", feature.label, feature.value)
        })
        .collect();
    if !lines.is_empty() {
        blocks.push(Block::Heading(3, "Measured".to_owned()));
        blocks.push(Block::List(lines));
    }
    if !answer.left_out.is_empty() {
        let lines = answer.left_out.iter().map(|one| format!("{}: {}", one.what, one.why));
        blocks.push(Block::Heading(3, "Left out".to_owned()));
        blocks.push(Block::List(lines.collect()));
    }
    blocks
}

/// The answer in its own words, reordered; questions stand in square brackets.
fn retold(retelling: &Retelling) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(3, "Your own words, reordered".to_owned())];
    let lines = retelling.parts.iter().map(|part| {
        let pieces = part.pieces.iter().filter_map(|piece| match (&piece.own, &piece.question) {
            (Some(own), _) => own.quote.clone(),
            (None, Some(question)) => Some(format!("[{question}]")),
            (None, None) => None,
        });
        format!("{}: {}", part.part, pieces.collect::<Vec<_>>().join(" "))
    });
    blocks.push(Block::List(lines.collect()));
    let cut: Vec<String> = retelling
        .cut
        .iter()
        .filter_map(|cut| Some(format!("{} ({})", cut.words.quote.as_ref()?, cut.reason)))
        .collect();
    if !cut.is_empty() {
        blocks.push(Block::Text("Left out of it:".to_owned()));
        blocks.push(Block::List(cut));
    }
    blocks
}

fn transcript(turns: &[Turn]) -> Vec<Block> {
    if turns.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![Block::Heading(2, "Everything that was said".to_owned())];
    blocks.extend(turns.iter().map(|turn| {
        let at = turn.start_us.map(|at_us| format!(" {}", clock(at_us))).unwrap_or_default();
        Block::Line(format!("{}{at}", turn.name), turn.text.clone())
    }));
    blocks
}
