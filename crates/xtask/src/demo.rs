//! `cargo xtask demo`: from nothing to a page that can be clicked.
//!
//! In the development profile: from an empty target directory the page is there sooner than with an optimised build,
//! and the parts that would be slow (SQLite, argon2) are optimised in it too.

use crate::{Done, assets, shell};

/// Builds everything and runs `loggia demo` with the arguments.
pub(crate) fn run(arguments: &[String]) -> Done {
    assets::build()?;
    let mut words = vec!["run", "--package", "loggia", "--", "demo"];
    words.extend(arguments.iter().map(String::as_str));
    shell::run("cargo", &words)
}
