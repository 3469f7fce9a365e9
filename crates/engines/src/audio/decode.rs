//! Recordings of any usual kind, read as mono samples piece by piece.

use std::{
    fs::File,
    io::{self, ErrorKind, Read, Seek, SeekFrom},
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use symphonia::core::{
    codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions, well_known},
    errors::Error as SymphoniaError,
    formats::{FormatOptions, FormatReader, TrackType, probe::Hint},
    io::{MediaSource, MediaSourceStream},
    meta::MetadataOptions,
    packet::Packet,
};

use super::{
    AudioError, Damage, Resampler,
    opus_stream::{OPUS_HZ, OpusStream},
};
use crate::LISTEN_HZ;

/// The longest recording that is read: 12 hours.
pub const SECONDS_MAX: u64 = 12 * 3600;

/// The rates between which sound is accepted.
const RATES_HZ: std::ops::RangeInclusive<u32> = 4_000..=384_000;

/// Damaged packets in a row after which a file is given up.
const PACKETS_DAMAGED_MAX: u32 = 1_000;

/// Opus packets of so many bytes stand for a pause that was not sent (RFC 6716, section 3.1: the byte that
/// says how the packet is made, and one for its frames).
const OPUS_SILENCE_BYTES_MAX: usize = 2;

/// Bytes by which text and Matroska are known.
const HEAD_BYTES: u64 = 512;

/// What every Matroska and WebM file begins with.
const MATROSKA_MARK: [u8; 4] = [0x1a, 0x45, 0xdf, 0xa3];

/// What follows their header.
const SEGMENT_MARK: [u8; 4] = [0x18, 0x53, 0x80, 0x67];

/// Samples that a piece holds before it is handed over: 1 s at the rate of what listens.
const CHUNK_SAMPLES: usize = LISTEN_HZ as usize;

/// How far a [`Decoder`] is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Position {
    /// Bytes of the file that were read.
    pub bytes_read: u64,
    /// Bytes of the file.
    pub bytes_total: u64,
    /// Seconds of sound handed over.
    pub seconds: f64,
}

/// Reads a recording as mono samples at one rate, in memory that does not grow with its length.
pub struct Decoder {
    format: Box<dyn FormatReader>,
    track: u32,
    codec: Codec,
    source_hz: u32,
    source_channels: usize,
    target_hz: u32,
    /// `None` after the end.
    resampler: Option<Resampler>,
    mono: Vec<f32>,
    chunk: Vec<f32>,
    samples_out: u64,
    damage: Damage,
    damaged_in_a_row: u32,
    coded: Coded,
    bytes_read: Arc<AtomicU64>,
    bytes_total: u64,
}

/// How much was coded into how many bytes.
#[derive(Debug, Clone, Copy, Default)]
struct Coded {
    bytes: u64,
    frames: u64,
}

enum Codec {
    /// One that the library has a decoder for, with room for its interleaved samples.
    Known(Box<dyn AudioDecoder>, Vec<f32>),
    Opus(OpusStream),
}

impl Decoder {
    /// Opens the file at `path` to read it at [`LISTEN_HZ`].
    ///
    /// # Errors
    /// When it cannot be opened or holds no sound that can be read.
    pub fn open(path: &Path) -> Result<Self, AudioError> {
        Self::open_at(path, LISTEN_HZ)
    }

    /// Opens the file at `path` to read it at `target_hz` samples a second.
    ///
    /// # Errors
    /// When it cannot be opened or holds no sound that can be read.
    pub fn open_at(path: &Path, target_hz: u32) -> Result<Self, AudioError> {
        let file_error = |source| AudioError::File { path: path.to_owned(), source };
        let file = File::open(path).map_err(file_error)?;
        let metadata = file.metadata().map_err(file_error)?;
        if metadata.is_dir() {
            return Err(file_error(io::Error::from(ErrorKind::IsADirectory)));
        }
        let extension = path.extension().and_then(|extension| extension.to_str());
        Self::from_source(Box::new(file), metadata.len(), extension, target_hz)
    }

    /// Reads a recording that lies in memory at `target_hz` samples a second.
    ///
    /// # Errors
    /// When it holds no sound that can be read.
    pub fn from_bytes(bytes: Vec<u8>, target_hz: u32) -> Result<Self, AudioError> {
        let length = bytes.len() as u64;
        Self::from_source(Box::new(io::Cursor::new(bytes)), length, None, target_hz)
    }

    fn from_source(
        mut source: Box<dyn MediaSource>,
        bytes_total: u64,
        extension: Option<&str>,
        target_hz: u32,
    ) -> Result<Self, AudioError> {
        if bytes_total == 0 {
            return Err(AudioError::Empty);
        }
        let head = read_head(&mut source);
        if is_text(&head) {
            return Err(AudioError::Text);
        }
        let bytes_read = Arc::new(AtomicU64::new(0));
        let matroska_bytes = matroska_length(&head);
        let counted = Counted {
            inner: source,
            furthest: Arc::clone(&bytes_read),
            at: 0,
            // The Matroska reader jumps to tables at the end of what it may seek in, and gives up
            // when a truncated file lacks them; read forwards it needs none.
            seekable: matroska_bytes.is_none(),
            // It also refuses a file that is shorter than it says of itself.
            length: bytes_total.max(matroska_bytes.unwrap_or(0)),
        };
        let format = probe(counted, extension)?;
        let track = format.default_track(TrackType::Audio).ok_or(AudioError::NoTrack)?;
        let params = track.codec_params.as_ref().and_then(|params| params.audio());
        let params = params.ok_or(AudioError::NoTrack)?;
        let channels = params.channels.as_ref().map_or(1, |channels| channels.count());
        let (codec, source_hz, source_channels) = open_codec(params, channels)?;
        Ok(Self {
            track: track.id,
            codec,
            source_hz,
            source_channels,
            target_hz,
            resampler: Some(Resampler::new(source_hz, target_hz)?),
            mono: Vec::new(),
            chunk: Vec::new(),
            samples_out: 0,
            damage: Damage::default(),
            damaged_in_a_row: 0,
            coded: Coded::default(),
            bytes_read,
            bytes_total,
            format,
        })
    }

    /// Samples a second in the file.
    #[must_use]
    pub const fn source_hz(&self) -> u32 {
        self.source_hz
    }

    /// Channels in the file.
    #[must_use]
    pub const fn source_channels(&self) -> usize {
        self.source_channels
    }

    /// What was lost so far; complete once [`Self::next_chunk`] has given `None`.
    #[must_use]
    pub const fn damage(&self) -> Damage {
        self.damage
    }

    /// Bits a second that Opus spent on each channel so far, pauses that it left out aside; `None` for
    /// other codes and before the first packet.
    #[must_use]
    pub fn opus_bits_per_s(&self) -> Option<u32> {
        let Codec::Opus(stream) = &self.codec else { return None };
        let Coded { bytes, frames } = self.coded;
        let bits_per_s = bytes.saturating_mul(8 * u64::from(OPUS_HZ)).checked_div(frames)?;
        u32::try_from(bits_per_s / stream.channels() as u64).ok()
    }

    /// How far it is.
    #[must_use]
    pub fn position(&self) -> Position {
        Position {
            bytes_read: self.bytes_read.load(Ordering::Relaxed).min(self.bytes_total),
            bytes_total: self.bytes_total,
            seconds: self.samples_out as f64 / f64::from(self.target_hz),
        }
    }

    /// The next samples, about a second of them, or `None` at the end.
    ///
    /// # Errors
    /// When the file ends without a single sample that can be read, or is too long.
    pub fn next_chunk(&mut self) -> Result<Option<&[f32]>, AudioError> {
        self.chunk.clear();
        while self.chunk.len() < CHUNK_SAMPLES && self.resampler.is_some() {
            match self.next_packet() {
                Some(packet) => self.take(&packet)?,
                None => self.finish()?,
            }
        }
        self.samples_out += self.chunk.len() as u64;
        if self.samples_out > SECONDS_MAX * u64::from(self.target_hz) {
            return Err(AudioError::TooLong);
        }
        if self.chunk.is_empty() {
            if self.samples_out == 0 {
                return Err(AudioError::NothingReadable { damage: self.damage });
            }
            return Ok(None);
        }
        Ok(Some(&self.chunk))
    }

    /// The next packet of the track; `None` at the end or where the rest cannot be read.
    fn next_packet(&mut self) -> Option<Packet> {
        while self.damaged_in_a_row < PACKETS_DAMAGED_MAX {
            // The readers are exposed to bytes from anywhere: a bug in one is a damaged file.
            let next = catch_unwind(AssertUnwindSafe(|| self.format.next_packet()));
            match next {
                Ok(Ok(Some(packet))) if packet.track_id == self.track => return Some(packet),
                Ok(Ok(Some(_))) => {}
                // A second stream chained to the first may have another rate: the first is read.
                Ok(Ok(None) | Err(SymphoniaError::ResetRequired)) => return None,
                Ok(Err(SymphoniaError::DecodeError(_))) => self.skip_damaged(),
                Ok(Err(_)) | Err(_) => {
                    self.damage.truncated = true;
                    return None;
                }
            }
        }
        None
    }

    /// Decodes a packet, mixes its channels and hands it to the resampler.
    fn take(&mut self, packet: &Packet) -> Result<(), AudioError> {
        let Some(resampler) = &mut self.resampler else { return Ok(()) };
        self.mono.clear();
        let (codec, mono) = (&mut self.codec, &mut self.mono);
        if !catch_unwind(AssertUnwindSafe(|| codec.decode(packet, mono))).unwrap_or(false) {
            self.skip_damaged();
            return Ok(());
        }
        self.damaged_in_a_row = 0;
        if packet.data.len() > OPUS_SILENCE_BYTES_MAX {
            self.coded.bytes += packet.data.len() as u64;
            self.coded.frames += self.mono.len() as u64;
        }
        resampler.push(&self.mono, &mut self.chunk)
    }

    fn skip_damaged(&mut self) {
        self.damage.packets_skipped = self.damage.packets_skipped.saturating_add(1);
        self.damaged_in_a_row += 1;
    }

    fn finish(&mut self) -> Result<(), AudioError> {
        match self.resampler.take() {
            Some(resampler) => resampler.finish(&mut self.chunk),
            None => Ok(()),
        }
    }
}

impl Codec {
    /// Appends the samples of a packet to `mono`; whether it could be decoded.
    fn decode(&mut self, packet: &Packet, mono: &mut Vec<f32>) -> bool {
        match self {
            Self::Known(decoder, samples) => {
                let Ok(decoded) = decoder.decode(packet) else { return false };
                decoded.copy_to_vec_interleaved(samples);
                mix(samples, decoded.num_planes(), mono);
            }
            Self::Opus(stream) => {
                let channels = stream.channels();
                let trim = usize::try_from(packet.trim_end.get()).unwrap_or(usize::MAX);
                let Some(samples) = stream.decode(&packet.data, trim) else { return false };
                mix(samples, channels, mono);
            }
        }
        true
    }
}

/// Appends the mean of each frame's channels to `mono`; what is no number becomes silence.
fn mix(interleaved: &[f32], channels: usize, mono: &mut Vec<f32>) {
    let channels = channels.max(1);
    let scale = 1.0 / channels as f32;
    mono.extend(interleaved.chunks_exact(channels).map(|frame| {
        let sample = frame.iter().sum::<f32>() * scale;
        if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 }
    }));
}

/// A whole recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Sound {
    /// Mono samples.
    pub samples: Vec<f32>,
    /// Samples a second.
    pub hz: u32,
    /// What was lost of it.
    pub damage: Damage,
}

/// Reads a whole recording at `hz` samples a second into memory: 230 MB an hour at 16 kHz.
///
/// # Errors
/// When it cannot be opened or holds no sound that can be read.
pub fn decode_file(path: &Path, hz: u32) -> Result<Sound, AudioError> {
    let mut decoder = Decoder::open_at(path, hz)?;
    let mut samples = Vec::new();
    while let Some(chunk) = decoder.next_chunk()? {
        samples.extend_from_slice(chunk);
    }
    Ok(Sound { samples, hz, damage: decoder.damage() })
}

/// Finds out what kind of file it is.
fn probe(source: Counted, extension: Option<&str>) -> Result<Box<dyn FormatReader>, AudioError> {
    let stream = MediaSourceStream::new(Box::new(source), Default::default());
    let mut hint = Hint::new();
    if let Some(extension) = extension {
        hint.with_extension(extension);
    }
    let probed = catch_unwind(AssertUnwindSafe(|| {
        let probe = symphonia::default::get_probe();
        probe.probe(&hint, stream, FormatOptions::default(), MetadataOptions::default())
    }));
    match probed {
        Ok(Ok(format)) => Ok(format),
        Ok(Err(SymphoniaError::DecodeError(_))) => Err(AudioError::DamagedStart),
        Ok(Err(SymphoniaError::IoError(error))) if error.kind() == ErrorKind::UnexpectedEof => {
            Err(AudioError::DamagedStart)
        }
        _ => Err(AudioError::UnknownFormat),
    }
}

/// A decoder for the track, its rate and its channels.
fn open_codec(
    params: &AudioCodecParameters,
    channels: usize,
) -> Result<(Codec, u32, usize), AudioError> {
    if params.codec == well_known::CODEC_ID_OPUS {
        let stream = OpusStream::new(params.extra_data.as_deref(), channels)?;
        let channels = stream.channels();
        return Ok((Codec::Opus(stream), OPUS_HZ, channels));
    }
    let decoder = symphonia::default::get_codecs()
        .make_audio_decoder(params, &AudioDecoderOptions::default())
        .map_err(|_| AudioError::UnsupportedCodec { codec: codec_name(params) })?;
    let hz = params.sample_rate.ok_or(AudioError::NoTrack)?;
    if !RATES_HZ.contains(&hz) {
        return Err(AudioError::UnsupportedRate { hz });
    }
    Ok((Codec::Known(decoder, Vec::new()), hz, channels))
}

/// What people call the codecs that are met and cannot be read.
fn codec_name(params: &AudioCodecParameters) -> String {
    let name = match params.codec {
        well_known::CODEC_ID_AC3 => "ac-3",
        well_known::CODEC_ID_EAC3 => "e-ac-3",
        well_known::CODEC_ID_DCA => "dts",
        well_known::CODEC_ID_SPEEX => "speex",
        well_known::CODEC_ID_WAVPACK => "wavpack",
        well_known::CODEC_ID_MP2 => "mp2",
        well_known::CODEC_ID_AAC => "an aac profile other than lc",
        other => return format!("something unknown ({other})"),
    };
    name.to_owned()
}

/// The first bytes; leaves the source at its start.
fn read_head(source: &mut Box<dyn MediaSource>) -> Vec<u8> {
    let mut head = Vec::new();
    let read = source.by_ref().take(HEAD_BYTES).read_to_end(&mut head);
    // A source that fails here fails again, with its reason, when it is probed.
    let _ = read.and_then(|_| source.seek(SeekFrom::Start(0)));
    head
}

/// Whether the first bytes of a file are plain text.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // A character may be cut in two where the head ends.
        Err(error) if head.len() - error.valid_up_to() < 4 => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text.is_empty() && text.chars().all(|c| !c.is_control() || c.is_whitespace())
}

/// How long a Matroska or WebM file that starts with `head` says it is; 0 where it leaves that open,
/// `None` when it is another kind of file. Both numbers are EBML (RFC 8794): as many bytes as the
/// first has leading zeros and one more, all bits set for "unknown".
fn matroska_length(head: &[u8]) -> Option<u64> {
    fn size(bytes: &[u8]) -> Option<(u64, usize)> {
        let width = bytes.first()?.leading_zeros() as usize + 1;
        let number = bytes.get(..width).filter(|_| width <= 8)?;
        let value = number.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
        Some((value & ((1 << (7 * width)) - 1), width))
    }
    fn segment_end(head: &[u8]) -> Option<u64> {
        let (header_bytes, width) = size(&head[MATROSKA_MARK.len()..])?;
        let segment = MATROSKA_MARK.len() + width + usize::try_from(header_bytes).ok()?;
        let first = segment.checked_add(SEGMENT_MARK.len())?;
        if head.get(segment..first)? != SEGMENT_MARK {
            return None;
        }
        let (segment_bytes, width) = size(&head[first..])?;
        let unknown = segment_bytes == (1 << (7 * width)) - 1;
        if unknown { None } else { (first as u64 + width as u64).checked_add(segment_bytes) }
    }
    head.starts_with(&MATROSKA_MARK).then(|| segment_end(head).unwrap_or(0))
}

/// A source that counts how far it was read, for progress.
struct Counted {
    inner: Box<dyn MediaSource>,
    furthest: Arc<AtomicU64>,
    at: u64,
    seekable: bool,
    length: u64,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.at += read as u64;
        self.furthest.fetch_max(self.at, Ordering::Relaxed);
        Ok(read)
    }
}

impl Seek for Counted {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = self.inner.seek(to)?;
        Ok(self.at)
    }
}

impl MediaSource for Counted {
    fn is_seekable(&self) -> bool {
        self.seekable && self.inner.is_seekable()
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.length)
    }
}
