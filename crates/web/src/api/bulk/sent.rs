//! A file as it is sent: piece by piece.

use app::files::Reader;
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::stream;

/// The file as a download.
pub fn file(reader: Reader, content_type: &'static str) -> Response {
    let (size, name) = (reader.file().size, reader.file().name.clone());
    let pieces = stream::try_unfold(reader, async |mut reader| {
        let piece = reader.next().await.inspect_err(|error| {
            tracing::warn!(error = error.in_full(), "a download broke off");
        })?;
        Ok::<_, app::Error>(piece.map(|bytes| (bytes, reader)))
    });
    let mut answer = Response::new(Body::from_stream(pieces));
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size));
    // Only what a header can hold: names of our own are all of that.
    let name: String = name.chars().filter(|c| c.is_ascii_graphic()).collect();
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    answer
}
