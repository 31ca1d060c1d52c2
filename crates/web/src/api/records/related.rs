//! Records that refer to one: listed, made, tied to it and let go again.

use app::records::{self, Change};
use app::{Ctx, Error};
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use domain::access::Access;
use domain::accounts::Operation;
use domain::ids::{FieldId, RecordId};
use domain::modules::{FieldKind, related};
use domain::records::{Draft, FieldError, Filter, Operator, Problem, Query, Value};
use serde_json::{Map, json};

use super::draft::{self, Purpose};
use super::write::{Failure, LIMIT, insert};
use super::{page, query, record_id};
use crate::api::request::{JsonBody, Params, id};
use crate::api::{ApiError, answer, scope};
use crate::caller::ApiCaller;

/// A record, and those that refer to it by one field.
pub(super) struct Related {
    pub parent: RecordId,
    pub access: Access,
    field: FieldId,
}

impl Related {
    /// Errors: a record that the caller does not see, a list that there is not, or of which the caller does not see the field, and a
    /// module that the token may not be used for.
    pub async fn find(ctx: &Ctx, (module, id, name): (&str, &str, &str), operation: Operation) -> Result<Self, ApiError> {
        let above = records::access(ctx, module)?;
        let parent = record_id(id)?;
        records::rights(ctx, &above, parent).await.map_err(|error| unseen(error, 1))?;
        let lists = related::lists(&ctx.snapshot.catalogue, above.plan().module());
        let found = lists.into_iter().find(|list| list.api_name == name).and_then(|list| {
            let access = ctx.snapshot.access(ctx.viewer, list.module.id)?;
            access.plan().column(list.field.id)?;
            Some((access, list.field.id))
        });
        let (access, field) = found.ok_or_else(unknown_list)?;
        scope::check_records(ctx, access.plan().module(), operation)?;
        Ok(Self { parent, access, field })
    }

    fn is_of(&self, kind: impl Fn(&FieldKind) -> bool) -> bool {
        let column = self.access.plan().column(self.field);
        column.is_some_and(|column| kind(&column.field.kind))
    }

    fn filter(&self) -> Filter {
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

    /// Writes the field of each. A field that refers to several records is not written here: that would let go of the others.
    async fn write(&self, ctx: &Ctx, ids: &[RecordId], value: &Value) -> Result<Vec<Result<RecordId, Error>>, ApiError> {
        let plan = self.access.plan();
        if !plan.may_change(self.field) {
            return Err(Error::Forbidden.into());
        }
        if self.is_of(|kind| matches!(kind, FieldKind::MultiLookup { .. })) {
            return Err(not_supported("records that refer to several are changed themselves"));
        }
        let change = |id: &RecordId| Change {
            id: *id,
            known: None,
            draft: Ok(std::iter::once((self.field, value.clone())).collect::<Draft>()),
        };
        Ok(records::update_many(ctx, &self.access, ids.iter().map(change).collect()).await?)
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

fn unknown_list() -> ApiError {
    ApiError::invalid("The relation name given seems to be invalid").with("resource_path_index", 2)
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
    let done = related.write(ctx, children, &Value::Ref(related.parent)).await?;
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
    let mut done = related.write(ctx, &tied, &Value::Null).await?.into_iter();
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
