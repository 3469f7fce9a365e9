//! The told story: its parts, its kind, whose actions it names, and what in it could be checked.

use std::{collections::BTreeSet, ops::Range};

use interview::{StarPart, StarSpan};

use crate::{
    parts::{Weights, signs},
    report::AnswerType,
    text::{
        Text,
        clauses::{Clause, Doing, Subject, Tense},
        lexicon::{
            ACHIEVED, AIM, ANNOUNCED, BRIDGE, BUZZ, CAREER, DATES, ENDING, EVALUATIVE, EXAMPLE,
            FAULT, FUNCTION, GENERAL, LEARNING, LESSON, MENTAL, NUMBERS, OPINION, OUTCOME_VERBS,
            RATIONALE, ROLES, SELF, SETTING, TASK, TROUBLE, UNITS, VAGUE_ENDING, VAGUE_NOUNS, WHEN,
            abstract_by_ending,
        },
    },
};

/// What kind of fact something is that could be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SpecificKind {
    /// A number or an amount.
    Number,
    /// A day, month or year.
    Date,
    /// A name of somebody or something.
    Name,
}

/// Something that could be checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Specific {
    /// What kind.
    pub(crate) kind: SpecificKind,
    /// Its tokens.
    pub(crate) tokens: Range<usize>,
}

/// A story, read.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    /// The part each clause belongs to.
    pub(crate) parts: Vec<Option<StarPart>>,
    /// The chance that each clause tells its part; 1 where it has none.
    pub(crate) chances: Vec<f64>,
    /// Whether each clause tells what was done: an action by its tag, or by the rules where it has none.
    deeds: Vec<bool>,
    /// Where each clause begins, 0 to 1, among what is told.
    begins: Vec<f64>,
    /// Facts that could be checked, in order.
    pub(crate) specifics: Vec<Specific>,
    /// What kind of answer it is; `None` without content.
    pub(crate) answer_type: Option<AnswerType>,
}

impl Story {
    /// Reads the story in a text; the parts are those that the weights say.
    pub(crate) fn read(text: &Text<'_>, weights: &Weights) -> Self {
        let solid = text.solid();
        let ruled = Self::ruled(&solid);
        let tagged = weights.tag(&signs(&solid, &ruled));
        let (mut parts, mut begins) = (hollow_parts(text), vec![1.0; text.clauses.len()]);
        let mut deeds = vec![false; text.clauses.len()];
        let mut chances = vec![1.0; text.clauses.len()];
        for (index, (((part, chance), ruled), clause)) in
            text.solid_clauses().zip(tagged.into_iter().zip(&ruled).zip(&solid.clauses))
        {
            let part = settled(text, index, part);
            parts[index] = part;
            chances[index] = if part.is_some() { chance } else { 1.0 };
            deeds[index] = [part, *ruled].contains(&Some(StarPart::Action))
                && matches!(part, None | Some(StarPart::Action));
            begins[index] = clause.tokens.start as f64 / solid.tokens.len() as f64;
        }
        let answer_type = answer_type(text, &solid, &ruled);
        Self { answer_type, parts, chances, deeds, begins, specifics: specifics(text) }
    }

    /// The part that the rules alone take each clause for.
    pub(crate) fn ruled(text: &Text<'_>) -> Vec<Option<StarPart>> {
        let mut parts: Vec<Option<StarPart>> = Vec::with_capacity(text.clauses.len());
        for clause in &text.clauses {
            let previous = parts.last().copied().flatten();
            let acted = parts.contains(&Some(StarPart::Action));
            parts.push(part(text, clause, previous, acted));
        }
        begin_with_situation(text, &mut parts);
        end_with_result(text, &mut parts);
        parts
    }

    /// Where the parts stand: clauses of one part that follow each other are one span.
    pub(crate) fn spans(&self, text: &Text<'_>) -> Vec<StarSpan> {
        let mut spans: Vec<StarSpan> = Vec::new();
        let mut open = None;
        for (clause, part) in text.clauses.iter().zip(&self.parts) {
            let range = text.range(&clause.tokens);
            match (part, spans.last_mut()) {
                (Some(part), Some(last)) if open == Some(*part) => last.range.end = range.end,
                (Some(part), _) => spans.push(StarSpan { part: *part, range }),
                (None, _) => {}
            }
            open = *part;
        }
        spans
    }

    /// Whether this clause names something that "I" or "we" did and that could be pictured.
    pub(crate) fn own_action(&self, text: &Text<'_>, index: usize) -> bool {
        self.own(text, index) && concrete_doing(text, index)
    }

    /// Whether this clause names something that "I" or "we" did so broadly that nobody could
    /// picture it.
    pub(crate) fn broad_action(&self, text: &Text<'_>, index: usize) -> bool {
        self.own(text, index) && !concrete_doing(text, index)
    }

    fn own(&self, text: &Text<'_>, index: usize) -> bool {
        let clause = &text.clauses[index];
        let keys = text.keys_of(&clause.tokens);
        // "because I knew the shelf" says why, "where I worked" where and "that I closed it" what was
        // said: none of them is the act.
        let subordinate = clause.background
            || clause.complement
            || RATIONALE.at(&keys).is_some() && keys.first() != Some(&"i");
        !subordinate
            && (self.deeds[index] || text.hollow[index])
            && matches!(clause.subject, Subject::I | Subject::We)
            && clause.tense == Tense::Past
            && matches!(clause.doing, Doing::Act | Doing::Broad)
    }

    /// Whether this clause tells an ending which could not be told of anything else.
    pub(crate) fn told_result(&self, text: &Text<'_>, index: usize) -> bool {
        self.parts[index] == Some(StarPart::Result) && concrete_result(text, &text.clauses[index])
    }

    /// Whether this clause, near the beginning, says when it was, whatever else it tells.
    pub(crate) fn dated_beginning(&self, text: &Text<'_>, index: usize) -> bool {
        let clause = &text.clauses[index];
        let keys = text.keys_of(&clause.tokens);
        self.parts[index].is_some()
            && self.begins[index] < 0.25
            && (WHEN.any(&keys) || keys.iter().any(|key| DATES.has(key) || year(key)))
    }

    /// Whether this clause of the setting tells what stood in the way.
    pub(crate) fn difficulty(&self, text: &Text<'_>, index: usize) -> bool {
        let keys = text.keys_of(&text.clauses[index].tokens);
        self.parts[index] == Some(StarPart::Situation)
            && (keys.iter().any(|key| TROUBLE.has(key)) || TASK.any(&keys))
    }

    /// Whether this clause gives a reason for something that "I" or "we" did. A conjunction gives
    /// the reason of the clause it stands beside, whoever that is about: "some did little, because it
    /// was exam time" explains what others did.
    pub(crate) fn reason(&self, text: &Text<'_>, index: usize) -> bool {
        let clause = &text.clauses[index];
        if self.leads_to_act(text, index) {
            return true;
        }
        if !RATIONALE.any(&text.keys_of(&clause.tokens)) {
            return false;
        }
        let done = |index: usize| self.own(text, index) || self.weighed(text, index);
        if self.own(text, index) {
            return true;
        }
        let main =
            |index: &usize| !text.clauses[*index].complement && !text.clauses[*index].background;
        let before = (0..index).rev().find(main).filter(|head| index - head <= 3);
        let after = (index + 1..text.clauses.len()).find(main).filter(|head| head - index <= 2);
        let said_first = text.clauses[index].tokens.start == 0
            || index > 0 && text.clauses[index - 1].sentence != clause.sentence;
        if said_first { after.is_some_and(done) } else { before.is_some_and(done) }
    }

    /// Whether "I" or "we" thought or wanted something here and then did something about it: "I
    /// thought that was too risky, because there was no way back. So I asked her for half an hour."
    fn weighed(&self, text: &Text<'_>, index: usize) -> bool {
        let clause = &text.clauses[index];
        let noticed = |verb: usize| NOTICED.contains(&text.tokens[verb].key.as_str());
        matches!(clause.subject, Subject::I | Subject::We)
            && clause.tense == Tense::Past
            && (clause.doing == Doing::Mental || clause.verb.is_some_and(noticed))
            && !clause.habitual
            && (index + 1..text.clauses.len().min(index + 5)).any(|next| self.own(text, next))
    }

    /// Whether what "I" or "we" thought or saw here is followed by "so" and what was done about it: "I
    /// saw that he was always late. So I talked with him."
    fn leads_to_act(&self, text: &Text<'_>, index: usize) -> bool {
        let next = (index + 1..text.clauses.len()).find(|next| !text.clauses[*next].complement);
        self.weighed(text, index)
            && next.is_some_and(|next| {
                // A "so" that opens a sentence is no content: it is a word, but no token.
                let first = &text.tokens[text.clauses[next].tokens.start];
                let before = first.word.checked_sub(1).map(|word| text.keys[word].as_str());
                let so = first.key == "so" || before == Some("so");
                so && next - index <= 2 && self.own(text, next)
            })
    }

    /// Distinct concrete words: content words that are neither general nor advertisement, nor names.
    pub(crate) fn concrete_words<'t>(
        text: &'t Text<'_>,
        tokens: &Range<usize>,
    ) -> BTreeSet<&'t str> {
        text.tokens[tokens.clone()]
            .iter()
            .filter(|token| !token.name && !token.digit && concrete(&token.key))
            .map(|token| token.key.as_str())
            .collect()
    }

    /// Action clauses whose actor can be told, and all action clauses.
    pub(crate) fn agency(&self, text: &Text<'_>) -> (usize, usize) {
        let told = text.clauses.iter().filter(|clause| {
            clause.tense == Tense::Past
                && matches!(clause.doing, Doing::Act | Doing::Broad | Doing::Passive)
        });
        told.fold((0, 0), |(known, all), clause| {
            let actor = clause.doing != Doing::Passive
                && matches!(clause.subject, Subject::I | Subject::We | Subject::Other);
            (known + usize::from(actor), all + 1)
        })
    }
}

/// Verbs of noticing that name an act as well.
const NOTICED: &[&str] = &["saw", "heard", "found", "noticed", "realized", "understood", "learned"];

fn concrete(key: &str) -> bool {
    key.chars().count() >= 3
        && key.chars().any(char::is_alphabetic)
        && ![&FUNCTION, &GENERAL, &BUZZ, &DATES, &NUMBERS, &EVALUATIVE, &ROLES, &MENTAL]
            .iter()
            .any(|set| set.has(key))
        && !abstract_by_ending(key)
}

/// Whether the clause names a doing that could be pictured: a verb that does so by itself and any
/// object, or a broad verb with something concrete beside it.
fn concrete_doing(text: &Text<'_>, index: usize) -> bool {
    let clause = &text.clauses[index];
    let verb = clause.verb.map_or(clause.tokens.start, |verb| verb + 1);
    // What was said or decided stands in the clause that completes this one.
    let completed = text.clauses.get(index + 1).filter(|next| next.complement);
    let end = completed.map_or(clause.tokens.end, |next| next.tokens.end);
    let beside = &text.tokens[verb.min(end)..end];
    let objects =
        beside.iter().filter(|token| token.name || token.digit || concrete(&token.key)).count();
    // "I rang them in time": the verb alone can be pictured. "I optimized it" cannot.
    let plain = clause.verb.is_some_and(|verb| {
        let key = text.tokens[verb].key.as_str();
        !BUZZ.has(key) && !EVALUATIVE.has(key)
    });
    match clause.doing {
        Doing::Act => {
            objects > 0 || plain && beside.iter().any(|token| !VAGUE_NOUNS.has(&token.key))
        }
        Doing::Broad => objects >= 2,
        _ => false,
    }
}

fn concrete_result(text: &Text<'_>, clause: &Clause) -> bool {
    let keys = text.keys_of(&clause.tokens);
    let vague = VAGUE_ENDING.find(&keys);
    let rest =
        |index: usize| !vague.iter().any(|(start, len)| (*start..start + len).contains(&index));
    let facts = text.tokens[clause.tokens.clone()]
        .iter()
        .enumerate()
        .filter(|(index, token)| {
            rest(*index)
                && (token.name || token.digit || NUMBERS.has(&token.key) || concrete(&token.key))
        })
        .count();
    facts >= if vague.is_empty() { 1 } else { 2 }
}

/// The part a clause belongs to, by its words, its verb and where in the answer it stands: after
/// what, and whether anything was `acted` before it, without which there is nothing to reflect on.
fn part(
    text: &Text<'_>,
    clause: &Clause,
    previous: Option<StarPart>,
    acted: bool,
) -> Option<StarPart> {
    let keys = text.keys_of(&clause.tokens);
    let middle = (clause.tokens.start + clause.tokens.end) as f64 / 2.0;
    let place = middle / text.tokens.len().max(1) as f64;
    // What is always done is no part of what happened once; "never" only denies.
    let past = matches!(clause.tense, Tense::Past) && !clause.habitual;
    if BRIDGE.any(&keys) && place > 0.5 {
        return Some(StarPart::Relevance);
    }
    if CAREER.any(&keys) {
        return Some(StarPart::Situation);
    }
    let scores = [
        (StarPart::Situation, situation_score(&keys, clause, place, past)),
        (StarPart::Task, task_score(&keys, clause, place, acted)),
        (StarPart::Action, action_score(clause, place, past)),
        (StarPart::Result, result_score(text, &keys, clause, place)),
        (StarPart::Reflection, if acted { reflection_score(&keys, clause, place) } else { 0.0 }),
    ];
    let (best, score) = scores
        .into_iter()
        .reduce(|best, other| if other.1 > best.1 { other } else { best })
        .unwrap_or((StarPart::Situation, 0.0));
    // A reason, a complement or somebody's reaction goes on with what came before.
    let follows = clause.complement || RATIONALE.at(&keys).is_some();
    if follows && score < 2.0 && previous.is_some() {
        return previous;
    }
    if score >= 1.0 {
        Some(best)
    } else if past && clause.subject != Subject::Generic && goes_on(clause, previous, place) {
        previous
    } else {
        None
    }
}

/// Whether a clause that says nothing of its own goes on with the part before it: what others did is
/// no action of the speaker's, and the scene is set in the first half.
fn goes_on(clause: &Clause, previous: Option<StarPart>, place: f64) -> bool {
    match previous {
        Some(StarPart::Action) => matches!(clause.subject, Subject::I | Subject::We),
        Some(StarPart::Situation) => place < 0.5,
        _ => true,
    }
}

/// What the rules settle whatever the weights say: steps of a career are where somebody comes from, and
/// an ending called by a broad name ("we sorted it out") is an ending.
fn settled(text: &Text<'_>, index: usize, part: Option<StarPart>) -> Option<StarPart> {
    let clause = &text.clauses[index];
    let keys = text.keys_of(&clause.tokens);
    let broad_ending = clause.tense == Tense::Past
        && !clause.habitual
        && VAGUE_ENDING.any(&keys)
        && !concrete_result(text, clause);
    if CAREER.any(&keys) && part.is_some() {
        Some(StarPart::Situation)
    } else if broad_ending && matches!(part, None | Some(StarPart::Action)) {
        Some(StarPart::Result)
    } else {
        part
    }
}

/// The parts of clauses in hollow sentences: what was done or how it ended, called by a broad name.
fn hollow_parts(text: &Text<'_>) -> Vec<Option<StarPart>> {
    let of = |(clause, hollow): (&Clause, &bool)| {
        let past = *hollow && clause.tense == Tense::Past && !clause.habitual;
        if past && VAGUE_ENDING.any(&text.keys_of(&clause.tokens)) {
            Some(StarPart::Result)
        } else if past
            && matches!(clause.subject, Subject::I | Subject::We)
            && clause.doing == Doing::Broad
        {
            Some(StarPart::Action)
        } else {
            None
        }
    };
    text.clauses.iter().zip(&text.hollow).map(of).collect()
}

/// Whether this clause tells of something that "I" or "we" did, as its main point.
fn acts(text: &Text<'_>, parts: &[Option<StarPart>], index: usize) -> bool {
    let clause = &text.clauses[index];
    parts[index] == Some(StarPart::Action)
        && matches!(clause.subject, Subject::I | Subject::We)
        && matches!(clause.doing, Doing::Act | Doing::Broad)
        && !clause.background
}

/// What is told before the first own action sets the scene, though no word says so: a story orients
/// before it complicates (Labov and Waletzky 1967). "Last May our club had lost its coach."
fn begin_with_situation(text: &Text<'_>, parts: &mut [Option<StarPart>]) {
    let Some(first) = (0..parts.len()).find(|index| acts(text, parts, *index)) else { return };
    for (clause, part) in text.clauses.iter().zip(parts.iter_mut()).take(first) {
        let told = matches!(clause.tense, Tense::Past | Tense::Present)
            && !matches!(clause.subject, Subject::Generic)
            && clause.doing != Doing::Mental
            && !OPINION.any(&text.keys_of(&clause.tokens));
        if told && matches!(part, None | Some(StarPart::Action | StarPart::Result)) {
            *part = Some(StarPart::Situation);
        }
    }
}

/// Own actions this near the end of an answer ("I counted it", "we kept it") do not put off its
/// ending any more.
const ENDING_SHARE: f64 = 0.15;

/// What happened to others and to things after the last own action is how it ended, though no word
/// says so: "By noon all of them had a room." So is what follows a word that announces the ending.
fn end_with_result(text: &Text<'_>, parts: &mut [Option<StarPart>]) {
    let count = text.tokens.len() as f64;
    let place = |index: usize| text.clauses[index].tokens.start as f64 / count;
    let last = (0..parts.len())
        .rev()
        .find(|index| acts(text, parts, *index) && place(*index) <= 1.0 - ENDING_SHARE);
    let Some(last) = last else { return };
    let announced = (0..parts.len()).find(|index| {
        place(*index) > 0.5
            && ANNOUNCED.any(&text.keys_of(&text.clauses[*index].tokens))
            && parts[*index].is_some()
    });
    // An ending is one of something: without a difficulty before it, how things were is no ending.
    let troubled = (0..last).any(|index| {
        parts[index] == Some(StarPart::Task)
            || text.keys_of(&text.clauses[index].tokens).iter().any(|key| TROUBLE.has(key))
    });
    for (index, clause) in text.clauses.iter().enumerate() {
        let after_last = index > last && matches!(clause.subject, Subject::Other | Subject::Thing);
        let after_word = announced.is_some_and(|word| index >= word)
            && matches!(clause.subject, Subject::Other | Subject::Thing | Subject::We);
        let happened = clause.tense == Tense::Past
            && !clause.habitual
            && !clause.complement
            && (troubled || clause.doing != Doing::State)
            && RATIONALE.at(&text.keys_of(&clause.tokens)).is_none();
        if happened
            && (after_last || after_word)
            && matches!(parts[index], None | Some(StarPart::Action | StarPart::Situation))
        {
            parts[index] = Some(StarPart::Result);
        }
    }
}

fn situation_score(keys: &[&str], clause: &Clause, place: f64, past: bool) -> f64 {
    let mut score = 0.0;
    let dated = keys.iter().any(|key| DATES.has(key) || year(key));
    score += if SETTING.any(keys) { 1.0 } else { 0.0 };
    score += if WHEN.any(keys) || EXAMPLE.any(keys) || dated { 0.7 } else { 0.0 };
    if past {
        score += if clause.doing == Doing::State && place < 0.4 { 0.6 } else { 0.0 };
        score += if place < 0.2 { 0.8 } else { 0.0 };
    }
    score - if place > 0.5 { 1.0 } else { 0.0 }
}

fn task_score(keys: &[&str], clause: &Clause, place: f64, acted: bool) -> f64 {
    let mut score = if TASK.any(keys) { 1.9 } else { 0.0 };
    // What somebody wanted before anything was done is what was to be done.
    score += if score == 0.0 && !acted && place < 0.5 && AIM.any(keys) { 1.7 } else { 0.0 };
    score += if clause.doing == Doing::Duty { 0.5 } else { 0.0 };
    score - if place > 0.75 { 0.8 } else { 0.0 }
}

fn action_score(clause: &Clause, place: f64, past: bool) -> f64 {
    if !past || !matches!(clause.subject, Subject::I | Subject::We) {
        return 0.0;
    }
    let score: f64 = match clause.doing {
        Doing::Act => 1.8,
        Doing::Broad => 1.4,
        _ => 0.0,
    };
    let back = if clause.background { 1.0 } else { 0.0 };
    score - back - if clause.negated { 0.4 } else { 0.0 } - if place < 0.05 { 0.3 } else { 0.0 }
}

fn result_score(text: &Text<'_>, keys: &[&str], clause: &Clause, place: f64) -> f64 {
    let mut score = 0.0;
    score += if ENDING.any(keys) { 1.1 } else { 0.0 };
    score += if VAGUE_ENDING.any(keys) { 1.2 } else { 0.0 };
    let verb = clause.verb.map_or("", |verb| text.tokens[verb].key.as_str());
    let first_person = matches!(clause.subject, Subject::I | Subject::We);
    if clause.tense == Tense::Past && OUTCOME_VERBS.has(verb) {
        score += match (first_person, place > 0.6 && ACHIEVED.has(verb)) {
            (false, _) => 0.9,
            (true, true) if clause.subject == Subject::We => 1.2,
            (true, true) => 1.0,
            (true, false) => 0.5,
        };
    }
    if clause.tense == Tense::Past && clause.subject == Subject::Thing {
        score += 0.3;
    }
    score +=
        if keys.iter().any(|key| NUMBERS.has(key) || key.contains(|c: char| c.is_ascii_digit())) {
            0.3
        } else {
            0.0
        };
    score += match place {
        place if place > 0.85 => 0.9,
        place if place > 0.65 => 0.6,
        place if place < 0.25 => -1.2,
        place if place < 0.45 => -0.6,
        _ => 0.0,
    };
    // "That is two thousand lines": how something is, not how it ended.
    if clause.tense == Tense::Present
        && clause.doing == Doing::State
        && clause.subject == Subject::Thing
    {
        score -= 0.6;
    }
    // "which I finished in March" goes with what it belongs to.
    if clause.background && first_person {
        return 0.0;
    }
    if clause.tense == Tense::Modal || clause.tense == Tense::None { score - 1.0 } else { score }
}

fn reflection_score(keys: &[&str], clause: &Clause, place: f64) -> f64 {
    if place < 0.35 {
        return 0.0;
    }
    let own = matches!(clause.subject, Subject::I | Subject::We);
    let has = |words: &[&str]| keys.iter().any(|key| words.contains(key));
    let learned = own && keys.iter().any(|key| LEARNING.has(key));
    // What would be done otherwise: "I'd have rung her first", "next week I would ask again". "I'd
    // say" and "I could talk for hours" are ways of speaking.
    let otherwise = own
        && clause.tense == Tense::Modal
        && !clause.complement
        && has(&["have", "next", "again", "instead", "now", "today", "earlier", "sooner", "first"]);
    // What is done since: told in the present, after a story in the past.
    let since = has(&["since", "now", "always", "never", "nowadays", "these", "anymore", "every"]);
    let today = matches!(clause.tense, Tense::Present | Tense::Perfect);
    let done_now = own
        && clause.tense == Tense::Present
        && clause.doing == Doing::Broad
        && !clause.complement
        && !clause.background
        && !has(&[
            "guess", "suppose", "mean", "say", "remember", "forget", "admit", "wonder", "do",
        ]);
    let mut score = if LESSON.any(keys) { 2.6 } else { 0.0 };
    score += if learned && place > 0.6 { 1.2 } else { 0.0 };
    score += if otherwise && place > 0.8 { 1.8 } else { 0.0 };
    score += if today && since && own && place > 0.75 { 1.8 } else { 0.0 };
    score += if done_now && place > 0.8 { 1.5 } else { 0.0 };
    score += if place > 0.6 && FAULT.any(keys) { 2.0 } else { 0.0 };
    score
}

/// Whether this is a year in figures.
pub(crate) fn year(key: &str) -> bool {
    key.len() == 4 && (key.starts_with("19") || key.starts_with("20")) && key.parse::<u16>().is_ok()
}

/// Facts that could be checked. A name of several words is one.
fn specifics(text: &Text<'_>) -> Vec<Specific> {
    let mut found: Vec<Specific> = Vec::new();
    let mut index = 0;
    while index < text.tokens.len() {
        let token = &text.tokens[index];
        let mut end = index + 1;
        let kind = if year(&token.key) || DATES.has(&token.key) {
            Some(SpecificKind::Date)
        } else if token.digit || NUMBERS.has(&token.key) {
            while text.tokens.get(end).is_some_and(|next| {
                next.digit
                    || NUMBERS.has(&next.key)
                    || UNITS.has(&next.key)
                    || next.key == "and"
                        && text.tokens.get(end + 1).is_some_and(|after| NUMBERS.has(&after.key))
            }) {
                end += 1;
            }
            Some(SpecificKind::Number)
        } else if token.name {
            while text.tokens.get(end).is_some_and(|next| {
                next.name && !text.tokens[end - 1].comma && next.sentence == token.sentence
            }) {
                end += 1;
            }
            Some(SpecificKind::Name)
        } else {
            None
        };
        if let Some(kind) = kind {
            found.push(Specific { kind, tokens: index..end });
        }
        index = end;
    }
    found
}

/// The kind of answer, after the five labels of Bangerter, Corvalan and Cavin (2014).
/// What was done is counted in the solid text only, so that advertisement makes no story.
fn answer_type(
    text: &Text<'_>,
    solid: &Text<'_>,
    parts: &[Option<StarPart>],
) -> Option<AnswerType> {
    if text.tokens.is_empty() {
        return None;
    }
    let with_verb: Vec<&Clause> =
        text.clauses.iter().filter(|clause| clause.verb.is_some()).collect();
    let happened: Vec<(usize, &Clause)> =
        solid.clauses.iter().enumerate().filter(|(_, clause)| clause.verb.is_some()).collect();
    let told = happened
        .iter()
        .filter(|(index, clause)| {
            clause.tense == Tense::Past
                && !clause.habitual
                && matches!(clause.doing, Doing::Act | Doing::Broad | Doing::Passive | Doing::Duty)
                && parts[*index] != Some(StarPart::Reflection)
        })
        .count();
    // "We leveraged synergies" names no case.
    let acted = happened
        .iter()
        .filter(|(_, clause)| {
            clause.tense == Tense::Past
                && !clause.habitual
                && matches!(clause.doing, Doing::Act | Doing::Passive | Doing::Duty)
        })
        .count();
    let usual = with_verb
        .iter()
        .filter(|clause| {
            matches!(clause.subject, Subject::I | Subject::We)
                && (clause.habitual
                    || matches!(clause.tense, Tense::Present | Tense::Modal | Tense::Perfect))
                && matches!(clause.doing, Doing::Act | Doing::Broad)
        })
        .count();
    let keys = text.keys_of(&(0..text.tokens.len()));
    // "You get them in a room, you let them talk": what anybody does is a view of how things go.
    let general = with_verb
        .iter()
        .filter(|clause| {
            clause.subject == Subject::Generic
                && matches!(clause.tense, Tense::Present | Tense::Modal)
                && !clause.complement
        })
        .count();
    let general = if general >= 3 { general } else { 0 };
    let (opinions, selves) = (OPINION.find(&keys).len() + general, SELF.find(&keys).len());
    Some(if told >= 3 && told >= usual {
        AnswerType::Story
    } else if acted >= 1 && told * 2 >= usual + opinions + selves {
        AnswerType::Exemplification
    } else if usual >= 2 && usual > opinions + selves {
        AnswerType::PseudoStory
    } else if selves > opinions {
        AnswerType::SelfDescription
    } else if opinions > 0 || told == 0 && usual == 0 {
        AnswerType::Opinion
    } else {
        AnswerType::PseudoStory
    })
}
