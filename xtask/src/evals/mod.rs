//! `cargo xtask evals`: what the judge, the listening, the claims of improvement and the interviewer
//! are worth, in tables.

mod accents;
pub mod conversation;
pub mod delivery;
mod people;
mod progress;
mod technical;
mod words;

use self::people::Manner;
use crate::shell::{greenroom, root, run as shell_run};

/// Arguments of `cargo xtask evals`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// What to measure; everything where it is left out.
    #[arg(value_enum)]
    what: Option<What>,
    /// A smaller set, under 50 s once built.
    #[arg(long)]
    quick: bool,
    /// Of `conversation`, only these people, with commas between.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Manner>,
    /// Also write the figures to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<String>,
}

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// The judge on labelled answers, the listening on real speech.
    Judge,
    /// The judge of technical answers, on students' answers with points by teachers.
    Technical,
    /// Claims of improvement, on people who are made up.
    Progress,
    /// The interviewer with ten people who are played to it, by voice.
    Conversation,
    /// Pitch, loudness, pauses and rates against Praat's, and in worse sound.
    Delivery,
    /// The same answers in several voices.
    Accents,
    /// Fillers told from literal use, and words said again, put right and broken off, on labelled texts.
    Words,
}

/// Runs what was asked for and prints how it does.
///
/// # Errors
/// When it cannot be built or run, or an interviewer failed somebody.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let json = arguments.json.as_deref();
    match arguments.what {
        Some(What::Judge) => judge(arguments.quick, json),
        Some(What::Technical) => technical::run(&technical::answers()?, arguments.quick, json),
        Some(What::Progress) => progress::run(arguments.quick, json),
        Some(What::Conversation) => conversation::run(arguments.quick, &arguments.only, json),
        Some(What::Delivery) => delivery::run(arguments.quick, json),
        Some(What::Accents) => accents::run(arguments.quick, json),
        Some(What::Words) => words::run(arguments.quick, json),
        None => {
            judge(arguments.quick, json)?;
            match technical::answers() {
                Ok(answers) => {
                    let beside = json.map(|file| format!("{file}.technical.json"));
                    technical::run(&answers, arguments.quick, beside.as_deref())?;
                }
                Err(why) => println!("Technical answers were left out: {why}"),
            }
            match delivery::recordings() {
                Ok(_) => {
                    let beside = json.map(|file| format!("{file}.delivery.json"));
                    delivery::run(arguments.quick, beside.as_deref())?;
                }
                Err(why) => println!("Delivery was left out: {why}"),
            }
            let beside = json.map(|file| format!("{file}.accents.json"));
            accents::run(arguments.quick, beside.as_deref())?;
            let beside = json.map(|file| format!("{file}.words.json"));
            words::run(arguments.quick, beside.as_deref())?;
            let beside = json.map(|file| format!("{file}.progress.json"));
            progress::run(arguments.quick, beside.as_deref())?;
            let beside = json.map(|file| format!("{file}.conversation.json"));
            conversation::run(arguments.quick, &arguments.only, beside.as_deref())
        }
    }
}

fn judge(quick: bool, json: Option<&str>) -> anyhow::Result<()> {
    let gold = root().join("evals/gold").to_string_lossy().into_owned();
    let document = root().join("docs/reference/validity.md").to_string_lossy().into_owned();
    let mut words = vec!["evaluate", "--gold", &gold, "--document", &document];
    if quick {
        words.push("--quick");
    }
    if let Some(file) = json {
        words.extend(["--json", file]);
    }
    shell_run(greenroom(&words)?)
}
