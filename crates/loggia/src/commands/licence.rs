//! `loggia licence`: the licence pool.

use app::licences::Report;
use clap::Subcommand;

use crate::failure::Failure;
use crate::settings::Settings;
use crate::{opening, output};

#[derive(Debug, Subcommand)]
pub enum Licence {
    /// Show the policy, the seats, and who takes them up
    Show {
        /// The organisation, by id or name
        #[arg(long, value_name = "ORG")]
        org: String,
        /// One JSON document instead of text
        #[arg(long)]
        json: bool,
    },
}

impl Licence {
    pub async fn run(self, settings: &Settings) -> Result<(), Failure> {
        let Self::Show { org, json } = self;
        let (app, ctx) = opening::organisation(settings, &org).await?;
        let report = app::licences::show(&ctx).await;
        app.close().await;
        let report = report?;
        output::document(json, &report, || readable(&report))
    }
}

fn readable(report: &Report) -> String {
    let seats = |seats: Option<u64>| seats.map_or_else(|| "unlimited".to_owned(), |n| n.to_string());
    let by_type = report.by_user_type.iter();
    let rows = by_type.map(|t| vec![t.name.clone(), t.invited.to_string(), t.active.to_string()]);
    format!(
        "Policy     {}\nFree       {}\nPurchased  {}\nAllowance  {}\nConsumed   {}\nWaiting    {}\n\n{}",
        report.policy,
        seats(report.free),
        report.purchased,
        seats(report.allowance),
        report.consumed,
        report.waiting,
        output::table(&["USER TYPE", "INVITED", "ACTIVE"], &rows.collect::<Vec<_>>()),
    )
}
