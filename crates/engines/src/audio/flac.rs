//! FLAC: what Greenroom keeps recordings in.

use std::io::{Cursor, Seek, SeekFrom, Write};

use flacenc::{
    bitsink::ByteSink,
    component::{BitRepr, Frame, Stream, StreamInfo},
    config,
    error::{Verified, Verify},
    source::{Context, Fill, FrameBuf},
};
use symphonia::core::{
    codecs::audio::{AudioDecoder, AudioDecoderOptions},
    formats::{FormatOptions, FormatReader, TrackType, probe::Hint},
    io::{MediaSource, MediaSourceStream},
    meta::MetadataOptions,
};

use super::{AudioError, SECONDS_MAX};

/// Bytes in front of the first frame: the mark and the block that describes the stream.
const HEADER_BYTES: usize = 42;

/// Samples in a block, as the reference encoder has it.
const BLOCK_SAMPLES: usize = 4096;

/// The rates that the format can name.
const RATES_HZ: std::ops::RangeInclusive<u32> = 1..=655_350;

/// Writes mono 16-bit FLAC as the samples come.
pub struct FlacWriter<W> {
    sink: W,
    config: Verified<config::Encoder>,
    info: StreamInfo,
    /// Counts and hashes what was written.
    written: Context,
    block: FrameBuf,
    pending: Vec<i32>,
    /// Where the stream begins in `sink`.
    start: u64,
}

impl<W: Write + Seek> FlacWriter<W> {
    /// Starts a stream of `hz` samples a second at the present position of `sink`.
    ///
    /// # Errors
    /// When the rate is none that the format knows (1 to 655350) or `sink` fails.
    pub fn new(mut sink: W, hz: u32) -> Result<Self, AudioError> {
        if !RATES_HZ.contains(&hz) {
            return Err(AudioError::UnsupportedRate { hz });
        }
        let config = config::Encoder::default()
            .into_verified()
            .map_err(|(_, error)| convert_error(error))?;
        let mut info = StreamInfo::new(hz as usize, 1, 16).map_err(convert_error)?;
        info.set_block_sizes(BLOCK_SAMPLES, BLOCK_SAMPLES).map_err(convert_error)?;
        let start = sink.stream_position().map_err(AudioError::Write)?;
        sink.write_all(&header(&info)?).map_err(AudioError::Write)?;
        Ok(Self {
            sink,
            config,
            info,
            written: Context::new(16, 1),
            block: FrameBuf::with_size(1, BLOCK_SAMPLES).map_err(convert_error)?,
            pending: Vec::with_capacity(BLOCK_SAMPLES),
            start,
        })
    }

    /// Appends samples.
    ///
    /// # Errors
    /// When `sink` fails.
    pub fn push(&mut self, mut samples: &[i16]) -> Result<(), AudioError> {
        while !samples.is_empty() {
            let (now, later) =
                samples.split_at(samples.len().min(BLOCK_SAMPLES - self.pending.len()));
            self.pending.extend(now.iter().map(|sample| i32::from(*sample)));
            samples = later;
            if self.pending.len() == BLOCK_SAMPLES {
                self.write_block()?;
            }
        }
        Ok(())
    }

    /// Writes the rest, completes the header and gives `sink` back, positioned at the end.
    ///
    /// # Errors
    /// When `sink` fails.
    pub fn finish(mut self) -> Result<W, AudioError> {
        if !self.pending.is_empty() {
            self.write_block()?;
        }
        self.info.set_total_samples(self.written.total_samples());
        self.info.set_md5_digest(&self.written.md5_digest());
        let header = header(&self.info)?;
        self.sink.seek(SeekFrom::Start(self.start)).map_err(AudioError::Write)?;
        self.sink.write_all(&header).map_err(AudioError::Write)?;
        self.sink.seek(SeekFrom::End(0)).map_err(AudioError::Write)?;
        self.sink.flush().map_err(AudioError::Write)?;
        Ok(self.sink)
    }

    fn write_block(&mut self) -> Result<(), AudioError> {
        let number = self.written.current_frame_number().map_or(0, |number| number + 1);
        self.block.fill_interleaved(&self.pending).map_err(convert_error)?;
        self.written.fill_interleaved(&self.pending).map_err(convert_error)?;
        let frame: Frame =
            flacenc::encode_fixed_size_frame(&self.config, &self.block, number, &self.info)
                .map_err(convert_error)?;
        let mut bytes = ByteSink::new();
        frame.write(&mut bytes).map_err(convert_error)?;
        self.sink.write_all(bytes.as_slice()).map_err(AudioError::Write)?;
        self.pending.clear();
        Ok(())
    }
}

/// The bytes in front of the first frame, which depend on `info` and always have the same length.
fn header(info: &StreamInfo) -> Result<Vec<u8>, AudioError> {
    let mut bytes = ByteSink::new();
    Stream::with_stream_info(info.clone()).write(&mut bytes).map_err(convert_error)?;
    Ok(bytes.as_slice().to_vec())
}

/// Codes mono samples as FLAC.
///
/// # Errors
/// When the rate is none that the format knows (1 to 655350).
pub fn encode_flac(samples: &[i16], hz: u32) -> Result<Vec<u8>, AudioError> {
    let mut writer = FlacWriter::new(Cursor::new(Vec::new()), hz)?;
    writer.push(samples)?;
    Ok(writer.finish()?.into_inner())
}

/// The samples of a mono FLAC, bit for bit, and its rate.
///
/// # Errors
/// When `bytes` are no FLAC or damaged.
pub fn decode_flac(bytes: &[u8]) -> Result<(Vec<i16>, u32), AudioError> {
    if let Some(hz) = empty_stream_hz(bytes) {
        return Ok((Vec::new(), hz));
    }
    FlacReader::open(Box::new(Cursor::new(bytes.to_vec())))?.read()
}

/// The rate of a stream that ends with its header, which the reader takes for a broken one.
fn empty_stream_hz(bytes: &[u8]) -> Option<u32> {
    match bytes {
        // The rate is 20 bits in front of the channels.
        [b'f', b'L', b'a', b'C', .., _] if bytes.len() == HEADER_BYTES => {
            Some(u32::from_be_bytes([0, bytes[18], bytes[19], bytes[20]]) >> 4)
        }
        _ => None,
    }
}

struct FlacReader {
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    hz: u32,
}

impl FlacReader {
    fn open(source: Box<dyn MediaSource>) -> Result<Self, AudioError> {
        let stream = MediaSourceStream::new(source, Default::default());
        let mut hint = Hint::new();
        hint.with_extension("flac");
        let format = symphonia::default::get_probe()
            .probe(&hint, stream, FormatOptions::default(), MetadataOptions::default())
            .map_err(|e| {
                eprintln!("{e:?}");
                AudioError::UnknownFormat
            })?;
        let track = format.default_track(TrackType::Audio).ok_or(AudioError::NoTrack)?;
        let params = track.codec_params.as_ref().and_then(|params| params.audio());
        let params = params.ok_or(AudioError::NoTrack)?;
        let hz = params.sample_rate.ok_or(AudioError::NoTrack)?;
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(params, &AudioDecoderOptions::default())
            .map_err(convert_error)?;
        Ok(Self { track: track.id, hz, decoder, format })
    }

    /// All samples and their rate.
    fn read(mut self) -> Result<(Vec<i16>, u32), AudioError> {
        let mut samples = Vec::new();
        let mut block = Vec::new();
        while let Some(packet) = self.format.next_packet().map_err(convert_error)? {
            if packet.track_id != self.track {
                continue;
            }
            let decoded = self.decoder.decode(&packet).map_err(convert_error)?;
            decoded.copy_to_vec_interleaved::<i16>(&mut block);
            samples.extend_from_slice(&block);
            if samples.len() as u64 > SECONDS_MAX * u64::from(self.hz) {
                return Err(AudioError::TooLong);
            }
        }
        Ok((samples, self.hz))
    }
}

fn convert_error(reason: impl std::fmt::Display) -> AudioError {
    AudioError::Convert { reason: reason.to_string() }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Seek, SeekFrom, Write};

    use super::{FlacWriter, decode_flac, encode_flac};

    /// Something between speech and noise, the same in each run.
    fn samples(count: usize) -> Vec<i16> {
        let mut state = 1_u32;
        (0..count)
            .map(|i| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let noise = f64::from(state >> 16) / 65_536.0 - 0.5;
                ((i as f64 * 0.07).sin() * 12_000.0 + noise * 3_000.0) as i16
            })
            .collect()
    }

    #[test]
    fn what_was_written_is_read_again_bit_for_bit() {
        for count in [0, 1, 15, 4_095, 4_096, 4_097, 50_000] {
            let mut samples = samples(count);
            if let [first, .., last] = &mut samples[..] {
                (*first, *last) = (i16::MIN, i16::MAX);
            }
            let bytes = encode_flac(&samples, 24_000).unwrap();
            assert_eq!(decode_flac(&bytes).unwrap(), (samples, 24_000), "{count} samples");
        }
    }

    #[test]
    fn a_stream_written_in_pieces_is_the_same_stream() {
        let samples = samples(10_000);
        let mut writer = FlacWriter::new(Cursor::new(Vec::new()), 48_000).unwrap();
        for piece in samples.chunks(333) {
            writer.push(piece).unwrap();
        }
        let bytes = writer.finish().unwrap().into_inner();
        assert_eq!(bytes, encode_flac(&samples, 48_000).unwrap());
        assert!(bytes.len() < samples.len() * 2, "{} bytes", bytes.len());
    }

    #[test]
    fn a_stream_may_begin_behind_other_bytes() {
        let mut sink = Cursor::new(Vec::new());
        sink.write_all(b"head").unwrap();
        let mut writer = FlacWriter::new(sink, 16_000).unwrap();
        writer.push(&samples(100)).unwrap();
        let mut sink = writer.finish().unwrap();
        assert_eq!(sink.stream_position().unwrap(), sink.seek(SeekFrom::End(0)).unwrap());
        let bytes = sink.into_inner();
        assert_eq!(&bytes[..4], b"head");
        assert_eq!(decode_flac(&bytes[4..]).unwrap().0, samples(100));
    }

    #[test]
    fn bytes_that_are_no_flac_are_refused() {
        assert!(decode_flac(b"not flac at all, only some text").is_err());
        assert!(encode_flac(&[0], 0).is_err());
    }
}
