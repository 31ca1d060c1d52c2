//! Attachments: records that are files, and belong to others.

use domain::access::Access;
use domain::files::Purpose;
use domain::ids::RecordId;
use domain::modules::Module;
use domain::records::{Draft, Value};
use store::engine::Conn;

use super::create;
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
/// forgotten.
pub async fn attach(ctx: &Ctx, access: &Access, parent: RecordId, name: &str, content: Content, shown: bool) -> Result<RecordId, Error> {
    let draft = draft(access.plan().module(), parent, name, &content, shown);
    let made = create(ctx, access, draft.ok_or(Error::NotFound("module"))?).await;
    if let (Err(_), Content::File(id)) = (&made, content) {
        forget(ctx, id).await?;
    }
    made
}

async fn forget(ctx: &Ctx, id: i64) -> Result<(), Error> {
    let (actor, now) = (ctx.viewer.actor, ctx.now);
    let forget = move |conn: &mut Conn| {
        if store::files::of(conn, id, Purpose::ForRecord, actor, now)?.is_some() {
            store::files::forget(conn, id)?;
        }
        Ok(())
    };
    ctx.tenant.db.write::<_, Error>(forget).await
}

fn draft(module: &Module, parent: RecordId, name: &str, content: &Content, shown: bool) -> Option<Draft> {
    let mut draft = Draft::default();
    draft.set(*module.name_fields.first()?, Value::Text(name.to_owned()));
    draft.set(module.parent_field()?.id, Value::Ref(parent));
    match content {
        Content::File(id) => draft.set(module.attachment_field()?.id, Value::Int(*id)),
        Content::Link(url) => draft.set(module.link_field()?.id, Value::Text(url.clone())),
    }
    if shown {
        draft.set(module.shown_to_client()?.id, Value::Bool(true));
    }
    Some(draft)
}
