//! The interviewer's lines: said, played, ducked, stopped, and written to the log.

use conversation::{Hint, Input, LineKind, Notice, Part, UtteranceEvent, UtteranceId};
use interview::{Mode, Span, Speaker as Side, Turn, TurnId, Us};

use tokio::sync::oneshot;

use super::{Event, Outgoing, Room, echo::Reference, wire_id};
use crate::{
    live::{
        frame::speech_frame,
        speak::{Line, Piece, Urgency},
        view,
    },
    new_id,
    wire::live::ServerMessage,
};

/// Samples in one frame of the interviewer's sound: 100 ms at 24 kHz.
const FRAME_SAMPLES: usize = 2_400;

/// What the browser is playing, or about to.
#[derive(Default)]
pub(super) struct Playing {
    utterances: Vec<Utterance>,
    /// Resolves when the sound of the utterance that was said last is sent: sound goes out in the
    /// order in which lines are said, though one is in the cache and the one before it is not.
    sent: Option<oneshot::Receiver<()>>,
}

pub(super) struct Utterance {
    id: UtteranceId,
    text: String,
    part: Option<Part>,
    pub(super) started_us: Option<Us>,
    /// Samples a second, 0 when it is only shown.
    pub(super) sample_rate: u32,
    total: Option<u64>,
    stopping: bool,
    pub(super) reference: Reference,
}

impl Playing {
    /// Nobody plays anything any more.
    pub(super) fn forget(&mut self) {
        self.utterances.clear();
        self.sent = None;
    }

    pub(super) fn find(&mut self, id: UtteranceId) -> Option<&mut Utterance> {
        self.utterances.iter_mut().find(|utterance| utterance.id == id)
    }
}

impl Room {
    pub(super) fn prepare(&self, lines: Vec<String>, own_words: bool) {
        let Some(speaker) = &self.engines.speaker else { return };
        for (index, text) in lines.into_iter().enumerate() {
            let urgency = if index == 0 { Urgency::Next } else { Urgency::Likely };
            speaker.prepare(urgency, self.line_of(text, own_words));
        }
    }

    fn line_of(&self, text: String, own_words: bool) -> Line {
        let style = self.interview.plan.persona.voice.clone();
        Line { text, style, private_to: own_words.then_some(self.interview.id) }
    }

    pub(super) fn say(
        &mut self,
        id: UtteranceId,
        text: String,
        kind: LineKind,
        part: Option<Part>,
        own_words: bool,
    ) {
        let can_play = self.line.as_ref().is_some_and(|line| line.can_play);
        let speaker = self.engines.speaker.clone().filter(|_| can_play);
        let sample_rate = speaker.as_ref().map_or(0, |speaker| speaker.sample_rate());
        self.send(ServerMessage::Say {
            utterance: wire_id(id),
            text: text.clone(),
            kind: view::line_name(kind),
            aloud: speaker.is_some(),
            sample_rate,
        });
        self.playing.utterances.push(Utterance {
            id,
            text: text.clone(),
            part,
            started_us: None,
            sample_rate,
            total: None,
            stopping: false,
            reference: Reference::default(),
        });
        if let (Some(speaker), Some(line), Some(own)) = (speaker, &self.line, self.own()) {
            let spoken = self.line_of(text, own_words);
            let outgoing = line.outgoing.clone();
            let (done, sent) = oneshot::channel::<()>();
            let before = self.playing.sent.replace(sent);
            tokio::spawn(async move {
                let pieces = speaker.say(spoken).await;
                if let Some(before) = before {
                    // An error says that the line before is over as well.
                    let _ = before.await;
                }
                let samples = forward(id, pieces, &outgoing, &own).await;
                let _ = own.send(Event::Spoken { utterance: id, samples }).await;
                drop(done);
            });
        }
    }

    pub(super) async fn spoken(&mut self, id: UtteranceId, samples: Result<u64, String>) {
        match samples {
            Ok(samples) => {
                if let Some(utterance) = self.playing.find(id) {
                    utterance.total = Some(samples);
                }
                self.send(ServerMessage::SayEnd { utterance: wire_id(id), samples });
            }
            Err(problem) => {
                tracing::warn!(utterance = id, "a line was not spoken: {problem}");
                self.send(ServerMessage::SayEnd { utterance: wire_id(id), samples: 0 });
                self.notice(
                    "not_spoken",
                    "the interviewer's voice failed; the line is shown instead",
                );
                self.finished(id, UtteranceEvent::Failed).await;
            }
        }
    }

    /// The browser says how far it has played.
    pub(super) async fn played(&mut self, id: UtteranceId, samples: u64, done: bool) {
        let now_us = self.clock.now_us();
        let Some(utterance) = self.playing.find(id) else { return };
        if utterance.started_us.is_none() {
            let played_us = micros(samples, utterance.sample_rate);
            utterance.started_us = Some(now_us - played_us);
            self.tell_ears(id);
            self.step(Input::Utterance { id, event: UtteranceEvent::Started }).await;
        }
        if !done {
            return;
        }
        let Some(utterance) = self.playing.find(id) else { return };
        let event = if utterance.stopping {
            UtteranceEvent::Stopped {
                played_us: micros(samples, utterance.sample_rate),
                total_us: utterance.total.map(|total| micros(total, utterance.sample_rate)),
            }
        } else {
            UtteranceEvent::Finished
        };
        self.finished(id, event).await;
    }

    /// The utterance is over: it goes to the log, and the conversation goes on.
    async fn finished(&mut self, id: UtteranceId, event: UtteranceEvent) {
        let now_us = self.clock.now_us();
        let place = self.playing.utterances.iter().position(|utterance| utterance.id == id);
        let Some(utterance) = place.map(|place| self.playing.utterances.remove(place)) else {
            return;
        };
        let span = Span::new(utterance.started_us.unwrap_or(now_us), now_us);
        self.log_line(&utterance, span).await;
        self.step(Input::Utterance { id, event }).await;
    }

    async fn log_line(&mut self, utterance: &Utterance, span: Span) {
        let unscored = !matches!(utterance.part, Some(Part::Item(_)));
        let turn = Turn {
            id: new_id!(TurnId),
            interview: self.interview.id,
            index: self.turn_index,
            participant: self.interviewer,
            speaker: Side::Interviewer,
            answer: None,
            mode: if utterance.sample_rate > 0 { Mode::Spoken } else { Mode::Typed },
            language: interview::Language::default(),
            text: utterance.text.clone(),
            words: interview::word::words_of(&utterance.text),
            span: Some(span),
            unscored,
        };
        self.log(turn).await;
    }

    pub(super) fn stop_speaking(&mut self, id: UtteranceId) {
        self.send(ServerMessage::StopSpeaking { utterance: wire_id(id) });
        let behind = self.playing.utterances.iter().position(|utterance| utterance.id == id);
        if let Some(place) = behind {
            self.tell_ears_stopped();
            self.playing.utterances[place].stopping = true;
            for dropped in self.playing.utterances.drain(place + 1..).collect::<Vec<_>>() {
                self.send(ServerMessage::StopSpeaking { utterance: wire_id(dropped.id) });
            }
        }
    }

    /// Everything falls silent, for a break.
    pub(super) fn silence_all(&mut self) {
        self.tell_ears_stopped();
        for utterance in &self.playing.utterances {
            self.send(ServerMessage::StopSpeaking { utterance: wire_id(utterance.id) });
        }
    }

    pub(super) fn hint(&self, hint: Hint) {
        let (kind, text) = match hint {
            Hint::ComeToTheOutcome => ("long_answer", "come to how it ended"),
            Hint::Slower => ("pace_fast", "a little slower"),
            Hint::Faster => ("pace_slow", "a little more pace"),
        };
        self.send(ServerMessage::Hint { kind: kind.to_owned(), text: text.to_owned() });
    }

    pub(super) fn notify(&self, notice: Notice) {
        let (code, text) = match notice {
            Notice::NotHeard => (
                "not_heard",
                "nothing can be heard; check the microphone, or type your answer instead",
            ),
            Notice::EchoOrNoise => {
                ("echo_or_noise", "there is echo or noise; headphones or push-to-talk help")
            }
            Notice::LinesShownOnly => {
                ("lines_shown", "the interviewer cannot be heard; its lines are shown instead")
            }
        };
        self.notice(code, text);
    }
}

/// Sends the pieces of an utterance as frames to the browser, and whole to its room, whose ears compare
/// them with what they hear; how many samples it had in all.
async fn forward(
    id: UtteranceId,
    mut pieces: tokio::sync::mpsc::Receiver<Piece>,
    outgoing: &tokio::sync::mpsc::Sender<Outgoing>,
    room: &tokio::sync::mpsc::Sender<Event>,
) -> Result<u64, String> {
    let mut sent = 0;
    while let Some(piece) = pieces.recv().await {
        match piece {
            Piece::Sound(samples) => {
                for frame in samples.chunks(FRAME_SAMPLES) {
                    let bytes = speech_frame(wire_id(id), sent, frame);
                    sent += frame.len() as u64;
                    // A browser that has gone needs no sound; the room hears of it by itself.
                    if outgoing.send(Outgoing::Sound(bytes)).await.is_err() {
                        return Ok(sent);
                    }
                }
                let _ = room.send(Event::Sounding { utterance: id, samples }).await;
            }
            Piece::End => return Ok(sent),
            Piece::Failed(problem) => return Err(problem),
        }
    }
    Err("the voice stopped in the middle".to_owned())
}

fn micros(samples: u64, sample_rate: u32) -> Us {
    if sample_rate == 0 {
        return 0;
    }
    Us::try_from(samples * 1_000_000 / u64::from(sample_rate)).unwrap_or(Us::MAX / 2)
}
