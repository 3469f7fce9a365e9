//! `cargo xtask bench report`: how long after the end of a long interview its report is there, with the rules judge
//! complete: when the interview came to its end, and when it was ended in the middle of an answer.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::{Figure, Place, Table, faults::Faults, live::ANSWERS};
use crate::live::{
    call::{Call, Stream},
    clips::{Clip, Noise, Voices},
    server::Server,
};

/// Arguments of `cargo xtask bench report`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A short interview and two ends, under 50 s once built.
    #[arg(long)]
    quick: bool,
    /// How often it is ended in the middle of an answer.
    #[arg(long, default_value_t = 12)]
    ends: u32,
    /// Also write the figures to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<String>,
}

/// How long the last answer has been given when the interview is ended in its middle, seconds at most.
const LAST_S: i64 = 135;
/// What is said to the interviewer beside the answers; written by a language model for this bench.
const SHORT: &str = "I did that part myself, and it took about two weeks.";
/// A server that uses less of a processor than this has nothing more to do.
const IDLE_CORES: f64 = 0.06;
/// How long it may take until it has.
const IDLE_WITHIN: Duration = Duration::from_secs(240);
/// Longest and shortest speech of the last answer in real time before the end, seconds.
const SPOKEN_S: (f64, f64) = (3.0, 27.0);

/// A long interview up to its last answer, on the disk.
struct Grown {
    id: String,
    stream: Stream,
    /// How far the calendar is ahead by now, seconds.
    ahead_s: i64,
    minutes: f64,
}

/// Runs it and prints the table.
///
/// # Errors
/// When something is missing, or the interview does not go on.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let place = Place::make()?;
    let mut voices = Voices::default();
    let mut speech = Vec::new();
    for text in ANSWERS {
        speech.push(voices.say(&place.models, "helen", text)?);
    }
    let short = voices.say(&place.models, "helen", SHORT)?;
    let (questions, seconds) = if arguments.quick { (2, 30) } else { (8, 155) };
    let bench = Bench { place: &place, speech, short, questions, seconds };
    let origin = place.data().join("grown");
    let faults = Faults::build(place.data(), &origin)?;
    let grown = bench.grow(&faults, &origin)?;
    println!("an interview of {:.1} minutes lies ready", grown.minutes);
    let mut noise = Noise::new(3);
    let (ends, closings) =
        if arguments.quick { (1, 1) } else { (arguments.ends, arguments.ends / 3) };
    let mut cut = Vec::new();
    for _ in 0..ends {
        let spoken_s = SPOKEN_S.0 + (SPOKEN_S.1 - SPOKEN_S.0) * f64::from(noise.next().abs());
        cut.push(bench.end(&grown, &origin, Some(spoken_s))?);
    }
    let mut closed = Vec::new();
    for _ in 0..closings {
        closed.push(bench.end(&grown, &origin, None)?);
    }
    let mut table = Table::new("report", "cargo xtask bench report");
    let minutes = format!("{:.1} min", grown.minutes);
    table.push(Figure::new("interview before its end", minutes, "", json!(grown.minutes)));
    let goal = "p95 <= 2 s";
    let name = "report complete after an end in the middle of an answer";
    table.push(Figure::milliseconds(name, &cut, cut.len(), goal));
    let name = "report complete after the closing";
    table.push(Figure::milliseconds(name, &closed, closed.len(), goal));
    table.print();
    table.write(arguments.json.as_deref())
}

struct Bench<'a> {
    place: &'a Place,
    speech: Vec<Clip>,
    short: Clip,
    questions: u64,
    /// Length of an answer.
    seconds: i64,
}

impl Bench<'_> {
    fn serve(&self, faults: &Faults, data: &Path) -> anyhow::Result<Server> {
        let server = Server::spawn(data, &self.place.models, &faults.environment())?;
        server.until_ready()?;
        Ok(server)
    }

    /// An answer of so many seconds, its sentences in an order of their own.
    fn answer(&self, number: u64, seconds: f64) -> Clip {
        let first = usize::try_from(number).unwrap_or(0) % self.speech.len();
        let mut clip = self.speech[first].clone();
        let mut next = first;
        while clip.seconds() < seconds {
            next = (next + 1) % self.speech.len();
            clip = clip.then(0.9, &self.speech[next]);
        }
        let length = ((seconds * 24_000.0) as usize).min(clip.samples.len());
        Clip::new(clip.samples[..length].to_vec())
    }

    /// Holds an interview up to the middle of its last answer. What would take its time is not waited for: the
    /// server is killed, the calendar moved, and what the candidate said meanwhile comes in as late sound.
    fn grow(&self, faults: &Faults, data: &Path) -> anyhow::Result<Grown> {
        let mut server = self.serve(faults, data)?;
        let wishes = json!({"questions": self.questions, "persona": "maya", "seed": 5});
        let id = server.plan(&wishes)?;
        let mut call = Call::open(&server, &id, Stream::default())?;
        let (mut ahead_s, mut answered) = (0, None);
        loop {
            call.hold(Call::is_mine)?;
            let item = call.view["item"].as_u64();
            if call.phase() == "question" && item != answered {
                answered = item;
                let number = item.unwrap_or(0);
                let stream = call.leave();
                drop(server);
                let last = number + 1 == self.questions;
                // The last answer goes on afterwards, below the time that an answer may take.
                ahead_s += if last { self.seconds.min(LAST_S) } else { self.seconds };
                faults.move_calendar(ahead_s)?;
                server = self.serve(faults, data)?;
                call = Call::open(&server, &id, stream)?;
                let speech = self.answer(number, call.behind_s() - 0.5);
                call.say(&speech);
                call.speak()?;
                until_idle(&server, &mut call)?;
                println!("question {}: answered for {:.0} s", number + 1, speech.seconds());
                if last {
                    break;
                }
                continue;
            }
            call.say(&self.short);
            call.speak()?;
            if call.view["item"].as_u64() != item {
                // Time was up, and the next question has been asked.
                continue;
            }
            call.tell(&json!({"type": "done"}))?;
            let before = call.view.clone();
            call.hold(|call| call.view != before)?;
        }
        let minutes = call.now_us() as f64 / 60e6;
        let stream = call.leave();
        Ok(Grown { id, stream, ahead_s, minutes })
    }

    /// Ends a copy of the interview, after so many seconds of its last answer or as it is planned; how
    /// long it takes until the report is there, seconds.
    fn end(&self, grown: &Grown, origin: &Path, spoken_s: Option<f64>) -> anyhow::Result<f64> {
        let data = self.place.data().join("copy");
        copy(origin, &data)?;
        let faults = Faults::build(self.place.data(), &data)?;
        faults.move_calendar(grown.ahead_s)?;
        let server = self.serve(&faults, &data)?;
        let mut call = Call::open(&server, &grown.id, grown.stream)?;
        call.hold(|call| call.behind_s() < 0.2)?;
        let since = if let Some(spoken_s) = spoken_s {
            call.hold(Call::is_mine)?;
            call.say(&self.answer(1, spoken_s + 10.0));
            call.wait(Duration::from_secs_f64(spoken_s))?;
            call.fall_silent();
            call.tell(&json!({"type": "end"}))?;
            let since = Instant::now();
            call.hold(|call| call.ended.is_some())?;
            since
        } else {
            self.lead_to_its_end(&mut call)?
        };
        let report = server.report(&grown.id)?;
        let took_s = since.elapsed().as_secs_f64();
        drop(server);
        std::fs::remove_dir_all(&data)?;
        check(&report, self.questions)?;
        let how = spoken_s.map_or("closed".to_owned(), |s| format!("ended after {s:.1} s"));
        println!("{how}: the report was there after {took_s:.2} s");
        Ok(took_s)
    }

    /// Answers what is asked until the interviewer has taken leave; when that was.
    fn lead_to_its_end(&self, call: &mut Call) -> anyhow::Result<Instant> {
        while call.ended.is_none() {
            call.hold(|call| call.is_mine() || call.ended.is_some())?;
            if call.ended.is_some() {
                break;
            }
            call.say(&self.short);
            call.speak()?;
            call.tell(&json!({"type": "done"}))?;
            let before = call.view.clone();
            call.hold(|call| call.view != before || call.ended.is_some())?;
        }
        call.ended.context("it has ended")
    }
}

/// Waits until the server has done all it has to do, the line held.
fn until_idle(server: &Server, call: &mut Call) -> anyhow::Result<()> {
    let since = Instant::now();
    while since.elapsed() < IDLE_WITHIN {
        let (before, _) = server.used()?;
        call.wait(Duration::from_secs(2))?;
        let (after, _) = server.used()?;
        if (after - before) / 2.0 < IDLE_CORES {
            return Ok(());
        }
    }
    anyhow::bail!("the server is still busy after {IDLE_WITHIN:?}")
}

/// A report that counts: all that was answered is judged.
fn check(report: &Value, questions: u64) -> anyhow::Result<()> {
    ensure!(
        report["state"] == "ready",
        "the report is {}: {}",
        report["state"],
        report["problems"]
    );
    let answers = report["answers"].as_array().map_or(0, Vec::len) as u64;
    ensure!(answers == questions, "{answers} of {questions} answers are in the report");
    Ok(())
}

/// Copies a folder with all that is in it.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
