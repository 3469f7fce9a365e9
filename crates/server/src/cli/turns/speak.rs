//! Speaks the synthetic turns' pieces.

use std::{
    fs,
    io::{BufRead, stdin},
    ops::ControlFlow,
    path::PathBuf,
};

use anyhow::Context;
use engines::{Voice, listen::RUNTIME_FILE, runtime::Runtime};
use interview::persona;
use serde::Deserialize;

use crate::config::Config;

/// One piece to be spoken.
#[derive(Debug, Deserialize)]
struct Line {
    out: PathBuf,
    text: String,
    engine: Engine,
    /// The name of a Kokoro voice; semitones for the one of hibari.
    voice: String,
    speed: f32,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Engine {
    Kokoro,
    Hibari,
}

pub(super) fn run(config: &Config) -> anyhow::Result<()> {
    let models = config.data.models()?;
    let runtime = Runtime::load(&models.join(RUNTIME_FILE))?;
    let voices = engines::speech::load(&models, &runtime, 1)?;
    for line in stdin().lock().lines() {
        let line: Line = serde_json::from_str(&line?).context("a line is not as expected")?;
        match line.engine {
            Engine::Hibari => speak(voices.quick.as_ref(), &line)?,
            Engine::Kokoro => {
                let best = voices
                    .best()?
                    .context("the natural voice is missing; run 'greenroom models pull kokoro'")?;
                speak(best.as_ref(), &line)?;
            }
        }
    }
    Ok(())
}

fn speak(voice: &dyn Voice, line: &Line) -> anyhow::Result<()> {
    let style = persona::Voice {
        kokoro: line.voice.clone(),
        hibari_semitones: line.voice.parse().unwrap_or(0.0),
        speed: line.speed,
    };
    let mut samples = Vec::new();
    voice.speak(&line.text, &style, &mut |piece| {
        samples.extend(piece.iter().map(|x| (x.clamp(-1.0, 1.0) * 32_767.0) as i16));
        ControlFlow::Continue(())
    })?;
    fs::write(&line.out, engines::audio::encode_wav(&samples, voice.sample_rate()))
        .with_context(|| format!("{} cannot be written", line.out.display()))
}
