//! Over tokio-postgres and deadpool, with a pool as large as the product's.

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod};
use tokio_postgres::{Config, NoTls, Row};

use super::json::{Deal, Page};
use crate::Done;

/// The server, and what is asked of it.
pub(crate) struct Server {
    pool: Pool,
    sql: String,
}

impl Server {
    pub(crate) fn connect(url: &str, sql: String) -> Done<Self> {
        let config: Config = url.parse()?;
        let fast = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let size = store::engine::PostgresOptions::default().pool;
        let pool = Pool::builder(Manager::from_config(config, NoTls, fast)).max_size(size).build()?;
        Ok(Self { pool, sql })
    }

    pub(crate) async fn list(&self, anchor: i64) -> Done<Vec<u8>> {
        let client = self.pool.get().await?;
        let statement = client.prepare_cached(&self.sql).await?;
        let mut page = Page::new(anchor);
        for row in client.query(&statement, &[&anchor]).await? {
            page.push(&deal(&row)?);
        }
        Ok(page.finish())
    }
}

fn deal(row: &Row) -> Result<Deal<'_>, tokio_postgres::Error> {
    Ok(Deal {
        id: row.try_get(0)?,
        name: row.try_get(1)?,
        contact: row.try_get(2)?,
        referrer: row.try_get(3)?,
        amount: row.try_get(4)?,
        stage: row.try_get(5)?,
        probability: row.try_get(6)?,
        closing: row.try_get(7)?,
        next_step: row.try_get(8)?,
        region: row.try_get(9)?,
        score: row.try_get(10)?,
        renewal: row.try_get(11)?,
        modified: row.try_get(12)?,
        person: row.try_get(13)?,
    })
}
