//! Records behind the gate: against a naive oracle, against an attacker, and word for word.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod answers;
mod asks;
mod changes;
mod dice;
mod differences;
mod differential;
mod edges;
mod explained;
mod filters;
mod interference;
mod judge;
mod limits;
mod lists;
mod named;
mod oracle;
mod places;
mod policies;
mod predicates;
mod selections;
mod sql_text;
mod values;
mod wire;
mod world;
mod writing;
