//! Rows whose records are there already: they are found and changed, the others are made or left out.

use std::collections::{BTreeSet, HashMap, HashSet};

use csv::StringRecord;
use domain::access::Access;
use domain::ids::RecordId;
use domain::modules::Field;
use domain::notifications::Event;
use domain::records::{Draft, Value, is_key, prepare_change};
use store::engine::Conn;
use store::records::{ByKey, WriteError, Writing, by_key};

use super::mapping::{ID, Otherwise};
use super::outcome::{Fate, RowCode, RowError};
use super::rows::Rows;
use super::source::Source;
use super::work::{Batch, Read, Work, out_of_scope};
use super::{ImportError, Mapping};
use crate::Error;

/// How records are found.
pub(super) struct Finding {
    by: By,
    otherwise: Otherwise,
    keep_where_empty: bool,
}

enum By {
    Id(Source),
    Field(Field),
}

/// Which record a row is about.
enum Whose {
    Nobodys,
    There(RecordId),
    Wrong(RowCode, String),
}

impl Finding {
    /// None where every row is a new record.
    pub(super) fn of(access: &Access, mapping: &Mapping, rows: &Rows) -> Result<Option<Self>, ImportError> {
        let Some(matching) = &mapping.matching else { return Ok(None) };
        let wanted = mapping.fields.iter().find(|field| field.field == matching.by);
        let by = match (matching.by.as_str(), wanted) {
            (ID, Some(wanted)) => Source::of(wanted, mapping, rows)?.map(By::Id),
            (name, _) => {
                let column = access.plan().column_named(name).filter(|column| is_key(&column.field));
                column.map(|column| By::Field(column.field.as_ref().clone()))
            }
        };
        let unusable = || {
            ImportError::Mapping(format!(
                "matching: expected id, a line of text or a whole number, not {:?}",
                matching.by
            ))
        };
        Ok(Some(Self {
            by: by.ok_or_else(unusable)?,
            otherwise: matching.otherwise,
            keep_where_empty: matching.keep_where_empty,
        }))
    }

    /// Whether records may have to be made.
    pub(super) fn makes(&self) -> bool {
        self.otherwise == Otherwise::Make
    }

    /// By what the row's record is found, as it is looked for. Nothing is not looked for.
    fn key(&self, cells: &StringRecord, draft: &Draft) -> Option<String> {
        match &self.by {
            By::Id(source) => Some(source.raw(cells)).filter(|text| !text.is_empty()),
            By::Field(field) => match draft.value(field.id) {
                Some(Value::Text(text)) if !text.is_empty() => Some(text.clone()),
                Some(Value::Int(number)) => Some(number.to_string()),
                _ => None,
            },
        }
    }

    fn name(&self) -> &str {
        match &self.by {
            By::Id(_) => ID,
            By::Field(field) => &field.api_name,
        }
    }

    /// The records that are there.
    fn find(&self, conn: &mut Conn, access: &Access, keys: BTreeSet<String>) -> Result<HashMap<String, ByKey>, ImportError> {
        let keys: Vec<String> = keys.into_iter().collect();
        match &self.by {
            // Whether a record is there and in sight is found out by changing it.
            By::Id(_) => Ok(keys
                .into_iter()
                .filter_map(|key| Some((key.clone(), ByKey::One(key.parse().ok()?))))
                .collect()),
            By::Field(_) if keys.is_empty() => Ok(HashMap::new()),
            By::Field(field) => Ok(by_key(conn, access, field, &keys).map_err(Error::from)?),
        }
    }

    fn whose(&self, key: Option<&String>, found: &HashMap<String, ByKey>) -> Whose {
        let name = self.name();
        match (key, key.and_then(|key| found.get(key))) {
            (_, Some(ByKey::One(id))) => Whose::There(*id),
            (Some(key), Some(ByKey::Several)) => Whose::Wrong(RowCode::Ambiguous, format!("several records have the {name} {key:?}")),
            (Some(key), None) if matches!(self.by, By::Id(_)) => {
                Whose::Wrong(RowCode::Invalid, format!("expected the id of a record, not {key:?}"))
            }
            (Some(key), None) if !self.makes() => Whose::Wrong(RowCode::NotFound, format!("there is no record with the {name} {key:?}")),
            (None, _) if !self.makes() => Whose::Wrong(
                RowCode::Missing,
                format!("the row has no {name} by which its record could be found"),
            ),
            _ => Whose::Nobodys,
        }
    }

    /// What is to be changed: not what the record was found by, which it has.
    fn changes(&self, draft: Draft) -> Draft {
        let stays = |(field, value): &(_, Value)| {
            let is_key = matches!(&self.by, By::Field(key) if key.id == *field);
            !(is_key || self.keep_where_empty && value.is_empty())
        };
        draft.iter().map(|(field, value)| (field, value.clone())).filter(stays).collect()
    }
}

impl Work {
    /// Writes rows, each into the record that is there or into a new one. Rows that are about the same new record come one
    /// after the other: the second finds what the first has made.
    pub(super) fn write_found(&self, conn: &mut Conn, finding: &Finding, rows: Vec<Read>, batch: &mut Batch) -> Result<(), ImportError> {
        // Two imports that look for the same value at the same time would both find nothing.
        store::modules::lock(conn, self.access.plan().module().id)?;
        let mut waiting = rows;
        while !waiting.is_empty() {
            let keys = |read: &Read| finding.key(&read.row.cells, &read.draft);
            let found = finding.find(conn, &self.access, waiting.iter().filter_map(keys).collect())?;
            let (mut new, mut again, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
            for read in waiting {
                let key = keys(&read);
                match finding.whose(key.as_ref(), &found) {
                    Whose::Nobodys if key.as_ref().is_some_and(|key| seen.contains(key)) => again.push(read),
                    Whose::Nobodys => {
                        seen.extend(key);
                        new.push(read);
                    }
                    Whose::There(id) => self.change(conn, finding, id, read, batch)?,
                    Whose::Wrong(code, reason) => {
                        let error = about_row(&read, finding, code, reason);
                        batch.leave_out(&read.row, vec![error]);
                    }
                }
            }
            self.make(conn, new, batch)?;
            // Nothing is there to be found where nothing is written.
            waiting = if self.check_only { Vec::new() } else { again };
        }
        Ok(())
    }

    fn change(&self, conn: &mut Conn, finding: &Finding, id: RecordId, read: Read, batch: &mut Batch) -> Result<(), ImportError> {
        let Read { row, draft, .. } = read;
        let prepared = match prepare_change(&self.access, finding.changes(draft)) {
            Ok(prepared) => prepared,
            Err(errors) => {
                batch.leave_out(&row, self.row_errors(&row, errors));
                return Ok(());
            }
        };
        if self.check_only {
            return Ok(());
        }
        let written = conn.attempt(|conn| Writing::begin(conn, &self.access, self.now())?.update(id, None, &prepared));
        let (code, reason) = match written {
            Ok(_) => {
                self.trail(conn, Event::Edit, std::iter::once((id, prepared.fields())), batch)?;
                batch.note(&row, Fate::Changed(id));
                return Ok(());
            }
            Err(WriteError::Fields(errors)) => {
                batch.leave_out(&row, self.row_errors(&row, errors));
                return Ok(());
            }
            Err(WriteError::OutOfScope) => {
                batch.leave_out(&row, vec![out_of_scope(&row)]);
                return Ok(());
            }
            Err(WriteError::NotFound) => (RowCode::NotFound, "there is no such record"),
            Err(WriteError::Forbidden) => (RowCode::NotAllowed, "the record may not be changed by you"),
            Err(error) => return Err(Error::from(error).into()),
        };
        let error = RowError {
            line: row.line,
            column: None,
            field: Some(finding.name().to_owned()),
            value: Some(id.to_string()),
            code,
            reason: reason.to_owned(),
        };
        batch.leave_out(&row, vec![error]);
        Ok(())
    }
}

fn about_row(read: &Read, finding: &Finding, code: RowCode, reason: String) -> RowError {
    RowError {
        line: read.row.line,
        column: None,
        field: Some(finding.name().to_owned()),
        value: None,
        code,
        reason,
    }
}
