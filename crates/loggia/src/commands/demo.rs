//! `loggia demo`: a demo organisation, ready to click.

use clap::Args;

use crate::cli::flag;
use crate::failure::Failure;
use crate::settings::{Flags, Settings, keys};

#[derive(Debug, Args)]
pub struct Demo {
    /// Where to listen [env: LOGGIA_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
}

impl Demo {
    pub fn flags(&self) -> Flags {
        flag(&keys::LISTEN, "--listen", self.listen.as_ref()).into_iter().collect()
    }

    pub async fn run(self, _settings: Settings) -> Result<(), Failure> {
        Err(Failure::Undone("the demo is not there yet".into()))
    }
}
