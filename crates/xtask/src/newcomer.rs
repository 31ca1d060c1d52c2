//! `cargo xtask newcomer`: the README's first command, as somebody meets it who has never built anything.
//!
//! A fresh clone, an empty target directory, no front end; in the end a portal user of the demo is signed in, in a
//! browser. What is not committed is not tried.

use std::path::PathBuf;

use crate::{Done, install, shell};

/// Clones, runs `cargo xtask demo` there, signs in.
pub(crate) fn run() -> Done {
    install::for_browser()?;
    let clone = Clone::make()?;
    let script = shell::root().join("e2e/newcomer.mjs");
    shell::run("node", &[script.to_string_lossy(), clone.path.to_string_lossy()])
}

/// A clone of the project in a folder of its own, deleted in the end.
struct Clone {
    path: PathBuf,
}

impl Clone {
    fn make() -> Result<Self, String> {
        let path = std::env::temp_dir().join(format!("loggia-newcomer-{}", std::process::id()));
        let clone = Self { path };
        shell::run("git", &["clone", "--quiet", ".", &clone.path.to_string_lossy()])?;
        Ok(clone)
    }
}

impl Drop for Clone {
    fn drop(&mut self) {
        // There is nobody left to tell.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}
