//! The recordings of an interview that is over become lossless files. Nothing waits for it: the logs can be
//! read as well.

use interview::{InterviewId, RecordingId};
use store::{InterviewState, Job, StreamKind};

use super::COMPACT;
use crate::{
    app::{App, world},
    new_id,
};

/// Queues it behind the work that somebody waits for, which is due since long ago.
pub(super) async fn queue(app: &App, interview: &store::Interview) -> Result<(), store::Error> {
    super::queue(app, interview, COMPACT, interview.id.to_string(), world::now()).await
}

/// Compacts the microphones of the interview that `job` is about.
pub(super) async fn run(app: &App, job: &Job) -> anyhow::Result<()> {
    let id: InterviewId = job.subject.parse()?;
    if app.store.interview(id).await?.state == InterviewState::Running {
        return Ok(());
    }
    for stream in app.store.streams(id).await? {
        if stream.kind == StreamKind::Microphone && stream.finished.is_none() {
            app.store.finish_stream(stream.id, new_id!(RecordingId), world::now()).await?;
        }
    }
    Ok(())
}
