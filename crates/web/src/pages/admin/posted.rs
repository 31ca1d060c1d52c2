//! What a form sends: names and values, in their order.

use axum::extract::{FromRequest, Request};
use axum::response::Response;
use domain::ids::FieldId;
use domain::modules::{Field, Module};

use crate::pages::posted;

/// A form whose fields depend on the organisation's own modules.
#[derive(Debug, Clone, Default)]
pub struct Posted(Vec<(String, String)>);

impl From<Vec<(String, String)>> for Posted {
    fn from(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }
}

impl Posted {
    /// The value of a field; empty if it was not sent.
    pub fn one(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    /// Whether a box is ticked or a button was used.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// All values of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Everything, in the order in which the page holds it.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The fields that were given a place in a list (`column.<id>` holds its number), in the order of the places.
    pub fn columns(&self, module: &Module) -> Vec<FieldId> {
        let place = |field: &Field| Some((self.one(&format!("column.{}", field.id)).parse::<usize>().ok()?, field.id));
        let mut columns: Vec<(usize, FieldId)> = module.fields.iter().filter_map(place).collect();
        columns.sort_by_key(|(place, _)| *place);
        columns.into_iter().map(|(_, id)| id).collect()
    }

    /// The value without spaces around it.
    pub fn trimmed(&self, name: &str) -> String {
        self.one(name).trim().to_owned()
    }
}

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let read = posted::Posted::<Vec<(String, String)>>::from_request(request, state).await;
        read.map(|posted::Posted(pairs)| Self(pairs))
    }
}
