//! From the text of a question to what is known of it: an entry of the bank, or one like it.

use std::{collections::BTreeSet, sync::Arc};

use engines::Embedder;
use interview::{
    Anchors, Answer, Bank, Competency, Hints, Plan, PlanItem, Question, QuestionId, Rubric,
    Seniority, word,
};

/// From this share of common words on, a question is the bank's, asked in other words.
const SAME_SHARE: f64 = 0.75;
/// The same for the cosine of their meanings.
const SAME_COSINE: f32 = 0.88;

/// Words that questions of every kind ask with.
const ASKING: &[&str] = &[
    "a",
    "about",
    "an",
    "and",
    "any",
    "as",
    "at",
    "by",
    "can",
    "could",
    "describe",
    "did",
    "do",
    "example",
    "for",
    "from",
    "give",
    "had",
    "has",
    "have",
    "how",
    "i",
    "in",
    "is",
    "it",
    "me",
    "of",
    "on",
    "or",
    "something",
    "someone",
    "tell",
    "that",
    "the",
    "them",
    "they",
    "time",
    "to",
    "us",
    "was",
    "were",
    "what",
    "when",
    "where",
    "which",
    "who",
    "with",
    "would",
    "you",
    "your",
];

/// Finds questions in the bank.
pub(super) struct Questions {
    embedder: Option<Arc<dyn Embedder>>,
    /// The bank's questions and the meanings of their texts, in its order; empty without an embedder.
    meanings: Vec<(QuestionId, Vec<f32>)>,
}

impl Questions {
    /// Looks at the questions of `bank` once.
    pub(super) fn new(bank: &Bank, embedder: Option<Arc<dyn Embedder>>) -> Self {
        let texts: Vec<&str> = bank.questions.values().map(|one| one.text.as_str()).collect();
        let vectors = embedder.as_ref().and_then(|embedder| match embedder.embed(&texts) {
            Ok(vectors) => Some(vectors),
            Err(error) => {
                tracing::warn!("{error}; questions are compared by their words");
                None
            }
        });
        let ids = bank.questions.keys().cloned();
        let meanings = ids.zip(vectors.unwrap_or_default()).collect();
        Self { embedder, meanings }
    }

    /// The question with this text: the bank's own, or one made of the text with the competency of
    /// the nearest.
    pub(super) fn find(&self, bank: &Bank, text: &str) -> Question {
        let by_words = bank
            .questions
            .values()
            .map(|question| (shared(text, &question.text), question))
            .max_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((share, question)) = by_words
            && share >= SAME_SHARE
        {
            return Question { text: text.to_owned(), ..question.clone() };
        }
        let by_meaning = self
            .nearest(text)
            .and_then(|(cosine, id)| bank.questions.get(id).map(|question| (cosine, question)));
        if let Some((cosine, question)) = by_meaning
            && cosine >= SAME_COSINE
        {
            return Question { text: text.to_owned(), ..question.clone() };
        }
        let nearest = by_meaning.map(|(_, question)| question);
        let nearest = nearest.or(by_words.filter(|(share, _)| *share > 0.0).map(|(_, one)| one));
        made_of(text, nearest.map_or(Competency::Communication, |question| question.competency))
    }

    fn nearest(&self, text: &str) -> Option<(f32, &QuestionId)> {
        let vector = self.embedder.as_ref()?.embed(&[text]).ok()?.pop()?;
        let cosine = |other: &[f32]| vector.iter().zip(other).map(|(a, b)| a * b).sum::<f32>();
        let all = self.meanings.iter().map(|(id, other)| (cosine(other), id));
        all.max_by(|a, b| a.0.total_cmp(&b.0))
    }
}

/// A question of which only the text is known.
fn made_of(text: &str, competency: Competency) -> Question {
    let none = String::new;
    Question {
        id: QuestionId("asked".to_owned()),
        competency,
        seniorities: Vec::new(),
        text: text.to_owned(),
        fields: Vec::new(),
        looks_for: Vec::new(),
        vocabulary: Vec::new(),
        probes: std::collections::BTreeMap::new(),
        anchors: Anchors { one: none(), three: none(), five: none() },
    }
}

/// The share of content words that two questions have in common.
fn shared(a: &str, b: &str) -> f64 {
    let content = |text: &str| -> BTreeSet<String> {
        let keys = text.split_whitespace().map(word::key);
        keys.filter(|key| !key.is_empty() && !ASKING.contains(&key.as_str())).collect()
    };
    let (a, b) = (content(a), content(b));
    a.intersection(&b).count() as f64 / a.union(&b).count().max(1) as f64
}

/// A plan that asked these questions; `None` when the bank has no format.
pub(super) fn plan(
    bank: &Bank,
    rubric: &Rubric,
    answers: &[Answer],
    seniority: Seniority,
) -> Option<Plan> {
    let format = bank.formats.values().find(|format| format.rubric == rubric.id)?;
    let reason = || "it was asked".to_owned();
    let items = answers
        .iter()
        .map(|answer| PlanItem { question: answer.question.clone(), reason: reason() });
    Some(Plan {
        format: format.clone(),
        persona: bank.personas.get(&format.persona)?.clone(),
        rubric: rubric.clone(),
        goal: None,
        seniority,
        items: items.collect(),
        hints: Hints::default(),
        camera: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_banks_own_questions_are_found_by_their_words() {
        let bank = crate::content::bank().expect("the content is valid");
        let questions = Questions::new(&bank, None);
        for question in bank.questions.values() {
            assert_eq!(questions.find(&bank, &question.text).id, question.id);
            let shouted = question.text.to_uppercase().replace('.', "!");
            assert_eq!(questions.find(&bank, &shouted).id, question.id, "{shouted}");
        }
    }

    #[test]
    fn another_question_keeps_its_text_and_brings_no_vocabulary() {
        let bank = crate::content::bank().expect("the content is valid");
        let text = "Which vegetable would you be?";
        let question = Questions::new(&bank, None).find(&bank, text);
        assert_eq!((question.id.0.as_str(), question.text.as_str()), ("asked", text));
        assert!(question.vocabulary.is_empty());
    }
}
