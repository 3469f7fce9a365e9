//! The engines that are here, loaded once and shared, and the models that can still be fetched.

use std::{
    num::NonZero,
    path::{Path, PathBuf},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

use anyhow::Context;
#[cfg(test)]
use engines::scripted::LoudnessActivity;
use engines::{
    Captions, Embedder, LanguageModel, Recogniser, TurnEnd, Voice,
    catalogue::{Board, Catalogue, Fetch, Origins, Phase, State},
    language::{OpenAi, OpenAiSettings, Worker, WorkerSettings},
    listen::RUNTIME_FILE,
    runtime::Runtime,
};
use interview::Us;
use store::Store;
use tokio::runtime::Handle;

use crate::{
    config::{self, LanguageMode, VoiceEngine},
    desk::Desk,
    jobs::hearing::{Instruments, OpenEar},
    live::{ear::Ear, speak::Speaker},
    wire::status::{Abilities, Model, ModelState},
};

/// The longest that a follow-up may take to phrase; later it would be of no use.
const COMPLETION_MS_MAX: u64 = 20_000;
/// Threads of one engine: several engines work at the same time, and browsers beside them.
const THREADS: usize = 1;

/// The engines that are here.
#[derive(Clone, Default)]
pub struct Engines {
    open_ear: Option<Arc<OpenEar>>,
    turn_end: Option<Arc<dyn TurnEnd>>,
    captions: Option<Arc<dyn Captions>>,
    recogniser: Option<Arc<dyn Recogniser>>,
    embedder: Option<Arc<dyn Embedder>>,
    /// Speaks the interviewer's lines.
    pub speaker: Option<Arc<Speaker>>,
    language: Option<Arc<dyn LanguageModel>>,
}

impl Engines {
    /// Whatever of the listening engines loads from `models`. Takes seconds.
    #[must_use]
    pub fn listening(models: &Path) -> Self {
        let loaded = engines::listen::load(models, THREADS);
        for problem in &loaded.missing {
            tracing::info!("{problem}");
        }
        Self {
            open_ear: loaded.voice_activity.map(|model| -> Arc<OpenEar> {
                Arc::new(move |start_us| Ok(Ear::new(Box::new(model.stream()), start_us)))
            }),
            turn_end: loaded.turn_end.map(Arc::from),
            captions: loaded.captions.map(Arc::from),
            recogniser: loaded.recogniser.map(Arc::from),
            embedder: loaded.embedder.map(Arc::from),
            speaker: None,
            language: None,
        }
    }

    /// Engines that take loud sound for speech, and whose captions are `captions`.
    #[cfg(test)]
    pub(crate) fn scripted(captions: Arc<dyn Captions>) -> Self {
        let open = |start_us| Ok(Ear::new(Box::new(LoudnessActivity), start_us));
        Self { open_ear: Some(Arc::new(open)), captions: Some(captions), ..Self::default() }
    }

    /// Whether spoken answers can be understood: voice activity, and words of some kind.
    #[must_use]
    pub fn can_listen(&self) -> bool {
        self.open_ear.is_some() && (self.recogniser.is_some() || self.captions.is_some())
    }

    /// An ear for a stream that begins at `start_us`.
    ///
    /// # Errors
    /// When voice activity is not here.
    pub fn ear(&self, start_us: Us) -> Result<Ear, engines::Error> {
        match &self.open_ear {
            Some(open) => open(start_us),
            None => Err(engines::Error::Missing {
                purpose: "voice activity",
                path: PathBuf::from("silero-vad"),
            }),
        }
    }

    /// Judges by sound whether a turn is over.
    #[must_use]
    pub fn turn_end(&self) -> Option<Arc<dyn TurnEnd>> {
        self.turn_end.clone()
    }

    /// Makes captions.
    #[must_use]
    pub fn captions(&self) -> Option<Arc<dyn Captions>> {
        self.captions.clone()
    }

    /// Finds accurate words.
    #[must_use]
    pub fn recogniser(&self) -> Option<Arc<dyn Recogniser>> {
        self.recogniser.clone()
    }

    /// Compares meanings.
    #[must_use]
    pub fn embedder(&self) -> Option<Arc<dyn Embedder>> {
        self.embedder.clone()
    }

    /// Phrases follow-ups.
    #[must_use]
    pub fn language(&self) -> Option<Arc<dyn LanguageModel>> {
        self.language.clone()
    }

    /// What can be done with them.
    pub fn abilities(&self) -> Abilities {
        Abilities {
            listen: self.can_listen(),
            speak: self.speaker.is_some(),
            captions: self.captions.is_some(),
            turn_end: self.turn_end.is_some(),
            meaning: self.embedder.is_some(),
            language: self.language.is_some(),
        }
    }
}

/// How many processors this machine lets the program use; one when it does not say.
#[must_use]
pub fn processors() -> NonZero<usize> {
    std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN)
}

/// Loads engines, and fetches the models they need.
pub struct EngineRoom {
    models: PathBuf,
    store: Store,
    runtime: Handle,
    catalogue: Catalogue,
    current: RwLock<Arc<Engines>>,
    board: Arc<Board>,
    pulling: AtomicBool,
    voice: config::Voice,
    desk: Arc<Desk>,
}

impl EngineRoom {
    /// A room without engines yet, for models in `models`; spoken lines are kept in `store`, whose
    /// work is done on `runtime`.
    ///
    /// # Errors
    /// When the built-in catalogue is not valid, or no thread can be started.
    pub fn new(models: PathBuf, store: Store, runtime: Handle) -> anyhow::Result<Self> {
        let desk = Desk::start(processors()).context("no thread can be started")?;
        Ok(Self {
            models,
            store,
            runtime,
            catalogue: Catalogue::built_in()?,
            current: RwLock::default(),
            board: Arc::new(Board::default()),
            pulling: AtomicBool::new(false),
            voice: config::Voice::default(),
            desk: Arc::new(desk),
        })
    }

    /// With the voice that the configuration asks for.
    #[must_use]
    pub fn with_voice(self, voice: config::Voice) -> Self {
        Self { voice, ..self }
    }

    /// The engines that are here now. Later ones come with the next call.
    pub fn current(&self) -> Arc<Engines> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Where the work of the engines is handed in.
    pub fn desk(&self) -> &Arc<Desk> {
        &self.desk
    }

    /// The engines that judging uses, whose work stands back behind interviews that go on.
    pub fn instruments(&self) -> Instruments {
        Instruments::of(&self.current()).at(&self.desk)
    }

    /// Where the models are.
    pub fn models(&self) -> &Path {
        &self.models
    }

    /// The catalogue of models.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Loads whatever is here and not loaded yet; takes seconds.
    pub fn load(&self) {
        let before = self.current();
        let engines = Arc::new(Engines {
            speaker: before.speaker.clone().or_else(|| self.load_speaker()),
            language: before.language.clone(),
            ..Engines::listening(&self.models)
        });
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = engines;
    }

    /// From now on these engines are here.
    #[cfg(test)]
    pub(crate) fn use_engines(&self, engines: Engines) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(engines);
    }

    /// From now on this language model phrases follow-ups; `None` for none.
    pub fn use_language(&self, language: Option<Arc<dyn LanguageModel>>) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        *current = Arc::new(Engines { language, ..current.as_ref().clone() });
    }

    /// Starts the language model that the configuration asks for, if there is one; takes seconds.
    /// Without it follow-ups come from templates.
    pub fn load_language(&self, wanted: &config::Language) {
        let model: Result<Option<Arc<dyn LanguageModel>>, engines::Error> = match wanted.mode {
            LanguageMode::Off => Ok(None),
            LanguageMode::Remote => self.remote_language(wanted).map(Some),
            LanguageMode::Auto => self.local_language(),
        };
        match model {
            Ok(Some(model)) => {
                tracing::info!("{} phrases follow-ups", model.identity());
                self.use_language(Some(model));
            }
            Ok(None) => {}
            Err(error) => tracing::warn!("{error}; follow-ups come from templates"),
        }
    }

    fn remote_language(
        &self,
        wanted: &config::Language,
    ) -> Result<Arc<dyn LanguageModel>, engines::Error> {
        let settings = OpenAiSettings {
            base_url: wanted.url.clone().unwrap_or_default(),
            key: wanted.key.clone(),
            model: wanted.model.clone().unwrap_or_else(|| "default".to_owned()),
            time_ms_max: COMPLETION_MS_MAX,
        };
        Ok(Arc::new(OpenAi::new(settings)?))
    }

    fn local_language(&self) -> Result<Option<Arc<dyn LanguageModel>>, engines::Error> {
        let Some(settings) = WorkerSettings::find(&self.catalogue, &self.models, None) else {
            return Ok(None);
        };
        let worker = Worker::new(settings)?;
        let bytes = worker.start()?;
        tracing::info!("the language model takes {} MB", bytes / 1_000_000);
        Ok(Some(Arc::new(worker)))
    }

    fn load_speaker(&self) -> Option<Arc<Speaker>> {
        let loaded = Runtime::load(&self.models.join(RUNTIME_FILE))
            .and_then(|runtime| engines::speech::load(&self.models, &runtime, THREADS));
        let voices = match loaded {
            Ok(voices) => voices,
            Err(engines::Error::Missing { .. }) => return None,
            Err(error) => {
                tracing::warn!("{error}");
                return None;
            }
        };
        let natural = match self.voice.engine {
            VoiceEngine::Quick => None,
            VoiceEngine::Natural => voices.best().unwrap_or_else(|error| {
                tracing::warn!("{error}; the quick voice speaks");
                None
            }),
        };
        let voice: Arc<dyn Voice> = match natural {
            Some(natural) => natural,
            None => voices.quick,
        };
        match Speaker::start(voice, self.store.clone(), self.runtime.clone(), &self.desk) {
            Ok(speaker) => Some(Arc::new(speaker)),
            Err(error) => {
                tracing::warn!("the voice cannot be started: {error}");
                None
            }
        }
    }

    /// Fetches models by name, or the default ones, one after another, and loads each when it is
    /// there. Returns at once with `false` when a pull is running already; otherwise blocks.
    ///
    /// # Errors
    /// When a model could not be fetched; the others were.
    pub fn pull(&self, ids: &[String]) -> anyhow::Result<bool> {
        if self.pulling.swap(true, Ordering::AcqRel) {
            return Ok(false);
        }
        let result = self.pull_each(ids);
        self.pulling.store(false, Ordering::Release);
        result.map(|()| true)
    }

    fn pull_each(&self, ids: &[String]) -> anyhow::Result<()> {
        let origins = Origins::from_environment(None);
        let wanted: Vec<String> =
            self.catalogue.choose(ids)?.iter().map(|model| model.id.clone()).collect();
        let mut first_error = None;
        for id in wanted {
            let one = [id.clone()];
            let pulled = self.catalogue.pull(&one, &self.models, &origins, self.board.as_ref());
            match pulled {
                Ok(report) if report.failed.is_empty() => self.load(),
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!("{id} was not fetched: {error}");
                    first_error.get_or_insert(error);
                }
            }
        }
        first_error.map_or(Ok(()), |error| Err(error).context("not all models were fetched"))
    }

    /// Whether models are being fetched.
    pub fn is_pulling(&self) -> bool {
        self.pulling.load(Ordering::Acquire)
    }

    /// All models and where they stand.
    pub fn states(&self) -> Vec<Model> {
        let rows = self.board.rows();
        self.catalogue
            .state(&self.models)
            .into_iter()
            .map(|model| {
                let row = rows.iter().find(|row| row.id == model.id);
                let on_its_way = row.is_some_and(|row| row.phase == Phase::Fetching);
                let (state, here, fault) = match model.state {
                    State::Ready => (ModelState::Ready, model.bytes, None),
                    State::Missing => (ModelState::Missing, 0, None),
                    State::Partial { bytes } => (ModelState::Partial, bytes, None),
                    State::Corrupt { reason } => (ModelState::Corrupt, 0, Some(reason)),
                    State::NotForThisMachine => {
                        let why = "there are no files for this kind of machine".to_owned();
                        (ModelState::Missing, 0, Some(why))
                    }
                };
                Model {
                    id: model.id,
                    purpose: model.purpose,
                    licence: model.licence,
                    bytes: model.bytes,
                    bytes_done: row.filter(|_| on_its_way).map_or(here, |row| row.bytes_done),
                    default: model.fetch != Fetch::OnRequest,
                    state: if on_its_way { ModelState::Pulling } else { state },
                    problem: row.and_then(|row| row.note.clone()).or(fault),
                }
            })
            .collect()
    }
}
