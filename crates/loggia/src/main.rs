//! Loggia, the CRM portal server: command line, settings, wiring. No rule of the product lives here.
#![forbid(unsafe_code)]

mod cli;
mod commands;
mod failure;
mod logs;
mod opening;
mod output;
mod settings;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run() -> Result<(), failure::Failure> {
    let Some(cli) = cli::parse()? else { return Ok(()) };
    let settings = cli.settings(settings::Environment::of_process())?;
    logs::start(&settings, cli.command.is_server())?;
    let runtime = tokio::runtime::Runtime::new()?;
    let done = runtime.block_on(commands::run(cli.command, settings));
    // Whatever still blocks has had its time: the databases are closed.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    done
}
