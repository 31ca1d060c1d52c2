//! Several calls in one.

use serde_json::{Value, json};

use super::operation::Operation;
use super::schema::{done, exactly, flag, one_of, or_null, sent, some_of, text, up_to};
use crate::api::composite::{KEY, MOST};

pub fn operations() -> Vec<Operation> {
    let request = sent(
        json!({
            "sub_request_id": {"type": "string", "pattern": "^[a-zA-Z0-9][a-zA-Z0-9_]*$", "maxLength": 100},
            "method": one_of(&["GET", "POST", "PUT", "PATCH", "DELETE"]),
            "uri": {"type": "string", "pattern": "^/crm/v8/", "maxLength": 2048},
            "params": values(), "headers": values(), "body": {"type": "object"},
        }),
        &["method", "uri"],
    );
    let body = sent(
        json!({
            KEY: up_to(MOST, request), "concurrent_execution": flag(), "parallel_execution": flag(),
            "rollback_on_fail": {"type": "boolean", "enum": [false]},
        }),
        &[KEY],
    );
    let new = json!({"sub_request_id": "new", "method": "POST", "uri": "/crm/v8/Contacts", "body": {"data": [{"Last_Name": "Meier"}]}});
    let read = json!({"method": "GET", "uri": "/crm/v8/Contacts/@{new:$.data[0].details.id}", "params": {"fields": "Last_Name,Owner"}});
    let headers = json!({"type": "object", "additionalProperties": text()});
    let status = json!({"type": "integer", "minimum": 200, "maximum": 599});
    let response = exactly(json!({"headers": headers, "body": or_null(json!({"type": "object"})), "status_code": status}));
    let answered = done(exactly(json!({ "response": response })));
    let codes = [
        "AMBIGUITY_DURING_PROCESSING",
        "DUPLICATE_DATA",
        "INVALID_REFERENCE",
        "LOOPING_FOUND",
        "NOT_ALLOWED",
        "NOT_SUPPORTED",
        "REQUEST_TIMEOUT",
    ];
    let several = Operation::post("/__composite_requests", "composite", "Make several calls in one")
        .of("Several calls in one")
        .says(
            "Up to five, one after the other, each with what it needs and counts by itself. `@{id:$.data[0].details.id}` in an address, \
             parameter, header or body is a value of what the sub-request with that id was answered with. Nothing is taken back where one \
             of them fails.",
        )
        .whole_body(body, json!({ KEY: [new, read] }))
        .acts(200, KEY, answered.clone())
        .answers(
            200,
            "Each of them was called: its `status_code` says what became of it.",
            exactly(json!({ KEY: some_of(answered) })),
        )
        .refuses(400, &codes);
    vec![several]
}

/// Texts by name. What references come to is text too.
fn values() -> Value {
    json!({"type": "object", "additionalProperties": {"type": ["string", "number", "boolean", "null"]}})
}
