//! People who practise, made up: what the model of progress promises, and what it does where the
//! world is not as it assumes.
//!
//! Everything is drawn from a seed that is passed in, so that the same run gives the same figures.

use interview::{AnswerId, InterviewId, QuestionId};

use super::{CLAIM_Z, Claim, Given, Rated, Sitting, filter::Variances, progress};
use crate::{judge::calibration::OVERALL, judge::interval::DIFFERENCE_MIN};

/// How many interviews a made-up person holds, and looks at their levels after each.
pub const INTERVIEWS: usize = 20;
/// How many fresh questions an interview has.
pub const QUESTIONS: usize = 4;
/// How many criteria are looked at: those of the rubric, the question's own, and all together.
pub const CRITERIA: usize = 7;

/// How the world is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct World {
    /// Its name as shown.
    pub name: &'static str,
    /// The variances that are true in it.
    pub variances: Variances,
    /// Where candidates stand in their first interview.
    pub start: f64,
    /// What is gained in all.
    pub gain: f64,
    /// Over how many interviews after the first it is gained; from then on nothing more.
    pub gained_over: usize,
    /// Errors of answers have the tails of Student's t with this many degrees of freedom, scaled to
    /// the same variance; `None` for normal ones.
    pub tails: Option<u32>,
    /// Share of an answer's variance that all answers of one interview have in common: a good day, or
    /// questions that are alike.
    pub in_common: f64,
    /// Levels by which the judge becomes kinder from one interview to the next.
    pub judge_drift: f64,
    /// Share of an answer's variance that its criteria have in common.
    pub criteria_in_common: f64,
    /// Levels are cut at 1 and 5 and given in tenths, as they are in reports.
    pub on_scale: bool,
    /// After each interview the weakest answer is taken again; the second take, and every repetition
    /// of that question, comes out this much higher.
    pub retaken_gain: f64,
}

impl World {
    /// The world as the model assumes it, with people who do not change and take their weakest
    /// answer again after every interview.
    pub const ASSUMED: Self = Self {
        name: "as assumed, nobody changes",
        variances: Variances { drift: 0.0, ..Variances::ASSUMED },
        start: 3.0,
        gain: 0.0,
        gained_over: 1,
        tails: None,
        in_common: 0.0,
        judge_drift: 0.0,
        criteria_in_common: 0.5,
        on_scale: false,
        retaken_gain: 1.0,
    };

    /// The world as assumed, with people who drift as assumed.
    pub const DRIFTING: Self = Self {
        name: "as assumed, people drift as assumed",
        variances: Variances::ASSUMED,
        ..Self::ASSUMED
    };

    /// Worlds that are not as assumed.
    #[must_use]
    pub fn misspecified() -> Vec<Self> {
        let own = Self::ASSUMED;
        let variances = own.variances;
        let wide = |factor: f64| Variances { answer: factor * variances.answer, ..variances };
        vec![
            Self { name: "levels in tenths, cut at 1 and 5", on_scale: true, ..own },
            Self { name: "the same, weak candidates (1.5)", on_scale: true, start: 1.5, ..own },
            Self { name: "heavy tails (t, 3 degrees of freedom)", tails: Some(3), ..own },
            Self { name: "criteria have nothing in common", criteria_in_common: 0.0, ..own },
            Self { name: "a quarter of an answer's variance is its day's", in_common: 0.25, ..own },
            Self { name: "half of an answer's variance is its day's", in_common: 0.5, ..own },
            Self { name: "answers vary twice as much", variances: wide(2.0), ..own },
            Self { name: "answers vary half as much", variances: wide(0.5), ..own },
            Self {
                name: "the engine's variance is twice as large",
                variances: Variances { engine: 0.80, ..variances },
                ..own
            },
            Self { name: "the judge grows kinder by 0.02 an interview", judge_drift: 0.02, ..own },
            Self { name: "the judge grows kinder by 0.05 an interview", judge_drift: 0.05, ..own },
            Self {
                name: "people drift twice as far",
                variances: Variances { drift: 4.0 * Variances::ASSUMED.drift, ..variances },
                ..own
            },
        ]
    }

    /// Somebody gains so much over the seven interviews after the first.
    #[must_use]
    pub const fn gaining(gain: f64) -> Self {
        Self { name: "somebody gains", gain, gained_over: 7, ..Self::ASSUMED }
    }
}

/// What came out for the people of a world.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// How many people.
    pub people: usize,
    /// Share of the 90% intervals of levels, over all interviews and criteria, that hold the true
    /// level.
    pub level_held: f64,
    /// Share of the 90% intervals of changes that hold the true change, from the second interview on.
    pub change_held: f64,
    /// Share of people of whom it was said, after any interview and on any criterion, that they
    /// improved.
    pub ever_improved: f64,
    /// As `ever_improved`, of all criteria together alone.
    pub ever_improved_overall: f64,
    /// As `ever_improved`, that they are worse.
    pub ever_worse: f64,
    /// After each interview, the share of people of whom it is said that they improved over all.
    pub improved_overall_after: Vec<f64>,
}

/// Lets people practise in a world, looks at their levels after every interview, and counts.
#[must_use]
pub fn simulate(world: &World, people: usize, seed: u64) -> Outcome {
    let mut chance = Chance(seed);
    let mut counts = Counts::default();
    for _ in 0..people {
        counts.add(&Person::of(world, &mut chance));
    }
    let of = |count: usize, all: usize| count as f64 / all.max(1) as f64;
    Outcome {
        people,
        level_held: of(counts.level_held, counts.levels),
        change_held: of(counts.change_held, counts.changes),
        ever_improved: of(counts.ever_improved, people),
        ever_improved_overall: of(counts.ever_improved_overall, people),
        ever_worse: of(counts.ever_worse, people),
        improved_overall_after: counts
            .improved_overall_after
            .iter()
            .map(|count| of(*count, people))
            .collect(),
    }
}

/// Of people who give the same answer again, no better and no worse, after `questions` others: the
/// share whose second take of the answer that came out weakest is called a better answer. Candidate,
/// engine and question are the same in both takes.
#[must_use]
pub fn false_better_answers(questions: usize, people: usize, seed: u64) -> f64 {
    let mut chance = Chance(seed);
    let rest = 0.14_f64.sqrt();
    let question = 0.18_f64.sqrt();
    let called_better = (0..people).filter(|_| {
        let answers = (0..questions).map(|_| {
            let own = question * chance.normal();
            (own, own + rest * chance.normal())
        });
        let weakest = answers.reduce(|a, b| if b.1 < a.1 { b } else { a }).unwrap_or_default();
        weakest.0 + rest * chance.normal() - weakest.1 >= DIFFERENCE_MIN
    });
    called_better.count() as f64 / people.max(1) as f64
}

/// Somebody made up: what they did, and how they truly stood.
struct Person {
    sittings: Vec<Sitting>,
    /// The true level on each criterion in each interview.
    truth: Vec<[f64; CRITERIA]>,
}

impl Person {
    fn of(world: &World, chance: &mut Chance) -> Self {
        let World { variances, .. } = world;
        let engine: [f64; CRITERIA] =
            std::array::from_fn(|_| variances.engine.sqrt() * chance.normal());
        let mut level = [world.start; CRITERIA];
        let mut person = Self { sittings: Vec::new(), truth: Vec::new() };
        for number in 0..INTERVIEWS {
            if (1..=world.gained_over).contains(&number) {
                level = level.map(|own| own + world.gain / world.gained_over as f64);
            }
            if number > 0 {
                level = level.map(|own| own + variances.drift.sqrt() * chance.normal());
            }
            let kinder = world.judge_drift * number as f64;
            let centre: [f64; CRITERIA] =
                std::array::from_fn(|index| level[index] + engine[index] + kinder);
            person.truth.push(level);
            person.hold(world, number, &centre, chance);
        }
        person
    }

    /// An interview with fresh questions, and its weakest answer again. Every second interview asks
    /// the question that was taken again last time once more.
    fn hold(
        &mut self,
        world: &World,
        number: usize,
        centre: &[f64; CRITERIA],
        chance: &mut Chance,
    ) {
        let day: [f64; CRITERIA] = world.errors(world.in_common, chance);
        let mut answers: Vec<Given> = (0..QUESTIONS)
            .map(|place| {
                let own = world.errors(1.0 - world.in_common, chance);
                let levels = std::array::from_fn(|index| centre[index] + day[index] + own[index]);
                given(number, place, 1, &world.shown(levels))
            })
            .collect();
        let again = |from: &Given, place: usize, attempt: u32, chance: &mut Chance| {
            let own = world.errors(1.0, chance);
            let levels: [f64; CRITERIA] =
                std::array::from_fn(|index| centre[index] + world.retaken_gain + own[index]);
            let repeated = given(number, place, attempt, &world.shown(levels));
            Given { question: from.question.clone(), ..repeated }
        };
        let known = self.sittings.last().filter(|_| number.is_multiple_of(2)).cloned();
        if let Some(known) = known.as_ref().and_then(|retake| retake.answers.first()) {
            answers.push(again(known, QUESTIONS, 1, chance));
        }
        let overall = |given: &Given| given.levels.first().map_or(0.0, |rated| rated.level);
        let weakest =
            answers.iter().take(QUESTIONS).min_by(|a, b| overall(a).total_cmp(&overall(b)));
        let retake = weakest.map(|weakest| again(weakest, QUESTIONS + 1, 2, chance));
        self.sittings.push(Sitting { interview: interview(number, 0), retake: false, answers });
        if let Some(retake) = retake {
            let sitting =
                Sitting { interview: interview(number, 1), retake: true, answers: vec![retake] };
            self.sittings.push(sitting);
        }
    }
}

impl World {
    /// The errors of an answer's criteria that make up this share of its variance.
    fn errors(&self, share: f64, chance: &mut Chance) -> [f64; CRITERIA] {
        if share <= 0.0 {
            return [0.0; CRITERIA];
        }
        let deviation = (share * self.variances.answer).sqrt();
        let common = self.criteria_in_common;
        let scale = match self.tails {
            // The variance of Student's t is n / (n - 2). One scale for all criteria of an answer:
            // an odd answer is odd in all of them.
            Some(freedom) => chance.student_scale(freedom),
            None => 1.0,
        };
        let shared = chance.normal();
        std::array::from_fn(|_| {
            let own = chance.normal();
            deviation * scale * (common.sqrt() * shared + (1.0 - common).sqrt() * own)
        })
    }

    fn shown(&self, levels: [f64; CRITERIA]) -> [f64; CRITERIA] {
        let shown = |level: f64| (level.clamp(1.0, 5.0) * 10.0).round() / 10.0;
        if self.on_scale { levels.map(shown) } else { levels }
    }
}

fn interview(number: usize, retake: u8) -> InterviewId {
    InterviewId::new(number as u64, [retake; 10])
}

fn given(number: usize, place: usize, attempt: u32, levels: &[f64; CRITERIA]) -> Given {
    let rated = levels.iter().enumerate().map(|(index, level)| Rated {
        criterion: if index == 0 { OVERALL.to_owned() } else { format!("criterion {index}") },
        name: String::new(),
        engine: "rules".to_owned(),
        level: *level,
    });
    Given {
        answer: AnswerId::new(number as u64, [place as u8; 10]),
        question: QuestionId(format!("{number}-{place}")),
        question_text: String::new(),
        attempt,
        rehearsed: false,
        rehearsal_unknown: false,
        edited: false,
        levels: rated.collect(),
    }
}

#[derive(Default)]
struct Counts {
    levels: usize,
    level_held: usize,
    changes: usize,
    change_held: usize,
    ever_improved: usize,
    ever_improved_overall: usize,
    ever_worse: usize,
    improved_overall_after: [usize; INTERVIEWS],
}

impl Counts {
    /// Looks at a person's levels after each of their interviews.
    fn add(&mut self, person: &Person) {
        let (mut improved, mut improved_overall, mut worse) = (false, false, false);
        let looks = person.sittings.iter().enumerate().filter(|(_, sitting)| sitting.retake);
        for (number, (place, _)) in looks.enumerate() {
            let found = progress(&person.sittings[..=place]);
            for (index, series) in found.series.iter().enumerate() {
                let truth = person.truth[number][index];
                let first = person.truth[0][index];
                if let Some(point) = series.points.last() {
                    self.levels += 1;
                    self.level_held += usize::from(holds(point.estimate.interval(), truth));
                }
                if let Some(change) = series.change {
                    self.changes += 1;
                    self.change_held += usize::from(holds(change.interval(), truth - first));
                }
                improved |= series.claim == Claim::Improved;
                worse |= series.claim == Claim::Worse;
                if index == 0 && series.claim == Claim::Improved {
                    improved_overall = true;
                    self.improved_overall_after[number] += 1;
                }
            }
        }
        self.ever_improved += usize::from(improved);
        self.ever_improved_overall += usize::from(improved_overall);
        self.ever_worse += usize::from(worse);
    }
}

fn holds((low, high): (f64, f64), truth: f64) -> bool {
    low <= truth && truth <= high
}

/// Numbers by chance from a seed: `SplitMix64` (Steele, Lea and Flood 2014), and normal ones by Box
/// and Muller.
struct Chance(u64);

impl Chance {
    /// Evenly between 0 and 1, neither included.
    fn even(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^= bits >> 31;
        ((bits >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// With mean 0 and variance 1.
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.even().ln()).sqrt();
        radius * (std::f64::consts::TAU * self.even()).cos()
    }

    /// What a normal number is multiplied by to have Student's tails and still variance 1.
    fn student_scale(&mut self, freedom: u32) -> f64 {
        let squares: f64 = (0..freedom).map(|_| self.normal().powi(2)).sum();
        let student = (f64::from(freedom) / squares).sqrt();
        student * ((f64::from(freedom) - 2.0).max(1.0) / f64::from(freedom)).sqrt()
    }
}

/// How the world stands to what the model assumes, for the head of a table.
#[must_use]
pub fn assumptions() -> String {
    let Variances { drift, engine, answer, .. } = Variances::ASSUMED;
    format!(
        "variances in levels squared: drift {drift} an interview, engine {engine}, answer {answer}; a \
         change is claimed from {CLAIM_Z} standard deviations on"
    )
}
