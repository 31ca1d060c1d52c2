//! Use cases on both databases, with a clock that is moved by hand.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod addresses;
mod anchors;
mod clients;
mod demo;
mod explained;
mod fields;
mod imports;
mod licences;
mod members;
mod northwind;
mod operators;
mod people;
mod policies;
mod policies_second;
mod policies_swap;
mod policies_tests;
mod portals;
mod records_house;
mod records_refused;
mod records_written;
mod rollouts;
mod sharing;
mod sign_ups;
mod single_sign_on;
mod tenure;
mod view_as;
mod visitors;
