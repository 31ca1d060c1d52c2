//! Records in the product's own types: for pages, mails, imports and decisions.

use domain::access::Access;
use domain::ids::{FieldId, ModuleId, RecordId};
use domain::modules::FieldKind;
use domain::records::{Cursor, Order, Query, Value};
use domain::time::{Day, Moment};

use super::json::{cursor, sort_kind};
use super::select::{self, Place, Shape, Slot, Statement};
use super::{ReadError, gate};
use crate::document;
use crate::engine::{Cell, Conn, Error, Row};

/// A record as the viewer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub id: RecordId,
    pub modified: Moment,
    /// One for each column asked for, in that order.
    pub values: Vec<Shown>,
}

/// A value as the viewer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    Value(Value),
    /// A look-up to a record the viewer sees, or whose name alone the viewer may know.
    Link(Linked),
    /// A multi-select look-up: the records the viewer sees.
    Links(Vec<Linked>),
    File(Stored),
    /// There is something that the viewer may not see.
    Absent,
}

/// The file that stands in a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub id: i64,
    pub name: Option<String>,
    /// In bytes.
    pub size: Option<i64>,
}

/// A record that a look-up points at.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct Linked {
    /// None where only the name may be known.
    #[serde(default)]
    pub id: Option<RecordId>,
    /// The module of a parent; of other look-ups it is that of the field.
    #[serde(default)]
    pub module: Option<ModuleId>,
    #[serde(default)]
    pub name: Option<String>,
}

/// A page of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub records: Vec<Record>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

/// The records of a query, in its order.
pub fn list(conn: &mut Conn, access: &Access, query: &Query) -> Result<Page, ReadError> {
    let statement = select::list(conn.dialect(), access, query)?;
    read(conn, access, query, statement)
}

/// The same for work in the background, which reads up to 1,000 records at a time.
pub fn stride(conn: &mut Conn, access: &Access, query: &Query) -> Result<Page, ReadError> {
    let statement = select::stride(conn.dialect(), access, query)?;
    read(conn, access, query, statement)
}

fn read(conn: &mut Conn, access: &Access, query: &Query, (statement, shape): (Statement, Shape)) -> Result<Page, ReadError> {
    let kinds: Vec<FieldKind> = query
        .columns
        .iter()
        .filter_map(|id| access.plan().column(*id))
        .map(|c| c.field.kind.clone())
        .collect();
    let sort_kind = sort_kind(access, query);
    let mut records: Vec<(Record, Cursor)> = conn.rows(&statement.text, &statement.params, |row| {
        let values: Result<Vec<Shown>, Error> = shape
            .places
            .iter()
            .zip(&kinds)
            .map(|(place, kind)| shown(row, place, kind))
            .collect();
        let record = Record {
            id: RecordId(row.int(0)?),
            modified: Moment(row.int(1)?),
            values: values?,
        };
        Ok((record, cursor(row, shape.sort_at, sort_kind.as_ref())?))
    })?;
    if records.is_empty() && !gate::is_current(conn, access)? {
        return Err(ReadError::Stale);
    }
    let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
    let more = records.len() > limit;
    records.truncate(limit);
    let next = if more {
        records.last().map(|(_, cursor)| cursor.clone())
    } else {
        None
    };
    Ok(Page {
        records: records.into_iter().map(|(record, _)| record).collect(),
        next,
    })
}

/// One record, if the viewer sees it.
pub fn one(conn: &mut Conn, access: &Access, id: RecordId, columns: Vec<FieldId>) -> Result<Option<Record>, ReadError> {
    let query = Query {
        ids: vec![id],
        order: Order::NEWEST,
        ..Query::newest(columns, 1)
    };
    Ok(list(conn, access, &query)?.records.into_iter().next())
}

/// Where the list stands after its first `skip` records; none if there are no more than those.
pub fn skip(conn: &mut Conn, access: &Access, query: &Query, skip: u32) -> Result<Option<Cursor>, ReadError> {
    let statement = select::skip(conn.dialect(), access, query, skip)?;
    place(conn, access, query, &statement)
}

/// The same for work in the background, which goes any distance.
pub fn leap(conn: &mut Conn, access: &Access, query: &Query, skip: u32) -> Result<Option<Cursor>, ReadError> {
    let statement = select::leap(conn.dialect(), access, query, skip)?;
    place(conn, access, query, &statement)
}

fn place(conn: &mut Conn, access: &Access, query: &Query, statement: &Statement) -> Result<Option<Cursor>, ReadError> {
    let kind = sort_kind(access, query);
    let (mut first, mut more) = (None, false);
    conn.query(&statement.text, &statement.params, &mut |row| {
        match first {
            None => first = Some(cursor(row, 2, kind.as_ref())?),
            Some(_) => more = true,
        }
        Ok(())
    })?;
    if first.is_none() && !gate::is_current(conn, access)? {
        return Err(ReadError::Stale);
    }
    // A row behind it tells that there are more.
    Ok(first.filter(|_| more))
}

/// How many records the query finds, whatever its page.
pub fn count(conn: &mut Conn, access: &Access, query: &Query) -> Result<u64, ReadError> {
    let statement = select::count(conn.dialect(), access, query)?;
    let found = conn.row(&statement.text, &statement.params, |row| Ok((row.int(0)?, row.bool(1)?)))?;
    match found {
        Some((found, true)) => Ok(u64::try_from(found).unwrap_or(0)),
        _ => Err(ReadError::Stale),
    }
}

fn shown(row: &dyn Row, place: &Place, kind: &FieldKind) -> Result<Shown, Error> {
    if let Some(guard) = place.guard
        && !row.bool(guard)?
    {
        return Ok(Shown::Absent);
    }
    Ok(match place.slot {
        Slot::Plain { at } => Shown::Value(value(row.cell(at)?, kind)?),
        Slot::Links { at } => Shown::Links(match row.cell(at)? {
            Cell::Text(array) => document::read(array)?,
            _ => Vec::new(),
        }),
        Slot::File { at } => match row.opt_int(at)? {
            Some(id) => Shown::File(Stored {
                id,
                name: row.opt_text(at + 1)?,
                size: row.opt_int(at + 2)?,
            }),
            None => Shown::Value(Value::Null),
        },
        Slot::Actor { at } => match row.opt_int(at)? {
            Some(id) => Shown::Link(Linked {
                id: Some(RecordId(id)),
                module: None,
                name: row.opt_text(at + 1)?,
            }),
            None => Shown::Value(Value::Null),
        },
        Slot::Parent { at } => match (row.opt_int(at)?, row.opt_int(at + 2)?) {
            (None, _) => Shown::Value(Value::Null),
            (Some(_), None) => Shown::Absent,
            (Some(_), Some(id)) => Shown::Link(Linked {
                id: Some(RecordId(id)),
                module: row.opt_int(at + 1)?.map(ModuleId),
                name: row.opt_text(at + 3)?,
            }),
        },
        Slot::Lookup { at, named, names_only } => {
            let (raw, id) = (row.opt_int(at)?, row.opt_int(at + 1)?.map(RecordId));
            let name = if named { row.opt_text(at + 2)? } else { None };
            match (raw, id) {
                (None, _) => Shown::Value(Value::Null),
                (Some(_), Some(_)) => Shown::Link(Linked { id, module: None, name }),
                (Some(_), None) if names_only && name.is_some() => Shown::Link(Linked {
                    id: None,
                    module: None,
                    name,
                }),
                (Some(_), None) => Shown::Absent,
            }
        }
    })
}

/// A stored value in the product's types.
pub(super) fn value(cell: Cell, kind: &FieldKind) -> Result<Value, Error> {
    Ok(match cell {
        Cell::Null | Cell::Real(_) | Cell::Bytes(_) => Value::Null,
        Cell::Text(array) if matches!(kind, FieldKind::MultiPicklist { .. }) => Value::Choices(document::read(array)?),
        Cell::Text(text) => Value::Text(text.to_owned()),
        Cell::Int(n) => match kind {
            FieldKind::Boolean => Value::Bool(n != 0),
            FieldKind::Decimal { .. } | FieldKind::Currency { .. } | FieldKind::Percent { .. } => Value::Decimal(n),
            FieldKind::Date => Value::Day(Day(n)),
            FieldKind::DateTime | FieldKind::CreatedTime | FieldKind::ModifiedTime => Value::Moment(Moment(n)),
            FieldKind::Lookup { .. } | FieldKind::Parent | FieldKind::Owner { .. } => Value::Ref(RecordId(n)),
            _ => Value::Int(n),
        },
    })
}
