//! The socket of the live line: reads and checks what comes, sends what goes.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{
        Path, State, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    response::Response,
};
use futures::{SinkExt, StreamExt};
use interview::InterviewId;
use tokio::sync::mpsc;

use super::{Connection, Event, Outgoing, Registry};
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
    let first = tokio::time::timeout(HELLO_WITHIN, socket.recv()).await;
    let Ok(Some(Ok(Message::Text(text)))) = first else {
        return refuse(socket, "protocol", "the first message is 'hello', within 5 seconds").await;
    };
    let Ok(ClientMessage::Hello { token, can_play }) = serde_json::from_str(&text) else {
        return refuse(socket, "protocol", "the first message is 'hello'").await;
    };
    if !app.guard.knows(&token) {
        return refuse(socket, "bad_token", "the server was started anew; load the page again")
            .await;
    }
    let room = match Registry::enter(&app, interview).await {
        Ok(room) => room,
        Err(closed) => return refuse(socket, closed.code(), &closed.to_string()).await,
    };
    let connection = Connection::next();
    let (outgoing, to_send) = mpsc::channel(WAITING_MAX);
    if room.send(Event::Attach { connection, outgoing, can_play }).await.is_err() {
        return refuse(socket, "not_found", "the interview is over").await;
    }
    let (sink, stream) = socket.split();
    let writing = tokio::spawn(write(sink, to_send));
    read(stream, &room, connection).await;
    let _ = room.send(Event::Lost { connection }).await;
    writing.abort();
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

async fn read(
    mut stream: futures::stream::SplitStream<WebSocket>,
    room: &mpsc::Sender<Event>,
    connection: Connection,
) {
    while let Ok(Some(Ok(message))) = tokio::time::timeout(SILENT_MAX, stream.next()).await {
        let event = match message {
            Message::Text(text) => match serde_json::from_str::<ClientMessage>(&text) {
                Ok(message) => Event::Message { connection, message },
                Err(error) => Event::Nonsense { connection, problem: error.to_string() },
            },
            Message::Binary(bytes) => Event::Frame { connection, bytes: bytes.to_vec() },
            Message::Close(_) => return,
            Message::Ping(_) | Message::Pong(_) => continue,
        };
        if room.send(event).await.is_err() {
            return;
        }
    }
}
