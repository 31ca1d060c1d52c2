//! `loggia client`: makes API clients.

use clap::{Args, Subcommand};

use crate::failure::Failure;
use crate::settings::Settings;
use crate::{opening, output};

#[derive(Debug, Subcommand)]
pub enum Client {
    /// Make an API client that acts for somebody; its secrets are shown once
    Create(Create),
}

#[derive(Debug, Args)]
pub struct Create {
    /// The organisation, by id or name
    #[arg(long, value_name = "ORG")]
    org: String,
    /// The address of the employee or portal user for whom the client acts
    #[arg(long = "as", value_name = "EMAIL")]
    acts_for: String,
    /// What the client is called in the administrator's pages
    #[arg(long, value_name = "NAME", default_value = "command line")]
    name: String,
    /// What it may do, as scopes parted by commas: ZohoCRM.modules.Contacts.READ,ZohoCRM.settings.ALL
    #[arg(long, value_name = "SCOPES", default_value = app::clients::EVERYTHING)]
    scope: String,
    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
}

impl Client {
    pub async fn run(self, settings: &Settings) -> Result<(), Failure> {
        let Self::Create(create) = self;
        let (app, ctx) = opening::organisation(settings, &create.org).await?;
        let new = app::clients::create(&ctx, &create.name, &create.acts_for, &create.scope).await;
        app.close().await;
        let new = new.map_err(|error| match error {
            app::Error::NotFound(what) => Failure::Undone(format!("there is no {what} {:?} in {:?}", create.acts_for, create.org)),
            other => other.into(),
        })?;
        output::document(create.json, &new, || {
            format!(
                "Client id      {}\nClient secret  {}\nRefresh token  {}\n",
                new.client_id, new.client_secret, new.refresh_token
            )
        })
    }
}
