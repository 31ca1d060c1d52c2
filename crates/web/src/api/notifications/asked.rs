//! What a channel is to be, as programs say it.

use std::str::FromStr;

use app::Ctx;
use app::notifications::{Amendment, Wanted};
use domain::access::Access;
use domain::accounts::Operation;
use domain::ids::RecordId;
use domain::notifications::{Condition, Events, MAX_DEPTH, MAX_TOKEN, MOST_FIELDS, Watch};
use domain::time::Moment;
use serde_json::{Map, Value};
use store::notifications::Channel;

use crate::api::request::{id, items, text};
use crate::api::{ApiError, scope};

/// The most events of a channel: three for each module that it may watch.
const MOST_EVENTS: usize = 150;

type Object = Map<String, Value>;

/// The number of a channel: digits, as ids are.
#[derive(Debug, Clone, Copy)]
pub struct Number(pub i64);

impl FromStr for Number {
    type Err = domain::ids::NotAnId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<RecordId>().map(|id| Self(id.0))
    }
}

/// A channel as a whole.
pub fn wanted(ctx: &Ctx, item: &Object, path: &str) -> Result<Wanted, ApiError> {
    let read = amendment(ctx, item, path)?;
    if read.watches.is_empty() {
        return Err(ApiError::missing(&format!("{path}.events")));
    }
    Ok(Wanted {
        number: read.number,
        url: read.url.ok_or_else(|| ApiError::missing(&format!("{path}.notify_url")))?,
        token: read.token,
        expires: read.expires,
        with_values: read.with_values.unwrap_or(false),
        with_related: read.with_related.unwrap_or(false),
        watches: read.watches,
    })
}

/// What of a channel is said.
pub fn amendment(ctx: &Ctx, item: &Object, path: &str) -> Result<Amendment, ApiError> {
    let number: Number = match item.get("channel_id") {
        None | Some(Value::Null) => return Err(ApiError::missing(&format!("{path}.channel_id"))),
        Some(value) => id(value, &format!("{path}.channel_id"))?,
    };
    // What would only be passed over would let more through than was wanted.
    if item.get("fields").is_some_and(|fields| !fields.is_null()) {
        let why = "fields are not supported: use notification_condition";
        return Err(ApiError::invalid(why).at(&format!("{path}.fields")));
    }
    let token = text(item, "token", path)?.map(str::to_owned);
    if token.as_ref().is_some_and(|token| token.chars().count() > MAX_TOKEN) {
        return Err(ApiError::invalid("invalid data")
            .with("maximum_length", MAX_TOKEN)
            .at(&format!("{path}.token")));
    }
    let watches = watches(ctx, item, path)?;
    let take_away = flag(item, "_delete_events", path)?.unwrap_or(false);
    if take_away && watches.is_empty() {
        return Err(ApiError::missing(&format!("{path}.events")));
    }
    Ok(Amendment {
        number: number.0,
        url: text(item, "notify_url", path)?.map(str::to_owned),
        token,
        expires: moment(item, "channel_expiry", path)?,
        with_values: flag(item, "return_affected_field_values", path)?,
        with_related: flag(item, "notify_on_related_action", path)?,
        watches,
        take_away,
    })
}

/// Whether the token may read what the channel watches already: whoever moves a channel is told by it.
pub fn need_scope(ctx: &Ctx, mine: &[Channel], number: i64) -> Result<(), ApiError> {
    let watches = mine
        .iter()
        .filter(|channel| channel.number == number)
        .flat_map(|channel| &channel.watches);
    for module in watches.filter_map(|watch| ctx.snapshot.catalogue.module(watch.module)) {
        scope::check_records(ctx, module, Operation::Read)?;
    }
    Ok(())
}

fn flag(item: &Object, key: &str, path: &str) -> Result<Option<bool>, ApiError> {
    match item.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(_) => Err(ApiError::wrong_type(&format!("{path}.{key}"), "boolean")),
    }
}

fn moment(item: &Object, key: &str, path: &str) -> Result<Option<Moment>, ApiError> {
    let wrong = || ApiError::wrong_type(&format!("{path}.{key}"), "datetime");
    let said = text(item, key, path).map_err(|_| wrong())?;
    said.map(|said| Moment::parse(said).ok_or_else(wrong)).transpose()
}

/// `["Contacts.create", "Deals.all"]`, and the conditions of these modules.
fn watches(ctx: &Ctx, item: &Object, path: &str) -> Result<Vec<Watch>, ApiError> {
    let mut watches: Vec<(Access, Watch)> = Vec::new();
    if item.get("events").is_some_and(|events| !events.is_null()) {
        for (n, event) in items(item, "events", path, MOST_EVENTS)?.iter().enumerate() {
            let (access, events) = event_of(ctx, event, &format!("{path}.events[{n}]"))?;
            let module = access.plan().module().id;
            match watches.iter_mut().find(|(_, watch)| watch.module == module) {
                Some((_, watch)) => watch.events = watch.events.and(events),
                None => {
                    let condition = None;
                    watches.push((access, Watch { module, events, condition }));
                }
            }
        }
    }
    if item.get("notification_condition").is_some_and(|conditions| !conditions.is_null()) {
        for (n, condition) in items(item, "notification_condition", path, MOST_EVENTS)?.iter().enumerate() {
            condition_of(condition, &format!("{path}.notification_condition[{n}]"), &mut watches)?;
        }
    }
    Ok(watches.into_iter().map(|(_, watch)| watch).collect())
}

fn event_of(ctx: &Ctx, event: &Value, path: &str) -> Result<(Access, Events), ApiError> {
    let text = event.as_str().ok_or_else(|| ApiError::wrong_type(path, "text"))?;
    let wrong = || ApiError::invalid("expected events such as Contacts.create, Deals.edit, Cases.delete or Cases.all").at(path);
    let (module, events) = text.split_once('.').ok_or_else(wrong)?;
    let events = Events::named(events).ok_or_else(wrong)?;
    let access = app::records::access(ctx, module).map_err(|error| ApiError::from(error).without("resource_path_index").at(path))?;
    // Of which records there are, and what changes in them, is told.
    scope::check_records(ctx, access.plan().module(), Operation::Read)?;
    Ok((access, events))
}

/// `{"type": "field_selection", "module": {"api_name": "Deals"}, "field_selection": {…}}`
fn condition_of(condition: &Value, path: &str, watches: &mut [(Access, Watch)]) -> Result<(), ApiError> {
    let object = condition.as_object().ok_or_else(|| ApiError::wrong_type(path, "jsonobject"))?;
    if !matches!(text(object, "type", path)?, None | Some("field_selection")) {
        return Err(ApiError::invalid("invalid data")
            .with("supported_values", vec!["field_selection"])
            .at(&format!("{path}.type")));
    }
    let module = object
        .get("module")
        .and_then(|module| module.get("api_name"))
        .and_then(Value::as_str);
    let module = module.ok_or_else(|| ApiError::missing(&format!("{path}.module")))?;
    let found = watches.iter_mut().find(|(access, _)| access.plan().module().api_name == module);
    let Some((access, watch)) = found else {
        return Err(ApiError::invalid("the module is not among the events").at(&format!("{path}.module")));
    };
    let path = format!("{path}.field_selection");
    let selection = object.get("field_selection").ok_or_else(|| ApiError::missing(&path))?;
    let read = selected(access, selection, &path, MAX_DEPTH)?;
    if read.fields().len() > MOST_FIELDS {
        return Err(ApiError::too_many(&path, MOST_FIELDS));
    }
    watch.condition = Some(read);
    Ok(())
}

/// A field, or a group of such.
fn selected(access: &Access, selection: &Value, path: &str, depth: usize) -> Result<Condition, ApiError> {
    let object = selection.as_object().ok_or_else(|| ApiError::wrong_type(path, "jsonobject"))?;
    let Some(group) = object.get("group").filter(|group| !group.is_null()) else {
        let name = object.get("field").and_then(|field| field.get("api_name")).and_then(Value::as_str);
        let name = name.ok_or_else(|| ApiError::missing(&format!("{path}.field")))?;
        let column = access.plan().column_named(name);
        let column = column.ok_or_else(|| ApiError::invalid("the field is not known").at(&format!("{path}.field")))?;
        return Ok(Condition::Changed(column.field.id));
    };
    let too_deep = || ApiError::too_many(&format!("{path}.group"), MAX_DEPTH);
    let depth = depth.checked_sub(1).ok_or_else(too_deep)?;
    let parts = group.as_array().filter(|parts| !parts.is_empty());
    let parts = parts.ok_or_else(|| ApiError::wrong_type(&format!("{path}.group"), "jsonarray"))?;
    if parts.len() > MOST_FIELDS {
        return Err(ApiError::too_many(&format!("{path}.group"), MOST_FIELDS));
    }
    let part = |(n, part): (usize, &Value)| selected(access, part, &format!("{path}.group[{n}]"), depth);
    let parts = parts.iter().enumerate().map(part).collect::<Result<Vec<_>, _>>()?;
    match text(object, "group_operator", path)?.map(str::to_ascii_lowercase).as_deref() {
        Some("and") => Ok(Condition::All(parts)),
        Some("or") => Ok(Condition::Any(parts)),
        _ => Err(ApiError::invalid("invalid data")
            .with("supported_values", vec!["and", "or"])
            .at(&format!("{path}.group_operator"))),
    }
}
