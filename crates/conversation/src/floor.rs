//! Who has the floor while the interviewer speaks: sound of the candidate ducks the interviewer at
//! once, and within half a second it is a word of listening ("mm"), or somebody who wants to speak.
//!
//! The goal is 150 ms until the interviewer is 20 dB softer and 600 ms until it is silent. What is heard comes in
//! pieces of 40 ms that are judged in pieces of 32 ms, and fading takes 25 ms.

use interview::Us;
use serde::{Deserialize, Serialize};

use crate::wording::tokens;

/// Voice of this length takes the floor, counted from the beginning of its sound, microseconds. The interviewer
/// is to be silent 600 ms after the candidate truly began; 120 ms of that are for hearing it and stopping.
pub const TAKE_OVER_US: Us = 480_000;

/// Sound that is no voice after this time was none, microseconds.
pub const SOUND_US_MAX: Us = 300_000;

/// The same when the words known so far are only words of listening: they get time to end.
pub const TAKE_OVER_LISTENING_US: Us = 1_000_000;

/// This many words take the floor whatever their length (a convention of this program).
pub const TAKE_OVER_WORDS: usize = 3;

/// Sound that is the interviewer's own voice with at least this probability is passed over.
pub const ECHO_LIKELIHOOD: f32 = 0.7;

/// Words by which somebody shows that they listen, without wanting to speak.
const LISTENING_WORDS: &[&str] = &[
    "mm", "mmm", "mhm", "mm-hm", "mm-hmm", "uh-huh", "hm", "hmm", "ah", "aha", "oh", "uh", "um",
    "yeah", "yep", "yes", "yup", "okay", "ok", "right", "sure", "great", "good", "nice", "cool",
    "perfect", "alright", "fine", "i", "see", "got", "it", "thanks", "thank", "you", "of",
    "course", "hi", "hello",
];

/// Words by which somebody asks for the floor, at the beginning of what they say. Short words that a hum is
/// easily taken for ("but", "no") are none of them.
const INTERRUPTING_WORDS: &[&str] = &["wait", "sorry", "excuse", "pardon", "actually", "stop"];

/// A stretch of the candidate's sound while the interviewer speaks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Burst {
    /// When it began, interview time.
    pub from_us: Us,
    /// When it ended, if it has.
    pub to_us: Option<Us>,
    /// Up to when it was heard, where that is told while it goes on.
    #[serde(default)]
    pub heard_us: Option<Us>,
    /// What was recognised of it so far.
    pub text: String,
}

impl Burst {
    /// A burst that has just begun.
    #[must_use]
    pub fn from(from_us: Us) -> Self {
        Self { from_us, to_us: None, heard_us: None, text: String::new() }
    }
}

/// What a burst means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// It cannot be said yet; look again at this time.
    Undecided {
        /// When.
        until_us: Us,
    },
    /// A cough, or a word of listening: the interviewer goes on.
    Listening,
    /// The candidate wants to speak: the interviewer stops.
    TakesOver,
}

/// Whether a text is only words of listening; a text without words is not.
#[must_use]
pub fn is_listening(text: &str) -> bool {
    let words = tokens(text);
    !words.is_empty() && words.iter().all(|word| LISTENING_WORDS.contains(&word.as_str()))
}

/// Whether a text begins by asking for the floor.
#[must_use]
pub fn is_interrupting(text: &str) -> bool {
    let words = tokens(text);
    // "Oh sorry", "um wait".
    let mut asking = words.iter().skip_while(|word| LISTENING_WORDS.contains(&word.as_str()));
    asking.next().is_some_and(|word| INTERRUPTING_WORDS.contains(&word.as_str()))
}

/// Whether what was recognised is what the interviewer is saying, come back through the microphone: three
/// words or more, nearly all of them in the interviewer's text. Somebody who takes up a few of its words
/// adds some of their own.
#[must_use]
pub fn is_echo(text: &str, saying: &str) -> bool {
    let (words, saying) = (tokens(text), tokens(saying));
    let shared = words.iter().filter(|word| saying.contains(word)).count();
    words.len() >= TAKE_OVER_WORDS && shared * 10 >= words.len() * 9
}

/// What a burst means at the time `now`, microseconds. With `words_needed` its length alone decides
/// nothing: for when noise or echo has stopped the interviewer before.
#[must_use]
pub fn claim(burst: &Burst, now_us: Us, words_needed: bool) -> Claim {
    let words = tokens(&burst.text).len();
    let listening = is_listening(&burst.text);
    if (words >= TAKE_OVER_WORDS && !listening) || is_interrupting(&burst.text) {
        return Claim::TakesOver;
    }
    let needed_us = if listening { TAKE_OVER_LISTENING_US } else { TAKE_OVER_US };
    // Where a voice ended counts what fades, too; how far it was clearly heard says more.
    let heard_us = burst.heard_us.or(burst.to_us).unwrap_or(now_us);
    let long = heard_us - burst.from_us >= needed_us;
    match (burst.to_us, long, words_needed) {
        (_, true, false) => Claim::TakesOver,
        (Some(_), _, _) => Claim::Listening,
        (None, true, true) => Claim::Undecided { until_us: now_us + TAKE_OVER_LISTENING_US },
        // Where it is told how far the voice goes, that decides, and nothing but its end can be awaited.
        (None, false, _) if burst.heard_us.is_some() => {
            Claim::Undecided { until_us: now_us + TAKE_OVER_LISTENING_US }
        }
        (None, false, _) => Claim::Undecided { until_us: burst.from_us + needed_us },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn burst(ended_ms: Option<i64>, text: &str) -> Burst {
        Burst { to_us: ended_ms.map(|ms| ms * 1_000), text: text.to_owned(), ..Burst::from(0) }
    }

    #[test]
    fn a_cough_and_a_word_of_listening_leave_the_floor_where_it_is() {
        assert_eq!(claim(&burst(Some(180), ""), 200_000, false), Claim::Listening);
        assert_eq!(claim(&burst(Some(420), "Mm-hm."), 450_000, false), Claim::Listening);
        assert_eq!(
            claim(&burst(Some(900), "Okay, yeah, I see."), 950_000, false),
            Claim::Listening
        );
    }

    #[test]
    fn half_a_second_of_voice_takes_the_floor() {
        assert_eq!(claim(&burst(None, ""), 400_000, false), Claim::Undecided { until_us: 480_000 });
        assert_eq!(claim(&burst(None, ""), 480_000, false), Claim::TakesOver);
        assert_eq!(claim(&burst(Some(620), ""), 650_000, false), Claim::TakesOver);
    }

    #[test]
    fn how_far_the_voice_was_heard_decides_where_it_is_told() {
        let heard = |ms: i64| Burst { heard_us: Some(ms * 1_000), ..Burst::from(0) };
        assert!(matches!(claim(&heard(400), 550_000, false), Claim::Undecided { .. }));
        assert_eq!(claim(&heard(480), 550_000, false), Claim::TakesOver);
        let faded = Burst { to_us: Some(510_000), ..heard(420) };
        assert_eq!(claim(&faded, 700_000, false), Claim::Listening);
    }

    #[test]
    fn asking_for_the_floor_takes_it_however_short() {
        assert_eq!(claim(&burst(Some(400), "Wait,"), 450_000, false), Claim::TakesOver);
        assert_eq!(claim(&burst(None, "Oh, sorry"), 350_000, false), Claim::TakesOver);
        assert!(!is_interrupting("Okay, yeah"));
        assert!(!is_interrupting("about the second"));
    }

    #[test]
    fn three_words_take_the_floor_before_that() {
        assert_eq!(claim(&burst(None, "Sorry, can I"), 350_000, false), Claim::TakesOver);
    }

    #[test]
    fn the_interviewers_own_words_are_told_from_the_candidates() {
        let saying = "Tell me about a disagreement with a colleague that mattered.";
        assert!(is_echo("about a disagreement with a", saying));
        assert!(!is_echo("a disagreement with my boss", saying));
        assert!(!is_echo("about a", saying));
    }

    #[test]
    fn after_noise_only_words_take_the_floor() {
        assert!(matches!(claim(&burst(None, ""), 900_000, true), Claim::Undecided { .. }));
        assert_eq!(claim(&burst(Some(2_000), ""), 2_000_000, true), Claim::Listening);
        assert_eq!(claim(&burst(None, "wait I wasn't"), 900_000, true), Claim::TakesOver);
    }
}
