//! Frames, and how they stand in a log file.

use std::collections::BTreeSet;

use super::Error;

/// Most samples in one frame: one second at 48 kHz.
pub const SAMPLES_MAX: usize = 48_000;
/// Most bytes in one chunk of video.
pub const CHUNK_BYTES_MAX: usize = 8 << 20;
/// Most samples in one stream: six hours at 48 kHz.
pub const STREAM_SAMPLES_MAX: u64 = 48_000 * 3600 * 6;
/// Longest silence that one frame may leave before it: an hour at 48 kHz.
pub const GAP_SAMPLES_MAX: u64 = 48_000 * 3600;
/// How far ahead of the first missing frame another may be.
pub const AHEAD_FRAMES_MAX: u32 = 4096;

/// What a frame carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Mono samples; the frame's position is that of the first.
    Samples(Vec<i16>),
    /// A piece of a file that grows, as a media recorder hands them out.
    Chunk(Vec<u8>),
    /// Nothing: frames before this number will never come, as their sender has lost them. The
    /// frame itself is the next that will.
    Lost,
}

/// One numbered piece of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Its number, from 0, without holes.
    pub seq: u32,
    /// The position of its first sample since the stream began; for chunks, interview time in
    /// microseconds.
    pub position: u64,
    /// What it carries.
    pub body: Body,
}

impl Frame {
    /// The position after its last sample.
    pub(super) fn end(&self) -> u64 {
        match &self.body {
            Body::Samples(samples) => self.position.saturating_add(samples.len() as u64),
            Body::Chunk(_) | Body::Lost => self.position,
        }
    }

    /// Checks what can be checked without knowing the stream.
    pub(super) fn check(&self) -> Result<(), Error> {
        let problem = match &self.body {
            Body::Samples(samples) if samples.is_empty() => "has no samples",
            Body::Samples(samples) if samples.len() > SAMPLES_MAX => "has too many samples",
            Body::Samples(_) if self.end() > STREAM_SAMPLES_MAX => "is beyond six hours",
            Body::Chunk(bytes) if bytes.is_empty() => "is empty",
            Body::Chunk(bytes) if bytes.len() > CHUNK_BYTES_MAX => "is too large",
            _ if self.seq == u32::MAX => "has the last number there is",
            _ if i64::try_from(self.position).is_err() => "has a position beyond all time",
            _ => return Ok(()),
        };
        Err(Error::Frame { seq: self.seq, problem })
    }
}

/// Which frames are there: all before `next`, and some ahead of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Window {
    next: u32,
    ahead: BTreeSet<u32>,
}

impl Window {
    /// The first frame that is missing.
    pub(super) fn next(&self) -> u32 {
        self.next
    }

    /// The highest frame that is there.
    pub(super) fn last(&self) -> Option<u32> {
        self.ahead.last().copied().or(self.next.checked_sub(1))
    }

    pub(super) fn has(&self, seq: u32) -> bool {
        seq < self.next || self.ahead.contains(&seq)
    }

    /// Whether a frame is so far ahead that what is missing before it must come first.
    pub(super) fn is_beyond(&self, seq: u32) -> bool {
        seq > self.next.saturating_add(AHEAD_FRAMES_MAX)
    }

    /// Notes that a frame is there.
    pub(super) fn add(&mut self, seq: u32) {
        if seq >= self.next {
            self.ahead.insert(seq);
            self.close_up();
        }
    }

    /// Notes that nothing before `seq` will come any more.
    pub(super) fn skip_to(&mut self, seq: u32) {
        self.next = self.next.max(seq);
        self.ahead = self.ahead.split_off(&self.next);
        self.close_up();
    }

    fn close_up(&mut self) {
        while self.ahead.remove(&self.next) {
            self.next += 1;
        }
    }
}

/// What every frame in a log begins with, so that one can be found behind damage.
pub(super) const MARK: [u8; 4] = *b"GRfr";
/// Mark, kind, number, position, payload length, checksum.
pub(super) const HEADER_BYTES: usize = 4 + 4 + 4 + 8 + 4 + 4;

/// The kind of a frame in a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Samples = 1,
    Chunk = 2,
    Lost = 3,
}

/// What stands before a frame's payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) kind: Kind,
    pub(super) seq: u32,
    pub(super) position: u64,
    pub(super) payload_bytes: u32,
    checksum: u32,
    summed: u32,
}

impl Header {
    /// Reads a header; `None` when this is none.
    pub(super) fn read(bytes: &[u8; HEADER_BYTES]) -> Option<Self> {
        let (fields, checksum) = bytes.split_last_chunk::<4>()?;
        let (mark, fields) = fields.split_first_chunk::<4>()?;
        let (kind, fields) = fields.split_first_chunk::<4>()?;
        let (seq, fields) = fields.split_first_chunk::<4>()?;
        let (position, fields) = fields.split_first_chunk::<8>()?;
        let (payload_bytes, _) = fields.split_first_chunk::<4>()?;
        let kind = match u32::from_le_bytes(*kind) {
            1 => Kind::Samples,
            2 => Kind::Chunk,
            3 => Kind::Lost,
            _ => return None,
        };
        let payload_bytes = u32::from_le_bytes(*payload_bytes);
        (*mark == MARK && payload_bytes as usize <= CHUNK_BYTES_MAX).then(|| Self {
            kind,
            seq: u32::from_le_bytes(*seq),
            position: u64::from_le_bytes(*position),
            payload_bytes,
            checksum: u32::from_le_bytes(*checksum),
            summed: crc32fast::hash(&bytes[..HEADER_BYTES - 4]),
        })
    }

    /// Whether header and payload are as they were written.
    pub(super) fn matches(&self, payload: &[u8]) -> bool {
        let mut hasher = crc32fast::Hasher::new_with_initial(self.summed);
        hasher.update(payload);
        hasher.finalize() == self.checksum
    }
}

/// Appends a frame to `log` as it stands in a file.
pub(super) fn write(frame: &Frame, log: &mut Vec<u8>) {
    let (kind, payload): (Kind, std::borrow::Cow<'_, [u8]>) = match &frame.body {
        Body::Samples(samples) => {
            (Kind::Samples, samples.iter().flat_map(|sample| sample.to_le_bytes()).collect())
        }
        Body::Chunk(bytes) => (Kind::Chunk, bytes.into()),
        Body::Lost => (Kind::Lost, [].as_slice().into()),
    };
    let start = log.len();
    log.extend(MARK);
    log.extend((kind as u32).to_le_bytes());
    log.extend(frame.seq.to_le_bytes());
    log.extend(frame.position.to_le_bytes());
    log.extend((payload.len() as u32).to_le_bytes());
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&log[start..]);
    hasher.update(&payload);
    log.extend(hasher.finalize().to_le_bytes());
    log.extend_from_slice(&payload);
}

/// Little-endian samples.
pub(super) fn samples(payload: &[u8]) -> Vec<i16> {
    payload.as_chunks::<2>().0.iter().map(|pair| i16::from_le_bytes(*pair)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_closes_up_when_the_missing_frame_comes() {
        let mut window = Window::default();
        for seq in [0, 2, 3, 5] {
            window.add(seq);
        }
        assert_eq!(window.next(), 1);
        assert!(window.has(3) && !window.has(4));
        window.add(1);
        assert_eq!(window.next(), 4);
        window.skip_to(5);
        assert_eq!(window.next(), 6);
    }

    #[test]
    fn a_flipped_bit_anywhere_in_a_frame_is_noticed() {
        let frame = Frame { seq: 7, position: 960, body: Body::Samples(vec![1, -2, 300]) };
        let mut bytes = Vec::new();
        write(&frame, &mut bytes);
        let holds = |bytes: &[u8]| {
            let (header, payload) = bytes.split_first_chunk().expect("longer than a header");
            Header::read(header).is_some_and(|header| {
                header.payload_bytes as usize == payload.len() && header.matches(payload)
            })
        };
        assert!(holds(&bytes));
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(!holds(&damaged), "bit {bit}");
        }
    }
}
