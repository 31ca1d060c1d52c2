//! Fields of a module.

use serde_json::{Value, json};

use super::operation::Operation;
use super::parameter::{module, new_api_name};
use super::schema::{
    about, always, api_thing, done, exactly, flag, id, list_of, named, none, number, one_of, or_null, sent, text, with_optional,
};
use super::settings::label;
use crate::api::fields::SUPPORTED;

/// The most fields made in one call.
const MANY: usize = 5;

pub fn operations() -> Vec<Operation> {
    let changes = |operation: Operation| {
        let operation = operation.for_employees().refuses(400, &["DUPLICATE_DATA", "NOT_ALLOWED"]);
        operation.acts(200, "fields", done(exactly(json!({ "id": id() }))))
    };
    let of_module = |operation: Operation| operation.takes(module()).refuses(400, &["INVALID_MODULE"]);
    vec![
        of_module(Operation::get("/settings/fields", "listFields", "List fields"))
            .says("The fields that there are for you.")
            .lists("fields", named("Field")),
        of_module(Operation::get("/settings/fields/{id}", "getField", "Get a field")).lists("fields", named("Field")),
        of_module(Operation::post("/settings/fields", "createFields", "Create fields"))
            .says("One to 5 fields. What becomes of each is told in its place.")
            .for_employees()
            .body(
                "fields",
                MANY,
                wanted(),
                json!({"field_label": "Length", "data_type": "double", "decimal_place": 1}),
            )
            .acts(201, "fields", done(exactly(json!({ "id": id() }))))
            .refuses(
                400,
                &["DUPLICATE_DATA", "FEATURE_NOT_SUPPORTED", "LICENSE_LIMIT_EXCEEDED", "NOT_ALLOWED"],
            ),
        of_module(changes(Operation::patch("/settings/fields", "updateFields", "Change fields")))
            .says("One to 5 fields, by their ids. What is not sent stays. What becomes of each is told in its place.")
            .body(
                "fields",
                MANY,
                changed(&["id"]),
                json!({"id": "1000000000000000001", "field_label": "Length"}),
            ),
        of_module(changes(Operation::patch("/settings/fields/{id}", "updateField", "Change a field")))
            .says("What is not sent stays. Kind, API name and decimal places cannot be changed; a text can be made longer.")
            .body("fields", 1, changed(&[]), json!({"field_label": "Length"})),
        of_module(Operation::delete("/settings/fields/{id}", "deleteField", "Delete a field"))
            .says("With all that records hold in it. One that a policy needs, that names records or that came with the product stays.")
            .for_employees()
            .acts_once(200, "fields", done(exactly(json!({ "id": id() }))))
            .refuses(400, &["NOT_ALLOWED"]),
    ]
}

/// What is to be different about a field.
fn changed(needed: &[&str]) -> Value {
    let option = sent(
        json!({"id": or_null(json!({"type": "string", "pattern": "^[1-9][0-9]{0,2}$"})), "display_value": text(), "_delete": or_null(flag())}),
        &["display_value"],
    );
    sent(
        json!({
            "id": id(),
            "field_label": label(),
            "required": or_null(flag()),
            "unique": {"type": ["boolean", "object", "null"]},
            "length": or_null(json!({"type": "integer", "minimum": 1, "maximum": 100_000})),
            "pick_list_values": or_null(json!({"type": "array", "items": option, "minItems": 1, "maxItems": 500})),
            "auto_number": or_null(sent(json!({ "prefix": {"type": "string", "maxLength": 20} }), &[])),
        }),
        needed,
    )
}

/// A field that is to be made.
fn wanted() -> Value {
    let choice = sent(json!({"display_value": text(), "actual_value": text()}), &["display_value"]);
    let target = json!({"type": "object", "properties": {"module": {}, "connected_details": {}}});
    sent(
        json!({
            "field_label": label(),
            "api_name": or_null(new_api_name()),
            "data_type": one_of(&SUPPORTED),
            "length": or_null(json!({"type": "integer", "minimum": 0, "maximum": 50_000})),
            "decimal_place": or_null(json!({"type": "integer", "minimum": 0, "maximum": 9})),
            "pick_list_values": or_null(json!({"type": "array", "items": choice, "maxItems": 500})),
            "lookup": target,
            "multiselectlookup": target,
            "auto_number": {"type": "object", "properties": {"prefix": {}}},
            "required": {},
            "unique": {},
        }),
        &["field_label", "data_type"],
    )
}

/// A field as it is told.
pub fn schema() -> Value {
    let nothing = || exactly(json!({}));
    let linked = |linked: Value| json!({"anyOf": [nothing(), linked]});
    // What belongs to a record of whatever module has a module without an id.
    let target = exactly(json!({"api_name": text(), "id": or_null(id())}));
    let lookup = exactly(json!({"id": id(), "api_name": none(), "display_label": none(), "module": target}));
    let multi = exactly(json!({
        "id": id(), "api_name": text(), "display_label": text(), "connected_details": exactly(json!({ "module": api_thing() })),
    }));
    let option = exactly(json!({
        "display_value": text(), "actual_value": text(), "reference_value": text(), "sequence_number": number(), "id": text(),
        "type": always("used"),
    }));
    let may = |names: [&str; 4]| {
        exactly(
            names
                .into_iter()
                .map(|name| (name.to_owned(), flag()))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        )
    };
    let schema = exactly(json!({
        "id": id(), "api_name": text(), "field_label": text(), "display_label": text(), "data_type": one_of(&SUPPORTED),
        "json_type": one_of(&["string", "integer", "double", "boolean", "jsonarray", "jsonobject"]),
        "length": number(), "decimal_place": or_null(number()), "system_mandatory": flag(), "required": flag(),
        "custom_field": flag(), "read_only": flag(), "field_read_only": flag(), "visible": always(true), "searchable": always(true),
        "view_type": may(["view", "edit", "create", "quick_create"]),
        "operation_type": may(["web_create", "web_update", "api_create", "api_update"]),
        "pick_list_values": list_of(option), "lookup": linked(lookup), "multiselectlookup": linked(multi), "multiuserlookup": nothing(),
        "subform": none(), "formula": nothing(), "rollup_summary": nothing(), "auto_number": with_optional(json!({ "prefix": text() }), &["prefix"]),
        "currency": nothing(), "unique": with_optional(json!({ "case_sensitive": always(false) }), &["case_sensitive"]), "external": none(),
        "tooltip": none(), "default_value": none(), "history_tracking": none(), "private": none(),
    }));
    about(schema, "A field as there is for you.")
}
