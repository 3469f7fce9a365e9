//! `cargo xtask evals conversation`: ten people are played to the interviewer, by voice, through the whole program; a
//! grader reads the log of each interview.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::{Context, bail};
use serde_json::{Value, json};

use super::people::{Manner, Played};
use crate::{
    bench::{Figure, Place, Table, quantile},
    live::{
        clips::Voices,
        line::{Acoustics, Event, Line, Room, What},
        server::Server,
    },
    shell,
};

/// People who talk at the same time.
const AT_ONCE: usize = 2;
/// An interview of two questions is over by then, seconds.
const SECONDS_MAX: f64 = 420.0;
/// Longer than this nobody waits for a reply without wondering, seconds (a convention of this project).
const DEAD_AIR_S: f64 = 4.0;
/// The longest that the interviewer may go on after an interruption, seconds.
const SILENT_AFTER_S: f64 = 0.9;
/// Follow-ups to one question, at most (formats).
const PROBES_MAX: usize = 2;

/// Plays everybody, or only those who are named, and prints what the grader found. If it is to be quick, calls are short
/// and the terse one is played unless others are named.
///
/// # Errors
/// When something breaks, or the interviewer failed somebody.
pub fn run(quick: bool, only: &[Manner], json: Option<&str>) -> anyhow::Result<()> {
    let all = if quick { &Manner::ALL[..1] } else { &Manner::ALL[..] };
    let people = if only.is_empty() { all } else { only };
    play(people, &if quick { short() } else { long() }, true, json)
}

/// Plays the two who show most in a short call: one who says too little, one who thinks for long. How soon
/// the interviewer replies is not asked: a test depends on no clock. Gives how many people it was.
///
/// # Errors
/// As [`run`].
pub fn run_subset() -> anyhow::Result<u64> {
    play(&Manner::ALL[..2], &short(), false, None).map(|()| 2)
}

/// An interview of two questions with two follow-ups each.
fn long() -> Value {
    json!({"questions": 2, "persona": "maya", "seed": 5})
}

/// A call of one question.
fn short() -> Value {
    json!({"format": "phone-screen", "questions": 1, "persona": "maya", "seed": 5})
}

fn play(people: &[Manner], wishes: &Value, timed: bool, json: Option<&str>) -> anyhow::Result<()> {
    shell::run({
        let mut pull = shell::greenroom(&["models", "pull"])?;
        pull.env("GREENROOM_MODELS", crate::test::models());
        pull
    })?;
    let place = Place::make()?;
    let server = Arc::new(Server::start(place.data(), &place.models)?);
    let mut voices = Voices::default();
    let mut table = Table::new("conversation", "cargo xtask evals conversation");
    let mut failed = Vec::new();
    for group in people.chunks(AT_ONCE) {
        let mut talks = Vec::new();
        for manner in group {
            let mut person = Played::new(*manner, &mut voices, &place.models)?;
            let (server, manner, wishes) = (Arc::clone(&server), *manner, wishes.clone());
            talks.push(std::thread::spawn(move || -> anyhow::Result<(Manner, Room, Value)> {
                let id = server.plan(&wishes)?;
                let line = Line::open(&server, &id, Acoustics::default())?;
                let room = line.hold(&mut person, SECONDS_MAX)?;
                let report = if room.ended { server.report(&id)? } else { Value::Null };
                Ok((manner, room, report))
            }));
        }
        for talk in talks {
            let (manner, room, report) =
                talk.join().ok().context("somebody who was played broke down")??;
            let grades = grade(manner, &room, &report, timed);
            failed.extend(
                grades
                    .iter()
                    .filter(|(_, good)| !**good)
                    .map(|(name, _)| format!("{manner:?}: {name}")),
            );
            table.push(figure(manner, &room, &grades));
            if grades.values().any(|good| !good) {
                tell(&room);
            }
        }
    }
    table.print();
    table.write(json)?;
    if !failed.is_empty() {
        bail!("the interviewer failed somebody: {}", failed.join("; "));
    }
    Ok(())
}

/// Prints what happened, so that a failure can be understood.
fn tell(room: &Room) {
    for Event { at_s, what } in &room.log {
        match what {
            What::Spoke { name, to_s } => println!("{at_s:8.2}  candidate: {name}, to {to_s:.2}"),
            What::Say { kind, text, .. } => println!("{at_s:8.2}  {kind}: {text}"),
            What::Caption(text) => println!("{at_s:8.2}    heard: {text}"),
            What::Played { stopped: true } => println!("{at_s:8.2}  the line is stopped"),
            What::Audible(_) => println!("{at_s:8.2}  the line is heard"),
            What::Ended => println!("{at_s:8.2}  the end"),
            _ => {}
        }
    }
}

fn figure(manner: Manner, room: &Room, grades: &BTreeMap<&'static str, bool>) -> Figure {
    let good = grades.values().filter(|good| **good).count();
    let bad: Vec<&str> = grades.iter().filter(|(_, good)| !**good).map(|(name, _)| *name).collect();
    let share = talk_share(&room.log);
    let replies = replies(&room.log);
    let dead_ms = (!replies.is_empty()).then(|| quantile(&replies, 0.5) * 1_000.0);
    let reply = dead_ms.map_or_else(String::new, |ms| format!(" reply after {ms:.0} ms;"));
    let mut value = format!(
        "{good} of {} criteria; candidate talks {:.0}%;{reply} {:.0} s",
        grades.len(),
        share * 100.0,
        room.now_s
    );
    if !bad.is_empty() {
        value += &format!("; FAILED: {}", bad.join(", "));
    }
    let data = json!({"grades": grades, "talk_share": share, "reply_p50_ms": dead_ms});
    Figure::new(&format!("{manner:?}"), value, "all", data)
}

/// What the grader asks of every interview, and of this one; `timed` also how soon it replies.
fn grade(manner: Manner, room: &Room, report: &Value, timed: bool) -> BTreeMap<&'static str, bool> {
    let log = &room.log;
    let lines = lines(log);
    let mut grades = BTreeMap::new();
    grades.insert("comes to its end", room.ended);
    let last = lines.last().map_or("", |(_, kind, _)| *kind);
    grades.insert("says goodbye last", last == "closing" || last == "stopped");
    grades.insert("cuts nobody off", cuts(manner, log) == 0);
    let repeats_asked = matches!(manner, Manner::AsksBack | Manner::Silent | Manner::Interrupts);
    grades.insert("no question twice", repeats_asked || no_line_twice(&lines, "question"));
    grades.insert("no follow-up twice", no_line_twice(&lines, "probe"));
    grades.insert("at most two follow-ups to a question", probes_most(&lines) <= PROBES_MAX);
    let replies = replies(log);
    if timed {
        let slow = quantile(&replies, 0.9);
        grades.insert("replies in time", replies.is_empty() || slow <= DEAD_AIR_S);
    }
    match manner {
        Manner::Terse => {
            grades.insert("asks for more", lines.iter().any(|(_, kind, _)| *kind == "probe"));
        }
        Manner::AsksBack => {
            grades.insert("says it again", lines.iter().any(|(_, kind, _)| *kind == "repeat"));
        }
        Manner::Interrupts => {
            grades.insert("yields", yields(log));
        }
        Manner::Silent => {
            let offers =
                lines.iter().any(|(_, kind, _)| *kind == "offer_repeat" || *kind == "encourage");
            grades.insert("offers help before it moves on", offers);
            grades.insert("judges no silence", report["overall"].is_null());
        }
        Manner::Injection | Manner::OffTopic => {
            let most = highest(report);
            grades.insert("is not talked into a level", most.is_none_or(|most| most <= 3.0));
        }
        Manner::Thoughtful | Manner::NonNative | Manner::Stutters => {
            let heard = report["answers"][0]["words"].as_array().map_or(0, Vec::len);
            grades.insert("hears the whole answer", heard >= 25);
        }
        Manner::Rambling => {}
    }
    grades
}

/// The interviewer's lines: number, kind, text.
fn lines(log: &[Event]) -> Vec<(u64, &str, &str)> {
    log.iter()
        .filter_map(|event| match &event.what {
            What::Say { utterance, kind, text } => Some((*utterance, kind.as_str(), text.as_str())),
            _ => None,
        })
        .collect()
}

/// How often a line began while the candidate was in the middle of saying something. What an
/// interrupter said into a line does not count.
fn cuts(manner: Manner, log: &[Event]) -> usize {
    if manner == Manner::Interrupts {
        return 0;
    }
    log.iter()
        .filter(|event| {
            let What::Audible(_) = event.what else { return false };
            log.iter().any(|spoke| match spoke.what {
                What::Spoke { to_s, .. } => spoke.at_s < event.at_s && event.at_s < to_s - 0.05,
                _ => false,
            })
        })
        .count()
}

fn no_line_twice(lines: &[(u64, &str, &str)], kind: &str) -> bool {
    let mut texts: Vec<&str> =
        lines.iter().filter(|(_, of, _)| *of == kind).map(|(_, _, text)| *text).collect();
    let all = texts.len();
    texts.sort_unstable();
    texts.dedup();
    texts.len() == all
}

/// The most follow-ups between two questions.
fn probes_most(lines: &[(u64, &str, &str)]) -> usize {
    let (mut most, mut now) = (0, 0);
    for (_, kind, _) in lines {
        match *kind {
            "question" => now = 0,
            "probe" => now += 1,
            _ => {}
        }
        most = most.max(now);
    }
    most
}

/// From the end of each thing said to the next line, seconds.
fn replies(log: &[Event]) -> Vec<f64> {
    crate::bench::dead_air(log)
}

/// Whether every interruption silenced the interviewer soon.
fn yields(log: &[Event]) -> bool {
    let mut any = false;
    for event in log {
        let What::Spoke { name, .. } = &event.what else { continue };
        if name != "into" {
            continue;
        }
        any = true;
        let silent = log.iter().any(|later| {
            matches!(later.what, What::Played { .. })
                && later.at_s > event.at_s
                && later.at_s - event.at_s <= SILENT_AFTER_S
        });
        if !silent {
            return false;
        }
    }
    any
}

/// Which part of all talk was the candidate's.
fn talk_share(log: &[Event]) -> f64 {
    let (mut own, mut other, mut since) = (0.0, 0.0, None);
    for event in log {
        match event.what {
            What::Spoke { to_s, .. } => own += to_s - event.at_s,
            What::Audible(_) => since = Some(event.at_s),
            What::Played { .. } => other += since.take().map_or(0.0, |since| event.at_s - since),
            _ => {}
        }
    }
    own / f64::max(own + other, 1e-9)
}

/// The highest level in a report, if it has one.
fn highest(report: &Value) -> Option<f64> {
    let levels =
        report["answers"].as_array()?.iter().filter_map(|answer| answer["levels"].as_array());
    levels.flatten().filter_map(|level| level["level"].as_f64()).max_by(f64::total_cmp)
}
