//! A room with a scripted ear, told by hand what happens, on a clock that is moved by hand.

use std::sync::Arc;

use axum::{Json, extract::State};
use engines::scripted::ScriptedWords;
use interview::{InterviewId, Us};
use tokio::sync::mpsc;

use super::*;
use crate::{
    config::Config,
    http::interviews,
    wire::interview::{Speaker, Turn as WireTurn, Wishes},
};

const HZ: u32 = 16_000;
const SECOND: Us = 1_000_000;
/// Samples of a frame: 40 ms.
const FRAME: usize = 640;

/// A candidate in front of a room.
struct Sitting {
    room: Room,
    line: mpsc::Receiver<Outgoing>,
    connection: Connection,
    frames: u32,
    /// The lines the interviewer has said.
    said: Vec<String>,
    turns: Vec<WireTurn>,
    _folder: tempfile::TempDir,
}

async fn app(folder: &tempfile::TempDir) -> Arc<App> {
    let mut config = Config::default();
    config.data.folder = Some(folder.path().to_owned());
    let app = App::open(&config, 1).await.expect("the app opens");
    app.engines.use_engines(Engines::scripted(Arc::new(ScriptedWords::new(&[]))));
    app
}

async fn interview(app: &Arc<App>) -> Interview {
    let wishes = Wishes { questions: Some(1), seed: Some(7), ..Wishes::default() };
    let (_, Json(made)) =
        interviews::create(State(Arc::clone(app)), Json(wishes)).await.expect("an interview");
    let id: InterviewId = made.id.parse().expect("an id");
    app.store.interview(id).await.expect("it is stored")
}

impl Sitting {
    /// A room in which the first question waits for a spoken answer.
    async fn at_first_question() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let app = app(&folder).await;
        let id = interview(&app).await.id;
        let room = Room::open(app, id).await.expect("the room opens");
        let (connection, (_, line)) = (Connection::next(), mpsc::channel(1));
        let (said, turns) = (Vec::new(), Vec::new());
        let mut sitting = Self { room, line, connection, frames: 0, said, turns, _folder: folder };
        sitting.come_in().await;
        let settings = serde_json::json!({});
        sitting.tell(ClientMessage::Microphone { stream: 0, sample_rate: HZ, settings }).await;
        sitting.tell(ClientMessage::Ready).await;
        sitting.hear_out().await;
        let text = "I have been repairing an old bicycle with my daughter.".to_owned();
        sitting.tell(ClientMessage::Typed { id: 1, text }).await;
        sitting.hear_out().await;
        sitting.room.step(Input::Timer).await;
        sitting.hear_out().await;
        let view = sitting.room.conversation.view();
        assert_eq!((view.item, view.answer.is_some()), (Some(0), true), "{view:?}");
        sitting
    }

    async fn come_in(&mut self) {
        let (outgoing, line) = mpsc::channel(4_096);
        (self.connection, self.line) = (Connection::next(), line);
        let connection = self.connection;
        self.room.handle(Event::Attach { connection, outgoing, can_play: false }).await;
    }

    async fn tell(&mut self, message: ClientMessage) {
        self.room.handle(Event::Message { connection: self.connection, message }).await;
    }

    /// Reads what the room has sent.
    fn read(&mut self) -> Vec<u32> {
        let mut lines = Vec::new();
        while let Ok(outgoing) = self.line.try_recv() {
            match outgoing {
                Outgoing::Text(ServerMessage::Say { utterance, text, .. }) => {
                    lines.push(utterance);
                    self.said.push(text);
                }
                Outgoing::Text(ServerMessage::Turn { turn }) => {
                    self.turns.retain(|other| other.id != turn.id);
                    self.turns.push(turn);
                }
                _ => {}
            }
        }
        lines
    }

    /// Lets the interviewer say everything that it has to say.
    async fn hear_out(&mut self) {
        loop {
            let lines = self.read();
            if lines.is_empty() {
                return;
            }
            for utterance in lines {
                self.tell(ClientMessage::Played { utterance, samples: 0, done: true }).await;
            }
        }
    }

    /// Time passes.
    fn pass(&mut self, us: Us) {
        let now_us = self.room.clock.now_us() + us;
        self.room.clock = Clock::new(world::now(), world::now(), now_us);
    }

    /// The next so many seconds of the microphone come in, with a voice or without.
    async fn sound(&mut self, seconds: usize, voice: bool) {
        for _ in 0..seconds * HZ as usize / FRAME {
            let mut bytes = vec![1, 0, 0, 0];
            bytes.extend_from_slice(&self.frames.to_le_bytes());
            let position = u64::from(self.frames) * FRAME as u64;
            bytes.extend_from_slice(&position.to_le_bytes());
            for sample in 0..FRAME {
                let level = if sample % 2 == 0 { 8_000_i16 } else { -8_000 };
                let level = if voice { level } else { 0 };
                bytes.extend_from_slice(&level.to_le_bytes());
            }
            self.frames += 1;
            self.room.handle(Event::Frame { connection: self.connection, bytes }).await;
        }
    }

    async fn caption(&mut self, segment_us: Us, text: &str) {
        self.room.handle(Event::Captioned { segment_us, text: Ok(text.to_owned()) }).await;
    }

    /// The candidate's turns of the answer to the question that is open.
    fn answer_turns(&self) -> Vec<&WireTurn> {
        let mine = |turn: &&WireTurn| turn.speaker == Speaker::Candidate && turn.spoken;
        self.turns.iter().filter(mine).collect()
    }
}

#[tokio::test]
async fn a_voice_that_goes_on_across_a_lost_line_is_heard_to_its_end() {
    let mut sitting = Sitting::at_first_question().await;
    sitting.pass(2 * SECOND);
    sitting.sound(2, true).await;
    let from_us = sitting.room.conversation.view().words_from_us.expect("a turn");
    sitting.caption(from_us, "We had an outage in May").await;
    sitting.room.handle(Event::Lost { connection: sitting.connection }).await;
    sitting.pass(12 * SECOND);
    sitting.read();
    let said = sitting.said.len();
    sitting.come_in().await;
    // The browser sends what it kept; the voice has not paused since before the line was lost.
    sitting.sound(12, true).await;
    sitting.pass(3 * SECOND);
    sitting.sound(3, true).await;
    sitting.room.step(Input::Timer).await;
    sitting.caption(from_us, "We had an outage in May and I mended it that night.").await;
    sitting.read();
    assert_eq!(sitting.said.len(), said, "talked over: {:?}", sitting.said.last());
    sitting.tell(ClientMessage::Done).await;
    sitting.read();
    let turns = sitting.answer_turns();
    assert_eq!(turns.len(), 1, "{turns:#?}");
    assert_eq!(turns[0].text, "We had an outage in May and I mended it that night.");
    let (start_us, end_us) = (turns[0].start_us.unwrap_or(0), turns[0].end_us.unwrap_or(0));
    assert!(end_us - start_us >= 16 * SECOND, "{start_us} to {end_us}");
}

#[tokio::test]
async fn a_voice_that_comes_in_after_the_interviewer_has_begun_stops_it() {
    let mut sitting = Sitting::at_first_question().await;
    sitting.pass(2 * SECOND);
    sitting.sound(2, true).await;
    sitting.room.handle(Event::Lost { connection: sitting.connection }).await;
    sitting.pass(12 * SECOND);
    sitting.come_in().await;
    sitting.pass(3 * SECOND);
    sitting.room.step(Input::Timer).await;
    let floor = |sitting: &Sitting| sitting.room.conversation.view().floor;
    assert_eq!(floor(&sitting), conversation::FloorView::Interviewer);
    let answer = sitting.room.conversation.view().answer;
    // A slow line: the sound of those seconds arrives only now.
    sitting.sound(1, true).await;
    assert_eq!(floor(&sitting), conversation::FloorView::Candidate);
    sitting.sound(10, true).await;
    sitting.read();
    sitting.tell(ClientMessage::Done).await;
    sitting.read();
    assert_eq!(sitting.room.conversation.view().answer, answer, "it is the same answer");
}

#[tokio::test]
async fn the_stored_patience_is_the_interviewers() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app(&folder).await;
    let id = interview(&app).await.id;
    let patience = async |app: &Arc<App>| {
        let room = Room::open(Arc::clone(app), id).await.expect("the room opens");
        room.conversation.patience()
    };
    assert_eq!(patience(&app).await, 1.0);
    let mut settings = crate::http::settings::of(&app).await.expect("settings");
    settings.patience = 2.5;
    let stored = serde_json::to_value(&settings).expect("JSON");
    app.store.save_settings(app.person, &stored).await.expect("stored");
    assert_eq!(patience(&app).await, 2.5);
}
