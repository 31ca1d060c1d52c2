//! The administrator's pages through the router, on both databases, as a browser without script sees them.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

#[path = "../it/browser.rs"]
#[expect(dead_code, reason = "the portal's tests use more of it")]
mod browser;
mod clients;
mod explain;
mod fields;
mod import;
mod licences;
mod members;
mod modules;
mod office;
mod policies;
mod policy_tests;
mod portals;
mod profile;
mod reading;
mod records;
mod refused;
mod user_types;
mod visitors;
