//! A line in an interviewer's voice, for the check of the loudspeaker.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use engines::audio;
use interview::PersonaId;

use super::error::Error;
use crate::{
    app::App,
    live::speak::{Line, Piece},
    wire::check::VoiceCheck,
};

/// How long speaking may take on a busy machine.
const SPOKEN_WITHIN: Duration = Duration::from_secs(30);

/// A short line in the voice of an interviewer.
#[utoipa::path(post, path = "/api/check/voice", request_body = VoiceCheck, responses((status = OK,
    description = "a WAV file", content_type = "audio/wav")))]
pub async fn check(
    State(app): State<Arc<App>>,
    Json(wanted): Json<VoiceCheck>,
) -> Result<Response, Error> {
    let persona = app.bank.personas.get(&PersonaId(wanted.persona));
    let persona = persona.ok_or(Error::NotFound("interviewer"))?;
    let Some(speaker) = app.engines.current().speaker.clone() else {
        return Err(Error::Unavailable {
            code: "no_voice",
            detail: "no voice is here yet; fetch the models on the first-run page".to_owned(),
        });
    };
    let line = Line {
        text: format!("Hello, I am {}. Can you hear me well?", persona.name),
        style: persona.voice.clone(),
        private_to: None,
    };
    let mut pieces = speaker.say(line).await;
    let failed = |why: &str| Error::Unavailable {
        code: "not_spoken",
        detail: format!("the line could not be spoken: {why}; try again"),
    };
    let spoken = async {
        let mut samples = Vec::new();
        loop {
            match pieces.recv().await {
                Some(Piece::Sound(sound)) => samples.extend(sound),
                Some(Piece::End) => return Ok(samples),
                Some(Piece::Failed(why)) => return Err(failed(&why)),
                None => return Err(failed("the voice was stopped")),
            }
        }
    };
    let spoken = tokio::time::timeout(SPOKEN_WITHIN, spoken).await;
    let samples = spoken.map_err(|_| failed("it took longer than 30 seconds"))??;
    let length = samples.len() as f64 / f64::from(speaker.sample_rate().max(1));
    app.playing.begin(Duration::from_secs_f64(length));
    let wav = audio::encode_wav(&samples, speaker.sample_rate());
    Ok(([(header::CONTENT_TYPE, "audio/wav")], wav).into_response())
}
