//! Pages by their number: which is asked for, what of a list belongs to it, and what is said of it.

use serde_json::{Value, json};

use crate::api::ApiError;
use crate::api::request::Params;

/// The largest page.
const MAX_PAGE: u32 = 200;

/// A page by its number.
#[derive(Debug, Clone, Copy)]
pub struct Numbered {
    number: u32,
    size: u32,
}

impl Numbered {
    /// The page that `page` and `per_page` ask for; `most` is how far pages go, in entries.
    pub fn read(params: &Params, most: u32) -> Result<Self, ApiError> {
        let size = within(params, "per_page", MAX_PAGE, MAX_PAGE)?;
        let number = within(params, "page", 1, most / size)?;
        Ok(Self { number, size })
    }

    /// How many entries come before it.
    pub fn skip(self) -> u32 {
        (self.number - 1) * self.size
    }

    /// How many are wanted: one more than it has, to see whether there is a next page.
    pub fn limit(self) -> u32 {
        self.size + 1
    }

    /// What is said of the page, once what is beyond it is taken off the entries that were found.
    pub fn cut<T>(self, found: &mut Vec<T>) -> Value {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        let more = found.len() > size;
        found.truncate(size);
        json!({"per_page": self.size, "count": found.len(), "page": self.number, "more_records": more})
    }
}

fn within(params: &Params, name: &str, usual: u32, most: u32) -> Result<u32, ApiError> {
    let number = params.number(name)?.unwrap_or(usual);
    match (1..=most).contains(&number) {
        true => Ok(number),
        false => Err(ApiError::parameter(name, &format!("1 to {most}")).with("maximum_length", most)),
    }
}
