//! The photo of a record: the image in its field for one, sent and given out with the record's address.

use app::records;
use app::{Ctx, Error};
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::response::Response;
use domain::access::Access;
use domain::files::MOST_BYTES;
use domain::ids::{FieldId, RecordId};
use serde_json::json;

use super::record_id;
use crate::api::{ApiError, answer, files};
use crate::caller::ApiCaller;
use crate::files::{AROUND, send};
use crate::routes::{Routes, get};

pub fn routes() -> Routes {
    let photo = get(give).post(set).delete(remove);
    Routes::new().route("/{module}/{id}/photo", photo.with_bodies_up_to(MOST_BYTES + AROUND))
}

/// A record of a module whose records have photos.
struct Photo {
    access: Access,
    record: RecordId,
    field: FieldId,
}

impl Photo {
    /// Errors: a module whose records have no photo, or none that the caller sees.
    fn of(ctx: &Ctx, (module, id): (&str, &str)) -> Result<Self, ApiError> {
        let access = records::access(ctx, module)?;
        let record = record_id(id)?;
        let plan = access.plan();
        let field = plan.module().photo_field().and_then(|field| plan.column(field.id));
        let field = field.map(|column| column.field.id).ok_or_else(no_photos)?;
        Ok(Self { access, record, field })
    }

    async fn put(&self, ctx: &Ctx, file: Option<i64>) -> Result<(), ApiError> {
        let put = records::put_file(ctx, &self.access, self.record, self.field, file).await;
        put.map_err(|error| match error {
            Error::Fields(_) if self.may_change() => ApiError::wrong_type("$.file", "image"),
            Error::Fields(_) => Error::Forbidden.into(),
            other => other.into(),
        })
    }

    fn may_change(&self) -> bool {
        self.access.plan().may_change(self.field)
    }
}

fn no_photos() -> ApiError {
    ApiError::new(
        StatusCode::BAD_REQUEST,
        "INVALID_MODULE",
        "records of the module given have no photo",
    )
    .with("resource_path_index", 0)
}

async fn give(ApiCaller(ctx): ApiCaller, Path((module, id)): Path<(String, String)>) -> Result<Response, ApiError> {
    let photo = Photo::of(&ctx, (&module, &id))?;
    match app::files::of_record(&ctx, &photo.access, photo.record, photo.field).await {
        Ok(reader) => Ok(send(reader, None)),
        Err(Error::NotFound("file")) => Ok(answer::nothing()),
        Err(error) => Err(error.into()),
    }
}

async fn set(ApiCaller(ctx): ApiCaller, Path((module, id)): Path<(String, String)>, request: Request) -> Result<Response, ApiError> {
    let photo = Photo::of(&ctx, (&module, &id))?;
    let rights = records::rights(&ctx, &photo.access, photo.record).await?;
    if !rights.edit || !photo.may_change() {
        return Err(Error::Forbidden.into());
    }
    let file = files::only(&ctx, request).await?;
    write(&ctx, (&module, &id), Some(file.id)).await?;
    Ok(done("photo uploaded successfully"))
}

async fn remove(ApiCaller(ctx): ApiCaller, Path((module, id)): Path<(String, String)>) -> Result<Response, ApiError> {
    write(&ctx, (&module, &id), None).await?;
    Ok(done("Photo deleted"))
}

async fn write(ctx: &Ctx, place: (&str, &str), file: Option<i64>) -> Result<(), ApiError> {
    match Photo::of(ctx, place)?.put(ctx, file).await {
        // Nothing was written: memory was out of date. The file is there still.
        Err(error) if error.is_stale() => {
            let ctx = ctx.refreshed().await?;
            Photo::of(&ctx, place)?.put(&ctx, file).await
        }
        result => result,
    }
}

fn done(message: &str) -> Response {
    answer::json(StatusCode::OK, &answer::success(json!({}), message))
}
