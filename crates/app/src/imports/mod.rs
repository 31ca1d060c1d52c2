//! Imports: a CSV file becomes records of a module.
//!
//! Every value is read by `domain::records::from_text` and every record is written through the store's gate, as if
//! somebody had typed it into a form. What this module adds is where a value comes from ([`Mapping`]), looking records
//! up by a key, and telling what is wrong with its line, column and reason.

mod bind;
mod job;
mod keys;
mod mapping;
mod outcome;
mod preview;
mod rows;
mod schema;
mod source;
mod spool;
mod template;
pub mod uploads;
mod work;

pub use job::{Job, Running, start, status};
pub use mapping::{CreateModule, FieldMapping, Mapping, NewKind, Part};
pub use outcome::{ImportError, OnError, Outcome, Progress, RowError};
pub use preview::{Preview, preview};

use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};

use self::rows::Rows;
use self::work::{Order, Work};
use crate::{Ctx, Error};

/// How often a batch is tried again when the database is busy.
const TRIES: u32 = 5;

/// Imports a file into a module.
///
/// With [`OnError::Stop`] all of it is one transaction, with what the mapping makes: if one row cannot be taken
/// nothing is changed, and the error tells about every row. With [`OnError::Skip`] rows are written in batches, and
/// the outcome tells which were left out.
pub async fn run(
    ctx: &Ctx,
    module: &str,
    mapping: &Mapping,
    csv: impl Read + Send + 'static,
    on_error: OnError,
    progress: impl Fn(Progress) + Send + Sync + 'static,
) -> Result<Outcome, ImportError> {
    if ctx.is_portal_user() {
        return Err(Error::Forbidden.into());
    }
    mapping.check()?;
    let order = Order {
        rows: take_in(csv, mapping).await?,
        ctx: ctx.clone(),
        module: module.to_owned(),
        mapping: mapping.clone(),
    };
    match on_error {
        OnError::Stop => all_or_nothing(order, progress).await,
        OnError::Skip => in_batches(order, progress).await,
    }
}

async fn take_in(csv: impl Read + Send + 'static, mapping: &Mapping) -> Result<Rows, ImportError> {
    let mapping = mapping.clone();
    let rows = tokio::task::spawn_blocking(move || Rows::open(csv, &mapping)).await;
    rows.unwrap_or_else(|_| Err(Error::Busy.into()))
}

async fn all_or_nothing(order: Order, progress: impl Fn(Progress) + Send + 'static) -> Result<Outcome, ImportError> {
    let db = order.ctx.tenant.db.clone();
    db.write(move |conn| {
        let mut work = Work::begin(conn, order)?;
        while work.read()? {
            let batch = work.write(conn)?;
            work.accept(batch);
            progress(work.progress());
            work.check_only = work.has_errors();
        }
        while !work.has_errors() && work.has_later() {
            let errors = work.write_later(conn)?;
            work.accept_later(errors, true);
        }
        if work.has_errors() {
            return Err(ImportError::Rows(Box::new(work.outcome_of_nothing())));
        }
        work.sign(conn)?;
        Ok(work.take_outcome())
    })
    .await
}

async fn in_batches(order: Order, progress: impl Fn(Progress) + Send + 'static) -> Result<Outcome, ImportError> {
    let db = order.ctx.tenant.db.clone();
    let work = db.write(move |conn| Work::begin(conn, order)).await?;
    let work = Arc::new(Mutex::new(work));
    let result = batches(&db, &work, progress).await;
    let mut work = work.lock().unwrap_or_else(PoisonError::into_inner);
    match result {
        Ok(()) => Ok(work.take_outcome()),
        Err(error) => {
            let outcome = work.take_outcome();
            Err(ImportError::BrokenOff {
                rows: outcome.rows,
                created: outcome.created,
                error: Box::new(error),
            })
        }
    }
}

type Shared = Arc<Mutex<Work>>;

async fn batches(db: &store::engine::Database, work: &Shared, progress: impl Fn(Progress)) -> Result<(), ImportError> {
    while locked(work, Work::read)? {
        let batch = patiently(db, work, Work::write).await?;
        progress(locked(work, |work| {
            work.accept(batch);
            work.progress()
        }));
    }
    while locked(work, |work| work.has_later()) {
        let errors = patiently(db, work, Work::write_later).await?;
        locked(work, |work| work.accept_later(errors, false));
    }
    patiently(db, work, Work::sign).await
}

fn locked<T>(work: &Shared, f: impl FnOnce(&mut Work) -> T) -> T {
    f(&mut work.lock().unwrap_or_else(PoisonError::into_inner))
}

/// One batch in a transaction of its own, again if the database is busy: what was read is kept until it is accepted.
async fn patiently<T: Send + 'static>(
    db: &store::engine::Database,
    work: &Shared,
    step: fn(&mut Work, &mut store::engine::Conn) -> Result<T, ImportError>,
) -> Result<T, ImportError> {
    let mut tries = 0;
    loop {
        let shared = Arc::clone(work);
        let result = db.write(move |conn| locked(&shared, |work| step(work, conn))).await;
        match result {
            Err(ImportError::App(Error::Busy)) if tries < TRIES => {
                tries += 1;
                tokio::time::sleep(std::time::Duration::from_millis(100 << tries)).await;
            }
            other => return other,
        }
    }
}
