//! Answers to ask about.

use std::{collections::BTreeMap, fs, path::PathBuf, sync::LazyLock};

use analysis::{AnswerInput, AnswerReport, NoFiller, Relevance, Sound, Switches, analyse_answer};
use interview::{
    Answer, AnswerId, Bank, InterviewId, Mode, Question, Rubric, Span, Word, word::words_of,
};

/// A told story about a question of the bank, written for these tests.
pub const STORY: &str = "In March two thousand twenty-three I was running the front desk of a small \
    hotel in Bath, and on the Friday before Mother's Day our booking system went down. We had to \
    check in forty guests without it. I printed the list from the night before, because that was \
    the last thing we knew to be right, and I rang every guest who was due before six. Then I asked \
    our porter, Samir, to stand at the door with the key cards in room order. Two rooms were sold \
    twice, so I called the inn across the road and paid for one of them from the petty cash. By \
    seven all forty guests had a room, and the inn sent us nobody's complaint. Since then I print \
    the list every evening at ten.";

/// The same situation in one vague sentence.
pub const VAGUE: &str = "Our system went down once and I had to deal with it, and we managed to sort it out quite well.";

/// The question both are given to.
pub const QUESTION: &str = "adaptability-plan-changed";

pub fn content() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../content")
}

pub fn bank() -> &'static Bank {
    static BANK: LazyLock<Bank> = LazyLock::new(|| {
        let mut files = Vec::new();
        for folder in ["questions", "rubrics", "formats", "personas"] {
            for entry in fs::read_dir(content().join(folder)).expect("the content folder") {
                let entry = entry.expect("a content file");
                let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
                files.push((path, fs::read_to_string(entry.path()).expect("a content file")));
            }
        }
        let files = files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        Bank::read(files).expect("content that can be read")
    });
    &BANK
}

pub fn rubric() -> &'static Rubric {
    &bank().rubrics["behavioural"]
}

pub fn question(id: &str) -> &'static Question {
    let found = bank().questions.values().find(|question| question.id.0 == id);
    found.unwrap_or_else(|| panic!("question {id} is in the bank"))
}

/// A question of somebody's own, without vocabulary.
pub fn free_question(text: &str) -> Question {
    Question {
        id: interview::QuestionId("own".into()),
        text: text.into(),
        vocabulary: Vec::new(),
        looks_for: Vec::new(),
        probes: BTreeMap::new(),
        ..question(QUESTION).clone()
    }
}

pub fn typed(question: &Question, text: &str) -> Answer {
    with_words(question, words_of(text))
}

pub fn with_words(question: &Question, words: Vec<Word>) -> Answer {
    Answer {
        id: AnswerId::new(1, [0; 10]),
        interview: InterviewId::new(1, [0; 10]),
        item: Some(0),
        attempt: 1,
        question: question.clone(),
        mode: Mode::Typed,
        words,
        turn_starts: Vec::new(),
        probes: Vec::new(),
        span: None,
        edited_share: 0.0,
    }
}

/// The same text spoken at a steady pace.
pub fn spoken(question: &Question, text: &str, words_per_minute: f64) -> Answer {
    let step_us = (60e6 / words_per_minute) as i64;
    let words: Vec<Word> = words_of(text)
        .into_iter()
        .zip(0_i64..)
        .map(|(word, index)| {
            let start_us = 2_000_000 + index * step_us;
            Word::timed(word.text, Span::new(start_us, start_us + step_us * 4 / 5))
        })
        .collect();
    let span = words.iter().filter_map(|word| word.span).reduce(Span::join);
    Answer { mode: Mode::Spoken, span, ..with_words(question, words) }
}

#[derive(Default)]
pub struct Ask<'a> {
    pub sound: Option<&'a Sound>,
    pub relevance: Option<&'a Relevance>,
    pub switches: Switches,
    pub earlier: &'a [&'a Answer],
    pub no_fillers: &'a [NoFiller],
}

impl Ask<'_> {
    pub fn input<'b>(&'b self, answer: &'b Answer) -> AnswerInput<'b> {
        AnswerInput {
            answer,
            sound: self.sound,
            relevance: self.relevance,
            rubric: rubric(),
            goal: None,
            switches: &self.switches,
            baseline: None,
            earlier: self.earlier,
            no_fillers: self.no_fillers,
        }
    }

    pub fn report(&self, answer: &Answer) -> AnswerReport {
        analyse_answer(self.input(answer))
    }
}

pub fn report(text: &str) -> AnswerReport {
    Ask::default().report(&typed(question(QUESTION), text))
}

/// Criterion and level of every judgement.
pub fn levels(report: &AnswerReport) -> Vec<(String, Option<f64>)> {
    report.judgements.iter().map(|own| (own.criterion.0.clone(), own.level)).collect()
}

pub fn overall(report: &AnswerReport) -> Option<f64> {
    report.overall.map(|overall| overall.level)
}

pub fn kinds(report: &AnswerReport) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.kind.0.as_str()).collect()
}
