//! A reader thread: takes one job after the other, and can be interrupted when nobody waits for the answer any more.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, InterruptHandle};
use tokio::sync::oneshot;

use super::queue::Queue;
use super::statement;
use crate::engine::conn::Session;
use crate::engine::meter::Meter;
use crate::engine::panic::caught;
use crate::engine::{Conn, Error};

/// A job for whichever reader is free.
pub(super) type Job = Box<dyn FnOnce(&Reader) + Send>;

pub(super) struct Reader {
    conn: Connection,
    interrupt: Arc<InterruptHandle>,
    meter: Arc<Meter>,
}

impl Reader {
    pub(super) fn new(conn: Connection, meter: Arc<Meter>) -> Self {
        let interrupt = Arc::new(conn.get_interrupt_handle());
        Self { conn, interrupt, meter }
    }

    pub(super) fn serve(self, queue: &Queue<Job>) {
        while let Some(job) = queue.pop() {
            job(&self);
        }
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.conn
    }

    /// Runs a closure, inside a transaction if its statements must agree.
    pub(super) fn run<T, E: From<Error>>(&self, snapshot: bool, f: impl FnOnce(&mut Conn<'_>) -> Result<T, E>) -> Result<T, E> {
        if snapshot {
            statement::control(&self.conn, "BEGIN DEFERRED")?;
        }
        let mut conn = Conn::new(Session::Sqlite(&self.conn), &self.meter);
        let result = caught(|| f(&mut conn));
        if !self.conn.is_autocommit() {
            statement::control(&self.conn, "ROLLBACK")?;
        }
        result
    }

    /// Does a job somebody waits for, unless nobody does any more.
    pub(super) fn answer<R>(&self, flight: &Flight, reply: oneshot::Sender<R>, work: impl FnOnce() -> R) {
        if flight.start(&self.interrupt) {
            let result = work();
            flight.land();
            // The caller may have left in the meantime.
            drop(reply.send(result));
        }
    }
}

/// Where a read is: what lets its caller stop it, and only it.
#[derive(Default)]
pub(super) struct Flight(Mutex<State>);

#[derive(Default)]
enum State {
    #[default]
    Queued,
    Running(Arc<InterruptHandle>),
    Over,
}

impl Flight {
    fn start(&self, interrupt: &Arc<InterruptHandle>) -> bool {
        let mut state = self.lock();
        let wanted = matches!(*state, State::Queued);
        if wanted {
            *state = State::Running(Arc::clone(interrupt));
        }
        wanted
    }

    fn land(&self) {
        *self.lock() = State::Over;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Held by the waiting future; dropped early, it stops the read.
pub(super) struct Ticket(pub(super) Arc<Flight>);

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        // Under the lock the reader cannot have gone on to another job.
        if let State::Running(interrupt) = &*state {
            interrupt.interrupt();
        }
        *state = State::Over;
    }
}
