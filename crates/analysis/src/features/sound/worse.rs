//! Known pitch, known pauses, and sound that gets worse: what is still measured must be right, what
//! cannot be is withheld. The bounds are those that `cargo xtask evals delivery` holds real speech to.

use std::f32::consts::TAU;

use interview::{Span, Us};

use super::{
    Listened, Reliability, SAMPLE_HZ, Track, Tracker, measure,
    tests::{Noise, Part, babble, length_us, silence, sound, value, voice, voiced, withheld},
};
use crate::input::{Sound, Switches};

/// A deep and a high voice.
const VOICES_HZ: [f64; 2] = [105.0, 210.0];
const PAUSES_MS: [usize; 5] = [400, 700, 450, 1_200, 350];

/// Speech with pauses between its phrases.
fn answer(around_hz: f64) -> Vec<Part> {
    let phrases = PAUSES_MS.iter().flat_map(|ms| {
        let mut phrase = babble(1_800, around_hz);
        phrase.push(silence(*ms));
        phrase
    });
    phrases.chain(babble(1_800, around_hz)).collect()
}

fn tracked(samples: &[f32]) -> Track {
    let mut tracker = Tracker::new(0);
    for piece in samples.chunks(1_024) {
        tracker.push(piece);
    }
    tracker.finish()
}

fn heard(track: &Track, voiced: &[Span]) -> Sound {
    measure(&Listened {
        tracks: std::slice::from_ref(track),
        question_end_us: None,
        words: &[],
        voiced,
        reliability: Reliability::default(),
        switches: &Switches::default(),
    })
}

/// Noise this far below the mean power of all the speech.
fn with_noise(samples: &[f32], below_db: f32) -> Vec<f32> {
    let mut noise = Noise(11);
    let power = samples.iter().map(|x| x * x).sum::<f32>() / samples.len() as f32;
    // Even noise between -1 and 1 has a third of the power.
    let level = (3.0 * power / 10_f32.powf(below_db / 10.0)).sqrt();
    samples.iter().map(|x| x + level * noise.next()).collect()
}

/// What a telephone leaves: 300 to 3400 Hz, by a windowed sinc.
fn through_telephone(samples: &[f32]) -> Vec<f32> {
    const HALF: usize = 100;
    let sinc = |hz: f32, n: f32| {
        let cycles = 2.0 * hz / SAMPLE_HZ as f32;
        if n == 0.0 { cycles } else { (TAU / 2.0 * cycles * n).sin() / (TAU / 2.0 * n) }
    };
    let taps: Vec<f32> = (0..=2 * HALF)
        .map(|i| {
            let n = i as f32 - HALF as f32;
            let bell = 0.5 + 0.5 * (TAU / 2.0 * n / HALF as f32).cos();
            bell * (sinc(3_400.0, n) - sinc(300.0, n))
        })
        .collect();
    let padded: Vec<f32> = [&[0.0; HALF][..], samples, &[0.0; HALF][..]].concat();
    padded
        .windows(taps.len())
        .map(|near| near.iter().zip(&taps).map(|(x, tap)| x * tap).sum())
        .collect()
}

fn amplified(samples: &[f32], gain_db: f32) -> Vec<f32> {
    let gain = 10_f32.powf(gain_db / 20.0);
    samples.iter().map(|x| (x * gain).clamp(-1.0, 1.0)).collect()
}

/// Where there is voice, by frame.
fn truly_voiced(parts: &[Part], frames: usize) -> Vec<bool> {
    let mut truth = Vec::with_capacity(frames);
    let mut end_us: Us = 0;
    for part in parts {
        end_us += length_us(&[*part]);
        let upto = usize::try_from(end_us / super::HOP_US).unwrap_or(frames).min(frames);
        truth.resize(upto, matches!(part, Part::Voice { .. }));
    }
    truth.resize(frames, false);
    truth
}

#[derive(Debug)]
struct Errors {
    voicing: f64,
    median_share: f64,
    gross: f64,
}

/// How far the pitch of a track is from what it was made of.
fn pitch_errors(parts: &[Part], clean: &Track, track: &Track) -> Errors {
    let truth = truly_voiced(parts, track.frames.len());
    let pairs = || track.frames.iter().zip(&clean.frames).zip(&truth);
    let wrong = pairs().filter(|((frame, _), voiced)| (frame.f0_hz > 0.0) != **voiced).count();
    let both: Vec<(f64, f64)> = pairs()
        .filter(|((frame, clean), _)| frame.f0_hz > 0.0 && clean.f0_hz > 0.0)
        .map(|((frame, clean), _)| (f64::from(frame.f0_hz), f64::from(clean.f0_hz)))
        .collect();
    let gross = both.iter().filter(|(f0_hz, clean_hz)| (f0_hz / clean_hz - 1.0).abs() > 0.2);
    let median = |mut values: Vec<f64>| super::quantile(&mut values, 0.5).unwrap_or(0.0);
    let (own, other): (Vec<f64>, Vec<f64>) = both.iter().copied().unzip();
    Errors {
        voicing: wrong as f64 / truth.len() as f64,
        median_share: (median(own) / median(other) - 1.0).abs(),
        gross: gross.count() as f64 / both.len().max(1) as f64,
    }
}

#[test]
fn pitch_and_voicing_hold_in_noise_at_any_gain_and_on_the_telephone() {
    for around_hz in VOICES_HZ {
        let parts = answer(around_hz);
        let samples = sound(&parts, 0.0002);
        let clean = tracked(&samples);
        let middle_hz = pitch_errors(&parts, &clean, &clean);
        assert!(middle_hz.voicing <= 0.05, "{around_hz} Hz: {middle_hz:?}");
        for (name, worse) in [
            ("noise", with_noise(&samples, 20.0)),
            ("telephone", through_telephone(&samples)),
            ("louder", amplified(&samples, 12.0)),
            ("softer", amplified(&samples, -12.0)),
        ] {
            let errors = pitch_errors(&parts, &clean, &tracked(&worse));
            assert!(errors.voicing <= 0.05, "{name}, {around_hz} Hz: {errors:?}");
            assert!(errors.median_share <= 0.02, "{name}, {around_hz} Hz: {errors:?}");
            assert!(errors.gross <= 0.01, "{name}, {around_hz} Hz: {errors:?}");
        }
    }
}

#[test]
fn pauses_are_the_same_in_noise_at_any_gain_and_on_the_telephone() {
    let parts = answer(VOICES_HZ[0]);
    let (samples, voiced) = (sound(&parts, 0.0002), voiced(&parts, 0));
    let pauses = |samples: &[f32]| heard(&tracked(samples), &voiced).pauses;
    let clean = pauses(&samples);
    assert_eq!(clean.len(), PAUSES_MS.len(), "{clean:?}");
    for (pause, ms) in clean.iter().zip(PAUSES_MS) {
        // The smoothed level falls some 25 ms after a voice that breaks off, and rises as early.
        let short_us = ms as Us * 1_000 - pause.micros();
        assert!((0..=60_000).contains(&short_us), "{pause:?} for {ms} ms");
    }
    for (name, worse) in [
        ("noise", with_noise(&samples, 20.0)),
        ("telephone", through_telephone(&samples)),
        ("softer", amplified(&samples, -12.0)),
    ] {
        let worse = pauses(&worse);
        assert_eq!(worse.len(), clean.len(), "{name}: {worse:?}");
        for (pause, clean) in worse.iter().zip(&clean) {
            assert!((pause.start_us - clean.start_us).abs() <= 20_000, "{name}: {worse:?}");
            assert!((pause.end_us - clean.end_us).abs() <= 20_000, "{name}: {worse:?}");
        }
    }
}

#[test]
fn spreads_do_not_depend_on_the_gain_or_on_a_little_noise() {
    let parts = answer(VOICES_HZ[1]);
    let (samples, voiced) = (sound(&parts, 0.0002), voiced(&parts, 0));
    let clean = heard(&tracked(&samples), &voiced);
    for worse in [amplified(&samples, -12.0), with_noise(&samples, 20.0)] {
        let worse = heard(&tracked(&worse), &voiced);
        for (name, allowed) in [("pitch_spread_st", 0.3), ("loudness_spread_db", 0.5)] {
            let moved = (value(&worse, name) - value(&clean, name)).abs();
            assert!(moved <= allowed, "{name} moved by {moved}");
        }
    }
}

#[test]
fn a_telephone_an_overdriven_microphone_and_covering_noise_withhold_what_they_move() {
    let parts = answer(VOICES_HZ[0]);
    let (samples, voiced) = (sound(&parts, 0.0002), voiced(&parts, 0));
    let why = |samples: &[f32], what: &str| {
        let sound = heard(&tracked(samples), &voiced);
        assert!(withheld(&sound, what), "{what} in {:?}", sound.features);
        sound.left_out.into_iter().find(|one| one.what == what).map(|one| one.why)
    };
    let telephone = why(&through_telephone(&samples), "pause_rate_per_min");
    assert!(telephone.is_some_and(|why| why.contains("telephone")));
    for what in ["pitch_spread_st", "loudness_spread_db"] {
        let telephone = why(&through_telephone(&samples), what);
        assert!(telephone.is_some_and(|why| why.contains("telephone")));
        let overdriven = why(&amplified(&samples, 36.0), what);
        assert!(overdriven.is_some_and(|why| why.contains("overdriven")));
    }
    for what in ["pitch_spread_st", "loudness_spread_db", "pause_rate_per_min"] {
        let covered = why(&with_noise(&samples, 11.0), what);
        assert!(covered.is_some_and(|why| why.contains("background")));
    }
}

#[test]
fn a_telephone_is_known_whatever_the_pitch_of_the_voice() {
    for around_hz in [95.0, 140.0, 210.0, 270.0, 320.0] {
        let parts = answer(around_hz);
        let (samples, voiced) = (sound(&parts, 0.0002), voiced(&parts, 0));
        let narrow = |samples: &[f32]| {
            let sound = heard(&tracked(samples), &voiced);
            let why = sound.left_out.iter().find(|one| one.what == "pitch_spread_st");
            why.is_some_and(|one| one.why.contains("telephone"))
        };
        let softer = amplified(&through_telephone(&samples), -12.0);
        assert!(narrow(&through_telephone(&samples)) && narrow(&softer), "{around_hz} Hz");
        assert!(!narrow(&samples) && !narrow(&amplified(&samples, -12.0)), "{around_hz} Hz");
    }
}

#[test]
fn a_code_with_few_bits_withholds_what_it_changes() {
    let parts = answer(VOICES_HZ[0]);
    let (track, voiced) = (tracked(&sound(&parts, 0.0002)), voiced(&parts, 0));
    let coded = |coded_bits_per_s| {
        measure(&Listened {
            tracks: std::slice::from_ref(&track),
            question_end_us: None,
            words: &[],
            voiced: &voiced,
            reliability: Reliability { coded_bits_per_s, ..Reliability::default() },
            switches: &Switches::default(),
        })
    };
    for what in ["pitch_spread_st", "loudness_spread_db", "pause_rate_per_min"] {
        assert!(withheld(&coded(Some(16_000)), what), "{what}");
        assert!(!withheld(&coded(Some(32_000)), what) && !withheld(&coded(None), what), "{what}");
    }
}

#[test]
fn an_um_that_voice_activity_missed_is_no_silence_and_a_breath_is_one() {
    let phrase = babble(2_970, 120.0);
    let with = |middle: &[Part]| {
        [&phrase[..], &[silence(500)], middle, &[silence(500)], &phrase[..]].concat()
    };
    let span = |start_us: Us| Span::new(start_us, start_us + 2_970_000);
    let um = with(&[voice(400, 112.0, 108.0)]);
    let activity = [span(0), span(2_970_000 + 1_400_000)];
    let pauses = heard(&tracked(&sound(&um, 0.0005)), &activity).pauses;
    assert_eq!(pauses.len(), 2, "{pauses:?}");
    let mut breathing = sound(&with(&[silence(400)]), 0.0005);
    let mut noise = Noise(5);
    for x in &mut breathing[SAMPLE_HZ * 347 / 100..SAMPLE_HZ * 387 / 100] {
        *x += 0.02 * noise.next();
    }
    let pauses = heard(&tracked(&breathing), &activity).pauses;
    assert_eq!(pauses.len(), 1, "{pauses:?}");
    assert!((pauses[0].micros() - 1_400_000).abs() <= 60_000, "{pauses:?}");
}
