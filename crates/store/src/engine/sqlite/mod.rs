//! SQLite: per file one writer thread with group commit and a few reader threads.

mod contains;
mod file;
mod open;
mod queue;
mod reader;
mod statement;
mod writer;

pub(super) use file::File;
pub(super) use statement::{bulk, control, execute, query, script, steps};

/// How SQLite files are opened.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// Reader threads per file.
    pub readers: usize,
    /// Page cache per connection, in KiB.
    pub cache_kib: u32,
    /// Jobs that may wait for the writer, and for the readers, before [`Error::Busy`](super::Error::Busy).
    pub queue: usize,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self {
            readers: 2,
            cache_kib: 65_536,
            queue: 1024,
        }
    }
}
