//! How well listening does on recordings with references: word errors on read speech, fillers found
//! and made up.
//!
//! The folder holds `speech/librispeech` (fluent read speech: word errors, and every filler found in
//! it is a false one) and `speech/verbatim` (hesitations written down), each with a `refs.tsv` of file,
//! duration and transcript. Lines with an even number in `refs.tsv` were never used to set anything and
//! are counted by themselves.

use std::{collections::BTreeMap, path::Path};

use analysis::{
    Sound, Switches,
    features::sound::{Listened, Reliability, Tracker, measure as measure_sound},
};
use anyhow::{Context, bail};
use engines::audio::Decoder;
use interview::{Word, word};
use serde::Serialize;

use crate::jobs::hearing::{Instruments, Listener};

/// Recordings of each set that a quick evaluation listens to.
const QUICK_FILES: usize = 6;

/// What came out.
#[derive(Debug, Default, Serialize)]
pub(super) struct Figures {
    /// Errors (wrong, missing and added words) of read speech, for each word of the reference.
    pub(super) word_error_rate: f64,
    pub(super) read_speech_s: f64,
    /// Fillers found in fluent read speech, all of them false.
    pub(super) false_per_minute: f64,
    /// Fillers of recordings that nothing was set on.
    pub(super) test: Fillers,
    /// Fillers of the recordings that thresholds were set on.
    pub(super) set_on: Fillers,
}

/// Fillers of a set of recordings: by count for each recording, since references have no times.
#[derive(Debug, Default, Serialize)]
pub(super) struct Fillers {
    pub(super) recordings: usize,
    pub(super) seconds: f64,
    pub(super) written: usize,
    /// Found in the sound or by the recogniser, as far as the reference has as many.
    pub(super) found: usize,
    /// Found beyond what the reference has.
    pub(super) invented: usize,
    /// Of those found, the ones that the sound alone gave.
    pub(super) found_in_sound: usize,
}

struct Reference {
    line: usize,
    file: String,
    transcript: String,
}

/// Listens to all recordings below `folder`, or to a few of each kind.
pub(super) fn measure(
    folder: &Path,
    instruments: &Instruments,
    quick: bool,
) -> anyhow::Result<Figures> {
    let mut figures = Figures::default();
    let read = folder.join("speech/librispeech");
    let (mut errors, mut words, mut false_fillers) = (0, 0, 0);
    for reference in references(&read, quick)? {
        let heard = listen(&read.join(&reference.file), instruments)?;
        let expected = spoken_keys(&reference.transcript);
        let said: Vec<String> = heard
            .words
            .iter()
            .flat_map(|word| spoken_keys(&word.text))
            .filter(|key| !is_filler(key))
            .collect();
        errors += distance(&expected, &said);
        words += expected.len();
        figures.read_speech_s += heard.seconds;
        false_fillers += fillers(&heard).0;
    }
    figures.word_error_rate = errors as f64 / words.max(1) as f64;
    figures.false_per_minute = false_fillers as f64 / (figures.read_speech_s / 60.0).max(1e-9);
    let verbatim = folder.join("speech/verbatim");
    for reference in references(&verbatim, quick)? {
        let heard = listen(&verbatim.join(&reference.file), instruments)?;
        let written =
            spoken_keys(&reference.transcript).iter().filter(|key| is_filler(key)).count();
        let (count, in_sound) = fillers(&heard);
        let set =
            if reference.line.is_multiple_of(2) { &mut figures.test } else { &mut figures.set_on };
        set.recordings += 1;
        set.seconds += heard.seconds;
        set.written += written;
        set.found += count.min(written);
        set.invented += count.saturating_sub(written);
        set.found_in_sound += in_sound.min(written);
    }
    Ok(figures)
}

/// Prints the figures.
pub(super) fn print(figures: &Figures) {
    println!("\nListening");
    println!(
        "read speech: {:.1}% word errors, {:.2} fillers invented a minute ({:.0} s)",
        100.0 * figures.word_error_rate,
        figures.false_per_minute,
        figures.read_speech_s
    );
    for (name, set) in [("never set on", &figures.test), ("set on", &figures.set_on)] {
        println!(
            "fillers, {name}: {} of {} found ({} of them in the sound), {} invented in {:.0} s of {} recordings",
            set.found, set.written, set.found_in_sound, set.invented, set.seconds, set.recordings
        );
    }
}

/// The lines of `refs.tsv`, numbered from 1 with the heading.
fn references(folder: &Path, quick: bool) -> anyhow::Result<Vec<Reference>> {
    let path = folder.join("refs.tsv");
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("{} cannot be read", path.display()))?;
    let mut references = Vec::new();
    let mut columns: BTreeMap<&str, usize> = BTreeMap::new();
    for (line, row) in (1..).zip(text.lines()) {
        let cells: Vec<&str> = row.split('\t').collect();
        if line == 1 {
            columns = cells.into_iter().zip(0..).collect();
            continue;
        }
        let cell = |name: &str| columns.get(name).and_then(|column| cells.get(*column));
        let Some((file, transcript)) = cell("file").zip(cell("transcript").or(cell("text"))) else {
            bail!("{}, line {line} lacks 'file' or 'transcript'", path.display());
        };
        let (file, transcript) = ((*file).to_owned(), (*transcript).to_owned());
        references.push(Reference { line, file, transcript });
    }
    if quick {
        references.truncate(QUICK_FILES);
    }
    Ok(references)
}

struct Heard {
    words: Vec<Word>,
    sound: Sound,
    seconds: f64,
}

fn listen(path: &Path, instruments: &Instruments) -> anyhow::Result<Heard> {
    let mut decoder =
        Decoder::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mut listener = Listener::new(instruments, instruments.recogniser.clone(), 0)?;
    let mut tracker = Tracker::new(0);
    while let Some(samples) = decoder.next_chunk()? {
        tracker.push(samples);
        listener.push(samples)?;
    }
    let heard = listener.finish()?;
    let words = heard.words();
    let sound = measure_sound(&Listened {
        tracks: &[tracker.finish()],
        question_end_us: None,
        words: &words,
        voiced: &heard.voiced,
        reliability: Reliability::default(),
        switches: &Switches::default(),
    });
    Ok(Heard { words, sound, seconds: decoder.position().seconds })
}

/// How many fillers were found in all, and how many in the sound.
fn fillers(heard: &Heard) -> (usize, usize) {
    let in_sound = heard.sound.fillers.len();
    let named: Vec<usize> =
        heard.sound.fillers.iter().filter_map(|one| Some(one.range?.first)).collect();
    let in_words = heard
        .words
        .iter()
        .enumerate()
        .filter(|(i, word)| is_filler(&word.key()) && !named.contains(i))
        .count();
    (in_sound + in_words, in_sound)
}

fn is_filler(key: &str) -> bool {
    let bare = key.trim_end_matches(['m', 'h', 'r']);
    matches!(bare, "u" | "e") && key.len() > 1
        || bare.is_empty() && key.len() > 1
        || key.starts_with("hm")
}

/// Words as they are compared: marks of the reference ("<cutoff-…>", "[laughter]") are no words, and a
/// number, a title or a spelling that is written otherwise is no error, as Whisper's makers count them
/// too (Radford et al. 2022, appendix C).
fn spoken_keys(text: &str) -> Vec<String> {
    text.split(|c: char| c.is_whitespace() || c == '-')
        .filter(|one| !one.starts_with(['<', '[']) && !one.ends_with(['>', ']']))
        .map(|one| word::key(one).replace('\'', ""))
        .filter(|key| !key.is_empty())
        .map(|key| written_out(&key).map_or_else(|| analysis::one_spelling(&key), str::to_owned))
        .collect()
}

/// Numbers up to twenty, tens and titles in words.
fn written_out(key: &str) -> Option<&'static str> {
    const WRITTEN: [(&str, &str); 33] = [
        ("0", "zero"),
        ("1", "one"),
        ("2", "two"),
        ("3", "three"),
        ("4", "four"),
        ("5", "five"),
        ("6", "six"),
        ("7", "seven"),
        ("8", "eight"),
        ("9", "nine"),
        ("10", "ten"),
        ("11", "eleven"),
        ("12", "twelve"),
        ("13", "thirteen"),
        ("14", "fourteen"),
        ("15", "fifteen"),
        ("16", "sixteen"),
        ("17", "seventeen"),
        ("18", "eighteen"),
        ("19", "nineteen"),
        ("20", "twenty"),
        ("30", "thirty"),
        ("40", "forty"),
        ("50", "fifty"),
        ("60", "sixty"),
        ("70", "seventy"),
        ("80", "eighty"),
        ("90", "ninety"),
        ("mr", "mister"),
        ("mrs", "missus"),
        ("dr", "doctor"),
        ("st", "saint"),
        ("ok", "okay"),
    ];
    WRITTEN.iter().find(|(short, _)| *short == key).map(|(_, long)| *long)
}

/// The least number of words to change, put in or take out to come from `a` to `b`.
fn distance(a: &[String], b: &[String]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, word) in a.iter().enumerate() {
        let mut before = i;
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let change = before + usize::from(word != other);
            before = row[j + 1];
            row[j + 1] = change.min(before + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_errors_are_counted_once_each() {
        let keys = |text: &str| spoken_keys(text);
        assert_eq!(distance(&keys("we moved the database"), &keys("We moved the data base.")), 2);
        assert_eq!(distance(&keys("a b c"), &keys("a b c")), 0);
        assert_eq!(distance(&keys(""), &keys("one two")), 2);
    }

    #[test]
    fn what_is_written_otherwise_is_no_error() {
        let said = spoken_keys("Mister Hall gave ten minims with rigor and humor");
        assert_eq!(
            distance(&said, &spoken_keys("Mr. Hall gave 10 minims with rigour and humour.")),
            0
        );
        assert_eq!(distance(&spoken_keys("ten days"), &spoken_keys("12 days")), 1);
    }

    #[test]
    fn fillers_are_told_from_words() {
        for filler in ["um", "uh", "umm", "hmm", "hm", "er", "erm", "mm"] {
            assert!(is_filler(filler), "{filler}");
        }
        for word in ["the", "her", "us", "me", "e", "u", "hum", "or"] {
            assert!(!is_filler(word), "{word}");
        }
    }
}
