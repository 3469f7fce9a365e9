//! What all parts of the server share.

use std::{path::PathBuf, sync::Arc};

use anyhow::Context;
use interview::{Bank, PersonId};
use jiff::Timestamp;
use store::Store;
use tokio::runtime::Handle;

use crate::{
    config::Config,
    content,
    engine_room::EngineRoom,
    http::{camera::Takes, guard::Guard},
    jobs,
    live::{Registry, check::Playing},
    model_judge::Bench,
    new_id,
};

/// What all parts of the server share.
pub struct App {
    /// The bank of questions, formats, personas and rubrics.
    pub bank: Bank,
    /// Rows and files.
    pub store: Store,
    /// The engines that are here.
    pub engines: EngineRoom,
    /// Interviews that go on.
    pub live: Registry,
    /// Camera recordings that are coming in.
    pub takes: Takes,
    /// The line of the loudspeaker's check, while it is played.
    pub playing: Playing,
    /// Who may talk to the server.
    pub guard: Arc<Guard>,
    /// The one local person.
    pub person: PersonId,
    /// The data folder.
    pub folder: PathBuf,
    /// Rings when background work was queued.
    pub work: tokio::sync::Notify,
    /// Rings when a language model has something to judge.
    pub model_work: tokio::sync::Notify,
    /// The self-test of the language model that judges.
    pub judge_bench: Bench,
}

impl App {
    /// Opens everything that a server on `port` needs, or that a command works on. No engine is
    /// loaded and no work is begun. Must be called inside of a Tokio runtime.
    ///
    /// # Errors
    /// When the data folder cannot be made, the database cannot be opened or brought up to date, or
    /// the built-in content is not valid.
    pub async fn open(config: &Config, port: u16) -> anyhow::Result<Arc<Self>> {
        let folder = config.data.folder()?;
        std::fs::create_dir_all(&folder).with_context(|| {
            format!(
                "cannot make {}; set GREENROOM_DATA to a folder you may write to",
                folder.display()
            )
        })?;
        let store = jobs::open_store(&config.data.database_url()?, &folder).await?;
        let person = store.local_person(new_id!(PersonId), world::now()).await?.id;
        let token: String =
            world::random::<24>().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Arc::new(Self {
            bank: content::bank()?,
            engines: EngineRoom::new(config.data.models()?, store.clone(), Handle::current())?
                .with_voice(config.voice),
            live: Registry::new(config.live.interviews_max),
            takes: Takes::default(),
            playing: Playing::default(),
            guard: Arc::new(Guard::new(port, &config.listen.hosts, token)),
            person,
            folder,
            work: tokio::sync::Notify::new(),
            model_work: tokio::sync::Notify::new(),
            judge_bench: Bench::default(),
            store,
        }))
    }
}

/// The shell's clock and random source: the only place that asks the world for them.
pub mod world {
    use super::Timestamp;

    /// The time of the calendar.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the shell's one clock")]
    pub fn now() -> Timestamp {
        Timestamp::now()
    }

    /// Random bytes from the system.
    ///
    /// # Panics
    /// When the system has no random source, without which nothing here can be safe.
    #[must_use]
    pub fn random<const N: usize>() -> [u8; N] {
        let mut bytes = [0; N];
        getrandom::fill(&mut bytes).expect("the system has a random source");
        bytes
    }

    /// Milliseconds since 1970 and ten random bytes: what a new id is made of.
    #[must_use]
    pub fn id_parts() -> (u64, [u8; 10]) {
        (u64::try_from(now().as_millisecond()).unwrap_or(0), random())
    }
}

/// A new id of any kind: `new_id!(InterviewId)`.
#[macro_export]
macro_rules! new_id {
    ($kind:ty) => {{
        let (unix_ms, random) = $crate::app::world::id_parts();
        <$kind>::new(unix_ms, random)
    }};
}
