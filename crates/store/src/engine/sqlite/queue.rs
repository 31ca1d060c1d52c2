//! A bounded queue between tasks and threads: first come, first served, and full means no.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::engine::Error;

pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    filled: Condvar,
    bound: usize,
}

struct State<T> {
    waiting: VecDeque<T>,
    /// Threads with nothing to do. Waking nobody would still cost a system call.
    idle: usize,
    closed: bool,
}

/// What a wait came to.
pub(super) enum Popped<T> {
    Jobs(Vec<T>),
    Idle,
    Closed,
}

impl<T> Queue<T> {
    pub(super) fn new(bound: usize) -> Self {
        Self {
            state: Mutex::new(State {
                waiting: VecDeque::new(),
                idle: 0,
                closed: false,
            }),
            filled: Condvar::new(),
            bound,
        }
    }

    pub(super) fn push(&self, job: T) -> Result<(), Error> {
        let mut state = self.lock();
        if state.closed {
            return Err(Error::Closed);
        }
        if state.waiting.len() >= self.bound {
            return Err(Error::Busy);
        }
        state.waiting.push_back(job);
        let wake = state.idle > 0;
        drop(state);
        if wake {
            self.filled.notify_one();
        }
        Ok(())
    }

    /// Waits for a job; `None` when the queue is closed and empty.
    pub(super) fn pop(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.waiting.pop_front() {
                return Some(job);
            }
            if state.closed {
                return None;
            }
            state = self.wait(state, None).0;
        }
    }

    /// Waits for jobs and takes up to `most` of them; gives up after `patience` if there is one.
    pub(super) fn pop_many(&self, most: usize, patience: Option<Duration>) -> Popped<T> {
        let mut state = self.lock();
        loop {
            if !state.waiting.is_empty() {
                let count = state.waiting.len().min(most);
                return Popped::Jobs(state.waiting.drain(..count).collect());
            }
            if state.closed {
                return Popped::Closed;
            }
            let (back, timed_out) = self.wait(state, patience);
            state = back;
            if timed_out && state.waiting.is_empty() && !state.closed {
                return Popped::Idle;
            }
        }
    }

    fn wait<'s>(&self, mut state: MutexGuard<'s, State<T>>, patience: Option<Duration>) -> (MutexGuard<'s, State<T>>, bool) {
        state.idle = state.idle.saturating_add(1);
        let (mut state, timed_out) = match patience {
            None => (self.filled.wait(state).unwrap_or_else(PoisonError::into_inner), false),
            Some(patience) => {
                let (state, waited) = self.filled.wait_timeout(state, patience).unwrap_or_else(PoisonError::into_inner);
                (state, waited.timed_out())
            }
        };
        state.idle = state.idle.saturating_sub(1);
        (state, timed_out)
    }

    /// Takes no more jobs; those accepted are still done.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // Nothing panics while holding the lock; a poisoned one is as good as new.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
