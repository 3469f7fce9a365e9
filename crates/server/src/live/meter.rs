//! What a microphone is like: how loud the speech in it is, how loud the rest, and what to do about it.

use std::collections::VecDeque;

use crate::wire::check::{CheckMessage, Verdict};

/// Levels that count: the last ten seconds, four a second.
const LEVELS_MAX: usize = 40;
/// Samples beyond this (of 1) are cut off, or as good as.
const CLIPPED: f32 = 0.985;
/// A larger share of cut samples can be heard.
const CLIPPED_SHARE_MAX: f64 = 0.000_5;
/// Speech below this is too soft for a recogniser, dB below full scale.
const QUIET_DB: f32 = -45.0;
/// Speech that stands less than this above the background is hard to tell from it, dB.
const SNR_DB_MIN: f32 = 12.0;
/// Where no voice activity is here: this much above the background counts as speech, dB.
const ABOVE_BACKGROUND_DB: f32 = 12.0;
/// Fewer levels of speech than this (half a second) are a cough.
const SPEECH_LEVELS_MIN: usize = 2;

/// Gathers what is heard.
#[derive(Debug, Default)]
pub struct Meter {
    levels: VecDeque<(f32, bool)>,
    /// Levels while the interviewer's voice was playing.
    echoes: VecDeque<f32>,
    samples: u64,
    clipped: u64,
}

impl Meter {
    /// Takes samples, as they come.
    pub fn push(&mut self, samples: &[f32]) {
        self.samples += samples.len() as u64;
        self.clipped += samples.iter().filter(|sample| sample.abs() >= CLIPPED).count() as u64;
    }

    /// Takes the level of the last quarter of a second and whether it was speech; where nobody can
    /// tell, the level itself decides. Says whether it counts as speech.
    pub fn level(&mut self, db: f32, speech: Option<bool>) -> bool {
        let speech = speech.unwrap_or_else(|| {
            let background = self.levels.iter().map(|(db, _)| *db).fold(f32::INFINITY, f32::min);
            db > QUIET_DB - 10.0 && db > background + ABOVE_BACKGROUND_DB
        });
        if self.levels.len() == LEVELS_MAX {
            self.levels.pop_front();
        }
        self.levels.push_back((db, speech));
        speech
    }

    /// Takes the level of the last quarter of a second, in which the interviewer's voice was playing.
    pub fn echo(&mut self, db: f32) {
        if self.echoes.len() == LEVELS_MAX {
            self.echoes.pop_front();
        }
        self.echoes.push_back(db);
    }

    /// What is to be said of it; `words` are what was understood.
    #[must_use]
    pub fn check(&self, words: Option<String>) -> CheckMessage {
        let of = |wanted: bool| {
            let levels = self.levels.iter().filter(|(_, speech)| *speech == wanted);
            let mut levels: Vec<f32> = levels.map(|(db, _)| *db).collect();
            levels.sort_by(f32::total_cmp);
            levels
        };
        let (speech, rest) = (of(true), of(false));
        // The quieter half of what is no speech: the ends of words reach into the rest of it.
        let lowest = speech.first().copied().unwrap_or(-100.0);
        let noise_db = rest.get(rest.len() / 4).copied().unwrap_or(lowest);
        let speech_db = (speech.len() >= SPEECH_LEVELS_MIN).then(|| speech[speech.len() / 2]);
        let snr_db = speech_db.filter(|_| !rest.is_empty()).map(|db| (db - noise_db).max(0.0));
        let clipping = self.clipped as f64 > self.samples as f64 * CLIPPED_SHARE_MAX;
        let mut echoes: Vec<f32> = self.echoes.iter().copied().collect();
        echoes.sort_by(f32::total_cmp);
        let echo_db = echoes.get(echoes.len() * 3 / 4).copied();
        let verdict = match speech_db {
            None => Verdict::Silent,
            Some(_) if clipping => Verdict::Clipping,
            Some(db) if db < QUIET_DB => Verdict::Quiet,
            Some(_) if snr_db.is_some_and(|snr_db| snr_db < SNR_DB_MIN) => Verdict::Noisy,
            Some(_) => Verdict::Good,
        };
        let advice = advice(verdict).to_owned();
        CheckMessage::Check {
            noise_db,
            speech_db,
            snr_db,
            clipping,
            echo_db,
            words,
            verdict,
            advice,
        }
    }
}

fn advice(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Good => "You can be heard well.",
        Verdict::Quiet => "You are hard to hear. Move closer, or turn the microphone up.",
        Verdict::Noisy => {
            "There is much noise around you. Close a window or a door, or use a headset."
        }
        Verdict::Clipping => "You are too loud. Move back, or turn the microphone down.",
        Verdict::Silent => {
            "No speech was heard. Say a sentence; if that changes nothing, choose another microphone."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(levels: &[(f32, bool, usize)], peak: f32, expected: Verdict) {
        let mut meter = Meter::default();
        for (db, speech, count) in levels {
            for _ in 0..*count {
                meter.push(&[0.0, 0.01, peak]);
                meter.level(*db, Some(*speech));
            }
        }
        let CheckMessage::Check { verdict, .. } = meter.check(None) else {
            panic!("a check is a check");
        };
        assert_eq!(verdict, expected, "{levels:?}");
    }

    #[test]
    fn each_fault_is_told_from_the_others() {
        check(&[(-65.0, false, 8), (-25.0, true, 12)], 0.3, Verdict::Good);
        check(&[(-80.0, false, 8), (-52.0, true, 12)], 0.1, Verdict::Quiet);
        check(&[(-32.0, false, 8), (-25.0, true, 12)], 0.3, Verdict::Noisy);
        check(&[(-65.0, false, 8), (-8.0, true, 12)], 1.0, Verdict::Clipping);
        check(&[(-65.0, false, 19), (-30.0, true, 1)], 0.3, Verdict::Silent);
        check(&[(-25.0, true, 20)], 0.3, Verdict::Good);
    }

    #[test]
    fn without_voice_activity_what_stands_out_is_speech() {
        let mut meter = Meter::default();
        let heard: Vec<bool> =
            [-60.0, -61.0, -25.0, -28.0, -59.0].map(|db| meter.level(db, None)).to_vec();
        assert_eq!(heard, [false, false, true, true, false]);
    }

    #[test]
    fn the_interviewers_own_voice_is_no_speech() {
        let mut meter = Meter::default();
        for _ in 0..20 {
            meter.level(-70.0, Some(false));
            meter.echo(-33.0);
        }
        let CheckMessage::Check { verdict, echo_db, .. } = meter.check(None) else {
            panic!("a check is a check");
        };
        assert_eq!((verdict, echo_db), (Verdict::Silent, Some(-33.0)));
    }

    #[test]
    fn what_was_long_ago_does_not_count() {
        let mut meter = Meter::default();
        for _ in 0..20 {
            meter.level(-20.0, Some(true));
        }
        for _ in 0..LEVELS_MAX {
            meter.level(-70.0, Some(false));
        }
        let CheckMessage::Check { verdict, speech_db, .. } = meter.check(None) else {
            panic!("a check is a check");
        };
        assert_eq!((verdict, speech_db), (Verdict::Silent, None));
    }
}
