//! Known vulnerabilities: `Cargo.lock` against a dump of the RustSec database (id, package, patched, unaffected).
//!
//! A vulnerability or unsoundness is a finding unless `deny.toml` ignores it with a reason. That a crate is
//! unmaintained is printed and no more.

use semver::{Op, Version, VersionReq};
use serde_json::Value;

use super::Findings;
use super::lockfile::Package;

pub(super) fn check(policy: &toml::Table, packages: &[Package], dump: &str) -> Findings {
    let dump: Value = serde_json::from_str(dump).map_err(|error| error.to_string())?;
    let advisories = dump
        .get("advisories")
        .and_then(Value::as_array)
        .ok_or("the dump has no list `advisories`")?;
    let ignored = ignored(policy)?;
    let mut findings = Vec::new();
    for advisory in advisories {
        let word = |key| advisory.get(key).and_then(Value::as_str).unwrap_or_default();
        for package in packages.iter().filter(|package| package.name == word("package")) {
            if is_safe(advisory, &package.version)? || ignored.contains(&word("id")) {
                continue;
            }
            let what = format!("{} {}: {}", package.name, package.version, word("id"));
            match word("informational") {
                "" | "unsound" => findings.push(format!("{what} ({})", word("date"))),
                kind => println!("  note: {what}, {kind}"),
            }
        }
    }
    Ok(findings)
}

fn ignored(policy: &toml::Table) -> Result<Vec<&str>, String> {
    let list = policy
        .get("advisories")
        .and_then(|table| table.get("ignore"))
        .and_then(toml::Value::as_array);
    let mut ids = Vec::new();
    for entry in list.into_iter().flatten() {
        let word = |key| entry.get(key).and_then(toml::Value::as_str).filter(|text| !text.is_empty());
        let (Some(id), Some(_)) = (word("id"), word("reason")) else {
            return Err(format!("deny.toml ignores an advisory without id or reason: {entry}"));
        };
        ids.push(id);
    }
    Ok(ids)
}

fn is_safe(advisory: &Value, version: &Version) -> Result<bool, String> {
    for key in ["patched", "unaffected"] {
        for range in advisory.get(key).and_then(Value::as_array).into_iter().flatten() {
            let text = range.as_str().unwrap_or_default();
            let range = VersionReq::parse(text).map_err(|error| format!("{advisory}: {text:?}: {error}"))?;
            if covers(&range, version) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Whether the range holds the version. Cargo's rule that a range without a pre-release holds none is about choosing
/// versions; here 2.0.0-rc.1 is between 1.9 and 2.0.
fn covers(range: &VersionReq, version: &Version) -> bool {
    if version.pre.is_empty() || range.matches(version) {
        return range.matches(version);
    }
    let released = Version::new(version.major, version.minor, version.patch);
    let from_here_on = |comparator: &semver::Comparator| {
        let bound = (comparator.major, comparator.minor.unwrap_or(0), comparator.patch.unwrap_or(0));
        matches!(comparator.op, Op::GreaterEq | Op::Caret | Op::Tilde | Op::Exact)
            && bound == (released.major, released.minor, released.patch)
    };
    range.matches(&released) && !range.comparators.iter().any(from_here_on)
}

#[cfg(test)]
mod tests {
    use semver::Version;
    use serde_json::json;

    use super::super::lockfile::Package;
    use super::check;

    fn found(version: &str, ignore: &str) -> Result<Vec<String>, String> {
        let dump = json!({ "advisories": [{
            "id": "RUSTSEC-2026-0001", "package": "leaky", "date": "2026-01-01",
            "patched": [">= 1.6.3, < 1.7.0", ">= 2.0.0"], "unaffected": ["< 1.2"],
        }, {
            "id": "RUSTSEC-2026-0002", "package": "leaky", "informational": "unmaintained", "patched": [], "unaffected": [],
        }] });
        let policy = format!("[advisories]\nignore = [{ignore}]").parse().unwrap();
        let packages = [Package {
            name: "leaky".to_owned(),
            version: Version::parse(version).unwrap(),
        }];
        check(&policy, &packages, &dump.to_string())
    }

    #[test]
    fn a_version_is_judged_by_the_ranges() {
        let bad = |version: &str| vec![format!("leaky {version}: RUSTSEC-2026-0001 (2026-01-01)")];
        let cases = [
            ("1.1.9", false),
            ("1.2.0", true),
            ("1.6.2", true),
            ("1.6.3", false),
            ("1.7.0", true),
            ("2.0.0", false),
        ];
        for (version, is_bad) in cases {
            assert_eq!(
                found(version, "").unwrap(),
                if is_bad { bad(version) } else { Vec::new() },
                "{version}"
            );
        }
        assert_eq!(found("2.0.0-rc.1", "").unwrap(), bad("2.0.0-rc.1"));
        assert_eq!(found("2.1.0-rc.1", "").unwrap(), Vec::<String>::new());
    }

    #[test]
    fn an_advisory_is_ignored_only_with_a_reason() {
        let with = r#"{ id = "RUSTSEC-2026-0001", reason = "not reached" }"#;
        assert_eq!(found("1.5.0", with).unwrap(), Vec::<String>::new());
        assert!(found("1.5.0", r#"{ id = "RUSTSEC-2026-0001" }"#).is_err());
    }

    #[test]
    fn a_dump_of_another_shape_is_an_error_and_not_a_clean_bill() {
        assert!(check(&toml::Table::new(), &[], "{}").is_err());
    }
}
