//! The binary as scripts and operators use it, on both databases.
#![expect(clippy::unwrap_used, reason = "tests, and the functions they share")]

mod check;
mod clients;
mod crash;
mod licences;
mod orgs;
mod outbox;
mod server;
mod serving;
mod setup;
mod usage;
