//! The ear: turns the samples of one microphone into what a conversation needs to know of them.
//!
//! It is driven by samples and keeps the time of the stream, so that sound that arrives late (after a
//! lost line) is heard just as it was said. Only voice activity, and whether a voice is an echo of what is
//! played, are computed here (some tenths of a millisecond for each 32 ms); what costs more is handed out as work: captions, turn-end
//! probabilities and the segments whose words are recognised with care.

use engines::{LISTEN_HZ, VoiceActivity, echo::EchoGuard};
use interview::{Span, Us};

/// Samples that voice activity looks at at once: 32 ms.
const CHUNK: usize = 512;
/// Length of a chunk.
const CHUNK_US: Us = 32_000;
/// Above this a silent stretch becomes speech.
const BEGIN_PROBABILITY: f32 = 0.5;
/// Below this speech becomes a silent stretch (hysteresis, as Silero's own utilities use 0.15 less).
const PAUSE_PROBABILITY: f32 = 0.35;
/// A voice that is the interviewer's own, come back from a loudspeaker, with at least this
/// probability is no speech.
const ECHO_LIKELIHOOD: f32 = 0.7;
/// Above this, while the interviewer is heard, one chunk makes it softer until the next ones tell.
const SOUND_PROBABILITY: f32 = 0.3;
/// A sound is reported again after this long without speech: by then it was none.
const SOUND_US_MAX: Us = 300_000;
/// After so many sounds in a row that were no speech, only voice activity is believed.
const SOUNDS_IN_VAIN_MAX: u32 = 2;
/// For this long at the begin of speech it is told how far it is heard, each chunk.
const HEARD_US_MAX: Us = 1_200_000;
/// Speech is reported after this many speaking chunks in a row: 96 ms. A click that falls into two
/// chunks passes by.
const BEGIN_CHUNKS: u32 = 3;
/// The same while the interviewer is heard: 64 ms, so that it is ducked within 150 ms. A click costs
/// no more than that.
const BEGIN_CHUNKS_PLAYING: u32 = 2;
/// A pause is reported after this many silent chunks in a row: 192 ms.
const PAUSE_CHUNKS: u32 = 6;
/// Silence is reported again each time this much has passed.
const SILENCE_EVERY_US: Us = 100_000;
/// A segment ends when a pause lasts this long.
const SEGMENT_PAUSE_US: Us = 600_000;
/// A segment is cut here at the latest: recognisers take 30 s.
const SEGMENT_US_MAX: Us = 28_000_000;
/// Sound before the first speaking chunk that belongs to a segment.
const LEAD_US: Us = 320_000;
/// The first caption of a segment is made this long after its speech was noticed: then a first word is known
/// before half a second of it is over.
const CAPTION_FIRST_US: Us = 200_000;
/// Captions are made again after this much more speech (ENGINES: 0.4 s served well).
const CAPTION_EVERY_US: Us = 400_000;
/// The longest sound that a turn end is judged by.
const TURN_END_SAMPLES: usize = 8 * LISTEN_HZ as usize;
/// Silences at which the sound model is asked whether the turn is over: three times a pause.
const TURN_END_AT_US: [Us; 3] = [200_000, 600_000, 1_500_000];
/// The level meter is moved this often.
const LEVEL_EVERY_US: Us = 250_000;

/// Something the ear noticed, at a time of the interview.
#[derive(Debug, Clone, PartialEq)]
pub enum Sensed {
    /// While the interviewer is heard: something that may become speech stands out since `at_us`.
    Stirred {
        /// Its begin.
        at_us: Us,
    },
    /// Speech that began while the interviewer was heard goes on, and was voiced up to here.
    Heard {
        /// End of the last voiced chunk.
        to_us: Us,
    },
    /// Speech began at `at_us`.
    Began {
        /// Its first voiced chunk.
        at_us: Us,
    },
    /// Speech paused: its last voiced chunk ended at `since_us`.
    Paused {
        /// End of the speech.
        since_us: Us,
        /// How much of the speech was voiced.
        voiced_us: Us,
    },
    /// It is still silent.
    Silent {
        /// End of the speech before.
        since_us: Us,
        /// How long it has been silent.
        ms: u32,
    },
    /// Speech goes on; reported every 100 ms.
    Speaking {
        /// When it began.
        since_us: Us,
        /// How much of it was voiced so far.
        voiced_us: Us,
    },
    /// How loud it is, dB below full scale, and whether it is speech.
    Level {
        /// Loudness.
        db: f32,
        /// Speech.
        speech: bool,
    },
    /// Is the turn over, by this sound? Asked in the pause that began at `since_us`.
    TurnEnd {
        /// End of the speech before.
        since_us: Us,
        /// Up to 8 s of sound, the pause included.
        samples: Vec<f32>,
    },
    /// What are these words, roughly? The open segment, from its beginning.
    Caption {
        /// Begin of the segment, which tells captions of different segments apart.
        segment_us: Us,
        /// Its sound so far.
        samples: Vec<f32>,
    },
    /// What are these words, exactly? A closed segment.
    Segment {
        /// Where it stands.
        span: Span,
        /// Its sound.
        samples: Vec<f32>,
    },
}

/// The ear of one stream.
pub struct Ear {
    activity: Box<dyn VoiceActivity>,
    echo: EchoGuard,
    /// Interview time of the next sample that was not yet looked at.
    now_us: Us,
    pending: Vec<f32>,
    /// The last sound heard, at least `TURN_END_SAMPLES` when there was as much.
    recent: Vec<f32>,
    state: State,
    run: u32,
    /// When a sound was last reported, and how many of them have not become speech.
    stirred_us: Option<Us>,
    in_vain: u32,
    segment: Option<Segment>,
    level_since: Level,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Silence { since_us: Option<Us>, reported_us: Us, asked: usize },
    Speech { since_us: Us, voiced_us: Us, reported_us: Us, last_voiced_us: Us },
}

struct Segment {
    start_us: Us,
    samples: Vec<f32>,
    captioned: usize,
    /// Whether a pause that begins now is not in the last caption's sound yet.
    paused_anew: bool,
}

#[derive(Default)]
struct Level {
    since_us: Us,
    energy: f64,
    samples: usize,
}

impl Ear {
    /// An ear for a stream whose first sample is at `start_us` of the interview.
    pub fn new(activity: Box<dyn VoiceActivity>, start_us: Us) -> Self {
        Self {
            activity,
            echo: EchoGuard::new(),
            now_us: start_us,
            pending: Vec::with_capacity(2 * CHUNK),
            recent: Vec::new(),
            state: State::Silence { since_us: None, reported_us: 0, asked: 0 },
            run: 0,
            stirred_us: None,
            in_vain: 0,
            segment: None,
            level_since: Level { since_us: start_us, ..Level::default() },
        }
    }

    /// Interview time up to which it has heard.
    pub fn now_us(&self) -> Us {
        self.now_us
    }

    /// Whether somebody is speaking.
    pub fn speaking(&self) -> bool {
        matches!(self.state, State::Speech { .. })
    }

    /// The begin of the segment that is open: its words are asked for when it closes.
    pub fn segment_since(&self) -> Option<Us> {
        self.segment.as_ref().map(|segment| segment.start_us)
    }

    /// Samples at 16 kHz of the interviewer are played to the candidate from `at_us` on.
    pub fn played(&mut self, at_us: Us, samples: &[f32]) {
        self.echo.played(at_us, samples);
    }

    /// From now on they are played at this gain, dB.
    pub fn played_at(&mut self, gain_db: f32) {
        self.echo.played_at(gain_db);
    }

    /// Playing stops at `at_us`.
    pub fn playing_stopped(&mut self, at_us: Us) {
        self.echo.stopped(at_us);
    }

    /// Hears samples at 16 kHz that follow the ones before, and says what was noticed.
    ///
    /// # Errors
    /// When voice activity fails.
    pub fn push(&mut self, samples: &[f32]) -> Result<Vec<Sensed>, engines::Error> {
        let mut sensed = Vec::new();
        // At once, not only in whole chunks: every 10 ms count when somebody interrupts.
        self.echo.heard(self.now_us + micros_of(self.pending.len()), samples);
        if let Some(at_us) = self.echo.stirs_since() {
            self.stir(at_us, &mut sensed);
        }
        self.pending.extend_from_slice(samples);
        let mut done = 0;
        while self.pending.len() - done >= CHUNK {
            let mut chunk = [0.0; CHUNK];
            chunk.copy_from_slice(&self.pending[done..done + CHUNK]);
            done += CHUNK;
            self.hear(&chunk, &mut sensed)?;
        }
        self.pending.drain(..done);
        Ok(sensed)
    }

    /// Skips to `at_us` because the device slept; an open segment is closed.
    pub fn skip_to(&mut self, at_us: Us) -> Vec<Sensed> {
        let mut sensed = Vec::new();
        if at_us > self.now_us {
            self.pause(&mut sensed);
            self.close_segment(&mut sensed);
            self.pending.clear();
            self.recent.clear();
            self.activity.reset();
            self.now_us = at_us;
        }
        sensed
    }

    /// The stream or the turn is over: hands out what is open.
    pub fn finish(&mut self) -> Vec<Sensed> {
        let mut sensed = Vec::new();
        self.pause(&mut sensed);
        self.close_segment(&mut sensed);
        sensed
    }

    fn hear(
        &mut self,
        chunk: &[f32; CHUNK],
        sensed: &mut Vec<Sensed>,
    ) -> Result<(), engines::Error> {
        let start_us = self.now_us;
        let echo = self.echo.likelihood().is_some_and(|likelihood| likelihood >= ECHO_LIKELIHOOD);
        let voice = self.activity.push(chunk)?;
        let probability = if echo { 0.0 } else { voice };
        self.now_us += CHUNK_US;
        self.remember(chunk);
        self.measure_level(chunk, sensed);
        match self.state {
            State::Silence { .. } => self.hear_in_silence(probability, start_us, sensed),
            State::Speech { .. } => self.hear_in_speech(probability, sensed),
        }
        self.tend_segment(chunk, sensed);
        Ok(())
    }

    /// Reports a sound while the interviewer is heard, once.
    fn stir(&mut self, at_us: Us, sensed: &mut Vec<Sensed>) {
        let told = self.stirred_us.is_some_and(|us| self.now_us - us < SOUND_US_MAX);
        if self.speaking() || told || self.in_vain >= SOUNDS_IN_VAIN_MAX {
            return;
        }
        self.stirred_us = Some(at_us.max(self.now_us - SOUND_US_MAX));
        self.in_vain += 1;
        sensed.push(Sensed::Stirred { at_us });
    }

    fn hear_in_silence(&mut self, probability: f32, start_us: Us, sensed: &mut Vec<Sensed>) {
        self.run = if probability >= BEGIN_PROBABILITY { self.run + 1 } else { 0 };
        let needed =
            if self.echo.likelihood().is_some() { BEGIN_CHUNKS_PLAYING } else { BEGIN_CHUNKS };
        let playing = needed == BEGIN_CHUNKS_PLAYING;
        if playing && probability >= SOUND_PROBABILITY {
            self.stir(start_us, sensed);
        }
        if self.run >= needed {
            self.in_vain = 0;
            let since_us = start_us - Us::from(self.run - 1) * CHUNK_US;
            let voiced_us = Us::from(self.run) * CHUNK_US;
            self.run = 0;
            self.state = State::Speech {
                since_us,
                voiced_us,
                reported_us: self.now_us,
                last_voiced_us: self.now_us,
            };
            sensed.push(Sensed::Began { at_us: since_us });
            return;
        }
        let State::Silence { since_us: Some(since_us), reported_us, asked } = &mut self.state
        else {
            return;
        };
        let silent_us = self.now_us - *since_us;
        if self.now_us - *reported_us >= SILENCE_EVERY_US {
            *reported_us = self.now_us;
            sensed.push(Sensed::Silent { since_us: *since_us, ms: millis(silent_us) });
        }
        if TURN_END_AT_US.get(*asked).is_some_and(|at_us| silent_us >= *at_us) {
            *asked += 1;
            sensed.push(Sensed::TurnEnd { since_us: *since_us, samples: self.last_sound() });
        }
    }

    fn hear_in_speech(&mut self, probability: f32, sensed: &mut Vec<Sensed>) {
        let State::Speech { since_us, voiced_us, reported_us, last_voiced_us } = &mut self.state
        else {
            return;
        };
        if probability >= PAUSE_PROBABILITY {
            self.run = 0;
            *voiced_us += CHUNK_US;
            *last_voiced_us = self.now_us;
            // Voice activity fades for a moment after a voice has ended: that is no voice that goes on.
            if probability >= BEGIN_PROBABILITY
                && self.now_us - *since_us <= HEARD_US_MAX
                && self.echo.likelihood().is_some()
            {
                sensed.push(Sensed::Heard { to_us: self.now_us });
            }
        } else {
            self.run += 1;
        }
        if self.run >= PAUSE_CHUNKS {
            self.pause(sensed);
        } else if self.now_us - *reported_us >= SILENCE_EVERY_US {
            *reported_us = self.now_us;
            sensed.push(Sensed::Speaking { since_us: *since_us, voiced_us: *voiced_us });
        }
    }

    /// From speech to silence; nothing when it is silent already.
    fn pause(&mut self, sensed: &mut Vec<Sensed>) {
        let State::Speech { last_voiced_us: since_us, voiced_us, .. } = self.state else { return };
        self.run = 0;
        self.state =
            State::Silence { since_us: Some(since_us), reported_us: self.now_us, asked: 0 };
        sensed.push(Sensed::Paused { since_us, voiced_us });
    }

    /// Opens a segment when speech begins, lets it grow, asks for captions, and closes it.
    fn tend_segment(&mut self, chunk: &[f32; CHUNK], sensed: &mut Vec<Sensed>) {
        let caption_every = samples_in(CAPTION_EVERY_US);
        let Some(segment) = &mut self.segment else {
            if self.speaking() {
                let lead = samples_in(LEAD_US) + BEGIN_CHUNKS as usize * CHUNK;
                let from = self.recent.len().saturating_sub(lead);
                let samples = self.recent[from..].to_vec();
                let start_us = self.now_us - micros_of(samples.len());
                let head = caption_every - samples_in(CAPTION_FIRST_US);
                let captioned = samples.len().saturating_sub(head);
                self.segment = Some(Segment { start_us, samples, captioned, paused_anew: false });
            }
            return;
        };
        segment.samples.extend_from_slice(chunk);
        let fresh = segment.samples.len() - segment.captioned;
        // While somebody speaks from time to time, and once more when a pause begins.
        let due = match self.state {
            State::Speech { .. } => self.run == 0 && fresh >= caption_every,
            State::Silence { .. } => segment.paused_anew,
        };
        segment.paused_anew = self.run > 0 && matches!(self.state, State::Speech { .. });
        if due {
            segment.captioned = segment.samples.len();
            let (segment_us, samples) = (segment.start_us, segment.samples.clone());
            sensed.push(Sensed::Caption { segment_us, samples });
        }
        let long_pause = matches!(self.state, State::Silence { since_us: Some(since_us), .. }
            if self.now_us - since_us >= SEGMENT_PAUSE_US);
        if long_pause || micros_of(segment.samples.len()) >= SEGMENT_US_MAX {
            self.close_segment(sensed);
        }
    }

    fn close_segment(&mut self, sensed: &mut Vec<Sensed>) {
        if let Some(segment) = self.segment.take() {
            let span =
                Span::new(segment.start_us, segment.start_us + micros_of(segment.samples.len()));
            sensed.push(Sensed::Segment { span, samples: segment.samples });
        }
    }

    fn remember(&mut self, chunk: &[f32; CHUNK]) {
        if self.recent.len() >= 2 * TURN_END_SAMPLES {
            self.recent.drain(..self.recent.len() - TURN_END_SAMPLES);
        }
        self.recent.extend_from_slice(chunk);
    }

    fn last_sound(&self) -> Vec<f32> {
        self.recent[self.recent.len().saturating_sub(TURN_END_SAMPLES)..].to_vec()
    }

    fn measure_level(&mut self, chunk: &[f32; CHUNK], sensed: &mut Vec<Sensed>) {
        let level = &mut self.level_since;
        level.energy += chunk.iter().map(|x| f64::from(*x) * f64::from(*x)).sum::<f64>();
        level.samples += CHUNK;
        if self.now_us - level.since_us >= LEVEL_EVERY_US {
            let mean = level.energy / level.samples as f64;
            let db = (10.0 * mean.max(1e-10).log10()) as f32;
            *level = Level { since_us: self.now_us, ..Level::default() };
            sensed.push(Sensed::Level { db, speech: self.speaking() });
        }
    }
}

fn samples_in(us: Us) -> usize {
    (us * Us::from(LISTEN_HZ) / 1_000_000) as usize
}

fn micros_of(samples: usize) -> Us {
    samples as Us * 1_000_000 / Us::from(LISTEN_HZ)
}

fn millis(us: Us) -> u32 {
    u32::try_from(us / 1000).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Speech is what is loud.
    struct Loud;

    impl VoiceActivity for Loud {
        fn push(&mut self, chunk: &[f32; 512]) -> Result<f32, engines::Error> {
            Ok(if chunk.iter().any(|x| x.abs() > 0.1) { 0.9 } else { 0.05 })
        }

        fn reset(&mut self) {}
    }

    fn sound(parts: &[(f64, f32)]) -> Vec<f32> {
        let mut samples = Vec::new();
        for (seconds, level) in parts {
            let count = (seconds * f64::from(LISTEN_HZ)) as usize;
            samples.extend((0..count).map(|i| if i % 2 == 0 { *level } else { -*level }));
        }
        samples
    }

    fn hear(parts: &[(f64, f32)]) -> Vec<Sensed> {
        let mut ear = Ear::new(Box::new(Loud), 1_000_000);
        let mut sensed = Vec::new();
        for piece in sound(parts).chunks(640) {
            sensed.extend(ear.push(piece).expect("this ear cannot fail"));
        }
        sensed.extend(ear.finish());
        sensed
    }

    #[test]
    fn speech_and_pauses_are_told_when_they_were() {
        let sensed = hear(&[(1.0, 0.0), (2.0, 0.5), (3.0, 0.0)]);
        let begins: Vec<Us> = sensed
            .iter()
            .filter_map(|s| if let Sensed::Began { at_us } = s { Some(*at_us) } else { None })
            .collect();
        assert_eq!(begins.len(), 1);
        assert!((begins[0] - 2_000_000).abs() <= CHUNK_US, "{begins:?}");
        let paused = sensed.iter().find_map(|s| match s {
            Sensed::Paused { since_us, .. } => Some(*since_us),
            _ => None,
        });
        assert!((paused.expect("a pause") - 4_000_000).abs() <= CHUNK_US);
    }

    /// Noise of this length and loudness, the same for the same seed.
    fn noise(seconds: f64, level: f32, seed: u64) -> Vec<f32> {
        let mut state = seed;
        let mut draw = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            level * ((state >> 40) as f32 / (1u64 << 23) as f32 - 1.0)
        };
        (0..(seconds * f64::from(LISTEN_HZ)) as usize).map(|_| draw()).collect()
    }

    /// What an ear notices while something is played that does not come back: `loud_s` of sound after 6 s.
    fn hear_while_playing(loud_s: &[f64]) -> Vec<(Us, Sensed)> {
        let mut ear = Ear::new(Box::new(Loud), 0);
        ear.played(0, &noise(20.0, 0.3, 5));
        let mut samples = noise(6.0, 0.001, 7);
        for seconds in loud_s {
            samples.extend(noise(*seconds, 0.5, 9));
            // Each begins at the same place of a chunk, so that short ones lie in a single one.
            samples.extend(noise(26.0 * CHUNK_US as f64 / 1e6 - seconds, 0.001, 11));
        }
        let mut sensed = Vec::new();
        for piece in samples.chunks(640) {
            let more = ear.push(piece).expect("this ear cannot fail");
            let now_us = ear.now_us() + micros_of(ear.pending.len());
            sensed.extend(more.into_iter().map(|piece| (now_us, piece)));
        }
        sensed
    }

    #[test]
    fn a_sound_while_the_interviewer_is_heard_is_told_at_once() {
        let sensed = hear_while_playing(&[0.5]);
        let told = |wanted: fn(&Sensed) -> bool| {
            sensed.iter().find(|(_, piece)| wanted(piece)).expect("it is told").clone()
        };
        let (stirred_us, stirred) = told(|piece| matches!(piece, Sensed::Stirred { .. }));
        let (began_us, _) = told(|piece| matches!(piece, Sensed::Began { .. }));
        let Sensed::Stirred { at_us } = stirred else { unreachable!() };
        assert!((5_960_000..=6_040_000).contains(&at_us), "{at_us}");
        assert!(stirred_us <= 6_080_000 && stirred_us < began_us, "{stirred_us} {began_us}");
        let heard = sensed.iter().filter_map(|(_, piece)| match piece {
            Sensed::Heard { to_us } => Some(*to_us),
            _ => None,
        });
        let last_us = heard.max().expect("it is told how far it was heard");
        assert!((last_us - 6_500_000).abs() <= CHUNK_US, "{last_us}");
    }

    #[test]
    fn clicks_do_not_make_the_interviewer_softer_for_ever() {
        let sensed = hear_while_playing(&[0.01; 8]);
        assert!(!sensed.iter().any(|(_, piece)| matches!(piece, Sensed::Began { .. })));
        let stirred = sensed.iter().filter(|(_, piece)| matches!(piece, Sensed::Stirred { .. }));
        assert!(stirred.count() <= SOUNDS_IN_VAIN_MAX as usize);
    }

    #[test]
    fn a_long_pause_closes_the_segment_and_asks_three_times() {
        let sensed = hear(&[(1.0, 0.0), (2.0, 0.5), (3.0, 0.0), (1.0, 0.5), (0.3, 0.0)]);
        let spans: Vec<Span> = sensed
            .iter()
            .filter_map(|s| if let Sensed::Segment { span, .. } = s { Some(*span) } else { None })
            .collect();
        assert_eq!(spans.len(), 2, "{spans:?}");
        assert!(spans[0].start_us < 2_000_000 && spans[0].end_us > 4_000_000);
        let asked = sensed.iter().filter(|s| matches!(s, Sensed::TurnEnd { .. })).count();
        assert_eq!(asked, 4, "three times in the long pause, once in the short one");
    }

    #[test]
    fn a_short_pause_keeps_the_segment_and_a_click_is_not_speech() {
        let sensed = hear(&[(0.5, 0.0), (1.0, 0.5), (0.4, 0.0), (1.0, 0.5), (1.0, 0.0)]);
        assert_eq!(sensed.iter().filter(|s| matches!(s, Sensed::Segment { .. })).count(), 1);
        // Inside a chunk, across two, and as long as two.
        for (quiet_s, click_s) in [(0.512, 0.02), (0.502, 0.02), (0.512, 0.064)] {
            let click = hear(&[(quiet_s, 0.0), (click_s, 0.5), (0.5, 0.0)]);
            let noticed =
                click.iter().any(|s| matches!(s, Sensed::Began { .. } | Sensed::Segment { .. }));
            assert!(!noticed, "{click_s} s after {quiet_s} s");
        }
    }

    #[test]
    fn speech_without_any_pause_is_cut_before_thirty_seconds() {
        let sensed = hear(&[(70.0, 0.5)]);
        for piece in &sensed {
            if let Sensed::Segment { span, .. } = piece {
                assert!(span.seconds() < 29.0);
            }
        }
        let heard: f64 = sensed
            .iter()
            .filter_map(|s| {
                if let Sensed::Segment { span, .. } = s { Some(span.seconds()) } else { None }
            })
            .sum();
        assert!((heard - 70.0).abs() < 1.0, "{heard}");
    }
}
