//! Files of a form, as they come in: into the database piece by piece, each type told by its name.

use app::files::{Writer, forget, upload};
use app::{Ctx, Error};
use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError, MultipartRejection};
use axum::http::StatusCode;
use domain::files::MOST_BYTES;

/// What multipart writes around a file, and the other fields of its form.
pub const AROUND: usize = 64 << 10;
/// The most other fields of a form, and the most bytes of one.
const MOST_FIELDS: usize = 20;
const MOST_TEXT: usize = 4 << 10;

/// A file that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    pub id: i64,
    pub name: String,
}

/// Why a form was not taken. Of its files none stays.
#[derive(Debug)]
pub enum Refused {
    /// It broke off, or is no form with files.
    Broken,
    /// There is no file in it.
    Missing,
    TooLarge,
    /// More files than are taken at once.
    TooMany,
    Failed(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<MultipartError> for Refused {
    fn from(error: MultipartError) -> Self {
        match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            _ => Self::Broken,
        }
    }
}

/// Takes in the files of a form, `most` at most, all in the field `file`; what else it says goes into `fields`.
pub async fn receive(
    ctx: &Ctx,
    parts: Result<Multipart, MultipartRejection>,
    most: usize,
    fields: &mut Vec<(String, String)>,
) -> Result<Vec<Incoming>, Refused> {
    let mut files = Vec::new();
    let taken = take(ctx, parts, most, fields, &mut files).await;
    let some = if files.is_empty() { Err(Refused::Missing) } else { Ok(()) };
    if let Err(refused) = taken.and(some) {
        for file in files {
            forget(ctx, file.id).await?;
        }
        return Err(refused);
    }
    Ok(files)
}

async fn take(
    ctx: &Ctx,
    parts: Result<Multipart, MultipartRejection>,
    most: usize,
    fields: &mut Vec<(String, String)>,
    files: &mut Vec<Incoming>,
) -> Result<(), Refused> {
    let mut parts = parts.map_err(|_| Refused::Broken)?;
    while let Some(part) = parts.next_field().await? {
        let name = part.name().unwrap_or_default().to_owned();
        match part.file_name() {
            // What a browser sends for a file that was not chosen.
            Some("") => {}
            Some(_) if name == "file" && files.len() == most => return Err(Refused::TooMany),
            Some(_) if name == "file" => files.push(file(ctx, part).await?),
            Some(_) => {}
            None if fields.len() < MOST_FIELDS => fields.push((name, text(part).await?)),
            None => {}
        }
    }
    Ok(())
}

/// A field that is no file: a word or two.
async fn text(mut part: Field<'_>) -> Result<String, Refused> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MOST_TEXT {
            return Err(Refused::Broken);
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

async fn file(ctx: &Ctx, part: Field<'_>) -> Result<Incoming, Refused> {
    let name = domain::files::plain_name(part.file_name().unwrap_or_default());
    let kind = mime_guess::from_path(&name).first_or_octet_stream();
    let mut writer = upload(ctx, &name, kind.essence_str()).await?;
    match fill(&mut writer, part).await {
        Ok(()) => Ok(Incoming {
            id: writer.finish().await?,
            name,
        }),
        Err(refused) => {
            writer.discard().await?;
            Err(refused)
        }
    }
}

async fn fill(writer: &mut Writer, mut part: Field<'_>) -> Result<(), Refused> {
    let mut size = 0;
    while let Some(chunk) = part.chunk().await? {
        size += chunk.len();
        if size > MOST_BYTES {
            return Err(Refused::TooLarge);
        }
        writer.write(&chunk).await?;
    }
    Ok(())
}
