//! One database: an organisation's, or the control database.

use std::fmt;
use std::sync::Arc;

use super::meter::Meter;
use super::postgres::{self, Mode};
use super::{Conn, Dialect, Error, Param, Row, sql, sqlite};

/// A SQLite file or a PostgreSQL schema. Cheap to clone; a SQLite file closes when the last handle is dropped.
#[derive(Clone)]
pub struct Database {
    inner: Arc<Inner>,
    /// This handle only reads.
    looking: bool,
}

pub(super) struct Inner {
    name: String,
    meter: Arc<Meter>,
    backend: Backend,
}

pub(super) enum Backend {
    Sqlite(sqlite::File),
    Postgres(postgres::Schema),
}

impl Database {
    pub(super) fn new(name: &str, meter: Arc<Meter>, backend: Backend) -> Self {
        Self {
            inner: Arc::new(Inner {
                name: name.to_owned(),
                meter,
                backend,
            }),
            looking: false,
        }
    }

    pub(super) fn from_inner(inner: Arc<Inner>) -> Self {
        Self { inner, looking: false }
    }

    /// A handle that reads what this one does, and writes nothing: every [`write`](Self::write) through it is
    /// [`Error::OnlyLooking`]. For whoever looks as somebody else, so that no use case has to remember it.
    #[must_use]
    pub fn looking(&self) -> Self {
        Self {
            looking: true,
            ..self.clone()
        }
    }

    /// Whether nothing can be written through this handle.
    #[must_use]
    pub fn is_looking(&self) -> bool {
        self.looking
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
            Backend::Postgres(schema) => schema.run(Mode::Plain, f).await,
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
            Backend::Postgres(schema) => schema.run(Mode::Snapshot, f).await,
        }
    }

    /// One transaction. `Err` rolls it back, and so does dropping the future before the commit; `Ok` is on the disk
    /// when it is returned.
    pub async fn write<T, E>(&self, f: impl FnOnce(&mut Conn<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        if self.looking {
            return Err(Error::OnlyLooking.into());
        }
        let meter = Arc::clone(&self.inner.meter);
        let f = move |conn: &mut Conn<'_>| {
            let done = f(conn)?;
            meter.commit()?;
            Ok::<T, E>(done)
        };
        let done = match &self.inner.backend {
            Backend::Sqlite(file) => file.write(f).await,
            Backend::Postgres(schema) => schema.run(Mode::Write, f).await,
        }?;
        self.inner.meter.answer()?;
        Ok(done)
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
            Backend::Sqlite(file) => file.stream(sql, params, state, each, &self.inner.meter).await,
            Backend::Postgres(schema) => schema.stream(&sql, &params, state, each).await,
        }
    }

    /// The text of a statement for this database, to be kept and given to [`stream`](Self::stream).
    #[must_use]
    pub fn resolve(&self, sql: &str) -> Arc<str> {
        match &self.inner.backend {
            Backend::Sqlite(_) => sql::resolve(sql, Dialect::Sqlite, "").into(),
            Backend::Postgres(schema) => sql::resolve(sql, Dialect::Postgres, schema.prefix()).into(),
        }
    }

    /// Which database this is.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match &self.inner.backend {
            Backend::Sqlite(_) => Dialect::Sqlite,
            Backend::Postgres(_) => Dialect::Postgres,
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
        self.inner.meter.total()
    }

    /// Carries out so many statements more, and then none and no commit: as if the server was killed there.
    #[cfg(feature = "testing")]
    pub fn break_after(&self, statements: u64) {
        self.inner.meter.break_after(statements);
    }

    /// Carries out the next commits, and says of them that the connection was lost.
    #[cfg(feature = "testing")]
    pub fn lose_answers(&self, commits: u64) {
        self.inner.meter.lose_answers(commits);
    }

    /// Everything is carried out again.
    #[cfg(feature = "testing")]
    pub fn mend(&self) {
        self.inner.meter.mend();
    }

    /// Refuses further work and waits until what was accepted is done.
    pub(super) async fn close(&self) {
        match &self.inner.backend {
            Backend::Sqlite(file) => file.close().await,
            Backend::Postgres(schema) => schema.close(),
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
