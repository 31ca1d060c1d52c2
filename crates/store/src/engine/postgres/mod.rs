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

/// The whole cost in the first line of a plan, in hundredths: 3550 of `Limit  (cost=0.42..35.50 rows=25 width=8)`.
pub(super) fn planned_cost(line: &str) -> Option<u64> {
    let (_, costs) = line.split_once("(cost=")?;
    let (_, whole) = costs.split_once(' ')?.0.split_once("..")?;
    let (units, hundredths) = whole.split_once('.')?;
    format!("{units}{hundredths}").parse().ok()
}

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

#[cfg(test)]
mod tests {
    use super::planned_cost;

    #[test]
    fn the_cost_of_a_plan_stands_in_its_first_line() {
        assert_eq!(planned_cost("Limit  (cost=0.42..35.50 rows=25 width=8)"), Some(3550));
        assert_eq!(
            planned_cost("Seq Scan on a  (cost=0.00..1234567.89 rows=1 width=0)"),
            Some(123_456_789)
        );
        for nothing in ["", "Limit", "Limit  (cost=0.42)", "Limit  (cost=a..b rows=1)"] {
            assert_eq!(planned_cost(nothing), None, "{nothing}");
        }
    }
}
