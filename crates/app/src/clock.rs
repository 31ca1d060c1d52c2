//! The clock, randomness and new ids, injected so that tests can decide them.

use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use domain::ids::{PER_MILLI, compose};
use domain::time::Moment;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Moment;

    /// Waits.
    fn wait(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// Gives randomness fit for secrets.
pub trait Random: Send + Sync {
    /// Fills the bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// The machine's clock.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where the clock is injected from")]
    fn now(&self) -> Moment {
        jiff::Timestamp::now().into()
    }

    fn wait(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(time))
    }
}

/// The operating system's randomness.
#[derive(Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            // Without randomness no secret is safe: better no server than one that can be guessed.
            std::process::abort();
        }
    }
}

/// Makes ids: ordered by time, unique over processes by their node number.
#[derive(Debug)]
pub struct Ids {
    node: u16,
    /// The last id's milliseconds and sequence in one number.
    last: AtomicI64,
}

impl Ids {
    /// For the process with this node number.
    #[must_use]
    pub fn new(node: u16) -> Self {
        Self {
            node,
            last: AtomicI64::new(0),
        }
    }

    /// The next id. When more are made than a millisecond holds, or the clock runs backwards, ids
    /// run ahead of the clock.
    pub fn next(&self, now: Moment) -> i64 {
        let per_milli = i64::from(PER_MILLI);
        let earliest = now.millis() * per_milli;
        let before = self
            .last
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(earliest.max(last + 1)))
            .unwrap_or(earliest);
        let taken = earliest.max(before + 1);
        let sequence = u16::try_from(taken.rem_euclid(per_milli)).unwrap_or(0);
        compose(taken.div_euclid(per_milli), self.node, sequence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_rise_even_when_the_clock_does_not() {
        let ids = Ids::new(3);
        let now = Moment(1_800_000_000_000_000);
        let mut last = 0;
        for step in 0..10_000 {
            let id = ids.next(Moment(now.0 - step));
            assert!(id > last);
            last = id;
        }
    }
}
