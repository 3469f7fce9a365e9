//! A technical text, read: clauses, the terms in them, numbers and what is negated.

use std::{collections::BTreeSet, ops::Range, sync::LazyLock};

use crate::{
    relevance::stem,
    text::{lexicon::ADDRESSED, spelling::normal},
};

/// A word that carries meaning.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Term {
    /// As it stands, in lower case and one spelling.
    pub(super) word: String,
    /// What two terms are compared by.
    pub(super) stem: String,
    /// Whether a negation stands shortly before it in its clause.
    pub(super) negated: bool,
    /// Its value, where it is a number.
    pub(super) number: Option<f64>,
}

/// A clause: what one point is made in.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Clause {
    /// Where it stands, in bytes.
    pub(super) range: Range<usize>,
    /// Its terms in order.
    pub(super) terms: Vec<Term>,
    /// How many terms stand before its "than", where it has one.
    pub(super) than: Option<usize>,
    /// Whether it speaks to the one who judges.
    pub(super) addressed: bool,
}

impl Clause {
    /// Whether it holds this term.
    pub(super) fn has(&self, stem: &str) -> bool {
        self.terms.iter().any(|term| alike(&term.stem, stem))
    }

    /// Its distinct stems.
    pub(super) fn stems(&self) -> BTreeSet<&str> {
        self.terms.iter().map(|term| term.stem.as_str()).collect()
    }
}

/// Words without a meaning of their own in a technical text.
static STOP: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    "a an the of to in on at by for with from as is are was were be been being am do does did doing \
     have has had having it its this that these those there here he she they them their his her we \
     us our you your i me my mine and or but nor so if then than because while whereas when where \
     which who whom whose what how why will would can could shall should may might must into onto \
     over under out up down off about also just very more most much many some any each every all \
     both either neither such same other another only own too again further once per via between \
     among within without through during before after above below not no etc one get gets got use \
     used uses using like well thus hence therefore however can't don't doesn't isn't aren't"
        .split_whitespace()
        .collect()
});

/// Words that turn what follows into its opposite.
const NEGATIONS: &[&str] = &[
    "not", "no", "never", "without", "none", "neither", "nor", "cannot", "can't", "don't",
    "doesn't", "isn't", "aren't", "won't", "didn't", "wasn't", "weren't", "hasn't", "haven't",
    "nobody", "nothing", "lacks", "unable",
];

/// How many terms a negation reaches at most, to the next mark; a list of two after "no" is denied as a
/// whole ("no connect or disconnect").
const NEGATION_TERMS: usize = 2;

/// Abbreviations whose full stop ends nothing.
const ABBREVIATIONS: &[&str] = &["etc", "vs", "approx", "fig", "resp", "cf", "al"];

/// Words before which a comma ends a clause.
const CONJUNCTIONS: &[&str] = &[
    "and",
    "but",
    "while",
    "whereas",
    "whilst",
    "because",
    "so",
    "which",
    "thus",
    "hence",
    "therefore",
    "then",
    "if",
    "when",
    "since",
    "however",
    "instead",
];

/// Words that a clause has at least; a shorter piece belongs to the clause before it.
const CLAUSE_WORDS_MIN: usize = 4;

/// Marks that open a line of a list.
const BULLETS: &[char] = &['-', '*', '•', '●', '○', '▪', '◦', '·', '➢', '–'];

/// Reads a text; clauses without a term are left out.
pub(super) fn read(text: &str) -> Vec<Clause> {
    let words = words(text);
    pieces(text, &words)
        .into_iter()
        .map(|piece| clause(text, &words[piece]))
        .filter(|clause| !clause.terms.is_empty())
        .collect()
}

/// Whether two stems are one term: equal, or long and alike at their beginning ("incrementation",
/// "increment").
pub(super) fn alike(a: &str, b: &str) -> bool {
    const LONG: usize = 6;
    const BEGINNING: usize = 5;
    const LENGTH_DIFFERENCE_MAX: usize = 2;
    let (len_a, len_b) = (a.chars().count(), b.chars().count());
    a == b
        || len_a >= LONG
            && len_b >= LONG
            && len_a.abs_diff(len_b) <= LENGTH_DIFFERENCE_MAX
            && a.chars().take(BEGINNING).eq(b.chars().take(BEGINNING))
}

/// The words of a text, as byte ranges: letters and digits, with decimals and apostrophes inside.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut chars = text.char_indices().peekable();
    let mut previous = ' ';
    while let Some((at, c)) = chars.next() {
        let end = at + c.len_utf8();
        let next = chars.peek().map_or(' ', |(_, next)| *next);
        let inside = match c {
            '.' | ',' => previous.is_ascii_digit() && next.is_ascii_digit(),
            '\'' | '\u{2019}' => previous.is_alphabetic() && next.is_alphabetic(),
            _ => false,
        };
        match words.last_mut() {
            Some(word) if word.end == at && (inside || c.is_alphanumeric()) => word.end = end,
            _ if c.is_alphanumeric() => words.push(at..end),
            _ => {}
        }
        previous = c;
    }
    words
}

/// The clauses, as ranges of words.
fn pieces(text: &str, words: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut pieces: Vec<Range<usize>> = Vec::new();
    for index in 0..words.len() {
        let breaks = index
            .checked_sub(1)
            .map_or(Break::Sentence, |before| break_between(text, &words[before], &words[index]));
        let short = pieces.last().is_some_and(|piece| piece.len() < CLAUSE_WORDS_MIN);
        match pieces.last_mut() {
            Some(piece) if breaks == Break::None || breaks == Break::Clause && short => {
                piece.end = index + 1;
            }
            _ => pieces.push(index..index + 1),
        }
    }
    pieces
}

/// What ends between two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Break {
    None,
    Clause,
    Sentence,
}

fn break_between(text: &str, before: &Range<usize>, after: &Range<usize>) -> Break {
    let gap = &text[before.end..after.start];
    let word = &text[before.clone()];
    let number = word.chars().all(|c| c.is_ascii_digit());
    let mark = gap.trim_start_matches(['"', '\'', ')', '\u{201d}', ']']);
    let spaced = mark.chars().nth(1).is_none_or(char::is_whitespace);
    let listed = number && word.len() <= 2 && gap.starts_with(['.', ')']);
    let abbreviated = gap.starts_with('.')
        && (listed && !ends_sentence(text, before)
            || ABBREVIATIONS.contains(&word.to_lowercase().as_str())
            || word.chars().count() == 1 && word.chars().all(char::is_lowercase));
    if mark.starts_with(['.', '!', '?', ';']) && spaced && !abbreviated
        || gap.contains("\n\n")
        || gap.split('\n').skip(1).any(|line| line.trim_start().starts_with(BULLETS))
        || gap.contains(|c| BULLETS[2..].contains(&c) && c != '–')
    {
        return Break::Sentence;
    }
    let next = text[after.clone()].to_lowercase();
    let comma = gap.trim_end().ends_with([',', '\n']) && gap.ends_with(char::is_whitespace);
    if comma && CONJUNCTIONS.contains(&next.as_str()) {
        return Break::Clause;
    }
    Break::None
}

/// Whether a number before a full stop is the last word of a sentence rather than the mark of a list:
/// something other than an ending stands before it.
fn ends_sentence(text: &str, number: &Range<usize>) -> bool {
    let before = text[..number.start].trim_end_matches([' ', '\t']);
    !before.is_empty() && !before.ends_with(['\n', '.', ':', ';', '!', '?', ')', '('])
}

fn clause(text: &str, words: &[Range<usize>]) -> Clause {
    let keys: Vec<String> = words
        .iter()
        .map(|word| normal(&text[word.clone()].to_lowercase().replace('\u{2019}', "'")))
        .collect();
    let mut terms = Vec::new();
    let mut than = None;
    let mut reach: usize = 0;
    for (index, key) in keys.iter().enumerate() {
        let gap =
            index.checked_sub(1).map_or("", |before| &text[words[before].end..words[index].start]);
        if gap.contains([',', ';', ':', '(', ')', '\n']) || key == "but" {
            reach = 0;
        }
        if key == "than" {
            than = Some(terms.len());
        }
        let letter = key.chars().count() == 1 && key.chars().all(char::is_alphabetic);
        let negation = NEGATIONS.contains(&key.as_str());
        if !STOP.contains(key.as_str()) && !letter {
            terms.push(Term {
                word: key.clone(),
                stem: stem(key),
                negated: reach > 0 && !negation,
                number: key.replace(',', ".").parse().ok(),
            });
            reach = reach.saturating_sub(1);
        }
        if negation {
            reach = NEGATION_TERMS;
        }
    }
    let start = words.first().map_or(0, |word| word.start);
    let end = words.last().map_or(0, |word| word.end);
    Clause { range: start..end, terms, than, addressed: ADDRESSED.any(&keys) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        read(text).into_iter().map(|clause| &text[clause.range]).collect()
    }

    #[test]
    fn clauses_end_where_points_do() {
        assert_eq!(
            cut(
                "1. It drops frames, e.g. late ones. 2. It keeps 3.5 s of them; ss = cwnd / 2. Then"
            ),
            ["1. It drops frames, e.g. late ones", "2. It keeps 3.5 s of them", "ss = cwnd / 2"]
        );
        assert_eq!(
            cut(
                "Names:\n- a short header\n- a fixed length\n\nThe sender waits, and the sender of frames \
                 waits, because no frame came"
            ),
            [
                "Names",
                "a short header",
                "a fixed length",
                // A piece of three words is no clause of its own.
                "The sender waits, and the sender of frames waits",
                "because no frame came"
            ]
        );
    }

    #[test]
    fn a_negation_reaches_the_words_after_it() {
        let clause = read("There is no flow control but an acknowledgement").remove(0);
        let negated: Vec<bool> = clause.terms.iter().map(|term| term.negated).collect();
        assert_eq!(negated, [true, true, false]);
    }
}
