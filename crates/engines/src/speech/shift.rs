//! Another speaker from the same voice: periods of the sound are laid closer together or further
//! apart (pitch), and each is stretched a little (resonance), at the same tempo. This is
//! pitch-synchronous overlap-add (Moulines and Charpentier 1990), which is at its best here because
//! the vocoder knows exactly where each period begins.

/// Length of the pieces in which sound without a voice is copied, in samples (5 ms).
pub(super) const UNVOICED_PERIOD: f32 = 120.0;
/// Where windows overlap less than this, sound is not raised any further.
const OVERLAP_MIN: f32 = 0.5;

/// Where a period of the voice begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Mark {
    /// Sample at which it begins.
    pub(super) at: usize,
    /// Its length in samples.
    pub(super) period: f32,
    /// Whether there is a voice at all.
    pub(super) voiced: bool,
}

/// How the voice is changed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Timbre {
    /// Factor of the pitch.
    pub(super) pitch: f32,
    /// Factor of the resonances, as of the length of a throat.
    pub(super) resonance: f32,
}

impl Timbre {
    /// The voice as it is.
    pub(super) const OWN: Timbre = Timbre { pitch: 1.0, resonance: 1.0 };
}

/// `sound` with its voice changed; `marks` are in the order of time.
pub(super) fn shift(sound: Vec<f32>, marks: &[Mark], timbre: Timbre) -> Vec<f32> {
    let (Some(first), Some(last)) = (marks.first(), marks.last()) else { return sound };
    if timbre == Timbre::OWN {
        return sound;
    }
    let mut out = vec![0.0f32; sound.len()];
    let mut weight = vec![0.0f32; sound.len()];
    let (mut nearest, mut position) = (0, first.at as f32);
    while position < last.at as f32 {
        let distance = |mark: &Mark| (mark.at as f32 - position).abs();
        while marks.get(nearest + 1).is_some_and(|next| distance(next) <= distance(&marks[nearest]))
        {
            nearest += 1;
        }
        let mark = marks[nearest];
        let (pitch, resonance) =
            if mark.voiced { (timbre.pitch, timbre.resonance) } else { (1.0, 1.0) };
        lay(&sound, mark, resonance, position.round() as usize, &mut out, &mut weight);
        position += (mark.period / pitch).max(1.0);
    }
    out.iter().zip(&weight).map(|(y, weight)| y / weight.max(OVERLAP_MIN)).collect()
}

/// Adds the two periods around `mark` at `center`, under a window.
fn lay(
    sound: &[f32],
    mark: Mark,
    resonance: f32,
    center: usize,
    out: &mut [f32],
    weight: &mut [f32],
) {
    let half = (mark.period / resonance).round() as isize;
    for offset in -half..=half {
        let Some(to) = center.checked_add_signed(offset).filter(|to| *to < out.len()) else {
            continue;
        };
        let window = 0.5 + 0.5 * (std::f32::consts::PI * offset as f32 / (half + 1) as f32).cos();
        out[to] += window * between(sound, mark.at as f32 + offset as f32 * resonance);
        weight[to] += window;
    }
}

/// The sound at a time between two samples; silence outside.
fn between(sound: &[f32], at: f32) -> f32 {
    if at < 0.0 {
        return 0.0;
    }
    let (low, share) = (at as usize, at.fract());
    let sample = |at: usize| sound.get(at).copied().unwrap_or_default();
    sample(low) * (1.0 - share) + sample(low + 1) * share
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second of a voice with a short ring after each of its pulses.
    fn voice(period: usize) -> (Vec<f32>, Vec<Mark>) {
        let ring = |i: usize| (i as f32 * 0.4).sin() * (-(i as f32) / 20.0).exp();
        let sound = (0..24_000).map(|i| ring(i % period)).collect();
        let mark = |at| Mark { at, period: period as f32, voiced: true };
        (sound, (0..24_000).step_by(period).map(mark).collect())
    }

    /// Samples after which the middle of the sound looks most like itself.
    fn period(sound: &[f32]) -> usize {
        let part = &sound[8000..16_000];
        let likeness =
            |lag: &usize| part.iter().zip(&part[*lag..]).map(|(a, b)| a * b).sum::<f32>();
        (60..400).max_by(|a, b| likeness(a).total_cmp(&likeness(b))).unwrap_or_default()
    }

    #[test]
    fn pitch_moves_and_tempo_stays() {
        let (sound, marks) = voice(120);
        for (pitch, want) in [(0.8, 150), (1.25, 96)] {
            let shifted = shift(sound.clone(), &marks, Timbre { pitch, resonance: 1.0 });
            assert_eq!(shifted.len(), sound.len());
            assert_eq!(period(&shifted), want);
        }
    }

    #[test]
    fn sound_without_a_voice_stays() {
        let noise: Vec<f32> = (0..24_000u32)
            .map(|i| (i.wrapping_mul(2_654_435_761) >> 8) as f32 / 2e7 - 0.4)
            .collect();
        let mark = |at| Mark { at, period: UNVOICED_PERIOD, voiced: false };
        let marks: Vec<Mark> = (0..24_000).step_by(120).map(mark).collect();
        let shifted = shift(noise.clone(), &marks, Timbre { pitch: 0.7, resonance: 0.9 });
        let worst = (200..23_000).map(|i| (noise[i] - shifted[i]).abs()).fold(0.0, f32::max);
        assert!(worst < 1e-3, "{worst}");
    }

    #[test]
    fn the_own_voice_is_left_alone() {
        let (sound, marks) = voice(100);
        assert_eq!(shift(sound.clone(), &marks, Timbre::OWN), sound);
        assert_eq!(
            shift(Vec::new(), &[], Timbre { pitch: 0.5, resonance: 1.0 }),
            Vec::<f32>::new()
        );
    }
}
