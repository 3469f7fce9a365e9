//! The transcript as WebVTT captions, with the time of each word where it is known.

use std::fmt::Write;

use super::Shown;
use crate::wire::{
    interview::{Speaker, Turn},
    report::{Report, Word},
};

/// Longest caption, words.
const CUE_WORDS_MAX: usize = 14;
/// A pause this long ends a caption, microseconds.
const CUE_PAUSE_US: i64 = 1_000_000;
/// Word times may be off by this much at the ends of a turn.
const BOUNDS_US: i64 = 300_000;

struct Cue {
    start_us: i64,
    end_us: i64,
    text: String,
}

/// The captions of an interview. Turns without a time are left out.
#[must_use]
pub fn write(shown: &Shown) -> String {
    let turns = &shown.interview.turns;
    let mut cues: Vec<Cue> = turns.iter().flat_map(|turn| of_turn(turn, &shown.report)).collect();
    cues.sort_by_key(|cue| (cue.start_us, cue.end_us));
    let mut out = "WEBVTT\n".to_owned();
    for (number, cue) in cues.iter().enumerate() {
        let end_us = cue.end_us.max(cue.start_us + 1_000);
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "\n{}\n{} --> {}\n{}\n",
            number + 1,
            clock(cue.start_us),
            clock(end_us),
            cue.text
        );
    }
    out
}

fn of_turn(turn: &Turn, report: &Report) -> Vec<Cue> {
    let Some((start_us, end_us)) = turn.start_us.zip(turn.end_us) else { return Vec::new() };
    let words = words_of(turn, report, start_us - BOUNDS_US..end_us + BOUNDS_US);
    if words.is_empty() {
        let text = format!("<v {}>{}", voice(&turn.name), escaped(&turn.text));
        return vec![Cue { start_us, end_us, text }];
    }
    let mut cues = Vec::new();
    let mut rest = words.as_slice();
    while !rest.is_empty() {
        let gap = |pair: &[Timed<'_>]| pair[1].start_us - pair[0].end_us >= CUE_PAUSE_US;
        let until_pause = rest.windows(2).position(gap).map_or(rest.len(), |at| at + 1);
        let (cue, others) = rest.split_at(until_pause.min(CUE_WORDS_MAX));
        cues.push(of_words(&turn.name, cue));
        rest = others;
    }
    cues
}

struct Timed<'a> {
    text: &'a str,
    start_us: i64,
    end_us: i64,
}

/// The words of a spoken answer inside of a turn, when all that was heard there has times.
fn words_of<'a>(turn: &Turn, report: &'a Report, within: std::ops::Range<i64>) -> Vec<Timed<'a>> {
    if turn.speaker != Speaker::Candidate || !turn.spoken {
        return Vec::new();
    }
    let answer = report.answers.iter().find(|one| Some(&one.answer) == turn.answer.as_ref());
    let timed = |word: &'a Word| {
        let (start_us, end_us) = word.start_us.zip(word.end_us)?;
        let inside = within.contains(&start_us.midpoint(end_us));
        inside.then_some(Timed { text: &word.text, start_us, end_us })
    };
    answer.map(|answer| answer.words.iter().filter_map(timed).collect()).unwrap_or_default()
}

fn of_words(name: &str, words: &[Timed<'_>]) -> Cue {
    let start_us = words.first().map_or(0, |word| word.start_us);
    let end_us = words.last().map_or(start_us, |word| word.end_us);
    let mut text = format!("<v {}>", voice(name));
    for (number, word) in words.iter().enumerate() {
        let _ = match number {
            0 => write!(text, "<c>{}</c>", escaped(word.text)),
            // A time inside a caption must lie between its ends.
            _ if word.start_us > start_us && word.start_us < end_us => {
                write!(text, " <{}><c>{}</c>", clock(word.start_us), escaped(word.text))
            }
            _ => write!(text, " <c>{}</c>", escaped(word.text)),
        };
    }
    Cue { start_us, end_us, text }
}

/// A name as it may stand in a voice tag.
fn voice(name: &str) -> String {
    escaped(name).replace("&gt;", "").replace(['\n', '\r'], " ")
}

fn escaped(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn clock(at_us: i64) -> String {
    let ms = at_us.max(0) / 1_000;
    format!(
        "{:02}:{:02}:{:02}.{:03}",
        ms / 3_600_000,
        ms / 60_000 % 60,
        ms / 1_000 % 60,
        ms % 1_000
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caption_says_when_each_word_was_spoken() {
        let word = |text, start_us, end_us| Timed { text, start_us, end_us };
        let cue = of_words(
            "You",
            &[word("I", 1_000_000, 1_200_000), word("<fixed>", 1_250_000, 1_700_000)],
        );
        assert_eq!((cue.start_us, cue.end_us), (1_000_000, 1_700_000));
        assert_eq!(cue.text, "<v You><c>I</c> <00:00:01.250><c>&lt;fixed&gt;</c>");
        assert_eq!(clock(3_723_004_999), "01:02:03.004");
    }

    #[test]
    fn a_turn_without_word_times_is_one_caption_and_one_without_a_time_is_none() {
        let mut turn = Turn {
            id: String::new(),
            index: 0,
            speaker: Speaker::Interviewer,
            name: "Maya".to_owned(),
            text: "Tell me\nabout it -->".to_owned(),
            start_us: Some(0),
            end_us: Some(2_000_000),
            spoken: true,
            unscored: false,
            answer: None,
        };
        let report = no_report();
        let cues = of_turn(&turn, &report);
        assert_eq!(cues[0].text, "<v Maya>Tell me about it --&gt;");
        turn.start_us = None;
        assert!(of_turn(&turn, &report).is_empty());
    }

    fn no_report() -> Report {
        Report {
            interview: String::new(),
            state: crate::wire::interview::ReportState::NoAnswers,
            doing: None,
            ratings: crate::wire::interview::Ratings::default(),
            strength: None,
            priorities: Vec::new(),
            retake: None,
            levels: Vec::new(),
            coverage: crate::wire::report::Coverage { answered: 0, asked: 1 },
            no_overall: None,
            answers: Vec::new(),
            candidate_questions: Vec::new(),
            left_out: Vec::new(),
            dropped: 0,
            judge: String::new(),
        }
    }
}
