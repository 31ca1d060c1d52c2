//! Portals and their user types.

use serde_json::{Map, Value, json};

use super::EXAMPLE_ID;
use super::operation::Operation;
use super::parameter::{self, Parameter, choice};
use super::schema::{
    about, always, done, exactly, flag, id, id_or_nothing, id_sent, list_of, moment, named, named_thing, number, one_of, or_null, sent,
    text, with_optional,
};

const TAG: &str = "Portals and user types";
/// What a name may come to.
const NAMES: [&str; 3] = ["ALREADY_USED", "DUPLICATE_DATA", "NOT_ALLOWED"];

pub fn operations() -> Vec<Operation> {
    let all = [portals(), types(), changing_types()].concat();
    all.into_iter().map(|one| one.of(TAG).for_employees()).collect()
}

fn portals() -> Vec<Operation> {
    let named_portal = || done(exactly(json!({ "name": text() })));
    let name = || json!({"type": "string", "minLength": 6, "maxLength": 30, "pattern": "^[A-Za-z0-9 -]+$"});
    let title = || or_null(json!({"type": "string", "minLength": 1, "maxLength": 100}));
    let new = sent(json!({"name": name(), "title": title()}), &["name"]);
    let changed = sent(
        json!({"name": or_null(name()), "title": title(), "active": or_null(flag()), "saml_configuration": or_null(provider())}),
        &[],
    );
    vec![
        Operation::get("/settings/portals", "listPortals", "List portals").lists("portals", named("Portal")),
        Operation::get("/settings/portals/{portal}", "getPortal", "Get a portal")
            .says("With where its people sign in, and what their provider needs to know of the portal.")
            .lists("portals", one_portal()),
        Operation::post("/settings/portals", "createPortal", "Create a portal")
            .says("Its name is part of its address. It needs the right to manage portals.")
            .body("portals", 1, new, json!({"name": "partners", "title": "Our partners"}))
            .acts_once(200, "portals", named_portal())
            .refuses(400, &NAMES)
            .refuses(400, &["FEATURE_NOT_SUPPORTED", "LIMIT_REACHED"]),
        Operation::put("/settings/portals/{portal}", "updatePortal", "Change a portal")
            .says("Rename it, give it a title, close it or open it again; let its people sign in at a provider of their own (SAML).")
            .body("portals", 1, changed, json!({"name": "partners", "active": true}))
            .acts_once(200, "portals", named_portal())
            .refuses(400, &NAMES)
            .refuses(400, &["LICENSE_LIMIT_EXCEEDED"]),
        Operation::delete("/settings/portals/{portal}", "deletePortal", "Delete a portal")
            .says("With its user types. Nobody may be left in them. Its name is anybody's then.")
            .acts_once(200, "portals", named_portal())
            .refuses(400, &["NOT_ALLOWED"]),
        Operation::get("/settings/portals/meta", "listOffers", "What a user type can be offered")
            .says("For people who are records of a module: which modules can be granted, by which look-ups their records can be theirs.")
            .takes(parameter::module())
            .lists("related_lists", exactly(json!({ "module": offer() })))
            .refuses(400, &["INVALID_MODULE"]),
    ]
}

fn offer() -> Value {
    let filter = exactly(json!({"id": id(), "api_name": text(), "display_label": text()}));
    let layout = exactly(json!({"id": id(), "name": text(), "display_label": text()}));
    let view = exactly(json!({"id": id(), "name": text(), "display_label": text(), "type": always("public")}));
    exactly(json!({
        "id": id(), "api_name": text(), "plural_label": text(), "shared_type": one_of(&["public", "private"]),
        "filters": list_of(filter), "layouts": list_of(layout), "views": list_of(view),
    }))
}

fn types() -> Vec<Operation> {
    vec![
        Operation::get("/settings/portals/{portal}/user_type", "listUserTypes", "List user types")
            .takes(choice(
                "include",
                "With `modules` also what each of them may see and do.",
                &["modules"],
            ))
            .lists("user_type", named("UserType")),
        Operation::get("/settings/portals/{portal}/user_type/{id}", "getUserType", "Get a user type").lists("user_type", named("UserType")),
    ]
}

fn changing_types() -> Vec<Operation> {
    let made = || done(exactly(json!({ "id": id() })));
    let codes = [
        "DEPENDENT_FIELD_MISSING",
        "DUPLICATE_DATA",
        "LICENSE_LIMIT_EXCEEDED",
        "NOT_ALLOWED",
        "REQUIRED_PARAM_MISSING",
    ];
    let example = json!({
        "name": "Buyers", "active": true, "personality_module": {"api_name": "Contacts"},
        "modules": [{"api_name": "Contacts", "shared_type": "private", "layouts": [{"id": EXAMPLE_ID}], "permissions": {"view": true},
                     "fields": [{"api_name": "Last_Name", "read_only": true}]},
                    {"api_name": "Notes", "shared_type": "private", "permissions": {"view": true}}],
    });
    vec![
        Operation::post("/settings/portals/{portal}/user_type", "createUserType", "Create a user type")
            .says("Whose records its people are, and what they may see and do.")
            .body("user_type", 1, wanted(&["name", "personality_module", "modules"]), example.clone())
            .acts_once(200, "user_type", made())
            .refuses(400, &codes),
        Operation::put("/settings/portals/{portal}/user_type/{id}", "updateUserType", "Change a user type")
            .says("What is not named stays as it is. It takes effect with the next request of everybody in it.")
            .body("user_type", 1, wanted(&[]), example)
            .acts_once(200, "user_type", made())
            .refuses(400, &codes),
        Operation::delete("/settings/portals/{portal}/user_type/{id}", "deleteUserType", "Delete a user type")
            .takes(Parameter::query(
                "transfer_To",
                "The user type into which its people go. Without it, only one without people is deleted.",
                id_or_nothing(),
            ))
            .acts_once(200, "user_type", made())
            .refuses(400, &["LICENSE_LIMIT_EXCEEDED", "NOT_ALLOWED"]),
    ]
}

/// A user type as it is sent.
fn wanted(required: &[&str]) -> Value {
    let people =
        json!({"type": "object", "properties": {"api_name": or_null(text()), "id": json!({"anyOf": [id_sent(), {"type": "null"}]})}});
    let module = json!({"type": "object", "description": "A module as it is told of a user type."});
    sent(
        json!({
            "name": {"type": "string", "minLength": 1, "maxLength": 50},
            "active": or_null(flag()),
            "personality_module": people.clone(),
            "invitation_field": or_null(people),
            "modules": {"type": "array", "items": module, "minItems": 1, "maxItems": 500},
        }),
        required,
    )
}

pub fn schemas() -> [(&'static str, Value); 3] {
    [("Portal", portal()), ("UserType", user_type()), ("Grant", grant())]
}

/// Who made something and changed it last.
fn stamped(properties: Value, optional: &[&str]) -> Value {
    let mut all: Map<String, Value> = properties.as_object().cloned().unwrap_or_default();
    for name in ["created_time", "modified_time"] {
        all.insert(name.into(), moment());
    }
    for name in ["created_by", "modified_by"] {
        all.insert(name.into(), named_thing());
    }
    with_optional(Value::Object(all), optional)
}

/// What is told of every portal.
fn facts() -> Map<String, Value> {
    let facts = json!({"name": text(), "active": flag(), "zaid": id(), "title": text(), "login_url": text()});
    facts.as_object().cloned().unwrap_or_default()
}

fn portal() -> Value {
    stamped(Value::Object(facts()), &[])
}

/// A portal when it is asked for by its name.
fn one_portal() -> Value {
    let mut facts = facts();
    for name in ["issuer", "acs_url", "single_logout_url", "default_relay_state_url"] {
        facts.insert(name.into(), text());
    }
    let provider = exactly(json!({
        "login_url": text(), "logout_url": text(), "public_key": text(), "active": flag(),
        "created_by": named_thing(), "modified_by": named_thing(),
    }));
    facts.insert("saml_configuration".into(), or_null(provider));
    stamped(Value::Object(facts), &[])
}

/// A provider of people's own as it is sent.
fn provider() -> Value {
    let address = || json!({"type": "string", "format": "uri", "maxLength": 2048});
    sent(
        json!({
            "login_url": address(), "logout_url": address(),
            "public_key": {"type": "string", "maxLength": 5000, "description": "An X.509 certificate, as PEM."}, "active": flag(),
        }),
        &["login_url", "logout_url", "public_key"],
    )
}

fn user_type() -> Value {
    let people = exactly(json!({"api_name": text(), "id": id(), "plural_label": text()}));
    let schema = stamped(
        json!({
            "id": id(), "name": text(), "default": flag(), "active": flag(), "personality_module": or_null(people),
            "invitation_field": or_null(super::schema::api_thing()), "no_of_users": number(), "active_user_count": number(),
            "deactive_user_count": number(),
            "modules": list_of(named("Grant")),
        }),
        &["no_of_users", "active_user_count", "deactive_user_count", "modules"],
    );
    about(
        schema,
        "A user type. How many people are in it is told to those who manage portal users.",
    )
}

/// What the people of a user type may do in a module.
fn grant() -> Value {
    let view = |kind: &str| exactly(json!({"id": id(), "name": text(), "display_label": text(), "type": always(kind)}));
    let permissions = [
        "view",
        "create",
        "edit",
        "edit_shared_records",
        "delete",
        "create_attachment",
        "delete_attachment",
    ];
    let permissions: Map<String, Value> = permissions.into_iter().map(|name| (name.to_owned(), flag())).collect();
    let field = with_optional(
        json!({"id": id(), "api_name": text(), "read_only": flag(), "names": always(true)}),
        &["names"],
    );
    let filter = exactly(json!({"id": id(), "api_name": text(), "display_label": text()}));
    let layout = exactly(json!({"id": id(), "name": text(), "display_label": text(), "_default_view": view("layout")}));
    exactly(json!({
        "id": id(), "api_name": text(), "plural_label": text(), "shared_type": one_of(&["public", "private"]),
        "permissions": {"type": "object", "properties": permissions, "required": ["view"], "additionalProperties": false},
        "filters": or_null(list_of(filter)), "fields": list_of(field), "layouts": or_null(list_of(layout)),
        "views": or_null(view("custom_view")),
    }))
}
