//! The arrows: which member of the workspace may name which dependency.
//!
//! `deny.toml` says who may name a crate (`[bans] deny = [{ crate, wrappers }]`); every declared dependency of every
//! member counts, optional ones and those of tests too. `PURE` says what a crate may not name whoever else may.

use serde_json::Value;

use super::Findings;

/// The domain is pure: no async, SQL, HTTP, files, clock or randomness comes in through a dependency.
const PURE: [(&str, &[&str]); 2] = [
    (
        "loggia-domain",
        &[
            "tokio",
            "futures-util",
            "getrandom",
            "rand",
            "http",
            "hyper",
            "reqwest",
            "tower",
            "tempfile",
        ],
    ),
    ("loggia-signin", &["loggia-store", "loggia-app", "http", "hyper", "tower"]),
];

pub(super) fn check(policy: &toml::Table, metadata: &Value) -> Findings {
    let arrows = declared(metadata)?;
    let mut findings = Vec::new();
    for (name, wrappers) in bans(policy)? {
        let strangers = arrows.iter().filter(|(from, to)| *to == name && !wrappers.contains(from));
        findings.extend(strangers.map(|(from, to)| match wrappers.as_slice() {
            [] => format!("{from} depends on {to}, which no crate may"),
            few => format!("{from} depends on {to}, which only {} may", few.join(", ")),
        }));
    }
    for (from, banned) in PURE {
        let impure = arrows.iter().filter(|(member, to)| *member == from && banned.contains(to));
        findings.extend(impure.map(|(from, to)| format!("{from} depends on {to}, which it may not know")));
    }
    Ok(findings)
}

/// The bans of `deny.toml`: the crate, and who may name it all the same.
pub(super) fn bans(policy: &toml::Table) -> Result<Vec<(&str, Vec<&str>)>, String> {
    let list = policy.get("bans").and_then(|bans| bans.get("deny")).and_then(toml::Value::as_array);
    let list = list.ok_or("deny.toml has no [bans] deny = […]")?;
    list.iter()
        .map(|ban| {
            let name = ban
                .get("crate")
                .and_then(toml::Value::as_str)
                .ok_or("a ban of deny.toml names no crate")?;
            let wrappers = ban
                .get("wrappers")
                .and_then(toml::Value::as_array)
                .map(Vec::as_slice)
                .unwrap_or_default();
            Ok((name, wrappers.iter().filter_map(toml::Value::as_str).collect()))
        })
        .collect()
}

/// Every (member, dependency) that a manifest of the workspace declares.
fn declared(metadata: &Value) -> Result<Vec<(&str, &str)>, String> {
    let members = metadata
        .get("workspace_members")
        .and_then(Value::as_array)
        .ok_or("no members in the metadata")?;
    let packages = metadata
        .get("packages")
        .and_then(Value::as_array)
        .ok_or("no packages in the metadata")?;
    let mut arrows = Vec::new();
    for package in packages
        .iter()
        .filter(|package| package.get("id").is_some_and(|id| members.contains(id)))
    {
        let from = package.get("name").and_then(Value::as_str).unwrap_or_default();
        let dependencies = package.get("dependencies").and_then(Value::as_array).into_iter().flatten();
        let names = dependencies.filter_map(|dependency| dependency.get("name").and_then(Value::as_str));
        // A crate may name itself: that is how its tests turn on a feature of its own.
        arrows.extend(names.filter(|to| *to != from).map(|to| (from, to)));
    }
    arrows.sort_unstable();
    arrows.dedup();
    Ok(arrows)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::check;

    const POLICY: &str = r#"
        [bans]
        deny = [{ crate = "rusqlite", wrappers = ["loggia-store"] }, { crate = "sqlx" }]
    "#;

    fn found(name: &str, dependencies: &[&str]) -> Vec<String> {
        let dependencies: Vec<_> = dependencies.iter().map(|name| json!({ "name": name, "kind": "dev" })).collect();
        let metadata = json!({
            "workspace_members": ["a"],
            "packages": [
                { "id": "a", "name": name, "dependencies": dependencies },
                { "id": "b", "name": "a-stranger", "dependencies": [{ "name": "rusqlite" }] },
            ],
        });
        check(&POLICY.parse().unwrap(), &metadata).unwrap()
    }

    #[test]
    fn who_is_named_may_depend_and_strangers_outside_the_workspace_do_not_count() {
        assert_eq!(found("loggia-store", &["rusqlite", "serde"]), Vec::<String>::new());
        assert_eq!(found("rusqlite", &["rusqlite"]), Vec::<String>::new());
    }

    #[test]
    fn who_is_not_named_is_found_even_when_only_its_tests_depend() {
        assert_eq!(
            found("loggia-web", &["rusqlite"]),
            ["loggia-web depends on rusqlite, which only loggia-store may"]
        );
    }

    #[test]
    fn a_ban_without_wrappers_holds_for_all() {
        assert_eq!(
            found("loggia-store", &["sqlx"]),
            ["loggia-store depends on sqlx, which no crate may"]
        );
    }

    #[test]
    fn the_domain_stays_pure() {
        assert_eq!(
            found("loggia-domain", &["tokio"]),
            ["loggia-domain depends on tokio, which it may not know"]
        );
        assert_eq!(found("loggia-app", &["tokio"]), Vec::<String>::new());
    }
}
