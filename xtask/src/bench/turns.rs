//! `cargo xtask bench turns`: makes the set, plays it to Greenroom and to Pipecat, and compares.

mod report;
mod score;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, bail};
use serde::de::DeserializeOwned;

use self::score::{Decided, Live, Pipecat, Traced, Turn};
use crate::{
    evals::delivery::recordings,
    python,
    shell::{command, greenroom, program, root, run as shell_run},
    test::models,
};

/// Turns that are also played in real time.
const LIVE_TURNS: usize = 20;

/// Arguments of `cargo xtask bench turns`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Every eleventh turn; nothing is written into the reference.
    #[arg(long)]
    quick: bool,
    /// Also write all figures to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Leave out the turns in real time, which take five minutes.
    #[arg(long)]
    no_live: bool,
    /// Decide again on what was heard the last time: no set is made and no model is run.
    #[arg(long)]
    kept: bool,
    /// Fit the weights of the turn end to the development half instead of comparing, and print them.
    #[arg(long)]
    fit: bool,
}

/// Where everything that is made lies.
struct Folders {
    data: PathBuf,
    set: PathBuf,
    spoken: PathBuf,
    python: PathBuf,
}

/// Makes what is missing, measures, prints, and writes the reference.
///
/// # Errors
/// When the recordings or models are missing, or a step fails.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let data = if arguments.kept { PathBuf::new() } else { recordings()?.join("speech") };
    let cache = python::cache("turns");
    let set = cache.join(if arguments.quick { "quick" } else { "set" });
    fs::create_dir_all(&set).with_context(|| format!("cannot make {}", set.display()))?;
    let python = python::with_packages(&cache.join("venv"), "evals/turns/requirements.txt")?;
    let folders = Folders { data, set, spoken: cache.join("spoken"), python };
    if !arguments.kept {
        make_set(&folders, arguments.quick)?;
        hear(&folders)?;
    }
    let (decided, thresholds) = decide(&folders)?;
    if arguments.fit {
        return fit(&folders);
    }
    let traced = if arguments.kept { traces(&folders)? } else { play_to_pipecat(&folders)? };
    let turns: Vec<Turn> = read(&folders.set.join("truth.json"))?;
    let mut comparison = score::compare(&turns, &decided, &traced, &thresholds)?;
    if !(arguments.quick || arguments.no_live || arguments.kept) {
        let live = play_live(&folders, &turns, comparison.pipecat_chosen())?;
        comparison.confirm(&live);
    }
    println!("{}", report::table(&comparison));
    if let Some(path) = &arguments.json {
        fs::write(path, serde_json::to_string_pretty(&comparison)? + "\n")
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    if !arguments.quick {
        report::write(&comparison)?;
    }
    Ok(())
}

fn make_set(folders: &Folders, quick: bool) -> anyhow::Result<()> {
    let mut script = script(folders, "make_set.py", "render");
    script.arg("--data").arg(&folders.data).arg("--out").arg(&folders.set);
    script.arg("--spoken").arg(&folders.spoken).arg("--greenroom").arg(program());
    script.env("GREENROOM_MODELS", models());
    if quick {
        script.arg("--quick");
    }
    // The program speaks the synthetic turns, so it is built first.
    shell_run(greenroom(&["--version"])?)?;
    shell_run(script)
}

fn script(folders: &Folders, name: &str, task: &str) -> Command {
    let path = root().join("evals/turns").join(name);
    let python = folders.python.to_string_lossy().into_owned();
    let mut command = command(&python, &[&path.to_string_lossy(), task]);
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

fn hear(folders: &Folders) -> anyhow::Result<()> {
    let mut hear = turns_command("hear", folders);
    hear.arg("--out").arg(folders.set.join("heard.json"));
    shell_run(hear)
}

fn decide(folders: &Folders) -> anyhow::Result<(Vec<Decided>, Vec<f64>)> {
    let thresholds = score::thresholds();
    let listed: Vec<String> = thresholds.iter().map(ToString::to_string).collect();
    let decided = folders.set.join("decided.json");
    let mut decide = turns_command("decide", folders);
    decide.arg("--heard").arg(folders.set.join("heard.json")).arg("--out").arg(&decided);
    decide.arg("--thresholds").arg(listed.join(","));
    shell_run(decide)?;
    Ok((read(&decided)?, thresholds))
}

/// Fits on what was decided and on the development half of the gold set.
fn fit(folders: &Folders) -> anyhow::Result<()> {
    let python = folders.python.to_string_lossy().into_owned();
    let mut fit = command(&python, &["evals/turns/fit.py", "--set"]);
    fit.arg(&folders.set).arg("--greenroom").arg(program());
    fit.env("PYTHONDONTWRITEBYTECODE", "1");
    shell_run(fit)
}

fn turns_command(task: &str, folders: &Folders) -> Command {
    let mut command = command(&program().to_string_lossy(), &["turns", task, "--set"]);
    command.arg(&folders.set).env("GREENROOM_MODELS", models());
    command
}

fn play_to_pipecat(folders: &Folders) -> anyhow::Result<Vec<Traced>> {
    let out = folders.set.join("pipecat.json");
    let mut trace = script(folders, "play_pipecat.py", "trace");
    trace.arg("--set").arg(&folders.set).arg("--out").arg(&out);
    shell_run(trace)?;
    traces(folders)
}

fn traces(folders: &Folders) -> anyhow::Result<Vec<Traced>> {
    read(&folders.set.join("pipecat.json"))
}

/// The same turns in real time, spread over the test half.
fn play_live(folders: &Folders, turns: &[Turn], chosen: Pipecat) -> anyhow::Result<Live> {
    let test: Vec<&Turn> = turns.iter().filter(|turn| turn.is_test() && turn.ended).collect();
    if test.len() < LIVE_TURNS {
        bail!("the test half has fewer than {LIVE_TURNS} turns");
    }
    let every = test.len() / LIVE_TURNS;
    let ids: Vec<&str> =
        test.iter().step_by(every).take(LIVE_TURNS).map(|turn| turn.id()).collect();
    let ids = ids.join(",");
    let (own, other) = (folders.set.join("live.json"), folders.set.join("pipecat-live.json"));
    let mut greenroom = turns_command("live", folders);
    greenroom.arg("--heard").arg(folders.set.join("heard.json"));
    greenroom.arg("--out").arg(&own).arg("--ids").arg(&ids);
    shell_run(greenroom)?;
    let mut pipecat = script(folders, "play_pipecat.py", "live");
    pipecat.arg("--set").arg(&folders.set).arg("--out").arg(&other).arg("--ids").arg(&ids);
    pipecat.arg("--vad-stop").arg(chosen.vad_stop_s.to_string());
    pipecat.arg("--stop").arg(chosen.stop_s.to_string());
    pipecat.arg("--confidence").arg(chosen.confidence.to_string());
    shell_run(pipecat)?;
    Ok(Live { greenroom: read(&own)?, pipecat: read(&other)? })
}

fn read<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    serde_json::from_str(&text).with_context(|| format!("{} is not as expected", path.display()))
}
