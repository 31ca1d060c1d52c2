//! What the document of the API promises of answers, held against real ones.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use axum::http::{HeaderMap, Method, StatusCode, header};
use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

/// The document of one caller.
pub struct Contract {
    pub document: Value,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Contract {
    pub fn new(mut document: Value) -> Self {
        let error = json!({"$ref": "#/components/schemas/Error"});
        let items =
            json!({"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": {"type": "array", "items": error}});
        document["x-refused"] = json!({"anyOf": [error, items]});
        Self {
            document,
            validators: Mutex::default(),
        }
    }

    /// What is wrong with an answer.
    pub fn fault(&self, method: &Method, path: &str, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Option<String> {
        if status.is_server_error() {
            return Some("it is a mistake of ours".into());
        }
        let Some((operation, place)) = self.operation(method, path) else {
            // What is not in the document is refused, in the same words as everything else.
            return match (status, method) {
                (StatusCode::NO_CONTENT, _) | (_, &Method::HEAD) => (!body.is_empty()).then(|| "it has a body".into()),
                _ if status.is_client_error() || status == StatusCode::MULTI_STATUS => self.wrong("/x-refused", body),
                _ => Some("the document does not name it".into()),
            };
        };
        let Some(promised) = operation["responses"].get(status.as_str()) else {
            return Some("the document does not name this status of it".into());
        };
        let Some(content) = promised.get("content") else {
            return (!body.is_empty()).then(|| "the document says that there is no body".into());
        };
        let kind = headers
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default();
        let Some(kind) = content
            .as_object()?
            .keys()
            .find(|known| kind.starts_with(known.trim_end_matches('*')))
        else {
            return Some(format!("the document does not name the type {kind:?}"));
        };
        if method == Method::HEAD {
            return (!body.is_empty()).then(|| "HEAD is answered with a body".into());
        }
        // A file is whatever it is.
        if kind != "application/json" {
            return None;
        }
        let place = format!("{place}/responses/{}/content/{}/schema", status.as_str(), kind.replace('/', "~1"));
        self.wrong(&place, body)
    }

    /// The operation that a call is, and where it stands in the document: that with the most parts written out.
    fn operation(&self, method: &Method, path: &str) -> Option<(&Value, String)> {
        let wanted: Vec<&str> = path.split('/').collect();
        let fits = |template: &&String| {
            let parts: Vec<&str> = template.split('/').collect();
            let same = |(part, given): (&&str, &&str)| part == given || (part.starts_with('{') && !given.is_empty());
            parts.len() == wanted.len() && parts.iter().zip(&wanted).all(same)
        };
        let paths = self.document["paths"].as_object()?;
        let template = paths.keys().filter(fits).min_by_key(|template| template.matches('{').count())?;
        let method = match *method {
            Method::HEAD => "get".to_owned(),
            _ => method.as_str().to_lowercase(),
        };
        let place = format!("/paths/{}/{method}", template.replace('/', "~1"));
        Some((self.document.pointer(&place)?, place))
    }

    /// In which way a body is not what the schema at a place of the document says.
    fn wrong(&self, place: &str, body: &[u8]) -> Option<String> {
        let Ok(body) = serde_json::from_slice::<Value>(body) else {
            return Some("it is no JSON".into());
        };
        let validator = self.validator(place);
        let faults = validator
            .iter_errors(&body)
            .map(|error| format!("{}: {error}", error.instance_path()));
        let faults: Vec<String> = faults.take(3).collect();
        (!faults.is_empty()).then(|| faults.join("; "))
    }

    fn validator(&self, place: &str) -> Arc<Validator> {
        let mut known = self.validators.lock().unwrap();
        let make = || {
            let mut schema = self.document.pointer(place).unwrap().clone();
            let mut reached = BTreeMap::new();
            self.reach(&schema, &mut reached);
            schema["components"] = json!({ "schemas": reached });
            let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
            Arc::new(options.build(&schema).unwrap_or_else(|error| panic!("{place}: {error}")))
        };
        Arc::clone(known.entry(place.to_owned()).or_insert_with(make))
    }

    /// The named schemas that one leads to.
    fn reach(&self, schema: &Value, reached: &mut BTreeMap<String, Value>) {
        match schema {
            Value::Array(items) => items.iter().for_each(|item| self.reach(item, reached)),
            Value::Object(object) => {
                if let Some(name) = object
                    .get("$ref")
                    .and_then(Value::as_str)
                    .and_then(|r| r.strip_prefix("#/components/schemas/"))
                    && !reached.contains_key(name)
                {
                    let named = self.document["components"]["schemas"][name].clone();
                    reached.insert(name.to_owned(), named.clone());
                    self.reach(&named, reached);
                }
                object.values().for_each(|value| self.reach(value, reached));
            }
            _ => {}
        }
    }
}
