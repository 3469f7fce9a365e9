//! The web app, embedded in the binary.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

use super::guard::Guard;
use crate::app::App;

#[derive(RustEmbed)]
#[folder = "../../web/build"]
#[allow_missing = true]
struct WebApp;

/// What the app's page carries where the token belongs.
const TOKEN_PLACE: &str = "__GREENROOM_TOKEN__";

/// A file of the app, or its page for every path that is not a file.
pub async fn serve(State(app): State<Arc<App>>, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if let Some(file) = WebApp::get(path).filter(|_| !path.ends_with(".html")) {
        let cache = if path.starts_with("_app/immutable/") {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        let kind = mime_guess::from_path(path).first_or_octet_stream();
        let headers = [(header::CONTENT_TYPE, kind.as_ref().to_owned())];
        let cached = [(header::CACHE_CONTROL, HeaderValue::from_static(cache))];
        return (headers, cached, file.data).into_response();
    }
    if path.rsplit('/').next().is_some_and(|name| name.contains('.')) || path.starts_with("api/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    page(&app.guard)
}

fn page(guard: &Guard) -> Response {
    let Some(file) = WebApp::get("200.html") else {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            "the web app was not built into this program; build it with 'cargo xtask run'",
        )
            .into_response();
    };
    let text = String::from_utf8_lossy(&file.data).replace(TOKEN_PLACE, guard.token());
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    let policy = [(header::CONTENT_SECURITY_POLICY, policy_of(&text))];
    (headers, policy, text).into_response()
}

/// The policy for a page as a header: the one that the page's build wrote into it, with the hashes of
/// its own scripts, and that nobody may frame it, which only a header can say.
fn policy_of(page: &str) -> String {
    const FRAMES: &str = "frame-ancestors 'none'";
    let meta = page
        .split_once("http-equiv=\"content-security-policy\"")
        .and_then(|(_, rest)| rest.split_once("content=\""))
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(policy, _)| policy.trim().trim_end_matches(';'))
        .filter(|policy| !policy.is_empty() && policy.is_ascii());
    match meta {
        Some(policy) => format!("{policy}; {FRAMES}"),
        None => format!("default-src 'self'; object-src 'none'; base-uri 'self'; {FRAMES}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_of_the_page_goes_into_the_header() {
        let page = "<head><meta http-equiv=\"content-security-policy\" \
                    content=\"default-src 'self'; script-src 'self' 'sha256-x='\"></head>";
        assert_eq!(
            policy_of(page),
            "default-src 'self'; script-src 'self' 'sha256-x='; frame-ancestors 'none'"
        );
        assert!(policy_of("<head></head>").starts_with("default-src 'self'; "));
    }
}
