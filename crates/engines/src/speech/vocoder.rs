//! From the spectrum that hibari's network predicts to sound.
//!
//! Each frame is a pulse train at the pitch, filtered by a spectral envelope, plus noise shaped by
//! a second envelope, plus a part with phases of its own.

use std::f32::consts::PI;

use realfft::{RealFftPlanner, num_complex::Complex32};

use super::shift::{Mark, UNVOICED_PERIOD};

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

/// The sound of `spectrum` and where its periods begin, or `None` when its parts do not have the same
/// number of frames.
pub(super) fn sound(spectrum: &Spectrum<'_>) -> Option<(Vec<f32>, Vec<Mark>)> {
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
    let (pulses, marks) = pulses(spectrum.pitch);
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
        shape(spectrum, frame, &mut frequency, &mut noise);
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
    let sound = out[middle.clone()].iter().zip(&weight[middle]).map(|(y, w)| y / w.max(1e-11));
    Some((sound.collect(), marks))
}

/// Turns the spectrum of the pulses in one frame into that of the voice.
fn shape(spectrum: &Spectrum<'_>, frame: usize, frequency: &mut [Complex32], noise: &mut Noise) {
    let frames = spectrum.pitch.len();
    let magnitude = |log: f32| log.min(LOG_MAGNITUDE_MAX).exp();
    for (bin, x) in frequency.iter_mut().enumerate() {
        let at = |part: &[f32]| part[bin * frames + frame];
        let turned = PI * at(spectrum.voiced_phase).tanh();
        *x *= Complex32::from_polar(magnitude(at(spectrum.voiced)), turned);
        *x += noise.next() * magnitude(at(spectrum.noise));
        *x += Complex32::from_polar(magnitude(at(spectrum.rest)), at(spectrum.rest_phase));
    }
    // The first and the last frequency of a real signal have no imaginary part.
    frequency[0].im = 0.0;
    frequency[BINS - 1].im = 0.0;
}

/// All harmonics below [`HARMONICS_HZ_MAX`] at equal strength, following the pitch between frames,
/// and zero where there is no voice, with the beginning of each period. The sum of cosines has a
/// closed form.
fn pulses(pitch: &[f32]) -> (Vec<f32>, Vec<Mark>) {
    let (mut out, mut marks) = (Vec::with_capacity(pitch.len() * HOP), Vec::<Mark>::new());
    let mut turns = 0.0f64;
    let last = pitch.len().saturating_sub(1);
    for at in 0..pitch.len() * HOP {
        let position = (at as f32 + 0.5) / HOP as f32 - 0.5;
        let (low, share) = (position.floor(), position - position.floor());
        let frame = |at: f32| pitch[(at.max(0.0) as usize).min(last)];
        let hertz = frame(low) * (1.0 - share) + frame(low + 1.0) * share;
        let voiced = hertz > VOICED_HZ;
        let hertz = hertz.max(VOICED_HZ);
        turns += f64::from(hertz) / f64::from(SAMPLE_RATE);
        let begins = turns >= 1.0;
        turns = turns.fract();
        if !voiced {
            let since = marks.last().map_or(at, |mark| at - mark.at);
            if marks.is_empty() || since as f32 >= UNVOICED_PERIOD {
                marks.push(Mark { at, period: UNVOICED_PERIOD, voiced });
            }
            out.push(0.0);
            continue;
        }
        if begins {
            marks.push(Mark { at, period: SAMPLE_RATE as f32 / hertz, voiced });
        }
        let phase = (turns * std::f64::consts::TAU) as f32;
        let order = (HARMONICS_HZ_MAX / hertz).floor() + 0.5;
        let below = 2.0 * (phase * 0.5).sin();
        out.push(if below.abs() <= 2e-3 { order } else { (order * phase).sin() / below } - 0.5);
    }
    (out, marks)
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

    fn spectrum<'a>(flat: &'a [f32], silent: &'a [f32], pitch: &'a [f32]) -> Spectrum<'a> {
        Spectrum {
            voiced: flat,
            voiced_phase: flat,
            noise: silent,
            rest: silent,
            rest_phase: flat,
            pitch,
        }
    }

    #[test]
    fn a_flat_spectrum_sounds_at_the_pitch_and_marks_its_periods() {
        let (flat, silent) = (vec![0.0; BINS * FRAMES], vec![-20.0; BINS * FRAMES]);
        let (sound, marks) = sound(&spectrum(&flat, &silent, &[200.0; FRAMES]))
            .expect("the parts have equal lengths");
        assert_eq!(sound.len(), FRAMES * HOP);
        let part = &sound[8000..16_000];
        let likeness =
            |lag: &usize| part.iter().zip(&part[*lag..]).map(|(a, b)| a * b).sum::<f32>();
        let period = (60..200).max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        assert_eq!(period, Some(120));
        assert!(marks.windows(2).all(|pair| (119..=121).contains(&(pair[1].at - pair[0].at))));
        assert!(marks.iter().all(|mark| mark.voiced));
    }

    #[test]
    fn the_same_spectrum_gives_the_same_sound() {
        let flat = vec![0.0; BINS * FRAMES];
        let hiss = spectrum(&flat, &flat, &[0.0; FRAMES]);
        assert_eq!(sound(&hiss), sound(&hiss));
        assert!(sound(&hiss).is_some_and(|(_, marks)| marks.iter().all(|mark| !mark.voiced)));
    }

    #[test]
    fn parts_of_different_lengths_are_refused() {
        let part = vec![0.0; BINS * 3];
        assert!(sound(&spectrum(&part, &part, &[0.0; 2])).is_none());
        assert!(sound(&spectrum(&[], &[], &[])).is_none());
    }
}
