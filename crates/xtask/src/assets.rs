//! `cargo xtask assets`: fetches the front end's packages by lock file and builds `assets/dist`.
//!
//! Does nothing when the inputs are those of the last build. The Rust build never runs node itself.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::{Done, shell};

/// What the result depends on, below the root. Templates and pages count: the style sheet is purged against them.
const INPUTS: [(&str, &[&str]); 4] = [
    ("assets/src", &["css", "js", "svg"]),
    ("crates/web/templates", &["html"]),
    ("crates/web/src", &["rs"]),
    ("assets", &["json", "mjs", "txt", "md", "npmrc"]),
];

/// Builds the front end, if it is not up to date.
pub(crate) fn build() -> Done {
    let root = shell::root();
    let assets = root.join("assets");
    install(&assets)?;
    let stamp = assets.join(".stamp");
    let inputs = fingerprint(&root)?;
    let built = assets.join("dist/manifest.json").is_file();
    if built && std::fs::read_to_string(&stamp).is_ok_and(|old| old == inputs) {
        println!("▸ assets/dist is up to date");
        return Ok(());
    }
    shell::run_in(&assets, "node", &["build.mjs"])?;
    std::fs::write(&stamp, inputs).map_err(|error| format!("{}: {error}", stamp.display()))
}

/// `npm ci`, unless the folder's packages are already those of its lock file.
pub(crate) fn install(folder: &Path) -> Done {
    let wanted = shell::read(&folder.join("package-lock.json"))?;
    let stamp = folder.join("node_modules/.lock-of-xtask");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    shell::run_in(folder, "npm", &["ci", "--no-audit", "--no-fund"])
        .map_err(|why| format!("{why}\nThe front end is built with Node 20 or newer and npm."))?;
    std::fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))
}

fn fingerprint(root: &Path) -> Result<String, String> {
    let mut hasher = DefaultHasher::new();
    for (folder, endings) in INPUTS {
        let deep = folder != "assets";
        for path in files_below(&root.join(folder), endings, deep) {
            path.strip_prefix(root).unwrap_or(&path).hash(&mut hasher);
            let bytes = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            bytes.hash(&mut hasher);
        }
    }
    Ok(format!("{:016x}\n", hasher.finish()))
}

/// The files with one of the endings, in order. A folder that is not there has none.
fn files_below(folder: &Path, endings: &[&str], deep: bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() {
                if deep {
                    folders.push(path);
                }
            } else if name.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::{files_below, fingerprint};

    #[test]
    fn files_are_found_by_ending_and_in_order() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("deep")).unwrap();
        for name in ["b.css", "a.js", "c.txt", "deep/d.css", ".npmrc"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let names = |deep| {
            let files = files_below(folder.path(), &["css", "js", "npmrc"], deep);
            files
                .iter()
                .map(|file| file.file_name().unwrap().to_string_lossy().into_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(names(false), [".npmrc", "a.js", "b.css"]);
        assert_eq!(names(true), [".npmrc", "a.js", "b.css", "d.css"]);
    }

    #[test]
    fn the_fingerprint_follows_a_template_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        let templates = root.path().join("crates/web/templates");
        std::fs::create_dir_all(&templates).unwrap();
        std::fs::write(templates.join("home.html"), "<p class=a>").unwrap();
        let before = fingerprint(root.path()).unwrap();
        std::fs::write(root.path().join("README.md"), "words").unwrap();
        assert_eq!(fingerprint(root.path()).unwrap(), before);
        std::fs::write(templates.join("home.html"), "<p class=b>").unwrap();
        assert_ne!(fingerprint(root.path()).unwrap(), before);
    }
}
