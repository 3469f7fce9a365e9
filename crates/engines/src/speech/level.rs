//! Every voice at the same loudness and with the same silence around what it says.

/// Root mean square that speech is brought to, silence left out: -20 dB below full scale, which
/// leaves room for the peaks of speech (about 15 dB above).
const SPEECH_RMS: f32 = 0.1;
/// No sample gets louder (-1 dB).
const PEAK_MAX: f32 = 0.89;
/// How much louder or softer a voice is made at most (12 dB), so that a breath is not blown up.
const GAIN_MAX: f32 = 4.0;
/// Frames this much softer than the loudest one are silence (40 dB).
const SILENCE_RATIO: f32 = 0.01;
/// Length of a frame, of the silence kept in front and behind, and of the fades, in seconds.
const FRAME_S: f32 = 0.01;
const LEAD_S: f32 = 0.03;
const TRAIL_S: f32 = 0.06;
const FADE_S: f32 = 0.005;

/// Cuts silence at both ends down to a fixed length and brings speech to the common loudness.
/// Sound without speech gives nothing.
pub(super) fn settle(mut sound: Vec<f32>, sample_rate: u32) -> Vec<f32> {
    let length = |seconds: f32| (seconds * sample_rate as f32) as usize;
    let frame = length(FRAME_S).max(1);
    let powers: Vec<f32> = sound
        .chunks(frame)
        .map(|chunk| chunk.iter().map(|x| x * x).sum::<f32>() / chunk.len() as f32)
        .collect();
    let loudest = powers.iter().copied().fold(0.0, f32::max);
    let speech = |power: &f32| *power > loudest * SILENCE_RATIO * SILENCE_RATIO && *power > 1e-9;
    let (Some(first), Some(last)) =
        (powers.iter().position(speech), powers.iter().rposition(speech))
    else {
        return Vec::new();
    };
    let start = (first * frame).saturating_sub(length(LEAD_S));
    let end = ((last + 1) * frame + length(TRAIL_S)).min(sound.len());
    sound.truncate(end);
    sound.drain(..start);

    // Loudness is that of the louder part: pauses and soft consonants do not count.
    let loud = |power: &&f32| **power > loudest * 0.01;
    let (sum, count) = powers
        .iter()
        .filter(loud)
        .fold((0.0, 0usize), |(sum, count), power| (sum + power, count + 1));
    let rms = (sum / count.max(1) as f32).sqrt();
    let peak = sound.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
    let gain = (SPEECH_RMS / rms).clamp(1.0 / GAIN_MAX, GAIN_MAX).min(PEAK_MAX / peak.max(1e-6));
    let fade = length(FADE_S).min(sound.len() / 2).max(1);
    let samples = sound.len();
    for (at, x) in sound.iter_mut().enumerate() {
        let edge = at.min(samples - 1 - at);
        *x *= gain * ((edge + 1) as f32 / fade as f32).min(1.0);
    }
    sound
}

#[cfg(test)]
mod tests {
    use super::*;

    const HZ: u32 = 24_000;

    fn tone(amplitude: f32, seconds: f32) -> Vec<f32> {
        (0..(seconds * HZ as f32) as usize).map(|i| amplitude * (i as f32 * 0.05).sin()).collect()
    }

    #[test]
    fn silence_around_speech_is_cut_to_a_fixed_length() {
        let mut sound = vec![0.0; 24_000];
        sound.extend(tone(0.2, 0.5));
        sound.extend(vec![0.0; 24_000]);
        let seconds = settle(sound, HZ).len() as f32 / HZ as f32;
        assert!((0.57..0.63).contains(&seconds), "{seconds}");
    }

    #[test]
    fn soft_and_loud_voices_end_up_alike() {
        let rms = |amplitude| {
            let sound = settle(tone(amplitude, 0.5), HZ);
            (sound.iter().map(|x| x * x).sum::<f32>() / sound.len() as f32).sqrt()
        };
        for amplitude in [0.05, 0.2, 0.5] {
            assert!((rms(amplitude) - SPEECH_RMS).abs() < 0.01, "{}", rms(amplitude));
        }
    }

    #[test]
    fn nothing_clips() {
        let mut sound = tone(0.05, 0.5);
        sound[5000] = 0.9;
        assert!(settle(sound, HZ).iter().all(|x| x.abs() <= PEAK_MAX));
    }

    #[test]
    fn silence_gives_nothing() {
        assert!(settle(vec![0.0; 1000], HZ).is_empty());
        assert!(settle(Vec::new(), HZ).is_empty());
    }
}
