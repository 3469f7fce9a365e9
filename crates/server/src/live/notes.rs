//! The candidate's own questions, answered from the goal's notes and from nothing else.

use engines::Embedder;
use interview::word;

/// Least cosine between a question and a passage for the passage to be an answer. all-MiniLM gives
/// about 0.4 for a passage that answers and 0.1 for one on something else.
const COSINE_MIN: f32 = 0.35;
/// Without embeddings: least number of content words that question and passage share.
const SHARED_WORDS_MIN: usize = 2;
/// The most words read aloud.
const WORDS_MAX: usize = 45;

/// Words that say nothing about what a question is about.
const SMALL_WORDS: &[&str] = &[
    "about", "and", "any", "are", "can", "could", "do", "does", "for", "from", "have", "how", "in",
    "is", "it", "like", "look", "me", "more", "of", "on", "or", "tell", "that", "the", "there",
    "this", "to", "what", "whats", "what's", "when", "where", "which", "who", "why", "will",
    "with", "would", "you", "your", "yours", "be", "a", "an", "i", "we", "my", "they", "their",
    "some", "know",
];

/// The passage of `notes` that answers `question`, as it stands there, or `None` when none does.
pub fn answer(notes: &str, question: &str, embedder: Option<&dyn Embedder>) -> Option<String> {
    let passages = passages(notes);
    let passage = match embedder {
        Some(embedder) => nearest(&passages, question, embedder)?,
        None => sharing_most(&passages, question)?,
    };
    let words: Vec<&str> = passage.split_whitespace().take(WORDS_MAX).collect();
    Some(words.join(" "))
}

/// Sentences and lines of the notes, those of one or two words joined to the next.
fn passages(notes: &str) -> Vec<String> {
    let mut passages: Vec<String> = Vec::new();
    for line in notes.lines() {
        let mut rest = line.trim().trim_start_matches(['-', '*', '•', '#', ' ']);
        while !rest.is_empty() {
            let end = rest.find(". ").map_or(rest.len(), |at| at + 1);
            let sentence = rest[..end].trim();
            if !sentence.is_empty() {
                passages.push(sentence.to_owned());
            }
            rest = rest[end..].trim_start();
        }
    }
    passages.truncate(400);
    passages
}

fn nearest(passages: &[String], question: &str, embedder: &dyn Embedder) -> Option<String> {
    let mut texts: Vec<&str> = vec![question];
    texts.extend(passages.iter().map(String::as_str));
    let vectors = match embedder.embed(&texts) {
        Ok(vectors) => vectors,
        Err(error) => {
            tracing::warn!("{error}; notes are searched by words");
            return sharing_most(passages, question);
        }
    };
    let (asked, rest) = vectors.split_first()?;
    let cosine = |vector: &Vec<f32>| asked.iter().zip(vector).map(|(a, b)| a * b).sum::<f32>();
    let scored = rest.iter().map(cosine).zip(passages);
    let (best, passage) = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best >= COSINE_MIN).then(|| passage.clone())
}

fn sharing_most(passages: &[String], question: &str) -> Option<String> {
    let asked = content_words(question);
    let shared = |passage: &String| {
        let words = content_words(passage);
        asked.iter().filter(|word| words.contains(word)).count()
    };
    let (count, passage) =
        passages.iter().map(|p| (shared(p), p)).max_by_key(|(count, _)| *count)?;
    let needed = SHARED_WORDS_MIN.min(asked.len().max(1));
    (count >= needed).then(|| passage.clone())
}

fn content_words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = text
        .split_whitespace()
        .map(word::key)
        .filter(|word| word.len() > 1 && !SMALL_WORDS.contains(&word.as_str()))
        .map(|word| word.strip_suffix('s').map_or(word.clone(), str::to_owned))
        .collect();
    words.sort();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTES: &str = "The team has six engineers and two designers. On-call rotates weekly.\n\
                         - Remote work is possible three days a week\n- Salary band is in the posting";

    #[test]
    fn questions_are_answered_from_the_notes_word_for_word() {
        let answered = answer(NOTES, "How many engineers are on the team?", None);
        assert_eq!(answered.as_deref(), Some("The team has six engineers and two designers."));
        let remote = answer(NOTES, "Is remote work possible here?", None);
        assert_eq!(remote.as_deref(), Some("Remote work is possible three days a week"));
    }

    #[test]
    fn what_the_notes_do_not_say_is_not_answered() {
        assert_eq!(answer(NOTES, "What is the parental leave policy?", None), None);
        assert_eq!(answer("", "How large is the team?", None), None);
    }
}
