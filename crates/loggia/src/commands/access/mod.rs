//! `loggia access`: who may see and do what: explained, as text, tested.

mod coverage;
mod explain;
mod exposure;
mod test;
mod text;

use clap::Subcommand;

use crate::failure::Failure;
use crate::settings::Settings;

#[derive(Debug, Subcommand)]
pub enum Access {
    /// Say whether a portal user may do something with a record, why, and what would change that
    Explain(explain::Explain),
    /// Say what is within everybody's reach: without signing in, and by being in a user type
    Exposure(exposure::Exposure),
    /// Write the policies that are in force, as text (TOML)
    Export(text::Export),
    /// Show what a text would change, and change nothing
    Plan(text::Plan),
    /// Put a text into force; what it does not speak of stays
    Apply(text::Apply),
    /// Ask the questions of a file (YAML), or those that are kept, and compare the answers
    Test(test::Test),
}

impl Access {
    pub async fn run(self, settings: &Settings) -> Result<(), Failure> {
        match self {
            Self::Explain(explain) => explain.run(settings).await,
            Self::Exposure(exposure) => exposure.run(settings).await,
            Self::Export(export) => export.run(settings).await,
            Self::Plan(plan) => plan.run(settings).await,
            Self::Apply(apply) => apply.run(settings).await,
            Self::Test(test) => test.run(settings).await,
        }
    }
}
