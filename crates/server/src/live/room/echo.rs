//! What is played to the candidate, told to the ears: they tell the interviewer's voice that comes back from a
//! loudspeaker from the candidate's.

use conversation::UtteranceId;
use engines::{LISTEN_HZ, audio::Resampler};
use interview::Us;

use super::Room;
use crate::live::ear::Ear;

/// How much softer a ducked line is, as the browser plays it, dB.
const DUCKED_DB: f32 = -20.0;

/// The sound of one utterance on its way to the ears.
#[derive(Default)]
pub(super) struct Reference {
    resampler: Option<Resampler>,
    /// Samples at 16 kHz that the ears were not told of yet, and how many they were told of.
    waiting: Vec<f32>,
    told: u64,
}

impl Reference {
    fn push(&mut self, samples: &[i16], sample_rate: u32) {
        if self.resampler.is_none() {
            self.resampler = Resampler::new(sample_rate, LISTEN_HZ).ok();
        }
        let samples: Vec<f32> = samples.iter().map(|x| f32::from(*x) / 32_768.0).collect();
        if let Some(resampler) = &mut self.resampler
            && let Err(error) = resampler.push(&samples, &mut self.waiting)
        {
            tracing::warn!("a line cannot be compared with what is heard: {error}");
        }
    }

    /// What the ears were not told of yet, and when it is played if the utterance began at
    /// `started_us`.
    fn take(&mut self, started_us: Us) -> (Us, Vec<f32>) {
        let before_us = self.told * 1_000_000 / u64::from(LISTEN_HZ);
        self.told += self.waiting.len() as u64;
        (started_us + Us::try_from(before_us).unwrap_or(0), std::mem::take(&mut self.waiting))
    }
}

impl Room {
    /// A piece of an utterance was made and goes out to be played.
    pub(super) fn sounding(&mut self, id: UtteranceId, samples: &[i16]) {
        let Some(utterance) = self.playing.find(id) else { return };
        utterance.reference.push(samples, utterance.sample_rate);
        self.tell_ears(id);
    }

    /// Tells the ears of what is known of an utterance, once it has begun to be played.
    pub(super) fn tell_ears(&mut self, id: UtteranceId) {
        let Some(utterance) = self.playing.find(id) else { return };
        let Some(started_us) = utterance.started_us else { return };
        let (at_us, samples) = utterance.reference.take(started_us);
        self.each_ear(|ear| ear.played(at_us, &samples));
    }

    /// Playing stops now; what the ears were told of what follows is not played.
    pub(super) fn tell_ears_stopped(&mut self) {
        let now_us = self.clock.now_us();
        self.each_ear(|ear| {
            ear.playing_stopped(now_us);
            ear.played_at(0.0);
        });
    }

    /// What is being played is ducked, or loud again.
    pub(super) fn tell_ears_ducked(&mut self, ducked: bool) {
        self.each_ear(|ear| ear.played_at(if ducked { DUCKED_DB } else { 0.0 }));
    }

    fn each_ear(&mut self, mut tell: impl FnMut(&mut Ear)) {
        for microphone in self.microphones.values_mut() {
            if let Some(ear) = microphone.ear() {
                tell(ear);
            }
        }
    }
}
