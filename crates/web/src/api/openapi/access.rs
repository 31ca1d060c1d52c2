//! Why somebody may do something, and what everybody reaches.

use serde_json::{Value, json};

use super::operation::Operation;
use super::parameter::{Parameter, api_name, choice};
use super::schema::{about, exactly, flag, id, id_or_nothing, list_of, named, number, one_of, or_null, some_text, text, with_optional};

const TAG: &str = "Access";

pub fn operations() -> Vec<Operation> {
    let draft = || Parameter::query("draft", "By what this draft says instead of what is in force.", id_or_nothing());
    let all = [
        Operation::get(
            "/settings/portals/actions/explain",
            "explain",
            "Explain why somebody may do something",
        )
        .says("In sentences: what each grant comes to, and what would turn the answer round.")
        .takes(Parameter::query("type", "The id of a user type, or its name.", some_text()).needed())
        .takes(
            Parameter::query(
                "person",
                "An e-mail address, or the id of the record that the person is.",
                some_text(),
            )
            .needed(),
        )
        .takes(Parameter::query("module", "The API name of a module.", api_name()).needed())
        .takes(Parameter::query("record", "The id of a record.", id()).needed())
        .takes(Parameter::query(
            "field",
            "The API name of a field, if it is about one.",
            api_name(),
        ))
        .takes(choice(
            "action",
            "`read` and `write` are of a field.",
            &["view", "edit", "delete", "read", "write"],
        ))
        .takes(draft())
        .answers(200, "The explanation.", exactly(json!({ "explanation": named("Explanation") })))
        .refuses(404, &["INVALID_DATA"]),
        Operation::get("/settings/portals/actions/exposure", "expose", "See what everybody reaches")
            .says("Without signing in, and by being in a user type, whatever their own record is.")
            .takes(draft())
            .answers(200, "What is reached.", exactly(json!({ "exposure": exposure() })))
            .refuses(404, &["INVALID_DATA"]),
    ];
    all.into_iter().map(|one| one.of(TAG).for_employees()).collect()
}

pub fn schemas() -> [(&'static str, Value); 2] {
    [("Explanation", explanation()), ("Sentence", sentence())]
}

fn explanation() -> Value {
    let sentences = || list_of(named("Sentence"));
    exactly(json!({
        "allowed": flag(), "answer": text(), "person": id(), "module": text(), "record": id(), "barriers": list_of(text()),
        "grants": sentences(), "ceilings": sentences(), "changes": list_of(list_of(text())), "final_because": or_null(text()),
        "complete": flag(),
    }))
}

fn sentence() -> Value {
    let schema = with_optional(
        json!({"mark": one_of(&["yes", "no", "note"]), "text": text(), "parts": list_of(named("Sentence"))}),
        &["parts"],
    );
    about(schema, "A sentence, and those that it rests on.")
}

fn exposure() -> Value {
    let reached = || {
        list_of(exactly(json!({
            "api_name": text(), "name": text(), "records": number(), "of": or_null(number()), "at_most": or_null(number()),
            "fields": list_of(text()), "sample": list_of(list_of(text())), "faults": list_of(text()),
        })))
    };
    let of_type = exactly(json!({"name": text(), "sign_up": or_null(one_of(&["checked", "open"])), "reached": reached()}));
    exactly(json!({"anonymous": reached(), "types": list_of(of_type)}))
}
