//! Many records at once, in the background: read into a file, or written from one.
//!
//! A job is a row. It has a session of its own, so that it ends with whoever ordered it: it does what they may do, looked at
//! again for each page and each batch. Whoever works on a job says so every few moments; a job that went silent has lost its
//! server. One that reads is then begun anew, one that writes has failed.

mod archive;
mod desk;
pub mod read;
mod worker;
pub mod write;

pub use desk::{Desk, State};
pub(crate) use worker::forget_old;
pub use worker::{run, work_off};

/// The most jobs that somebody has in hand at the same time.
pub const MOST_OPEN: usize = 10;

/// The kinds of job.
const READ: &str = "bulk_read";
const WRITE: &str = "bulk_write";
const KINDS: [&str; 2] = [READ, WRITE];
