//! Follow-ups phrased by a language model while the candidate still talks.

use conversation::{AnswerRef, Input, probe};
use engines::Request;
use interview::Lack;

use super::{Event, Room};
use crate::desk::Stage;

/// The most tokens of one follow-up: 30 words with room to spare.
const TOKENS_MAX: u32 = 80;

impl Room {
    /// Asks the language model, if there is one and this machine has time for it, off this task;
    /// otherwise the follow-up comes from a template.
    pub(super) fn phrase_probe(&self, answer: AnswerRef, lack: Lack, question: &str, said: &str) {
        let Some(language) = self.engines.language() else { return };
        if !self.app.engines.desk().has_time_for_probes() {
            return tracing::debug!("too busy for a follow-up from the language model");
        }
        let asked = probe::model_request(question, said, lack);
        let (system, user) = (asked.system, asked.user);
        let request = Request { system, user, tokens_max: TOKENS_MAX, ..Request::default() };
        let phrase = move || {
            let text = language.complete(&request).map_err(|error| error.to_string());
            Event::Probe { answer, lack, text }
        };
        self.off(Stage::Probe, phrase, move |why| Event::Probe { answer, lack, text: Err(why) });
    }

    pub(super) async fn probe(
        &mut self,
        answer: AnswerRef,
        lack: Lack,
        text: Result<String, String>,
    ) {
        match text {
            Ok(text) => self.step(Input::PreparedProbe { answer, lack, text }).await,
            Err(problem) => {
                tracing::warn!("no follow-up from the language model: {problem}");
                let engine = conversation::Engine::Language;
                self.step(Input::EngineFailed { engine }).await;
            }
        }
    }
}
