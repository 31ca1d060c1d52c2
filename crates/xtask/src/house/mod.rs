//! `cargo xtask house`: the rules of the house that neither the compiler nor clippy can hold.
//!
//! Each rule is a module that answers with its findings, one sentence each. All rules run; all findings are shown.

mod advisories;
mod arrows;
mod invariants;
mod lengths;
mod licences;
mod lockfile;
mod map;
mod names;

use std::path::{Path, PathBuf};

use crate::{Done, shell};

/// The sentences that a rule has to say; none when it is kept.
type Findings = Result<Vec<String>, String>;

/// Runs every rule. `--advisories FILE` also compares the lock file with a dump of the RustSec database.
pub(crate) fn run(arguments: &[String]) -> Done {
    let dump = advisory_dump(arguments)?;
    let root = shell::root();
    let policy: toml::Table = parse_toml(&root.join("deny.toml"))?;
    let packages = lockfile::packages(&parse_toml(&root.join("Cargo.lock"))?)?;
    let metadata = metadata()?;

    let mut findings = Vec::new();
    let mut rule = |name: &str, found: Findings| -> Done {
        let found = found.map_err(|why| format!("{name}: {why}"))?;
        println!(
            "▸ house: {name}: {}",
            if found.is_empty() {
                "kept".to_owned()
            } else {
                found.len().to_string()
            }
        );
        findings.extend(found.into_iter().map(|what| format!("{name}: {what}")));
        Ok(())
    };
    rule("arrows", arrows::check(&policy, &metadata))?;
    rule("absent crates", lockfile::check(&policy, &packages))?;
    rule("licences", licences::check(&policy, &metadata))?;
    rule("lengths", lengths::check(&root))?;
    rule("names", names::check(&root))?;
    rule("map", map::check(&root))?;
    rule("invariants", invariants::check(&root))?;
    if let Some(dump) = dump {
        rule("advisories", advisories::check(&policy, &packages, &shell::read(&dump)?))?;
    }
    if findings.is_empty() {
        return Ok(());
    }
    Err(format!("the house rules found {}:\n  {}", findings.len(), findings.join("\n  ")))
}

/// The file after `--advisories`, if that is what the arguments say.
pub(crate) fn advisory_dump(arguments: &[String]) -> Result<Option<PathBuf>, String> {
    match arguments {
        [] => Ok(None),
        [flag, file] if flag == "--advisories" => Ok(Some(PathBuf::from(file))),
        other => Err(format!("expected nothing or `--advisories FILE`, not `{}`", other.join(" "))),
    }
}

fn parse_toml(path: &Path) -> Result<toml::Table, String> {
    shell::read(path)?.parse().map_err(|error| format!("{}: {error}", path.display()))
}

/// What cargo knows of the workspace, resolved for this machine (so that nothing for others is downloaded).
fn metadata() -> Result<serde_json::Value, String> {
    let version = shell::output("rustc", &["-vV"])?;
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .ok_or("rustc does not name its host")?;
    let text = shell::output("cargo", &["metadata", "--format-version=1", "--locked", "--filter-platform", host])?;
    serde_json::from_str(&text).map_err(|error| format!("cargo metadata: {error}"))
}

/// The Rust files below a folder of the workspace, in order.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name();
            if path.is_dir() {
                if name != "target" && name != "node_modules" {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// A path as it is written in the findings: from the root of the workspace.
fn shown(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}
