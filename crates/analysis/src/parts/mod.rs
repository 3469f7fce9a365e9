//! Which part of a story each clause tells, by a linear model over signs that can be named.
//!
//! The model is a linear-chain conditional random field (Lafferty, McCallum and Pereira 2001): a
//! clause's part depends on its own signs ([`signs`]: who does what and when, phrases of the word
//! lists, where it stands, what the rules take it for) and on the part before it. Its weights are data
//! (`weights.json`, with their origin), one number for each sign and part, so that what spoke for a
//! part can be read off. It is pure and makes the same of the same words always.

mod fit;
mod signs;

use std::{collections::BTreeMap, sync::LazyLock};

use interview::StarPart;
use serde::{Deserialize, Serialize};

pub use fit::{Sample, fit};
pub(crate) use signs::{Signs, signs};

/// How many tags there are: no part, and five parts.
const TAGS: usize = 6;

/// The part of each tag.
const PART_OF: [Option<StarPart>; TAGS] = [
    None,
    Some(StarPart::Situation),
    Some(StarPart::Task),
    Some(StarPart::Action),
    Some(StarPart::Result),
    Some(StarPart::Reflection),
];

/// A chance of less than this makes no part of a clause. Set by cross-fitting on the development half
/// of the gold set; 0.15 and 0.2 do as well.
const CHANCE_MIN: f64 = 0.17;

/// One number for each tag.
type Row = [f64; TAGS];

/// What each sign says for each part, and what a part says for the one after it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    origin: String,
    /// How much the chance that a clause belongs to no part counts against the others.
    none_factor: f64,
    /// By sign, for no part, situation, task, action, result and reflection.
    signs: BTreeMap<String, Row>,
    /// From a tag to the next one, inside a sentence and from one sentence to the next.
    next: [[Row; TAGS]; 2],
}

/// The weights that are part of the program. Their file is read by a test.
pub(crate) fn shipped() -> &'static Weights {
    static SHIPPED: LazyLock<Weights> = LazyLock::new(|| {
        serde_json::from_str(include_str!("weights.json"))
            .unwrap_or_else(|error| Weights::empty(&format!("not readable: {error}")))
    });
    &SHIPPED
}

impl Weights {
    fn empty(origin: &str) -> Self {
        Self {
            origin: origin.to_owned(),
            none_factor: 1.0,
            signs: BTreeMap::new(),
            next: [[[0.0; TAGS]; TAGS]; 2],
        }
    }

    /// The part of each clause, and its chance: the one with the greatest chance given all clauses of the answer. A part
    /// that no clause would have is given to the clause with the greatest chance of it, if that is not
    /// slight.
    pub(crate) fn tag(&self, clauses: &[Signs]) -> Vec<(Option<StarPart>, f64)> {
        let scores: Vec<Row> = clauses.iter().map(|clause| self.score(clause)).collect();
        let joints: Vec<usize> = clauses.iter().map(|clause| usize::from(clause.opens)).collect();
        let chances = chances(&scores, &joints, &self.next);
        let likeliest = |chance: &Row| {
            let weighed = |tag: usize| chance[tag] * if tag == 0 { self.none_factor } else { 1.0 };
            (0..TAGS).fold(0, |best, tag| if weighed(tag) > weighed(best) { tag } else { best })
        };
        let mut tags: Vec<usize> = chances.iter().map(likeliest).collect();
        for tag in 1..TAGS {
            let of_it = chances.iter().map(|chance| chance[tag]).enumerate();
            let Some((best, chance)) = of_it.max_by(|a, b| a.1.total_cmp(&b.1)) else { continue };
            if !tags.contains(&tag) && tags[best] == 0 && chance >= CHANCE_MIN {
                tags[best] = tag;
            }
        }
        tags.into_iter().zip(&chances).map(|(tag, chance)| (PART_OF[tag], chance[tag])).collect()
    }

    fn score(&self, clause: &Signs) -> Row {
        let mut score = [0.0; TAGS];
        for row in clause.names.iter().filter_map(|name| self.signs.get(name)) {
            for (score, weight) in score.iter_mut().zip(row) {
                *score += weight;
            }
        }
        score
    }
}

/// The chance of each tag of each clause by the forward and backward sums over all ways to tag them.
/// `joints` says for each clause whether it follows within a sentence (0) or opens one (1).
fn chances(scores: &[Row], joints: &[usize], next: &[[Row; TAGS]; 2]) -> Vec<Row> {
    let (forward, backward) = sums(scores, joints, next);
    forward
        .iter()
        .zip(&backward)
        .map(|(forward, backward)| {
            let both: Row = std::array::from_fn(|tag| forward[tag] * backward[tag]);
            let all: f64 = both.iter().sum();
            both.map(|one| one / all)
        })
        .collect()
}

/// Forward sums with the clause's own score and backward sums without it, each scaled to sum to one.
fn sums(scores: &[Row], joints: &[usize], next: &[[Row; TAGS]; 2]) -> (Vec<Row>, Vec<Row>) {
    let own: Vec<Row> = scores
        .iter()
        .map(|row| {
            let most = row.iter().copied().fold(f64::MIN, f64::max);
            row.map(|score| (score - most).exp())
        })
        .collect();
    let grown = next.map(|rows| rows.map(|row| row.map(f64::exp)));
    let scaled = |row: Row| {
        let all: f64 = row.iter().sum();
        row.map(|one| one / all)
    };
    let mut forward: Vec<Row> = Vec::with_capacity(own.len());
    for (index, own) in own.iter().enumerate() {
        let before: Row = match forward.last() {
            None => [1.0; TAGS],
            Some(last) => std::array::from_fn(|tag| {
                (0..TAGS).map(|from| last[from] * grown[joints[index]][from][tag]).sum()
            }),
        };
        forward.push(scaled(std::array::from_fn(|tag| before[tag] * own[tag])));
    }
    let mut backward = vec![[1.0; TAGS]; own.len()];
    for index in (1..own.len()).rev() {
        let after = backward[index];
        backward[index - 1] = scaled(std::array::from_fn(|tag| {
            (0..TAGS).map(|to| grown[joints[index]][tag][to] * own[index][to] * after[to]).sum()
        }));
    }
    (forward, backward)
}

#[cfg(test)]
mod tests {
    use interview::word::words_of;

    use super::*;
    use crate::{story::Story, text::Text};

    const TOLD: &str = "Last March our boiler failed on the coldest night of the year. I had to keep \
        thirty residents warm until the engineer came. I rang the school next door and asked for \
        their hall, because it has its own heating. I carried the blankets over with two nurses. By \
        ten everybody was in bed, and nobody fell ill. Since then I keep the school's number at the \
        desk.";

    fn found(text: &str) -> Vec<(StarPart, String)> {
        let words = words_of(text);
        let text = Text::read(&words, &[]);
        let spans = Story::read(&text, shipped()).spans(&text);
        spans.into_iter().map(|span| (span.part, text.quote(span.range))).collect()
    }

    #[test]
    fn the_shipped_weights_can_be_read_and_say_where_they_come_from() {
        assert!(shipped().origin.starts_with("fitted"), "{}", shipped().origin);
        assert!(shipped().signs.len() > 100);
        let word = |name: &&String| name.starts_with("word ");
        assert!(!shipped().signs.keys().any(|name| word(&name)), "a word by itself is no sign");
    }

    #[test]
    fn the_parts_of_a_told_story_are_found_where_they_stand() {
        let found = found(TOLD);
        let says = |part: StarPart, words: &str| {
            found.iter().any(|(own, quote)| *own == part && quote.contains(words))
        };
        assert!(says(StarPart::Situation, "boiler failed"), "{found:?}");
        assert!(says(StarPart::Action, "carried the blankets"), "{found:?}");
        assert!(says(StarPart::Result, "everybody was in bed"), "{found:?}");
        assert!(says(StarPart::Reflection, "keep the school's number"), "{found:?}");
    }

    #[test]
    fn a_sentence_that_tells_nothing_moves_no_part() {
        let padded = TOLD.replacen(
            "year. I had",
            "year. Such things are always difficult, and it is really important to stay positive. I had",
            1,
        );
        assert_eq!(found(TOLD), found(&padded));
    }

    #[test]
    fn chances_are_those_of_all_ways_to_tag() {
        let scores = [[0.0, 1.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 2.0, 0.0, 0.0]];
        let mut next = [[[0.0; TAGS]; TAGS]; 2];
        next[0][1][3] = 1.5;
        let found = chances(&scores, &[1, 0], &next);
        let weight = |a: usize, b: usize| (scores[0][a] + scores[1][b] + next[0][a][b]).exp();
        let all: f64 =
            (0..TAGS).flat_map(|a| (0..TAGS).map(move |b| (a, b))).map(|(a, b)| weight(a, b)).sum();
        let second: f64 = (0..TAGS).map(|a| weight(a, 3)).sum::<f64>() / all;
        let first: f64 = (0..TAGS).map(|b| weight(1, b)).sum::<f64>() / all;
        assert!((found[1][3] - second).abs() < 1e-12 && (found[0][1] - first).abs() < 1e-12);
    }
}
