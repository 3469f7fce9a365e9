//! What keeps words out that nobody said: Whisper writes something for silence and noise too, and now
//! and then repeats itself without end.

/// Above this the model says that nobody spoke, and below the log probability after it, that it
/// guesses: Whisper's own rule (Radford et al. 2022, section 4.5).
const NO_SPEECH_PROBABILITY: f32 = 0.6;
const LOG_PROBABILITY_MIN: f32 = -1.0;
/// Words this improbable are a guess whoever spoke.
const LOG_PROBABILITY_HOPELESS: f32 = -1.5;
/// The initial text given back word for word needs this little doubt to be no speech.
const ECHO_NO_SPEECH_PROBABILITY: f32 = 0.1;
/// The fastest speakers have about 7 words, so about 10 tokens, a second.
const TOKENS_A_SECOND_MAX: f32 = 12.0;
/// Tokens that even the shortest piece may have.
const TOKENS_FREE: f32 = 8.0;
/// Even slow speakers have this many tokens in a second of sound that is loud: about one word.
const TOKENS_A_LOUD_SECOND_MIN: f32 = 1.5;
/// Below this much loud sound one long "um" may be all there is.
const LOUD_SECONDS_MIN: f32 = 2.0;
/// A phrase of up to this many tokens is looked at for repetition.
const PHRASE_TOKENS_MAX: usize = 12;
/// "No, no, no, no" is speech; more of the same is a loop.
const REPEATS_MAX: usize = 5;

/// What a result is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Words that were said.
    Speech,
    /// Words that were said, but too few for the sound: the model may have stopped at a pause.
    Short,
    /// Nobody spoke.
    Silence,
    /// The model ran away; another attempt may do better.
    Broken,
}

/// What the model gave for a piece of sound.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given<'a> {
    /// The text.
    pub tokens: &'a [usize],
    /// The mean log probability of its tokens.
    pub mean_log_probability: f32,
    /// The probability that nobody speaks.
    pub no_speech_probability: f32,
    /// Whether the text repeats the initial text.
    pub echo: bool,
}

/// Judges what the model gave for `seconds` of sound of which `loud_seconds` are loud.
pub(super) fn judge(given: Given<'_>, seconds: f32, loud_seconds: f32) -> Verdict {
    let Given { tokens, mean_log_probability, no_speech_probability, echo } = given;
    if tokens.is_empty() {
        return Verdict::Silence;
    }
    let count = tokens.len() as f32;
    let too_many = count > TOKENS_FREE + seconds * TOKENS_A_SECOND_MAX;
    if too_many || ends_in_loop(tokens) {
        return Verdict::Broken;
    }
    let unheard =
        no_speech_probability > NO_SPEECH_PROBABILITY && mean_log_probability < LOG_PROBABILITY_MIN;
    let echoed = echo && no_speech_probability > ECHO_NO_SPEECH_PROBABILITY;
    if unheard || echoed || mean_log_probability < LOG_PROBABILITY_HOPELESS {
        return Verdict::Silence;
    }
    if loud_seconds > LOUD_SECONDS_MIN && count < loud_seconds * TOKENS_A_LOUD_SECOND_MIN {
        return Verdict::Short;
    }
    Verdict::Speech
}

/// Whether `tokens` hold the same phrase more than [`REPEATS_MAX`] times in a row anywhere.
fn ends_in_loop(tokens: &[usize]) -> bool {
    (1..=tokens.len()).any(|end| is_loop(&tokens[..end]))
}

/// Whether the last tokens are the same phrase more than [`REPEATS_MAX`] times in a row.
pub(crate) fn is_loop(tokens: &[usize]) -> bool {
    (1..=PHRASE_TOKENS_MAX).any(|length| {
        let repeats = REPEATS_MAX + 1;
        let Some(start) = tokens.len().checked_sub(length * repeats) else { return false };
        let tail = &tokens[start..];
        tail[length..] == tail[..tail.len() - length]
    })
}

#[cfg(test)]
mod tests {
    use super::{Given, Verdict, is_loop, judge};

    #[test]
    fn repetition_is_a_loop_when_no_person_would() {
        assert!(!is_loop(&[7, 7, 7, 7, 7]));
        assert!(is_loop(&[1, 7, 7, 7, 7, 7, 7]));
        assert!(is_loop(&[[3, 4, 5]; 6].concat()));
        assert!(!is_loop(&[[3, 4, 5]; 5].concat()));
        assert!(!is_loop(&[]));
    }

    fn check(
        tokens: &[usize],
        log_probability: f32,
        no_speech: f32,
        echo: bool,
        expected: Verdict,
    ) {
        let given = Given {
            tokens,
            mean_log_probability: log_probability,
            no_speech_probability: no_speech,
            echo,
        };
        assert_eq!(judge(given, 5.0, 4.0), expected, "{given:?}");
    }

    #[test]
    fn a_result_is_speech_silence_or_broken() {
        let words: Vec<usize> = (0..20).collect();
        check(&words, -0.3, 0.01, false, Verdict::Speech);
        check(&words, -0.3, 0.9, false, Verdict::Speech);
        check(&words, -1.2, 0.9, false, Verdict::Silence);
        check(&words, -1.6, 0.1, false, Verdict::Silence);
        check(&words, -0.3, 0.2, true, Verdict::Silence);
        check(&[], 0.0, 0.0, false, Verdict::Silence);
        check(&words[..4], -0.3, 0.01, false, Verdict::Short);
        check(&words[..6], -0.3, 0.01, false, Verdict::Speech);
        check(&words.repeat(4), -0.3, 0.01, false, Verdict::Broken);
        check(&[&words[..], &[1, 2].repeat(6)[..]].concat(), -0.3, 0.01, false, Verdict::Broken);
    }

    #[test]
    fn a_long_um_is_not_short() {
        let given = Given {
            tokens: &[1, 2],
            mean_log_probability: -0.3,
            no_speech_probability: 0.0,
            echo: false,
        };
        assert_eq!(judge(given, 2.5, 1.9), Verdict::Speech);
    }
}
