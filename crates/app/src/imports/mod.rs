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
mod patience;
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

use store::engine::Conn;

pub(crate) use self::patience::{Passing, patiently};
use self::work::Work;
use crate::{App, Ctx, Error};

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
            work.write(conn)?;
            drop(work.accept());
            progress(work.progress());
            work.check_only = work.has_errors();
        }
        while !work.has_errors() && work.has_later() {
            let told = work.write_later(conn)?;
            work.accept_later(&told);
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
    let mut batches = Batches::begin(order, Arc::new(|_, _| Ok(()))).await?;
    while let Some((_, at)) = batches.next().await? {
        progress(at);
    }
    batches.finish().await
}

type Shared = Arc<Mutex<Work>>;

/// What has to hold in the transaction of each batch, with how far the import is then. Where it fails nothing of the batch stays.
pub(crate) type Seal = Arc<dyn Fn(&mut Conn, Progress) -> Result<(), ImportError> + Send + Sync>;

/// An import whose bad rows are left out, batch by batch: for whoever does something between two of them.
pub(crate) struct Batches {
    app: App,
    db: store::engine::Database,
    work: Shared,
    seal: Seal,
}

impl Batches {
    /// Makes what is missing, and looks whether the file and the mapping fit.
    pub(crate) async fn begin(order: Order, seal: Seal) -> Result<Self, ImportError> {
        let (app, db) = (order.ctx.app.clone(), order.ctx.tenant.db.clone());
        let work = db.write(move |conn| Work::begin(conn, order)).await?;
        Ok(Self {
            app,
            db,
            work: Arc::new(Mutex::new(work)),
            seal,
        })
    }

    /// Writes the next batch: what became of its rows, and how far the import is. None when there is none. The last ones are
    /// what had to wait for the last record; of them come the rows of which something could not be written.
    pub(crate) async fn next(&mut self) -> Result<Option<(Vec<Told>, Progress)>, ImportError> {
        let batch = match self.rows().await {
            Ok(None) => self.later().await,
            batch => batch,
        };
        batch.map_err(|error| self.broken_off(error))
    }

    async fn rows(&self) -> Result<Option<(Vec<Told>, Progress)>, ImportError> {
        if !locked(&self.work, Work::read)? {
            return Ok(None);
        }
        self.step(Work::write).await?;
        Ok(Some(locked(&self.work, |work| (work.accept(), work.progress()))))
    }

    async fn later(&self) -> Result<Option<(Vec<Told>, Progress)>, ImportError> {
        if !locked(&self.work, |work| work.has_later()) {
            return Ok(None);
        }
        let mut told = self.step(Work::write_later).await?;
        told.iter_mut().for_each(Told::add_that_the_rest_stays);
        Ok(Some(locked(&self.work, |work| {
            work.accept_later(&told);
            (told, work.progress())
        })))
    }

    /// Notes the import as a whole.
    pub(crate) async fn finish(self) -> Result<Outcome, ImportError> {
        match self.step(Work::sign).await {
            Err(error) => Err(self.broken_off(error)),
            Ok(()) => Ok(locked(&self.work, Work::take_outcome)),
        }
    }

    /// One batch in a transaction of its own, sealed; again if the database is busy or the rights have changed meanwhile: what was
    /// read is kept until it is accepted.
    async fn step<T: Send + 'static>(&self, step: fn(&mut Work, &mut Conn) -> Result<T, ImportError>) -> Result<T, ImportError> {
        patiently(&self.app, || {
            let (work, seal) = (Arc::clone(&self.work), Arc::clone(&self.seal));
            self.db.write(move |conn| {
                let (done, at) = locked(&work, |work| Ok::<_, ImportError>((step(work, conn)?, work.progress())))?;
                seal(conn, at)?;
                Ok(done)
            })
        })
        .await
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
