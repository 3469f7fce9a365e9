//! What candidates say and do: sentences in the program's own voices, and sounds that are no speech.

use std::{collections::HashMap, path::Path, sync::Arc};

use anyhow::Context;

use crate::shell::{command, program, run_quietly};

/// Samples a second of all clips and of the microphone.
pub const HZ: u32 = 24_000;

/// A piece of sound, with the time its voice begins and ends in it.
#[derive(Debug, Clone)]
pub struct Clip {
    /// Mono samples at [`HZ`].
    pub samples: Arc<Vec<f32>>,
    /// First sample that is loud enough to be heard.
    pub voice_from: usize,
    /// Sample after the last such one.
    pub voice_to: usize,
}

impl Clip {
    /// A clip of these samples. Heard is what comes within 35 dB of its loudest 10 ms.
    #[must_use]
    pub fn new(samples: Vec<f32>) -> Self {
        let hop = HZ as usize / 100;
        let power: Vec<f32> = samples
            .chunks(hop)
            .map(|frame| frame.iter().map(|x| x * x).sum::<f32>() / frame.len() as f32)
            .collect();
        let least = power.iter().copied().fold(0.0, f32::max) * 10f32.powf(-3.5);
        let first = power.iter().position(|power| *power > least).unwrap_or(0);
        let last = power.iter().rposition(|power| *power > least).unwrap_or(0);
        let voice_to = ((last + 1) * hop).min(samples.len());
        Self { samples: Arc::new(samples), voice_from: first * hop, voice_to }
    }

    /// Its length, seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.samples.len() as f64 / f64::from(HZ)
    }

    /// This, silence of so many seconds, and another.
    #[must_use]
    pub fn then(&self, pause_s: f64, next: &Self) -> Self {
        let mut samples = self.samples[..self.voice_to].to_vec();
        samples.resize(samples.len() + (pause_s * f64::from(HZ)) as usize, 0.0);
        samples.extend_from_slice(&next.samples[next.voice_from..]);
        Self::new(samples)
    }
}

/// Speaks sentences, each once.
#[derive(Debug, Default)]
pub struct Voices {
    spoken: HashMap<(String, String), Clip>,
}

impl Voices {
    /// A sentence in the voice of one of the personas ("maya", "marcus", "helen").
    ///
    /// # Errors
    /// When the program does not speak it.
    pub fn say(&mut self, models: &Path, persona: &str, text: &str) -> anyhow::Result<Clip> {
        let key = (persona.to_owned(), text.to_owned());
        if let Some(clip) = self.spoken.get(&key) {
            return Ok(clip.clone());
        }
        let file = std::env::temp_dir().join(format!("greenroom-clip-{}.wav", std::process::id()));
        let path = file.to_string_lossy().into_owned();
        let mut speak = command(
            &program().to_string_lossy(),
            &["speak", "--persona", persona, "--out", &path, text],
        );
        speak.env("GREENROOM_MODELS", models);
        run_quietly(speak)?;
        let mut reader = hound::WavReader::open(&file).context("reading what was spoken")?;
        anyhow::ensure!(reader.spec().sample_rate == HZ, "the voice speaks at another rate");
        let samples: Result<Vec<f32>, _> =
            reader.samples::<i16>().map(|x| x.map(|x| f32::from(x) / 32_768.0)).collect();
        let clip = Clip::new(samples?);
        let _ = std::fs::remove_file(&file);
        self.spoken.insert(key, clip.clone());
        Ok(clip)
    }
}

/// Numbers between -1 and 1 that look drawn, the same for the same seed.
#[derive(Debug, Clone)]
pub struct Noise(u64);

impl Noise {
    /// Starts anew.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// The next one.
    pub fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }
}

/// A cough: two bursts of noise through a throat, 0.2 to 0.3 s each.
#[must_use]
pub fn cough(seed: u64) -> Clip {
    let mut noise = Noise::new(seed);
    let mut samples = Vec::new();
    for burst in 0..2 {
        let length = (0.2 + 0.1 * f64::from(noise.next().abs())) * f64::from(HZ);
        let middle = 450.0 + 250.0 * noise.next().abs();
        let mut resonator = Resonator::new(middle, 500.0);
        let mut high = Resonator::new(1_600.0 + 500.0 * noise.next(), 900.0);
        let loud = if burst == 0 { 0.5 } else { 0.35 };
        for i in 0..length as usize {
            let at = i as f32 / length as f32;
            let envelope = (at / 0.05).min(1.0) * (-4.5 * at).exp();
            let drive = noise.next();
            samples.push(loud * envelope * (resonator.push(drive) + 0.6 * high.push(drive)));
        }
        samples.resize(samples.len() + HZ as usize / 8, 0.0);
    }
    Clip::new(samples)
}

/// A second and a half of typing: clicks of 10 ms, some 8 a second.
#[must_use]
pub fn keyboard(seed: u64) -> Clip {
    let mut noise = Noise::new(seed);
    let mut samples = vec![0.0; HZ as usize * 3 / 2];
    let mut at = 0;
    while at + 400 < samples.len() {
        let loud = 0.06 + 0.06 * noise.next().abs();
        for i in 0..400 {
            samples[at + i] += loud * noise.next() * (-(i as f32) / 60.0).exp();
        }
        at += 1_800 + (2_400.0 * noise.next().abs()) as usize;
    }
    Clip::new(samples)
}

/// A filter that rings at one frequency, gain about one there.
struct Resonator {
    feedback: [f32; 2],
    gain: f32,
    past: [f32; 2],
}

impl Resonator {
    fn new(middle_hz: f32, width_hz: f32) -> Self {
        let radius = (-std::f32::consts::PI * width_hz / HZ as f32).exp();
        let angle = std::f32::consts::TAU * middle_hz / HZ as f32;
        Self {
            feedback: [2.0 * radius * angle.cos(), -radius * radius],
            gain: (1.0 - radius) * 2.0,
            past: [0.0; 2],
        }
    }

    fn push(&mut self, x: f32) -> f32 {
        let y = self.gain * x + self.feedback[0] * self.past[0] + self.feedback[1] * self.past[1];
        self.past = [y, self.past[0]];
        y
    }
}
