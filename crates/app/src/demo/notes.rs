//! What is said about some of the company's records, by an employee and by a client.

use domain::records::{Draft, Value};
use serde::Deserialize;
use store::accounts::SessionKind;

use super::{ADMIN, ADMIN_PASSWORD, DemoPerson, PORTAL, the_one};
use crate::accounts::{Freshness, authenticate, sign_in_member, sign_in_staff};
use crate::{App, Ctx, Error, records};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    #[serde(rename = "note")]
    notes: Vec<Note>,
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
    Ok(())
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
