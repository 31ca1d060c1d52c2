//! `cargo xtask test`: everything that has a test, after installing what the tests need.

use crate::{Done, assets, install, shell};

/// Installs (unless `--no-install`), builds the front end, runs all tests. Other arguments go to the test runner.
pub(crate) fn run(arguments: &[String]) -> Done {
    let (ours, theirs): (Vec<&String>, Vec<&String>) = arguments.iter().partition(|word| *word == "--no-install");
    let may_install = ours.is_empty();
    install::for_tests(may_install)?;
    assets::build()?;
    let theirs: Vec<&str> = theirs.into_iter().map(String::as_str).collect();
    let runner: &[&str] = if shell::answers("cargo", &["nextest", "--version"]) {
        &["nextest", "run", "--workspace", "--locked"]
    } else {
        println!("▸ cargo-nextest is not installed: the tests run with cargo's own runner");
        &["test", "--workspace", "--all-targets", "--locked"]
    };
    if theirs.is_empty() {
        shell::run("cargo", &["test", "--workspace", "--doc", "--locked"])?;
    }
    shell::run("cargo", &[runner, &theirs].concat())
}
