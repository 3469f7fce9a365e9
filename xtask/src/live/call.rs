//! A line that is told what to do step by step. Lines are only shown, so that a call takes no longer than what the
//! candidate says; and sound may come in late, faster than it was said, as after a lost line.

use std::{
    collections::VecDeque,
    net::TcpStream,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

use super::{
    clips::{Clip, HZ, Noise},
    line::{connect, would_block},
    server::Server,
};

/// Samples in a frame of the microphone: 40 ms.
const FRAME: u64 = HZ as u64 / 25;
/// How long the page takes to show a line.
const SHOWN: Duration = Duration::from_millis(250);
/// Late sound comes in so many times as fast as it was said, as fast as captions are made.
const LATE_FACTOR: f64 = 6.0;
/// The longest that anything may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Where a microphone is, so that another call can go on with it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stream {
    /// Interview time of its first sample, once there is one, microseconds.
    pub origin_us: Option<i64>,
    /// Frames sent so far.
    pub frames: u32,
}

/// A call that goes on.
pub struct Call {
    socket: WebSocket<TcpStream>,
    since: Instant,
    welcomed_us: i64,
    stream: Stream,
    frames_before: u32,
    saying: VecDeque<f32>,
    noise: Noise,
    later: Vec<(Instant, Value)>,
    heard: Instant,
    typed: u64,
    /// What the page shows.
    pub view: Value,
    /// The texts of the candidate's turns that were shown.
    pub turns: Vec<String>,
    /// Codes of the notices, in their order.
    pub notices: Vec<String>,
    /// Frames that are safe.
    pub acknowledged: u32,
    /// Why the server closed the line, if it did.
    pub closed: Option<String>,
    /// The interview is over, since then.
    pub ended: Option<Instant>,
}

impl Call {
    /// Opens a line to an interview, whose microphone goes on where `stream` is.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn open(server: &Server, id: &str, stream: Stream) -> anyhow::Result<Self> {
        let mut socket = connect(server, id)?;
        let hello = json!({"type": "hello", "token": server.token, "can_play": false});
        socket.send(Message::text(hello.to_string()))?;
        socket.get_ref().set_read_timeout(Some(PATIENCE))?;
        let welcome: Value = loop {
            if let Message::Text(text) = socket.read()? {
                break serde_json::from_str(&text)?;
            }
        };
        ensure!(welcome["type"] == "welcome", "no welcome: {welcome}");
        socket.get_ref().set_read_timeout(Some(Duration::from_millis(1)))?;
        let texts = |value: &Value| -> Vec<String> {
            let turns = value.as_array().into_iter().flatten();
            turns
                .filter(|turn| turn["speaker"] == "candidate")
                .filter_map(|turn| Some(turn["text"].as_str()?.to_owned()))
                .collect()
        };
        let synced = welcome["synced"].as_array().into_iter().flatten();
        let mine = synced.into_iter().find(|one| one["stream"] == 0);
        // What was not stored before the line was lost is said anew.
        let frames = mine.and_then(|one| u32::try_from(one["frames"].as_u64()?).ok()).unwrap_or(0);
        let stream = Stream { frames, ..stream };
        let mut call = Self {
            socket,
            since: Instant::now(),
            welcomed_us: welcome["now_us"].as_i64().context("a welcome without the time")?,
            stream,
            frames_before: stream.frames,
            saying: VecDeque::new(),
            noise: Noise::new(7),
            later: Vec::new(),
            heard: Instant::now(),
            typed: welcome["typed"].as_u64().unwrap_or(0),
            view: welcome["view"].clone(),
            turns: texts(&welcome["turns"]),
            notices: Vec::new(),
            acknowledged: 0,
            closed: None,
            ended: None,
        };
        let settings = json!({});
        call.tell(
            &json!({"type": "microphone", "stream": 0, "sample_rate": HZ, "settings": settings}),
        )?;
        call.tell(&json!({"type": "ready"}))?;
        Ok(call)
    }

    /// Where the microphone is. The line is lost with the call.
    #[must_use]
    pub fn leave(self) -> Stream {
        self.stream
    }

    /// Interview time, microseconds.
    #[must_use]
    pub fn now_us(&self) -> i64 {
        self.welcomed_us + i64::try_from(self.since.elapsed().as_micros()).unwrap_or(i64::MAX / 2)
    }

    /// Where the interview is.
    #[must_use]
    pub fn phase(&self) -> &str {
        self.view["phase"].as_str().unwrap_or_default()
    }

    /// Whether the candidate may speak, and nothing is about to be said.
    #[must_use]
    pub fn is_mine(&self) -> bool {
        self.view["floor"] == "candidate"
            && self.later.is_empty()
            && self.heard.elapsed() > 2 * SHOWN
    }

    /// How much sound is due and was not sent yet, seconds.
    #[must_use]
    pub fn behind_s(&self) -> f64 {
        let Some(origin_us) = self.stream.origin_us else { return 0.0 };
        let sent_us = i64::from(self.stream.frames) * 40_000;
        (self.now_us() - origin_us - sent_us) as f64 / 1e6
    }

    /// Says something after what is being said.
    pub fn say(&mut self, clip: &Clip) {
        self.saying.extend(clip.samples.iter());
    }

    /// Says nothing more.
    pub fn fall_silent(&mut self) {
        self.saying.clear();
    }

    /// Types an answer.
    ///
    /// # Errors
    /// When the line is lost.
    pub fn type_answer(&mut self, text: &str) -> anyhow::Result<()> {
        self.typed += 1;
        self.tell(&json!({"type": "typed", "id": self.typed, "text": text}))
    }

    /// Sends a message.
    ///
    /// # Errors
    /// When the line is lost.
    pub fn tell(&mut self, message: &Value) -> anyhow::Result<()> {
        self.write(Message::text(message.to_string()))
    }

    /// Takes part until `enough` says so.
    ///
    /// # Errors
    /// When the line breaks, or nothing happens for two minutes.
    pub fn hold(&mut self, enough: impl Fn(&Self) -> bool) -> anyhow::Result<()> {
        let since = Instant::now();
        while !enough(self) {
            ensure!(since.elapsed() < PATIENCE, "nothing goes on: {}", self.view);
            if self.closed.is_some() || self.ended.is_some() {
                let said = self.turns.last().map_or("", String::as_str);
                bail!("it came to its end early ({:?}); said last: {said}", self.closed);
            }
            self.send_sound()?;
            let due = |(at, _): &(Instant, Value)| *at <= Instant::now();
            let (now, later) = std::mem::take(&mut self.later).into_iter().partition(due);
            self.later = later;
            let now: Vec<(Instant, Value)> = now;
            for (_, message) in now {
                self.tell(&message)?;
            }
            self.read()?;
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(())
    }

    /// Takes part for so long.
    ///
    /// # Errors
    /// As [`Call::hold`].
    pub fn wait(&mut self, time: Duration) -> anyhow::Result<()> {
        let until = Instant::now() + time;
        self.hold(|_| Instant::now() >= until)
    }

    /// Takes part until what was to be said is said.
    ///
    /// # Errors
    /// As [`Call::hold`].
    pub fn speak(&mut self) -> anyhow::Result<()> {
        self.hold(|call| call.saying.is_empty() && call.behind_s() < 0.2)
    }

    fn write(&mut self, message: Message) -> anyhow::Result<()> {
        match self.socket.send(message) {
            Ok(()) => Ok(()),
            Err(tungstenite::Error::Io(error)) if would_block(&error) => Ok(()),
            Err(error) => Err(error).context("writing to the live line"),
        }
    }

    fn read(&mut self) -> anyhow::Result<()> {
        for _ in 0..200 {
            match self.socket.read() {
                Ok(Message::Text(text)) => self.hear(&serde_json::from_str(&text)?),
                Ok(Message::Close(_)) => {
                    self.closed.get_or_insert_with(|| "without a word".to_owned());
                    return Ok(());
                }
                Ok(_) => {}
                Err(tungstenite::Error::Io(error)) if would_block(&error) => return Ok(()),
                Err(_) if self.closed.is_some() || self.ended.is_some() => return Ok(()),
                Err(error) => return Err(error).context("reading from the live line"),
            }
        }
        Ok(())
    }

    fn hear(&mut self, message: &Value) {
        let text = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
        match message["type"].as_str().unwrap_or_default() {
            "view" => self.view = message["view"].clone(),
            "say" => {
                self.heard = Instant::now();
                let played = json!({
                    "type": "played", "utterance": message["utterance"], "samples": 0, "done": true,
                });
                self.later.push((Instant::now() + SHOWN, played));
            }
            "turn" if message["turn"]["speaker"] == "candidate" => {
                self.turns.push(message["turn"]["text"].as_str().unwrap_or_default().to_owned());
            }
            "ack" => {
                let frames = message["frames"].as_u64().and_then(|count| u32::try_from(count).ok());
                self.acknowledged = self.acknowledged.max(frames.unwrap_or(0));
            }
            "notice" => self.notices.push(text("code")),
            "closed" => self.closed = Some(text("code")),
            "ended" => self.ended = Some(Instant::now()),
            _ => {}
        }
    }

    /// Sends the frames that are due: those of now as they come, late ones as fast as they are heard.
    fn send_sound(&mut self) -> anyhow::Result<()> {
        let origin_us = *self.stream.origin_us.get_or_insert(self.welcomed_us);
        let due = (self.now_us() - origin_us) / 40_000;
        let late = self.since.elapsed().as_secs_f64() * LATE_FACTOR * 25.0;
        let allowed = i64::from(self.frames_before) + late as i64;
        while i64::from(self.stream.frames) < due.min(allowed) {
            let bytes = self.frame();
            self.write(Message::binary(bytes))?;
        }
        Ok(())
    }

    fn frame(&mut self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(16 + 2 * FRAME as usize);
        bytes.extend([1, 0, 0, 0]);
        bytes.extend(self.stream.frames.to_le_bytes());
        bytes.extend((u64::from(self.stream.frames) * FRAME).to_le_bytes());
        for _ in 0..FRAME {
            let sample = 0.0008 * self.noise.next() + self.saying.pop_front().unwrap_or(0.0);
            bytes.extend(((sample.clamp(-1.0, 1.0) * 32_767.0) as i16).to_le_bytes());
        }
        self.stream.frames += 1;
        bytes
    }
}
