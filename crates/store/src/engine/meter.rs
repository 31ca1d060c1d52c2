//! How many statements a database was sent; in tests also where it breaks off.

use std::sync::atomic::{AtomicU64, Ordering};

use super::Error;

/// Counts the statements of one database.
#[derive(Debug, Default)]
pub struct Meter {
    statements: AtomicU64,
    /// One more than the number of the last statement that is carried out; 0: all are.
    #[cfg(feature = "testing")]
    breaks: AtomicU64,
    /// How many commits are not answered.
    #[cfg(feature = "testing")]
    unanswered: AtomicU64,
}

impl Meter {
    /// Counts a statement, before it is sent.
    pub(super) fn count(&self) -> Result<(), Error> {
        let number = self.statements.fetch_add(1, Ordering::Relaxed);
        if self.is_broken(number) { Err(broken()) } else { Ok(()) }
    }

    /// Whether a transaction may be committed: not where the database is about to break off.
    pub(super) fn commit(&self) -> Result<(), Error> {
        if self.is_broken(u64::MAX) { Err(broken()) } else { Ok(()) }
    }

    /// Whether whoever committed is told so.
    pub(super) fn answer(&self) -> Result<(), Error> {
        if self.loses_answer() { Err(Error::Closed) } else { Ok(()) }
    }

    /// How many statements there were.
    pub(super) fn total(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }
}

fn broken() -> Error {
    Error::Database("broken off".to_owned())
}

#[cfg(not(feature = "testing"))]
impl Meter {
    #[expect(clippy::unused_self, reason = "only tests break off")]
    fn is_broken(&self, _number: u64) -> bool {
        false
    }

    #[expect(clippy::unused_self, reason = "only tests lose answers")]
    fn loses_answer(&self) -> bool {
        false
    }
}

#[cfg(feature = "testing")]
impl Meter {
    fn is_broken(&self, number: u64) -> bool {
        let breaks = self.breaks.load(Ordering::Relaxed);
        breaks > 0 && number.saturating_add(1) >= breaks
    }

    /// Carries out so many statements more, and then none and no commit: as if the server was killed there.
    pub(super) fn break_after(&self, statements: u64) {
        self.breaks
            .store(self.total().saturating_add(statements).saturating_add(1), Ordering::Relaxed);
    }

    fn loses_answer(&self) -> bool {
        let lost = |left: u64| left.checked_sub(1);
        self.unanswered.fetch_update(Ordering::Relaxed, Ordering::Relaxed, lost).is_ok()
    }

    /// Commits the next transactions, and says that the connection was lost.
    pub(super) fn lose_answers(&self, commits: u64) {
        self.unanswered.store(commits, Ordering::Relaxed);
    }

    /// Everything is carried out again.
    pub(super) fn mend(&self) {
        self.breaks.store(0, Ordering::Relaxed);
    }
}
