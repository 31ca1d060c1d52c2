//! Notifications.

use domain::notifications::{MAX_TOKEN, MOST_FIELDS};
use serde_json::{Value, json};

use super::operation::Operation;
use super::parameter::{Parameter, api_name, ids, page, per_page};
use super::schema::{
    about, api_thing, done, exactly, flag, id, id_or_nothing, id_sent, list_of, moment, number, one_of, or_null, sent, some_of, some_text,
    text, up_to,
};
use crate::api::notifications::MOST;

const WATCH: &str = "/actions/watch";

pub fn operations() -> Vec<Operation> {
    let example = json!({
        "channel_id": "1000000068001", "events": ["Contacts.create", "Deals.edit"], "notify_url": "https://hooks.example.com/crm",
        "token": "known to us both", "channel_expiry": "2026-12-01T08:00:00+00:00",
    });
    let changed = || done(json!({"anyOf": [details(false), exactly(json!({ "channel_id": id() }))]}));
    let sends = |operation: Operation, required: &[&str]| {
        let codes = ["INVALID_MODULE", "LIMIT_EXCEEDED"];
        operation
            .body("watch", MOST, channel_sent(required), example.clone())
            .refuses(400, &codes)
    };
    let [get, post, put, patch, delete] = [
        Operation::get(WATCH, "getNotifications", "List your channels")
            .says("One entry for each module that a channel is about.")
            .takes(Parameter::query("channel_id", "The number of a channel.", id_or_nothing()))
            .takes(Parameter::query("module", "The API name of a module.", api_name()))
            .takes(page(10_000))
            .takes(per_page(200))
            .answers(200, "The channels that stand.", exactly(json!({"watch": some_of(entry()), "info": info()})))
            .or_nothing(),
        Operation::post(WATCH, "enableNotifications", "Open channels")
            .says(
                "You are told of records that you may read, by your rights when it is told, with a POST to `notify_url`. Each is signed as Standard \
                 Webhooks has it, with the secret that is shown here and nowhere else. A channel stands for an hour, or until `channel_expiry`, a \
                 week at most. One that has the number already is replaced. The scopes to read the modules' records are needed as well.",
            )
            .acts(201, "watch", done(details(true))),
        Operation::put(WATCH, "replaceNotifications", "Write channels anew")
            .says("What is not said is as if it had never been. The secret stays.")
            .acts(200, "watch", done(details(false)))
            .refuses(400, &["NOT_SUBSCRIBED"]),
        Operation::patch(WATCH, "updateNotifications", "Change channels")
            .says("What is not said stays. With `_delete_events` the events are taken away; a channel without any is closed.")
            .acts(200, "watch", changed())
            .refuses(400, &["NOT_SUBSCRIBED"]),
        Operation::delete(WATCH, "disableNotifications", "Close channels")
            .takes(ids("channel_ids", "Numbers of channels.", MOST).needed())
            .acts(200, "watch", done(exactly(json!({ "channel_id": id() }))))
            .refuses(400, &["LIMIT_EXCEEDED", "NOT_SUBSCRIBED"]),
    ];
    let whole = ["channel_id", "events", "notify_url"];
    let all = [get, sends(post, &whole), sends(put, &whole), sends(patch, &["channel_id"]), delete];
    all.map(|one| one.of("Notifications").for_employees()).into_iter().collect()
}

fn channel_sent(required: &[&str]) -> Value {
    let events =
        json!({"type": "array", "items": {"type": "string", "pattern": "^[A-Za-z0-9_]{1,50}\\.(create|edit|delete|all)$"}, "minItems": 1});
    let condition = sent(
        json!({"type": one_of(&["field_selection"]), "module": sent(json!({ "api_name": text() }), &["api_name"]), "field_selection": selection_sent()}),
        &["module", "field_selection"],
    );
    let told = about(flag(), "Whether the values of what was written are told.");
    let whole = json!({
        "channel_id": about(id_sent(), "A number of your own."),
        "events": events,
        "notify_url": about(some_text(), "Where you are told: an address of the public Internet, with https."),
        "token": {"type": ["string", "null"], "maxLength": MAX_TOKEN, "description": "Said in each message."},
        "channel_expiry": or_null(moment()),
        "return_affected_field_values": told,
        "notify_on_related_action": flag(),
        "notification_condition": list_of(condition),
        "_delete_events": flag(),
    });
    sent(whole, required)
}

fn selection_sent() -> Value {
    let field = sent(json!({ "field": sent(json!({ "api_name": text() }), &["api_name"]) }), &["field"]);
    let group = sent(
        json!({"group_operator": one_of(&["and", "or"]), "group": up_to(MOST_FIELDS, json!({"type": "object"}))}),
        &["group_operator", "group"],
    );
    json!({"anyOf": [field, group]})
}

/// A channel with one of its modules.
fn event() -> Value {
    let condition = exactly(json!({"type": text(), "module": api_thing(), "field_selection": {"type": "object"}}));
    json!({
        "resource_name": text(), "resource_id": id(), "resource_uri": text(), "channel_id": id(), "channel_expiry": moment(),
        "notification_condition": list_of(condition),
    })
}

fn details(with_secret: bool) -> Value {
    let mut details = json!({ "events": list_of(exactly(event())) });
    if let Some(details) = details.as_object_mut().filter(|_| with_secret) {
        details.insert("secret".into(), text());
    }
    exactly(details)
}

fn entry() -> Value {
    let mut whole = event();
    let more = json!({
        "events": some_of(text()), "notify_url": text(), "token": or_null(text()), "notify_on_related_action": flag(),
        "return_affected_field_values": flag(),
        "last_error": about(or_null(text()), "Why the last attempt to tell you failed, if it did."),
    });
    if let (Some(whole), Some(more)) = (whole.as_object_mut(), more.as_object()) {
        whole.extend(more.clone());
    }
    exactly(whole)
}

fn info() -> Value {
    exactly(json!({"per_page": number(), "count": number(), "page": number(), "more_records": flag()}))
}
