//! Parts of speech by an averaged perceptron, so that "read", "live" and "record" are said as they
//! are meant. Unambiguous words come from a table; the rest are decided by their neighbours.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::token::Token;

const BEFORE: [&str; 2] = ["-START2-", "-START-"];
const AFTER: [&str; 2] = ["-END-", "-END2-"];

/// The tagger's tables as the model's file holds them.
#[derive(Deserialize)]
pub(super) struct Tagger {
    tags: Vec<String>,
    tagdict: HashMap<String, String>,
    vocab: HashSet<String>,
    weights: HashMap<String, HashMap<String, f64>>,
}

impl Tagger {
    /// Writes the tag of each token into it.
    pub(super) fn tag(&self, tokens: &mut [Token]) {
        let mut context: Vec<String> = BEFORE.map(str::to_owned).into();
        context.extend(tokens.iter().map(|token| self.known_form(&token.text)));
        context.extend(AFTER.map(str::to_owned));
        let [mut earlier, mut previous] = BEFORE.map(str::to_owned);
        for (at, token) in tokens.iter_mut().enumerate() {
            token.tag = match self.tagdict.get(&token.text) {
                Some(tag) => tag.clone(),
                None => self.decide(&features(
                    at,
                    &token.text,
                    &context[at..at + 5],
                    &previous,
                    &earlier,
                )),
            };
            earlier = std::mem::replace(&mut previous, token.tag.clone());
        }
    }

    fn decide(&self, features: &[String]) -> String {
        let mut scores: HashMap<&str, f64> = HashMap::new();
        for (tag, weight) in
            features.iter().filter_map(|feature| self.weights.get(feature)).flatten()
        {
            *scores.entry(tag).or_default() += weight;
        }
        if scores.is_empty() {
            return "NN".to_owned();
        }
        let score = |tag: &&String| scores.get(tag.as_str()).copied().unwrap_or_default();
        let best =
            self.tags.iter().max_by(|a, b| score(a).total_cmp(&score(b)).then_with(|| a.cmp(b)));
        best.cloned().unwrap_or_default()
    }

    /// The word as the weights know it: rare words by their shape.
    fn known_form(&self, word: &str) -> String {
        let first = word.chars().next();
        let digits = word.chars().all(|c| c.is_ascii_digit());
        let form = if word.contains('-') && first != Some('-') {
            "!HYPHEN".to_owned()
        } else if digits && word.len() == 4 {
            "!YEAR".to_owned()
        } else if first.is_some_and(|c| c.is_ascii_digit()) {
            "!DIGITS".to_owned()
        } else {
            word.to_lowercase()
        };
        if self.vocab.contains(&form) { form } else { format!("<{}>", shape(word)) }
    }
}

fn features(
    at: usize,
    word: &str,
    window: &[String],
    previous: &str,
    earlier: &str,
) -> [String; 15] {
    let first = word.chars().next().map(String::from).unwrap_or_default();
    [
        "b".to_owned(),
        format!("s3={}", ending(word)),
        format!("p1={first}"),
        format!("w={}", window[2]),
        format!("sh={}", shape(word)),
        if at == 0 { "i0" } else { "i+" }.to_owned(),
        format!("t-1={previous}"),
        format!("t-2={earlier}"),
        format!("t-12={previous},{earlier}"),
        format!("w-1={}", window[1]),
        format!("s3-1={}", ending(&window[1])),
        format!("w-2={}", window[0]),
        format!("w+1={}", window[3]),
        format!("s3+1={}", ending(&window[3])),
        format!("w+2={}", window[4]),
    ]
}

/// The last three characters.
fn ending(word: &str) -> &str {
    let start = word.char_indices().rev().nth(2).map_or(0, |(at, _)| at);
    &word[start..]
}

fn shape(word: &str) -> String {
    if word.chars().all(char::is_alphabetic) {
        let (upper, lower) =
            (word.chars().all(char::is_uppercase), word.chars().all(char::is_lowercase));
        let capital =
            word.starts_with(char::is_uppercase) && word.chars().skip(1).all(char::is_lowercase);
        let single = word.chars().count() == 1;
        return match () {
            () if lower => "x",
            () if upper && single => "X1",
            () if upper => "XX",
            () if capital => "Xx",
            () => "xX",
        }
        .to_owned();
    }
    if word.chars().all(|c| c.is_ascii_digit()) {
        return "d".to_owned();
    }
    let class = |c: char| {
        if c.is_ascii_digit() {
            'd'
        } else if c.is_alphabetic() {
            'x'
        } else {
            c
        }
    };
    word.chars().take(4).map(class).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_decide_what_the_table_does_not_know() {
        let tagger: Tagger = serde_json::from_value(serde_json::json!({
            "tags": ["DT", "NN", "PRP", "VBP"],
            "tagdict": {"I": "PRP", "the": "DT"},
            "vocab": ["i", "the", "record"],
            "weights": {"t-1=PRP": {"VBP": 2.0}, "t-1=DT": {"NN": 2.0}, "w=record": {"NN": 1.0, "VBP": 1.0}}
        }))
        .expect("the table is well formed");
        let check = |words: [&str; 2], want: &str| {
            let token =
                |text: &str| Token { text: text.to_owned(), tag: String::new(), spaced: true };
            let mut tokens = words.map(token);
            tagger.tag(&mut tokens);
            assert_eq!(tokens[1].tag, want);
        };
        check(["I", "record"], "VBP");
        check(["the", "record"], "NN");
    }

    #[test]
    fn shapes_tell_names_from_words() {
        let check = |word: &str, want: &str| assert_eq!(shape(word), want);
        check("maya", "x");
        check("Maya", "Xx");
        check("SQL", "XX");
        check("I", "X1");
        check("iOS", "xX");
        check("12", "d");
        check("2nd!", "dxx!");
    }
}
