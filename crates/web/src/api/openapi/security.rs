//! Who may call: OAuth, and by which scopes each operation may be called. The scopes are those that the door itself asks
//! for, see [`scope`].

use std::collections::BTreeMap;

use domain::accounts::Scopes;
use serde_json::{Value, json};

use super::operation::Operation;
use crate::api::scope;

const NAME: &str = "oauth";

/// The alternatives for an operation. None is needed for those that give tokens.
pub fn of(operation: &Operation, is_custom: impl Fn(&str) -> bool) -> Value {
    let choices = scope::choices(&operation.method, &full(&operation.route), &full(&operation.path), is_custom);
    let all = |mut scopes: Vec<String>| {
        scopes.extend(operation.scope.clone().filter(|scope| !scopes.contains(scope)));
        json!({ NAME: scopes })
    };
    choices.into_iter().map(all).collect()
}

/// The address with the root before it.
pub fn full(path: &str) -> String {
    match path.starts_with("/oauth") || path.starts_with("/crm/") {
        true => path.to_owned(),
        false => format!("{}{path}", scope::ROOT),
    }
}

/// How one gets a token, with all scopes that some operation names.
pub fn schemes(base: &str, operations: &[Value]) -> Value {
    let mut scopes = BTreeMap::new();
    for security in operations.iter().filter_map(Value::as_array).flatten() {
        let named = security.get(NAME).and_then(Value::as_array).into_iter().flatten();
        for name in named.filter_map(Value::as_str) {
            let words = Scopes::parse(name)
                .ok()
                .and_then(|scopes| scopes.iter().next().map(domain::accounts::Scope::words));
            scopes.insert(name.to_owned(), words.unwrap_or_default());
        }
    }
    let token = format!("{base}/oauth/v2/token");
    json!({NAME: {
        "type": "oauth2",
        "description": "The token goes into the header `Authorization: Zoho-oauthtoken …`; `Bearer …` is understood as well. \
                        Wider scopes hold the narrower ones: `ZohoCRM.modules.ALL` holds `ZohoCRM.modules.Contacts.READ`.",
        "flows": {"authorizationCode": {
            "authorizationUrl": format!("{base}/oauth/v2/auth"), "tokenUrl": token, "refreshUrl": token, "scopes": scopes,
        }},
    }})
}
