//! The only place with SQL.
//!
//! [`engine`] knows SQLite and PostgreSQL and no noun of the product; the other modules know the nouns and write one
//! SQL text for both databases.

pub mod access;
pub mod accounts;
pub mod audit;
pub mod clients;
mod document;
pub mod engine;
pub mod files;
pub mod jobs;
pub mod licences;
pub mod mail;
pub mod members;
pub mod messages;
pub mod modules;
pub mod notifications;
pub mod operators;
pub mod orgs;
pub mod policies;
pub mod portals;
pub mod records;
pub mod repeats;
pub mod rollouts;
pub mod schema;
pub mod shares;
pub mod sign_ups;
pub mod single_sign_on;
pub mod staff;
pub mod state;
#[cfg(feature = "testing")]
pub mod testing;
