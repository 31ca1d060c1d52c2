//! One operation: what it is called, what it takes, what it answers.
//!
//! Whoever adds an endpoint writes one of these in the file of its noun; a test names the routes that have none. What
//! follows from the rest is not said again: placeholders, scopes, the codes of a missing parameter or an unreadable body.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use serde_json::{Map, Value, json};

use super::parameter::{self, Parameter};
use super::schema::{exactly, some_of, up_to};
use super::{errors, oauth};
use crate::api::once;

/// How OAuth sends its fields.
const FORM: &str = "application/x-www-form-urlencoded";

/// Whom an operation is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    Everybody,
    /// Portal users are told that it is not for them.
    Employees,
}

/// An operation of the document.
#[derive(Debug, Clone)]
pub struct Operation {
    pub method: Method,
    /// The address in the table of routes, below the root.
    pub route: String,
    /// The same with the module's name written out.
    pub path: String,
    pub id: String,
    pub tag: String,
    pub audience: Audience,
    summary: String,
    about: String,
    parameters: Vec<Parameter>,
    /// The content of the body by its type.
    body: Option<(&'static str, Value)>,
    needs_body: bool,
    answers: BTreeMap<u16, Answer>,
    refusals: BTreeMap<u16, BTreeSet<String>>,
    /// The key of the list that says what became of each item.
    items: Option<&'static str>,
    /// A scope that is needed besides that of the route.
    pub scope: Option<String>,
}

#[derive(Debug, Clone)]
struct Answer {
    about: String,
    /// What its body is.
    kind: &'static str,
    schema: Option<Value>,
    example: Option<Value>,
}

impl Operation {
    pub fn new(method: Method, route: &str, id: &str, summary: &str) -> Self {
        let mut made = Self {
            method,
            route: route.to_owned(),
            path: route.to_owned(),
            id: id.to_owned(),
            tag: String::new(),
            audience: Audience::Everybody,
            summary: summary.to_owned(),
            about: String::new(),
            parameters: Vec::new(),
            body: None,
            needs_body: true,
            answers: BTreeMap::new(),
            refusals: BTreeMap::new(),
            items: None,
            scope: None,
        };
        made.parameters = parameter::of_address(route);
        if once::is_for(&made.method, &super::security::full(route)) {
            made.parameters.push(parameter::key());
            made = made
                .refuses(409, &["IDEMPOTENCY_KEY_IN_USE"])
                .refuses(422, &["IDEMPOTENCY_KEY_REUSED"]);
        }
        for (status, codes) in errors::OF_ALL {
            made = made.refuses(status, codes);
        }
        match made.parameters.is_empty() {
            true => made,
            false => made.refuses(400, &["INVALID_DATA"]),
        }
    }

    pub fn get(route: &str, id: &str, summary: &str) -> Self {
        Self::new(Method::GET, route, id, summary)
    }

    pub fn post(route: &str, id: &str, summary: &str) -> Self {
        Self::new(Method::POST, route, id, summary)
    }

    pub fn put(route: &str, id: &str, summary: &str) -> Self {
        Self::new(Method::PUT, route, id, summary)
    }

    pub fn patch(route: &str, id: &str, summary: &str) -> Self {
        Self::new(Method::PATCH, route, id, summary)
    }

    pub fn delete(route: &str, id: &str, summary: &str) -> Self {
        Self::new(Method::DELETE, route, id, summary)
    }

    /// Under which heading it stands.
    pub fn of(mut self, tag: &str) -> Self {
        tag.clone_into(&mut self.tag);
        self
    }

    /// What there is to know about it.
    pub fn says(mut self, about: &str) -> Self {
        about.clone_into(&mut self.about);
        self
    }

    /// Portal users are told that it is not for them.
    pub fn for_employees(mut self) -> Self {
        self.audience = Audience::Employees;
        self.refuses(400, &["API_NOT_SUPPORTED"])
    }

    /// Besides the scope of the route this one is needed.
    pub fn needs(mut self, scope: String) -> Self {
        self.scope = Some(scope);
        self
    }

    /// The module's name written out wherever it is said.
    pub fn of_module(mut self, module: &str) -> Self {
        for text in [&mut self.id, &mut self.summary] {
            *text = text.replace("{module}", module);
        }
        let path = self.path.replacen("{module}", module, 1);
        self.at(path).refuses(400, &["INVALID_MODULE"])
    }

    /// The address with something written out.
    pub fn at(mut self, path: String) -> Self {
        self.parameters
            .retain(|p| !parameter::of_address(&self.path).iter().any(|old| old.is_called_as(p)));
        self.parameters.splice(0..0, parameter::of_address(&path));
        self.path = path;
        self
    }

    pub fn takes(mut self, parameter: Parameter) -> Self {
        let codes: &[&str] = match parameter.is_needed_query() {
            true => &["INVALID_DATA", "REQUIRED_PARAM_MISSING"],
            false => &["INVALID_DATA"],
        };
        self.parameters.push(parameter);
        self.refuses(400, codes)
    }

    /// A body `{"key": [item, …]}` of one to `most` items.
    pub fn body(self, key: &str, most: usize, item: Value, example: Value) -> Self {
        let schema = json!({"type": "object", "properties": {key: up_to(most, item)}, "required": [key]});
        self.whole_body(schema, json!({ key: [example] }))
    }

    pub fn whole_body(mut self, schema: Value, example: Value) -> Self {
        self.body = Some(("application/json", json!({"schema": schema, "example": example})));
        self.refuses(400, &["INVALID_DATA", "JSON_PARSE_ERROR", "LIMIT_EXCEEDED", "MANDATORY_NOT_FOUND"])
            .refuses(413, &["REQUEST_ENTITY_TOO_LARGE"])
    }

    /// A form, as OAuth has it. What it refuses it says in OAuth's way.
    pub fn form(mut self, properties: Value, required: &[&str]) -> Self {
        let schema = json!({"type": "object", "properties": properties, "required": required});
        self.body = Some((FORM, json!({ "schema": schema })));
        self.refuses(400, &["INVALID_DATA"]).refuses(413, &["REQUEST_ENTITY_TOO_LARGE"])
    }

    /// A body in parts, one of which is a file.
    pub fn upload(mut self, part: &str, kind: &str) -> Self {
        let schema = json!({"type": "object", "properties": {part: {"contentMediaType": kind}}, "required": [part]});
        self.body = Some(("multipart/form-data", json!({ "schema": schema })));
        self.refuses(400, &["INVALID_DATA", "MANDATORY_NOT_FOUND"]).refuses(
            413,
            &["FILE_SIZE_MORE_THAN_ALLOWED_SIZE", "FILE_TOO_LARGE", "REQUEST_ENTITY_TOO_LARGE"],
        )
    }

    /// The same with up to so many of them.
    pub fn uploads(self, part: &str, kind: &'static str, most: usize) -> Self {
        let mut made = self.upload(part, kind);
        let files = up_to(most, json!({ "contentMediaType": kind }));
        let schema = json!({"type": "object", "properties": {part: files}, "required": [part]});
        made.body = Some(("multipart/form-data", json!({ "schema": schema })));
        made
    }

    /// There need be no body.
    pub fn or_without_body(mut self) -> Self {
        self.needs_body = false;
        self
    }

    /// A file of this type.
    pub fn gives_file(mut self, about: &str, kind: &'static str) -> Self {
        self.answer(200, about, Some(json!({})));
        if let Some(answer) = self.answers.get_mut(&200) {
            answer.kind = kind;
        }
        self
    }

    /// What is answered when it was done.
    pub fn answers(mut self, status: u16, about: &str, schema: Value) -> Self {
        self.answer(status, about, Some(schema));
        self
    }

    /// `{"key": […]}`, or 204 where there is nothing.
    pub fn lists(self, key: &str, item: Value) -> Self {
        self.answers(200, "What there is.", exactly(json!({ key: some_of(item) })))
            .or_nothing()
    }

    /// 204.
    pub fn or_nothing(mut self) -> Self {
        self.answer(204, "There is nothing.", None);
        self
    }

    /// 304.
    pub fn or_unchanged(mut self) -> Self {
        self.answer(304, "Nothing has changed since.", None);
        self
    }

    /// `{"key": [{code, details, message, status}, …]}`: 207 where the items differ, the status of their failure where
    /// all failed alike.
    pub fn acts(mut self, status: u16, key: &'static str, success: Value) -> Self {
        let done = exactly(json!({ key: some_of(success.clone()) }));
        self.answer(status, "All of it was done.", Some(done));
        let either = json!({"anyOf": [success, {"$ref": format!("#/components/schemas/{}", errors::NAME)}]});
        self.answer(207, "Some of it was done.", Some(exactly(json!({ key: some_of(either) }))));
        self.items = Some(key);
        self
    }

    /// The same for a call about a single thing: there is no 207.
    pub fn acts_once(mut self, status: u16, key: &'static str, success: Value) -> Self {
        self = self.acts(status, key, success);
        self.answers.remove(&207);
        self
    }

    /// An example of the answer with this status.
    pub fn such_as(mut self, status: u16, example: Value) -> Self {
        if let Some(answer) = self.answers.get_mut(&status) {
            answer.example = Some(example);
        }
        self
    }

    pub fn refuses(mut self, status: u16, codes: &[&str]) -> Self {
        let known = self.refusals.entry(status).or_default();
        known.extend(codes.iter().map(|code| (*code).to_owned()));
        self
    }

    /// The same operation by another method or at another address, which clients use as well.
    pub fn also(&self, method: Method, route: &str, id: &str) -> Self {
        Self {
            method,
            route: route.to_owned(),
            path: route.to_owned(),
            id: id.to_owned(),
            summary: format!("{} (the same in another way)", self.summary),
            ..self.clone()
        }
    }

    fn answer(&mut self, status: u16, about: &str, schema: Option<Value>) {
        let answer = Answer {
            about: about.to_owned(),
            kind: "application/json",
            schema,
            example: None,
        };
        self.answers.insert(status, answer);
    }

    /// As it stands in the document. `security` says by which scopes it may be called.
    pub fn written(&self, security: Value) -> Value {
        let mut written = json!({
            "operationId": self.id, "tags": [self.tag], "summary": self.summary,
            "parameters": self.parameters.iter().map(Parameter::written).collect::<Vec<_>>(),
            "responses": self.responses(), "security": security,
        });
        let Some(object) = written.as_object_mut() else { return written };
        if !self.about.is_empty() {
            object.insert("description".into(), self.about.clone().into());
        }
        if let Some((kind, content)) = &self.body {
            object.insert(
                "requestBody".into(),
                json!({"required": self.needs_body, "content": {*kind: content}}),
            );
        }
        written
    }

    fn responses(&self) -> Map<String, Value> {
        let done = self.answers.iter().map(|(status, answer)| (status.to_string(), answer.written()));
        let refused = self.refusals.iter().map(|(status, codes)| {
            let schema = self.refusal(*status, codes);
            let written = json!({"description": errors::words(*status), "content": {"application/json": {"schema": schema}}});
            (status.to_string(), written)
        });
        done.chain(refused).collect()
    }

    fn refusal(&self, status: u16, codes: &BTreeSet<String>) -> Value {
        let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
        let error = errors::with_codes(status, &codes);
        let by_oauth = status == 400 && self.body.as_ref().is_some_and(|(kind, _)| *kind == FORM);
        match self.items.filter(|_| ![401, 413, 429].contains(&status)) {
            // The call as a whole, or each item of it.
            Some(key) => json!({"anyOf": [error, exactly(json!({ key: some_of(error) }))]}),
            None if by_oauth => json!({"anyOf": [oauth::refusal(), error]}),
            None => error,
        }
    }
}

impl Answer {
    fn written(&self) -> Value {
        let mut written = json!({"description": self.about});
        if let (Some(schema), Some(object)) = (&self.schema, written.as_object_mut()) {
            let mut content = Map::new();
            content.insert("schema".into(), schema.clone());
            content.extend(self.example.iter().map(|example| ("example".to_owned(), example.clone())));
            object.insert("content".into(), json!({self.kind: content}));
        }
        written
    }
}
