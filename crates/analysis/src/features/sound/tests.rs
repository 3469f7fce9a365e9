use std::f64::consts::TAU;

use interview::{Span, Us, Word};

use super::{Listened, Reliability, SAMPLE_HZ, Track, Tracker, measure};
use crate::input::{Measure, Sound, Switches};

/// A source of numbers that look random and are the same each time.
pub(super) struct Noise(pub(super) u64);

impl Noise {
    pub(super) fn next(&mut self) -> f32 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 40) as f32 / (1_u64 << 24) as f32) * 2.0 - 1.0
    }
}

/// One part of a made-up recording.
#[derive(Clone, Copy)]
pub(super) enum Part {
    /// Only the noise of the room.
    Silence { ms: usize },
    /// A voice whose pitch goes from one frequency to another, with a vowel of these formants.
    Voice { ms: usize, from_hz: f64, to_hz: f64, formants: [f64; 3], gain: f64 },
}

/// The mouth at rest.
const SCHWA: [f64; 3] = [550.0, 1_300.0, 2_500.0];
/// The vowel of "see".
const EE: [f64; 3] = [300.0, 2_300.0, 3_000.0];

pub(super) fn silence(ms: usize) -> Part {
    Part::Silence { ms }
}

pub(super) fn voice(ms: usize, from_hz: f64, to_hz: f64) -> Part {
    Part::Voice { ms, from_hz, to_hz, formants: SCHWA, gain: 1.0 }
}

/// Speech: vowels of changing shape and pitch, 90 ms each.
pub(super) fn babble(ms: usize, around_hz: f64) -> Vec<Part> {
    const SHAPES: [[f64; 3]; 4] =
        [[700.0, 1_100.0, 2_500.0], EE, [450.0, 900.0, 2_300.0], [600.0, 1_800.0, 2_600.0]];
    (0..ms / 90)
        .map(|i| {
            let bend = 1.0 + 0.12 * (i as f64 * 1.7).sin();
            Part::Voice {
                ms: 90,
                from_hz: around_hz * bend,
                to_hz: around_hz * (2.0 - bend),
                formants: SHAPES[i % SHAPES.len()],
                gain: 0.6 + 0.4 * (i as f64 * 0.9).sin().abs(),
            }
        })
        .collect()
}

/// Harmonics of a moving fundamental under three formants, above a little noise.
pub(super) fn sound(parts: &[Part], noise_level: f32) -> Vec<f32> {
    let mut noise = Noise(7);
    let mut samples = Vec::new();
    let mut phase = 0.0_f64;
    for part in parts {
        match *part {
            Part::Silence { ms } => {
                samples.extend((0..ms * SAMPLE_HZ / 1000).map(|_| noise_level * noise.next()));
            }
            Part::Voice { ms, from_hz, to_hz, formants, gain } => {
                let count = ms * SAMPLE_HZ / 1000;
                for i in 0..count {
                    let part = i as f64 / count as f64;
                    let f0_hz = from_hz * (to_hz / from_hz).powf(part);
                    phase += f0_hz / SAMPLE_HZ as f64;
                    let harmonics =
                        (1..40).map(|n| f64::from(n) * f0_hz).take_while(|hz| *hz < 5_000.0);
                    let value: f64 = harmonics
                        .enumerate()
                        .map(|(n, hz)| {
                            let near = |formant: f64| (-((hz - formant) / 250.0).powi(2)).exp();
                            let weight = formants.iter().map(|formant| near(*formant)).sum::<f64>();
                            (0.05 + weight) * (TAU * (n + 1) as f64 * phase).sin() / (n + 1) as f64
                        })
                        .sum();
                    let edge = (i.min(count - i) as f64 / 80.0).min(1.0);
                    samples.push((0.15 * gain * edge * value) as f32 + noise_level * noise.next());
                }
            }
        }
    }
    samples
}

pub(super) fn length_us(parts: &[Part]) -> Us {
    let ms = |part: &Part| match part {
        Part::Silence { ms } | Part::Voice { ms, .. } => *ms as Us,
    };
    parts.iter().map(ms).sum::<Us>() * 1000
}

/// Where voice activity would find speech: every part with a voice, joined over gaps up to 200 ms.
pub(super) fn voiced(parts: &[Part], start_us: Us) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut at_us = start_us;
    for part in parts {
        let end_us = at_us + length_us(&[*part]);
        if matches!(part, Part::Voice { .. }) {
            match spans.last_mut() {
                Some(last) if at_us - last.end_us <= 200_000 => last.end_us = end_us,
                _ => spans.push(Span::new(at_us, end_us)),
            }
        }
        at_us = end_us;
    }
    spans
}

fn track(parts: &[Part], start_us: Us, noise_level: f32) -> Track {
    let mut tracker = Tracker::new(start_us);
    for piece in sound(parts, noise_level).chunks(777) {
        tracker.push(piece);
    }
    tracker.finish()
}

struct Setting<'a> {
    words: &'a [Word],
    reliability: Reliability,
    switches: Switches,
    noise_level: f32,
}

impl Default for Setting<'_> {
    fn default() -> Self {
        Self {
            words: &[],
            reliability: Reliability::default(),
            switches: Switches::default(),
            noise_level: 0.0005,
        }
    }
}

const START_US: Us = 4_000_000;

fn measured(parts: &[Part], setting: &Setting<'_>) -> Sound {
    let track = track(parts, START_US, setting.noise_level);
    measure(&Listened {
        tracks: &[track],
        question_end_us: Some(START_US - 500_000),
        words: setting.words,
        voiced: &voiced(parts, START_US),
        reliability: setting.reliability,
        switches: &setting.switches,
    })
}

pub(super) fn value(sound: &Sound, name: &str) -> f64 {
    let found = sound.features.iter().find(|feature| feature.name.0 == name);
    found.unwrap_or_else(|| panic!("no {name} in {:?}", sound.left_out)).value
}

pub(super) fn withheld(sound: &Sound, name: &str) -> bool {
    sound.left_out.iter().any(|one| one.what == name)
        && !sound.features.iter().any(|feature| feature.name.0 == name)
}

#[test]
fn a_known_pitch_is_found_from_a_deep_voice_to_a_high_one() {
    for f0_hz in [75.0, 110.0, 200.0, 330.0, 440.0] {
        let track = track(&[voice(1_000, f0_hz, f0_hz)], 0, 0.0005);
        let inner = &track.frames[10..90];
        for (i, frame) in inner.iter().enumerate() {
            let off = (f64::from(frame.f0_hz) / f0_hz).log2().abs() * 12.0;
            assert!(off < 0.3, "{f0_hz} Hz: frame {i} has {} Hz", frame.f0_hz);
        }
    }
}

#[test]
fn a_glide_is_followed_without_a_jump() {
    let track = track(&[voice(2_000, 100.0, 300.0)], 0, 0.0005);
    for (i, frame) in track.frames.iter().enumerate().take(190).skip(10) {
        let expected = 100.0 * 3.0_f64.powf((i as f64 + 0.5) / 200.0);
        let off = (f64::from(frame.f0_hz) / expected).log2().abs() * 12.0;
        assert!(off < 0.7, "frame {i}: {} Hz for {expected}", frame.f0_hz);
    }
}

#[test]
fn noise_has_no_pitch() {
    let mut noise = Noise(3);
    let samples: Vec<f32> = (0..SAMPLE_HZ).map(|_| 0.1 * noise.next()).collect();
    let mut tracker = Tracker::new(0);
    tracker.push(&samples);
    let track = tracker.finish();
    assert_eq!(track.frames.len(), 100);
    let pitched = track.frames.iter().filter(|frame| frame.f0_hz > 0.0).count();
    assert!(pitched <= 3, "{pitched} of 100 frames of noise have a pitch");
}

#[test]
fn the_spread_of_the_pitch_is_that_of_the_voice() {
    let spoken = |begins_hz: [f64; 2], to_hz: f64| {
        let voices = (0..20).map(|i| voice(300, begins_hz[i % 2], to_hz));
        let parts: Vec<Part> = [silence(500)].into_iter().chain(voices).collect();
        measured(&parts, &Setting::default())
    };
    let (lively, flat) = (spoken([120.0, 170.0], 145.0), spoken([146.0, 146.0], 144.0));
    assert!(value(&flat, "pitch_spread_st") < 0.3);
    let spread = value(&lively, "pitch_spread_st");
    // Even glides from 120 and from 170 to 145 Hz: 1.7 semitones around their middle.
    assert!((1.2..2.2).contains(&spread), "{spread}");
    assert!((value(&lively, "pitch_median_hz") - 145.0).abs() < 4.0);
}

#[test]
fn pauses_are_counted_where_they_are() {
    let mut parts = vec![silence(700)];
    parts.extend(babble(3_000, 130.0));
    parts.push(silence(600));
    parts.extend(babble(2_970, 130.0));
    parts.push(silence(180));
    parts.extend(babble(2_970, 130.0));
    parts.push(silence(1_000));
    let sound = measured(&parts, &Setting::default());
    assert_eq!(sound.pauses.len(), 1, "{:?}", sound.pauses);
    let pause = sound.pauses[0];
    // 33 whole vowels of 90 ms fit into 3 s.
    let begin_us = START_US + 700_000 + 2_970_000;
    assert!((pause.start_us - begin_us).abs() <= 40_000, "{pause:?}");
    assert!((pause.micros() - 600_000).abs() <= 60_000, "{pause:?}");
    assert!((value(&sound, "pause_median_s") - 0.6).abs() < 0.06);
    let latency_us = sound.latency_us.expect("the question's end is known");
    assert!((latency_us - 1_200_000).abs() <= 40_000, "{latency_us}");
    // One pause in 9.69 s.
    assert!((value(&sound, "pause_rate_per_min") - 60.0 / 9.69).abs() < 0.3);
}

#[test]
fn what_lies_between_two_turns_is_no_pause() {
    let turn = babble(3_000, 120.0);
    let second_us = START_US + 20_000_000;
    let tracks = [track(&turn, START_US, 0.0005), track(&turn, second_us, 0.0005)];
    let mut spans = voiced(&turn, START_US);
    spans.extend(voiced(&turn, second_us));
    let sound = measure(&Listened {
        tracks: &tracks,
        question_end_us: None,
        words: &[],
        voiced: &spans,
        reliability: Reliability::default(),
        switches: &Switches::default(),
    });
    assert!(sound.pauses.is_empty(), "{:?}", sound.pauses);
    assert!(sound.latency_us.is_none() && withheld(&sound, "latency_s"));
}

#[test]
fn what_cannot_be_measured_is_withheld_with_its_reason() {
    let parts = [vec![silence(600)], babble(6_000, 140.0), vec![silence(600)]].concat();
    let quiet = measured(&parts, &Setting::default());
    assert!(value(&quiet, "loudness_spread_db") > 0.5);
    let gained = Setting {
        reliability: Reliability {
            gain_control: true,
            noise_suppression: true,
            ..Reliability::default()
        },
        ..Setting::default()
    };
    let gained = measured(&parts, &gained);
    assert!(withheld(&gained, "loudness_spread_db") && gained.level_db.is_empty());
    assert!(withheld(&gained, "um and uh in the sound"));
    let noisy = measured(&parts, &Setting { noise_level: 0.08, ..Setting::default() });
    assert!(withheld(&noisy, "loudness_spread_db") && withheld(&noisy, "pitch_spread_st"));
    let thin = Reliability { coded_bits_per_s: Some(16_000), ..Reliability::default() };
    let thin = measured(&parts, &Setting { reliability: thin, ..Setting::default() });
    for sound in [&noisy, &thin] {
        assert!(withheld(sound, "pause_rate_per_min") && withheld(sound, "articulation_sps"));
    }
    assert!(!withheld(&quiet, "articulation_sps"));
    let short = [vec![silence(600)], babble(900, 140.0), vec![silence(600)]].concat();
    let short = measured(&short, &Setting::default());
    assert!(withheld(&short, "pitch_spread_st") && withheld(&short, "loudness_spread_db"));
}

#[test]
fn silence_measures_nothing_and_says_so() {
    let sound = measured(&[silence(5_000)], &Setting::default());
    assert!(sound.features.is_empty() && sound.pauses.is_empty() && sound.fillers.is_empty());
    assert!(withheld(&sound, "sound"));
}

#[test]
fn a_measure_that_is_off_is_not_computed() {
    let off =
        Switches::without([Measure::Pitch, Measure::Loudness, Measure::Pauses, Measure::Fillers]);
    let parts =
        [babble(3_000, 130.0), vec![silence(500), voice(400, 120.0, 118.0), silence(400)]].concat();
    let sound = measured(&parts, &Setting { switches: off, ..Setting::default() });
    assert!(sound.features.is_empty() && sound.left_out.is_empty());
    assert!(sound.pauses.is_empty() && sound.fillers.is_empty() && sound.latency_us.is_none());
    assert!(sound.pitch_st.is_empty() && sound.level_db.is_empty());
}

#[test]
fn a_held_vowel_at_a_silence_is_a_possible_filler_and_speech_is_none() {
    let speech = babble(2_970, 125.0);
    let with = [
        speech.clone(),
        vec![silence(400), voice(380, 118.0, 114.0), silence(400)],
        speech.clone(),
    ]
    .concat();
    let sound = measured(&with, &Setting::default());
    assert_eq!(sound.fillers.len(), 1, "{:?}", sound.fillers);
    let span = sound.fillers[0].span.expect("it was heard");
    let begin_us = START_US + 2_970_000 + 400_000;
    assert!(
        (span.start_us - begin_us).abs() < 60_000 && (span.micros() - 380_000).abs() < 80_000,
        "{span:?}"
    );
    assert!(
        measured(&[speech.clone(), vec![silence(800)], speech].concat(), &Setting::default())
            .fillers
            .is_empty()
    );
}

#[test]
fn no_filler_is_heard_in_a_glide_a_bright_vowel_or_a_recognised_word() {
    let speech = babble(2_970, 125.0);
    let around = |middle: Part| {
        [speech.clone(), vec![silence(400), middle, silence(400)], speech.clone()].concat()
    };
    let glide = measured(&around(voice(380, 110.0, 150.0)), &Setting::default());
    assert!(glide.fillers.is_empty(), "{:?}", glide.fillers);
    let bright = Part::Voice { ms: 380, from_hz: 118.0, to_hz: 116.0, formants: EE, gain: 1.0 };
    let bright = measured(&around(bright), &Setting::default());
    assert!(bright.fillers.is_empty(), "{:?}", bright.fillers);
    let begin_us = START_US + 2_970_000 + 400_000;
    let span = Span::new(begin_us - 50_000, begin_us + 400_000);
    let held = around(voice(380, 118.0, 116.0));
    let word = [Word::timed("her", span)];
    let covered = measured(&held, &Setting { words: &word, ..Setting::default() });
    assert!(covered.fillers.is_empty(), "a word was recognised there: {:?}", covered.fillers);
    let um = [Word::timed("Um,", span)];
    let both = measured(&held, &Setting { words: &um, ..Setting::default() });
    assert_eq!(both.fillers.len(), 1);
    assert_eq!((both.fillers[0].text.as_str(), both.fillers[0].probability > 0.9), ("um", true));
    let drawn_out = [Word::timed("her", Span::new(begin_us - 900_000, begin_us + 400_000))];
    let behind = measured(&held, &Setting { words: &drawn_out, ..Setting::default() });
    assert_eq!(behind.fillers.len(), 1, "no word of three letters takes 1.3 s");
}
