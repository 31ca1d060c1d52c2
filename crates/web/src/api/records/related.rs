//! Records that refer to one: listed, made, tied to it and let go again.

use app::records::{self, Tie};
use app::{Ctx, Error};
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use domain::access::Access;
use domain::accounts::Operation;
use domain::ids::{FieldId, RecordId};
use domain::modules::related::RelatedList;
use domain::modules::{FieldKind, related};
use domain::records::{Draft, FieldError, Filter, Operator, Problem, Query, Value};
use serde_json::{Map, json};

use super::draft::{self, Purpose};
use super::write::{Failure, LIMIT, insert};
use super::{page, query, record_id, single};
use crate::api::request::{JsonBody, Params, id};
use crate::api::{ApiError, answer, scope};
use crate::caller::ApiCaller;

/// A record that the caller sees, to which others refer.
pub(super) struct Parent {
    access: Access,
    id: RecordId,
}

impl Parent {
    /// Errors: a record that the caller does not see.
    pub async fn find(ctx: &Ctx, (module, id): (&str, &str)) -> Result<Self, ApiError> {
        let access = records::access(ctx, module)?;
        let id = record_id(id)?;
        records::rights(ctx, &access, id).await.map_err(|error| unseen(error, 1))?;
        Ok(Self { access, id })
    }

    /// The list that is looked for; none where there is none, or where the caller does not see the field by which its records refer to
    /// this one.
    ///
    /// Errors: a module that the token may not be used for.
    pub fn list(&self, ctx: &Ctx, is_it: impl Fn(&RelatedList) -> bool, operation: Operation) -> Result<Option<Related>, ApiError> {
        let mut lists = related::lists(&ctx.snapshot.catalogue, self.access.plan().module()).into_iter();
        let Some(list) = lists.find(is_it) else { return Ok(None) };
        let access = ctx.snapshot.access(ctx.viewer, list.module.id);
        let Some(access) = access.filter(|access| access.plan().column(list.field.id).is_some()) else {
            return Ok(None);
        };
        scope::check_records(ctx, access.plan().module(), operation)?;
        Ok(Some(Related {
            parent: self.id,
            access,
            name: list.api_name,
            field: list.field.id,
        }))
    }
}

/// A record, and those that refer to it by one field.
pub(super) struct Related {
    pub parent: RecordId,
    pub access: Access,
    /// What the list is called.
    pub name: String,
    pub field: FieldId,
}

impl Related {
    /// Errors: those of [`Parent::find`] and of [`Parent::list`].
    pub async fn find(ctx: &Ctx, (module, id, name): (&str, &str, &str), operation: Operation) -> Result<Self, ApiError> {
        let parent = Parent::find(ctx, (module, id)).await?;
        let found = parent.list(ctx, |list| list.api_name == name, operation)?;
        found.ok_or_else(|| unknown_list().with("resource_path_index", 2))
    }

    fn is_of(&self, kind: impl Fn(&FieldKind) -> bool) -> bool {
        let column = self.access.plan().column(self.field);
        column.is_some_and(|column| kind(&column.field.kind))
    }

    pub fn filter(&self) -> Filter {
        Filter::Compare {
            field: self.field,
            operator: Operator::Equals,
            value: Value::Ref(self.parent),
        }
    }

    /// A new record that belongs to it. One that names another record to belong to is refused.
    fn draft(&self, item: &Map<String, serde_json::Value>) -> Result<Draft, Vec<FieldError>> {
        let mut draft = draft::read(&self.access, item, Purpose::Make)?;
        match draft.value(self.field) {
            Some(Value::Ref(id) | Value::RefIn(_, id)) if *id != self.parent => Err(vec![FieldError {
                field: self
                    .access
                    .plan()
                    .column(self.field)
                    .map_or_else(String::new, |c| c.field.api_name.clone()),
                problem: Problem::NoSuchRecord,
            }]),
            Some(Value::RefIn(..)) => Ok(draft),
            _ => {
                draft.set(self.field, Value::Ref(self.parent));
                Ok(draft)
            }
        }
    }

    /// Those of some records that refer to it, as far as the caller sees them.
    pub async fn tied(&self, ctx: &Ctx, ids: Vec<RecordId>) -> Result<Vec<RecordId>, ApiError> {
        let query = Query {
            ids,
            filter: Some(self.filter()),
            ..Query::newest(Vec::new(), 200)
        };
        let found = records::list(ctx, &self.access, query).await?.records;
        Ok(found.into_iter().map(|record| record.id).collect())
    }

    /// Makes each refer to it, or refer to it no more.
    async fn tie(&self, ctx: &Ctx, ids: &[RecordId], holds: bool) -> Result<Vec<Result<RecordId, Error>>, ApiError> {
        if !self.access.plan().may_change(self.field) {
            return Err(Error::Forbidden.into());
        }
        let tie = Tie {
            field: self.field,
            target: self.parent,
            holds,
        };
        Ok(records::tie_many(ctx, &self.access, tie, ids.to_vec()).await?)
    }
}

/// A record of the address that the caller does not see: which part of it that is.
pub(super) fn unseen(error: Error, part: usize) -> ApiError {
    match error {
        Error::NotFound("record") => ApiError::invalid("the related id given seems to be invalid").with("resource_path_index", part),
        other => other.into(),
    }
}

fn not_supported(why: &'static str) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, "NOT_SUPPORTED", why)
}

pub(super) fn unknown_list() -> ApiError {
    ApiError::invalid("The relation name given seems to be invalid")
}

pub async fn list(
    ApiCaller(ctx): ApiCaller,
    Path((module, id, name)): Path<(String, String, String)>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let related = Related::find(&ctx, (&module, &id, &name), Operation::Read).await?;
    let mut asked = query::list(&ctx, &related.access, &params, &headers)?;
    let unchanged = asked.since;
    let since = asked.query.filter.take();
    asked.query.filter = Some(Filter::All(since.into_iter().chain([related.filter()]).collect()));
    match page::read(&ctx, &related.access, asked).await? {
        Some(bytes) => Ok(answer::bytes_of(StatusCode::OK, bytes)),
        None if unchanged => Ok(StatusCode::NOT_MODIFIED.into_response()),
        None => Ok(answer::nothing()),
    }
}

/// One of those that refer to the record.
pub async fn one(
    ApiCaller(ctx): ApiCaller,
    Path((module, id, name, child)): Path<(String, String, String, String)>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let related = Related::find(&ctx, (&module, &id, &name), Operation::Read).await?;
    let child = record_id(&child).map_err(|error| error.with("resource_path_index", 3))?;
    let found = single(&ctx, &related.access, (child, Some(related.filter())), &params, &headers).await?;
    found.ok_or_else(|| unseen(Error::NotFound("record"), 3))
}

/// Makes records that belong to the one in the address, as notes do.
pub async fn create(
    ApiCaller(ctx): ApiCaller,
    Path((module, id, name)): Path<(String, String, String)>,
    body: JsonBody,
) -> Result<Response, ApiError> {
    match created(&ctx, (&module, &id, &name), &body).await {
        // Nothing was written: memory was out of date.
        Err(error) if error.is_stale() => created(&ctx.refreshed().await?, (&module, &id, &name), &body).await,
        result => result,
    }
}

async fn created(ctx: &Ctx, place: (&str, &str, &str), body: &JsonBody) -> Result<Response, ApiError> {
    let related = Related::find(ctx, place, Operation::Create).await?;
    if !related.is_of(|kind| *kind == FieldKind::Parent) {
        return Err(not_supported("records of this list are made in their own module"));
    }
    insert(ctx, &related.access, body, |item| related.draft(item)).await
}

pub async fn tie_one(
    ApiCaller(ctx): ApiCaller,
    Path((module, id, name, child)): Path<(String, String, String, String)>,
) -> Result<Response, ApiError> {
    tie(&ctx, (&module, &id, &name), vec![record_id(&child)?]).await
}

pub async fn tie_many(
    ApiCaller(ctx): ApiCaller,
    Path((module, record, name)): Path<(String, String, String)>,
    body: JsonBody,
) -> Result<Response, ApiError> {
    let child = |(n, item): (usize, &serde_json::Value)| {
        let path = format!("$.data[{n}].id");
        id(item.get("id").ok_or_else(|| ApiError::missing(&path))?, &path)
    };
    let children: Result<_, ApiError> = body.items("data", LIMIT)?.iter().enumerate().map(child).collect();
    tie(&ctx, (&module, &record, &name), children?).await
}

async fn tie(ctx: &Ctx, place: (&str, &str, &str), children: Vec<RecordId>) -> Result<Response, ApiError> {
    match tied(ctx, place, &children).await {
        // Nothing was written: memory was out of date.
        Err(error) if error.is_stale() => tied(&ctx.refreshed().await?, place, &children).await,
        result => result,
    }
}

async fn tied(ctx: &Ctx, place: (&str, &str, &str), children: &[RecordId]) -> Result<Response, ApiError> {
    let related = Related::find(ctx, place, Operation::Update).await?;
    let done = related.tie(ctx, children, true).await?;
    Ok(told(children, done, "relation added"))
}

pub async fn untie_one(
    ApiCaller(ctx): ApiCaller,
    Path((module, id, name, child)): Path<(String, String, String, String)>,
) -> Result<Response, ApiError> {
    untie(&ctx, (&module, &id, &name), vec![record_id(&child)?]).await
}

pub async fn untie_many(
    ApiCaller(ctx): ApiCaller,
    Path((module, id, name)): Path<(String, String, String)>,
    params: Params,
) -> Result<Response, ApiError> {
    untie(&ctx, (&module, &id, &name), params.needed_ids("ids", LIMIT)?).await
}

async fn untie(ctx: &Ctx, place: (&str, &str, &str), children: Vec<RecordId>) -> Result<Response, ApiError> {
    match untied(ctx, place, &children).await {
        // Nothing was written: memory was out of date.
        Err(error) if error.is_stale() => untied(&ctx.refreshed().await?, place, &children).await,
        result => result,
    }
}

/// What is not tied to the record is as unknown as what is not there.
async fn untied(ctx: &Ctx, place: (&str, &str, &str), children: &[RecordId]) -> Result<Response, ApiError> {
    let related = Related::find(ctx, place, Operation::Update).await?;
    let tied = related.tied(ctx, children.to_vec()).await?;
    // In the order in which they were named: so are the results.
    let tied: Vec<RecordId> = children.iter().copied().filter(|child| tied.contains(child)).collect();
    let mut done = related.tie(ctx, &tied, false).await?.into_iter();
    let of_each = children.iter().map(|child| match tied.contains(child) {
        true => done.next().unwrap_or(Err(Error::Busy)),
        false => Err(Error::NotFound("record")),
    });
    Ok(told(children, of_each.collect(), "relation removed"))
}

fn told(children: &[RecordId], done: Vec<Result<RecordId, Error>>, message: &str) -> Response {
    let item = |(n, (child, result)): (usize, (&RecordId, Result<RecordId, Error>))| match result {
        Ok(id) => Ok(answer::success(json!({ "id": id }), message)),
        Err(Error::NotFound("record")) => Err(unseen(Error::NotFound("record"), 3).with("id", child.to_string())),
        Err(error) => Err(Failure::Use(error).at(n).with("id", child.to_string())),
    };
    let items = children.iter().zip(done).enumerate().map(item).collect();
    answer::actions("data", StatusCode::OK, items)
}
