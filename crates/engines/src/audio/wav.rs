//! WAV, for clips.

/// Bytes in front of the samples.
const HEADER_BYTES: u32 = 44;

/// The header of a mono 16-bit WAV of `samples` samples at `hz` samples a second; the samples follow
/// it in little-endian order. A length beyond what the format can say is written as its largest.
fn wav_header(samples: u32, hz: u32) -> [u8; 44] {
    let data_bytes = samples.saturating_mul(2).min(u32::MAX - HEADER_BYTES);
    let mut header = [0; 44];
    header[0..4].copy_from_slice(b"RIFF");
    header[4..8].copy_from_slice(&(data_bytes + HEADER_BYTES - 8).to_le_bytes());
    header[8..16].copy_from_slice(b"WAVEfmt ");
    header[16..20].copy_from_slice(&16_u32.to_le_bytes());
    header[20..22].copy_from_slice(&1_u16.to_le_bytes());
    header[22..24].copy_from_slice(&1_u16.to_le_bytes());
    header[24..28].copy_from_slice(&hz.to_le_bytes());
    header[28..32].copy_from_slice(&hz.saturating_mul(2).to_le_bytes());
    header[32..34].copy_from_slice(&2_u16.to_le_bytes());
    header[34..36].copy_from_slice(&16_u16.to_le_bytes());
    header[36..40].copy_from_slice(b"data");
    header[40..44].copy_from_slice(&data_bytes.to_le_bytes());
    header
}

/// A whole mono 16-bit WAV.
#[must_use]
pub fn encode_wav(samples: &[i16], hz: u32) -> Vec<u8> {
    let count = u32::try_from(samples.len()).unwrap_or(u32::MAX);
    let mut bytes = Vec::with_capacity(samples.len() * 2 + HEADER_BYTES as usize);
    bytes.extend_from_slice(&wav_header(count, hz));
    for sample in samples {
        bytes.extend_from_slice(&sample.to_le_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::encode_wav;

    #[test]
    fn another_reader_finds_the_same_samples() {
        let samples = [0, 1, -1, i16::MAX, i16::MIN];
        let mut reader = hound::WavReader::new(Cursor::new(encode_wav(&samples, 24_000))).unwrap();
        assert_eq!(reader.spec().sample_rate, 24_000);
        assert_eq!(reader.spec().channels, 1);
        assert_eq!(reader.samples::<i16>().collect::<Result<Vec<_>, _>>().unwrap(), samples);
    }
}
