//! What explanations need to know of records, read step by step as they walk.
//!
//! This is the one place that reads records without a plan: an administrator asks why a plan shows what it shows. Who may
//! ask is for the use case to see to; nothing that is read here is ever for the person who is explained.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use domain::access::Facts;
use domain::ids::{FieldId, ModuleId, RecordId};
use domain::modules::{Catalogue, Field, FieldKind, Module, Storage};
use domain::records::{Asker, Value};

use super::page::value;
use crate::engine::{Conn, Error};

/// The most statements for one explanation.
const STATEMENTS: usize = 2_000;
/// The most records that are read of those that point at one, or that one points at.
const WIDTH: usize = 1_000;

/// The facts in a database, read as they are asked for and kept.
pub struct Known<'k, 'c> {
    conn: RefCell<&'k mut Conn<'c>>,
    catalogue: &'k Catalogue,
    asker: Asker,
    /// In which module each record lies that was come to.
    places: RefCell<HashMap<RecordId, ModuleId>>,
    rows: RefCell<HashMap<RecordId, Option<Row>>>,
    walked: RefCell<HashMap<(FieldId, RecordId, bool), Vec<RecordId>>>,
    shared: RefCell<HashMap<RecordId, bool>>,
    left: Cell<usize>,
    /// More records point, or are pointed at, than are read.
    too_wide: Cell<bool>,
    failure: RefCell<Option<Error>>,
}

#[derive(Clone)]
struct Row {
    name: String,
    live: bool,
    maker: Option<i64>,
    values: HashMap<FieldId, Value>,
    /// The modules of its parents.
    parents: HashMap<FieldId, ModuleId>,
}

/// The records that were come to.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// The module and the name of each that is there, also in the recycle bin.
    pub records: HashMap<RecordId, (ModuleId, String)>,
}

impl<'k, 'c> Known<'k, 'c> {
    /// What `asker` stands to, with the records from which the explanation starts.
    pub fn new(conn: &'k mut Conn<'c>, catalogue: &'k Catalogue, asker: Asker, start: &[(ModuleId, RecordId)]) -> Self {
        Self {
            conn: RefCell::new(conn),
            catalogue,
            asker,
            places: RefCell::new(start.iter().map(|(module, record)| (*record, *module)).collect()),
            rows: RefCell::default(),
            walked: RefCell::default(),
            shared: RefCell::default(),
            left: Cell::new(STATEMENTS),
            too_wide: Cell::new(false),
            failure: RefCell::default(),
        }
    }

    /// What was seen; or why the database did not answer, and nothing that was said counts.
    pub fn finish(self) -> Result<Seen, Error> {
        if let Some(failure) = self.failure.into_inner() {
            return Err(failure);
        }
        let places = self.places.into_inner();
        let named = |(id, row): (RecordId, Option<Row>)| Some((id, (*places.get(&id)?, row?.name)));
        Ok(Seen {
            records: self.rows.into_inner().into_iter().filter_map(named).collect(),
        })
    }

    /// Whether all was read that was asked for up to now. If not, what was said of it may be wrong.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.left.get() > 0 && !self.too_wide.get()
    }

    /// Reads, unless the database has failed before or too much was read already.
    fn read<T>(&self, read: impl FnOnce(&mut Conn) -> Result<T, Error>) -> Option<T> {
        self.left.set(self.left.get().saturating_sub(1));
        if self.left.get() == 0 || self.failure.borrow().is_some() {
            return None;
        }
        match read(&mut self.conn.borrow_mut()) {
            Ok(found) => Some(found),
            Err(error) => {
                *self.failure.borrow_mut() = Some(error);
                None
            }
        }
    }

    fn field(&self, id: FieldId) -> Option<(&Module, &Field)> {
        self.catalogue.modules().find_map(|m| Some((&**m, m.field(id)?)))
    }

    fn row(&self, record: RecordId) -> Option<Row> {
        if let Some(known) = self.rows.borrow().get(&record) {
            return known.clone();
        }
        let place = self.places.borrow().get(&record).copied();
        let module = self.catalogue.module(place?)?;
        let row = self.read(|conn| row(conn, module, record)).flatten();
        self.rows.borrow_mut().insert(record, row.clone());
        row
    }

    /// Where a hop leads from a record.
    fn walk(&self, field: &Field, record: RecordId, back: bool) -> Vec<RecordId> {
        if let Some(known) = self.walked.borrow().get(&(field.id, record, back)) {
            return known.clone();
        }
        let limit = WIDTH + 1;
        let (wanted, given, table) = match (field.kind.storage() == Storage::Links, back) {
            (true, true) => ("record_id", "target_id".to_owned(), field.link_table()),
            (true, false) => ("target_id", "record_id".to_owned(), field.link_table()),
            (false, _) => ("id", field.column(), domain::modules::table_of(field.module)),
        };
        let sql = format!("SELECT {wanted} FROM :db.{table} WHERE {given} = $1 ORDER BY {wanted} LIMIT {limit}");
        let found = self.read(|conn| conn.rows(&sql, &[record.0.into()], |row| Ok(RecordId(row.int(0)?))));
        let mut found = found.unwrap_or_default();
        if found.len() > WIDTH {
            self.too_wide.set(true);
            found.truncate(WIDTH);
        }
        self.walked.borrow_mut().insert((field.id, record, back), found.clone());
        found
    }

    fn come_to(&self, records: &[RecordId], module: Option<ModuleId>) {
        if let Some(module) = module {
            let mut places = self.places.borrow_mut();
            for record in records {
                places.entry(*record).or_insert(module);
            }
        }
    }
}

fn row(conn: &mut Conn, module: &Module, record: RecordId) -> Result<Option<Row>, Error> {
    let stored: Vec<&Field> = module.fields.iter().filter(|f| f.kind.storage() != Storage::Links).collect();
    let parents: Vec<&Field> = stored.iter().copied().filter(|f| f.kind == FieldKind::Parent).collect();
    let columns = stored.iter().map(|f| f.column());
    let columns = columns.chain(parents.iter().map(|f| f.parent_module_column()));
    let columns: Vec<String> = columns.map(|column| format!(", t.{column}")).collect();
    let sql = format!(
        "SELECT t.name, t.deleted_time, t.created_by{} FROM :db.{} t WHERE t.id = $1",
        columns.concat(),
        module.table()
    );
    conn.row(&sql, &[record.0.into()], |row| {
        let mut values = HashMap::new();
        for (at, field) in (3..).zip(&stored) {
            let value = match field.kind {
                FieldKind::CreatedBy | FieldKind::ModifiedBy => row.opt_int(at)?.map_or(Value::Null, |id| Value::Ref(RecordId(id))),
                _ => value(row.cell(at)?, &field.kind)?,
            };
            values.insert(field.id, value);
        }
        let mut modules = HashMap::new();
        for (at, field) in (3 + stored.len()..).zip(&parents) {
            modules.extend(row.opt_int(at)?.map(|id| (field.id, ModuleId(id))));
        }
        Ok(Row {
            parents: modules,
            name: row.text(0)?,
            live: row.opt_int(1)?.is_none(),
            maker: row.opt_int(2)?,
            values,
        })
    })
}

impl Facts for Known<'_, '_> {
    fn asker(&self) -> Asker {
        self.asker
    }

    fn made_by(&self, record: RecordId) -> Option<i64> {
        self.row(record)?.maker
    }

    fn is_shared(&self, record: RecordId) -> bool {
        let Some(anchor) = self.asker.anchor else { return false };
        if let Some(known) = self.shared.borrow().get(&record) {
            return *known;
        }
        let sql = "SELECT 1 FROM :db.shares WHERE anchor_id = $1 AND record_id = $2";
        let found = self.read(|conn| conn.row(sql, &[anchor.0.into(), record.0.into()], |row| row.int(0)));
        let shared = found.flatten().is_some();
        self.shared.borrow_mut().insert(record, shared);
        shared
    }

    fn targets(&self, field: FieldId, record: RecordId) -> Vec<RecordId> {
        let Some((_, field)) = self.field(field) else { return Vec::new() };
        let found = match field.kind.storage() {
            Storage::Links => self.walk(field, record, false),
            _ => match self.value(field, record) {
                Value::Ref(to) => vec![to],
                _ => Vec::new(),
            },
        };
        let of = |row: Row| row.parents.get(&field.id).copied();
        self.come_to(&found, field.kind.target().or_else(|| self.row(record).and_then(of)));
        found
    }

    fn sources(&self, field: FieldId, record: RecordId) -> Vec<RecordId> {
        let Some((module, field)) = self.field(field) else {
            return Vec::new();
        };
        let found = self.walk(field, record, true);
        self.come_to(&found, Some(module.id));
        found
    }

    fn lies_in(&self, record: RecordId, module: ModuleId) -> bool {
        self.places.borrow().get(&record).is_none_or(|of| *of == module)
    }

    fn is_live(&self, record: RecordId) -> bool {
        self.row(record).is_some_and(|row| row.live)
    }

    fn value(&self, field: &Field, record: RecordId) -> Value {
        let row = self.row(record);
        row.and_then(|row| row.values.get(&field.id).cloned()).unwrap_or(Value::Null)
    }
}
