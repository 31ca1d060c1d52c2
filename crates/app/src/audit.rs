//! The audit trail: noting what was done in the transaction that does it, and reading it.

use std::collections::HashMap;

use domain::ids::{FieldId, ModuleId, RecordId};
use domain::records::{Query, Value};
use domain::time::Moment;
use store::audit::{Deed, Slice};
use store::engine::Conn;
use store::records::{ReadError, Shown};

use crate::{App, Ctx, Error};

/// What a deed was done to.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Object {
    pub module: Option<ModuleId>,
    pub record: Option<RecordId>,
}

/// Notes a deed that is not the change of a record. `detail` names things, never values of records.
pub(crate) fn note(conn: &mut Conn, app: &App, actor: i64, action: &'static str, object: Object, detail: &str) -> Result<(), Error> {
    let deed = Deed {
        id: app.id(),
        at: app.now(),
        actor,
        action,
        module: object.module,
        record: object.record,
        detail: detail.to_owned(),
    };
    Ok(store::audit::append(conn, &deed)?)
}

/// Notes what whoever asks has done to the organisation itself.
pub(crate) fn note_by(conn: &mut Conn, ctx: &Ctx, action: &'static str, detail: &str) -> Result<(), Error> {
    note(conn, &ctx.app, ctx.viewer.actor, action, Object::default(), detail)
}

/// Something that was done, for an administrator to read.
#[derive(Debug, Clone)]
pub struct Noted {
    pub at: Moment,
    pub actor: String,
    pub action: String,
    pub module: Option<ModuleId>,
    pub record: Option<RecordId>,
    /// The record's name, if the one who asks sees the record.
    pub name: Option<String>,
    pub detail: String,
}

/// The latest deeds in the organisation, newest first.
pub async fn latest(ctx: &Ctx, limit: u32) -> Result<Vec<Noted>, Error> {
    ctx.need_manage_portals()?;
    let task = ctx.clone();
    ctx.tenant
        .db
        .read(move |conn| {
            let entries = store::audit::latest(conn, None, Slice { skip: 0, limit })?;
            let mut about: HashMap<ModuleId, Vec<RecordId>> = HashMap::new();
            for (module, record) in entries.iter().filter_map(|e| e.module.zip(e.record)) {
                about.entry(module).or_default().push(record);
            }
            let mut names = HashMap::new();
            for (module, records) in about {
                names.extend(names_of(conn, &task, module, records)?);
            }
            let noted = entries.into_iter().map(|e| Noted {
                at: e.at,
                actor: e.actor,
                action: e.action,
                module: e.module,
                record: e.record,
                name: e.record.and_then(|id| names.get(&id).cloned()),
                detail: e.detail,
            });
            Ok(noted.collect())
        })
        .await
}

fn names_of(conn: &mut Conn, ctx: &Ctx, module: ModuleId, mut ids: Vec<RecordId>) -> Result<Vec<(RecordId, String)>, Error> {
    let Some(access) = ctx.snapshot.access(ctx.viewer, module) else {
        return Ok(Vec::new());
    };
    ids.sort_unstable();
    ids.dedup();
    let columns: Vec<FieldId> = access.plan().module().name_fields.clone();
    let query = Query {
        ids,
        ..Query::newest(columns, 200)
    };
    let page = match store::records::list(conn, &access, &query) {
        Ok(page) => page,
        // The metadata changed meanwhile: the trail is readable without names.
        Err(ReadError::Stale) => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let text = |shown: &Shown| match shown {
        Shown::Value(Value::Text(text)) => text.clone(),
        _ => String::new(),
    };
    let name = |values: &[Shown]| values.iter().map(text).filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" ");
    Ok(page.records.iter().map(|r| (r.id, name(&r.values))).collect())
}
