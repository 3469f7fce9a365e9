//! Fitting the weights to labelled answers.

use std::collections::{BTreeMap, BTreeSet};

use interview::{StarPart, Word};

use super::{PART_OF, Row, Signs, TAGS, Weights, chances, signs, sums};
use crate::{story::Story, text::Text};

/// How strongly weights are held to nothing: set by cross-fitting on the development half of the gold
/// set, as [`NONE_FACTOR`]; half and twice as much change the figures by about 0.01.
const HOLD: f64 = 12.0;
/// A sign is used when it occurs in answers to at least this many questions.
const QUESTIONS_MIN: usize = 4;
/// Steps of the descent; more change nothing any more.
const STEPS: usize = 160;
/// Length of the first steps.
const PACE: f64 = 0.15;

/// A labelled answer to fit by.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The question it answers.
    pub question: String,
    /// Its words.
    pub words: Vec<Word>,
    /// The indices of the words of each part.
    pub parts: BTreeMap<StarPart, BTreeSet<usize>>,
}

/// A sample as the model sees it.
struct Seen {
    question: String,
    clauses: Vec<Vec<usize>>,
    joints: Vec<usize>,
    tags: Vec<usize>,
}

/// Fits weights to labelled answers; `origin` says where these come from.
#[must_use]
pub fn fit(samples: &[Sample], origin: &str) -> Weights {
    let read: Vec<(&Sample, Vec<Signs>, Vec<usize>)> = samples
        .iter()
        .map(|sample| {
            let text = Text::read(&sample.words, &[]).solid();
            let clauses = signs(&text, &Story::ruled(&text));
            (sample, clauses, tags(&text, sample))
        })
        .collect();
    let names = vocabulary(&read);
    let seen: Vec<Seen> = read
        .iter()
        .map(|(sample, clauses, tags)| Seen {
            question: sample.question.clone(),
            clauses: clauses
                .iter()
                .map(|clause| {
                    clause.names.iter().filter_map(|name| names.get(name).copied()).collect()
                })
                .collect(),
            joints: clauses.iter().map(|clause| usize::from(clause.opens)).collect(),
            tags: tags.clone(),
        })
        .filter(|seen| !seen.question.is_empty() && !seen.tags.is_empty())
        .collect();
    let (rows, next) = descend(&seen, names.len());
    let signs = names.into_iter().map(|(name, index)| (name, rows[index].map(rounded))).collect();
    Weights {
        origin: origin.to_owned(),
        none_factor: NONE_FACTOR,
        signs,
        next: next.map(|rows| rows.map(|row| row.map(rounded))),
    }
}

/// More clauses belong to no part than to any other, so that the likeliest tag leaves too many without
/// one.
const NONE_FACTOR: f64 = 0.5;

fn rounded(weight: f64) -> f64 {
    (weight * 1_000.0).round() / 1_000.0
}

/// The tag of each clause: the part that most of its words are labelled with, if these are half.
fn tags(text: &Text<'_>, sample: &Sample) -> Vec<usize> {
    text.clauses
        .iter()
        .map(|clause| {
            let range = text.range(&clause.tokens);
            let held = |tag: usize| {
                let words = PART_OF[tag].and_then(|part| sample.parts.get(&part));
                words.map_or(0, |words| words.range(range.first..range.end).count())
            };
            let best = (1..TAGS)
                .fold(0, |best, tag| if best == 0 || held(tag) > held(best) { tag } else { best });
            if held(best) * 2 >= range.len().max(1) { best } else { 0 }
        })
        .collect()
}

/// The signs that occur with enough questions, numbered in order of their names.
fn vocabulary(read: &[(&Sample, Vec<Signs>, Vec<usize>)]) -> BTreeMap<String, usize> {
    let mut questions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (sample, clauses, _) in read {
        for name in clauses.iter().flat_map(|clause| &clause.names) {
            questions.entry(name).or_default().insert(&sample.question);
        }
    }
    questions
        .into_iter()
        .filter(|(_, of)| of.len() >= QUESTIONS_MIN)
        .enumerate()
        .map(|(index, (name, _))| (name.to_owned(), index))
        .collect()
}

/// Weights at which the labelled tags are most likely, held to nothing by their squares: Adam
/// (Kingma and Ba 2015) over all answers at once.
fn descend(seen: &[Seen], signs: usize) -> (Vec<Row>, [[Row; TAGS]; 2]) {
    let joints = 2 * TAGS;
    let mut weights = vec![[0.0; TAGS]; signs + joints];
    let (mut mean, mut square) = (weights.clone(), weights.clone());
    for step in 1..=STEPS {
        let next = next_of(&weights[signs..]);
        let mut slope: Vec<Row> = weights.iter().map(|row| row.map(|one| one * HOLD)).collect();
        for one in seen {
            add_slope(one, &weights, &next, signs, &mut slope);
        }
        let pace = PACE * (1.0 - step as f64 / (STEPS + 1) as f64);
        let (warm_mean, warm_square) =
            (1.0 - 0.9_f64.powi(step as i32), 1.0 - 0.99_f64.powi(step as i32));
        for row in 0..weights.len() {
            for tag in 0..TAGS {
                let slope = slope[row][tag];
                mean[row][tag] = 0.9 * mean[row][tag] + 0.1 * slope;
                square[row][tag] = 0.99 * square[row][tag] + 0.01 * slope * slope;
                let scale = (square[row][tag] / warm_square).sqrt() + 1e-8;
                weights[row][tag] -= pace * mean[row][tag] / warm_mean / scale;
            }
        }
    }
    let next = next_of(&weights[signs..]);
    weights.truncate(signs);
    (weights, next)
}

fn next_of(rows: &[Row]) -> [[Row; TAGS]; 2] {
    std::array::from_fn(|joint| std::array::from_fn(|from| rows[joint * TAGS + from]))
}

/// Adds what one answer says about the slope: what the model expects less what is labelled.
fn add_slope(
    one: &Seen,
    weights: &[Row],
    next: &[[Row; TAGS]; 2],
    signs: usize,
    slope: &mut [Row],
) {
    let scores: Vec<Row> = one
        .clauses
        .iter()
        .map(|clause| {
            clause.iter().fold([0.0; TAGS], |sum: Row, sign| {
                std::array::from_fn(|tag| sum[tag] + weights[*sign][tag])
            })
        })
        .collect();
    let expected = chances(&scores, &one.joints, next);
    for ((clause, chance), labelled) in one.clauses.iter().zip(&expected).zip(&one.tags) {
        for sign in clause {
            for tag in 0..TAGS {
                slope[*sign][tag] += chance[tag];
            }
            slope[*sign][*labelled] -= 1.0;
        }
    }
    let (forward, backward) = sums(&scores, &one.joints, next);
    for index in 1..scores.len() {
        let joint = one.joints[index];
        let most = scores[index].iter().copied().fold(f64::MIN, f64::max);
        let pair = |from: usize, to: usize| {
            forward[index - 1][from]
                * next[joint][from][to].exp()
                * (scores[index][to] - most).exp()
                * backward[index][to]
        };
        let all: f64 = (0..TAGS)
            .flat_map(|from| (0..TAGS).map(move |to| (from, to)))
            .map(|(from, to)| pair(from, to))
            .sum();
        for from in 0..TAGS {
            let row = &mut slope[signs + joint * TAGS + from];
            for (to, slope) in row.iter_mut().enumerate() {
                *slope += pair(from, to) / all;
            }
        }
        slope[signs + joint * TAGS + one.tags[index - 1]][one.tags[index]] -= 1.0;
    }
}

#[cfg(test)]
mod tests {
    use interview::word::words_of;

    use super::*;

    #[test]
    fn what_is_labelled_alike_with_every_question_is_learned() {
        let told = |number: usize| Sample {
            question: format!("question-{number}"),
            words: words_of(
                "Our boiler failed in March. I rang the school and moved the beds. They slept.",
            ),
            parts: BTreeMap::from([
                (StarPart::Situation, (0..5).collect()),
                (StarPart::Action, (5..12).collect()),
                (StarPart::Result, (12..14).collect()),
            ]),
        };
        let samples: Vec<Sample> = (0..40).map(told).collect();
        let weights = fit(&samples, "made for this test");
        let text = Text::read(&samples[0].words, &[]);
        let found = weights.tag(&signs(&text, &Story::ruled(&text)));
        let parts: Vec<Option<StarPart>> = found.into_iter().map(|(part, _)| part).collect();
        let (situation, action, result) =
            (Some(StarPart::Situation), Some(StarPart::Action), Some(StarPart::Result));
        assert_eq!(parts, [situation, action, action, result]);
        assert_eq!(weights, fit(&samples, "made for this test"));
    }
}
