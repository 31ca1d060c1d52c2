//! A closure that panics must not take a thread or a connection with it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::Error;

/// Runs a closure and makes an error of its panic.
pub(super) fn caught<T, E: From<Error>>(f: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(f)).unwrap_or_else(|payload| Err(Error::panicked(&*payload).into()))
}
