//! What is to be written, and whether it can be.

use domain::access::Access;
use domain::modules::Field;
use domain::records::is_key;
use serde::{Deserialize, Serialize};

use super::columns::Column;
use crate::imports::{Matching, Otherwise};
use crate::{Ctx, Error, notifications};

/// What is done with the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    Insert,
    Update,
    Upsert,
}

/// Rows that are to be written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    pub operation: Operation,
    pub module: String,
    /// The uploaded archive.
    pub file: i64,
    /// The field by which records are found that are there already, or `id`.
    pub find_by: Option<String>,
    /// Where a row has no value the record keeps the one that it has.
    pub ignore_empty: bool,
    /// Where values come from; by the names in the first line if there are none.
    pub columns: Vec<Column>,
    /// The file's encoding; UTF-8 if there is none.
    pub encoding: Option<String>,
    /// The address that is told of the end.
    #[serde(default)]
    pub callback: Option<String>,
}

/// Why it cannot be ordered.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("{0}")]
    Callback(String),
    #[error("improper file id")]
    File,
    #[error("invalid mapping. invalid api_name {0}.")]
    Field(String),
    #[error("the field {0} is mapped twice")]
    Twice(String),
    #[error("required key find_by is not found in request body: expected id, or a field by whose value a record is found")]
    FindBy,
    #[error("the field {0}, by which records are found, is not mapped")]
    FindByNotMapped(String),
    #[error("All mandatory fields are not mapped for the layout: {}", .0.join(", "))]
    Mandatory(Vec<String>),
    #[error("the encoding {0:?} is not known: expected one such as UTF-8 or windows-1252")]
    Encoding(String),
    #[error("the format {format:?} of {field} cannot be used: expected letters such as yyyy-MM-dd HH:mm:ss")]
    Format { field: String, format: String },
    #[error(transparent)]
    App(#[from] Error),
}

impl Asked {
    /// Whether the one who asks may order this.
    pub fn check(&self, ctx: &Ctx) -> Result<(), Refused> {
        let access = crate::records::access(ctx, &self.module)?;
        if self.operation != Operation::Update && !access.plan().may_create() {
            return Err(Error::Forbidden.into());
        }
        if let Some(url) = &self.callback {
            notifications::target(&ctx.app, "callback", url).map_err(|error| Refused::Callback(error.to_string()))?;
        }
        if let Some(name) = &self.encoding
            && encoding_rs::Encoding::for_label(name.as_bytes()).is_none()
        {
            return Err(Refused::Encoding(name.chars().take(40).collect()));
        }
        for (n, column) in self.columns.iter().enumerate() {
            let name = &column.field;
            if self.columns.iter().take(n).any(|before| before.field == *name) {
                return Err(Refused::Twice(name.clone()));
            }
            if name != "id" && access.plan().column_named(name).is_none() {
                return Err(Refused::Field(name.chars().take(100).collect()));
            }
            column.check()?;
        }
        self.check_find_by(&access)?;
        self.check_mandatory(&access)
    }

    fn check_find_by(&self, access: &Access) -> Result<(), Refused> {
        let Some(matching) = self.matching() else {
            // What is new has no id yet.
            let has_id = self.columns.iter().any(|column| column.field == "id");
            return if has_id { Err(Refused::Field("id".into())) } else { Ok(()) };
        };
        let by = &matching.by;
        let is_known = by == "id" || access.plan().column_named(by).is_some_and(|column| is_key(&column.field));
        match (
            is_known,
            self.columns.is_empty() || self.columns.iter().any(|column| column.field == *by),
        ) {
            (true, true) => Ok(()),
            (true, false) => Err(Refused::FindByNotMapped(by.clone())),
            (false, _) => Err(Refused::FindBy),
        }
    }

    /// Without a mandatory field no row would become a record.
    fn check_mandatory(&self, access: &Access) -> Result<(), Refused> {
        if self.operation == Operation::Update || self.columns.is_empty() {
            return Ok(());
        }
        let is_missing = |field: &&Field| {
            let is_needed = field.required && !field.kind.is_given() && access.plan().may_set(field.id);
            is_needed && !self.columns.iter().any(|column| column.field == field.api_name)
        };
        let missing: Vec<String> = access
            .plan()
            .module()
            .fields
            .iter()
            .filter(is_missing)
            .map(|f| f.api_name.clone())
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(Refused::Mandatory(missing))
        }
    }

    /// How records are found that are there. Of an upsert that does not say so nothing is known, which is refused.
    pub(super) fn matching(&self) -> Option<Matching> {
        let (default, otherwise) = match self.operation {
            Operation::Insert => return None,
            Operation::Update => ("id", Otherwise::LeaveOut),
            Operation::Upsert => ("", Otherwise::Make),
        };
        Some(Matching {
            by: self.find_by.clone().unwrap_or_else(|| default.to_owned()),
            otherwise,
            keep_where_empty: self.ignore_empty,
        })
    }
}

/// What is kept of an order.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Order {
    pub session: Option<i64>,
    #[serde(flatten)]
    pub asked: Asked,
}

impl Order {
    pub(super) fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}
