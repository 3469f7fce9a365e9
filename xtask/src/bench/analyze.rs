//! `cargo xtask bench analyze`: what `greenroom analyze` costs on ten minutes of speech, against
//! faster-whisper with the same weights and Praat's measures in Python, in one run.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    evals::delivery::recordings,
    python, reference,
    shell::{command, program, root, run as shell_run},
    test::models,
};

/// Seconds of speech, all and for a quick look.
const SECONDS: u32 = 600;
const SECONDS_QUICK: u32 = 40;
/// The weights that both recognise with.
const WEIGHTS: &str = "whisper-base";
/// What was answered, as the command line wants to know; the recordings answer nothing.
const QUESTION: &str = "Tell me about a time you solved a hard problem.";
/// The most that analysing may cost of the recording's length.
const SHARE_MAX: f64 = 0.25;
/// The command that writes the section.
const COMMAND: &str = "cargo xtask bench analyze";

/// Arguments of `cargo xtask bench analyze`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Forty seconds of speech and the peer's usual settings alone; nothing is written into the
    /// reference.
    #[arg(long)]
    quick: bool,
    /// Also write the figures to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// What a program cost.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Cost {
    cpu_s: f64,
    wall_s: f64,
    memory_mb: f64,
}

/// How many words it got wrong.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Errors {
    errors: u32,
    words: u32,
}

impl Errors {
    fn rate(self) -> f64 {
        f64::from(self.errors) / f64::from(self.words.max(1))
    }
}

/// One way of analysing.
#[derive(Debug, Serialize)]
struct Row {
    name: &'static str,
    cost: Cost,
    errors: Errors,
}

/// Everything; Greenroom is the first row.
#[derive(Debug, Serialize)]
struct Comparison {
    seconds: u32,
    rows: Vec<Row>,
}

/// A way in which the peer is run.
struct Peer {
    name: &'static str,
    beams: &'static str,
    voice_activity: bool,
}

/// Its defaults, the same without what is silent, and the cheapest of all.
const PEERS: [Peer; 3] = [
    Peer { name: "faster-whisper (5 beams) and Praat", beams: "5", voice_activity: false },
    Peer {
        name: "faster-whisper (5 beams, voice activity) and Praat",
        beams: "5",
        voice_activity: true,
    },
    Peer {
        name: "faster-whisper (greedy, voice activity) and Praat",
        beams: "1",
        voice_activity: true,
    },
];

/// Makes the recording, runs all, prints, and writes the reference.
///
/// # Errors
/// When recordings, models or packages are missing, or a step fails.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let data = recordings()?;
    let seconds = if arguments.quick { SECONDS_QUICK } else { SECONDS };
    let folder = python::cache("analyze");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let python = python::with_packages(&folder.join("venv"), "evals/analyze/requirements.txt")?;
    let bench = Bench { python, recording: folder.join(format!("{seconds}.wav")), folder };
    bench.make(&data, seconds)?;
    let mut said = vec![bench.folder.join("greenroom.json")];
    let mut costs = vec![("Greenroom", bench.greenroom(&said[0])?)];
    let peers = if arguments.quick { &PEERS[..1] } else { &PEERS[..] };
    for (index, peer) in peers.iter().enumerate() {
        let out = bench.folder.join(format!("peer-{index}.json"));
        costs.push((peer.name, bench.peer(peer, &out)?));
        said.push(out);
    }
    let errors = bench.score(&said)?;
    let rows = costs.into_iter().zip(errors);
    let rows = rows.map(|((name, cost), errors)| Row { name, cost, errors }).collect();
    let comparison = Comparison { seconds, rows };
    let text = comparison.text()?;
    println!("{text}");
    if let Some(file) = &arguments.json {
        fs::write(file, serde_json::to_string_pretty(&comparison)? + "\n")
            .with_context(|| format!("{} cannot be written", file.display()))?;
    }
    if !arguments.quick {
        let section = format!("{}\n\n{text}", INTRODUCTION.trim());
        reference::write_section("docs/reference/performance.md", COMMAND, &section)?;
    }
    Ok(())
}

/// Where everything lies.
struct Bench {
    python: PathBuf,
    folder: PathBuf,
    recording: PathBuf,
}

impl Bench {
    fn script(&self, task: &str) -> Command {
        let path = root().join("evals/analyze/analyze.py");
        let words = [&*path.to_string_lossy(), task].map(str::to_owned);
        let mut command = command(&self.python.to_string_lossy(), &[&words[0], &words[1]]);
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    fn make(&self, data: &Path, seconds: u32) -> anyhow::Result<()> {
        let mut make = self.script("make");
        make.arg("--data").arg(data).arg("--out").arg(&self.recording);
        make.arg("--seconds").arg(seconds.to_string());
        shell_run(make)
    }

    /// What the whole command costs, report and all; its output goes to `out`.
    fn greenroom(&self, out: &Path) -> anyhow::Result<Cost> {
        let mut cost = self.script("cost");
        cost.arg("--out").arg(out).arg("--").arg(program()).arg("analyze").arg("--json");
        cost.args(["--question", QUESTION]).arg(&self.recording);
        cost.env("GREENROOM_MODELS", models());
        printed(cost)
    }

    fn peer(&self, peer: &Peer, out: &Path) -> anyhow::Result<Cost> {
        let script = root().join("evals/analyze/analyze.py");
        let mut cost = self.script("cost");
        cost.arg("--out").arg(self.folder.join("peer.log")).arg("--").arg(&self.python);
        cost.arg(script).args(["peer", "--beams", peer.beams]);
        cost.arg("--model").arg(models().join(WEIGHTS)).arg("--out").arg(out);
        cost.arg("--recording").arg(&self.recording);
        if peer.voice_activity {
            cost.arg("--vad");
        }
        printed(cost)
    }

    fn score(&self, said: &[PathBuf]) -> anyhow::Result<Vec<Errors>> {
        let mut score = self.script("score");
        score.arg("--reference").arg(self.recording.with_extension("txt")).args(said);
        let printed = output_of(score)?;
        let errors: Result<Vec<Errors>, _> = printed.lines().map(serde_json::from_str).collect();
        errors.context("the counts of errors are not as expected")
    }
}

fn output_of(mut command: Command) -> anyhow::Result<String> {
    let output = command.output().context("Python cannot be run")?;
    if !output.status.success() {
        bail!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn printed<T: DeserializeOwned>(command: Command) -> anyhow::Result<T> {
    let text = output_of(command)?;
    serde_json::from_str(&text).with_context(|| format!("not as expected: {text}"))
}

impl Comparison {
    /// The tables, the goals first.
    fn text(&self) -> anyhow::Result<String> {
        let (own, peers) = self.rows.split_first().context("nothing was measured")?;
        let usual = peers.first().context("the peer was not measured")?;
        let cheapest = peers
            .iter()
            .min_by(|a, b| a.cost.cpu_s.total_cmp(&b.cost.cpu_s))
            .context("the peer was not measured")?;
        let of = |peer: &Row| own.cost.cpu_s / peer.cost.cpu_s;
        let share = own.cost.cpu_s / f64::from(self.seconds);
        let verdict = |met: bool| if met { "yes" } else { "falls short" };
        let (own_rate, usual_rate) = (own.errors.rate(), usual.errors.rate());
        let mut lines = vec![
            "| measure | goal | reached | |\n| --- | --- | --- | --- |".to_owned(),
            format!(
                "| processor time over the peer's with its usual settings | <= 1.0 | {:.2} | {} |",
                of(usual),
                verdict(of(usual) <= 1.0)
            ),
            format!(
                "| the same over its cheapest settings | <= 1.0 | {:.2} | {} |",
                of(cheapest),
                verdict(of(cheapest) <= 1.0)
            ),
            format!(
                "| word error rate, against the usual settings | no worse | {:.1}% against {:.1}% | {} |",
                100.0 * own_rate,
                100.0 * usual_rate,
                verdict(own_rate <= usual_rate)
            ),
            format!(
                "| words, fillers, measures, content and rules judge over the recording's length | <= {SHARE_MAX} | {share:.3} | {} |",
                verdict(share <= SHARE_MAX)
            ),
            format!(
                "\n| {} s of speech | processor time, s | of the length | memory, MB | word errors |\n\
                 | --- | --- | --- | --- | --- |",
                self.seconds
            ),
        ];
        lines.extend(self.rows.iter().map(|Row { name, cost, errors }| {
            format!(
                "| {name} | {:.1} | {:.3} | {:.0} | {} of {} ({:.1}%) |",
                cost.cpu_s,
                cost.cpu_s / f64::from(self.seconds),
                cost.memory_mb,
                errors.errors,
                errors.words,
                100.0 * errors.rate()
            )
        }));
        Ok(lines.join("\n") + "\n")
    }
}

const INTRODUCTION: &str = include_str!("analyze/introduction.md");

#[cfg(test)]
mod tests {
    use super::{Comparison, Cost, Errors, Row};

    #[test]
    fn a_goal_that_is_missed_is_said_to_fall_short() {
        let row = |name, cpu_s, errors| Row {
            name,
            cost: Cost { cpu_s, wall_s: cpu_s, memory_mb: 400.0 },
            errors: Errors { errors, words: 100 },
        };
        let comparison = |own_s| Comparison {
            seconds: 100,
            rows: vec![row("Greenroom", own_s, 6), row("usual", 20.0, 6), row("cheap", 15.0, 8)],
        };
        let falls_short = |own_s| {
            let text = comparison(own_s).text().expect("there are rows");
            text.matches("falls short").count()
        };
        assert_eq!((falls_short(14.0), falls_short(18.0), falls_short(26.0)), (0, 1, 3));
    }
}
