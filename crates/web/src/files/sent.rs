//! A file as it is sent: piece by piece, and never to be opened in its place.

use app::files::Reader;
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::stream;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// A file that somebody uploaded may be a page with a script: should a browser show it all the same, it may do nothing.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");

/// The file as a download; of its own type, where no other is said.
pub fn send(reader: Reader, content_type: Option<&'static str>) -> Response {
    let file = reader.file().clone();
    let pieces = stream::try_unfold(reader, async |mut reader| {
        let piece = reader.next().await.inspect_err(|error| {
            tracing::warn!(error = error.in_full(), "a download broke off");
        })?;
        Ok::<_, app::Error>(piece.map(|bytes| (bytes, reader)))
    });
    let mut answer = Response::new(Body::from_stream(pieces));
    let headers = answer.headers_mut();
    let own = HeaderValue::from_str(content_type.unwrap_or(&file.content_type));
    headers.insert(
        header::CONTENT_TYPE,
        own.unwrap_or(HeaderValue::from_static("application/octet-stream")),
    );
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(file.size));
    headers.insert(header::CONTENT_SECURITY_POLICY, NOTHING);
    if let Ok(value) = HeaderValue::from_str(&disposition(&file.name)) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    answer
}

/// The name in plain letters for old clients, and all of it, as RFC 6266 has it.
fn disposition(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_ascii_graphic() { c } else { '_' }).collect();
    match plain == name {
        true => format!("attachment; filename=\"{plain}\""),
        false => format!(
            "attachment; filename=\"{plain}\"; filename*=UTF-8''{}",
            utf8_percent_encode(name, NON_ALPHANUMERIC)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_any_script_reaches_the_client() {
        assert_eq!(disposition("offer.pdf"), "attachment; filename=\"offer.pdf\"");
        let said = disposition("Übersicht 1.pdf");
        assert_eq!(
            said,
            "attachment; filename=\"_bersicht_1.pdf\"; filename*=UTF-8''%C3%9Cbersicht%201%2Epdf"
        );
    }
}
