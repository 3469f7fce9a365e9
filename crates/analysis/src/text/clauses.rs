//! Clauses: who does what, and when.
//!
//! A clause begins where a new subject with a verb of its own begins, at a subordinating
//! conjunction, or at a second verb of the same subject ("I called them and explained it"). This is
//! a shallow reading by word lists and word order, which needs neither punctuation nor a model.

use std::ops::Range;

use super::{
    Token,
    lexicon::{
        ADJECTIVAL, BE, BROAD, DETERMINERS, FIRST_PLURAL, FIRST_SINGULAR, FUNCTION, GENERIC,
        HABITUAL, IRREGULAR_PAST, MENTAL, MENTAL_BASE, MODALS, NOT_PAST, PARTICIPLES, THINGS,
        THIRD,
    },
};

/// Who a clause speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// "I", alone or with others.
    I,
    /// "we".
    We,
    /// Somebody else who can be told: "she", "my manager", a name.
    Other,
    /// "you", "people": anybody.
    Generic,
    /// "it", "this", "there".
    Thing,
    /// Nobody is named.
    None,
}

/// When a clause takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tense {
    /// It happened.
    Past,
    /// It has happened some time: "I have led teams".
    Perfect,
    /// It happens, or holds.
    Present,
    /// It would, could or will happen.
    Modal,
    /// No verb was found.
    None,
}

/// What kind of happening the verb names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doing {
    /// An action somebody could picture.
    Act,
    /// An action named so broadly that nobody could.
    Broad,
    /// Feeling, holding, wanting, noticing.
    Mental,
    /// Being or having.
    State,
    /// "had to", "was asked to".
    Duty,
    /// Something done by nobody named: "it was decided".
    Passive,
    /// No verb was found.
    None,
}

/// One clause.
#[derive(Debug, Clone)]
pub(crate) struct Clause {
    /// Its tokens.
    pub(crate) tokens: Range<usize>,
    /// Its sentence.
    pub(crate) sentence: usize,
    /// Who it speaks of.
    pub(crate) subject: Subject,
    /// When.
    pub(crate) tense: Tense,
    /// What kind of happening.
    pub(crate) doing: Doing,
    /// The token of its main verb.
    pub(crate) verb: Option<usize>,
    /// Whether it is denied.
    pub(crate) negated: bool,
    /// Whether it usually happens, rather than happened.
    pub(crate) habitual: bool,
    /// Whether it completes the clause before it ("that …", "how …").
    pub(crate) complement: bool,
    /// Whether it is background to another clause ("when I joined", "where we met", "which I did"):
    /// stories go forward in main clauses (Labov and Waletzky 1967).
    pub(crate) background: bool,
    /// Whether a new sentence could begin here in speech without full stops.
    pub(crate) opens_sentence: bool,
}

/// Whether this is a past form, by list and ending.
pub(crate) fn past_form(token: &Token) -> bool {
    let key = token.key.as_str();
    if token.name {
        return false;
    }
    IRREGULAR_PAST.has(key) || key.len() >= 4 && key.ends_with("ed") && !NOT_PAST.has(key)
}

fn participle(token: &Token) -> bool {
    let key = token.key.as_str();
    !token.name && (PARTICIPLES.has(key) || key.len() >= 4 && key.ends_with("ed"))
}

fn finite(token: &Token) -> bool {
    let key = token.key.as_str();
    past_form(token) || BE.has(key) || MODALS.has(key) || HAVE_DO.contains(&key)
}

const HAVE_DO: &[&str] = &[
    "have", "has", "had", "haven't", "hasn't", "hadn't", "do", "does", "did", "don't", "doesn't",
    "didn't",
];

/// Pronouns that are always the subject of something.
fn nominative(key: &str) -> bool {
    FIRST_SINGULAR.has(key)
        || FIRST_PLURAL.has(key)
        || matches!(key, "he" | "she" | "they" | "he'd" | "she'd" | "they'd" | "he's" | "she's")
        || matches!(key, "they've" | "they're" | "who")
}

const SUBORDINATORS: &[&str] = &[
    "because", "although", "though", "while", "when", "whenever", "unless", "until", "whereas",
    "which", "who", "if", "where", "whose",
];

const SUBORDINATORS_WITH_SUBJECT: &[&str] =
    &["since", "after", "before", "once", "as", "that", "what", "how", "why", "whether", "so"];

const COORDINATORS: &[&str] = &["and", "but", "or", "then", "so", "plus", "yet"];

/// Whether a subject with a verb begins at this token.
fn subject_begins(tokens: &[Token], at: usize) -> bool {
    let Some(token) = tokens.get(at) else { return false };
    let key = token.key.as_str();
    let same =
        |index: &usize| tokens.get(*index).is_some_and(|other| other.sentence == token.sentence);
    if nominative(key) {
        return true;
    }
    if THINGS.has(key) || GENERIC.has(key) || THIRD.has(key) {
        return key.contains('\'')
            || (at + 1..at + 3)
                .filter(same)
                .any(|index| finite(&tokens[index]) || present(&tokens[index]));
    }
    if DETERMINERS.has(key) || token.name {
        return (at + 1..at + 5)
            .filter(same)
            .take_while(|index| {
                !nominative(&tokens[*index].key)
                    && !COORDINATORS.contains(&tokens[*index].key.as_str())
            })
            .any(|index| finite(&tokens[index]));
    }
    false
}

/// A few present forms that follow "it", "this" and "people".
fn present(token: &Token) -> bool {
    matches!(
        token.key.as_str(),
        "is" | "are"
            | "means"
            | "makes"
            | "works"
            | "takes"
            | "gives"
            | "helps"
            | "needs"
            | "feels"
            | "want"
            | "need"
            | "know"
            | "think"
            | "say"
            | "tell"
    )
}

/// Where clauses begin inside the tokens of one sentence.
fn starts(tokens: &[Token], range: Range<usize>) -> Vec<usize> {
    let mut starts = vec![range.start];
    let mut verb_seen = false;
    let mut index = range.start;
    while index < range.end {
        let last = starts.last().copied().unwrap_or(range.start);
        if index > last && verb_seen && begins(tokens, index, range.end) {
            starts.push(index);
            verb_seen = false;
            // The conjunctions that open the clause begin no other.
            while index + 1 < range.end && opens(&tokens[index].key) {
                index += 1;
            }
        }
        verb_seen |= finite(&tokens[index])
            || contracted(&tokens[index].key)
            || after_subject(tokens, index, range.start);
        index += 1;
    }
    starts
}

/// Whether subject and verb are one word: "it's", "there's", "they're".
fn contracted(key: &str) -> bool {
    key.contains('\'') && (nominative(key) || THINGS.has(key) || GENERIC.has(key))
}

fn opens(key: &str) -> bool {
    COORDINATORS.contains(&key)
        || SUBORDINATORS.contains(&key)
        || SUBORDINATORS_WITH_SUBJECT.contains(&key)
}

/// Whether this is the first word after "I", "we" or "they": a verb, present forms included.
fn after_subject(tokens: &[Token], index: usize, start: usize) -> bool {
    index > start
        && matches!(tokens[index - 1].key.as_str(), "i" | "we" | "they" | "you" | "he" | "she")
}

fn begins(tokens: &[Token], index: usize, end: usize) -> bool {
    let key = tokens[index].key.as_str();
    let next = index + 1;
    // "for a while, and", "the night before,": with a comma after it, it opens nothing.
    let open = !tokens[index].comma;
    if SUBORDINATORS.contains(&key) && open {
        return true;
    }
    if SUBORDINATORS_WITH_SUBJECT.contains(&key) && key != "so" && open {
        return subject_begins(tokens, next)
            || next < end && opens(&tokens[next].key) && subject_begins(tokens, next + 1);
    }
    let comma = tokens[index - 1].comma;
    if COORDINATORS.contains(&key) {
        return (next..(next + 3).min(end)).any(|at| {
            (at == next || opens(&tokens[at - 1].key) || adverb(&tokens[at - 1].key))
                && (subject_begins(tokens, at) || past_form(&tokens[at]))
        }) || next < end && SUBORDINATORS.contains(&tokens[next].key.as_str());
    }
    if nominative(key) {
        return true;
    }
    let generic = GENERIC.has(key) || matches!(key, "it" | "this" | "there" | "it's" | "there's");
    if generic && (key.contains('\'') || next < end && finite(&tokens[next])) {
        return true;
    }
    // "eventually we", "first I": the adverb belongs to what it introduces.
    if comma && adverb(key) && subject_begins(tokens, next) {
        return true;
    }
    // ", families kept coming": a bare noun and its verb.
    let bare = !opens(key)
        && !adverb(key)
        && !FUNCTION.has(key)
        && next < end
        && !tokens[index].comma
        && past_form(&tokens[next]);
    comma && (past_form(&tokens[index]) || subject_begins(tokens, index) || bare)
}

fn adverb(key: &str) -> bool {
    key.ends_with("ly")
        || matches!(
            key,
            "first"
                | "next"
                | "then"
                | "later"
                | "afterwards"
                | "also"
                | "now"
                | "still"
                | "together"
                | "instead"
                | "never"
                | "again"
                | "even"
                | "once"
                | "soon"
                | "often"
                | "always"
        )
}

/// Splits the tokens of an answer into clauses.
pub(crate) fn split(tokens: &[Token]) -> Vec<Clause> {
    let mut clauses: Vec<Clause> = Vec::new();
    let mut start = 0;
    while start < tokens.len() {
        let sentence = tokens[start].sentence;
        let end =
            start + tokens[start..].iter().take_while(|token| token.sentence == sentence).count();
        let mut bounds = starts(tokens, start..end);
        bounds.push(end);
        for pair in bounds.windows(2) {
            let previous = clauses.last().filter(|clause| clause.sentence == sentence);
            let clause = read(tokens, pair[0]..pair[1], previous);
            clauses.push(clause);
        }
        start = end;
    }
    told_in_present(tokens, &mut clauses);
    clauses
}

/// What is told in the present between two clauses in the past happened then, too: "we gave it to
/// thirty drivers, I go with three of them for two days, after a month all were using it". Stories
/// change into the present where they become lively (the historical present, Wolfson 1982), and
/// speakers of English as a second language leave out its endings. What usually is, what holds now,
/// and what follows the last thing that happened, stay as they are.
fn told_in_present(tokens: &[Token], clauses: &mut [Clause]) {
    let usual =
        |clause: &Clause| clause.habitual && matches!(clause.subject, Subject::I | Subject::We);
    let happened = |clause: &Clause| {
        clause.tense == Tense::Past
            && !clause.habitual
            && clause.subject != Subject::Thing
            && matches!(clause.doing, Doing::Act | Doing::Broad | Doing::Passive)
    };
    let Some(last) = clauses.iter().rposition(happened) else { return };
    if clauses[..last].iter().any(usual) {
        return;
    }
    // Only what goes on from something past belongs to it: "I would ask them. We do that at home."
    let mut goes_on = false;
    for clause in &mut clauses[..last] {
        match clause.tense {
            Tense::Past => goes_on = true,
            Tense::Modal => goes_on = false,
            Tense::Present if matches!(clause.subject, Subject::I | Subject::We) => {
                match clause.verb.filter(|verb| goes_on && lively(tokens, clause, *verb)) {
                    Some(verb) => {
                        let key = tokens[verb].key.as_str();
                        (clause.tense, clause.doing) = (Tense::Past, main_kind(key));
                    }
                    None => goes_on = false,
                }
            }
            _ => {}
        }
    }
}

/// Whether the clause names an act in the present, and nothing of what holds when it is told.
fn lively(tokens: &[Token], clause: &Clause, verb: usize) -> bool {
    let key = tokens[verb].key.as_str();
    let now = tokens[clause.tokens.clone()].iter().any(|token| NOW.contains(&token.key.as_str()));
    clause.doing == Doing::Broad
        && !clause.background
        && !now
        && !HAVE_DO.contains(&key)
        && !key.contains('\'')
}

/// Words of what holds when it is told.
const NOW: &[&str] =
    &["now", "today", "nowadays", "currently", "still", "if", "whenever", "every", "since"];

/// Reads one clause.
fn read(tokens: &[Token], range: Range<usize>, previous: Option<&Clause>) -> Clause {
    let first = tokens[range.start].key.as_str();
    let verb = main_verb(tokens, &range);
    let mut subject = subject(tokens, &range, verb);
    let lead = range.clone().take_while(|index| {
        let key = tokens[*index].key.as_str();
        opens(key) || adverb(key) || matches!(key, "not" | "who")
    });
    if subject == Subject::None
        && verb.is_some_and(|verb| verb <= lead.last().map_or(range.start, |last| last + 1))
    {
        subject = match (first, previous) {
            ("who", _) => Subject::Other,
            (_, Some(previous)) => previous.subject,
            (_, None) => Subject::None,
        };
    }
    let (tense, doing) = verb.map_or((Tense::None, Doing::None), |verb| kind(tokens, &range, verb));
    let keys = || tokens[range.clone()].iter().map(|token| token.key.as_str());
    Clause {
        sentence: tokens[range.start].sentence,
        subject,
        tense,
        doing,
        verb,
        negated: keys().any(|key| {
            matches!(key, "not" | "never" | "nobody" | "nothing") || key.ends_with("n't")
        }),
        habitual: keys().any(|key| HABITUAL.has(key)),
        complement: previous.is_some()
            && matches!(first, "that" | "what" | "how" | "why" | "whether"),
        background: verb.is_some_and(|verb| background(tokens, &range, verb)),
        opens_sentence: previous.is_none()
            || COORDINATORS.contains(&first)
            || subject_begins(tokens, range.start) && !matches!(first, "that" | "who" | "which"),
        tokens: range,
    }
}

/// Conjunctions and relative words whose clause is background to another.
const BACKGROUND: &[&str] = &[
    "when", "whenever", "where", "while", "which", "who", "whose", "if", "until", "although",
    "though", "since", "as", "before", "after", "once",
];

/// Whether one of those stands before the verb, followed by the verb's subject at once ("after we
/// called", "at the food bank where I worked"): "after lunch we called" is no background.
fn background(tokens: &[Token], range: &Range<usize>, verb: usize) -> bool {
    (range.start..verb).any(|index| {
        let key = tokens[index].key.as_str();
        BACKGROUND.contains(&key)
            && (matches!(key, "which" | "who" | "whose") || subject_begins(tokens, index + 1))
    })
}

/// The first finite verb, or the word after "I", "we", "they" or "you".
fn main_verb(tokens: &[Token], range: &Range<usize>) -> Option<usize> {
    range.clone().find(|index| {
        let token = &tokens[*index];
        if contracted(&token.key) {
            return true;
        }
        if after_subject(tokens, *index, range.start) {
            return !adverb(&token.key) && !FIRST_SINGULAR.has(&token.key) && token.key != "and";
        }
        // "the proposed plan was": a participle between a determiner and its noun is no verb.
        let attributive = *index > range.start
            && DETERMINERS.has(&tokens[index - 1].key)
            && !BE.has(&tokens[*index].key);
        finite(token) && !attributive
    })
}

fn subject(tokens: &[Token], range: &Range<usize>, verb: Option<usize>) -> Subject {
    let end = verb.map_or(range.end, |verb| {
        // A contraction is subject and verb in one.
        if tokens[verb].key.contains('\'') && !tokens[verb].key.ends_with("n't") {
            verb + 1
        } else {
            verb
        }
    });
    let before = || tokens[range.start..end].iter().map(|token| token.key.as_str());
    let any = |test: &dyn Fn(&str) -> bool| before().any(test);
    if any(&|key| FIRST_SINGULAR.has(key)) {
        Subject::I
    } else if any(&|key| FIRST_PLURAL.has(key)) {
        Subject::We
    } else if any(&|key| THIRD.has(key)) {
        Subject::Other
    } else if any(&|key| GENERIC.has(key)) {
        Subject::Generic
    } else {
        let nouns = tokens[range.start..end]
            .iter()
            .filter(|token| !opens(&token.key) && !adverb(&token.key) && !THINGS.has(&token.key));
        match nouns.count() {
            0 if any(&|key| THINGS.has(key) && !opens(key)) => Subject::Thing,
            0 => Subject::None,
            _ => Subject::Other,
        }
    }
}

/// Tense and kind of the verb at `verb`.
fn kind(tokens: &[Token], range: &Range<usize>, verb: usize) -> (Tense, Doing) {
    let key = tokens[verb].key.as_str();
    let mut after = (verb + 1..range.end).filter(|index| {
        let key = tokens[*index].key.as_str();
        !adverb(key) && key != "not" && key != "both" && key != "all"
    });
    let next = after.next();
    let next_key = next.map_or("", |index| tokens[index].key.as_str());
    match key {
        "had" | "hadn't" | "have" | "has" | "haven't" | "hasn't" if next_key == "to" => {
            (if key.starts_with("had") { Tense::Past } else { Tense::Present }, Doing::Duty)
        }
        "had" | "hadn't" | "have" | "has" | "haven't" | "hasn't" | "i've" | "we've" | "they've"
        | "you've" => {
            let past = key.starts_with("had");
            match next {
                Some(index) if participle(&tokens[index]) || past_form(&tokens[index]) => {
                    let tense = if past { Tense::Past } else { Tense::Perfect };
                    (tense, main_kind(&tokens[index].key))
                }
                _ => (if past { Tense::Past } else { Tense::Present }, Doing::State),
            }
        }
        "did" | "didn't" => match next {
            // "I did not wait": the verb is what follows.
            Some(index) if key == "didn't" || tokens[verb + 1].key == "not" => {
                (Tense::Past, main_kind(&tokens[index].key))
            }
            _ => (Tense::Past, Doing::Broad),
        },
        "do" | "does" | "don't" | "doesn't" => (Tense::Present, Doing::Broad),
        "i'd" | "we'd" | "he'd" | "she'd" | "they'd" | "it'd" | "you'd" => match next {
            Some(index) if participle(&tokens[index]) || past_form(&tokens[index]) => {
                (Tense::Past, main_kind(&tokens[index].key))
            }
            _ => (Tense::Modal, Doing::Broad),
        },
        _ if MODALS.has(key) || key.ends_with("'ll") => (Tense::Modal, Doing::Broad),
        _ if BE.has(key) || key.ends_with("'m") || key.ends_with("'re") || key.ends_with("'s") => {
            be_kind(tokens, key, next)
        }
        "got"
            if next
                .is_some_and(|index| participle(&tokens[index]) && !ADJECTIVAL.has(next_key)) =>
        {
            (Tense::Past, Doing::Passive)
        }
        _ if past_form(&tokens[verb]) => (Tense::Past, main_kind(key)),
        _ => (
            Tense::Present,
            if MENTAL_PRESENT.contains(&key) { Doing::Mental } else { Doing::Broad },
        ),
    }
}

const MENTAL_PRESENT: &[&str] =
    &["think", "believe", "feel", "like", "love", "want", "need", "know", "hope", "guess", "mean"];

fn be_kind(tokens: &[Token], key: &str, next: Option<usize>) -> (Tense, Doing) {
    let tense = if key.starts_with("was") || key.starts_with("were") {
        Tense::Past
    } else {
        Tense::Present
    };
    let doing = match next {
        Some(index) if tokens[index].key.ends_with("ing") && tokens[index].key.len() > 4 => {
            match tokens[index].key.as_str() {
                "working" | "going" | "being" | "having" | "doing" | "trying" | "feeling"
                | "helping" => Doing::State,
                _ => Doing::Broad,
            }
        }
        Some(index) if participle(&tokens[index]) && !ADJECTIVAL.has(&tokens[index].key) => {
            let to = tokens.get(index + 1).is_some_and(|token| token.key == "to");
            if to && matches!(tokens[index].key.as_str(), "asked" | "told" | "given" | "supposed") {
                Doing::Duty
            } else {
                Doing::Passive
            }
        }
        _ => Doing::State,
    };
    (tense, doing)
}

fn main_kind(key: &str) -> Doing {
    if BE.has(key) || matches!(key, "had" | "have" | "been" | "be") {
        Doing::State
    } else if MENTAL.has(key) || MENTAL_BASE.has(key) {
        Doing::Mental
    } else if BROAD.has(key) {
        Doing::Broad
    } else {
        Doing::Act
    }
}

#[cfg(test)]
mod tests {
    use interview::word::words_of;

    use super::{super::Text, *};

    fn check(text: &str, expected: &[(&str, Subject, Tense, Doing)]) {
        let words = words_of(text);
        let text = Text::read(&words, &[]);
        let found: Vec<(String, Subject, Tense, Doing)> = text
            .clauses
            .iter()
            .map(|clause| {
                (text.quote(text.range(&clause.tokens)), clause.subject, clause.tense, clause.doing)
            })
            .collect();
        let found: Vec<(&str, Subject, Tense, Doing)> =
            found.iter().map(|(text, a, b, c)| (text.as_str(), *a, *b, *c)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn clauses_know_who_did_what() {
        check(
            "When I joined, the team was late. I called the client and explained the delay.",
            &[
                ("When I joined,", Subject::I, Tense::Past, Doing::Act),
                ("the team was late.", Subject::Other, Tense::Past, Doing::State),
                ("I called the client", Subject::I, Tense::Past, Doing::Act),
                ("and explained the delay.", Subject::I, Tense::Past, Doing::Act),
            ],
        );
    }

    #[test]
    fn speech_without_punctuation_is_split_as_well() {
        check(
            "i rang the supplier and then we moved the order it was shipped on friday",
            &[
                ("i rang the supplier", Subject::I, Tense::Past, Doing::Act),
                ("and then we moved the order", Subject::We, Tense::Past, Doing::Act),
                ("it was shipped on friday", Subject::Thing, Tense::Past, Doing::Passive),
            ],
        );
    }

    #[test]
    fn what_is_told_in_the_present_between_two_pasts_happened() {
        check(
            "The drivers ignored it. I go with three drivers for two days and I draw big buttons. \
             After a month the drivers opened it. Now I go to the user first.",
            &[
                ("The drivers ignored it.", Subject::Other, Tense::Past, Doing::Act),
                ("I go with three drivers for two days", Subject::I, Tense::Past, Doing::Act),
                ("and I draw big buttons.", Subject::I, Tense::Past, Doing::Act),
                ("After a month the drivers opened it.", Subject::Other, Tense::Past, Doing::Act),
                ("Now I go to the user first.", Subject::I, Tense::Present, Doing::Broad),
            ],
        );
        check(
            "Once a guest shouted. I usually listen first and I write it down. It worked.",
            &[
                ("Once a guest shouted.", Subject::Other, Tense::Past, Doing::Act),
                ("I usually listen first", Subject::I, Tense::None, Doing::None),
                ("and I write it down.", Subject::I, Tense::Present, Doing::Broad),
                ("It worked.", Subject::Thing, Tense::Past, Doing::Broad),
            ],
        );
    }

    #[test]
    fn duties_opinions_and_passives_are_no_actions() {
        check(
            "I had to find a nurse. I think people should listen. A decision was made.",
            &[
                ("I had to find a nurse.", Subject::I, Tense::Past, Doing::Duty),
                ("I think", Subject::I, Tense::Present, Doing::Mental),
                ("people should listen.", Subject::Generic, Tense::Modal, Doing::Broad),
                ("A decision was made.", Subject::Other, Tense::Past, Doing::Passive),
            ],
        );
    }
}
