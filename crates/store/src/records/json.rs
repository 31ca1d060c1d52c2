//! The hot path: rows of the database straight into the JSON of the CRM API.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use domain::access::Access;
use domain::ids::RecordId;
use domain::modules::{FieldKind, Module, Storage};
use domain::records::{Cursor, Query, SortKey, Value, write_decimal};
use domain::time::{Day, Moment};

use super::lists::{List, Lists};
use super::select::{Place, Shape, Slot};
use super::{ReadError, gate};
use crate::engine::{Cell, Database, Error, Row};

/// A page of records as JSON.
#[derive(Debug)]
pub struct JsonList {
    /// `{"data":[{…},{…}]`: open at its end, where there is room for what is to be said about the page.
    pub body: Vec<u8>,
    pub count: u32,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

/// Room behind the records: for what is to be said about the page.
const ROOM: usize = 1024;

/// How the rows of a statement are written.
pub(super) struct Outputs {
    fields: Vec<Output>,
    sort_at: usize,
    sort_kind: Option<FieldKind>,
}

/// How a value of a row is written.
pub(super) struct Output {
    /// `,"Name":`
    pub key: Vec<u8>,
    pub kind: FieldKind,
    pub place: Place,
    /// The modules that a parent may be of, each as it is written.
    pub modules: Vec<(i64, Vec<u8>)>,
}

/// The modules that a value of this kind may name, each as it is written; none, where it names none.
pub(super) fn modules(access: &Access, kind: &FieldKind) -> Vec<(i64, Vec<u8>)> {
    let named = access.catalogue().modules().filter(|_| *kind == FieldKind::Parent);
    named.map(|m| (m.id.0, written_module(m))).collect()
}

/// `{"module":{"api_name":"Cases","id":"17"}`: open at its end.
fn written_module(module: &Module) -> Vec<u8> {
    let mut body = b"{\"module\":{\"api_name\":".to_vec();
    push_string(&mut body, &module.api_name);
    body.extend_from_slice(b",\"id\":\"");
    push_number(&mut body, module.id.0);
    body.extend_from_slice(b"\"}");
    body
}

struct Writer {
    list: Arc<List>,
    body: Vec<u8>,
    scratch: String,
    count: u32,
    limit: u32,
    last: Option<Cursor>,
    more: bool,
}

/// The page of a query: each record has `id` and the readable fields asked for.
pub async fn json_list(db: &Database, lists: &Lists, access: &Access, query: &Query) -> Result<JsonList, ReadError> {
    let list = lists.get(db, access, query)?;
    let (text, params) = (Arc::clone(&list.text), list.params(access));
    let mut body = Vec::with_capacity(list.size.load(Ordering::Relaxed));
    body.extend_from_slice(b"{\"data\":[");
    let writer = Writer {
        list,
        body,
        scratch: String::new(),
        count: 0,
        limit: query.limit,
        last: None,
        more: false,
    };
    let mut written = db.stream(text, params, writer, write_row).await?;
    written.body.push(b']');
    written.list.size.fetch_max(written.body.len() + ROOM, Ordering::Relaxed);
    if written.count == 0 {
        let access = access.clone();
        if !db.read::<_, Error>(move |conn| gate::is_current(conn, &access)).await? {
            return Err(ReadError::Stale);
        }
    }
    let next = if written.more { written.last } else { None };
    Ok(JsonList {
        body: written.body,
        count: written.count,
        next,
    })
}

/// The kind of the field a list is sorted by.
pub(super) fn sort_kind(access: &Access, query: &Query) -> Option<FieldKind> {
    match query.order.key {
        SortKey::Id => None,
        SortKey::Field(id) => access.plan().column(id).map(|c| c.field.kind.clone()),
    }
}

/// Where a page ended, from the last row's sort expression.
pub(super) fn cursor(row: &dyn Row, sort_at: usize, kind: Option<&FieldKind>) -> Result<Cursor, Error> {
    let value = match (row.cell(sort_at)?, kind) {
        (Cell::Text(text), Some(_)) => Value::Text(text.to_owned()),
        (Cell::Int(n), Some(_)) => Value::Int(n),
        _ => Value::Null,
    };
    Ok(Cursor {
        value,
        id: RecordId(row.int(0)?),
    })
}

impl Outputs {
    pub fn of(access: &Access, query: &Query, shape: Shape) -> Self {
        let sort_at = shape.sort_at;
        let named = query.columns.iter().zip(shape.places).filter_map(|(id, place)| {
            let field = &access.plan().column(*id)?.field;
            Some(Output {
                key: key(&field.api_name),
                kind: field.kind.clone(),
                place,
                modules: modules(access, &field.kind),
            })
        });
        Self {
            fields: named.collect(),
            sort_at,
            sort_kind: sort_kind(access, query),
        }
    }
}

/// `,"Name":`
pub(super) fn key(name: &str) -> Vec<u8> {
    let mut key = vec![b','];
    push_string(&mut key, name);
    key.push(b':');
    key
}

fn write_row(writer: &mut Writer, row: &dyn Row) -> Result<(), Error> {
    if writer.count == writer.limit {
        writer.more = true;
        return Ok(());
    }
    if writer.count > 0 {
        writer.body.push(b',');
    }
    writer.body.extend_from_slice(b"{\"id\":\"");
    push_number(&mut writer.body, row.int(0)?);
    writer.body.push(b'"');
    let outputs = &writer.list.outputs;
    for output in &outputs.fields {
        write_value(&mut writer.body, &mut writer.scratch, output, row)?;
    }
    writer.body.push(b'}');
    writer.count += 1;
    if writer.count == writer.limit {
        writer.last = Some(cursor(row, outputs.sort_at, outputs.sort_kind.as_ref())?);
    }
    Ok(())
}

pub(super) fn write_value(body: &mut Vec<u8>, scratch: &mut String, output: &Output, row: &dyn Row) -> Result<(), Error> {
    // A field that is not granted on this record is absent, not null.
    if let Some(guard) = output.place.guard
        && !row.bool(guard)?
    {
        return Ok(());
    }
    match output.place.slot {
        Slot::Plain { at } => {
            body.extend_from_slice(&output.key);
            write_plain(body, scratch, &output.kind, row.cell(at)?);
        }
        Slot::Links { at } => {
            body.extend_from_slice(&output.key);
            match row.cell(at)? {
                Cell::Text(array) => body.extend_from_slice(array.as_bytes()),
                _ => body.extend_from_slice(b"[]"),
            }
        }
        Slot::Actor { at } => {
            body.extend_from_slice(&output.key);
            write_reference(body, row.opt_int(at)?, row.cell(at + 1)?);
        }
        Slot::File { at } => {
            body.extend_from_slice(&output.key);
            write_file(body, &output.kind, row, at)?;
        }
        Slot::Parent { at } => {
            let (raw, shown) = (row.opt_int(at)?, row.opt_int(at + 2)?);
            if raw.is_none() || shown.is_some() {
                body.extend_from_slice(&output.key);
                write_parent(body, output, row.opt_int(at + 1)?, shown, row.cell(at + 3)?);
            }
        }
        Slot::Lookup { at, named, names_only } => {
            let (raw, shown) = (row.opt_int(at)?, row.opt_int(at + 1)?);
            let name = if named { row.cell(at + 2)? } else { Cell::Null };
            // A look-up to a record out of sight is absent, not null.
            if raw.is_none() || shown.is_some() || (names_only && name != Cell::Null) {
                body.extend_from_slice(&output.key);
                write_reference(body, shown, name);
            }
        }
    }
    Ok(())
}

/// The id of an attachment's file; of others, an array of one, with its name and its size.
fn write_file(body: &mut Vec<u8>, kind: &FieldKind, row: &dyn Row, at: usize) -> Result<(), Error> {
    let Some(id) = row.opt_int(at)? else {
        body.extend_from_slice(b"null");
        return Ok(());
    };
    if *kind == FieldKind::Attachment {
        push_string(body, &id.to_string());
        return Ok(());
    }
    for part in [b"[{\"id\":\"".as_slice(), b"\",\"File_Id__s\":\""] {
        body.extend_from_slice(part);
        push_number(body, id);
    }
    body.extend_from_slice(b"\",\"File_Name__s\":");
    match row.cell(at + 1)? {
        Cell::Text(name) => push_string(body, name),
        _ => body.extend_from_slice(b"null"),
    }
    body.extend_from_slice(b",\"Size__s\":");
    match row.opt_int(at + 2)? {
        Some(size) => push_string(body, &size.to_string()),
        None => body.extend_from_slice(b"null"),
    }
    body.extend_from_slice(b"}]");
    Ok(())
}

/// A reference with the module of the record.
fn write_parent(body: &mut Vec<u8>, output: &Output, module: Option<i64>, id: Option<i64>, name: Cell) {
    let module = output.modules.iter().find(|(id, _)| Some(*id) == module);
    let start = body.len();
    write_reference(body, id, name);
    if let (Some((_, module)), Some(_)) = (module, id) {
        // In place of the brace that begins the reference.
        body.splice(start..=start, module.iter().copied().chain([b',']));
    }
}

fn write_reference(body: &mut Vec<u8>, id: Option<i64>, name: Cell) {
    match (id, name) {
        (None, Cell::Text(name)) => {
            body.extend_from_slice(b"{\"name\":");
            push_string(body, name);
        }
        (Some(id), Cell::Text(name)) => {
            body.extend_from_slice(b"{\"name\":");
            push_string(body, name);
            body.extend_from_slice(b",\"id\":\"");
            push_number(body, id);
            body.push(b'"');
        }
        (Some(id), _) => {
            body.extend_from_slice(b"{\"id\":\"");
            push_number(body, id);
            body.push(b'"');
        }
        (None, _) => return body.extend_from_slice(b"null"),
    }
    body.push(b'}');
}

fn write_plain(body: &mut Vec<u8>, scratch: &mut String, kind: &FieldKind, cell: Cell) {
    match (cell, kind) {
        (Cell::Text(array), FieldKind::MultiPicklist { .. }) => body.extend_from_slice(array.as_bytes()),
        (Cell::Text(text), _) => push_string(body, text),
        (Cell::Int(n), kind) => write_int(body, scratch, kind, n),
        (Cell::Real(_) | Cell::Bytes(_) | Cell::Null, _) => body.extend_from_slice(b"null"),
    }
}

fn write_int(body: &mut Vec<u8>, scratch: &mut String, kind: &FieldKind, n: i64) {
    match kind {
        FieldKind::Boolean => body.extend_from_slice(if n == 0 { b"false" } else { b"true" }),
        FieldKind::Integer => push_number(body, n),
        FieldKind::Decimal { scale } | FieldKind::Currency { scale } | FieldKind::Percent { scale } => {
            scratch.clear();
            write_decimal(n, *scale, scratch);
            body.extend_from_slice(scratch.as_bytes());
        }
        FieldKind::Date | FieldKind::DateTime | FieldKind::CreatedTime | FieldKind::ModifiedTime => {
            scratch.clear();
            match kind {
                FieldKind::Date => Day(n).write_iso(scratch),
                _ => Moment(n).write_iso(scratch),
            }
            body.push(b'"');
            body.extend_from_slice(scratch.as_bytes());
            body.push(b'"');
        }
        other => {
            let quoted = other.storage() == Storage::Int;
            debug_assert!(quoted, "{other:?} is not a whole number");
            body.push(b'"');
            push_number(body, n);
            body.push(b'"');
        }
    }
}

pub(super) fn push_number(body: &mut Vec<u8>, n: i64) {
    // Writing a number to a Vec cannot fail.
    let _ = serde_json::to_writer(body, &n);
}

fn push_string(body: &mut Vec<u8>, text: &str) {
    // Writing a string to a Vec cannot fail.
    let _ = serde_json::to_writer(body, text);
}
