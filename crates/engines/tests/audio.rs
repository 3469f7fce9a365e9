//! Recordings of every kind that people bring, and files that are none.

use std::path::{Path, PathBuf};

use engines::{
    LISTEN_HZ,
    audio::{AudioError, Decoder, decode_file},
};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// The rate of upward zero crossings in the middle of a sound: the pitch of a tone.
fn pitch_hz(samples: &[f32]) -> f32 {
    let middle = &samples[samples.len() / 10..samples.len() * 9 / 10];
    let crossings = middle.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count();
    crossings as f32 * LISTEN_HZ as f32 / middle.len() as f32
}

/// Every fixture is a tone of 440 Hz; `slack` is what its codec may add or take at the ends.
fn check_tone(name: &str, seconds: f64, slack: f64) {
    let sound = decode_file(&fixture(name), LISTEN_HZ).unwrap();
    let read_s = sound.samples.len() as f64 / f64::from(LISTEN_HZ);
    assert!((read_s - seconds).abs() <= slack, "{name} gave {read_s} s");
    assert!(sound.damage.is_none(), "{name}: {}", sound.damage);
    let pitch = pitch_hz(&sound.samples);
    assert!((pitch - 440.0).abs() < 15.0, "{name} sounds at {pitch} Hz");
    let loudest = sound.samples.iter().fold(0.0_f32, |most, sample| most.max(sample.abs()));
    assert!((0.08..0.2).contains(&loudest), "{name} is as loud as {loudest}");
}

#[test]
fn every_usual_kind_is_read() {
    check_tone("tone_8k_mono.wav", 1.0, 0.001);
    check_tone("tone_48k_stereo.wav", 0.1, 0.001);
    check_tone("tone.flac", 1.0, 0.001);
    check_tone("tone.mp3", 1.0, 0.06);
    check_tone("tone_vorbis.ogg", 1.0, 0.03);
    check_tone("tone_opus.ogg", 1.0, 0.001);
    check_tone("tone_opus.webm", 1.0, 0.03);
    check_tone("tone.m4a", 1.0, 0.08);
}

#[test]
fn what_is_there_of_a_truncated_file_is_read_and_reported() {
    let sound = decode_file(&fixture("truncated.webm"), LISTEN_HZ).unwrap();
    assert!(sound.damage.truncated);
    assert_eq!(sound.damage.to_string(), "the file is cut off");
    let seconds = sound.samples.len() as f64 / f64::from(LISTEN_HZ);
    assert!((0.2..0.8).contains(&seconds), "{seconds} s");
    assert!((pitch_hz(&sound.samples) - 440.0).abs() < 15.0);
}

/// The first `share` of a fixture's bytes hold about half of its tone.
fn check_cut(name: &str, share: f64) {
    let mut bytes = std::fs::read(fixture(name)).unwrap();
    bytes.truncate((bytes.len() as f64 * share) as usize);
    let samples = read_to_end(bytes).unwrap_or_else(|error| panic!("{name} cut off: {error}"));
    let seconds = samples as f64 / f64::from(LISTEN_HZ);
    assert!((0.3..0.7).contains(&seconds), "{name} cut off gave {seconds} s");
}

#[test]
fn a_file_cut_in_half_gives_half_its_sound() {
    check_cut("tone_8k_mono.wav", 0.5);
    check_cut("tone.mp3", 0.5);
    // More than half of this one is room for a title in front of the sound.
    check_cut("tone.flac", 0.8);
}

#[test]
fn a_file_cut_off_before_its_sound_is_an_error() {
    let bytes = std::fs::read(fixture("tone_opus.webm")).unwrap();
    let error = read_to_end(bytes[..200].to_vec()).unwrap_err();
    assert!(matches!(error, AudioError::DamagedStart), "{error}");
}

/// The message for a file is what a person reads: it must say what is wrong and what to do.
fn check_error(name: &str, expected: &str) {
    let error = decode_file(&fixture(name), LISTEN_HZ).unwrap_err();
    assert_eq!(error.to_string(), expected, "{name}");
}

#[test]
fn files_that_are_no_recording_are_told_apart() {
    check_error("empty.wav", "the file is empty; record again or choose another file");
    check_error(
        "text_named.wav",
        "the file holds text and no sound; give it as a transcript or choose a recording",
    );
    check_error(
        "silent_video.webm",
        "the file has no audio track; record again with the microphone on",
    );
    check_error(
        "unsupported_ac3.mka",
        "the sound is coded as ac-3, which cannot be read; convert it to wav or flac",
    );
    let missing = decode_file(&fixture("missing.wav"), LISTEN_HZ).unwrap_err();
    assert!(matches!(missing, AudioError::File { .. }), "{missing}");
    let folder = decode_file(&fixture(""), LISTEN_HZ).unwrap_err();
    assert!(matches!(folder, AudioError::File { .. }), "{folder}");
}

#[test]
fn progress_grows_to_the_end() {
    let mut decoder = Decoder::open(&fixture("tone_8k_mono.wav")).unwrap();
    assert_eq!((decoder.source_hz(), decoder.source_channels()), (8_000, 1));
    let mut seconds = 0.0;
    while decoder.next_chunk().unwrap().is_some() {
        let position = decoder.position();
        assert!(position.seconds >= seconds && position.bytes_read <= position.bytes_total);
        seconds = position.seconds;
    }
    assert!((seconds - 1.0).abs() < 0.001, "{seconds}");
    let position = decoder.position();
    assert_eq!(position.bytes_read, position.bytes_total);
    assert!(decoder.next_chunk().unwrap().is_none());
}

fn read_to_end(bytes: Vec<u8>) -> Result<usize, AudioError> {
    let mut decoder = Decoder::from_bytes(bytes, LISTEN_HZ)?;
    let mut samples = 0;
    while let Some(chunk) = decoder.next_chunk()? {
        samples += chunk.len();
    }
    Ok(samples)
}

/// Whatever the bytes, the answer is sound or an error, and not a panic or an endless loop.
#[test]
fn damaged_files_end_in_sound_or_an_error() {
    let mut state = 7_u64;
    let mut random = move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    let (mut read, mut refused) = (0, 0);
    for name in [
        "tone.flac",
        "tone.mp3",
        "tone_vorbis.ogg",
        "tone_opus.ogg",
        "tone_opus.webm",
        "tone.m4a",
        "tone_48k_stereo.wav",
    ] {
        let whole = std::fs::read(fixture(name)).unwrap();
        for _ in 0..20 {
            let mut bytes = whole.clone();
            for _ in 0..1 + random() % 20 {
                let at = random() % bytes.len();
                bytes[at] = random() as u8;
            }
            bytes.truncate(1 + random() % bytes.len());
            match read_to_end(bytes) {
                Ok(samples) => {
                    assert!(samples < 100 * LISTEN_HZ as usize, "{name} grew to {samples} samples");
                    read += 1;
                }
                Err(_) => refused += 1,
            }
        }
    }
    assert!(read > 0 && refused > 0, "{read} read, {refused} refused");
}
