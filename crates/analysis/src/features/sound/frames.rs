//! From samples to frames of 10 ms.

use interview::{Span, Us};

use super::{HOP_US, SAMPLE_HZ};

/// Samples from one frame to the next.
pub(super) const HOP: usize = SAMPLE_HZ / 100;
/// Level of digital silence.
pub(super) const SILENCE_DB: f32 = -100.0;
/// Samples from here on are at full scale: 16 bits clip at 32767.
const FULL_SCALE: f32 = 0.9995;

/// 10 ms of sound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// RMS level, decibels below full scale.
    pub level_db: f32,
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
    pub(super) fn within(&self, span: Span) -> std::ops::Range<usize> {
        let place = |at_us: Us| {
            usize::try_from((at_us - self.start_us) / HOP_US).unwrap_or(0).min(self.frames.len())
        };
        let (first, end) = (place(span.start_us), place(span.end_us));
        first..end.max(first)
    }
}

/// Makes frames of samples as they come.
#[derive(Debug)]
pub struct Tracker {
    track: Track,
    pending: Vec<f32>,
}

impl Tracker {
    /// For sound at [`SAMPLE_HZ`] whose first sample stands at `start_us`.
    #[must_use]
    pub fn new(start_us: Us) -> Self {
        Self { track: Track { start_us, frames: Vec::new() }, pending: Vec::new() }
    }

    /// Takes the next samples.
    pub fn push(&mut self, samples: &[f32]) {
        self.pending.extend_from_slice(samples);
        let whole = self.pending.len() / HOP * HOP;
        self.track.frames.extend(self.pending[..whole].chunks_exact(HOP).map(frame));
        self.pending.drain(..whole);
    }

    /// The frames of all samples; a rest shorter than a frame is left out.
    #[must_use]
    pub fn finish(self) -> Track {
        self.track
    }
}

fn frame(samples: &[f32]) -> Frame {
    let energy = samples.iter().map(|x| x * x).sum::<f32>() / samples.len() as f32;
    let clipped = samples.iter().filter(|x| x.abs() >= FULL_SCALE).count();
    Frame {
        level_db: (10.0 * energy.max(1e-10).log10()).max(SILENCE_DB),
        clipped: u8::try_from(clipped).unwrap_or(u8::MAX),
    }
}
