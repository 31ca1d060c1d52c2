//! `loggia licence`: the licence pool.

use app::clock::{Clock, SystemClock};
use app::licences::{Report, Wanted};
use clap::{Args, Subcommand};
use domain::licences::Quote;

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
    /// Show what licences beyond the free ones cost, slab by slab, by the policy's prices of today
    Quote(Asked),
    /// Work the figures out from the first event on, and compare them with the live ones; changes nothing
    Recompute {
        /// The organisation, by id or name
        #[arg(long, value_name = "ORG")]
        org: String,
        /// One JSON document instead of text
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub struct Asked {
    /// How many licences
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    quantity: String,
    /// The currency, by its code; the policy's first if it is not said
    #[arg(long, value_name = "CODE", default_value = "", hide_default_value = true)]
    currency: String,
    /// monthly or yearly; the policy's first if it is not said
    #[arg(long, value_name = "CYCLE", default_value = "", hide_default_value = true)]
    cycle: String,
    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
}

impl Licence {
    pub async fn run(self, settings: &Settings) -> Result<(), Failure> {
        match self {
            Self::Show { org, json } => show(settings, &org, json).await,
            Self::Quote(asked) => quote(settings, &asked),
            Self::Recompute { org, json } => recompute(settings, &org, json).await,
        }
    }
}

async fn show(settings: &Settings, org: &str, json: bool) -> Result<(), Failure> {
    let (app, ctx) = opening::organisation(settings, org).await?;
    let report = app::licences::show(&ctx).await;
    app.close().await;
    let report = report?;
    output::document(json, &report, || readable(&report))
}

fn quote(settings: &Settings, asked: &Asked) -> Result<(), Failure> {
    let wanted = Wanted::read(&asked.quantity, &asked.currency, &asked.cycle)?;
    let quote = app::licences::price(&settings.product.licences, wanted, SystemClock.now().day())?;
    output::document(asked.json, &quote, || lines(&quote))
}

async fn recompute(settings: &Settings, org: &str, json: bool) -> Result<(), Failure> {
    let (app, ctx) = opening::organisation(settings, org).await?;
    let found = app::licences::recompute(&ctx).await;
    app.close().await;
    let found = found?;
    output::document(json, &found, || {
        format!(
            "Events     {}\nBy events  {}\nConsumed   {}\n",
            found.events, found.by_events, found.consumed
        )
    })?;
    match found.wrong.as_slice() {
        [] => Ok(()),
        wrong => Err(Failure::Undone(format!(
            "the ledger and the pool differ:\n  {}",
            wrong.join("\n  ")
        ))),
    }
}

fn lines(quote: &Quote) -> String {
    let row = |line: &domain::licences::Line| {
        let licences = format!("{} to {}", line.from, line.to);
        vec![
            licences,
            line.quantity.to_string(),
            line.unit_price.to_string(),
            line.amount.to_string(),
        ]
    };
    format!(
        "{}\nTotal  {} {}, {}\n",
        output::table(
            &["LICENCES", "QUANTITY", "EACH", "AMOUNT"],
            &quote.lines.iter().map(row).collect::<Vec<_>>()
        ),
        quote.total,
        quote.currency.code(),
        quote.cycle.name(),
    )
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
