//! What the sound of an answer measures: pitch, loudness, pauses, fillers.
//!
//! Sound goes in piece by piece ([`Tracker`]) and becomes one small [`Frame`] every 10 ms, so that a
//! recording of hours takes tens of megabytes; [`measure`] looks at the frames alone. Everything is
//! compared inside this one recording, since microphones differ. What cannot be measured well is
//! withheld with its reason.

mod frames;
mod level;
mod pauses;

use interview::{Feature, FeatureName, LeftOut, Span, Unit, Us, Word};

use crate::input::{Measure, Sound, Switches};
pub use frames::{Frame, Track, Tracker};

/// Samples a second that [`Tracker`] takes.
pub const SAMPLE_HZ: usize = 16_000;
/// Time from one frame to the next.
pub(crate) const HOP_US: Us = 10_000;
/// Speech shorter than this says nothing about a person's usual pitch or loudness.
const SPEECH_S_MIN: f64 = 3.0;
/// Below this distance of speech from noise, level and pitch are those of the noise too.
const SNR_DB_MIN: f64 = 10.0;
/// Above this share of samples at full scale, peaks are cut off.
const CLIPPED_SHARE_MAX: f64 = 0.005;
/// Curves for a timeline have a value at most every 100 ms.
const CURVE_FRAMES: usize = 10;

/// What is known of how the sound was captured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reliability {
    /// Automatic gain control was on, which evens out loudness.
    pub gain_control: bool,
    /// Noise suppression was on, which eats fillers.
    pub noise_suppression: bool,
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
    if listened.switches.on(Measure::Loudness) {
        measure_loudness(listened, &loudness, &mut sound);
    }
    sound
}

fn measure_loudness(listened: &Listened<'_>, loudness: &level::Loudness, sound: &mut Sound) {
    let why = if listened.reliability.gain_control {
        "Automatic gain control was on, which evens out how loud you spoke."
    } else if loudness.speech_s < SPEECH_S_MIN {
        "There is too little speech to tell."
    } else if loudness.snr_db < SNR_DB_MIN {
        "The background was nearly as loud as the voice."
    } else if loudness.clipped_share > CLIPPED_SHARE_MAX {
        "The microphone was overdriven, which cuts off the loudest parts."
    } else {
        sound.level_db = loudness.curve(listened.tracks);
        sound.features.push(feature("loudness_spread_db", loudness.spread_db, Unit::Decibels));
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
