//! "um", "uh" and "er" in the sound, which recognisers drop.
//!
//! A filled pause is a vowel held longer than speech needs it, with the mouth and the pitch at rest,
//! at the edge of a silence, where no word was recognised. Everything here would rather miss one than
//! take a word for one: what is found is a possible filler with a probability, never more.

use interview::{Filler, FillerKind, Span, Us, Word, WordRange};

use super::{
    Listened,
    frames::{BANDS, Frame, Track, band_above},
    level::Loudness,
    pitch::semitones,
};

/// A held vowel lasts at least this long: fillers usually take 200 to 500 ms, vowels in fluent speech
/// 50 to 150 ms (Shriberg 2001).
const HELD_FRAMES_MIN: usize = 18;
/// Held sound longer than this is singing or a machine.
const HELD_FRAMES_MAX: usize = 150;
/// The most that the spectrum's shape may change in 30 ms, decibels a band on average.
const CHANGE_DB_MAX: f32 = 3.0;
/// Frames between which that change is measured.
const CHANGE_FRAMES: usize = 3;
/// A change may last this long inside a held vowel: from "uh" to "m".
const TURN_FRAMES: usize = 6;
/// The most that the pitch may move while it is held, semitones between its 10% and 90% points.
const PITCH_ST_MAX: f64 = 1.6;
/// A central vowel is at least this much louder from 450 to 1700 Hz than from 2000 to 3500 Hz, decibels
/// a band: front vowels as in "see" are the other way round.
const CENTRAL_DB_MIN: f32 = 6.0;
/// A silence beside a filler lasts at least this long.
const EDGE_FRAMES: usize = 8;
/// A filler's own onset and end may take this much from it to the silence.
const NEAR_FRAMES: usize = 9;
/// How much of a held vowel may be covered by recognised words.
const COVERED_SHARE_MAX: f64 = 0.35;
/// Words that are said slowly take about this long; what is longer holds something else.
const WORD_US: Us = 250_000;
const LETTER_US: Us = 75_000;
/// How sure a find is that no word names, and one that the recogniser heard, too.
const HEARD_PROBABILITY: f64 = 0.6;
const BOTH_PROBABILITY: f64 = 0.95;

/// What recognisers write for a filled pause.
const HESITATIONS: &[&str] = &[
    "um", "umm", "ummm", "uhm", "uh", "uhh", "er", "err", "erm", "ehm", "hm", "hmm", "hmmm", "mm",
    "mmm", "ah", "eh",
];

/// The possible fillers of an answer, in order.
pub(super) fn find(listened: &Listened<'_>, loudness: &Loudness) -> Vec<Filler> {
    let mut fillers = Vec::new();
    for track in listened.tracks {
        for held in held_vowels(track, listened.voiced, loudness) {
            let span = track.span(held.start, held.end);
            fillers.extend(filler(span, listened.words));
        }
    }
    fillers
}

/// Whether what was recognised leaves room for a filler in `span`, and which.
fn filler(span: Span, words: &[Word]) -> Option<Filler> {
    let hesitation = words.iter().position(|word| {
        let near = Span::new(span.start_us - 250_000, span.end_us + 250_000);
        word.span.is_some_and(|said| said.overlap_us(near) > 0)
            && HESITATIONS.contains(&word.key().as_str())
    });
    if let Some(index) = hesitation {
        return Some(Filler {
            kind: FillerKind::Acoustic,
            text: words[index].key(),
            span: Some(span),
            range: Some(WordRange::new(index, index + 1)),
            probability: BOTH_PROBABILITY,
        });
    }
    let covered: Us = words
        .iter()
        .filter_map(|word| Some((word, word.span?)))
        .map(|(word, said)| plausible(word, said, span).overlap_us(span))
        .sum();
    let share = covered as f64 / span.micros().max(1) as f64;
    (share <= COVERED_SHARE_MAX).then(|| Filler {
        kind: FillerKind::Acoustic,
        text: "uh".to_owned(),
        span: Some(span),
        range: None,
        probability: HEARD_PROBABILITY,
    })
}

/// The part of a word's time that the word itself can have taken: where it is said to last longer, the
/// rest is not its own, on the side where the held vowel is.
fn plausible(word: &Word, said: Span, held: Span) -> Span {
    let letters = word.key().chars().count() as Us;
    let longest_us = WORD_US + LETTER_US * letters;
    if said.micros() <= longest_us {
        return said;
    }
    if held.start_us.midpoint(held.end_us) > said.start_us.midpoint(said.end_us) {
        Span::new(said.start_us, said.start_us + longest_us)
    } else {
        Span::new(said.end_us - longest_us, said.end_us)
    }
}

/// Stretches of frames in which a central vowel is held beside a silence.
fn held_vowels(
    track: &Track,
    voiced: &[Span],
    loudness: &Loudness,
) -> Vec<std::ops::Range<usize>> {
    let frames = &track.frames;
    let mut speech = vec![false; frames.len()];
    for span in voiced {
        for i in track.within(*span) {
            speech[i] = f64::from(frames[i].level_db) > loudness.threshold_db;
        }
    }
    let mut found = Vec::new();
    let mut first = 0;
    while first < frames.len() {
        let Some(end) = held_from(frames, &speech, first) else {
            first += 1;
            continue;
        };
        let length = end - first;
        if (HELD_FRAMES_MIN..=HELD_FRAMES_MAX).contains(&length)
            && flat(&frames[first..end])
            && central(&frames[first..end])
            && beside_silence(&speech, first, end)
        {
            found.push(first..end);
        }
        first = end;
    }
    found
}

/// Where the sound that is held from `first` on ends; `None` when none is held there.
fn held_from(frames: &[Frame], speech: &[bool], first: usize) -> Option<usize> {
    let steady = |i: usize| {
        frames[i].f0_hz > 0.0
            && speech[i]
            && (i < first + CHANGE_FRAMES
                || change_db(&frames[i - CHANGE_FRAMES], &frames[i]) <= CHANGE_DB_MAX)
    };
    if !steady(first) {
        return None;
    }
    let (mut end, mut turned) = (first + 1, false);
    while end < frames.len() {
        if steady(end) {
            end += 1;
            continue;
        }
        // Once the mouth may close: what follows must be held, too.
        let next = (end..(end + TURN_FRAMES).min(frames.len())).find(|i| {
            (*i..(*i + 4).min(frames.len())).all(steady)
        });
        match next {
            Some(next) if !turned && (end..next).all(|i| frames[i].f0_hz > 0.0) => {
                turned = true;
                end = next + 1;
            }
            _ => break,
        }
    }
    Some(end)
}

/// How much the shape of the spectrum differs, decibels a band, its level aside.
fn change_db(a: &Frame, b: &Frame) -> f32 {
    let mean = |frame: &Frame| frame.bands_db.iter().sum::<f32>() / BANDS as f32;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let differences =
        a.bands_db.iter().zip(&b.bands_db).map(|(a, b)| ((a - mean_a) - (b - mean_b)).abs());
    differences.sum::<f32>() / BANDS as f32
}

fn flat(frames: &[Frame]) -> bool {
    let mut pitches: Vec<f64> =
        frames.iter().filter(|f| f.f0_hz > 0.0).map(|f| f64::from(f.f0_hz)).collect();
    let low = super::quantile(&mut pitches, 0.1);
    let high = super::quantile(&mut pitches, 0.9);
    low.zip(high).is_some_and(|(low, high)| semitones(low, high) <= PITCH_ST_MAX)
}

/// Whether the sound is that of a mouth at rest.
fn central(frames: &[Frame]) -> bool {
    let mean = |from_hz: f32, to_hz: f32| {
        let bands = band_above(from_hz)..band_above(to_hz);
        let count = (frames.len() * bands.len()) as f32;
        frames.iter().flat_map(|frame| &frame.bands_db[bands.clone()]).sum::<f32>() / count
    };
    mean(450.0, 1_700.0) - mean(2_000.0, 3_500.0) >= CENTRAL_DB_MIN
}

/// Whether there is a silence right before or right after.
fn beside_silence(speech: &[bool], first: usize, end: usize) -> bool {
    let silent = |mut range: std::ops::Range<usize>| range.all(|i| !speech[i]);
    let before = (0..=NEAR_FRAMES).any(|near| {
        first.checked_sub(near).is_none_or(|edge| silent(edge.saturating_sub(EDGE_FRAMES)..edge))
    });
    let after = (0..=NEAR_FRAMES).any(|near| {
        let edge = (end + near).min(speech.len());
        silent(edge..(edge + EDGE_FRAMES).min(speech.len()))
    });
    before || after
}
