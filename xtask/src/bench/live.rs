//! `cargo xtask bench live`: more and more candidates talk to one server in real time, until its answers
//! take twice as long as for one; and the same number of the same candidates to Pipecat.

mod pipecat;
mod text;

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context;
use serde::Serialize;
use serde_json::json;

use self::pipecat::Pipecat;
use super::{Place, quantile};
use crate::{
    live::{
        clips::{Clip, Voices},
        line::{Acoustics, Event, Line, Person, Room, Says, What},
        server::Server,
    },
    reference::write_section,
};

const REFERENCE: &str = "docs/reference/performance.md";

/// Arguments of `cargo xtask bench live`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// One candidate for a short time, without Pipecat, under 50 s once built; nothing is written into the reference.
    #[arg(long)]
    quick: bool,
    /// The most candidates at once.
    #[arg(long, default_value_t = 8)]
    most: usize,
    /// How long each round takes, seconds.
    #[arg(long, default_value_t = 90.0)]
    seconds: f64,
    /// Leave out Pipecat; nothing is written into the reference.
    #[arg(long)]
    alone: bool,
    /// Also write the figures to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// What the candidates say; written by a language model for this bench.
pub(super) const ANSWERS: [&str; 3] = [
    "Last spring our shop had wrong deliveries almost every week. I was asked to find out why. So I looked at two months of orders, and I saw that two people edited the same sheet. I locked the rows and trained both of them. In the end the wrong deliveries went from nine a week to one.",
    "I was on a team of four at the university, and nobody wanted to write the report. I made a plan with small parts, and I took the first one myself. We met every Monday, and I asked each of them what was in the way. We handed it in two days early, and I learned to begin small.",
    "A customer called because her order was late for the third time. I listened first, and then I called the driver myself and found the parcel in the wrong van. I brought it to her in the evening. She stayed with us, and since then I check the late list every morning.",
];

/// Runs it, prints the tables and writes the reference.
///
/// # Errors
/// When the program is not built, models or packages are missing, or a line breaks.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let place = Place::make()?;
    let mut voices = Voices::default();
    let answers: Vec<Clip> = ANSWERS
        .iter()
        .map(|text| voices.say(&place.models, "helen", text))
        .collect::<anyhow::Result<_>>()?;
    let (most, seconds) =
        if arguments.quick { (1, 30.0) } else { (arguments.most, arguments.seconds) };
    let server = Arc::new(Server::start_without_language(place.data(), &place.models)?);
    let mut climbs =
        vec![climb("Greenroom", most, |number| hold_many(&server, &answers, number, seconds))?];
    drop(server);
    if !arguments.quick && !arguments.alone {
        let pipecat = Pipecat::install(&place, &answers, seconds)?;
        for setting in pipecat::SETTINGS {
            climbs.push(climb(setting.name, most, |number| pipecat.hold_many(setting, number))?);
        }
    }
    let text = text::section(seconds, &climbs);
    println!("\n{text}");
    if let Some(file) = &arguments.json {
        let all = json!({"bench": "live", "seconds": seconds, "climbs": climbs});
        std::fs::write(file, serde_json::to_string_pretty(&all)? + "\n")
            .with_context(|| format!("writing {}", file.display()))?;
    }
    if climbs.len() > 1 {
        write_section(REFERENCE, "cargo xtask bench live", &text)?;
    }
    Ok(())
}

/// More and more candidates with one listener.
#[derive(Debug, Serialize)]
struct Climb {
    listener: String,
    /// From one candidate on.
    rounds: Vec<Round>,
}

impl Climb {
    /// The most candidates at once before the median dead air is twice that of one.
    fn held(&self) -> usize {
        let alone_s = self.rounds.first().map_or(f64::NAN, Round::dead_air_p50_s);
        let holds = |round: &&Round| round.dead_air_p50_s() <= 2.0 * alone_s;
        self.rounds.iter().take_while(holds).count()
    }

    /// Whether the last round is beyond what the listener holds; otherwise it may hold more.
    fn broke(&self) -> bool {
        self.held() < self.rounds.len()
    }
}

/// What so many candidates at once met with.
#[derive(Debug, Default, Serialize)]
struct Round {
    number: usize,
    dead_air_s: Vec<f64>,
    /// Replies before an answer was over.
    cuts: usize,
    /// From the end of an answer until its words were shown (Greenroom) or its last stretch recognised.
    words_s: Vec<f64>,
    /// Processors used.
    cores: f64,
    memory_bytes: u64,
}

impl Round {
    /// Infinite when nobody was answered.
    fn dead_air_p50_s(&self) -> f64 {
        if self.dead_air_s.is_empty() { f64::INFINITY } else { quantile(&self.dead_air_s, 0.5) }
    }
}

fn climb(
    listener: &str,
    most: usize,
    mut hold: impl FnMut(usize) -> anyhow::Result<Round>,
) -> anyhow::Result<Climb> {
    let mut climb = Climb { listener: listener.to_owned(), rounds: Vec::new() };
    for number in 1..=most {
        let round = hold(number).with_context(|| format!("{number} with {listener}"))?;
        println!("{listener}, {}", text::round(&round));
        climb.rounds.push(round);
        if climb.broke() {
            break;
        }
    }
    Ok(climb)
}

fn hold_many(
    server: &Arc<Server>,
    answers: &[Clip],
    number: usize,
    seconds: f64,
) -> anyhow::Result<Round> {
    let lines: Vec<_> = (0..number)
        .map(|index| {
            let server = Arc::clone(server);
            let mut person = Answering::new(answers, index);
            std::thread::spawn(move || -> anyhow::Result<Room> {
                // They do not all begin in the same moment.
                std::thread::sleep(Duration::from_millis(1_700 * index as u64));
                let wishes = json!({"questions": 8, "persona": "maya", "seed": index + 1});
                let id = server.plan(&wishes)?;
                Line::open(&server, &id, Acoustics::default())?.hold(&mut person, seconds)
            })
        })
        .collect();
    // Processors are those of the time in which all are there.
    std::thread::sleep(Duration::from_millis(1_700 * number as u64));
    let (before, _) = server.used()?;
    let measured_s = (seconds - 1.7 * (number + 1) as f64).max(1.0);
    std::thread::sleep(Duration::from_secs_f64(measured_s));
    let (after, memory_bytes) = server.used()?;
    let cores = (after - before) / measured_s;
    let mut round = Round { number, cores, memory_bytes, ..Round::default() };
    for line in lines {
        let room = line.join().ok().context("a candidate broke down")??;
        round.dead_air_s.extend(dead_air(&room.log));
        round.cuts += cuts(&room.log);
        round.words_s.extend(caption_delay(&room.log));
    }
    Ok(round)
}

/// A candidate who answers whenever it is their turn.
struct Answering {
    answers: Vec<Clip>,
    next: usize,
    answered_s: f64,
}

impl Answering {
    fn new(answers: &[Clip], first: usize) -> Self {
        Self { answers: answers.to_vec(), next: first, answered_s: 0.0 }
    }
}

impl Person for Answering {
    fn look(&mut self, room: &Room) -> Option<Says> {
        let quiet_s = room.now_s - room.silent_since_s.max(self.answered_s);
        let mine = room.floor() == "candidate" && room.playing.is_none();
        if !mine || room.now_s < room.speaking_to_s || quiet_s < 0.6 {
            return None;
        }
        let clip = self.answers[self.next % self.answers.len()].clone();
        self.next += 1;
        // Time for the interviewer to answer before it is asked again.
        self.answered_s = room.now_s + clip.seconds() + 6.0;
        Some(Says { name: format!("answer {}", self.next), clip })
    }
}

/// From the last voiced sample of an answer to the first of the interviewer, seconds. A line that begins
/// before the answer is over is a cut, and no dead air.
pub fn dead_air(log: &[Event]) -> Vec<f64> {
    let ends = log.iter().filter_map(|event| match event.what {
        What::Spoke { to_s, .. } => Some(to_s),
        _ => None,
    });
    ends.filter_map(|end_s| {
        let next = log.iter().find(|event| {
            event.at_s > end_s && matches!(event.what, What::Audible(_) | What::Spoke { .. })
        })?;
        matches!(next.what, What::Audible(_)).then_some(next.at_s - end_s)
    })
    .collect()
}

/// How often a line began before an answer was over.
fn cuts(log: &[Event]) -> usize {
    let cut = |event: &&Event| match event.what {
        What::Spoke { to_s, .. } => log.iter().any(|other| {
            matches!(other.what, What::Audible(_)) && (event.at_s..to_s).contains(&other.at_s)
        }),
        _ => false,
    };
    log.iter().filter(cut).count()
}

/// How far captions are behind: from the end of each answer until captions hold all of its words but one, which may be
/// read otherwise in the end, seconds; 0 when they did before.
fn caption_delay(log: &[Event]) -> Vec<f64> {
    let words = |text: &str| text.split_whitespace().count();
    let mut delays = Vec::new();
    for event in log {
        let What::Spoke { to_s, .. } = event.what else { continue };
        let next_s = log
            .iter()
            .find(|later| later.at_s > to_s && matches!(later.what, What::Audible(_)))
            .map_or(f64::INFINITY, |later| later.at_s);
        let shown = log.iter().filter_map(|other| match &other.what {
            What::Caption(text) if (event.at_s..next_s).contains(&other.at_s) => {
                Some((other.at_s, words(text)))
            }
            _ => None,
        });
        let shown: Vec<(f64, usize)> = shown.collect();
        let Some((_, all)) = shown.last() else { continue };
        let there = shown.iter().find(|(_, count)| count + 1 >= *all);
        delays.extend(there.map(|(at_s, _)| (at_s - to_s).max(0.0)));
    }
    delays
}
