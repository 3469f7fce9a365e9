//! Silences inside an answer, and the time until its first sound.

use interview::{Span, Unit, Us};

use super::{
    HOP_US, Listened, SNR_DB_MIN, feature, frames::Track, left_out, level::Loudness, quantile,
};
use crate::input::Sound;

/// The shortest silence that counts as a pause (Goldman-Eisler's usual threshold: below it lie the
/// closures of consonants).
pub(super) const PAUSE_US_MIN: Us = 250_000;
/// Sound shorter than this inside a silence is a click or a breath, not speech.
const BLIP_FRAMES: usize = 5;
/// A silence at the edge of voice activity is looked for this far beyond it.
const EDGE_US: Us = 100_000;

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
    if loudness.snr_db < SNR_DB_MIN {
        let why = "The background was nearly as loud as the voice, so pauses cannot be told.";
        sound.left_out.push(left_out("pause_rate_per_min", why));
        return;
    }
    for spans in speech {
        let silences = spans.windows(2).map(|pair| Span::new(pair[0].end_us, pair[1].start_us));
        sound.pauses.extend(silences.filter(|silence| silence.micros() >= PAUSE_US_MIN));
    }
    let spoken_us: Us = speech
        .iter()
        .filter_map(|spans| Some(spans.last()?.end_us - spans.first()?.start_us))
        .sum();
    count(&sound.pauses.clone(), spoken_us, sound);
}

/// Where there is speech: voice activity with its edges drawn by the level, apart by at least a
/// pause.
pub(super) fn speech(track: &Track, voiced: &[Span], loudness: &Loudness) -> Vec<Span> {
    let mut loud = vec![false; track.frames.len()];
    for span in voiced {
        let wide = Span::new(span.start_us - EDGE_US, span.end_us + EDGE_US);
        for i in track.within(wide) {
            loud[i] = f64::from(track.frames[i].level_db) > loudness.threshold_db;
        }
    }
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let mut begin = None;
    for (i, is_loud) in loud.iter().chain([&false]).enumerate() {
        match (begin, *is_loud) {
            (None, true) => begin = Some(i),
            (Some(first), false) => {
                runs.push((first, i));
                begin = None;
            }
            _ => {}
        }
    }
    let pause_frames = (PAUSE_US_MIN / HOP_US) as usize;
    // A click stands alone: nothing loud within a pause's length on either side.
    let alone = |i: usize| {
        let (first, end) = runs[i];
        let before = i.checked_sub(1).is_none_or(|j| first - runs[j].1 >= pause_frames / 2);
        let after = runs.get(i + 1).is_none_or(|next| next.0 - end >= pause_frames / 2);
        end - first < BLIP_FRAMES && before && after
    };
    let kept: Vec<(usize, usize)> =
        (0..runs.len()).filter(|i| !alone(*i)).map(|i| runs[i]).collect();
    let mut spans: Vec<Span> = Vec::new();
    for (first, end) in kept {
        let span = track.span(first, end);
        match spans.last_mut() {
            Some(last) if span.start_us - last.end_us < PAUSE_US_MIN => *last = last.join(span),
            _ => spans.push(span),
        }
    }
    spans
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
