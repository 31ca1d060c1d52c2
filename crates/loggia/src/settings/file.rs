//! The settings file.

use std::path::Path;

use super::keys::{ALL, Key, Shape};
use super::layers::{Bad, Layers, Source};

/// Reads a file over the layers.
pub fn read(path: &Path, layers: &mut Layers) -> Result<(), Bad> {
    let table = super::document::read(path)?;
    section(path, "", &table, layers)
}

fn section(path: &Path, prefix: &str, table: &toml::Table, layers: &mut Layers) -> Result<(), Bad> {
    for (name, value) in table {
        let name = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        let key = ALL.iter().find(|key| key.name == name);
        match (key, value) {
            (Some(key), value) => put(path, key, value, layers)?,
            (None, toml::Value::Table(inner)) if is_section(&name) => section(path, &name, inner, layers)?,
            (None, _) => {
                return Err(Bad::Unknown {
                    place: path.display().to_string(),
                    known: known(prefix),
                    name,
                });
            }
        }
    }
    Ok(())
}

fn put(path: &Path, key: &'static Key, value: &toml::Value, layers: &mut Layers) -> Result<(), Bad> {
    let source = Source::File(path.to_owned());
    match text(key.shape, value) {
        Some(text) => layers.put(key, text, source),
        None => Err(Bad::value(key, &source, &value.to_string())),
    }
}

/// The value as the environment would give it, if the setting may be written so.
fn text(shape: Shape, value: &toml::Value) -> Option<String> {
    match (shape, value) {
        (Shape::Text | Shape::NumberOrText | Shape::List, toml::Value::String(text)) => Some(text.clone()),
        (Shape::Number | Shape::NumberOrText, toml::Value::Integer(number)) => Some(number.to_string()),
        (Shape::List, toml::Value::Array(items)) => {
            let items: Option<Vec<String>> = items.iter().map(|item| text(Shape::NumberOrText, item)).collect();
            items.map(|items| items.join(","))
        }
        _ => None,
    }
}

fn is_section(name: &str) -> bool {
    ALL.iter()
        .any(|key| key.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
}

/// The settings that might have been meant: those of the section, or all.
fn known(section: &str) -> String {
    let names = |inside: &str| {
        let names = ALL.iter().map(|key| key.name).filter(|name| name.starts_with(inside));
        names.collect::<Vec<_>>().join(", ")
    };
    names(&if section.is_empty() { String::new() } else { format!("{section}.") })
}
