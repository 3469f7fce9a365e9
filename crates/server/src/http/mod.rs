//! The HTTP interface: the web app, its data, and the live line.

pub mod assets;
pub mod camera;
pub mod convert;
pub mod corrections;
pub mod error;
pub mod everything;
pub mod export;
pub mod goals;
pub mod guard;
pub mod interviews;
pub mod judge;
pub mod next_step;
pub mod progress;
pub mod range;
pub mod report;
pub mod report_view;
pub mod settings;
pub mod sound;
pub mod status;
pub mod voice;

use std::sync::Arc;

use axum::{Router, extract::DefaultBodyLimit, http::HeaderValue, middleware, routing};
use tower_http::{
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate, SizeAbove},
    },
    set_header::SetResponseHeaderLayer,
};
use utoipa::{OpenApi, openapi::OpenApi as Document};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    live::{check, socket},
    wire,
};

/// Schemas that no path names: the messages of the sockets, and problems.
#[derive(OpenApi)]
#[openapi(
    info(title = "Greenroom", description = "The HTTP interface of a Greenroom server."),
    components(schemas(
        wire::live::ClientMessage,
        wire::live::ServerMessage,
        wire::check::CheckMessage,
        error::Problem
    ))
)]
struct Base;

fn api() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(Base::openapi())
        .routes(routes!(status::status))
        .routes(routes!(status::pull))
        .routes(routes!(status::library))
        .routes(routes!(goals::list, goals::create))
        .routes(routes!(goals::change, goals::delete))
        .routes(routes!(settings::get, settings::put))
        .routes(routes!(settings::measures))
        .routes(routes!(judge::get))
        .routes(routes!(judge::check, judge::cancel))
        .routes(routes!(interviews::preview))
        .routes(routes!(interviews::list, interviews::create))
        .routes(routes!(interviews::detail, interviews::delete))
        .routes(routes!(interviews::rate))
        .routes(routes!(interviews::retake))
        .routes(routes!(sound::clip))
        .routes(routes!(report::report))
        .routes(routes!(report::compare))
        .routes(routes!(corrections::correct, corrections::undo))
        .routes(routes!(corrections::strike))
        .routes(routes!(camera::add))
        .routes(routes!(camera::watch))
        .routes(routes!(export::export))
        .routes(routes!(everything::delete))
        .routes(routes!(progress::get))
        .routes(routes!(next_step::get))
        .routes(routes!(next_step::dismiss))
        .routes(routes!(voice::check))
        .merge(uploads())
}

/// What takes more than a request usually may have.
fn uploads() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(export::import))
        .layer(DefaultBodyLimit::max(export::IMPORT_BYTES_MAX))
}

/// The OpenAPI document of everything under `/api`.
#[must_use]
pub fn document() -> Document {
    named(api().into_openapi())
}

/// The document with each operation named by its method and path: handlers of different files may
/// have the same name, operations may not.
fn named(mut document: Document) -> Document {
    for (path, item) in &mut document.paths.paths {
        let methods = [
            ("get", &mut item.get),
            ("put", &mut item.put),
            ("post", &mut item.post),
            ("delete", &mut item.delete),
        ];
        for (method, operation) in methods {
            if let Some(operation) = operation {
                let words = path.split(['/', '{', '}']).filter(|word| !word.is_empty());
                let words: Vec<&str> = words.skip_while(|word| *word == "api").collect();
                operation.operation_id = Some(format!("{method}_{}", words.join("_")));
            }
        }
    }
    document
}

/// Everything that is served.
pub fn router(app: &Arc<App>) -> Router {
    let (api, document) = api().split_for_parts();
    let document = named(document);
    api.route("/api/openapi.json", routing::get(async || axum::Json(document)))
        .route("/api/interviews/{id}/live", routing::any(socket::open))
        .route("/api/check/microphone", routing::any(check::open))
        .fallback(assets::serve)
        .layer(middleware::map_response(error::as_problem))
        .layer(CompressionLayer::new().compress_when(worth_compressing()))
        .layer(header("x-content-type-options", "nosniff"))
        .layer(header("referrer-policy", "no-referrer"))
        .layer(header("cross-origin-resource-policy", "same-origin"))
        .layer(middleware::from_fn_with_state(Arc::clone(&app.guard), guard::check))
        .with_state(Arc::clone(app))
}

/// Texts of some length; sound, video and archives are as small as they get.
fn worth_compressing() -> impl Predicate {
    SizeAbove::default()
        .and(NotForContentType::new("audio/"))
        .and(NotForContentType::new("video/"))
        .and(NotForContentType::new("application/zip"))
}

fn header(name: &'static str, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    let name = axum::http::HeaderName::from_static(name);
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}
