//! `loggia access`: who may do what, and why.

mod explain;

use clap::Subcommand;

use crate::failure::Failure;
use crate::settings::Settings;

#[derive(Debug, Subcommand)]
pub enum Access {
    /// Say whether a portal user may do something with a record, why, and what would change that
    Explain(explain::Explain),
}

impl Access {
    pub async fn run(self, settings: &Settings) -> Result<(), Failure> {
        match self {
            Self::Explain(explain) => explain.run(settings).await,
        }
    }
}
