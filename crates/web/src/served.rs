//! Which version of metadata and policies a request was served from, for its line in the log.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use app::Ctx;
use axum::http::Request;
use axum::http::request::Parts;
use tracing::Span;
use tracing::field::Empty;

/// Put into a request for whoever finds out. The version is noted once, when the answer is there: what memory said
/// before a statement found it out of date served nobody.
#[derive(Debug, Clone, Default)]
pub struct Served(Arc<AtomicI64>);

/// The span of a request, under the target that operators know it by.
pub fn span<B>(request: &Request<B>) -> Span {
    tracing::debug_span!(
        target: "tower_http::trace::make_span",
        "request",
        method = %request.method(),
        uri = %request.uri(),
        version = ?request.version(),
        state_version = Empty,
    )
}

/// Notes what the one who asks is served from.
pub fn note(parts: &Parts, ctx: &Ctx) {
    if let Some(Served(version)) = parts.extensions.get() {
        version.store(ctx.snapshot.version, Ordering::Relaxed);
    }
}

impl Served {
    /// Writes the version into the span of the request that is being answered.
    pub fn record(&self) {
        let version = self.0.load(Ordering::Relaxed);
        if version > 0 {
            Span::current().record("state_version", version);
        }
    }
}
