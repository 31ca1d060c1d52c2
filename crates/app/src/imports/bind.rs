//! A mapping bound to an organisation's fields and to the columns of a file.

use csv::StringRecord;
use domain::access::{Access, Viewer};
use domain::modules::{Field, FieldKind, Storage};

use super::mapping::{ID, Otherwise};
use super::outcome::{RowCode, RowError, shortened};
use super::rows::Rows;
use super::source::Source;
use super::{FieldMapping, ImportError, Mapping};
use crate::{Error, Snapshot};

/// A field with its source.
pub(super) struct Bound {
    pub(super) field: Field,
    pub(super) source: Source,
    /// The column, for messages.
    column: Option<String>,
    pub(super) lookup: Option<ByField>,
    split: String,
}

/// A look-up by the value of one of the other module's fields.
pub(super) struct ByField {
    pub(super) access: Access,
    pub(super) key: Field,
    /// Whether it leads to the module that is imported, so that its record may come later in the file.
    pub(super) to_itself: bool,
}

/// A row's values as text in the product's notation, or what is wrong with them.
pub(super) type Texts = Vec<Result<String, String>>;

impl Bound {
    pub(super) fn all(
        snapshot: &Snapshot,
        viewer: Viewer,
        access: &Access,
        mapping: &Mapping,
        rows: &Rows,
    ) -> Result<Vec<Self>, ImportError> {
        let mut bound = Vec::new();
        let by = mapping.matching.as_ref().map(|matching| matching.by.as_str());
        for wanted in mapping.fields.iter().filter(|wanted| wanted.field != ID) {
            let module = access.plan().module();
            let field = module.field_named(&wanted.field).ok_or(Error::NotFound("field"))?;
            let Some(source) = Source::of(wanted, mapping, rows)? else {
                continue;
            };
            // What records are found by need not be written.
            if by != Some(field.api_name.as_str()) && !may_write(access, field, mapping) {
                let why = if field.kind.is_given() {
                    "is set by the product"
                } else {
                    "may not be changed by you"
                };
                return Err(ImportError::Mapping(format!("the field {} {why}", field.api_name)));
            }
            bound.push(Self {
                field: field.clone(),
                source,
                column: wanted.column.clone(),
                lookup: lookup(snapshot, viewer, field, wanted)?,
                split: wanted.split.clone().unwrap_or_else(|| ";".into()),
            });
        }
        Ok(bound)
    }

    /// The row's value.
    pub(super) fn text(&self, cells: &StringRecord) -> Result<String, String> {
        let raw = self.source.raw(cells);
        match &self.field.kind {
            _ if raw.is_empty() => Ok(raw),
            FieldKind::MultiPicklist { .. } | FieldKind::MultiLookup { .. } if self.split != ";" => Ok(raw.replace(&self.split, ";")),
            kind => self.source.in_our_notation(kind, &raw),
        }
    }

    /// The keys in a text.
    pub(super) fn keys<'t>(&self, text: &'t str) -> Vec<&'t str> {
        match self.field.kind.storage() {
            Storage::Links => text.split(';').map(str::trim).filter(|key| !key.is_empty()).collect(),
            _ if text.is_empty() => Vec::new(),
            _ => vec![text],
        }
    }

    pub(super) fn error(&self, line: u64, cells: &StringRecord, code: RowCode, reason: String) -> RowError {
        let raw = self.source.raw(cells);
        RowError {
            line,
            column: self.column.clone(),
            field: Some(self.field.api_name.clone()),
            value: (!raw.is_empty()).then(|| shortened(&raw)),
            code,
            reason,
        }
    }
}

/// Whether the field may be written in one of the ways in which the mapping writes.
fn may_write(access: &Access, field: &Field, mapping: &Mapping) -> bool {
    let (set, change) = (access.plan().may_set(field.id), access.plan().may_change(field.id));
    match mapping.matching.as_ref().map(|matching| matching.otherwise) {
        None => set,
        Some(Otherwise::Make) => set || change,
        Some(Otherwise::LeaveOut) => change,
    }
}

fn lookup(snapshot: &Snapshot, viewer: Viewer, field: &Field, wanted: &FieldMapping) -> Result<Option<ByField>, ImportError> {
    let bad = |why: String| Err(ImportError::Mapping(format!("the field {}: {why}", field.api_name)));
    let Some(target) = field.kind.target() else {
        return match &wanted.lookup {
            None => Ok(None),
            Some(_) => bad(format!("lookup: a field of the type {} looks nothing up", field.kind.wire())),
        };
    };
    // An employee is known by the address; other records, without a key, by their id.
    let owner = matches!(field.kind, FieldKind::Owner { .. }).then_some("Email");
    let Some(name) = wanted.lookup.as_deref().or(owner).filter(|name| *name != "id") else {
        return Ok(None);
    };
    let Some(access) = snapshot.access(viewer, target) else {
        return bad("you see none of the records it looks up".into());
    };
    let whole = |f: &Field| matches!(f.kind, FieldKind::Integer | FieldKind::BigInteger);
    let key = access.plan().column_named(name).map(|c| c.field.as_ref().clone());
    match key.filter(|f| f.kind.is_line() || whole(f)) {
        Some(key) => Ok(Some(ByField {
            access,
            key,
            to_itself: target == field.module,
        })),
        None => bad(format!(
            "lookup: expected a line of text or a whole number of {}, not {name:?}",
            access.plan().module().api_name
        )),
    }
}
