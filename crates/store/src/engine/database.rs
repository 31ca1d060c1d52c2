//! One database: an organisation's, or the control database.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Conn, Dialect, Error, Param, Row, sql, sqlite};

/// A SQLite file or a PostgreSQL schema. Cheap to clone; a SQLite file closes when the last handle is dropped.
#[derive(Clone)]
pub struct Database {
    inner: Arc<Inner>,
}

pub(super) struct Inner {
    name: String,
    statements: Arc<AtomicU64>,
    backend: Backend,
}

pub(super) enum Backend {
    Sqlite(sqlite::File),
}

impl Database {
    pub(super) fn new(name: &str, statements: Arc<AtomicU64>, backend: Backend) -> Self {
        Self {
            inner: Arc::new(Inner {
                name: name.to_owned(),
                statements,
                backend,
            }),
        }
    }

    pub(super) fn from_inner(inner: Arc<Inner>) -> Self {
        Self { inner }
    }

    pub(super) fn inner(&self) -> &Arc<Inner> {
        &self.inner
    }

    /// Reads. Each statement sees what was committed when it began; use [`snapshot`](Self::snapshot) if several must
    /// agree. Dropping the future interrupts the statement.
    pub async fn read<T, E>(&self, f: impl FnOnce(&mut Conn<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match &self.inner.backend {
            Backend::Sqlite(file) => file.read(false, f).await,
        }
    }

    /// Reads several statements from one state of the database.
    pub async fn snapshot<T, E>(&self, f: impl FnOnce(&mut Conn<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match &self.inner.backend {
            Backend::Sqlite(file) => file.read(true, f).await,
        }
    }

    /// One transaction. `Err` rolls it back, and so does dropping the future before the commit; `Ok` is on the disk
    /// when it is returned.
    pub async fn write<T, E>(&self, f: impl FnOnce(&mut Conn<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match &self.inner.backend {
            Backend::Sqlite(file) => file.write(f).await,
        }
    }

    /// The path of every list: one statement that was [resolved](Self::resolve) before, and a function that turns each
    /// borrowed row into bytes in `state`. Nothing is allocated per row.
    pub async fn stream<S: Send + 'static>(
        &self,
        sql: Arc<str>,
        params: Vec<Param>,
        state: S,
        each: fn(&mut S, &dyn Row) -> Result<(), Error>,
    ) -> Result<S, Error> {
        match &self.inner.backend {
            Backend::Sqlite(file) => file.stream(sql, params, state, each, &self.inner.statements).await,
        }
    }

    /// The text of a statement for this database, to be kept and given to [`stream`](Self::stream).
    #[must_use]
    pub fn resolve(&self, sql: &str) -> Arc<str> {
        match &self.inner.backend {
            Backend::Sqlite(_) => sql::resolve_shared(sql, Dialect::Sqlite, ""),
        }
    }

    /// Which database this is.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match &self.inner.backend {
            Backend::Sqlite(_) => Dialect::Sqlite,
        }
    }

    /// The name it was opened by.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// How many statements closures have sent, for tests that count them.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.inner.statements.load(Ordering::Relaxed)
    }

    /// Refuses further work and waits until what was accepted is done.
    pub(super) async fn close(&self) {
        match &self.inner.backend {
            Backend::Sqlite(file) => file.close().await,
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("name", &self.inner.name)
            .field("dialect", &self.dialect())
            .finish()
    }
}
