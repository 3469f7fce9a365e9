//! The line of one candidate: a microphone that is always open, a loudspeaker that plays what comes, and a log of
//! what happened when. Everything runs in real time on the thread that calls [`Line::hold`].

use std::{
    collections::VecDeque,
    net::TcpStream,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use serde_json::{Value, json};
use tungstenite::{Message, WebSocket, client::IntoClientRequest};

use super::{
    clips::{Clip, HZ, Noise},
    server::Server,
};

/// Samples in a frame of the microphone: 40 ms.
const FRAME: usize = HZ as usize / 25;
/// How often playing is reported.
const REPORT_S: f64 = 0.25;
/// A duck takes this long to be 20 dB, a stop this long to be silent, as the room of the web app does it.
const DUCK_S: f64 = 0.03;
const STOP_S: f64 = 0.03;
/// Frames that are kept while they are not acknowledged: ten minutes.
const KEPT_MAX: usize = 15_000;

/// Something that happened, seconds after the line was opened.
#[derive(Debug, Clone)]
pub struct Event {
    /// When.
    pub at_s: f64,
    /// What.
    pub what: What,
}

/// What can happen on a line.
#[derive(Debug, Clone)]
pub enum What {
    /// The candidate's clip begins to be heard; its voice ends at `to_s`.
    Spoke {
        /// Which clip, as the candidate calls it.
        name: String,
        /// When its voice ends.
        to_s: f64,
    },
    /// The interviewer is to say a line.
    Say {
        /// Its number.
        utterance: u64,
        /// What it is for.
        kind: String,
        /// Its text.
        text: String,
    },
    /// The first sample of a line that can be heard was played.
    Audible(u64),
    /// A line was played to its end, or stopped.
    Played {
        /// Whether it was stopped before its end.
        stopped: bool,
    },
    /// A line is 20 dB softer.
    Ducked,
    /// It is at its loudness again.
    Unducked,
    /// Captions changed to this.
    Caption(String),
    /// The interview is over.
    Ended,
}

/// What a candidate says next; what is being said is broken off.
#[derive(Debug, Clone)]
pub struct Says {
    /// What the log calls it.
    pub name: String,
    /// Its sound.
    pub clip: Clip,
}

/// Somebody who takes part: looks at the room every few milliseconds and acts.
pub trait Person {
    /// What to say now, if anything.
    fn look(&mut self, room: &Room) -> Option<Says>;
}

/// What a candidate can see and hear.
#[derive(Debug, Default)]
pub struct Room {
    /// Seconds since the line was opened.
    pub now_s: f64,
    /// What the page shows.
    pub view: Value,
    /// The line being played, and since when it can be heard.
    pub playing: Option<(u64, f64)>,
    /// Until when the candidate's own voice goes on.
    pub speaking_to_s: f64,
    /// When the interviewer fell silent.
    pub silent_since_s: f64,
    /// Everything so far.
    pub log: Vec<Event>,
    /// The interview is over.
    pub ended: bool,
}

impl Room {
    /// Whose turn the page says it is.
    #[must_use]
    pub fn floor(&self) -> &str {
        self.view["floor"].as_str().unwrap_or_default()
    }

    /// Where the interview is.
    #[must_use]
    pub fn phase(&self) -> &str {
        self.view["phase"].as_str().unwrap_or_default()
    }

    fn note(&mut self, what: What) {
        self.log.push(Event { at_s: self.now_s, what });
    }
}

/// How the candidate's room sounds.
#[derive(Debug, Clone, Copy)]
pub struct Acoustics {
    /// Noise of the room, full scale 1.
    pub noise: f32,
    /// How much of what is played comes back into the microphone; 0 with headphones.
    pub echo: f32,
    /// After how long, samples at [`HZ`].
    pub echo_delay: usize,
}

impl Default for Acoustics {
    fn default() -> Self {
        Self { noise: 0.0008, echo: 0.0, echo_delay: 0 }
    }
}

/// An open line.
pub struct Line {
    socket: WebSocket<TcpStream>,
    room: Room,
    since: Instant,
    microphone: Microphone,
    loudspeaker: Loudspeaker,
}

struct Microphone {
    acoustics: Acoustics,
    noise: Noise,
    /// What is left to be said.
    saying: VecDeque<f32>,
    sent: u64,
    frames: u32,
}

#[derive(Default)]
struct Loudspeaker {
    lines: VecDeque<Spoken>,
    /// Samples played so far, silence included.
    position: u64,
    /// What was played and has not come back yet.
    played: VecDeque<f32>,
    gain: f32,
    ducked: bool,
}

struct Spoken {
    utterance: u64,
    aloud: bool,
    samples: Vec<f32>,
    /// All samples have come.
    complete: bool,
    played: usize,
    reported_s: f64,
    audible: bool,
    stopping: bool,
}

impl Line {
    /// Opens the line to an interview and begins it.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn open(server: &Server, id: &str, acoustics: Acoustics) -> anyhow::Result<Self> {
        let socket = connect(server, id)?;
        socket.get_ref().set_read_timeout(Some(Duration::from_millis(1)))?;
        let mut line = Self {
            socket,
            room: Room::default(),
            since: Instant::now(),
            microphone: Microphone {
                acoustics,
                noise: Noise::new(7),
                saying: VecDeque::new(),
                sent: 0,
                frames: 0,
            },
            loudspeaker: Loudspeaker { gain: 1.0, ..Loudspeaker::default() },
        };
        line.tell(&json!({"type": "hello", "token": server.token, "can_play": true}))?;
        line.tell(&json!({"type": "microphone", "stream": 0, "sample_rate": HZ, "settings": {}}))?;
        line.tell(&json!({"type": "ready"}))?;
        Ok(line)
    }

    /// Lets a person take part until the interview is over or `seconds` have passed; gives the log.
    ///
    /// # Errors
    /// When the line breaks.
    pub fn hold(mut self, person: &mut dyn Person, seconds: f64) -> anyhow::Result<Room> {
        while !self.room.ended && self.room.now_s < seconds {
            self.room.now_s = self.since.elapsed().as_secs_f64();
            self.read()?;
            if self.room.ended {
                // The server hangs up after that.
                break;
            }
            self.play()?;
            if let Some(Says { name, clip }) = person.look(&self.room) {
                self.say(name, &clip);
            }
            self.send_sound()?;
            std::thread::sleep(Duration::from_millis(3));
        }
        Ok(self.room)
    }

    fn say(&mut self, name: String, clip: &Clip) {
        let from = self.room.now_s;
        let to_s = from + clip.voice_to as f64 / f64::from(HZ);
        self.microphone.saying = clip.samples.iter().copied().collect();
        self.room.speaking_to_s = to_s;
        let at_s = from + clip.voice_from as f64 / f64::from(HZ);
        self.room.log.push(Event { at_s, what: What::Spoke { name, to_s } });
    }

    fn tell(&mut self, message: &Value) -> anyhow::Result<()> {
        self.write(Message::text(message.to_string()))
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
            let message = match self.socket.read() {
                Ok(message) => message,
                Err(tungstenite::Error::Io(error)) if would_block(&error) => return Ok(()),
                Err(_) if self.room.ended => return Ok(()),
                Err(error) => return Err(error).context("reading from the live line"),
            };
            match message {
                Message::Text(text) => {
                    let message: Value = serde_json::from_str(&text)?;
                    self.hear(&message)?;
                }
                Message::Binary(bytes) => self.loudspeaker.take(&bytes),
                _ => {}
            }
        }
        Ok(())
    }

    fn hear(&mut self, message: &Value) -> anyhow::Result<()> {
        let utterance = message["utterance"].as_u64().unwrap_or(0);
        match message["type"].as_str().unwrap_or_default() {
            "welcome" | "view" => {
                self.room.view = message["view"].clone();
            }
            "say" => {
                let text = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
                let (kind, text) = (text("kind"), text("text"));
                self.room.note(What::Say { utterance, kind, text });
                let aloud = message["aloud"] == true;
                self.loudspeaker.lines.push_back(Spoken::new(utterance, aloud));
            }
            "say_end" => {
                if let Some(line) = self.loudspeaker.find(utterance) {
                    line.complete = true;
                }
            }
            "duck" => {
                self.loudspeaker.ducked = true;
                self.room.log.push(Event { at_s: self.room.now_s + DUCK_S, what: What::Ducked });
            }
            "unduck" => {
                self.loudspeaker.ducked = false;
                self.room.note(What::Unducked);
            }
            "stop_speaking" => {
                if let Some(line) = self.loudspeaker.find(utterance) {
                    line.stopping = true;
                }
            }
            "caption" => {
                let text = message["text"].as_str().unwrap_or_default().to_owned();
                self.room.note(What::Caption(text));
            }
            "ended" => {
                self.room.ended = true;
                self.room.note(What::Ended);
            }
            "closed" => bail!("the line was closed: {message}"),
            _ => {}
        }
        Ok(())
    }

    /// Plays what is due until now and reports it.
    fn play(&mut self) -> anyhow::Result<()> {
        let due = (self.room.now_s * f64::from(HZ)) as u64;
        let count = due.saturating_sub(self.loudspeaker.position) as usize;
        self.loudspeaker.position = due;
        let reports = self.loudspeaker.play(count, &mut self.room);
        for report in reports {
            self.tell(&report)?;
        }
        Ok(())
    }

    /// Sends the frames of the microphone that are full by now.
    fn send_sound(&mut self) -> anyhow::Result<()> {
        let due = (self.room.now_s * f64::from(HZ)) as u64;
        while self.microphone.sent + FRAME as u64 <= due {
            anyhow::ensure!((self.microphone.frames as usize) < KEPT_MAX * 4, "a line is too long");
            let frame = self.microphone.frame(&mut self.loudspeaker.played);
            self.write(Message::binary(frame))?;
        }
        Ok(())
    }
}

impl Microphone {
    /// The next frame: what the candidate says, the room, and what comes back of what is played.
    fn frame(&mut self, played: &mut VecDeque<f32>) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(16 + 2 * FRAME);
        bytes.extend([1, 0, 0, 0]);
        bytes.extend(self.frames.to_le_bytes());
        bytes.extend(self.sent.to_le_bytes());
        for position in self.sent..self.sent + FRAME as u64 {
            let mut sample = self.acoustics.noise * self.noise.next();
            sample += self.saying.pop_front().unwrap_or(0.0);
            if position >= self.acoustics.echo_delay as u64 {
                sample += self.acoustics.echo * played.pop_front().unwrap_or(0.0);
            }
            let sample = (sample.clamp(-1.0, 1.0) * 32_767.0) as i16;
            bytes.extend(sample.to_le_bytes());
        }
        self.frames += 1;
        self.sent += FRAME as u64;
        bytes
    }
}

impl Loudspeaker {
    fn find(&mut self, utterance: u64) -> Option<&mut Spoken> {
        self.lines.iter_mut().find(|line| line.utterance == utterance)
    }

    fn take(&mut self, bytes: &[u8]) {
        if bytes.len() < 16 || bytes[0] != 2 {
            return;
        }
        let utterance = u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]);
        if let Some(line) = self.find(u64::from(utterance)) {
            let samples = bytes[16..].chunks_exact(2);
            line.samples.extend(
                samples.map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0),
            );
        }
    }

    /// Plays `count` samples, silence where there is nothing.
    fn play(&mut self, count: usize, room: &mut Room) -> Vec<Value> {
        let mut reports = Vec::new();
        let mut left = count;
        while left > 0 {
            let Some(line) = self.lines.front_mut() else { break };
            let ready = line.samples.len() - line.played;
            let number = ready.min(left);
            let target = if self.ducked { 0.1 } else { 1.0 };
            for sample in &line.samples[line.played..line.played + number] {
                self.gain += (target - self.gain) * 0.002;
                self.played.push_back(sample * self.gain);
            }
            line.note_audible(number, room);
            line.played += number;
            left -= number;
            let over = line.complete && line.played == line.samples.len();
            if over || line.stopping || !line.aloud {
                let stopped = line.stopping && !over;
                let at_s = room.now_s + if stopped { STOP_S } else { 0.0 };
                room.log.push(Event { at_s, what: What::Played { stopped } });
                reports.push(line.report(true));
                self.lines.pop_front();
                self.ducked = false;
                room.playing = None;
                room.silent_since_s = room.now_s;
                continue;
            }
            if room.now_s - line.reported_s >= REPORT_S && line.played > 0 {
                line.reported_s = room.now_s;
                reports.push(line.report(false));
            }
            break;
        }
        self.played.extend(std::iter::repeat_n(0.0, left));
        reports
    }
}

impl Spoken {
    fn new(utterance: u64, aloud: bool) -> Self {
        Self {
            utterance,
            aloud,
            samples: Vec::new(),
            complete: !aloud,
            played: 0,
            reported_s: 0.0,
            audible: false,
            stopping: false,
        }
    }

    fn note_audible(&mut self, number: usize, room: &mut Room) {
        if self.audible {
            return;
        }
        let next = &self.samples[self.played..self.played + number];
        if next.iter().any(|sample| sample.abs() > 0.005) {
            self.audible = true;
            room.playing = Some((self.utterance, room.now_s));
            room.note(What::Audible(self.utterance));
        }
    }

    fn report(&self, done: bool) -> Value {
        json!({"type": "played", "utterance": self.utterance, "samples": self.played, "done": done})
    }
}

/// Opens the socket of an interview's live line, as a page of the server does.
///
/// # Errors
/// When the server refuses.
pub fn connect(server: &Server, id: &str) -> anyhow::Result<WebSocket<TcpStream>> {
    let place = server.address.trim_start_matches("http://");
    let mut request = format!("ws://{place}/api/interviews/{id}/live").into_client_request()?;
    request.headers_mut().insert("origin", server.address.parse()?);
    let stream = TcpStream::connect(place.replace("localhost", "127.0.0.1"))?;
    stream.set_nodelay(true)?;
    let (socket, _) = tungstenite::client(request, stream).context("opening the live line")?;
    Ok(socket)
}

/// Whether nothing came within the time that reading waits.
pub fn would_block(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut)
}
