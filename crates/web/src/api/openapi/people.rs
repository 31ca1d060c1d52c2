//! The organisation and its users.

use serde_json::{Value, json};

use super::operation::Operation;
use super::parameter::{Parameter, choice};
use super::schema::{
    about, always, exactly, flag, id, moment, named, named_thing, none, number, one_of, or_null, some_of, text, with_optional,
};
use crate::api::users::TYPES;

const TAG: &str = "Organisation and users";

pub fn operations() -> Vec<Operation> {
    let info = exactly(json!({"per_page": always(200), "count": number(), "page": always(1), "more_records": always(false)}));
    let users = exactly(json!({"users": some_of(named("User")), "info": info}));
    let all = [
        Operation::get("/org", "getOrganisation", "Get the organisation")
            .says("Licences are told to those who manage them.")
            .answers(
                200,
                "The organisation.",
                exactly(json!({"org": {"type": "array", "items": named("Organisation"), "minItems": 1, "maxItems": 1}})),
            ),
        Operation::get("/users", "listUsers", "List users")
            .says("The employees. Portal users may ask for `CurrentUser` alone, who is whoever calls.")
            .takes(choice("type", "Which ones; all if nothing is said.", &TYPES))
            .answers(200, "What there is.", users)
            .or_nothing()
            .refuses(400, &["API_NOT_SUPPORTED"]),
        Operation::get("/users/{id}", "getUser", "Get a user").lists("users", named("User")),
    ];
    all.into_iter().chain(staff()).map(|one| one.of(TAG)).collect()
}

/// What portal users are told is not for them.
fn staff() -> impl Iterator<Item = Operation> {
    let features = || {
        let info = exactly(json!({"per_page": always(200), "count": number(), "page": always(1), "more_records": always(false)}));
        exactly(json!({"__features": some_of(named("Feature")), "info": info}))
    };
    let all = [
        Operation::get("/settings/profiles", "listProfiles", "List profiles").lists("profiles", named("Profile")),
        Operation::get("/settings/profiles/{id}", "getProfile", "Get a profile")
            .says("With its rights one by one.")
            .lists("profiles", named("Profile")),
        Operation::get("/settings/roles", "listRoles", "List roles").lists("roles", named("Role")),
        Operation::get("/settings/roles/{id}", "getRole", "Get a role").lists("roles", named("Role")),
        Operation::get("/__features", "listFeatures", "How much there is of what is limited")
            .says("Portals, portal users and employees: how many there may be, are, and may be added. It needs the right to manage portal users.")
            .takes(Parameter::query(
                "api_names",
                "Which ones, parted by commas; all if nothing is said.",
                json!({"type": "string", "maxLength": 1000}),
            ))
            .answers(200, "What there is.", features())
            .or_nothing(),
        Operation::get("/__features/{feature}", "getFeature", "How much there is of one thing").answers(200, "What there is.", features()),
    ];
    all.into_iter().map(Operation::for_employees)
}

pub fn schemas() -> [(&'static str, Value); 2] {
    [("Organisation", organisation()), ("User", user())]
}

/// Those that portal users are told nothing of.
pub fn staff_schemas() -> [(&'static str, Value); 3] {
    [("Profile", profile()), ("Role", role()), ("Feature", feature())]
}

fn profile() -> Value {
    let permission = exactly(json!({"name": text(), "display_label": text(), "module": or_null(text()), "enabled": flag()}));
    with_optional(
        json!({
            "id": id(), "name": text(), "display_label": text(), "description": none(), "type": always("normal_profile"),
            "custom": always(false), "permissions_details": some_of(permission),
        }),
        &["permissions_details"],
    )
}

fn role() -> Value {
    exactly(json!({
        "id": id(), "name": text(), "display_label": text(), "description": none(), "reporting_to": or_null(named_thing()),
        "share_with_peers": always(false),
    }))
}

fn feature() -> Value {
    let total = |count: Value| exactly(json!({ "total": count }));
    let details = exactly(json!({
        "limits": total(or_null(number())), "used_count": total(number()), "available_count": total(or_null(number())),
    }));
    about(
        exactly(json!({
            "api_name": text(), "feature_label": text(), "module_supported": always(false), "parent_feature": none(),
            "components": json!({"type": "array", "maxItems": 0}), "details": details,
        })),
        "Something that is counted. A limit of null is none.",
    )
}

fn organisation() -> Value {
    let seats = || or_null(number());
    let licences = exactly(json!({
        "paid": flag(), "paid_type": text(), "paid_expiry": or_null(super::schema::moment()), "trial_type": or_null(text()), "trial_action": none(),
        "trial_expiry": or_null(super::schema::moment()), "users_license_purchased": none(), "portal_users_license_purchased": number(),
        "portal_users_license_free": seats(), "portal_users_license_allowance": seats(), "portal_users_license_consumed": number(),
    }));
    with_optional(
        json!({
            "id": id(), "zgid": id(), "company_name": text(), "type": always("production"), "max_per_page": always(200),
            "translation_enabled": always(false), "created_time": moment(), "license_details": licences,
        }),
        &["license_details"],
    )
}

fn user() -> Value {
    let schema = with_optional(
        json!({
            "id": id(), "email": text(), "full_name": text(), "first_name": none(), "last_name": text(),
            "status": one_of(&["active", "deleted"]), "confirm": always(true), "type__s": one_of(&["Regular User", "Client Portal User"]),
            "role": or_null(named_thing()), "profile": or_null(named_thing()), "personality_id": id(),
            "portal_user_type": or_null(named_thing()),
        }),
        &["personality_id", "portal_user_type"],
    );
    about(schema, "An employee, or the portal user who calls.")
}
