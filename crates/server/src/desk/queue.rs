//! Which piece of engine work comes next. Knows no thread and no clock: it is told the time.

use std::{
    collections::{BTreeMap, VecDeque},
    time::{Duration, Instant},
};

use interview::InterviewId;

/// The most parties whose work waits at one stage; rooms and device checks are bounded far below.
const PARTIES_MAX: usize = 1_000;
/// Share of a new delay in the smoothed one.
const DELAY_SHARE: f64 = 0.2;
/// A delay that was seen counts half after this long.
const DELAY_HALF: Duration = Duration::from_secs(5);
/// From this smoothed delay on captions are made less often.
const STRETCH_FROM: Duration = Duration::from_millis(200);
/// Captions of one interview keep a distance of so many times the delay: all of them together then
/// ask for a fraction of the time that is short.
const STRETCH_FACTOR: u32 = 4;
/// Captions keep no greater distance than this; words that are two seconds old still help.
const STRETCH_MAX: Duration = Duration::from_secs(2);

/// What a piece of work is for, most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Whether a turn is over: somebody waits for the interviewer.
    TurnEnd,
    /// What the interviewer needs to know before it answers a question.
    Reply,
    /// Captions.
    Caption,
    /// Accurate words of a segment that was just said.
    Words,
    /// What an answer lacks so far.
    Meaning,
    /// Judging and reports.
    Background,
    /// Follow-ups phrased by a language model, which has a lane of its own: its work is done in another
    /// process and only waited for here.
    Probe,
}

impl Stage {
    /// All, most urgent first.
    pub const ALL: [Self; 7] = [
        Self::TurnEnd,
        Self::Reply,
        Self::Caption,
        Self::Words,
        Self::Meaning,
        Self::Background,
        Self::Probe,
    ];

    /// How many pieces of one party may wait.
    const fn waiting_max(self) -> usize {
        match self {
            Self::TurnEnd | Self::Caption | Self::Meaning | Self::Probe => 1,
            Self::Reply => 2,
            Self::Words => 4,
            Self::Background => 8,
        }
    }

    /// Whether a newer piece takes the place of the one that waits; otherwise it is refused.
    const fn replaces(self) -> bool {
        matches!(self, Self::TurnEnd | Self::Caption | Self::Meaning | Self::Probe)
    }

    /// Whether somebody notices at once when it waits; the delay is measured on these.
    const fn is_quick(self) -> bool {
        matches!(self, Self::TurnEnd | Self::Reply | Self::Caption)
    }

    /// Whether it belongs to an interview that goes on and takes this machine's processors.
    const fn is_live(self) -> bool {
        !matches!(self, Self::Background | Self::Probe)
    }
}

/// For whom work is done; within a stage they take turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Party {
    /// An interview.
    Interview(InterviewId),
    /// A device check, by its number.
    Check(u64),
    /// The jobs behind the interviews.
    Jobs,
}

/// What a worker does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hand {
    /// Only what takes a fraction of a second, so that such work never waits for a long piece.
    Quick,
    /// Everything but what has a lane of its own.
    Any,
    /// Only waits for the language model.
    Probe,
}

impl Hand {
    const fn does(self, stage: Stage) -> bool {
        match self {
            Self::Quick => !matches!(stage, Stage::Words | Stage::Background | Stage::Probe),
            Self::Any => !matches!(stage, Stage::Probe),
            Self::Probe => matches!(stage, Stage::Probe),
        }
    }
}

/// What became of a piece that was handed in.
#[derive(Debug, PartialEq, Eq)]
pub enum Put<W> {
    /// It waits.
    Waits,
    /// It waits, and this one, which it took the place of, does not any more.
    Replaced(W),
    /// Too much waits already.
    Full(W),
}

/// What a worker is to do now.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken<W> {
    /// This; [`Queue::done`] is told when it is done.
    Work(Stage, Party, W),
    /// Nothing, until something comes in or this time has come.
    Nothing(Option<Instant>),
}

/// Work that waits.
pub struct Queue<W> {
    lanes: BTreeMap<Stage, VecDeque<Line<W>>>,
    delay: Duration,
    delay_at: Instant,
}

/// The work of one party at one stage.
struct Line<W> {
    party: Party,
    /// With the time since when it waits; a piece that replaces another one takes over its time.
    waiting: VecDeque<(Instant, W)>,
    running: bool,
    /// Captions keep their distance until then; and what waited for the same party's own work before it
    /// was held up by nobody.
    not_before: Instant,
}

impl<W> Line<W> {
    fn is_startable(&self) -> bool {
        !self.running && !self.waiting.is_empty()
    }
}

impl<W> Queue<W> {
    /// An empty one.
    pub fn new(now: Instant) -> Self {
        Self { lanes: BTreeMap::new(), delay: Duration::ZERO, delay_at: now }
    }

    /// Hands in a piece of work.
    pub fn put(&mut self, now: Instant, stage: Stage, party: Party, work: W) -> Put<W> {
        if stage == Stage::TurnEnd {
            // Whether the turn is over is told by its last words, too.
            self.make_due(now, Stage::Caption, party);
        }
        let lane = self.lanes.entry(stage).or_default();
        let place = lane.iter().position(|line| line.party == party);
        let line = match place {
            Some(place) => &mut lane[place],
            None if lane.len() >= PARTIES_MAX => return Put::Full(work),
            None => {
                let waiting = VecDeque::with_capacity(1);
                lane.push_back(Line { party, waiting, running: false, not_before: now });
                let last = lane.len() - 1;
                &mut lane[last]
            }
        };
        if line.waiting.len() < stage.waiting_max() {
            line.waiting.push_back((now, work));
            return Put::Waits;
        }
        match line.waiting.back_mut() {
            Some((_, before)) if stage.replaces() => Put::Replaced(std::mem::replace(before, work)),
            _ => Put::Full(work),
        }
    }

    /// What a party waits for at a stage keeps no distance any more.
    pub fn make_due(&mut self, now: Instant, stage: Stage, party: Party) {
        let lane = self.lanes.entry(stage).or_default();
        if let Some(line) = lane.iter_mut().find(|line| line.party == party) {
            line.not_before = line.not_before.min(now);
        }
    }

    /// What `hand` does now: the most urgent stage, and in it whoever has waited for a turn longest. Of
    /// one party at most one piece of a stage is worked on at a time, so that results keep their order.
    pub fn take(&mut self, now: Instant, hand: Hand) -> Taken<W> {
        let mut next_due: Option<Instant> = None;
        let spacing = self.caption_spacing(now);
        for stage in Stage::ALL.into_iter().filter(|stage| hand.does(*stage)) {
            let Some(lane) = self.lanes.get_mut(&stage) else { continue };
            lane.retain(|line| line.running || !line.waiting.is_empty() || line.not_before > now);
            let due = |line: &Line<W>| line.is_startable() && line.not_before <= now;
            let Some(place) = lane.iter().position(due) else {
                let later = lane.iter().filter(|line| line.is_startable());
                next_due = later.map(|line| line.not_before).chain(next_due).min();
                continue;
            };
            let Some(mut line) = lane.remove(place) else { continue };
            let Some((since, work)) = line.waiting.pop_front() else { continue };
            let since = since.max(line.not_before);
            line.running = true;
            if stage == Stage::Caption {
                line.not_before = now + spacing;
            }
            let party = line.party;
            lane.push_back(line);
            if stage.is_quick() {
                self.observe(now, now.saturating_duration_since(since));
            }
            return Taken::Work(stage, party, work);
        }
        Taken::Nothing(next_due)
    }

    /// A piece that was taken is done.
    pub fn done(&mut self, now: Instant, stage: Stage, party: Party) {
        let lane = self.lanes.entry(stage).or_default();
        if let Some(line) = lane.iter_mut().find(|line| line.party == party) {
            line.running = false;
            line.not_before = line.not_before.max(now);
        }
    }

    /// Everything that waits, which is then forgotten.
    pub fn drain(&mut self) -> Vec<W> {
        let lanes = std::mem::take(&mut self.lanes).into_values();
        lanes.flatten().flat_map(|line| line.waiting).map(|(_, work)| work).collect()
    }

    /// Whether work of an interview that goes on waits and could be done.
    pub fn live_work_waits(&self, now: Instant) -> bool {
        self.waiting(now).any(|(stage, _)| stage.is_live())
    }

    /// How long quick work waits before it is begun: smoothed over the last seconds, and no less than
    /// what waits right now has waited.
    pub fn delay(&self, now: Instant) -> Duration {
        let quick = self.waiting(now).filter(|(stage, _)| stage.is_quick());
        let waited = quick.map(|(_, since)| now.saturating_duration_since(since)).max();
        self.faded(now).max(waited.unwrap_or_default())
    }

    /// The least distance between two captions of one interview.
    pub fn caption_spacing(&self, now: Instant) -> Duration {
        let delay = self.delay(now);
        if delay < STRETCH_FROM {
            Duration::ZERO
        } else {
            (delay * STRETCH_FACTOR).min(STRETCH_MAX)
        }
    }

    /// The stages of what waits and is due, with the times since when.
    fn waiting(&self, now: Instant) -> impl Iterator<Item = (Stage, Instant)> {
        let lanes =
            self.lanes.iter().flat_map(|(stage, lane)| lane.iter().map(|line| (*stage, line)));
        let due = lanes.filter(move |(_, line)| line.is_startable() && line.not_before <= now);
        due.filter_map(|(stage, line)| {
            let (since, _) = line.waiting.front()?;
            Some((stage, (*since).max(line.not_before)))
        })
    }

    fn observe(&mut self, now: Instant, waited: Duration) {
        let before = self.faded(now).as_secs_f64();
        let smoothed = before + (waited.as_secs_f64() - before) * DELAY_SHARE;
        self.delay = Duration::from_secs_f64(smoothed.max(0.0));
        self.delay_at = now;
    }

    fn faded(&self, now: Instant) -> Duration {
        let halves = now.saturating_duration_since(self.delay_at).as_secs_f64();
        self.delay.mul_f64(0.5_f64.powf(halves / DELAY_HALF.as_secs_f64()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::new_id;

    fn interview() -> Party {
        Party::Interview(new_id!(InterviewId))
    }

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn begin() -> Instant {
        Instant::now()
    }

    /// Takes and finishes everything in the order in which one worker does it.
    fn order(queue: &mut Queue<&'static str>, now: Instant, hand: Hand) -> Vec<&'static str> {
        let mut done = Vec::new();
        while let Taken::Work(stage, party, work) = queue.take(now, hand) {
            queue.done(now, stage, party);
            done.push(work);
        }
        done
    }

    #[test]
    fn what_somebody_waits_for_comes_before_what_can_wait() {
        let (now, one) = (begin(), interview());
        let mut queue = Queue::new(now);
        for (stage, work) in [
            (Stage::Background, "judging"),
            (Stage::Probe, "probe"),
            (Stage::Meaning, "lacks"),
            (Stage::Words, "words"),
            (Stage::Caption, "caption"),
            (Stage::Reply, "notes"),
            (Stage::TurnEnd, "turn end"),
        ] {
            assert_eq!(queue.put(now, stage, one, work), Put::Waits);
        }
        let quick = order(&mut queue, now, Hand::Quick);
        assert_eq!(quick, ["turn end", "notes", "caption", "lacks"]);
        assert_eq!(order(&mut queue, now, Hand::Probe), ["probe"]);
        assert_eq!(order(&mut queue, now, Hand::Any), ["words", "judging"]);
    }

    #[test]
    fn interviews_take_turns_however_much_one_of_them_wants() {
        let (now, one, two, three) = (begin(), interview(), interview(), interview());
        let mut queue = Queue::new(now);
        for work in ["a1", "a2", "a3"] {
            queue.put(now, Stage::Words, one, work);
        }
        queue.put(now, Stage::Words, two, "b1");
        queue.put(now, Stage::Words, three, "c1");
        queue.put(now, Stage::Words, two, "b2");
        assert_eq!(order(&mut queue, now, Hand::Any), ["a1", "b1", "c1", "a2", "b2", "a3"]);
    }

    #[test]
    fn a_newer_caption_takes_the_place_of_the_one_that_waits() {
        let (now, one) = (begin(), interview());
        let mut queue = Queue::new(now);
        assert_eq!(queue.put(now, Stage::Caption, one, "We had"), Put::Waits);
        let newer = queue.put(now, Stage::Caption, one, "We had an outage");
        assert_eq!(newer, Put::Replaced("We had"));
        assert_eq!(order(&mut queue, now, Hand::Quick), ["We had an outage"]);
    }

    #[test]
    fn words_beyond_the_bound_are_refused_and_nobody_elses() {
        let (now, one, two) = (begin(), interview(), interview());
        let mut queue = Queue::new(now);
        for _ in 0..Stage::Words.waiting_max() {
            assert_eq!(queue.put(now, Stage::Words, one, "a"), Put::Waits);
        }
        assert_eq!(queue.put(now, Stage::Words, one, "a"), Put::Full("a"));
        assert_eq!(queue.put(now, Stage::Words, two, "b"), Put::Waits);
    }

    #[test]
    fn two_workers_never_do_the_same_stage_of_one_interview() {
        let (now, one, two) = (begin(), interview(), interview());
        let mut queue = Queue::new(now);
        queue.put(now, Stage::Caption, one, "first");
        assert_eq!(queue.take(now, Hand::Quick), Taken::Work(Stage::Caption, one, "first"));
        queue.put(now, Stage::Caption, one, "second");
        queue.put(now, Stage::Caption, two, "other");
        assert_eq!(queue.take(now, Hand::Any), Taken::Work(Stage::Caption, two, "other"));
        assert!(matches!(queue.take(now, Hand::Any), Taken::Nothing(_)));
        queue.done(now, Stage::Caption, one);
        assert_eq!(queue.take(now, Hand::Any), Taken::Work(Stage::Caption, one, "second"));
    }

    /// A queue in which a caption of `party` is begun after it has waited for a second.
    fn slow(now: Instant, party: Party) -> Queue<&'static str> {
        let mut queue = Queue::new(now);
        queue.put(now, Stage::Caption, party, "early");
        assert_eq!(order(&mut queue, now + ms(1_000), Hand::Quick), ["early"]);
        queue
    }

    #[test]
    fn under_load_captions_keep_a_distance_but_not_from_the_end_of_a_turn() {
        let (now, one) = (begin(), interview());
        let mut queue = slow(now, one);
        let now = now + ms(1_000);
        assert_eq!(queue.delay(now), ms(200));
        queue.put(now, Stage::Caption, one, "late");
        let Taken::Nothing(Some(due)) = queue.take(now, Hand::Quick) else {
            panic!("the caption does not keep its distance");
        };
        assert!(due > now + ms(400) && due <= now + STRETCH_MAX);
        assert!(!queue.live_work_waits(now), "what is not due does not hold up jobs");
        queue.put(now, Stage::TurnEnd, one, "turn end");
        assert_eq!(order(&mut queue, now, Hand::Quick), ["turn end", "late"]);
    }

    #[test]
    fn the_delay_fades_when_nothing_waits_and_grows_with_what_waits() {
        let (now, one) = (begin(), interview());
        let mut queue = slow(now, one);
        let now = now + ms(1_000) + DELAY_HALF;
        assert_eq!(queue.delay(now), ms(100));
        queue.put(now, Stage::TurnEnd, one, "turn end");
        assert_eq!(queue.delay(now + ms(700)), ms(700));
        assert!(queue.live_work_waits(now));
    }

    #[test]
    fn an_interview_that_waits_for_its_own_work_is_no_load() {
        let (now, one) = (begin(), interview());
        let mut queue = Queue::new(now);
        queue.put(now, Stage::Caption, one, "We had");
        assert!(matches!(queue.take(now, Hand::Quick), Taken::Work(..)));
        queue.put(now + ms(100), Stage::Caption, one, "We had an outage");
        assert_eq!(queue.delay(now + ms(900)), Duration::ZERO);
        queue.done(now + ms(900), Stage::Caption, one);
        assert_eq!(order(&mut queue, now + ms(900), Hand::Quick), ["We had an outage"]);
        assert_eq!(queue.delay(now + ms(900)), Duration::ZERO);
    }

    #[test]
    fn what_waits_can_be_drained() {
        let (now, one) = (begin(), interview());
        let mut queue = Queue::new(now);
        queue.put(now, Stage::Words, one, "words");
        queue.put(now, Stage::Background, Party::Jobs, "judging");
        assert_eq!(queue.drain(), ["words", "judging"]);
        assert_eq!(queue.take(now, Hand::Any), Taken::Nothing(None));
    }
}
