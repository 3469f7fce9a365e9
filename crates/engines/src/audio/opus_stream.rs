//! Opus packets, which the container readers hand over undecoded.

use super::AudioError;

/// Opus always decodes at this rate, whatever was recorded.
pub(super) const OPUS_HZ: u32 = 48_000;

/// The most samples a packet may hold for each channel: 120 ms (RFC 6716).
const PACKET_FRAMES_MAX: usize = 5760;

/// The decoder of one Opus stream.
pub(super) struct OpusStream {
    decoder: opus::Decoder,
    channels: usize,
    /// Samples at the start that only warm the decoder up.
    skip: usize,
    out: Vec<f32>,
}

impl OpusStream {
    /// A decoder for a stream whose identification header (RFC 7845) is `head`, where the file has
    /// one; else for `channels` channels.
    pub(super) fn new(head: Option<&[u8]>, channels: usize) -> Result<Self, AudioError> {
        let (channels, skip) = match head {
            Some([b'O', b'p', b'u', b's', b'H', b'e', b'a', b'd', _, channels, low, high, ..]) => {
                (usize::from(*channels), usize::from(u16::from_le_bytes([*low, *high])))
            }
            _ => (channels, 0),
        };
        let layout = match channels {
            1 => opus::Channels::Mono,
            2 => opus::Channels::Stereo,
            _ => {
                let codec = format!("opus with {channels} channels");
                return Err(AudioError::UnsupportedCodec { codec });
            }
        };
        let decoder = opus::Decoder::new(OPUS_HZ, layout)
            .map_err(|error| AudioError::Convert { reason: error.to_string() })?;
        Ok(Self { decoder, channels, skip, out: vec![0.0; PACKET_FRAMES_MAX * channels] })
    }

    /// How many channels the samples have.
    pub(super) const fn channels(&self) -> usize {
        self.channels
    }

    /// The interleaved samples of a packet without its last `trim_frames`, or `None` when it is
    /// damaged.
    pub(super) fn decode(&mut self, packet: &[u8], trim_frames: usize) -> Option<&[f32]> {
        // An empty packet would be filled with a guess.
        if packet.is_empty() {
            return None;
        }
        let frames = self.decoder.decode_float(packet, &mut self.out, false).ok()?;
        let first = self.skip.min(frames);
        self.skip -= first;
        let end = frames.saturating_sub(trim_frames).max(first);
        self.out.get(first * self.channels..end * self.channels)
    }
}
