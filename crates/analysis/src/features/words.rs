//! Features that need only words and their times.

use std::collections::BTreeSet;

use interview::{
    Feature, FeatureName, Filler, FillerKind, LeftOut, Mode, Span, StarPart, Unit, WordRange,
};

use crate::{
    facts::{Facts, Told},
    features::sound::ARTICULATION,
    input::{Measure, Sound},
    report::PaceWindow,
    said::{self, Kind},
    text::Role,
};

/// The length of a pace window and the step from one to the next, microseconds.
const WINDOW_US: i64 = 10_000_000;
const STEP_US: i64 = 5_000_000;

/// Lexical variety is taken over a moving window of this many words, so that long answers are not
/// at a disadvantage (moving-average type-token ratio, Covington and McFall 2010).
const VARIETY_WORDS: usize = 50;

/// What was measured, and what was left out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Measured {
    pub(crate) features: Vec<Feature>,
    pub(crate) pace: Vec<PaceWindow>,
    pub(crate) left_out: Vec<LeftOut>,
}

impl Measured {
    fn add(&mut self, name: &str, value: f64, unit: Unit) {
        self.features.push(Feature {
            name: FeatureName::new(name),
            // The sum of nothing is minus zero.
            value: (value * 1000.0).round() / 1000.0 + 0.0,
            unit,
        });
    }

    fn leave_out(&mut self, what: &str, why: &str) {
        self.left_out.push(LeftOut { what: what.to_owned(), why: why.to_owned() });
    }
}

/// Measures an answer's words. What is switched off is not computed; what cannot be measured is
/// left out with its reason.
pub(crate) fn measure(facts: &Facts<'_>) -> Measured {
    let mut measured = Measured::default();
    let words = spoken_words(&facts.told);
    measured.add("word_count", words as f64, Unit::Count);
    if words == 0 {
        measured.leave_out("everything but the number of words", "nothing was said");
        return measured;
    }
    story_features(facts, &mut measured);
    wording_features(facts, words, &mut measured);
    pace_features(facts, words, &mut measured);
    pause_features(facts, &mut measured);
    for measure in &facts.input.switches.off {
        measured.leave_out(measure.name(), "switched off in the settings");
    }
    measured
}

/// How many words were said, hesitations apart.
pub(crate) fn spoken_words(told: &Told<'_>) -> usize {
    let roles = told.text.roles.iter().zip(&told.text.keys);
    roles.filter(|(role, key)| **role != Role::Hesitation && !key.is_empty()).count()
}

fn story_features(facts: &Facts<'_>, measured: &mut Measured) {
    let told = &facts.told;
    let (known, all) = told.story.agency(&told.text);
    if all > 0 {
        measured.add("agency_share", known as f64 / all as f64, Unit::Share);
    } else {
        measured.leave_out("agency_share", "no action is told in the answer");
    }
    let own = crate::sought::Sought::OwnAction.all(told).len();
    measured.add("own_action_count", own as f64, Unit::Count);
    measured.add("specifics_count", told.story.specifics.len() as f64, Unit::Count);
    if !facts.input.switches.on(Measure::Length) {
        return;
    }
    let longest = told.text.sentences.iter().map(|sentence| said(told, *sentence)).max();
    measured.add("longest_sentence_words", longest.unwrap_or(0) as f64, Unit::Count);
    let spans = told.story.spans(&told.text);
    let total: f64 = spans.iter().map(|span| weight(told, span.range)).sum();
    for (part, name) in PART_SHARES {
        if total > 0.0 {
            let own = spans.iter().filter(|span| span.part == part);
            let share = own.map(|span| weight(told, span.range)).sum::<f64>() / total;
            measured.add(name, share, Unit::Share);
        }
    }
}

/// Share of the told parts that each part takes, by time where words are timed, else by words.
const PART_SHARES: [(StarPart, &str); 5] = [
    (StarPart::Situation, "situation_share"),
    (StarPart::Task, "task_share"),
    (StarPart::Action, "action_share"),
    (StarPart::Result, "result_share"),
    (StarPart::Reflection, "reflection_share"),
];

fn weight(told: &Told<'_>, range: WordRange) -> f64 {
    range.span(told.text.words).map_or(range.len() as f64, Span::seconds)
}

/// How many words of a range were said, hesitations apart.
fn said(told: &Told<'_>, range: WordRange) -> usize {
    (range.first..range.end).filter(|index| told.text.roles[*index] != Role::Hesitation).count()
}

fn wording_features(facts: &Facts<'_>, words: usize, measured: &mut Measured) {
    let per_hundred = |count: usize| 100.0 * count as f64 / words as f64;
    let switches = facts.input.switches;
    if switches.on(Measure::Hedges) {
        let hedges = facts.hedges().len();
        measured.add("hedges_per_100", per_hundred(hedges), Unit::PerHundredWords);
    }
    if switches.on(Measure::Fillers) && facts.input.answer.mode == Mode::Spoken {
        let count =
            |kind| facts.counted_fillers().filter(|filler: &&Filler| filler.kind == kind).count();
        let all = facts.counted_fillers().count();
        measured.add("fillers_per_100", per_hundred(all), Unit::PerHundredWords);
        measured.add("fillers_lexical_count", count(FillerKind::Lexical) as f64, Unit::Count);
        let sounds = count(FillerKind::Acoustic) + count(FillerKind::Spoken);
        measured.add("fillers_um_count", sounds as f64, Unit::Count);
        given_up_features(&facts.told, measured);
        if facts.input.sound.is_none() {
            measured.leave_out(
                "um and uh in the sound",
                "there was no sound to search, and recognisers drop most of them",
            );
        }
    }
    if switches.on(Measure::Repeats) {
        match variety(&facts.told) {
            Some(variety) => measured.add("lexical_variety", variety, Unit::Share),
            None => measured.leave_out("lexical_variety", "it takes at least 50 words"),
        }
    }
}

/// What the transcript shows of words said again and broken off. What was put right is found too
/// unsurely to be told (`docs/reference/validity.md`).
fn given_up_features(told: &Told<'_>, measured: &mut Measured) {
    let found = said::given_up_in(told.text.words, &told.text.keys);
    for (kind, name) in [(Kind::Repetition, "repetitions_count"), (Kind::CutOff, "cut_offs_count")]
    {
        let count = found.iter().filter(|one| one.kind == kind).count();
        measured.add(name, count as f64, Unit::Count);
    }
}

fn variety(told: &Told<'_>) -> Option<f64> {
    let keys: Vec<&str> = told.text.tokens.iter().map(|token| token.key.as_str()).collect();
    let windows = keys.len().checked_sub(VARIETY_WORDS)? + 1;
    let distinct: usize = keys
        .windows(VARIETY_WORDS)
        .map(|window| window.iter().collect::<BTreeSet<_>>().len())
        .sum();
    Some(distinct as f64 / (windows * VARIETY_WORDS) as f64)
}

/// From the first to the last timed word.
pub(crate) fn extent(facts: &Facts<'_>) -> Option<Span> {
    let spans = facts.told.text.words.iter().filter_map(|word| word.span);
    spans.reduce(Span::join).filter(|span| span.micros() > 0)
}

fn pace_features(facts: &Facts<'_>, words: usize, measured: &mut Measured) {
    if facts.input.answer.mode == Mode::Typed {
        return measured.leave_out("pace, pauses and fillers", "the answer was typed");
    }
    let Some(extent) = extent(facts) else {
        return measured.leave_out("pace and length", "the words have no times");
    };
    if facts.input.switches.on(Measure::Length) {
        measured.add("length_s", extent.seconds(), Unit::Seconds);
    }
    if !facts.input.switches.on(Measure::Pace) {
        return;
    }
    if extent.seconds() < 5.0 {
        return measured.leave_out("pace_wpm", "less than 5 s were spoken");
    }
    measured.add("pace_wpm", words as f64 / extent.seconds() * 60.0, Unit::WordsPerMinute);
    let mut start_us = extent.start_us;
    while start_us + WINDOW_US <= extent.end_us {
        let span = Span::new(start_us, start_us + WINDOW_US);
        measured.pace.push(PaceWindow { span, wpm: pace_in(facts, span) });
        start_us += STEP_US;
    }
    // Who cannot tell speech from silence cannot tell how fast the speech was.
    let told_apart = |sound: &&Sound| !sound.left_out.iter().any(|one| one.what == ARTICULATION);
    let voiced: f64 = facts
        .input
        .sound
        .filter(told_apart)
        .map(|sound| sound.voiced.iter().map(|span| span.seconds()).sum())
        .unwrap_or_default();
    if voiced >= 5.0 {
        let syllables: usize = facts.told.text.keys.iter().map(|key| syllables(key)).sum();
        measured.add(ARTICULATION, syllables as f64 / voiced, Unit::SyllablesPerSecond);
    }
}

/// Words a minute in a span: words count by the share of their time that lies in it.
pub(crate) fn pace_in(facts: &Facts<'_>, span: Span) -> f64 {
    let text = &facts.told.text;
    let words: f64 = text
        .words
        .iter()
        .zip(&text.roles)
        .filter(|(_, role)| **role != Role::Hesitation)
        .filter_map(|(word, _)| word.span)
        .map(|word| word.overlap_us(span) as f64 / word.micros().max(1) as f64)
        .sum();
    words / span.seconds().max(f64::MIN_POSITIVE) * 60.0
}

/// Syllables of a word, by its groups of vowel letters; a final silent "e" is none.
fn syllables(key: &str) -> usize {
    let vowel = |c: char| "aeiouy".contains(c);
    let groups = key
        .chars()
        .fold((0, false), |(count, inside), c| (count + usize::from(vowel(c) && !inside), vowel(c)))
        .0;
    let silent = key.ends_with('e') && !key.ends_with("le") && groups > 1;
    (groups - usize::from(silent)).max(usize::from(key.chars().any(char::is_alphanumeric)))
}

fn pause_features(facts: &Facts<'_>, measured: &mut Measured) {
    let Some(sound) = facts.input.sound.filter(|_| facts.input.switches.on(Measure::Pauses)) else {
        return;
    };
    if let Some(latency_us) = sound.latency_us {
        measured.add("latency_s", latency_us as f64 / 1e6, Unit::Seconds);
    }
    let text = &facts.told.text;
    let clauses: Vec<Span> = text
        .clauses
        .iter()
        .filter_map(|clause| text.range(&clause.tokens).span(text.words))
        .collect();
    if sound.pauses.is_empty() || clauses.is_empty() {
        return;
    }
    let middle = |pause: &Span| (pause.start_us + pause.end_us) / 2;
    let inside = sound
        .pauses
        .iter()
        .filter(|pause| {
            clauses.iter().any(|span| span.start_us < middle(pause) && middle(pause) < span.end_us)
        })
        .count();
    let share = inside as f64 / sound.pauses.len() as f64;
    measured.add("pauses_inside_clauses_share", share, Unit::Share);
}

/// The measure that a feature of the sound belongs to.
pub(crate) fn measure_of(name: &str) -> Option<Measure> {
    [
        ("pitch", Measure::Pitch),
        ("loudness", Measure::Loudness),
        ("level", Measure::Loudness),
        ("pause", Measure::Pauses),
        ("latency", Measure::Pauses),
        ("filler", Measure::Fillers),
        ("pace", Measure::Pace),
        ("articulation", Measure::Pace),
    ]
    .into_iter()
    .find_map(|(start, measure)| name.starts_with(start).then_some(measure))
}

#[cfg(test)]
mod tests {
    use super::syllables;

    #[test]
    fn syllables_are_vowel_groups() {
        for (word, count) in
            [("table", 2), ("made", 1), ("yesterday", 3), ("the", 1), ("rhythm", 1), ("40", 1)]
        {
            assert_eq!(syllables(word), count, "{word}");
        }
    }
}
