//! `cargo xtask fuzz-access`: questions without end to both databases and to a naive reader of the access model.
//!
//! Half of them in organisations of a fixed seed, half of a new one, which is printed: with it a failure comes again.

use crate::{Done, shell};

const USAGE: &str = "expected: cargo xtask fuzz-access [--cases N] [--seed N]";

/// Asks `--cases` questions, 20,000 if nothing is said.
pub(crate) fn run(arguments: &[String]) -> Done {
    let (mut cases, mut seed) = (20_000, None);
    let mut words = arguments.iter();
    while let Some(flag) = words.next() {
        let number = words.next().and_then(|word| word.parse::<u64>().ok()).ok_or(USAGE)?;
        match flag.as_str() {
            "--cases" => cases = number,
            "--seed" => seed = Some(number),
            _ => return Err(USAGE.into()),
        }
    }
    let mut line = vec![format!("LOGGIA_ACCESS_CASES={cases}")];
    line.extend(seed.map(|seed| format!("LOGGIA_ACCESS_SEED={seed}")));
    // Optimised: it takes minutes to build, and then asks several times as many a second.
    line.extend(
        [
            "cargo",
            "test",
            "--release",
            "--package",
            "loggia-store",
            "--test",
            "records",
            "--locked",
        ]
        .map(str::to_owned),
    );
    line.extend(["--", "--nocapture", "sqlite_postgresql_and_the_oracle_agree"].map(str::to_owned));
    shell::run("env", &line)
}
