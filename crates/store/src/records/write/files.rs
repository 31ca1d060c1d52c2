//! Writing the files of records: from the commit on a file stays as long as it stands in its record.

use domain::ids::RecordId;
use domain::modules::{Field, FieldKind};
use domain::records::{FieldError, Prepared, Problem, Value};

use super::{WriteError, Writing};
use crate::engine;
use crate::files::{FilePlace, keep, release};

impl Writing<'_, '_> {
    /// A file that a draft names must be one that the writer has uploaded for a record, or stand there already. What it takes the place
    /// of is let go.
    pub(super) fn keep_files(&mut self, records: &[(RecordId, &Prepared)], are_new: bool) -> Result<(), WriteError> {
        let module = self.module();
        for field in module.fields.iter().filter(|f| f.kind.holds_file()) {
            let mut written = Vec::new();
            for (record, prepared) in records {
                let Some(value) = prepared.draft().value(field.id) else { continue };
                let place = FilePlace {
                    record: *record,
                    field: field.id,
                };
                let file = self.keep_file(field, place, value)?;
                if !are_new {
                    release(self.conn, place, file, self.now)?;
                }
                if file.is_some() || !are_new {
                    written.push(record.0);
                }
            }
            if field.kind == FieldKind::Attachment && !written.is_empty() {
                self.write_sizes(field, &written)?;
            }
        }
        Ok(())
    }

    fn keep_file(&mut self, field: &Field, place: FilePlace, value: &Value) -> Result<Option<i64>, WriteError> {
        let Value::Int(file) = *value else { return Ok(None) };
        let image = field.kind == FieldKind::Image;
        match keep(self.conn, file, place, image, self.access.viewer().actor, self.now)? {
            true => Ok(Some(file)),
            false => Err(WriteError::Fields(vec![FieldError {
                field: field.api_name.clone(),
                problem: Problem::NoSuchFile,
            }])),
        }
    }

    /// The size of an attachment is that of its file.
    fn write_sizes(&mut self, field: &Field, records: &[i64]) -> Result<(), engine::Error> {
        let module = self.module();
        let Some(size) = module.fields.iter().find(|f| f.kind == FieldKind::FileSize) else {
            return Ok(());
        };
        let (table, column, file) = (module.table(), size.column(), field.column());
        let among = self.conn.dialect().in_ints("id", 1);
        let sql = format!("UPDATE :db.{table} SET {column} = (SELECT f.size FROM :db.files f WHERE f.id = {file}) WHERE {among}");
        let ids = serde_json::to_string(records).unwrap_or_default();
        self.conn.execute(&sql, &[ids.into()]).map(drop)
    }
}
