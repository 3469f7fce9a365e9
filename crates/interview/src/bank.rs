//! Everything under `content/`, read and checked.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::{
    format::{Format, FormatId},
    goal::{Competency, Seniority},
    persona::{Occasion, Persona, PersonaId, Temperament},
    question::{Lack, Question, QuestionId},
    rubric::Rubric,
};

/// What is wrong with a content file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct BankError {
    /// The file, relative to the content folder.
    pub path: String,
    /// What is wrong and where.
    pub problem: String,
}

/// All questions, formats, personas and rubrics.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bank {
    /// Questions by name.
    pub questions: BTreeMap<QuestionId, Question>,
    /// Formats by name.
    pub formats: BTreeMap<FormatId, Format>,
    /// Personas by name.
    pub personas: BTreeMap<PersonaId, Persona>,
    /// Rubrics by name.
    pub rubrics: BTreeMap<String, Rubric>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuestionFile {
    question: Vec<Question>,
}

impl Bank {
    /// Reads content files, given as (path relative to the content folder, text), and checks them as
    /// a whole. Files under `questions/`, `formats/`, `personas/` and `rubrics/` are TOML; other
    /// folders are passed over. Returns the bank, or every problem that was found.
    ///
    /// # Errors
    /// All problems at once: what cannot be parsed, names used twice, references to nothing, and
    /// questions without what a question needs.
    pub fn read<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Vec<BankError>> {
        let mut bank = Self::default();
        let mut errors = Vec::new();
        for (path, text) in files {
            if let Err(problem) = bank.add(path, text) {
                errors.push(BankError { path: path.to_owned(), problem });
            }
        }
        bank.check(&mut errors);
        if errors.is_empty() { Ok(bank) } else { Err(errors) }
    }

    fn add(&mut self, path: &str, text: &str) -> Result<(), String> {
        fn parse<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, String> {
            toml::from_str(text).map_err(|error| error.to_string())
        }
        if !path.ends_with(".toml") {
            return Ok(());
        }
        match path.split('/').next() {
            Some("questions") => {
                for question in parse::<QuestionFile>(text)?.question {
                    let id = question.id.clone();
                    if self.questions.insert(id.clone(), question).is_some() {
                        return Err(format!("question '{id}' is defined twice"));
                    }
                }
            }
            Some("formats") => {
                let format: Format = parse(text)?;
                let id = format.id.clone();
                if self.formats.insert(id.clone(), format).is_some() {
                    return Err(format!("format '{id}' is defined twice"));
                }
            }
            Some("personas") => {
                let persona: Persona = parse(text)?;
                let id = persona.id.clone();
                if self.personas.insert(id.clone(), persona).is_some() {
                    return Err(format!("persona '{id}' is defined twice"));
                }
            }
            Some("rubrics") => {
                let rubric: Rubric = parse(text)?;
                let id = rubric.id.clone();
                if self.rubrics.insert(id.clone(), rubric).is_some() {
                    return Err(format!("rubric '{id}' is defined twice"));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn check(&self, errors: &mut Vec<BankError>) {
        let mut problem = |path: String, problem: String| errors.push(BankError { path, problem });
        for question in self.questions.values() {
            for text in question_problems(question) {
                problem(format!("questions ({})", question.id), text);
            }
        }
        for format in self.formats.values() {
            let path = format!("formats/{}.toml", format.id);
            if !self.personas.contains_key(&format.persona) {
                problem(path.clone(), format!("persona '{}' does not exist", format.persona));
            }
            if !self.rubrics.contains_key(&format.rubric) {
                problem(path.clone(), format!("rubric '{}' does not exist", format.rubric));
            }
            if !(1 <= format.questions_min
                && format.questions_min <= format.questions
                && format.questions <= format.questions_max)
            {
                problem(path.clone(), "questions_min <= questions <= questions_max, from 1".into());
            }
            if format.answer_nudge_s > format.answer_limit_s {
                problem(path, "answer_nudge_s is after answer_limit_s".into());
            }
        }
        for persona in self.personas.values() {
            for text in persona_problems(persona) {
                problem(format!("personas/{}.toml", persona.id), text);
            }
        }
    }

    /// How many questions there are for a competency at a seniority.
    #[must_use]
    pub fn count(&self, competency: Competency, seniority: Seniority) -> usize {
        self.questions
            .values()
            .filter(|question| {
                question.competency == competency && question.seniorities.contains(&seniority)
            })
            .count()
    }

    /// The personas' temperaments, for those who want one of each.
    #[must_use]
    pub fn temperaments(&self) -> Vec<(PersonaId, Temperament)> {
        self.personas.values().map(|persona| (persona.id.clone(), persona.temperament)).collect()
    }
}

fn question_problems(question: &Question) -> Vec<String> {
    let mut problems = Vec::new();
    if question.text.matches('?').count() > 1 {
        problems.push("asks more than one question".to_owned());
    }
    if question.text.trim().is_empty() {
        problems.push("has no text".to_owned());
    }
    if question.seniorities.is_empty() {
        problems.push("names no seniority".to_owned());
    }
    if question.looks_for.len() < 3 {
        problems.push("needs at least three things it looks for".to_owned());
    }
    for lack in [Lack::Specifics, Lack::OwnAction, Lack::Result] {
        if question.probes.get(&lack).is_none_or(Vec::is_empty) {
            problems.push(format!("has no probe for {lack:?}"));
        }
    }
    for probe in question.probes.values().flatten() {
        if probe.matches('?').count() > 1 || probe.split_whitespace().count() > 30 {
            problems.push(format!("probe '{probe}' is over 30 words or asks twice"));
        }
    }
    let anchors = [&question.anchors.one, &question.anchors.three, &question.anchors.five];
    if anchors.iter().any(|anchor| anchor.trim().is_empty())
        || anchors.iter().collect::<BTreeSet<_>>().len() < 3
    {
        problems.push("needs three different anchors".to_owned());
    }
    problems
}

fn persona_problems(persona: &Persona) -> Vec<String> {
    use Occasion::{
        Acknowledgement, AnythingElse, Closing, Encourage, FirstQuestion, FromNotes, Greeting,
        InviteQuestions, MoveOn, NotInNotes, Nudge, OfferRepeat, Probe, Repeat, Stopped, TimeUp,
        WarmUp, WhereWereWe,
    };
    let needed = [
        (Greeting, 1),
        (WarmUp, 1),
        (FirstQuestion, 1),
        (Acknowledgement, 6),
        (Encourage, 2),
        (OfferRepeat, 1),
        (Repeat, 1),
        (MoveOn, 1),
        (Nudge, 2),
        (TimeUp, 1),
        (Probe, 3),
        (WhereWereWe, 2),
        (InviteQuestions, 1),
        (NotInNotes, 2),
        (FromNotes, 1),
        (AnythingElse, 2),
        (Closing, 1),
        (Stopped, 1),
    ];
    needed
        .into_iter()
        .filter(|(occasion, count)| persona.lines.get(occasion).map_or(0, Vec::len) < *count)
        .map(|(occasion, count)| format!("needs at least {count} lines for {occasion:?}"))
        .collect()
}
