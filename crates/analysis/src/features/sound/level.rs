//! How loud the speech is, against the noise and against itself.

use interview::{Span, Us};

use super::{
    CURVE_FRAMES,
    frames::{BANDS, Frame, HOP, Track, band_above},
    quantile,
};

/// Speech is at least this much above the noise.
const ABOVE_NOISE_DB: f64 = 6.0;
/// The softest speech is at most this much below the usual one.
const BELOW_SPEECH_DB: f64 = 30.0;
/// The noise of a recording without any pause is taken to be this far below its speech.
const SNR_UNKNOWN_DB: f64 = 40.0;

/// How loud an answer is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Loudness {
    /// Frames above this level are speech where voice activity says so.
    pub(super) threshold_db: f64,
    /// The median level of speech.
    pub(super) median_db: f64,
    /// How far speech stands above noise.
    pub(super) snr_db: f64,
    /// Standard deviation of the level of phrases: means of 200 ms of speech, so that vowels and
    /// consonants even out.
    pub(super) spread_db: f64,
    /// Share of samples in speech that are at full scale.
    pub(super) clipped_share: f64,
    /// Seconds of speech.
    pub(super) speech_s: f64,
    /// Whether the sound has the band of a telephone, 300 to 3400 Hz.
    pub(super) narrow_band: bool,
}

impl Loudness {
    /// Looks at all frames where voice activity found speech; `None` when there are none.
    pub(super) fn of(tracks: &[Track], voiced: &[Span]) -> Option<Self> {
        let (mut inside, mut outside, mut clipped) = (Vec::new(), Vec::new(), 0_usize);
        for track in tracks {
            let mut speech = vec![false; track.frames.len()];
            for span in voiced {
                speech[track.within(*span)].fill(true);
            }
            for (frame, speech) in track.frames.iter().zip(speech) {
                if speech {
                    inside.push(f64::from(frame.level_db));
                    clipped += usize::from(frame.clipped);
                } else {
                    outside.push(f64::from(frame.level_db));
                }
            }
        }
        let loud_db = quantile(&mut inside, 0.7)?;
        // Between words, too, the level falls to that of the noise.
        let low_db = quantile(&mut inside, 0.05).unwrap_or(loud_db - SNR_UNKNOWN_DB);
        let noise_db = quantile(&mut outside, 0.5).map_or(low_db, |quiet_db| quiet_db.min(low_db));
        let threshold_db =
            (noise_db + ABOVE_NOISE_DB).max(loud_db - BELOW_SPEECH_DB).min(loud_db - 3.0);
        let mut speech: Vec<f64> =
            inside.iter().copied().filter(|level_db| *level_db > threshold_db).collect();
        let mut loudness = Self {
            threshold_db,
            median_db: quantile(&mut speech, 0.5)?,
            snr_db: 0.0,
            spread_db: 0.0,
            clipped_share: clipped as f64 / (inside.len() * HOP) as f64,
            speech_s: speech.len() as f64 / 100.0,
            narrow_band: narrow_band(tracks, threshold_db),
        };
        loudness.snr_db = loudness.median_db - noise_db;
        loudness.spread_db = spread_db(tracks, voiced, threshold_db);
        Some(loudness)
    }

    /// The level of speech against its median by time, for a timeline.
    pub(super) fn curve(&self, tracks: &[Track]) -> Vec<(Us, f32)> {
        let mut curve = Vec::new();
        for track in tracks {
            for (i, piece) in track.frames.chunks(CURVE_FRAMES).enumerate() {
                let levels = piece.iter().map(|frame| f64::from(frame.level_db));
                let speech: Vec<f64> = levels.filter(|level| *level > self.threshold_db).collect();
                if speech.len() * 2 >= piece.len() {
                    let mean = speech.iter().sum::<f64>() / speech.len() as f64;
                    curve.push((
                        track.at_us(i * CURVE_FRAMES + piece.len() / 2),
                        (mean - self.median_db) as f32,
                    ));
                }
            }
        }
        curve
    }
}

/// Whether speech has nearly nothing below 250 and above 4000 Hz against what lies between.
fn narrow_band(tracks: &[Track], threshold_db: f64) -> bool {
    /// What a telephone's filter leaves outside of its band, against the inside.
    const OUTSIDE_DB: f32 = -25.0;
    let mut sums = [0.0_f32; BANDS];
    let mut count = 0_usize;
    let loud = |frame: &&Frame| f64::from(frame.level_db) > threshold_db;
    for frame in tracks.iter().flat_map(|track| &track.frames).filter(loud) {
        for (sum, band_db) in sums.iter_mut().zip(&frame.bands_db) {
            *sum += band_db;
        }
        count += 1;
    }
    let mean = |range: std::ops::Range<usize>| {
        sums[range.clone()].iter().sum::<f32>() / (range.len().max(1) * count.max(1)) as f32
    };
    let (low, high) = (band_above(200.0), band_above(4_000.0));
    let inside = mean(band_above(400.0)..band_above(3_000.0));
    mean(0..low.max(1)) - inside < OUTSIDE_DB / 2.0 && mean(high..BANDS) - inside < OUTSIDE_DB
}

fn spread_db(tracks: &[Track], voiced: &[Span], threshold_db: f64) -> f64 {
    /// Frames of a phrase: 200 ms.
    const PHRASE_FRAMES: usize = 20;
    let mut phrases = Vec::new();
    for track in tracks {
        for span in voiced {
            for piece in track.frames[track.within(*span)].chunks(PHRASE_FRAMES) {
                let levels = piece.iter().map(|frame| f64::from(frame.level_db));
                let speech: Vec<f64> = levels.filter(|level| *level > threshold_db).collect();
                if speech.len() * 2 >= PHRASE_FRAMES {
                    phrases.push(speech.iter().sum::<f64>() / speech.len() as f64);
                }
            }
        }
    }
    deviation(&phrases)
}

/// The standard deviation.
pub(super) fn deviation(values: &[f64]) -> f64 {
    if values.len() < 2 {
        return 0.0;
    }
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let squares = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
    (squares / (values.len() - 1) as f64).sqrt()
}
