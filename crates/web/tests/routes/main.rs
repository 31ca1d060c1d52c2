//! What is promised of every route: the table of routes is walked, so that a new one is covered without anyone
//! remembering.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod answer;
mod callers;
#[path = "../contract/mod.rs"]
mod contract;
mod documents;
mod entry;
mod grants;
mod hidden;
mod interference;
mod organisation;
mod people;
mod places;
mod policies;
mod questions;
mod shape;
mod strangers;
mod trade;
mod walk;
mod writes;
