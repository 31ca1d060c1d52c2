//! Pages and API through the router, on both databases, without a network. Mirrors the addresses.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod browser;
mod consent;
mod portal;
mod view_as;
mod world;
