//! Columns that hold JSON documents or words of a fixed vocabulary.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::engine::Error;

/// Reads a document.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(unreadable)
}

/// Writes a document.
pub(crate) fn write<T: Serialize + ?Sized>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(unreadable)
}

/// What is stored is not what this version of the program stores.
pub(crate) fn unreadable(why: impl std::fmt::Display) -> Error {
    Error::Database(format!("a stored value cannot be read: {why}"))
}
