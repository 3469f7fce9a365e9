//! "um", "uh" and "er" in the sound, which recognisers drop.
//!
//! A filled pause is a vowel held longer than speech needs it, with the mouth and the pitch at rest,
//! at the edge of a silence, where no word was recognised. Everything here would rather miss one than
//! take a word for one: what is found is a possible filler with a probability, never more.

use std::ops::Range;

use interview::{Filler, FillerKind, Span, Us, Word, WordRange};

use super::{
    Listened,
    frames::{BANDS, Frame, Track, band_above},
    pitch::semitones,
    quantile,
};

/// A held vowel lasts at least this long: fillers usually take 200 to 500 ms, vowels in fluent speech
/// 50 to 150 ms (Shriberg 2001).
const HELD_FRAMES_MIN: usize = 18;
/// One that no word names must be longer, and silent on both sides.
const LONE_US_MIN: Us = 220_000;
/// Held sound longer than this is singing or a machine.
const HELD_FRAMES_MAX: usize = 150;
/// A held vowel is at most this much softer than voiced sound usually is in this recording.
const SOFTER_DB_MAX: f32 = 20.0;
/// The most that the spectrum's shape may change in 30 ms, decibels a band on average.
const CHANGE_DB_MAX: f32 = 2.5;
/// Frames between which that change is measured.
const CHANGE_FRAMES: usize = 3;
/// A change may last this long inside a held vowel: from "uh" to "m".
const TURN_FRAMES: usize = 6;
/// After it the sound is held for at least this long again.
const TURNED_FRAMES_MIN: usize = 4;
/// The most that the pitch may move while it is held, semitones between its 10% and 90% points.
const PITCH_ST_MAX: f64 = 1.6;
/// A central vowel is at least this much louder from 450 to 1700 Hz than from 2000 to 3500 Hz, decibels
/// a band: front vowels as in "see" are the other way round.
const CENTRAL_DB_MIN: f32 = 6.0;
/// A silence beside a filler is at least this much softer than the filler, for at least this long.
const SILENT_DB: f32 = 12.0;
const SILENT_FRAMES: usize = 8;
/// A filler's own onset and end may take this much from it to the silence.
const NEAR_FRAMES: usize = 9;
/// How far a recogniser's time for "um" may be from where it was said.
const NAMED_US: Us = 600_000;
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

/// A vowel that is held beside a silence.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Held {
    span: Span,
    /// Whether there is silence before and after.
    alone: bool,
}

/// The possible fillers of an answer, in order.
pub(super) fn find(listened: &Listened<'_>) -> Vec<Filler> {
    let held: Vec<Held> =
        listened.tracks.iter().flat_map(|track| held_vowels(track, listened.voiced)).collect();
    let words = listened.words;
    let named = named(&held, words);
    let mut fillers = Vec::new();
    for (i, held) in held.iter().enumerate() {
        if let Some((word, _)) = named.iter().find(|(_, held)| *held == i) {
            fillers.push(Filler {
                kind: FillerKind::Acoustic,
                text: words[*word].key(),
                span: Some(held.span),
                range: Some(WordRange::new(*word, *word + 1)),
                probability: BOTH_PROBABILITY,
                struck: false,
            });
        } else if held.alone
            && held.span.micros() >= LONE_US_MIN
            && covered_share(held.span, words) <= COVERED_SHARE_MAX
            && !hesitations(words).any(|(_, said)| apart_us(said, held.span) <= NAMED_US)
        {
            fillers.push(Filler {
                kind: FillerKind::Acoustic,
                text: "uh".to_owned(),
                span: Some(held.span),
                range: None,
                probability: HEARD_PROBABILITY,
                struck: false,
            });
        }
    }
    fillers
}

/// Recognised hesitations, each with its word's index and time.
fn hesitations(words: &[Word]) -> impl Iterator<Item = (usize, Span)> {
    let known = |word: &Word| HESITATIONS.contains(&word.key().as_str());
    let all = words.iter().enumerate().filter(move |(_, word)| known(word));
    all.filter_map(|(index, word)| Some((index, word.span?)))
}

/// Which hesitation of the words names which held vowel: each the nearest that is still free.
fn named(held: &[Held], words: &[Word]) -> Vec<(usize, usize)> {
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (word, said) in hesitations(words) {
        let free = (0..held.len()).filter(|i| !pairs.iter().any(|(_, taken)| taken == i));
        let nearest = free
            .map(|i| (apart_us(said, held[i].span), i))
            .filter(|(apart_us, _)| *apart_us <= NAMED_US)
            .min();
        pairs.extend(nearest.map(|(_, i)| (word, i)));
    }
    pairs
}

/// The time between two spans; 0 when they overlap.
fn apart_us(a: Span, b: Span) -> Us {
    (a.start_us - b.end_us).max(b.start_us - a.end_us).max(0)
}

/// How much of `span` recognised words take.
fn covered_share(span: Span, words: &[Word]) -> f64 {
    let covered: Us = words
        .iter()
        .filter_map(|word| Some((word, word.span?)))
        .map(|(word, said)| plausible(word, said, span).overlap_us(span))
        .sum();
    covered as f64 / span.micros().max(1) as f64
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

/// The central vowels that are held beside a silence, where voice activity found speech.
fn held_vowels(track: &Track, voiced: &[Span]) -> Vec<Held> {
    let frames = &track.frames;
    let mut speech = vec![false; frames.len()];
    for span in voiced {
        speech[track.within(*span)].fill(true);
    }
    let mut levels: Vec<f64> = frames
        .iter()
        .zip(&speech)
        .filter(|(frame, speech)| **speech && frame.f0_hz > 0.0)
        .map(|(frame, _)| f64::from(frame.level_db))
        .collect();
    let Some(usual_db) = quantile(&mut levels, 0.5) else { return Vec::new() };
    let loud_db = usual_db as f32 - SOFTER_DB_MAX;
    let voiced: Vec<bool> = frames
        .iter()
        .zip(speech)
        .map(|(frame, speech)| speech && frame.f0_hz > 0.0 && frame.level_db > loud_db)
        .collect();
    let mut found = Vec::new();
    let mut first = 0;
    while first < frames.len() {
        if !voiced[first] {
            first += 1;
            continue;
        }
        let end = held_until(frames, &voiced, first);
        let held = &frames[first..end];
        if (HELD_FRAMES_MIN..=HELD_FRAMES_MAX).contains(&held.len()) && flat(held) && central(held)
        {
            let (before, after) = silence_beside(frames, first, end);
            if before || after {
                found.push(Held { span: track.span(first, end), alone: before && after });
            }
        }
        first = end;
    }
    found
}

/// Where the sound that is held from `first` on ends.
fn held_until(frames: &[Frame], voiced: &[bool], first: usize) -> usize {
    let steady = |i: usize| {
        voiced[i]
            && (i < first + CHANGE_FRAMES
                || change_db(&frames[i - CHANGE_FRAMES], &frames[i]) <= CHANGE_DB_MAX)
    };
    let (mut end, mut turned) = (first + 1, false);
    while end < frames.len() {
        if steady(end) {
            end += 1;
            continue;
        }
        // Once the mouth may close: what follows must be held, too.
        let held_again = |i: &usize| (*i..(i + TURNED_FRAMES_MIN).min(frames.len())).all(steady);
        let next = (end..(end + TURN_FRAMES).min(frames.len())).find(held_again);
        match next {
            Some(next) if !turned && (end..next).all(|i| frames[i].f0_hz > 0.0) => {
                turned = true;
                end = next + 1;
            }
            _ => break,
        }
    }
    end
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
    let low = quantile(&mut pitches, 0.1);
    let high = quantile(&mut pitches, 0.9);
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

/// Whether there is a silence right before, and right after.
fn silence_beside(frames: &[Frame], first: usize, end: usize) -> (bool, bool) {
    let mut levels: Vec<f64> =
        frames[first..end].iter().map(|frame| f64::from(frame.level_db)).collect();
    let silent_db = quantile(&mut levels, 0.5).unwrap_or(0.0) as f32 - SILENT_DB;
    let silent = |range: Range<usize>| frames[range].iter().all(|f| f.level_db < silent_db);
    let before = (0..=NEAR_FRAMES).any(|near| {
        let edge = first.saturating_sub(near);
        silent(edge.saturating_sub(SILENT_FRAMES)..edge)
    });
    let after = (0..=NEAR_FRAMES).any(|near| {
        let edge = (end + near).min(frames.len());
        silent(edge..(edge + SILENT_FRAMES).min(frames.len()))
    });
    (before, after)
}
