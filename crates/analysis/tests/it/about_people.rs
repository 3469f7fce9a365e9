//! What is said is about the answer, never about the person: in every sentence that is made, in every
//! sentence that could be made, and in what there is a place for.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use analysis::{AnswerReport, retelling::retell};
use serde_json::Value;

use crate::{
    metamorphic::development_texts,
    told::{Ask, QUESTION, STORY, VAGUE, free_question, question, spoken, typed},
};

/// Words about somebody's feelings, character, worth or looks; each stands for all that begin with it.
const FORBIDDEN: &[&str] = &[
    "anxi",
    "nervous",
    "confiden",
    "insecur",
    "timid",
    "calmness",
    "stressed",
    "honest",
    "dishonest",
    "liar",
    "lying",
    "lied",
    "sincer",
    "insincer",
    "trustworth",
    "lazy",
    "lazi",
    "diligen",
    "intelligen",
    "smart",
    "stupid",
    "clever",
    "brilliant",
    "talent",
    "gifted",
    "incompeten",
    "charisma",
    "charming",
    "likeab",
    "likab",
    "arrogan",
    "humble",
    "shy",
    "introver",
    "extrover",
    "personalit",
    "attitude",
    "emotion",
    "sentiment",
    "mood",
    "enthusias",
    "passion",
    "motivated",
    "unmotivated",
    "immature",
    "accent",
    "gender",
    "ethnic",
    "appearance",
    "attractive",
    "hireab",
    "employab",
    "hired",
    "hiring",
    "psycholog",
    "neurotic",
    "agreeab",
    "conscientious",
];
/// The forbidden words of a sentence; what stands in quotation marks is the candidate's.
fn about_people(sentence: &str) -> Vec<String> {
    let mut own = String::new();
    let plain = sentence.replace(['\u{201c}', '\u{201d}'], "\"");
    for (index, stretch) in plain.split('"').enumerate() {
        if index % 2 == 0 {
            own.push_str(stretch);
            own.push(' ');
        }
    }
    own.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| FORBIDDEN.iter().any(|start| word.starts_with(start)))
        .map(str::to_owned)
        .collect()
}

/// Everything that a report says in words of its own.
fn sentences(report: &AnswerReport) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    for finding in &report.findings {
        said.extend([finding.claim.clone(), finding.why.clone(), finding.kind.0.clone()]);
    }
    if let Some(strength) = &report.strength {
        said.extend([strength.claim.clone(), strength.why.clone()]);
    }
    for priority in &report.priorities {
        said.extend([priority.claim.clone(), priority.why.clone(), priority.plan.clone()]);
        said.extend(priority.rewrite.pieces.iter().filter_map(|piece| match piece {
            analysis::report::RewritePiece::Gap { question } => Some(question.clone()),
            analysis::report::RewritePiece::Own { .. } => None,
        }));
    }
    for judgement in &report.judgements {
        said.extend([judgement.name.clone(), judgement.reason.clone()]);
    }
    said.extend(report.left_out.iter().flat_map(|one| [one.what.clone(), one.why.clone()]));
    said.extend(report.features.iter().map(|feature| feature.name.0.clone()));
    said
}

#[test]
fn the_check_sees_what_it_is_to_see() {
    for sentence in [
        "You sounded nervous.",
        "A confident opening.",
        "This is not honest.",
        "You are lazy and anxious.",
    ] {
        assert!(!about_people(sentence).is_empty(), "{sentence}");
    }
    assert!(about_people("You said \"I was nervous\" and then told what you did.").is_empty());
}

#[test]
fn no_report_speaks_of_the_person() {
    let asked = question(QUESTION);
    let written = [
        STORY,
        VAGUE,
        "",
        "I was very nervous, honestly, because I am a shy and honest person and my boss was lazy.",
    ];
    let texts = development_texts();
    let mut checked = 0;
    for text in texts.iter().map(|(_, text)| text.as_str()).chain(written) {
        let free = free_question("Tell me about a time you were nervous.");
        let answers = [typed(asked, text), typed(&free, text), spoken(asked, text, 240.0)];
        for answer in &answers {
            let report = Ask::default().report(answer);
            for sentence in sentences(&report) {
                assert_eq!(about_people(&sentence), Vec::<String>::new(), "{sentence}");
                checked += 1;
            }
        }
    }
    assert!(checked > 5_000, "{checked}");
}

/// The files whose sentences reach a reader.
fn sources() -> Vec<PathBuf> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> = [
        "src/coaching.rs",
        "src/retelling.rs",
        "src/scorecard.rs",
        "src/compare.rs",
        "src/judge/rules.rs",
        "src/judge/mod.rs",
        "src/features/words.rs",
        "src/technical/contradiction.rs",
        "../server/src/portable/letter.rs",
        "../server/src/http/report_view.rs",
        "../server/src/http/next_step.rs",
    ]
    .into_iter()
    .map(|file| crates.join(file))
    .collect();
    for entry in fs::read_dir(crates.join("src/findings")).expect("the findings") {
        files.push(entry.expect("a file").path());
    }
    files
}

/// The string literals of a source file before its tests, with what is escaped in them.
fn literals(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]").next().unwrap_or(source);
    let code = code.replace("\\\n", " ");
    let mut found = Vec::new();
    for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
        let plain = line.replace("\\\"", "\u{201c}");
        found.extend(plain.split('"').skip(1).step_by(2).map(str::to_owned));
    }
    found
}

#[test]
fn no_sentence_that_could_be_made_speaks_of_the_person() {
    // What candidates say of themselves is shown back to them, under the names of their own ratings.
    const OWN_RATINGS: &[&str] = &[
        "Nerves before",
        "Nerves at their peak",
        "Nerves after",
        "Confidence for the real interview",
    ];
    let mut checked = 0;
    for file in sources() {
        let source =
            fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        for literal in literals(&source) {
            if OWN_RATINGS.contains(&literal.as_str()) {
                continue;
            }
            assert_eq!(
                about_people(&literal),
                Vec::<String>::new(),
                "{}: {literal}",
                file.display()
            );
            checked += 1;
        }
    }
    assert!(checked > 300, "{checked}");
}

/// Every name that a schema or a report has a place under, and every value of a closed list.
fn places(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                if name == "properties" || name == "schemas" {
                    let Value::Object(inner) = inner else { continue };
                    names.extend(inner.keys().cloned());
                }
                if name == "enum" {
                    let values = inner.as_array().into_iter().flatten();
                    names.extend(values.filter_map(Value::as_str).map(str::to_owned));
                }
                places(inner, names);
            }
        }
        Value::Array(inner) => inner.iter().for_each(|one| places(one, names)),
        _ => {}
    }
}

fn keys(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                names.insert(name.clone());
                keys(inner, names);
            }
        }
        Value::Array(inner) => inner.iter().for_each(|one| keys(one, names)),
        _ => {}
    }
}

#[test]
fn there_is_no_place_for_what_is_never_inferred() {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/openapi.json");
    let document = fs::read_to_string(document).expect("the document of the HTTP interface");
    let document: Value = serde_json::from_str(&document).expect("valid JSON");
    let mut names = BTreeSet::new();
    places(&document, &mut names);
    assert!(names.contains("findings") && names.len() > 200, "{}", names.len());
    let answer = spoken(question(QUESTION), STORY, 150.0);
    let report = Ask::default().report(&answer);
    let json = serde_json::to_value(&report).expect("JSON");
    keys(&json, &mut names);
    keys(&serde_json::to_value(retell(&answer, &report)).expect("JSON"), &mut names);
    // The candidate's own ratings of themselves, asked for and never computed.
    let own: BTreeSet<&str> = document["components"]["schemas"]["Ratings"]["properties"]
        .as_object()
        .expect("the ratings")
        .keys()
        .map(String::as_str)
        .collect();
    let never = ["age", "race", "sex", "religion", "nationality", "voice_quality", "percentile"];
    for name in names.iter().filter(|name| !own.contains(name.as_str())) {
        let spoken_out = name.replace('_', " ");
        assert_eq!(about_people(&spoken_out), Vec::<String>::new(), "{name}");
        assert!(!never.contains(&name.as_str()), "{name}");
    }
}
