//! The signs by which a clause shows what part of a story it tells.

use interview::StarPart;

use crate::{
    story::Story,
    text::{
        Text,
        clauses::{Clause, Doing, Subject, Tense},
        lexicon::{
            ACHIEVED, AIM, ANNOUNCED, BROAD, BUZZ, CAREER, DATES, ENDING, EVALUATIVE, EXAMPLE,
            FAULT, FUNCTION, GENERIC, LEARNING, LESSON, LOFTY, MENTAL, NUMBERS, OPINION,
            OUTCOME_VERBS, Phrases, RATIONALE, ROLES, SELF, SETTING, TASK, TROUBLE, UNITS,
            VAGUE_ENDING, WHEN, WordSet, abstract_by_ending,
        },
    },
};

/// The signs of one clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signs {
    /// Their names.
    pub(crate) names: Vec<String>,
    /// Whether it opens a sentence.
    pub(crate) opens: bool,
}

/// The signs of all clauses, given the part that the rules take each for.
pub(crate) fn signs(text: &Text<'_>, ruled: &[Option<StarPart>]) -> Vec<Signs> {
    let acts: Vec<bool> = text.clauses.iter().map(own_act).collect();
    (0..text.clauses.len()).map(|index| of_clause(text, ruled, &acts, index)).collect()
}

fn own_act(clause: &Clause) -> bool {
    matches!(clause.subject, Subject::I | Subject::We)
        && clause.tense == Tense::Past
        && matches!(clause.doing, Doing::Act | Doing::Broad)
        && !clause.background
        && !clause.complement
        && !clause.habitual
}

fn of_clause(text: &Text<'_>, ruled: &[Option<StarPart>], acts: &[bool], index: usize) -> Signs {
    let clause = &text.clauses[index];
    let mut names = vec!["every clause".to_owned()];
    let opens = index == 0 || text.clauses[index - 1].sentence != clause.sentence;
    let mut add = |holds: bool, name: &str| {
        if holds {
            names.push(name.to_owned());
        }
    };
    add(opens, "opens a sentence");
    let closes = text.clauses.get(index + 1).is_none_or(|next| next.sentence != clause.sentence);
    add(closes, "closes a sentence");
    add(clause.sentence == 0, "first sentence");
    add(clause.sentence + 1 == text.sentences.len(), "last sentence");
    add(clause.habitual, "habitual");
    add(clause.complement, "complement");
    add(clause.background, "background");
    add(clause.negated, "denied");
    add(clause.tokens.len() <= 3, "short");
    add(clause.tokens.len() >= 10, "long");
    names.extend(happening(clause));
    names.extend(standing(text, acts, index));
    names.extend(words(text, clause));
    names.extend(sentence(text, ruled, index));
    names.extend(stances(text, clause));
    let rule =
        |at: Option<usize>| at.and_then(|at| ruled.get(at).copied()).flatten().map_or("none", name);
    names.push(format!("ruled {}", rule(Some(index))));
    names.push(format!("before ruled {}", rule(index.checked_sub(1))));
    names.push(format!("after ruled {}", rule(Some(index + 1))));
    if let Some(next) = text.clauses.get(index + 1) {
        names.push(format!("after {:?} {:?}", next.subject, next.tense));
    }
    if let Some(before) = index.checked_sub(1).map(|at| &text.clauses[at]) {
        names.push(format!("before {:?} {:?}", before.subject, before.tense));
    }
    names.sort_unstable();
    names.dedup();
    Signs { names, opens }
}

const fn name(part: StarPart) -> &'static str {
    match part {
        StarPart::Situation => "situation",
        StarPart::Task => "task",
        StarPart::Action => "action",
        StarPart::Result => "result",
        StarPart::Reflection => "reflection",
        StarPart::Relevance => "relevance",
    }
}

/// Who does what, and when.
fn happening(clause: &Clause) -> [String; 4] {
    [
        format!("{:?}", clause.subject),
        format!("{:?}", clause.tense),
        format!("{:?}", clause.doing),
        format!("{:?} {:?} {:?}", clause.subject, clause.tense, clause.doing),
    ]
}

/// Where the clause stands: in the answer, and before or after what the speaker did.
fn standing(text: &Text<'_>, acts: &[bool], index: usize) -> Vec<String> {
    let clause = &text.clauses[index];
    let middle = (clause.tokens.start + clause.tokens.end) as f64 / 2.0;
    let place = middle / text.tokens.len().max(1) as f64;
    let few = |count: usize| match count {
        0 => "no",
        1 => "one",
        2 | 3 => "few",
        _ => "many",
    };
    let before = few(acts[..index].iter().filter(|act| **act).count());
    let after = few(acts[index + 1..].iter().filter(|act| **act).count());
    let stretch = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "last"]
        [((place * 8.0) as usize).min(7)];
    vec![
        format!("{stretch} eighth"),
        format!("{before} acts before"),
        format!("{after} acts after"),
        format!("{before} acts before, {after} after"),
        format!("{:?} with {before} acts before", clause.subject),
        format!("{:?} with {after} acts after", clause.subject),
        format!("{:?} with {after} acts after", clause.tense),
        format!("{:?} {:?} in the {stretch} eighth", clause.subject, clause.tense),
    ]
}

/// What the sentence around the clause is: an annotator quotes a deed with its reason and its object
/// clause, so that what stands beside a main clause goes with it.
fn sentence(text: &Text<'_>, ruled: &[Option<StarPart>], index: usize) -> Vec<String> {
    let own = text.clauses[index].sentence;
    let within: Vec<usize> =
        (0..text.clauses.len()).filter(|other| text.clauses[*other].sentence == own).collect();
    let main = |at: &usize| !text.clauses[*at].background && !text.clauses[*at].complement;
    let head = within
        .iter()
        .copied()
        .rfind(|at| *at <= index && main(at))
        .or_else(|| within.iter().copied().find(main));
    let mut found = Vec::new();
    if let Some(head) = head.filter(|head| *head != index) {
        let clause = &text.clauses[head];
        found.push(format!("head {:?} {:?} {:?}", clause.subject, clause.tense, clause.doing));
        found.push(format!("head ruled {}", ruled[head].map_or("none", name)));
    }
    for part in PARTS {
        if within.iter().any(|at| *at != index && ruled[*at] == Some(part)) {
            found.push(format!("beside {}", name(part)));
        }
    }
    let said: [(&str, &Phrases); 4] =
        [("ending", &ENDING), ("fault", &FAULT), ("lesson", &LESSON), ("task", &TASK)];
    for (name, phrases) in said {
        let says = |at: &usize| phrases.any(&text.keys_of(&text.clauses[*at].tokens));
        if within.iter().any(says) {
            found.push(format!("sentence says {name}"));
        }
    }
    found
}

const PARTS: [StarPart; 5] =
    [StarPart::Situation, StarPart::Task, StarPart::Action, StarPart::Result, StarPart::Reflection];

/// How the speaker stands to what the clause says: a duty, a wish, a limit, a view from now on.
fn stances(text: &Text<'_>, clause: &Clause) -> Vec<String> {
    let tokens = &text.tokens[clause.tokens.clone()];
    let any = |words: &[&str]| tokens.iter().any(|token| words.contains(&token.key.as_str()));
    let pair = |first: &dyn Fn(&str) -> bool, second: &dyn Fn(&str) -> bool| {
        tokens.windows(2).any(|pair| first(&pair[0].key) && second(&pair[1].key))
    };
    let number = |key: &str| NUMBERS.has(key) || key.contains(|c: char| c.is_ascii_digit());
    let place = clause.tokens.start as f64 / text.tokens.len().max(1) as f64;
    let late = if place > 0.6 { "late" } else { "early" };
    let signs = [
        // "my job was", "it was mine to sort": whose it is.
        (any(DUTIES), "a duty"),
        (any(&["me", "mine", "myself"]) && clause.doing == Doing::State, "it is mine"),
        // "the head wanted everybody in": what somebody wants is to be done.
        (any(WISHES), "a wish"),
        // "we had five weeks", "due tomorrow": a limit of time.
        (
            pair(&number, &|key| UNITS.has(key))
                && any(&["had", "have", "only", "in", "left", "within"])
                || any(&["due", "tomorrow", "until", "till", "deadline"]),
            "a limit of time",
        ),
        (
            any(&["couldn't", "can't", "cannot", "without", "nobody", "nothing", "no"]),
            "a want of something",
        ),
        (any(&["thought", "thinking", "knew", "figured", "reckoned", "realized"]), "a thought"),
        // "since then", "these days": seen from now.
        (any(NOWADAYS), "from now on"),
        // "I'd never asked": told as done before what is told.
        (pluperfect(text, clause), "done before"),
        (
            any(&["should", "could", "would"]) && any(&["have", "never", "earlier", "sooner"]),
            "otherwise",
        ),
        (pair(&|key| key.ends_with("'d"), &|key| key == "have"), "otherwise"),
        (any(&["if"]), "a condition"),
        (any(BLAME), "blame"),
        (any(&["still", "again", "after", "later"]), "afterwards"),
    ];
    let mut found = Vec::new();
    for (_, name) in signs.iter().filter(|(holds, _)| *holds) {
        found.push(format!("tells {name}"));
        found.push(format!("tells {name}, {late}"));
        found.push(format!("tells {name}, {:?} {:?}", clause.subject, clause.tense));
    }
    found
}

/// Nouns and adjectives by which something is somebody's to do.
const DUTIES: &[&str] = &[
    "task",
    "job",
    "duty",
    "duties",
    "role",
    "part",
    "responsible",
    "responsibility",
    "charge",
    "deadline",
    "goal",
    "aim",
    "target",
    "mission",
    "brief",
    "deliverable",
    "requirement",
    "chief",
    "captain",
    "lead",
    "mine",
    "supervise",
];

/// Verbs of wanting and asking for.
const WISHES: &[&str] = &[
    "want", "wants", "wanted", "need", "needs", "needed", "expected", "expects", "demanded",
    "hoped", "insisted", "promised", "care", "cared",
];

/// Words that look from the time of telling.
const NOWADAYS: &[&str] =
    &["now", "nowadays", "today", "since", "always", "anymore", "every", "days", "never", "next"];

/// Words by which speakers find fault, mostly with themselves.
const BLAME: &[&str] = &[
    "wrong",
    "mistake",
    "fault",
    "stupid",
    "bad",
    "badly",
    "late",
    "sorry",
    "ashamed",
    "lesson",
    "learned",
    "learning",
    "better",
    "embarrassing",
    "regret",
    "easy",
];

/// Whether the verb is "had" or "'d" with a participle.
fn pluperfect(text: &Text<'_>, clause: &Clause) -> bool {
    clause.tense == Tense::Past
        && clause.verb.is_some_and(|verb| {
            let key = text.tokens[verb].key.as_str();
            (key.starts_with("had") || key.ends_with("'d"))
                && !matches!(clause.doing, Doing::State | Doing::Duty)
        })
}

/// What the clause says, by the word lists. No word by itself is a sign, so that nothing of the labelled
/// answers' own wording can be learned by heart.
fn words(text: &Text<'_>, clause: &Clause) -> Vec<String> {
    let keys = text.keys_of(&clause.tokens);
    let phrases: [(&str, &Phrases); 14] = [
        ("aim", &AIM),
        ("announced", &ANNOUNCED),
        ("career", &CAREER),
        ("ending", &ENDING),
        ("example", &EXAMPLE),
        ("fault", &FAULT),
        ("lesson", &LESSON),
        ("opinion", &OPINION),
        ("rationale", &RATIONALE),
        ("self", &SELF),
        ("setting", &SETTING),
        ("task", &TASK),
        ("vague ending", &VAGUE_ENDING),
        ("when", &WHEN),
    ];
    let sets: [(&str, &WordSet); 9] = [
        ("date", &DATES),
        ("evaluation", &EVALUATIVE),
        ("learning", &LEARNING),
        ("mental", &MENTAL),
        ("number", &NUMBERS),
        ("role", &ROLES),
        ("trouble", &TROUBLE),
        ("unit", &UNITS),
        ("anybody", &GENERIC),
    ];
    let mut found: Vec<String> = phrases
        .iter()
        .filter(|(_, phrases)| phrases.any(&keys))
        .map(|(name, _)| format!("says {name}"))
        .collect();
    found.extend(
        sets.iter()
            .filter(|(_, set)| keys.iter().any(|key| set.has(key)))
            .map(|(name, _)| format!("names {name}")),
    );
    if let Some(verb) = clause.verb.and_then(|verb| text.tokens.get(verb)) {
        let key = verb.key.as_str();
        let kinds: [(&str, &WordSet); 3] =
            [("outcome", &OUTCOME_VERBS), ("achieved", &ACHIEVED), ("broad", &BROAD)];
        found.extend(
            kinds
                .iter()
                .filter(|(_, set)| set.has(key))
                .map(|(name, _)| format!("verb of {name}, {:?}", clause.subject)),
        );
    }
    let tokens = &text.tokens[clause.tokens.clone()];
    let holds = |test: fn(&crate::text::Token) -> bool| tokens.iter().any(test);
    if holds(|token| token.name) {
        found.push("names a name".to_owned());
    }
    if holds(|token| token.digit) {
        found.push("names a figure".to_owned());
    }
    if holds(|token| {
        let key = token.key.as_str();
        BUZZ.has(key) || LOFTY.has(key) || !FUNCTION.has(key) && abstract_by_ending(key)
    }) {
        found.push("names something abstract".to_owned());
    }
    let concrete = Story::concrete_words(text, &clause.tokens).len().min(4);
    found.push(format!("{concrete} concrete words"));
    found.push(format!("{concrete} concrete words, {:?}", clause.doing));
    found
}
