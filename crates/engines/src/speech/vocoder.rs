//! From the spectrum that hibari's network predicts to sound.
//!
//! Each frame is a pulse train at the pitch, filtered by a spectral envelope, plus noise shaped by
//! a second envelope, plus a part with phases of its own. Pitch and timbre are apart, so a voice is
//! made lower by moving the pulses closer together and its resonances down, at the same tempo.

use std::f32::consts::PI;

use realfft::{RealFftPlanner, num_complex::Complex32};

/// Samples a second.
pub(super) const SAMPLE_RATE: u32 = 24_000;
/// Samples in a frame of the Fourier transform.
const FRAME: usize = 1200;
/// Samples from one frame to the next.
const HOP: usize = 300;
/// Frequencies of a frame.
pub(super) const BINS: usize = FRAME / 2 + 1;
/// Below this pitch (Hz) a frame has no voice.
const VOICED_HZ: f32 = 40.0;
/// Harmonics above this frequency (Hz) are left out.
const HARMONICS_HZ_MAX: f32 = 11_000.0;
/// The largest log magnitude; the network is not trusted beyond.
const LOG_MAGNITUDE_MAX: f32 = 7.0;

/// What the network predicts: log magnitudes and phases of `BINS` frequencies by `frames`
/// frames, frequency by frequency.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spectrum<'a> {
    /// Log magnitude of the voiced part.
    pub(super) voiced: &'a [f32],
    /// Its phase: pi times the hyperbolic tangent of this.
    pub(super) voiced_phase: &'a [f32],
    /// Log magnitude of the noise.
    pub(super) noise: &'a [f32],
    /// Log magnitude of the rest.
    pub(super) rest: &'a [f32],
    /// Its phase in radians.
    pub(super) rest_phase: &'a [f32],
    /// Pitch of each frame in Hz.
    pub(super) pitch: &'a [f32],
}

/// How the voice is changed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Timbre {
    /// Factor of the pitch.
    pub(super) pitch: f32,
    /// Factor of the resonances, as of the length of a throat.
    pub(super) resonance: f32,
}

/// The sound of `spectrum`, or `None` when its parts do not have the same number of frames.
pub(super) fn sound(spectrum: &Spectrum<'_>, timbre: Timbre) -> Option<Vec<f32>> {
    let frames = spectrum.pitch.len();
    let parts = [
        spectrum.voiced,
        spectrum.voiced_phase,
        spectrum.noise,
        spectrum.rest,
        spectrum.rest_phase,
    ];
    if frames == 0 || parts.iter().any(|part| part.len() != BINS * frames) {
        return None;
    }
    let window: Vec<f32> =
        (0..FRAME).map(|i| 0.5 - 0.5 * (2.0 * PI * i as f32 / FRAME as f32).cos()).collect();
    let pulses = pulses(spectrum.pitch, timbre.pitch);
    let mut planner = RealFftPlanner::<f32>::new();
    let (forward, backward) = (planner.plan_fft_forward(FRAME), planner.plan_fft_inverse(FRAME));
    let (mut time, mut frequency) = (forward.make_input_vec(), forward.make_output_vec());
    let mut noise = Noise(0x9E37_79B9_7F4A_7C15);
    let mut out = vec![0.0f32; (frames - 1) * HOP + FRAME];
    let mut weight = vec![0.0f32; out.len()];
    for frame in 0..frames {
        for (i, x) in time.iter_mut().enumerate() {
            let at = (frame * HOP + i) as isize - (FRAME / 2) as isize;
            // A unit cosine is to have height one in the spectrum.
            *x = mirrored(&pulses, at) * window[i] * (4.0 / FRAME as f32);
        }
        forward.process(&mut time, &mut frequency).ok()?;
        shape(spectrum, frame, timbre.resonance, &mut frequency, &mut noise);
        backward.process(&mut frequency, &mut time).ok()?;
        let range = frame * HOP..frame * HOP + FRAME;
        for (((y, w), x), window) in
            out[range.clone()].iter_mut().zip(&mut weight[range]).zip(&time).zip(&window)
        {
            *y += x * window / FRAME as f32;
            *w += window * window;
        }
    }
    let middle = FRAME / 2..(FRAME / 2 + frames * HOP).min(out.len());
    Some(out[middle.clone()].iter().zip(&weight[middle]).map(|(y, w)| y / w.max(1e-11)).collect())
}

/// Turns the spectrum of the pulses in one frame into that of the voice.
fn shape(
    spectrum: &Spectrum<'_>,
    frame: usize,
    resonance: f32,
    frequency: &mut [Complex32],
    noise: &mut Noise,
) {
    let frames = spectrum.pitch.len();
    let magnitude = |log: f32| log.min(LOG_MAGNITUDE_MAX).exp();
    for (bin, x) in frequency.iter_mut().enumerate() {
        let from = bin as f32 / resonance;
        let nearest = from.round() as usize;
        if nearest >= BINS {
            *x = Complex32::ZERO;
            continue;
        }
        let at = |part: &[f32]| part[nearest * frames + frame];
        let (low, share) = (from as usize, from.fract());
        let smooth = |part: &[f32]| {
            let high = (low + 1).min(BINS - 1);
            part[low * frames + frame] * (1.0 - share) + part[high * frames + frame] * share
        };
        let turned = PI * at(spectrum.voiced_phase).tanh();
        *x *= Complex32::from_polar(magnitude(smooth(spectrum.voiced)), turned);
        *x += noise.next() * magnitude(smooth(spectrum.noise));
        *x += Complex32::from_polar(magnitude(smooth(spectrum.rest)), at(spectrum.rest_phase));
    }
    // The first and the last frequency of a real signal have no imaginary part.
    frequency[0].im = 0.0;
    frequency[BINS - 1].im = 0.0;
}

/// All harmonics below [`HARMONICS_HZ_MAX`] at equal strength, following the pitch between frames;
/// zero where there is no voice. The sum of cosines has a closed form.
fn pulses(pitch: &[f32], factor: f32) -> Vec<f32> {
    let mut out = Vec::with_capacity(pitch.len() * HOP);
    let mut turns = 0.0f64;
    let last = pitch.len() - 1;
    for i in 0..pitch.len() * HOP {
        let position = (i as f32 + 0.5) / HOP as f32 - 0.5;
        let (low, share) = (position.floor(), position - position.floor());
        let frame = |at: f32| pitch[(at.max(0.0) as usize).min(last)];
        let hertz = frame(low) * (1.0 - share) + frame(low + 1.0) * share;
        let voiced = hertz > VOICED_HZ;
        let hertz = hertz.max(VOICED_HZ) * factor;
        turns = (turns + f64::from(hertz) / f64::from(SAMPLE_RATE)).fract();
        if !voiced {
            out.push(0.0);
            continue;
        }
        let phase = (turns * std::f64::consts::TAU) as f32;
        let order = (HARMONICS_HZ_MAX / hertz).floor() + 0.5;
        let below = 2.0 * (phase * 0.5).sin();
        out.push(if below.abs() <= 2e-3 { order } else { (order * phase).sin() / below } - 0.5);
    }
    out
}

/// The sample at `at`, with the signal reflected at both its ends.
fn mirrored(signal: &[f32], at: isize) -> f32 {
    let last = signal.len() as isize - 1;
    let at = at.abs();
    let at = if at > last { 2 * last - at } else { at };
    usize::try_from(at).ok().and_then(|at| signal.get(at)).copied().unwrap_or_default()
}

/// Normally distributed complex numbers, the same ones every time: the same text gives the same
/// sound, so cached speech can be compared. The generator is xorshift64*.
struct Noise(u64);

impl Noise {
    fn uniform(&mut self) -> f32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let bits = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 40;
        (bits as f32 + 0.5) / (1u32 << 24) as f32
    }

    fn next(&mut self) -> Complex32 {
        let (radius, turn) = (self.uniform(), self.uniform());
        Complex32::from_polar((-2.0 * radius.ln()).sqrt(), 2.0 * PI * turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAMES: usize = 80;

    /// The sound of one steady vowel at 200 Hz with a flat envelope.
    fn hum(timbre: Timbre) -> Vec<f32> {
        let (loud, silent, still) =
            (vec![0.0; BINS * FRAMES], vec![-20.0; BINS * FRAMES], vec![0.0; BINS * FRAMES]);
        let pitch = vec![200.0; FRAMES];
        let spectrum = Spectrum {
            voiced: &loud,
            voiced_phase: &still,
            noise: &silent,
            rest: &silent,
            rest_phase: &still,
            pitch: &pitch,
        };
        sound(&spectrum, timbre).expect("the parts have equal lengths")
    }

    /// Samples from one pulse to the next, in the middle of the sound.
    fn period(sound: &[f32]) -> usize {
        let part = &sound[8000..16_000];
        let likeness =
            |lag: &usize| part.iter().zip(&part[*lag..]).map(|(a, b)| a * b).sum::<f32>();
        (60..400).max_by(|a, b| likeness(a).total_cmp(&likeness(b))).unwrap_or_default()
    }

    #[test]
    fn the_voice_has_the_pitch_that_was_asked_for_at_the_same_tempo() {
        let own = hum(Timbre { pitch: 1.0, resonance: 1.0 });
        let low = hum(Timbre { pitch: 0.8, resonance: 0.9 });
        assert_eq!(own.len(), low.len());
        assert_eq!((period(&own), period(&low)), (120, 150));
    }

    #[test]
    fn the_same_spectrum_gives_the_same_sound() {
        let timbre = Timbre { pitch: 1.0, resonance: 1.0 };
        assert_eq!(hum(timbre), hum(timbre));
    }

    #[test]
    fn parts_of_different_lengths_are_refused() {
        let (part, pitch) = (vec![0.0; BINS * 3], vec![0.0; 2]);
        let spectrum = Spectrum {
            voiced: &part,
            voiced_phase: &part,
            noise: &part,
            rest: &part,
            rest_phase: &part,
            pitch: &pitch,
        };
        assert!(sound(&spectrum, Timbre { pitch: 1.0, resonance: 1.0 }).is_none());
    }
}
