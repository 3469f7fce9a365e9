//! `greenroom doctor`.
#![expect(clippy::print_stdout, reason = "the findings are what was asked for")]

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use engines::{
    catalogue::{Catalogue, Fetch, Role, State},
    language::WorkerSettings,
};
use indicatif::HumanBytes;
use serde::Serialize;
use tokio::runtime::Runtime;

use super::check_judge;
use crate::{
    app::world,
    config::{Config, LanguageMode},
    content,
    engine_room::processors,
    jobs,
    live::spoken_for,
    model_judge::{Identity, Records},
    new_id,
};

/// Less free space than this is too little for an hour of interviews with camera, bytes.
const FREE_BYTES_MIN: u64 = 2 << 30;

/// Arguments of `greenroom doctor`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// How serious a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Health {
    /// As it should be.
    Good,
    /// It works, with less than it could.
    Limited,
    /// It does not work.
    Broken,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    what: &'static str,
    health: Health,
    found: String,
    /// What to do; nothing when all is well.
    advice: Option<String>,
}

impl Finding {
    fn good(what: &'static str, found: impl Into<String>) -> Self {
        Self { what, health: Health::Good, found: found.into(), advice: None }
    }

    fn limited(what: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        let advice = Some(advice.into());
        Self { what, health: Health::Limited, found: found.into(), advice }
    }

    fn broken(what: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { health: Health::Broken, ..Self::limited(what, found, advice) }
    }
}

/// Looks at everything; fails when something is broken.
pub(super) fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let folder = config.data.folder()?;
    let mut findings = vec![version(), built_in(), configuration(config)];
    findings.push(data_folder(&folder));
    findings.push(free_space(&folder));
    findings.push(database(config, &folder));
    findings.extend(models(config)?);
    findings.push(language(config)?);
    findings.push(model_judge(config, &folder));
    findings.push(places(config));
    findings.push(port(config));
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&findings)?);
    } else {
        show(&findings);
    }
    let broken = findings.iter().any(|finding| finding.health == Health::Broken);
    Ok(if broken { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn show(findings: &[Finding]) {
    for finding in findings {
        let mark = match finding.health {
            Health::Good => "good",
            Health::Limited => "limited",
            Health::Broken => "BROKEN",
        };
        println!("{mark:<8} {:<16} {}", finding.what, finding.found);
        if let Some(advice) = &finding.advice {
            println!("{:25} {advice}", "");
        }
    }
}

fn version() -> Finding {
    let built_for = format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
    let found = format!(
        "greenroom {} for {built_for}, rules {}",
        env!("CARGO_PKG_VERSION"),
        analysis::VERSION
    );
    Finding::good("version", found)
}

fn built_in() -> Finding {
    match content::bank() {
        Ok(bank) => Finding::good(
            "content",
            format!(
                "{} questions, {} formats, {} interviewers",
                bank.questions.len(),
                bank.formats.len(),
                bank.personas.len()
            ),
        ),
        Err(error) => Finding::broken("content", format!("{error:#}"), "build the program again"),
    }
}

fn configuration(config: &Config) -> Finding {
    match config.check() {
        Ok(()) => Finding::good("configuration", format!("listens on {}", config.listen.socket())),
        Err(error) => {
            Finding::broken("configuration", "cannot be served with", format!("{error:#}"))
        }
    }
}

/// The nearest folder above a path, or itself, that is there.
fn nearest(path: &Path) -> PathBuf {
    path.ancestors().find(|above| above.is_dir()).unwrap_or(Path::new("/")).to_owned()
}

fn data_folder(folder: &Path) -> Finding {
    let advice = "set GREENROOM_DATA to a folder you may write to";
    if folder.exists() && !folder.is_dir() {
        let found = format!("{} is no folder", folder.display());
        return Finding::broken("data folder", found, advice);
    }
    let there = nearest(folder);
    match tempfile::tempfile_in(&there) {
        Ok(_) if folder.is_dir() => Finding::good("data folder", folder.display().to_string()),
        Ok(_) => {
            let found = format!("{}, made at the first start", folder.display());
            Finding::good("data folder", found)
        }
        Err(error) => {
            let found = format!("{} cannot be written to: {error}", there.display());
            Finding::broken("data folder", found, advice)
        }
    }
}

fn free_space(folder: &Path) -> Finding {
    let Some(bytes) = free_bytes(&nearest(folder)) else {
        let advice = "check with 'df' that there are some gigabytes";
        return Finding::limited("disk", "the free space cannot be told", advice);
    };
    let found = format!("{} free", HumanBytes(bytes));
    if bytes < FREE_BYTES_MIN {
        let advice = "make room, or set GREENROOM_DATA to another disk; recordings need space";
        return Finding::limited("disk", found, advice);
    }
    Finding::good("disk", found)
}

/// The free bytes that POSIX `df` tells.
fn free_bytes(folder: &Path) -> Option<u64> {
    let output = Command::new("df").arg("-Pk").arg(folder).output().ok()?;
    free_in(&String::from_utf8_lossy(&output.stdout))
}

/// Reads the table of `df -Pk`: the fourth column of its second line, in blocks of 1024 bytes. Names of
/// file systems may hold spaces, so the columns are counted from the share in percent.
fn free_in(table: &str) -> Option<u64> {
    let columns: Vec<&str> = table.lines().nth(1)?.split_whitespace().collect();
    let share = columns.iter().position(|column| column.ends_with('%'))?;
    let kilobytes: u64 = columns.get(share.checked_sub(1)?)?.parse().ok()?;
    kilobytes.checked_mul(1024)
}

fn database(config: &Config, folder: &Path) -> Finding {
    let own = config.data.database.is_none();
    if own && !folder.join("greenroom.sqlite").exists() {
        return Finding::good("database", "SQLite, made at the first start");
    }
    let looked = || -> anyhow::Result<usize> {
        Runtime::new()?.block_on(async {
            let store = jobs::open_store(&config.data.database_url()?, folder).await?;
            let person = store.local_person(new_id!(interview::PersonId), world::now()).await?;
            Ok(store.interviews_of(person.id).await?.len())
        })
    };
    let kind = if own { "SQLite" } else { "as configured" };
    match looked() {
        Ok(interviews) => {
            Finding::good("database", format!("{kind}, up to date, {interviews} interviews"))
        }
        Err(error) => Finding::broken(
            "database",
            format!("{kind}, cannot be opened: {error:#}"),
            "check that the server runs and data.database is right; a broken SQLite file can be \
             moved away",
        ),
    }
}

fn models(config: &Config) -> anyhow::Result<Vec<Finding>> {
    let (catalogue, folder) = (Catalogue::built_in()?, config.data.models()?);
    let states = catalogue.state(&folder);
    let wanted = states
        .into_iter()
        .filter(|model| model.fetch != Fetch::OnRequest || model.state != State::Missing);
    let advice = "run 'greenroom models pull'; until then this part is left out";
    Ok(wanted
        .map(|model| {
            let found = |state: &str| format!("{} ({}): {state}", model.id, model.purpose);
            match &model.state {
                State::Ready => Finding::good("model", found("here")),
                State::Missing => Finding::limited("model", found("not here"), advice),
                State::Partial { bytes } => {
                    let here = format!("{} of {}", HumanBytes(*bytes), HumanBytes(model.bytes));
                    Finding::limited("model", found(&here), advice)
                }
                State::Corrupt { reason } => Finding::broken("model", found(reason), advice),
                State::NotForThisMachine => Finding::limited(
                    "model",
                    found("not for this kind of machine"),
                    "nothing can be done here; this part is left out",
                ),
            }
        })
        .collect())
}

/// Whether a language model judges beside the rules.
fn model_judge(config: &Config, folder: &Path) -> Finding {
    const WHAT: &str = "second judge";
    let Ok(language) = check_judge::language(config, None) else {
        return Finding::good(WHAT, "none: the rules judge alone");
    };
    let identity = match Identity::of(language.as_ref()) {
        Ok(identity) => identity,
        Err(error) => {
            return Finding::broken(WHAT, format!("{error:#}"), "build the program again");
        }
    };
    let advice = "run 'greenroom models check-judge'";
    match Records::read(folder).test(&identity) {
        Some(test) if test.passed => {
            Finding::good(WHAT, format!("{} passed the self-test on {}", identity.name, test.at))
        }
        Some(test) => Finding::limited(
            WHAT,
            format!("{} did not pass the self-test on {}", identity.name, test.at),
            "pick a larger model; the rules judge alone meanwhile",
        ),
        None => Finding::limited(WHAT, format!("{} is not tested", identity.name), advice),
    }
}

fn language(config: &Config) -> anyhow::Result<Finding> {
    const WHAT: &str = "language model";
    let catalogue = Catalogue::built_in()?;
    Ok(match config.language.mode {
        LanguageMode::Off => Finding::good(WHAT, "switched off; follow-ups come from templates"),
        LanguageMode::Remote => {
            Finding::good(WHAT, "another server's: what you say in interviews is sent to it")
        }
        LanguageMode::Auto if WorkerSettings::program_beside_this().is_none() => Finding::limited(
            WHAT,
            "the program greenroom-language is not beside this one; follow-ups come from templates",
            "build with 'cargo xtask run', which puts it there",
        ),
        LanguageMode::Auto => {
            match WorkerSettings::find(&catalogue, &config.data.models()?, None) {
                Some(worker) => Finding::good(WHAT, worker.identity),
                None => {
                    let models = catalogue.models.iter();
                    let ids: Vec<&str> = models
                        .filter(|model| model.role == Role::Language)
                        .map(|model| model.id.as_str())
                        .collect();
                    Finding::limited(
                        WHAT,
                        "no weights are here; follow-ups come from templates",
                        format!("run 'greenroom models pull' with one of: {}", ids.join(", ")),
                    )
                }
            }
        }
    })
}

fn places(config: &Config) -> Finding {
    const WHAT: &str = "spoken at once";
    let (processors, fit) = (processors(), spoken_for(processors()));
    match config.live.interviews_max {
        Some(limit) if limit.get() > fit => Finding::limited(
            WHAT,
            format!("{limit} interviews as configured, {fit} fit {processors} processors"),
            "set live.interviews_max lower, or captions will be slow and replies late",
        ),
        Some(limit) => Finding::good(WHAT, format!("{limit} interviews as configured")),
        None => Finding::good(WHAT, format!("{fit} interviews on {processors} processors")),
    }
}

fn port(config: &Config) -> Finding {
    let socket = config.listen.socket();
    match TcpListener::bind(socket) {
        Ok(_) => Finding::good("port", format!("{socket} is free")),
        Err(error) => Finding::limited(
            "port",
            format!("{socket} cannot be taken: {error}"),
            "Greenroom may be running already; 'greenroom serve --port 0' takes a free one",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_free_space_is_read_from_the_table() {
        let table = "Filesystem 1024-blocks Used Available Capacity Mounted on\n\
                     /dev/sda 1 (x) 1000 400 600 40% /a folder\n";
        assert_eq!(free_in(table), Some(600 * 1024));
        assert_eq!(free_in("Filesystem\n"), None);
        assert_eq!(free_in(""), None);
    }

    #[test]
    fn a_file_in_place_of_the_data_folder_is_broken() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        assert_eq!(data_folder(file.path()).health, Health::Broken);
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(data_folder(&folder.path().join("not/yet/there")).health, Health::Good);
    }
}
