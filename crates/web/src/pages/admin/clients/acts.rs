//! What is done to one client: a code is copied, a token ended, the client deleted.

use app::{Error, clients};
use axum::extract::Path;
use axum::response::Response;

use super::super::posted::Posted;
use super::super::visit::{Visit, id};
use super::page;
use crate::failure::{PageError, sentence};
use crate::pages::done::{Done, lead_to};

/// A form that was not carried out, with what was typed.
pub(super) struct Refused {
    pub field: &'static str,
    pub why: String,
    pub posted: Posted,
}

/// The code is in the answer and nowhere else.
pub async fn code(visit: Visit, Path(text): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let client = id(&text, "client")?;
    let minutes = posted.trimmed("minutes").parse().unwrap_or(0);
    match clients::copy_code(visit.ctx(), client, posted.one("scopes"), minutes).await {
        Ok(code) => page(&visit, client, Some(code), None).await,
        Err(Error::Input(field, expected)) => {
            let why = sentence(&format!("expected {expected}"));
            page(&visit, client, None, Some(Refused { field, why, posted })).await
        }
        Err(other) => Err(other.into()),
    }
}

pub async fn end(visit: Visit, Path(text): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let client: i64 = id(&text, "client")?;
    match clients::end(visit.ctx(), client, id(posted.one("token"), "token")?).await {
        // Somebody else has ended it meanwhile: that is what was wanted.
        Ok(()) | Err(Error::NotFound("token")) => Ok(lead_to(&format!("/admin/clients/{client}"), Done::TokenEnded)),
        Err(other) => Err(other.into()),
    }
}

pub async fn delete(visit: Visit, Path(text): Path<String>) -> Result<Response, PageError> {
    clients::delete(visit.ctx(), id(&text, "client")?).await?;
    Ok(lead_to("/admin/clients", Done::ClientDeleted))
}
