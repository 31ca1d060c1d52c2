//! SQLite and PostgreSQL under one roof, and no noun of the product.
//!
//! An [`Engine`] opens databases by name: one organisation's or the control database. A [`Database`] is a SQLite file
//! or a PostgreSQL schema. A closure gets a [`Conn`] and speaks one SQL text to both:
//!
//! - parameters are `$1…$n`; tables carry the prefix `:db.`, as in `SELECT id FROM :db.members WHERE id = $1`;
//! - DDL (only in [`Conn::script`] and migrations) writes the types `BIGINT`, `DOUBLE`, `TEXT`, `BYTES` and ends tables with
//!   `) :strict;`;
//! - what else differs is a function in [`dialect`].
//!
//! An acknowledged write is on the disk. A failed statement spoils its transaction on both databases, unless it ran
//! inside [`Conn::attempt`].

mod conn;
mod database;
pub mod dialect;
mod error;
mod meter;
mod migrate;
mod panic;
mod param;
mod postgres;
mod registry;
mod row;
mod sql;
mod sqlite;

pub use conn::Conn;
pub use database::Database;
pub use dialect::Dialect;
pub use error::Error;
pub use migrate::Migration;
pub use param::Param;
pub use postgres::PostgresOptions;
pub use registry::Engine;
pub use row::{Cell, Row};
pub use sqlite::SqliteOptions;
