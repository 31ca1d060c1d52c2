//! The licence policies: how many seats for portal users are free and for whom, what more cost, and what else there may be.

mod bills;
mod one;
mod prices;

use std::path::Path;

use domain::licences::{LicencePolicy, Policies};

use super::layers::Bad;
use super::{keys, layers::Layers, values};

/// The policies in force: those of the file, else the product's own; with as many free seats as a setting says.
pub fn merged(layers: &Layers) -> Result<Policies, Bad> {
    let file = layers.get(&keys::POLICY_FILE).map(|entry| Path::new(&entry.text).to_owned());
    let policies = file.as_deref().map(read).transpose()?;
    let Some(free) = layers.read(&keys::FREE_SEATS, values::seats)? else {
        return Ok(policies.unwrap_or_default());
    };
    let Some((file, policies)) = file.zip(policies) else {
        let own = LicencePolicy {
            name: "own".to_owned(),
            free,
            ..LicencePolicy::default()
        };
        return Ok(own.into());
    };
    let mut all = policies.all();
    match (all.next(), all.next()) {
        (Some(only), None) => Ok(LicencePolicy { free, ..only.clone() }.into()),
        _ => {
            let why = format!(
                "it has several policies: free seats are said there, not in {}",
                keys::FREE_SEATS.name
            );
            Err(Bad::File { file, why })
        }
    }
}

/// Reads a policy file: one policy, or a list of them with what they have in common before it.
fn read(file: &Path) -> Result<Policies, Bad> {
    let mut table = super::document::read(file)?;
    let listed = table.remove("policies");
    let bad = |why: String| Bad::File {
        file: file.to_owned(),
        why,
    };
    let unknown = |place: &str, name: String| Bad::Unknown {
        place: format!("{}{place}", file.display()),
        name,
        known: one::KEYS.join(", "),
    };
    let check = |place: String, table: &toml::Table| one::stranger(table).map_or(Ok(()), |name| Err(unknown(&place, name)));
    check(String::new(), &table)?;
    let Some(listed) = listed else {
        return one::policy(&table).map(Policies::from).map_err(bad);
    };
    let toml::Value::Array(listed) = listed else {
        return Err(bad("policies: expected a list, [[policies]]".to_owned()));
    };
    let mut all = Vec::new();
    for (number, entry) in (1..).zip(listed) {
        let place = format!("policies {number}");
        let toml::Value::Table(entry) = entry else {
            return Err(bad(format!("{place}: expected a table")));
        };
        check(format!(", {place}"), &entry)?;
        // What a policy says itself comes before what all say.
        let mut whole = table.clone();
        whole.extend(entry);
        all.push(one::policy(&whole).map_err(|why| bad(format!("{place}: {why}")))?);
    }
    Policies::new(all).map_err(|why| bad(format!("policies: {why}")))
}

fn of_file<T: serde::de::DeserializeOwned>(value: &toml::Value) -> Result<T, String> {
    value
        .clone()
        .try_into()
        .map_err(|error: toml::de::Error| error.message().to_owned())
}
