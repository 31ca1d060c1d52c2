//! The licence pool: what it holds, what more licences cost, and what was bought.

use domain::licences::Event;
use serde_json::{Value, json};

use super::operation::Operation;
use super::parameter::{Parameter, choice, per_page, words};
use super::schema::{
    day, done, exactly, flag, id, id_or_nothing, list_of, moment, money, named, number, one_of, or_null, sent, text, with_optional,
};

const TAG: &str = "Licences";
const CYCLES: [&str; 2] = ["monthly", "yearly"];
/// What buying may come to.
const BUYING: [&str; 3] = ["FEATURE_NOT_SUPPORTED", "LICENSE_LIMIT_EXCEEDED", "NOT_ALLOWED"];

pub fn operations() -> Vec<Operation> {
    let all = [looking(), buying()].concat();
    all.into_iter().map(|one| one.of(TAG).for_employees()).collect()
}

fn looking() -> Vec<Operation> {
    let events: Vec<&str> = Event::ALL.into_iter().map(Event::name).collect();
    let info = exactly(json!({"count": number(), "more_records": flag()}));
    let days = json!({"type": "integer", "minimum": 2, "maximum": 366, "default": 90});
    let quantity = json!({"type": "integer", "minimum": 1, "maximum": 100_000_000});
    vec![
        Operation::get("/settings/portals/licences", "getLicences", "Get the licence pool")
            .says("How many licences there are, and who takes them up.")
            .answers(200, "The pool.", exactly(json!({ "licences": named("LicencePool") }))),
        Operation::get("/settings/portals/licences/quote", "quoteLicences", "Ask what licences cost")
            .takes(Parameter::query("quantity", "How many.", quantity).needed())
            .takes(words("currency", "A code of ISO 4217, such as USD."))
            .takes(choice("cycle", "How often they are paid.", &CYCLES))
            .answers(200, "What they cost.", exactly(json!({ "quote": quote() }))),
        Operation::get("/settings/portals/licences/ledger", "listLedger", "List what happened to the pool")
            .takes(words("email", "Only what concerns this portal user."))
            .takes(Parameter::query("user_type", "Only what concerns this user type.", id_or_nothing()))
            .takes(choice("event", "Only such events.", &events))
            .takes(Parameter::query(
                "before",
                "Only entries before the one with this number.",
                json!({"type": "integer", "minimum": 1, "maximum": i64::MAX}),
            ))
            .takes(per_page(200))
            .answers(
                200,
                "The latest first.",
                exactly(json!({"ledger": list_of(named("LedgerEntry")), "info": info})),
            ),
        Operation::get(
            "/settings/portals/licences/history",
            "getLicenceHistory",
            "Get how many licences were taken up",
        )
        .takes(Parameter::query("days", "Over how many days.", days))
        .answers(200, "By day and user type.", exactly(json!({ "history": history() }))),
        Operation::get("/settings/portals/licences/invoices", "listInvoices", "List invoices").lists("invoices", named("Invoice")),
    ]
}

fn buying() -> Vec<Operation> {
    let taken = || done(exactly(json!({"subscription": bought(), "invoice": or_null(number())})));
    let quantity = |least: u64| json!({"type": "integer", "minimum": least});
    let wanted = sent(
        json!({"quantity": quantity(1), "currency": or_null(text()), "cycle": or_null(text())}),
        &["quantity"],
    );
    let example = json!({"quantity": 500, "currency": "USD", "cycle": "monthly"});
    vec![
        Operation::post("/settings/portals/licences/purchase", "purchaseLicences", "Buy licences")
            .says("More of them, at once. Without currency and cycle as they were bought before.")
            .body("licences", 1, wanted, example)
            .acts_once(200, "licences", taken())
            .refuses(400, &BUYING),
        Operation::post("/settings/portals/licences/reduce", "reduceLicences", "Have fewer licences")
            .says("So many from the next period on. 0 cancels.")
            .body(
                "licences",
                1,
                sent(json!({ "quantity": quantity(0) }), &["quantity"]),
                json!({"quantity": 200}),
            )
            .acts_once(200, "licences", taken())
            .refuses(400, &BUYING),
    ]
}

pub fn schemas() -> [(&'static str, Value); 3] {
    [("LicencePool", pool()), ("LedgerEntry", entry()), ("Invoice", invoice())]
}

fn pool() -> Value {
    let of_type = exactly(json!({"id": id(), "name": text(), "invited": number(), "active": number()}));
    exactly(json!({
        "policy": text(), "free": or_null(number()), "free_for": one_of(&["everybody", "clients"]), "grandfathered": number(),
        "granted": number(), "trial_ends": or_null(day()), "purchased": number(), "subscription": or_null(bought()),
        "held_from": or_null(day()), "allowance": or_null(number()), "consumed": number(), "fullness": {"enum": [0, 80, 95, 100]},
        "most_portals": number(), "days_left": or_null(number()), "waiting": number(), "by_user_type": list_of(of_type),
    }))
}

fn bought() -> Value {
    exactly(json!({
        "quantity": number(), "next_quantity": number(), "uncharged": number(), "next_uncharged": number(), "currency": text(),
        "cycle": one_of(&CYCLES), "from": day(), "to": day(),
    }))
}

fn lines() -> Value {
    list_of(exactly(
        json!({"from": number(), "to": number(), "quantity": number(), "unit_price": money(), "amount": money()}),
    ))
}

fn quote() -> Value {
    exactly(json!({"lines": lines(), "total": money(), "currency": text(), "cycle": one_of(&CYCLES)}))
}

fn history() -> Value {
    let line = exactly(json!({"id": id(), "name": or_null(text()), "seats": list_of(number())}));
    exactly(json!({"from": day(), "to": day(), "user_types": list_of(line)}))
}

/// What it is about depends on the event.
fn entry() -> Value {
    let events: Vec<&str> = Event::ALL.into_iter().map(Event::name).collect();
    let about = json!({
        "email": text(), "user_type": id(), "to_user_type": id(), "licences": or_null(number()), "invoice": or_null(number()),
        "edition": text(), "trial_ends": or_null(day()), "granted": number(), "reason": text(), "policy": text(), "grandfathered": number(),
    });
    let always = json!({
        "number": number(), "time": moment(), "event": one_of(&events), "by": text(), "consumed": number(), "purchased": number(),
    });
    let names: Vec<&str> = about.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    let mut all = always.as_object().cloned().unwrap_or_default();
    all.extend(about.as_object().cloned().unwrap_or_default());
    with_optional(Value::Object(all), &names)
}

fn invoice() -> Value {
    let tax = exactly(json!({"name": text(), "percent": text(), "amount": money()}));
    let note = exactly(json!({"number": number(), "issued": day(), "reason": text()}));
    exactly(json!({
        "number": number(), "seller": text(), "buyer": text(), "issued": day(), "due": day(), "from": day(), "to": day(),
        "cycle": one_of(&CYCLES), "currency": text(), "lines": lines(), "net": money(), "taxes": list_of(tax), "total": money(),
        "ledger_entry": number(), "paid": or_null(day()), "reference": text(), "credit_note": or_null(note),
    }))
}
