//! What findings and levels look for in an answer: one predicate each, run once to search and once
//! more by the gate on what was cited.

use interview::{Absence, Evidence, StarPart, WordRange};

use crate::{
    facts::Told,
    story::{SpecificKind, Story},
    text::{
        clauses::{Doing, Subject, Tense},
        lexicon::{OPINION, SELF},
    },
};

/// Something that a clause of the answer can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Sought {
    /// It sets the scene.
    Situation,
    /// It says what had to be done.
    Task,
    /// The candidate did something that can be pictured.
    OwnAction,
    /// The candidate did something that cannot be pictured.
    BroadAction,
    /// It says why something was done that way.
    Reason,
    /// It tells how it ended.
    ToldResult,
    /// It tells how it ended with a number in it.
    CountedResult,
    /// It says that it ended, in words that could be told of anything.
    VagueResult,
    /// It says what was learned or is done differently since.
    Lesson,
    /// It names a time, an amount, a name or concrete things of something that happened.
    Checkable,
    /// It says what is right in general.
    Opinion,
    /// It says what the speaker is like.
    SelfDescription,
    /// It says what is usually done.
    Usual,
    /// Something was done by nobody named.
    Passive,
    /// Somebody else did something.
    OthersAct,
}

impl Sought {
    /// What is looked for, as an absence names it.
    pub(crate) const fn looked_for(self) -> &'static str {
        match self {
            Self::Situation => "when, where or with whom it happened",
            Self::Task => "what had to be done, or what stood in the way",
            Self::OwnAction => "something you did that a listener could picture",
            Self::BroadAction => "something you did, in broad words",
            Self::Reason => "why you did it that way",
            Self::ToldResult => "how it ended or what was different afterwards",
            Self::CountedResult => "an ending with a number in it",
            Self::VagueResult => "a general word for how it went",
            Self::Lesson => "what you took from it or do differently since",
            Self::Checkable => "a name, time, amount or thing that somebody could check",
            Self::Opinion => "what holds in general",
            Self::SelfDescription => "what you say you are like",
            Self::Usual => "what you usually do",
            Self::Passive => "something done without saying by whom",
            Self::OthersAct => "something that somebody else did",
        }
    }

    /// Whether the clause is what is sought.
    pub(crate) fn holds(self, told: &Told<'_>, index: usize) -> bool {
        let (text, story) = (&told.text, &told.story);
        let Some(clause) = text.clauses.get(index) else { return false };
        let part = |part| story.parts[index] == Some(part);
        let keys = || text.keys_of(&clause.tokens);
        if text.hollow[index] && self.tells() {
            return false;
        }
        match self {
            Self::Situation => part(StarPart::Situation) || story.dated_beginning(text, index),
            Self::Task => part(StarPart::Task) || story.difficulty(text, index),
            Self::OwnAction => story.own_action(text, index),
            Self::BroadAction => story.broad_action(text, index),
            Self::Reason => story.reason(text, index),
            Self::ToldResult => story.told_result(text, index),
            Self::CountedResult => {
                story.told_result(text, index)
                    && story.specifics.iter().any(|specific| {
                        specific.kind == SpecificKind::Number
                            && clause.tokens.contains(&specific.tokens.start)
                    })
            }
            Self::VagueResult => part(StarPart::Result) && !story.told_result(text, index),
            Self::Lesson => part(StarPart::Reflection),
            Self::Checkable => checkable(told, index),
            Self::Opinion => OPINION.any(&keys()),
            Self::SelfDescription => SELF.any(&keys()),
            Self::Usual => {
                matches!(clause.subject, Subject::I | Subject::We)
                    && (clause.habitual || matches!(clause.tense, Tense::Present | Tense::Modal))
                    && matches!(clause.doing, Doing::Act | Doing::Broad)
            }
            Self::Passive => clause.tense == Tense::Past && clause.doing == Doing::Passive,
            Self::OthersAct => {
                clause.subject == Subject::Other
                    && clause.tense == Tense::Past
                    && clause.doing == Doing::Act
            }
        }
    }

    /// Whether this is something told, which no hollow sentence does.
    const fn tells(self) -> bool {
        matches!(
            self,
            Self::Situation
                | Self::Task
                | Self::OwnAction
                | Self::Reason
                | Self::ToldResult
                | Self::CountedResult
                | Self::Lesson
                | Self::Checkable
                | Self::OthersAct
        )
    }

    /// All clauses that are what is sought, as word ranges in order.
    pub(crate) fn all(self, told: &Told<'_>) -> Vec<WordRange> {
        (0..told.text.clauses.len())
            .filter(|index| self.holds(told, *index))
            .map(|index| told.text.range(&told.text.clauses[index].tokens))
            .collect()
    }

    /// Whether any clause is what is sought.
    pub(crate) fn found(self, told: &Told<'_>) -> bool {
        (0..told.text.clauses.len()).any(|index| self.holds(told, index))
    }

    /// Whether the range is exactly one clause and that clause is what is sought.
    pub(crate) fn holds_at(self, told: &Told<'_>, range: WordRange) -> bool {
        (0..told.text.clauses.len()).any(|index| {
            told.text.range(&told.text.clauses[index].tokens) == range && self.holds(told, index)
        })
    }

    /// The claim that nothing of it is there: the whole answer was searched.
    pub(crate) fn absence(self, told: &Told<'_>) -> Evidence {
        Evidence::Absence(Absence {
            searched: told.text.whole(),
            looked_for: self.looked_for().to_owned(),
        })
    }
}

/// Whether the clause tells of something that happened and names what could be checked: a fact, or
/// two concrete words.
fn checkable(told: &Told<'_>, index: usize) -> bool {
    let clause = &told.text.clauses[index];
    // "That is forty percent": a number by itself names nothing that happened.
    let bare = clause.subject == Subject::Thing
        && clause.tense == Tense::Present
        && Story::concrete_words(&told.text, &clause.tokens).is_empty();
    let happened = clause.tense == Tense::Past && !clause.habitual
        || told.story.parts[index].is_some() && clause.tense != Tense::Modal && !bare;
    let fact =
        told.story.specifics.iter().any(|specific| clause.tokens.contains(&specific.tokens.start));
    happened && (fact || Story::concrete_words(&told.text, &clause.tokens).len() >= 2)
}

/// Words as evidence.
pub(crate) fn cite(told: &Told<'_>, range: WordRange) -> Evidence {
    Evidence::Words { range, quote: told.text.quote(range) }
}
