//! `greenroom speak`: hear a voice before an interview, or make a recording to try things with.

use std::{ops::ControlFlow, path::PathBuf, process::ExitCode};

use anyhow::Context;
use engines::{Voice, listen::RUNTIME_FILE, runtime::Runtime};
use interview::PersonaId;

use crate::{config::Config, content};

/// Arguments of `greenroom speak`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// What is said.
    text: String,
    /// Whose voice says it.
    #[arg(long, default_value = "maya")]
    persona: String,
    /// The WAV file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let bank = content::bank()?;
    let persona = bank.personas.get(&PersonaId(arguments.persona.clone())).with_context(|| {
        let names: Vec<String> = bank.personas.keys().map(ToString::to_string).collect();
        format!("there is no interviewer '{}'; use one of {}", arguments.persona, names.join(", "))
    })?;
    let models = config.data.models()?;
    let runtime = Runtime::load(&models.join(RUNTIME_FILE))?;
    let voice = engines::speech::load(&models, &runtime, 1)?.quick;
    let mut samples = Vec::new();
    voice.speak(&arguments.text, &persona.voice, &mut |piece| {
        samples.extend(piece.iter().map(|x| (x.clamp(-1.0, 1.0) * 32_767.0) as i16));
        ControlFlow::Continue(())
    })?;
    let bytes = engines::audio::encode_wav(&samples, voice.sample_rate());
    std::fs::write(&arguments.out, bytes)
        .with_context(|| format!("cannot write {}", arguments.out.display()))?;
    Ok(ExitCode::SUCCESS)
}
