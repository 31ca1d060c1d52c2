//! The licences of everything that is linked, against the list `[licenses] allow` of `deny.toml`.

use serde_json::Value;

use super::Findings;

pub(super) fn check(policy: &toml::Table, metadata: &Value) -> Findings {
    let list = policy
        .get("licenses")
        .and_then(|table| table.get("allow"))
        .and_then(toml::Value::as_array);
    let allowed: Vec<&str> = list
        .ok_or("deny.toml has no [licenses] allow = […]")?
        .iter()
        .filter_map(toml::Value::as_str)
        .collect();
    let packages = metadata
        .get("packages")
        .and_then(Value::as_array)
        .ok_or("no packages in the metadata")?;
    let mut findings = Vec::new();
    for package in packages {
        let word = |key| package.get(key).and_then(Value::as_str).unwrap_or_default();
        if !is_allowed(word("license"), &allowed) {
            findings.push(format!("{} {} is under {:?}", word("name"), word("version"), word("license")));
        }
    }
    Ok(findings)
}

/// Whether an SPDX expression can be met with allowed licences. An old `A/B` means `A OR B`; an exception only adds
/// permissions, so `A WITH exception` is met by `A`.
fn is_allowed(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    any_of(&mut rest, allowed) && rest.is_empty()
}

fn any_of(words: &mut &[&str], allowed: &[&str]) -> bool {
    let mut met = all_of(words, allowed);
    while let Some(("OR", rest)) = words.split_first().map(|(word, rest)| (*word, rest)) {
        *words = rest;
        met |= all_of(words, allowed);
    }
    met
}

fn all_of(words: &mut &[&str], allowed: &[&str]) -> bool {
    let mut met = one(words, allowed);
    while let Some(("AND", rest)) = words.split_first().map(|(word, rest)| (*word, rest)) {
        *words = rest;
        met &= one(words, allowed);
    }
    met
}

fn one(words: &mut &[&str], allowed: &[&str]) -> bool {
    let Some((first, rest)) = words.split_first() else { return false };
    *words = rest;
    if *first == "(" {
        let met = any_of(words, allowed);
        let closed = words.first() == Some(&")");
        *words = words.get(1..).unwrap_or_default();
        return met && closed;
    }
    if words.first() == Some(&"WITH") {
        *words = words.get(2..).unwrap_or_default();
    }
    allowed.contains(first)
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[test]
    fn expressions_are_met_or_not() {
        let allowed = ["MIT", "Apache-2.0", "Unicode-3.0"];
        for met in [
            "MIT",
            "GPL-3.0 OR MIT",
            "Unlicense/MIT",
            "Apache-2.0 / MIT",
            "(MIT OR GPL-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR GPL-2.0",
        ] {
            assert!(is_allowed(met, &allowed), "{met}");
        }
        for refused in [
            "",
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "(MIT OR GPL-2.0) AND GPL-2.0",
            "MIT (",
            "(MIT",
            "MIT MIT",
        ] {
            assert!(!is_allowed(refused, &allowed), "{refused}");
        }
    }
}
