//! `loggia demo`: an invented company, ready to click.

use clap::Args;

use super::serve;
use crate::cli::flag;
use crate::failure::Failure;
use crate::settings::{Flags, Settings, keys};

/// Where the demo lives unless somebody says otherwise.
const DATA: &str = "./data/demo";

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

    pub async fn run(self, settings: Settings) -> Result<(), Failure> {
        let mut settings = settings.with_usual_data(DATA);
        serve::listen(&mut settings).await?;
        let place = settings.data.display();
        Err(Failure::Undone(format!("the demo company for {place} is not in this build yet")))
    }
}
