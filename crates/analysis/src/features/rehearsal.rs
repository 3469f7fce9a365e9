//! Words that were ready before the question: nearly the same as in an earlier answer, or read out.
//!
//! That an answer comes fluently says nothing of that. Reading is looked for by three signs of
//! different kinds, and two of them have to agree ([`Signs`]).

use std::{collections::HashSet, sync::LazyLock};

use interview::{Answer, Filler, Mode, Span, WordRange, word::words_of};

use crate::{
    input::{AnswerInput, Measure},
    text::{Role, Text, lexicon::Phrases},
};

/// How many content words in a row make two passages the same.
const GRAM: usize = 5;

/// Answers of fewer content words share runs with anything.
const SHARED_TOKENS_MIN: usize = 30;

/// From this share of an answer's content words on, in runs that the other text has too, the two are
/// nearly the same words. A text that is said twice word for word, of which a recogniser gets a tenth
/// of the words wrong each time, shares about 0.6; the same story told anew shares next to nothing
/// (`tests/it/rehearsal.rs`).
const SHARED_MIN: f64 = 0.4;

/// What an answer shares with an earlier text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Overlap {
    /// The text it shares the most with.
    pub(crate) with: With,
    /// Share of this answer's content words that stand in runs of five which the text has too.
    pub(crate) share: f64,
    /// The passages they share, as word ranges of this answer.
    pub(crate) passages: Vec<WordRange>,
}

impl Overlap {
    /// Whether the two are nearly the same words.
    pub(crate) fn nearly_the_same(&self) -> bool {
        self.share >= SHARED_MIN
    }
}

/// A text that was there before the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum With {
    /// This of the earlier answers.
    Earlier(usize),
    /// What the candidate noted for the goal.
    Notes,
}

/// What says that words were ready before the question.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rehearsal {
    /// The earlier answer that shares the most with this one.
    pub(crate) earlier: Option<Overlap>,
    /// The signs of reading.
    pub(crate) signs: Signs,
}

impl Rehearsal {
    /// Looks for it; nothing is looked for when the measure is off.
    pub(crate) fn of(input: &AnswerInput<'_>, text: &Text<'_>, fillers: &[Filler]) -> Self {
        if !input.switches.on(Measure::Rehearsal) {
            return Self::default();
        }
        let earlier = most(text, input);
        let notes = input.goal.and_then(|goal| {
            let words = words_of(&goal.notes);
            overlap(text, &Text::read(&words, &[]), With::Notes, input)
        });
        let known = [&earlier, &notes].into_iter().flatten().filter(|one| one.nearly_the_same());
        let known = known.reduce(|best, other| if other.share > best.share { other } else { best });
        let signs = Signs {
            smooth: smooth(input, text, fillers),
            written: written(input, text),
            known: known.cloned(),
        };
        Self { earlier, signs }
    }
}

/// Three signs that an answer is read out, each of another kind. One alone is nothing: some speak
/// without a slip, some speak as they write, and some tell a story in the same words each time.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Signs {
    /// In the sound: nothing is taken back, next to no filler, and pauses only between clauses.
    pub(crate) smooth: bool,
    /// In the sentences: those of written language, empty when there are too few of them.
    pub(crate) written: Vec<WordRange>,
    /// In the words: a text that was there before and has nearly the same.
    pub(crate) known: Option<Overlap>,
}

impl Signs {
    /// Whether at least two of the three agree.
    pub(crate) fn agree(&self) -> bool {
        let signs = [self.smooth, !self.written.is_empty(), self.known.is_some()];
        signs.into_iter().filter(|sign| *sign).count() >= 2
    }

    /// The passages that show it: what the signs other than the sound point at.
    pub(crate) fn passages(&self) -> Vec<WordRange> {
        let known = self.known.iter().flat_map(|known| &known.passages);
        known.chain(&self.written).copied().collect()
    }
}

/// The earlier answer that shares the most with this one, if any shares anything.
fn most(text: &Text<'_>, input: &AnswerInput<'_>) -> Option<Overlap> {
    let overlaps = input.earlier.iter().enumerate().filter_map(|(index, answer)| {
        let Answer { words, turn_starts, .. } = *answer;
        overlap(text, &Text::read(words, turn_starts), With::Earlier(index), input)
    });
    overlaps.reduce(|best, other| if other.share > best.share { other } else { best })
}

/// What an answer shares with another text. What stands in the question is nobody's own: saying it
/// again is no rehearsal.
fn overlap(
    text: &Text<'_>,
    other: &Text<'_>,
    with: With,
    input: &AnswerInput<'_>,
) -> Option<Overlap> {
    let keys = keys(text);
    if keys.len() < SHARED_TOKENS_MIN {
        return None;
    }
    let question = words_of(&input.answer.question.text);
    let question = Text::read(&question, &[]);
    let (asked, there) = (self::keys(&question), self::keys(other));
    let asked: HashSet<&[&str]> = asked.windows(GRAM).collect();
    let there: HashSet<&[&str]> = there.windows(GRAM).collect();
    let hits: Vec<usize> = keys
        .windows(GRAM)
        .enumerate()
        .filter(|(_, gram)| there.contains(*gram) && !asked.contains(*gram))
        .map(|(at, _)| at)
        .collect();
    let passages = passages(&hits);
    let shared: usize = passages.iter().map(ExactSizeIterator::len).sum();
    (shared > 0).then(|| Overlap {
        with,
        share: shared as f64 / keys.len() as f64,
        passages: passages.iter().map(|tokens| text.range(tokens)).collect(),
    })
}

fn keys<'t>(text: &'t Text<'_>) -> Vec<&'t str> {
    text.tokens.iter().map(|token| token.key.as_str()).collect()
}

/// Joins runs that begin at each other's neighbours into passages, as ranges of tokens.
fn passages(hits: &[usize]) -> Vec<std::ops::Range<usize>> {
    let mut passages: Vec<std::ops::Range<usize>> = Vec::new();
    for at in hits {
        match passages.last_mut() {
            Some(last) if *at <= last.end => last.end = at + GRAM,
            _ => passages.push(*at..at + GRAM),
        }
    }
    passages
}

/// About half a minute of speech; less holds too few pauses to say where they stand.
const SMOOTH_TOKENS_MIN: usize = 60;
/// At most one filler in 200 words: about a tenth of what is usual in talk.
const SMOOTH_WORDS_PER_FILLER: usize = 200;
/// With fewer pauses nothing can be said of where they stand.
const SMOOTH_PAUSES_MIN: usize = 4;
/// At most one pause in ten stands inside a clause. In reading aloud nearly all of them stand between
/// clauses, in unprepared speech little more than half (after Goldman-Eisler 1968).
const SMOOTH_PAUSES_PER_INSIDE: usize = 10;

/// Whether nothing in the sound shows that the sentences were made while they were said. Without
/// sound, or where fillers or pauses are not measured, it cannot be told and does not hold:
/// recognisers leave out what would speak against it.
fn smooth(input: &AnswerInput<'_>, text: &Text<'_>, fillers: &[Filler]) -> bool {
    let Some(sound) = input.sound.filter(|_| input.answer.mode == Mode::Spoken) else {
        return false;
    };
    let measured = input.switches.on(Measure::Fillers)
        && input.switches.on(Measure::Pauses)
        && !sound.left_out.iter().any(|one| UNHEARD.contains(&one.what.as_str()));
    let repaired = text.roles.contains(&Role::Repeated)
        || text.words.iter().any(|word| word.text.ends_with(['-', '\u{2013}', '\u{2014}']));
    let clauses: Vec<Span> = text
        .clauses
        .iter()
        .filter_map(|clause| text.range(&clause.tokens).span(text.words))
        .collect();
    let inside = sound.pauses.iter().filter(|pause| {
        let middle_us = (pause.start_us + pause.end_us) / 2;
        clauses.iter().any(|span| span.start_us < middle_us && middle_us < span.end_us)
    });
    measured
        && !repaired
        && text.tokens.len() >= SMOOTH_TOKENS_MIN
        && clauses.len() > 1
        && fillers.len() * SMOOTH_WORDS_PER_FILLER <= text.words.len()
        && sound.pauses.len() >= SMOOTH_PAUSES_MIN
        && inside.count() * SMOOTH_PAUSES_PER_INSIDE <= sound.pauses.len()
}

/// What of the sound has to be measured before an answer can be called smooth.
const UNHEARD: &[&str] = &["sound", "um and uh in the sound", "pause_rate_per_min"];

/// How many content words a sentence of written language has at least. A convention.
const WRITTEN_TOKENS_MIN: usize = 14;
/// How many such sentences an answer has at least, and which share of all of them.
const WRITTEN_SENTENCES_MIN: usize = 2;
const WRITTEN_PER_SENTENCES: usize = 4;

/// The sentences of a spoken answer that are written language, when there are enough of them.
fn written(input: &AnswerInput<'_>, text: &Text<'_>) -> Vec<WordRange> {
    if input.answer.mode != Mode::Spoken {
        return Vec::new();
    }
    let written: Vec<WordRange> =
        text.sentences.iter().copied().filter(|range| written_sentence(text, *range)).collect();
    let enough = written.len() >= WRITTEN_SENTENCES_MIN
        && written.len() * WRITTEN_PER_SENTENCES >= text.sentences.len();
    if enough { written } else { Vec::new() }
}

/// Whether a sentence is built as people write: long, without a contraction or anything said twice,
/// and with a connective that hardly anybody says.
fn written_sentence(text: &Text<'_>, range: WordRange) -> bool {
    let words = &text.keys[range.first..range.end];
    let roles = &text.roles[range.first..range.end];
    text.tokens_in(range).len() >= WRITTEN_TOKENS_MIN
        && roles.iter().all(|role| *role == Role::Content)
        && !words.iter().any(|word| word.contains('\''))
        && !WRITTEN.find(words).is_empty()
}

/// What joins clauses in written English and hardly ever in talk. Written for this project.
static WRITTEN: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new([
        "furthermore",
        "moreover",
        "subsequently",
        "consequently",
        "thereby",
        "thus",
        "hence",
        "therefore",
        "whilst",
        "whereby",
        "wherein",
        "upon",
        "prior to",
        "in addition",
        "additionally",
        "with regard to",
        "with respect to",
        "in accordance with",
        "resulting in",
        "resulted in",
        "which resulted in",
        "ultimately resulting",
        "enabling",
        "which enabled",
        "ensuring",
        "ensuring that",
        "leveraging",
        "utilising",
        "following this",
        "following which",
        "as a consequence",
        "in light of",
        "notwithstanding",
        "nevertheless",
        "nonetheless",
        "having identified",
        "having established",
        "it became evident",
        "it became apparent",
        "was tasked with",
        "were tasked with",
    ])
});
