//! Attachments: records that are files, and belong to others.

use domain::access::Access;
use domain::ids::RecordId;
use domain::modules::Module;
use domain::records::{Draft, FieldError, Value, from_text};

use super::create;
use super::files::forget_refused;
use crate::{Ctx, Error};

/// What is attached.
#[derive(Debug, Clone)]
pub enum Content {
    /// A file that the same person has uploaded, by its id.
    File(i64),
    /// Where in the web it lies.
    Link(String),
}

/// Attaches something to a record under a name; `shown` where an employee shows it to portal users. A file that cannot be attached is
/// forgotten, unless it may be tried again.
pub async fn attach(ctx: &Ctx, access: &Access, parent: RecordId, name: &str, content: Content, shown: bool) -> Result<RecordId, Error> {
    let made = match draft(access.plan().module(), parent, name, &content, shown) {
        Ok(draft) => create(ctx, access, draft).await,
        Err(error) => Err(Error::Fields(vec![error])),
    };
    let file = match content {
        Content::File(id) => Some(id),
        Content::Link(_) => None,
    };
    forget_refused(ctx, file, &made).await?;
    made
}

fn draft(module: &Module, parent: RecordId, name: &str, content: &Content, shown: bool) -> Result<Draft, FieldError> {
    let mut draft = Draft::default();
    let named = module.name_fields.first().and_then(|id| module.field(*id));
    if let Some(field) = named {
        draft.set(field.id, from_text(field, name)?);
    }
    if let Some(field) = module.parent_field() {
        draft.set(field.id, Value::Ref(parent));
    }
    match (content, module.attachment_field(), module.link_field()) {
        (Content::File(id), Some(field), _) => draft.set(field.id, Value::Int(*id)),
        (Content::Link(url), _, Some(field)) => draft.set(field.id, from_text(field, url)?),
        _ => {}
    }
    if let Some(field) = module.shown_to_client().filter(|_| shown) {
        draft.set(field.id, Value::Bool(true));
    }
    Ok(draft)
}
