//! The built front end, embedded in the binary: hashed names, compressed beforehand, kept for ever.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, Response, StatusCode, header};
use rust_embed::Embed;

use crate::routes::{Routes, get};

#[derive(Embed)]
#[folder = "../../assets/dist/"]
struct Dist;

static MANIFEST: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let manifest = Dist::get("manifest.json").map(|file| file.data.into_owned()).unwrap_or_default();
    let names: HashMap<String, String> = serde_json::from_slice(&manifest).unwrap_or_default();
    names
        .into_iter()
        .map(|(name, hashed)| (name, format!("/assets/{hashed}")))
        .collect()
});

/// The address of a file by its plain name: `loggia.css`.
#[must_use]
pub fn url(name: &str) -> &'static str {
    MANIFEST.get(name).map_or("/assets/missing", String::as_str)
}

/// The fonts that files are printed with. None: the front end was built without them.
pub fn print_fonts() -> Option<&'static paper::Fonts> {
    static FONTS: LazyLock<Option<paper::Fonts>> = LazyLock::new(|| {
        let file = |name| Some(Dist::get(name)?.data);
        let (regular, bold) = (file("print-regular.ttf")?, file("print-bold.ttf")?);
        paper::Fonts::read(&regular, &bold).ok()
    });
    FONTS.as_ref()
}

pub fn routes() -> Routes {
    Routes::new().route("/assets/{name}", get(serve))
}

async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response<Body> {
    let accepted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    for (encoding, ending) in [("br", ".br"), ("gzip", ".gz")] {
        if accepted.split(',').any(|offer| offer.trim().split(';').next() == Some(encoding))
            && let Some(file) = Dist::get(&format!("{name}{ending}"))
        {
            return found(&name, file.data.into_owned(), Some(encoding));
        }
    }
    match Dist::get(&name) {
        Some(file) => found(&name, file.data.into_owned(), None),
        None => plain(StatusCode::NOT_FOUND),
    }
}

fn found(name: &str, data: Vec<u8>, encoding: Option<&'static str>) -> Response<Body> {
    let kind = mime_guess::from_path(name).first_or_octet_stream();
    let mut answer = Response::builder()
        .header(header::CONTENT_TYPE, kind.as_ref())
        .header(header::CACHE_CONTROL, "public, max-age=31536000, immutable")
        .header(header::VARY, "Accept-Encoding");
    if let Some(encoding) = encoding {
        answer = answer.header(header::CONTENT_ENCODING, encoding);
    }
    answer
        .body(Body::from(data))
        .unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR))
}

fn plain(status: StatusCode) -> Response<Body> {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = status;
    answer
}
