//! Bringing a database to what this program expects.
//!
//! Migrations are a numbered list of SQL texts in the binary. Each database remembers which it has had, with a hash of
//! the text; they are applied in one transaction, under a lock.

use super::{Conn, Database, Error, Param};

/// One step of the schema. It is never changed once released.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Ascending, from 1.
    pub number: u32,
    /// What it does, for people.
    pub name: &'static str,
    /// A [script](Conn::script).
    pub sql: &'static str,
}

impl Migration {
    /// FNV-1a of the text without carriage returns: it has to notice an edit, not an attacker.
    fn hash(&self) -> String {
        let hash = self.sql.bytes().filter(|b| *b != b'\r').fold(0xcbf2_9ce4_8422_2325_u64, |hash, b| {
            (hash ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        format!("{hash:016x}")
    }
}

/// Applies what is missing. Looks first, so that opening a database that is up to date takes no lock.
pub(super) async fn run(database: &Database, migrations: &'static [Migration]) -> Result<(), Error> {
    ordered(migrations)?;
    let name = database.name().to_owned();
    let schema = name.clone();
    let applied = database.read(move |conn| applied(conn, &schema)).await?;
    if let Some(applied) = &applied
        && missing(&name, applied, migrations)?.is_empty()
    {
        return Ok(());
    }
    database
        .write(move |conn| {
            conn.lock_schema(&name)?;
            conn.script(
                "CREATE TABLE IF NOT EXISTS :db.schema_migrations (\n  number BIGINT PRIMARY KEY,\n  name TEXT NOT NULL,\n  \
                 hash TEXT NOT NULL\n) :strict;",
            )?;
            // Somebody else may have been quicker.
            let applied = applied_rows(conn)?;
            for migration in missing(&name, &applied, migrations)? {
                apply(conn, &name, migration)?;
            }
            Ok(())
        })
        .await
}

fn ordered(migrations: &[Migration]) -> Result<(), Error> {
    let in_order = migrations.iter().zip(1_u32..).all(|(migration, number)| migration.number == number);
    if in_order {
        Ok(())
    } else {
        Err(Error::Migration("the list is not numbered 1, 2, 3, …".to_owned()))
    }
}

fn applied(conn: &mut Conn<'_>, schema: &str) -> Result<Option<Vec<(i64, String)>>, Error> {
    if conn.table_exists(schema, "schema_migrations")? {
        applied_rows(conn).map(Some)
    } else {
        Ok(None)
    }
}

fn applied_rows(conn: &mut Conn<'_>) -> Result<Vec<(i64, String)>, Error> {
    conn.rows("SELECT number, hash FROM :db.schema_migrations ORDER BY number", &[], |row| {
        Ok((row.int(0)?, row.text(1)?))
    })
}

/// What is still to be applied, or why nothing may be.
fn missing<'m>(database: &str, applied: &[(i64, String)], migrations: &'m [Migration]) -> Result<&'m [Migration], Error> {
    for (position, (number, hash)) in applied.iter().enumerate() {
        let Some(migration) = migrations.get(position) else {
            return Err(Error::Migration(format!(
                "{database} has migration {number}, this program knows {}: it is older than the database",
                migrations.len()
            )));
        };
        if i64::from(migration.number) != *number {
            return Err(Error::Migration(format!("{database} lacks migration {}", migration.number)));
        }
        if migration.hash() != *hash {
            return Err(Error::Migration(format!(
                "{database} was given another text of migration {number} ({}) than this program has",
                migration.name
            )));
        }
    }
    Ok(migrations.get(applied.len()..).unwrap_or_default())
}

fn apply(conn: &mut Conn<'_>, database: &str, migration: &Migration) -> Result<(), Error> {
    let failed = |error: Error| Error::Migration(format!("{database}: migration {} ({}): {error}", migration.number, migration.name));
    conn.script(migration.sql).map_err(failed)?;
    let row = [
        Param::from(migration.number),
        Param::from(migration.name),
        Param::from(migration.hash()),
    ];
    conn.execute("INSERT INTO :db.schema_migrations (number, name, hash) VALUES ($1, $2, $3)", &row)?;
    tracing::info!(database, number = migration.number, name = migration.name, "migration applied");
    Ok(())
}
