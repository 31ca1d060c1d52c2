//! The connection a closure works with.

use super::meter::Meter;
use super::{Dialect, Error, Param, Row, postgres, sql, sqlite};

/// About as many parameters stand in one statement that inserts many rows.
const PARAMETERS: usize = 1000;

/// A synchronous connection, for the length of one closure.
pub struct Conn<'a> {
    session: Session<'a>,
    meter: &'a Meter,
    /// Has the database refused a statement of this transaction? PostgreSQL then commits nothing while saying that it
    /// did, SQLite would commit the rest: both are refused by us instead.
    failed: bool,
    depth: u32,
}

/// The driver underneath.
pub(super) enum Session<'a> {
    Sqlite(&'a rusqlite::Connection),
    Postgres(postgres::Session<'a>),
}

impl<'a> Conn<'a> {
    pub(super) fn new(session: Session<'a>, meter: &'a Meter) -> Self {
        Self {
            session,
            meter,
            failed: false,
            depth: 0,
        }
    }

    /// Must the transaction be rolled back whatever the closure says?
    pub(super) fn failed(&self) -> bool {
        self.failed
    }

    /// Which database this is.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match &self.session {
            Session::Sqlite(_) => Dialect::Sqlite,
            Session::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs a statement and hands over each row, borrowed.
    pub fn query(&mut self, sql: &str, params: &[Param], each: &mut dyn FnMut(&dyn Row) -> Result<(), Error>) -> Result<(), Error> {
        self.count()?;
        // An error of the caller's own is not a failure of the transaction.
        let mut own = false;
        let mut watched = |row: &dyn Row| {
            let result = each(row);
            own = result.is_err();
            result
        };
        let sql = self.resolve(sql);
        let result = match &self.session {
            Session::Sqlite(conn) => sqlite::query(conn, &sql, params, &mut watched),
            Session::Postgres(session) => session.query(&sql, params, &mut watched),
        };
        self.failed |= result.is_err() && !own;
        result
    }

    /// Runs a statement and collects its rows.
    pub fn rows<T>(&mut self, sql: &str, params: &[Param], mut map: impl FnMut(&dyn Row) -> Result<T, Error>) -> Result<Vec<T>, Error> {
        let mut rows = Vec::new();
        self.query(sql, params, &mut |row| {
            rows.push(map(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Runs a statement and keeps its first row.
    pub fn row<T>(&mut self, sql: &str, params: &[Param], mut map: impl FnMut(&dyn Row) -> Result<T, Error>) -> Result<Option<T>, Error> {
        let mut first = None;
        self.query(sql, params, &mut |row| {
            if first.is_none() {
                first = Some(map(row)?);
            }
            Ok(())
        })?;
        Ok(first)
    }

    /// What a statement that reads costs, in units of the database's own: on PostgreSQL hundredths of what its planner
    /// reckons, without running it; on SQLite, which reckons nothing, the steps of its machine while it runs.
    pub fn cost(&mut self, sql: &str, params: &[Param]) -> Result<u64, Error> {
        match &self.session {
            Session::Sqlite(conn) => {
                let conn = *conn;
                self.count()?;
                let result = sqlite::steps(conn, &self.resolve(sql), params);
                self.note(result)
            }
            Session::Postgres(_) => {
                let planned = self.row(&self.dialect().explain(sql), params, |row| row.text(0))?;
                let cost = planned.as_deref().and_then(postgres::planned_cost);
                cost.ok_or_else(|| Error::Database("a plan without a cost".to_owned()))
            }
        }
    }

    /// Runs a statement without rows and says how many rows it changed.
    pub fn execute(&mut self, sql: &str, params: &[Param]) -> Result<u64, Error> {
        self.count()?;
        let sql = self.resolve(sql);
        let result = match &self.session {
            Session::Sqlite(conn) => sqlite::execute(conn, &sql, params),
            Session::Postgres(session) => session.execute(&sql, params),
        };
        self.note(result)
    }

    /// Runs one statement for each set of parameters, as fast as the database can, and adds up the changed rows.
    pub fn bulk(&mut self, sql: &str, rows: impl IntoIterator<Item = Vec<Param>>) -> Result<u64, Error> {
        self.count()?;
        let mut rows = rows.into_iter();
        let sql = self.resolve(sql);
        let result = match &self.session {
            Session::Sqlite(conn) => sqlite::bulk(conn, &sql, &mut rows),
            Session::Postgres(session) => session.bulk(&sql, &mut rows),
        };
        self.note(result)
    }

    /// Inserts rows into a table (`:db.m_17`), as fast as the database can.
    ///
    /// PostgreSQL gets many rows in one statement: there a statement costs far more than a row. SQLite does not mind.
    pub fn insert(&mut self, table: &str, columns: &[impl AsRef<str>], rows: Vec<Vec<Param>>) -> Result<u64, Error> {
        let together = match self.dialect() {
            Dialect::Sqlite => 1,
            Dialect::Postgres => PARAMETERS.checked_div(columns.len()).unwrap_or(1).max(1),
        };
        let (many, single) = (rows.len() / together, rows.len() % together);
        let mut rows = rows.into_iter();
        let mut changed: u64 = 0;
        for (size, count) in [(together, many), (1, single)].into_iter().filter(|(_, count)| *count > 0) {
            let sql = sql::insert(table, columns, size);
            let sets = (0..count).map(|_| rows.by_ref().take(size).flatten().collect());
            changed = changed.saturating_add(self.bulk(&sql, sets)?);
        }
        Ok(changed)
    }

    /// Runs several statements without parameters: DDL. Names of types are translated.
    pub fn script(&mut self, sql: &str) -> Result<(), Error> {
        self.count()?;
        let sql = self.resolve(&self.dialect().ddl(sql));
        let result = match &self.session {
            Session::Sqlite(conn) => sqlite::script(conn, &sql),
            Session::Postgres(session) => session.script(&sql),
        };
        self.note(result)
    }

    /// [`script`](Self::script) on a table that is in use. Rather than keep everybody waiting behind it until a long statement is over,
    /// it gives up with [`Error::Timeout`].
    pub fn alter(&mut self, sql: &str) -> Result<(), Error> {
        let sql = self.dialect().impatient(sql);
        self.script(&sql)
    }

    /// Runs what may fail without spoiling the transaction: if the closure returns an error, only its own work is
    /// undone (a savepoint).
    pub fn attempt<T, E: From<Error>>(&mut self, f: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        if self.failed {
            return Err(Error::Aborted.into());
        }
        self.depth = self.depth.saturating_add(1);
        let name = format!("attempt_{}", self.depth);
        let result = self.control(&format!("SAVEPOINT {name}")).map_err(E::from).and_then(|()| {
            let outcome = match f(self) {
                Ok(_) if self.failed => Err(Error::Aborted.into()),
                outcome => outcome,
            };
            if outcome.is_err() {
                self.control(&format!("ROLLBACK TO SAVEPOINT {name}"))?;
                self.failed = false;
            }
            self.control(&format!("RELEASE SAVEPOINT {name}"))?;
            outcome
        });
        self.depth = self.depth.saturating_sub(1);
        result
    }

    /// A statement of ours, not counted.
    fn control(&mut self, sql: &str) -> Result<(), Error> {
        let result = match &self.session {
            Session::Sqlite(conn) => sqlite::control(conn, sql),
            Session::Postgres(session) => session.script(sql),
        };
        self.note(result)
    }

    /// The text of a statement for this database.
    fn resolve(&self, sql: &str) -> String {
        match &self.session {
            Session::Sqlite(_) => sql::resolve(sql, Dialect::Sqlite, ""),
            Session::Postgres(session) => sql::resolve(sql, Dialect::Postgres, session.prefix()),
        }
    }

    fn count(&mut self) -> Result<(), Error> {
        let counted = self.meter.count();
        self.note(counted)
    }

    fn note<T>(&mut self, result: Result<T, Error>) -> Result<T, Error> {
        self.failed |= result.is_err();
        result
    }
}

/// What migrations need and nobody else.
impl Conn<'_> {
    /// Is there such a table?
    pub(super) fn table_exists(&mut self, schema: &str, table: &str) -> Result<bool, Error> {
        let found = match &self.session {
            Session::Sqlite(_) => {
                let sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = $1";
                self.row(sql, &[table.into()], |_| Ok(()))?
            }
            Session::Postgres(_) => {
                let sql = "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = $1 AND tablename = $2";
                self.row(sql, &[schema.into(), table.into()], |_| Ok(()))?
            }
        };
        Ok(found.is_some())
    }

    /// Makes other processes wait that want to change the same schema, and creates it. SQLite's transaction is lock
    /// enough, and its file is there.
    pub(super) fn lock_schema(&mut self, schema: &str, key: i64) -> Result<(), Error> {
        match &self.session {
            Session::Sqlite(_) => Ok(()),
            Session::Postgres(_) => {
                self.row("SELECT pg_advisory_xact_lock($1)", &[key.into()], |_| Ok(()))?;
                self.script(&format!("CREATE SCHEMA IF NOT EXISTS \"{schema}\""))
            }
        }
    }
}
