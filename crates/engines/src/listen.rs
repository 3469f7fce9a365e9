//! Everything that listens, loaded from the models that are there.

use std::path::Path;

use crate::{
    Captions, Embedder, Error, Recogniser, TurnEnd, VoiceActivity, captions::Moonshine,
    embed::MiniLm, recognise::WhisperRecogniser, runtime::Runtime, turn_end::SmartTurn,
    voice_activity::Silero,
};

/// Where the runtime lies in the models directory.
pub const RUNTIME_FILE: &str = "onnxruntime/libonnxruntime.so";

/// Recognisers in the order in which they are preferred.
const RECOGNISERS: [&str; 2] = ["whisper-base", "whisper-tiny-en"];

/// What listens. What is `None` is missing and named in [`Self::missing`].
pub struct Listening {
    /// Starts a stream that tells speech from other sound.
    pub voice_activity: Option<Silero>,
    /// Tells a finished turn from a pause.
    pub turn_end: Option<Box<dyn TurnEnd>>,
    /// Quick words.
    pub captions: Option<Box<dyn Captions>>,
    /// Accurate words.
    pub recogniser: Option<Box<dyn Recogniser>>,
    /// Meaning of texts.
    pub embedder: Option<Box<dyn Embedder>>,
    /// Why the others are not there.
    pub missing: Vec<Error>,
}

impl Listening {
    /// A new stream of voice activity, where its model is there.
    #[must_use]
    pub fn voice_activity_stream(&self) -> Option<Box<dyn VoiceActivity>> {
        self.voice_activity.as_ref().map(|model| Box::new(model.stream()) as Box<dyn VoiceActivity>)
    }
}

/// Loads whatever is in `models`, each model on `threads` threads; what is missing or broken is left
/// out and reported. Takes a few seconds.
#[must_use]
pub fn load(models: &Path, threads: usize) -> Listening {
    let mut missing = Vec::new();
    let runtime = keep(Runtime::load(&models.join(RUNTIME_FILE)), &mut missing);
    let mut listening = Listening {
        voice_activity: None,
        turn_end: None,
        captions: None,
        recogniser: recogniser(models, threads, &mut missing),
        embedder: None,
        missing: Vec::new(),
    };
    if let Some(runtime) = runtime {
        let voice_activity = Silero::load(&runtime, &models.join("silero-vad/silero_vad.onnx"));
        listening.voice_activity = keep(voice_activity, &mut missing);
        let turn_end =
            SmartTurn::load(&runtime, &models.join("smart-turn/smart_turn.onnx"), threads);
        listening.turn_end = keep(turn_end, &mut missing).map(|model| Box::new(model) as _);
        let captions = Moonshine::load(&runtime, &models.join("moonshine-tiny-en"), threads);
        listening.captions = keep(captions, &mut missing).map(|model| Box::new(model) as _);
        let embedder = MiniLm::load(&runtime, &models.join("minilm"), threads);
        listening.embedder = keep(embedder, &mut missing).map(|model| Box::new(model) as _);
    }
    listening.missing = missing;
    listening
}

/// The first recogniser that loads; when none does, why the first did not.
fn recogniser(
    models: &Path,
    threads: usize,
    missing: &mut Vec<Error>,
) -> Option<Box<dyn Recogniser>> {
    let mut first_error = None;
    for name in RECOGNISERS {
        match WhisperRecogniser::load(&models.join(name), name, threads) {
            Ok(model) => return Some(Box::new(model)),
            Err(error) => {
                // A broken one must be heard of even if another takes its place.
                if !matches!(error, Error::Missing { .. }) {
                    tracing::warn!(%error, "a recogniser was passed over");
                }
                first_error.get_or_insert(error);
            }
        }
    }
    missing.extend(first_error);
    None
}

fn keep<T>(loaded: Result<T, Error>, missing: &mut Vec<Error>) -> Option<T> {
    loaded.map_err(|error| missing.push(error)).ok()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::load;

    #[test]
    fn without_models_nothing_listens_and_each_gap_is_named() {
        let listening = load(Path::new("nowhere"), 1);
        assert!(listening.voice_activity_stream().is_none());
        assert!(listening.turn_end.is_none() && listening.captions.is_none());
        assert!(listening.recogniser.is_none() && listening.embedder.is_none());
        let reasons: Vec<String> = listening.missing.iter().map(ToString::to_string).collect();
        assert_eq!(
            reasons,
            [
                "the model runtime needs nowhere/onnxruntime/libonnxruntime.so, which is missing; \
                 run 'greenroom models pull'",
                "accurate words needs nowhere/whisper-base/model.bin, which is missing; \
                 run 'greenroom models pull'",
            ]
        );
    }
}
