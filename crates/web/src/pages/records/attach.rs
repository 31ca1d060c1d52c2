//! Attaching a file on the page of a record.

use app::Error;
use app::records::Content;
use axum::extract::Multipart;
use axum::extract::multipart::MultipartRejection;
use axum::http::StatusCode;
use domain::access::Access;
use domain::ids::RecordId;

use super::notes;
use super::site::{Place, may_make};
use super::text;
use crate::files::{Refused, receive};

/// What became of a file.
pub enum Attached {
    /// It is there: in this part of the record's page.
    Done(String),
    Refused(StatusCode, String),
}

/// Attaches the file of a form to a record that the one who asks sees.
pub async fn attach(
    place: Place<'_>,
    above: &Access,
    record: RecordId,
    parts: Result<Multipart, MultipartRejection>,
) -> Result<Attached, Error> {
    let ctx = place.ctx;
    app::records::rights(ctx, above, record).await?;
    let mut modules = ctx.snapshot.catalogue.modules().filter(|m| m.attachment_field().is_some());
    let listed = modules.find_map(|module| ctx.snapshot.access(ctx.viewer, module.id));
    let listed = listed.filter(may_make).ok_or(Error::Forbidden)?;
    let mut fields = Vec::new();
    let file = match receive(ctx, parts, 1, &mut fields).await {
        Ok(files) => files.into_iter().next().ok_or(Error::Forbidden)?,
        Err(Refused::Failed(error)) => return Err(error),
        Err(refused) => {
            let (status, problem) = told(&refused);
            return Ok(Attached::Refused(status, problem.to_owned()));
        }
    };
    let shown = listed.plan().module().shown_to_client();
    let shown = shown.is_some_and(|field| fields.iter().any(|(name, value)| *name == field.api_name && value == "true"));
    match app::records::attach(ctx, &listed, record, &file.name, Content::File(file.id), shown).await {
        Ok(_) => Ok(Attached::Done(notes::part(&listed))),
        Err(Error::Fields(errors)) => {
            let problems: Vec<String> = errors.iter().map(|error| text::problem(&error.problem)).collect();
            Ok(Attached::Refused(StatusCode::UNPROCESSABLE_ENTITY, problems.join(" ")))
        }
        Err(error) => Err(error),
    }
}

fn told(refused: &Refused) -> (StatusCode, &'static str) {
    match refused {
        Refused::TooLarge => (
            StatusCode::PAYLOAD_TOO_LARGE,
            "The file is too large: at most 20 MB can be attached.",
        ),
        Refused::TooMany => (StatusCode::UNPROCESSABLE_ENTITY, "Please attach one file after the other."),
        Refused::Missing => (StatusCode::UNPROCESSABLE_ENTITY, "Please choose a file."),
        Refused::Broken | Refused::Failed(_) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "The upload broke off, or was not sent by this form. Please try again.",
        ),
    }
}
