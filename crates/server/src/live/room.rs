//! One interview that goes on: owns its conversation, hears its microphone, speaks its lines, and
//! stores what was said before anything else is done with it.
//!
//! Everything that happens comes in as an [`Event`] on one queue, so that nothing here is shared and
//! nothing needs a lock. What takes the processor (captions, words, speech) is handed in at the desk
//! and comes back as an event.

mod echo;
mod given;
mod hearing;
mod keeping;
mod probing;
mod speaking;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use conversation::{Action, AnswerRef, Conversation, Input};
use engines::Recognition;
use interview::{AnswerId, InterviewId, Lack, ParticipantId, Span, Turn, Us};
use store::{Interview, InterviewState, Step};
use tokio::sync::{mpsc, oneshot};

use self::{
    hearing::{Hearing, Microphone},
    speaking::Playing,
};
use super::{clock::Clock, transcript::Transcript, view};
use crate::{
    app::{App, world},
    desk::{NotDone, Party, Stage},
    engine_room::Engines,
    wire::live::{ClientMessage, ServerMessage, Synced},
};

/// A room that nobody is in closes after this long; the interview can be entered again later.
const EMPTY_ROOM: Duration = Duration::from_secs(600);
/// How long the last words of an interview may take; the job that judges its last answer finds what is
/// missing then.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// Why a room cannot be entered.
#[derive(Debug, thiserror::Error)]
pub enum Closed {
    /// There is no such interview, or it is somebody else's.
    #[error("there is no such interview")]
    NotFound,
    /// It is over.
    #[error("this interview is over; its report is being made")]
    Over,
    /// Its state cannot be read.
    #[error("the interview cannot be opened: {0}")]
    Broken(String),
    /// It was opened on another socket.
    #[error("the interview goes on in another tab")]
    Elsewhere,
    /// The candidate did not want to wait.
    #[error("you have left the queue; open this page again to join it")]
    Left,
    /// More than can even wait.
    #[error("too many people are here just now; come back in a while")]
    Full,
}

impl Closed {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Over => "over",
            Self::Broken(_) => "broken",
            Self::Elsewhere => "moved_to_another_tab",
            Self::Left => "left",
            Self::Full => "full",
        }
    }
}

/// One socket, told apart from those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connection(u64);

impl Connection {
    /// The next one.
    pub fn next() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        Self(COUNT.fetch_add(1, Ordering::Relaxed))
    }
}

/// What goes to the browser.
#[derive(Debug, Clone)]
pub enum Outgoing {
    /// A message.
    Text(ServerMessage),
    /// A frame of the interviewer's sound.
    Sound(Vec<u8>),
}

/// What happens in a room.
#[derive(Debug)]
pub enum Event {
    /// A browser has come in and said hello.
    Attach {
        /// Its socket.
        connection: Connection,
        /// What goes to it.
        outgoing: mpsc::Sender<Outgoing>,
        /// Whether it can play the interviewer's voice.
        can_play: bool,
    },
    /// A browser said something.
    Message {
        /// On which socket.
        connection: Connection,
        /// What.
        message: ClientMessage,
    },
    /// A browser sent a binary frame.
    Frame {
        /// On which socket.
        connection: Connection,
        /// The frame.
        bytes: Vec<u8>,
    },
    /// A browser sent what is no message.
    Nonsense {
        /// On which socket.
        connection: Connection,
        /// What is wrong with it.
        problem: String,
    },
    /// A socket is gone.
    Lost {
        /// Which.
        connection: Connection,
    },
    /// Frames of a stream are on the disk.
    Synced {
        /// The browser's number of the stream.
        stream: u8,
        /// How many frames are synced.
        frames: u32,
        /// What went wrong with the disk, if anything.
        problem: Option<String>,
    },
    /// A caption was made.
    Captioned {
        /// Begin of its segment.
        segment_us: Us,
        /// Its words.
        text: Result<String, String>,
    },
    /// The sound model judged whether the turn is over.
    TurnEnd {
        /// In the pause that began here.
        since_us: Us,
        /// Its probability.
        probability: Result<f32, String>,
    },
    /// The accurate words of a segment were found, in time from its begin.
    Recognised {
        /// The segment.
        span: Span,
        /// Its words.
        words: Result<Recognition, String>,
    },
    /// What the answer lacks was looked at.
    Lacks {
        /// Which answer.
        answer: AnswerRef,
        /// What it lacks; `None` when nobody could look.
        lacks: Option<Vec<Lack>>,
    },
    /// A language model phrased a follow-up, or could not.
    Probe {
        /// The answer it follows.
        answer: AnswerRef,
        /// What it asks for.
        lack: Lack,
        /// What it says.
        text: Result<String, String>,
    },
    /// The notes were searched.
    Notes {
        /// What they say.
        answer: Option<String>,
    },
    /// A piece of an utterance was made and sent.
    Sounding {
        /// Which.
        utterance: u64,
        /// Samples, at the rate its line was announced with.
        samples: Vec<i16>,
    },
    /// All sound of an utterance was made and sent, or could not be.
    Spoken {
        /// Which.
        utterance: u64,
        /// How many samples.
        samples: Result<u64, String>,
    },
    /// The interview is being deleted: close without storing anything more.
    Delete {
        /// Told when the room has let go of its files.
        done: oneshot::Sender<()>,
    },
}

/// The browser that is in the room.
struct Line {
    connection: Connection,
    outgoing: mpsc::Sender<Outgoing>,
    can_play: bool,
}

/// The stored interview with this id, if it can be held.
pub(super) async fn stored(app: &App, id: InterviewId) -> Result<Interview, Closed> {
    let interview = match app.store.interview(id).await {
        Ok(interview) if interview.person == app.person => interview,
        Ok(_) | Err(store::Error::NotFound { .. }) => return Err(Closed::NotFound),
        Err(error) => return Err(Closed::Broken(error.to_string())),
    };
    if interview.state == InterviewState::Running { Ok(interview) } else { Err(Closed::Over) }
}

/// One interview that goes on.
pub(super) struct Room {
    app: Arc<App>,
    /// The way to this room, for work that comes back.
    own: Option<mpsc::WeakSender<Event>>,
    interview: Interview,
    candidate: ParticipantId,
    interviewer: ParticipantId,
    conversation: Conversation,
    engines: Arc<Engines>,
    clock: Clock,
    /// Whether it had begun before this room was opened.
    restored: bool,
    /// Of the sound before this time this process has heard nothing but what is stored of it.
    unheard_to_us: Us,
    paused: bool,
    /// Since when nobody is there, interview time.
    away_since_us: Option<Us>,
    line: Option<Line>,
    microphones: BTreeMap<u8, Microphone>,
    hearing: Hearing,
    transcript: Transcript,
    playing: Playing,
    answers: HashMap<AnswerRef, given::Given>,
    turn_index: u32,
    typed: u32,
    last_view: Option<crate::wire::live::View>,
    /// Turns that are shown once they are stored.
    unstored: Vec<crate::wire::interview::Turn>,
    /// What could not be stored yet.
    unkept: keeping::Unkept,
    /// Closed answers, and when they were closed, whose judging waits for their words.
    to_judge: Vec<(AnswerId, Us)>,
    /// The last turn the candidate spoke, to be shown again with accurate words.
    last_spoken: Option<Turn>,
    /// It has come to its end, which is not stored yet.
    ending: Option<conversation::EndReason>,
    over: bool,
}

impl Room {
    /// Opens the room of a stored interview, and goes on where it stopped.
    pub(super) async fn open(app: Arc<App>, id: InterviewId) -> Result<Self, Closed> {
        let interview = stored(&app, id).await?;
        let opened = keeping::open(app, interview).await;
        opened.map_err(|error| Closed::Broken(format!("{error:#}")))
    }

    /// Lives until the interview is over or nobody has been there for long.
    pub(super) async fn run(mut self, mut events: mpsc::Receiver<Event>, own: mpsc::Sender<Event>) {
        self.own = Some(own.downgrade());
        drop(own);
        self.watch_all();
        while !self.over {
            let deadline = self.next_wake();
            tokio::select! {
                event = events.recv() => match event {
                    Some(Event::Delete { done }) => return self.close(done).await,
                    Some(event) => self.handle(event).await,
                    None => break,
                },
                () = tokio::time::sleep_until(deadline.into()) => {
                    if self.unkept.retry_at().is_some() || self.ending.is_some() {
                        self.try_again().await;
                    } else if self.line.is_none() || self.paused {
                        break;
                    } else {
                        self.step(Input::Timer).await;
                    }
                }
            }
        }
        if self.over {
            self.hear_out(&mut events).await;
        }
        self.let_go().await;
    }

    /// Lets go of everything and says so.
    async fn close(mut self, done: oneshot::Sender<()>) {
        self.let_go().await;
        // Whoever asked may not wait any more.
        let _ = done.send(());
    }

    /// The interview is over, and its last words are still being recognised: what is found is kept, so that
    /// the job that judges the last answer need not find it again.
    async fn hear_out(&mut self, events: &mut mpsc::Receiver<Event>) {
        self.line = None;
        self.app.live.free(self.interview.id);
        let until = tokio::time::Instant::now() + LAST_WORDS;
        while self.hearing.is_finding_words() {
            match tokio::time::timeout_at(until, events.recv()).await {
                Ok(Some(Event::Recognised { span, words })) => self.recognised(span, words).await,
                Ok(Some(Event::Attach { outgoing, .. })) => {
                    let (code, text) = (Closed::Over.code().to_owned(), Closed::Over.to_string());
                    // A line that takes nothing is gone.
                    let _ = outgoing.try_send(Outgoing::Text(ServerMessage::Closed { code, text }));
                }
                Ok(Some(Event::Delete { done })) => {
                    self.let_go().await;
                    let _ = done.send(());
                    return;
                }
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => return,
            }
        }
    }

    /// When something is due though nothing happens.
    fn next_wake(&self) -> std::time::Instant {
        let far = std::time::Instant::now() + EMPTY_ROOM;
        if let Some(retry_at) = self.unkept.retry_at() {
            return retry_at;
        }
        if self.line.is_none() || self.paused {
            return far;
        }
        self.conversation
            .next_deadline()
            .map_or(far, |deadline_us| self.clock.instant(deadline_us).min(far))
    }

    async fn handle(&mut self, event: Event) {
        match event {
            Event::Attach { connection, outgoing, can_play } => {
                self.attach(Line { connection, outgoing, can_play }).await;
            }
            Event::Lost { connection } if self.is_here(connection) => self.leave().await,
            Event::Message { connection, message } if self.is_here(connection) => {
                self.obey(message).await;
            }
            Event::Frame { connection, bytes } if self.is_here(connection) => {
                self.take_frame(&bytes).await;
            }
            Event::Nonsense { connection, problem } if self.is_here(connection) => {
                self.notice("protocol", format!("a message was not understood: {problem}"));
            }
            // What an earlier socket still says is of no use any more.
            Event::Lost { .. }
            | Event::Message { .. }
            | Event::Frame { .. }
            | Event::Nonsense { .. } => {}
            Event::Synced { stream, frames, problem } => self.acknowledge(stream, frames, problem),
            Event::Captioned { segment_us, text } => self.captioned(segment_us, text).await,
            Event::TurnEnd { since_us, probability } => self.turn_end(since_us, probability).await,
            Event::Recognised { span, words } => self.recognised(span, words).await,
            Event::Lacks { answer, lacks } => {
                self.hearing.lacks_in_flight = false;
                if let Some(lacks) = lacks {
                    self.step(Input::Lacks { answer, lacks }).await;
                }
            }
            Event::Probe { answer, lack, text } => self.probe(answer, lack, text).await,
            Event::Notes { answer } => self.step(Input::NotesAnswer { answer }).await,
            Event::Sounding { utterance, samples } => self.sounding(utterance, &samples),
            Event::Spoken { utterance, samples } => self.spoken(utterance, samples).await,
            Event::Delete { done } => {
                let _ = done.send(());
            }
        }
    }

    fn is_here(&self, connection: Connection) -> bool {
        self.line.as_ref().is_some_and(|line| line.connection == connection)
    }

    async fn attach(&mut self, line: Line) {
        if self.line.is_some() {
            self.send(ServerMessage::Closed {
                code: "moved_to_another_tab".to_owned(),
                text: "the interview goes on in another tab".to_owned(),
            });
            self.leave().await;
        }
        self.engines = self.app.engines.current();
        self.line = Some(line);
        let now_us = self.clock.now_us();
        let turns = self.turns_shown().await;
        let view = view::view(&self.conversation.view(), self.paused, now_us);
        let synced = self
            .microphones
            .iter()
            .map(|(stream, microphone)| Synced { stream: *stream, frames: microphone.synced })
            .collect();
        self.send(ServerMessage::Welcome {
            interview: self.interview.id.to_string(),
            now_us,
            resumed: self.restored || self.away_since_us.is_some(),
            synced,
            typed: self.typed,
            turns,
            view: view.clone(),
            speaks: self.engines.speaker.is_some(),
            listens: self.engines.can_listen(),
        });
        self.last_view = Some(view);
        if !self.paused {
            self.come_back().await;
        }
    }

    /// Somebody is here again: the conversation goes on if it had begun.
    async fn come_back(&mut self) {
        let Some(since_us) = self.away_since_us.take() else { return };
        let gap_us = self.clock.now_us() - since_us;
        self.report_voices_anew();
        self.step(Input::Reconnected { gap_us }).await;
        self.tell_words_found_meanwhile().await;
    }

    async fn leave(&mut self) {
        self.line = None;
        self.go_away().await;
    }

    /// Nobody is here, or the candidate asked for a break: nothing goes on without them.
    async fn go_away(&mut self) {
        if self.away_since_us.is_none() {
            self.playing.forget();
            self.step(Input::Disconnected).await;
            self.away_since_us = Some(self.clock.now_us());
        }
    }

    async fn obey(&mut self, message: ClientMessage) {
        let input = match message {
            ClientMessage::Hello { .. } => return self.notice("protocol", "hello was said before"),
            ClientMessage::Leave => return self.notice("protocol", "nobody waits here any more"),
            ClientMessage::Microphone { stream, sample_rate, settings } => {
                return self.open_microphone(stream, sample_rate, settings).await;
            }
            ClientMessage::MicrophoneEnd { stream, frames } => {
                return self.end_microphone(stream, frames).await;
            }
            ClientMessage::Played { utterance, samples, done } => {
                return self.played(u64::from(utterance), samples, done).await;
            }
            ClientMessage::Ready => {
                if self.paused {
                    self.paused = false;
                    return self.come_back().await;
                }
                if self.microphones.is_empty() {
                    self.step(Input::Microphone { on: false }).await;
                }
                Input::Start
            }
            ClientMessage::Pause => {
                self.paused = true;
                self.silence_all();
                self.go_away().await;
                return self.show_view();
            }
            ClientMessage::Typed { id, text } => {
                if id <= self.typed {
                    return;
                }
                if text.trim().is_empty() || text.chars().count() > 20_000 {
                    let problem = "a typed answer has 1 to 20,000 characters; it was not taken";
                    return self.notice("typed_length", problem);
                }
                self.typed = id;
                Input::Typed { text }
            }
            ClientMessage::StartAnswer => Input::StartAnswer,
            ClientMessage::Done => {
                self.close_segments().await;
                Input::DonePressed
            }
            ClientMessage::Talk { held } => return self.talk(held).await,
            ClientMessage::PushToTalk { on } => {
                if on {
                    return self.talk(false).await;
                }
                self.hearing.push_to_talk = false;
                Input::PushToTalkOff
            }
            ClientMessage::Typing => Input::Typing,
            ClientMessage::Repeat => Input::RepeatPressed,
            ClientMessage::Skip => Input::SkipPressed,
            ClientMessage::Later => Input::LaterPressed,
            ClientMessage::Retake => Input::Retake,
            ClientMessage::End => {
                if std::mem::take(&mut self.paused) {
                    self.come_back().await;
                }
                Input::StopPressed
            }
        };
        if !self.paused {
            self.step(input).await;
        }
    }

    /// Tells the conversation what happened, does what it wants, and stores what it leaves behind.
    async fn step(&mut self, input: Input) {
        // What a new process would hear by itself, or has no use for, waits for no disk.
        let quiet = matches!(
            input,
            Input::Silence { .. }
                | Input::Words { .. }
                | Input::SoundBegan { .. }
                | Input::SpeechBegan { .. }
                | Input::SpeechHeard { .. }
                | Input::LateSound
                | Input::Typing
        );
        let actions = self.conversation.step(self.clock.now_us(), input);
        let idle = actions.is_empty();
        let passing = actions
            .iter()
            .all(|action| matches!(action, Action::Duck { .. } | Action::Unduck { .. }));
        let mut step = Step::default();
        let mut ended = None;
        for action in actions {
            match action {
                Action::End { reason } => ended = Some(reason),
                action => self.act(action, &mut step).await,
            }
        }
        if !(quiet && idle) {
            self.show_view();
        }
        if !(quiet && passing) {
            self.keep(step).await;
        }
        if let Some(reason) = ended {
            self.end(reason).await;
        }
    }

    async fn act(&mut self, action: Action, step: &mut Step) {
        match action {
            Action::Prepare { lines, own_words } => self.prepare(lines, own_words),
            Action::Say { id, text, line, part, own_words, .. } => {
                self.say(id, text, line, part, own_words);
            }
            Action::Duck { id } => {
                self.tell_ears_ducked(true);
                self.send(ServerMessage::Duck { utterance: wire_id(id) });
            }
            Action::Unduck { id } => {
                self.tell_ears_ducked(false);
                self.send(ServerMessage::Unduck { utterance: wire_id(id) });
            }
            Action::StopSpeaking { id } => self.stop_speaking(id),
            Action::OpenAnswer { answer, from_us } => self.open_answer(answer, from_us, step),
            Action::OpenTurn { .. } => {}
            Action::CloseTurn { answer, from_us, to_us, mode, typed, aside, .. } => {
                let span = Span::new(from_us, to_us);
                self.close_turn(answer, span, mode, typed, aside, step).await;
            }
            Action::CloseAnswer { answer, reason } => self.close_answer(answer, reason, step),
            Action::WantLacks { answer } => self.look_for_lacks(answer),
            Action::WantProbe { answer, lack, question, said } => {
                self.phrase_probe(answer, lack, &question, &said);
            }
            Action::LookUpNotes { question } => self.look_up_notes(question),
            Action::Hint { hint } => self.hint(hint),
            Action::Notify { notice } => self.notify(notice),
            Action::End { .. } => {}
        }
    }

    fn send(&self, message: ServerMessage) {
        self.send_out(Outgoing::Text(message));
    }

    fn send_out(&self, outgoing: Outgoing) {
        if let Some(line) = &self.line
            && line.outgoing.try_send(outgoing).is_err()
        {
            tracing::debug!("the browser does not read; its socket will time out");
        }
    }

    fn notice(&self, code: &str, text: impl Into<String>) {
        self.send(ServerMessage::Notice { code: code.to_owned(), text: text.into() });
    }

    /// Sends the view when it has changed in more than its running times.
    fn show_view(&mut self) {
        let view = view::view(&self.conversation.view(), self.paused, self.clock.now_us());
        let still = |view: &crate::wire::live::View| {
            let mut still = view.clone();
            still.answer_ms = 0;
            still.answer_since_us = still.answer_since_us.map(|_| 0);
            still
        };
        let place = |view: &crate::wire::live::View| (view.phase, view.item);
        if self.last_view.as_ref().map(place) != Some(place(&view)) {
            let rest = view::planned_rest(&self.interview.plan, &self.conversation.view());
            self.app.live.plan(self.interview.id, rest);
        }
        if self.last_view.as_ref().map(still) != Some(still(&view)) {
            self.send(ServerMessage::View { view: view.clone() });
            self.last_view = Some(view);
        }
    }

    /// The sender of work that comes back, while the room is open.
    fn own(&self) -> Option<mpsc::Sender<Event>> {
        self.own.as_ref().and_then(mpsc::WeakSender::upgrade)
    }

    /// Hands in `work` at the desk and sends what it gives to the room, or else, with the reason, what
    /// `otherwise` gives. Nothing comes back of work whose place newer work took, nor to a room that has
    /// closed.
    fn off(
        &self,
        stage: Stage,
        work: impl FnOnce() -> Event + Send + 'static,
        otherwise: impl FnOnce(String) -> Event + Send + 'static,
    ) {
        let Some(own) = self.own() else { return };
        let done = self.app.engines.desk().ask(stage, Party::Interview(self.interview.id), work);
        tokio::spawn(async move {
            let done = tokio::select! {
                done = done => done,
                () = own.closed() => return,
            };
            let event = match done {
                Ok(event) => event,
                Err(NotDone::Replaced) => return,
                Err(why) => otherwise(why.to_string()),
            };
            let _ = own.send(event).await;
        });
    }

    async fn end(&mut self, reason: conversation::EndReason) {
        self.close_segments().await;
        self.ending = Some(reason);
        self.try_again().await;
    }

    /// Stores what could not be stored before, and the end if it has come. It is over when both are stored.
    async fn try_again(&mut self) {
        if !self.store_unkept().await {
            return;
        }
        let Some(reason) = self.ending else { return };
        if let Err(error) = self.finish(reason).await {
            return self.could_not_store(&error);
        }
        self.show_view();
        self.send(ServerMessage::Ended);
        self.over = true;
        self.app.work.notify_one();
    }
}

/// An utterance's number as it goes over the wire.
fn wire_id(id: u64) -> u32 {
    u32::try_from(id).unwrap_or(u32::MAX)
}

/// The calendar's time, for rows.
fn now() -> jiff::Timestamp {
    world::now()
}
