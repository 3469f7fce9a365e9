//! The files that reading text aloud needs, loaded.

use std::{collections::HashMap, fs::File, io::Read, path::Path, sync::Mutex};

use flate2::read::GzDecoder;
use ort::{session::Session, value::TensorRef};
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    lexicon::{Entry, Lexicon},
    phonemes::Reader,
    token::Tokeniser,
};
use crate::{
    Error,
    runtime::{Runtime, load_error},
};

const PURPOSE: &str = "reading text aloud";
/// No table of the reader is larger than this when unpacked.
const TABLE_BYTES_MAX: u64 = 64 << 20;
/// How names of the trade are said that the dictionaries lack, one a line.
const NAMES: &str = include_str!("names.tsv");

/// Text to the numbers of a voice's alphabet.
pub(super) struct Reading {
    reader: Reader,
    alphabet: HashMap<char, i64>,
}

impl Reading {
    /// Loads the tables and the network for unknown words from `folder`.
    ///
    /// # Errors
    /// When a file is missing or broken.
    pub(super) fn load(folder: &Path, runtime: &Runtime) -> Result<Self, Error> {
        let mut checked: HashMap<Box<str>, Entry> = table(&folder.join("lexicon_us_gold.json.gz"))?;
        let names = NAMES.lines().filter_map(|line| line.split_once('\t'));
        checked.extend(names.map(|(word, sounds)| (word.into(), Entry::One(sounds.into()))));
        let derived = table(&folder.join("lexicon_us_silver.json.gz"))?;
        let guess = Guesser::load(folder, runtime)?;
        let reader = Reader {
            tokeniser: Tokeniser::new(table(&folder.join("tokenizer_exceptions.json"))?),
            tagger: table(&folder.join("tagger.json.gz"))?,
            lexicon: Lexicon::new(checked, derived),
            guess: Box::new(move |word| guess.sounds(word)),
        };
        Ok(Reading { reader, alphabet: table(&folder.join("vocab.json"))? })
    }

    /// The sounds of a sentence.
    pub(super) fn sounds(&self, sentence: &str) -> String {
        self.reader.sounds(sentence)
    }

    /// The numbers of sounds, with the pads that the networks want at both ends. Sounds that are not
    /// in the alphabet are left out.
    pub(super) fn ids(&self, sounds: &str) -> Vec<i64> {
        let known = sounds.chars().filter_map(|sound| self.alphabet.get(&sound).copied());
        std::iter::once(0).chain(known).chain(std::iter::once(0)).collect()
    }
}

/// A table in JSON, packed or not.
fn table<T: DeserializeOwned>(path: &Path) -> Result<T, Error> {
    if !path.is_file() {
        return Err(Error::Missing { purpose: PURPOSE, path: path.to_owned() });
    }
    let broken =
        |error: &dyn std::fmt::Display| load_error(PURPOSE, format!("{}: {error}", path.display()));
    let file = File::open(path).map_err(|error| broken(&error))?;
    let packed = path.extension().is_some_and(|extension| extension == "gz");
    let mut bytes = Vec::new();
    let read = if packed {
        GzDecoder::new(file).take(TABLE_BYTES_MAX).read_to_end(&mut bytes)
    } else {
        file.take(TABLE_BYTES_MAX).read_to_end(&mut bytes)
    };
    read.map_err(|error| broken(&error))?;
    serde_json::from_slice(&bytes).map_err(|error| broken(&error))
}

/// The characters and sounds of the network for unknown words.
#[derive(Deserialize)]
struct Alphabets {
    #[serde(rename = "in")]
    letters: Vec<char>,
    #[serde(rename = "out")]
    sounds: Vec<String>,
    maxlen: usize,
}

/// A small network that guesses how a word is said from its letters.
struct Guesser {
    session: Mutex<Session>,
    letters: HashMap<char, i64>,
    sounds: Vec<String>,
    letters_max: usize,
}

impl Guesser {
    fn load(folder: &Path, runtime: &Runtime) -> Result<Self, Error> {
        let alphabets: Alphabets = table(&folder.join("oov.json"))?;
        let letters = alphabets.letters.into_iter().zip(1..).collect();
        let session = Mutex::new(runtime.session(PURPOSE, &folder.join("oov.onnx"), 1)?);
        Ok(Guesser { session, letters, sounds: alphabets.sounds, letters_max: alphabets.maxlen })
    }

    /// A guess; `None` for a word in a script the network does not know, which is then not said.
    fn sounds(&self, word: &str) -> Option<String> {
        let ids: Vec<i64> = word
            .chars()
            .filter_map(|c| self.letters.get(&c).copied())
            .take(self.letters_max)
            .collect();
        if ids.is_empty() {
            return None;
        }
        self.run(&ids)
            .inspect_err(|error| tracing::warn!(%error, "the network for unknown words failed"))
            .ok()
    }

    /// The network answers with some slots for each letter; repeats and blanks (0) are dropped.
    fn run(&self, ids: &[i64]) -> ort::Result<String> {
        let mut session = super::lock(&self.session);
        let inputs = ort::inputs!["chars" => TensorRef::from_array_view(([1, ids.len()], ids))?];
        let outputs = session.run(inputs)?;
        let (_, slots) = outputs[0].try_extract_tensor::<i64>()?;
        let mut out = String::new();
        let mut previous = 0;
        for &slot in slots {
            let sound = usize::try_from(slot - 1).ok().and_then(|at| self.sounds.get(at));
            if let Some(sound) = sound.filter(|_| slot != previous) {
                out.push_str(sound);
            }
            previous = slot;
        }
        Ok(out)
    }
}
