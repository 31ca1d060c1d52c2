//! What is promised of every route: the table of routes is walked, so that a new one is covered without anyone
//! remembering.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod answer;
mod callers;
mod grants;
mod interference;
mod organisation;
mod places;
mod questions;
mod walk;
