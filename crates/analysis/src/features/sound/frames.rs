//! From samples to frames of 10 ms: level, pitch, spectrum.

use std::{f32::consts::PI, fmt, ops::Range, sync::Arc};

use interview::{Span, Us};
use realfft::{RealFftPlanner, RealToComplex, num_complex::Complex};

use super::{
    HOP_US, SAMPLE_HZ,
    pitch::{Candidates, Finder, WINDOW, path},
};

/// Samples from one frame to the next.
pub(super) const HOP: usize = SAMPLE_HZ / 100;
/// Samples of pitch's window before and after a frame.
const MARGIN: usize = (WINDOW - HOP).div_ceil(2);
/// Level of digital silence.
pub(super) const SILENCE_DB: f32 = -100.0;
/// Below this there is nothing but the rounding of 16 bits, and no pitch to look for.
const PITCH_DB_MIN: f32 = -90.0;
/// Samples from here on are at full scale: 16 bits clip at 32767.
const FULL_SCALE: f32 = 0.9995;
/// Samples of a spectrum: 32 ms.
const SPECTRUM: usize = 512;
/// Bands of a spectrum.
pub(super) const BANDS: usize = 20;
/// What the bands cover, Hz.
const BANDS_HZ: Range<f32> = 100.0..7_000.0;

/// 10 ms of sound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// RMS level, decibels below full scale.
    pub level_db: f32,
    /// Fundamental frequency, Hz; 0 where there is none.
    pub f0_hz: f32,
    /// Level of each band from 100 to 7000 Hz on the mel scale, decibels.
    pub bands_db: [f32; BANDS],
    /// Samples at full scale.
    pub clipped: u8,
}

/// The frames of sound without a gap.
#[derive(Debug, Clone, PartialEq)]
pub struct Track {
    /// Interview time of the first frame's begin.
    pub start_us: Us,
    /// The frames.
    pub frames: Vec<Frame>,
}

impl Track {
    /// The time at which a frame begins.
    pub(super) fn at_us(&self, frame: usize) -> Us {
        self.start_us + frame as Us * HOP_US
    }

    /// The time that frames `first..end` take.
    pub(super) fn span(&self, first: usize, end: usize) -> Span {
        Span::new(self.at_us(first), self.at_us(end))
    }

    /// The frames that lie in `span`, as indices.
    pub(super) fn within(&self, span: Span) -> Range<usize> {
        let place = |at_us: Us| {
            usize::try_from((at_us - self.start_us) / HOP_US).unwrap_or(0).min(self.frames.len())
        };
        let (first, end) = (place(span.start_us), place(span.end_us));
        first..end.max(first)
    }
}

/// Makes frames of samples as they come.
pub struct Tracker {
    track: Track,
    /// Samples that frames to come still look at; begins [`MARGIN`] before the next frame.
    pending: Vec<f32>,
    spectrum: Spectrum,
    finder: Finder,
    /// Pitch candidates of all frames, which are decided upon together at the end: how loud the
    /// loudest is, is not known before.
    candidates: Vec<Candidates>,
}

impl fmt::Debug for Tracker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracker").field("frames", &self.track.frames.len()).finish_non_exhaustive()
    }
}

impl Tracker {
    /// For sound at [`SAMPLE_HZ`] whose first sample stands at `start_us`.
    #[must_use]
    pub fn new(start_us: Us) -> Self {
        Self {
            track: Track { start_us, frames: Vec::new() },
            pending: vec![0.0; MARGIN],
            spectrum: Spectrum::new(),
            finder: Finder::new(),
            candidates: Vec::new(),
        }
    }

    /// Takes the next samples.
    pub fn push(&mut self, samples: &[f32]) {
        self.pending.extend_from_slice(samples);
        let mut first = 0;
        while self.pending.len() - first >= HOP + 2 * MARGIN {
            self.add_frame(first);
            first += HOP;
        }
        self.pending.drain(..first);
    }

    /// The frames of all samples; a rest shorter than a frame is left out.
    #[must_use]
    pub fn finish(mut self) -> Track {
        self.push(&[0.0; MARGIN]);
        for (frame, f0_hz) in self.track.frames.iter_mut().zip(path(&self.candidates)) {
            frame.f0_hz = f0_hz;
        }
        self.track
    }

    fn add_frame(&mut self, first: usize) {
        let window = &self.pending[first..first + HOP + 2 * MARGIN];
        let samples = &window[MARGIN..MARGIN + HOP];
        let energy = samples.iter().map(|x| x * x).sum::<f32>() / HOP as f32;
        let level_db = decibels(energy).max(SILENCE_DB);
        let clipped = samples.iter().filter(|x| x.abs() >= FULL_SCALE).count();
        let candidates = if level_db >= PITCH_DB_MIN {
            self.finder.find(&window[..WINDOW])
        } else {
            Candidates::default()
        };
        let middle = window.len() / 2;
        let bands_db = self.spectrum.bands(&window[middle - SPECTRUM / 2..middle + SPECTRUM / 2]);
        let clipped = u8::try_from(clipped).unwrap_or(u8::MAX);
        self.track.frames.push(Frame { level_db, f0_hz: 0.0, bands_db, clipped });
        self.candidates.push(candidates);
    }
}

/// Levels of mel bands.
struct Spectrum {
    transform: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    input: Vec<f32>,
    output: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    /// First bin of each band, and the one after the last.
    edges: [usize; BANDS + 1],
}

impl Spectrum {
    fn new() -> Self {
        let transform = RealFftPlanner::new().plan_fft_forward(SPECTRUM);
        let hann = |i: usize| 0.5 - 0.5 * (2.0 * PI * i as f32 / SPECTRUM as f32).cos();
        let mel = |hz: f32| 2595.0 * (1.0 + hz / 700.0).log10();
        let (low, high) = (mel(BANDS_HZ.start), mel(BANDS_HZ.end));
        let mut edges = [0; BANDS + 1];
        for (i, edge) in edges.iter_mut().enumerate() {
            let at = low + (high - low) * i as f32 / BANDS as f32;
            let hz = 700.0 * (10_f32.powf(at / 2595.0) - 1.0);
            *edge = (hz * SPECTRUM as f32 / SAMPLE_HZ as f32).round() as usize;
        }
        for i in 1..edges.len() {
            edges[i] = edges[i].max(edges[i - 1] + 1);
        }
        Self {
            window: (0..SPECTRUM).map(hann).collect(),
            input: transform.make_input_vec(),
            output: transform.make_output_vec(),
            scratch: transform.make_scratch_vec(),
            edges,
            transform,
        }
    }

    fn bands(&mut self, samples: &[f32]) -> [f32; BANDS] {
        for (input, (sample, weight)) in self.input.iter_mut().zip(samples.iter().zip(&self.window))
        {
            *input = sample * weight;
        }
        let done = self.transform.process_with_scratch(
            &mut self.input,
            &mut self.output,
            &mut self.scratch,
        );
        let mut bands_db = [SILENCE_DB; BANDS];
        // It fails for buffers of another length only, and these are of the transform's making.
        if done.is_ok() {
            for (band, edge) in bands_db.iter_mut().zip(self.edges.windows(2)) {
                let bins = &self.output[edge[0]..edge[1]];
                let energy = bins.iter().map(Complex::norm_sqr).sum::<f32>() / bins.len() as f32;
                *band = decibels(energy / SPECTRUM as f32).max(SILENCE_DB);
            }
        }
        bands_db
    }
}

/// The first band that lies above a frequency.
pub(super) fn band_above(hz: f32) -> usize {
    let mel = |hz: f32| 2595.0 * (1.0 + hz / 700.0).log10();
    let (low, high) = (mel(BANDS_HZ.start), mel(BANDS_HZ.end));
    (((mel(hz) - low) / (high - low) * BANDS as f32).ceil().max(0.0) as usize).min(BANDS)
}

fn decibels(energy: f32) -> f32 {
    10.0 * energy.max(1e-12).log10()
}
