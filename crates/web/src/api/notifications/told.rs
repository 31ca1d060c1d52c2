//! A channel, as programs are told of it.

use app::Ctx;
use domain::access::Access;
use domain::notifications::{Condition, Watch};
use serde_json::{Map, Value, json};
use store::notifications::Channel;

/// What became of a channel: `{"events": […]}`, an entry for each module.
pub fn details(ctx: &Ctx, channel: &Channel) -> Value {
    let entry = |watch: &Watch| Some(Value::Object(event(ctx, channel, watch)?.1));
    json!({ "events": channel.watches.iter().filter_map(entry).collect::<Vec<_>>() })
}

/// A channel of which nothing is left.
pub fn number(number: i64) -> Value {
    json!({ "channel_id": number.to_string() })
}

/// What there is of a channel, by module; of one module if it is named.
pub fn entries(ctx: &Ctx, channel: &Channel, module: Option<&str>) -> Vec<Value> {
    let entry = |watch: &Watch| {
        let (access, mut told) = event(ctx, channel, watch)?;
        let name = &access.plan().module().api_name;
        if module.is_some_and(|module| module != name) {
            return None;
        }
        let events: Vec<String> = watch.events.names().into_iter().map(|event| format!("{name}.{event}")).collect();
        let more = json!({
            "events": events,
            "notify_url": channel.url,
            "token": channel.token,
            "notify_on_related_action": channel.with_related,
            "return_affected_field_values": channel.with_values,
            "last_error": channel.last_error,
        });
        told.extend(more.as_object().cloned().unwrap_or_default());
        Some(Value::Object(told))
    };
    channel.watches.iter().filter_map(entry).collect()
}

/// None where the caller does not see the module any more.
fn event(ctx: &Ctx, channel: &Channel, watch: &Watch) -> Option<(Access, Map<String, Value>)> {
    let access = ctx.snapshot.access(ctx.viewer, watch.module)?;
    let module = access.plan().module();
    let thing = json!({"api_name": module.api_name, "id": module.id});
    let conditions: Vec<Value> = watch
        .condition
        .iter()
        .map(|condition| json!({"type": "field_selection", "module": thing, "field_selection": selection(&access, condition)}))
        .collect();
    let told = json!({
        "resource_name": module.api_name,
        "resource_id": module.id,
        "resource_uri": format!("{}/crm/v8/{}", ctx.app.settings().public_url, module.api_name),
        "channel_id": channel.number.to_string(),
        "channel_expiry": channel.expires.iso(),
        "notification_condition": conditions,
    });
    let told = told.as_object().cloned()?;
    Some((access, told))
}

/// A condition as it was sent, with the ids of its fields.
fn selection(access: &Access, condition: &Condition) -> Value {
    let group = |operator: &str, parts: &[Condition]| {
        let parts: Vec<Value> = parts.iter().map(|part| selection(access, part)).collect();
        json!({"group_operator": operator, "group": parts})
    };
    match condition {
        Condition::Changed(field) => {
            let name = access.plan().column(*field).map(|column| column.field.api_name.as_str());
            json!({"field": {"api_name": name, "id": field}})
        }
        Condition::All(parts) => group("and", parts),
        Condition::Any(parts) => group("or", parts),
    }
}
