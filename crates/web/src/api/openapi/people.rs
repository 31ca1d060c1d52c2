//! The organisation and its users.

use serde_json::{Value, json};

use super::operation::Operation;
use super::parameter::choice;
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
    all.into_iter().map(|one| one.of(TAG)).collect()
}

pub fn schemas() -> [(&'static str, Value); 2] {
    [("Organisation", organisation()), ("User", user())]
}

fn organisation() -> Value {
    let seats = || or_null(number());
    let licences = exactly(json!({
        "paid": flag(), "paid_type": text(), "paid_expiry": or_null(super::schema::day()), "trial_type": or_null(text()), "trial_action": none(),
        "trial_expiry": or_null(super::schema::day()), "users_license_purchased": none(), "portal_users_license_purchased": number(),
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
