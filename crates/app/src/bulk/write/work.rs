//! The work: out of the archive, through the import engine, into the file that says what became of each row.

use std::sync::Arc;

use domain::files::Purpose;
use serde::{Deserialize, Serialize};

use super::columns::Column;
use super::order::{Asked, Order};
use super::unpack::{BadArchive, Unpacked};
use super::{Counts, told};
use crate::bulk::archive::Archive;
use crate::bulk::desk::{Desk, Stop};
use crate::files::Writer;
use crate::imports::{Batches, Fate, ImportError, Mapping, Order as Import, Progress, Rows, Seal, Told};
use crate::{Ctx, Error, authority};

/// What is kept of a job at its end.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Ended {
    pub counts: Option<Counts>,
    pub file: Option<i64>,
    pub file_name: Option<String>,
    pub error: Option<(String, String)>,
}

impl Ended {
    pub(super) fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The result of a job that failed, and the session that it has.
pub(crate) fn failed(desk: &Desk, code: &str, why: String) -> (String, Option<i64>) {
    let session = Order::read(&desk.job.payload).and_then(|order| order.session);
    let ended = Ended {
        error: Some((code.to_owned(), why)),
        ..Ended::default()
    };
    (ended.write(), session)
}

/// Writes all rows of the file.
pub(crate) async fn carry_out(desk: &Desk) -> Result<(), Stop> {
    if desk.claim > 1 {
        let (done, total) = (desk.job.done, desk.job.total);
        let why =
            format!("the server was stopped after at least {done} of {total} rows: look which records are there before you send the rest");
        return Err(Stop::Told("CANNOT_PROCESS", why));
    }
    let order = Order::read(&desk.job.payload).ok_or_else(|| Stop::Told("CANNOT_PROCESS", "the order cannot be read".into()))?;
    let ctx = authority::resume(&desk.app, desk.org(), order.session).await?;
    let opened = open(&ctx, &order.asked).await?;
    let header = told::HEADER
        .into_iter()
        .map(str::to_owned)
        .chain(opened.rows.headers.iter().cloned())
        .collect::<Vec<_>>();
    let mut archive = Archive::begin(&opened.name, &header)?;
    let mut file = Writer::begin(&ctx, Purpose::WriteResult, &format!("{}.zip", desk.job.id), "application/zip").await?;
    let columns = opened.rows.headers.len();
    let import = Import {
        ctx,
        module: order.asked.module,
        mapping: opened.mapping,
        rows: opened.rows,
    };
    let mut batches = Batches::begin(import, seal(desk, order.session)).await.map_err(stopped)?;
    let mut counts = Counts::default();
    while let Some((rows, at)) = batches.next().await.map_err(stopped)? {
        counts.add(&rows, at);
        let (next, ready) = archive.add(rows.iter().map(|row| told::row(row, columns)).collect()).await?;
        archive = next;
        let pieces = file.take(&ready);
        desk.step(at.done, at.total, pieces).await?;
    }
    batches.finish().await.map_err(stopped)?;
    let ended = Ended {
        counts: Some(counts),
        file: Some(file.id()),
        file_name: Some(opened.name),
        error: None,
    };
    let (pieces, upload) = (file.take(&archive.finish()?), order.asked.file);
    desk.end("completed", ended.write(), order.session, move |conn| {
        pieces.write(conn)?;
        // What was uploaded is not needed any more.
        store::files::forget(conn, upload)?;
        file.finish_in(conn)
    })
    .await
}

/// Nothing is written for somebody who is not who they were, nor for a job that somebody else works on.
fn seal(desk: &Desk, session: Option<i64>) -> Seal {
    let desk = desk.clone();
    Arc::new(move |conn, at| {
        if !authority::stands(conn, session, desk.app.now())? {
            return Err(Error::SignedOut.into());
        }
        match desk.keep(conn, at.done, at.total)? {
            true => Ok(()),
            false => Err(ImportError::Lost),
        }
    })
}

impl Counts {
    fn add(&mut self, rows: &[Told], at: Progress) {
        for row in rows {
            match row.fate {
                Fate::Made(_) => self.added += 1,
                Fate::Changed(_) => self.updated += 1,
                Fate::LeftOut(_) => self.skipped += 1,
                Fate::Incomplete(..) => {}
            }
        }
        self.total = at.done;
    }
}

/// A file that was opened, with its first line read.
struct Opened {
    name: String,
    rows: Rows,
    mapping: Mapping,
}

/// Takes the file out of its archive. It lies in temporary files then, whatever its size.
async fn open(ctx: &Ctx, asked: &Asked) -> Result<Opened, Stop> {
    let upload = crate::files::open(ctx, asked.file, Purpose::ToWrite).await;
    let upload = upload.map_err(|error| match error {
        Error::NotFound(_) => Stop::Told("INVALID_FILE_ID", "improper file id".into()),
        other => other.into(),
    })?;
    let size = u64::try_from(upload.file().size).unwrap_or(0);
    let mut zip = tempfile::tempfile().map_err(|error| crate::imports::uploads::no_room(&error))?;
    upload.copy(&mut zip).await?;
    let asked = asked.clone();
    let opened = tokio::task::spawn_blocking(move || {
        let mut unpacked = Unpacked::open(zip, size).map_err(|bad| Stop::Told(code(&bad), bad.to_string()))?;
        let reading = Mapping {
            encoding: asked.encoding.clone(),
            ..Mapping::default()
        };
        let reader = unpacked.reader().map_err(|bad| Stop::Told(code(&bad), bad.to_string()))?;
        let rows = Rows::open(reader, &reading).map_err(stopped)?;
        let mapping = mapping(&asked, &rows, reading).map_err(stopped)?;
        Ok(Opened {
            name: unpacked.name,
            rows,
            mapping,
        })
    });
    opened.await.unwrap_or_else(|_| Err(Error::Busy.into()))
}

fn mapping(asked: &Asked, rows: &Rows, reading: Mapping) -> Result<Mapping, ImportError> {
    let by_name: Vec<Column>;
    let columns = if asked.columns.is_empty() {
        by_name = rows
            .headers
            .iter()
            .filter(|name| !name.is_empty())
            .map(|name| Column::named(name))
            .collect();
        &by_name
    } else {
        &asked.columns
    };
    let mapping = Mapping {
        matching: asked.matching(),
        fields: columns.iter().map(Column::mapping).collect(),
        ..reading
    };
    mapping.check()?;
    Ok(mapping)
}

fn code(bad: &BadArchive) -> &'static str {
    match bad {
        BadArchive::TooLarge => "FILE_TOO_LARGE",
        BadArchive::NotZip => "INVALID_FILE_FORMAT",
        _ => "FILE_NOT_SUPPORTED",
    }
}

/// Why the engine stopped, as its owner is told.
fn stopped(error: ImportError) -> Stop {
    let why = error.to_string();
    match error {
        ImportError::Lost => Stop::Lost,
        ImportError::App(error) => Stop::App(error),
        ImportError::BrokenOff { error, .. } => match *error {
            ImportError::Lost => Stop::Lost,
            ImportError::App(error @ Error::SignedOut) => Stop::App(error),
            // Our own failures are for the log, where whoever is told finds nothing of them.
            ImportError::App(error) if error.kind() == crate::Kind::Internal => Stop::App(error),
            _ => Stop::Told("CANNOT_PROCESS", why),
        },
        ImportError::NoSuchPlace { .. } | ImportError::NoSuchColumn { .. } => Stop::Told("COLUMN_INDEX_NOT_FOUND", why),
        ImportError::NoSuchField { .. } | ImportError::Mapping(_) => Stop::Told("INVALID_FIELD", why),
        _ => Stop::Told("INVALID_FILE_FORMAT", why),
    }
}
