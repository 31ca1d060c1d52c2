//! The binary as scripts and operators use it, on both databases.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests, and the functions they share"
)]

mod access;
mod bulk;
mod check;
mod clients;
mod crash;
mod demo;
mod explained;
mod imports;
mod kept;
mod licences;
mod operator;
mod orgs;
mod outbox;
mod paying;
mod programs;
mod race;
mod rollout;
mod schemathesis;
mod sdks;
mod server;
mod serving;
mod setup;
mod usage;
mod walks;
mod zoho_documents;
