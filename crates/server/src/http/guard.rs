//! Who may talk to the server: requests that name one of its own hosts, from its own pages, with the
//! token of this start for everything that changes something.
//!
//! A page on another origin cannot read the token (it is in a page of ours), a rebound host name is
//! not on the list of hosts, and a socket is opened only with an `Origin` of ours.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};

use super::error::problem;

/// Header that carries the token.
pub const TOKEN_HEADER: &str = "x-greenroom-token";

/// What is let in.
#[derive(Debug)]
pub struct Guard {
    hosts: Vec<String>,
    token: String,
}

impl Guard {
    /// Lets in requests that name `localhost`, `127.0.0.1`, `[::1]` or one of `hosts`, each with or
    /// without the `port`; changes of state need `token`.
    #[must_use]
    pub fn new(port: u16, hosts: &[String], token: String) -> Self {
        let names = ["localhost", "127.0.0.1", "[::1]"].into_iter().map(str::to_owned);
        let hosts = names
            .chain(hosts.iter().map(|host| host.to_lowercase()))
            .flat_map(|name| [format!("{name}:{port}"), name])
            .collect();
        Self { hosts, token }
    }

    /// The token of this start.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Whether `token` is the token of this start. Compares in constant time.
    #[must_use]
    pub fn knows(&self, token: &str) -> bool {
        token.len() == self.token.len()
            && token.bytes().zip(self.token.bytes()).fold(0, |diff, (a, b)| diff | (a ^ b)) == 0
    }

    fn host_is_ours(&self, host: &str) -> bool {
        self.hosts.iter().any(|known| known.eq_ignore_ascii_case(host))
    }

    fn origin_is_ours(&self, origin: &str) -> bool {
        let host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        host.is_some_and(|host| self.host_is_ours(host))
    }

    /// Why a request is refused, if it is.
    fn refusal(&self, method: &Method, headers: &HeaderMap, host: Option<&str>) -> Option<Refusal> {
        let header = |name: header::HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
        if !host.is_some_and(|host| self.host_is_ours(host)) {
            return Some(Refusal::Host);
        }
        let socket = header(header::UPGRADE).is_some_and(|v| v.eq_ignore_ascii_case("websocket"));
        match headers.get(header::ORIGIN).map(|value| value.to_str()) {
            Some(Ok(origin)) if self.origin_is_ours(origin) => {}
            Some(_) => return Some(Refusal::Origin),
            None if socket => return Some(Refusal::Origin),
            None => {}
        }
        if headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site") {
            let navigation = headers.get("sec-fetch-mode").is_some_and(|mode| mode == "navigate");
            if !(navigation && method == Method::GET) {
                return Some(Refusal::Origin);
            }
        }
        let reads = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
        let token = headers.get(TOKEN_HEADER).and_then(|value| value.to_str().ok());
        (!reads && !token.is_some_and(|token| self.knows(token))).then_some(Refusal::Token)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    Host,
    Origin,
    Token,
}

/// Refuses what the guard does not let in.
pub async fn check(
    State(guard): State<Arc<Guard>>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .or_else(|| request.uri().authority().map(|authority| authority.as_str()));
    match guard.refusal(request.method(), request.headers(), host) {
        None => next.run(request).await,
        Some(Refusal::Host) => problem(
            StatusCode::MISDIRECTED_REQUEST,
            "wrong_host",
            "this host name is not served here; use the address that was printed at the start",
        ),
        Some(Refusal::Origin) => problem(
            StatusCode::FORBIDDEN,
            "wrong_origin",
            "another site may not talk to this server; open its own address",
        ),
        Some(Refusal::Token) => problem(
            StatusCode::FORBIDDEN,
            "bad_token",
            "the server was started anew; load the page again",
        ),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn check(method: &Method, host: &str, headers: &[(&'static str, &str)]) -> Option<Refusal> {
        let guard = Guard::new(4600, &["green.test".to_owned()], "secret".to_owned());
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, HeaderValue::from_str(value).expect("a header value"));
        }
        guard.refusal(method, &map, Some(host))
    }

    #[test]
    fn only_own_hosts_are_served() {
        assert_eq!(check(&Method::GET, "localhost:4600", &[]), None);
        assert_eq!(check(&Method::GET, "[::1]:4600", &[]), None);
        assert_eq!(check(&Method::GET, "green.test", &[]), None);
        assert_eq!(check(&Method::GET, "rebound.example:4600", &[]), Some(Refusal::Host));
        assert_eq!(check(&Method::GET, "localhost:80", &[]), Some(Refusal::Host));
    }

    #[test]
    fn other_origins_get_nothing() {
        let foreign = [("origin", "http://evil.example")];
        assert_eq!(check(&Method::GET, "localhost:4600", &foreign), Some(Refusal::Origin));
        assert_eq!(
            check(&Method::GET, "localhost:4600", &[("origin", "null")]),
            Some(Refusal::Origin)
        );
        let image = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")];
        assert_eq!(check(&Method::GET, "localhost:4600", &image), Some(Refusal::Origin));
        let link = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
        assert_eq!(check(&Method::GET, "localhost:4600", &link), None);
    }

    #[test]
    fn a_socket_needs_an_origin_of_ours() {
        let upgrade = ("upgrade", "websocket");
        assert_eq!(check(&Method::GET, "localhost:4600", &[upgrade]), Some(Refusal::Origin));
        let own = [upgrade, ("origin", "http://localhost:4600")];
        assert_eq!(check(&Method::GET, "localhost:4600", &own), None);
    }

    #[test]
    fn changes_need_the_token() {
        assert_eq!(check(&Method::POST, "localhost:4600", &[]), Some(Refusal::Token));
        let wrong = [(TOKEN_HEADER, "secreT")];
        assert_eq!(check(&Method::DELETE, "localhost:4600", &wrong), Some(Refusal::Token));
        let right = [(TOKEN_HEADER, "secret")];
        assert_eq!(check(&Method::PUT, "localhost:4600", &right), None);
    }
}
