//! Silences inside an answer, and the time until its first sound.

use std::ops::Range;

use interview::{Span, Unit, Us};

use super::{
    HOP_US, Listened, THIN, feature,
    frames::Track,
    left_out,
    level::{Loudness, envelope},
    noise, quantile,
};
use crate::input::Sound;

/// The shortest silence that counts as a pause (Goldman-Eisler's usual threshold: below it lie the
/// closures of consonants).
pub(super) const PAUSE_US_MIN: Us = 250_000;
/// Sound shorter than this inside a silence is a click or a breath, not speech: 100 ms, as in Praat.
const SOUND_FRAMES_MIN: usize = 10;
/// A silence at the edge of voice activity is looked for this far beyond it.
const EDGE_US: Us = 100_000;
/// Why pauses are not counted in sound of a narrow band.
const NARROW: &str =
    "The recording has the narrow band of a telephone, in which some consonants sound like pauses.";

/// Adds pauses and what is counted of them to `sound`.
pub(super) fn measure(
    listened: &Listened<'_>,
    speech: &[Vec<Span>],
    loudness: &Loudness,
    sound: &mut Sound,
) {
    let first = speech.iter().flatten().map(|span| span.start_us).min();
    if let (Some(first_us), Some(asked_us)) = (first, listened.question_end_us) {
        sound.latency_us = Some((first_us - asked_us).max(0));
    } else if first.is_some() {
        sound.left_out.push(left_out("latency_s", "It is not known when the question ended."));
    }
    let unreliable = unreliable(listened, loudness);
    if let Some(why) = unreliable {
        sound.left_out.push(left_out("pause_rate_per_min", why));
    }
    if noise(loudness).is_some() {
        return;
    }
    for spans in speech {
        let silences = spans.windows(2).map(|pair| Span::new(pair[0].end_us, pair[1].start_us));
        sound.pauses.extend(silences.filter(|silence| silence.micros() >= PAUSE_US_MIN));
    }
    // Where the silences are is still shown; how many and how long they are is not told.
    if unreliable.is_some() {
        return;
    }
    let spoken_us: Us = speech
        .iter()
        .filter_map(|spans| Some(spans.last()?.end_us - spans.first()?.start_us))
        .sum();
    count(&sound.pauses.clone(), spoken_us, sound);
}

/// Why it cannot be told how long somebody spoke and how long they were silent, if it cannot.
pub(super) fn unreliable(listened: &Listened<'_>, loudness: &Loudness) -> Option<&'static str> {
    let narrow = || loudness.narrow_band.then_some(NARROW);
    noise(loudness).or_else(narrow).or_else(|| listened.reliability.thin().then_some(THIN))
}

/// Where there is speech: voice activity with its edges drawn by the level, apart by at least a
/// pause. What is shorter than speech can be does not part a silence.
pub(super) fn speech(track: &Track, voiced: &[Span], loudness: &Loudness) -> Vec<Span> {
    let levels_db = envelope(track);
    let mut loud = vec![false; track.frames.len()];
    for span in voiced {
        let wide = Span::new(span.start_us - EDGE_US, span.end_us + EDGE_US);
        for i in track.within(wide) {
            loud[i] = levels_db[i] > loudness.threshold_db;
        }
    }
    let whole = voiced.iter().map(|span| track.within(*span)).filter(|frames| !frames.is_empty());
    if let Some(whole) = whole.reduce(|a, b| a.start.min(b.start)..a.end.max(b.end)) {
        add_hesitations(track, &levels_db, whole, loudness, &mut loud);
    }
    // Short sounds are dropped before short gaps are closed, as in Praat: a breath between two words
    // parts no silence, however near to them it is.
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for i in (0..loud.len()).filter(|i| loud[*i]) {
        match runs.last_mut() {
            Some((_, end)) if *end == i => *end = i + 1,
            _ => runs.push((i, i + 1)),
        }
    }
    runs.retain(|(first, end)| end - first >= SOUND_FRAMES_MIN);
    let pause_frames = (PAUSE_US_MIN / HOP_US) as usize;
    runs.dedup_by(|(first, end), before| {
        let near = *first - before.1 < pause_frames;
        if near {
            before.1 = *end;
        }
        near
    });
    runs.into_iter().map(|(first, end)| track.span(first, end)).collect()
}

/// Marks loud sound with a pitch inside the answer, too: voice activity misses some a drawn-out "um",
/// which is no silence.
fn add_hesitations(
    track: &Track,
    levels_db: &[f64],
    whole: Range<usize>,
    loudness: &Loudness,
    loud: &mut [bool],
) {
    let mut first = whole.start;
    while first < whole.end {
        let sounds = |i: &usize| levels_db[*i] > loudness.threshold_db;
        let end = (first..whole.end).find(|i| !sounds(i)).unwrap_or(whole.end);
        let pitched = track.frames[first..end].iter().filter(|frame| frame.f0_hz > 0.0).count();
        if pitched >= SOUND_FRAMES_MIN {
            loud[first..end].fill(true);
        }
        first = end + 1;
    }
}

fn count(pauses: &[Span], spoken_us: Us, sound: &mut Sound) {
    let minutes = spoken_us as f64 / 60e6;
    if spoken_us < 5_000_000 {
        let why = "The answer is too short for a rate of pauses.";
        sound.left_out.push(left_out("pause_rate_per_min", why));
    } else {
        let rate = pauses.len() as f64 / minutes;
        sound.features.push(feature("pause_rate_per_min", rate, Unit::PerMinute));
    }
    let mut seconds: Vec<f64> = pauses.iter().map(|pause| pause.seconds()).collect();
    if let Some(median) = quantile(&mut seconds, 0.5) {
        sound.features.push(feature("pause_median_s", median, Unit::Seconds));
    }
    if let Some(p90) = quantile(&mut seconds, 0.9).filter(|_| pauses.len() >= 5) {
        sound.features.push(feature("pause_p90_s", p90, Unit::Seconds));
    }
}
