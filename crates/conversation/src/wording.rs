//! Small tools for looking at words: tokens, sentences' ends, content words.

use interview::word::key;

/// Sounds and words that carry no content by themselves.
const FILLERS: &[&str] = &[
    "um",
    "umm",
    "uh",
    "uhm",
    "er",
    "erm",
    "eh",
    "ah",
    "oh",
    "hm",
    "hmm",
    "mm",
    "mhm",
    "like",
    "well",
    "so",
    "okay",
    "ok",
    "right",
    "yeah",
    "yes",
    "now",
    "and",
    "but",
    "just",
    "actually",
    "basically",
];

/// Whole utterances by which somebody says that they think before they begin.
const THINKING: &[&str] = &[
    "let me think",
    "let me think about that",
    "let me think about it",
    "let me think for a second",
    "let me think for a moment",
    "let me think about that for a second",
    "let me think about that for a moment",
    "let me see",
    "let me just think",
    "give me a second",
    "give me a moment",
    "give me a minute",
    "just a second",
    "just a moment",
    "one second",
    "one moment",
    "bear with me",
    "that is a good question",
    "that's a good question",
    "good question",
    "great question",
    "that's a tough one",
    "that's a hard one",
    "tough one",
    "i need a second",
    "i need a moment",
    "i need to think",
    "i need to think about that",
    "i'm thinking",
    "i'm just thinking",
    "still thinking",
    "thinking",
    "what can i say",
    "where do i start",
    "where do i begin",
    "where to start",
    "how do i put this",
];

/// Function words: what remains without them is content.
const FUNCTION_WORDS: &[&str] = &[
    "a",
    "about",
    "after",
    "again",
    "all",
    "also",
    "always",
    "am",
    "an",
    "and",
    "any",
    "are",
    "as",
    "at",
    "back",
    "be",
    "became",
    "because",
    "been",
    "before",
    "being",
    "but",
    "by",
    "can",
    "come",
    "could",
    "couldn't",
    "did",
    "didn't",
    "do",
    "does",
    "doesn't",
    "doing",
    "don't",
    "done",
    "down",
    "each",
    "even",
    "ever",
    "every",
    "few",
    "for",
    "from",
    "get",
    "give",
    "go",
    "going",
    "got",
    "had",
    "has",
    "hasn't",
    "have",
    "haven't",
    "having",
    "he",
    "her",
    "here",
    "hers",
    "him",
    "his",
    "how",
    "i",
    "i'd",
    "i'll",
    "i'm",
    "i've",
    "if",
    "in",
    "into",
    "is",
    "isn't",
    "it",
    "it's",
    "its",
    "just",
    "kind",
    "let",
    "like",
    "lot",
    "lots",
    "made",
    "make",
    "many",
    "may",
    "me",
    "might",
    "more",
    "most",
    "much",
    "must",
    "my",
    "never",
    "no",
    "not",
    "now",
    "of",
    "off",
    "on",
    "once",
    "one",
    "only",
    "or",
    "other",
    "our",
    "ours",
    "out",
    "over",
    "own",
    "really",
    "said",
    "same",
    "say",
    "she",
    "should",
    "so",
    "some",
    "something",
    "still",
    "such",
    "take",
    "tell",
    "than",
    "that",
    "that's",
    "the",
    "their",
    "them",
    "then",
    "there",
    "there's",
    "these",
    "they",
    "they're",
    "thing",
    "things",
    "this",
    "those",
    "time",
    "to",
    "too",
    "two",
    "under",
    "up",
    "us",
    "very",
    "want",
    "was",
    "wasn't",
    "way",
    "we",
    "we'd",
    "we'll",
    "we're",
    "we've",
    "well",
    "went",
    "were",
    "weren't",
    "what",
    "what's",
    "when",
    "where",
    "which",
    "while",
    "who",
    "whom",
    "whose",
    "why",
    "will",
    "with",
    "would",
    "you",
    "you'd",
    "you're",
    "you've",
    "your",
    "yours",
    "yourself",
    "um",
    "uh",
    "er",
    "erm",
    "yeah",
    "okay",
];

/// The words of a text in lower case, without punctuation at their ends; "'" stays inside.
#[must_use]
pub fn tokens(text: &str) -> Vec<String> {
    text.split_whitespace().map(key).filter(|word| !word.is_empty()).collect()
}

/// How many words a text has.
#[must_use]
pub fn word_count(text: &str) -> usize {
    text.split_whitespace().filter(|word| !key(word).is_empty()).count()
}

/// Whether a word carries no content by itself.
#[must_use]
pub fn is_filler(word: &str) -> bool {
    FILLERS.contains(&word)
}

/// Whether a word is a function word.
#[must_use]
pub fn is_function_word(word: &str) -> bool {
    FUNCTION_WORDS.contains(&word)
}

/// Whether a text says nothing yet: no words, fillers, or the announcement of a thought ("let me
/// think").
#[must_use]
pub fn is_before_content(text: &str) -> bool {
    let words: Vec<_> = tokens(text).into_iter().filter(|word| !is_filler(word)).collect();
    words.is_empty() || THINKING.contains(&words.join(" ").as_str())
}

/// A word's stem, roughly: enough to see that "rebuilt the importers" and "importer" speak of one
/// thing. English endings only.
#[must_use]
pub fn stem(word: &str) -> String {
    let word = word.strip_suffix("'s").unwrap_or(word);
    for (suffix, rest_min) in [
        ("ations", 4),
        ("ation", 4),
        ("ings", 4),
        ("ing", 4),
        ("ies", 3),
        ("ed", 4),
        ("es", 4),
        ("s", 3),
        ("e", 3),
    ] {
        if let Some(rest) = word.strip_suffix(suffix)
            && rest.chars().count() >= rest_min
            && !(suffix == "s" && rest.ends_with('s'))
        {
            let doubled = rest.len() > 4
                && rest.is_ascii()
                && rest.as_bytes()[rest.len() - 1] == rest.as_bytes()[rest.len() - 2]
                && matches!(suffix, "ing" | "ed")
                && !rest.ends_with('l')
                && !rest.ends_with('s');
            let rest = if doubled { &rest[..rest.len() - 1] } else { rest };
            return rest.strip_suffix('e').unwrap_or(rest).to_owned();
        }
    }
    word.to_owned()
}

/// The stems of a text's content words, in order, each once.
#[must_use]
pub fn content_stems(text: &str) -> Vec<String> {
    let mut stems: Vec<String> = Vec::new();
    for word in tokens(text) {
        if word.len() > 2 && !is_function_word(&word) {
            let stem = stem(&word);
            if !stems.contains(&stem) {
                stems.push(stem);
            }
        }
    }
    stems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn announcing_a_thought_is_not_content() {
        for text in [
            "",
            "Um,",
            "So, um.",
            "Hmm, let me think.",
            "Okay. That's a good question.",
            "One second.",
        ] {
            assert!(is_before_content(text), "{text}");
        }
        for text in ["So we had an outage.", "I led a team.", "Let me think. We had three servers."]
        {
            assert!(!is_before_content(text), "{text}");
        }
    }

    #[test]
    fn stems_join_forms_of_a_word() {
        for (a, b) in [
            ("importer", "importers"),
            ("measured", "measuring"),
            ("plan", "planned"),
            ("decide", "decided"),
            ("migration", "migrations"),
        ] {
            assert_eq!(stem(a), stem(b), "{a} {b}");
        }
        assert_ne!(stem("customer"), stem("custom"));
    }

    #[test]
    fn content_leaves_function_words_out() {
        assert_eq!(
            content_stems("We rebuilt the importer and the importers."),
            ["rebuilt", "importer"]
        );
    }
}
