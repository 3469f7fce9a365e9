//! `cargo xtask evals accents`: the same answers in several synthetic voices, through the whole of `greenroom analyze`.
//! What the recogniser makes of an accent is part of it; what is judged is what it wrote.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    io::Write as _,
    path::PathBuf,
    process::Stdio,
};

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    bench::statistics::interval,
    packages, python, reference,
    shell::{command, greenroom, program, root, run as shell_run},
    test::models,
};

/// The command that writes the section.
const COMMAND: &str = "cargo xtask evals accents";
/// Levels may move by this much on average, and the average of the moves may lie this far from 0.
const ABSOLUTE_MAX: f64 = 0.25;
const SIGNED_MAX: f64 = 0.15;
/// Answers that are spoken, in either form.
const ANSWERS: usize = 24;
const QUICK_ANSWERS: usize = 2;

/// A synthetic voice.
struct Voice {
    name: &'static str,
    engine: &'static str,
    voice: &'static str,
    speed: f64,
}

const fn voice(name: &'static str, engine: &'static str, voice: &'static str) -> Voice {
    Voice { name, engine, voice, speed: 0.95 }
}

/// The others are held against the first, the most natural one.
const VOICES: [Voice; 11] = [
    voice("American woman (Kokoro)", "kokoro", "af_heart"),
    voice("American man (hibari)", "hibari", "-3.0"),
    voice("American (espeak)", "espeak", "en-us+m3"),
    voice("American, another voice (espeak)", "espeak", "en-us+f5"),
    voice("New York (espeak)", "espeak", "en-us-nyc+f2"),
    voice("received pronunciation (espeak)", "espeak", "en-gb-x-rp+m2"),
    voice("West Midlands (espeak)", "espeak", "en-gb-x-gbcwmd+m4"),
    voice("Lancaster (espeak)", "espeak", "en-gb-x-gbclan+f1"),
    voice("Scottish (espeak)", "espeak", "en-gb-scotland+m1"),
    voice("Caribbean (espeak)", "espeak", "en-029+f4"),
    voice("British (espeak)", "espeak", "en-gb+m7"),
];

#[derive(Deserialize)]
struct QuestionLine {
    id: String,
    split: String,
    question: String,
}

#[derive(Deserialize)]
struct AnswerLine {
    id: String,
    question: String,
    text: String,
}

/// An answer with the words of its question.
struct Told {
    id: String,
    question: String,
    text: String,
}

/// What came out of an answer in one voice.
#[derive(Debug, Clone, Copy, Serialize)]
struct Judged {
    /// The overall level; `None` where the judge is silent.
    level: Option<f64>,
    /// The width of its interval.
    width: Option<f64>,
    /// Of the words that were spoken, the share that was heard otherwise.
    misheard: f64,
}

/// One voice against the first.
#[derive(Debug, Serialize)]
struct Shift {
    voice: &'static str,
    misheard: f64,
    pairs: usize,
    absolute: f64,
    signed: f64,
    signed_interval: [f64; 2],
    silent: usize,
}

/// Speaks, judges, prints, and writes the reference unless it is to be quick.
///
/// # Errors
/// When a voice or model is missing, or a step fails.
pub fn run(quick: bool, json: Option<&str>) -> anyhow::Result<()> {
    packages::install(packages::ESPEAK)?;
    let mut pull = greenroom(&["models", "pull", "kokoro"])?;
    pull.env("GREENROOM_MODELS", models());
    shell_run(pull)?;
    let answers = answers(if quick { QUICK_ANSWERS } else { ANSWERS })?;
    let voices = &VOICES[..if quick { 3 } else { VOICES.len() }];
    let folder = python::cache("accents");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut judged = Vec::new();
    for (number, voice) in voices.iter().enumerate() {
        let files: Vec<PathBuf> =
            answers.iter().map(|told| folder.join(format!("{}-{number}.wav", told.id))).collect();
        speak(voice, &answers, &files)?;
        judged.push(judge(&answers, &files)?);
        println!("{} of {} voices are judged", number + 1, voices.len());
    }
    let shifts = shifts(voices, &judged);
    let text = section(&answers, voices, &judged, &shifts);
    println!("\n{text}");
    if let Some(file) = json {
        let rows: BTreeMap<&str, &Vec<Judged>> =
            voices.iter().zip(&judged).map(|(voice, judged)| (voice.name, judged)).collect();
        fs::write(file, serde_json::to_string_pretty(&json!({"shifts": shifts, "judged": rows}))?)
            .with_context(|| format!("{file} cannot be written"))?;
    }
    if !quick {
        reference::write_section("docs/reference/validity.md", COMMAND, &text)?;
    }
    Ok(())
}

fn lines<T: DeserializeOwned>(name: &str) -> anyhow::Result<Vec<T>> {
    let path = root().join("evals/gold").join(name);
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    text.lines()
        .map(|line| serde_json::from_str(line).with_context(|| path.display().to_string()))
        .collect()
}

/// So many answers of the development half, spread over it.
fn answers(count: usize) -> anyhow::Result<Vec<Told>> {
    let questions: Vec<QuestionLine> = lines("questions.jsonl")?;
    let answers: Vec<AnswerLine> = lines("answers.jsonl")?;
    let development: Vec<(&QuestionLine, AnswerLine)> = answers
        .into_iter()
        .filter_map(|answer| {
            let question = questions.iter().find(|question| question.id == answer.question)?;
            (question.split == "development").then_some((question, answer))
        })
        .collect();
    let every = development.len().div_ceil(count).max(1);
    let told = development.into_iter().step_by(every).map(|(question, answer)| Told {
        id: answer.id,
        question: question.question.clone(),
        text: answer.text,
    });
    Ok(told.collect())
}

/// Has every answer spoken that is not there yet.
fn speak(voice: &Voice, answers: &[Told], files: &[PathBuf]) -> anyhow::Result<()> {
    let missing: Vec<_> = answers.iter().zip(files).filter(|(_, file)| !file.exists()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if voice.engine == "espeak" {
        let words_a_minute = (175.0 * voice.speed).round().to_string();
        for (told, file) in missing {
            let path = file.to_string_lossy();
            let arguments =
                ["-v", voice.voice, "-s", &words_a_minute, "-w", &path, "--", &told.text];
            shell_run(command("espeak-ng", &arguments))?;
        }
        return Ok(());
    }
    let mut speak = command(&program().to_string_lossy(), &["turns", "speak"]);
    speak.env("GREENROOM_MODELS", models()).stdin(Stdio::piped());
    let mut child = speak.spawn().context("starting greenroom")?;
    let mut stdin = child.stdin.take().context("greenroom takes no lines")?;
    for (told, file) in missing {
        let line = json!({"out": file, "text": told.text, "engine": voice.engine, "voice": voice.voice, "speed": voice.speed});
        writeln!(stdin, "{line}")?;
    }
    drop(stdin);
    ensure!(child.wait()?.success(), "greenroom could not speak as '{}'", voice.name);
    Ok(())
}

/// Judges the recordings as `greenroom analyze` does.
fn judge(answers: &[Told], files: &[PathBuf]) -> anyhow::Result<Vec<Judged>> {
    let mut analyze = command(&program().to_string_lossy(), &["analyze", "--json"]);
    for told in answers {
        analyze.args(["--question", &told.question]);
    }
    analyze.args(files).env("GREENROOM_MODELS", models()).stderr(Stdio::inherit());
    let output = analyze.output().context("starting greenroom")?;
    ensure!(output.status.success(), "greenroom could not analyse the recordings");
    let text = String::from_utf8(output.stdout)?;
    let reports: Vec<&str> = text.lines().collect();
    ensure!(
        reports.len() == answers.len(),
        "{} reports for {} answers",
        reports.len(),
        answers.len()
    );
    answers.iter().zip(reports).map(|(told, report)| read(told, report)).collect()
}

fn read(told: &Told, report: &str) -> anyhow::Result<Judged> {
    let report: Value = serde_json::from_str(report)?;
    let answer = &report["answers"][0];
    let heard = answer["words"].as_array().context("a report without words")?;
    let heard: Vec<&str> = heard.iter().filter_map(|word| word["text"].as_str()).collect();
    let overall = &answer["overall"];
    let width = overall["high"].as_f64().zip(overall["low"].as_f64());
    Ok(Judged {
        level: overall["level"].as_f64(),
        width: width.map(|(high, low)| high - low),
        misheard: misheard(&told.text, &heard.join(" ")),
    })
}

/// The least number of words left out, added or changed, over the words that were spoken.
fn misheard(spoken: &str, heard: &str) -> f64 {
    let words = |text: &str| -> Vec<String> {
        let plain = |c: char| if c.is_alphanumeric() || c == '\'' { c } else { ' ' };
        let text: String = text.to_lowercase().chars().map(plain).collect();
        text.split_whitespace().map(str::to_owned).collect()
    };
    let (spoken, heard) = (words(spoken), words(heard));
    let mut before: Vec<usize> = (0..=heard.len()).collect();
    for (row, word) in spoken.iter().enumerate() {
        let mut now = vec![row + 1];
        for (column, other) in heard.iter().enumerate() {
            let changed = before[column] + usize::from(word != other);
            now.push(changed.min(before[column + 1] + 1).min(now[column] + 1));
        }
        before = now;
    }
    before[heard.len()] as f64 / spoken.len().max(1) as f64
}

fn shifts(voices: &[Voice], judged: &[Vec<Judged>]) -> Vec<Shift> {
    let Some((first, others)) = judged.split_first() else { return Vec::new() };
    let of_answers = |others: &[Vec<Judged>]| -> Vec<Vec<(Judged, Judged)>> {
        let pairs = |index: usize| others.iter().map(move |other| (first[index], other[index]));
        (0..first.len()).map(|index| pairs(index).collect()).collect()
    };
    let mut shifts: Vec<Shift> = voices[1..]
        .iter()
        .zip(others)
        .map(|(voice, other)| shift(voice.name, &of_answers(std::slice::from_ref(other))))
        .collect();
    shifts.push(shift("all of them", &of_answers(others)));
    shifts
}

/// What the pairs of each answer come to; the interval is drawn over answers.
fn shift(voice: &'static str, answers: &[Vec<(Judged, Judged)>]) -> Shift {
    let moves: Vec<Vec<f64>> = answers
        .iter()
        .map(|pairs| {
            pairs.iter().filter_map(|(first, other)| Some(other.level? - first.level?)).collect()
        })
        .collect();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let others: Vec<&Judged> = answers.iter().flatten().map(|(_, other)| other).collect();
    let (misheard, silent): (Vec<f64>, Vec<bool>) =
        others.iter().map(|other| (other.misheard, other.level.is_none())).unzip();
    let all = moves.concat();
    let absolute: Vec<f64> = all.iter().map(|shift| shift.abs()).collect();
    let drawn = |indices: &[usize]| {
        mean(&indices.iter().flat_map(|index| moves[*index].clone()).collect::<Vec<_>>())
    };
    Shift {
        voice,
        misheard: mean(&misheard),
        pairs: all.len(),
        absolute: mean(&absolute),
        signed: mean(&all),
        signed_interval: interval(moves.len(), &drawn),
        silent: silent.iter().filter(|silent| **silent).count(),
    }
}

fn section(answers: &[Told], voices: &[Voice], judged: &[Vec<Judged>], shifts: &[Shift]) -> String {
    let questions: BTreeSet<&str> = answers.iter().map(|told| told.question.as_str()).collect();
    let first = voices.first().map_or("", |voice| voice.name);
    let heard = judged.first().map_or(0.0, |judged| {
        judged.iter().map(|one| one.misheard).sum::<f64>() / judged.len().max(1) as f64
    });
    let mut text = format!(
        "## The accent of a voice\n\n\
         `{COMMAND}` has {} development answers of `evals/gold` ({} questions; written by a language model) spoken by {} synthetic \
         voices, hands each recording to `greenroom analyze`, and holds the overall level against that of {first}, of whose words \
         {:.0}% are heard otherwise than written (figures and contractions count as such). What the recogniser makes of an accent is \
         in it. Brackets are 95% bootstrap intervals over answers.\n\n\
         | voice | words heard otherwise | pairs | absolute shift | signed | silent | |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
        answers.len(),
        questions.len(),
        voices.len(),
        heard * 100.0
    );
    for shift in shifts {
        let [low, high] = shift.signed_interval;
        let met = shift.absolute <= ABSOLUTE_MAX && low >= -SIGNED_MAX && high <= SIGNED_MAX;
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "| {} | {:.0}% | {} | {:.2} | {:+.2} ({low:+.2} to {high:+.2}) | {} | {} |",
            shift.voice,
            shift.misheard * 100.0,
            shift.pairs,
            shift.absolute,
            shift.signed,
            shift.silent,
            if met { "met" } else { "not met" }
        );
    }
    let _ = writeln!(
        text,
        "\nGoal: an absolute shift of at most {ABSOLUTE_MAX} and an interval of the signed one within {SIGNED_MAX}. Pairs in which \
         either is silent count in the column for that alone."
    );
    text
}

#[cfg(test)]
mod tests {
    use super::{Judged, misheard, shift};

    #[test]
    fn words_left_out_added_and_changed_count_as_misheard() {
        assert!((misheard("I rang the boss.", "i rang the boss") - 0.0).abs() < 1e-9);
        assert!((misheard("I rang the boss.", "I rang a boss twice") - 0.5).abs() < 1e-9);
    }

    #[test]
    fn silence_is_no_shift() {
        let judged = |level| Judged { level, width: None, misheard: 0.0 };
        let (two, three, none) = (judged(Some(2.0)), judged(Some(3.0)), judged(None));
        let shift = shift("a", &[vec![(two, three), (two, none)], vec![(none, two)]]);
        assert_eq!((shift.pairs, shift.silent), (1, 1));
        assert!((shift.absolute - 1.0).abs() < 1e-9);
    }
}
