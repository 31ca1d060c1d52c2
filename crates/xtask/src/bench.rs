//! `cargo xtask bench`: the benchmark, always in release.

use crate::{Done, assets, shell};

/// Builds the front end (the server embeds it) and runs the `loggia-bench` package with the arguments.
pub(crate) fn run(arguments: &[String]) -> Done {
    assets::build()?;
    // What is measured there is the server itself, as a process of its own.
    if arguments.iter().any(|argument| argument == "bulk") {
        shell::run("cargo", &["build", "--release", "--package", "loggia"])?;
    }
    let mut words = vec!["run", "--release", "--package", "loggia-bench", "--"];
    words.extend(arguments.iter().map(String::as_str));
    shell::run("cargo", &words)
}
