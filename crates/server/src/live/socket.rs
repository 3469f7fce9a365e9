//! The socket of the live line: reads and checks what comes, sends what goes.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    extract::{
        Path, State, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    response::Response,
};
use futures::{SinkExt, StreamExt, stream::SplitStream};
use interview::InterviewId;
use tokio::{sync::mpsc, time::timeout};

use super::{
    Closed, Connection, Event, Outgoing, Registry,
    places::{Standing, Wait},
};
use crate::{
    app::App,
    wire::live::{ClientMessage, ServerMessage},
};

/// The largest message: a typed answer of 20,000 characters with room to spare.
const MESSAGE_BYTES_MAX: usize = 128 * 1024;
/// How long the first message may take.
const HELLO_WITHIN: Duration = Duration::from_secs(5);
/// A line on which nothing at all comes for this long is dead; browsers send played positions, sound
/// or answers to pings far more often.
const SILENT_MAX: Duration = Duration::from_secs(20);
/// How often a ping is sent.
const PING_EVERY: Duration = Duration::from_secs(5);
/// How often somebody who waits is told so again, though nothing changed.
const QUEUED_EVERY: Duration = Duration::from_secs(5);
/// How long the last message of a line may take to go out.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// Messages that may wait for a browser that reads slowly.
const WAITING_MAX: usize = 8_192;

/// Opens the live line of an interview.
pub async fn open(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade.max_message_size(MESSAGE_BYTES_MAX).max_frame_size(MESSAGE_BYTES_MAX).on_upgrade(
        move |socket| async move {
            let Ok(interview) = id.parse::<InterviewId>() else {
                return refuse(socket, "not_found", "there is no such interview").await;
            };
            talk(app, interview, socket).await;
        },
    )
}

async fn refuse(mut socket: WebSocket, code: &str, text: &str) {
    let closed = ServerMessage::Closed { code: code.to_owned(), text: text.to_owned() };
    if let Ok(text) = serde_json::to_string(&closed) {
        // The browser may be gone already; there is nobody left to tell.
        let _ = socket.send(Message::Text(text.into())).await;
    }
    let _ = socket.send(Message::Close(None)).await;
}

async fn talk(app: Arc<App>, interview: InterviewId, mut socket: WebSocket) {
    let first = timeout(HELLO_WITHIN, socket.recv()).await;
    let Ok(Some(Ok(Message::Text(text)))) = first else {
        return refuse(socket, "protocol", "the first message is 'hello', within 5 seconds").await;
    };
    let Ok(ClientMessage::Hello { token, can_play, typed }) = serde_json::from_str(&text) else {
        return refuse(socket, "protocol", "the first message is 'hello'").await;
    };
    if !app.guard.knows(&token) {
        return refuse(socket, "bad_token", "the server was started anew; load the page again")
            .await;
    }
    let connection = Connection::next();
    let (outgoing, to_send) = mpsc::channel(WAITING_MAX);
    let (sink, stream) = socket.split();
    let mut writing = tokio::spawn(write(sink, to_send));
    let mut visit = Visit { app, interview, connection, stream, can_play, typed };
    let mut line = Some(outgoing);
    let result = visit.hold(&mut line).await;
    visit.app.live.away(interview, connection);
    if let (Err(closed), Some(outgoing)) = (result, line) {
        let (code, text) = (closed.code().to_owned(), closed.to_string());
        // The browser may be gone already; there is nobody left to tell.
        let _ = outgoing.send(Outgoing::Text(ServerMessage::Closed { code, text })).await;
        drop(outgoing);
        // What is on its way to it goes out before the line is cut.
        let _ = timeout(LAST_WORDS, &mut writing).await;
    }
    writing.abort();
}

/// One socket of one interview: waits for a place, then brings what comes to the room.
struct Visit {
    app: Arc<App>,
    interview: InterviewId,
    connection: Connection,
    stream: SplitStream<WebSocket>,
    can_play: bool,
    /// Answers are typed, which takes no place.
    typed: bool,
}

/// How a stay in a room or in the queue ended.
enum Left {
    /// The line is gone.
    Gone,
    /// The candidate wants to go on, and the place is gone, or there never was one.
    NeedsPlace {
        /// What was said, for which a place is needed.
        message: ClientMessage,
    },
}

impl Visit {
    /// Waits and talks until the line is gone. While it talks, the room alone holds the line and `own`
    /// is empty: so the browser is told when the room lets go of it.
    async fn hold(&mut self, own: &mut Option<mpsc::Sender<Outgoing>>) -> Result<(), Closed> {
        let mut said = None;
        if self.typed {
            self.app.live.leave(self.interview);
        }
        while let Some(outgoing) = own.clone() {
            if !self.typed && !self.wait(&outgoing, &mut said).await? {
                return Ok(());
            }
            let room = match Registry::enter(&self.app, self.interview).await {
                Ok(room) => room,
                Err(closed) => {
                    self.app.live.free(self.interview);
                    return Err(closed);
                }
            };
            let connection = self.connection;
            let line = outgoing.downgrade();
            let can_play = self.can_play && !self.typed;
            if room.send(Event::Attach { connection, outgoing, can_play }).await.is_err() {
                return Err(Closed::Over);
            }
            *own = None;
            if let Some(message) = said.take() {
                // Only a room that has closed takes nothing, and then reading ends at once.
                let _ = room.send(Event::Message { connection, message }).await;
            }
            let left = self.read(&room).await;
            let again = line.upgrade();
            let _ = room.send(Event::Lost { connection }).await;
            if let Left::NeedsPlace { message } = left {
                // The browser announces its streams again after the next welcome by itself.
                said = matches!(message, ClientMessage::Ready).then_some(message);
                *own = again;
            }
        }
        Ok(())
    }

    /// Waits for a place and tells how long it takes; `false` when the line is gone. A `Ready` that comes
    /// meanwhile is kept in `said`.
    async fn wait(
        &mut self,
        outgoing: &mpsc::Sender<Outgoing>,
        said: &mut Option<ClientMessage>,
    ) -> Result<bool, Closed> {
        let mut moves = self.app.live.moves();
        let mut standing = Registry::ask(&self.app, self.interview, self.connection).await?;
        let mut tell_again = tokio::time::interval(QUEUED_EVERY);
        tell_again.reset();
        let (mut told, mut heard) = (None, Instant::now());
        loop {
            match standing {
                Standing::Admitted => return Ok(true),
                Standing::Waits(wait) if told != Some(wait) => {
                    told = Some(wait);
                    let Wait { position, waiting, minutes } = wait;
                    let queued = ServerMessage::Queued { position, waiting, minutes };
                    if outgoing.send(Outgoing::Text(queued)).await.is_err() {
                        return Ok(false);
                    }
                }
                Standing::Waits(_) => {}
                Standing::Elsewhere => return Err(Closed::Elsewhere),
                Standing::Gone => return Err(Closed::Left),
                Standing::Full => return Err(Closed::Full),
            }
            tokio::select! {
                _ = moves.changed() => {}
                _ = tell_again.tick() => {
                    told = None;
                    if heard.elapsed() > SILENT_MAX {
                        return Ok(false);
                    }
                }
                message = self.stream.next() => {
                    heard = Instant::now();
                    let Some(Ok(message)) = message else { return Ok(false) };
                    match message {
                        Message::Close(_) => return Ok(false),
                        Message::Text(text) => match serde_json::from_str(&text) {
                            Ok(ClientMessage::Leave) => {
                                self.app.live.leave(self.interview);
                                return Err(Closed::Left);
                            }
                            Ok(message @ ClientMessage::Ready) => *said = Some(message),
                            _ => {}
                        },
                        // The browser keeps its sound until it is acknowledged.
                        _ => {}
                    }
                }
            }
            standing = Registry::standing(&self.app, self.interview, self.connection);
        }
    }

    /// Brings what the browser says to the room.
    async fn read(&mut self, room: &mpsc::Sender<Event>) -> Left {
        let connection = self.connection;
        while let Ok(Some(Ok(message))) = timeout(SILENT_MAX, self.stream.next()).await {
            let event = match message {
                Message::Text(text) => match serde_json::from_str::<ClientMessage>(&text) {
                    Ok(message) if self.lacks_place(&message) => {
                        self.typed = false;
                        return Left::NeedsPlace { message };
                    }
                    Ok(message) => Event::Message { connection, message },
                    Err(error) => Event::Nonsense { connection, problem: error.to_string() },
                },
                Message::Binary(bytes) => Event::Frame { connection, bytes: bytes.to_vec() },
                Message::Close(_) => return Left::Gone,
                Message::Ping(_) | Message::Pong(_) => continue,
            };
            if room.send(event).await.is_err() {
                return Left::Gone;
            }
        }
        Left::Gone
    }

    /// Whether a place is needed for what was said, and is not there.
    fn lacks_place(&self, message: &ClientMessage) -> bool {
        let live = &self.app.live;
        match message {
            ClientMessage::Microphone { .. } if self.typed => true,
            _ if self.typed => false,
            ClientMessage::Pause => {
                live.rest(self.interview);
                false
            }
            ClientMessage::Ready
            | ClientMessage::Microphone { .. }
            | ClientMessage::Typed { .. }
            | ClientMessage::Typing => !live.stir(self.interview, self.connection),
            _ => false,
        }
    }
}

async fn write(
    mut sink: futures::stream::SplitSink<WebSocket, Message>,
    mut to_send: mpsc::Receiver<Outgoing>,
) {
    let mut ping = tokio::time::interval(PING_EVERY);
    loop {
        let message = tokio::select! {
            outgoing = to_send.recv() => match outgoing {
                Some(Outgoing::Text(message)) => match serde_json::to_string(&message) {
                    Ok(text) => Message::Text(text.into()),
                    Err(error) => {
                        tracing::error!("a message cannot be written as JSON: {error}");
                        continue;
                    }
                },
                Some(Outgoing::Sound(bytes)) => Message::Binary(bytes.into()),
                None => Message::Close(None),
            },
            _ = ping.tick() => Message::Ping(Vec::new().into()),
        };
        let last = matches!(message, Message::Close(_));
        if sink.send(message).await.is_err() || last {
            return;
        }
    }
}
