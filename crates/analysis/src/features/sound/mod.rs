//! What the sound of an answer measures: pitch, loudness, pauses, fillers.
//!
//! Sound goes in piece by piece ([`Tracker`]) and becomes one small [`Frame`] every 10 ms, so that a
//! recording of hours takes tens of megabytes; [`measure`] looks at the frames alone. Everything is
//! compared inside this one recording, since microphones differ. What cannot be measured well is
//! withheld with its reason.

mod fillers;
mod frames;
mod level;
mod pauses;
mod pitch;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod worse;

use interview::{Feature, FeatureName, LeftOut, Span, Unit, Us, Word};

use crate::input::{Measure, Sound, Switches};
pub use frames::{Frame, Track, Tracker};

/// Samples a second that [`Tracker`] takes.
pub const SAMPLE_HZ: usize = 16_000;
/// Time from one frame to the next.
pub(crate) const HOP_US: Us = 10_000;
/// Speech shorter than this says nothing about a person's usual pitch or loudness.
const SPEECH_S_MIN: f64 = 3.0;
/// The same for frames with a pitch.
const PITCHED_S_MIN: f64 = 1.5;
/// Semitones in an octave.
const OCTAVE_ST: f64 = 12.0;
/// Below this distance of speech from noise, what is heard is noise too.
const SNR_DB_MIN: f64 = 10.0;
/// Where noise covers the softest speech by more than this, some of what is measured is the noise's: on
/// recordings with white noise added, pauses, loudness and pitch began to move by more than 10%, half
/// a decibel and 2%.
const HIDDEN_DB_MAX: f64 = 5.0;
/// Above these shares of frames with samples at full scale, too many peaks are cut off for a loudness,
/// and for a pitch, of which the soft parts then count for more.
const CLIPPED_SHARE_MAX: f64 = 0.01;
const CLIPPED_PITCH_SHARE_MAX: f64 = 0.05;
/// Why a measure is withheld in noise, and in sound that was cut off.
const NOISY: &str = "The background was nearly as loud as the voice.";
const COVERED: &str = "The background covered the softer parts of the voice.";
const OVERDRIVEN: &str = "The microphone was overdriven, which cuts off the loudest parts.";
/// Below this, Opus codes speech as wide band and no longer as full band (RFC 7587, section 3.1.1: 16 to
/// 20 kbit/s and 28 to 40); at 16 kbit/s pitch, loudness and pauses of some recordings moved.
const CODED_BITS_PER_S_MIN: u32 = 24_000;
const THIN: &str =
    "The recording was compressed so much that pitch and softer sounds were changed.";
/// Curves for a timeline have a value at most every 100 ms.
const CURVE_FRAMES: usize = 10;

/// What is known of how the sound was captured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reliability {
    /// Automatic gain control was on, which evens out loudness.
    pub gain_control: bool,
    /// Noise suppression was on, which eats fillers.
    pub noise_suppression: bool,
    /// Bits a second for each channel that a lossy code was left with, where there is one and it says so.
    pub coded_bits_per_s: Option<u32>,
}

impl Reliability {
    /// Whether the code had too few bits to keep more than what makes words understood.
    fn thin(self) -> bool {
        self.coded_bits_per_s.is_some_and(|bits_per_s| bits_per_s < CODED_BITS_PER_S_MIN)
    }
}

/// The sound of one answer and what is known about it.
#[derive(Debug, Clone, Copy)]
pub struct Listened<'a> {
    /// The frames of each stretch without a gap, in order: one for each turn, as a rule. What lies
    /// between two of them is not a pause of the speaker.
    pub tracks: &'a [Track],
    /// When the question ended, interview time; `None` when that is not known.
    pub question_end_us: Option<Us>,
    /// The words, with times where those are known.
    pub words: &'a [Word],
    /// Where voice activity found speech, interview time.
    pub voiced: &'a [Span],
    /// How the sound was captured.
    pub reliability: Reliability,
    /// Which measures are computed.
    pub switches: &'a Switches,
}

/// Syllables in each second in which there is speech: what the words and the sound tell together.
pub(crate) const ARTICULATION: &str = "articulation_sps";

/// Measures the sound of one answer.
#[must_use]
pub fn measure(listened: &Listened<'_>) -> Sound {
    let mut sound = Sound::default();
    let loudness = level::Loudness::of(listened.tracks, listened.voiced);
    let Some(loudness) = loudness else {
        sound.left_out.push(left_out("sound", "No speech was heard in this answer."));
        return sound;
    };
    let speech: Vec<Vec<Span>> = listened
        .tracks
        .iter()
        .map(|track| pauses::speech(track, listened.voiced, &loudness))
        .collect();
    sound.voiced = speech.concat();
    if listened.switches.on(Measure::Pauses) {
        pauses::measure(listened, &speech, &loudness, &mut sound);
    }
    if listened.switches.on(Measure::Pace)
        && let Some(why) = pauses::unreliable(listened, &loudness)
    {
        sound.left_out.push(left_out(ARTICULATION, why));
    }
    if listened.switches.on(Measure::Loudness) {
        measure_loudness(listened, &speech, &loudness, &mut sound);
    }
    if listened.switches.on(Measure::Pitch) {
        measure_pitch(listened, &loudness, &mut sound);
    }
    if listened.switches.on(Measure::Fillers) {
        search_fillers(listened, &loudness, &mut sound);
    }
    sound
}

fn measure_pitch(listened: &Listened<'_>, loudness: &level::Loudness, sound: &mut Sound) {
    let mut pitches: Vec<f64> = Vec::new();
    for track in listened.tracks {
        for span in &sound.voiced {
            let frames = &track.frames[track.within(*span)];
            pitches.extend(frames.iter().filter(|f| f.f0_hz > 0.0).map(|f| f64::from(f.f0_hz)));
        }
    }
    let pitched_s = pitches.len() as f64 / 100.0;
    let median_hz = quantile(&mut pitches, 0.5);
    let why = if pitched_s < PITCHED_S_MIN {
        "There is too little voiced speech to tell."
    } else if let Some(why) = noise(loudness) {
        why
    } else if listened.reliability.thin() {
        THIN
    } else if loudness.clipped_share > CLIPPED_PITCH_SHARE_MAX {
        OVERDRIVEN
    } else if loudness.narrow_band {
        "The recording has the narrow band of a telephone, which cuts off the pitch itself."
    } else if let Some(median_hz) = median_hz {
        let semitones = pitches.iter().map(|f0_hz| pitch::semitones(median_hz, *f0_hz));
        // Creaky voice and rare octave errors lie an octave away and would count more than speech.
        let near: Vec<f64> = semitones.filter(|st| st.abs() < OCTAVE_ST).collect();
        sound.features.push(feature("pitch_median_hz", median_hz, Unit::Hertz));
        sound.features.push(feature("pitch_spread_st", level::deviation(&near), Unit::Semitones));
        sound.pitch_st = pitch_curve(listened.tracks, &sound.voiced, median_hz);
        return;
    } else {
        "There is too little voiced speech to tell."
    };
    sound.left_out.push(left_out("pitch_spread_st", why));
}

/// Why noise forbids to measure, if it does.
fn noise(loudness: &level::Loudness) -> Option<&'static str> {
    if loudness.snr_db < SNR_DB_MIN {
        Some(NOISY)
    } else {
        (loudness.hidden_db > HIDDEN_DB_MAX).then_some(COVERED)
    }
}

/// Pitch against its median by time, for a timeline: the middle of each 100 ms of speech.
fn pitch_curve(tracks: &[Track], voiced: &[Span], median_hz: f64) -> Vec<(Us, f32)> {
    let mut curve = Vec::new();
    for track in tracks {
        for span in voiced {
            let range = track.within(*span);
            for (i, piece) in track.frames[range.clone()].chunks(CURVE_FRAMES).enumerate() {
                let mut pitches: Vec<f64> =
                    piece.iter().filter(|f| f.f0_hz > 0.0).map(|f| f64::from(f.f0_hz)).collect();
                if pitches.len() * 2 >= CURVE_FRAMES
                    && let Some(f0_hz) = quantile(&mut pitches, 0.5)
                {
                    let at_us = track.at_us(range.start + i * CURVE_FRAMES + piece.len() / 2);
                    curve.push((at_us, pitch::semitones(median_hz, f0_hz) as f32));
                }
            }
        }
    }
    curve
}

fn search_fillers(listened: &Listened<'_>, loudness: &level::Loudness, sound: &mut Sound) {
    let why = if loudness.snr_db < SNR_DB_MIN {
        NOISY
    } else if listened.reliability.noise_suppression {
        "Noise suppression was on, which takes um and uh for noise."
    } else {
        sound.fillers = fillers::find(listened);
        return;
    };
    sound.left_out.push(left_out("um and uh in the sound", why));
}

fn measure_loudness(
    listened: &Listened<'_>,
    speech: &[Vec<Span>],
    loudness: &level::Loudness,
    sound: &mut Sound,
) {
    let why = if listened.reliability.gain_control {
        "Automatic gain control was on, which evens out how loud you spoke."
    } else if loudness.speech_s < SPEECH_S_MIN {
        "There is too little speech to tell."
    } else if let Some(why) = noise(loudness) {
        why
    } else if listened.reliability.thin() {
        THIN
    } else if loudness.clipped_share > CLIPPED_SHARE_MAX {
        OVERDRIVEN
    } else if loudness.narrow_band {
        "The recording has the narrow band of a telephone, which cuts off the strongest part of a voice."
    } else {
        sound.level_db = loudness.curve(listened.tracks);
        let spread_db = level::spread_db(listened.tracks, speech, loudness.noise_db);
        sound.features.push(feature("loudness_spread_db", spread_db, Unit::Decibels));
        return;
    };
    sound.left_out.push(left_out("loudness_spread_db", why));
}

fn feature(name: &str, value: f64, unit: Unit) -> Feature {
    Feature { name: FeatureName::new(name), value, unit }
}

fn left_out(what: &str, why: &str) -> LeftOut {
    LeftOut { what: what.to_owned(), why: why.to_owned() }
}

/// The value below which this share of `values` lies; `values` are put in order.
fn quantile(values: &mut [f64], share: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let place = share * last as f64;
    let (low, part) = (place.floor() as usize, place.fract());
    let high = (low + 1).min(last);
    Some(values[low] + (values[high] - values[low]) * part)
}
