//! From replies to figures. A reply before the speaker has finished is a false cut-off; dead air is
//! the time from the last voiced sample to the reply, which on both sides is a line that lies ready.

use std::collections::BTreeMap;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::bench::{quantile, statistics::interval};

/// The share of thinking pauses that may be cut off at the setting that is compared.
pub const CUT_SHARE_MAX: f64 = 0.05;
/// Who never replies in the recorded silence is counted as replying at its end, seconds.
const NEVER_S: f64 = 9.0;
/// A pause of which the survival is asked lasts this long, give or take a tenth, seconds.
const LONG_PAUSE_S: f64 = 5.0;
/// A reply this long after a pause was made for that pause: voices are recognised late, seconds.
const LATE_S: f64 = 0.5;
/// Median dead air at which false cut-offs are also told, seconds.
const BUDGETS_S: [f64; 2] = [0.3, 0.6];
/// Settings of Pipecat that are tried.
const CONFIDENCES: [f64; 9] = [0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99];
const STOPS_S: [f64; 15] =
    [1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 2.75, 3.0, 3.25, 3.5, 4.0, 5.0, 6.0, 8.0];
/// Its defaults: wait of voice activity, confidence, silence after which it gives up.
const PIPECAT_DEFAULT: Pipecat = Pipecat { vad_stop_s: 0.2, confidence: 0.5, stop_s: 3.0 };

/// A turn, as it was made.
#[derive(Debug, Deserialize)]
pub struct Turn {
    id: String,
    half: Half,
    group: String,
    pub ended: bool,
    /// It has a pause of exactly 5 s, and counts for nothing but whether that is survived.
    pub long: bool,
    end_s: f64,
    pauses: Vec<Pause>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Half {
    Development,
    Test,
}

#[derive(Debug, Deserialize)]
struct Pause {
    from_s: f64,
    to_s: f64,
    kind: String,
}

impl Turn {
    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn is_test(&self) -> bool {
        self.half == Half::Test
    }
}

/// What Greenroom made of a turn.
#[derive(Debug, Deserialize)]
pub struct Decided {
    id: String,
    replies: Vec<Replies>,
    #[serde(default)]
    moments: Vec<Moment>,
}

#[derive(Debug, Clone, Deserialize)]
struct Replies {
    cut_offs_s: Vec<f64>,
    /// When it was said that there is time, which is neither a cut-off nor a reply.
    #[serde(default)]
    prompts_s: Vec<f64>,
    reply_s: Option<f64>,
}

#[derive(Debug, Deserialize)]
struct Moment {
    at_s: f64,
    probability: f64,
}

/// What Pipecat's analyzers made of a turn.
#[derive(Debug, Deserialize)]
pub struct Traced {
    id: String,
    traces: Vec<Trace>,
}

#[derive(Debug, Deserialize)]
struct Trace {
    vad_stop_s: f64,
    stops: Vec<Stop>,
}

#[derive(Debug, Deserialize)]
struct Stop {
    at_s: f64,
    probability: f64,
    cost_s: f64,
    again_s: Option<f64>,
}

/// A setting of Pipecat.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Pipecat {
    /// Silence before voice activity reports a stop, seconds.
    pub vad_stop_s: f64,
    /// Probability above which Smart Turn is believed.
    pub confidence: f64,
    /// Silence after which the turn is over in any case, seconds.
    pub stop_s: f64,
}

impl Pipecat {
    /// When it would have replied.
    fn replies(self, turn: &Turn, traced: &Traced) -> Replies {
        let mut replies = Replies { cut_offs_s: Vec::new(), prompts_s: Vec::new(), reply_s: None };
        let stops = traced
            .traces
            .iter()
            .filter(|trace| trace.vad_stop_s == self.vad_stop_s)
            .flat_map(|trace| &trace.stops);
        for stop in stops {
            let waited_s =
                if stop.probability > self.confidence { stop.cost_s } else { self.stop_s };
            let at_s = stop.at_s + waited_s;
            if stop.again_s.is_some_and(|again_s| at_s >= again_s) {
                continue;
            }
            if at_s >= turn.end_s {
                replies.reply_s = Some(at_s);
                break;
            }
            replies.cut_offs_s.push(at_s);
        }
        replies
    }
}

/// Turns in real time.
#[derive(Debug)]
pub struct Live {
    pub greenroom: Vec<Decided>,
    pub pipecat: Vec<LiveTurn>,
}

/// One turn that Pipecat heard in real time.
#[derive(Debug, Deserialize)]
pub struct LiveTurn {
    id: String,
    replies_s: Vec<f64>,
}

/// The thresholds of Greenroom that are tried.
pub fn thresholds() -> Vec<f64> {
    let coarse = (1..16).map(|step| f64::from(step) * 5.0);
    coarse.chain((40..50).map(|step| f64::from(step) * 2.0)).map(|x| x / 100.0).collect()
}

/// How a listener did on a number of turns.
#[derive(Debug, Clone, Serialize)]
pub struct Figures {
    pub turns: usize,
    pub pauses: usize,
    pub cut_offs: usize,
    /// False cut-offs for each turn, and for each pause.
    pub cut_offs_per_turn: f64,
    pub cut_share: f64,
    pub cut_share_interval: [f64; 2],
    /// Share of pauses that were cut off before they had lasted 300 ms and 600 ms.
    pub cut_early_shares: [f64; 2],
    /// Share of pauses, and of ends, in which it was said that there is time.
    pub prompted_pauses: f64,
    pub prompted_ends: f64,
    /// Pauses of 5 s, and those that were not cut off.
    pub long_pauses: usize,
    pub long_survived: usize,
    /// Turns whose end is known, and the dead air after them.
    pub ends: usize,
    pub dead_air_p50_s: f64,
    pub dead_air_p50_interval: [f64; 2],
    pub dead_air_p90_s: f64,
    pub dead_air_p90_interval: [f64; 2],
    /// The same up to the first sound of any kind, "take your time" among them.
    pub first_sound_p50_s: f64,
    pub first_sound_p90_s: f64,
}

/// One listener with one setting.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    pub listener: &'static str,
    pub setting: String,
    pub development: Figures,
    pub test: Figures,
    /// Of the test half, by the kind of turn.
    pub groups: BTreeMap<String, Figures>,
    /// Of the test half: for each kind of pause how many there are and how many were cut off.
    pub pauses: BTreeMap<String, [usize; 2]>,
}

/// A point of a curve, on the test half.
#[derive(Debug, Serialize)]
pub struct Point {
    pub listener: &'static str,
    pub setting: String,
    pub cut_share: f64,
    pub dead_air_p50_s: f64,
    pub dead_air_p90_s: f64,
}

/// What was decided with this much certainty, and how often it was so.
#[derive(Debug, Serialize)]
pub struct Bin {
    pub moments: usize,
    pub predicted: f64,
    pub true_share: f64,
}

/// Greenroom's figure over Pipecat's.
#[derive(Debug, Serialize)]
pub struct Ratio {
    pub p50: f64,
    pub p50_interval: [f64; 2],
    pub p90: f64,
    pub p90_interval: [f64; 2],
}

/// False cut-offs of the setting that replies within this median on the development half.
#[derive(Debug, Serialize)]
pub struct Budget {
    pub listener: &'static str,
    pub dead_air_s: f64,
    pub setting: String,
    pub test: Figures,
}

/// A turn in real time against the same in the time of the samples.
#[derive(Debug, Serialize)]
pub struct Confirmed {
    pub listener: &'static str,
    pub turns: usize,
    /// Turns with as many false cut-offs.
    pub alike: usize,
    /// Median and largest difference of the reply, seconds, where both replied.
    pub difference_p50_s: f64,
    pub difference_max_s: f64,
}

/// Everything that is reported.
#[derive(Debug, Serialize)]
pub struct Comparison {
    pub rows: Vec<Row>,
    pub ratio: Ratio,
    pub budgets: Vec<Budget>,
    pub curve: Vec<Point>,
    pub reliability: Vec<Bin>,
    pub confirmed: Vec<Confirmed>,
    #[serde(skip)]
    pipecat: Pipecat,
    #[serde(skip)]
    expected: Vec<(String, Replies, Replies)>,
}

impl Comparison {
    /// The setting of Pipecat that was best on the development half.
    pub fn pipecat_chosen(&self) -> Pipecat {
        self.pipecat
    }

    /// Takes in what happened in real time.
    pub fn confirm(&mut self, live: &Live) {
        let greenroom = live.greenroom.iter().filter_map(|turn| {
            let replies = turn.replies.first()?;
            let (_, expected, _) = self.expected.iter().find(|(id, ..)| *id == turn.id)?;
            Some((replies.cut_offs_s.len(), replies.reply_s, expected))
        });
        let mut confirmed = vec![confirmed("Greenroom", &greenroom.collect::<Vec<_>>())];
        let pipecat = live.pipecat.iter().filter_map(|turn| {
            let (_, _, expected) = self.expected.iter().find(|(id, ..)| *id == turn.id)?;
            let cut_offs = expected.cut_offs_s.len().min(turn.replies_s.len().saturating_sub(1));
            Some((
                turn.replies_s.len().saturating_sub(1),
                turn.replies_s.get(cut_offs).copied(),
                expected,
            ))
        });
        confirmed.push(self::confirmed("Pipecat", &pipecat.collect::<Vec<_>>()));
        self.confirmed = confirmed;
    }
}

fn confirmed(listener: &'static str, turns: &[(usize, Option<f64>, &Replies)]) -> Confirmed {
    let alike = turns.iter().filter(|(count, _, expected)| *count == expected.cut_offs_s.len());
    let differences: Vec<f64> = turns
        .iter()
        .filter_map(|(_, reply_s, expected)| Some((reply_s.as_ref()? - expected.reply_s?).abs()))
        .collect();
    Confirmed {
        listener,
        turns: turns.len(),
        alike: alike.count(),
        difference_p50_s: quantile(&differences, 0.5),
        difference_max_s: quantile(&differences, 1.0),
    }
}

/// A listener with one setting: what it did in every turn.
struct Played<'a> {
    listener: &'static str,
    setting: String,
    turns: Vec<(&'a Turn, Replies)>,
}

impl Played<'_> {
    fn figures(&self, wanted: &dyn Fn(&Turn) -> bool) -> Figures {
        let of = |long: bool| -> Vec<_> {
            self.turns.iter().filter(|(turn, _)| turn.long == long && wanted(turn)).collect()
        };
        figures(&of(false), &of(true))
    }

    /// Cheap figures for choosing: share of pauses cut off, and dead air p50 and p90.
    fn glance(&self, half: Half) -> (f64, f64, f64) {
        let turns: Vec<_> =
            self.turns.iter().filter(|(turn, _)| turn.half == half && !turn.long).collect();
        let dead_airs_s = dead_airs_s(&turns);
        (cut_share(&turns), quantile(&dead_airs_s, 0.5), quantile(&dead_airs_s, 0.9))
    }

    fn row(&self) -> Row {
        let mut groups = BTreeMap::new();
        for group in ["natural", "spliced", "synthetic"] {
            let wanted = |turn: &Turn| turn.is_test() && turn.group == group;
            groups.insert(group.to_owned(), self.figures(&wanted));
        }
        let mut pauses: BTreeMap<String, [usize; 2]> = BTreeMap::new();
        for (turn, replies) in self.turns.iter().filter(|(turn, _)| turn.is_test() && !turn.long) {
            for pause in &turn.pauses {
                let counts = pauses.entry(pause.kind.clone()).or_default();
                counts[0] += 1;
                counts[1] += usize::from(is_cut(pause, replies));
            }
        }
        Row {
            listener: self.listener,
            setting: self.setting.clone(),
            development: self.figures(&|turn| !turn.is_test()),
            test: self.figures(&Turn::is_test),
            groups,
            pauses,
        }
    }

    fn point(&self) -> Point {
        let (cut_share, dead_air_p50_s, dead_air_p90_s) = self.glance(Half::Test);
        let (listener, setting) = (self.listener, self.setting.clone());
        Point { listener, setting, cut_share, dead_air_p50_s, dead_air_p90_s }
    }
}

type Judged<'a> = &'a (&'a Turn, Replies);

fn is_cut(pause: &Pause, replies: &Replies) -> bool {
    replies.cut_offs_s.iter().any(|at_s| (pause.from_s..pause.to_s + LATE_S).contains(at_s))
}

fn dead_airs_s(turns: &[Judged<'_>]) -> Vec<f64> {
    turns
        .iter()
        .filter(|(turn, _)| turn.ended)
        .map(|(turn, replies)| replies.reply_s.map_or(NEVER_S, |at_s| at_s - turn.end_s))
        .collect()
}

/// From the last voiced sample to the first sound, seconds.
fn first_sounds_s(turns: &[Judged<'_>]) -> Vec<f64> {
    let ended = turns.iter().filter(|(turn, _)| turn.ended);
    ended
        .map(|(turn, replies)| {
            let sounds = replies.prompts_s.iter().chain(&replies.reply_s);
            let after = sounds.map(|at_s| at_s - turn.end_s).filter(|after_s| *after_s >= 0.0);
            after.fold(NEVER_S, f64::min)
        })
        .collect()
}

fn cut_share(turns: &[Judged<'_>]) -> f64 {
    let pauses: usize = turns.iter().map(|(turn, _)| turn.pauses.len()).sum();
    let cut_offs: usize = turns.iter().map(|(_, replies)| replies.cut_offs_s.len()).sum();
    cut_offs as f64 / pauses.max(1) as f64
}

fn pauses_of<'a>(turns: &[Judged<'a>]) -> impl Iterator<Item = (&'a Pause, &'a Replies)> {
    turns.iter().flat_map(|(turn, replies)| turn.pauses.iter().map(move |pause| (pause, replies)))
}

/// Figures of ordinary turns, and the survival of long pauses in others.
fn figures(turns: &[Judged<'_>], long: &[Judged<'_>]) -> Figures {
    let pauses: usize = turns.iter().map(|(turn, _)| turn.pauses.len()).sum();
    let cut_offs: usize = turns.iter().map(|(_, replies)| replies.cut_offs_s.len()).sum();
    let long: Vec<bool> = pauses_of(long)
        .filter(|(pause, _)| (pause.to_s - pause.from_s - LONG_PAUSE_S).abs() <= 0.1)
        .map(|(pause, replies)| !is_cut(pause, replies))
        .collect();
    let cut_early_shares = BUDGETS_S.map(|quiet_s| {
        let early = |replies: &Replies, pause: &Pause| {
            let until_s = pause.to_s.min(pause.from_s + quiet_s);
            replies.cut_offs_s.iter().any(|at_s| (pause.from_s..until_s).contains(at_s))
        };
        let cut = pauses_of(turns).filter(|(pause, replies)| early(replies, pause)).count();
        cut as f64 / pauses.max(1) as f64
    });
    let prompted = |from_s: f64, to_s: f64, replies: &Replies| {
        replies.prompts_s.iter().any(|at_s| (from_s..to_s).contains(at_s))
    };
    let prompted_pauses =
        pauses_of(turns).filter(|(pause, replies)| prompted(pause.from_s, pause.to_s, replies));
    let prompted_ends = turns
        .iter()
        .filter(|(turn, replies)| turn.ended && prompted(turn.end_s, f64::INFINITY, replies));
    let (prompted_pauses, prompted_ends) = (prompted_pauses.count(), prompted_ends.count());
    let drawn = |indices: &[usize]| indices.iter().map(|index| turns[*index]).collect::<Vec<_>>();
    let of = |share: f64| move |indices: &[usize]| quantile(&dead_airs_s(&drawn(indices)), share);
    let dead = dead_airs_s(turns);
    let sounds_s = first_sounds_s(turns);
    Figures {
        turns: turns.len(),
        pauses,
        cut_offs,
        cut_offs_per_turn: cut_offs as f64 / turns.len().max(1) as f64,
        cut_share: cut_share(turns),
        cut_share_interval: interval(turns.len(), &|indices| cut_share(&drawn(indices))),
        cut_early_shares,
        prompted_pauses: prompted_pauses as f64 / pauses.max(1) as f64,
        prompted_ends: prompted_ends as f64 / dead.len().max(1) as f64,
        long_pauses: long.len(),
        long_survived: long.iter().filter(|survived| **survived).count(),
        ends: dead.len(),
        dead_air_p50_s: quantile(&dead, 0.5),
        dead_air_p50_interval: interval(turns.len(), &of(0.5)),
        dead_air_p90_s: quantile(&dead, 0.9),
        dead_air_p90_interval: interval(turns.len(), &of(0.9)),
        first_sound_p50_s: quantile(&sounds_s, 0.5),
        first_sound_p90_s: quantile(&sounds_s, 0.9),
    }
}

/// Compares the two on the same turns. Settings are chosen on the development half and reported on
/// the other.
///
/// # Errors
/// When a turn was not played to both.
pub fn compare(
    turns: &[Turn],
    decided: &[Decided],
    traced: &[Traced],
    thresholds: &[f64],
) -> anyhow::Result<Comparison> {
    let greenroom = played_by_greenroom(turns, decided, thresholds)?;
    let pipecat = played_by_pipecat(turns, traced)?;
    let own = best(greenroom.iter()).context("no setting of Greenroom was tried")?;
    let others = || pipecat.iter().map(|(_, played)| played);
    let other = best(others()).context("no setting of Pipecat was tried")?;
    let default = pipecat.iter().find(|(setting, _)| *setting == PIPECAT_DEFAULT);
    let shipped = greenroom.first().context("the standard was not tried")?;
    let mut rows = vec![shipped.row()];
    if own.setting != shipped.setting {
        rows.push(own.row());
    }
    rows.extend(default.map(|(_, played)| played.row()));
    rows.push(other.row());
    let mut budgets = Vec::new();
    for dead_air_s in BUDGETS_S {
        budgets.extend(within(greenroom.iter(), dead_air_s));
        budgets.extend(within(others(), dead_air_s));
    }
    let mut curve: Vec<Point> = greenroom.iter().skip(1).map(Played::point).collect();
    curve.extend(frontier(&pipecat).into_iter().map(Played::point));
    let chosen = pipecat.iter().find(|(_, played)| played.setting == other.setting);
    let expected = shipped.turns.iter().zip(&other.turns);
    Ok(Comparison {
        rows,
        ratio: ratio(own, other),
        budgets,
        curve,
        reliability: reliability(turns, decided)?,
        confirmed: Vec::new(),
        pipecat: chosen.map_or(PIPECAT_DEFAULT, |(setting, _)| *setting),
        expected: expected
            .map(|((turn, own), (_, other))| (turn.id.clone(), own.clone(), other.clone()))
            .collect(),
    })
}

fn played_by_greenroom<'a>(
    turns: &'a [Turn],
    decided: &[Decided],
    thresholds: &[f64],
) -> anyhow::Result<Vec<Played<'a>>> {
    let names = std::iter::once("as shipped".to_owned())
        .chain(thresholds.iter().map(|threshold| format!("threshold {threshold}")));
    let mut all = Vec::new();
    for (index, setting) in names.enumerate() {
        let replies = |turn: &'a Turn| {
            let decided = decided.iter().find(|decided| decided.id == turn.id)?;
            Some((turn, decided.replies.get(index)?.clone()))
        };
        let played: Option<Vec<_>> = turns.iter().map(replies).collect();
        let played = played.context("Greenroom was not played every turn")?;
        all.push(Played { listener: "Greenroom", setting, turns: played });
    }
    Ok(all)
}

fn played_by_pipecat<'a>(
    turns: &'a [Turn],
    traced: &[Traced],
) -> anyhow::Result<Vec<(Pipecat, Played<'a>)>> {
    let mut pairs = Vec::new();
    for turn in turns {
        let traced = traced.iter().find(|traced| traced.id == turn.id);
        pairs.push((turn, traced.context("Pipecat was not played every turn")?));
    }
    let waits_s: Vec<f64> = traced
        .first()
        .map(|traced| traced.traces.iter().map(|trace| trace.vad_stop_s).collect())
        .unwrap_or_default();
    let mut all = Vec::new();
    for vad_stop_s in waits_s {
        for confidence in CONFIDENCES {
            for stop_s in STOPS_S {
                let pipecat = Pipecat { vad_stop_s, confidence, stop_s };
                let setting = format!("VAD {vad_stop_s} s, above {confidence}, at most {stop_s} s");
                let turns =
                    pairs.iter().map(|(turn, traced)| (*turn, pipecat.replies(turn, traced)));
                let played = Played { listener: "Pipecat", setting, turns: turns.collect() };
                all.push((pipecat, played));
            }
        }
    }
    Ok(all)
}

/// The setting with the least median dead air on the development half of those that cut off few
/// enough pauses there; the one that cuts off fewest if none does.
fn best<'a, 'b: 'a>(all: impl Iterator<Item = &'a Played<'b>> + Clone) -> Option<&'a Played<'b>> {
    let glance = |played: &&Played<'_>| played.glance(Half::Development);
    let fine = all.clone().filter(|played| glance(played).0 <= CUT_SHARE_MAX);
    let by_dead_air = |a: &&Played<'_>, b: &&Played<'_>| {
        let ((_, p50_a, p90_a), (_, p50_b, p90_b)) = (glance(a), glance(b));
        p50_a.total_cmp(&p50_b).then(p90_a.total_cmp(&p90_b))
    };
    fine.min_by(by_dead_air).or_else(|| all.min_by(|a, b| glance(a).0.total_cmp(&glance(b).0)))
}

/// The setting that cuts off fewest pauses of the development half while replying within this median.
fn within<'a, 'b: 'a>(
    all: impl Iterator<Item = &'a Played<'b>>,
    dead_air_s: f64,
) -> Option<Budget> {
    let quick = all
        .map(|played| (played, played.glance(Half::Development)))
        .filter(|(_, (_, p50_s, _))| *p50_s <= dead_air_s);
    let (played, _) = quick.min_by(|a, b| a.1.0.total_cmp(&b.1.0))?;
    Some(Budget {
        listener: played.listener,
        dead_air_s,
        setting: played.setting.clone(),
        test: played.figures(&Turn::is_test),
    })
}

/// The settings that no other betters in both, on the development half, by falling cut-offs.
fn frontier<'a, 'b>(all: &'a [(Pipecat, Played<'b>)]) -> Vec<&'a Played<'b>> {
    let mut seen: Vec<(&Played<'_>, (f64, f64, f64))> =
        all.iter().map(|(_, played)| (played, played.glance(Half::Development))).collect();
    seen.sort_by(|a, b| a.1.0.total_cmp(&b.1.0).then(a.1.1.total_cmp(&b.1.1)));
    let mut least_s = f64::INFINITY;
    seen.into_iter()
        .filter(|(_, (_, p50_s, _))| {
            let better = *p50_s < least_s - 1e-9;
            least_s = least_s.min(*p50_s);
            better
        })
        .map(|(played, _)| played)
        .collect()
}

fn ratio(own: &Played<'_>, other: &Played<'_>) -> Ratio {
    let test = |played: &Played<'_>| -> Vec<usize> {
        (0..played.turns.len())
            .filter(|index| played.turns[*index].0.is_test() && !played.turns[*index].0.long)
            .collect()
    };
    let indices = test(own);
    let of = |share: f64| {
        let indices = indices.clone();
        move |drawn: &[usize]| {
            let figure = |played: &Played<'_>| {
                let turns: Vec<_> =
                    drawn.iter().map(|index| &played.turns[indices[*index]]).collect();
                quantile(&dead_airs_s(&turns), share)
            };
            figure(own) / figure(other)
        }
    };
    let all: Vec<usize> = (0..indices.len()).collect();
    Ratio {
        p50: of(0.5)(&all),
        p50_interval: interval(indices.len(), &of(0.5)),
        p90: of(0.9)(&all),
        p90_interval: interval(indices.len(), &of(0.9)),
    }
}

/// On the test half: of all moments of silence to which a probability in this tenth was given, the
/// share at which the turn was over. Moments after the end count as long as pauses may last.
fn reliability(turns: &[Turn], decided: &[Decided]) -> anyhow::Result<Vec<Bin>> {
    const PAUSE_S_MAX: f64 = 6.0;
    let mut sums = vec![(0_usize, 0.0, 0_usize); 10];
    for turn in turns.iter().filter(|turn| turn.is_test() && turn.ended && !turn.long) {
        let decided = decided.iter().find(|decided| decided.id == turn.id);
        for moment in &decided.context("Greenroom was not played every turn")?.moments {
            if moment.at_s - turn.end_s > PAUSE_S_MAX {
                continue;
            }
            let bin = &mut sums[((moment.probability * 10.0) as usize).min(9)];
            bin.0 += 1;
            bin.1 += moment.probability;
            bin.2 += usize::from(moment.at_s >= turn.end_s);
        }
    }
    let bins = sums.into_iter().map(|(moments, predicted, ended)| Bin {
        moments,
        predicted: predicted / moments.max(1) as f64,
        true_share: ended as f64 / moments.max(1) as f64,
    });
    Ok(bins.collect())
}

#[cfg(test)]
mod tests {
    use super::{Half, Pause, Pipecat, Stop, Trace, Traced, Turn, dead_airs_s, figures};

    fn turn() -> Turn {
        let pause = |from_s: f64, to_s: f64| Pause { from_s, to_s, kind: "spliced".to_owned() };
        Turn {
            id: "a".to_owned(),
            half: Half::Test,
            group: "spliced".to_owned(),
            ended: true,
            long: true,
            end_s: 10.0,
            pauses: vec![pause(2.0, 7.0)],
        }
    }

    fn traced(probability: f64) -> Traced {
        let stop = |at_s, again_s| Stop { at_s, probability, cost_s: 0.1, again_s };
        let stops = vec![stop(2.2, Some(7.1)), stop(10.2, None)];
        Traced { id: "a".to_owned(), traces: vec![Trace { vad_stop_s: 0.2, stops }] }
    }

    fn check(probability: f64, stop_s: f64, cut_offs: usize, dead_air_s: f64) {
        let turn = turn();
        let pipecat = Pipecat { vad_stop_s: 0.2, confidence: 0.5, stop_s };
        let replies = pipecat.replies(&turn, &traced(probability));
        assert_eq!(replies.cut_offs_s.len(), cut_offs);
        let judged = (&turn, replies);
        assert!((dead_airs_s(&[&judged])[0] - dead_air_s).abs() < 1e-9);
        let survived = figures(&[], &[&judged]);
        assert_eq!((survived.long_pauses, survived.long_survived), (1, 1 - cut_offs));
        let ordinary = figures(&[&judged], &[]);
        assert!((ordinary.cut_share - cut_offs as f64).abs() < 1e-9);
        assert_eq!(ordinary.cut_early_shares[1] > 0.0, probability > 0.5);
    }

    #[test]
    fn a_confident_listener_cuts_the_pause_and_answers_the_end_at_once() {
        check(0.9, 3.0, 1, 0.3);
    }

    #[test]
    fn a_doubtful_one_waits_as_long_as_it_was_told() {
        check(0.1, 3.0, 1, 3.2);
        check(0.1, 6.0, 0, 6.2);
    }
}
