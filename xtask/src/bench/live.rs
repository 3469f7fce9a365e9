//! `cargo xtask bench live`: more and more candidates talk to one server in real time, until its answers
//! take twice as long as for one.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use serde_json::json;

use super::{Figure, Table, quantile};
use crate::live::{
    clips::{Clip, Voices},
    line::{Acoustics, Event, Line, Person, Room, Says, What},
    server::Server,
};

/// Arguments of `cargo xtask bench live`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// One and two candidates for a short time, under 50 s once built.
    #[arg(long)]
    quick: bool,
    /// The most candidates at once.
    #[arg(long, default_value_t = 6)]
    most: usize,
    /// Also write the figures to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<String>,
}

/// What the candidates say; written by a language model for this bench.
const ANSWERS: [&str; 3] = [
    "Last spring our shop had wrong deliveries almost every week. I was asked to find out why. So I looked at two months of orders, and I saw that two people edited the same sheet. I locked the rows and trained both of them. In the end the wrong deliveries went from nine a week to one.",
    "I was on a team of four at the university, and nobody wanted to write the report. I made a plan with small parts, and I took the first one myself. We met every Monday, and I asked each of them what was in the way. We handed it in two days early, and I learned to begin small.",
    "A customer called because her order was late for the third time. I listened first, and then I called the driver myself and found the parcel in the wrong van. I brought it to her in the evening. She stayed with us, and since then I check the late list every morning.",
];

/// Runs it and prints the table.
///
/// # Errors
/// When the program is not built, its models are missing, or a line breaks.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let place = super::Place::make()?;
    let server = Arc::new(Server::start(place.data(), &place.models)?);
    let mut voices = Voices::default();
    let answers: Vec<Clip> = ANSWERS
        .iter()
        .map(|text| voices.say(&place.models, "helen", text))
        .collect::<anyhow::Result<_>>()?;
    let mut table = Table::new("live", "cargo xtask bench live");
    let (most, seconds) = if arguments.quick { (2, 18.0) } else { (arguments.most, 150.0) };
    let mut alone_s = None;
    let mut held = 0;
    for number in 1..=most {
        let round = hold_many(&server, &answers, number, seconds)?;
        let dead_s = quantile(&round.dead_air_s, 0.5);
        let alone_s = *alone_s.get_or_insert(dead_s);
        table.push(round.figure(number));
        if dead_s > 2.0 * alone_s {
            break;
        }
        held = number;
    }
    table.push(Figure::new(
        "live interviews at once before dead air doubles",
        format!("{held}"),
        ">= 3",
        json!({"held": held, "most": most}),
    ));
    table.print();
    table.write(arguments.json.as_deref())
}

struct Round {
    dead_air_s: Vec<f64>,
    caption_s: Vec<f64>,
    processor: f64,
    memory: u64,
}

impl Round {
    fn figure(&self, number: usize) -> Figure {
        let milliseconds = |values: &[f64], q| quantile(values, q) * 1_000.0;
        let (p50, p90) = (milliseconds(&self.dead_air_s, 0.5), milliseconds(&self.dead_air_s, 0.9));
        let captions = milliseconds(&self.caption_s, 0.95);
        let megabytes = self.memory as f64 / 1e6;
        let value = format!(
            "dead air p50 {p50:.0} ms, p90 {p90:.0} ms over {} turns; captions p95 {captions:.0} ms; {:.2} cores; {megabytes:.0} MB",
            self.dead_air_s.len(),
            self.processor,
        );
        let data = json!({
            "n": number, "dead_air_p50_ms": p50, "dead_air_p90_ms": p90, "turns": self.dead_air_s.len(),
            "captions_p95_ms": captions, "cores": self.processor, "memory_bytes": self.memory,
        });
        let goal = if number == 1 { "captions p95 <= 1 s" } else { "" };
        Figure::new(&format!("{number} at once"), value, goal, data)
    }
}

fn hold_many(
    server: &Arc<Server>,
    answers: &[Clip],
    number: usize,
    seconds: f64,
) -> anyhow::Result<Round> {
    let (before, _) = server.used()?;
    let lines: Vec<_> = (0..number)
        .map(|index| {
            let server = Arc::clone(server);
            let mut person = Answering::new(answers, index);
            std::thread::spawn(move || -> anyhow::Result<Room> {
                // They do not all begin in the same moment.
                std::thread::sleep(Duration::from_millis(1_700 * index as u64));
                let wishes = json!({"questions": 6, "persona": "maya", "seed": index + 1});
                let id = server.plan(&wishes)?;
                Line::open(&server, &id, Acoustics::default())?.hold(&mut person, seconds)
            })
        })
        .collect();
    let mut round =
        Round { dead_air_s: Vec::new(), caption_s: Vec::new(), processor: 0.0, memory: 0 };
    for line in lines {
        let room = line.join().ok().context("a candidate broke down")??;
        round.dead_air_s.extend(dead_air(&room.log));
        round.caption_s.extend(caption_delay(&room.log));
    }
    let (after, memory) = server.used()?;
    round.processor = (after - before) / seconds;
    round.memory = memory;
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

/// How far captions are behind: from the end of each answer to the last change of its captions before
/// the interviewer speaks, seconds.
fn caption_delay(log: &[Event]) -> Vec<f64> {
    let mut delays = Vec::new();
    for event in log {
        let What::Spoke { to_s, .. } = event.what else { continue };
        let next_s = log
            .iter()
            .find(|later| later.at_s > to_s && matches!(later.what, What::Audible(_)))
            .map_or(f64::INFINITY, |later| later.at_s);
        let last = log.iter().rfind(|later| {
            matches!(later.what, What::Caption(_)) && later.at_s > to_s && later.at_s < next_s
        });
        delays.push(last.map_or(0.0, |last| last.at_s - to_s));
    }
    delays
}
