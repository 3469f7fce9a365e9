//! The HTTP interface: the web app, its data, and the live line.

pub mod assets;
pub mod convert;
pub mod error;
pub mod goals;
pub mod guard;
pub mod interviews;
pub mod report_view;
pub mod settings;
pub mod sound;
pub mod status;

use std::sync::Arc;

use axum::{Router, http::HeaderValue, middleware, routing};
use tower_http::{compression::CompressionLayer, set_header::SetResponseHeaderLayer};
use utoipa::{OpenApi, openapi::OpenApi as Document};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{app::App, live::socket, wire};

/// Schemas that no path names: the messages of the live line.
#[derive(OpenApi)]
#[openapi(
    info(title = "Greenroom", description = "The HTTP interface of a Greenroom server."),
    components(schemas(
        wire::live::ClientMessage,
        wire::live::ServerMessage,
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
        .routes(routes!(interviews::preview))
        .routes(routes!(interviews::list, interviews::create))
        .routes(routes!(interviews::detail, interviews::delete))
        .routes(routes!(interviews::rate))
        .routes(routes!(interviews::retake))
        .routes(routes!(sound::clip))
}

/// The OpenAPI document of everything under `/api`.
#[must_use]
pub fn document() -> Document {
    api().into_openapi()
}

/// Everything that is served.
pub fn router(app: &Arc<App>) -> Router {
    let (api, document) = api().split_for_parts();
    api.route("/api/openapi.json", routing::get(async || axum::Json(document)))
        .route("/api/interviews/{id}/live", routing::any(socket::open))
        .fallback(assets::serve)
        .layer(CompressionLayer::new())
        .layer(header("x-content-type-options", "nosniff"))
        .layer(header("referrer-policy", "no-referrer"))
        .layer(header("cross-origin-resource-policy", "same-origin"))
        .layer(middleware::from_fn_with_state(Arc::clone(&app.guard), guard::check))
        .with_state(Arc::clone(app))
}

fn header(name: &'static str, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    let name = axum::http::HeaderName::from_static(name);
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}
