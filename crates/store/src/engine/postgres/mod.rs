//! PostgreSQL: a pool of connections, a schema per database.
//!
//! Names are qualified in the text, so any connection serves any schema. Closures are synchronous and run on a
//! blocking thread that waits for each statement; the list path is asynchronous throughout.

mod error;
mod flight;
mod pool;
mod schema;
mod session;
mod value;

use std::time::Duration;

pub(super) use pool::{Pool, connect, drop_schema, schema_exists};
pub(super) use schema::{Mode, Schema};
pub(super) use session::Session;

/// How PostgreSQL is used.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// Most connections of this process.
    pub pool: usize,
    /// How long a request may wait for a connection before [`Error::Busy`](super::Error::Busy).
    pub wait: Duration,
    /// How many requests may wait for a connection.
    pub queue: usize,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZeroUsize::get);
        Self {
            pool: cores.saturating_mul(4),
            wait: Duration::from_secs(5),
            queue: 1024,
        }
    }
}
