//! Clips: any stretch of an interview's sound as a WAV file.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use engines::audio;
use interview::{Span, Us};
use serde::Deserialize;
use store::{Stream, StreamKind};

use super::{error::Error, interviews::interview_in_path};
use crate::app::App;

/// The longest clip of one request, microseconds: ten minutes. Longer stretches come in parts.
const CLIP_US_MAX: Us = 600_000_000;

/// Which stretch.
#[derive(Debug, Deserialize)]
pub struct Clip {
    /// Begin, interview time; the beginning if left out.
    start_us: Option<Us>,
    /// End; the end, or ten minutes later, if left out.
    end_us: Option<Us>,
}

/// The candidate's sound between two times of the interview.
#[utoipa::path(get, path = "/api/interviews/{id}/sound", responses((status = OK,
    description = "a WAV file", content_type = "audio/wav")))]
pub async fn clip(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(clip): Query<Clip>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let interview = interview_in_path(&app, &id).await?;
    let mut streams = app.store.streams(interview.id).await.map_err(anyhow::Error::from)?;
    streams.retain(|stream| stream.kind == StreamKind::Microphone);
    if streams.is_empty() {
        return Err(Error::NotFound("sound in this interview"));
    }
    let start_us = clip.start_us.unwrap_or(0).max(0);
    let end_us = match clip.end_us {
        Some(end_us) => end_us,
        None => end_of(&app, &streams).await?,
    };
    if end_us <= start_us {
        return Err(Error::invalid("empty_clip", "end_us must be after start_us"));
    }
    let span = Span::new(start_us, end_us.min(start_us + CLIP_US_MAX));
    let (samples, rate) = read(&app, &streams, span).await?;
    let bytes = audio::encode_wav(&samples, rate);
    Ok(ranged(bytes, "audio/wav", &headers))
}

/// The samples of a span, from whichever streams have them, silence elsewhere, and their rate.
///
/// # Errors
/// When a stream cannot be read.
pub async fn read(app: &App, streams: &[Stream], span: Span) -> anyhow::Result<(Vec<i16>, u32)> {
    let rate = streams.first().map_or(24_000, |stream| stream.sample_rate);
    let count = samples_in(span.micros(), rate);
    let mut mixed = vec![0_i16; count];
    for stream in streams {
        let timeline = app.store.timeline(stream).await?;
        let range = timeline.position(span.start_us)..timeline.position(span.end_us);
        if range.is_empty() {
            continue;
        }
        let lead = samples_in((timeline.time_us(range.start) - span.start_us).max(0), rate);
        let mut samples = app.store.read_sound(stream.id, range).await?;
        if stream.sample_rate != rate {
            samples = converted(&samples, stream.sample_rate, rate)?;
        }
        for (place, sample) in mixed.iter_mut().skip(lead).zip(samples) {
            *place = place.saturating_add(sample);
        }
    }
    Ok((mixed, rate))
}

fn converted(samples: &[i16], from_hz: u32, to_hz: u32) -> anyhow::Result<Vec<i16>> {
    let floats: Vec<f32> = samples.iter().map(|x| f32::from(*x) / 32_768.0).collect();
    let floats = audio::resample(&floats, from_hz, to_hz)?;
    Ok(floats.iter().map(|x| (x.clamp(-1.0, 1.0) * 32_767.0) as i16).collect())
}

async fn end_of(app: &App, streams: &[Stream]) -> Result<Us, Error> {
    let mut end_us = 0;
    for stream in streams {
        let samples = app.store.sound_samples(stream.id).await.map_err(anyhow::Error::from)?;
        let timeline = app.store.timeline(stream).await.map_err(anyhow::Error::from)?;
        end_us = end_us.max(timeline.time_us(samples));
    }
    Ok(end_us)
}

fn samples_in(us: Us, rate: u32) -> usize {
    usize::try_from(us * Us::from(rate) / 1_000_000).unwrap_or(0)
}

/// The bytes, or the range of them that was asked for: players of browsers need ranges to seek.
pub fn ranged(bytes: Vec<u8>, kind: &'static str, headers: &HeaderMap) -> Response {
    let total = bytes.len();
    let asked = headers
        .get(header::RANGE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("bytes="))
        .and_then(|range| range.split_once('-'));
    let common = [(header::CONTENT_TYPE, kind), (header::ACCEPT_RANGES, "bytes")];
    let Some((from, to)) = asked else { return (common, bytes).into_response() };
    let from: usize = from.parse().unwrap_or(0);
    let to: usize = to.parse::<usize>().map_or(total, |to| to.saturating_add(1)).min(total);
    if from >= to {
        return (
            StatusCode::RANGE_NOT_SATISFIABLE,
            [(header::CONTENT_RANGE, format!("bytes */{total}"))],
        )
            .into_response();
    }
    let range = [(header::CONTENT_RANGE, format!("bytes {from}-{}/{total}", to - 1))];
    (StatusCode::PARTIAL_CONTENT, common, range, bytes[from..to].to_vec()).into_response()
}
