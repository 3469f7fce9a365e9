//! Interviews that go on: one [`room`] each, a task of its own that owns the conversation, and the
//! sockets that browsers open to them. How many may be spoken at once is limited by what this machine
//! can hear at the speed of talk; whoever comes then waits for one of the [`places`].

pub mod check;
pub mod clock;
pub mod ear;
pub mod frame;
pub mod meter;
pub mod notes;
pub mod places;
mod room;
pub mod socket;
pub mod speak;
pub mod transcript;
pub mod view;

use std::{
    collections::HashMap,
    num::NonZero,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use interview::{InterviewId, Us};
use tokio::sync::{mpsc, watch};

pub use room::{Closed, Connection, Event, Outgoing};

use self::places::{Places, Standing, Visitor, Wait};
use crate::{app::App, engine_room::processors};

/// The most events that wait for a room; whoever sends more waits, the browser included. Frames are at
/// most 20 kB, so this is 20 MB at the very worst and 2 MB as browsers send them.
const EVENTS_MAX: usize = 1_000;

/// The most rooms that are open, typed interviews and those that were left lately among them.
const ROOMS_MAX: usize = 200;
/// More spoken interviews at once than this need more than processors: captions and accurate words
/// are each made by one engine, which does one piece after another, at 0.32 and 0.15 to 0.22 of the
/// time that was spoken.
const SPOKEN_MAX: usize = 6;

/// How many spoken interviews go on at once unless the configuration says otherwise: two for each processor.
/// Two processors hold six with captions within a second (`cargo xtask bench live`, p95); the rest is for the
/// language model, the reports and slower machines.
#[must_use]
pub fn spoken_for(processors: NonZero<usize>) -> usize {
    (processors.get() * 2).clamp(1, SPOKEN_MAX)
}

/// The rooms of this server, and the places in them.
pub struct Registry {
    rooms: Mutex<HashMap<InterviewId, mpsc::Sender<Event>>>,
    places: Mutex<Places>,
    /// Told whenever a place may have become free.
    moved: watch::Sender<()>,
    /// Where words of a room are on their way: the begin of the first segment that has none yet.
    finding: watch::Sender<HashMap<InterviewId, Us>>,
    /// The configured limit.
    spoken_max: Option<NonZero<usize>>,
}

/// How busy the rooms are.
#[derive(Debug, Clone, Copy)]
pub struct Occupancy {
    /// Spoken interviews that have a place.
    pub held: usize,
    /// How many may have one; `None` where nothing can be spoken, and so nothing is limited.
    pub limit: Option<usize>,
    /// How many wait.
    pub waiting: usize,
    /// What a newcomer would be told; `None` when there is a place.
    pub newcomer: Option<Wait>,
}

impl Registry {
    /// Nobody is here yet. There are `spoken_max` places, or as many as fit this machine.
    #[must_use]
    pub fn new(spoken_max: Option<NonZero<usize>>) -> Self {
        Self {
            rooms: Mutex::default(),
            places: Mutex::default(),
            moved: watch::Sender::new(()),
            finding: watch::Sender::default(),
            spoken_max,
        }
    }

    /// Somebody says hello and wants to speak: where it stands.
    ///
    /// # Errors
    /// When the interview is not stored, is over, or cannot be read.
    pub async fn ask(
        app: &App,
        interview: InterviewId,
        connection: Connection,
    ) -> Result<Standing, Closed> {
        let stored = room::stored(app, interview).await?;
        let planned = Duration::from_secs(60) * conversation::plan::minutes_of(&stored.plan);
        let begun = stored.started.is_some();
        let visitor = Visitor { interview, connection, planned, begun };
        let limit = Self::limit_now(app);
        let standing = app.live.places().enter(Instant::now(), visitor, limit);
        app.live.moved.send_replace(());
        Ok(standing)
    }

    /// Where somebody who said hello stands now.
    pub fn standing(app: &App, interview: InterviewId, connection: Connection) -> Standing {
        let limit = Self::limit_now(app);
        let mut places = app.live.places();
        let before = (places.held(), places.waiting());
        let standing = places.standing(Instant::now(), interview, connection, limit);
        if (places.held(), places.waiting()) != before {
            app.live.moved.send_replace(());
        }
        standing
    }

    /// How busy the rooms are.
    pub fn occupancy(app: &App) -> Occupancy {
        let (limit, limit_now) = (Self::limit(app), Self::limit_now(app));
        let mut places = app.live.places();
        let newcomer = places.newcomer(Instant::now(), limit_now);
        let (held, waiting) = (places.held(), places.waiting());
        Occupancy { held, limit, waiting, newcomer }
    }

    /// How many places there are: as configured, else as fits this machine where it can hear at all.
    fn limit(app: &App) -> Option<usize> {
        match app.live.spoken_max {
            Some(spoken_max) => Some(spoken_max.get()),
            None => app.engines.current().can_listen().then(|| spoken_for(processors())),
        }
    }

    /// The same, or as many as are taken while the engines cannot keep up with those.
    fn limit_now(app: &App) -> usize {
        let limit = Self::limit(app).unwrap_or(usize::MAX);
        if app.engines.desk().is_overloaded() {
            limit.min(app.live.places().held().max(1))
        } else {
            limit
        }
    }

    /// Told whenever a place may have become free.
    pub fn moves(&self) -> watch::Receiver<()> {
        self.moved.subscribe()
    }

    /// The candidate begins or goes on; whether there still is a place for that.
    pub fn stir(&self, interview: InterviewId, connection: Connection) -> bool {
        self.places().stir(interview, connection)
    }

    /// The candidate takes a break.
    pub fn rest(&self, interview: InterviewId) {
        self.places().rest(Instant::now(), interview);
        self.moved.send_replace(());
    }

    /// A socket is gone.
    pub fn away(&self, interview: InterviewId, connection: Connection) {
        self.places().away(Instant::now(), interview, connection);
        self.moved.send_replace(());
    }

    /// The words of an interview's sound from this time on are on their way; `None` when none are.
    fn find_words(&self, interview: InterviewId, from_us: Option<Us>) {
        self.finding.send_if_modified(|finding| match from_us {
            Some(from_us) => finding.insert(interview, from_us) != Some(from_us),
            None => finding.remove(&interview).is_some(),
        });
    }

    /// Waits until no words that were said in an interview before `to_us` are on their way, but not for
    /// longer than `time_max`.
    pub async fn words_found(&self, interview: InterviewId, to_us: Us, time_max: Duration) {
        let mut finding = self.finding.subscribe();
        let found = finding
            .wait_for(|finding| finding.get(&interview).is_none_or(|from_us| *from_us >= to_us));
        // Nothing more is to be done when it took too long.
        let _ = tokio::time::timeout(time_max, found).await;
    }

    /// An interview needs no place any more.
    pub fn free(&self, interview: InterviewId) {
        self.places().free(interview);
        self.moved.send_replace(());
    }

    /// Somebody does not want to wait any more, or the interview is deleted.
    pub fn leave(&self, interview: InterviewId) {
        self.places().leave(interview);
        self.moved.send_replace(());
    }

    /// How long an interview is still planned to take.
    pub(crate) fn plan(&self, interview: InterviewId, rest: Duration) {
        self.places().plan(Instant::now(), interview, rest);
    }

    /// The way into an interview's room, which is opened when it is not open yet.
    ///
    /// # Errors
    /// When the interview is not stored, is over, or cannot be restored, or too many rooms are open.
    pub async fn enter(
        app: &Arc<App>,
        interview: InterviewId,
    ) -> Result<mpsc::Sender<Event>, Closed> {
        if let Some(sender) = app.live.open_room(interview) {
            return Ok(sender);
        }
        if app.live.lock().len() >= ROOMS_MAX {
            return Err(Closed::Full);
        }
        let room = room::Room::open(Arc::clone(app), interview).await?;
        let (sender, receiver) = mpsc::channel(EVENTS_MAX);
        {
            let mut rooms = app.live.lock();
            // Somebody else may have opened it while this one was being restored.
            if let Some(other) = rooms.get(&interview).filter(|other| !other.is_closed()) {
                return Ok(other.clone());
            }
            rooms.insert(interview, sender.clone());
        }
        let own = sender.clone();
        let app = Arc::clone(app);
        tokio::spawn(async move {
            room.run(receiver, own).await;
            app.live.lock().remove(&interview);
            app.live.find_words(interview, None);
            app.live.free(interview);
        });
        Ok(sender)
    }

    /// Tells the room of an interview, if it is open, to close: it is being deleted.
    pub async fn close(&self, interview: InterviewId) {
        self.leave(interview);
        if let Some(sender) = self.open_room(interview) {
            let (done, closed) = tokio::sync::oneshot::channel();
            if sender.send(Event::Delete { done }).await.is_ok() {
                let _ = closed.await;
            }
        }
    }

    /// Closes all rooms after what they were told; their interviews can be entered again later.
    pub async fn close_all(&self) {
        let open: Vec<InterviewId> = self.lock().keys().copied().collect();
        for interview in open {
            self.close(interview).await;
        }
    }

    fn open_room(&self, interview: InterviewId) -> Option<mpsc::Sender<Event>> {
        self.lock().get(&interview).filter(|sender| !sender.is_closed()).cloned()
    }

    /// The map is whole whatever panicked while holding it.
    fn lock(&self) -> MutexGuard<'_, HashMap<InterviewId, mpsc::Sender<Event>>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// So are the places.
    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_judges_an_answer_waits_for_its_words_and_for_no_others() {
        let registry = Registry::new(None);
        let interview = crate::new_id!(InterviewId);
        let long = Duration::from_secs(3_600);
        registry.words_found(interview, 10, long).await;
        registry.find_words(interview, Some(10));
        registry.words_found(interview, 10, long).await;
        let waiting = registry.words_found(interview, 20, long);
        tokio::pin!(waiting);
        assert!(futures::poll!(&mut waiting).is_pending(), "what began at 10 is part of it");
        registry.find_words(interview, Some(20));
        waiting.await;
        registry.words_found(interview, 40, Duration::ZERO).await;
        registry.find_words(interview, None);
        registry.words_found(interview, 40, long).await;
    }

    #[test]
    fn the_limit_follows_the_processors() {
        let limits = [1, 2, 4, 64].map(|count| spoken_for(NonZero::new(count).expect("some")));
        assert_eq!(limits, [2, 4, 6, 6]);
    }
}
