//! The candidate's microphones: frames to the disk, sound to the ear, and what the ear noticed to the
//! conversation.

use std::{collections::VecDeque, sync::Arc};

use conversation::{Engine, FloorView, Input, Part};
use engines::{Recognition, audio::Resampler};
use interview::{Lack, Span, StreamId, Us, Word};
use store::{AnchorReason, sound};

use super::{Event, Room};
use crate::{
    desk::{Party, Stage},
    live::{
        ear::{Ear, Sensed},
        frame::MicrophoneFrame,
        notes,
    },
    new_id,
    wire::live::ServerMessage,
};

/// Positions of a stream are tied to interview time again after this long (DESIGN section 2).
const ANCHOR_EVERY_US: Us = 10_000_000;
/// What an answer lacks is looked at again after this long while it is being given.
const LACKS_EVERY_US: Us = 1_500_000;
/// A frame that would have been recorded further ahead of now than this is a lie about its position.
const AHEAD_US_MAX: Us = 5_000_000;
/// Sound from longer ago than this is late: the line was gone. The conversation is told so this often.
const LATE_US: Us = 1_500_000;
const LATE_EVERY_US: Us = 300_000;
/// Segments that wait for their words, at most 28 s each (14 MB in all). What does not fit is found by the
/// job that judges the answer, which hears whatever has no words.
const SEGMENTS_WAITING_MAX: usize = 8;

/// One microphone stream.
pub(super) struct Microphone {
    pub(super) id: StreamId,
    appender: sound::Appender,
    sample_rate: u32,
    /// Frames that are on the disk.
    pub(super) synced: u32,
    /// The next frame that the ear has not heard.
    next: u32,
    /// The position after the last sample the ear has heard.
    position: u64,
    /// Interview time of position 0, once a frame has come.
    origin_us: Option<Us>,
    anchored_us: Us,
    ear: Option<(Ear, Resampler)>,
    /// A voice that the ear is hearing is to be reported again with the next frame.
    voice_anew: bool,
    /// Its sound cannot be written for now, and the candidate was told so.
    failing: bool,
}

/// What is being made of the sound right now.
#[derive(Default)]
pub(super) struct Hearing {
    /// Only what is said while the talk key is held is listened to.
    pub(super) push_to_talk: bool,
    held: bool,
    /// What was said between two times the key was held was not listened to.
    skipped: bool,
    /// When the conversation was told last that late sound is coming in.
    late_us: Us,
    pub(super) lacks_in_flight: bool,
    lacks_at_us: Us,
    captions_failed: bool,
    /// The pause that is being judged, and what the sound model says of it.
    turn_end: Option<(Us, f32)>,
    /// The begin of the segment whose words are being recognised, one at a time; more wait in their order.
    recognising: Option<Us>,
    segments_waiting: VecDeque<(Span, Vec<f32>)>,
}

impl Hearing {
    /// Whether words of a closed segment are still on their way.
    pub(super) fn is_finding_words(&self) -> bool {
        self.words_missing_from().is_some()
    }

    /// The begin of the first closed segment whose words are on their way.
    fn words_missing_from(&self) -> Option<Us> {
        self.recognising.or_else(|| self.segments_waiting.front().map(|(span, _)| span.start_us))
    }
}

impl Microphone {
    /// Writes what was taken and lets go of the file.
    pub(super) async fn close(self) -> Result<(), sound::Error> {
        self.appender.close().await.map(|_| ())
    }

    /// What listens to it, once a frame has come.
    pub(super) fn ear(&mut self) -> Option<&mut Ear> {
        self.ear.as_mut().map(|(ear, _)| ear)
    }

    /// The begin of a segment that still grows or waits for its pause.
    fn segment_since(&self) -> Option<Us> {
        self.ear.as_ref().and_then(|(ear, _)| ear.segment_since())
    }

    /// Interview time of a position.
    fn at_us(&self, origin_us: Us, position: u64) -> Us {
        origin_us + Us::try_from(position * 1_000_000 / u64::from(self.sample_rate)).unwrap_or(0)
    }
}

impl Room {
    pub(super) async fn open_microphone(
        &mut self,
        stream: u8,
        sample_rate: u32,
        settings: serde_json::Value,
    ) {
        if let Some(known) = self.microphones.get(&stream) {
            if known.sample_rate != sample_rate {
                self.notice("protocol", "a stream keeps its sample rate; open another stream");
            }
            return;
        }
        if ![16_000, 24_000, 48_000].contains(&sample_rate) {
            return self
                .notice("protocol", "a microphone has 16,000, 24,000 or 48,000 samples a second");
        }
        if settings.to_string().len() > 4_096 {
            return self.notice("protocol", "the settings of a microphone have at most 4096 bytes");
        }
        let gain_control = settings.get("autoGainControl").and_then(serde_json::Value::as_bool);
        match self.add_microphone(stream, sample_rate, settings).await {
            Ok(()) => {
                if gain_control == Some(true) {
                    self.notice(
                        "gain_control",
                        "your browser keeps its gain control on, so loudness will not be measured",
                    );
                }
                self.step(Input::Microphone { on: true }).await;
            }
            Err(error) => {
                tracing::error!(interview = %self.interview.id, "cannot record: {error:#}");
                self.notice(
                    "not_recorded",
                    "the sound cannot be stored; check the space on the disk, or type",
                );
            }
        }
    }

    async fn add_microphone(
        &mut self,
        stream: u8,
        sample_rate: u32,
        settings: serde_json::Value,
    ) -> anyhow::Result<()> {
        let id = new_id!(StreamId);
        let appender = self.store_stream(id, stream, sample_rate, settings).await?;
        self.watch(stream, &appender);
        let microphone = Microphone {
            id,
            appender,
            sample_rate,
            synced: 0,
            next: 0,
            position: 0,
            origin_us: None,
            anchored_us: 0,
            ear: None,
            voice_anew: false,
            failing: false,
        };
        self.microphones.insert(stream, microphone);
        Ok(())
    }

    /// A stream of this interview that was recorded before the room was opened goes on.
    pub(super) fn resume_microphone(
        &mut self,
        stream: u8,
        (id, sample_rate): (StreamId, u32),
        appender: sound::Appender,
        origin_us: Option<Us>,
    ) {
        let synced = appender.synced().borrow().clone();
        self.watch(stream, &appender);
        let microphone = Microphone {
            id,
            appender,
            sample_rate,
            synced: synced.next_seq,
            next: synced.next_seq,
            position: synced.position,
            origin_us,
            anchored_us: 0,
            ear: None,
            voice_anew: false,
            failing: false,
        };
        self.microphones.insert(stream, microphone);
    }

    /// Tells the room whenever more of a stream is on the disk.
    fn watch(&self, stream: u8, appender: &sound::Appender) {
        let Some(own) = self.own.clone() else { return };
        let mut synced = appender.synced();
        tokio::spawn(async move {
            while synced.changed().await.is_ok() {
                let (frames, problem) = {
                    let now = synced.borrow_and_update();
                    (now.next_seq, now.failing.as_ref().map(ToString::to_string))
                };
                let Some(own) = own.upgrade() else { return };
                if own.send(Event::Synced { stream, frames, problem }).await.is_err() {
                    return;
                }
            }
        });
    }

    /// All that was said before this is known: no segment from before it is open or waits for its words.
    pub(super) fn heard_to_us(&self) -> Us {
        let open = self.microphones.values().filter_map(Microphone::segment_since);
        open.chain(self.hearing.words_missing_from()).min().unwrap_or(Us::MAX)
    }

    /// Begins to watch the streams that were there before the room had a queue.
    pub(super) fn watch_all(&self) {
        for (stream, microphone) in &self.microphones {
            self.watch(*stream, &microphone.appender);
        }
    }

    pub(super) fn acknowledge(&mut self, stream: u8, frames: u32, problem: Option<String>) {
        let Some(microphone) = self.microphones.get_mut(&stream) else { return };
        let failed = std::mem::replace(&mut microphone.failing, problem.is_some());
        match problem {
            Some(problem) if !failed => {
                tracing::error!(interview = %self.interview.id, "the sound is not stored: {problem}");
                self.notice(
                    "disk_full",
                    "the sound cannot be stored right now; free some space, your browser keeps it meanwhile",
                );
            }
            None if failed => self.notice("stored_again", "your sound is stored again"),
            _ => {}
        }
        if let Some(microphone) = self.microphones.get_mut(&stream)
            && frames > microphone.synced
        {
            microphone.synced = frames;
            self.send(ServerMessage::Ack { stream, frames });
        }
    }

    pub(super) async fn end_microphone(&mut self, stream: u8, frames: u32) {
        let Some(microphone) = self.microphones.get_mut(&stream) else { return };
        if microphone.next < frames {
            tracing::debug!(
                stream,
                frames,
                next = microphone.next,
                "a stream ends with frames missing"
            );
        }
        let sensed = microphone.ear.take().map(|(mut ear, _)| ear.finish()).unwrap_or_default();
        self.take_in(sensed).await;
        self.step(Input::Microphone { on: false }).await;
    }

    pub(super) async fn take_frame(&mut self, bytes: &[u8]) {
        let frame = match MicrophoneFrame::read(bytes) {
            Ok(frame) => frame,
            Err(problem) => return self.notice("protocol", problem),
        };
        let now_us = self.clock.now_us();
        let Some(microphone) = self.microphones.get_mut(&frame.stream) else {
            return self
                .notice("protocol", "announce a stream with 'microphone' before its frames");
        };
        if frame.number > microphone.next {
            return self
                .notice("protocol", "a frame is missing; send again from the last acknowledged");
        }
        let stored = sound::Frame {
            seq: frame.number,
            position: frame.first_sample,
            body: sound::Body::Samples(frame.samples.clone()),
        };
        match store_frame(&microphone.appender, stored).await {
            Ok(()) => {}
            Err(Refused::Wrong(problem)) => return self.notice("protocol", problem),
            // The browser keeps what was not acknowledged, and sends it again when it comes back.
            Err(Refused::Behind) => return self.leave().await,
        }
        if frame.number < microphone.next {
            return;
        }
        microphone.next += 1;
        let length_us = microphone.at_us(0, frame.samples.len() as u64);
        let first = microphone.origin_us.is_none();
        let origin_us = *microphone.origin_us.get_or_insert_with(|| (now_us - length_us).max(0));
        let at_us = microphone.at_us(origin_us, frame.first_sample);
        if at_us > now_us + AHEAD_US_MAX {
            return self.notice("protocol", "a frame claims to be from the future");
        }
        let gap = frame.first_sample > microphone.position && !first;
        microphone.position = frame.first_sample + frame.samples.len() as u64;
        let (id, due) = (microphone.id, now_us - microphone.anchored_us >= ANCHOR_EVERY_US);
        if first || gap || due {
            microphone.anchored_us = now_us;
            let reason = if first {
                AnchorReason::Start
            } else if gap {
                AnchorReason::Gap
            } else {
                AnchorReason::Interval
            };
            self.anchor(id, frame.first_sample, at_us, reason).await;
        }
        if now_us - at_us > LATE_US && now_us - self.hearing.late_us >= LATE_EVERY_US {
            self.hearing.late_us = now_us;
            self.step(Input::LateSound).await;
        }
        self.hear(frame, at_us, gap).await;
    }

    /// The conversation knows of no voice after the line was gone: one that goes on is reported again.
    pub(super) fn report_voices_anew(&mut self) {
        for microphone in self.microphones.values_mut() {
            microphone.voice_anew = true;
        }
    }

    /// Lets the ear hear a frame that begins at `at_us`.
    async fn hear(&mut self, frame: MicrophoneFrame, at_us: Us, gap: bool) {
        if self.paused || !self.engines.can_listen() {
            return;
        }
        if self.hearing.push_to_talk && !self.hearing.held {
            self.hearing.skipped = true;
            return;
        }
        let gap = gap || std::mem::take(&mut self.hearing.skipped);
        let engines = Arc::clone(&self.engines);
        let Some(microphone) = self.microphones.get_mut(&frame.stream) else { return };
        let rate = microphone.sample_rate;
        if microphone.ear.is_none() {
            let made = engines.ear(at_us).and_then(|ear| {
                Ok((ear, Resampler::new(rate, engines::LISTEN_HZ).map_err(engines::Error::from)?))
            });
            match made {
                Ok(ear) => microphone.ear = Some(ear),
                Err(error) => return self.ear_failed(&error).await,
            }
        }
        let Some((ear, resampler)) = &mut microphone.ear else { return };
        let mut sensed = if gap { ear.skip_to(at_us) } else { Vec::new() };
        if std::mem::take(&mut microphone.voice_anew) && ear.speaking() {
            sensed.push(Sensed::Began { at_us });
        }
        let samples: Vec<f32> = frame.samples.iter().map(|x| f32::from(*x) / 32_768.0).collect();
        let mut heard = Vec::with_capacity(samples.len());
        let result = resampler
            .push(&samples, &mut heard)
            .map_err(engines::Error::from)
            .and_then(|()| ear.push(&heard));
        match result {
            Ok(more) => sensed.extend(more),
            Err(error) => return self.ear_failed(&error).await,
        }
        self.take_in(sensed).await;
    }

    /// The talk key goes down or up.
    pub(super) async fn talk(&mut self, held: bool) {
        self.hearing.push_to_talk = true;
        self.hearing.held = held;
        if !held {
            let mut sensed = Vec::new();
            for microphone in self.microphones.values_mut() {
                if let Some((ear, _)) = &mut microphone.ear {
                    sensed.extend(ear.finish());
                }
            }
            self.take_in(sensed).await;
        }
        self.step(Input::PushToTalk { held }).await;
    }

    async fn ear_failed(&mut self, error: &engines::Error) {
        tracing::error!(interview = %self.interview.id, "the ear failed: {error}");
        for microphone in self.microphones.values_mut() {
            microphone.ear = None;
        }
        self.notice(
            "not_heard",
            "listening failed here; your sound is kept, please type or press done",
        );
        self.step(Input::EngineFailed { engine: Engine::VoiceActivity }).await;
    }

    /// Hands out the segment that is still open, before an answer is closed.
    pub(super) async fn close_segments(&mut self) {
        let mut sensed = Vec::new();
        for microphone in self.microphones.values_mut() {
            if let Some((ear, _)) = &mut microphone.ear {
                sensed.extend(ear.finish());
            }
        }
        for piece in sensed {
            if let Sensed::Segment { span, samples } = piece {
                self.recognise(span, samples);
            }
        }
    }

    /// What the ear noticed becomes inputs of the conversation and work for the engines.
    async fn take_in(&mut self, sensed: Vec<Sensed>) {
        for piece in sensed {
            match piece {
                Sensed::Stirred { at_us } => self.step(Input::SoundBegan { at_us }).await,
                Sensed::Heard { to_us } => self.step(Input::SpeechHeard { to_us }).await,
                Sensed::Began { at_us } => {
                    self.hearing.turn_end = None;
                    self.step(Input::SpeechBegan { at_us, echo_likelihood: None }).await;
                }
                Sensed::Paused { since_us, voiced_us } => {
                    let voiced_ms = u32::try_from(voiced_us / 1_000).unwrap_or(u32::MAX);
                    self.step(Input::SpeechPaused { at_us: since_us, voiced_ms }).await;
                }
                Sensed::Silent { since_us, ms } => {
                    let judged = self.hearing.turn_end.filter(|(at_us, _)| *at_us == since_us);
                    let sound_probability = judged.map(|(_, probability)| probability);
                    self.step(Input::Silence { ms, sound_probability }).await;
                }
                Sensed::Speaking { .. } => self.look_for_lacks_sometimes(),
                Sensed::Level { db, speech } => self.send(ServerMessage::Level { db, speech }),
                Sensed::TurnEnd { since_us, samples } => self.judge_turn_end(since_us, samples),
                Sensed::Caption { segment_us, samples } => self.caption(segment_us, samples),
                Sensed::Segment { span, samples } => self.recognise(span, samples),
            }
        }
    }

    fn judge_turn_end(&self, since_us: Us, samples: Vec<f32>) {
        if let Some(turn_end) = self.engines.turn_end() {
            let judge = move || {
                let probability = turn_end.probability(&samples).map_err(|error| error.to_string());
                Event::TurnEnd { since_us, probability }
            };
            let otherwise = move |why| Event::TurnEnd { since_us, probability: Err(why) };
            self.off(Stage::TurnEnd, judge, otherwise);
        }
    }

    pub(super) async fn turn_end(&mut self, since_us: Us, probability: Result<f32, String>) {
        match probability {
            Ok(probability) => self.hearing.turn_end = Some((since_us, probability)),
            Err(problem) => {
                tracing::warn!("{problem}");
                self.step(Input::EngineFailed { engine: Engine::TurnEnd }).await;
            }
        }
    }

    /// Asks for a caption; one that waits already is of older sound and gives way.
    fn caption(&self, segment_us: Us, samples: Vec<f32>) {
        let Some(captions) = self.engines.captions() else { return };
        if self.conversation.view().floor == FloorView::Interviewer {
            // Its words decide whether the interviewer is being interrupted.
            self.app.engines.desk().hurry_caption(Party::Interview(self.interview.id));
        }
        let transcribe = move || {
            let text = captions.transcribe(&samples).map_err(|error| error.to_string());
            Event::Captioned { segment_us, text }
        };
        let otherwise = move |why| Event::Captioned { segment_us, text: Err(why) };
        self.off(Stage::Caption, transcribe, otherwise);
    }

    pub(super) async fn captioned(&mut self, segment_us: Us, text: Result<String, String>) {
        match text {
            Ok(text) => {
                self.transcript.caption(segment_us, &text);
                self.tell_words().await;
            }
            Err(problem) if !self.hearing.captions_failed => {
                self.hearing.captions_failed = true;
                tracing::warn!("{problem}");
                self.step(Input::EngineFailed { engine: Engine::Captions }).await;
            }
            Err(_) => {}
        }
    }

    /// Queues a closed segment for the accurate recogniser.
    fn recognise(&mut self, span: Span, samples: Vec<f32>) {
        self.transcript.closed(span);
        if self.engines.recogniser().is_none() {
            return;
        }
        if self.hearing.segments_waiting.len() >= SEGMENTS_WAITING_MAX {
            return tracing::warn!(
                "words are behind; those of a segment are found after the answer"
            );
        }
        self.hearing.segments_waiting.push_back((span, samples));
        self.recognise_next();
        self.tell_what_is_missing();
    }

    /// Tells the jobs behind the interviews which words are on their way.
    fn tell_what_is_missing(&self) {
        self.app.live.find_words(self.interview.id, self.hearing.words_missing_from());
    }

    fn recognise_next(&mut self) {
        if self.hearing.recognising.is_some() {
            return;
        }
        let Some(recogniser) = self.engines.recogniser() else { return };
        let Some((span, samples)) = self.hearing.segments_waiting.pop_front() else { return };
        self.hearing.recognising = Some(span.start_us);
        let recognise = move || {
            let words = recogniser.recognise(&samples).map_err(|error| error.to_string());
            Event::Recognised { span, words }
        };
        self.off(Stage::Words, recognise, move |why| Event::Recognised { span, words: Err(why) });
    }

    pub(super) async fn recognised(&mut self, span: Span, words: Result<Recognition, String>) {
        self.hearing.recognising = None;
        self.recognise_next();
        match words {
            Ok(recognition) => {
                let words = shifted(recognition.words, span.start_us);
                self.store_words(span, &words).await;
                self.transcript.words(span, words);
                if !self.over {
                    self.tell_words().await;
                    self.show_accurate();
                }
            }
            Err(problem) => tracing::warn!("{problem}; captions stand in for these words"),
        }
        self.tell_what_is_missing();
        self.judge_what_is_heard().await;
    }

    /// Words that were found while nobody was here have not been told yet. A new process has none, and
    /// the conversation may remember some.
    pub(super) async fn tell_words_found_meanwhile(&mut self) {
        let from_us = self.conversation.view().words_from_us;
        if from_us.is_some_and(|from_us| !self.transcript.text(from_us, Us::MAX / 2).0.is_empty()) {
            self.tell_words().await;
        }
    }

    /// Tells the conversation and the page what the candidate has said in this turn.
    async fn tell_words(&mut self) {
        let Some(from_us) = self.conversation.view().words_from_us else { return };
        let (text, accurate) = self.transcript.text(from_us, Us::MAX / 2);
        self.send(ServerMessage::Caption { text: text.clone() });
        self.step(Input::Words { text, accurate }).await;
    }

    fn look_for_lacks_sometimes(&mut self) {
        let now_us = self.clock.now_us();
        let answer = self.conversation.view().answer;
        if let Some(answer) = answer
            && !self.hearing.lacks_in_flight
            && now_us - self.hearing.lacks_at_us >= LACKS_EVERY_US
        {
            self.hearing.lacks_at_us = now_us;
            self.look_for_lacks(answer);
        }
    }

    /// Looks at what an answer lacks so far, off this task.
    pub(super) fn look_for_lacks(&mut self, answer: conversation::AnswerRef) {
        let Part::Item(item) = answer.part else { return };
        let Some(question) =
            self.interview.plan.items.get(item as usize).map(|item| item.question.clone())
        else {
            return;
        };
        let words = self.words_of(answer);
        let embedder = self.engines.embedder();
        self.hearing.lacks_in_flight = true;
        let look = move || {
            let lacks = Some(lacks_of(&words, &question, embedder.as_deref()));
            Event::Lacks { answer, lacks }
        };
        self.off(Stage::Meaning, look, move |_| Event::Lacks { answer, lacks: None });
    }

    pub(super) fn look_up_notes(&self, question: String) {
        let notes = self.interview.plan.goal.as_ref().map(|goal| goal.notes.clone());
        let embedder = self.engines.embedder();
        let look_up = move || Event::Notes {
            answer: notes.and_then(|notes| notes::answer(&notes, &question, embedder.as_deref())),
        };
        self.off(Stage::Reply, look_up, |_| Event::Notes { answer: None });
    }
}

/// Why a frame was not taken.
enum Refused {
    /// It breaks a rule.
    Wrong(&'static str),
    /// So much waits for the disk already that nothing more can be kept.
    Behind,
}

/// Stores a frame; waits while the disk is behind.
async fn store_frame(appender: &sound::Appender, frame: sound::Frame) -> Result<(), Refused> {
    for _ in 0..3 {
        match appender.push(frame.clone()) {
            Ok(_) => return Ok(()),
            Err(sound::Error::Behind { .. }) => {
                if appender.flush().await.is_err() {
                    return Err(Refused::Behind);
                }
            }
            Err(sound::Error::Frame { problem, .. }) => return Err(Refused::Wrong(problem)),
            Err(error) => {
                tracing::error!("{error}");
                let problem = "the sound of this stream cannot be stored; open another stream";
                return Err(Refused::Wrong(problem));
            }
        }
    }
    Err(Refused::Behind)
}

fn lacks_of(
    words: &[Word],
    question: &interview::Question,
    embedder: Option<&dyn engines::Embedder>,
) -> Vec<Lack> {
    let text = interview::word::text_of(words);
    let relevance = embedder.filter(|_| words.len() >= 8).and_then(|embedder| {
        let vectors = embedder.embed(&[&question.text, &text]).ok()?;
        let [asked, said] = vectors.as_slice() else { return None };
        Some(asked.iter().zip(said).map(|(a, b)| a * b).sum::<f32>())
    });
    analysis::lacks(words, question, relevance)
}

/// Words counted from the begin of a segment, in interview time.
fn shifted(words: Vec<Word>, by_us: Us) -> Vec<Word> {
    words
        .into_iter()
        .map(|mut word| {
            word.span = word.span.map(|span| Span::new(span.start_us + by_us, span.end_us + by_us));
            word
        })
        .collect()
}
