//! The work: page by page through the gate, into an archive, into a file.

use domain::files::Purpose;
use domain::ids::FieldId;
use domain::modules::FieldKind;
use domain::records::{Cursor, Order as Sorted, Query, SortKey};
use serde::{Deserialize, Serialize};
use store::records::{MAX_STRIDE, Page, Record, Shown};

use super::PER_PAGE;
use super::order::{Bound, Order, Refused};
use crate::audit::{self, Object};
use crate::bulk::archive::Archive;
use crate::bulk::desk::{Desk, Stop};
use crate::files::Writer;
use crate::{Ctx, Error, authority};

/// How often the rights may change between two pages before the job gives up.
const REBINDS: usize = 5;

/// What is kept of a job at its end.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Ended {
    pub count: u64,
    pub file: Option<i64>,
    pub last: Option<i64>,
    pub error: Option<String>,
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
pub(crate) fn failed(desk: &Desk, why: String) -> (String, Option<i64>) {
    let session = Order::read(&desk.job.payload).and_then(|order| order.session);
    let ended = Ended {
        error: Some(why),
        ..Ended::default()
    };
    (ended.write(), session)
}

/// Whose rights the next page is read by.
struct Source {
    ctx: Ctx,
    bound: Bound,
    /// The fields of the file, which keep their columns whatever happens to the rights.
    file: Vec<FieldId>,
}

/// Reads everything into a file.
pub(crate) async fn carry_out(desk: &Desk) -> Result<(), Stop> {
    let order = Order::read(&desk.job.payload).ok_or_else(|| Stop::Told("JOB_NOT_SUPPORTED", "the order cannot be read".into()))?;
    let mut source = Source::bind(desk, &order).await?;
    let name = format!("{}.csv", desk.job.id);
    let mut archive = Archive::begin(&name, &source.header())?;
    let mut file = Writer::begin(&source.ctx, Purpose::ReadResult, &format!("{}.zip", desk.job.id), "application/zip").await?;
    let (mut count, mut place) = (0, source.begin(desk, &order).await?);
    let mut last = None;
    while let Some(after) = place {
        let page = source.page(desk, &order, after, count).await?;
        count += u64::try_from(page.records.len()).unwrap_or(0);
        last = page.next.as_ref().map(|cursor| cursor.id.0);
        let rows = page.records.into_iter().map(|record| source.row(record)).collect();
        let (next, ready) = archive.add(rows).await?;
        archive = next;
        let pieces = file.take(&ready);
        desk.step(count, 0, pieces).await?;
        place = page.next.filter(|_| count < PER_PAGE).map(Some);
    }
    let ended = Ended {
        count,
        file: Some(file.id()),
        last,
        error: None,
    };
    let pieces = file.take(&archive.finish()?);
    let about = Object {
        module: Some(source.bound.access.plan().module().id),
        record: None,
    };
    let (app, actor) = (desk.app.clone(), source.ctx.viewer.actor);
    desk.end("completed", ended.write(), order.session, move |conn| {
        pieces.write(conn)?;
        audit::note(conn, &app, actor, "exported", about, &format!("{count} records"))?;
        file.finish_in(conn)
    })
    .await
}

impl Source {
    /// Looks who ordered the job, and what they may read now.
    async fn bind(desk: &Desk, order: &Order) -> Result<Self, Stop> {
        let ctx = authority::resume(&desk.app, desk.org(), order.session).await?;
        let bound = order.asked.bind(&ctx).map_err(|refused| match refused {
            Refused::App(error) => Stop::App(error),
            told => Stop::Told("QUERY_NOT_SUPPORTED", told.to_string()),
        })?;
        let file = bound.columns.clone();
        Ok(Self { ctx, bound, file })
    }

    /// Somebody has changed the rights. A field that cannot be read any more leaves its column empty.
    async fn bind_again(&mut self, desk: &Desk, order: &Order) -> Result<(), Stop> {
        let Self { ctx, mut bound, .. } = Self::bind(desk, order).await?;
        bound.columns = self
            .file
            .iter()
            .copied()
            .filter(|id| bound.access.plan().column(*id).is_some())
            .collect();
        (self.ctx, self.bound) = (ctx, bound);
        Ok(())
    }

    fn header(&self) -> Vec<String> {
        let names = self.bound.fields().into_iter().map(|column| column.field.api_name.clone());
        std::iter::once("Id".to_owned()).chain(names).collect()
    }

    fn query(&self, after: Option<Cursor>, limit: u32) -> Query {
        Query {
            filter: self.bound.filter.clone(),
            // What is made meanwhile comes last, so that no page shifts.
            order: Sorted {
                key: SortKey::Id,
                descending: false,
            },
            after,
            ..Query::newest(self.bound.columns.clone(), limit)
        }
    }

    /// Where the first page begins: nowhere if the pages before it hold everything.
    async fn begin(&mut self, desk: &Desk, order: &Order) -> Result<Option<Option<Cursor>>, Stop> {
        let pages = u64::from(order.asked.page.saturating_sub(1));
        let before = u32::try_from(pages.saturating_mul(PER_PAGE)).unwrap_or(u32::MAX);
        match order.asked.cursor() {
            Some(place) => Ok(Some(Some(place))),
            None if before == 0 => Ok(Some(None)),
            None => {
                let (access, query) = (self.bound.access.clone(), self.query(None, 1));
                let skipped = desk
                    .tenant
                    .db
                    .read::<_, Error>(move |conn| Ok(store::records::leap(conn, &access, &query, before)?));
                Ok(skipped.await?.map(Some))
            }
        }
    }

    /// The next page. Where the rights have changed meanwhile they are looked at again first.
    async fn page(&mut self, desk: &Desk, order: &Order, after: Option<Cursor>, count: u64) -> Result<Page, Stop> {
        let left = u32::try_from(PER_PAGE.saturating_sub(count)).unwrap_or(MAX_STRIDE);
        let mut rebinds = 0;
        loop {
            let (access, query) = (self.bound.access.clone(), self.query(after.clone(), left.clamp(1, MAX_STRIDE)));
            let read = desk
                .tenant
                .db
                .read::<_, Error>(move |conn| Ok(store::records::stride(conn, &access, &query)?));
            match read.await {
                Err(Error::Stale) if rebinds < REBINDS => {
                    rebinds += 1;
                    self.bind_again(desk, order).await?;
                }
                result => return Ok(result?),
            }
        }
    }

    fn row(&self, record: Record) -> Vec<String> {
        let mut shown = record.values.iter().zip(self.bound.fields()).peekable();
        let values = self.file.iter().map(|id| {
            let here = shown.next_if(|(_, column)| column.field.id == *id);
            here.map_or_else(String::new, |(shown, column)| text(shown, &column.field.kind))
        });
        std::iter::once(record.id.to_string()).chain(values).collect()
    }
}

/// A value as [`domain::records::from_text`] reads it back: records by their ids.
fn text(shown: &Shown, kind: &FieldKind) -> String {
    match shown {
        Shown::Value(value) => value.to_text(kind),
        Shown::Link(link) => link.id.map_or_else(String::new, |id| id.to_string()),
        Shown::Links(links) => {
            let ids = links.iter().filter_map(|link| link.id.map(|id| id.to_string()));
            ids.collect::<Vec<_>>().join(";")
        }
        Shown::File(file) => file.id.to_string(),
        Shown::Absent => String::new(),
    }
}
