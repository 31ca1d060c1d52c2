//! Databases by name.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::OnceCell;

use super::database::{Backend, Database, Inner};
use super::meter::Meter;
use super::{Dialect, Error, Migration, PostgresOptions, SqliteOptions, migrate, postgres, sqlite};

/// Most databases kept open although nobody uses them.
const OPEN: usize = 200;

/// A directory of SQLite files or a PostgreSQL database, in which databases are opened by name: `control`, `org_17`.
/// Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

struct Shared {
    place: Place,
    open: Mutex<Open>,
}

enum Place {
    Sqlite { directory: PathBuf, options: SqliteOptions },
    Postgres(postgres::Pool),
}

#[derive(Default)]
struct Open {
    closed: bool,
    clock: u64,
    slots: HashMap<String, Slot>,
    /// Databases that left the slots while somebody still held them: a file is not opened twice by one engine.
    lent: HashMap<String, Weak<Inner>>,
}

struct Slot {
    cell: Arc<OnceCell<Database>>,
    used: u64,
}

impl Engine {
    /// A directory with a file per database. It is created, for the owner alone.
    pub fn sqlite(directory: impl Into<PathBuf>) -> Result<Self, Error> {
        Self::sqlite_with(directory, SqliteOptions::default())
    }

    /// Like [`sqlite`](Self::sqlite), with options.
    pub fn sqlite_with(directory: impl Into<PathBuf>, options: SqliteOptions) -> Result<Self, Error> {
        let directory = directory.into();
        create_private(&directory).map_err(|error| Error::Database(format!("cannot create {}: {error}", directory.display())))?;
        Ok(Self::new(Place::Sqlite { directory, options }))
    }

    /// A PostgreSQL database with a schema per database, by URL. Connections are made when they are needed.
    pub fn postgres(url: &str, options: &PostgresOptions) -> Result<Self, Error> {
        Ok(Self::new(Place::Postgres(postgres::connect(url, options)?)))
    }

    fn new(place: Place) -> Self {
        Self {
            shared: Arc::new(Shared {
                place,
                open: Mutex::new(Open::default()),
            }),
        }
    }

    /// Which database this is.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match &self.shared.place {
            Place::Sqlite { .. } => Dialect::Sqlite,
            Place::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Opens a database, creating it if need be and bringing it up to date. One that is open already is handed out at
    /// once, and the migrations are not looked at again.
    pub async fn open(&self, name: &str, migrations: &'static [Migration]) -> Result<Database, Error> {
        check(name)?;
        let cell = self.slot(name)?;
        let database = cell.get_or_try_init(|| self.really_open(name, migrations)).await?.clone();
        self.evict();
        Ok(database)
    }

    /// Is there such a database?
    pub async fn exists(&self, name: &str) -> Result<bool, Error> {
        check(name)?;
        match &self.shared.place {
            Place::Sqlite { directory, .. } => Ok(tokio::fs::try_exists(path(directory, name)).await.unwrap_or(false)),
            Place::Postgres(pool) => postgres::schema_exists(pool, name).await,
        }
    }

    /// Deletes a database and everything in it. Handles to it answer [`Error::Closed`] from now on.
    pub async fn drop(&self, name: &str) -> Result<(), Error> {
        check(name)?;
        if let Some(database) = self.take(name) {
            database.close().await;
        }
        match &self.shared.place {
            Place::Postgres(pool) => postgres::drop_schema(pool, name).await,
            Place::Sqlite { directory, .. } => {
                let file = path(directory, name);
                for suffix in ["", "-wal", "-shm"] {
                    let mut path = file.clone().into_os_string();
                    path.push(suffix);
                    match tokio::fs::remove_file(&path).await {
                        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                            return Err(Error::Database(format!("cannot delete {name}: {error}")));
                        }
                        _ => {}
                    }
                }
                Ok(())
            }
        }
    }

    /// Closes every database after the work it has accepted. Nothing can be opened afterwards.
    pub async fn close(&self) {
        let databases: Vec<Database> = {
            let mut open = self.lock();
            open.closed = true;
            let kept = std::mem::take(&mut open.slots)
                .into_values()
                .filter_map(|slot| slot.cell.get().cloned());
            let mut databases: Vec<Database> = kept.collect();
            let lent = std::mem::take(&mut open.lent).into_values();
            databases.extend(lent.filter_map(|weak| weak.upgrade()).map(Database::from_inner));
            databases
        };
        for database in databases {
            database.close().await;
        }
        if let Place::Postgres(pool) = &self.shared.place {
            pool.close();
        }
    }

    async fn really_open(&self, name: &str, migrations: &'static [Migration]) -> Result<Database, Error> {
        let lent = self.lock().lent.remove(name).and_then(|weak| weak.upgrade());
        if let Some(inner) = lent {
            return Ok(Database::from_inner(inner));
        }
        let meter = Arc::new(Meter::default());
        let backend = match &self.shared.place {
            Place::Postgres(pool) => Backend::Postgres(postgres::Schema::new(pool.clone(), name, Arc::clone(&meter))),
            Place::Sqlite { directory, options } => {
                let (path, options, counter) = (path(directory, name), options.clone(), Arc::clone(&meter));
                tokio::task::spawn_blocking(move || sqlite::File::open(&path, &options, &counter))
                    .await
                    .map_err(|_| Error::Closed)?
                    .map(Backend::Sqlite)?
            }
        };
        let database = Database::new(name, meter, backend);
        migrate::run(&database, migrations).await?;
        Ok(database)
    }

    /// The place of a database, marked as just used.
    fn slot(&self, name: &str) -> Result<Arc<OnceCell<Database>>, Error> {
        let mut open = self.lock();
        if open.closed {
            return Err(Error::Closed);
        }
        open.clock = open.clock.saturating_add(1);
        let used = open.clock;
        if let Some(slot) = open.slots.get_mut(name) {
            slot.used = used;
            return Ok(Arc::clone(&slot.cell));
        }
        let cell = Arc::new(OnceCell::new());
        open.slots.insert(
            name.to_owned(),
            Slot {
                cell: Arc::clone(&cell),
                used,
            },
        );
        Ok(cell)
    }

    /// Lets go of the databases that were not asked for in the longest time. Those that somebody holds stay open.
    fn evict(&self) {
        let mut evicted = Vec::new();
        let mut open = self.lock();
        while open.slots.len() > OPEN {
            let ready = open.slots.iter().filter(|(_, slot)| slot.cell.initialized());
            let Some(oldest) = ready.min_by_key(|(_, slot)| slot.used).map(|(name, _)| name.clone()) else {
                break;
            };
            if let Some(database) = open.slots.remove(&oldest).and_then(|slot| slot.cell.get().cloned()) {
                open.lent.insert(oldest, Arc::downgrade(database.inner()));
                evicted.push(database);
            }
        }
        if !evicted.is_empty() {
            open.lent.retain(|_, weak| weak.strong_count() > 0);
        }
        drop(open);
    }

    fn take(&self, name: &str) -> Option<Database> {
        let mut open = self.lock();
        let lent = open.lent.remove(name).and_then(|weak| weak.upgrade()).map(Database::from_inner);
        open.slots.remove(name).and_then(|slot| slot.cell.get().cloned()).or(lent)
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.shared.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("dialect", &self.dialect()).finish_non_exhaustive()
    }
}

/// Names become file names and schema names.
fn check(name: &str) -> Result<(), Error> {
    let fits = (1..=63).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if fits {
        Ok(())
    } else {
        Err(Error::Database(format!("not a database name: {name:?}")))
    }
}

fn path(directory: &Path, name: &str) -> PathBuf {
    directory.join(format!("{name}.db"))
}

fn create_private(directory: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}
