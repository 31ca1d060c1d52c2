//! The only place with SQL.
//!
//! [`engine`] knows SQLite and PostgreSQL and no noun of the product; the other modules know the nouns and write one
//! SQL text for both databases.
pub mod engine;
