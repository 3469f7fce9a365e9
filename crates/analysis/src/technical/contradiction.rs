//! Clauses of an answer that say the opposite of what the reference says.
//!
//! Found only where the two speak of the same: a clause must share terms with a point of the
//! reference before a negation, an opposite or another number says anything. What is worded in other
//! ways is not found, so that an empty list is no proof of a right answer.

use std::collections::BTreeSet;

use super::read::{Clause, Term, alike};

/// Two clauses of which one cannot be right if the other is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Contradiction {
    /// Index of the answer's clause.
    pub(super) answer: usize,
    /// Index of the reference's.
    pub(super) reference: usize,
    /// In what they differ.
    pub(super) why: String,
}

/// Beginnings of words that mean opposites.
const OPPOSITES: &[(&[&str], &[&str])] = &[
    (&["increas", "grow", "rais", "doubl"], &["decreas", "reduc", "shrink", "halv", "divid"]),
    (&["larg", "long", "high", "big"], &["small", "short", "low"]),
    (&["fast", "quick"], &["slow"]),
    (&["alway"], &["never"]),
    (&["fix", "static", "constant"], &["variabl", "dynamic"]),
    (&["exponential"], &["linear"]),
    (&["minim"], &["maxim"]),
    (&["optional"], &["mandator", "compulsor"]),
    (&["asynchron"], &["synchron"]),
    (&["dependent"], &["independent"]),
    (&["unconfirm"], &["confirm"]),
    (&["encrypt"], &["decrypt"]),
    (&["tru"], &["fals"]),
];

/// Share of terms, numbers left aside, of the clause that has more of them, that two clauses have in
/// common before they are held against each other: only what is nearly the same sentence is.
const SHARED_MIN: f64 = 0.6;
/// The same where nothing but a negation tells them apart: it may belong to something else.
const SHARED_NEGATED_MIN: f64 = 0.75;
/// How many terms they have in common at least.
const SHARED_TERMS_MIN: usize = 2;

/// The contradictions, at most one for each clause of the answer.
pub(super) fn find(
    reference: &[Clause],
    answer: &[Clause],
    asked: &BTreeSet<String>,
) -> Vec<Contradiction> {
    let said: Vec<&Term> = reference.iter().flat_map(|clause| &clause.terms).collect();
    answer
        .iter()
        .enumerate()
        .filter_map(|(number, clause)| {
            // A clause that some point of the reference bears out is no contradiction of another.
            let mut near: Vec<(f64, usize)> = reference
                .iter()
                .enumerate()
                .map(|(index, point)| (shared(point, clause), index))
                .filter(|(share, index)| {
                    *share >= SHARED_MIN || denies(&reference[*index], clause, &said)
                })
                .collect();
            near.sort_by(|a, b| b.0.total_cmp(&a.0));
            let (share, index) = *near.first()?;
            let why = differ(&reference[index], clause, share, &said, asked)?;
            let borne_out = near.iter().skip(1).any(|(other, index)| {
                *other >= share * 0.8
                    && differ(&reference[*index], clause, *other, &said, asked).is_none()
            });
            (!borne_out).then_some(Contradiction { answer: number, reference: index, why })
        })
        .collect()
}

/// The share of terms that two clauses have in common, of the clause that has more.
fn shared(point: &Clause, clause: &Clause) -> f64 {
    let words = |clause: &Clause| -> BTreeSet<String> {
        let words = clause.terms.iter().filter(|term| term.number.is_none());
        words.map(|term| term.stem.clone()).collect()
    };
    let (theirs, own) = (words(point), words(clause));
    let common = own.iter().filter(|stem| point.has(stem)).count();
    if common < SHARED_TERMS_MIN {
        return 0.0;
    }
    common as f64 / theirs.len().max(own.len()) as f64
}

/// Whether nearly all that a clause says is said by a point too, and one of the two denies it: "the sender
/// never sends it again" beside a longer sentence of the reference that ends in "and sends it again".
pub(super) fn denies(point: &Clause, clause: &Clause, said: &[&Term]) -> bool {
    let own: BTreeSet<&str> = clause
        .terms
        .iter()
        .filter(|term| term.number.is_none() && !NEVER.contains(&term.word.as_str()))
        .map(|term| term.stem.as_str())
        .collect();
    // All of it, and in one place: two words that stand apart in a long point are no sentence of it.
    let stem = |term: &Term| own.iter().any(|stem| alike(stem, &term.stem));
    let together = |terms: &[Term]| {
        own.iter().all(|stem| terms.iter().any(|term| alike(stem, &term.stem)))
            && terms.first().is_some_and(stem)
    };
    own.len() >= SHARED_TERMS_MIN
        && (0..point.terms.len()).any(|from| {
            let end = point.terms.len().min(from + own.len() + 1);
            together(&point.terms[from..end])
        })
        && negated(point, clause, said).is_some()
}

/// Negations that count as terms.
const NEVER: &[&str] = &["never", "without", "nobody", "nothing", "lacks", "unable"];

/// In what a clause differs from a point so that both cannot be right.
fn differ(
    point: &Clause,
    clause: &Clause,
    share: f64,
    said: &[&Term],
    asked: &BTreeSet<String>,
) -> Option<String> {
    if let Some((theirs, own)) = opposite(point, clause) {
        // "A is longer than B" and "B is shorter than A" say the same.
        return (!swapped(point, clause))
            .then(|| format!("The answer says \"{own}\" where the reference says \"{theirs}\"."));
    }
    if swapped(point, clause) && point.than.is_some() {
        return Some("The two sides of the comparison are the other way round.".to_owned());
    }
    if let Some((theirs, own)) = number(point, clause, said, asked) {
        return Some(format!("The answer says {own} where the reference says {theirs}."));
    }
    if (share >= SHARED_NEGATED_MIN || denies(point, clause, said))
        && let Some(word) = negated(point, clause, said)
    {
        return Some(format!("One of the two denies what the other says (\"{word}\")."));
    }
    None
}

/// A word of the point that the clause lacks, and its opposite in the clause that the point lacks.
fn opposite<'a>(point: &'a Clause, clause: &'a Clause) -> Option<(&'a str, &'a str)> {
    OPPOSITES.iter().flat_map(|(a, b)| [(*a, *b), (*b, *a)]).find_map(|(here, there)| {
        let (theirs, own) = (beginning(point, here, clause)?, beginning(clause, there, point)?);
        (theirs.negated == own.negated).then_some((theirs.word.as_str(), own.word.as_str()))
    })
}

/// The first term that begins like one of these and that the other clause has not.
fn beginning<'a>(clause: &'a Clause, beginnings: &[&str], other: &Clause) -> Option<&'a Term> {
    clause.terms.iter().find(|term| {
        beginnings.iter().any(|start| term.stem.starts_with(start)) && !other.has(&term.stem)
    })
}

/// Whether both compare the same two things in the other order.
fn swapped(point: &Clause, clause: &Clause) -> bool {
    let sides = |clause: &Clause| {
        clause.than.map(|at| {
            let (before, after) = clause.terms.split_at(at.min(clause.terms.len()));
            let stems = |terms: &[Term]| -> BTreeSet<String> {
                let words = terms.iter().filter(|term| term.number.is_none());
                words.map(|term| term.stem.clone()).collect()
            };
            (stems(before), stems(after))
        })
    };
    let Some(((before, after), (own_before, own_after))) = sides(point).zip(sides(clause)) else {
        return false;
    };
    let crossed = |a: &BTreeSet<String>, b: &BTreeSet<String>, not: &BTreeSet<String>| {
        a.iter().any(|stem| b.contains(stem) && !not.contains(stem))
    };
    crossed(&before, &own_after, &own_before) && crossed(&after, &own_before, &own_after)
}

/// Two numbers beside the same term, the answer's nowhere in the reference nor in the question.
fn number(
    point: &Clause,
    clause: &Clause,
    said: &[&Term],
    asked: &BTreeSet<String>,
) -> Option<(f64, f64)> {
    for (at, own) in clause.terms.iter().enumerate().filter(|(_, term)| term.number.is_some()) {
        let Some(value) = own.number else { continue };
        if asked.contains(&own.stem) || said.iter().any(|term| same(term.number, value)) {
            continue;
        }
        for beside in [at.checked_sub(1), Some(at + 1)].into_iter().flatten() {
            let Some(neighbour) = clause.terms.get(beside).filter(|term| term.number.is_none())
            else {
                continue;
            };
            let theirs = point.terms.iter().enumerate().find_map(|(index, term)| {
                let near = if beside < at { index.checked_sub(1) } else { Some(index + 1) };
                let near = point.terms.get(near?)?;
                term.number.filter(|_| alike(&near.stem, &neighbour.stem))
            });
            if let Some(theirs) = theirs {
                return Some((theirs, value));
            }
        }
    }
    None
}

/// Whether a number is the value, to one part in a hundred.
fn same(number: Option<f64>, value: f64) -> bool {
    number.is_some_and(|number| (number - value).abs() <= 0.01 * number.abs().max(value.abs()))
}

/// The word of a shared term that one side denies and the other states, everywhere in the reference.
fn negated<'a>(point: &Clause, clause: &'a Clause, said: &[&Term]) -> Option<&'a str> {
    let denied = |clause: &Clause| clause.terms.iter().any(|term| term.negated);
    if denied(point) == denied(clause) {
        return None;
    }
    let turned = |own: &Term| {
        said.iter()
            .filter(|term| alike(&term.stem, &own.stem))
            .all(|term| term.negated != own.negated)
    };
    let own = clause.terms.iter().find(|own| point.has(&own.stem) && turned(own))?;
    Some(own.word.as_str())
}
