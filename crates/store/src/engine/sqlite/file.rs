//! A SQLite file with its threads.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::queue::Queue;
use super::reader::{self, Flight, Reader, Ticket};
use super::writer::{self, Write, Writer};
use super::{SqliteOptions, open, statement};
use crate::engine::meter::Meter;
use crate::engine::panic::caught;
use crate::engine::{Conn, Error, Param, Row};

/// The threads end when this is dropped, after the work they have accepted.
pub(crate) struct File {
    writes: Arc<Queue<Box<dyn writer::Job>>>,
    reads: Arc<Queue<reader::Job>>,
    /// The writer's, which ends after the readers'.
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl File {
    /// Opens a file, creating it if need be. Blocks.
    pub(crate) fn open(path: &Path, options: &SqliteOptions, meter: &Arc<Meter>) -> Result<Self, Error> {
        let file = Self {
            writes: Arc::new(Queue::new(options.queue)),
            reads: Arc::new(Queue::new(options.queue)),
            thread: Mutex::new(None),
        };
        let writer = Writer::new(open::writer(path, options)?, Arc::clone(meter));
        let mut readers = Vec::new();
        for _ in 0..options.readers.max(1) {
            let reader = Reader::new(open::reader(path, options)?, Arc::clone(meter));
            let reads = Arc::clone(&file.reads);
            readers.push(spawn("sqlite-reader", move || reader.serve(&reads))?);
        }
        let writes = Arc::clone(&file.writes);
        let writer = spawn("sqlite-writer", move || {
            let writer = writer.serve(&writes);
            // Whoever closes last moves the log into the file and deletes it, which a reader may not.
            for reader in readers {
                drop(reader.join());
            }
            drop(writer);
        })?;
        *file.thread.lock().unwrap_or_else(PoisonError::into_inner) = Some(writer);
        Ok(file)
    }

    pub(crate) async fn write<T, E>(&self, f: impl FnOnce(&mut Conn<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.writes.push(Box::new(Write::new(f, reply)))?;
        answer.await.unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    pub(crate) async fn read<T, E>(&self, snapshot: bool, f: impl FnOnce(&mut Conn<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.ask(move |reader: &Reader| reader.run(snapshot, f)).await
    }

    pub(crate) async fn stream<S: Send + 'static>(
        &self,
        sql: Arc<str>,
        params: Vec<Param>,
        mut state: S,
        each: fn(&mut S, &dyn Row) -> Result<(), Error>,
        meter: &Meter,
    ) -> Result<S, Error> {
        meter.count()?;
        self.ask(move |reader: &Reader| {
            caught(|| {
                statement::query(reader.connection(), &sql, &params, &mut |row| each(&mut state, row))?;
                Ok(state)
            })
        })
        .await
    }

    /// Gives a reader something to do and waits for it.
    async fn ask<T, E>(&self, work: impl FnOnce(&Reader) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let flight = Arc::new(Flight::default());
        let ticket = Ticket(Arc::clone(&flight));
        self.reads
            .push(Box::new(move |reader: &Reader| reader.answer(&flight, reply, || work(reader))))?;
        let result = answer.await.unwrap_or_else(|_| Err(Error::Closed.into()));
        drop(ticket);
        result
    }

    /// Refuses further work, finishes what was accepted and lets go of the file.
    pub(crate) async fn close(&self) {
        self.shut();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        let joined = tokio::task::spawn_blocking(move || thread.is_none_or(|thread| thread.join().is_ok()));
        if !matches!(joined.await, Ok(true)) {
            tracing::error!("a database thread ended in a panic");
        }
    }

    fn shut(&self) {
        self.writes.close();
        self.reads.close();
    }
}

impl Drop for File {
    fn drop(&mut self) {
        self.shut();
    }
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Error> {
    let thread = std::thread::Builder::new().name(name.to_owned());
    thread
        .spawn(body)
        .map_err(|error| Error::Database(format!("cannot start a thread: {error}")))
}
