//! A corrected transcript: the candidate's words with the times of those that were heard.

use interview::{Span, Word};

/// A transcript after its correction.
#[derive(Debug, Clone, PartialEq)]
pub struct Corrected {
    /// The words as they should read; those that were heard keep their times, and those that replace
    /// others share the times of what they replace.
    pub words: Vec<Word>,
    /// For each index of the heard words, and for their end, where it stands now.
    pub places: Vec<usize>,
    /// Share of words that were changed, put in or taken out, 0 to 1.
    pub edited_share: f64,
}

/// Lays the words of `correction` over the words that were heard. Punctuation and capitals are no
/// changes.
#[must_use]
pub fn correct(heard: &[Word], correction: &[Word]) -> Corrected {
    let kept = common(heard, correction);
    let mut words: Vec<Word> = Vec::with_capacity(correction.len());
    let mut places = Vec::with_capacity(heard.len() + 1);
    let mut changed = 0;
    let (mut a, mut b) = (0, 0);
    for (next_a, next_b) in kept.into_iter().chain([(heard.len(), correction.len())]) {
        let (gone, new) = (&heard[a..next_a], &correction[b..next_b]);
        changed += gone.len().max(new.len());
        places.extend((0..gone.len()).map(|i| b + i.min(new.len())));
        words.extend(replaced(gone, new));
        if next_a < heard.len() {
            let (was, now) = (&heard[next_a], &correction[next_b]);
            words.push(Word {
                text: now.text.clone(),
                span: was.span,
                probability: was.probability,
            });
        }
        places.push(next_b);
        (a, b) = (next_a + 1, next_b + 1);
    }
    let all = heard.len().max(correction.len()).max(1);
    Corrected { words, places, edited_share: (changed as f64 / all as f64).min(1.0) }
}

/// The new words in place of the ones that are gone, with their times shared out evenly.
fn replaced(gone: &[Word], new: &[Word]) -> Vec<Word> {
    let span = gone.iter().filter_map(|word| word.span).reduce(Span::join);
    let at = |part: usize| {
        let count = i64::try_from(new.len()).unwrap_or(1).max(1);
        let part = i64::try_from(part).unwrap_or(0);
        span.map(|span| span.start_us + span.micros() * part / count)
    };
    let timed = new.iter().enumerate().map(|(i, word)| {
        let even = at(i).zip(at(i + 1)).map(|(start, end)| Span::new(start, end));
        let same = (gone.len() == new.len()).then(|| gone[i].span).flatten();
        Word { text: word.text.clone(), span: same.or(even), probability: None }
    });
    timed.collect()
}

/// The longest run of words that both have in the same order, as pairs of indices.
fn common(a: &[Word], b: &[Word]) -> Vec<(usize, usize)> {
    let keys = |words: &[Word]| words.iter().map(Word::key).collect::<Vec<_>>();
    let (a, b) = (keys(a), keys(b));
    let head = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let rest = a.len().min(b.len()) - head;
    let tail = a.iter().rev().zip(b.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let (middle_a, middle_b) = (&a[head..a.len() - tail], &b[head..b.len() - tail]);
    let mut pairs: Vec<(usize, usize)> = (0..head).map(|i| (i, i)).collect();
    pairs.extend(longest(middle_a, middle_b).into_iter().map(|(i, j)| (i + head, j + head)));
    pairs.extend((0..tail).rev().map(|i| (a.len() - 1 - i, b.len() - 1 - i)));
    pairs
}

/// The longest common subsequence by dynamic programming; sides too long for its table have none.
fn longest(a: &[String], b: &[String]) -> Vec<(usize, usize)> {
    /// Cells of the table: 32 MB.
    const CELLS_MAX: usize = 16_000_000;
    let width = b.len() + 1;
    if (a.len() + 1).saturating_mul(width) > CELLS_MAX {
        return Vec::new();
    }
    let mut table = vec![0_u16; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            table[i * width + j] = if a[i] == b[j] {
                table[(i + 1) * width + j + 1].saturating_add(1)
            } else {
                table[(i + 1) * width + j].max(table[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::new();
    while i < a.len() && j < b.len() {
        if a[i] == b[j] {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if table[(i + 1) * width + j] >= table[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use interview::word::{text_of, words_of};

    use super::*;

    fn heard(text: &str) -> Vec<Word> {
        let timed = text
            .split_whitespace()
            .zip(0_i64..)
            .map(|(text, i)| Word::timed(text, Span::new(i * 1_000_000, i * 1_000_000 + 800_000)));
        timed.collect()
    }

    fn check(was: &str, now: &str, share: f64) -> Corrected {
        let corrected = correct(&heard(was), &words_of(now));
        assert_eq!(text_of(&corrected.words), now);
        assert_eq!(corrected.places.len(), was.split_whitespace().count() + 1);
        assert_eq!(corrected.places.last(), Some(&corrected.words.len()));
        assert!((corrected.edited_share - share).abs() < 1e-9, "{}", corrected.edited_share);
        corrected
    }

    #[test]
    fn punctuation_and_capitals_are_no_change_and_times_stay() {
        let corrected = check("we moved it", "We moved it.", 0.0);
        assert_eq!(corrected.words[2].span, Some(Span::new(2_000_000, 2_800_000)));
    }

    #[test]
    fn a_replaced_word_takes_the_time_of_the_one_before() {
        let corrected = check(
            "we moved the date base over night",
            "we moved the database over night",
            2.0 / 7.0,
        );
        assert_eq!(corrected.words[3].span, Some(Span::new(3_000_000, 4_800_000)));
        assert_eq!(corrected.words[4].span, Some(Span::new(5_000_000, 5_800_000)));
        assert_eq!(corrected.places[5], 4, "'over' moved one place to the front");
    }

    #[test]
    fn words_put_in_have_no_time_and_words_taken_out_are_counted() {
        let corrected = check("we shipped it", "we finally shipped it", 0.25);
        assert_eq!(corrected.words[1].span, None);
        check("so so we shipped it", "we shipped it", 0.4);
        check("a b c", "", 1.0);
        check("", "typed anew", 1.0);
    }
}
