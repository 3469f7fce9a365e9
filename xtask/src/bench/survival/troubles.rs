//! What goes wrong while an interview goes on, and must cost nothing that was said: another process locks the database,
//! the disk is full, the calendar jumps, the page is opened in a second tab.

use std::{path::PathBuf, time::Duration};

use anyhow::{Context, ensure};
use serde_json::json;

use crate::{
    bench::{
        Place,
        faults::{Faults, lock_database},
    },
    live::{
        call::{Call, Stream},
        server::Server,
    },
};

/// Questions of an interview in which something goes wrong.
const QUESTIONS: u32 = 2;
/// How long a disk is full.
const FULL: Duration = Duration::from_secs(3);
/// By how much the calendar jumps, seconds.
const JUMP_S: i64 = 2 * 3_600;
/// The longest lock under which nothing but time is lost, and one that lasts longer than the store waits.
const LOCKED: [Duration; 2] = [Duration::from_secs(3), Duration::from_secs(9)];

/// Something that goes wrong while the candidate answers.
type Trouble = fn(&mut World) -> anyhow::Result<()>;

/// How many of them are tried when it is to be quick.
pub const QUICK: usize = 3;

/// All of them, each with its name, those first that are soon over.
pub const ALL: [(&str, Trouble); 6] = [
    ("another process locks the database for 3 s", |world| locked(world, LOCKED[0])),
    ("the disk is full for 3 s", full),
    ("the calendar jumps two hours back", |world| jumped(world, -JUMP_S)),
    ("the calendar jumps two hours ahead", |world| jumped(world, JUMP_S)),
    ("the interview is opened in a second tab", second_tab),
    ("another process locks the database for 9 s", |world| locked(world, LOCKED[1])),
];

/// An interview in progress and what can go wrong around it.
pub struct World {
    folder: PathBuf,
    data: PathBuf,
    faults: Faults,
    server: Server,
    id: String,
    call: Call,
    /// What the candidate has said so far.
    said: Vec<String>,
}

/// Lets something go wrong in an interview, kills the server afterwards, and leads the interview to its report.
///
/// # Errors
/// When anything that was said is missing, or the interview does not go on.
pub fn survive(place: &Place, name: &str, trouble: Trouble) -> anyhow::Result<()> {
    let folder = place.data().join("trouble");
    let mut world = World::begin(folder.clone()).context("beginning an interview")?;
    world.answer()?;
    trouble(&mut world).with_context(|| name.to_owned())?;
    world.answer().with_context(|| format!("after this it does not go on: {name}"))?;
    world.kill()?;
    world.end().with_context(|| format!("it does not come to its end: {name}"))?;
    drop(world);
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

impl World {
    fn begin(folder: PathBuf) -> anyhow::Result<Self> {
        let (data, nothing) = (folder.join("data"), folder.join("no-models"));
        std::fs::create_dir_all(&nothing)?;
        let faults = Faults::build(&folder, &data)?;
        let server = Server::spawn(&data, &nothing, &faults.environment())?;
        let id = server.plan(&json!({"questions": QUESTIONS, "seed": 11}))?;
        let call = Call::open(&server, &id, Stream::default())?;
        Ok(Self { folder, data, faults, server, id, call, said: Vec::new() })
    }

    /// Types the next answer without waiting for anything.
    fn type_next(&mut self) -> anyhow::Result<String> {
        self.call.hold(Call::is_mine)?;
        let text = format!(
            "Answer {}: I compared the list with the shelves, because nobody had, and wrote a check that ran each night. In the end the errors fell from 40 to 3.",
            self.said.len() + 1
        );
        self.said.push(text.clone());
        self.call.type_answer(&text)?;
        Ok(text)
    }

    /// Types the next answer and waits until it is shown, which says that it is safe.
    fn answer(&mut self) -> anyhow::Result<()> {
        let text = self.type_next()?;
        self.call.hold(|call| call.turns.contains(&text))
    }

    /// Kills the server and comes back to the interview in a new one.
    fn kill(&mut self) -> anyhow::Result<()> {
        let nothing = self.folder.join("no-models");
        self.server.kill();
        self.server = Server::spawn(&self.data, &nothing, &self.faults.environment())?;
        self.call = Call::open(&self.server, &self.id, Stream::default())?;
        for text in &self.said {
            ensure!(self.call.turns.contains(text), "this was shown and is lost: {text}");
        }
        Ok(())
    }

    /// Answers whatever is asked until the interview is over, and reads its report.
    fn end(&mut self) -> anyhow::Result<()> {
        while self.call.ended.is_none() {
            self.call.hold(|call| call.is_mine() || call.ended.is_some())?;
            if self.call.ended.is_none() {
                let text = self.type_next()?;
                self.call.hold(|call| call.turns.contains(&text) || call.ended.is_some())?;
            }
        }
        let report = self.server.report(&self.id)?;
        // Without models what was only recorded cannot be understood, and the report says so.
        let made = report["state"] == "ready" || report["state"] == "partial";
        ensure!(made, "no report: {}", report["state"]);
        ensure!(report["coverage"]["answered"] == QUESTIONS, "missing: {}", report["coverage"]);
        Ok(())
    }

    fn was_told(&self, code: &str) -> bool {
        self.call.notices.iter().any(|notice| notice == code)
    }
}

fn locked(world: &mut World, time: Duration) -> anyhow::Result<()> {
    world.call.hold(Call::is_mine)?;
    let mut other = lock_database(&world.folder, &world.data, time)?;
    let text = world.type_next()?;
    world.call.hold(|call| call.turns.contains(&text))?;
    let status = other.wait()?;
    ensure!(status.success(), "the other process broke off");
    let long = time == LOCKED[1];
    ensure!(world.was_told("not_stored") == long, "told: {:?}", world.call.notices);
    ensure!(world.was_told("stored_again") == long, "told: {:?}", world.call.notices);
    Ok(())
}

fn full(world: &mut World) -> anyhow::Result<()> {
    world.call.hold(Call::is_mine)?;
    world.faults.fill_disk(true)?;
    let text = world.type_next()?;
    world.call.wait(Duration::from_millis(500))?;
    let acknowledged = world.call.acknowledged;
    world.call.wait(FULL)?;
    ensure!(world.call.acknowledged == acknowledged, "sound on a full disk was acknowledged");
    ensure!(!world.call.turns.contains(&text), "a turn that is not stored was shown");
    ensure!(world.was_told("disk_full") && world.was_told("not_stored"), "nobody was told");
    world.faults.fill_disk(false)?;
    world.call.hold(|call| call.turns.contains(&text))?;
    world.call.hold(|call| call.acknowledged > acknowledged + 50)?;
    ensure!(world.was_told("stored_again"), "nobody was told that it works again");
    Ok(())
}

fn jumped(world: &mut World, seconds: i64) -> anyhow::Result<()> {
    world.call.hold(Call::is_mine)?;
    world.faults.move_calendar(seconds)?;
    world.answer()
}

fn second_tab(world: &mut World) -> anyhow::Result<()> {
    world.call.hold(Call::is_mine)?;
    let second = Call::open(&world.server, &world.id, Stream::default())?;
    let mut first = std::mem::replace(&mut world.call, second);
    // Its line ends: a call that is closed cannot be held any longer.
    let over = first.wait(Duration::from_secs(5));
    let moved = first.closed.as_deref() == Some("moved_to_another_tab");
    ensure!(over.is_err() && moved, "the first tab was told: {:?}", first.closed);
    for text in &world.said {
        ensure!(world.call.turns.contains(text), "the second tab does not show: {text}");
    }
    world.answer()
}
