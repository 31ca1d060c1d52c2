//! Trying again what others are in the way of.

use std::time::Duration;

use super::ImportError;
use crate::{App, Error};

/// How often something is tried again, and the longest pause between: half a minute in all.
const TRIES: u32 = 10;
const LONGEST: Duration = Duration::from_secs(5);

/// Does something that can be done again if the database is busy or away, or if somebody changed the rights at that moment.
pub(crate) async fn patiently<T, E, F>(app: &App, attempt: impl Fn() -> F) -> Result<T, E>
where
    E: Passing,
    F: Future<Output = Result<T, E>>,
{
    let mut tries = 0;
    loop {
        match attempt().await {
            Err(error) if error.passes() && tries < TRIES => {
                tries += 1;
                app.wait(LONGEST.min(Duration::from_millis(100 << tries))).await;
            }
            other => return other,
        }
    }
}

/// An error that may be gone in a moment.
pub(crate) trait Passing {
    fn passes(&self) -> bool;
}

impl Passing for Error {
    fn passes(&self) -> bool {
        matches!(self, Self::Busy | Self::Stale)
    }
}

impl Passing for ImportError {
    fn passes(&self) -> bool {
        matches!(self, Self::App(error) if error.passes())
    }
}
