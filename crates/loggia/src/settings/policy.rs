//! The licence policy: how many seats for portal users are free.

use std::path::Path;

use domain::licences::LicencePolicy;

use super::layers::Bad;
use super::{keys, layers::Layers, values};

/// The policy in force: the number of free seats, else the file, else the product's own.
pub fn merged(layers: &Layers) -> Result<LicencePolicy, Bad> {
    let file = layers.get(&keys::POLICY_FILE);
    let policy = file.map(|entry| read(Path::new(&entry.text))).transpose()?;
    Ok(match layers.read(&keys::FREE_SEATS, values::seats)? {
        None => policy.unwrap_or_default(),
        Some(free) => LicencePolicy {
            name: policy.map_or_else(|| "own".to_owned(), |policy| policy.name),
            free,
        },
    })
}

fn read(file: &Path) -> Result<LicencePolicy, Bad> {
    let table = super::document::read(file)?;
    let bad = |why: &str| Bad::File {
        file: file.to_owned(),
        why: why.to_owned(),
    };
    if let Some(stranger) = table.keys().find(|key| !matches!(key.as_str(), "name" | "free")) {
        return Err(Bad::Unknown {
            place: file.display().to_string(),
            name: stranger.clone(),
            known: "name, free".into(),
        });
    }
    let name = table
        .get("name")
        .and_then(toml::Value::as_str)
        .filter(|name| !name.trim().is_empty());
    let name = name.ok_or_else(|| bad("name: expected a text, the name of the policy"))?;
    let free = match table.get("free") {
        Some(toml::Value::Integer(seats)) => u64::try_from(*seats).ok().map(Some),
        Some(toml::Value::String(text)) => values::seats(text),
        _ => None,
    };
    Ok(LicencePolicy {
        name: name.to_owned(),
        free: free.ok_or_else(|| bad("free: expected a whole number of seats, or \"unlimited\""))?,
    })
}
