//! An operation of the document, for people to read.

use serde_json::Value;

use super::rows::{Row, kind, of_schema, resolved, text};

/// An operation.
pub struct Described {
    pub id: String,
    pub tag: String,
    pub method: String,
    pub path: String,
    pub summary: String,
    pub about: String,
    /// The alternatives, each of which may be several.
    pub scopes: Vec<String>,
    pub parameters: Vec<Row>,
    pub body: Vec<Row>,
    /// A call as one types it.
    pub call: String,
    pub answers: Vec<Answered>,
    pub errors: Vec<Refused>,
}

/// What is answered when it was done.
pub struct Answered {
    pub status: String,
    pub about: String,
    pub rows: Vec<Row>,
    pub example: String,
}

/// What is answered when it was not.
pub struct Refused {
    pub status: String,
    pub about: String,
    pub codes: Vec<String>,
}

impl Described {
    /// All of them, in the order of the document.
    pub fn all(document: &Value) -> Vec<Self> {
        let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
        let operations = paths.flat_map(|(path, item)| {
            let methods = item.as_object().into_iter().flatten();
            methods.map(move |(method, operation)| Self::of(document, method, path, operation))
        });
        operations.collect()
    }

    fn of(document: &Value, method: &str, path: &str, operation: &Value) -> Self {
        let (answers, errors) = responses(document, operation);
        let content = operation.pointer("/requestBody/content").and_then(Value::as_object);
        let schema = content.and_then(|content| content.values().next()?.get("schema"));
        Self {
            id: text(operation, "operationId"),
            tag: operation.pointer("/tags/0").and_then(Value::as_str).unwrap_or_default().to_owned(),
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: text(operation, "summary"),
            about: text(operation, "description"),
            scopes: scopes(operation),
            parameters: parameters(document, operation),
            body: schema.map(|schema| of_schema(document, schema)).unwrap_or_default(),
            call: call(document, method, path, operation),
            answers,
            errors,
        }
    }
}

fn scopes(operation: &Value) -> Vec<String> {
    let choices = operation.get("security").and_then(Value::as_array).into_iter().flatten();
    let all = |choice: &Value| {
        let scopes = choice.as_object()?.values().next()?.as_array()?;
        let scopes: Vec<&str> = scopes.iter().filter_map(Value::as_str).collect();
        Some(scopes.join(" and "))
    };
    choices.filter_map(all).collect()
}

fn parameters(document: &Value, operation: &Value) -> Vec<Row> {
    let all = operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
    let row = |parameter: &Value| Row {
        name: text(parameter, "name"),
        kind: kind(document, parameter.get("schema").unwrap_or(&Value::Null)),
        is_needed: parameter.get("required") == Some(&Value::Bool(true)),
        about: text(parameter, "description"),
    };
    all.map(row).collect()
}

fn responses(document: &Value, operation: &Value) -> (Vec<Answered>, Vec<Refused>) {
    let (mut answers, mut errors) = (Vec::new(), Vec::new());
    for (status, response) in operation.get("responses").and_then(Value::as_object).into_iter().flatten() {
        let content = response.pointer("/content/application~1json");
        let schema = content.and_then(|content| content.get("schema"));
        let about = text(response, "description");
        if status.starts_with(['4', '5']) {
            errors.push(Refused {
                status: status.clone(),
                about,
                codes: schema.map(|schema| codes(document, schema)).unwrap_or_default(),
            });
        } else {
            answers.push(Answered {
                status: status.clone(),
                about,
                rows: schema.map(|schema| of_schema(document, schema)).unwrap_or_default(),
                example: content.and_then(|content| content.get("example")).map(pretty).unwrap_or_default(),
            });
        }
    }
    (answers, errors)
}

/// The codes of an error, for the call as a whole or for an item.
fn codes(document: &Value, schema: &Value) -> Vec<String> {
    let first = schema.pointer("/anyOf/0").filter(|first| first.get("$ref").is_some());
    let error = first.or_else(|| schema.pointer("/anyOf/1")).unwrap_or(schema);
    let error = match error.get("properties") {
        Some(_) => error,
        None => resolved(document, error),
    };
    let codes = error
        .pointer("/properties/code/enum")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    codes.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// The operation as somebody types it who tries it out.
fn call(document: &Value, method: &str, path: &str, operation: &Value) -> String {
    let base = document.pointer("/servers/0/url").and_then(Value::as_str).unwrap_or_default();
    let parameters = operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
    let needed: Vec<String> = parameters
        .filter(|p| p.get("in").is_some_and(|place| place == "query") && p.get("required") == Some(&Value::Bool(true)))
        .map(|p| format!("{}=…", text(p, "name")))
        .collect();
    let query = if needed.is_empty() {
        String::new()
    } else {
        format!("?{}", needed.join("&"))
    };
    let method = if method == "get" {
        String::new()
    } else {
        format!(" -X {}", method.to_uppercase())
    };
    let mut call = format!("curl{method} '{base}{path}{query}'");
    if operation
        .get("security")
        .and_then(Value::as_array)
        .is_some_and(|all| !all.is_empty())
    {
        call.push_str(" \\\n  -H 'Authorization: Zoho-oauthtoken …'");
    }
    if let Some(example) = operation.pointer("/requestBody/content/application~1json/example") {
        call.push_str(&format!(" \\\n  -d '{example}'"));
    }
    call
}
