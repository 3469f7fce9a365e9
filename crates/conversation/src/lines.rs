//! The persona's lines: chosen so that none comes twice in a row, filled with the plan's facts.

use std::collections::BTreeMap;

use interview::{Plan, persona::Occasion};
use serde::{Deserialize, Serialize};

use crate::{chance::shuffled, plan::minutes_of, wording::tokens};

/// A line ready to be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// What is said.
    pub(crate) text: String,
    /// Whether the question's text is part of it.
    pub(crate) holds_question: bool,
}

/// Which lines were used.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Lines {
    used: BTreeMap<Occasion, u32>,
    last: BTreeMap<Occasion, String>,
}

impl Lines {
    /// The next line for an occasion: the persona's lines in an order of the seed's, over and over,
    /// never the same twice in a row while there are two. Lines with one of the words `unfit` are passed
    /// over while there are others. `None` when every line needs a value that the plan does not have.
    pub(crate) fn choose(
        &mut self,
        plan: &Plan,
        seed: u64,
        occasion: Occasion,
        question: Option<&str>,
        unfit: &[&str],
    ) -> Option<Line> {
        let mut lines = filled(plan, seed, occasion, question);
        if lines.iter().any(|line| fits(&line.text, unfit)) {
            lines.retain(|line| fits(&line.text, unfit));
        }
        if lines.is_empty() {
            return None;
        }
        let used = self.used.entry(occasion).or_default();
        let start = *used as usize % lines.len();
        *used = used.wrapping_add(1);
        let last = self.last.get(&occasion);
        let line = (start..start + lines.len())
            .map(|index| &lines[index % lines.len()])
            .find(|line| Some(&line.text) != last)
            .unwrap_or(&lines[start])
            .clone();
        self.last.insert(occasion, line.text.clone());
        Some(line)
    }
}

/// Words of lines that lead on to another question: wrong where none follows.
pub(crate) const LEADING_ON: &[&str] =
    &["next", "another", "other", "different", "else", "on", "along", "rest", "others"];

/// Words of lines that invite to begin: wrong where somebody has begun already.
pub(crate) const BEGINNING: &[&str] = &["start", "begin", "story", "small", "ready"];

fn fits(text: &str, unfit: &[&str]) -> bool {
    unfit.is_empty() || tokens(text).iter().all(|word| !unfit.contains(&word.as_str()))
}

/// All lines for an occasion that can be filled, in the order in which a seed uses them.
pub(crate) fn filled(
    plan: &Plan,
    seed: u64,
    occasion: Occasion,
    question: Option<&str>,
) -> Vec<Line> {
    let templates = plan.persona.lines.get(&occasion).map_or(&[][..], Vec::as_slice);
    shuffled(templates.len(), seed ^ (occasion as u64 + 1))
        .into_iter()
        .filter_map(|index| {
            let template = &templates[index];
            let text = fill(plan, template, question)?;
            Some(Line { text, holds_question: template.contains("{question}") })
        })
        .collect()
}

/// `template` with its placeholders replaced, or `None` when one has no value.
fn fill(plan: &Plan, template: &str, question: Option<&str>) -> Option<String> {
    let mut text = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let close = open + rest[open..].find('}')?;
        text.push_str(&rest[..open]);
        text.push_str(&value(plan, &rest[open + 1..close], question)?);
        rest = &rest[close + 1..];
    }
    text.push_str(rest);
    Some(text)
}

fn value(plan: &Plan, name: &str, question: Option<&str>) -> Option<String> {
    let goal = plan.goal.as_ref();
    let text = match name {
        "role" => goal?.role.trim().to_owned(),
        "company" => goal?.company.as_ref()?.trim().to_owned(),
        "name" => plan.persona.name.clone(),
        "count" if plan.items.len() > 1 => plan.items.len().to_string(),
        "minutes" => minutes_of(plan).to_string(),
        "question" => question?.to_owned(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}
