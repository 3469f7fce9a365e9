//! Deciding: a real conversation is told what was heard when it would have been told, and its first
//! line after that is the reply.
//!
//! A reply before the speaker has finished is a false cut-off. "Take your time" is none, and it is no
//! reply either: the floor stays the speaker's, and the dead air goes on. Each silence is judged by itself: after
//! a false cut-off the conversation is put back to where it was before and learns nothing more until
//! the speaker goes on.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use conversation::{
    Action, Conversation, FloorView, Input, LineKind, UtteranceEvent, UtteranceId, Wishes,
    make_plan,
    turn_end::{Ending, Pauses, StoryPlace, TurnEndModel},
};
use interview::{PersonaId, Plan, Question, Span, Us};
use serde::Serialize;

use super::{
    FRAME_SAMPLES, FRAME_US, Heard, HeardTurn, Place, Turn, What, read_json, samples_of, turns_of,
    write_json,
};
use crate::{
    config::Config,
    content,
    engine_room::Engines,
    live::{ear::Sensed, transcript::Transcript},
};

/// While somebody speaks, what the answer lacks is looked at this often, as in a room.
const LACKS_EVERY_US: Us = 1_500_000;
/// A spoken word of encouragement takes about this long.
const WORD_US: Us = 300_000;
/// More steps than this before the candidate has the floor are an error.
const STEPS_MAX: usize = 1_000;

/// Arguments of `greenroom turns decide`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The folder of turns.
    #[arg(long)]
    set: PathBuf,
    /// What was heard.
    #[arg(long)]
    heard: PathBuf,
    /// Thresholds to try beside the standard one.
    #[arg(long, value_delimiter = ',')]
    thresholds: Vec<f64>,
    /// The file to write.
    #[arg(long)]
    out: PathBuf,
}

/// Arguments of `greenroom turns live`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct LiveArguments {
    /// The folder of turns.
    #[arg(long)]
    set: PathBuf,
    /// What was heard in the time of the samples, which tells how each speaker pauses.
    #[arg(long)]
    heard: PathBuf,
    /// The turns to play.
    #[arg(long, value_delimiter = ',')]
    ids: Vec<String>,
    /// The file to write.
    #[arg(long)]
    out: PathBuf,
}

/// What became of a turn.
#[derive(Debug, Serialize)]
struct Decided {
    id: String,
    /// One for each threshold; the first is the standard.
    replies: Vec<Replies>,
    /// Every silence, every 100 ms, when nothing is ever decided.
    moments: Vec<SilentMoment>,
}

/// When replies began, seconds from the first sample.
#[derive(Debug, Default, Serialize)]
struct Replies {
    threshold: f64,
    /// Before the speaker had finished.
    cut_offs_s: Vec<f64>,
    /// When it was said that there is time.
    prompts_s: Vec<f64>,
    /// After the speaker had finished.
    reply_s: Option<f64>,
}

/// What the turn end is decided by at one moment.
#[derive(Debug, Serialize)]
struct SilentMoment {
    at_s: f64,
    quiet_ms: u32,
    sound: Option<f32>,
    ending: Ending,
    closing_logit: f64,
    place: StoryPlace,
    /// The share of the person's pauses that last longer.
    survival: f64,
    cut_offs: u32,
    /// What the weights make of it.
    probability: f64,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let stage = Stage::new()?;
    let heard: Vec<HeardTurn> = read_json(&arguments.heard)?;
    let mut known = HashMap::new();
    let mut all = Vec::new();
    for turn in turns_of(&arguments.set)? {
        let heard = &heard_of(&heard, &turn)?.heard;
        let pauses = known.get(&turn.speaker).cloned().unwrap_or_default();
        let standard = TurnEndModel::STANDARD;
        let models = arguments.thresholds.iter().map(|threshold| standard.at(*threshold));
        let replies = std::iter::once(standard).chain(models).map(|model| {
            let mut player = stage.player(&turn, model, &pauses)?;
            player.play(heard);
            Ok(player.replies)
        });
        let replies: Vec<Replies> = replies.collect::<anyhow::Result<_>>()?;
        let observer = observe(&stage, &turn, heard, &mut known)?;
        let moments = observer.moments.unwrap_or_default();
        all.push(Decided { id: turn.id, replies, moments });
    }
    write_json(&arguments.out, &all)
}

fn heard_of<'a>(heard: &'a [HeardTurn], turn: &Turn) -> anyhow::Result<&'a HeardTurn> {
    heard
        .iter()
        .find(|heard| heard.id == turn.id)
        .with_context(|| format!("'{}' was not heard; hear the set again", turn.id))
}

/// Plays a turn to one who never replies, and learns how its speaker pauses: the turns before a turn
/// stand for the warm-up question.
fn observe<'a>(
    stage: &'a Stage,
    turn: &Turn,
    heard: &[Heard],
    known: &mut HashMap<String, Pauses>,
) -> anyhow::Result<Player<'a>> {
    let pauses = known.entry(turn.speaker.clone()).or_default();
    let mut observer = stage.player(turn, TurnEndModel::STANDARD.never(), pauses)?;
    observer.moments = Some(Vec::new());
    observer.play(heard);
    pauses.clone_from(observer.conversation.pauses());
    Ok(observer)
}

/// What every turn is played on.
struct Stage {
    plan: Plan,
    question: Question,
}

impl Stage {
    fn new() -> anyhow::Result<Self> {
        let wishes = Wishes {
            persona: Some(PersonaId("marcus".to_owned())),
            count: Some(2),
            ..Wishes::default()
        };
        let plan = make_plan(&content::bank()?, wishes, 7)?;
        let question = plan.items.first().context("the plan has no question")?.question.clone();
        Ok(Self { plan, question })
    }

    /// A player whose candidate has just been given the floor.
    fn player<'a>(
        &'a self,
        turn: &Turn,
        model: TurnEndModel,
        pauses: &Pauses,
    ) -> anyhow::Result<Player<'a>> {
        let conversation = Conversation::new(self.plan.clone(), 11)
            .with_turn_end(model)
            .with_pauses(pauses.clone());
        let mut opening = Opening { conversation, now_us: 0, queue: Vec::new() };
        opening.step(Input::Start);
        opening.until_candidate()?;
        if turn.place == Place::Question {
            let text = "I have been repairing an old bicycle with my daughter this week.";
            opening.step(Input::Typed { text: text.to_owned() });
            opening.until_candidate()?;
        }
        Ok(Player {
            question: &self.question,
            before: opening.conversation.clone(),
            conversation: opening.conversation,
            from_us: opening.now_us,
            now_us: opening.now_us,
            end_us: opening.now_us + (turn.end_s * 1e6) as Us,
            transcript: Transcript::default(),
            turn_end: None,
            lacks_us: 0,
            saying: None,
            muted: false,
            replies: Replies { threshold: model.threshold, ..Replies::default() },
            model,
            moments: None,
        })
    }
}

/// The interview up to the turn: every line counts as said at once.
struct Opening {
    conversation: Conversation,
    now_us: Us,
    queue: Vec<UtteranceId>,
}

impl Opening {
    fn step(&mut self, input: Input) {
        for action in self.conversation.step(self.now_us, input) {
            match action {
                Action::Say { id, .. } => self.queue.push(id),
                Action::WantLacks { answer } => self.step(Input::Lacks { answer, lacks: vec![] }),
                _ => {}
            }
        }
    }

    fn until_candidate(&mut self) -> anyhow::Result<()> {
        for _ in 0..STEPS_MAX {
            if self.conversation.view().floor == FloorView::Candidate {
                return Ok(());
            }
            if self.queue.is_empty() {
                let deadline_us = self.conversation.next_deadline().context("nothing is due")?;
                self.now_us = self.now_us.max(deadline_us);
                self.step(Input::Timer);
            } else {
                let id = self.queue.remove(0);
                self.step(Input::Utterance { id, event: UtteranceEvent::Started });
                self.now_us += 1_000_000;
                self.step(Input::Utterance { id, event: UtteranceEvent::Finished });
            }
        }
        bail!("the candidate never gets the floor")
    }
}

/// A word of encouragement while it sounds.
#[derive(Clone, Copy)]
struct Saying {
    id: UtteranceId,
    from_us: Us,
    to_us: Us,
}

/// One conversation that is told of one turn.
struct Player<'a> {
    question: &'a Question,
    model: TurnEndModel,
    conversation: Conversation,
    /// As it was when the candidate last had the floor.
    before: Conversation,
    /// Interview time of the first sample.
    from_us: Us,
    now_us: Us,
    /// Interview time at which the speaker has finished.
    end_us: Us,
    transcript: Transcript,
    /// The pause that was judged by its sound, and the probability.
    turn_end: Option<(Us, f32)>,
    lacks_us: Us,
    /// The encouragement that sounds, since when and until when.
    saying: Option<Saying>,
    /// A reply has begun too early, and the speaker has not gone on yet.
    muted: bool,
    replies: Replies,
    moments: Option<Vec<SilentMoment>>,
}

impl Player<'_> {
    fn play(&mut self, heard: &[Heard]) {
        for one in heard {
            if self.replies.reply_s.is_some() {
                return;
            }
            self.take(self.from_us + one.at_us, &one.what);
        }
    }

    /// Lets time pass, ringing the timers on their time.
    fn pass(&mut self, until_us: Us) {
        for _ in 0..STEPS_MAX {
            let said_us = self.saying.map(|saying| saying.to_us);
            let due = said_us.into_iter().chain(self.conversation.next_deadline()).min();
            let Some(deadline_us) =
                due.filter(|us| *us <= until_us && !self.muted && self.replies.reply_s.is_none())
            else {
                break;
            };
            self.now_us = self.now_us.max(deadline_us);
            match self.saying.take_if(|saying| saying.to_us <= deadline_us) {
                Some(Saying { id, .. }) => {
                    self.step(Input::Utterance { id, event: UtteranceEvent::Finished });
                }
                None => self.step(Input::Timer),
            }
        }
        self.now_us = self.now_us.max(until_us);
    }

    /// Takes in what was heard, as a room does.
    fn take(&mut self, at_us: Us, what: &What) {
        self.pass(at_us);
        let from_us = self.from_us;
        match what {
            What::Began { from_us: begin_us } => {
                self.turn_end = None;
                self.muted = false;
                let at_us = from_us + begin_us;
                self.step(Input::SpeechBegan { at_us, echo_likelihood: None });
            }
            What::Paused { since_us, voiced_ms } => {
                let (at_us, voiced_ms) = (from_us + since_us, *voiced_ms);
                self.step(Input::SpeechPaused { at_us, voiced_ms });
            }
            What::Silent { since_us, ms } if !self.muted => {
                let judged = self.turn_end.filter(|(judged_us, _)| judged_us == since_us);
                let sound_probability = judged.map(|(_, probability)| probability);
                self.step(Input::Silence { ms: *ms, sound_probability });
                self.observe();
            }
            What::Silent { .. } => {}
            What::Speaking => {
                // The ear tells how far a voice is heard only while something is played.
                if self.saying.is_some() {
                    self.step(Input::SpeechHeard { to_us: at_us });
                }
                self.look_for_lacks();
            }
            What::Sound { since_us, probability } => {
                self.turn_end = Some((*since_us, *probability));
            }
            What::Caption { segment_us, text } => {
                self.transcript.caption(from_us + segment_us, text);
                if let Some(words_us) = self.conversation.view().words_from_us {
                    let (text, accurate) = self.transcript.text(words_us, Us::MAX / 2);
                    self.step(Input::Words { text, accurate });
                }
            }
            What::Closed { from_us: begin_us, to_us } => {
                self.transcript.closed(Span::new(from_us + begin_us, from_us + to_us));
            }
        }
    }

    fn step(&mut self, input: Input) {
        if self.replies.reply_s.is_some() {
            return;
        }
        if self.conversation.view().floor == FloorView::Candidate {
            self.before.clone_from(&self.conversation);
        }
        for action in self.conversation.step(self.now_us, input) {
            match action {
                Action::WantLacks { answer } => {
                    let lacks = self.lacks();
                    self.step(Input::Lacks { answer, lacks });
                }
                Action::LookUpNotes { .. } => self.step(Input::NotesAnswer { answer: None }),
                Action::Say { id, line: LineKind::Encourage, text, .. } => {
                    self.encourage(id, &text);
                }
                Action::Say { .. } => return self.reply(),
                Action::StopSpeaking { id } => self.fall_silent(id),
                _ => {}
            }
        }
    }

    /// "Take your time" sounds at once, as a line that lies ready does.
    fn encourage(&mut self, id: UtteranceId, text: &str) {
        self.replies.prompts_s.push((self.now_us - self.from_us) as f64 / 1e6);
        let words = Us::try_from(text.split_whitespace().count()).unwrap_or(Us::MAX);
        let to_us = self.now_us + words.saturating_mul(WORD_US);
        self.saying = Some(Saying { id, from_us: self.now_us, to_us });
        self.step(Input::Utterance { id, event: UtteranceEvent::Started });
    }

    /// The speaker goes on while it sounds.
    fn fall_silent(&mut self, id: UtteranceId) {
        if let Some(saying) = self.saying.take_if(|saying| saying.id == id) {
            let event = UtteranceEvent::Stopped {
                played_us: self.now_us - saying.from_us,
                total_us: Some(saying.to_us - saying.from_us),
            };
            self.step(Input::Utterance { id, event });
        }
    }

    /// The first sound of a reply.
    fn reply(&mut self) {
        let at_s = (self.now_us - self.from_us) as f64 / 1e6;
        if self.now_us >= self.end_us {
            self.replies.reply_s = Some(at_s);
        } else {
            if !self.muted {
                self.replies.cut_offs_s.push(at_s);
            }
            self.muted = true;
            self.saying = None;
            self.conversation.clone_from(&self.before);
        }
    }

    fn lacks(&self) -> Vec<interview::Lack> {
        analysis::lacks(&self.transcript.all_words(0, Us::MAX / 2), self.question, None)
    }

    fn look_for_lacks(&mut self) {
        let answer = self.conversation.view().answer;
        if let Some(answer) = answer
            && matches!(answer.part, conversation::Part::Item(_))
            && self.now_us - self.lacks_us >= LACKS_EVERY_US
        {
            self.lacks_us = self.now_us;
            let lacks = self.lacks();
            self.step(Input::Lacks { answer, lacks });
        }
    }

    fn observe(&mut self) {
        let Some(moments) = &mut self.moments else { return };
        let Some(moment) = self.conversation.silence() else { return };
        moments.push(SilentMoment {
            at_s: (self.now_us - self.from_us) as f64 / 1e6,
            quiet_ms: moment.quiet_ms,
            sound: moment.sound_probability,
            ending: moment.ending,
            closing_logit: moment.closing_logit,
            place: moment.place,
            survival: moment.pauses.survival(moment.quiet_ms),
            cut_offs: moment.cut_offs,
            probability: self.model.probability(&moment),
        });
        debug_assert!(self.model.threshold > 1.0, "only who never decides sees all moments");
    }
}

/// Plays turns in real time: frames come when they would, models work on threads of their own.
pub(super) fn run_live(config: &Config, arguments: &LiveArguments) -> anyhow::Result<()> {
    let stage = Stage::new()?;
    let engines = Arc::new(Engines::listening(&config.data.models()?));
    let heard: Vec<HeardTurn> = read_json(&arguments.heard)?;
    let mut known = HashMap::new();
    let mut all = Vec::new();
    for turn in turns_of(&arguments.set)? {
        let pauses = known.get(&turn.speaker).cloned().unwrap_or_default();
        observe(&stage, &turn, &heard_of(&heard, &turn)?.heard, &mut known)?;
        if !arguments.ids.contains(&turn.id) {
            continue;
        }
        let samples = samples_of(&arguments.set, &turn)?;
        let mut player = stage.player(&turn, TurnEndModel::STANDARD, &pauses)?;
        play_live(&engines, &samples, &mut player)?;
        all.push(Decided { id: turn.id, replies: vec![player.replies], moments: Vec::new() });
    }
    write_json(&arguments.out, &all)
}

fn play_live(
    engines: &Arc<Engines>,
    samples: &[f32],
    player: &mut Player<'_>,
) -> anyhow::Result<()> {
    let turn_end = engines.turn_end().context("the turn-end model is missing")?;
    let captions = engines.captions().context("the caption model is missing")?;
    let mut ear = engines.ear(0)?;
    let (sender, receiver) = mpsc::channel::<What>();
    let (mut busy, mut waiting) = (false, None);
    let began = Instant::now();
    for (index, frame) in samples.chunks(FRAME_SAMPLES).enumerate() {
        let due = Duration::from_micros((index as u64 + 1) * FRAME_US as u64);
        thread::sleep(due.saturating_sub(began.elapsed()));
        let now_us = || player_now(player.from_us, began);
        let mut found: Vec<What> = receiver.try_iter().collect();
        busy &= !found.iter().any(|what| matches!(what, What::Caption { .. }));
        for sensed in ear.push(frame)? {
            match sensed {
                Sensed::TurnEnd { since_us, samples } => {
                    let (turn_end, sender) = (Arc::clone(&turn_end), sender.clone());
                    thread::spawn(move || {
                        if let Ok(probability) = turn_end.probability(&samples) {
                            let _ = sender.send(What::Sound { since_us, probability });
                        }
                    });
                }
                Sensed::Caption { segment_us, samples } => waiting = Some((segment_us, samples)),
                other => found.extend(What::of(&other)),
            }
        }
        if !busy && let Some((segment_us, samples)) = waiting.take() {
            busy = true;
            let (captions, sender) = (Arc::clone(&captions), sender.clone());
            thread::spawn(move || {
                let text = captions.transcribe(&samples).unwrap_or_default();
                let _ = sender.send(What::Caption { segment_us, text });
            });
        }
        let now_us = now_us();
        for what in found {
            player.take(now_us, &what);
        }
        player.pass(now_us);
        if player.replies.reply_s.is_some() {
            break;
        }
    }
    Ok(())
}

fn player_now(from_us: Us, began: Instant) -> Us {
    from_us + Us::try_from(began.elapsed().as_micros()).unwrap_or(Us::MAX / 2)
}
