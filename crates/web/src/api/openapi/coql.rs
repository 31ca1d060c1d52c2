//! Queries.

use serde_json::json;

use super::operation::Operation;
use super::schema::{exactly, flag, number, sent, some_of};

pub fn operations() -> Vec<Operation> {
    let body = sent(
        json!({ "select_query": {"type": "string", "maxLength": domain::records::coql::MAX_LENGTH} }),
        &["select_query"],
    );
    let example = json!({"select_query": "select Last_Name, Account_Name.Account_Name from Contacts where Last_Name like 'A%' limit 20"});
    let info = exactly(json!({"count": number(), "more_records": flag()}));
    // Its columns are those that the query names.
    let record = json!({"type": "object", "minProperties": 1});
    let codes = [
        "DUPLICATE_ALIAS",
        "DUPLICATE_DATA",
        "INVALID_ALIAS",
        "INVALID_QUERY",
        "LIMIT_EXCEEDED",
        "SYNTAX_ERROR",
    ];
    let query = Operation::post("/coql", "query", "Ask in COQL")
        .of("Queries")
        .says("Over look-ups too, with `COUNT`, `SUM`, `AVG`, `MIN`, `MAX` and `group by`. The scope to read each module whose fields are named is needed as well.")
        .whole_body(body, example)
        .answers(200, "The records found, or what their columns come to.", exactly(json!({"data": some_of(record), "info": info})))
        .or_nothing()
        .refuses(400, &codes);
    vec![query]
}
