//! From tracks to figures: Greenroom's measures against Praat's, and against themselves in worse sound.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::bench::quantile;

/// A recording of the set.
#[derive(Debug, Deserialize)]
pub struct Listed {
    id: String,
    clean: String,
    condition: String,
    folder: String,
    part: String,
}

/// What Greenroom measured. Times are seconds, a frame is 10 ms.
#[derive(Debug, Deserialize)]
pub struct Own {
    id: String,
    seconds: f64,
    f0_hz: Vec<f64>,
    level_db: Vec<f64>,
    speech_s: Vec<[f64; 2]>,
    pauses_s: Vec<[f64; 2]>,
    features: BTreeMap<String, f64>,
    left_out: BTreeMap<String, String>,
}

/// What Praat measured.
#[derive(Debug, Deserialize)]
pub struct Praat {
    id: String,
    f0_hz: Vec<f64>,
    level_db: Vec<Option<f64>>,
    /// Sounding spans apart by at least 250 ms, and by at least 200 ms.
    speech_s: Vec<[f64; 2]>,
    nearly_s: Vec<[f64; 2]>,
    syllables: f64,
}

/// Two pitches further apart than this are different ones, not two estimates of one (the gross pitch
/// error of Rabiner et al. 1976).
const GROSS_SHARE: f64 = 0.2;
/// The least overlap of two spans that are one pause, as a share of what both cover.
const OVERLAP_MIN: f64 = 0.5;
/// Silences count as pauses from here on, seconds, and those within the tolerance of it as either.
const PAUSE_S_MIN: f64 = 0.25;
const PAUSE_TOLERANCE_S: f64 = 0.05;
/// Praat's shortest sounding stretch, in frames of 10 ms: with a pitch for as long, it is a voice.
const VOICED_FRAMES_MIN: usize = 10;
/// Frames of a phrase, 200 ms, and from one to the next.
const PHRASE_FRAMES: usize = 20;
const PHRASE_STEP: usize = 5;
/// Weights by which energies of 10 ms come near Praat's window of intensity for 100 Hz, a bell of 7 ms.
const LEVEL_WEIGHTS: [f64; 5] = [0.017, 0.36, 1.0, 0.36, 0.017];
/// Below this nothing was recorded.
const SILENCE_DB: f64 = -90.0;

/// So many of so many.
#[derive(Debug, Default, Clone, Copy, Serialize)]
pub struct Share {
    pub count: usize,
    pub of: usize,
}

impl Share {
    /// As a number; not a number where there is nothing.
    pub fn value(self) -> f64 {
        if self.of == 0 { f64::NAN } else { self.count as f64 / self.of as f64 }
    }

    fn add(&mut self, yes: bool) {
        self.count += usize::from(yes);
        self.of += 1;
    }
}

/// Pauses found by both.
#[derive(Debug, Default, Clone, Serialize)]
pub struct Pauses {
    /// Greenroom's pauses that Praat has too.
    pub confirmed: Share,
    /// Praat's pauses that Greenroom found.
    pub found: Share,
    /// How far begin and end of the same pause lie apart, seconds.
    pub apart_s: Vec<f64>,
}

impl Pauses {
    /// The harmonic mean of precision and recall.
    pub fn f1(&self) -> f64 {
        let (precision, recall) = (self.confirmed.value(), self.found.value());
        2.0 * precision * recall / (precision + recall)
    }

    /// Holds pauses against those of another that are `confirming` ones, and against those that are
    /// `sought`.
    fn add(&mut self, own: &[[f64; 2]], confirming: &[[f64; 2]], sought: &[[f64; 2]]) {
        let confirmed = pairs(own, confirming);
        self.confirmed.count += confirmed.len();
        self.confirmed.of += own.len();
        self.found.count += pairs(sought, own).len();
        self.found.of += sought.len();
        for (a, b) in confirmed {
            self.apart_s.extend([(a[0] - b[0]).abs(), (a[1] - b[1]).abs()]);
        }
    }
}

/// Each span with the one of the others that is the same pause.
fn pairs(spans: &[[f64; 2]], others: &[[f64; 2]]) -> Vec<([f64; 2], [f64; 2])> {
    let mut taken = BTreeSet::new();
    let mut pairs = Vec::new();
    for span in spans {
        let best = others
            .iter()
            .enumerate()
            .filter(|(index, _)| !taken.contains(index))
            .map(|(index, other)| (index, *other, overlap(*span, *other)))
            .filter(|(.., overlap)| *overlap >= OVERLAP_MIN)
            .max_by(|a, b| a.2.total_cmp(&b.2));
        if let Some((index, other, _)) = best {
            taken.insert(index);
            pairs.push((*span, other));
        }
    }
    pairs
}

fn overlap(a: [f64; 2], b: [f64; 2]) -> f64 {
    let both = (a[1].min(b[1]) - a[0].max(b[0])).max(0.0);
    both / (a[1].max(b[1]) - a[0].min(b[0])).max(f64::MIN_POSITIVE)
}

/// Sounding spans without those before the first and after the last that hold a voice: Praat takes
/// breath and noise for sound, and what lies between those and speech is no pause in it.
fn spoken(sounding: &[[f64; 2]], f0_hz: &[f64]) -> Vec<[f64; 2]> {
    let voiced = |span: &[f64; 2]| {
        let pitched = f0_hz.iter().enumerate().filter(|(_, f0_hz)| **f0_hz > 0.0);
        pitched.filter(|(index, _)| inside(std::slice::from_ref(span), *index)).count()
            >= VOICED_FRAMES_MIN
    };
    let first = sounding.iter().position(voiced).unwrap_or(0);
    let end = sounding.iter().rposition(voiced).map_or(0, |last| last + 1);
    sounding.get(first..end).unwrap_or_default().to_vec()
}

/// The silences between the first and the last span that last at least this long.
fn silences(speech: &[[f64; 2]], seconds_min: f64) -> Vec<[f64; 2]> {
    let silences = speech.windows(2).map(|pair| [pair[0][1], pair[1][0]]);
    silences.filter(|silence| silence[1] - silence[0] >= seconds_min - 1e-6).collect()
}

/// How Greenroom agrees with Praat on a group of recordings.
#[derive(Debug, Default, Serialize)]
pub struct Agreement {
    pub recordings: usize,
    pub seconds: f64,
    /// (Greenroom - Praat) / Praat of each recording's median pitch.
    pub medians: Vec<f64>,
    /// The same of the pitch's spread, semitones.
    pub spreads_st: Vec<f64>,
    /// Recordings whose pitch Greenroom withholds.
    pub pitch_withheld: usize,
    /// Frames that both call voiced or both unvoiced: of all, and of those that Praat calls sounding.
    pub voicing: Share,
    pub voicing_in_speech: Share,
    /// Frames with different pitches, of those that both call voiced.
    pub gross: Share,
    /// Distance of the other ones, cents.
    pub cents: Vec<f64>,
    /// Distance of the levels of frames in speech, decibels.
    pub levels_db: Vec<f64>,
    /// Difference of each recording's level in speech, and of its spread over phrases, decibels.
    pub level_offsets_db: Vec<f64>,
    pub level_spreads_db: Vec<f64>,
    pub loudness_withheld: usize,
    /// At 250 ms on both sides.
    pub pauses_strict: Pauses,
    /// Where a silence within 50 ms of that counts as either.
    pub pauses: Pauses,
    /// The same where silences between breath or noise and the first or last voice count too.
    pub pauses_with_edges: Pauses,
    pub pauses_withheld: usize,
    /// Syllables a second of speech, Greenroom's and Praat's.
    pub articulation: Vec<[f64; 2]>,
    /// Syllables a second from the first sound to the last.
    pub speech_rate: Vec<[f64; 2]>,
}

impl Agreement {
    fn add(&mut self, own: &Own, praat: &Praat) {
        self.recordings += 1;
        self.seconds += own.seconds;
        self.add_pitch(own, praat);
        self.add_levels(own, praat);
        if own.left_out.get("pause_rate_per_min").is_some_and(|why| why.contains("background")) {
            self.pauses_withheld += 1;
        } else {
            let (speech, nearly) =
                (spoken(&praat.speech_s, &praat.f0_hz), spoken(&praat.nearly_s, &praat.f0_hz));
            let pauses = silences(&speech, PAUSE_S_MIN);
            self.pauses_strict.add(&own.pauses_s, &pauses, &pauses);
            let tolerant = |pauses: &mut Pauses, nearly: &[[f64; 2]], speech: &[[f64; 2]]| {
                let nearly = silences(nearly, PAUSE_S_MIN - PAUSE_TOLERANCE_S);
                let surely = silences(speech, PAUSE_S_MIN + PAUSE_TOLERANCE_S);
                pauses.add(&own.pauses_s, &nearly, &surely);
            };
            tolerant(&mut self.pauses, &nearly, &speech);
            tolerant(&mut self.pauses_with_edges, &praat.nearly_s, &praat.speech_s);
        }
        if let Some([articulation, rate]) = own.syllable_rates() {
            self.articulation.push([articulation, praat.syllables / length_s(&praat.speech_s)]);
            self.speech_rate.push([rate, praat.syllables / extent_s(&praat.speech_s)]);
        }
    }

    fn add_pitch(&mut self, own: &Own, praat: &Praat) {
        let Some(median_hz) = own.features.get("pitch_median_hz") else {
            self.pitch_withheld += 1;
            return;
        };
        let pitched: Vec<f64> = praat
            .f0_hz
            .iter()
            .enumerate()
            .filter(|(index, f0_hz)| **f0_hz > 0.0 && inside(&praat.speech_s, *index))
            .map(|(_, f0_hz)| *f0_hz)
            .collect();
        let theirs_hz = quantile(&pitched, 0.5);
        self.medians.push((median_hz - theirs_hz) / theirs_hz);
        if let Some(spread_st) = own.features.get("pitch_spread_st") {
            let near = pitched.iter().map(|f0_hz| 12.0 * (f0_hz / theirs_hz).log2());
            let near: Vec<f64> = near.filter(|st| st.abs() < 12.0).collect();
            self.spreads_st.push(spread_st - deviation(&near));
        }
        for (index, (own_hz, praat_hz)) in own.f0_hz.iter().zip(&praat.f0_hz).enumerate() {
            let alike = (*own_hz > 0.0) == (*praat_hz > 0.0);
            self.voicing.add(alike);
            if inside(&praat.speech_s, index) {
                self.voicing_in_speech.add(alike);
            }
            if *own_hz > 0.0 && *praat_hz > 0.0 {
                let gross = (own_hz / praat_hz - 1.0).abs() > GROSS_SHARE;
                self.gross.add(gross);
                if !gross {
                    self.cents.push(1200.0 * (own_hz / praat_hz).log2().abs());
                }
            }
        }
    }

    fn add_levels(&mut self, own: &Own, praat: &Praat) {
        let smooth = smoothed(&own.level_db);
        let (mut owns, mut theirs) = (Vec::new(), Vec::new());
        for (index, (own_db, praat_db)) in smooth.iter().zip(&praat.level_db).enumerate() {
            if let Some(praat_db) = praat_db.filter(|_| inside(&praat.speech_s, index)) {
                self.levels_db.push((own_db - praat_db).abs());
                owns.push(*own_db);
                theirs.push(praat_db);
            }
        }
        self.level_offsets_db.push(mean(&owns) - mean(&theirs));
        match own.features.get("loudness_spread_db") {
            Some(spread_db) => self.level_spreads_db.push(spread_db - praat.spread_db()),
            None => self.loudness_withheld += 1,
        }
    }
}

impl Own {
    /// Syllables a second of speech, and of the time from the first word to the last.
    fn syllable_rates(&self) -> Option<[f64; 2]> {
        let articulation = *self.features.get("articulation_sps")?;
        let syllables = articulation * length_s(&self.speech_s);
        Some([articulation, syllables / self.features.get("length_s")?])
    }
}

impl Praat {
    /// The standard deviation of the levels of phrases, as Greenroom takes it.
    fn spread_db(&self) -> f64 {
        let mut phrases = Vec::new();
        for span in &self.speech_s {
            let [from, to] =
                span.map(|at_s| ((at_s * 100.0).round() as usize).min(self.level_db.len()));
            let known = self.level_db[from..to].iter().flatten();
            let energies: Vec<f64> = known.map(|level_db| 10_f64.powf(level_db / 10.0)).collect();
            for phrase in energies.windows(PHRASE_FRAMES).step_by(PHRASE_STEP) {
                phrases.push(10.0 * mean(phrase).log10());
            }
        }
        deviation(&phrases)
    }
}

/// Levels averaged as energies over five frames.
fn smoothed(level_db: &[f64]) -> Vec<f64> {
    let energies: Vec<f64> = level_db.iter().map(|db| 10_f64.powf(db / 10.0)).collect();
    (0..energies.len())
        .map(|at| {
            let (mut sum, mut weights) = (0.0, 0.0);
            for (weight, place) in LEVEL_WEIGHTS.iter().zip(at.wrapping_sub(2)..=at + 2) {
                if let Some(energy) = energies.get(place) {
                    sum += weight * energy;
                    weights += weight;
                }
            }
            (10.0 * (sum / weights).log10()).max(SILENCE_DB)
        })
        .collect()
}

fn inside(spans: &[[f64; 2]], frame: usize) -> bool {
    let at_s = (frame as f64 + 0.5) / 100.0;
    spans.iter().any(|span| span[0] <= at_s && at_s < span[1])
}

fn length_s(spans: &[[f64; 2]]) -> f64 {
    spans.iter().map(|span| span[1] - span[0]).sum()
}

fn extent_s(spans: &[[f64; 2]]) -> f64 {
    spans.first().zip(spans.last()).map_or(0.0, |(first, last)| last[1] - first[0])
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
    (squares / (values.len() as f64 - 1.0).max(1.0)).sqrt()
}

/// Pearson's correlation.
pub fn correlation(pairs: &[[f64; 2]]) -> f64 {
    let side = |index: usize| pairs.iter().map(|pair| pair[index]).collect::<Vec<f64>>();
    let (a, b) = (side(0), side(1));
    let (mean_a, mean_b) = (mean(&a), mean(&b));
    let together: f64 = a.iter().zip(&b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum();
    together / ((pairs.len() as f64 - 1.0) * deviation(&a) * deviation(&b))
}

/// How a measure moves in worse sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// As a share of the value in clean sound.
    Share,
    /// In its own unit.
    Difference,
}

/// A measure whose movement is looked at, and by how much it may move without being wrong.
#[derive(Debug, Clone, Copy)]
pub struct Watched {
    pub feature: &'static str,
    /// Under which name it is withheld.
    withheld_as: &'static str,
    pub name: &'static str,
    pub way: Way,
    pub unit: &'static str,
    pub tolerance: f64,
}

impl Watched {
    const fn new(
        feature: &'static str,
        withheld_as: &'static str,
        name: &'static str,
        (way, unit, tolerance): (Way, &'static str, f64),
    ) -> Self {
        Self { feature, withheld_as, name, way, unit, tolerance }
    }
}

/// The measures of delivery, with what is held to be no movement.
pub const WATCHED: [Watched; 6] = [
    Watched::new("pitch_median_hz", "pitch_spread_st", "pitch, median", (Way::Share, "%", 0.02)),
    Watched::new(
        "pitch_spread_st",
        "pitch_spread_st",
        "pitch, spread",
        (Way::Difference, "st", 0.5),
    ),
    Watched::new(
        "loudness_spread_db",
        "loudness_spread_db",
        "loudness, spread",
        (Way::Difference, "dB", 0.5),
    ),
    Watched::new(
        "pause_rate_per_min",
        "pause_rate_per_min",
        "pauses a minute",
        (Way::Difference, "/min", 5.0),
    ),
    Watched::new(
        "articulation_sps",
        "articulation_sps",
        "articulation rate",
        (Way::Share, "%", 0.05),
    ),
    Watched::new("pace_wpm", "pace_wpm", "words a minute", (Way::Share, "%", 0.05)),
];

/// How one measure moved in one kind of worse sound.
#[derive(Debug, Serialize)]
pub struct Moved {
    pub measure: &'static str,
    /// Absolute movements where the measure is still given.
    pub moves: Vec<f64>,
    /// Of those, how many beyond the tolerance.
    pub beyond: usize,
    /// Why it is withheld where clean sound has it, and how often.
    pub withheld: BTreeMap<String, usize>,
}

/// What one kind of worse sound does.
#[derive(Debug, Serialize)]
pub struct Condition {
    pub name: String,
    pub recordings: usize,
    /// Frames called voiced or unvoiced as in clean sound.
    pub voicing: Share,
    /// The same by Praat.
    pub praat_voicing: Share,
    /// Pauses of clean sound found again.
    pub pauses: Pauses,
    /// How far Praat's median pitch moved, as a share.
    pub praat_medians: Vec<f64>,
    pub moved: Vec<Moved>,
}

/// Everything.
#[derive(Debug, Serialize)]
pub struct Comparison {
    /// By folder, and "all".
    pub agreement: BTreeMap<String, Agreement>,
    pub conditions: Vec<Condition>,
}

/// Compares what was measured in recordings of a part.
pub fn compare(listed: &[Listed], own: &[Own], praat: &[Praat], part: &str) -> Comparison {
    let owns: BTreeMap<&str, &Own> = own.iter().map(|one| (one.id.as_str(), one)).collect();
    let praats: BTreeMap<&str, &Praat> = praat.iter().map(|one| (one.id.as_str(), one)).collect();
    let both = |id: &str| owns.get(id).copied().zip(praats.get(id).copied());
    let mut agreement: BTreeMap<String, Agreement> = BTreeMap::new();
    let mut conditions: BTreeMap<&str, Condition> = BTreeMap::new();
    for one in listed.iter().filter(|one| one.part == part) {
        let Some((own, praat)) = both(&one.id) else { continue };
        if one.condition == "clean" {
            agreement.entry(one.folder.clone()).or_default().add(own, praat);
            agreement.entry("all".to_owned()).or_default().add(own, praat);
        } else if let Some((clean, clean_praat)) = both(&format!("{}.clean", one.clean)) {
            conditions
                .entry(&one.condition)
                .or_insert_with(|| Condition::new(&one.condition))
                .add((own, praat), (clean, clean_praat));
        }
    }
    Comparison { agreement, conditions: conditions.into_values().collect() }
}

impl Condition {
    fn new(name: &str) -> Self {
        let nothing = |watched: &Watched| Moved {
            measure: watched.name,
            moves: Vec::new(),
            beyond: 0,
            withheld: BTreeMap::new(),
        };
        Self {
            name: name.to_owned(),
            recordings: 0,
            voicing: Share::default(),
            praat_voicing: Share::default(),
            pauses: Pauses::default(),
            praat_medians: Vec::new(),
            moved: WATCHED.iter().map(nothing).collect(),
        }
    }

    fn add(&mut self, (own, praat): (&Own, &Praat), (clean, clean_praat): (&Own, &Praat)) {
        self.recordings += 1;
        let alike = |share: &mut Share, a: &[f64], b: &[f64]| {
            for (a, b) in a.iter().zip(b) {
                share.add((*a > 0.0) == (*b > 0.0));
            }
        };
        alike(&mut self.voicing, &own.f0_hz, &clean.f0_hz);
        alike(&mut self.praat_voicing, &praat.f0_hz, &clean_praat.f0_hz);
        self.praat_medians
            .push((median_hz(&praat.f0_hz) / median_hz(&clean_praat.f0_hz) - 1.0).abs());
        let why = own.left_out.get("pause_rate_per_min");
        if !why.is_some_and(|why| why.contains("background")) {
            self.pauses.add(&own.pauses_s, &clean.pauses_s, &clean.pauses_s);
        }
        for (moved, watched) in self.moved.iter_mut().zip(&WATCHED) {
            moved.add(watched, own, clean);
        }
    }
}

fn median_hz(f0_hz: &[f64]) -> f64 {
    let pitched: Vec<f64> = f0_hz.iter().copied().filter(|f0_hz| *f0_hz > 0.0).collect();
    quantile(&pitched, 0.5)
}

impl Moved {
    fn add(&mut self, watched: &Watched, own: &Own, clean: &Own) {
        let Some(before) = clean.features.get(watched.feature) else { return };
        let Some(after) = own.features.get(watched.feature) else {
            let why = ["sound", watched.withheld_as].iter().find_map(|key| own.left_out.get(*key));
            // Where words were not recognised there are no rates to move.
            if let Some(why) = why {
                *self.withheld.entry(why.clone()).or_default() += 1;
            }
            return;
        };
        let moved = match watched.way {
            Way::Share => (after / before - 1.0).abs(),
            Way::Difference => (after - before).abs(),
        };
        self.beyond += usize::from(moved > watched.tolerance);
        self.moves.push(moved);
    }
}

#[cfg(test)]
mod tests {
    use super::{Pauses, correlation, silences, spoken};

    #[test]
    fn breath_before_the_first_voice_and_after_the_last_is_no_speech() {
        let sounding = [[0.0, 0.3], [1.0, 2.0], [2.5, 2.8], [3.2, 4.0], [4.5, 4.7]];
        let mut f0_hz = vec![0.0; 500];
        f0_hz[110..190].fill(120.0);
        f0_hz[330..345].fill(110.0);
        // A few frames in which noise seems to have a pitch.
        f0_hz[452..456].fill(300.0);
        assert_eq!(spoken(&sounding, &f0_hz), sounding[1..4]);
        assert!(spoken(&sounding, &[0.0; 500]).is_empty());
    }

    #[test]
    fn a_pause_is_found_where_half_of_it_is_and_borderline_ones_count_as_either() {
        let speech = [[0.0, 1.1], [1.5, 3.0], [3.22, 5.3], [5.8, 7.0], [7.27, 9.0], [9.4, 10.0]];
        let own = [[1.0, 1.5], [3.0, 3.26], [5.0, 5.4]];
        let mut pauses = Pauses::default();
        pauses.add(&own, &silences(&speech, 0.2), &silences(&speech, 0.3));
        assert_eq!((pauses.confirmed.count, pauses.confirmed.of), (2, 3));
        assert_eq!((pauses.found.count, pauses.found.of), (1, 3));
        let mut strict = Pauses::default();
        strict.add(&own, &silences(&speech, 0.25), &silences(&speech, 0.25));
        assert_eq!((strict.confirmed.count, strict.found.of), (1, 4));
    }

    #[test]
    fn a_straight_line_correlates() {
        assert!((correlation(&[[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]]) - 1.0).abs() < 1e-9);
    }
}
