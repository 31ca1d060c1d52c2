//! The file: which, how it is written, and where it goes.

use std::io::Write as _;

use app::Error;
use app::imports::uploads;
use askama::Template;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{Multipart, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::super::posted::Posted;
use super::super::visit::Visit;
use super::reading::{DELIMITERS, ENCODINGS, Reading};
use crate::failure::PageError;
use crate::pages::shell::Shell;
use crate::pages::{show as show_page, with_status};

#[derive(Template)]
#[template(path = "admin/import/upload.html")]
struct Form {
    shell: Shell,
    modules: Vec<(String, String, bool)>,
    may_make: bool,
    reading: Reading,
    delimiters: Vec<(&'static str, &'static str, bool)>,
    encodings: Vec<(&'static str, &'static str, bool)>,
    problem: Option<String>,
}

fn page(visit: &Visit, reading: Reading, problem: Option<String>) -> Form {
    let ctx = visit.ctx();
    let accesses = ctx.snapshot.accesses(ctx.viewer);
    let modules = accesses.iter().filter(|a| a.plan().may_create()).map(|a| a.plan().module());
    Form {
        shell: visit.shell("Import", "import"),
        modules: modules
            .map(|m| (m.api_name.clone(), m.plural.clone(), m.api_name == reading.module))
            .collect(),
        may_make: ctx.rights.manage_modules,
        delimiters: DELIMITERS
            .iter()
            .map(|(key, label, _)| (*key, *label, *key == reading.delimiter))
            .collect(),
        encodings: ENCODINGS
            .iter()
            .map(|(key, label)| (*key, *label, *key == reading.encoding))
            .collect(),
        reading,
        problem,
    }
}

pub async fn form(visit: Visit, Query(pairs): Query<Vec<(String, String)>>) -> Response {
    show_page(&page(&visit, Reading::of(&Posted::from(pairs)), None))
}

/// Why an upload was not taken.
enum Refused {
    Wrong(String),
    TooLarge,
    Failed(Error),
}

impl From<MultipartError> for Refused {
    fn from(error: MultipartError) -> Self {
        match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            _ => Self::Wrong("The upload broke off, or was not sent by this form. Please try again.".into()),
        }
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

pub async fn take(visit: Visit, parts: Result<Multipart, axum::extract::multipart::MultipartRejection>) -> Result<Response, PageError> {
    let refused = |status, reading, text: &str| Ok(with_status(status, &page(&visit, reading, Some(text.to_owned()))));
    let Ok(parts) = parts else {
        let text = "The form was not sent as a file upload. Please choose a file here.";
        return refused(StatusCode::UNPROCESSABLE_ENTITY, Reading::default(), text);
    };
    let mut pairs = Vec::new();
    let taken = receive(&visit, parts, &mut pairs).await;
    let reading = Reading::of(&Posted::from(pairs));
    match taken {
        Ok(_) if reading.module.is_empty() => refused(
            StatusCode::UNPROCESSABLE_ENTITY,
            reading,
            "Choose the module that the records go to, or name a new one.",
        ),
        Ok(Some(id)) => Ok(Redirect::to(&format!("/admin/import/{id}?{}", reading.query())).into_response()),
        Ok(None) => refused(StatusCode::UNPROCESSABLE_ENTITY, reading, "Choose a CSV file that is not empty."),
        Err(Refused::TooLarge) => refused(
            StatusCode::PAYLOAD_TOO_LARGE,
            reading,
            "The file is too large: at most 50 MB can be uploaded here. Larger ones are imported with the command line.",
        ),
        Err(Refused::Wrong(text)) => refused(StatusCode::UNPROCESSABLE_ENTITY, reading, &text),
        Err(Refused::Failed(error)) => Err(error.into()),
    }
}

/// Takes the parts of the form: its texts into `pairs`, its file into a temporary one.
async fn receive(visit: &Visit, mut parts: Multipart, pairs: &mut Vec<(String, String)>) -> Result<Option<i64>, Refused> {
    let mut kept = None;
    while let Some(part) = parts.next_field().await? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "file" {
            kept = file(visit, part).await?.or(kept);
        } else if pairs.len() < 20 {
            pairs.push((name, part.text().await?));
        }
    }
    Ok(kept)
}

async fn file(visit: &Visit, mut part: Field<'_>) -> Result<Option<i64>, Refused> {
    let name = part.file_name().unwrap_or_default().to_owned();
    let mut file = uploads::begin()?;
    let mut bytes = 0;
    while let Some(chunk) = part.chunk().await? {
        bytes += chunk.len();
        // A chunk is some kilobytes, which the system's cache takes at once.
        file.write_all(&chunk).map_err(|error| uploads::no_room(&error))?;
    }
    match bytes {
        0 => Ok(None),
        _ => Ok(Some(uploads::keep(visit.ctx(), &name, file)?)),
    }
}
