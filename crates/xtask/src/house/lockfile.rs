//! `Cargo.lock`: reading it, and the crates that must not be in it at all.

use semver::Version;

use super::{Findings, arrows};

/// A locked package.
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: Version,
}

pub(super) fn packages(lock: &toml::Table) -> Result<Vec<Package>, String> {
    let list = lock
        .get("package")
        .and_then(toml::Value::as_array)
        .ok_or("Cargo.lock lists no packages")?;
    list.iter()
        .map(|package| {
            let word = |key| package.get(key).and_then(toml::Value::as_str).unwrap_or_default();
            let version = Version::parse(word("version")).map_err(|error| format!("{}: {error}", word("name")))?;
            Ok(Package {
                name: word("name").to_owned(),
                version,
            })
        })
        .collect()
}

/// A ban of `deny.toml` without wrappers means: not in the tree, whoever brings it.
pub(super) fn check(policy: &toml::Table, packages: &[Package]) -> Findings {
    let mut findings = Vec::new();
    for (name, wrappers) in arrows::bans(policy)? {
        let present = wrappers.is_empty() && packages.iter().any(|package| package.name == name);
        if present {
            findings.push(format!("{name} is in Cargo.lock; `cargo tree -i {name}` says who brings it"));
        }
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::{check, packages};

    #[test]
    fn a_crate_that_must_be_absent_is_found_whoever_brings_it() {
        let lock = "[[package]]\nname = \"openssl-sys\"\nversion = \"0.9.1\"\n[[package]]\nname = \"axum\"\nversion = \"1.0.0\"";
        let packages = packages(&lock.parse().unwrap()).unwrap();
        let policy = r#"bans.deny = [{ crate = "openssl-sys" }, { crate = "sqlx" }, { crate = "axum", wrappers = ["web"] }]"#;
        let found = check(&policy.parse().unwrap(), &packages).unwrap();
        assert_eq!(
            found,
            ["openssl-sys is in Cargo.lock; `cargo tree -i openssl-sys` says who brings it"]
        );
    }

    #[test]
    fn a_version_that_cannot_be_read_is_named() {
        let lock = "[[package]]\nname = \"odd\"\nversion = \"one\"";
        assert!(packages(&lock.parse().unwrap()).is_err_and(|why| why.starts_with("odd: ")));
    }
}
