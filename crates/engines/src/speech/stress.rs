//! Stress marks inside strings of sounds.

use super::lexicon::VOWELS;

/// Mark of the main stress, in front of a syllable's vowel.
pub(super) const PRIMARY: char = 'ˈ';
/// Mark of the side stress.
pub(super) const SECONDARY: char = 'ˌ';
/// Sounds that last about twice as long as others.
const LONG: &str = "AIOQWYʤʧ";

/// How much a word is to be stressed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Emphasis {
    /// As the dictionary has it.
    AsIs,
    /// At most side stress, and nothing added.
    Weaker,
    /// As one of several letters: side stress.
    Letters,
    /// At least side stress.
    Present,
    /// Main stress.
    Strong,
}

/// `sounds` with their stress changed.
pub(super) fn apply(sounds: &str, emphasis: Emphasis) -> String {
    let (main, side) = (sounds.contains(PRIMARY), sounds.contains(SECONDARY));
    match emphasis {
        Emphasis::Weaker | Emphasis::Letters if main => demote(sounds),
        Emphasis::Letters | Emphasis::Present if !main && !side => add(sounds, SECONDARY),
        Emphasis::Strong if !main && side => sounds.replace(SECONDARY, "ˈ"),
        Emphasis::Strong if !main => add(sounds, PRIMARY),
        _ => sounds.to_owned(),
    }
}

/// `sounds` with the last side stress made the main one.
pub(super) fn last_primary(sounds: &str) -> String {
    match sounds.rsplit_once(SECONDARY) {
        Some((head, tail)) => format!("{head}{PRIMARY}{tail}"),
        None => sounds.to_owned(),
    }
}

/// How heavy a piece of a compound is.
pub(super) fn weight(sounds: &str) -> usize {
    sounds.chars().map(|c| if LONG.contains(c) { 2 } else { 1 }).sum()
}

fn demote(sounds: &str) -> String {
    sounds
        .chars()
        .filter(|c| *c != SECONDARY)
        .map(|c| if c == PRIMARY { SECONDARY } else { c })
        .collect()
}

/// Puts `mark` in front of the first vowel; what has none stays.
fn add(sounds: &str, mark: char) -> String {
    match sounds.find(|c| VOWELS.contains(c)) {
        Some(at) => format!("{}{mark}{}", &sounds[..at], &sounds[at..]),
        None => sounds.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sounds: &str, emphasis: Emphasis, want: &str) {
        assert_eq!(apply(sounds, emphasis), want);
    }

    #[test]
    fn stress_is_added_in_front_of_the_first_vowel() {
        check("ænd", Emphasis::Strong, "ˈænd");
        check("ðə", Emphasis::Present, "ðˌə");
        check("pˌæn", Emphasis::Strong, "pˈæn");
        check("s", Emphasis::Strong, "s");
    }

    #[test]
    fn stress_is_taken_back() {
        check("lˈidəɹʃˌɪp", Emphasis::Weaker, "lˌidəɹʃɪp");
        check("ænd", Emphasis::Weaker, "ænd");
        check("lˈid", Emphasis::AsIs, "lˈid");
        assert_eq!(last_primary("ˌApˌiˌI"), "ˌApˌiˈI");
    }
}
