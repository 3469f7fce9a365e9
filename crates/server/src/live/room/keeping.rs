//! What a room stores and restores: the conversation, the turn log, answers, streams, words.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    time::{Duration, Instant},
};

use anyhow::Context;
use conversation::{AnswerRef, CloseReason, Conversation, EndReason, FloorView, Part};
use interview::{
    AnswerId, InterviewId, JobId, Language, Mode, Question, Span, Speaker, StreamId, Turn, TurnId,
    Us, Word, word,
};
use serde::{Deserialize, Serialize};
use store::{
    Anchor, AnchorReason, AnswerRecord, Interview, InterviewState, NewJob, Output, Step, Stream,
    StreamKind, sound,
};

use super::{Room, given::Given, hearing::Hearing, now, speaking::Playing};
use crate::{
    app::App,
    jobs::{self, assemble},
    live::{clock::Clock, transcript::Transcript, view},
    new_id,
    wire::interview::Turn as WireTurn,
};

/// What is stored after each step, so that a new process can go on from it.
#[derive(Serialize, Deserialize)]
struct Snapshot {
    conversation: Conversation,
    now_us: Us,
    /// Highest id of a typed message that was taken.
    typed: u32,
    /// Answers by what they answer.
    answers: Vec<(AnswerRef, Given)>,
}

/// How soon it is tried again to store what could not be stored.
const STORE_AGAIN: Duration = Duration::from_secs(2);

/// What could not be stored yet. It grows with the interview and no further.
#[derive(Default)]
pub(super) struct Unkept {
    step: Step,
    /// Where streams stand, one every ten seconds.
    anchors: VecDeque<(StreamId, Anchor)>,
    /// When it is tried again.
    retry_at: Option<Instant>,
    /// The candidate was told that it does not work.
    failing: bool,
}

impl Unkept {
    /// When it is tried again to store it, if it did not work.
    pub(super) fn retry_at(&self) -> Option<Instant> {
        self.retry_at
    }

    /// Whether it is not to be tried yet.
    fn waits(&self) -> bool {
        self.retry_at.is_some_and(|retry_at| retry_at > Instant::now())
    }
}

/// What a stream's settings hold beside what the browser applied.
#[derive(Serialize, Deserialize)]
struct StreamSettings {
    /// The browser's number of the stream.
    number: u8,
    /// What `getSettings()` said.
    applied: serde_json::Value,
}

/// Opens the room of an interview that is not over.
pub(super) async fn open(app: std::sync::Arc<App>, interview: Interview) -> anyhow::Result<Room> {
    let participants = app.store.participants(interview.id).await?;
    let side = |role: Speaker| {
        let found = participants.iter().find(|participant| participant.role == role);
        found.map(|participant| participant.id).context("the interview has nobody on one side")
    };
    let (candidate, interviewer) = (side(Speaker::Candidate)?, side(Speaker::Interviewer)?);
    app.store.start_interview(interview.id, now()).await?;
    let started = interview.started.unwrap_or_else(now);
    let snapshot = match app.store.snapshot(interview.id).await? {
        Some(state) => serde_json::from_value::<Snapshot>(state)
            .context("its state was written by another version of this program")?,
        None => Snapshot {
            conversation: Conversation::new(interview.plan.clone(), interview.seed),
            now_us: 0,
            typed: 0,
            answers: Vec::new(),
        },
    };
    let restored = interview.started.is_some();
    let clock = Clock::new(started, now(), snapshot.now_us);
    let settings = app.store.settings(interview.person).await?;
    let mut conversation = snapshot.conversation;
    conversation.set_patience(settings["patience"].as_f64().unwrap_or(1.0));
    let turns = app.store.turns(interview.id).await?;
    let mut room = Room {
        own: None,
        candidate,
        interviewer,
        conversation,
        engines: app.engines.current(),
        unheard_to_us: if restored { clock.now_us() } else { 0 },
        clock,
        restored,
        paused: false,
        away_since_us: restored.then_some(snapshot.now_us),
        line: None,
        microphones: BTreeMap::new(),
        hearing: Hearing::default(),
        transcript: Transcript::default(),
        playing: Playing::default(),
        to_judge: Vec::new(),
        answers: snapshot.answers.into_iter().collect::<HashMap<_, _>>(),
        turn_index: u32::try_from(turns.len()).unwrap_or(u32::MAX),
        typed: snapshot.typed,
        last_view: None,
        unstored: Vec::new(),
        unkept: Unkept::default(),
        last_spoken: None,
        ending: None,
        over: false,
        app,
        interview,
    };
    room.restore_streams().await?;
    room.restore_words().await?;
    room.restore_judging().await?;
    Ok(room)
}

impl Room {
    async fn restore_streams(&mut self) -> anyhow::Result<()> {
        for stream in self.app.store.streams(self.interview.id).await? {
            if stream.kind != StreamKind::Microphone || stream.finished.is_some() {
                continue;
            }
            let settings: StreamSettings = serde_json::from_value(stream.settings.clone())
                .context("a stream's settings cannot be read")?;
            let origin_us = self
                .app
                .store
                .anchors(stream.id)
                .await?
                .first()
                .map(|anchor| anchor.at_us - samples_us(anchor.position, stream.sample_rate));
            let appender = self.app.store.appender(stream.id).await?;
            let known = (stream.id, stream.sample_rate);
            self.resume_microphone(settings.number, known, appender, origin_us);
        }
        Ok(())
    }

    async fn restore_words(&mut self) -> anyhow::Result<()> {
        for output in self.app.store.outputs(self.interview.id, Some(jobs::WORDS)).await? {
            if let (Some(span), Ok(words)) = (output.span, serde_json::from_value(output.body)) {
                self.transcript.words(span, words);
            }
        }
        Ok(())
    }

    /// Answers that were closed, and whose judging was not queued before the process ended.
    async fn restore_judging(&mut self) -> anyhow::Result<()> {
        for answer in self.app.store.answers(self.interview.id).await? {
            let known = self.app.store.jobs_about(&answer.id.to_string()).await?;
            if let Some(closed_us) = answer.closed_us.filter(|_| known.is_empty()) {
                self.to_judge.push((answer.id, closed_us));
            }
        }
        Ok(())
    }

    pub(super) async fn store_stream(
        &mut self,
        id: StreamId,
        number: u8,
        sample_rate: u32,
        applied: serde_json::Value,
    ) -> anyhow::Result<sound::Appender> {
        let stream = Stream {
            id,
            interview: self.interview.id,
            participant: self.candidate,
            kind: StreamKind::Microphone,
            sample_rate,
            codec: "pcm_s16le".to_owned(),
            settings: serde_json::to_value(StreamSettings { number, applied })?,
            created: now(),
            finished: None,
        };
        self.app.store.add_stream(&stream).await?;
        Ok(self.app.store.appender(id).await?)
    }

    pub(super) async fn anchor(
        &mut self,
        id: StreamId,
        position: u64,
        at_us: Us,
        reason: AnchorReason,
    ) {
        self.unkept.anchors.push_back((id, Anchor { position, at_us, reason }));
        if !self.unkept.waits() {
            self.store_unkept().await;
        }
    }

    async fn store_anchors(&mut self) -> Result<(), store::Error> {
        while let Some((id, anchor)) = self.unkept.anchors.front().copied() {
            match self.app.store.add_anchor(id, anchor).await {
                Err(error) if error.may_pass() => return Err(error),
                Err(error) => {
                    tracing::error!(stream = %id, "where it stands is not noted: {error}");
                }
                Ok(()) => {}
            }
            self.unkept.anchors.pop_front();
        }
        Ok(())
    }

    /// Keeps the accurate words of a segment: an engine's output, never overwritten.
    pub(super) async fn store_words(&mut self, span: Span, words: &[Word]) {
        let Some(recogniser) = self.engines.recogniser() else { return };
        let body = match serde_json::to_value(words) {
            Ok(body) => body,
            Err(error) => return tracing::error!("words cannot be written as JSON: {error}"),
        };
        let output = Output {
            interview: self.interview.id,
            participant: self.candidate,
            answer: None,
            stream: None,
            kind: jobs::WORDS.to_owned(),
            engine: "whisper".to_owned(),
            model: recogniser.identity().to_owned(),
            model_sha256: None,
            language: Language::default(),
            span: Some(span),
            body,
            created: now(),
        };
        if let Err(error) = self.app.store.add_output(&output).await {
            tracing::error!("words cannot be stored; they will be found again: {error}");
        }
    }

    pub(super) fn open_answer(&mut self, answer: AnswerRef, from_us: Us, step: &mut Step) {
        let id = new_id!(AnswerId);
        self.answers.insert(answer, Given::new(id));
        step.opened.push(AnswerRecord {
            id,
            interview: self.interview.id,
            participant: self.candidate,
            item: view::item_of(answer.part),
            attempt: answer.attempt,
            question: self.question_of(answer.part),
            mode: if self.microphones.is_empty() { Mode::Typed } else { Mode::Spoken },
            language: Language::default(),
            opened_us: from_us,
            closed_us: None,
        });
    }

    /// The question that a part asks; for unscored parts one made of what was said.
    fn question_of(&self, part: Part) -> Question {
        let planned = match part {
            Part::Item(item) => self.interview.plan.items.get(item as usize),
            Part::WarmUp | Part::CandidateQuestions => None,
        };
        planned.map_or_else(|| jobs::unscored_question(part), |item| item.question.clone())
    }

    pub(super) async fn close_turn(
        &mut self,
        answer: Option<AnswerRef>,
        span: Span,
        mode: Mode,
        typed: Option<String>,
        aside: bool,
        step: &mut Step,
    ) {
        let words = match &typed {
            Some(text) => word::words_of(text),
            None => self.transcript.all_words(span.start_us, span.end_us.max(span.start_us + 1)),
        };
        // What a process that is gone was still listening to stands in the recording alone.
        let on_its_way = mode == Mode::Spoken
            && (self.transcript.waiting(span.start_us, span.end_us)
                || span.start_us < self.unheard_to_us);
        if words.is_empty() && !on_its_way {
            return;
        }
        if let Some(given) = answer.filter(|_| !aside).and_then(|a| self.answers.get_mut(&a)) {
            given.add(span, typed.as_deref());
        }
        let unscored = aside || !matches!(answer.map(|answer| answer.part), Some(Part::Item(_)));
        let turn = Turn {
            id: new_id!(TurnId),
            interview: self.interview.id,
            index: self.turn_index,
            participant: self.candidate,
            speaker: Speaker::Candidate,
            answer: answer
                .filter(|_| !aside)
                .and_then(|answer| self.answers.get(&answer).map(|given| given.id)),
            mode,
            language: Language::default(),
            text: typed.unwrap_or_else(|| word::text_of(&words)),
            words,
            span: Some(span),
            unscored,
        };
        self.turn_index += 1;
        if !turn.text.is_empty() {
            self.unstored.push(self.shown(&turn));
        }
        if turn.mode == Mode::Spoken {
            self.last_spoken = Some(turn.clone());
        }
        step.turns.push(turn);
    }

    pub(super) fn close_answer(&mut self, answer: AnswerRef, reason: CloseReason, step: &mut Step) {
        let Some(id) = self.answers.get(&answer).map(|given| given.id) else { return };
        tracing::info!(answer = %id, ?reason, "an answer is closed");
        step.closed.push((id, self.clock.now_us()));
    }

    /// Stores what a step leaves behind, with what could not be stored before, and queues the judging of what
    /// was closed.
    pub(super) async fn keep(&mut self, mut step: Step) {
        let snapshot = Snapshot {
            conversation: self.conversation.clone(),
            now_us: self.clock.now_us(),
            typed: self.typed,
            answers: self.answers.iter().map(|(answer, given)| (*answer, given.clone())).collect(),
        };
        match serde_json::to_value(snapshot) {
            Ok(snapshot) => step.snapshot = Some(snapshot),
            Err(error) => tracing::error!("a conversation cannot be written as JSON: {error}"),
        }
        self.unkept.step.add(step);
        if !self.unkept.waits() {
            self.store_unkept().await;
        }
    }

    /// Stores what has not been stored yet; tells whether nothing is left.
    pub(super) async fn store_unkept(&mut self) -> bool {
        self.unkept.retry_at = None;
        if let Err(error) = self.store_anchors().await {
            self.could_not_store(&error);
            return false;
        }
        if !self.unkept.step.is_empty() {
            let stored = self.app.store.record(self.interview.id, &self.unkept.step, now()).await;
            match stored {
                Err(error) if error.may_pass() => {
                    self.could_not_store(&error);
                    return false;
                }
                // What the store will never take must not keep it from taking the rest.
                Err(error) => {
                    tracing::error!(interview = %self.interview.id, "a step is not stored: {error}");
                }
                Ok(()) => {}
            }
            let step = std::mem::take(&mut self.unkept.step);
            self.to_judge.extend(step.closed);
        }
        if std::mem::take(&mut self.unkept.failing) {
            self.notice("stored_again", "everything you said meanwhile is stored now");
        }
        for turn in std::mem::take(&mut self.unstored) {
            self.send(crate::wire::live::ServerMessage::Turn { turn });
        }
        self.judge_what_is_heard().await;
        true
    }

    /// Says, once, that nothing can be stored for now, and when it is tried again.
    pub(super) fn could_not_store(&mut self, error: &store::Error) {
        tracing::error!(interview = %self.interview.id, "cannot store a step yet: {error}");
        self.unkept.retry_at = Some(Instant::now() + STORE_AGAIN);
        if !std::mem::replace(&mut self.unkept.failing, true) {
            self.notice(
                "not_stored",
                "what you say cannot be stored right now; go on, it is tried again, and check the space \
                 on the disk",
            );
        }
    }

    /// Queues the judging of closed answers of which all words are known.
    pub(super) async fn judge_what_is_heard(&mut self) {
        if let Err(error) = self.judge_to(self.heard_to_us()).await {
            tracing::error!("an answer is judged later, its job cannot be queued: {error}");
        }
    }

    /// Queues the judging of the answers that were closed by then.
    async fn judge_to(&mut self, to_us: Us) -> Result<(), store::Error> {
        let is_due = |(_, closed_us): &(AnswerId, Us)| *closed_us <= to_us;
        while let Some(place) = self.to_judge.iter().position(is_due) {
            let id = self.to_judge[place].0;
            self.queue(jobs::SCORE_ANSWER, id.to_string()).await?;
            self.to_judge.remove(place);
        }
        Ok(())
    }

    async fn queue(&mut self, kind: &str, subject: String) -> Result<(), store::Error> {
        let job = NewJob {
            id: new_id!(JobId),
            person: self.interview.person,
            interview: Some(self.interview.id),
            kind: kind.to_owned(),
            subject,
            body: serde_json::Value::Null,
            run_after: jobs::AT_ONCE,
        };
        self.app.store.enqueue(&job, now()).await?;
        self.app.work.notify_one();
        Ok(())
    }

    /// Shows the last spoken turn again, now that its accurate words are known.
    pub(super) fn show_accurate(&mut self) {
        let Some(turn) = &mut self.last_spoken else { return };
        let Some(span) = turn.span else { return };
        let (text, accurate) = self.transcript.text(span.start_us, span.end_us);
        if accurate && !text.is_empty() && text != turn.text {
            turn.text = text;
            let turn = turn.clone();
            self.send(crate::wire::live::ServerMessage::Turn { turn: self.shown(&turn) });
        }
    }

    /// Writes one turn to the log.
    pub(super) async fn log(&mut self, turn: Turn) {
        self.turn_index += 1;
        self.send(crate::wire::live::ServerMessage::Turn { turn: self.shown(&turn) });
        self.unkept.step.add(Step { turns: vec![turn], ..Step::default() });
        if !self.unkept.waits() {
            self.store_unkept().await;
        }
    }

    /// The words of an answer so far, all its turns and the one that goes on.
    pub(super) fn words_of(&self, answer: AnswerRef) -> Vec<Word> {
        let view = self.conversation.view();
        let listening = view.floor == FloorView::Candidate && view.answer == Some(answer);
        let open_from_us = view.words_from_us.filter(|_| listening);
        let given = self.answers.get(&answer);
        given.map(|given| given.words(&self.transcript, open_from_us)).unwrap_or_default()
    }

    /// The turn log as it is shown.
    pub(super) async fn turns_shown(&mut self) -> Vec<WireTurn> {
        match assemble::log_as_heard(&self.app.store, self.interview.id).await {
            Ok(turns) => {
                let heard = turns.iter().filter(|turn| !turn.text.is_empty());
                heard.map(|turn| self.shown(turn)).collect()
            }
            Err(error) => {
                tracing::error!("the turn log cannot be read: {error:#}");
                Vec::new()
            }
        }
    }

    fn shown(&self, turn: &Turn) -> WireTurn {
        view::turn(turn, &self.interview.plan.persona.name)
    }

    /// Marks the end and queues the report. Can be called again when it did not work.
    pub(super) async fn finish(&mut self, reason: EndReason) -> Result<(), store::Error> {
        let state = match reason {
            EndReason::Completed => InterviewState::Ended,
            EndReason::Stopped => InterviewState::Aborted,
        };
        self.app.store.end_interview(self.interview.id, state, now()).await?;
        self.judge_to(Us::MAX).await?;
        self.queue(jobs::REPORT, self.interview.id.to_string()).await
    }

    /// Lets go of the files: the streams are closed when the interview is over, else they wait.
    pub(super) async fn let_go(&mut self) {
        self.line = None;
        let id: InterviewId = self.interview.id;
        if !self.unkept.step.is_empty() {
            self.store_unkept().await;
        }
        if let Err(error) = self.judge_to(Us::MAX).await {
            tracing::error!(interview = %id, "its answers are judged when it goes on: {error}");
        }
        for (_, microphone) in std::mem::take(&mut self.microphones) {
            if let Err(error) = microphone.close().await {
                tracing::error!(interview = %id, "the end of a recording was not stored: {error}");
            }
        }
    }
}

fn samples_us(samples: u64, sample_rate: u32) -> Us {
    if sample_rate == 0 {
        return 0;
    }
    Us::try_from(samples * 1_000_000 / u64::from(sample_rate)).unwrap_or(0)
}
