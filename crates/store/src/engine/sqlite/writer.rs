//! The writer thread: many jobs, one commit.
//!
//! With an fsync for each commit a disk does a few hundred transactions a second; jobs that wait together are
//! committed together, each under a savepoint, and are answered when the commit is on the disk.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, ffi};
use tokio::sync::oneshot;

use super::queue::{Popped, Queue};
use super::statement::{self, error};
use crate::engine::conn::Session;
use crate::engine::meter::Meter;
use crate::engine::panic::caught;
use crate::engine::{Conn, Error};

/// Most jobs in one commit.
const GROUP: usize = 64;
/// How long the writer must have had nothing to do before it moves the log into the file.
const IDLE: Duration = Duration::from_millis(200);
/// How often a transaction is begun anew because another process was quicker.
const BEGINS: usize = 5;

/// A job that waits for a commit.
pub(super) trait Job: Send {
    /// Does the work; true if it is to be kept.
    fn run(&mut self, conn: &mut Conn<'_>) -> bool;
    /// Tells the caller. Called once, after the work was committed or undone.
    fn answer(self: Box<Self>, committed: Result<(), Error>);
}

/// The only kind of job.
pub(super) struct Write<T, E, F> {
    work: Option<F>,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Write<T, E, F> {
    pub(super) fn new(work: F, reply: oneshot::Sender<Result<T, E>>) -> Self {
        Self {
            work: Some(work),
            result: None,
            reply,
        }
    }
}

impl<T, E, F> Job for Write<T, E, F>
where
    T: Send,
    E: From<Error> + Send,
    F: FnOnce(&mut Conn<'_>) -> Result<T, E> + Send,
{
    fn run(&mut self, conn: &mut Conn<'_>) -> bool {
        // Asked before and after: a caller who has left must find nothing written.
        if self.reply.is_closed() {
            return false;
        }
        let Some(work) = self.work.take() else {
            return false;
        };
        let mut result = caught(|| work(conn));
        if result.is_ok() && conn.failed() {
            result = Err(Error::Aborted.into());
        }
        let keep = result.is_ok() && !self.reply.is_closed();
        self.result = Some(result);
        keep
    }

    fn answer(self: Box<Self>, committed: Result<(), Error>) {
        let result = match (self.result, committed) {
            (Some(Ok(value)), Ok(())) => Ok(value),
            (Some(Err(own)), _) => Err(own),
            (_, Err(error)) => Err(error.into()),
            (None, Ok(())) => Err(Error::Closed.into()),
        };
        drop(self.reply.send(result));
    }
}

pub(super) struct Writer {
    conn: Connection,
    meter: Arc<Meter>,
    /// Set by a failed disk, never cleared: what the log holds is then unknown, and a second fsync may lie.
    stopped: Option<Error>,
}

impl Writer {
    pub(super) fn new(conn: Connection, meter: Arc<Meter>) -> Self {
        Self {
            conn,
            meter,
            stopped: None,
        }
    }

    pub(super) fn serve(mut self, queue: &Queue<Box<dyn Job>>) -> Self {
        let mut unsettled = false;
        loop {
            match queue.pop_many(GROUP, unsettled.then_some(IDLE)) {
                Popped::Jobs(jobs) => {
                    unsettled = true;
                    self.group(jobs);
                }
                Popped::Idle => {
                    unsettled = false;
                    self.checkpoint();
                }
                Popped::Closed => return self,
            }
        }
    }

    /// Runs jobs in as few transactions as they allow: one, unless a job took the transaction down with it.
    fn group(&mut self, jobs: Vec<Box<dyn Job>>) {
        let mut waiting = jobs.into_iter().peekable();
        while waiting.peek().is_some() {
            let mut done = Vec::new();
            let outcome = self.transaction(&mut waiting, &mut done);
            if let Err(error) = &outcome
                && done.is_empty()
            {
                // It did not even begin, and will not for the others either.
                for job in waiting.by_ref() {
                    job.answer(Err(error.clone()));
                }
            }
            for job in done {
                job.answer(outcome.clone());
            }
        }
    }

    fn transaction(&mut self, waiting: &mut impl Iterator<Item = Box<dyn Job>>, done: &mut Vec<Box<dyn Job>>) -> Result<(), Error> {
        if let Some(error) = &self.stopped {
            return Err(error.clone());
        }
        self.begin()?;
        for mut job in waiting {
            let kept = self.job(&mut *job);
            done.push(job);
            if self.conn.is_autocommit() {
                // A full disk or the job itself ended the transaction: nothing of this group is certain.
                return Err(Error::Database("the transaction ended before its commit".to_owned()));
            }
            if let Err(error) = kept {
                self.undo();
                return Err(error);
            }
        }
        self.conn
            .prepare_cached("COMMIT")
            .and_then(|mut commit| commit.raw_execute())
            .map_err(|failure| {
                self.undo();
                self.commit_failed(failure)
            })?;
        Ok(())
    }

    /// One job under its savepoint.
    fn job(&self, job: &mut dyn Job) -> Result<(), Error> {
        statement::control(&self.conn, "SAVEPOINT job")?;
        let keep = job.run(&mut Conn::new(Session::Sqlite(&self.conn), &self.meter));
        if self.conn.is_autocommit() {
            return Ok(());
        }
        if !keep {
            statement::control(&self.conn, "ROLLBACK TO SAVEPOINT job")?;
        }
        statement::control(&self.conn, "RELEASE SAVEPOINT job")
    }

    /// Takes the write lock at once. Another process may hold it (SQLite waits `busy_timeout`), or may write between
    /// the moment SQLite looks at the log and the moment it locks (`BUSY_SNAPSHOT`): then it only has to look again.
    fn begin(&self) -> Result<(), Error> {
        let mut attempts = 0;
        loop {
            attempts = usize::saturating_add(attempts, 1);
            let begun = self
                .conn
                .prepare_cached("BEGIN IMMEDIATE")
                .and_then(|mut begin| begin.raw_execute());
            match begun {
                Ok(_) => return Ok(()),
                Err(rusqlite::Error::SqliteFailure(failure, _))
                    if attempts < BEGINS && matches!(failure.extended_code, ffi::SQLITE_BUSY_SNAPSHOT | ffi::SQLITE_BUSY_RECOVERY) => {}
                Err(failure) => return Err(error(failure)),
            }
        }
    }

    fn undo(&self) {
        if !self.conn.is_autocommit()
            && let Err(error) = statement::control(&self.conn, "ROLLBACK")
        {
            tracing::error!(%error, "cannot roll back");
        }
    }

    fn commit_failed(&mut self, failure: rusqlite::Error) -> Error {
        let code = failure.sqlite_error().map_or(0, |e| e.extended_code & 0xff);
        let failure = error(failure);
        tracing::error!(error = %failure, "commit failed");
        if matches!(code, ffi::SQLITE_IOERR | ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB) {
            let stopped = Error::Stopped(failure.to_string());
            self.stopped = Some(stopped.clone());
            return stopped;
        }
        failure
    }

    /// Moves the log into the file without waiting for anybody. What does not fit now is done next time.
    fn checkpoint(&self) {
        let result = self.conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        if let Err(error) = result {
            tracing::warn!(%error, "checkpoint failed");
        }
    }
}
