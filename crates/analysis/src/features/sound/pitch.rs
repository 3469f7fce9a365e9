//! Pitch: the difference function of YIN (de Cheveigné and Kawahara 2002) gives candidates for each
//! frame, and the cheapest path through them (as in Praat and pYIN) chooses, so that a single frame
//! does not jump by an octave.

use super::SAMPLE_HZ;

/// The lowest and the highest pitch of speech that is looked for, Hz.
const F0_HZ_MIN: usize = 60;
const F0_HZ_MAX: usize = 500;
const LAG_MIN: usize = SAMPLE_HZ / F0_HZ_MAX;
const LAG_MAX: usize = SAMPLE_HZ / F0_HZ_MIN;
/// Samples that are compared with themselves: 25 ms.
const COMPARED: usize = SAMPLE_HZ / 40;
/// Samples that one frame's pitch is found from.
pub(super) const WINDOW: usize = COMPARED + LAG_MAX + 2;
/// Candidates kept for a frame.
const CANDIDATES: usize = 4;
/// A dip of the normalised difference above this is no candidate.
const DIP_MAX: f32 = 0.5;
/// What a frame without pitch costs: a candidate whose dip is deeper is voiced.
const UNVOICED_COST: f32 = 0.35;
/// What it costs to begin or to end a voiced stretch.
const VOICING_COST: f32 = 0.14;
/// What a jump of an octave from one frame to the next costs.
const JUMP_COST: f32 = 0.6;
/// What each octave below the highest pitch costs: multiples of a period dip as deep as it does.
const LOW_COST: f32 = 0.03;

/// A possible pitch.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Candidate {
    f0_hz: f32,
    cost: f32,
}

/// The possible pitches of one frame.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Candidates {
    all: [Candidate; CANDIDATES],
    count: usize,
}

impl Candidates {
    /// Finds the possible pitches in the middle of `window`, which is [`WINDOW`] samples long.
    pub(super) fn find(window: &[f32]) -> Self {
        let mut normal = [1.0_f32; LAG_MAX + 2];
        let mut sum = 0.0;
        for lag in 1..normal.len() {
            let difference = difference(&window[..COMPARED], &window[lag..lag + COMPARED]);
            sum += difference;
            normal[lag] = if sum > 0.0 { difference * lag as f32 / sum } else { 1.0 };
        }
        let mut found = Self::default();
        for lag in LAG_MIN..=LAG_MAX {
            let (before, here, after) = (normal[lag - 1], normal[lag], normal[lag + 1]);
            if here < DIP_MAX && here <= before && here < after {
                let (lag, dip) = vertex(lag, before, here, after);
                let octaves = (lag / LAG_MIN as f32).log2();
                found.keep(Candidate {
                    f0_hz: SAMPLE_HZ as f32 / lag,
                    cost: dip.max(0.0) + LOW_COST * octaves,
                });
            }
        }
        found
    }

    /// Whether the frame has no pitch.
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Keeps a candidate if it is among the cheapest.
    fn keep(&mut self, candidate: Candidate) {
        if self.count < CANDIDATES {
            self.all[self.count] = candidate;
            self.count += 1;
            return;
        }
        let dearest = self.all.iter_mut().max_by(|a, b| a.cost.total_cmp(&b.cost));
        if let Some(dearest) = dearest.filter(|dearest| dearest.cost > candidate.cost) {
            *dearest = candidate;
        }
    }
}

/// The sum of squared differences, in eight sums that the processor makes side by side.
fn difference(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 8];
    for (a, b) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += (a - b) * (a - b);
        }
    }
    sums.iter().sum()
}

/// The lowest point of a parabola through three neighbours, and its depth.
fn vertex(lag: usize, before: f32, here: f32, after: f32) -> (f32, f32) {
    let bend = before - 2.0 * here + after;
    if bend <= 0.0 {
        return (lag as f32, here);
    }
    let shift = (0.5 * (before - after) / bend).clamp(-0.5, 0.5);
    (lag as f32 + shift, here - 0.25 * (before - after) * shift)
}

/// The cheapest way through the candidates of successive frames: the pitch of each, or 0.
pub(super) fn path(frames: &[Candidates]) -> Vec<f32> {
    // The last state of a frame is the one without pitch.
    const STATES: usize = CANDIDATES + 1;
    let states = |frame: &Candidates| {
        let mut states = [(0.0_f32, f32::INFINITY); STATES];
        for (state, candidate) in states.iter_mut().zip(&frame.all[..frame.count]) {
            *state = (candidate.f0_hz, candidate.cost);
        }
        states[CANDIDATES] = (0.0, UNVOICED_COST);
        states
    };
    let mut costs = [f32::INFINITY; STATES];
    costs[CANDIDATES] = 0.0;
    let mut before = [(0.0, f32::INFINITY); STATES];
    let mut ways: Vec<[u8; STATES]> = Vec::with_capacity(frames.len());
    for frame in frames {
        let here = states(frame);
        let (mut next, mut way) = ([f32::INFINITY; STATES], [0_u8; STATES]);
        for (to, (f0_hz, cost)) in here.iter().enumerate().filter(|(_, state)| state.1.is_finite())
        {
            for (from, (from_hz, _)) in before.iter().enumerate() {
                let total = costs[from] + step(*from_hz, *f0_hz) + cost;
                if total < next[to] {
                    next[to] = total;
                    way[to] = from as u8;
                }
            }
        }
        ways.push(way);
        (costs, before) = (next, here);
    }
    let cheapest = (0..STATES).min_by(|a, b| costs[*a].total_cmp(&costs[*b]));
    let mut state = cheapest.unwrap_or(CANDIDATES);
    let mut pitches = vec![0.0; frames.len()];
    for (i, way) in ways.iter().enumerate().rev() {
        if state < CANDIDATES {
            pitches[i] = frames[i].all[state].f0_hz;
        }
        state = usize::from(way[state]);
    }
    pitches
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
