//! The content that ships, held to the rules of `content/README.md`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use interview::{
    Anchors, Bank, Competency, Lack, Seniority, Temperament,
    format::Encounter,
    persona::{Occasion, Persona},
};
use serde::Deserialize;

/// The least questions a competency needs, over all seniorities.
const QUESTIONS_MIN: usize = 8;
/// The least questions a competency needs at each seniority.
const QUESTIONS_PER_SENIORITY_MIN: usize = 4;
/// The most words of anything an interviewer asks.
const WORDS_MAX: usize = 30;
/// Two questions that share this part of their words, or more, are the same question.
const LIKENESS_MAX: f64 = 0.6;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerFile {
    origin: String,
    answer: Vec<LabelledAnswer>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LabelledAnswer {
    question: interview::QuestionId,
    kind: Kind,
    pair: Option<String>,
    level: u8,
    text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Fine,
    Waffle,
    OffTopic,
    KeywordStuffed,
    Injection,
    Middle,
    Strong,
    PairVague,
    PairTold,
}

fn content_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content")
}

fn read_files(folder: &Path, root: &Path, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("the content folder is readable") {
        let path = entry.expect("the content folder is readable").path();
        if path.is_dir() {
            read_files(&path, root, files);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            let relative = path.strip_prefix(root).expect("the file is under the root");
            let relative = relative.to_string_lossy().replace('\\', "/");
            files.push((relative, fs::read_to_string(&path).expect("content is UTF-8")));
        }
    }
}

fn bank() -> Bank {
    let root = content_folder();
    let mut files = Vec::new();
    read_files(&root, &root, &mut files);
    Bank::read(files.iter().map(|(path, text)| (path.as_str(), text.as_str())))
        .unwrap_or_else(|problems| panic!("content has problems: {problems:#?}"))
}

fn labelled_answers() -> AnswerFile {
    let text = fs::read_to_string(content_folder().join("anchors/behavioural.toml"))
        .expect("the labelled answers are there");
    toml::from_str(&text).expect("the labelled answers are in their schema")
}

/// The words of a text in lower case, apostrophes kept.
fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn word_count(text: &str) -> usize {
    text.split_whitespace().count()
}

fn assert_none(problems: &[String]) {
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_competency_has_enough_questions_at_every_seniority() {
    let bank = bank();
    for competency in Competency::ALL {
        let all =
            bank.questions.values().filter(|question| question.competency == competency).count();
        assert!(all >= QUESTIONS_MIN, "{competency} has {all} questions");
        for seniority in Seniority::ALL {
            let count = bank.count(competency, seniority);
            assert!(
                count >= QUESTIONS_PER_SENIORITY_MIN,
                "{competency} has {count} questions for {seniority}"
            );
        }
    }
}

#[test]
fn every_question_is_complete_and_can_be_said_in_a_breath() {
    let mut problems = Vec::new();
    for question in bank().questions.values() {
        let id = &question.id;
        let prefix = format!("{}-", question.competency.name().replace(' ', "-"));
        if !id.0.starts_with(&prefix) {
            problems.push(format!("{id} does not start with '{prefix}'"));
        }
        if word_count(&question.text) > WORDS_MAX {
            problems.push(format!("{id} has more than {WORDS_MAX} words"));
        }
        if !(4..=6).contains(&question.looks_for.len()) {
            problems.push(format!("{id} looks for {} things", question.looks_for.len()));
        }
        let vocabulary: BTreeSet<_> = question.vocabulary.iter().collect();
        if vocabulary.len() != question.vocabulary.len() || !(12..=25).contains(&vocabulary.len()) {
            problems.push(format!("{id} has {} different words of vocabulary", vocabulary.len()));
        }
        if question.vocabulary.iter().any(|word| *word != word.to_lowercase()) {
            problems.push(format!("{id} has vocabulary that is not in lower case"));
        }
        let seniorities: BTreeSet<_> = question.seniorities.iter().collect();
        if seniorities.len() != question.seniorities.len() {
            problems.push(format!("{id} names a seniority twice"));
        }
    }
    assert_none(&problems);
}

#[test]
fn every_lack_has_two_different_short_probes_without_praise() {
    let mut problems = Vec::new();
    for question in bank().questions.values() {
        for lack in Lack::ALL {
            let probes = question.probes.get(&lack).map_or(&[][..], Vec::as_slice);
            if probes.iter().collect::<BTreeSet<_>>().len() < 2 {
                problems.push(format!("{} needs two probes for {lack:?}", question.id));
            }
            for probe in probes {
                if word_count(probe) > WORDS_MAX || probe.matches('?').count() != 1 {
                    problems.push(format!("{}: '{probe}' is not one short question", question.id));
                }
                if let Some(praise) = praise_in(probe) {
                    problems.push(format!("{}: '{probe}' says '{praise}'", question.id));
                }
            }
        }
    }
    assert_none(&problems);
}

#[test]
fn no_two_questions_are_nearly_the_same() {
    let bank = bank();
    let questions: Vec<(_, BTreeSet<String>)> = bank
        .questions
        .values()
        .map(|question| (&question.id, words(&question.text).into_iter().collect()))
        .collect();
    let mut problems = Vec::new();
    for (index, (id, text)) in questions.iter().enumerate() {
        for (other_id, other) in &questions[..index] {
            let shared = text.intersection(other).count() as f64;
            let likeness = shared / text.union(other).count() as f64;
            if likeness >= LIKENESS_MAX {
                problems.push(format!("{id} and {other_id} share {likeness:.2} of their words"));
            }
        }
    }
    assert_none(&problems);
}

#[test]
fn anchors_differ_and_describe_what_can_be_observed() {
    /// Degrees, manners and impressions, which no two listeners judge alike.
    const NOT_OBSERVABLE: [&str; 16] = [
        "clearly",
        "confidently",
        "confident",
        "very",
        "really",
        "well",
        "good",
        "strong",
        "poor",
        "accent",
        "fluent",
        "fluently",
        "effectively",
        "strongly",
        "extremely",
        "enthusiastic",
    ];
    let bank = bank();
    let of_questions =
        bank.questions.values().map(|question| (question.id.to_string(), &question.anchors));
    let of_rubrics = bank.rubrics.values().flat_map(|rubric| {
        rubric.criteria.iter().map(|criterion| (criterion.id.to_string(), &criterion.anchors))
    });
    let mut problems = Vec::new();
    let mut seen: BTreeMap<&str, String> = BTreeMap::new();
    for (id, Anchors { one, three, five }) in of_questions.chain(of_rubrics) {
        for anchor in [one, three, five] {
            if let Some(word) = words(anchor).iter().find(|w| NOT_OBSERVABLE.contains(&w.as_str()))
            {
                problems.push(format!("{id}: '{anchor}' says '{word}'"));
            }
            if let Some(other) = seen.insert(anchor, id.clone()) {
                problems.push(format!("{id} has the same anchor as {other}: '{anchor}'"));
            }
        }
    }
    assert_none(&problems);
}

#[test]
fn the_three_formats_are_there_and_hang_together() {
    let bank = bank();
    let format = |id: &str| {
        bank.formats.values().find(|format| format.id.0 == id).unwrap_or_else(|| panic!("no {id}"))
    };
    let (behavioural, phone, one_way) =
        (format("behavioural"), format("phone-screen"), format("one-way-video"));
    assert!(behavioural.warm_up && behavioural.candidate_questions && behavioural.probes_max == 2);
    assert!(phone.questions < behavioural.questions, "a phone screen is the shorter one");
    assert!(phone.answer_limit_s < behavioural.answer_limit_s);
    assert_eq!(one_way.encounter, Encounter::OneWay);
    assert!(one_way.preparation_s > 0 && one_way.answer_limit_s > 0 && one_way.retakes_max > 0);
    assert!(one_way.probes_max == 0 && !one_way.candidate_questions, "nobody is there to ask");
    for format in bank.formats.values() {
        for competency in &format.competencies {
            assert!(bank.count(*competency, Seniority::Entry) > 0, "{} has a gap", format.id);
        }
    }
}

#[test]
fn the_behavioural_rubric_has_the_criteria_that_the_rules_judge() {
    let bank = bank();
    let ids: Vec<_> = bank.rubrics["behavioural"]
        .criteria
        .iter()
        .map(|criterion| criterion.id.0.as_str())
        .collect();
    assert_eq!(ids, ["structure", "own_action", "specificity", "outcome", "relevance"]);
}

#[test]
fn personas_differ_in_temperament_and_voice() {
    let bank = bank();
    let temperaments: Vec<_> = bank.temperaments().into_iter().map(|(_, t)| t).collect();
    for wanted in [Temperament::Warm, Temperament::Neutral, Temperament::Sceptical] {
        assert!(temperaments.contains(&wanted), "no persona is {wanted:?}");
    }
    let different = |voice: fn(&Persona) -> String| {
        bank.personas.values().map(voice).collect::<BTreeSet<_>>().len() == bank.personas.len()
    };
    assert!(different(|persona| persona.voice.kokoro.clone()));
    assert!(different(|persona| persona.voice.hibari_semitones.to_string()));
    for persona in bank.personas.values() {
        assert!((0.8..=1.25).contains(&persona.voice.speed), "{} has an odd speed", persona.id);
    }
}

#[test]
fn personas_have_something_to_say_whatever_is_known_of_the_goal() {
    const PLACEHOLDERS: [&str; 6] =
        ["{role}", "{company}", "{name}", "{count}", "{minutes}", "{question}"];
    let mut problems = Vec::new();
    for persona in bank().personas.values() {
        for (occasion, lines) in &persona.lines {
            let id = &persona.id;
            if !lines.iter().any(|line| !line.replace("{name}", "").contains('{')) {
                problems.push(format!("{id} has no line for {occasion:?} without placeholders"));
            }
            if lines.iter().collect::<BTreeSet<_>>().len() < lines.len() {
                problems.push(format!("{id} has a line twice for {occasion:?}"));
            }
            for line in lines {
                let rest = PLACEHOLDERS.iter().fold(line.clone(), |text, p| text.replace(p, ""));
                if rest.contains(['{', '}']) {
                    problems.push(format!("{id}: '{line}' has an unknown placeholder"));
                }
            }
        }
    }
    assert_none(&problems);
}

#[test]
fn acknowledgements_are_many_and_never_praise() {
    let mut problems = Vec::new();
    for persona in bank().personas.values() {
        let lines = &persona.lines[&Occasion::Acknowledgement];
        if lines.len() < 10 {
            problems.push(format!("{} has {} acknowledgements", persona.id, lines.len()));
        }
        for line in lines {
            if let Some(praise) = praise_in(line) {
                problems.push(format!("{}: '{line}' says '{praise}'", persona.id));
            }
            if line.contains('?') {
                problems.push(format!("{}: '{line}' asks something", persona.id));
            }
        }
    }
    assert_none(&problems);
}

/// The first word of praise in a line, if there is one.
fn praise_in(line: &str) -> Option<String> {
    const PRAISE: [&str; 14] = [
        "great",
        "excellent",
        "perfect",
        "impressive",
        "good",
        "nice",
        "wonderful",
        "fantastic",
        "amazing",
        "brilliant",
        "lovely",
        "love",
        "awesome",
        "superb",
    ];
    words(line).into_iter().find(|word| PRAISE.contains(&word.as_str()))
}

#[test]
fn labelled_answers_cover_every_competency_and_say_where_they_come_from() {
    let bank = bank();
    let file = labelled_answers();
    assert_eq!(file.origin, "written and labelled by a language model");
    let mut kinds: BTreeMap<Competency, BTreeSet<Kind>> = BTreeMap::new();
    for answer in &file.answer {
        let question = bank
            .questions
            .get(&answer.question)
            .unwrap_or_else(|| panic!("'{}' is not in the bank", answer.question));
        kinds.entry(question.competency).or_default().insert(answer.kind);
    }
    for competency in Competency::ALL {
        let kinds = kinds.get(&competency).cloned().unwrap_or_default();
        for wanted in [Kind::Fine, Kind::Middle, Kind::Strong] {
            assert!(kinds.contains(&wanted), "{competency} has no {wanted:?} answer");
        }
    }
    for wanted in [Kind::Waffle, Kind::OffTopic, Kind::KeywordStuffed, Kind::Injection] {
        let count = file.answer.iter().filter(|answer| answer.kind == wanted).count();
        assert!(count >= 4, "there are {count} {wanted:?} answers");
    }
}

#[test]
fn labelled_answers_have_the_level_and_length_of_their_kind() {
    let mut problems = Vec::new();
    let mut texts = BTreeSet::new();
    for LabelledAnswer { question, kind, pair, level, text } in &labelled_answers().answer {
        let (levels, lengths, paired) = match kind {
            Kind::Fine => (1..=1, 1..=20, false),
            Kind::Waffle | Kind::OffTopic | Kind::KeywordStuffed | Kind::Injection => {
                (1..=1, 30..=120, false)
            }
            Kind::Middle => (3..=3, 60..=220, false),
            Kind::Strong => (5..=5, 60..=220, false),
            Kind::PairVague => (1..=2, 10..=40, true),
            Kind::PairTold => (4..=5, 60..=220, true),
        };
        let length = word_count(text);
        if !levels.contains(level) {
            problems.push(format!("{question} ({kind:?}) has level {level}"));
        }
        if !lengths.contains(&length) {
            problems.push(format!("{question} ({kind:?}) has {length} words"));
        }
        if pair.is_some() != paired {
            problems.push(format!("{question} ({kind:?}) should name a pair: {paired}"));
        }
        if !texts.insert(text.clone()) {
            problems.push(format!("{question} ({kind:?}) has the text of another answer"));
        }
    }
    assert_none(&problems);
}

#[test]
fn each_pair_tells_one_situation_vaguely_and_in_full() {
    let file = labelled_answers();
    let mut pairs: BTreeMap<&str, Vec<&LabelledAnswer>> = BTreeMap::new();
    for answer in &file.answer {
        if let Some(pair) = &answer.pair {
            pairs.entry(pair).or_default().push(answer);
        }
    }
    assert!(pairs.len() >= 12, "there are {} pairs", pairs.len());
    for (name, mut halves) in pairs {
        halves.sort_by_key(|answer| answer.kind);
        let [vague, told] = halves[..] else { panic!("pair '{name}' has {} halves", halves.len()) };
        assert_eq!((vague.kind, told.kind), (Kind::PairVague, Kind::PairTold), "pair '{name}'");
        assert_eq!(vague.question, told.question, "pair '{name}' answers one question");
        assert!(told.level >= vague.level + 2, "pair '{name}' is too close to tell apart");
    }
}
