//! Text to the sounds a voice is given, one letter of its alphabet each.

use super::{
    lexicon::{self, Ahead, Lexicon, VOWELS},
    stress::{self, Emphasis, PRIMARY},
    tagger::Tagger,
    token::{self, Token, Tokeniser},
    written,
};

/// Consonants of the alphabet.
const CONSONANTS: &str = "bdfhjklmnpstvwzðŋɡɹɾʃʒʤʧθ";
/// Signs that make a pause and are sounds of the alphabet.
const PAUSES: &str = ";:,.!?—…";
/// Signs inside a word that say nothing.
const SILENT: &str = "',-._‘’/";

/// Guesses how a word is said that no dictionary has.
pub(super) type Guess = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Reads text aloud, on paper.
pub(super) struct Reader {
    /// Splits into tokens.
    pub(super) tokeniser: Tokeniser,
    /// Tells their parts of speech.
    pub(super) tagger: Tagger,
    /// Knows how they are said.
    pub(super) lexicon: Lexicon,
    /// Guesses the rest.
    pub(super) guess: Guess,
}

/// A token, or a piece of one, inside a word.
#[derive(Debug)]
struct Part {
    text: String,
    tag: String,
    sounds: Option<String>,
}

/// Parts with no space between them, or a punctuation mark.
#[derive(Debug)]
struct Word {
    parts: Vec<Part>,
    mark: bool,
    spaced: bool,
}

impl Reader {
    /// The sounds of one sentence. Nothing that can be said gives an empty string.
    pub(super) fn sounds(&self, sentence: &str) -> String {
        let mut tokens = self.tokeniser.split(&written::spoken(sentence));
        self.tagger.tag(&mut tokens);
        let mut words = words(tokens);
        let mut ahead = Ahead::default();
        for word in words.iter_mut().rev() {
            if word.mark {
                ahead = follow(ahead, word.parts[0].sounds.as_deref(), "");
            } else {
                ahead = self.say(&mut word.parts, ahead);
            }
        }
        let mut said = join(&words);
        // An abbreviation takes the full stop, and the melody needs it back.
        let ended = sentence.trim_end_matches(['"', '\'', '”', '’', ')', ']']).ends_with('.');
        if ended && said.ends_with(|c| VOWELS.contains(c) || CONSONANTS.contains(c)) {
            said.push('.');
        }
        said
    }

    /// Says the parts of one word, longest known stretches first, and tells what it begins with.
    fn say(&self, parts: &mut [Part], mut ahead: Ahead) -> Ahead {
        let mut end = parts.len();
        while end > 0 {
            let known = (0..end).find_map(|start| {
                let (text, tag) = merged(&parts[start..end]);
                let sounds = self.lexicon.sounds(&text, &tag, ahead)?;
                Some((start, text, sounds))
            });
            let (start, text, sounds) = known.unwrap_or_else(|| {
                let text = parts[end - 1].text.clone();
                let silent = text.chars().all(|c| SILENT.contains(c));
                let guess = if silent { None } else { (self.guess)(&text) };
                (end - 1, text, guess.unwrap_or_default())
            });
            ahead = follow(ahead, Some(&sounds), &text);
            parts[start..end].iter_mut().for_each(|part| part.sounds = Some(String::new()));
            parts[start].sounds = Some(sounds);
            end = start;
        }
        own(parts);
        settle(parts);
        ahead
    }
}

/// Tokens as words: what no space parts is said as one.
fn words(tokens: Vec<Token>) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    for token in tokens {
        let opens = words.last().is_none_or(|word| word.spaced);
        if !token.text.contains(char::is_alphanumeric)
            && token.text.chars().any(|c| mark(c, opens).is_some())
        {
            let inside = !opens && !token.spaced && matches!(token.text.as_str(), "-" | "–");
            if !inside {
                let sounds: String = token.text.chars().filter_map(|c| mark(c, opens)).collect();
                let part = Part { text: token.text, tag: token.tag, sounds: Some(sounds) };
                words.push(Word { parts: vec![part], mark: true, spaced: token.spaced });
                continue;
            }
        }
        let pieces = token::parts(&token.text);
        let parts =
            pieces.into_iter().map(|text| Part { text, tag: token.tag.clone(), sounds: None });
        match words.last_mut() {
            Some(word) if !word.spaced && !word.mark => {
                word.parts.extend(parts);
                word.spaced = token.spaced;
            }
            _ => words.push(Word { parts: parts.collect(), mark: false, spaced: token.spaced }),
        }
    }
    words
}

/// The sound of a punctuation mark; a quotation mark opens after a space.
fn mark(c: char, opens: bool) -> Option<char> {
    match c {
        '(' | '[' | '{' => Some('('),
        ')' | ']' | '}' => Some(')'),
        '"' if opens => Some('“'),
        '"' => Some('”'),
        '“' | '”' => Some(c),
        '–' | '-' => Some('—'),
        c => PAUSES.contains(c).then_some(c),
    }
}

/// The text of parts as one word, with the tag of the most important of them.
fn merged(parts: &[Part]) -> (String, String) {
    let text = parts.iter().map(|part| part.text.as_str()).collect();
    let weight = |part: &Part| -> usize {
        part.text.chars().map(|c| if c.is_uppercase() { 2 } else { 1 }).sum()
    };
    // The first of the heaviest.
    let heaviest = parts.iter().rev().max_by_key(|part| weight(part));
    (text, heaviest.map(|part| part.tag.clone()).unwrap_or_default())
}

/// What the word in front will see ahead of it.
fn follow(ahead: Ahead, sounds: Option<&str>, text: &str) -> Ahead {
    let first = sounds.unwrap_or_default().chars().find_map(|c| match c {
        c if PAUSES.contains(c) => Some(None),
        c if VOWELS.contains(c) => Some(Some(true)),
        c if CONSONANTS.contains(c) => Some(Some(false)),
        _ => None,
    });
    Ahead { vowel: first.unwrap_or(ahead.vowel), to: text.eq_ignore_ascii_case("to") }
}

/// Says the "s" of an owner whose name was guessed as its last sound asks for.
fn own(parts: &mut [Part]) {
    if let [.., owner, apostrophe, letter] = parts
        && matches!(apostrophe.text.as_str(), "'" | "’")
        && letter.text == "s"
        && apostrophe.sounds.as_deref().is_some_and(|sounds| !sounds.is_empty())
    {
        apostrophe.sounds =
            owner.sounds.as_deref().map(|sounds| lexicon::s_after(sounds).to_owned());
    }
}

/// Takes stress off the lighter parts of a compound, so that it sounds like one word.
fn settle(parts: &mut [Part]) {
    if is_phrase(parts) {
        return;
    }
    let mut said: Vec<(bool, usize, usize)> = parts
        .iter()
        .enumerate()
        .filter_map(|(at, part)| {
            Some((at, part.sounds.as_deref().filter(|sounds| !sounds.is_empty())?))
        })
        .map(|(at, sounds)| (sounds.contains(PRIMARY), stress::weight(sounds), at))
        .collect();
    let stressed = said.iter().filter(|(primary, ..)| *primary).count();
    let weaken: Vec<usize> = match said[..] {
        [(_, _, first), (_, _, second)] if parts[first].text.chars().count() == 1 => vec![second],
        _ if said.len() < 2 || stressed <= said.len().div_ceil(2) => return,
        _ => {
            said.sort_unstable();
            said[..said.len() / 2].iter().map(|(_, _, at)| *at).collect()
        }
    };
    for at in weaken {
        parts[at].sounds =
            parts[at].sounds.take().map(|sounds| stress::apply(&sounds, Emphasis::Weaker));
    }
}

/// Whether the parts are words of their own: letters and signs mixed, or a slash between.
fn is_phrase(parts: &[Part]) -> bool {
    let kinds = |c: char| (c.is_alphabetic(), c.is_ascii_digit());
    let mut seen =
        parts.iter().flat_map(|part| part.text.chars()).filter(|c| !SILENT.contains(*c)).map(kinds);
    let first = seen.next();
    parts.iter().any(|part| part.text.contains('/')) || seen.any(|kind| Some(kind) != first)
}

fn join(words: &[Word]) -> String {
    let mut out = String::new();
    for word in words {
        let phrase = is_phrase(&word.parts);
        if word.mark
            && word.parts[0]
                .sounds
                .as_deref()
                .is_some_and(|sounds| sounds.starts_with(|c| PAUSES[..6].contains(c)))
        {
            out.truncate(out.trim_end().len());
        }
        for part in &word.parts {
            let sounds = part.sounds.as_deref().unwrap_or_default();
            if phrase && !sounds.is_empty() && !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
            // The voices know the tap as T and no glottal stop.
            out.extend(sounds.chars().map(|c| match c {
                'ɾ' => 'T',
                'ʔ' => 't',
                c => c,
            }));
        }
        if word.spaced && !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    let said = out.trim();
    if said.contains(|c: char| VOWELS.contains(c) || CONSONANTS.contains(c) || c == 'ɐ') {
        said.to_owned()
    } else {
        String::new()
    }
}
