//! Portal users of a user type, and invitations.

use axum::http::Method;
use serde_json::{Value, json};

use super::EXAMPLE_ID;
use super::operation::Operation;
use super::parameter::{Parameter, choice, ids, page, per_page, words};
use super::schema::{
    always, done, exactly, flag, id, id_sent, list_of, moment, none, number, one_of, or_null, scheduled, sent, some_of, text,
};
use crate::api::invitations::LANGUAGES;

const TAG: &str = "Portal users";
const BASE: &str = "/settings/portals/{portal}/user_type/{id}/users";
const TYPES: [&str; 7] = [
    "AllUsers",
    "AllActiveUsers",
    "ActiveUsers",
    "DeactiveUsers",
    "NotConfirmedUsers",
    "ConfirmedUsers",
    "ActiveConfirmedUsers",
];

pub fn operations() -> Vec<Operation> {
    let all = [users(), statuses()].concat();
    all.into_iter().map(|one| one.of(TAG).for_employees()).collect()
}

/// For the records of a module whose people may be portal users.
pub fn invitations() -> Vec<Operation> {
    let all = vec![invite(), invite_many(), invited()];
    all.into_iter().map(|one| one.of(TAG).for_employees()).collect()
}

fn person() -> Value {
    done(exactly(json!({ "personality_id": id() })))
}

fn users() -> Vec<Operation> {
    let info = exactly(json!({"per_page": number(), "total_count": number(), "count": number(), "page": number(), "more_records": flag()}));
    let list = exactly(json!({"users": some_of(user()), "info": info}));
    let transfer = Operation::post(
        &format!("{BASE}/action/transfer"),
        "transferPortalUsers",
        "Move portal users to another user type",
    )
    .says("The other one must be of the same portal and of the same module.")
    .takes(Parameter::query("transfer_To", "The other user type.", id()).needed())
    .takes(ids("personality_ids", "The records that they are, at most 100.", 100).needed())
    .acts(200, "users", person())
    .refuses(400, &["LICENSE_LIMIT_EXCEEDED", "LIMIT_EXCEEDED", "NOT_ALLOWED"])
    .refuses(404, &["INVALID_DATA"]);
    vec![
        Operation::get(BASE, "listPortalUsers", "List portal users")
            .takes(choice("type", "Which ones; all if nothing is said.", &TYPES))
            .takes(ids("personality_ids", "Only who these records are.", 200))
            .takes(words(
                "filters",
                "`[{\"field\": \"status_reason__s\", \"comparator\": \"equal\", \"value\": null}]`",
            ))
            .takes(per_page(200))
            .takes(page(500))
            .answers(200, "A page of portal users, the newest first.", list)
            .or_nothing()
            .refuses(400, &["LIMIT_EXCEEDED", "PATTERN_NOT_MATCHED"]),
        Operation::delete(BASE, "removePortalUsers", "Remove portal users")
            .says("They are locked out at once, and their licences are free. Their records stay.")
            .takes(ids("personality_ids", "The records that they are, at most 200.", 200).needed())
            .acts(200, "users", person())
            .refuses(400, &["LIMIT_EXCEEDED", "NOT_ALLOWED"])
            .refuses(404, &["INVALID_DATA"]),
        transfer.also(Method::POST, &format!("{BASE}/actions/transfer"), "transferPortalUsersToo"),
        transfer,
    ]
}

fn statuses() -> Vec<Operation> {
    let one = Operation::put(
        &format!("{BASE}/{{user}}/actions/change_status"),
        "changePortalUserStatus",
        "Lock a portal user out, or let them in again",
    )
    .takes(Parameter::query("active", "Whether they may come in.", one_of(&["true", "false"])).needed())
    .acts_once(200, "change_status", person())
    .refuses(400, &["ALREADY_ACTIVATED", "NOT_ALLOWED"])
    .refuses(403, &["LIMIT_EXCEEDED"]);
    let item = sent(
        json!({"personality_id": id_sent(), "active": flag()}),
        &["personality_id", "active"],
    );
    let group = sent(json!({"users": super::schema::up_to(100, item)}), &["users"]);
    let many = Operation::put(
        &format!("{BASE}/actions/change_status"),
        "changePortalUserStatuses",
        "Lock many portal users out, or let them in again",
    )
    .says("It is done in the background.")
    .body(
        "change_status",
        1,
        group,
        json!({"users": [{"personality_id": EXAMPLE_ID, "active": false}]}),
    )
    .acts_once(200, "change_status", scheduled());
    vec![
        one.also(Method::POST, &one.route, "changePortalUserStatusToo"),
        many.also(Method::POST, &many.route, "changePortalUserStatusesToo"),
        one,
        many,
    ]
}

fn user() -> Value {
    exactly(json!({
        "personality_id": id(), "module": or_null(text()), "name": text(), "email": text(), "active": flag(), "confirm": flag(),
        "status_reason__s": none(), "invited_time": moment(), "created_time": moment(), "Source__s": always("Portal"),
    }))
}

/// What an invitation may come to.
const INVITING: [&str; 6] = [
    "CANNOT_PROCESS",
    "DUPLICATE_DATA",
    "INVALID_MODULE",
    "LICENSE_LIMIT_EXCEEDED",
    "NOT_ALLOWED",
    "PAYMENT_OVERDUE",
];

fn invite() -> Operation {
    Operation::post(
        "/{module}/{id}/actions/portal_invite",
        "invite_{module}",
        "Invite somebody of {module}",
    )
    .says("Sends a link to the e-mail address of the record, by which the person becomes a portal user of the user type.")
    .takes(Parameter::query("user_type_id", "Into which user type.", id()).needed())
    .takes(choice("type", "For the first time, or again.", &["invite", "reinvite"]).needed())
    .takes(choice("language", "Of the mail.", &LANGUAGES))
    .acts_once(200, "portal_invite", done(exactly(json!({ "record_id": id() }))))
    .refuses(400, &INVITING)
}

fn invite_many() -> Operation {
    let item = sent(
        json!({"id": id_sent(), "user_type_id": id_sent(), "type": one_of(&["invite", "reinvite"]), "language": or_null(text())}),
        &["id", "user_type_id", "type"],
    );
    let group = sent(json!({"data": super::schema::up_to(100, item)}), &["data"]);
    let example = json!({"data": [{"id": EXAMPLE_ID, "user_type_id": EXAMPLE_ID, "type": "invite"}]});
    Operation::post("/{module}/actions/portal_invite", "inviteMany_{module}", "Invite many of {module}")
        .says("At most 100 in all. It is done in the background.")
        .body("portal_invite", 100, group, example)
        .acts_once(200, "portal_invite", scheduled())
        .refuses(400, &INVITING)
}

fn invited() -> Operation {
    let outcome = json!({"anyOf": [done(exactly(json!({ "id": id() }))), {"$ref": "#/components/schemas/Error"}]});
    let job = exactly(json!({
        "job_id": id(), "status": one_of(&["scheduled", "in_progress", "completed"]), "data": list_of(outcome),
    }));
    Operation::get(
        "/{module}/actions/portal_invite",
        "getInvitations_{module}",
        "See what became of many invitations of {module}",
    )
    .takes(Parameter::query("job_id", "What was told when they were sent.", id()).needed())
    .lists("portal_invite", job)
    .refuses(400, &["INVALID_MODULE"])
}
