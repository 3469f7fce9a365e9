//! The real models on real speech. Needs the models (`GREENROOM_MODELS`) and the evaluation recordings
//! (`GREENROOM_EVAL_DATA`, by default `shared/data` beside the checkout); what is missing fails.

use std::{
    f32::consts::TAU,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use engines::{
    LISTEN_HZ, Recogniser,
    audio::decode_file,
    listen::{self, Listening},
    recognise::WhisperRecogniser,
    voice_activity::CHUNK_SAMPLES,
};
use interview::{Word, word::text_of};

const SECOND: usize = LISTEN_HZ as usize;

fn models() -> PathBuf {
    let folder = std::env::var_os("GREENROOM_MODELS");
    PathBuf::from(folder.expect("set GREENROOM_MODELS to the directory of the models"))
}

fn listening() -> &'static Listening {
    static LISTENING: OnceLock<Listening> = OnceLock::new();
    LISTENING.get_or_init(|| {
        let listening = listen::load(&models(), 1);
        assert!(listening.missing.is_empty(), "models are missing: {:?}", listening.missing);
        listening
    })
}

fn recogniser() -> &'static dyn Recogniser {
    listening().recogniser.as_deref().expect("a recogniser")
}

fn speech(name: &str) -> Vec<f32> {
    let folder = std::env::var_os("GREENROOM_EVAL_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let path = folder.join("speech").join(name);
    match decode_file(&path, LISTEN_HZ) {
        Ok(sound) => sound.samples,
        Err(error) => panic!("{error} (set GREENROOM_EVAL_DATA to the evaluation recordings)"),
    }
}

/// Each clip of read speech and what is read in it.
const READ: [(&str, &str); 4] = [
    (
        "librispeech/1998-15444-0001.flac",
        "he should make inquiries as to symptoms and time at which food or medicine was last taken",
    ),
    (
        "librispeech/1998-15444-0004.flac",
        "the gut and the gullet being cut across between these ligatures the stomach may be removed \
         entire without spilling its contents",
    ),
    (
        "librispeech/1998-15444-0006.flac",
        "in a case of attempted suicide by poisoning is it the duty of the doctor to inform the \
         police",
    ),
    (
        "librispeech/2033-164914-0000.flac",
        "replied he of a truth i heard him not and i wot him not and folks are all sleeping",
    ),
];

fn keys(text: &str) -> Vec<String> {
    text.split_whitespace().map(interview::word::key).filter(|key| !key.is_empty()).collect()
}

/// Words to insert, delete or replace to make one of the other.
fn distance(a: &[String], b: &[String]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

fn check_error_rate(name: &str, rate_max: f32, hear: impl Fn(&[f32]) -> String) {
    let (mut errors, mut words) = (0, 0);
    for (clip, text) in READ {
        let expected = keys(text);
        errors += distance(&expected, &keys(&hear(&speech(clip))));
        words += expected.len();
    }
    let rate = errors as f32 / words as f32;
    assert!(rate <= rate_max, "{name}: {errors} of {words} words wrong");
}

#[test]
fn read_speech_is_recognised() {
    check_error_rate("whisper base", 0.1, |sound| {
        text_of(&recogniser().recognise(sound).unwrap().words)
    });
    let tiny = WhisperRecogniser::load(&models().join("whisper-tiny-en"), "tiny", 1).unwrap();
    check_error_rate("whisper tiny.en", 0.15, |sound| {
        text_of(&tiny.recognise(sound).unwrap().words)
    });
    let captions = listening().captions.as_deref().unwrap();
    check_error_rate("moonshine tiny", 0.15, |sound| captions.transcribe(sound).unwrap());
}

/// Times and probabilities that any caller may rely on.
fn check_words(words: &[Word], samples: usize) {
    let length_us = samples as i64 * 1_000_000 / LISTEN_HZ as i64;
    let mut earliest_us = 0;
    for word in words {
        let span = word.span.unwrap();
        assert!(span.start_us >= earliest_us && span.micros() > 0, "{word:?} after {earliest_us}");
        assert!(span.end_us <= length_us, "{word:?} ends after {length_us}");
        assert!(word.probability.is_some_and(|probability| (0.0..=1.0).contains(&probability)));
        earliest_us = span.end_us;
    }
}

#[test]
fn words_stand_where_they_were_said() {
    let first = speech(READ[2].0);
    let second = speech(READ[0].0);
    let pause = SECOND * 3 / 2;
    let mut sound = vec![0.0; SECOND];
    sound.extend_from_slice(&first);
    sound.resize(sound.len() + pause, 0.0);
    let resumed = sound.len();
    sound.extend_from_slice(&second);
    let recognition = recogniser().recognise(&sound).unwrap();
    check_words(&recognition.words, sound.len());
    assert!(recognition.mean_log_probability.is_some_and(|value| value < 0.0));
    let spans: Vec<_> = recognition.words.iter().filter_map(|word| word.span).collect();
    assert!(spans[0].start_us >= 900_000, "the first word is at {:?}", spans[0]);
    let gaps: Vec<_> =
        spans.windows(2).map(|pair| (pair[1].start_us - pair[0].end_us, pair)).collect();
    let (longest_us, around) = gaps.iter().max_by_key(|(gap_us, _)| *gap_us).unwrap();
    assert!(*longest_us >= 1_000_000, "the pause shrank to {longest_us} us");
    let resumed_us = resumed as i64 * 1_000_000 / LISTEN_HZ as i64;
    let late_us = around[1].start_us - resumed_us;
    assert!((-100_000..600_000).contains(&late_us), "speech goes on {late_us} us off");
    assert_eq!(gaps.iter().filter(|(gap_us, _)| *gap_us >= 700_000).count(), 1);
}

#[test]
fn fillers_are_written_down() {
    let words = recogniser().recognise(&speech("verbatim/mfa_uhum.flac")).unwrap().words;
    let fillers = ["um", "umm", "uh", "hm", "hmm"];
    let heard = words.iter().filter(|word| fillers.contains(&word.key().as_str())).count();
    assert!(heard >= 2, "{heard} fillers in {:?}", text_of(&words));
}

/// The same noise in each run, at most `level` loud.
fn noise(seconds: usize, level: f32) -> Vec<f32> {
    let mut state = 9_u32;
    (0..seconds * SECOND)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state as f32 / u32::MAX as f32 * 2.0 - 1.0) * level
        })
        .collect()
}

fn hum(seconds: usize, level: f32) -> Vec<f32> {
    let tone = |i: usize| level * (TAU * 100.0 * i as f32 / LISTEN_HZ as f32).sin();
    (0..seconds * SECOND).map(tone).collect()
}

#[test]
fn nobody_speaks_in_silence_noise_and_hum() {
    let sounds = [
        ("silence", vec![0.0; 5 * SECOND]),
        ("a quiet room", noise(5, 0.003)),
        ("a fan", noise(8, 0.05)),
        ("a hum", hum(5, 0.1)),
        ("almost nothing", vec![0.0; 100]),
        ("no sample", Vec::new()),
    ];
    for (name, sound) in &sounds {
        let words = recogniser().recognise(sound).unwrap().words;
        assert!(words.is_empty(), "{name} was heard as {:?}", text_of(&words));
        let most = activity_of(sound).into_iter().fold(0.0, f32::max);
        assert!(most < 0.5, "{name} is speech with a probability of {most}");
    }
}

#[test]
fn a_sound_longer_than_the_model_hears_is_refused() {
    let error = recogniser().recognise(&vec![0.1; 31 * SECOND]).unwrap_err();
    assert!(error.to_string().contains("longer than 30 s"), "{error}");
}

/// The probability of speech in each chunk of a new stream.
fn activity_of(sound: &[f32]) -> Vec<f32> {
    let mut activity = listening().voice_activity_stream().unwrap();
    let chunks = sound.chunks_exact(CHUNK_SAMPLES);
    chunks.map(|chunk| activity.push(chunk.try_into().unwrap()).unwrap()).collect()
}

#[test]
fn speech_is_found_where_it_is() {
    let mut sound = noise(2, 0.001);
    let spoken = speech(READ[0].0);
    sound.extend_from_slice(&spoken);
    sound.extend(noise(2, 0.001));
    let activity = activity_of(&sound);
    let chunk_s = CHUNK_SAMPLES as f32 / SECOND as f32;
    let spoken_s = spoken.len() as f32 / SECOND as f32;
    let first = activity.iter().position(|p| *p >= 0.5).unwrap() as f32 * chunk_s;
    let last = activity.iter().rposition(|p| *p >= 0.5).unwrap() as f32 * chunk_s;
    assert!((1.9..2.5).contains(&first), "speech begins at {first} s");
    assert!((last - 2.0 - spoken_s).abs() < 0.6, "speech ends at {last} s");
    let speech_s = activity.iter().filter(|p| **p >= 0.5).count() as f32 * chunk_s;
    assert!(speech_s > 0.8 * spoken_s, "{speech_s} s of {spoken_s} s were found");
}

#[test]
fn a_stream_reset_hears_as_if_new() {
    let sound = speech(READ[0].0);
    let hear = |activity: &mut dyn engines::VoiceActivity| -> Vec<f32> {
        let chunks = sound.chunks_exact(CHUNK_SAMPLES).take(50);
        chunks.map(|chunk| activity.push(chunk.try_into().unwrap()).unwrap()).collect()
    };
    let mut activity = listening().voice_activity_stream().unwrap();
    let first = hear(activity.as_mut());
    activity.reset();
    assert_eq!(hear(activity.as_mut()), first);
}

/// Probabilities from the model's own Python code on the same sound.
#[test]
fn a_finished_turn_sounds_different_from_a_thinking_pause() {
    let model = listening().turn_end.as_deref().unwrap();
    let check = |name: &str, samples: Option<usize>, expected: f32| {
        let sound = speech(name);
        let heard = &sound[..samples.unwrap_or(sound.len())];
        let probability = model.probability(heard).unwrap();
        assert!((probability - expected).abs() < 0.01, "{name}: {probability}, not {expected}");
    };
    check("librispeech/1998-15444-0001.flac", None, 0.979_366);
    check("librispeech/1998-15444-0000.flac", Some(6 * SECOND), 0.057_514);
    check("librispeech/1998-15444-0000.flac", None, 0.968_528);
    check("verbatim/mfa_uhum.flac", None, 0.990_130);
    check("spontaneous/silero_test.wav", Some(296_000), 0.044_269);
    assert!((0.0..=1.0).contains(&model.probability(&[]).unwrap()));
}

#[test]
fn an_answer_is_nearer_to_its_question_than_something_else() {
    let embedder = listening().embedder.as_deref().unwrap();
    let vectors = embedder
        .embed(&[
            "Tell me about a time you resolved a conflict in your team.",
            "Two engineers disagreed about the design, so I brought them together and we agreed.",
            "My favourite pasta needs fresh basil and a lot of garlic.",
            "",
        ])
        .unwrap();
    let near = |a: usize, b: usize| -> f32 {
        vectors[a].iter().zip(&vectors[b]).map(|(a, b)| a * b).sum()
    };
    assert!((near(0, 0) - 1.0).abs() < 1e-3 && vectors[0].len() == 384);
    assert!(near(0, 1) > near(0, 2) + 0.2, "{} and {}", near(0, 1), near(0, 2));
    // What stands beside a text must not change its vector.
    let alone =
        embedder.embed(&["My favourite pasta needs fresh basil and a lot of garlic."]).unwrap();
    let same: f32 = alone[0].iter().zip(&vectors[2]).map(|(a, b)| a * b).sum();
    assert!(same > 0.98, "{same}");
    assert!(embedder.embed(&[]).unwrap().is_empty());
}

#[test]
fn a_recogniser_names_itself_by_its_bytes() {
    assert_eq!(recogniser().identity(), "whisper-base-int8@905e5bf8336bcc62");
}
