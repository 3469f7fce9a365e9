//! Filler or literal, by the neighbours of a word, the commas around it and its place in the sentence.

use interview::{Word, WordRange};

use super::{
    Use,
    lexicon::{
        AFTER_HOW_WELL, AFTER_KNOWING, BEFORE_ENDING_SO, BEFORE_KIND, BEFORE_KNOWING,
        BEFORE_LIKENESS, BEFORE_LIKING, CONTRAST, LEADING, OBJECTS, QUOTE_STARTS, SUBJECTS,
    },
    place::{Place, number},
};
use crate::text::lexicon::{BE, DETERMINERS, IRREGULAR_PAST, NOT_PAST};

/// What a rule says: a filler or not, and how sure that is.
type Told = (bool, f64);
/// Tells a use by its place.
type Rule = fn(&Place<'_>) -> Told;

const FILLER: Told = (true, 0.9);
const PROBABLY_FILLER: Told = (true, 0.7);
const LITERAL: Told = (false, 0.9);
const PROBABLY_LITERAL: Told = (false, 0.7);

/// All uses in order.
pub(super) fn find(words: &[Word], keys: &[String], turn_starts: &[usize]) -> Vec<Use> {
    let mut found = Vec::new();
    let mut index = 0;
    while index < words.len() {
        let Some((len, rule)) = rule(keys, index) else {
            index += 1;
            continue;
        };
        let range = WordRange::new(index, index + len);
        let (filler, probability) = rule(&Place { words, keys, range, turn_starts });
        found.push(Use { range, filler, probability });
        index += len;
    }
    found
}

/// How many words the use at `index` takes and what tells it, where one begins there.
fn rule(keys: &[String], index: usize) -> Option<(usize, Rule)> {
    let next = keys.get(index + 1).map_or("", String::as_str);
    Some(match (keys[index].as_str(), next) {
        ("you", "know") => (2, you_know),
        ("i", "mean") => (2, i_mean),
        ("kind" | "sort", "of") => (2, kind_of),
        ("like", _) => (1, like),
        ("well", _) => (1, well),
        ("so", _) => (1, so),
        ("right", _) => (1, right),
        ("actually", _) => (1, actually),
        ("basically", _) => (1, basically),
        _ => return None,
    })
}

fn one_of(key: &str, words: &[&str]) -> bool {
    words.contains(&key)
}

fn past(key: &str) -> bool {
    (key.len() > 3 && key.ends_with("ed") && !NOT_PAST.has(key)) || IRREGULAR_PAST.has(key)
}

fn be(key: &str) -> bool {
    BE.has(key)
        || one_of(key, &["be", "been", "being"])
        || key.ends_with("'s")
        || key.ends_with("'re")
        || key == "i'm"
}

// Like.

fn like(place: &Place<'_>) -> Told {
    let (before, after) = (place.before(1), place.after(1));
    let (comma_before, comma_after) = (place.comma_before(), place.comma_after());
    let about = number(after)
        || one_of(after, &["a", "another"])
            && (number(place.after(2)) || one_of(place.after(2), &["couple", "dozen", "million"]));
    if place.quotes() {
        return LITERAL;
    }
    if comma_before && (comma_after || place.ends()) {
        return FILLER;
    }
    if comma_before || place.starts() {
        return like_after_pause(place, after);
    }
    if before == "like" {
        return FILLER;
    }
    if quoted(place) {
        return LITERAL;
    }
    if BEFORE_LIKENESS.has(before) {
        return LITERAL;
    }
    if place.ends() {
        return PROBABLY_LITERAL;
    }
    if BEFORE_LIKING.has(before) && !comma_after {
        return like_or_drop_in(place, before, after);
    }
    if comma_after {
        return PROBABLY_FILLER;
    }
    if about
        || one_of(after, &["forever", "a", "an", "really", "very", "totally", "super", "every"])
            && LEADING.has(before)
            && !be(before)
    {
        return FILLER;
    }
    if be(before) {
        let compares = DETERMINERS.has(after) || OBJECTS.has(after) || place.name_after();
        return if compares && !number(after) { PROBABLY_LITERAL } else { PROBABLY_FILLER };
    }
    if LEADING.has(before) && before != "just" {
        return PROBABLY_FILLER;
    }
    LITERAL
}

/// "Like" at the start of a sentence or after a comma, with none behind it.
fn like_after_pause(place: &Place<'_>, after: &str) -> Told {
    if place.starts() && place.comma_after() {
        return FILLER;
    }
    let noun = DETERMINERS.has(after) || OBJECTS.has(after);
    let example = place.back().take(3).any(|index| {
        one_of(
            &place.keys[index],
            &["something", "things", "anything", "somebody", "someone", "stuff"],
        )
    });
    match () {
        () if number(after) || after == "every" || after == "half" => FILLER,
        () if example => LITERAL,
        () if noun && !(place.starts() && one_of(after, &["the", "my", "it", "that", "this"])) => {
            PROBABLY_LITERAL
        }
        () if noun && one_of(place.after(2), &["first", "one", "other"]) => PROBABLY_FILLER,
        () if noun => PROBABLY_LITERAL,
        () => PROBABLY_FILLER,
    }
}

/// Whether "she was like" tells what somebody said.
fn quoted(place: &Place<'_>) -> bool {
    let (before, after) = (place.before(1), place.after(1));
    let who = place.before(2);
    let contracted = before.contains('\'');
    let person = contracted && !one_of(before, &["it's", "that's", "there's"])
        || !one_of(who, &["it", "that", "this", "there", "which", "thing"]);
    let just = one_of(before, &["just", "kinda", "all"]) && be(who);
    (be(before) && person || just) && (place.comma_after() || QUOTE_STARTS.has(after))
}

/// "Like" after a word that may have it as its verb.
fn like_or_drop_in(place: &Place<'_>, before: &str, after: &str) -> Told {
    let thing = DETERMINERS.has(after)
        || OBJECTS.has(after)
        || one_of(
            after,
            &["to", "working", "being", "having", "when", "how", "what", "you", "where"],
        )
        || after.ends_with("ing");
    match before {
        _ if past(after) && !thing => PROBABLY_FILLER,
        "to" | "can" | "could" | "will" | "might" | "may" | "really" | "also" | "still" => {
            if thing || after.ends_with('s') || place.ends() {
                PROBABLY_LITERAL
            } else {
                PROBABLY_FILLER
            }
        }
        _ => LITERAL,
    }
}

// Well.

fn well(place: &Place<'_>) -> Told {
    let (before, after) = (place.before(1), place.after(1));
    if AFTER_HOW_WELL.has(after) {
        return LITERAL;
    }
    if place.starts() || place.comma_before() {
        return FILLER;
    }
    let opener = one_of(
        before,
        &["okay", "ok", "um", "yeah", "yes", "oh", "right", "so", "like", "thought", "then"],
    );
    let joined = one_of(before, &["and", "but", "because"]) && SUBJECTS.has(after);
    // "So well" says how well, but for "so well I rang".
    let how = after == "as" || before == "so" && !SUBJECTS.has(after);
    if opener && !how || joined {
        return PROBABLY_FILLER;
    }
    LITERAL
}

// So.

fn so(place: &Place<'_>) -> Told {
    let (before, after) = (place.before(1), place.after(1));
    if one_of(after, &["yeah", "yes", "yep", "anyway", "anyways", "right", "okay", "well"]) {
        return FILLER;
    }
    if place.ends() {
        return if BEFORE_ENDING_SO.has(before) && !place.comma_before() {
            LITERAL
        } else {
            PROBABLY_FILLER
        };
    }
    if (after, place.after(2)) == ("you", "know") && place.after(3).is_empty() {
        return FILLER;
    }
    if place.opens() {
        let set = one_of(after, &["far", "long", "many", "much", "that"])
            || after == "what" && place.closes_after();
        return if set { LITERAL } else { FILLER };
    }
    if place.starts() && place.comma_after() {
        return PROBABLY_FILLER;
    }
    PROBABLY_LITERAL
}

// Right.

fn right(place: &Place<'_>) -> Told {
    let (before, after) = (place.before(1), place.after(1));
    let set = one_of(
        after,
        &[
            "away", "now", "after", "there", "back", "next", "before", "at", "through", "up",
            "down", "here", "in", "on",
        ],
    );
    if place.comma_before() && !set && (place.comma_after() || place.ends()) {
        return FILLER;
    }
    if place.starts()
        && (place.comma_after()
            || place.ends()
            || one_of(after, &["so", "well", "okay", "where", "what", "i", "then"]))
    {
        return FILLER;
    }
    let opener =
        one_of(before, &["okay", "ok", "yeah", "so", "um"]) && (place.starts() || place.opens());
    if opener && !set {
        return PROBABLY_FILLER;
    }
    if place.asks()
        && !one_of(
            before,
            &[
                "that", "that's", "all", "be", "is", "it", "the", "not", "it's", "get", "was",
                "this", "you", "i",
            ],
        )
    {
        return PROBABLY_FILLER;
    }
    LITERAL
}

// You know.

fn you_know(place: &Place<'_>) -> Told {
    let (before, after) = (place.before(1), place.after(1));
    if BEFORE_KNOWING.has(before) && !place.comma_before() {
        return LITERAL;
    }
    if place.comma_after() || place.ends() {
        return FILLER;
    }
    if AFTER_KNOWING.has(after) || place.name_after() {
        return LITERAL;
    }
    FILLER
}

// I mean.

fn i_mean(place: &Place<'_>) -> Told {
    let (before, after) = (place.before(1), place.after(1));
    let comma_after = place.comma_after();
    if one_of(before, &["what", "whatever", "who", "which", "that", "all"]) && !place.comma_before()
    {
        return LITERAL;
    }
    if place.before(2) == "by" {
        return LITERAL;
    }
    if !comma_after
        && (one_of(after, &["to", "every"])
            || one_of(after, &["it", "that", "this", "well"]) && place.closes_after())
    {
        return LITERAL;
    }
    let defined = place.back().any(|index| one_of(&place.keys[index], &["when", "if"]))
        && place.back().any(|index| one_of(&place.keys[index], &["say", "said", "says"]));
    if defined && !comma_after {
        return PROBABLY_LITERAL;
    }
    if before == "and"
        && !comma_after
        && !place.comma_before()
        && !SUBJECTS.has(after)
        && !DETERMINERS.has(after)
    {
        return PROBABLY_LITERAL;
    }
    if super::given_up::puts_right(place) {
        return PROBABLY_LITERAL;
    }
    FILLER
}

// Kind of, sort of.

fn kind_of(place: &Place<'_>) -> Told {
    let (before, second, after) = (place.before(1), place.before(2), place.after(1));
    if place.comma_before() && (place.comma_after() || place.ends()) {
        return FILLER;
    }
    if place.answers() && (place.comma_after() || place.ends())
        || after == "you" && before == "very"
    {
        return LITERAL;
    }
    if past(after) && one_of(before, &["what", "which", "that"]) {
        return PROBABLY_FILLER;
    }
    if DETERMINERS.has(before) || BEFORE_KIND.has(before) {
        return if place.ends() { PROBABLY_LITERAL } else { LITERAL };
    }
    // "A dull kind of day"; but "is that we sort of had".
    let noun = !be(before) && !SUBJECTS.has(before);
    if DETERMINERS.has(second) && noun && !past(after) && !place.ends() {
        return PROBABLY_LITERAL;
    }
    FILLER
}

// Actually, basically.

fn actually(place: &Place<'_>) -> Told {
    let (before, after) = (place.before(1), place.after(1));
    if before.ends_with("n't")
        || one_of(before, &["not", "never", "what", "who", "people", "nobody"])
    {
        return LITERAL;
    }
    if place.starts() && (after.ends_with("ing") || past(after)) && !place.comma_after() {
        return PROBABLY_LITERAL;
    }
    if place.starts() || place.ends() || place.comma_before() && place.comma_after() {
        return FILLER;
    }
    if place.sentence().any(|key| key.ends_with("n't") || CONTRAST.has(key))
        || place.sentence_asks()
    {
        return PROBABLY_LITERAL;
    }
    PROBABLY_FILLER
}

fn basically(place: &Place<'_>) -> Told {
    let (before, after) = (place.before(1), place.after(1));
    let all =
        one_of(after, &["everything", "all", "every", "everyone", "everybody", "nothing", "no"]);
    if all && !place.comma_after() && (be(before) || place.opens() || place.starts()) {
        return PROBABLY_LITERAL;
    }
    let other =
        SUBJECTS.has(after) || OBJECTS.has(after) || one_of(after, &["like", "about", "just"]);
    let joined = !place.ends() && !place.comma_after() && !place.comma_before();
    if be(before) && joined && !other && !after.ends_with("ing") {
        return PROBABLY_LITERAL;
    }
    FILLER
}
