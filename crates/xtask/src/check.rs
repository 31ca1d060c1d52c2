//! `cargo xtask check`: what a change must pass before its tests are worth running.

use crate::{Done, assets, house, shell};

/// Format, clippy without warnings, house rules. The front end is built first: the `web` crate embeds it.
pub(crate) fn run(arguments: &[String]) -> Done {
    house::advisory_dump(arguments)?;
    shell::run("cargo", &["fmt", "--all", "--check"]).map_err(|why| format!("{why}\nMend it with `cargo fmt --all`."))?;
    assets::build()?;
    shell::run(
        "cargo",
        &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"],
    )?;
    house::run(arguments)
}
