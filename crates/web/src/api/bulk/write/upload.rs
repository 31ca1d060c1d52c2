//! `POST /crm/v8/upload`: an archive comes in, piece by piece into the database.

use app::Ctx;
use app::bulk::write::{MOST_BYTES, upload};
use app::files::Writer;
use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError, MultipartRejection};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use serde_json::json;

use crate::api::{ApiError, answer};
use crate::caller::StaffCaller;
use crate::routes::{Routes, post};

/// What an archive begins with.
const ZIP: [u8; 4] = *b"PK\x03\x04";
/// What multipart writes around a file.
const AROUND: usize = 64 << 10;

pub fn routes() -> Routes {
    Routes::new().route("/upload", post(take).with_bodies_up_to(MOST_BYTES + AROUND))
}

async fn take(
    StaffCaller(ctx): StaffCaller,
    headers: HeaderMap,
    parts: Result<Multipart, MultipartRejection>,
) -> Result<Response, ApiError> {
    check(&ctx, &headers)?;
    let mut parts = parts.map_err(|_| ApiError::invalid("expected multipart/form-data with a part named file"))?;
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        if part.name() == Some("file") {
            let id = file(&ctx, part).await?;
            let details = json!({"file_id": id.to_string(), "created_time": ctx.now.iso()});
            return Ok(answer::json(
                StatusCode::OK,
                &answer::outcome("FILE_UPLOAD_SUCCESS", details, "file uploaded."),
            ));
        }
    }
    Err(ApiError::missing("$.file"))
}

/// Clients say what a file is for, and for which organisation: one of another is a mistake.
fn check(ctx: &Ctx, headers: &HeaderMap) -> Result<(), ApiError> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let is_ours = header("x-crm-org").is_none_or(|org| org == ctx.tenant.org.id.to_string());
    if header("feature") == Some("bulk-write") && is_ours {
        return Ok(());
    }
    let message = "check if headers [feature, X-CRM-ORG] are present and valid";
    Err(ApiError::new(StatusCode::BAD_REQUEST, "INVALID_REQUEST", message).with("feature", "bulk-write"))
}

async fn file(ctx: &Ctx, mut part: Field<'_>) -> Result<i64, ApiError> {
    let name = part.file_name().unwrap_or("upload.zip").to_owned();
    let mut first = Vec::new();
    while first.len() < ZIP.len() {
        match part.chunk().await.map_err(broken)? {
            Some(chunk) => first.extend_from_slice(&chunk),
            None => break,
        }
    }
    if !first.starts_with(&ZIP) {
        let message = "invalid file format. only zip format is supported";
        return Err(ApiError::new(StatusCode::BAD_REQUEST, "INVALID_FILE_FORMAT", message));
    }
    let mut writer = upload(ctx, &name).await?;
    match fill(&mut writer, first, part).await {
        Ok(()) => Ok(writer.finish().await?),
        Err(error) => {
            writer.discard().await?;
            Err(error)
        }
    }
}

async fn fill(writer: &mut Writer, first: Vec<u8>, mut part: Field<'_>) -> Result<(), ApiError> {
    let (mut size, mut next) = (0, Some(Bytes::from(first)));
    while let Some(chunk) = next {
        size += chunk.len();
        if size > MOST_BYTES {
            return Err(too_large());
        }
        writer.write(&chunk).await?;
        next = part.chunk().await.map_err(broken)?;
    }
    Ok(())
}

fn broken(error: MultipartError) -> ApiError {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => ApiError::invalid("the upload broke off"),
    }
}

fn too_large() -> ApiError {
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "FILE_TOO_LARGE", "File size too large to process").with("maximum_length", MOST_BYTES)
}
