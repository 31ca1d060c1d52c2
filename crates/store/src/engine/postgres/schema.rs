//! A schema: one database among many behind the same pool.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::runtime::Handle;

use super::flight::{Flight, Lease, Ticket};
use super::pool::Pool;
use super::session::{Session, pump};
use crate::engine::conn::Session as AnySession;
use crate::engine::meter::Meter;
use crate::engine::panic::caught;
use crate::engine::{Conn, Error, Param, Row};

pub(crate) struct Schema {
    pool: Pool,
    /// `"org_17".`
    prefix: Arc<str>,
    meter: Arc<Meter>,
    closed: AtomicBool,
}

/// What surrounds a closure.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Nothing: each statement for itself.
    Plain,
    /// One state of the database.
    Snapshot,
    /// A transaction that is committed.
    Write,
}

impl Mode {
    fn begin(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Snapshot => Some("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
            Self::Write => Some("BEGIN"),
        }
    }

    fn end(self, keep: bool) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Write if keep => Some("COMMIT"),
            Self::Write | Self::Snapshot => Some("ROLLBACK"),
        }
    }
}

impl Schema {
    pub(crate) fn new(pool: Pool, name: &str, meter: Arc<Meter>) -> Self {
        Self {
            pool,
            prefix: format!("\"{name}\".").into(),
            meter,
            closed: AtomicBool::new(false),
        }
    }

    /// What stands for `:db.`
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    pub(crate) async fn run<T, E>(&self, mode: Mode, f: impl FnOnce(&mut Conn<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let lease = self.begin(mode).await?;
        let flight = Arc::new(Flight::default());
        let ticket = Ticket {
            flight: Arc::clone(&flight),
            token: lease.client()?.cancel_token(),
        };
        let work = Work {
            pool: self.pool.clone(),
            prefix: Arc::clone(&self.prefix),
            meter: Arc::clone(&self.meter),
            runtime: Handle::current(),
            flight,
            mode,
        };
        let result = tokio::task::spawn_blocking(move || work.run(lease, f)).await;
        drop(ticket);
        result.unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    /// Refuses further work; what has begun goes on.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    async fn lease(&self) -> Result<Lease, Error> {
        if self.closed.load(Ordering::Acquire) {
            return Err(Error::Closed);
        }
        self.pool.lease().await
    }

    /// A connection in the right state. One that died while it lay in the pool is replaced: nothing was lost yet.
    async fn begin(&self, mode: Mode) -> Result<Lease, Error> {
        let mut attempts: u8 = 0;
        loop {
            let lease = self.lease().await?;
            let Some(begin) = mode.begin() else { return Ok(lease) };
            match lease.client()?.batch_execute(begin).await.map_err(|error| self.pool.explain(error)) {
                Ok(()) => return Ok(lease),
                Err(Error::Closed) if attempts < 2 => attempts = attempts.saturating_add(1),
                Err(error) => return Err(error),
            }
        }
    }

    pub(crate) async fn stream<S: Send>(
        &self,
        sql: &str,
        params: &[Param],
        mut state: S,
        each: fn(&mut S, &dyn Row) -> Result<(), Error>,
    ) -> Result<S, Error> {
        self.meter.count()?;
        let mut again = true;
        loop {
            let lease = self.lease().await?;
            let (mut begun, mut own) = (false, false);
            let result = pump(&self.pool, lease.client()?, sql, params, |row| {
                begun = true;
                let result = each(&mut state, row);
                own = result.is_err();
                result
            })
            .await;
            if !own {
                lease.release();
            }
            match result {
                Ok(()) => return Ok(state),
                // The connection had died in the pool, or the schema has changed under the prepared statement.
                Err(Error::Closed | Error::Conflict(_)) if again && !begun => again = false,
                Err(error) => return Err(error),
            }
        }
    }
}

/// What a blocking thread needs.
struct Work {
    pool: Pool,
    prefix: Arc<str>,
    meter: Arc<Meter>,
    runtime: Handle,
    flight: Arc<Flight>,
    mode: Mode,
}

impl Work {
    fn run<T, E: From<Error>>(&self, lease: Lease, f: impl FnOnce(&mut Conn<'_>) -> Result<T, E>) -> Result<T, E> {
        let client = lease.client()?;
        let session = Session {
            runtime: &self.runtime,
            pool: &self.pool,
            client,
            prefix: &self.prefix,
        };
        let mut conn = Conn::new(AnySession::Postgres(session), &self.meter);
        let mut result = caught(|| f(&mut conn));
        if self.mode == Mode::Write && result.is_ok() && conn.failed() {
            result = Err(Error::Aborted.into());
        }
        if !self.flight.settle() {
            // Nobody waits; the connection, and with it the transaction, goes with the lease.
            return Err(Error::Closed.into());
        }
        if let Some(end) = self.mode.end(result.is_ok()) {
            let ended = self.runtime.block_on(client.batch_execute(end));
            if let Err(error) = ended {
                let error = match self.pool.explain(error) {
                    // Not to be tried again blindly.
                    Error::Closed => Error::Database("the connection was lost during the commit".to_owned()),
                    error => error,
                };
                return result.and_then(|_| Err(error.into()));
            }
        }
        lease.release();
        result
    }
}
