//! Policies: what is refused before publishing, and what becomes of a policy when the metadata changes after it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod anonymous;
mod ceilings;
mod criteria;
mod explaining;
mod faults;
mod flips;
mod house;
mod names;
mod paths;
mod plain;
mod plans;
mod preparing;
mod ways;
