//! `cargo xtask bench floor`: who takes the floor while the interviewer speaks. A candidate interrupts, coughs,
//! says "mm", types on a keyboard and sits in front of loudspeakers; measured on the line, against a
//! real server in real time.

use anyhow::Context;
use serde_json::json;

use super::{Figure, Table};
use crate::live::{
    clips::{Clip, HZ, Voices, cough, keyboard},
    line::{Acoustics, Event, Line, Person, Room, Says, What},
    server::Server,
};

/// Arguments of `cargo xtask bench floor`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Fewer of each, under 50 s once built.
    #[arg(long)]
    quick: bool,
    /// Only loudspeakers.
    #[arg(long, conflicts_with = "interruptions")]
    echo: bool,
    /// Only true interruptions.
    #[arg(long)]
    interruptions: bool,
    /// Also write the figures to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<String>,
}

/// How long into a line of the interviewer something happens, seconds.
const INTO_LINE_S: f64 = 0.9;
/// How long the candidate waits before an answer, seconds.
const BEFORE_ANSWER_S: f64 = 0.4;
/// An interviewer who is interrupted is to be softer and silent within these, seconds; later ones are told singly.
const DUCKED_S_MAX: f64 = 0.15;
const SILENT_S_MAX: f64 = 0.6;
/// A line that is stopped within this time of a sound was stopped by it, seconds.
const BY_IT_S: f64 = 2.5;

/// Runs it and prints the table.
///
/// # Errors
/// When the program is not built, its models are missing, or a line breaks.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let place = super::Place::make()?;
    let server = Server::start(place.data(), &place.models)?;
    let mut voices = Voices::default();
    let mut table = Table::new("floor", "cargo xtask bench floor");
    if arguments.echo {
        echo(arguments.quick, &server, &mut voices, &place, &mut table)?;
        return table.write(arguments.json.as_deref());
    }
    barge_in(arguments.quick, &server, &mut voices, &place, &mut table)?;
    if arguments.interruptions {
        return table.write(arguments.json.as_deref());
    }
    nothing(arguments.quick, &server, &mut voices, &place, &mut table)?;
    echo(arguments.quick, &server, &mut voices, &place, &mut table)?;
    table.print();
    table.write(arguments.json.as_deref())
}

/// Candidates at the same time, where nobody asks how soon.
const AT_ONCE: usize = 2;
/// How often candidates cough, type and say words of listening for a while.
const ROUNDS_OF_NOTHING: usize = 8;

/// A candidate who answers every question and does something into lines of the interviewer.
#[derive(Clone)]
struct Interjecting {
    answer: Clip,
    sounds: Vec<(String, Clip)>,
    next: usize,
    /// The line that was done something into last.
    last: u64,
    answered_s: f64,
}

impl Interjecting {
    fn new(answer: Clip, sounds: Vec<(String, Clip)>) -> Self {
        Self { answer, sounds, next: 0, last: 0, answered_s: 0.0 }
    }
}

impl Person for Interjecting {
    fn look(&mut self, room: &Room) -> Option<Says> {
        if room.now_s < room.speaking_to_s {
            return None;
        }
        if let Some((utterance, since_s)) = room.playing
            && utterance != self.last
            && room.now_s - since_s > INTO_LINE_S
            && !self.sounds.is_empty()
        {
            self.last = utterance;
            let (name, clip) = self.sounds[self.next % self.sounds.len()].clone();
            self.next += 1;
            return Some(Says { name, clip });
        }
        let quiet_s = room.now_s - room.silent_since_s.max(self.answered_s);
        if room.floor() == "candidate" && room.playing.is_none() && quiet_s > BEFORE_ANSWER_S {
            self.answered_s = room.now_s + self.answer.seconds() + 4.0;
            return Some(Says { name: "answer".to_owned(), clip: self.answer.clone() });
        }
        None
    }
}

/// What the candidate interrupts with; written by a language model for this bench.
const INTERRUPTIONS: [&str; 4] = [
    "Sorry, can I ask something about that before you go on, because I did not catch the first part.",
    "Wait, I wanted to add one more thing to what I said before about the second project.",
    "Excuse me, I think I misunderstood the question, could I start again from the beginning.",
    "Actually let me stop you there, I have an example that fits this much better than the other one.",
];
const ANSWER: &str = "I kept a list of the orders and checked it every evening with my colleague.";

/// True interruptions: how soon the interviewer is 20 dB softer, and how soon silent.
fn barge_in(
    quick: bool,
    server: &Server,
    voices: &mut Voices,
    place: &super::Place,
    table: &mut Table,
) -> anyhow::Result<()> {
    let answer = voices.say(&place.models, "marcus", ANSWER)?;
    let mut sounds = Vec::new();
    for (index, text) in INTERRUPTIONS.iter().enumerate() {
        for persona in ["marcus", "helen"] {
            let clip = voices.say(&place.models, persona, text)?;
            sounds.push((format!("interruption {index} {persona}"), clip));
        }
    }
    let (mut ducked, mut silent, mut tried) = (Vec::new(), Vec::new(), 0);
    for round in 0..if quick { 1 } else { 4 } {
        sounds.rotate_left(3);
        let mut person = Interjecting::new(answer.clone(), sounds.clone());
        let room = hold(server, Acoustics::default(), &mut person, if quick { 13.0 } else { 80.0 })
            .with_context(|| format!("interruptions, round {round}"))?;
        for (name, at_s, _) in spoken(&room.log, "interruption") {
            if playing_at(&room.log, at_s).is_none() {
                continue;
            }
            tried += 1;
            let soft_s = first_after(&room.log, at_s, |what| matches!(what, What::Ducked));
            let silent_s =
                first_after(&room.log, at_s, |what| matches!(what, What::Played { stopped: true }));
            if soft_s.is_none_or(|s| s > DUCKED_S_MAX) || silent_s.is_none_or(|s| s > SILENT_S_MAX)
            {
                println!("{name}: softer after {soft_s:.3?} s, silent after {silent_s:.3?} s");
                print_captions(&room.log, at_s);
            }
            ducked.extend(soft_s);
            silent.extend(silent_s);
        }
    }
    table.push(Figure::milliseconds("interrupted: 20 dB softer", &ducked, tried, "p95 <= 150 ms"));
    table.push(Figure::milliseconds("interrupted: silent", &silent, tried, "p95 <= 600 ms"));
    Ok(())
}

/// Coughs, words of listening, typing: how often the interviewer is stopped by them.
fn nothing(
    quick: bool,
    server: &Server,
    voices: &mut Voices,
    place: &super::Place,
    table: &mut Table,
) -> anyhow::Result<()> {
    let answer = voices.say(&place.models, "marcus", ANSWER)?;
    let mut sounds = Vec::new();
    for (index, word) in ["Mm.", "Right.", "Mm-hm.", "Okay.", "Yeah."].iter().enumerate() {
        let persona = ["marcus", "helen"][index % 2];
        sounds.push((format!("word {word}"), voices.say(&place.models, persona, word)?));
        sounds.push((format!("cough {index}"), cough(index as u64 + 1)));
        sounds.push((format!("keyboard {index}"), keyboard(index as u64 + 1)));
    }
    let mut tried: [(&str, u32, u32); 3] = [("word", 0, 0), ("cough", 0, 0), ("keyboard", 0, 0)];
    for round in 0..if quick { 1 } else { ROUNDS_OF_NOTHING } {
        let seconds = if quick { 13.0 } else { 80.0 };
        let candidates = (0..AT_ONCE).map(|_| {
            sounds.rotate_left(4);
            (Acoustics::default(), Interjecting::new(answer.clone(), sounds.clone()))
        });
        let rooms = hold_all(server, candidates.collect(), seconds)
            .with_context(|| format!("coughs and words, round {round}"))?;
        for (name, count, stopped) in &mut tried {
            for log in rooms.iter().map(|room| &room.log) {
                for (said, at_s) in stopping(log, name) {
                    *count += 1;
                    let Some(at_s) = at_s else { continue };
                    println!("stopped by {said}");
                    print_captions(log, at_s);
                    *stopped += 1;
                }
            }
        }
    }
    for (name, count, stopped) in tried {
        table.push(Figure::share(&format!("stopped by a {name}"), stopped, count, "<= 2%"));
    }
    Ok(())
}

/// Each clip whose name begins so and that was heard into a line; when that was, if the line was stopped by it.
fn stopping<'a>(
    log: &'a [Event],
    name: &'a str,
) -> impl Iterator<Item = (&'a str, Option<f64>)> + 'a {
    let into_line = spoken(log, name).filter(|(_, at_s, _)| playing_at(log, *at_s).is_some());
    into_line.map(|(said, at_s, _)| {
        let after = first_after(log, at_s, |what| matches!(what, What::Played { stopped: true }));
        (said, after.is_some_and(|after_s| after_s < BY_IT_S).then_some(at_s))
    })
}

/// A candidate in front of loudspeakers: how often the interviewer stops itself.
fn echo(
    quick: bool,
    server: &Server,
    voices: &mut Voices,
    place: &super::Place,
    table: &mut Table,
) -> anyhow::Result<()> {
    let answer = voices.say(&place.models, "helen", ANSWER)?;
    let (mut lines, mut stopped, mut played_s) = (0, 0, 0.0);
    let levels = [(0.5, 40), (0.25, 120), (0.1, 250), (0.05, 90)];
    let candidates =
        levels[..if quick { 1 } else { levels.len() }].iter().map(|(echo, delay_ms)| {
            let echo_delay = HZ as usize * delay_ms / 1_000;
            let acoustics = Acoustics { echo: *echo, echo_delay, ..Acoustics::default() };
            (acoustics, Interjecting::new(answer.clone(), Vec::new()))
        });
    let candidates: Vec<_> = candidates.collect();
    let mut rooms = Vec::new();
    for some in candidates.chunks(AT_ONCE) {
        rooms.extend(hold_all(server, some.to_vec(), if quick { 13.0 } else { 300.0 })?);
    }
    for (room, (echo, _)) in rooms.iter().zip(levels) {
        let mut since_s = 0.0;
        for event in &room.log {
            match event.what {
                What::Audible(_) => since_s = event.at_s,
                What::Played { stopped: by_it } => {
                    // A candidate who speaks into a line is no echo.
                    if spoken(&room.log, "")
                        .any(|(_, from_s, to_s)| from_s < event.at_s && to_s > since_s)
                    {
                        continue;
                    }
                    lines += 1;
                    played_s += event.at_s - since_s;
                    if by_it {
                        stopped += 1;
                        let length_s = event.at_s - since_s;
                        println!(
                            "echo at {echo}: stopped {:.1} s in, after {length_s:.1} s",
                            event.at_s
                        );
                    }
                }
                _ => {}
            }
        }
    }
    let name = format!("stopped by its own echo, {:.1} min of it", played_s / 60.0);
    table.push(Figure::share(&name, stopped, lines, "0 in 10 min"));
    Ok(())
}

/// So many candidates at the same time, each with a room and acoustics of their own.
fn hold_all(
    server: &Server,
    candidates: Vec<(Acoustics, Interjecting)>,
    seconds: f64,
) -> anyhow::Result<Vec<Room>> {
    std::thread::scope(|scope| {
        let lines: Vec<_> = candidates
            .into_iter()
            .map(|(acoustics, mut person)| {
                scope.spawn(move || hold(server, acoustics, &mut person, seconds))
            })
            .collect();
        let rooms = lines.into_iter().map(|line| line.join().ok().context("a line broke down")?);
        rooms.collect()
    })
}

fn hold(
    server: &Server,
    acoustics: Acoustics,
    person: &mut dyn Person,
    seconds: f64,
) -> anyhow::Result<Room> {
    let id = server.plan(&json!({"questions": 6, "persona": "maya", "seed": 3}))?;
    Line::open(server, &id, acoustics)?.hold(person, seconds)
}

/// Each clip whose name begins so: its name, when it was heard first, and when its voice ended.
fn spoken<'a>(log: &'a [Event], name: &'a str) -> impl Iterator<Item = (&'a str, f64, f64)> + 'a {
    log.iter().filter_map(move |event| match &event.what {
        What::Spoke { name: said, to_s } if said.starts_with(name) => {
            Some((said.as_str(), event.at_s, *to_s))
        }
        _ => None,
    })
}

/// What the captions said in the time after something was said.
fn print_captions(log: &[Event], from_s: f64) {
    for event in log.iter().filter(|event| (from_s..from_s + BY_IT_S).contains(&event.at_s)) {
        if let What::Caption(text) = &event.what {
            println!("  {:.3} s later: {text}", event.at_s - from_s);
        }
    }
}

/// The line that was heard at a time.
fn playing_at(log: &[Event], at_s: f64) -> Option<u64> {
    let mut playing = None;
    for event in log.iter().filter(|event| event.at_s <= at_s) {
        match event.what {
            What::Audible(utterance) => playing = Some(utterance),
            What::Played { .. } => playing = None,
            _ => {}
        }
    }
    playing
}

/// How long after a time something happened first, seconds.
fn first_after(log: &[Event], at_s: f64, so: impl Fn(&What) -> bool) -> Option<f64> {
    log.iter()
        .filter(|event| event.at_s > at_s && so(&event.what))
        .map(|event| event.at_s - at_s)
        .min_by(f64::total_cmp)
}
