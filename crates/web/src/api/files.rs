//! Files of records: `/files` takes them in and gives them out; a record names them by their ids.

use app::Ctx;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::StatusCode;
use axum::response::Response;
use domain::accounts::Operation;
use domain::files::MOST_BYTES;
use serde_json::json;

use super::request::Params;
use super::{ApiError, answer, scope};
use crate::caller::ApiCaller;
use crate::files::{AROUND, Incoming, Refused, receive, send};
use crate::routes::{Routes, get};

/// What a file is where it is asked for by its id, whatever it is else.
pub const DOWNLOAD: &str = "application/x-download";
/// The most files of one call.
const MOST: usize = 10;

pub fn routes() -> Routes {
    Routes::new().route("/files", get(give).post(take).with_bodies_up_to(MOST * MOST_BYTES + AROUND))
}

async fn take(ApiCaller(ctx): ApiCaller, parts: Result<Multipart, MultipartRejection>) -> Result<Response, ApiError> {
    let files = receive(&ctx, parts, MOST, &mut Vec::new()).await.map_err(refused)?;
    let item = |file: Incoming| {
        let message = format!("{} File uploaded successfully", file.name);
        Ok(answer::success(json!({"name": file.name, "id": file.id.to_string()}), &message))
    };
    Ok(answer::actions("data", StatusCode::OK, files.into_iter().map(item).collect()))
}

async fn give(ApiCaller(ctx): ApiCaller, params: Params) -> Result<Response, ApiError> {
    let id = params.text("id").ok_or_else(|| ApiError::no_parameter("id"))?;
    let id = id.parse().map_err(|_| ApiError::parameter("id", "the id of a file"))?;
    let found = app::files::by_id(&ctx, id).await.map_err(|error| match error {
        app::Error::NotFound("file") => ApiError::parameter("id", "the id of a file"),
        other => other.into(),
    })?;
    if let Some(module) = &found.module {
        scope::check_records(&ctx, module, Operation::Read)?;
    }
    Ok(send(found.reader, Some(DOWNLOAD)))
}

/// Takes in the one file of a form, in the part `file`.
pub async fn only(ctx: &Ctx, request: Request) -> Result<Incoming, ApiError> {
    let parts: Result<Multipart, MultipartRejection> = Multipart::from_request(request, &()).await;
    let files = receive(ctx, parts, 1, &mut Vec::new()).await.map_err(refused)?;
    files.into_iter().next().ok_or_else(|| ApiError::missing("$.file"))
}

/// Why files were not taken in.
fn refused(refused: Refused) -> ApiError {
    match refused {
        Refused::Broken => ApiError::invalid("expected multipart/form-data with a part named file"),
        Refused::Missing => ApiError::missing("$.file"),
        Refused::TooMany => ApiError::too_many("$.file", MOST),
        Refused::TooLarge => ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "FILE_SIZE_MORE_THAN_ALLOWED_SIZE",
            "the file is larger than is allowed",
        )
        .with("maximum_length", MOST_BYTES),
        Refused::Failed(error) => error.into(),
    }
}
