//! Transcripts: who said what, with times where those are known.

use std::path::Path;

use interview::{
    Answer, AnswerId, Bank, InterviewId, Mode, Span, Speaker, Us, Word, word::words_of,
};
use serde::Deserialize;

use super::{Fault, Given, question::Questions};

/// The largest transcript that is read.
const BYTES_MAX: u64 = 50_000_000;

/// Beginnings of sentences with which a new question is asked, rather than a follow-up to the last.
const NEW_QUESTIONS: &[&str] = &[
    "tell me about a",
    "tell me about yourself",
    "tell us about a",
    "tell me of a",
    "describe a",
    "describe an",
    "describe the",
    "give me an example",
    "give an example",
    "can you give me an example of a time",
    "can you tell me about a",
    "could you tell me about a",
    "have you ever",
    "think of a time",
    "talk about a time",
    "talk me through a time",
    "walk me through a time",
    "share a time",
    "share an example",
    "what is your greatest",
    "what are your",
    "what's your greatest",
    "what would you say is your",
    "why do you want",
    "why should we",
    "where do you see",
    "how do you handle",
    "how do you deal",
    "how would you handle",
    "when have you",
    "next question",
    "my next question",
    "let's move on",
    "moving on",
    "another question",
];

#[derive(Deserialize)]
struct File {
    question: Option<String>,
    turns: Vec<Turn>,
}

#[derive(Deserialize)]
struct Turn {
    speaker: Speaker,
    #[serde(default)]
    text: String,
    start_s: Option<f64>,
    end_s: Option<f64>,
    words: Option<Vec<TurnWord>>,
}

#[derive(Deserialize)]
struct TurnWord {
    text: String,
    start_s: Option<f64>,
    end_s: Option<f64>,
}

/// Reads the answers in the transcript at `path`; `question` takes the place of its first.
pub(super) fn read(
    path: &Path,
    question: Option<&str>,
    questions: &Questions,
    bank: &Bank,
) -> Result<Given, Fault> {
    let cannot_read = |error: std::io::Error| {
        let message = format!("it cannot be read: {error}; check the path and its permissions");
        Fault::new("cannot_read", message)
    };
    let bytes_in_file = std::fs::metadata(path).map_err(cannot_read)?.len();
    if bytes_in_file == 0 {
        return Err(Fault::new("empty_file", "the file is empty; choose another file"));
    }
    if bytes_in_file > BYTES_MAX {
        let message = "the transcript is larger than 50 MB; cut it into parts";
        return Err(Fault::new("too_long", message));
    }
    let bytes = std::fs::read(path).map_err(cannot_read)?;
    let file: File = serde_json::from_slice(&bytes).map_err(|error| {
        let message = format!(
            "it is not a transcript: {error}; 'greenroom analyze --help' shows what one looks like"
        );
        Fault::new("not_a_transcript", message)
    })?;
    answers(&file, question, questions, bank)
}

fn answers(
    file: &File,
    question: Option<&str>,
    questions: &Questions,
    bank: &Bank,
) -> Result<Given, Fault> {
    let given = question.or(file.question.as_deref()).map(str::to_owned);
    let is_given = given.is_some();
    let mut asked = given;
    let mut shared_out = false;
    let mut said: Vec<Said> = Vec::new();
    for turn in &file.turns {
        let words = words(turn);
        if words.is_empty() {
            continue;
        }
        shared_out |= turn.words.is_none() && words.iter().any(|word| word.span.is_some());
        let text = interview::word::text_of(&words);
        match turn.speaker {
            // What comes before the first answer leads to it; a question that is given counts.
            Speaker::Interviewer if said.is_empty() => {
                if !is_given {
                    asked = Some(question_in(&text));
                }
            }
            Speaker::Interviewer if opens_question(&text) => asked = Some(question_in(&text)),
            Speaker::Interviewer => {
                if let Some(last) = said.last_mut() {
                    last.probe = Some(match last.probe.take() {
                        Some(before) => format!("{before} {text}"),
                        None => text,
                    });
                }
            }
            Speaker::Candidate => match (asked.take(), said.last_mut()) {
                (Some(question), _) => said.push(Said::new(question, words)),
                (None, Some(last)) => last.go_on(words),
                (None, None) => {
                    let message = "it does not say what was asked; add a \"question\" to it, \
                                   or give --question";
                    return Err(Fault::new("no_question", message));
                }
            },
        }
    }
    if said.is_empty() {
        // Nothing but the question, if anything: an answer without words, which is judged as such.
        let Some(question) = asked else {
            let message = "it has no turns; see 'greenroom analyze --help'";
            return Err(Fault::new("not_a_transcript", message));
        };
        said.push(Said::new(question, Vec::new()));
    }
    let answers: Vec<Answer> = said
        .into_iter()
        .zip(0_u32..)
        .map(|(said, item)| said.into_answer(item, questions, bank))
        .collect();
    let sounds = answers.iter().map(|_| None).collect();
    let mut warnings = Vec::new();
    if shared_out {
        let note = "words without times of their own share out the time of their turn";
        warnings.push(note.to_owned());
    }
    Ok(Given { answers, sounds, seconds: None, warnings })
}

/// What was said to one question.
struct Said {
    question: String,
    words: Vec<Word>,
    turn_starts: Vec<usize>,
    probes: Vec<String>,
    probe: Option<String>,
}

impl Said {
    fn new(question: String, words: Vec<Word>) -> Self {
        Self { question, words, turn_starts: Vec::new(), probes: Vec::new(), probe: None }
    }

    fn go_on(&mut self, words: Vec<Word>) {
        if let Some(probe) = self.probe.take() {
            self.turn_starts.push(self.words.len());
            self.probes.push(probe);
        }
        self.words.extend(words);
    }

    fn into_answer(self, item: u32, questions: &Questions, bank: &Bank) -> Answer {
        let span = self.words.iter().filter_map(|word| word.span).reduce(Span::join);
        Answer {
            id: AnswerId::new(u64::from(item) + 1, [0; 10]),
            interview: InterviewId::new(0, [0; 10]),
            item: Some(item),
            attempt: 1,
            question: questions.find(bank, &self.question),
            mode: Mode::Spoken,
            words: self.words,
            turn_starts: self.turn_starts,
            probes: self.probes,
            span,
            edited_share: 0.0,
        }
    }
}

/// The words of a turn: as they are given, or those of its text, with the turn's time shared out when
/// it has one.
fn words(turn: &Turn) -> Vec<Word> {
    let span = |start: Option<f64>, end: Option<f64>| {
        let (start, end) = (micros(start?)?, micros(end?)?);
        (start <= end).then(|| Span::new(start, end))
    };
    if let Some(words) = &turn.words {
        let timed = words.iter().flat_map(|word| {
            let span = span(word.start_s, word.end_s);
            let one = words_of(&word.text);
            let count = one.len();
            one.into_iter().map(move |word| Word { span: span.filter(|_| count == 1), ..word })
        });
        return timed.collect();
    }
    let words = words_of(&turn.text);
    match span(turn.start_s, turn.end_s) {
        Some(span) => shared_out_over(words, span),
        None => words,
    }
}

/// Words with the times they would have if every letter took as long.
fn shared_out_over(words: Vec<Word>, span: Span) -> Vec<Word> {
    let letters = |word: &Word| word.text.chars().count() as i64 + 1;
    let all: i64 = words.iter().map(letters).sum();
    let mut before = 0;
    let at = |letters: i64| span.start_us + span.micros() * letters / all.max(1);
    let timed = words.into_iter().map(|word| {
        let start_us = at(before);
        before += letters(&word);
        Word::timed(word.text, Span::new(start_us, at(before)))
    });
    timed.collect()
}

fn micros(seconds: f64) -> Option<Us> {
    (0.0..1e9).contains(&seconds).then_some((seconds * 1e6) as Us)
}

/// Whether an interviewer's turn asks something new.
fn opens_question(text: &str) -> bool {
    let text = text.to_lowercase().replace('\u{2019}', "'");
    sentences(&text).iter().any(|sentence| {
        let sentence = sentence.trim_start_matches(|c: char| !c.is_alphanumeric());
        let polite =
            ["okay, ", "ok, ", "so, ", "so ", "now, ", "now ", "thanks, ", "great, ", "please "];
        let bare = polite.iter().find_map(|start| sentence.strip_prefix(start)).unwrap_or(sentence);
        NEW_QUESTIONS.iter().any(|start| bare.starts_with(start))
    })
}

/// The sentence of a turn that asks: the last that opens a question, else the last with a question
/// mark, else all of it.
fn question_in(text: &str) -> String {
    let sentences = sentences(text);
    let asking = sentences.iter().rev().find(|sentence| opens_question(sentence));
    let asking = asking.or_else(|| sentences.iter().rev().find(|sentence| sentence.ends_with('?')));
    asking.map_or_else(|| text.to_owned(), |sentence| (*sentence).to_owned())
}

fn sentences(text: &str) -> Vec<&str> {
    text.split_inclusive(['.', '?', '!']).map(str::trim).filter(|one| !one.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(json: &str, question: Option<&str>) -> Result<Vec<Answer>, &'static str> {
        let bank = crate::content::bank().expect("the content is valid");
        let questions = Questions::new(&bank, None);
        let file: File = serde_json::from_str(json).expect("a transcript");
        answers(&file, question, &questions, &bank)
            .map(|given| given.answers)
            .map_err(|fault| fault.code)
    }

    const TWO: &str = r#"{"question": "Tell me about a mistake.", "turns": [
        {"speaker": "interviewer", "text": "Welcome! Tell me about a mistake."},
        {"speaker": "candidate", "text": "I lost a key.", "start_s": 3.0, "end_s": 5.0},
        {"speaker": "interviewer", "text": "What did you do then?"},
        {"speaker": "candidate", "text": "", "words": [
            {"text": "I", "start_s": 7.0, "end_s": 7.2}, {"text": "rang.", "start_s": 7.2, "end_s": 7.9}]},
        {"speaker": "interviewer", "text": "Thank you. Describe a conflict at work."},
        {"speaker": "candidate", "text": "We argued about the rota."}]}"#;

    #[test]
    fn each_question_has_its_own_answer_and_a_follow_up_belongs_to_the_answer_before() {
        let answers = read_text(TWO, None).expect("answers");
        assert_eq!(answers.len(), 2);
        let first = &answers[0];
        assert_eq!(first.question.text, "Tell me about a mistake.");
        assert_eq!(interview::word::text_of(&first.words), "I lost a key. I rang.");
        assert_eq!((first.turn_starts.as_slice(), first.probes.len()), (&[4][..], 1));
        assert_eq!(first.words[5].span, Some(Span::new(7_200_000, 7_900_000)));
        let lost: Option<Span> = first.words[..4].iter().filter_map(|w| w.span).reduce(Span::join);
        assert_eq!(lost, Some(Span::new(3_000_000, 5_000_000)), "the turn's time is shared out");
        assert_eq!(answers[1].question.text, "Describe a conflict at work.");
    }

    #[test]
    fn a_question_that_is_given_takes_the_place_of_the_first() {
        let answers = read_text(TWO, Some("When did you fail?")).expect("answers");
        assert_eq!(answers[0].question.text, "When did you fail?");
        assert_eq!(answers[1].question.text, "Describe a conflict at work.");
    }

    #[test]
    fn without_a_question_it_is_an_error_and_without_an_answer_it_is_a_silent_one() {
        let lone = r#"{"turns": [{"speaker": "candidate", "text": "Fine."}]}"#;
        assert_eq!(read_text(lone, None).err(), Some("no_question"));
        assert_eq!(read_text(r#"{"turns": []}"#, None).err(), Some("not_a_transcript"));
        let silent = read_text(r#"{"question": "Why?", "turns": []}"#, None).expect("an answer");
        assert!(silent[0].words.is_empty());
    }
}
