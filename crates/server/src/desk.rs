//! The desk where all engine work is handed in: a fixed number of workers do the most urgent piece
//! first, and interviews take turns.
//!
//! Voice activity is so quick that each room computes it itself, and one thread of its own speaks
//! (`live::speak`); everything else that takes the processor for long comes here. Under load captions
//! are made less often and the language model is not asked; what is behind the interviews waits.

mod queue;

use std::{
    future::Future,
    num::NonZero,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

use self::queue::{Hand, Put, Queue, Taken};
pub use self::queue::{Party, Stage};

/// From this delay on the language model is not asked for follow-ups: templates serve meanwhile.
const PROBES_UNTIL: Duration = Duration::from_millis(100);
/// From this delay on nobody else is let in, whatever the limit says.
const OVERLOADED: Duration = Duration::from_millis(400);

/// Why a piece of work gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotDone {
    /// A newer piece took its place.
    #[error("newer work took its place")]
    Replaced,
    /// Too much waited already.
    #[error("this machine has too much to do")]
    Full,
    /// It panicked; the panic is in the log.
    #[error("an engine broke off; see the log")]
    Failed,
    /// The server is stopping.
    #[error("the server is stopping")]
    Closed,
}

/// Does engine work. Dropped or closed, it begins nothing more.
pub struct Desk {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    arrived: Condvar,
}

struct State {
    queue: Queue<Box<dyn Piece>>,
    closed: bool,
}

/// A piece of work, and whoever waits for it.
trait Piece: Send {
    /// Does it and tells whoever waits.
    fn run(self: Box<Self>);
    /// Tells whoever waits why it is not done.
    fn fail(self: Box<Self>, why: NotDone);
    /// Whether anybody still waits.
    fn is_wanted(&self) -> bool;
}

struct Asked<F, T> {
    work: F,
    answer: oneshot::Sender<Result<T, NotDone>>,
}

impl<T: Send, F: FnOnce() -> T + Send> Piece for Asked<F, T> {
    fn run(self: Box<Self>) {
        let Self { work, answer } = *self;
        // What the work owned is dropped with it; engines recover their own locks.
        let done = catch_unwind(AssertUnwindSafe(work)).map_err(|_| NotDone::Failed);
        // Whoever asked may have gone meanwhile.
        let _ = answer.send(done);
    }

    fn fail(self: Box<Self>, why: NotDone) {
        let _ = self.answer.send(Err(why));
    }

    fn is_wanted(&self) -> bool {
        !self.answer.is_closed()
    }
}

impl Desk {
    /// A desk for a machine with so many processors: at least two workers, so that one is always free
    /// for what takes a fraction of a second, and one lane to the language model.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(processors: NonZero<usize>) -> std::io::Result<Self> {
        let desk = Self {
            shared: Arc::new(Shared {
                state: Mutex::new(State { queue: Queue::new(Instant::now()), closed: false }),
                arrived: Condvar::new(),
            }),
        };
        let others = processors.get().saturating_sub(1).max(1);
        let hands = [Hand::Quick, Hand::Probe].into_iter();
        for hand in hands.chain(std::iter::repeat_n(Hand::Any, others)) {
            let shared = Arc::clone(&desk.shared);
            let name = format!("desk-{hand:?}").to_lowercase();
            thread::Builder::new()
                .name(name)
                .stack_size(4 << 20)
                .spawn(move || shared.serve(hand))?;
        }
        Ok(desk)
    }

    /// Hands in work at once; what comes back gives its result when it is done. Work for which nobody
    /// waits any more when its turn comes is not begun.
    pub fn ask<T, F>(
        &self,
        stage: Stage,
        party: Party,
        work: F,
    ) -> impl Future<Output = Result<T, NotDone>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let (answer, asked) = oneshot::channel();
        let piece: Box<dyn Piece> = Box::new(Asked { work, answer });
        let mut state = self.shared.lock();
        let put = if state.closed {
            None
        } else {
            Some(state.queue.put(Instant::now(), stage, party, piece))
        };
        drop(state);
        match put {
            Some(Put::Waits) | None => {}
            Some(Put::Replaced(before)) => before.fail(NotDone::Replaced),
            Some(Put::Full(piece)) => piece.fail(NotDone::Full),
        }
        self.shared.arrived.notify_all();
        async move { asked.await.unwrap_or(Err(NotDone::Closed)) }
    }

    /// The next caption of a party keeps no distance from the one before.
    pub fn hurry_caption(&self, party: Party) {
        self.shared.lock().queue.make_due(Instant::now(), Stage::Caption, party);
        self.shared.arrived.notify_all();
    }

    /// How long quick work waits before it is begun, over the last seconds.
    pub fn delay(&self) -> Duration {
        self.shared.lock().queue.delay(Instant::now())
    }

    /// Whether there is time for follow-ups of the language model: they are the first to be left out.
    pub fn has_time_for_probes(&self) -> bool {
        self.delay() < PROBES_UNTIL
    }

    /// Whether running interviews wait for so long that nobody else should be let in.
    pub fn is_overloaded(&self) -> bool {
        self.delay() >= OVERLOADED
    }

    /// Whether work of an interview that goes on waits: what prepares for later stands back.
    pub fn live_work_waits(&self) -> bool {
        self.shared.lock().queue.live_work_waits(Instant::now())
    }

    /// Begins nothing more; whoever waits is told.
    pub fn close(&self) {
        let mut state = self.shared.lock();
        state.closed = true;
        let waiting = state.queue.drain();
        drop(state);
        self.shared.arrived.notify_all();
        for piece in waiting {
            piece.fail(NotDone::Closed);
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    /// No work is done while this is held, so the queue is whole whatever panicked.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a worker does all its life.
    fn serve(&self, hand: Hand) {
        while let Some((stage, party, piece)) = self.next(hand) {
            if piece.is_wanted() {
                piece.run();
            }
            self.lock().queue.done(Instant::now(), stage, party);
            // The party's next piece of this stage may have waited for this one.
            self.arrived.notify_all();
        }
    }

    /// The next piece; `None` when the desk is closed.
    fn next(&self, hand: Hand) -> Option<(Stage, Party, Box<dyn Piece>)> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            let now = Instant::now();
            state = match state.queue.take(now, hand) {
                Taken::Work(stage, party, piece) => return Some((stage, party, piece)),
                Taken::Nothing(None) => {
                    self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner)
                }
                Taken::Nothing(Some(due)) => {
                    let wait = self.arrived.wait_timeout(state, due.saturating_duration_since(now));
                    wait.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use interview::InterviewId;

    use super::*;
    use crate::new_id;

    fn desk(processors: usize) -> Desk {
        Desk::start(NonZero::new(processors).expect("some")).expect("threads")
    }

    fn interview() -> Party {
        Party::Interview(new_id!(InterviewId))
    }

    /// Holds up whoever does it until the sender is used or dropped, and says when it has begun.
    fn gate() -> (impl FnOnce() + Send + 'static, mpsc::Receiver<()>, mpsc::Sender<()>) {
        let (begun, has_begun) = mpsc::channel();
        let (open, opened) = mpsc::channel();
        let work = move || {
            begun.send(()).expect("the test waits");
            let _ = opened.recv();
        };
        (work, has_begun, open)
    }

    #[tokio::test]
    async fn long_work_does_not_hold_up_the_end_of_a_turn() {
        let desk = desk(1);
        let (work, begun, open) = gate();
        let words = desk.ask(Stage::Words, interview(), work);
        begun.recv().expect("it begins");
        let judging = desk.ask(Stage::Background, Party::Jobs, || "judged");
        assert_eq!(desk.ask(Stage::TurnEnd, interview(), || 0.9).await, Ok(0.9));
        drop(open);
        assert_eq!(words.await, Ok(()));
        assert_eq!(judging.await, Ok("judged"));
    }

    #[tokio::test]
    async fn a_panic_is_told_and_the_worker_goes_on() {
        let desk = desk(1);
        let party = interview();
        let broken = desk.ask(Stage::Words, party, || -> u32 { panic!("the model is broken") });
        assert_eq!(broken.await, Err(NotDone::Failed));
        assert_eq!(desk.ask(Stage::Words, party, || 1).await, Ok(1));
    }

    #[tokio::test]
    async fn a_caption_that_was_overtaken_is_told_so() {
        let desk = desk(1);
        let party = interview();
        let (work, begun, open) = gate();
        let first = desk.ask(Stage::Caption, party, work);
        begun.recv().expect("it begins");
        let second = desk.ask(Stage::Caption, party, || "second");
        let third = desk.ask(Stage::Caption, party, || "third");
        assert_eq!(second.await, Err(NotDone::Replaced));
        drop(open);
        assert_eq!(first.await, Ok(()));
        assert_eq!(third.await, Ok("third"));
    }

    #[tokio::test]
    async fn work_for_which_nobody_waits_is_not_begun() {
        let desk = desk(1);
        let party = interview();
        let (work, begun, open) = gate();
        let first = desk.ask(Stage::Words, party, work);
        begun.recv().expect("it begins");
        let (ran, has_run) = mpsc::channel::<()>();
        drop(desk.ask(Stage::Words, party, move || ran.send(())));
        drop(open);
        assert_eq!(first.await, Ok(()));
        assert_eq!(desk.ask(Stage::Words, party, || 1).await, Ok(1));
        assert!(has_run.recv().is_err(), "it was done for nobody");
    }

    #[tokio::test]
    async fn a_closed_desk_tells_whoever_waits_and_its_workers_go_home() {
        let desk = desk(2);
        let (work, begun, open) = gate();
        let running = desk.ask(Stage::Background, Party::Jobs, work);
        begun.recv().expect("it begins");
        let waiting = desk.ask(Stage::Background, Party::Jobs, || 1);
        let workers = Arc::downgrade(&desk.shared);
        desk.close();
        assert_eq!(waiting.await, Err(NotDone::Closed));
        assert_eq!(desk.ask(Stage::TurnEnd, interview(), || 1).await, Err(NotDone::Closed));
        drop(open);
        assert_eq!(running.await, Ok(()), "what had begun is finished");
        drop(desk);
        while workers.strong_count() > 0 {
            thread::yield_now();
        }
    }
}
