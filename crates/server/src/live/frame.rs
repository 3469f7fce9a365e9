//! The binary frames of the live line; `docs/reference/live.md` has the layout.

/// Length of a frame's head.
const HEAD: usize = 16;
/// The most samples in one frame: 200 ms at 48 kHz.
const SAMPLES_MAX: usize = 9_600;

/// Sound from a microphone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MicrophoneFrame {
    /// Which stream.
    pub stream: u8,
    /// Number of the frame in it, from 0.
    pub number: u32,
    /// Position of the first sample in it.
    pub first_sample: u64,
    /// The samples.
    pub samples: Vec<i16>,
}

impl MicrophoneFrame {
    /// Reads a frame.
    ///
    /// # Errors
    /// What is wrong with it, in words for the one who wrote the client.
    pub fn read(bytes: &[u8]) -> Result<Self, &'static str> {
        let Some((head, sound)) = bytes.split_at_checked(HEAD) else {
            return Err("a frame needs a head of 16 bytes");
        };
        if head[0] != 1 {
            return Err("the first byte of a microphone frame is 1");
        }
        if sound.is_empty() || sound.len() % 2 != 0 || sound.len() / 2 > SAMPLES_MAX {
            return Err("a frame has 1 to 9600 samples of two bytes");
        }
        let samples = sound.chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect();
        let number = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
        let mut first = [0; 8];
        first.copy_from_slice(&head[8..]);
        Ok(Self { stream: head[1], number, first_sample: u64::from_le_bytes(first), samples })
    }
}

/// Sound of the interviewer, as bytes to send.
pub fn speech_frame(utterance: u32, first_sample: u64, samples: &[i16]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEAD + samples.len() * 2);
    bytes.extend_from_slice(&[2, 0, 0, 0]);
    bytes.extend_from_slice(&utterance.to_le_bytes());
    bytes.extend_from_slice(&first_sample.to_le_bytes());
    for sample in samples {
        bytes.extend_from_slice(&sample.to_le_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_microphone_frame_is_read_as_it_was_written() {
        let mut bytes = vec![1, 3, 0, 0, 7, 0, 0, 0];
        bytes.extend_from_slice(&9_600_u64.to_le_bytes());
        bytes.extend_from_slice(&[0x01, 0x00, 0xff, 0xff]);
        let frame = MicrophoneFrame::read(&bytes).expect("it is a frame");
        assert_eq!(
            frame,
            MicrophoneFrame { stream: 3, number: 7, first_sample: 9_600, samples: vec![1, -1] }
        );
    }

    #[test]
    fn broken_frames_are_refused() {
        for bytes in [&[][..], &[1; 15], &[1; 16], &[1; 17], &[2; 20], &[1; 16 + 19_202]] {
            assert!(MicrophoneFrame::read(bytes).is_err(), "{} bytes", bytes.len());
        }
    }
}
