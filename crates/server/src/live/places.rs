//! Who may hold a spoken interview now, and who waits for a place. Knows no socket and no clock: it is
//! told the time.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant},
};

use interview::InterviewId;

use super::Connection;

/// A place in the queue, and a running interview's place that others wait for, is lost after so long
/// without a line.
pub const AWAY_MAX: Duration = Duration::from_secs(120);
/// The same for a place in which nothing has been said yet: long enough to load the page again.
pub const UNUSED_AWAY_MAX: Duration = Duration::from_secs(10);
/// A place that others wait for is lost when the interview is paused, or not begun, for so long.
pub const IDLE_MAX: Duration = Duration::from_secs(300);
/// The most that wait; whoever comes then is asked to come back later.
pub const WAITING_MAX: usize = 100;
/// An interview that goes on is never thought to be over sooner than this.
const REST_MIN: Duration = Duration::from_secs(60);

/// Somebody at the door.
#[derive(Debug, Clone, Copy)]
pub struct Visitor {
    /// Of which interview.
    pub interview: InterviewId,
    /// On which socket.
    pub connection: Connection,
    /// How long it is planned to take.
    pub planned: Duration,
    /// Whether it had a place before: it comes before those that had none.
    pub begun: bool,
}

/// Where a visitor stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It has a place.
    Admitted,
    /// It waits.
    Waits(Wait),
    /// Another socket of the same interview came after this one.
    Elsewhere,
    /// It is not in the queue any more.
    Gone,
    /// Even the queue is full.
    Full,
}

/// A place in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// From 1.
    pub position: u32,
    /// How many wait in all.
    pub waiting: u32,
    /// About how long it takes, whole minutes, from the planned rest of those before.
    pub minutes: u32,
}

/// Places and the queue for them.
#[derive(Debug, Default)]
pub struct Places {
    held: HashMap<InterviewId, Held>,
    queue: VecDeque<Waiting>,
}

#[derive(Debug)]
struct Held {
    connection: Option<Connection>,
    /// Since when it is paused, not begun, or without a line.
    idle_since: Option<Instant>,
    /// Something was said or typed since it got the place.
    used: bool,
    rest: Duration,
    rest_at: Instant,
}

#[derive(Debug)]
struct Waiting {
    visitor: Visitor,
    away_since: Option<Instant>,
}

impl Held {
    /// When others may have its place though it is not over.
    fn lost_at(&self) -> Option<Instant> {
        let patience = match (self.connection, self.used) {
            (Some(_), _) => IDLE_MAX,
            (None, true) => AWAY_MAX,
            (None, false) => UNUSED_AWAY_MAX,
        };
        self.idle_since.map(|since| since + patience)
    }

    /// How long until it is free, as far as that can be told.
    fn rest(&self, now: Instant) -> Duration {
        let planned = (self.rest_at + self.rest).saturating_duration_since(now).max(REST_MIN);
        let lost = self.lost_at().map(|at| at.saturating_duration_since(now));
        lost.map_or(planned, |lost| planned.min(lost))
    }
}

impl Places {
    /// Somebody says hello: goes on in the place that is there, or takes a free one, or waits. There
    /// are `limit` places in all.
    pub fn enter(&mut self, now: Instant, visitor: Visitor, limit: usize) -> Standing {
        self.tidy(now, limit);
        if let Some(held) = self.held.get_mut(&visitor.interview) {
            held.connection = Some(visitor.connection);
            // Whoever comes back counts as idle until something is said.
            held.idle_since = Some(now);
            return Standing::Admitted;
        }
        let known = self.queue.iter_mut().find(|one| one.visitor.interview == visitor.interview);
        if let Some(waiting) = known {
            waiting.visitor.connection = visitor.connection;
            waiting.away_since = None;
        } else if self.queue.len() >= WAITING_MAX {
            return Standing::Full;
        } else {
            let behind = |one: &Waiting| visitor.begun && !one.visitor.begun;
            let place = self.queue.iter().position(behind).unwrap_or(self.queue.len());
            self.queue.insert(place, Waiting { visitor, away_since: None });
        }
        self.standing(now, visitor.interview, visitor.connection, limit)
    }

    /// Where somebody who said hello stands now.
    pub fn standing(
        &mut self,
        now: Instant,
        interview: InterviewId,
        connection: Connection,
        limit: usize,
    ) -> Standing {
        self.tidy(now, limit);
        self.admit(now, limit);
        if let Some(held) = self.held.get(&interview) {
            let mine = held.connection == Some(connection);
            return if mine { Standing::Admitted } else { Standing::Elsewhere };
        }
        let place = self.queue.iter().position(|one| one.visitor.interview == interview);
        match place {
            Some(place) if self.queue[place].visitor.connection == connection => {
                Standing::Waits(self.wait(now, place, limit))
            }
            Some(_) => Standing::Elsewhere,
            None => Standing::Gone,
        }
    }

    /// The candidate begins or goes on; whether there still is a place for that.
    pub fn stir(&mut self, interview: InterviewId, connection: Connection) -> bool {
        let held = self.held.get_mut(&interview);
        let Some(held) = held.filter(|held| held.connection == Some(connection)) else {
            return false;
        };
        held.idle_since = None;
        held.used = true;
        true
    }

    /// The candidate takes a break.
    pub fn rest(&mut self, now: Instant, interview: InterviewId) {
        if let Some(held) = self.held.get_mut(&interview) {
            held.idle_since.get_or_insert(now);
        }
    }

    /// A socket is gone. Another one of the same interview is not touched.
    pub fn away(&mut self, now: Instant, interview: InterviewId, connection: Connection) {
        let held = self.held.get_mut(&interview);
        if let Some(held) = held.filter(|held| held.connection == Some(connection)) {
            held.connection = None;
            held.idle_since.get_or_insert(now);
        }
        let mine = |one: &&mut Waiting| {
            one.visitor.interview == interview && one.visitor.connection == connection
        };
        if let Some(waiting) = self.queue.iter_mut().find(mine) {
            waiting.away_since = Some(now);
        }
    }

    /// An interview needs no place any more.
    pub fn free(&mut self, interview: InterviewId) {
        self.held.remove(&interview);
    }

    /// Somebody does not want to wait any more, or the interview is deleted.
    pub fn leave(&mut self, interview: InterviewId) {
        self.free(interview);
        self.queue.retain(|one| one.visitor.interview != interview);
    }

    /// How long an interview is still planned to take.
    pub fn plan(&mut self, now: Instant, interview: InterviewId, rest: Duration) {
        if let Some(held) = self.held.get_mut(&interview) {
            (held.rest, held.rest_at) = (rest, now);
        }
    }

    /// How many have a place.
    pub fn held(&self) -> usize {
        self.held.len()
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// What a newcomer would be told now; `None` when there is a place.
    pub fn newcomer(&mut self, now: Instant, limit: usize) -> Option<Wait> {
        self.tidy(now, limit);
        let free = self.queue.is_empty() && self.held.len() < limit;
        (!free).then(|| self.wait(now, self.queue.len(), limit))
    }

    /// Whoever was away for too long loses the place in the queue; and places that nobody uses, longest
    /// first, go to those who wait.
    fn tidy(&mut self, now: Instant, limit: usize) {
        self.queue.retain(|one| {
            one.away_since.is_none_or(|since| now.saturating_duration_since(since) < AWAY_MAX)
        });
        let mut wanted = self.queue.iter().filter(|one| one.away_since.is_none()).count();
        while wanted > 0 && self.held.len() >= limit {
            let lost = self.held.iter().filter_map(|(id, held)| Some((held.lost_at()?, *id)));
            let Some((_, id)) = lost.filter(|(at, _)| *at <= now).min() else { return };
            self.held.remove(&id);
            wanted -= 1;
        }
    }

    /// Lets in whoever is there, in order, while there are places.
    fn admit(&mut self, now: Instant, limit: usize) {
        while self.held.len() < limit {
            let first = self.queue.iter().position(|one| one.away_since.is_none());
            let Some(one) = first.and_then(|place| self.queue.remove(place)) else { return };
            let held = Held {
                connection: Some(one.visitor.connection),
                idle_since: Some(now),
                used: false,
                rest: one.visitor.planned,
                rest_at: now,
            };
            self.held.insert(one.visitor.interview, held);
        }
    }

    /// What the one with this many before it is told: places are taken over in order, each as soon as
    /// whoever has it is planned to be through.
    fn wait(&self, now: Instant, place: usize, limit: usize) -> Wait {
        let mut free_in: Vec<Duration> = self.held.values().map(|held| held.rest(now)).collect();
        free_in.resize(free_in.len().max(limit.min(WAITING_MAX)).max(1), Duration::ZERO);
        for before in self.queue.iter().take(place) {
            if let Some(soonest) = free_in.iter_mut().min() {
                *soonest += before.visitor.planned;
            }
        }
        let soonest = free_in.into_iter().min().unwrap_or_default();
        let minutes = soonest.as_secs().div_ceil(60).max(1);
        Wait {
            position: u32::try_from(place + 1).unwrap_or(u32::MAX),
            waiting: u32::try_from(self.queue.len()).unwrap_or(u32::MAX),
            minutes: u32::try_from(minutes).unwrap_or(u32::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::new_id;

    const MINUTE: Duration = Duration::from_secs(60);

    /// Somebody with a new interview of twelve minutes.
    fn newcomer() -> Visitor {
        Visitor {
            interview: new_id!(InterviewId),
            connection: Connection::next(),
            planned: 12 * MINUTE,
            begun: false,
        }
    }

    /// The same person on another socket.
    fn again(visitor: Visitor) -> Visitor {
        Visitor { connection: Connection::next(), ..visitor }
    }

    fn waits(position: u32, waiting: u32, minutes: u32) -> Standing {
        Standing::Waits(Wait { position, waiting, minutes })
    }

    /// One place, which somebody has who has begun.
    fn taken(now: Instant) -> (Places, Visitor) {
        let (mut places, first) = (Places::default(), newcomer());
        assert_eq!(places.enter(now, first, 1), Standing::Admitted);
        assert!(places.stir(first.interview, first.connection));
        (places, first)
    }

    #[test]
    fn newcomers_wait_in_order_and_come_in_when_a_place_is_free() {
        let now = Instant::now();
        let (mut places, first) = taken(now);
        let (second, third) = (newcomer(), newcomer());
        assert_eq!(places.enter(now, second, 1), waits(1, 1, 12));
        assert_eq!(places.enter(now, third, 1), waits(2, 2, 24));
        let later = now + 5 * MINUTE;
        let standing = |places: &mut Places, one: Visitor| {
            places.standing(later, one.interview, one.connection, 1)
        };
        assert_eq!(standing(&mut places, second), waits(1, 2, 7));
        places.free(first.interview);
        assert_eq!(standing(&mut places, third), waits(1, 1, 5), "the second has not begun yet");
        assert_eq!(standing(&mut places, second), Standing::Admitted);
    }

    #[test]
    fn two_places_are_free_at_different_times() {
        let now = Instant::now();
        let mut places = Places::default();
        for minutes in [4, 9] {
            let one = newcomer();
            places.enter(now, one, 2);
            places.stir(one.interview, one.connection);
            places.plan(now, one.interview, minutes * MINUTE);
        }
        assert_eq!(places.enter(now, newcomer(), 2), waits(1, 1, 4));
        assert_eq!(places.enter(now, newcomer(), 2), waits(2, 2, 9));
        assert_eq!(places.enter(now, newcomer(), 2), waits(3, 3, 16));
    }

    #[test]
    fn a_reload_keeps_the_place_in_the_queue_and_a_long_absence_loses_it() {
        let now = Instant::now();
        let (mut places, first) = taken(now);
        let (second, third) = (newcomer(), newcomer());
        places.enter(now, second, 1);
        places.enter(now, third, 1);
        places.away(now, second.interview, second.connection);
        let back = again(second);
        let soon = now + MINUTE;
        assert_eq!(places.enter(soon, back, 1), waits(1, 2, 11));
        let old = places.standing(soon, second.interview, second.connection, 1);
        assert_eq!(old, Standing::Elsewhere);
        places.away(soon, second.interview, second.connection);
        places.away(soon, back.interview, back.connection);
        let late = soon + AWAY_MAX;
        assert_eq!(places.standing(late, third.interview, third.connection, 1), waits(1, 1, 9));
        let gone = places.standing(late, back.interview, back.connection, 1);
        assert_eq!(gone, Standing::Gone);
        places.free(first.interview);
    }

    #[test]
    fn whoever_is_away_holds_up_nobody_and_comes_first_afterwards() {
        let now = Instant::now();
        let (mut places, first) = taken(now);
        let (second, third) = (newcomer(), newcomer());
        places.enter(now, second, 1);
        places.enter(now, third, 1);
        places.away(now, second.interview, second.connection);
        places.free(first.interview);
        let admitted = places.standing(now, third.interview, third.connection, 1);
        assert_eq!(admitted, Standing::Admitted);
        assert_eq!(places.enter(now, again(second), 1), waits(1, 1, 5));
    }

    #[test]
    fn a_running_interview_keeps_its_place_over_a_short_break() {
        let now = Instant::now();
        let (mut places, first) = taken(now);
        let second = newcomer();
        places.enter(now, second, 1);
        places.away(now, first.interview, first.connection);
        let soon = now + AWAY_MAX - Duration::from_secs(1);
        let standing = places.standing(soon, second.interview, second.connection, 1);
        assert_eq!(standing, waits(1, 1, 1));
        assert_eq!(places.enter(soon, again(first), 1), Standing::Admitted);
    }

    #[test]
    fn a_lobby_that_was_left_holds_up_others_no_longer_than_a_reload() {
        let now = Instant::now();
        let (mut places, first, second) = (Places::default(), newcomer(), newcomer());
        places.enter(now, first, 1);
        places.enter(now, second, 1);
        places.away(now, first.interview, first.connection);
        let standing = |places: &mut Places, at: Instant| {
            places.standing(at, second.interview, second.connection, 1)
        };
        let soon = now + UNUSED_AWAY_MAX - Duration::from_secs(1);
        assert_eq!(standing(&mut places, soon), waits(1, 1, 1));
        assert_eq!(standing(&mut places, now + UNUSED_AWAY_MAX), Standing::Admitted);
    }

    #[test]
    fn a_place_that_nobody_uses_goes_on_and_its_owner_comes_back_before_newcomers() {
        let now = Instant::now();
        let (mut places, first) = taken(now);
        let (second, third) = (newcomer(), newcomer());
        places.enter(now, second, 1);
        places.rest(now, first.interview);
        let late = now + IDLE_MAX;
        let standing = places.standing(late, second.interview, second.connection, 1);
        assert_eq!(standing, Standing::Admitted);
        assert!(!places.stir(first.interview, first.connection), "the place is gone");
        assert!(places.stir(second.interview, second.connection));
        places.enter(late, third, 1);
        let back = Visitor { begun: true, ..first };
        assert_eq!(places.enter(late, back, 1), waits(1, 2, 12));
        let newer = places.standing(late, third.interview, third.connection, 1);
        assert_eq!(newer, waits(2, 2, 24));
    }

    #[test]
    fn a_break_costs_no_place_while_nobody_waits() {
        let now = Instant::now();
        let (mut places, first) = taken(now);
        places.rest(now, first.interview);
        let late = now + 100 * IDLE_MAX;
        assert_eq!(places.newcomer(late, 1).map(|wait| wait.position), Some(1));
        assert!(places.stir(first.interview, first.connection));
    }

    #[test]
    fn leaving_frees_the_place_in_the_queue_and_the_queue_has_an_end() {
        let now = Instant::now();
        let (mut places, _) = taken(now);
        let all: Vec<Visitor> = (0..WAITING_MAX).map(|_| newcomer()).collect();
        for one in &all {
            assert!(matches!(places.enter(now, *one, 1), Standing::Waits(_)));
        }
        let late = newcomer();
        assert_eq!(places.enter(now, late, 1), Standing::Full);
        places.leave(all[0].interview);
        assert!(matches!(places.enter(now, late, 1), Standing::Waits(_)));
        let next = places.standing(now, all[1].interview, all[1].connection, 1);
        assert_eq!(next, waits(1, 100, 12));
    }
}
