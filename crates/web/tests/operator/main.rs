//! The operator's pages through the router, on both databases, as a browser without script sees them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../it/browser.rs"]
#[expect(dead_code, reason = "the portal's tests use more of it")]
mod browser;
mod entry;
mod organisations;
mod rollouts;
mod server;
