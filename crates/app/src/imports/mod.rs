//! Imports: a CSV file becomes records of a module.
//!
//! Every value is read by `domain::records::from_text` and every record is written through the store's gate, as if
//! somebody had typed it into a form. What this module adds is where a value comes from ([`Mapping`]), looking records
//! up by a key, and telling what is wrong with its line, column and reason.

mod bind;
mod job;
mod keys;
mod mapping;
mod matching;
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
pub use mapping::{CreateModule, FieldMapping, Mapping, Matching, NewKind, Otherwise, Part};
pub(crate) use outcome::{Fate, Told};
pub use outcome::{ImportError, OnError, Outcome, Progress, RowCode, RowError};
pub use preview::{Preview, preview};
pub(crate) use rows::Rows;
pub(crate) use work::Order;

use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};

use self::work::Work;
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
            drop(work.accept(batch));
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
    let mut batches = Batches::begin(order).await?;
    while let Some((_, at)) = batches.next().await? {
        progress(at);
    }
    batches.finish().await
}

type Shared = Arc<Mutex<Work>>;

/// An import whose bad rows are left out, batch by batch: for whoever does something between two of them.
pub(crate) struct Batches {
    db: store::engine::Database,
    work: Shared,
}

impl Batches {
    /// Makes what is missing, and looks whether the file and the mapping fit.
    pub(crate) async fn begin(order: Order) -> Result<Self, ImportError> {
        let db = order.ctx.tenant.db.clone();
        let work = db.write(move |conn| Work::begin(conn, order)).await?;
        Ok(Self {
            db,
            work: Arc::new(Mutex::new(work)),
        })
    }

    /// Writes the next batch: what became of its rows, and how far the import is. None when there is none.
    pub(crate) async fn next(&mut self) -> Result<Option<(Vec<Told>, Progress)>, ImportError> {
        match self.batch().await {
            Err(error) => Err(self.broken_off(error)),
            batch => batch,
        }
    }

    async fn batch(&mut self) -> Result<Option<(Vec<Told>, Progress)>, ImportError> {
        if !locked(&self.work, Work::read)? {
            return Ok(None);
        }
        let batch = patiently(&self.db, &self.work, Work::write).await?;
        Ok(Some(locked(&self.work, |work| {
            let told = work.accept(batch);
            (told, work.progress())
        })))
    }

    /// Writes what had to wait for the last record.
    pub(crate) async fn finish(self) -> Result<Outcome, ImportError> {
        match self.rest().await {
            Err(error) => Err(self.broken_off(error)),
            Ok(()) => Ok(locked(&self.work, Work::take_outcome)),
        }
    }

    async fn rest(&self) -> Result<(), ImportError> {
        while locked(&self.work, |work| work.has_later()) {
            let errors = patiently(&self.db, &self.work, Work::write_later).await?;
            locked(&self.work, |work| work.accept_later(errors, false));
        }
        patiently(&self.db, &self.work, Work::sign).await
    }

    fn broken_off(&self, error: ImportError) -> ImportError {
        let outcome = locked(&self.work, Work::take_outcome);
        ImportError::BrokenOff {
            rows: outcome.rows,
            created: outcome.created + outcome.changed,
            error: Box::new(error),
        }
    }
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
