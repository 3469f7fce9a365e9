//! The real voices. Needs the models (`GREENROOM_MODELS`) and the personas of this repository; what is
//! missing fails.

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::OnceLock,
    time::Instant,
};

use engines::{
    LISTEN_HZ, Voice,
    audio::resample,
    listen,
    runtime::Runtime,
    speech::{self, Voices},
};
use interview::persona::{self, Occasion, Persona};

fn models() -> PathBuf {
    let folder = std::env::var_os("GREENROOM_MODELS");
    PathBuf::from(folder.expect("set GREENROOM_MODELS to the directory of the models"))
}

fn voices() -> &'static Voices {
    static VOICES: OnceLock<Voices> = OnceLock::new();
    VOICES.get_or_init(|| {
        let runtime = Runtime::load(&models().join(listen::RUNTIME_FILE)).expect("the runtime");
        speech::load(&models(), &runtime, 1).expect("the voices")
    })
}

fn personas() -> Vec<Persona> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/personas");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the personas of this repository")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    let read = |path: &PathBuf| std::fs::read_to_string(path).expect("a readable file");
    files.iter().map(|path| toml::from_str(&read(path)).expect("a valid persona")).collect()
}

fn own_style() -> persona::Voice {
    persona::Voice { kokoro: "af_heart".to_owned(), hibari_semitones: 0.0, speed: 1.0 }
}

fn speak(voice: &dyn Voice, text: &str, style: &persona::Voice) -> Vec<f32> {
    let mut sound = Vec::new();
    let said = voice.speak(text, style, &mut |piece| {
        sound.extend_from_slice(piece);
        ControlFlow::Continue(())
    });
    said.expect("the voice speaks");
    sound
}

fn seconds(voice: &dyn Voice, sound: &[f32]) -> f64 {
    sound.len() as f64 / f64::from(voice.sample_rate())
}

/// The median pitch in Hz of the frames in which a sound looks like itself one period later.
fn pitch_hz(voice: &dyn Voice, sound: &[f32]) -> f32 {
    let rate = voice.sample_rate() as usize;
    let mut pitches: Vec<f32> = sound
        .chunks_exact(rate / 16)
        .filter_map(|frame| {
            let lags = rate / 400..=rate / 75;
            let power = frame.iter().map(|x| x * x).sum::<f32>();
            let likeness = |lag: usize| {
                let pairs = frame.iter().zip(&frame[lag..]);
                let (product, late) =
                    pairs.fold((0.0, 0.0), |(p, l), (a, b)| (p + a * b, l + b * b));
                product / (late * power * (frame.len() - lag) as f32 / frame.len() as f32).sqrt()
            };
            let best = lags.max_by(|a, b| likeness(*a).total_cmp(&likeness(*b)))?;
            let loud = power / frame.len() as f32 > 1e-3;
            (loud && likeness(best) > 0.6).then_some(rate as f32 / best as f32)
        })
        .collect();
    pitches.sort_by(f32::total_cmp);
    pitches[pitches.len() / 2]
}

const QUESTION: &str =
    "Tell me about a time you led a team through a difficult change. What did you do first?";

/// Speech is as long as people take for it, as loud as agreed, and never cut off.
#[track_caller]
fn check_sound(voice: &dyn Voice, style: &persona::Voice) {
    let sound = speak(voice, QUESTION, style);
    let spoken_s = seconds(voice, &sound) * f64::from(style.speed);
    assert!((4.0..7.5).contains(&spoken_s), "{} spoke for {spoken_s} s", voice.identity());
    let loud: Vec<f32> = sound.iter().copied().filter(|x| x.abs() > 0.01).collect();
    let rms_db = 10.0 * (loud.iter().map(|x| x * x).sum::<f32>() / loud.len() as f32).log10();
    assert!((-22.0..-17.0).contains(&rms_db), "{} is at {rms_db} dB", voice.identity());
    let peak = sound.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
    assert!((0.2..0.95).contains(&peak), "{} peaks at {peak}", voice.identity());
}

#[test]
fn every_persona_speaks_at_one_loudness() {
    for persona in personas() {
        check_sound(&*voices().quick, &persona.voice);
    }
}

#[test]
fn the_best_voice_speaks_as_every_persona() {
    let best = voices().best().expect("kokoro loads").expect("kokoro is there");
    for persona in personas() {
        check_sound(&*best, &persona.voice);
    }
}

#[test]
fn personas_are_told_apart_by_ear() {
    let voice = &*voices().quick;
    let mut pitches: Vec<f32> = personas()
        .iter()
        .map(|persona| pitch_hz(voice, &speak(voice, QUESTION, &persona.voice)))
        .collect();
    pitches.sort_by(f32::total_cmp);
    assert!(pitches.len() >= 3);
    // Two semitones are clearly heard from one voice to the next.
    assert!(
        pitches.windows(2).all(|pair| 12.0 * (pair[1] / pair[0]).log2() > 2.0),
        "{pitches:?} Hz"
    );
}

#[test]
fn speed_changes_tempo_and_not_pitch() {
    let voice = &*voices().quick;
    let at = |speed| speak(voice, QUESTION, &persona::Voice { speed, ..own_style() });
    let (slow, quick) = (at(0.8), at(1.25));
    let ratio = seconds(voice, &slow) / seconds(voice, &quick);
    // Pauses between sentences stay as they are.
    assert!((1.15..1.6).contains(&ratio), "{ratio}");
    let pitch = 12.0 * (pitch_hz(voice, &slow) / pitch_hz(voice, &quick)).log2();
    assert!(pitch.abs() < 1.5, "{pitch} semitones");
}

#[test]
fn the_quick_voice_is_quick() {
    let voice = &*voices().quick;
    speak(voice, "Warm up.", &own_style());
    let start = Instant::now();
    let mut first_ms = None;
    let said = voice.speak(QUESTION, &own_style(), &mut |_| {
        first_ms.get_or_insert(start.elapsed().as_millis());
        ControlFlow::Continue(())
    });
    said.expect("the voice speaks");
    // About 35 ms on an idle machine; a busy one may take its time.
    assert!(first_ms.is_some_and(|ms| ms < 500), "{first_ms:?}");
}

#[test]
fn the_same_line_sounds_the_same_twice() {
    let voice = &*voices().quick;
    assert_eq!(speak(voice, QUESTION, &own_style()), speak(voice, QUESTION, &own_style()));
}

#[test]
fn a_listener_who_has_enough_is_not_spoken_to() {
    let mut pieces = 0;
    let said = voices().quick.speak(&"One sentence. ".repeat(50), &own_style(), &mut |_| {
        pieces += 1;
        ControlFlow::Break(())
    });
    said.expect("the voice speaks");
    assert_eq!(pieces, 1);
}

#[test]
fn any_text_is_survived() {
    let voice = &voices().quick;
    for silent in ["", "   \n\t ", "👍🎉", "你好。", "...", "?!", "{}[]()<>|\\^", "\u{0}\u{200b}"]
    {
        assert!(speak(&**voice, silent, &own_style()).is_empty(), "{silent:?} was said");
    }
    let said = [
        "Well done 👍!",
        "fn main() { println!(\"{}\", x + 1); }",
        "see https://example.com/a?b=c&d=%20e",
    ];
    for text in said {
        assert!(
            seconds(&**voice, &speak(&**voice, text, &own_style())) > 0.4,
            "{text:?} was not said"
        );
    }
    let endless = [
        "word ".repeat(2000),
        "a".repeat(10_000),
        "0123456789".repeat(1000),
        "Well, ".repeat(1700),
        "привет мир ".repeat(900),
        "x.y-z_w/".repeat(1250),
        "$1,000,000.00 ".repeat(700),
        "«»“”()[]{}".repeat(1000),
    ];
    for text in endless {
        let phrases = voice.sounds(&text);
        assert!(phrases.iter().all(|phrase| phrase.chars().count() <= 400), "{:?}", &text[..20]);
    }
}

#[track_caller]
fn check_sounds(text: &str, want: &str) {
    assert_eq!(voices().quick.sounds(text).join(" | "), want);
}

#[test]
fn text_is_read_as_people_read_it() {
    check_sounds("I read a book.", "ˌI ɹˈɛd ɐ bˈʊk.");
    check_sounds("I will read the end.", "ˌI wɪl ɹˈid ði ˈɛnd.");
    check_sounds("SQL, an API, and my CV.", "sˈikwəl, ɐn ˌApˌiˈI, ænd mI sˌivˈi.");
    check_sounds("Dr. Smith can't come.", "dˈɑktəɹ smˈɪθ kˈænt kˈʌm.");
    check_sounds("Who said no?", "hˌu sˈɛd nˈO?");
    check_sounds("One. Two.", "wˈʌn. | tˈu.");
}

/// Lines of each persona with their placeholders filled.
fn lines(persona: &Persona) -> Vec<String> {
    let values: BTreeMap<&str, &str> = BTreeMap::from([
        ("{role}", "data engineer"),
        ("{company}", "Northwind"),
        ("{name}", persona.name.as_str()),
        ("{count}", "five"),
        ("{minutes}", "thirty"),
        ("{question}", "Tell me about a conflict at work."),
    ]);
    let occasions = [
        Occasion::Greeting,
        Occasion::WarmUp,
        Occasion::FirstQuestion,
        Occasion::Encourage,
        Occasion::OfferRepeat,
        Occasion::Nudge,
        Occasion::Closing,
    ];
    let line = |occasion: Occasion| persona.lines.get(&occasion)?.first();
    let fill = |line: &String| {
        values.iter().fold(line.clone(), |line, (name, value)| line.replace(name, value))
    };
    occasions.into_iter().filter_map(line).map(fill).collect()
}

/// Words as they are compared: small letters, numbers in letters.
fn plain_words(text: &str) -> Vec<String> {
    let letters: String = text
        .to_lowercase()
        .replace('’', "'")
        .chars()
        .map(|c| if c.is_alphanumeric() || c == '\'' { c } else { ' ' })
        .collect();
    let number = |word: &str| match word {
        "5" => "five".to_owned(),
        "30" => "thirty".to_owned(),
        word => word.to_owned(),
    };
    letters.split_whitespace().map(number).collect()
}

/// Words to insert, remove or replace to make one list out of the other (Levenshtein).
fn distance(from: &[String], to: &[String]) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[to.len()]
}

#[test]
fn interviewers_are_understood() {
    let listening = listen::load(&models(), 1);
    let recogniser = listening.recogniser.expect("a recogniser");
    let voice = &*voices().quick;
    let (mut wrong, mut all, mut misheard) = (0, 0, Vec::new());
    for persona in personas() {
        for line in lines(&persona) {
            let sound = speak(voice, &line, &persona.voice);
            let mut heard = resample(&sound, voice.sample_rate(), LISTEN_HZ).expect("a known rate");
            heard.truncate(30 * LISTEN_HZ as usize);
            let words = recogniser.recognise(&heard).expect("the recogniser hears").words;
            let heard: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
            let (said, heard) = (plain_words(&line), plain_words(&heard.join(" ")));
            let errors = distance(&said, &heard);
            wrong += errors;
            all += said.len();
            if errors > 0 {
                misheard.push((said.join(" "), heard.join(" ")));
            }
        }
    }
    assert!(all > 200, "only {all} words were said");
    assert!(wrong * 10 <= all, "{wrong} of {all} words were misheard: {misheard:#?}");
}
