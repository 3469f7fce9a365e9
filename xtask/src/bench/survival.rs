//! `cargo xtask bench survival`: the program is killed at random moments of interviews in progress, and half of the
//! times the power goes with it: what no sync had confirmed is taken back. After each restart everything that was
//! acknowledged must be there, sample by sample and turn by turn, and the interview must go on. Before that, what else can
//! go wrong around a program goes wrong once each.

mod troubles;

use std::{
    collections::HashMap,
    net::TcpStream,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

use super::{Figure, Place, Table, faults::compile};
use crate::live::{
    clips::Noise,
    line::{connect, would_block},
    server::Server,
};

/// Arguments of `cargo xtask bench survival`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Three troubles and twelve kills, under 50 s once built.
    #[arg(long)]
    quick: bool,
    /// How often it is killed.
    #[arg(long, default_value_t = 300)]
    kills: u32,
    /// Draws other moments.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Also write the figures to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<String>,
}

const QUICK_KILLS: u32 = 12;
/// Samples in a frame: 20 ms at 24 kHz.
const FRAME: usize = 480;
const FRAME_TIME: Duration = Duration::from_millis(20);
/// Kills in one interview before it is led to its end.
const KILLS_IN_ONE: u32 = 12;
/// How long the page takes to show a line, and the candidate to type an answer.
const SHOWN: Duration = Duration::from_millis(250);
const TYPED: Duration = Duration::from_millis(450);
/// The longest that anything may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Twelve kills; gives how many kills there were.
///
/// # Errors
/// As [`run`].
pub fn run_quickly() -> anyhow::Result<u64> {
    run(&Arguments { quick: true, kills: QUICK_KILLS, seed: 1, json: None })?;
    Ok(u64::from(QUICK_KILLS))
}

/// Runs it and prints the table.
///
/// # Errors
/// When anything that was acknowledged is missing after a restart.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let place = Place::make()?;
    let troubled = if arguments.quick { troubles::QUICK } else { troubles::ALL.len() };
    for (name, trouble) in troubles::ALL.into_iter().take(troubled) {
        troubles::survive(&place, name, trouble)?;
        println!("survived: {name}");
    }
    let layer = layer(&place)?;
    let kills = if arguments.quick { QUICK_KILLS } else { arguments.kills };
    let mut noise = Noise::new(arguments.seed);
    let mut counts = Counts::default();
    while counts.killed + counts.cut < kills {
        let left = kills - counts.killed - counts.cut;
        one_interview(&place, &layer, left.min(KILLS_IN_ONE), &mut noise, &mut counts)?;
        println!(
            "{} killed, {} with the power cut, {} interviews led to their end",
            counts.killed, counts.cut, counts.ended
        );
    }
    let mut table = Table::new("survival", "cargo xtask bench survival");
    let mut push = |name: &str, number: u64| {
        table.push(Figure::new(name, number.to_string(), "", json!({ "number": number })));
    };
    push("killed in mid-interview, nothing acknowledged lost", u64::from(counts.killed));
    push("killed and the power cut, nothing acknowledged lost", u64::from(counts.cut));
    push("frames of sound that were acknowledged and compared", counts.frames);
    push("turns that were shown and found again", counts.turns);
    push("writes that the power cut took back", counts.taken_back);
    push("interviews led to their end and their report", u64::from(counts.ended));
    push("locks, full disks, calendar jumps and second tabs survived", troubled as u64);
    table.print();
    table.write(arguments.json.as_deref())
}

#[derive(Default)]
struct Counts {
    killed: u32,
    cut: u32,
    ended: u32,
    frames: u64,
    turns: u64,
    taken_back: u64,
}

/// Builds the layer that remembers what was not synced.
fn layer(place: &Place) -> anyhow::Result<PathBuf> {
    let built = place.data().join("unsynced.so");
    compile("unsynced.c", &built, &["-shared", "-fPIC", "-ldl"])?;
    Ok(built)
}

/// What was acknowledged, which must never be missing again.
#[derive(Default)]
struct Kept {
    frames: u32,
    turns: Vec<String>,
    /// Typed messages sent so far.
    typed: u64,
}

fn one_interview(
    place: &Place,
    layer: &Path,
    kills: u32,
    noise: &mut Noise,
    counts: &mut Counts,
) -> anyhow::Result<()> {
    let data = place.data().join("data");
    let nothing = place.data().join("no-models");
    std::fs::create_dir_all(&data)?;
    std::fs::create_dir_all(&nothing)?;
    let mut kept = Kept::default();
    let mut id = None;
    for kill in 0..kills {
        let journal = place.data().join("journal");
        let _ = std::fs::remove_file(&journal);
        let power = kill % 2 == 0;
        let folder = data.canonicalize()?;
        let layered = [
            ("LD_PRELOAD", layer.as_os_str()),
            ("UNSYNCED_JOURNAL", journal.as_os_str()),
            ("UNSYNCED_FOLDER", folder.as_os_str()),
        ];
        let server = Server::spawn(&data, &nothing, if power { &layered } else { &[] })?;
        let wishes = json!({"questions": 8, "seed": 11});
        let id = match &id {
            Some(id) => id,
            None => id.insert(server.plan(&wishes)?),
        };
        let moment = Duration::from_millis(150 + (2_350.0 * noise.next().abs()) as u64);
        let mut talk = Talk::open(&server, id, &mut kept)?;
        talk.hold(Some(moment), &mut kept)
            .with_context(|| format!("in {id} before kill {kill}"))?;
        drop(server);
        // What had been sent to the page before the kill was shown there.
        talk.drain(&mut kept);
        if power {
            counts.cut += 1;
            counts.taken_back += take_back(&journal)?;
        } else {
            counts.killed += 1;
        }
    }
    let Some(id) = id else { return Ok(()) };
    let server = Server::spawn(&data, &nothing, &[])?;
    let mut talk = Talk::open(&server, &id, &mut kept)?;
    talk.hold(None, &mut kept).with_context(|| format!("{id} does not come to its end"))?;
    compare_sound(&server, &id, kept.frames)?;
    let report = server.report(&id)?;
    // Without models what was only recorded cannot be understood, and the report says so.
    let made = report["state"] == "ready" || report["state"] == "partial";
    ensure!(made, "no report of {id}: {}", report["state"]);
    ensure!(report["coverage"]["answered"] == 8, "answers are missing: {}", report["coverage"]);
    counts.ended += 1;
    counts.frames += u64::from(kept.frames);
    counts.turns += kept.turns.len() as u64;
    Ok(())
}

/// A page that types its answers while its microphone is on.
struct Talk {
    socket: WebSocket<TcpStream>,
    answered: String,
    /// What is to be said, and when.
    later: Vec<(Instant, Value)>,
    sent: u32,
    ended: bool,
}

impl Talk {
    /// Comes back to an interview and looks whether all that was acknowledged is there.
    fn open(server: &Server, id: &str, kept: &mut Kept) -> anyhow::Result<Self> {
        let socket = connect(server, id)?;
        let mut talk =
            Self { socket, answered: String::new(), later: Vec::new(), sent: 0, ended: false };
        talk.tell(&json!({"type": "hello", "token": server.token, "can_play": false}))?;
        let welcome = talk.welcome()?;
        talk.check(&welcome, kept)?;
        talk.socket.get_ref().set_read_timeout(Some(Duration::from_millis(1)))?;
        talk.tell(
            &json!({"type": "microphone", "stream": 0, "sample_rate": 24_000, "settings": {}}),
        )?;
        talk.tell(&json!({"type": "ready"}))?;
        Ok(talk)
    }

    fn welcome(&mut self) -> anyhow::Result<Value> {
        self.socket.get_ref().set_read_timeout(Some(PATIENCE))?;
        loop {
            if let Message::Text(text) = self.socket.read()? {
                let message: Value = serde_json::from_str(&text)?;
                ensure!(message["type"] == "welcome", "no welcome: {message}");
                return Ok(message);
            }
        }
    }

    fn check(&mut self, welcome: &Value, kept: &mut Kept) -> anyhow::Result<()> {
        let synced = welcome["synced"].as_array().context("synced")?;
        let frames = synced.iter().find(|one| one["stream"] == 0).map_or(0, |one| {
            u32::try_from(one["frames"].as_u64().unwrap_or(0)).unwrap_or(u32::MAX)
        });
        ensure!(
            frames >= kept.frames,
            "{} frames were acknowledged, {frames} are there",
            kept.frames
        );
        let mut there: HashMap<&str, usize> = HashMap::new();
        for turn in welcome["turns"].as_array().context("turns")? {
            *there.entry(turn["text"].as_str().unwrap_or_default()).or_default() += 1;
        }
        for text in &kept.turns {
            let count = there.get_mut(text.as_str()).filter(|count| **count > 0);
            let count =
                count.with_context(|| format!("this turn was shown and is lost: {text}"))?;
            *count -= 1;
        }
        kept.typed = kept.typed.max(welcome["typed"].as_u64().unwrap_or(0));
        kept.frames = frames;
        self.sent = frames;
        Ok(())
    }

    /// Takes part until the moment has come, or to the end.
    fn hold(&mut self, moment: Option<Duration>, kept: &mut Kept) -> anyhow::Result<()> {
        let since = Instant::now();
        let first = self.sent;
        while !self.ended {
            let passed = since.elapsed();
            if moment.is_some_and(|moment| passed >= moment) {
                return Ok(());
            }
            ensure!(moment.is_some() || passed < 4 * PATIENCE, "nothing goes on");
            while FRAME_TIME * (self.sent - first) <= passed {
                self.send_frame()?;
            }
            let all = std::mem::take(&mut self.later);
            for (at, message) in all {
                if at <= Instant::now() {
                    self.tell(&message)?;
                } else {
                    self.later.push((at, message));
                }
            }
            while let Some(message) = self.read()? {
                self.hear(&message, kept)?;
                if self.ended {
                    // The server hangs up after that.
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Reads what came before the server was killed.
    fn drain(&mut self, kept: &mut Kept) {
        while let Ok(Some(message)) = self.read() {
            note(&message, kept);
        }
    }

    fn read(&mut self) -> anyhow::Result<Option<Value>> {
        match self.socket.read() {
            Ok(Message::Text(text)) => Ok(Some(serde_json::from_str(&text)?)),
            Ok(_) => Ok(Some(Value::Null)),
            Err(tungstenite::Error::Io(error)) if would_block(&error) => Ok(None),
            Err(error) => Err(error).context("the line broke"),
        }
    }

    fn hear(&mut self, message: &Value, kept: &mut Kept) -> anyhow::Result<()> {
        note(message, kept);
        match message["type"].as_str().unwrap_or_default() {
            "say" => {
                self.answered.clear();
                let utterance = &message["utterance"];
                let played =
                    json!({"type": "played", "utterance": utterance, "samples": 0, "done": true});
                self.later.push((Instant::now() + SHOWN, played));
            }
            "view" if message["view"]["floor"] == "candidate" => {
                let now = format!("{}{}", message["view"]["phase"], message["view"]["item"]);
                if self.answered != now {
                    self.answered = now;
                    kept.typed += 1;
                    let text = format!(
                        "Answer {}: I compared the list with the shelves and wrote a check that ran each night. In the end the errors fell from 40 to 3.",
                        kept.typed
                    );
                    let typed = json!({"type": "typed", "id": kept.typed, "text": text});
                    self.later.push((Instant::now() + TYPED, typed));
                }
            }
            "ended" => self.ended = true,
            "closed" => bail!("the line was closed: {message}"),
            _ => {}
        }
        Ok(())
    }

    fn tell(&mut self, message: &Value) -> anyhow::Result<()> {
        self.socket.send(Message::text(message.to_string())).context("writing to the line")
    }

    fn send_frame(&mut self) -> anyhow::Result<()> {
        let mut bytes = vec![1, 0, 0, 0];
        bytes.extend(self.sent.to_le_bytes());
        bytes.extend((u64::from(self.sent) * FRAME as u64).to_le_bytes());
        for i in 0..FRAME {
            bytes.extend(sample(u64::from(self.sent) * FRAME as u64 + i as u64).to_le_bytes());
        }
        self.sent += 1;
        self.socket.send(Message::binary(bytes)).context("writing sound to the line")
    }
}

/// Notes what the server said is safe.
fn note(message: &Value, kept: &mut Kept) {
    match message["type"].as_str().unwrap_or_default() {
        "ack" => {
            let frames = u32::try_from(message["frames"].as_u64().unwrap_or(0)).unwrap_or(0);
            kept.frames = kept.frames.max(frames);
        }
        "turn" if message["turn"]["speaker"] == "candidate" => {
            let text = message["turn"]["text"].as_str().unwrap_or_default().to_owned();
            if !kept.turns.contains(&text) {
                kept.turns.push(text);
            }
        }
        _ => {}
    }
}

/// The sample at a position: the same in every run, and unlike its neighbours.
fn sample(position: u64) -> i16 {
    ((position.wrapping_mul(2_654_435_761) >> 16) % 4_001) as i16 - 2_000
}

/// Reads the recording and compares every sample of the acknowledged frames.
fn compare_sound(server: &Server, id: &str, frames: u32) -> anyhow::Result<()> {
    let path = format!("/api/interviews/{id}/sound?start_us=0&end_us=1800000000");
    let bytes = server.bytes(&path)?;
    let samples: Vec<i16> = bytes
        .get(44..)
        .unwrap_or_default()
        .chunks_exact(2)
        .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    let begin: Vec<i16> = (0..64).map(sample).collect();
    let first = samples.windows(64).position(|window| window == begin);
    let first = first.context("the recording does not hold its first frame")?;
    for position in 0..u64::from(frames) * FRAME as u64 {
        let heard = samples.get(first + usize::try_from(position)?);
        ensure!(
            heard == Some(&sample(position)),
            "sample {position} of {id} was acknowledged and is not what was sent"
        );
    }
    Ok(())
}

/// Takes back every write that was not synced; how many there were.
fn take_back(journal: &Path) -> anyhow::Result<u64> {
    let bytes = std::fs::read(journal).context("the layer wrote no journal")?;
    let mut open: Vec<Entry> = Vec::new();
    let mut at = 0;
    while let Some((entry, next)) = Entry::read(&bytes, at) {
        at = next;
        match entry.kind {
            b's' => open.retain(|one| one.kind != b'w' || one.path != entry.path),
            b'f' => open
                .retain(|one| one.kind != b'm' || one.path.parent() != Some(entry.path.as_path())),
            _ => open.push(entry),
        }
    }
    for entry in open.iter().rev() {
        entry.take_back().with_context(|| format!("taking back {}", entry.path.display()))?;
    }
    Ok(open.len() as u64)
}

/// An entry of the layer's journal, as `unsynced.c` writes it.
struct Entry {
    kind: u8,
    path: PathBuf,
    offset: u64,
    size: u64,
    old: Vec<u8>,
}

impl Entry {
    /// The entry at `at` and where the next begins; `None` where the journal ends, or was cut off by
    /// the kill (then the write it speaks of was not done).
    fn read(bytes: &[u8], at: usize) -> Option<(Self, usize)> {
        let kind = *bytes.get(at)?;
        let length = |from: usize| {
            let field = bytes.get(from..from + 8)?;
            Some(u64::from_le_bytes(field.try_into().ok()?))
        };
        let path_length = u32::from_le_bytes(bytes.get(at + 1..at + 5)?.try_into().ok()?) as usize;
        let path = bytes.get(at + 5..at + 5 + path_length)?;
        let path = PathBuf::from(String::from_utf8_lossy(path).into_owned());
        let from = at + 5 + path_length;
        let (offset, size, old_length) = (length(from)?, length(from + 8)?, length(from + 16)?);
        let end = from + 24 + usize::try_from(old_length).ok()?;
        let old = bytes.get(from + 24..end)?.to_vec();
        Some((Self { kind, path, offset, size, old }, end))
    }

    fn take_back(&self) -> anyhow::Result<()> {
        use std::os::unix::fs::FileExt;
        if self.kind == b'm' {
            let _ = std::fs::remove_file(&self.path);
            return Ok(());
        }
        // A file that was deleted, or never came to be, has nothing to take back.
        let Ok(file) = std::fs::OpenOptions::new().write(true).open(&self.path) else {
            return Ok(());
        };
        file.set_len(self.size)?;
        file.write_all_at(&self.old, self.offset)?;
        Ok(())
    }
}
