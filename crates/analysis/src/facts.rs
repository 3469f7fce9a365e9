//! Everything that findings, judgements and the gate look at, read once.

use interview::{Filler, Question, Word, WordRange};

use crate::{
    features::{fillers, rehearsal::Rehearsal},
    fitted::Fitted,
    input::AnswerInput,
    parts::{self, Weights},
    relevance::{Cosine, Nearness, Verdict, stem},
    report::AnswerType,
    said,
    sought::Sought,
    story::Story,
    text::{
        Role, Text, Token,
        lexicon::{BUZZ, FUNCTION, HEDGES, LABELS, LOFTY, UNITS, abstract_by_ending},
    },
};

/// The words of one answer, read: all that a level may rest on. Sound is not in it.
#[derive(Debug, Clone)]
pub(crate) struct Told<'a> {
    pub(crate) text: Text<'a>,
    pub(crate) story: Story,
    pub(crate) nearness: Nearness,
    pub(crate) prose: Prose,
}

/// One answer, read. Findings are searched in it, and the gate runs their predicates on it again.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    pub(crate) input: AnswerInput<'a>,
    pub(crate) fitted: Fitted<'a>,
    pub(crate) told: Told<'a>,
    pub(crate) fillers: Vec<Filler>,
    pub(crate) rehearsal: Rehearsal,
    /// For a question that the candidate asked: whether its answer stands in the notes.
    pub(crate) asked: Option<bool>,
}

impl<'a> Facts<'a> {
    /// Reads an answer with what is part of the program.
    #[must_use]
    pub fn read(input: AnswerInput<'a>) -> Self {
        Self::read_by(input, Fitted::shipped())
    }

    /// Reads an answer with these weights and curves.
    #[must_use]
    pub fn read_by(input: AnswerInput<'a>, fitted: Fitted<'a>) -> Self {
        let answer = input.answer;
        let cosine = input
            .relevance
            .map(|near| Cosine { nearest: near.nearest(), standing: near.standing() });
        let told = Told::read_by(
            Text::read(&answer.words, &answer.turn_starts),
            &answer.question,
            cosine,
            fitted.parts,
        );
        let fillers = fillers::find(&input, &told.text);
        let rehearsal = Rehearsal::of(&input, &told.text, &fillers);
        Self { input, fitted, told, fillers, rehearsal, asked: None }
    }

    /// What takes a claim back a little. The kind of a thing takes nothing back.
    pub(crate) fn hedges(&self) -> Vec<WordRange> {
        let text = &self.told.text;
        let uses = said::told_apart(text.words, &text.keys, &self.input.answer.turn_starts);
        let literal = |range: &WordRange| uses.iter().any(|one| !one.filler && one.range == *range);
        let found = HEDGES.find(&text.keys).into_iter();
        found
            .map(|(start, len)| WordRange::new(start, start + len))
            .filter(|range| !literal(range))
            .collect()
    }

    /// The fillers that count: those that the candidate did not strike out.
    pub(crate) fn counted_fillers(&self) -> impl Iterator<Item = &Filler> {
        self.fillers.iter().filter(|filler| !filler.struck)
    }
}

/// Whether the words are running speech or a list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Prose {
    /// Share of function words among content tokens.
    pub(crate) function: f64,
    /// Share of advertisement among the tokens that are no function words.
    pub(crate) buzz: f64,
    /// Share of tokens in clauses that have a verb.
    pub(crate) in_clauses: f64,
    /// How many tokens name a part of a story: "situation", "task", "result".
    pub(crate) labels: usize,
    /// Share of the tokens that are no function words which name nothing that anybody could see or
    /// hear: advertisement, eloquence, abstract nouns and what is made of them, less two of them.
    pub(crate) airy: f64,
    /// Share of tokens that stand before one that running speech does not put there.
    pub(crate) broken: f64,
}

/// An answer of fewer content words than this holds no story.
pub(crate) const STORY_TOKENS_MIN: usize = 12;

/// Running English speech has more than 40% function words; word lists have next to none.
const FUNCTION_SHARE_MIN: f64 = 0.30;

/// From this share of advertisement on, what is left says nothing that could be judged.
const BUZZ_SHARE_MAX: f64 = 0.40;

/// Told stories of the anchor answers have at least 13% concrete words of their own; answers that
/// string together the question's words have 3% to 9%.
const OWN_SHARE_MIN: f64 = 0.10;

// The labelled lists of the content folder have four labels and more, or 30% advertisement; vague
// answers told in sentences have at most one label, 6% and 56% function words.

/// From this many labels of the story's parts on ("the task was", "my action") a telling is a list.
const LABELS_MIN: usize = 3;
/// Above this share of advertisement it is one.
const BUZZ_SHARE_OF_LIST: f64 = 0.20;
/// Below this share of function words it is one.
const FUNCTION_SHARE_OF_LIST: f64 = 0.50;

// Set on the development half of the gold set: told stories have at most 7% airy words there with
// two exceptions in 54, eloquent answers of which nothing can be pictured mostly 10% and more.

/// Up to this share of airy words nothing is taken off.
const AIRY_OF_STORIES: f64 = 0.06;
/// From this share on the most is.
const AIRY_OF_ELOQUENCE: f64 = 0.13;
/// The least that is left of what a level rises above 1.
const PLAINNESS_MIN: f64 = 0.0;
/// From this share on a case is named rather than told.
const AIRY_OF_NAMING: f64 = 0.10;
/// With fewer clauses of own actions and checkable things together it is, too.
const TOLD_CLAUSES_MIN: usize = 6;
/// Share of tokens in clauses with a verb that spoken answers have at least.
const IN_CLAUSES_OF_SPEECH: f64 = 0.75;
/// Share of broken joins that spoken answers have at most.
const BROKEN_OF_SPEECH: f64 = 0.004;
/// What one broken join says about the words around it: recognisers that hear a third of the words
/// wrongly break about one join in thirty.
const BROKEN_WEIGHT: f64 = 20.0;

/// With less of the words read than this no level is given, and nothing is said to be missing (a
/// convention).
const READ_SHARE_MIN: f64 = 0.7;

impl<'a> Told<'a> {
    /// Reads words as an answer to a question; `cosine` from an embedding model, where there is one.
    pub(crate) fn read(
        words: &'a [Word],
        turn_starts: &[usize],
        question: &Question,
        cosine: Option<Cosine>,
    ) -> Self {
        Self::read_by(Text::read(words, turn_starts), question, cosine, parts::shipped())
    }

    /// Reads a text with these weights.
    fn read_by(
        text: Text<'a>,
        question: &Question,
        cosine: Option<Cosine>,
        weights: &Weights,
    ) -> Self {
        let story = Story::read(&text, weights);
        let nearness = Nearness::of(&text.solid(), question, cosine);
        let prose = Prose::of(&text);
        let mut told = Self { text, story, nearness, prose };
        if told.story.answer_type == Some(AnswerType::Story) && told.names_only() {
            told.story.answer_type = Some(AnswerType::Exemplification);
        }
        told
    }

    /// Whether a case is named of which hardly anything is told: in lofty words, or with next to
    /// nothing done and next to nothing that could be checked.
    fn names_only(&self) -> bool {
        let held = |sought: Sought| {
            (0..self.text.clauses.len()).filter(|index| sought.holds(self, *index)).count()
        };
        self.prose.airy >= AIRY_OF_NAMING
            || held(Sought::OwnAction) + held(Sought::Checkable) < TOLD_CLAUSES_MIN
    }

    /// How much of what is found is told rather than only called something, 0 to 1: eloquence
    /// that names nothing anybody could see takes that much off what a level rises above 1.
    pub(crate) fn plainness(&self) -> f64 {
        let over = (self.prose.airy - AIRY_OF_STORIES) / (AIRY_OF_ELOQUENCE - AIRY_OF_STORIES);
        1.0 - (1.0 - PLAINNESS_MIN) * over.clamp(0.0, 1.0)
    }

    /// How much of the words could be read, 0 to 1: the share in clauses that have a verb, less what
    /// stands where running speech does not put it. Words that were heard wrongly lower it.
    pub(crate) fn read_share(&self) -> f64 {
        let verbless = (IN_CLAUSES_OF_SPEECH - self.prose.in_clauses).max(0.0);
        let broken = (self.prose.broken - BROKEN_OF_SPEECH).max(0.0);
        (1.0 - verbless - BROKEN_WEIGHT * broken).clamp(0.0, 1.0)
    }

    /// Whether enough of the words could be read to judge them, and to say what is not among them.
    pub(crate) fn readable(&self) -> bool {
        self.read_share() >= READ_SHARE_MIN
    }

    /// Whether nothing was said.
    pub(crate) fn silent(&self) -> bool {
        self.text.words.iter().all(|word| word.key().is_empty())
    }

    /// Whether there is nothing that could answer: no content, or too little for a clause.
    pub(crate) fn empty(&self) -> bool {
        self.text.tokens.len() < 4
    }

    /// Whether the words are a list rather than speech.
    pub(crate) fn listed(&self) -> bool {
        !self.empty()
            && (self.echoes()
                || self.prose.function < FUNCTION_SHARE_MIN
                || self.prose.buzz > BUZZ_SHARE_MAX
                || self.prose.in_clauses < 0.4)
    }

    /// Whether the words are sentences, but made mostly of what advertisements are made of.
    pub(crate) fn advertises(&self) -> bool {
        self.prose.buzz > BUZZ_SHARE_MAX
            && self.prose.function >= FUNCTION_SHARE_MIN
            && self.prose.in_clauses >= 0.4
    }

    /// Whether the words are mostly the question's own and those of interviews, with next to nothing
    /// told beside them. A plain answer told in few and general words uses the question's words
    /// too; what marks a list is that it names the story's parts by their labels, advertises, or
    /// strings nouns together with fewer function words than speech has.
    pub(crate) fn echoes(&self) -> bool {
        let tokens = self.text.tokens.len();
        // General talk uses the question's words as well; that is an opinion, not a list.
        let told =
            matches!(self.story.answer_type, Some(AnswerType::Story | AnswerType::Exemplification));
        let strung = self.prose.labels >= LABELS_MIN
            || self.prose.buzz > BUZZ_SHARE_OF_LIST
            || self.prose.function < FUNCTION_SHARE_OF_LIST;
        told && tokens >= 25
            && strung
            && self.nearness.own_share < OWN_SHARE_MIN
            && (self.nearness.words / tokens as f64 > 0.08 || self.prose.buzz > 0.10)
    }

    /// What can be said of whether it is about what was asked.
    pub(crate) fn relevance(&self) -> Verdict {
        let story = self.happened() && self.turns();
        self.nearness.verdict(story)
    }

    /// Whether what is said is about something else than what was asked.
    pub(crate) fn off_question(&self) -> bool {
        self.relevance() == Verdict::Off
    }

    /// Whether nothing that happened is told: only of what happened are there parts of a story.
    pub(crate) fn general(&self) -> bool {
        let kind = self.story.answer_type;
        self.listed() || !matches!(kind, Some(AnswerType::Story | AnswerType::Exemplification))
    }

    /// Whether something that happened is told.
    pub(crate) fn happened(&self) -> bool {
        !self.listed()
            && self.text.solid_tokens() >= STORY_TOKENS_MIN
            && matches!(
                self.story.answer_type,
                Some(AnswerType::Story | AnswerType::Exemplification)
            )
    }

    /// Whether what is told has a turn: something to be done, somebody else who did something, a
    /// reason, an ending or a lesson. Steps of a career have none.
    pub(crate) fn turns(&self) -> bool {
        [Sought::Task, Sought::ToldResult, Sought::Lesson, Sought::Reason, Sought::OthersAct]
            .iter()
            .any(|part| part.found(self))
    }

    /// Sentences that say again most of what a sentence at least three earlier said.
    pub(crate) fn returns(&self) -> Vec<WordRange> {
        let text = &self.text;
        let stems: Vec<Vec<String>> = text
            .sentences
            .iter()
            .map(|range| {
                let words = Story::concrete_words(text, &text.tokens_in(*range));
                words.into_iter().map(stem).collect()
            })
            .collect();
        let again = |later: usize| {
            (0..later.saturating_sub(2)).any(|earlier| {
                let shared =
                    stems[later].iter().filter(|stem| stems[earlier].contains(stem)).count();
                stems[later].len() >= 4 && shared * 10 >= stems[later].len() * 7
            })
        };
        (0..stems.len()).filter(|later| again(*later)).map(|later| text.sentences[later]).collect()
    }

    /// Share of the words that go back to a point made before.
    pub(crate) fn returned_share(&self) -> f64 {
        let words: usize = self.returns().iter().map(|range| range.len()).sum();
        words as f64 / self.text.words.len().max(1) as f64
    }

    /// Sentences that speak to the one who judges.
    pub(crate) fn addressed(&self) -> Vec<WordRange> {
        let addressed = |range: &WordRange| {
            (range.first..range.end).all(|index| self.text.roles[index] == Role::Addressed)
        };
        self.text
            .sentences
            .iter()
            .copied()
            .filter(|range| !range.is_empty() && addressed(range))
            .collect()
    }
}

impl Prose {
    fn of(text: &Text<'_>) -> Self {
        let all = text.tokens.len().max(1) as f64;
        let function = text.tokens.iter().filter(|token| FUNCTION.has(&token.key)).count() as f64;
        let buzz = text.tokens.iter().filter(|token| BUZZ.has(&token.key)).count() as f64;
        let in_clauses: usize = text
            .clauses
            .iter()
            .filter(|clause| clause.verb.is_some())
            .map(|clause| clause.tokens.len())
            .sum();
        Self {
            function: function / all,
            buzz: buzz / (all - function).max(1.0),
            in_clauses: in_clauses as f64 / all,
            airy: airy_share(text),
            broken: broken(text) as f64 / all,
            labels: text.tokens.iter().filter(|token| LABELS.has(&token.key)).count(),
        }
    }
}

/// Every answer has a couple of such words, however short it is.
const AIRY_WORDS_FREE: usize = 2;

/// Airy words among the content words of what is told and the airy words of hollow sentences: padding
/// in general words does not thin them out.
fn airy_share(text: &Text<'_>) -> f64 {
    let (mut airy_words, mut all) = (0, 0);
    for (clause, hollow) in text.clauses.iter().zip(&text.hollow) {
        let tokens = &text.tokens[clause.tokens.clone()];
        let own = tokens.iter().filter(|token| airy(token)).count();
        airy_words += own;
        all += if *hollow {
            own
        } else {
            tokens.iter().filter(|token| !FUNCTION.has(&token.key)).count()
        };
    }
    airy_words.saturating_sub(AIRY_WORDS_FREE) as f64 / f64::from(all.max(1) as u32)
}

fn airy(token: &Token) -> bool {
    let key = token.key.as_str();
    !token.name
        && !token.digit
        && !UNITS.has(key)
        && (BUZZ.has(key) || LOFTY.has(key) || !FUNCTION.has(key) && abstract_by_ending(key))
}

/// How often two words follow each other that do not in speech which was heard well: an article or
/// "my" before a verb, a pronoun or another article, "of" or "to" before a pronoun that only a verb
/// follows, "he" before an article.
fn broken(text: &Text<'_>) -> usize {
    let apart = |pair: &[Token]| {
        let (a, b) = (&pair[0], &pair[1]);
        let (first, next) = (a.key.as_str(), b.key.as_str());
        let joined = !a.comma && a.sentence == b.sentence && a.word + 1 == b.word;
        let article = matches!(first, "the" | "a" | "an" | "my" | "our" | "their" | "your");
        let small = matches!(first, "of" | "to" | "for" | "with" | "from" | "at");
        let pronoun = matches!(first, "i" | "we" | "he" | "she" | "they");
        joined
            && (article && NEVER_AFTER_ARTICLE.contains(&next)
                || small && NEVER_AFTER_PREPOSITION.contains(&next)
                || pronoun && NEVER_AFTER_PRONOUN.contains(&next))
    };
    text.tokens.windows(2).filter(|pair| apart(pair)).count()
}

/// Words that nothing follows after "of", "to", "for", "with", "from" or "at".
const NEVER_AFTER_PREPOSITION: &[&str] = &[
    "i", "we", "he", "she", "they", "and", "of", "was", "were", "had", "did", "but", "i'd", "it's",
];

/// Words that follow no "I", "we", "he", "she" or "they".
const NEVER_AFTER_PRONOUN: &[&str] =
    &["the", "a", "an", "of", "my", "our", "his", "their", "i", "he", "she", "we", "they", "it"];

/// Words that no noun phrase begins with after an article.
const NEVER_AFTER_ARTICLE: &[&str] = &[
    "the", "a", "an", "to", "of", "and", "but", "or", "was", "were", "is", "are", "in", "at",
    "for", "with", "from", "he", "she", "we", "they", "i", "it", "that", "had", "did", "so",
    "because", "when", "my", "our", "then", "not", "him", "us", "me", "them", "would", "could",
    "should", "have", "has", "been", "be", "do", "don't", "didn't", "who", "there", "went", "got",
    "came", "asked", "i'd", "i'm", "it's", "he'd", "she'd", "we'd", "if", "as",
];
