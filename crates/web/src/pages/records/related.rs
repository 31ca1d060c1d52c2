//! Related lists: the records of other modules that point at a record.

use app::Error;
use app::records::arrangement;
use domain::access::Access;
use domain::ids::{FieldId, RecordId};
use domain::modules::{Field, FieldKind, related};
use domain::records::{Filter, Operator, Query, Value};
use futures_util::future::{try_join, try_join_all};
use store::records::Record;

use super::address::with_query;
use super::list::condition;
use super::notes::{self, Notes};
use super::site::{Place, may_make};
use super::table::{Columns, Table};

/// How many records of a related list stand on the page.
const SHOWN: u32 = 10;

/// A related list, ready to be shown.
#[derive(Debug)]
pub struct Related {
    pub id: String,
    pub label: String,
    pub icon: &'static str,
    pub total: u64,
    pub table: Table,
    /// All of them, as a list of their own; where the page does not show all.
    pub all: Option<String>,
    /// A new one that points at this record.
    pub create: Option<String>,
}

/// The related lists of a record: of modules, and by look-ups, that exist for the viewer; and what is said about it.
pub async fn lists(place: Place<'_>, access: &Access, record: RecordId) -> Result<(Vec<Notes>, Vec<Related>), Error> {
    let (ctx, module) = (place.ctx, access.plan().module());
    let readable = |list: &related::RelatedList| {
        let listed = ctx.snapshot.access(ctx.viewer, list.module.id)?;
        listed.plan().column(list.field.id)?;
        Some((listed, list.field.clone(), list.label.clone(), list.api_name.clone()))
    };
    let known: Vec<_> = related::lists(access.catalogue(), module).iter().filter_map(readable).collect();
    let (belonging, pointing): (Vec<_>, Vec<_>) = known.into_iter().partition(|(_, field, ..)| field.kind == FieldKind::Parent);
    let notes = belonging
        .into_iter()
        .map(|(listed, field, label, _)| async move { notes::view(place, access, &listed, &field, label, record).await });
    let views = pointing
        .into_iter()
        .map(|(listed, field, label, id)| async move { view(place, &listed, &field, label, id, record).await });
    try_join(try_join_all(notes), try_join_all(views)).await
}

/// The latest records that point at one.
pub(super) struct Latest {
    pub records: Vec<Record>,
    pub total: u64,
    /// All of them, as a list of their own; where these are not all.
    pub all: Option<String>,
}

/// The latest records whose `field` points at `record`, with these columns.
pub(super) async fn latest(
    place: Place<'_>,
    listed: &Access,
    field: &Field,
    record: RecordId,
    columns: Vec<FieldId>,
    most: u32,
) -> Result<Latest, Error> {
    let query = Query {
        filter: Some(Filter::Compare {
            field: field.id,
            operator: Operator::Equals,
            value: Value::Ref(record),
        }),
        ..Query::newest(columns, most)
    };
    let page = app::records::list(place.ctx, listed, query.clone()).await?;
    let total = match page.next {
        Some(_) => app::records::count(place.ctx, listed, query).await?,
        None => u64::try_from(page.records.len()).unwrap_or(0),
    };
    let op = condition::operators(&field.kind).first().map_or("is", |op| op.word);
    let word = condition::word(&field.api_name, op, &record.to_string());
    let here = place.list(&listed.plan().module().api_name);
    Ok(Latest {
        records: page.records,
        total,
        all: page.next.map(|_| with_query(&here, [("f", word.as_str())])),
    })
}

async fn view(place: Place<'_>, listed: &Access, field: &Field, label: String, id: String, record: RecordId) -> Result<Related, Error> {
    let ctx = place.ctx;
    let module = listed.plan().module();
    let columns = Columns::new(listed, &arrangement(ctx, listed), Some(field.id));
    let latest = latest(place, listed, field, record, columns.fields(), SHOWN).await?;
    let table = Table {
        label: label.clone(),
        ..Table::fill(place, listed, &columns, &latest.records)
    };
    let sets = listed.plan().may_set(field.id) || listed.plan().is_anchored(field.id);
    Ok(Related {
        icon: crate::pages::shell::module_icon(&module.api_name),
        all: latest.all,
        create: (sets && may_make(listed)).then(|| {
            let id = record.to_string();
            let here = place.list(&module.api_name);
            with_query(&format!("{here}/new"), [(field.api_name.as_str(), id.as_str())])
        }),
        id,
        label,
        total: latest.total,
        table,
    })
}
