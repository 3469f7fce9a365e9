//! Pitch by autocorrelation, as Boersma (1993, "Accurate short-term analysis of the fundamental
//! frequency and the harmonics-to-noise ratio of a sampled sound") describes it and Praat does it: what
//! a window is like after a time, divided by what the window itself takes away, peaks at the period. A
//! few peaks are kept for each frame, and the best path through them chooses, so that a single frame
//! does not jump by an octave. The costs are Praat's usual ones.

use std::{f32::consts::PI, sync::Arc};

use realfft::{ComplexToReal, RealFftPlanner, RealToComplex, num_complex::Complex};

use super::SAMPLE_HZ;

/// The lowest and the highest pitch of speech that is looked for, Hz.
const F0_HZ_MIN: usize = 60;
const F0_HZ_MAX: usize = 500;
/// The longest period, samples.
const PERIOD_MAX: usize = SAMPLE_HZ / F0_HZ_MIN;
/// Samples that one frame's pitch is found from: three of the longest periods.
pub(super) const WINDOW: usize = 3 * PERIOD_MAX;
/// Samples of the transform: the window, and zeros for as long as the longest period.
const TRANSFORM: usize = 1_080;
/// Autocorrelations are looked at twice a sample, between which a parabola is good enough.
const FINE: usize = 2;
const LAG_MIN: usize = FINE * SAMPLE_HZ / F0_HZ_MAX;
const LAG_MAX: usize = FINE * PERIOD_MAX;
/// Candidates kept for a frame.
const CANDIDATES: usize = 4;
/// A frame without pitch is as good as a candidate of this correlation.
const VOICING_THRESHOLD: f32 = 0.45;
/// Where the sound is softer than this share of the loudest, a frame is rather without pitch.
const SILENCE_SHARE: f32 = 0.03;
/// The loudest is what this share of the frames does not reach: a knock on the table is louder than
/// any speech.
const LOUDEST_SHARE: f32 = 0.999;
/// What each octave below the highest pitch costs: multiples of a period correlate as well as it does.
const OCTAVE_COST: f32 = 0.01;
/// What it costs to begin or to end a voiced stretch.
const VOICING_COST: f32 = 0.14;
/// What a jump of an octave from one frame to the next costs.
const JUMP_COST: f32 = 0.35;

/// A possible pitch, and how good it is.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Candidate {
    f0_hz: f32,
    strength: f32,
}

/// The possible pitches of one frame.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Candidates {
    all: [Candidate; CANDIDATES],
    count: u8,
    /// The largest sample near the frame's middle.
    peak: f32,
}

impl Candidates {
    fn all(&self) -> &[Candidate] {
        &self.all[..usize::from(self.count)]
    }

    /// Keeps a candidate if it is among the best.
    fn keep(&mut self, candidate: Candidate) {
        if usize::from(self.count) < CANDIDATES {
            self.all[usize::from(self.count)] = candidate;
            self.count += 1;
            return;
        }
        let weakest = self.all.iter_mut().min_by(|a, b| a.strength.total_cmp(&b.strength));
        if let Some(weakest) = weakest.filter(|weakest| weakest.strength < candidate.strength) {
            *weakest = candidate;
        }
    }
}

/// Finds possible pitches in windows of [`WINDOW`] samples.
pub(super) struct Finder {
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    /// The bell by which a window's edges are faded.
    bell: Vec<f32>,
    /// What is left of the bell's own correlation after each lag.
    left: Vec<f32>,
    samples: Vec<f32>,
    spectrum: Vec<Complex<f32>>,
    fine_spectrum: Vec<Complex<f32>>,
    correlation: Vec<f32>,
    scratch: Vec<Complex<f32>>,
}

impl Finder {
    pub(super) fn new() -> Self {
        let mut planner = RealFftPlanner::new();
        let forward = planner.plan_fft_forward(TRANSFORM);
        let inverse = planner.plan_fft_inverse(FINE * TRANSFORM);
        let hann = |i: usize| 0.5 - 0.5 * (2.0 * PI * (i as f32 + 0.5) / WINDOW as f32).cos();
        let scratch = forward.get_scratch_len().max(inverse.get_scratch_len());
        let mut finder = Self {
            bell: (0..WINDOW).map(hann).collect(),
            left: Vec::new(),
            samples: forward.make_input_vec(),
            spectrum: forward.make_output_vec(),
            fine_spectrum: inverse.make_input_vec(),
            correlation: inverse.make_output_vec(),
            scratch: vec![Complex::default(); scratch],
            forward,
            inverse,
        };
        finder.correlate(&[1.0; WINDOW], 0.0);
        let whole = finder.correlation[0];
        finder.left = finder.correlation[..=LAG_MAX + 1].iter().map(|r| r / whole).collect();
        finder
    }

    /// The possible pitches in the middle of `window`.
    pub(super) fn find(&mut self, window: &[f32]) -> Candidates {
        let middle = WINDOW / 2;
        let near = &window[middle - PERIOD_MAX..middle + PERIOD_MAX];
        let mean = near.iter().sum::<f32>() / near.len() as f32;
        let nearest = &window[middle - PERIOD_MAX / 2..middle + PERIOD_MAX / 2];
        let peak = nearest.iter().fold(0.0_f32, |peak, x| peak.max((x - mean).abs()));
        let mut found = Candidates { peak, ..Candidates::default() };
        self.correlate(window, mean);
        let whole = self.correlation[0];
        if whole <= 0.0 {
            return found;
        }
        let at = |lag: usize| self.correlation[lag] / whole / self.left[lag];
        for lag in LAG_MIN..=LAG_MAX {
            let (before, here, after) = (at(lag - 1), at(lag), at(lag + 1));
            if here > 0.5 * VOICING_THRESHOLD && here > before && here >= after {
                let (lag, height) = vertex(lag, before, here, after);
                let f0_hz = (FINE * SAMPLE_HZ) as f32 / lag;
                // Noise correlates by more than 1 where little of the window is left.
                let height = if height > 1.0 { 1.0 / height } else { height };
                let octaves = (F0_HZ_MAX as f32 / f0_hz).log2();
                found.keep(Candidate { f0_hz, strength: height - OCTAVE_COST * octaves });
            }
        }
        found
    }

    /// Leaves the autocorrelation of the faded window in `correlation`, by the power spectrum.
    fn correlate(&mut self, window: &[f32], mean: f32) {
        for ((sample, x), weight) in self.samples.iter_mut().zip(window).zip(&self.bell) {
            *sample = (x - mean) * weight;
        }
        self.samples[WINDOW..].fill(0.0);
        let forward = self.forward.process_with_scratch(
            &mut self.samples,
            &mut self.spectrum,
            &mut self.scratch,
        );
        self.fine_spectrum.fill(Complex::default());
        for (fine, bin) in self.fine_spectrum.iter_mut().zip(&self.spectrum) {
            *fine = Complex::new(bin.norm_sqr(), 0.0);
        }
        let inverse = self.inverse.process_with_scratch(
            &mut self.fine_spectrum,
            &mut self.correlation,
            &mut self.scratch,
        );
        // They fail for buffers of another length only, and these are of the transforms' making.
        if forward.and(inverse).is_err() {
            self.correlation.fill(0.0);
        }
    }
}

/// The highest point of a parabola through three neighbours, and its height.
fn vertex(lag: usize, before: f32, here: f32, after: f32) -> (f32, f32) {
    let bend = before - 2.0 * here + after;
    if bend >= 0.0 {
        return (lag as f32, here);
    }
    let shift = (0.5 * (before - after) / bend).clamp(-0.5, 0.5);
    (lag as f32 + shift, here - 0.25 * (before - after) * shift)
}

/// The best way through the candidates of successive frames: the pitch of each, or 0.
pub(super) fn path(frames: &[Candidates]) -> Vec<f32> {
    // The last state of a frame is the one without pitch.
    const STATES: usize = CANDIDATES + 1;
    let loudest = loudest(frames);
    let mut totals = [f32::NEG_INFINITY; STATES];
    totals[CANDIDATES] = 0.0;
    let mut before = [(0.0_f32, f32::NEG_INFINITY); STATES];
    let mut ways: Vec<[u8; STATES]> = Vec::with_capacity(frames.len());
    for frame in frames {
        let mut here = [(0.0_f32, f32::NEG_INFINITY); STATES];
        for (state, candidate) in here.iter_mut().zip(frame.all()) {
            *state = (candidate.f0_hz, candidate.strength);
        }
        here[CANDIDATES] = (0.0, unvoiced_strength(frame.peak, loudest));
        let (mut next, mut way) = ([f32::NEG_INFINITY; STATES], [0_u8; STATES]);
        for (to, (f0_hz, strength)) in
            here.iter().enumerate().filter(|(_, state)| state.1.is_finite())
        {
            for (from, (from_hz, _)) in before.iter().enumerate() {
                let total = totals[from] - step(*from_hz, *f0_hz) + strength;
                if total > next[to] {
                    next[to] = total;
                    way[to] = from as u8;
                }
            }
        }
        // Only differences matter, and sums of an hour would lose them.
        let best = next.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        totals = next.map(|total| total - best);
        ways.push(way);
        before = here;
    }
    let best = (0..STATES).max_by(|a, b| totals[*a].total_cmp(&totals[*b]));
    let mut state = best.unwrap_or(CANDIDATES);
    let mut pitches = vec![0.0; frames.len()];
    for (i, way) in ways.iter().enumerate().rev() {
        if state < CANDIDATES {
            pitches[i] = frames[i].all[state].f0_hz;
        }
        state = usize::from(way[state]);
    }
    pitches
}

/// The peak of the loudest frames, knocks apart.
fn loudest(frames: &[Candidates]) -> f32 {
    let mut peaks: Vec<f32> = frames.iter().map(|frame| frame.peak).collect();
    let place = (LOUDEST_SHARE * peaks.len() as f32) as usize;
    if place >= peaks.len() {
        return 0.0;
    }
    *peaks.select_nth_unstable_by(place, f32::total_cmp).1
}

/// How good it is for a frame to have no pitch: the better, the softer it is.
fn unvoiced_strength(peak: f32, loudest: f32) -> f32 {
    if loudest <= 0.0 {
        return VOICING_THRESHOLD + 2.0;
    }
    let share = (peak / loudest).min(1.0);
    VOICING_THRESHOLD + (2.0 - share * (1.0 + VOICING_THRESHOLD) / SILENCE_SHARE).max(0.0)
}

/// What it costs to go from one pitch to the next; 0 Hz is none.
fn step(from_hz: f32, to_hz: f32) -> f32 {
    match (from_hz > 0.0, to_hz > 0.0) {
        (false, false) => 0.0,
        (true, true) => JUMP_COST * (to_hz / from_hz).log2().abs(),
        _ => VOICING_COST,
    }
}

/// Semitones from one frequency to another.
pub(super) fn semitones(from_hz: f64, to_hz: f64) -> f64 {
    12.0 * (to_hz / from_hz).log2()
}
