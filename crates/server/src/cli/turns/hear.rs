//! Hearing in the time of the samples: each call of a model is made, measured, and counts as taking as
//! long as it took of a processor; what it found is known after that.

use std::{collections::HashMap, path::PathBuf};

use anyhow::Context;
use engines::{Captions, TurnEnd};
use interview::Us;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    Costs, FRAME_SAMPLES, FRAME_US, Heard, HeardTurn, Stopwatch, What, read_json, samples_of,
    turns_of, write_json,
};
use crate::{
    config::Config,
    engine_room::Engines,
    live::ear::{Ear, Sensed},
};

/// Arguments of `greenroom turns hear`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The folder of turns.
    #[arg(long)]
    set: PathBuf,
    /// The file to write.
    #[arg(long)]
    out: PathBuf,
}

/// What the models said is kept each time this many turns were heard.
const KEEP_EVERY: usize = 10;

pub(super) fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<()> {
    let engines = Engines::listening(&config.data.models()?);
    let turn_end = engines.turn_end().context("the turn-end model is missing")?;
    let captions = engines.captions().context("the caption model is missing")?;
    // What a model made of the same samples before is not asked for again.
    let kept = arguments.out.with_extension("kept.json");
    let mut answers: HashMap<String, Answer> =
        if kept.exists() { read_json(&kept)? } else { HashMap::new() };
    let mut heard = Vec::new();
    for turn in turns_of(&arguments.set)? {
        let samples = samples_of(&arguments.set, &turn)?;
        let ear = engines.ear(0)?;
        let listener = Listener {
            ear,
            turn_end: turn_end.as_ref(),
            captions: captions.as_ref(),
            heard: Vec::new(),
            costs: Costs::default(),
            answers: &mut answers,
            free_us: 0,
            waiting: None,
        };
        heard.push(listener.hear(turn.id, &samples)?);
        // Who breaks off finds most of it again.
        if heard.len().is_multiple_of(KEEP_EVERY) {
            write_json(&kept, &answers)?;
        }
    }
    write_json(&kept, &answers)?;
    write_json(&arguments.out, &heard)
}

/// What a model said, and what that cost.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Answer {
    /// Of the sound model.
    probability: f32,
    /// Of the captions.
    text: String,
    cost_us: Us,
}

/// The start of the SHA-256 of what a model is asked.
fn digest(model: &str, samples: &[f32]) -> String {
    let mut hash = Sha256::new();
    hash.update(model);
    for sample in samples {
        hash.update(sample.to_le_bytes());
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

struct Listener<'a> {
    ear: Ear,
    turn_end: &'a dyn TurnEnd,
    captions: &'a dyn Captions,
    heard: Vec<Heard>,
    costs: Costs,
    answers: &'a mut HashMap<String, Answer>,
    /// When the caption in the making is ready: there is one at a time, as in a room.
    free_us: Us,
    waiting: Option<(Us, Vec<f32>)>,
}

impl Listener<'_> {
    fn hear(mut self, id: String, samples: &[f32]) -> anyhow::Result<HeardTurn> {
        for (index, frame) in samples.chunks(FRAME_SAMPLES).enumerate() {
            let now_us = (index as Us + 1) * FRAME_US;
            self.caption_waiting(now_us)?;
            let stopwatch = Stopwatch::start();
            let sensed = self.ear.push(frame)?;
            self.costs.ear_us += stopwatch.cost_us();
            for piece in sensed {
                self.take_in(now_us, piece)?;
            }
        }
        self.heard.sort_by_key(|heard| heard.at_us);
        Ok(HeardTurn { id, heard: self.heard, costs: self.costs })
    }

    fn take_in(&mut self, now_us: Us, sensed: Sensed) -> anyhow::Result<()> {
        let what = match sensed {
            Sensed::TurnEnd { since_us, samples } => {
                let key = digest("sound", &samples);
                let answer = match self.answers.get(&key) {
                    Some(answer) => answer.clone(),
                    None => {
                        let stopwatch = Stopwatch::start();
                        let probability = self.turn_end.probability(&samples)?;
                        let cost_us = stopwatch.cost_us();
                        let answer = Answer { probability, text: String::new(), cost_us };
                        self.answers.entry(key).or_insert(answer).clone()
                    }
                };
                let cost_us = answer.cost_us;
                self.costs.sound_us.push(cost_us);
                let what = What::Sound { since_us, probability: answer.probability };
                self.heard.push(Heard { at_us: now_us + cost_us, what });
                return Ok(());
            }
            Sensed::Caption { segment_us, samples } => {
                self.waiting = Some((segment_us, samples));
                return self.caption_waiting(now_us);
            }
            other => match What::of(&other) {
                Some(what) => what,
                None => return Ok(()),
            },
        };
        self.heard.push(Heard { at_us: now_us, what });
        Ok(())
    }

    /// Makes the caption that waits, if the one before it is ready by now.
    fn caption_waiting(&mut self, now_us: Us) -> anyhow::Result<()> {
        if self.free_us > now_us {
            return Ok(());
        }
        let Some((segment_us, samples)) = self.waiting.take() else { return Ok(()) };
        let key = digest("captions", &samples);
        let Answer { text, cost_us, .. } = match self.answers.get(&key) {
            Some(answer) => answer.clone(),
            None => {
                let stopwatch = Stopwatch::start();
                let text = self.captions.transcribe(&samples)?;
                let cost_us = stopwatch.cost_us();
                self.answers
                    .entry(key)
                    .or_insert(Answer { probability: 0.0, text, cost_us })
                    .clone()
            }
        };
        self.costs.captions_us.push(cost_us);
        self.free_us = now_us + cost_us;
        self.heard.push(Heard { at_us: self.free_us, what: What::Caption { segment_us, text } });
        Ok(())
    }
}

impl What {
    /// What the conversation is told of it at once, if anything.
    pub(super) fn of(sensed: &Sensed) -> Option<Self> {
        match *sensed {
            Sensed::Began { at_us } => Some(Self::Began { from_us: at_us }),
            Sensed::Paused { since_us, voiced_us } => Some(Self::Paused {
                since_us,
                voiced_ms: u32::try_from(voiced_us / 1_000).unwrap_or(u32::MAX),
            }),
            Sensed::Silent { since_us, ms } => Some(Self::Silent { since_us, ms }),
            Sensed::Speaking { .. } => Some(Self::Speaking),
            Sensed::Segment { span, .. } => {
                Some(Self::Closed { from_us: span.start_us, to_us: span.end_us })
            }
            Sensed::Stirred { .. }
            | Sensed::Heard { .. }
            | Sensed::TurnEnd { .. }
            | Sensed::Caption { .. }
            | Sensed::Level { .. } => None,
        }
    }
}
