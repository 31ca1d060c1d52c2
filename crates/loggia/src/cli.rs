//! The command line. Others script against it: what is here stays.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand};

use crate::commands::{access, client, demo, import, licence, operator, org, outbox, rollout, serve};
use crate::failure::Failure;
use crate::settings::{Environment, Flags, Settings, keys};

/// Customer portals over a CRM, on your own server.
///
/// Settings come from the command line, else from LOGGIA_* variables, else from the settings file; `loggia check`
/// shows them all. Exit status: 0 done, 1 could not be done, 2 wrong usage or settings.
#[derive(Debug, Parser)]
#[command(name = "loggia", version, propagate_version = true, disable_help_subcommand = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub common: Common,
}

/// What every command accepts.
#[derive(Debug, Args)]
pub struct Common {
    /// The settings file (TOML) [env: LOGGIA_CONFIG]
    #[arg(long, value_name = "FILE", global = true, help_heading = "Settings")]
    pub config: Option<PathBuf>,
    /// The directory for everything that is kept [env: LOGGIA_DATA] [default: ./data]
    #[arg(long, value_name = "DIR", global = true, help_heading = "Settings")]
    pub data: Option<String>,
    /// A PostgreSQL database, postgres://…; without it SQLite in the data directory [env: LOGGIA_DATABASE]
    #[arg(long, value_name = "URL", global = true, help_heading = "Settings")]
    pub database: Option<String>,
    /// How the log on stderr is written, text or json [env: LOGGIA_LOG_FORMAT; LOGGIA_LOG says what to log]
    #[arg(long, value_name = "FORMAT", global = true, help_heading = "Settings")]
    pub log_format: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a demo organisation once, print its addresses and sign-ins, and serve it
    Demo(demo::Demo),
    /// Serve the portals, the administrator's pages and the API
    Serve(serve::Serve),
    /// Make and list organisations
    #[command(subcommand)]
    Org(org::Org),
    /// Make API clients
    #[command(subcommand)]
    Client(client::Client),
    /// Import a CSV file into a module
    Import(import::Import),
    /// Show the mails that were not sent yet
    Outbox(outbox::Outbox),
    /// The licence pool: its seats, what more cost, and whether the figures follow from the ledger
    #[command(subcommand)]
    Licence(licence::Licence),
    /// Move organisations from one licence policy to another: try it, start it, stop it
    #[command(subcommand)]
    Rollout(rollout::Command),
    /// Let somebody in to the operator's pages, see who is in, and end that
    #[command(subcommand)]
    Operator(operator::Command),
    /// Explain, write, compare, apply and test who may see and do what
    #[command(subcommand)]
    Access(access::Access),
    /// Show the merged settings and where each comes from, and try to open the database
    Check,
}

impl Command {
    /// Whether the command keeps running.
    pub fn is_server(&self) -> bool {
        matches!(self, Self::Demo(_) | Self::Serve(_))
    }

    fn flags(&self) -> Flags {
        match self {
            Self::Demo(demo) => demo.flags(),
            Self::Serve(serve) => serve.flags(),
            _ => Vec::new(),
        }
    }
}

/// An option that is also a setting, if it is there.
pub fn flag(key: &keys::Key, flag: &'static str, value: Option<&String>) -> Option<(&'static str, &'static str, String)> {
    value.map(|value| (key.name, flag, value.clone()))
}

impl Cli {
    /// The settings, merged.
    pub fn settings(&self, environment: Environment) -> Result<Settings, Failure> {
        let common = &self.common;
        let mut flags = self.command.flags();
        flags.extend(flag(&keys::DATA, "--data", common.data.as_ref()));
        flags.extend(flag(&keys::DATABASE, "--database", common.database.as_ref()));
        flags.extend(flag(&keys::LOG_FORMAT, "--log-format", common.log_format.as_ref()));
        Ok(Settings::merge(common.config.clone(), environment, flags)?)
    }
}

/// Reads the command line. None: help or the version was asked for, and given.
pub fn parse() -> Result<Option<Cli>, Failure> {
    Cli::try_parse().map(Some).or_else(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            crate::output::text(&error.render().to_string())?;
            Ok(None)
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Err(Failure::Usage(format!("expected a command\n\n{}", error.render()))),
        _ => {
            let text = error.render().to_string();
            Err(Failure::Usage(text.strip_prefix("error: ").unwrap_or(&text).to_owned()))
        }
    })
}
