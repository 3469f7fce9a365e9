//! Everything that findings, judgements and the gate look at, read once.

use interview::{Filler, Question, Word, WordRange};

use crate::{
    features::{
        fillers,
        rehearsal::{self, Overlap},
    },
    input::{AnswerInput, Measure, Relevance},
    relevance::{Nearness, Verdict},
    report::AnswerType,
    sought::Sought,
    story::Story,
    text::{
        Role, Text,
        lexicon::{BUZZ, FUNCTION, LABELS},
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
    pub(crate) told: Told<'a>,
    pub(crate) fillers: Vec<Filler>,
    pub(crate) rehearsal: Option<Overlap>,
    /// For a question that the candidate asked: whether its answer stands in the notes.
    pub(crate) asked: Option<bool>,
}

impl<'a> Facts<'a> {
    /// Reads an answer.
    #[must_use]
    pub fn read(input: AnswerInput<'a>) -> Self {
        let answer = input.answer;
        let cosine = input.relevance.map(Relevance::nearest);
        let told = Told::read(&answer.words, &answer.turn_starts, &answer.question, cosine);
        let fillers = fillers::find(&input, &told.text);
        let rehearsal = input
            .switches
            .on(Measure::Rehearsal)
            .then(|| rehearsal::most(&told.text, input.earlier))
            .flatten();
        Self { input, told, fillers, rehearsal, asked: None }
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

impl<'a> Told<'a> {
    /// Reads words as an answer to a question; `cosine` from an embedding model, where there is one.
    pub(crate) fn read(
        words: &'a [Word],
        turn_starts: &[usize],
        question: &Question,
        cosine: Option<f32>,
    ) -> Self {
        let text = Text::read(words, turn_starts);
        let story = Story::read(&text);
        let nearness = Nearness::of(&text, question, cosine);
        let prose = Prose::of(&text);
        Self { text, story, nearness, prose }
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

    /// Whether something that happened is told.
    pub(crate) fn happened(&self) -> bool {
        !self.listed()
            && self.text.tokens.len() >= STORY_TOKENS_MIN
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
            labels: text.tokens.iter().filter(|token| LABELS.has(&token.key)).count(),
        }
    }
}
