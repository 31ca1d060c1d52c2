//! Who may use a connection, and what happens when nobody waits for the answer any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use deadpool_postgres::{ClientWrapper, Object};
use tokio::runtime::Handle;
use tokio_postgres::{CancelToken, NoTls};

use crate::engine::Error;

/// A connection on loan. Dropped without [`release`](Self::release) it does not go back to the pool: it may be in the
/// middle of a transaction or of an answer.
pub(super) struct Lease {
    client: Option<Object>,
}

impl Lease {
    pub(super) fn new(client: Object) -> Self {
        Self { client: Some(client) }
    }

    pub(super) fn client(&self) -> Result<&ClientWrapper, Error> {
        self.client.as_deref().ok_or(Error::Closed)
    }

    /// Gives the connection back, fit for the next.
    pub(super) fn release(mut self) {
        drop(self.client.take());
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            cancel(client.cancel_token());
            // Closing it rolls back what it had begun.
            drop(Object::take(client));
        }
    }
}

/// Asks the server to stop what the connection is doing. It would notice that we have left only when it next speaks.
fn cancel(token: CancelToken) {
    if let Ok(runtime) = Handle::try_current() {
        runtime.spawn(async move {
            if let Err(error) = token.cancel_query(NoTls).await {
                tracing::debug!(%error, "cannot cancel a statement");
            }
        });
    }
}

const RUNNING: u8 = 0;
const SETTLED: u8 = 1;
const ABANDONED: u8 = 2;

/// Work on a blocking thread. Either the work settles or its caller abandons it, never both: so a cancellation never
/// reaches a commit or the next user of the connection.
#[derive(Default)]
pub(super) struct Flight(AtomicU8);

impl Flight {
    /// Is the work still wanted? If so it can no longer be abandoned.
    pub(super) fn settle(&self) -> bool {
        self.0
            .compare_exchange(RUNNING, SETTLED, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }

    fn abandon(&self) -> bool {
        self.0
            .compare_exchange(RUNNING, ABANDONED, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }
}

/// Held by the waiting future; dropped early, it stops the work.
pub(super) struct Ticket {
    pub(super) flight: Arc<Flight>,
    pub(super) token: CancelToken,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if self.flight.abandon() {
            cancel(self.token.clone());
        }
    }
}
