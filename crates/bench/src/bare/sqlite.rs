//! Over rusqlite: threads with a connection each, opened as the product opens its own.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Row};
use tokio::sync::oneshot;

use super::json::{Deal, Page};
use crate::Done;

const PRAGMAS: &str = "PRAGMA busy_timeout = 5000; PRAGMA mmap_size = 0; PRAGMA cache_size = -65536; \
                       PRAGMA temp_store = MEMORY; PRAGMA query_only = ON;";
const READERS: usize = 2;

/// The reader threads. They end when this is dropped.
pub(crate) struct Readers {
    jobs: mpsc::Sender<Job>,
}

struct Job {
    anchor: i64,
    reply: oneshot::Sender<Done<Vec<u8>>>,
}

impl Readers {
    pub(crate) fn open(file: &Path, sql: &str) -> Done<Self> {
        let (jobs, waiting) = mpsc::channel::<Job>();
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..READERS {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let conn = Connection::open_with_flags(file, flags)?;
            conn.execute_batch(PRAGMAS)?;
            conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
            let (waiting, sql) = (Arc::clone(&waiting), sql.to_owned());
            std::thread::Builder::new()
                .name("bare-reader".into())
                .spawn(move || serve(&conn, &sql, &waiting))?;
        }
        Ok(Self { jobs })
    }

    pub(crate) async fn list(&self, anchor: i64) -> Done<Vec<u8>> {
        let (reply, answer) = oneshot::channel();
        self.jobs.send(Job { anchor, reply })?;
        answer.await?
    }
}

fn serve(conn: &Connection, sql: &str, waiting: &Mutex<mpsc::Receiver<Job>>) {
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
    while let Ok(job) = next() {
        drop(job.reply.send(list(conn, sql, job.anchor).map_err(Into::into)));
    }
}

fn list(conn: &Connection, sql: &str, anchor: i64) -> rusqlite::Result<Vec<u8>> {
    let mut page = Page::new(anchor);
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([anchor])?;
    while let Some(row) = rows.next()? {
        page.push(&deal(row)?);
    }
    Ok(page.finish())
}

fn deal<'a>(row: &'a Row<'_>) -> rusqlite::Result<Deal<'a>> {
    let text = |i: usize| Ok::<_, rusqlite::Error>(row.get_ref(i)?.as_str_or_null()?);
    Ok(Deal {
        id: row.get(0)?,
        name: text(1)?,
        contact: row.get(2)?,
        referrer: row.get(3)?,
        amount: row.get(4)?,
        stage: text(5)?,
        probability: row.get(6)?,
        closing: row.get(7)?,
        next_step: text(8)?,
        region: text(9)?,
        score: row.get(10)?,
        renewal: row.get(11)?,
        modified: row.get(12)?,
        person: text(13)?,
    })
}
