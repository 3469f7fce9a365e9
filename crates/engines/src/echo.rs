//! Whether the microphone hears the interviewer's own voice coming back from a loudspeaker.
//!
//! What is played is known, so the sound that is heard is compared with it in 24 bands every 10 ms. Three things are
//! learned while the interviewer speaks: after how long its sound comes back (the lag at which the
//! bands rise and fall together), how much of each band comes back (a high quantile, because a
//! browser's echo canceller holds the bands down unevenly), and how loud the room is by itself. From
//! then on the echo that is to be expected is known, and sound above it in many bands at once is
//! somebody else. Before the lag is known, likeness alone decides.
//!
//! This tells voices apart and takes nothing out of the sound: what is recorded stays as it was.

use std::{collections::VecDeque, f32::consts::PI, ops::RangeInclusive, sync::Arc};

use interview::Us;
use realfft::{RealFftPlanner, RealToComplex};

use crate::LISTEN_HZ;

/// Bands in which the two sounds are compared, evenly spaced in mels between [`LOW_HZ`] and
/// [`HIGH_HZ`]: what small loudspeakers play and microphones take in.
const BANDS: usize = 24;
const LOW_HZ: f32 = 120.0;
const HIGH_HZ: f32 = 7_200.0;
/// Windows of 25 ms, every 10 ms.
const WINDOW: usize = 400;
const FFT: usize = 512;
const HOP: usize = 160;
const FRAME_US: Us = 10_000;

/// Echo comes back at most this much before the reckoned time (its begin is reported late) and this
/// much after it (buffers of the device, radio headphones with their own loudspeaker), frames.
const EARLY: i64 = 20;
const LATE: i64 = 60;
const LAGS: usize = (EARLY + LATE) as usize;
/// The lag of one utterance differs from that of the next by what the network does, frames.
const JITTER: i64 = 4;
/// A room's sound fades by 60 dB in 0.6 s at most where people talk to computers: dB in a frame.
const FADE_DB: f32 = 1.0;
/// How much of the past the running means look at, frames.
const MEAN_FRAMES: f32 = 31.0;
/// Likeness is forgotten with this time constant, frames of played sound: 10 s.
const FORGET_FRAMES: f32 = 1_000.0;
/// Likeness over this many frames of played sound says where the echo is: 1.5 s.
const LEARN_FRAMES: u32 = 150;
/// After this much played sound that is alike at no lag, nothing comes back: 4.5 s.
const SURE_FRAMES: u32 = 3 * LEARN_FRAMES;
/// Correlation above which the lag counts as known after this many frames; before, it has to be as much higher as
/// chance reaches higher in fewer frames. Echo through simulated rooms and an uneven echo canceller gave 0.35 to 0.89 at
/// its lag, other speech below 0.2 at any.
const KNOWN: f32 = 0.28;
const KNOWN_FRAMES: u32 = 5 * LEARN_FRAMES;
/// Nothing comes back, either, once the room stayed quiet in so many frames (250 ms) while what was played was loud
/// at all times from which its echo usually comes: loudspeakers of computers take less than 250 ms, those
/// on the radio up to 400 ms.
const QUIET_FRAMES: u32 = 25;
const QUIET_LAGS: RangeInclusive<i64> = 5..=45;
/// Parts: of those times that were loud, at least; of bands that stand out in a quiet frame, at most.
const QUIET_LOUD: f32 = 0.8;
const QUIET_PART: f32 = 0.05;
/// Part of a band's frames that the expected echo is to cover.
const QUANTILE: f32 = 0.8;
/// Above the expected echo by more than this, dB, a band holds something else.
const ABOVE_DB: f32 = 4.0;
/// The room's own sound and this much, dB, is expected in any case.
const FLOOR_DB: f32 = 6.0;
/// Frames over which the part of bands that stand out is averaged: 100 ms.
const JUDGED_FRAMES: usize = 10;
/// Part of the bands that stand out at which echo and somebody else are equally likely. In the
/// simulated rooms, echo alone stayed below 0.13 in 99 of 100 frames, and a second voice stood at
/// 0.58 in the median.
const EVEN: f32 = 0.2;
/// Part of the bands that stand out, in this many frames in a row, at which something besides the room and what is
/// played is heard: 30 ms, longer than a key of a keyboard. Nothing rests on it but that the
/// interviewer is played more softly for a moment (a convention of this program).
const STIRRED: f32 = 0.35;
const STIRRED_FRAMES: u32 = 3;
/// Steepness of the change around it.
const STEEP: f32 = 25.0;
/// The same for the likeness of the last half second, before the lag is known: echo was above 0.53
/// in 99 of 100 windows without a canceller, other speech below 0.6 in 19 of 20.
const LIKE_EVEN: f32 = 0.5;
const LIKE_STEEP: f32 = 15.0;
/// Windows over which likeness is taken before the lag is known, frames.
const LIKE_FRAMES: usize = 50;
/// Quieter than this is silence, dB.
const SILENCE_DB: f32 = -75.0;
/// Played sound is looked at down to this far below its loudest, dB.
const RANGE_DB: f32 = 45.0;
/// Echo is possible this long after the last played frame that was not silent, frames.
const TAIL: i64 = 90;
/// Sound that is to be played later is remembered up to this far ahead: two minutes.
const AHEAD: usize = 12_000;

type Frame = [f32; BANDS];

/// Compares what one microphone hears with what is played to the candidate.
pub struct EchoGuard {
    bands: Bands,
    played: Played,
    windows: Windows,
    /// The last heard frames, less their running mean.
    recent: VecDeque<Frame>,
    mean: Option<Frame>,
    floor: Option<Frame>,
    lags: Lags,
    /// What of each band comes back, dB.
    gain: Frame,
    gain_frames: u32,
    /// The echo that was expected in the last frame, before [`FLOOR_DB`].
    expected: Frame,
    judged: VecDeque<f32>,
    /// How many frames in a row, to the last one, something stood out.
    standing_out: u32,
    /// Frames in which an echo would have been heard and was not, since one was last known.
    quiet: u32,
    now: i64,
}

impl Default for EchoGuard {
    fn default() -> Self {
        Self::new()
    }
}

impl EchoGuard {
    /// A guard that has heard nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            bands: Bands::new(),
            played: Played::default(),
            windows: Windows::default(),
            recent: VecDeque::with_capacity(LIKE_FRAMES + 1),
            mean: None,
            floor: None,
            lags: Lags::default(),
            gain: [0.0; BANDS],
            gain_frames: 0,
            expected: [SILENCE_DB; BANDS],
            judged: VecDeque::with_capacity(JUDGED_FRAMES + 1),
            standing_out: 0,
            quiet: 0,
            now: 0,
        }
    }

    /// Sound at 16 kHz is played from interview time `at_us` on; it may lie ahead of what was heard.
    /// What follows without a gap continues it.
    pub fn played(&mut self, at_us: Us, samples: &[f32]) {
        self.played.push(&mut self.bands, at_us, samples);
    }

    /// Playing stopped at `at_us`: what was announced for later is not played.
    pub fn stopped(&mut self, at_us: Us) {
        self.played.cut(at_us / FRAME_US + 1);
    }

    /// From now on the sound is played at this gain, in dB (0 as announced, -20 while ducked).
    pub fn played_at(&mut self, gain_db: f32) {
        self.played.gain_db = gain_db;
    }

    /// The microphone heard these samples at 16 kHz from interview time `at_us` on.
    pub fn heard(&mut self, at_us: Us, samples: &[f32]) {
        for (number, window) in self.windows.push(at_us, samples) {
            let frame = self.bands.frame(&window);
            self.take(number, &frame);
        }
    }

    /// How likely it is, 0 to 1, that what was heard in the last 100 ms is only what was played;
    /// `None` when nothing was played that could come back.
    #[must_use]
    pub fn likelihood(&self) -> Option<f32> {
        if self.now - self.played.last_loud > TAIL {
            return None;
        }
        if self.knows() {
            let part = self.judged.iter().sum::<f32>() / self.judged.len().max(1) as f32;
            return Some(sigmoid((EVEN - part) * STEEP));
        }
        if self.hears_nothing_back() {
            return Some(0.0);
        }
        let like = self.likeness()?;
        Some(sigmoid((like - LIKE_EVEN) * LIKE_STEEP))
    }

    /// Since when something stands out from the room, and from what comes back of what is played. `None` when
    /// nothing does, when nothing is played, and as long as it is not known what comes back.
    #[must_use]
    pub fn stirs_since(&self) -> Option<Us> {
        let playing = self.now - self.played.last_loud <= TAIL;
        let known = self.knows() || self.hears_nothing_back();
        let stirs = playing && known && self.standing_out >= STIRRED_FRAMES;
        stirs.then(|| (self.now + 1 - i64::from(self.standing_out)) * FRAME_US)
    }

    /// After how long the played sound comes back, where that is known, microseconds. Less than zero
    /// where playing is reported later than it begins.
    #[must_use]
    pub fn lag_us(&self) -> Option<Us> {
        self.lags.best().map(|lag| (lag - EARLY) * FRAME_US)
    }

    /// So much was played and nothing of it came back: there are headphones.
    fn hears_nothing_back(&self) -> bool {
        let alike = || self.lags.most_alike().is_some_and(|(_, like)| like > KNOWN);
        let sure = self.lags.frames >= SURE_FRAMES && !alike();
        self.lags.best().is_none() && (sure || self.quiet >= QUIET_FRAMES)
    }

    fn knows(&self) -> bool {
        self.gain_frames >= LEARN_FRAMES && self.lags.best().is_some()
    }

    fn take(&mut self, number: i64, heard: &Frame) {
        self.now = number;
        self.played.forget(number - LATE - LIKE_FRAMES as i64 - 2);
        self.follow_floor(heard);
        let floor = self.floor.unwrap_or(*heard);
        let mean = self.mean.get_or_insert(*heard);
        let mut shape = [0.0; BANDS];
        for band in 0..BANDS {
            let level = heard[band].max(floor[band] + 3.0);
            mean[band] += (level - mean[band]) / MEAN_FRAMES;
            shape[band] = level - mean[band];
        }
        self.recent.push_back(shape);
        if self.recent.len() > LIKE_FRAMES {
            self.recent.pop_front();
        }
        if self.played.loud_near(number) {
            self.lags.learn(&shape, &self.played, number);
        }
        self.judge(number, heard, &floor);
    }

    /// The room's own sound: a low quantile of each band, followed slowly upwards.
    fn follow_floor(&mut self, heard: &Frame) {
        let floor = self.floor.get_or_insert(*heard);
        for (floor, heard) in floor.iter_mut().zip(heard) {
            let heard = heard.max(SILENCE_DB);
            *floor += if heard < *floor { (heard - *floor).max(-2.0) * 0.5 } else { 0.02 };
        }
    }

    fn judge(&mut self, number: i64, heard: &Frame, floor: &Frame) {
        let Some(lag) = self.lags.best() else {
            self.expected = [SILENCE_DB; BANDS];
            self.note(heard, floor);
            let part = self.judged.back().copied().unwrap_or(0.0);
            if part <= QUIET_PART && self.played.loud_share(number, QUIET_LAGS) >= QUIET_LOUD {
                self.quiet = self.quiet.saturating_add(1);
            }
            return;
        };
        self.quiet = 0;
        let Some(source) = self.played.around(number - (lag - EARLY), JITTER) else {
            self.expected = self.expected.map(|level| (level - FADE_DB).max(SILENCE_DB));
            self.note(heard, floor);
            return;
        };
        if self.gain_frames == 0 {
            for (gain, (heard, source)) in self.gain.iter_mut().zip(heard.iter().zip(&source)) {
                *gain = heard - source;
            }
        }
        let step_db = self.step_db();
        let audible = self.played.loudest - RANGE_DB;
        for band in 0..BANDS {
            if source[band] > audible {
                // A quantile followed by steps: up by its own share, down by its complement's.
                let above = heard[band] - source[band] > self.gain[band];
                self.gain[band] += step_db * if above { QUANTILE } else { QUANTILE - 1.0 };
            }
            let faded = self.expected[band] - FADE_DB;
            self.expected[band] = (source[band] + self.gain[band]).max(faded).max(SILENCE_DB);
        }
        self.gain_frames = self.gain_frames.saturating_add(1);
        self.note(heard, floor);
    }

    /// How quickly what comes back of each band is followed: quickly at first, hardly while somebody
    /// else seems to be heard too.
    fn step_db(&self) -> f32 {
        let alone = self.judged.back().is_none_or(|part| *part < EVEN);
        match (self.gain_frames < LEARN_FRAMES, alone) {
            (true, _) => 1.5,
            (false, true) => 0.4,
            (false, false) => 0.05,
        }
    }

    fn note(&mut self, heard: &Frame, floor: &Frame) {
        let above = (0..BANDS)
            .filter(|band| {
                let expected = self.expected[*band].max(floor[*band] + FLOOR_DB);
                heard[*band] - expected > ABOVE_DB
            })
            .count();
        let part = above as f32 / BANDS as f32;
        self.standing_out = if part >= STIRRED { self.standing_out.saturating_add(1) } else { 0 };
        self.judged.push_back(part);
        if self.judged.len() > JUDGED_FRAMES {
            self.judged.pop_front();
        }
    }

    /// The greatest correlation of the last half second with what was played, over all lags.
    fn likeness(&self) -> Option<f32> {
        let frames = self.recent.len();
        if frames < LIKE_FRAMES / 3 {
            return None;
        }
        let first = self.now - frames as i64 + 1;
        let best = (0..LAGS as i64).map(|lag| {
            let (mut both, mut one, mut other) = (0.0, 1e-6, 1e-6);
            for (index, heard) in self.recent.iter().enumerate() {
                let Some(played) = self.played.shape(first + index as i64 - (lag - EARLY)) else {
                    continue;
                };
                for (heard, played) in heard.iter().zip(played) {
                    both += heard * played;
                    one += heard * heard;
                    other += played * played;
                }
            }
            both / f32::sqrt(one * other)
        });
        best.reduce(f32::max)
    }
}

/// What is played, frame by frame.
struct Played {
    frames: VecDeque<PlayedFrame>,
    /// Number of the first of them.
    first: i64,
    windows: Windows,
    mean: Option<Frame>,
    gain_db: f32,
    loudest: f32,
    last_loud: i64,
}

struct PlayedFrame {
    level: Frame,
    shape: Frame,
    loud: bool,
}

impl Default for Played {
    fn default() -> Self {
        Self {
            frames: VecDeque::new(),
            first: 0,
            windows: Windows::default(),
            mean: None,
            gain_db: 0.0,
            loudest: SILENCE_DB,
            last_loud: Us::MIN / 2,
        }
    }
}

impl Played {
    fn push(&mut self, bands: &mut Bands, at_us: Us, samples: &[f32]) {
        for (number, window) in self.windows.push(at_us, samples) {
            if self.frames.len() < AHEAD {
                self.add(number, bands.frame(&window));
            }
        }
    }

    fn add(&mut self, number: i64, level: Frame) {
        if self.frames.is_empty() {
            self.first = number;
        }
        if number < self.first {
            return;
        }
        let end = self.first + self.frames.len() as i64;
        if number < end {
            self.cut(number);
        }
        for _ in end..number.min(end + AHEAD as i64) {
            let silent = [SILENCE_DB; BANDS];
            self.frames.push_back(PlayedFrame { level: silent, shape: [0.0; BANDS], loud: false });
        }
        let loudest = level.iter().copied().fold(SILENCE_DB, f32::max);
        self.loudest = self.loudest.max(loudest);
        let loud = loudest > self.loudest - RANGE_DB;
        let mean = self.mean.get_or_insert(level);
        let mut shape = [0.0; BANDS];
        for ((shape, mean), level) in shape.iter_mut().zip(mean).zip(&level) {
            let level = level.max(self.loudest - RANGE_DB);
            *mean += (level - *mean) / MEAN_FRAMES;
            *shape = level - *mean;
        }
        if loud {
            self.last_loud = number;
        }
        self.frames.push_back(PlayedFrame { level, shape, loud });
    }

    /// Drops every frame from `number` on.
    fn cut(&mut self, number: i64) {
        let kept = usize::try_from(number - self.first).unwrap_or(0);
        self.frames.truncate(kept);
        self.windows = Windows::default();
        self.last_loud = self.last_loud.min(number);
    }

    /// Drops the frames before `number`.
    fn forget(&mut self, number: i64) {
        while self.first < number && self.frames.pop_front().is_some() {
            self.first += 1;
        }
    }

    fn at(&self, number: i64) -> Option<&PlayedFrame> {
        usize::try_from(number - self.first).ok().and_then(|index| self.frames.get(index))
    }

    fn shape(&self, number: i64) -> Option<&Frame> {
        self.at(number).map(|frame| &frame.shape)
    }

    /// Whether anything was played that could be heard in this frame.
    fn loud_near(&self, number: i64) -> bool {
        (number - LATE..=number + EARLY).any(|at| self.at(at).is_some_and(|frame| frame.loud))
    }

    /// How many of the frames that lie so far back could be heard when they were played, as a share.
    fn loud_share(&self, number: i64, back: RangeInclusive<i64>) -> f32 {
        let frames = back.clone().count().max(1) as f32;
        let loud = back.filter(|back| self.at(number - back).is_some_and(|frame| frame.loud));
        loud.count() as f32 / frames
    }

    /// The loudest of each band around a frame, at the gain it is played at.
    fn around(&self, number: i64, reach: i64) -> Option<Frame> {
        let mut loudest = [SILENCE_DB; BANDS];
        let mut any = false;
        for at in number - reach..=number + reach {
            let Some(frame) = self.at(at) else { continue };
            any = true;
            for (loudest, level) in loudest.iter_mut().zip(&frame.level) {
                *loudest = loudest.max(level + self.gain_db);
            }
        }
        any.then_some(loudest)
    }
}

/// How alike heard and played frames are at each lag.
struct Lags {
    both: [f32; LAGS],
    played: [f32; LAGS],
    heard: f32,
    frames: u32,
}

impl Default for Lags {
    fn default() -> Self {
        Self { both: [0.0; LAGS], played: [1e-6; LAGS], heard: 1e-6, frames: 0 }
    }
}

impl Lags {
    fn learn(&mut self, heard: &Frame, played: &Played, number: i64) {
        let keep = 1.0 - 1.0 / FORGET_FRAMES;
        self.heard = self.heard * keep + heard.iter().map(|x| x * x).sum::<f32>();
        for lag in 0..LAGS {
            let (mut both, mut own) = (0.0, 0.0);
            if let Some(shape) = played.shape(number - (lag as i64 - EARLY)) {
                for (heard, played) in heard.iter().zip(shape) {
                    both += heard * played;
                    own += played * played;
                }
            }
            self.both[lag] = self.both[lag] * keep + both;
            self.played[lag] = self.played[lag] * keep + own;
        }
        self.frames = self.frames.saturating_add(1);
    }

    /// The lag at which they are most alike, once that is clear.
    fn best(&self) -> Option<i64> {
        let (lag, like) = self.most_alike()?;
        let few = f32::sqrt(KNOWN_FRAMES as f32 / self.frames as f32).max(1.0);
        (like > KNOWN * few).then_some(lag)
    }

    /// The lag at which they are most alike, and how alike.
    fn most_alike(&self) -> Option<(i64, f32)> {
        if self.frames < LEARN_FRAMES {
            return None;
        }
        let like = |lag: usize| self.both[lag] / f32::sqrt(self.heard * self.played[lag]);
        let best = (0..LAGS).max_by(|a, b| like(*a).total_cmp(&like(*b)))?;
        Some((best as i64, like(best)))
    }
}

/// Cuts a stream into windows of [`WINDOW`] samples, one every [`HOP`].
#[derive(Default)]
struct Windows {
    /// Sound that does not fill a window yet, and when it begins.
    pending: Vec<f32>,
    pending_us: Us,
}

impl Windows {
    /// The windows that are full now, each with the number of its frame. Sound that does not follow
    /// what came before begins anew.
    fn push(&mut self, at_us: Us, samples: &[f32]) -> Vec<(i64, Vec<f32>)> {
        let expected_us = self.pending_us + samples_us(self.pending.len());
        if (at_us - expected_us).abs() > FRAME_US {
            self.pending.clear();
        }
        if self.pending.is_empty() {
            self.pending_us = at_us;
        }
        self.pending.extend_from_slice(samples);
        let mut full = Vec::new();
        let mut used = 0;
        while self.pending.len() - used >= WINDOW {
            let number = (self.pending_us + samples_us(used)) / FRAME_US;
            full.push((number, self.pending[used..used + WINDOW].to_vec()));
            used += HOP;
        }
        self.pending.drain(..used);
        self.pending_us += samples_us(used);
        full
    }
}

/// Levels of a window in bands.
struct Bands {
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    /// For each band, its first bin and the weights from there.
    filters: Vec<(usize, Vec<f32>)>,
}

impl Bands {
    fn new() -> Self {
        let window =
            (0..WINDOW).map(|i| 0.5 - 0.5 * (2.0 * PI * i as f32 / WINDOW as f32).cos()).collect();
        let fft = RealFftPlanner::new().plan_fft_forward(FFT);
        Self { fft, window, filters: (0..BANDS).map(filter).collect() }
    }

    /// The level of each band, dB.
    fn frame(&mut self, samples: &[f32]) -> Frame {
        let mut input = self.fft.make_input_vec();
        let mut spectrum = self.fft.make_output_vec();
        for (out, (sample, weight)) in input.iter_mut().zip(samples.iter().zip(&self.window)) {
            *out = sample * weight;
        }
        let mut levels = [SILENCE_DB; BANDS];
        // The buffers were made by the plan, so their lengths cannot be wrong.
        if self.fft.process(&mut input, &mut spectrum).is_err() {
            return levels;
        }
        for (level, (first, weights)) in levels.iter_mut().zip(&self.filters) {
            let bins = spectrum[*first..].iter().zip(weights);
            let power: f32 = bins.map(|(bin, weight)| bin.norm_sqr() * weight).sum();
            *level = (10.0 * (power + 1e-12).log10()).max(SILENCE_DB);
        }
        levels
    }
}

fn filter(band: usize) -> (usize, Vec<f32>) {
    let mel = |hz: f32| 2_595.0 * (1.0 + hz / 700.0).log10();
    let hertz = |mel: f32| 700.0 * (10f32.powf(mel / 2_595.0) - 1.0);
    let step = (mel(HIGH_HZ) - mel(LOW_HZ)) / (BANDS + 1) as f32;
    let edge = |i: usize| hertz(mel(LOW_HZ) + step * i as f32);
    let (low, middle, high) = (edge(band), edge(band + 1), edge(band + 2));
    let weight = |bin: usize| {
        let hz = bin as f32 * LISTEN_HZ as f32 / FFT as f32;
        ((hz - low) / (middle - low)).min((high - hz) / (high - middle)).max(0.0)
    };
    let bins = FFT / 2 + 1;
    let first = (0..bins).find(|bin| weight(*bin) > 0.0).unwrap_or(0);
    (first, (first..bins).map(weight).take_while(|weight| *weight > 0.0).collect())
}

fn samples_us(samples: usize) -> Us {
    samples as Us * 1_000_000 / Us::from(LISTEN_HZ)
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::{EchoGuard, Us};

    const HZ: usize = 16_000;
    /// Samples between two calls.
    const STEP: usize = 512;

    /// Numbers between 0 and 1 that look drawn.
    struct Draw(u64);

    impl Draw {
        fn next(&mut self) -> f32 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (self.0 >> 40) as f32 / (1u64 << 24) as f32
        }
    }

    /// Something like speech: a voice at `pitch_hz` whose bands change with every syllable, with pauses.
    fn talk(seconds: usize, pitch_hz: f32, seed: u64) -> Vec<f32> {
        let mut draw = Draw(seed);
        let mut samples = Vec::with_capacity(seconds * HZ);
        let harmonics = (7_000.0 / pitch_hz) as usize;
        let mut from = vec![0.0f32; harmonics];
        while samples.len() < seconds * HZ {
            let silent = draw.next() < 0.2;
            let formants: Vec<f32> = [700.0, 1_800.0, 3_600.0]
                .iter()
                .map(|middle| middle * (0.6 + 0.8 * draw.next()))
                .collect();
            let loud = if silent { 0.0 } else { 0.3 + 0.7 * draw.next() };
            let to: Vec<f32> = (1..=harmonics)
                .map(|k| {
                    let hz = k as f32 * pitch_hz;
                    let near = formants.iter().map(|f| (-((hz - f) / 300.0).powi(2)).exp());
                    loud * near.sum::<f32>()
                })
                .collect();
            let length = (HZ as f32 * (0.06 + 0.12 * draw.next())) as usize;
            for i in 0..length {
                let at = i as f32 / length as f32;
                let time = samples.len() as f32 / HZ as f32;
                let sum: f32 = (0..harmonics)
                    .map(|k| {
                        let level = from[k] + (to[k] - from[k]) * at;
                        level * (std::f32::consts::TAU * (k + 1) as f32 * pitch_hz * time).sin()
                    })
                    .sum();
                samples.push(sum * 0.03);
            }
            from = to;
        }
        samples.truncate(seconds * HZ);
        samples
    }

    /// A room: the sound comes back late, weaker, with a few reflections, and the room hums softly.
    fn room(played: &[f32], lag: usize, gain: f32) -> Vec<f32> {
        let mut draw = Draw(9);
        let taps = [(0, 1.0f32), (173, 0.5), (467, -0.35), (1_021, 0.25), (2_203, -0.12)];
        (0..played.len())
            .map(|i| {
                let back = taps.iter().filter_map(|(tap, weight)| {
                    i.checked_sub(lag + tap).map(|at| played[at] * weight)
                });
                gain * back.sum::<f32>() + 0.0006 * (draw.next() - 0.5)
            })
            .collect()
    }

    fn us(samples: usize) -> Us {
        (samples * 1_000_000 / HZ) as Us
    }

    /// The likelihood after every step of what is heard while `played` is announced from the start.
    fn listen(played: &[f32], heard: &[f32]) -> (EchoGuard, Vec<Option<f32>>) {
        let mut guard = EchoGuard::new();
        guard.played(0, played);
        let likelihoods = heard
            .chunks(STEP)
            .enumerate()
            .map(|(index, chunk)| {
                guard.heard(us(index * STEP), chunk);
                guard.likelihood()
            })
            .collect();
        (guard, likelihoods)
    }

    fn share(all: &[Option<f32>], so: impl Fn(f32) -> bool) -> f32 {
        all.iter().filter(|one| one.is_some_and(&so)).count() as f32 / all.len() as f32
    }

    #[test]
    fn echo_is_known_as_echo_once_its_way_is_learned() {
        for (lag_ms, gain) in [(20, 0.9), (180, 0.2), (420, 0.05)] {
            let played = talk(20, 118.0, 4);
            let heard = room(&played, lag_ms * HZ / 1_000, gain);
            let (guard, all) = listen(&played, &heard);
            let after = &all[6 * HZ / STEP..];
            let echo = share(after, |likelihood| likelihood > 0.7);
            assert!(echo > 0.97, "lag {lag_ms} ms: {echo}");
            let lag_us = guard.lag_us().expect("the lag is known");
            assert!((lag_us - 1_000 * lag_ms as Us).abs() <= 30_000, "{lag_us} for {lag_ms} ms");
        }
    }

    #[test]
    fn a_second_voice_is_heard_over_the_echo() {
        let played = talk(20, 118.0, 4);
        let mut heard = room(&played, 2_400, 0.2);
        for (heard, other) in heard[12 * HZ..].iter_mut().zip(talk(6, 205.0, 77)) {
            *heard += other;
        }
        let (_, all) = listen(&played, &heard);
        let echo = share(&all[6 * HZ / STEP..12 * HZ / STEP], |likelihood| likelihood > 0.7);
        assert!(echo > 0.97, "{echo}");
        let first = 12 * HZ / STEP;
        let within = all[first..first + 12].iter().flatten().any(|likelihood| *likelihood < 0.5);
        assert!(within, "it takes more than 400 ms to hear somebody");
        let other = share(&all[first + 6..18 * HZ / STEP], |likelihood| likelihood < 0.5);
        assert!(other > 0.75, "{other}");
    }

    #[test]
    fn somebody_who_talks_while_headphones_play_is_no_echo() {
        let played = talk(20, 118.0, 4);
        let heard = room(&talk(20, 205.0, 31), 0, 0.5);
        let (guard, all) = listen(&played, &heard);
        assert_eq!(guard.lag_us(), None);
        let echo = share(&all[HZ / STEP..], |likelihood| likelihood > 0.7);
        assert!(echo < 0.05, "{echo}");
        let later = share(&all[6 * HZ / STEP..], |likelihood| likelihood > 0.0);
        assert!(later < 0.001, "nothing came back, and still {later} counts as echo");
    }

    #[test]
    fn headphones_are_known_before_the_first_line_is_over() {
        let played = talk(20, 118.0, 4);
        let mut heard = vec![0.0; HZ];
        heard.extend(talk(4, 205.0, 31));
        for (index, sample) in heard.iter_mut().enumerate() {
            *sample += 0.0005 * ((index * 7_919 % 1_000) as f32 / 1_000.0 - 0.5);
        }
        let (guard, all) = listen(&played, &heard);
        assert_eq!(guard.lag_us(), None);
        let echo = share(&all[HZ / STEP..], |likelihood| likelihood > 0.0);
        assert!(
            echo < 0.001,
            "somebody who talks into the first line is taken for its echo: {echo}"
        );
    }

    #[test]
    fn there_is_no_echo_of_what_is_not_played() {
        let mut guard = EchoGuard::new();
        let heard = talk(3, 140.0, 5);
        guard.heard(0, &heard);
        assert_eq!(guard.likelihood(), None);
        guard.played(us(heard.len()) + 2_000_000, &talk(2, 118.0, 6));
        guard.stopped(us(heard.len()));
        guard.heard(us(heard.len()), &heard);
        assert_eq!(guard.likelihood(), None, "what was announced and stopped is not played");
    }
}
