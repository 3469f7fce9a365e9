//! The log-mel spectrogram that Whisper was trained on, which Smart Turn shares.
//!
//! Windows of 25 ms every 10 ms, 80 triangular filters on Slaney's mel scale (M. Slaney, Auditory
//! Toolbox, 1998), as described for Whisper (Radford et al. 2022, section 2.2). Computed in double
//! precision: Smart Turn's integer arithmetic turns rounding errors into other answers.

use std::{f64::consts::PI, sync::Arc};

use realfft::{RealFftPlanner, RealToComplex, num_complex::Complex};

use crate::LISTEN_HZ;

/// Samples between two frames.
pub(crate) const HOP_SAMPLES: usize = 160;
/// Filters, and so values in a frame.
pub(crate) const BANDS: usize = 80;

const WINDOW_SAMPLES: usize = 400;
const BINS: usize = WINDOW_SAMPLES / 2 + 1;
/// Power below which everything is silence.
const POWER_MIN: f64 = 1e-10;
/// How far below the loudest value, in powers of ten, the quietest is cut off.
const RANGE: f32 = 8.0;

/// Computes spectrograms; holds the tables for it.
pub(crate) struct LogMel {
    fft: Arc<dyn RealToComplex<f64>>,
    window: Vec<f64>,
    filters: Vec<Filter>,
}

/// The weights of a filter from its first bin that is not zero.
struct Filter {
    first: usize,
    weights: Vec<f64>,
}

impl LogMel {
    pub(crate) fn new() -> Self {
        let window = (0..WINDOW_SAMPLES)
            .map(|i| 0.5 - 0.5 * (2.0 * PI * i as f64 / WINDOW_SAMPLES as f64).cos())
            .collect();
        let fft = RealFftPlanner::new().plan_fft_forward(WINDOW_SAMPLES);
        Self { fft, window, filters: (0..BANDS).map(filter).collect() }
    }

    /// The spectrogram of `samples` as [`BANDS`] rows of `samples.len() / HOP_SAMPLES` values, each
    /// about -1 to 1.
    pub(crate) fn compute(&self, samples: &[f32]) -> Vec<f32> {
        let frames = samples.len() / HOP_SAMPLES;
        let mut rows = vec![POWER_MIN.log10() as f32; BANDS * frames];
        let mut windowed = self.fft.make_input_vec();
        let mut spectrum = self.fft.make_output_vec();
        let mut scratch = self.fft.make_scratch_vec();
        let mut power = [0.0; BINS];
        for frame in 0..frames {
            if !self.cut(samples, frame, &mut windowed) {
                continue;
            }
            // The buffers were made by the plan, so their lengths cannot be wrong.
            if self.fft.process_with_scratch(&mut windowed, &mut spectrum, &mut scratch).is_err() {
                continue;
            }
            for (power, bin) in power.iter_mut().zip(&spectrum) {
                *power = Complex::norm_sqr(bin);
            }
            for (band, filter) in self.filters.iter().enumerate() {
                let bins = power[filter.first..].iter().zip(&filter.weights);
                let energy: f64 = bins.map(|(power, weight)| power * weight).sum();
                rows[band * frames + frame] = energy.max(POWER_MIN).log10() as f32;
            }
        }
        let loudest = rows.iter().copied().fold(f32::MIN, f32::max);
        for value in &mut rows {
            *value = (value.max(loudest - RANGE) + 4.0) / 4.0;
        }
        rows
    }

    /// Fills `windowed` with the window around the middle of `frame`, the sound mirrored at its ends;
    /// whether any of it is other than zero.
    fn cut(&self, samples: &[f32], frame: usize, windowed: &mut [f64]) -> bool {
        let first = (frame * HOP_SAMPLES) as isize - (WINDOW_SAMPLES / 2) as isize;
        let last = samples.len() as isize - 1;
        let mut any = false;
        for (i, (out, weight)) in windowed.iter_mut().zip(&self.window).enumerate() {
            let at = (first + i as isize).abs();
            let at = if at > last { 2 * last - at } else { at };
            let sample = usize::try_from(at).ok().and_then(|at| samples.get(at)).copied();
            let sample = sample.unwrap_or(0.0);
            any |= sample != 0.0;
            *out = f64::from(sample) * weight;
        }
        any
    }
}

/// Filter `band`: a triangle between the middles of its neighbours, its area the same for all.
fn filter(band: usize) -> Filter {
    let top = mel(f64::from(LISTEN_HZ) / 2.0);
    let edge = |i: usize| hertz(top * i as f64 / (BANDS + 1) as f64);
    let (low, middle, high) = (edge(band), edge(band + 1), edge(band + 2));
    let weight = |bin: usize| {
        let hz = bin as f64 * f64::from(LISTEN_HZ) / WINDOW_SAMPLES as f64;
        let rise = (hz - low) / (middle - low);
        let fall = (high - hz) / (high - middle);
        rise.min(fall).max(0.0) * 2.0 / (high - low)
    };
    let first = (0..BINS).find(|bin| weight(*bin) > 0.0).unwrap_or(0);
    let weights = (first..BINS).map(weight).take_while(|weight| *weight > 0.0);
    Filter { first, weights: weights.collect() }
}

/// Slaney's scale: linear to 1000 Hz, logarithmic above.
fn mel(hz: f64) -> f64 {
    if hz < 1000.0 { hz * 3.0 / 200.0 } else { 15.0 + (hz / 1000.0).ln() * 27.0 / 6.4_f64.ln() }
}

/// The inverse of [`mel`].
fn hertz(mel: f64) -> f64 {
    if mel < 15.0 { mel * 200.0 / 3.0 } else { 1000.0 * ((mel - 15.0) * 6.4_f64.ln() / 27.0).exp() }
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::{BANDS, LogMel, hertz, mel};

    #[test]
    fn the_mel_scale_inverts_and_passes_through_its_anchors() {
        assert!((mel(1000.0) - 15.0).abs() < 1e-9);
        assert!((mel(6400.0) - 42.0).abs() < 1e-9);
        for hz in [0.0, 300.0, 999.0, 1001.0, 8000.0] {
            assert!((hertz(mel(hz)) - hz).abs() < 1e-6, "{hz}");
        }
    }

    #[test]
    fn a_tone_is_brightest_in_the_band_that_holds_it() {
        let samples: Vec<f32> =
            (0..16_000).map(|i| 0.3 * (TAU * 1000.0 * i as f32 / 16_000.0).sin()).collect();
        let rows = LogMel::new().compute(&samples);
        assert_eq!(rows.len(), BANDS * 100);
        let brightest = (0..BANDS).max_by(|a, b| rows[a * 100 + 50].total_cmp(&rows[b * 100 + 50]));
        // 1000 Hz is 15 of the scale's 45.2 mels, of which each of the 81 steps is 0.56.
        assert!(matches!(brightest, Some(25..=27)), "{brightest:?}");
    }

    #[test]
    fn silence_is_flat() {
        let rows = LogMel::new().compute(&[0.0; 3_200]);
        assert!(rows.iter().all(|value| (value + 1.5).abs() < 1e-6));
    }
}
