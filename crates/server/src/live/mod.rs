//! Interviews that go on: one [`room`] each, a task of its own that owns the conversation, and the
//! sockets that browsers open to them.

pub mod check;
pub mod clock;
pub mod ear;
pub mod frame;
pub mod meter;
pub mod notes;
mod room;
pub mod socket;
pub mod speak;
pub mod transcript;
pub mod view;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use interview::InterviewId;
use tokio::sync::mpsc;

pub use room::{Connection, Event, Outgoing};

use crate::app::App;

/// The most events that wait for a room: ten minutes of frames sent again after a lost line.
const EVENTS_MAX: usize = 20_000;

/// The rooms of this server.
#[derive(Default)]
pub struct Registry {
    rooms: Mutex<HashMap<InterviewId, mpsc::Sender<Event>>>,
}

impl Registry {
    /// The way into an interview's room, which is opened when it is not open yet.
    ///
    /// # Errors
    /// When the interview is not stored, is over, or cannot be restored.
    pub async fn enter(
        app: &Arc<App>,
        interview: InterviewId,
    ) -> Result<mpsc::Sender<Event>, room::Closed> {
        if let Some(sender) = app.live.open_room(interview) {
            return Ok(sender);
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
        });
        Ok(sender)
    }

    /// Tells the room of an interview, if it is open, to close: it is being deleted.
    pub async fn close(&self, interview: InterviewId) {
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
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<InterviewId, mpsc::Sender<Event>>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
