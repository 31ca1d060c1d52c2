//! What a message to a channel says: looked up when it leaves, by the rights that its receiver has then.

use domain::access::Access;
use domain::ids::{FieldId, RecordId};
use domain::notifications::{Condition, Event};
use domain::records::{Query, SortKey};
use serde_json::{Map, Value, json};
use store::notifications::Channel;
use webhooks::Target;

use super::tell::{Group, MOST_RECORDS, Told};
use crate::{Ctx, Error};

/// A record of which is told: its readable fields that were written, with their values.
struct Affected {
    id: RecordId,
    values: Map<String, Value>,
}

/// The body of a message; none where its receiver sees nothing of what was done.
pub(super) async fn body(ctx: &Ctx, channel: &Channel, target: &Target, told: Told) -> Result<Option<Value>, Error> {
    let Some(access) = ctx.snapshot.access(ctx.viewer, told.module) else {
        return Ok(None);
    };
    let Some(watch) = channel.watches.iter().find(|watch| watch.module == told.module) else {
        return Ok(None);
    };
    let mut affected = Vec::new();
    for group in told.groups {
        match told.event {
            Event::Delete => affected.extend(gone(ctx, &access, group.records).await?),
            _ => affected.extend(written(ctx, &access, group).await?),
        }
    }
    if told.event == Event::Edit {
        affected.retain(|one| is_wanted(&access, watch.condition.as_ref(), one));
    }
    match affected.is_empty() {
        true => Ok(None),
        false => Ok(Some(said(ctx, channel, target, &access, told.event, affected))),
    }
}

/// Whoever may read none of the fields that were changed is not told that there was a change.
fn is_wanted(access: &Access, condition: Option<&Condition>, one: &Affected) -> bool {
    let named = one.values.keys().filter_map(|name| access.plan().column_named(name));
    let changed: Vec<FieldId> = named.map(|column| column.field.id).collect();
    !changed.is_empty() && condition.is_none_or(|condition| condition.holds(&changed))
}

async fn gone(ctx: &Ctx, access: &Access, records: Vec<RecordId>) -> Result<Vec<Affected>, Error> {
    let access = access.clone();
    let found = ctx
        .tenant
        .db
        .read::<_, Error>(move |conn| Ok(store::records::gone(conn, &access, &records)?));
    let of = |id| Affected { id, values: Map::new() };
    Ok(found.await?.into_iter().map(of).collect())
}

async fn written(ctx: &Ctx, access: &Access, group: Group) -> Result<Vec<Affected>, Error> {
    let readable = group.fields.into_iter().filter(|field| access.plan().column(*field).is_some());
    let mut query = Query::newest(readable.collect(), u32::try_from(MOST_RECORDS).unwrap_or(u32::MAX));
    query.order.key = SortKey::Id;
    query.order.descending = false;
    query.ids = group.records;
    let list = crate::records::json_list(ctx, access, &query).await?;
    let mut text = list.body;
    text.push(b'}');
    let read: Value = serde_json::from_slice(&text).map_err(|error| Error::Internal(store::engine::Error::Database(error.to_string())))?;
    let records = read.get("data").and_then(Value::as_array).into_iter().flatten();
    Ok(records.filter_map(affected).collect())
}

fn affected(record: &Value) -> Option<Affected> {
    let mut values = record.as_object()?.clone();
    let id = values.shift_remove("id")?.as_str()?.parse().ok()?;
    Some(Affected { id, values })
}

/// As the CRM says it.
fn said(ctx: &Ctx, channel: &Channel, target: &Target, access: &Access, event: Event, affected: Vec<Affected>) -> Value {
    let module = &access.plan().module().api_name;
    let ids: Vec<String> = affected.iter().map(|one| one.id.to_string()).collect();
    let fields = |one: &Affected| {
        let names: Vec<&String> = one.values.keys().collect();
        (!names.is_empty()).then(|| json!({ one.id.to_string(): names }))
    };
    let mut said = json!({
        "server_time": ctx.app.now().millis(),
        "query_params": target.query().map(|(name, value)| (name, value.into())).collect::<Map<_, _>>(),
        "module": module,
        "resource_uri": format!("{}/crm/v8/{module}", ctx.app.settings().public_url),
        "ids": ids,
        "affected_fields": affected.iter().filter_map(fields).collect::<Vec<_>>(),
        "operation": operation(event),
        "channel_id": channel.number.to_string(),
        "token": channel.token,
    });
    if let (true, Some(said)) = (channel.with_values, said.as_object_mut()) {
        let value = |one: Affected| json!({"record_id": one.id.to_string(), "values": one.values});
        let values = affected.into_iter().filter(|one| !one.values.is_empty()).map(value);
        said.insert("affected_values".into(), values.collect());
    }
    said
}

fn operation(event: Event) -> &'static str {
    match event {
        Event::Create => "insert",
        Event::Edit => "update",
        Event::Delete => "delete",
    }
}
