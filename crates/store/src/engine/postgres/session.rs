//! A connection as closures see it: each statement is waited for.

use std::pin::pin;

use deadpool_postgres::ClientWrapper;
use futures_util::TryStreamExt;
use futures_util::future::try_join_all;
use tokio::runtime::Handle;

use super::pool::Pool;
use super::value::PostgresRow;
use crate::engine::{Error, Param, Row};

/// How many statements of a bulk are on their way at once.
const FLIGHT: usize = 256;

pub(crate) struct Session<'a> {
    pub(super) runtime: &'a Handle,
    pub(super) pool: &'a Pool,
    pub(super) client: &'a ClientWrapper,
    pub(super) prefix: &'a str,
}

impl Session<'_> {
    /// What stands for `:db.`
    pub(crate) fn prefix(&self) -> &str {
        self.prefix
    }

    pub(crate) fn query(&self, sql: &str, params: &[Param], each: &mut dyn FnMut(&dyn Row) -> Result<(), Error>) -> Result<(), Error> {
        self.runtime.block_on(pump(self.pool, self.client, sql, params, each))
    }

    pub(crate) fn execute(&self, sql: &str, params: &[Param]) -> Result<u64, Error> {
        let work = async {
            let statement = self.pool.prepare(self.client, sql).await?;
            self.client.execute_raw(&statement, params).await
        };
        self.runtime.block_on(work).map_err(|error| self.pool.explain(error))
    }

    /// Sends the statements without waiting for each answer.
    pub(crate) fn bulk(&self, sql: &str, rows: &mut dyn Iterator<Item = Vec<Param>>) -> Result<u64, Error> {
        let work = async {
            let statement = self.pool.prepare(self.client, sql).await?;
            let mut changed: u64 = 0;
            loop {
                let batch: Vec<Vec<Param>> = (&mut *rows).take(FLIGHT).collect();
                if batch.is_empty() {
                    return Ok(changed);
                }
                let sent = batch.iter().map(|params| self.client.execute_raw(&statement, params));
                let counts = try_join_all(sent).await?;
                changed = counts.into_iter().fold(changed, u64::saturating_add);
            }
        };
        self.runtime.block_on(work).map_err(|error| self.pool.explain(error))
    }

    pub(crate) fn script(&self, sql: &str) -> Result<(), Error> {
        self.runtime
            .block_on(self.client.batch_execute(sql))
            .map_err(|error| self.pool.explain(error))
    }
}

/// Runs a resolved statement and hands over its rows as they arrive.
pub(super) async fn pump<F>(pool: &Pool, client: &ClientWrapper, sql: &str, params: &[Param], mut each: F) -> Result<(), Error>
where
    F: FnMut(&dyn Row) -> Result<(), Error>,
{
    let statement = pool.prepare(client, sql).await.map_err(|error| pool.explain(error))?;
    let rows = client.query_raw(&statement, params).await.map_err(|error| pool.explain(error))?;
    let mut rows = pin!(rows);
    while let Some(row) = rows.try_next().await.map_err(|error| pool.explain(error))? {
        each(&PostgresRow(&row))?;
    }
    Ok(())
}
