//! A site of record pages: the portal, the administration.

use std::fmt::Display;

use app::{Ctx, Error};
use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::access::{Access, Predicate};
use domain::ids::{ModuleId, RecordId};
use serde::Deserialize;

/// The one who asks, on a site with pages of records.
pub trait Site: FromRequestParts<app::App> + Send + Sync {
    /// Who asks.
    fn ctx(&self) -> &Ctx;

    /// Where the addresses begin: `/portal/northwind`. A list is at `{base}/{Module}`.
    fn base(&self) -> String;

    /// The page around `content`. `current` is the API name of the module shown.
    fn page(&self, headers: &HeaderMap, status: StatusCode, title: &str, current: &str, content: &dyn Display) -> Response;

    /// What the site itself says about a record, as HTML; it stands between the record's head and its fields.
    fn about(&self, _access: &Access, _id: RecordId) -> impl Future<Output = Result<String, Error>> + Send {
        std::future::ready(Ok(String::new()))
    }
}

/// Where pages of records stand, for the one who asks: knows which records have a page.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub ctx: &'a Ctx,
    pub base: &'a str,
}

impl Place<'_> {
    /// The list of a module.
    #[must_use]
    pub fn list(&self, api_name: &str) -> String {
        format!("{}/{api_name}", self.base)
    }

    /// The page of a record.
    #[must_use]
    pub fn record(&self, api_name: &str, id: RecordId) -> String {
        format!("{}/{api_name}/{id}", self.base)
    }

    /// The file in a field of a record.
    #[must_use]
    pub fn file(&self, api_name: &str, id: RecordId, field: &str) -> String {
        format!("{}/file/{field}", self.record(api_name, id))
    }

    /// The page of a record of this module, if the module exists for the one who asks.
    #[must_use]
    pub fn linked(&self, module: ModuleId, id: RecordId) -> Option<String> {
        let access = self.ctx.snapshot.access(self.ctx.viewer, module)?;
        Some(self.record(&access.plan().module().api_name, id))
    }

    /// Where the way back from a record of this module leads: its list, or for a module of which
    /// one sees one's own record only, the first page.
    #[must_use]
    pub fn above(&self, access: &Access) -> (String, String) {
        let module = access.plan().module();
        if own_record(access).is_some() {
            (self.base.to_owned(), "Home".into())
        } else {
            (self.list(&module.api_name), module.plural.clone())
        }
    }
}

/// The one record of the module that the viewer is, if the viewer sees no other.
#[must_use]
pub fn own_record(access: &Access) -> Option<RecordId> {
    if *access.plan().view() == Predicate::IsAnchor {
        access.viewer().anchor
    } else {
        None
    }
}

/// Whether a form for a new record can be filled in: everything needed can be set or is given.
#[must_use]
pub fn may_make(access: &Access) -> bool {
    let plan = access.plan();
    let given = |field: &domain::modules::Field| field.kind.is_given() || plan.may_set(field.id) || plan.is_anchored(field.id);
    plan.may_create() && plan.module().fields.iter().filter(|f| f.required).all(given)
}

/// The parts of an address below the site's own.
#[derive(Debug, Deserialize)]
pub struct ModulePath {
    pub module: String,
}

/// The parts of a record's address.
#[derive(Debug, Deserialize)]
pub struct RecordPath {
    pub module: String,
    id: String,
}

/// The parts of the address of a file in a record.
#[derive(Debug, Deserialize)]
pub struct FilePath {
    pub module: String,
    id: String,
    pub field: String,
}

impl FilePath {
    /// The record's id. What is not a number is no record.
    pub fn id(&self) -> Result<RecordId, Error> {
        record_id(&self.id)
    }
}

impl RecordPath {
    /// The record's id. What is not a number is no record.
    pub fn id(&self) -> Result<RecordId, Error> {
        record_id(&self.id)
    }
}

fn record_id(text: &str) -> Result<RecordId, Error> {
    text.parse().map_err(|_| Error::NotFound("record"))
}
