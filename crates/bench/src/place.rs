//! Where the databases lie: a temporary directory, or a PostgreSQL server of our own.

use std::path::PathBuf;

use store::engine::{Engine, PostgresOptions};
use store::testing::Server;
use tempfile::TempDir;
use tokio_postgres::NoTls;

use crate::Done;

/// A place for databases. It is gone when this is dropped.
pub(crate) struct Place {
    pub(crate) engine: Engine,
    kind: Kind,
}

enum Kind {
    Sqlite(TempDir),
    Postgres(Running),
}

/// Stops the server before its directory is deleted.
struct Running {
    server: Server,
    _directory: TempDir,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.server.stop();
    }
}

impl Place {
    /// An empty place of this kind.
    pub(crate) async fn of(kind: crate::Kind) -> Done<Self> {
        match kind {
            crate::Kind::Sqlite => Self::sqlite(),
            crate::Kind::Postgres => Self::postgres().await,
        }
    }

    /// A directory for SQLite files.
    pub(crate) fn sqlite() -> Done<Self> {
        let directory = tempfile::tempdir()?;
        let engine = Engine::sqlite(directory.path())?;
        Ok(Self {
            engine,
            kind: Kind::Sqlite(directory),
        })
    }

    /// A PostgreSQL server with memory for the whole company, as anybody would give it.
    pub(crate) async fn postgres() -> Done<Self> {
        let directory = tempfile::tempdir()?;
        let server = Server::start(directory.path());
        let running = Running {
            server,
            _directory: directory,
        };
        running.statement("ALTER SYSTEM SET shared_buffers = '1GB'").await?;
        running.statement("ALTER SYSTEM SET max_wal_size = '4GB'").await?;
        running.server.stop();
        running.server.run();
        let engine = Engine::postgres(&running.url(), &PostgresOptions::default())?;
        Ok(Self {
            engine,
            kind: Kind::Postgres(running),
        })
    }

    /// What PostgreSQL does by itself some minutes after much was written.
    pub(crate) async fn settle(&self) -> Done {
        match &self.kind {
            Kind::Sqlite(_) => Ok(()),
            Kind::Postgres(running) => running.statement("VACUUM ANALYZE").await,
        }
    }

    /// The file of a database, on SQLite.
    pub(crate) fn file(&self, name: &str) -> Option<PathBuf> {
        match &self.kind {
            Kind::Sqlite(directory) => Some(directory.path().join(format!("{name}.db"))),
            Kind::Postgres(_) => None,
        }
    }

    /// Where the files are, on SQLite.
    pub(crate) fn directory(&self) -> Option<PathBuf> {
        match &self.kind {
            Kind::Sqlite(directory) => Some(directory.path().to_owned()),
            Kind::Postgres(_) => None,
        }
    }

    /// The address of the server, on PostgreSQL.
    pub(crate) fn url(&self) -> Option<String> {
        match &self.kind {
            Kind::Sqlite(_) => None,
            Kind::Postgres(running) => Some(running.url()),
        }
    }
}

impl Running {
    fn url(&self) -> String {
        self.server.url("postgres")
    }

    async fn statement(&self, sql: &str) -> Done {
        let (client, connection) = tokio_postgres::connect(&self.url(), NoTls).await?;
        let connection = tokio::spawn(connection);
        client.batch_execute(sql).await?;
        drop(client);
        connection.await??;
        Ok(())
    }
}
