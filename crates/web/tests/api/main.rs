//! The API through the router, on both databases, mirroring its addresses.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod access;
mod bulk_read;
mod bulk_write;
mod composite;
#[path = "../contract/mod.rs"]
mod contract;
mod coql;
mod desk;
mod fields;
mod files;
mod licences;
mod limits;
mod notes;
mod notifications;
mod oauth;
mod once;
mod people;
mod photos;
mod portals;
mod reading;
mod related;
mod scopes;
mod settings;
mod single_sign_on;
mod site;
mod timeline;
mod transport;
mod upserts;
mod writing;
