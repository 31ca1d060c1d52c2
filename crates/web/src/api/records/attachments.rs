//! The files that are attached to a record: sent with the record's address, given out, deleted. They are listed as other related records.

use app::records::{self, Content};
use app::{Ctx, Error};
use axum::extract::{Path, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::accounts::Operation;
use domain::files::MOST_BYTES;
use domain::ids::RecordId;
use domain::modules::FieldKind;

use super::record_id;
use super::related::{self, Related, unseen};
use super::write::{Failure, LIMIT, answer_with, delete};
use crate::api::ApiError;
use crate::api::files::{self, DOWNLOAD};
use crate::api::request::Params;
use crate::caller::ApiCaller;
use crate::files::{AROUND, send};
use crate::routes::{Routes, get};

/// The module of attachments, which is the name of the list too.
const NAME: &str = "Attachments";

pub fn routes() -> Routes {
    let most = MOST_BYTES + AROUND;
    Routes::new()
        .route(
            "/{module}/{id}/Attachments",
            get(list).post(attach).delete(delete_many).with_bodies_up_to(most),
        )
        .route("/{module}/{id}/Attachments/{child}", get(give).delete(delete_one))
        .route("/{module}/{id}/actions/download_fields_attachment", get(give_of_field))
}

async fn list(
    caller: ApiCaller,
    Path((module, id)): Path<(String, String)>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    related::list(caller, Path((module, id, NAME.to_owned())), params, headers).await
}

/// Attaches the file of a form, or what lies at `attachmentUrl`.
async fn attach(
    ApiCaller(ctx): ApiCaller,
    Path((module, id)): Path<(String, String)>,
    params: Params,
    request: Request,
) -> Result<Response, ApiError> {
    let related = Related::find(&ctx, (&module, &id, NAME), Operation::Create).await?;
    if !related.access.plan().may_create() {
        return Err(Error::Forbidden.into());
    }
    let (name, content) = match params.text("attachmentUrl") {
        Some(url) => {
            let title = params.text("title").map_or_else(|| url.chars().take(255).collect(), str::to_owned);
            (title, Content::Link(url.to_owned()))
        }
        None => {
            let file = files::only(&ctx, request).await?;
            (file.name, Content::File(file.id))
        }
    };
    match attached(&ctx, (&module, &id), &name, content.clone()).await {
        // Nothing was written: memory was out of date. The file is there still.
        Err(error) if error.is_stale() => attached(&ctx.refreshed().await?, (&module, &id), &name, content).await,
        result => result,
    }
}

async fn attached(ctx: &Ctx, (module, id): (&str, &str), name: &str, content: Content) -> Result<Response, ApiError> {
    let related = Related::find(ctx, (module, id, NAME), Operation::Create).await?;
    let made = match records::attach(ctx, &related.access, related.parent, name, content, false).await {
        Err(error @ (Error::Stale | Error::SignedOut | Error::Busy | Error::Internal(_))) => return Err(error.into()),
        made => made.map_err(Failure::Use),
    };
    answer_with(ctx, &related.access, vec![made], StatusCode::OK, "attachment uploaded successfully").await
}

/// The file that an attachment is.
async fn give(ApiCaller(ctx): ApiCaller, Path((module, id, child)): Path<(String, String, String)>) -> Result<Response, ApiError> {
    let related = Related::find(&ctx, (&module, &id, NAME), Operation::Read).await?;
    let child = record_id(&child)?;
    let field = related.access.plan().module().attachment_field();
    let tied = related.tied(&ctx, vec![child]).await?;
    let Some(field) = field.filter(|_| tied.contains(&child)) else {
        return Err(unknown(3));
    };
    let reader = app::files::of_record(&ctx, &related.access, child, field.id).await;
    Ok(send(reader.map_err(|error| no_file(error, 3))?, Some(DOWNLOAD)))
}

/// A file in a field of the record itself, by its id.
async fn give_of_field(
    ApiCaller(ctx): ApiCaller,
    Path((module, id)): Path<(String, String)>,
    params: Params,
) -> Result<Response, ApiError> {
    let wanted = params
        .text("fields_attachment_id")
        .ok_or_else(|| ApiError::no_parameter("fields_attachment_id"))?;
    let access = records::access(&ctx, &module)?;
    let id = record_id(&id)?;
    let holds = |kind: &FieldKind| kind.holds_file();
    for column in access.plan().columns().iter().filter(|c| holds(&c.field.kind)) {
        match app::files::of_record(&ctx, &access, id, column.field.id).await {
            Ok(reader) if reader.file().id.to_string() == wanted => return Ok(send(reader, Some(DOWNLOAD))),
            Ok(_) | Err(Error::NotFound("file")) => {}
            Err(error) => return Err(unseen(error, 1)),
        }
    }
    Err(ApiError::parameter("fields_attachment_id", "the id of a file of this record"))
}

async fn delete_one(ApiCaller(ctx): ApiCaller, Path((module, id, child)): Path<(String, String, String)>) -> Result<Response, ApiError> {
    deleted(&ctx, (&module, &id), vec![record_id(&child)?]).await
}

async fn delete_many(ApiCaller(ctx): ApiCaller, Path((module, id)): Path<(String, String)>, params: Params) -> Result<Response, ApiError> {
    deleted(&ctx, (&module, &id), params.needed_ids("ids", LIMIT)?).await
}

async fn deleted(ctx: &Ctx, place: (&str, &str), ids: Vec<RecordId>) -> Result<Response, ApiError> {
    match deleted_under(ctx, place, ids.clone()).await {
        // Nothing was written: memory was out of date.
        Err(error) if error.is_stale() => deleted_under(&ctx.refreshed().await?, place, ids).await,
        result => result,
    }
}

/// What is attached to another record is as unknown here as what is not there.
async fn deleted_under(ctx: &Ctx, (module, id): (&str, &str), ids: Vec<RecordId>) -> Result<Response, ApiError> {
    let related = Related::find(ctx, (module, id, NAME), Operation::Delete).await?;
    let tied = related.tied(ctx, ids.clone()).await?;
    if ids.iter().any(|id| !tied.contains(id)) {
        return Err(unknown(3));
    }
    delete(ctx, &related.access, ids).await
}

fn unknown(part: usize) -> ApiError {
    unseen(Error::NotFound("record"), part)
}

fn no_file(error: Error, part: usize) -> ApiError {
    match error {
        Error::NotFound("file" | "record") => unknown(part),
        other => other.into(),
    }
}
