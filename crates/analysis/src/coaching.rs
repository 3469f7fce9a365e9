//! From findings to what the candidate reads: one strength, at most two priorities, each with the
//! clip to play, a rewrite from the candidate's own words and an if-then plan.
//!
//! A rewrite never adds a fact. What it needs and the answer does not hold stands in it as a
//! question to the candidate.

use std::ops::Range;

use interview::{Evidence, Finding, WordRange};

use crate::{
    facts::Facts,
    report::{Priority, Rewrite, RewritePiece, Strength},
    sought::Sought,
    text::Role,
};

/// At most this many priorities are shown; more would not be worked on.
const PRIORITIES_MAX: usize = 2;

/// The strongest finding to keep.
pub(crate) fn strength(facts: &Facts<'_>, findings: &[Finding]) -> Option<Strength> {
    let best = findings
        .iter()
        .filter(|finding| finding.strength)
        .reduce(|best, other| if other.weight > best.weight { other } else { best })?;
    let clip = clip(facts, best);
    Some(Strength {
        kind: best.kind.clone(),
        claim: best.claim.clone(),
        why: best.why.clone(),
        evidence: best.evidence.clone(),
        clip,
        span: clip.span(facts.told.text.words),
    })
}

/// The findings that would change the answer the most, no two of them about the same thing.
pub(crate) fn priorities(facts: &Facts<'_>, findings: &[Finding]) -> Vec<Priority> {
    let mut gaps: Vec<&Finding> = findings.iter().filter(|finding| !finding.strength).collect();
    gaps.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.kind.cmp(&b.kind)));
    let mut topics: Vec<Topic> = Vec::new();
    let mut priorities = Vec::new();
    for finding in gaps {
        let topic = Topic::of(&finding.kind.0);
        if priorities.len() == PRIORITIES_MAX || topics.contains(&topic) {
            continue;
        }
        topics.push(topic);
        let clip = clip(facts, finding);
        priorities.push(Priority {
            kind: finding.kind.clone(),
            claim: finding.claim.clone(),
            why: finding.why.clone(),
            convention: finding.convention,
            evidence: finding.evidence.clone(),
            clip,
            span: clip.span(facts.told.text.words),
            rewrite: rewrite(facts, finding, topic),
            plan: topic.plan().to_owned(),
            weight: finding.weight,
        });
        // Until a story is told there is nothing else to work on.
        if topic == Topic::Story {
            break;
        }
    }
    priorities
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Topic {
    Story,
    Question,
    Action,
    Reason,
    Result,
    Lesson,
    Facts,
    Setting,
    Task,
    Opening,
    Ending,
    Length,
    Wording,
    Rehearsal,
    Fillers,
    Pace,
}

impl Topic {
    fn of(kind: &str) -> Self {
        match kind {
            "off_question" => Self::Question,
            "no_own_action" | "broad_actions" | "only_we" | "actor_hidden" => Self::Action,
            "no_reason" => Self::Reason,
            "no_result" | "vague_result" | "late_result" => Self::Result,
            "no_lesson" => Self::Lesson,
            "nothing_checkable" => Self::Facts,
            "no_situation" => Self::Setting,
            "no_task" => Self::Task,
            "weak_opening" => Self::Opening,
            "trailing_end" => Self::Ending,
            "long_answer" | "short_answer" | "returns_to_point" | "long_sentence" => Self::Length,
            "hedges" | "repeats" => Self::Wording,
            "rehearsed" | "told_before" | "read_aloud" => Self::Rehearsal,
            "fillers_frequent" | "fillers_frequent_words" => Self::Fillers,
            "pace_fast" | "pace_slow" => Self::Pace,
            _ => Self::Story,
        }
    }

    /// One sentence to take into the retake.
    const fn plan(self) -> &'static str {
        match self {
            Self::Story => {
                "If I hear \"tell me about a time\", then I name one day or one week before anything else."
            }
            Self::Question => {
                "If I have chosen my story, then I check that it holds the thing the question names before I begin."
            }
            Self::Action => {
                "If I say that something was done, then I say who did it and what it looked like."
            }
            Self::Reason => "If I name a step, then I add \"because\" once.",
            Self::Result => {
                "If I have told what I did, then I say in one sentence what was different afterwards."
            }
            Self::Lesson => {
                "If I have told the ending, then I say one thing I do differently since."
            }
            Self::Facts => "If I say \"somebody\", \"something\" or \"some time\", then I name it.",
            Self::Setting => "If I begin, then my first sentence says when and where it was.",
            Self::Task => {
                "If I have set the scene, then I say what had to be done and what stood in the way."
            }
            Self::Opening => "If I need a moment, then I pause and begin with the situation.",
            Self::Ending => "If I have said the outcome, then I stop.",
            Self::Length => "If I have made a point, then I go on to the next one.",
            Self::Wording => "If I know it, then I say it without \"maybe\" or \"I think\".",
            Self::Rehearsal => {
                "If I have told this before, then I keep the points and find new sentences."
            }
            Self::Fillers => "If I look for a word, then I close my mouth and breathe.",
            Self::Pace => "If I finish a sentence, then I take one breath before the next.",
        }
    }
}

/// The words to play for a finding: the sentence it cites, or, for something absent, the sentence
/// beside which it would have stood.
fn clip(facts: &Facts<'_>, finding: &Finding) -> WordRange {
    let text = &facts.told.text;
    let sentence = |word: usize| text.sentence_of(word).unwrap_or_else(|| text.whole());
    match finding.evidence.first() {
        Some(Evidence::Words { range, .. }) if range.len() > 60 => sentence(range.first),
        Some(Evidence::Words { range, .. }) => join(sentence(range.first), *range),
        Some(Evidence::Audio { span }) => {
            let inside =
                |word: &interview::Word| word.span.is_some_and(|own| own.overlap_us(*span) > 0);
            let first = text.words.iter().position(inside);
            let last = text.words.iter().rposition(inside);
            match (first, last) {
                (Some(first), Some(last)) => WordRange::new(first, last + 1),
                _ => text.whole(),
            }
        }
        _ => {
            let last = text.words.len().saturating_sub(1);
            sentence(match Topic::of(&finding.kind.0) {
                Topic::Result | Topic::Lesson | Topic::Ending => last,
                Topic::Action | Topic::Reason => Sought::OwnAction
                    .all(&facts.told)
                    .first()
                    .or(Sought::BroadAction.all(&facts.told).first())
                    .map_or(0, |range| range.first),
                _ => 0,
            })
        }
    }
}

fn join(a: WordRange, b: WordRange) -> WordRange {
    WordRange::new(a.first.min(b.first), a.end.max(b.end))
}

/// The weak place told again, from the candidate's own words and questions for what is missing.
fn rewrite(facts: &Facts<'_>, finding: &Finding, topic: Topic) -> Rewrite {
    let told = &facts.told;
    let cited = finding.evidence.iter().find_map(|evidence| match evidence {
        Evidence::Words { range, .. } => Some(*range),
        _ => None,
    });
    let first = |sought: Sought| sought.all(told).first().copied();
    let last = |sought: Sought| sought.all(told).last().copied();
    let mut draft = Draft { facts, pieces: Vec::new() };
    match topic {
        Topic::Story => draft
            .gap("When and where did this happen once?")
            .gap("What had to be done?")
            .gap("What did you do first, and then?")
            .gap("What was different afterwards?"),
        Topic::Question => draft
            .gap("Which situation of yours holds what this question names?")
            .gap("What did you do in it?")
            .gap("How did it end?"),
        Topic::Action => draft
            .own(first(Sought::Situation))
            .own(cited)
            .gap("What did you do yourself, so that somebody could picture it?"),
        Topic::Reason => {
            draft.own(first(Sought::OwnAction)).gap("because of what, rather than which other way?")
        }
        Topic::Result => draft
            .own(last(Sought::OwnAction))
            .own(cited)
            .gap("What was different afterwards, and how could somebody tell?"),
        Topic::Lesson => draft
            .own(last(Sought::ToldResult))
            .gap("What do you do differently since, or would do differently now?"),
        Topic::Facts => draft
            .gap("When and where was it?")
            .own(first(Sought::OwnAction).or(first(Sought::BroadAction)))
            .gap("Which person, product or place was it?"),
        Topic::Setting => {
            draft.gap("When and where was it, and with whom?").own(first(Sought::OwnAction))
        }
        Topic::Task => draft
            .own(first(Sought::Situation))
            .gap("What had to be done, and what stood in the way?")
            .own(first(Sought::OwnAction)),
        Topic::Opening => draft.own(second_sentence(facts)),
        Topic::Ending => draft
            .own(last(Sought::ToldResult).or(last(Sought::OwnAction)))
            .gap("What is the last thing a listener should remember?"),
        Topic::Wording if finding.kind.0 == "hedges" => draft.without(cited, &finding.evidence),
        Topic::Length => draft
            .own(first(Sought::Situation))
            .own(first(Sought::OwnAction))
            .own(last(Sought::ToldResult))
            .gap("Which one detail does the listener need beside this?"),
        Topic::Wording | Topic::Rehearsal | Topic::Fillers | Topic::Pace => &mut draft,
    };
    Rewrite { pieces: draft.pieces }
}

fn second_sentence(facts: &Facts<'_>) -> Option<WordRange> {
    facts.told.text.sentences.get(1).copied()
}

/// Words that join a clause to the one before it.
const OPENERS: &[&str] = &["and", "but", "so", "then", "or", "because", "well", "also"];

/// A rewrite being put together.
struct Draft<'f, 'a> {
    facts: &'f Facts<'a>,
    pieces: Vec<RewritePiece>,
}

impl Draft<'_, '_> {
    fn gap(&mut self, question: &str) -> &mut Self {
        self.pieces.push(RewritePiece::Gap { question: question.to_owned() });
        self
    }

    /// The candidate's own words, without hesitations and fillers; nothing when it is already there.
    fn own(&mut self, range: Option<WordRange>) -> &mut Self {
        let Some(range) = range.map(|range| self.readable(range)) else { return self };
        let there = self.pieces.iter().any(|piece| match piece {
            RewritePiece::Own { range: own, .. } => own.first < range.end && range.first < own.end,
            RewritePiece::Gap { .. } => false,
        });
        if !there {
            let kept = self.kept(range, &[]);
            self.push(&kept);
        }
        self
    }

    /// The sentence around a clause, unless it is long; without the conjunction that opens it.
    fn readable(&self, range: WordRange) -> WordRange {
        let text = &self.facts.told.text;
        let sentence = text.sentence_of(range.first).filter(|sentence| sentence.len() <= 30);
        let mut range = sentence.map_or(range, |sentence| join(sentence, range));
        while range.len() > 3 && OPENERS.contains(&text.keys[range.first].as_str()) {
            range.first += 1;
        }
        range
    }

    /// The sentence around `range` without the cited words.
    fn without(&mut self, range: Option<WordRange>, evidence: &[Evidence]) -> &mut Self {
        let Some(sentence) = range.and_then(|range| self.facts.told.text.sentence_of(range.first))
        else {
            return self;
        };
        let cut: Vec<WordRange> = evidence
            .iter()
            .filter_map(|evidence| match evidence {
                Evidence::Words { range, .. } => Some(*range),
                _ => None,
            })
            .collect();
        let kept = self.kept(sentence, &cut);
        self.push(&kept);
        self
    }

    fn kept(&self, range: WordRange, cut: &[WordRange]) -> Vec<Range<usize>> {
        let text = &self.facts.told.text;
        let fillers = self.facts.counted_fillers().filter_map(|filler| filler.range);
        let cut: Vec<WordRange> = cut.iter().copied().chain(fillers).collect();
        let mut kept: Vec<Range<usize>> = Vec::new();
        for index in range.first..range.end {
            let dropped =
                matches!(text.roles[index], Role::Hesitation | Role::Repeated | Role::Addressed)
                    || cut.iter().any(|cut| cut.first <= index && index < cut.end);
            match kept.last_mut() {
                _ if dropped => {}
                Some(last) if last.end == index => last.end = index + 1,
                _ => kept.push(index..index + 1),
            }
        }
        kept
    }

    fn push(&mut self, kept: &[Range<usize>]) {
        for run in kept {
            let range = WordRange::new(run.start, run.end);
            let text = self.facts.told.text.quote(range);
            self.pieces.push(RewritePiece::Own { range, text });
        }
    }
}
