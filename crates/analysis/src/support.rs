//! Whether a rewrite holds nothing but what its source says.
//!
//! Strict on purpose: every word that carries a fact must come from the words it rewrites, all facts of
//! a clause from one place in them, with the same number beside the same thing, the same person
//! acting, and neither a denial nor a "nearly" added or lost. A rewrite in other words is refused; it
//! can be asked for again, while an invented fact would be repeated in an interview.

use std::{collections::BTreeSet, ops::Range};

use interview::{Word, WordRange, word::key, word::words_of};
use serde::{Deserialize, Serialize};

use crate::{
    relevance::stem,
    text::{
        Text, Token,
        lexicon::{FUNCTION, NUMBERS},
    },
};

/// A phrase of a rewrite and the words it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phrase {
    /// The phrase.
    pub text: String,
    /// The sentences of the source that hold all of it.
    pub from: WordRange,
}

/// What a rewrite must not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// It says something that was not said.
    Fact,
    /// It names somebody or something that was not named.
    Name,
    /// A number was not said, or of something else.
    Number,
    /// What was said is denied, or what was denied is said.
    Negation,
    /// A "nearly", "would" or "tried to" was lost.
    Qualifier,
    /// Somebody else does it.
    Actor,
    /// Facts from different places are joined into one.
    Joined,
    /// A question to the candidate holds a number or name that they did not say.
    Leading,
}

/// A place where a rewrite is not borne out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsupported {
    /// What it does.
    pub fault: Fault,
    /// The words that do it.
    pub text: String,
}

/// Sentences that lie together and may be told as one.
const SENTENCES_JOINED_MAX: usize = 2;
/// How many words a denial or qualification reaches.
const REACH: usize = 4;
/// How far a number may stand from what it counts.
const BESIDE: usize = 4;

/// Words that deny.
const NEGATIONS: &[&str] = &[
    "not",
    "no",
    "never",
    "nobody",
    "nothing",
    "none",
    "neither",
    "nor",
    "without",
    "hardly",
    "cannot",
    "can't",
    "don't",
    "doesn't",
    "didn't",
    "isn't",
    "aren't",
    "wasn't",
    "weren't",
    "hadn't",
    "haven't",
    "hasn't",
    "couldn't",
    "wouldn't",
    "shouldn't",
    "won't",
];
/// Words after which something did not quite happen.
const QUALIFIERS: &[&str] = &[
    "almost", "nearly", "would", "could", "might", "may", "should", "if", "tried", "trying",
    "planned", "hoped", "wanted", "meant", "supposed", "until", "about", "around", "roughly",
];
/// Function words that carry a fact: how many, and what follows from what.
const CARRYING: &[&str] = &[
    "all",
    "every",
    "most",
    "many",
    "few",
    "both",
    "none",
    "half",
    "because",
    "therefore",
    "hence",
    "thus",
    "only",
    "more",
    "less",
    "before",
    "after",
    "without",
];
/// Words that join and add nothing.
const FREE: &[&str] = &["first", "then", "next", "finally", "also", "there", "one"];
/// Words whose place before a number says what the number is.
const BEFORE_NUMBERS: &[&str] = &[
    "from", "to", "by", "under", "over", "below", "above", "least", "than", "within", "after",
    "before",
];

/// The phrases of a rewrite with where each comes from. Questions to the candidate stand in square
/// brackets.
///
/// # Errors
/// What in it is not borne out by the source.
pub fn supported(source: &[Word], rewrite: &str) -> Result<Vec<Phrase>, Vec<Unsupported>> {
    let source = Source::read(source);
    let (mut phrases, mut faults) = (Vec::new(), Vec::new());
    for (text, gap) in cut_at_gaps(rewrite) {
        if gap && text.trim_end().ends_with('?') {
            faults.extend(source.leading(text));
            continue;
        }
        let words = words_of(&text.replace(['\u{2014}', '/'], " "));
        let text = Text::read(&words, &[]);
        for clause in &text.clauses {
            match source.bears_out(&text, &clause.tokens) {
                Ok(from) => {
                    phrases.push(Phrase { text: text.quote(text.range(&clause.tokens)), from });
                }
                Err(found) => faults.extend(found),
            }
        }
    }
    if faults.is_empty() { Ok(phrases) } else { Err(faults) }
}

/// The stretches of a rewrite, and whether each is a question in square brackets.
fn cut_at_gaps(rewrite: &str) -> Vec<(&str, bool)> {
    let mut pieces = Vec::new();
    let mut rest = rewrite;
    while let Some((before, after)) = rest.split_once('[') {
        pieces.push((before, false));
        let (inside, behind) = after.split_once(']').unwrap_or((after, ""));
        pieces.push((inside, true));
        rest = behind;
    }
    pieces.push((rest, false));
    pieces
}

/// The words that a rewrite must come from.
struct Source<'a> {
    text: Text<'a>,
    /// What each token is compared by.
    stems: Vec<String>,
}

impl<'a> Source<'a> {
    fn read(words: &'a [Word]) -> Self {
        let text = Text::read(words, &[]);
        let stems = stems(&text);
        Self { text, stems }
    }

    /// The sentences that hold all of a clause, or what they do not hold.
    fn bears_out(
        &self,
        text: &Text<'_>,
        clause: &Range<usize>,
    ) -> Result<WordRange, Vec<Unsupported>> {
        let own = stems(text);
        let carrying: Vec<usize> =
            clause.clone().filter(|index| carries(&text.tokens[*index])).collect();
        let unsaid: Vec<Unsupported> = carrying
            .iter()
            .filter(|index| !self.stems.contains(&own[**index]))
            .map(|index| unsaid(text, *index))
            .collect();
        if !unsaid.is_empty() {
            return Err(unsaid);
        }
        let needed: BTreeSet<&String> = carrying.iter().map(|index| &own[*index]).collect();
        let mut nearest = None;
        for count in 1..=SENTENCES_JOINED_MAX {
            for window in self.text.sentences.windows(count) {
                let range = window[0].first..window[count - 1].end;
                let range = WordRange::new(range.start, range.end);
                let tokens = self.text.tokens_in(range);
                let said: BTreeSet<&String> = self.stems[tokens.clone()].iter().collect();
                if !needed.is_subset(&said) {
                    continue;
                }
                let faults = self.differences(text, &own, clause, &tokens);
                if faults.is_empty() {
                    return Ok(range);
                }
                nearest.get_or_insert(faults);
            }
        }
        let quote = text.quote(text.range(clause));
        Err(nearest.unwrap_or_else(|| vec![Unsupported { fault: Fault::Joined, text: quote }]))
    }

    /// In what a clause differs from the tokens that hold its words.
    fn differences(
        &self,
        text: &Text<'_>,
        own: &[String],
        clause: &Range<usize>,
        tokens: &Range<usize>,
    ) -> Vec<Unsupported> {
        let mut faults = Vec::new();
        let mut fault = |fault, index: usize| {
            let text = text.words[text.tokens[index].word].text.clone();
            faults.push(Unsupported { fault, text });
        };
        for index in clause.clone().filter(|index| carries(&text.tokens[*index])) {
            let same: Vec<usize> =
                tokens.clone().filter(|other| self.stems[*other] == own[index]).collect();
            let denied = reached(&text.tokens, index, NEGATIONS);
            if !same.iter().any(|at| reached(&self.text.tokens, *at, NEGATIONS) == denied) {
                fault(Fault::Negation, index);
            }
            let qualified = reached(&text.tokens, index, QUALIFIERS);
            let lost = |at: &usize| reached(&self.text.tokens, *at, QUALIFIERS) && !qualified;
            if same.iter().all(lost) {
                fault(Fault::Qualifier, index);
            }
            if number(&text.tokens[index])
                && !same.iter().any(|at| self.counts_the_same(text, own, index, *at))
            {
                fault(Fault::Number, index);
            }
        }
        let said = actors(&self.text.tokens, &self.stems, tokens);
        for (actor, stem, index) in actors(&text.tokens, own, clause) {
            if !said.iter().any(|(who, what, _)| *who == actor && *what == stem) {
                fault(Fault::Actor, index);
            }
        }
        faults
    }

    /// Whether two equal numbers stand beside the same thing, after the same word.
    fn counts_the_same(&self, text: &Text<'_>, own: &[String], index: usize, at: usize) -> bool {
        let before = |tokens: &[Token], index: usize| {
            let before = tokens.get(index.checked_sub(1)?)?;
            BEFORE_NUMBERS.iter().copied().find(|word| *word == before.key)
        };
        let counted = (index + 1..text.tokens.len())
            .take(2)
            .chain((0..index).rev().take(3))
            .find(|other| carries(&text.tokens[*other]) && !number(&text.tokens[*other]));
        let near = at.saturating_sub(BESIDE)..(at + BESIDE + 1).min(self.stems.len());
        counted.is_none_or(|counted| self.stems[near].contains(&own[counted]))
            && before(&text.tokens, index)
                .is_none_or(|word| before(&self.text.tokens, at) == Some(word))
    }

    /// Numbers and names of a question that were not said.
    fn leading(&self, question: &str) -> Vec<Unsupported> {
        let words = words_of(question);
        let text = Text::read(&words, &[]);
        let own = stems(&text);
        (0..text.tokens.len())
            .filter(|index| number(&text.tokens[*index]) || text.tokens[*index].name)
            .filter(|index| !self.stems.contains(&own[*index]))
            .map(|index| Unsupported {
                fault: Fault::Leading,
                text: words[text.tokens[index].word].text.clone(),
            })
            .collect()
    }
}

fn unsaid(text: &Text<'_>, index: usize) -> Unsupported {
    let token = &text.tokens[index];
    let fault = match () {
        () if number(token) => Fault::Number,
        () if token.name => Fault::Name,
        () => Fault::Fact,
    };
    Unsupported { fault, text: text.words[token.word].text.clone() }
}

/// What the tokens of a text are compared by: numbers by their value, names as they are written.
fn stems(text: &Text<'_>) -> Vec<String> {
    text.tokens
        .iter()
        .map(|token| match value(&token.key) {
            Some(value) => value,
            None if token.key.starts_with('<') => stem(&key(&text.words[token.word].text)),
            None => stem(&token.key),
        })
        .collect()
}

/// A number in digits, whether it is written so or in letters.
fn value(key: &str) -> Option<String> {
    const SMALL: &str = "zero one two three four five six seven eight nine ten eleven twelve thirteen \
                         fourteen fifteen sixteen seventeen eighteen nineteen";
    const TENS: &str = "twenty thirty forty fifty sixty seventy eighty ninety";
    let small = |word: &str| SMALL.split(' ').position(|name| name == word);
    let tens = |word: &str| TENS.split(' ').position(|name| name == word).map(|at| 10 * (at + 2));
    if key.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(key.replace(',', ""));
    }
    let whole = small(key).filter(|value| *value != 1).or_else(|| tens(key));
    let parts = key.split_once('-').and_then(|(ten, one)| Some(tens(ten)? + small(one)?));
    whole.or(parts).map(|value| value.to_string())
}

fn number(token: &Token) -> bool {
    token.digit || NUMBERS.has(&token.key) || value(&token.key).is_some()
}

/// Whether a word carries a fact.
fn carries(token: &Token) -> bool {
    let key = token.key.as_str();
    if number(token) || CARRYING.contains(&key) {
        return true;
    }
    !FUNCTION.has(key)
        && !FREE.contains(&key)
        && !NEGATIONS.contains(&key)
        && !QUALIFIERS.contains(&key)
        && person(key).is_none()
}

/// Whether one of these words stands shortly before a token in its clause.
fn reached(tokens: &[Token], index: usize, words: &[&str]) -> bool {
    let ends =
        |token: &Token| token.comma || ["but", "and", "so", "because"].contains(&&*token.key);
    tokens[..index]
        .iter()
        .rev()
        .take(REACH)
        .take_while(|token| token.sentence == tokens[index].sentence && !ends(token))
        .any(|token| words.contains(&token.key.as_str()))
}

/// Who a pronoun stands for, whatever is written together with it.
fn person(key: &str) -> Option<&str> {
    let head = key.split('\'').next().unwrap_or(key);
    ["i", "we", "he", "she", "they", "you"].into_iter().find(|person| *person == head)
}

/// Who does what: each pronoun with the word after it that carries a fact, and where that stands.
fn actors<'a>(
    tokens: &'a [Token],
    stems: &'a [String],
    range: &Range<usize>,
) -> Vec<(&'a str, &'a str, usize)> {
    range
        .clone()
        .filter_map(|index| {
            let actor = person(&tokens[index].key)?;
            let after = (index + 1..range.end)
                .take(REACH)
                .take_while(|at| tokens[*at].sentence == tokens[index].sentence)
                .find(|at| carries(&tokens[*at]))?;
            Some((actor, stems[after].as_str(), after))
        })
        .collect()
}
