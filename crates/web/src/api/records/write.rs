//! Making, changing and deleting records: what becomes of each is said item by item.

use app::records::{self, Change};
use app::{Ctx, Error};
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use domain::access::Access;
use domain::ids::{FieldId, RecordId};
use domain::modules::FieldKind;
use domain::records::{Draft, FieldError, Query, Value};
use domain::time::Moment;
use serde_json::{Map, Value as Json, json};
use store::records::Shown;

use super::draft::{self, Purpose};
use super::upsert;
use super::{query, record_id};
use crate::api::request::{JsonBody, Params, id};
use crate::api::{ApiError, answer};
use crate::caller::ApiCaller;

/// The most records of one call.
pub(super) const LIMIT: usize = 100;

pub async fn create(ApiCaller(ctx): ApiCaller, Path(module): Path<String>, body: JsonBody) -> Result<Response, ApiError> {
    carry_out(&ctx, &module, Deed::Make(body)).await
}

/// Makes the records of a body; `read` makes a draft of each.
pub(super) async fn insert(
    ctx: &Ctx,
    access: &Access,
    body: &JsonBody,
    read: impl Fn(&Map<String, Json>) -> Result<Draft, Vec<FieldError>>,
) -> Result<Response, ApiError> {
    let items = body.items("data", LIMIT)?;
    // An item that is no object is left out of the batch and answered in its place.
    let objects = items.iter().filter_map(Json::as_object);
    let drafts = objects.map(read).collect();
    let mut made = records::create_many(ctx, access, drafts).await?.into_iter();
    let results = items.iter().map(|item| match item {
        Json::Object(_) => made.next().unwrap_or(Err(Error::Busy)).map_err(Failure::Use),
        _ => Err(Failure::NoObject),
    });
    let results = results.collect();
    answer_with(ctx, access, results, StatusCode::CREATED, "record added").await
}

pub async fn update_many(
    ApiCaller(ctx): ApiCaller,
    Path(module): Path<String>,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, ApiError> {
    let known = query::moment(&headers, "If-Modified-Since", &header::IF_MODIFIED_SINCE)?;
    carry_out(&ctx, &module, Deed::Change(body, known)).await
}

async fn change(ctx: &Ctx, access: &Access, body: &JsonBody, known: Option<Moment>) -> Result<Response, ApiError> {
    let items = body.items("data", LIMIT)?;
    let wanted = |(n, item): (usize, &Json)| {
        let item = item.as_object().ok_or(Failure::NoObject)?;
        let path = format!("$.data[{n}].id");
        let given = item.get("id").ok_or_else(|| Failure::Item(ApiError::missing(&path)))?;
        Ok(Change {
            id: id(given, &path).map_err(Failure::Item)?,
            known,
            draft: draft::read(access, item, Purpose::Change),
        })
    };
    let wanted: Vec<Result<Change, Failure>> = items.iter().enumerate().map(wanted).collect();
    let changes = wanted.iter().filter_map(|w| w.as_ref().ok()).cloned().collect();
    let mut changed = records::update_many(ctx, access, changes).await?.into_iter();
    let results = wanted
        .into_iter()
        .map(|w| w.and_then(|_| changed.next().unwrap_or(Err(Error::Busy)).map_err(Failure::Use)))
        .collect();
    answer_with(ctx, access, results, StatusCode::OK, "record updated").await
}

pub async fn update_one(
    ApiCaller(ctx): ApiCaller,
    Path((module, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, ApiError> {
    let known = query::moment(&headers, "If-Modified-Since", &header::IF_MODIFIED_SINCE)?;
    carry_out(&ctx, &module, Deed::ChangeOne(id, body, known)).await
}

async fn change_one(ctx: &Ctx, access: &Access, id: &str, body: &JsonBody, known: Option<Moment>) -> Result<Response, ApiError> {
    let id = record_id(id)?;
    let draft = draft::read(access, body.only("data")?, Purpose::Change);
    let changed = records::update_many(ctx, access, vec![Change { id, known, draft }]).await?;
    let results = changed.into_iter().map(|r| r.map_err(Failure::Use)).collect();
    answer_with(ctx, access, results, StatusCode::OK, "record updated").await
}

pub async fn upsert(ApiCaller(ctx): ApiCaller, Path(module): Path<String>, body: JsonBody) -> Result<Response, ApiError> {
    carry_out(&ctx, &module, Deed::Upsert(body)).await
}

pub async fn copy(ApiCaller(ctx): ApiCaller, Path((module, id)): Path<(String, String)>) -> Result<Response, ApiError> {
    carry_out(&ctx, &module, Deed::Copy(id)).await
}

async fn copied(ctx: &Ctx, access: &Access, id: &str) -> Result<Response, ApiError> {
    let made = records::copy(ctx, access, record_id(id)?).await;
    let result = match made {
        // The record itself is what the address names.
        Err(error @ (Error::NotFound(_) | Error::Stale | Error::SignedOut | Error::Busy | Error::Internal(_))) => return Err(error.into()),
        other => other.map_err(Failure::Use),
    };
    answer_with(ctx, access, vec![result], StatusCode::CREATED, "record added").await
}

pub async fn delete_many(ApiCaller(ctx): ApiCaller, Path(module): Path<String>, params: Params) -> Result<Response, ApiError> {
    carry_out(&ctx, &module, Deed::Delete(params)).await
}

pub async fn delete_one(ApiCaller(ctx): ApiCaller, Path((module, id)): Path<(String, String)>) -> Result<Response, ApiError> {
    carry_out(&ctx, &module, Deed::DeleteOne(id)).await
}

pub(super) async fn delete(ctx: &Ctx, access: &Access, ids: Vec<RecordId>) -> Result<Response, ApiError> {
    let deleted = records::delete_many(ctx, access, ids.clone()).await?;
    let item = |(id, result): (RecordId, Result<RecordId, Error>)| match result {
        Ok(id) => Ok(answer::success(json!({ "id": id }), "record deleted")),
        Err(error) => Err(ApiError::from(error).without("resource_path_index").with("id", id.to_string())),
    };
    Ok(answer::actions(
        "data",
        StatusCode::OK,
        ids.into_iter().zip(deleted).map(item).collect(),
    ))
}

/// What a call wants done.
enum Deed {
    Make(JsonBody),
    Change(JsonBody, Option<Moment>),
    ChangeOne(String, JsonBody, Option<Moment>),
    Delete(Params),
    DeleteOne(String),
    Copy(String),
    Upsert(JsonBody),
}

impl Deed {
    async fn under(&self, ctx: &Ctx, access: &Access) -> Result<Response, ApiError> {
        match self {
            Self::Make(body) => insert(ctx, access, body, |item| draft::read(access, item, Purpose::Make)).await,
            Self::Change(body, known) => change(ctx, access, body, *known).await,
            Self::ChangeOne(id, body, known) => change_one(ctx, access, id, body, *known).await,
            Self::Delete(params) => delete(ctx, access, params.needed_ids("ids", LIMIT)?).await,
            Self::Copy(id) => copied(ctx, access, id).await,
            Self::Upsert(body) => upsert::under(ctx, access, body).await,
            Self::DeleteOne(id) => delete(ctx, access, vec![record_id(id)?]).await,
        }
    }
}

/// Does it under the caller's access. If metadata or policies have changed since the caller was looked up, nothing was
/// written: it is tried once more under those of now.
async fn carry_out(ctx: &Ctx, module: &str, deed: Deed) -> Result<Response, ApiError> {
    let access = records::access(ctx, module)?;
    match deed.under(ctx, &access).await {
        Err(error) if error.is_stale() => {
            let ctx = ctx.refreshed().await?;
            let access = records::access(&ctx, module)?;
            deed.under(&ctx, &access).await
        }
        result => result,
    }
}

/// Why an item was not written.
pub(super) enum Failure {
    NoObject,
    Item(ApiError),
    Use(Error),
}

impl Failure {
    pub(super) fn at(self, n: usize) -> ApiError {
        let path = format!("$.data[{n}]");
        match self {
            Self::NoObject => ApiError::wrong_type(&path, "jsonobject"),
            Self::Item(error) => error,
            Self::Use(Error::Fields(errors)) => match errors.first() {
                Some(error) => ApiError::field(error, &path),
                None => ApiError::invalid("invalid data"),
            },
            Self::Use(Error::NotFound("record")) => ApiError::from(Error::NotFound("record"))
                .without("resource_path_index")
                .at(&format!("{path}.id")),
            Self::Use(error) => error.into(),
        }
    }
}

pub(super) async fn answer_with(
    ctx: &Ctx,
    access: &Access,
    results: Vec<Result<RecordId, Failure>>,
    done: StatusCode,
    message: &str,
) -> Result<Response, ApiError> {
    let written = results.iter().filter_map(|r| r.as_ref().ok()).copied().collect();
    let stamps = stamps(ctx, access, written).await?;
    let item = |(n, result): (usize, Result<RecordId, Failure>)| match result {
        Ok(id) => {
            let found = stamps.iter().find(|(stamped, _)| *stamped == id);
            let details = found.map_or_else(|| json!({ "id": id }), |(_, details)| Json::Object(details.clone()));
            Ok(answer::success(details, message))
        }
        Err(failure) => Err(failure.at(n)),
    };
    Ok(answer::actions("data", done, results.into_iter().enumerate().map(item).collect()))
}

/// When and by whom the records were made and changed, as far as the writer may know.
pub(super) async fn stamps(ctx: &Ctx, access: &Access, ids: Vec<RecordId>) -> Result<Vec<(RecordId, Map<String, Json>)>, ApiError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let columns = access.plan().columns().iter().filter(|c| {
        matches!(
            c.field.kind,
            FieldKind::CreatedTime | FieldKind::ModifiedTime | FieldKind::CreatedBy | FieldKind::ModifiedBy
        )
    });
    let (fields, names): (Vec<FieldId>, Vec<String>) = columns.map(|c| (c.field.id, c.field.api_name.clone())).unzip();
    let query = Query {
        ids,
        ..Query::newest(fields, 200)
    };
    let page = match records::list(ctx, access, query).await {
        // The records are written: that memory has gone out of date since does not make it a failure.
        Err(Error::Stale) => return Ok(Vec::new()),
        page => page?,
    };
    let details = |record: store::records::Record| {
        let mut details = Map::new();
        details.insert("id".into(), json!(record.id));
        for (name, shown) in names.iter().zip(record.values) {
            details.insert(name.clone(), stamp(shown));
        }
        (record.id, details)
    };
    Ok(page.records.into_iter().map(details).collect())
}

fn stamp(shown: Shown) -> Json {
    match shown {
        Shown::Value(Value::Moment(at)) => json!(at.iso()),
        Shown::Link(link) => json!({"name": link.name, "id": link.id}),
        _ => Json::Null,
    }
}
