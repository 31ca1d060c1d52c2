//! What is said about some of the company's records, and attached to them, by an employee and by a client.

use domain::records::{Draft, Value};
use serde::Deserialize;
use store::accounts::SessionKind;

use super::{ADMIN, ADMIN_PASSWORD, DemoPerson, PORTAL, the_one};
use crate::accounts::{Freshness, authenticate, sign_in_member, sign_in_staff};
use crate::records::{self, Content};
use crate::{App, Ctx, Error};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    #[serde(rename = "note")]
    notes: Vec<Note>,
    #[serde(rename = "file")]
    files: Vec<File>,
}

/// A file, in the order in which they were attached.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Whether the client attaches it, or an employee.
    #[serde(default)]
    by_client: bool,
    module: String,
    /// As of a note.
    key: [String; 2],
    name: String,
    content: String,
    /// Whether the employee shows it to clients.
    #[serde(default)]
    shown: bool,
}

/// A note, in the order in which they were written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    /// Whether the client says it, or an employee.
    #[serde(default)]
    by_client: bool,
    module: String,
    /// A field that tells the record from all others that the client sees, and its value.
    key: [String; 2],
    content: String,
    /// Whether the employee shows it to clients.
    #[serde(default)]
    shown: bool,
}

/// Writes the notes; `client` is the portal user who says some of them.
pub(super) async fn write_all(app: &App, client: &DemoPerson) -> Result<(), Error> {
    let said: Said = toml::from_str(include_str!("data/notes.toml"))
        .map_err(|error| Error::Input("demonstration", format!("notes that fit, but {error}")))?;
    let employee = sign_in_staff(app, ADMIN, ADMIN_PASSWORD).await?;
    let employee = authenticate(app, &employee, &[SessionKind::Staff], Freshness::Now).await?;
    let client = sign_in_member(app, PORTAL, &client.email, &client.password).await?;
    let client = authenticate(app, &client, &[SessionKind::Portal], Freshness::Now).await?;
    for note in &said.notes {
        write(if note.by_client { &client } else { &employee }, &client, note).await?;
    }
    for file in &said.files {
        attach(if file.by_client { &client } else { &employee }, &client, file).await?;
    }
    Ok(())
}

async fn attach(ctx: &Ctx, finder: &Ctx, file: &File) -> Result<(), Error> {
    let parent = the_one(finder, &file.module, &file.key).await?;
    let access = records::access(ctx, "Attachments")?;
    let mut writer = crate::files::upload(ctx, &file.name, "text/plain").await?;
    writer.write(file.content.as_bytes()).await?;
    let content = Content::File(writer.finish().await?);
    records::attach(ctx, &access, parent, &file.name, content, file.shown)
        .await
        .map(drop)
}

async fn write(ctx: &Ctx, finder: &Ctx, note: &Note) -> Result<(), Error> {
    let access = records::access(ctx, "Notes")?;
    let mut draft = Draft::default();
    let mut set = |name: &str, value: Value| {
        let field = access.plan().column_named(name).ok_or(Error::NotFound("field"))?;
        draft.set(field.field.id, value);
        Ok::<_, Error>(())
    };
    set("Parent_Id", Value::Ref(the_one(finder, &note.module, &note.key).await?))?;
    set("Note_Content", Value::Text(note.content.clone()))?;
    if note.shown {
        set(domain::modules::SHOWN_TO_CLIENT, Value::Bool(true))?;
    }
    records::create(ctx, &access, draft).await.map(drop)
}
