//! What is asked for, and whether it can be.

use domain::access::{Access, Column};
use domain::ids::FieldId;
use domain::records::criteria::{self, Unreadable};
use domain::records::{Cursor, Filter, Value as FieldValue};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::MOST_PAGES;
use crate::{Ctx, Error, notifications};

/// The most fields of a file.
const MOST_FIELDS: usize = 500;

/// A question whose answer is a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    pub module: String,
    /// The fields' names; all that can be read if there are none.
    pub fields: Vec<String>,
    pub criteria: Option<Value>,
    /// The first page is 1.
    pub page: u32,
    /// Where the page before ended. Without it the page is found by its number.
    pub after: Option<i64>,
    /// The address that is told of the end.
    #[serde(default)]
    pub callback: Option<String>,
}

/// Why it cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Unknown and hidden fields look the same.
    #[error("{0:?} is not a field that can be read")]
    Field(String),
    #[error("at most {MOST_FIELDS} fields are allowed")]
    TooManyFields,
    #[error("{0}")]
    Callback(String),
    #[error("expected a page from 1 to {MOST_PAGES}")]
    Page,
    #[error(transparent)]
    Criteria(#[from] Unreadable),
    #[error(transparent)]
    App(#[from] Error),
}

/// A question bound to somebody's rights.
pub(super) struct Bound {
    pub access: Access,
    pub columns: Vec<FieldId>,
    pub filter: Option<Filter>,
}

impl Asked {
    /// Whether the one who asks may ask this.
    pub fn check(&self, ctx: &Ctx) -> Result<(), Refused> {
        if !(1..=MOST_PAGES).contains(&self.page) && self.after.is_none() {
            return Err(Refused::Page);
        }
        if let Some(url) = &self.callback {
            notifications::target(&ctx.app, "callback", url).map_err(|error| Refused::Callback(error.to_string()))?;
        }
        self.bind(ctx).map(drop)
    }

    pub(super) fn bind(&self, ctx: &Ctx) -> Result<Bound, Refused> {
        let access = crate::records::access(ctx, &self.module)?;
        let mut columns = Vec::new();
        for name in &self.fields {
            let column = access.plan().column_named(name);
            let id = column.ok_or_else(|| Refused::Field(name.chars().take(100).collect()))?.field.id;
            if !columns.contains(&id) {
                columns.push(id);
            }
        }
        if self.fields.is_empty() {
            columns = access.plan().columns().iter().map(|column| column.field.id).collect();
        }
        if self.fields.len().max(columns.len()) > MOST_FIELDS {
            return Err(Refused::TooManyFields);
        }
        let filter = self.criteria.as_ref().map(|json| criteria::read_json(&access, json)).transpose()?;
        Ok(Bound { access, columns, filter })
    }

    /// Where the page before ended, if the order says so.
    pub(super) fn cursor(&self) -> Option<Cursor> {
        self.after.map(cursor)
    }
}

/// The place behind a record, in the order in which records were made.
pub(super) fn cursor(id: i64) -> Cursor {
    Cursor {
        value: FieldValue::Null,
        id: domain::ids::RecordId(id),
    }
}

impl Bound {
    /// The columns with their fields, in the order of the file.
    pub(super) fn fields(&self) -> Vec<&Column> {
        self.columns.iter().filter_map(|id| self.access.plan().column(*id)).collect()
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
    /// What was read from JSON can be written as JSON.
    pub(super) fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}
