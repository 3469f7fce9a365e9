//! Ranges of files: players of browsers need them to seek.

use std::ops;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::StreamExt;
use tokio::io::{AsyncRead, AsyncReadExt};

/// Bytes that are read from a file at once.
const PIECE_BYTES: usize = 64 << 10;

/// Which part of a file was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Range {
    /// All of it.
    All,
    /// These bytes.
    Part(ops::Range<u64>),
    /// Bytes that it does not have.
    Beyond,
}

/// What the `Range` header asks for of a file of `length` bytes. Headers with several ranges, or of
/// another unit, are passed over, as RFC 9110 allows.
#[must_use]
pub fn asked(headers: &HeaderMap, length: u64) -> Range {
    let value = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    let Some((first, last)) = value
        .and_then(|value| value.strip_prefix("bytes="))
        .and_then(|range| range.split_once('-'))
    else {
        return Range::All;
    };
    let part = match (first.trim().parse::<u64>(), last.trim().parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(length),
        (Ok(first), Err(_)) if last.trim().is_empty() => first..length,
        (Err(_), Ok(suffix)) if first.trim().is_empty() => length.saturating_sub(suffix)..length,
        _ => return Range::All,
    };
    if part.start < part.end { Range::Part(part) } else { Range::Beyond }
}

/// The answer to a range that a file of `length` bytes does not have.
#[must_use]
pub fn beyond(length: u64) -> Response {
    let range = [(header::CONTENT_RANGE, format!("bytes */{length}"))];
    (StatusCode::RANGE_NOT_SATISFIABLE, range).into_response()
}

/// The answer with the bytes that were asked for, out of `length`, as `body`. Whoever asks for a range
/// gets one, even if it is the whole: players take that as leave to seek.
#[must_use]
pub fn response(asked: &Range, length: u64, kind: &str, body: Body) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_str(kind);
    let kind = kind.unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    let Range::Part(range) = asked else {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        return response;
    };
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(range.end - range.start));
    let text = format!("bytes {}-{}/{length}", range.start, range.end.saturating_sub(1));
    if let Ok(value) = HeaderValue::from_str(&text) {
        headers.insert(header::CONTENT_RANGE, value);
    }
    *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    response
}

/// A body that is read piece by piece as it is sent.
pub fn body(reader: impl AsyncRead + Unpin + Send + 'static) -> Body {
    let pieces = futures::stream::unfold(Some(reader), async |reader| {
        let mut reader = reader?;
        let mut piece = vec![0; PIECE_BYTES];
        match reader.read(&mut piece).await {
            Ok(0) => None,
            Ok(count) => {
                piece.truncate(count);
                Some((Ok(piece), Some(reader)))
            }
            Err(error) => Some((Err(error), None)),
        }
    });
    // Compression asks once more after the end.
    Body::from_stream(pieces.fuse())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(header: &str, expected: &Range) {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_str(header).expect("a header value"));
        assert_eq!(asked(&headers, 100), *expected, "{header}");
    }

    #[test]
    fn ranges_are_read_as_players_ask_for_them() {
        check("bytes=0-", &Range::Part(0..100));
        check("bytes=10-19", &Range::Part(10..20));
        check("bytes=90-500", &Range::Part(90..100));
        check("bytes=-30", &Range::Part(70..100));
        check("bytes=-500", &Range::Part(0..100));
        check("bytes=100-", &Range::Beyond);
        check("bytes=0-0", &Range::Part(0..1));
        check("bytes=5-2", &Range::All);
        check("bytes=0-1,5-6", &Range::All);
        check("lines=0-1", &Range::All);
    }

    #[tokio::test]
    async fn a_part_says_where_it_stands() {
        let part = Range::Part(10..20);
        let response = response(&part, 100, "video/webm", body(&[7_u8; 10][..]));
        assert_eq!(response.status(), StatusCode::PARTIAL_CONTENT);
        assert_eq!(response.headers()[header::CONTENT_RANGE], "bytes 10-19/100");
        let bytes = axum::body::to_bytes(response.into_body(), 100).await.expect("a body");
        assert_eq!(bytes.as_ref(), [7; 10]);
    }
}
