//! The pool, and the few statements about whole schemas.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use deadpool_postgres::{ClientWrapper, Manager, ManagerConfig, PoolError, RecyclingMethod, Runtime, TimeoutType};
use tokio_postgres::{Config, NoTls, Statement};

use super::PostgresOptions;
use super::error::{error, is_stale};
use super::flight::Lease;
use crate::engine::Error;

/// Most prepared statements a connection keeps, give or take [`LOOK`].
const STATEMENTS: usize = 256;
/// How often the number is looked at: counting walks the whole cache.
const LOOK: u32 = 32;

/// A pool that bounds what waits for it and what its connections remember. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Pool {
    inner: deadpool_postgres::Pool,
    queue: usize,
    prepared: Arc<AtomicU32>,
}

/// Sets up a pool. Connections are made when they are needed.
pub(crate) fn connect(url: &str, options: &PostgresOptions) -> Result<Pool, Error> {
    let mut config: Config = url.parse().map_err(error)?;
    if config.get_application_name().is_none() {
        config.application_name("loggia");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(10));
    }
    let manager = Manager::from_config(
        config,
        NoTls,
        ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        },
    );
    let inner = deadpool_postgres::Pool::builder(manager)
        .max_size(options.pool.max(1))
        .wait_timeout(Some(options.wait))
        .create_timeout(Some(Duration::from_secs(15)))
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(|error| Error::Database(error.to_string()))?;
    Ok(Pool {
        inner,
        queue: options.queue,
        prepared: Arc::new(AtomicU32::new(0)),
    })
}

impl Pool {
    pub(super) async fn lease(&self) -> Result<Lease, Error> {
        if self.inner.status().waiting >= self.queue {
            return Err(Error::Busy);
        }
        self.inner.get().await.map(Lease::new).map_err(|refusal| match refusal {
            PoolError::Timeout(TimeoutType::Wait) => Error::Busy,
            PoolError::Timeout(_) => Error::Timeout,
            PoolError::Closed => Error::Closed,
            PoolError::Backend(failure) => error(failure),
            other => Error::Database(other.to_string()),
        })
    }

    /// Prepares a statement, or finds it prepared. The driver's cache never forgets, so it is emptied when it is full.
    pub(super) async fn prepare(&self, client: &ClientWrapper, sql: &str) -> Result<Statement, tokio_postgres::Error> {
        if self.prepared.fetch_add(1, Ordering::Relaxed).is_multiple_of(LOOK) && client.statement_cache.size() > STATEMENTS {
            client.statement_cache.clear();
        }
        client.prepare_cached(sql).await
    }

    /// Our word for an error. If the schema has changed under prepared statements, every connection forgets its own.
    pub(super) fn explain(&self, failure: tokio_postgres::Error) -> Error {
        if is_stale(&failure) {
            self.inner.manager().statement_caches.clear();
        }
        error(failure)
    }

    pub(crate) fn close(&self) {
        self.inner.close();
    }
}

/// Is there such a schema?
pub(crate) async fn schema_exists(pool: &Pool, name: &str) -> Result<bool, Error> {
    let lease = pool.lease().await?;
    let found = lease
        .client()?
        .query_opt("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", &[&name])
        .await;
    lease.release();
    Ok(found.map_err(error)?.is_some())
}

/// Deletes a schema and everything in it. The name has been checked.
pub(crate) async fn drop_schema(pool: &Pool, name: &str) -> Result<(), Error> {
    let lease = pool.lease().await?;
    let dropped = lease
        .client()?
        .batch_execute(&format!("DROP SCHEMA IF EXISTS \"{name}\" CASCADE"))
        .await;
    lease.release();
    dropped.map_err(error)
}
