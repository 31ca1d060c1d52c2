//! Developer commands: `cargo xtask <command>`. One module per command; this file only tells them apart.
//!
//! Needs nothing but cargo to start. What a command needs beyond that it installs, or says what is missing.

mod assets;
mod bench;
mod check;
mod demo;
mod fuzz;
mod house;
mod install;
mod newcomer;
mod power;
mod shell;
mod test;

use std::process::ExitCode;

const HELP: &str = "\
Developer commands of Loggia.

  cargo xtask demo [ARGS]          build the front end and the server, run `loggia demo ARGS`
  cargo xtask test [--no-install] [NEXTEST ARGS]
                                   install what the tests need (says what), then run all of them
  cargo xtask check                format, clippy, house rules
  cargo xtask house [--advisories FILE]
                                   the house rules alone: arrows, licences, lengths, names, map
  cargo xtask assets               build the front end, if its inputs changed
  cargo xtask bench [ARGS]         the benchmark, in release
  cargo xtask fuzz-access [--cases N] [--seed N]
                                   random questions about random permissions, on both databases and by hand
  cargo xtask fuzz-api [--examples N] [--seed N]
                                   whatever the documents of the API allow, and much besides, on both databases
  cargo xtask newcomer             a fresh clone, `cargo xtask demo` in it, a portal user signed in
  cargo xtask power-loss [--rounds N]
                                   acknowledged writes outlive a loss of power (needs root)
";

/// What a command answers: nothing, or one message for the developer.
pub(crate) type Done = Result<(), String>;

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_default();
    let rest: Vec<String> = words.collect();
    let done = match command.as_str() {
        "assets" => assets::build(),
        "bench" => bench::run(&rest),
        "check" => check::run(&rest),
        "demo" => demo::run(&rest),
        "fuzz-access" => fuzz::access(&rest),
        "fuzz-api" => fuzz::api(&rest),
        "house" => house::run(&rest),
        "newcomer" => newcomer::run(),
        "power-loss" => power::run(&rest),
        "test" => test::run(&rest),
        "" | "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(())
        }
        other => Err(format!("there is no command {other:?}\n\n{HELP}")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}
