//! The commands, one file each.

pub mod access;
pub mod check;
pub mod client;
pub mod demo;
pub mod import;
pub mod licence;
pub mod operator;
pub mod org;
pub mod outbox;
pub mod rollout;
pub mod serve;

use crate::cli::Command;
use crate::failure::Failure;
use crate::settings::Settings;

/// Carries out a command.
pub async fn run(command: Command, settings: Settings) -> Result<(), Failure> {
    match command {
        Command::Demo(demo) => demo.run(settings).await,
        Command::Serve(_) => serve::run(settings).await,
        Command::Org(org) => org.run(&settings).await,
        Command::Client(client) => client.run(&settings).await,
        Command::Import(import) => import.run(&settings).await,
        Command::Outbox(outbox) => outbox.run(&settings).await,
        Command::Licence(licence) => licence.run(&settings).await,
        Command::Operator(operator) => operator.run(&settings).await,
        Command::Rollout(rollout) => rollout.run(&settings).await,
        Command::Access(access) => access.run(&settings).await,
        Command::Check => check::run(&settings).await,
    }
}
