//! Commands that ask questions without end: `cargo xtask fuzz-access` and `cargo xtask fuzz-api`.
//!
//! Each is a test that asks a few questions whenever all tests run, and here as many as one likes.

use crate::{Done, install, shell};

/// Both databases and a naive reader of the access model, 20,000 times if nothing is said.
///
/// Half of the questions are about organisations of a fixed seed, half of a new one, which is printed: with it a failure
/// comes again.
pub(crate) fn access(arguments: &[String]) -> Done {
    let usage = "expected: cargo xtask fuzz-access [--cases N] [--seed N]";
    let [cases, seed] = numbers(arguments, ["--cases", "--seed"], usage)?;
    let variables = [("LOGGIA_ACCESS_CASES", cases.or(Some(20_000))), ("LOGGIA_ACCESS_SEED", seed)];
    // Optimised: it takes minutes to build, and then asks several times as many a second.
    let test = ["--release", "--package", "loggia-store", "--test", "records"];
    run(&variables, &test, "sqlite_postgresql_and_the_oracle_agree")
}

/// Everything that the documents of the API allow, and much that they do not, 100 times an operation if nothing is said.
pub(crate) fn api(arguments: &[String]) -> Done {
    let usage = "expected: cargo xtask fuzz-api [--examples N] [--seed N]";
    let [examples, seed] = numbers(arguments, ["--examples", "--seed"], usage)?;
    install::for_asking_the_api()?;
    let variables = [("LOGGIA_API_EXAMPLES", examples.or(Some(100))), ("LOGGIA_API_SEED", seed)];
    // Not optimised: most of the time it is thought about what to ask.
    run(&variables, &["--package", "loggia", "--test", "it"], "schemathesis_finds")
}

/// The numbers behind flags.
fn numbers<const N: usize>(arguments: &[String], flags: [&str; N], usage: &str) -> Result<[Option<u64>; N], String> {
    let mut found = [None; N];
    for pair in arguments.chunks(2) {
        let [flag, number] = pair else { return Err(usage.into()) };
        let known = flags.iter().zip(&mut found).find(|(name, _)| *name == flag);
        let (Some((_, place)), Ok(number)) = (known, number.parse()) else {
            return Err(usage.into());
        };
        *place = Some(number);
    }
    Ok(found)
}

/// Runs a test with these variables and shows what it says.
fn run(variables: &[(&str, Option<u64>)], test: &[&str], name: &str) -> Done {
    let set = variables.iter().filter_map(|(name, value)| Some(format!("{name}={}", (*value)?)));
    let words = [&["cargo", "test", "--locked"], test, &["--", "--nocapture", name]].concat();
    let line: Vec<String> = set.chain(words.into_iter().map(str::to_owned)).collect();
    shell::run("env", &line)
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn flags_bring_their_numbers_in_any_order() {
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let read = |line: &str| numbers(&words(line), ["--cases", "--seed"], "usage");
        assert_eq!(read(""), Ok([None, None]));
        assert_eq!(read("--seed 7 --cases 5"), Ok([Some(5), Some(7)]));
        for line in ["--cases", "--cases x", "--cases -1", "--other 1", "5"] {
            assert_eq!(read(line), Err("usage".to_owned()), "{line}");
        }
    }
}
