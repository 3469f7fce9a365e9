//! `cargo xtask bench memory`: what each further interview in progress takes, models aside, and whether the server
//! grows over many interviews, one after another.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context;
use serde_json::json;

use super::{Figure, Place, Table};
use crate::live::{
    call::{Call, Stream},
    server::Server,
};

/// Arguments of `cargo xtask bench memory`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Three at once and sixteen one after another, under 50 s once built.
    #[arg(long)]
    quick: bool,
    /// How many interviews one after another.
    #[arg(long, default_value_t = 200)]
    interviews: usize,
    /// Also write the figures to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<String>,
}

/// After how many interviews the memory is read.
const READ_AFTER: [usize; 9] = [10, 25, 50, 100, 150, 200, 300, 400, 500];
/// Interviews that are held at the same time while many are held one after another.
const LANES: usize = 4;
/// How long those who are in an interview at once stay there.
const STAY: Duration = Duration::from_secs(8);
/// An answer; written by a language model for this bench.
const ANSWER: &str = "Last spring our shop had wrong deliveries almost every week. I was asked to find out why, so I looked at two months of orders. Two people edited the same sheet, so I locked the rows and trained both. In the end the wrong deliveries went from nine a week to one.";

/// Runs it and prints the table.
///
/// # Errors
/// When the program is not built, its models are missing, or a line breaks.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let place = Place::make()?;
    let server = Arc::new(Server::start_without_language(place.data(), &place.models)?);
    // Everything that is made once is made before anything is read.
    many(&server, LANES)?;
    let (at_once, in_all) = if arguments.quick { (3, 16) } else { (8, arguments.interviews) };
    let mut table = Table::new("memory", "cargo xtask bench memory");
    let (before, after) = together(&server, at_once)?;
    let each = (after as f64 - before as f64) / at_once as f64 / 1e6;
    let data = json!({"at_once": at_once, "before": before, "after": after});
    let value =
        format!("{each:.1} MB ({at_once} at once, {:.0} to {:.0} MB)", mb(before), mb(after));
    table.push(Figure::new("each further interview in progress", value, "<= 20 MB", data));
    let (_, mut last) = server.used()?;
    let first = last;
    let (mut held, mut half) = (0, last);
    for next in READ_AFTER.into_iter().filter(|next| *next <= in_all).chain([in_all]) {
        if next <= held {
            continue;
        }
        many(&server, next - held)?;
        held = next;
        (_, last) = server.used()?;
        if held <= in_all / 2 {
            half = last;
        }
        let data = json!({"interviews": held, "bytes": last});
        table.push(Figure::new(
            &format!("after {held} interviews"),
            format!("{:.0} MB", mb(last)),
            "",
            data,
        ));
    }
    let grown = (last as f64 - first as f64) / 1e6;
    let value = format!("{grown:+.1} MB, {:+.3} MB each", grown / held.max(1) as f64);
    table.push(Figure::new("growth over all of them", value, "none", json!({"mb": grown})));
    let grown = (last as f64 - half as f64) / 1e6;
    let value = format!("{grown:+.1} MB");
    table.push(Figure::new("growth over the second half", value, "none", json!({"mb": grown})));
    table.print();
    table.write(arguments.json.as_deref())
}

fn mb(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// So many candidates at once at their first question, their microphones on; memory before and while they are there.
fn together(server: &Arc<Server>, number: usize) -> anyhow::Result<(u64, u64)> {
    let (_, before) = server.used()?;
    let lanes: Vec<_> = (0..number)
        .map(|_| {
            let server = Arc::clone(server);
            std::thread::spawn(move || -> anyhow::Result<()> {
                let id = server.plan(&json!({"questions": 2, "persona": "maya"}))?;
                let mut call = Call::open(&server, &id, Stream::default())?;
                call.hold(Call::is_mine)?;
                call.type_answer(ANSWER)?;
                call.wait(STAY)?;
                call.tell(&json!({"type": "end"}))?;
                call.hold(|call| call.ended.is_some())
            })
        })
        .collect();
    let until = Instant::now() + STAY;
    let mut most = before;
    while Instant::now() < until {
        std::thread::sleep(Duration::from_millis(200));
        most = most.max(server.used()?.1);
    }
    for lane in lanes {
        lane.join().ok().context("a candidate broke down")??;
    }
    Ok((before, most))
}

/// So many short interviews, some at the same time, each to its report.
fn many(server: &Arc<Server>, number: usize) -> anyhow::Result<()> {
    let lanes: Vec<_> = (0..LANES)
        .map(|lane| {
            let server = Arc::clone(server);
            std::thread::spawn(move || -> anyhow::Result<()> {
                for _ in (lane..number).step_by(LANES) {
                    short(&server)?;
                }
                Ok(())
            })
        })
        .collect();
    for lane in lanes {
        lane.join().ok().context("a candidate broke down")??;
    }
    Ok(())
}

/// One typed interview with its microphone on, from its plan to its report.
fn short(server: &Server) -> anyhow::Result<()> {
    let id = server.plan(&json!({"format": "phone-screen", "questions": 1, "persona": "maya"}))?;
    let mut call = Call::open(server, &id, Stream::default())?;
    while call.ended.is_none() {
        call.hold(|call| call.is_mine() || call.ended.is_some())?;
        if call.ended.is_some() {
            break;
        }
        call.type_answer(ANSWER)?;
        let before = call.view.clone();
        call.hold(|call| call.view != before || call.ended.is_some())?;
    }
    server.report(&id).map(|_| ())
}
