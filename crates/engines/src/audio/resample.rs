//! From one sample rate to another.

use rubato::{
    Fft, FixedSync, Indexing, Resampler as _, audioadapter_buffers::direct::SequentialSlice,
};

use super::AudioError;

/// Frames that go through the filter at once: 21 ms at 48 kHz.
const CHUNK_FRAMES: usize = 1024;

/// Converts a mono stream from one rate to another, without delay: the first sample out belongs to
/// the first sample in, and `n` samples in give `n * to / from` out, rounded up.
pub struct Resampler {
    /// `None` when the two rates are the same.
    filter: Option<Fft<f32>>,
    from_hz: u32,
    to_hz: u32,
    /// Samples that do not fill a chunk yet.
    pending: Vec<f32>,
    out: Vec<f32>,
    /// Samples out that still belong to the time before the first sample in.
    skip: usize,
    samples_in: u64,
    samples_out: u64,
}

impl Resampler {
    /// A converter for streams from `from_hz` to `to_hz` samples a second.
    ///
    /// # Errors
    /// When one of the rates is zero.
    pub fn new(from_hz: u32, to_hz: u32) -> Result<Self, AudioError> {
        let filter = if from_hz == to_hz {
            None
        } else {
            let (from, to) = (from_hz as usize, to_hz as usize);
            let filter = Fft::new(from, to, CHUNK_FRAMES, 1, FixedSync::Input);
            Some(filter.map_err(convert_error)?)
        };
        let skip = filter.as_ref().map_or(0, rubato::Resampler::output_delay);
        let out = vec![0.0; filter.as_ref().map_or(0, rubato::Resampler::output_frames_max)];
        Ok(Self {
            filter,
            from_hz,
            to_hz,
            pending: Vec::new(),
            out,
            skip,
            samples_in: 0,
            samples_out: 0,
        })
    }

    /// Takes the next samples and appends to `sink` what can be told from them so far.
    ///
    /// # Errors
    /// When the filter fails.
    pub fn push(&mut self, samples: &[f32], sink: &mut Vec<f32>) -> Result<(), AudioError> {
        self.samples_in += samples.len() as u64;
        if self.filter.is_none() {
            sink.extend_from_slice(samples);
            return Ok(());
        }
        self.pending.extend_from_slice(samples);
        let mut used = 0;
        while self.pending.len() - used >= CHUNK_FRAMES {
            self.filter_chunk(used, CHUNK_FRAMES, sink, u64::MAX)?;
            used += CHUNK_FRAMES;
        }
        self.pending.drain(..used);
        Ok(())
    }

    /// Appends the rest to `sink`.
    ///
    /// # Errors
    /// When the filter fails.
    pub fn finish(mut self, sink: &mut Vec<f32>) -> Result<(), AudioError> {
        if self.filter.is_none() {
            return Ok(());
        }
        let total = (self.samples_in * u64::from(self.to_hz)).div_ceil(u64::from(self.from_hz));
        self.filter_chunk(0, self.pending.len(), sink, total)?;
        // Silence pushes out what the filter still holds; its delay is far below eight chunks
        // except for rates without a common factor, whose blocks are as long as a second.
        let chunks_max = 8 + self.from_hz as usize / CHUNK_FRAMES * 2;
        for _ in 0..chunks_max {
            if self.samples_out >= total {
                break;
            }
            self.filter_chunk(0, 0, sink, total)?;
        }
        Ok(())
    }

    /// Filters `pending[first..first + frames]`, silence after it to fill a chunk, and keeps at most
    /// `total` samples of the whole stream.
    fn filter_chunk(
        &mut self,
        first: usize,
        frames: usize,
        sink: &mut Vec<f32>,
        total: u64,
    ) -> Result<(), AudioError> {
        let Some(filter) = &mut self.filter else { return Ok(()) };
        let input = &self.pending[first..first + frames];
        let room = self.out.len();
        let input = SequentialSlice::new(input, 1, frames).map_err(convert_error)?;
        let mut output = SequentialSlice::new_mut(&mut self.out, 1, room).map_err(convert_error)?;
        let indexing = Indexing::new().partial_len(frames);
        let (_, made) = filter
            .process_into_buffer(&input, &mut output, Some(&indexing))
            .map_err(convert_error)?;
        let skipped = self.skip.min(made);
        self.skip -= skipped;
        let left = usize::try_from(total - self.samples_out).unwrap_or(usize::MAX);
        let kept = &self.out[skipped..made];
        let kept = &kept[..kept.len().min(left)];
        self.samples_out += kept.len() as u64;
        sink.extend_from_slice(kept);
        Ok(())
    }
}

/// Converts a whole piece of mono sound from `from_hz` to `to_hz` samples a second.
///
/// # Errors
/// When one of the rates is zero or the filter fails.
pub fn resample(samples: &[f32], from_hz: u32, to_hz: u32) -> Result<Vec<f32>, AudioError> {
    let mut resampler = Resampler::new(from_hz, to_hz)?;
    let mut out = Vec::new();
    resampler.push(samples, &mut out)?;
    resampler.finish(&mut out)?;
    Ok(out)
}

fn convert_error(reason: impl std::fmt::Display) -> AudioError {
    AudioError::Convert { reason: reason.to_string() }
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::{Resampler, resample};

    fn tone(hz: f32, rate: u32, seconds: f32) -> Vec<f32> {
        let count = (seconds * rate as f32) as usize;
        (0..count).map(|i| 0.5 * (TAU * hz * i as f32 / rate as f32).sin()).collect()
    }

    /// A tone converted must be the tone made at the new rate, less than one sample away.
    fn check_tone(from_hz: u32, to_hz: u32) {
        let out = resample(&tone(440.0, from_hz, 0.5), from_hz, to_hz).unwrap();
        let expected = tone(440.0, to_hz, 0.5);
        assert!(out.len().abs_diff(expected.len()) <= 1, "{from_hz} to {to_hz}: {}", out.len());
        let tolerance = 0.5 * TAU * 440.0 / to_hz as f32;
        // The filter rings where the tone starts and stops.
        let edge = expected.len() / 10;
        for (i, (a, b)) in out.iter().zip(&expected).enumerate().skip(edge).take(8 * edge) {
            assert!((a - b).abs() < tolerance, "{from_hz} to {to_hz}: sample {i} is {a}, not {b}");
        }
    }

    #[test]
    fn a_tone_stays_the_same_tone_in_the_same_place() {
        for from_hz in [8_000, 11_025, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000] {
            check_tone(from_hz, 16_000);
        }
        check_tone(24_000, 48_000);
        check_tone(44_101, 16_000);
    }

    #[test]
    fn pieces_give_the_same_as_the_whole() {
        let whole = tone(300.0, 48_000, 0.3);
        let mut pieces = Vec::new();
        let mut resampler = Resampler::new(48_000, 16_000).unwrap();
        for piece in whole.chunks(777) {
            resampler.push(piece, &mut pieces).unwrap();
        }
        resampler.finish(&mut pieces).unwrap();
        assert_eq!(pieces, resample(&whole, 48_000, 16_000).unwrap());
    }

    #[test]
    fn what_the_new_rate_cannot_carry_is_filtered_out() {
        let out = resample(&tone(12_000.0, 48_000, 0.5), 48_000, 16_000).unwrap();
        let loudest = out[800..7_000].iter().fold(0.0_f32, |most, sample| most.max(sample.abs()));
        assert!(loudest < 0.005, "{loudest}");
    }

    #[test]
    fn nothing_in_gives_nothing_out() {
        assert!(resample(&[], 48_000, 16_000).unwrap().is_empty());
        assert!(resample(&[0.1; 10], 0, 16_000).is_err());
    }
}
