//! The socket of the device check: listens to a microphone for a while, stores nothing, and says what
//! it is like.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    extract::{
        State, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    response::Response,
};
use engines::{Captions, LISTEN_HZ, audio::Resampler};
use tokio::task::JoinHandle;

use super::{
    ear::{Ear, Sensed},
    frame::MicrophoneFrame,
    meter::Meter,
};
use crate::{
    app::App,
    desk::{Desk, Party, Stage},
    engine_room::EngineRoom,
    wire::{check::CheckMessage, live::ClientMessage},
};

/// The largest message: a frame of sound, or the settings of a microphone.
const MESSAGE_BYTES_MAX: usize = 64 * 1024;
/// How long any message may take.
const SILENT_MAX: Duration = Duration::from_secs(10);
/// The first verdict comes after this much sound, samples at 16 kHz.
const FIRST_AFTER: u64 = 5 * LISTEN_HZ as u64;
/// Further ones come after this much more.
const AGAIN_AFTER: u64 = 3 * LISTEN_HZ as u64;
/// Nobody needs to be checked for longer than two minutes.
const LISTEN_MAX: u64 = 120 * LISTEN_HZ as u64;
/// Samples of a level where there is no voice activity: a quarter of a second.
const LEVEL_SAMPLES: usize = LISTEN_HZ as usize / 4;
/// Rates that browsers send.
const RATES: [u32; 3] = [16_000, 24_000, 48_000];

/// A browser begins to play a line this long after it was sent, at the latest.
const PLAYED_WITHIN: Duration = Duration::from_millis(700);

/// Until when the line of the loudspeaker's check is playing.
#[derive(Debug, Default)]
pub struct Playing {
    until: Mutex<Option<Instant>>,
}

impl Playing {
    /// A line of this length is played now.
    pub fn begin(&self, length: Duration) {
        let until = Instant::now() + length + PLAYED_WITHIN;
        *self.until.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
    }

    fn goes_on(&self) -> bool {
        let until = *self.until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }
}

/// Opens the line of a device check.
pub async fn open(State(app): State<Arc<App>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.max_message_size(MESSAGE_BYTES_MAX).max_frame_size(MESSAGE_BYTES_MAX).on_upgrade(
        move |mut socket| async move {
            if let Err((code, text)) = listen(&app, &mut socket).await {
                let (code, text) = (code.to_owned(), text.to_owned());
                // The browser may be gone; there is nobody left to tell then.
                let _ = send(&mut socket, &CheckMessage::Closed { code, text }).await;
            }
            let _ = socket.send(Message::Close(None)).await;
        },
    )
}

/// Why a line is of no use any more: a stable code, and what to do.
type Refusal = (&'static str, &'static str);

async fn listen(app: &App, socket: &mut WebSocket) -> Result<(), Refusal> {
    match receive(socket).await {
        Some(Message::Text(text)) => match serde_json::from_str(&text) {
            Ok(ClientMessage::Hello { token, .. }) if app.guard.knows(&token) => {}
            Ok(ClientMessage::Hello { .. }) => {
                return Err(("bad_token", "the server was started anew; load the page again"));
            }
            _ => return Err(("protocol", "the first message is 'hello'")),
        },
        Some(_) => return Err(("protocol", "the first message is 'hello'")),
        None => return Ok(()),
    }
    let mut hearing: Option<Hearing> = None;
    while let Some(message) = receive(socket).await {
        match message {
            Message::Text(text) => match serde_json::from_str(&text) {
                Ok(ClientMessage::Microphone { sample_rate, .. }) => {
                    hearing = Some(Hearing::new(&app.engines, sample_rate)?);
                }
                Ok(ClientMessage::MicrophoneEnd { .. }) => return Ok(()),
                _ => {
                    return Err(("protocol", "only 'microphone' and its frames are expected here"));
                }
            },
            Message::Binary(bytes) => {
                let frame =
                    MicrophoneFrame::read(&bytes).map_err(|problem| ("protocol", problem))?;
                let hearing =
                    hearing.as_mut().ok_or(("protocol", "'microphone' comes before its frames"))?;
                for message in hearing.hear(&frame, app.playing.goes_on()).await? {
                    if send(socket, &message).await.is_err() {
                        return Ok(());
                    }
                }
                if hearing.heard > LISTEN_MAX {
                    return Err(("over", "the check took two minutes; begin it again if you like"));
                }
            }
            Message::Close(_) => return Ok(()),
            Message::Ping(_) | Message::Pong(_) => {}
        }
    }
    Ok(())
}

async fn receive(socket: &mut WebSocket) -> Option<Message> {
    tokio::time::timeout(SILENT_MAX, socket.recv()).await.ok()??.ok()
}

async fn send(socket: &mut WebSocket, message: &CheckMessage) -> Result<(), axum::Error> {
    let text = serde_json::to_string(message).map_err(axum::Error::new)?;
    socket.send(Message::Text(text.into())).await
}

/// What listens to one microphone.
struct Hearing {
    desk: Arc<Desk>,
    party: Party,
    resampler: Resampler,
    ear: Option<Ear>,
    captions: Option<Arc<dyn Captions>>,
    captioning: Option<JoinHandle<Option<String>>>,
    words: Option<String>,
    meter: Meter,
    /// Samples of a level that is not complete, where there is no ear.
    pending: Vec<f32>,
    heard: u64,
    next_check: u64,
}

impl Hearing {
    fn new(room: &EngineRoom, sample_rate: u32) -> Result<Self, Refusal> {
        static CHECKS: AtomicU64 = AtomicU64::new(0);
        let engines = room.current();
        if !RATES.contains(&sample_rate) {
            return Err(("protocol", "a microphone has 16000, 24000 or 48000 samples a second"));
        }
        let resampler = Resampler::new(sample_rate, LISTEN_HZ)
            .map_err(|_| ("broken", "the sound cannot be converted; reload the page"))?;
        Ok(Self {
            desk: Arc::clone(room.desk()),
            party: Party::Check(CHECKS.fetch_add(1, Ordering::Relaxed)),
            resampler,
            ear: engines.ear(0).ok(),
            captions: engines.captions(),
            captioning: None,
            words: None,
            meter: Meter::default(),
            pending: Vec::new(),
            heard: 0,
            next_check: FIRST_AFTER,
        })
    }

    /// Hears a frame, while the interviewer's voice is `playing` or not, and says what is to be told.
    async fn hear(
        &mut self,
        frame: &MicrophoneFrame,
        playing: bool,
    ) -> Result<Vec<CheckMessage>, Refusal> {
        let broken = |_| ("broken", "the sound cannot be analysed; reload the page");
        let samples: Vec<f32> = frame.samples.iter().map(|x| f32::from(*x) / 32_768.0).collect();
        self.meter.push(&samples);
        let mut converted = Vec::new();
        let pushed = self.resampler.push(&samples, &mut converted);
        pushed.map_err(|error| broken(engines::Error::from(error)))?;
        self.heard += converted.len() as u64;
        let mut messages = match &mut self.ear {
            Some(ear) => {
                let sensed = ear.push(&converted).map_err(broken)?;
                self.sensed(sensed, playing)
            }
            None => self.levels(&converted, playing),
        };
        self.take_words().await;
        if self.heard >= self.next_check {
            self.next_check = self.heard + AGAIN_AFTER;
            messages.push(self.meter.check(self.words.clone()));
        }
        Ok(messages)
    }

    fn sensed(&mut self, sensed: Vec<Sensed>, playing: bool) -> Vec<CheckMessage> {
        let mut messages = Vec::new();
        for one in sensed {
            match one {
                Sensed::Level { db, speech } => {
                    messages.push(self.level(db, Some(speech), playing));
                }
                Sensed::Caption { samples, .. } | Sensed::Segment { samples, .. } if !playing => {
                    self.caption(samples);
                }
                _ => {}
            }
        }
        messages
    }

    /// Levels by loudness alone, where no voice activity is here.
    fn levels(&mut self, samples: &[f32], playing: bool) -> Vec<CheckMessage> {
        self.pending.extend_from_slice(samples);
        let mut messages = Vec::new();
        while self.pending.len() >= LEVEL_SAMPLES {
            let piece: Vec<f32> = self.pending.drain(..LEVEL_SAMPLES).collect();
            let energy: f64 = piece.iter().map(|x| f64::from(*x) * f64::from(*x)).sum();
            let db = (10.0 * (energy / LEVEL_SAMPLES as f64).max(1e-10).log10()) as f32;
            messages.push(self.level(db, None, playing));
        }
        messages
    }

    /// A level is the candidate's, or the loudspeaker's while that is playing.
    fn level(&mut self, db: f32, speech: Option<bool>, playing: bool) -> CheckMessage {
        if playing {
            self.meter.echo(db);
            return CheckMessage::Level { db, speech: false };
        }
        CheckMessage::Level { db, speech: self.meter.level(db, speech) }
    }

    /// Understands words elsewhere, one piece at a time; a piece that comes meanwhile is skipped, for
    /// the next one holds it, too.
    fn caption(&mut self, samples: Vec<f32>) {
        let Some(captions) = self.captions.clone().filter(|_| self.captioning.is_none()) else {
            return;
        };
        let words = self.desk.ask(Stage::Caption, self.party, move || {
            let words = captions.transcribe(&samples);
            words.inspect_err(|error| tracing::warn!("{error}")).ok()
        });
        self.captioning = Some(tokio::spawn(async move { words.await.ok().flatten() }));
    }

    async fn take_words(&mut self) {
        if self.captioning.as_ref().is_some_and(JoinHandle::is_finished)
            && let Some(task) = self.captioning.take()
            && let Ok(Some(words)) = task.await
            && !words.trim().is_empty()
        {
            self.words = Some(words.trim().to_owned());
        }
    }
}
