//! How words are said: two dictionaries, the rules for endings, and the words whose sound depends on
//! what follows ("the", "to", "a"). The alphabet is the one the voices were taught (one letter each
//! for diphthongs and affricates: A I O W Y, ʤ ʧ).

use std::collections::HashMap;

use serde::Deserialize;

use super::stress::{self, Emphasis, PRIMARY};

/// Vowels of the alphabet.
pub(super) const VOWELS: &str = "AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻ";
/// Vowels after which American English turns a "t" before an ending into a tap.
const BEFORE_TAP: &str = "AIOWYiuæɑəɛɪɹʊʌ";

/// A dictionary's entry: one sound, or one for each part of speech.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Entry {
    /// Said one way.
    One(Box<str>),
    /// Said by part of speech; a missing sound means that the word is spelled.
    ByTag(HashMap<Box<str>, Option<Box<str>>>),
}

impl Entry {
    fn plain(&self) -> Option<&str> {
        match self {
            Entry::One(sounds) => Some(sounds),
            Entry::ByTag(by_tag) => by_tag.get("DEFAULT")?.as_deref(),
        }
    }

    fn for_tag(&self, tag: &str, ahead: Ahead) -> Option<&str> {
        let Entry::ByTag(by_tag) = self else { return self.plain() };
        let tag = match (ahead.vowel, by_tag.contains_key("None"), by_tag.contains_key(tag)) {
            (None, true, _) => "None",
            (_, _, true) => tag,
            _ => kind(tag),
        };
        by_tag.get(tag).or_else(|| by_tag.get("DEFAULT"))?.as_deref()
    }
}

/// What follows a word.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Ahead {
    /// Whether the next sound is a vowel; `None` before a pause.
    pub(super) vowel: Option<bool>,
    /// Whether the next word is "to".
    pub(super) to: bool,
}

/// The dictionaries.
pub(super) struct Lexicon {
    checked: HashMap<Box<str>, Entry>,
    derived: HashMap<Box<str>, Box<str>>,
}

impl Lexicon {
    /// A lexicon of words said with care (`checked`) and words derived from rules (`derived`).
    pub(super) fn new(
        checked: HashMap<Box<str>, Entry>,
        derived: HashMap<Box<str>, Box<str>>,
    ) -> Self {
        Lexicon { checked, derived }
    }

    /// How `word` with part of speech `tag` is said, or `None` when neither the dictionaries nor the
    /// rules know it.
    pub(super) fn sounds(&self, word: &str, tag: &str, ahead: Ahead) -> Option<String> {
        let word = word.replace(['‘', '’'], "'");
        let word = word.as_str();
        if let Some(sounds) = self.by_neighbour(word, tag, ahead) {
            return Some(sounds);
        }
        let emphasis = match word {
            word if word == word.to_lowercase() => Emphasis::AsIs,
            word if word == word.to_uppercase() => Emphasis::Strong,
            _ => Emphasis::Present,
        };
        let lower = word.to_lowercase();
        let word = if self.only_known_small(word, &lower, tag) { &lower } else { word };
        if self.knows(word) {
            return self.look_up(word, tag, emphasis, ahead);
        }
        // "the teams' plans" is said like "the teams plans".
        let word = match word.strip_suffix('\'') {
            Some(owner) if self.knows(owner) => return self.look_up(owner, tag, emphasis, ahead),
            Some(owner) if !owner.is_empty() => owner,
            _ => word,
        };
        self.plural(word, tag, emphasis, ahead)
            .or_else(|| self.past(word, tag, emphasis, ahead))
            .or_else(|| self.gerund(word, tag, emphasis, ahead))
    }

    /// Letters said one by one, the last one stressed.
    fn spelled(&self, word: &str) -> Option<String> {
        let mut sounds = String::new();
        for letter in word.chars().filter(|c| c.is_alphabetic()) {
            let capital: String = letter.to_uppercase().collect();
            sounds.push_str(self.checked.get(capital.as_str())?.plain()?);
        }
        Some(stress::last_primary(&stress::apply(&sounds, Emphasis::Letters)))
    }

    /// Words whose sound depends on their neighbours or their part of speech.
    fn by_neighbour(&self, word: &str, tag: &str, ahead: Ahead) -> Option<String> {
        let dotted = word.trim_matches('.').contains('.')
            && word.chars().all(|c| c == '.' || c.is_alphabetic())
            && word.split('.').all(|part| part.chars().count() < 3);
        if dotted {
            return self.spelled(word);
        }
        let noun = tag.starts_with("NN");
        let said = match word {
            "a" | "A" if tag == "DT" => "ɐ",
            "a" | "A" => "ˈA",
            "AM" | "Am" | "am" if noun => return self.spelled(word),
            "am" if ahead.vowel.is_some() => "ɐm",
            "AM" | "Am" | "am" => "æm",
            "AN" if noun => return self.spelled(word),
            "an" | "An" | "AN" => "ɐn",
            "I" if tag == "PRP" => "ˌI",
            "by" | "By" | "BY" if kind(tag) == "ADV" => "bˈI",
            "TO" if !matches!(tag, "TO" | "IN") => return None,
            "to" | "To" | "TO" => match ahead.vowel {
                None => "tu",
                Some(false) => "tə",
                Some(true) => "tʊ",
            },
            "IN" if tag == "NNP" => return None,
            "in" | "In" | "IN" if ahead.vowel.is_none() || tag != "IN" => "ˈɪn",
            "in" | "In" | "IN" => "ɪn",
            "THE" if tag != "DT" => return None,
            "the" | "The" | "THE" if ahead.vowel == Some(true) => "ði",
            "the" | "The" | "THE" => "ðə",
            "used" | "Used" | "USED" if matches!(tag, "VBD" | "JJ") && ahead.to => "jˈust",
            "used" | "Used" | "USED" => "jˈuzd",
            _ => return None,
        };
        Some(said.to_owned())
    }

    /// A capitalised word that only its small form is known of: "Tell" at the start of a sentence.
    fn only_known_small(&self, word: &str, lower: &str, tag: &str) -> bool {
        let letters = word.chars().all(|c| c == '\'' || c.is_alphabetic());
        let long = word.chars().count();
        let case = word == word.to_uppercase() || word.chars().skip(1).all(|c| !c.is_uppercase());
        let candidate = long > 1 && letters && word != lower && case && (tag != "NNP" || long > 7);
        candidate
            && self.checked(word).is_none()
            && self.derived(word).is_none()
            && (self.checked(lower).is_some()
                || self.derived(lower).is_some()
                || self.plural(lower, tag, Emphasis::AsIs, Ahead::default()).is_some()
                || self.past(lower, tag, Emphasis::AsIs, Ahead::default()).is_some()
                || self.gerund(lower, tag, Emphasis::AsIs, Ahead::default()).is_some())
    }

    fn checked(&self, word: &str) -> Option<&Entry> {
        either_case(&self.checked, word)
    }

    fn derived(&self, word: &str) -> Option<&str> {
        either_case(&self.derived, word).map(AsRef::as_ref)
    }

    /// Whether looking `word` up gives a sound, its letters at worst.
    fn knows(&self, word: &str) -> bool {
        if self.checked(word).is_some() || self.derived(word).is_some() {
            return true;
        }
        if word.is_empty() || !word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return false;
        }
        word.len() == 1 || word[1..] == word[1..].to_uppercase()
    }

    fn look_up(&self, word: &str, tag: &str, emphasis: Emphasis, ahead: Ahead) -> Option<String> {
        let capitals = word == word.to_uppercase() && self.checked(word).is_none();
        let name = capitals && tag == "NNP";
        let lower = word.to_lowercase();
        let word = if capitals { lower.as_str() } else { word };
        let sounds = match self.checked(word) {
            Some(entry) => entry.for_tag(tag, ahead),
            None if !name => self.derived(word),
            None => None,
        };
        match sounds.filter(|sounds| !name || sounds.contains(PRIMARY)) {
            Some(sounds) => Some(stress::apply(sounds, emphasis)),
            None => self.spelled(word),
        }
    }

    fn plural(&self, word: &str, tag: &str, emphasis: Emphasis, ahead: Ahead) -> Option<String> {
        let stem = word.strip_suffix('s').filter(|_| word.len() > 2)?;
        let stem = if !word.ends_with("ss") && self.knows(stem) {
            stem.to_owned()
        } else if let Some(owner) = word.strip_suffix("'s").filter(|owner| self.knows(owner)) {
            owner.to_owned()
        } else if let Some(stem) =
            word.strip_suffix("es").filter(|_| word.len() > 4 && !word.ends_with("ies"))
            && self.knows(stem)
        {
            stem.to_owned()
        } else {
            let single = format!("{}y", word.strip_suffix("ies").filter(|_| word.len() > 4)?);
            self.knows(&single).then_some(single)?
        };
        Some(with_s(&self.look_up(&stem, tag, emphasis, ahead)?))
    }

    fn past(&self, word: &str, tag: &str, emphasis: Emphasis, ahead: Ahead) -> Option<String> {
        let stem = word.strip_suffix('d').filter(|_| word.len() > 3)?;
        let stem = if !word.ends_with("dd") && self.knows(stem) {
            stem
        } else {
            let stem =
                word.strip_suffix("ed").filter(|_| word.len() > 4 && !word.ends_with("eed"))?;
            self.knows(stem).then_some(stem)?
        };
        Some(with_ed(&self.look_up(stem, tag, emphasis, ahead)?))
    }

    fn gerund(&self, word: &str, tag: &str, emphasis: Emphasis, ahead: Ahead) -> Option<String> {
        let stem = word.strip_suffix("ing").filter(|_| word.len() > 4)?;
        let silent = format!("{stem}e");
        let letters = stem.as_bytes();
        let doubled = match letters {
            [.., a, b] => a == b && b"bcdgklmnprstvxz".contains(b) || stem.ends_with("ck"),
            _ => false,
        };
        let single = stem.get(..stem.len().saturating_sub(1)).unwrap_or_default();
        let stem = if word.len() > 5 && self.knows(stem) {
            stem
        } else if self.knows(&silent) {
            &silent
        } else {
            (word.len() > 5 && doubled && self.knows(single)).then_some(single)?
        };
        let emphasis = if emphasis == Emphasis::AsIs { Emphasis::Present } else { emphasis };
        Some(with_ing(&self.look_up(stem, tag, emphasis, ahead)?))
    }
}

/// An entry for the word itself, or for its form with a capital first letter where that is the only
/// one there is, and the other way round.
fn either_case<'a, T>(table: &'a HashMap<Box<str>, T>, word: &str) -> Option<&'a T> {
    if let Some(entry) = table.get(word) {
        return Some(entry);
    }
    let mut rest = word.chars();
    let first = rest.next()?;
    let lower = word.to_lowercase();
    let capital: String =
        first.to_uppercase().chain(rest.as_str().to_lowercase().chars()).collect();
    match word {
        word if word == lower && word.len() > 1 => table.get(capital.as_str()),
        word if word == capital && word.len() > 1 => table.get(lower.as_str()),
        _ => None,
    }
}

/// The broad kind of a Penn Treebank tag, which is what most entries distinguish.
fn kind(tag: &str) -> &str {
    match tag {
        tag if tag.starts_with("VB") => "VERB",
        tag if tag.starts_with("NN") => "NOUN",
        tag if tag.starts_with("RB") => "ADV",
        tag if tag.starts_with("JJ") => "ADJ",
        tag => tag,
    }
}

fn with_s(stem: &str) -> String {
    format!("{stem}{}", s_after(stem))
}

/// How the "s" of a plural or an owner is said after `stem`.
pub(super) fn s_after(stem: &str) -> &'static str {
    match stem.chars().last() {
        Some('p' | 't' | 'k' | 'f' | 'θ') => "s",
        Some('s' | 'z' | 'ʃ' | 'ʒ' | 'ʧ' | 'ʤ') => "ᵻz",
        _ => "z",
    }
}

fn with_ed(stem: &str) -> String {
    match stem.chars().last() {
        Some('p' | 'k' | 'f' | 'θ' | 'ʃ' | 's' | 'ʧ') => format!("{stem}t"),
        Some('d') => format!("{stem}ᵻd"),
        Some('t') if taps(stem) => format!("{}ɾᵻd", stem.trim_end_matches('t')),
        Some('t') => format!("{stem}ᵻd"),
        _ => format!("{stem}d"),
    }
}

fn with_ing(stem: &str) -> String {
    if taps(stem) { format!("{}ɾɪŋ", stem.trim_end_matches('t')) } else { format!("{stem}ɪŋ") }
}

/// Whether the stem ends in a "t" after a vowel.
fn taps(stem: &str) -> bool {
    let mut back = stem.chars().rev();
    back.next() == Some('t') && back.next().is_some_and(|c| BEFORE_TAP.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexicon() -> Lexicon {
        let checked = serde_json::json!({
            "lead": "lˈid", "wait": "wˈAt", "box": "bˈɑks", "story": "stˈɔɹi", "plan": "plˈæn",
            "make": "mˈAk", "A": "ˈA", "P": "pˈi", "I": "ˈI", "Maya": "mˈIə",
            "read": {"DEFAULT": "ɹˈid", "VBD": "ɹˈɛd"},
            "that": {"DEFAULT": "ðæt", "None": "ðˈæt"},
        });
        let derived = serde_json::json!({"leader": "lˈidəɹ"});
        let table = |value: serde_json::Value| serde_json::from_value(value);
        let checked = table(checked).expect("the table is well formed");
        Lexicon::new(checked, serde_json::from_value(derived).expect("the table is well formed"))
    }

    const VOWEL: Ahead = Ahead { vowel: Some(true), to: false };
    const CONSONANT: Ahead = Ahead { vowel: Some(false), to: false };

    #[track_caller]
    fn check(word: &str, tag: &str, ahead: Ahead, want: Option<&str>) {
        assert_eq!(lexicon().sounds(word, tag, ahead).as_deref(), want);
    }

    #[test]
    fn the_next_sound_changes_short_words() {
        check("the", "DT", VOWEL, Some("ði"));
        check("the", "DT", CONSONANT, Some("ðə"));
        check("to", "TO", VOWEL, Some("tʊ"));
        check("a", "DT", CONSONANT, Some("ɐ"));
        check("that", "DT", CONSONANT, Some("ðæt"));
        check("that", "DT", Ahead::default(), Some("ðˈæt"));
        check("used", "VBD", Ahead { vowel: Some(false), to: true }, Some("jˈust"));
    }

    #[test]
    fn the_part_of_speech_changes_the_sound() {
        check("read", "VBD", CONSONANT, Some("ɹˈɛd"));
        check("read", "VB", CONSONANT, Some("ɹˈid"));
    }

    #[test]
    fn endings_follow_from_the_stem() {
        check("plans", "NNS", CONSONANT, Some("plˈænz"));
        check("boxes", "NNS", CONSONANT, Some("bˈɑksᵻz"));
        check("stories", "NNS", CONSONANT, Some("stˈɔɹiz"));
        check("waited", "VBD", CONSONANT, Some("wˈAɾᵻd"));
        check("waiting", "VBG", CONSONANT, Some("wˈAɾɪŋ"));
        check("planning", "VBG", CONSONANT, Some("plˈænɪŋ"));
        check("making", "VBG", CONSONANT, Some("mˈAkɪŋ"));
        check("Maya's", "NNP", CONSONANT, Some("mˈIəz"));
    }

    #[test]
    fn capitals_are_spelled_unless_they_are_a_word() {
        check("API", "NN", CONSONANT, Some("ˌApˌiˈI"));
        check("APIs", "NNS", CONSONANT, Some("ˌApˌiˈIz"));
        check("A.P.I.", "NN", CONSONANT, Some("ˌApˌiˈI"));
        check("PLAN", "NN", CONSONANT, Some("plˈæn"));
        check("Leader", "NN", CONSONANT, Some("lˈidəɹ"));
    }

    #[test]
    fn what_nobody_knows_is_left_to_the_net() {
        check("zorblax", "NN", CONSONANT, None);
        check("привет", "NN", CONSONANT, None);
    }
}
