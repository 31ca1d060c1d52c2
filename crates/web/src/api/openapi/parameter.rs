//! What an address and its query hold.

use serde_json::{Value, json};

use super::schema::{id, one_of, text};

/// A parameter of an operation.
#[derive(Debug, Clone)]
pub struct Parameter {
    name: String,
    place: &'static str,
    required: bool,
    about: String,
    schema: Value,
}

impl Parameter {
    pub fn query(name: &str, about: &str, schema: Value) -> Self {
        Self::new("query", name, about, schema)
    }

    pub fn header(name: &str, about: &str, schema: Value) -> Self {
        Self::new("header", name, about, schema)
    }

    fn new(place: &'static str, name: &str, about: &str, schema: Value) -> Self {
        Self {
            name: name.to_owned(),
            place,
            required: false,
            about: about.to_owned(),
            schema,
        }
    }

    /// It must be there.
    pub fn needed(self) -> Self {
        Self { required: true, ..self }
    }

    /// Whether it is the same parameter, whatever is said of it.
    pub fn is_called_as(&self, other: &Self) -> bool {
        (self.place, &self.name) == (other.place, &other.name)
    }

    pub fn is_needed_query(&self) -> bool {
        self.required && self.place == "query"
    }

    pub fn written(&self) -> Value {
        let mut written = json!({
            "name": self.name, "in": self.place, "required": self.required, "description": self.about, "schema": self.schema,
        });
        // Several values are parted by commas: `fields=Last_Name,Email`.
        let is_list = self.schema.get("type").is_some_and(|kind| kind == "array");
        if let Some(object) = written.as_object_mut().filter(|_| is_list) {
            object.insert("style".into(), "form".into());
            object.insert("explode".into(), false.into());
        }
        written
    }
}

/// The placeholders of an address. What each is follows from its name and from what stands before it.
pub fn of_address(path: &str) -> Vec<Parameter> {
    let parts: Vec<&str> = path.split('/').collect();
    let placeholder = |(n, part): (usize, &&str)| {
        let name = part.strip_prefix('{')?.strip_suffix('}')?;
        let before = n.checked_sub(1).and_then(|n| parts.get(n)).copied().unwrap_or_default();
        let (about, schema) = meaning(before, name);
        Some(Parameter::new("path", name, about, schema).needed())
    };
    parts.iter().enumerate().filter_map(placeholder).collect()
}

fn meaning(before: &str, name: &str) -> (&'static str, Value) {
    match (before, name) {
        (_, "portal") => (
            "The name of a portal.",
            json!({"type": "string", "pattern": "^[A-Za-z0-9 -]{1,30}$"}),
        ),
        ("modules", "module") => ("The API name of a module, or its id.", api_name()),
        ("fields", "id") => ("The id of a field, or its API name.", api_name()),
        ("user_type", "id") => ("The id of a user type.", id()),
        ("layouts", "id") => ("The id of a layout.", id()),
        ("custom_views", "id") => ("The id of a view.", id()),
        (_, "user") => ("The id of the record that the portal user is.", id()),
        ("users", "id") => ("The id of a user.", id()),
        (_, "child") => ("The id of the related record.", id()),
        (_, "job_id") => ("The id of a job.", id()),
        _ => ("The id of a record.", id()),
    }
}

/// Letters, digits and underscores: how modules and fields are called by programs.
pub fn api_name() -> Value {
    json!({"type": "string", "pattern": "^[A-Za-z0-9_]{1,50}$"})
}

/// The same for what is to be called so.
pub fn new_api_name() -> Value {
    json!({"type": "string", "pattern": "^[A-Za-z](_?[A-Za-z0-9])*$", "maxLength": 50})
}

/// `module=Contacts`
pub fn module() -> Parameter {
    Parameter::query("module", "The API name of a module, or its id.", api_name()).needed()
}

/// A page of so many at most.
pub fn per_page(most: u32) -> Parameter {
    let schema = json!({"type": "integer", "minimum": 1, "maximum": most, "default": most});
    Parameter::query("per_page", "How many there are on a page.", schema)
}

pub fn page(most: u32) -> Parameter {
    let schema = json!({"type": "integer", "minimum": 1, "maximum": most, "default": 1});
    Parameter::query("page", "The number of the page.", schema)
}

/// Ids parted by commas.
pub fn ids(name: &str, about: &str, most: usize) -> Parameter {
    Parameter::query(
        name,
        about,
        json!({"type": "array", "items": id(), "minItems": 1, "maxItems": most}),
    )
}

pub fn choice(name: &str, about: &str, texts: &[&str]) -> Parameter {
    Parameter::query(name, about, one_of(texts))
}

/// Any text.
pub fn words(name: &str, about: &str) -> Parameter {
    Parameter::query(name, about, text())
}

/// `Idempotency-Key`, by which a repeated call is known.
pub fn key() -> Parameter {
    let schema = json!({"type": "string", "pattern": "^[!-~]{1,255}$"});
    let about = "A text of your own, new for each call: the same call with the same key is carried out once, and answered alike for a day.";
    Parameter::header("Idempotency-Key", about, schema)
}

/// `If-Modified-Since`, in ISO 8601.
pub fn since(about: &str) -> Parameter {
    Parameter::header("If-Modified-Since", about, super::schema::moment())
}
