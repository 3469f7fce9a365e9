//! How loud the speech is, against the noise and against itself.

use interview::{Span, Us};

use super::{
    CURVE_FRAMES,
    frames::{BANDS, Frame, Track, band_above},
    quantile,
};

/// Speech is at least this much above the noise.
const ABOVE_NOISE_DB: f64 = 4.0;
/// Speech is at most this much softer than the loudest, as de Jong and Wempe (2009) draw the line
/// between sound and silence in Praat; breath lies below it.
const BELOW_LOUDEST_DB: f64 = 25.0;
/// The loudest is what this share of the speech does not reach: a knock is louder than any speech.
const LOUDEST_SHARE: f64 = 0.99;
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
    /// The level of the noise.
    pub(super) noise_db: f64,
    /// By how much the noise lifts the threshold: speech this much above the softest is not told from
    /// it.
    pub(super) hidden_db: f64,
    /// Share of the frames of speech with samples at full scale.
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
            for ((frame, level_db), speech) in track.frames.iter().zip(envelope(track)).zip(speech)
            {
                if speech {
                    inside.push(level_db);
                    clipped += usize::from(frame.clipped > 0);
                } else {
                    outside.push(level_db);
                }
            }
        }
        let loud_db = quantile(&mut inside, LOUDEST_SHARE)?;
        // Between words, too, the level falls to that of the noise.
        let low_db = quantile(&mut inside, 0.05).unwrap_or(loud_db - SNR_UNKNOWN_DB);
        let noise_db = quantile(&mut outside, 0.5).map_or(low_db, |quiet_db| quiet_db.min(low_db));
        let threshold_db =
            (noise_db + ABOVE_NOISE_DB).max(loud_db - BELOW_LOUDEST_DB).min(loud_db - 3.0);
        let mut speech: Vec<f64> =
            inside.iter().copied().filter(|level_db| *level_db > threshold_db).collect();
        let mut loudness = Self {
            threshold_db,
            median_db: quantile(&mut speech, 0.5)?,
            snr_db: 0.0,
            noise_db,
            hidden_db: threshold_db - (loud_db - BELOW_LOUDEST_DB),
            clipped_share: clipped as f64 / inside.len() as f64,
            speech_s: speech.len() as f64 / 100.0,
            narrow_band: narrow_band(tracks, voiced, threshold_db),
        };
        loudness.snr_db = loudness.median_db - noise_db;
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

/// The level by time, smoothed so that it does not follow the single periods of a voice: energies
/// weighted with a bell of 14 ms, which is Praat's window for pitches down to 50 Hz.
pub(super) fn envelope(track: &Track) -> Vec<f64> {
    const BELL: [f64; 9] = [0.017, 0.101, 0.36, 0.775, 1.0, 0.775, 0.36, 0.101, 0.017];
    let energies: Vec<f64> = track.frames.iter().map(energy).collect();
    let half = BELL.len() / 2;
    (0..energies.len())
        .map(|i| {
            let first = i.saturating_sub(half);
            let end = (i + half + 1).min(energies.len());
            let bell = &BELL[first + half - i..];
            let (sum, weights) = energies[first..end]
                .iter()
                .zip(bell)
                .fold((0.0, 0.0), |(sum, all), (energy, weight)| {
                    (sum + weight * energy, all + weight)
                });
            10.0 * (sum / weights).log10()
        })
        .collect()
}

/// Whether the sound has the band of a telephone: in loud frames next to nothing in the lowest band,
/// which no telephone passes whatever the pitch of a voice, and above 4000 Hz nothing even in the frames
/// that have most there, as an "s" has. The limits lie between recordings as they were and
/// through a telephone's filter, also with the voice raised to 320 Hz or 12 dB softer: above -15 and -22
/// dB the ones, below -23 and -42 dB the others.
fn narrow_band(tracks: &[Track], voiced: &[Span], threshold_db: f64) -> bool {
    const LOWEST_DB: f32 = -20.0;
    const HIGHEST_DB: f64 = -35.0;
    /// The frames that have most are those from this share on.
    const MOST_SHARE: f64 = 0.95;
    let high = band_above(4_000.0)..BANDS;
    let inside = band_above(400.0)..band_above(3_000.0);
    let (mut lowest, mut middle, mut count) = (0.0, 0.0, 0_usize);
    let (mut tops, mut middles) = (Vec::new(), Vec::new());
    for track in tracks {
        for frame in voiced.iter().flat_map(|span| &track.frames[track.within(*span)]) {
            let inside_db = mean(&frame.bands_db[inside.clone()]);
            let top_db = frame.bands_db[high.clone()].iter().copied().fold(f32::MIN, f32::max);
            middles.push(f64::from(inside_db));
            tops.push(f64::from(top_db));
            if f64::from(frame.level_db) > threshold_db {
                lowest += frame.bands_db[0];
                middle += inside_db;
                count += 1;
            }
        }
    }
    let (Some(top_db), Some(inside_db)) =
        (quantile(&mut tops, MOST_SHARE), quantile(&mut middles, MOST_SHARE))
    else {
        return false;
    };
    count > 0 && (lowest - middle) / (count as f32) < LOWEST_DB && top_db - inside_db < HIGHEST_DB
}

fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len().max(1) as f32
}

/// Standard deviation of the level of phrases: mean energies of 200 ms of speech, so that vowels and
/// consonants even out, begun every 50 ms, so that it does not matter where voice activity begins.
/// The noise's own energy is taken off.
pub(super) fn spread_db(tracks: &[Track], speech: &[Vec<Span>], noise_db: f64) -> f64 {
    const PHRASE_FRAMES: usize = 20;
    const STEP_FRAMES: usize = 5;
    let noise = 10_f64.powf(noise_db / 10.0);
    let mut phrases = Vec::new();
    for (track, spans) in tracks.iter().zip(speech) {
        for span in spans {
            let frames = &track.frames[track.within(*span)];
            for phrase in frames.windows(PHRASE_FRAMES).step_by(STEP_FRAMES) {
                let mean = phrase.iter().map(energy).sum::<f64>() / PHRASE_FRAMES as f64;
                // Never less than the noise: what lies below it is not known.
                phrases.push(10.0 * (mean - noise).max(noise).log10());
            }
        }
    }
    deviation(&phrases)
}

fn energy(frame: &Frame) -> f64 {
    10_f64.powf(f64::from(frame.level_db) / 10.0)
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
