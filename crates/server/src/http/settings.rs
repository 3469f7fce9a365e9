//! What a person has set, and which measures can be switched off.

use std::{collections::BTreeMap, sync::Arc};

use analysis::{Measure, Switches};
use axum::{Json, extract::State};

use super::error::Error;
use crate::{
    app::App,
    wire::settings::{Measure as WireMeasure, Settings, Theme},
};

/// The person's settings.
#[utoipa::path(get, path = "/api/settings", responses((status = OK, body = Settings)))]
pub async fn get(State(app): State<Arc<App>>) -> Result<Json<Settings>, Error> {
    Ok(Json(of(&app).await?))
}

/// Stores all settings. Reports that were made stay; measures that are off are left out of the next.
#[utoipa::path(put, path = "/api/settings", request_body = Settings,
    responses((status = OK, body = Settings)))]
pub async fn put(
    State(app): State<Arc<App>>,
    Json(settings): Json<Settings>,
) -> Result<Json<Settings>, Error> {
    if !(0.5..=3.0).contains(&settings.patience) {
        return Err(Error::invalid("patience", "patience is a number from 0.5 to 3"));
    }
    let names: Vec<String> = Measure::ALL.into_iter().map(id_of).collect();
    if let Some(unknown) = settings.measures.keys().find(|name| !names.contains(name)) {
        let detail = format!("there is no measure '{unknown}'; use one of {}", names.join(", "));
        return Err(Error::invalid("unknown_measure", detail));
    }
    let stored = serde_json::to_value(&settings).map_err(anyhow::Error::from)?;
    app.store.save_settings(app.person, &stored).await.map_err(anyhow::Error::from)?;
    Ok(Json(of(&app).await?))
}

/// All measures that can be switched off.
#[utoipa::path(get, path = "/api/measures", responses((status = OK, body = Vec<WireMeasure>)))]
pub async fn measures() -> Json<Vec<WireMeasure>> {
    let all = Measure::ALL.into_iter().map(|measure| WireMeasure {
        id: id_of(measure),
        name: measure.name().to_owned(),
        about: about(measure).to_owned(),
    });
    Json(all.collect())
}

/// The person's settings, with defaults for what was never set.
///
/// # Errors
/// When the database refuses.
pub async fn of(app: &App) -> anyhow::Result<Settings> {
    let stored = app.store.settings(app.person).await?;
    let mut settings = serde_json::from_value(stored).unwrap_or_else(|_| Settings {
        measures: BTreeMap::new(),
        theme: Theme::System,
        captions: true,
        patience: 1.0,
        push_to_talk: false,
    });
    for measure in Measure::ALL {
        settings.measures.entry(id_of(measure)).or_insert(true);
    }
    Ok(settings)
}

/// Which measures are computed for this person.
///
/// # Errors
/// When the database refuses.
pub async fn switches(app: &App) -> anyhow::Result<Switches> {
    let settings = of(app).await?;
    let off = |measure: &Measure| settings.measures.get(&id_of(*measure)) == Some(&false);
    Ok(Switches::without(Measure::ALL.into_iter().filter(off)))
}

/// The stable name of a measure.
fn id_of(measure: Measure) -> String {
    serde_json::to_value(measure)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

fn about(measure: Measure) -> &'static str {
    match measure {
        Measure::Pace => "words a minute, over all and in windows of ten seconds",
        Measure::Pauses => "silences inside an answer, and the time until the first word",
        Measure::Fillers => {
            "what may be \"um\" and \"uh\" in the sound, and \"like\" or \"you know\" by their use"
        }
        Measure::Pitch => "how much the voice moves, against your own median",
        Measure::Loudness => "how much the loudness moves, inside one recording only",
        Measure::Hedges => "\"maybe\", \"sort of\", \"I think\"",
        Measure::OpeningsEndings => "how an answer begins and ends",
        Measure::Length => "how long an answer is and how its parts share the time",
        Measure::Repeats => "words and phrases that come again and again",
        Measure::Rehearsal => "the same words as in an earlier answer",
    }
}
