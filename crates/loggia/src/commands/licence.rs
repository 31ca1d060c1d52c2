//! `loggia licence`: the licence pool.

mod buying;
mod overview;

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
        #[command(flatten)]
        of: Of,
    },
    /// Show how all organisations stand, and what they owe
    Overview {
        /// One JSON document instead of text
        #[arg(long)]
        json: bool,
    },
    /// Show what was invoiced and taken back, by month and currency, of all organisations
    Revenue {
        /// One JSON document instead of text
        #[arg(long)]
        json: bool,
    },
    /// Show what licences beyond the free ones cost, slab by slab, by the policy's prices of today
    Quote(Asked),
    /// Buy more licences: they are there at once, and an invoice is written
    Buy {
        #[command(flatten)]
        of: Of,
        /// How many more
        #[arg(long, value_name = "N", allow_hyphen_values = true)]
        quantity: String,
        /// The currency, by its code; as before, or the policy's first, if it is not said
        #[arg(long, value_name = "CODE", default_value = "", hide_default_value = true)]
        currency: String,
        /// monthly or yearly; as before, or the policy's first, if it is not said
        #[arg(long, value_name = "CYCLE", default_value = "", hide_default_value = true)]
        cycle: String,
    },
    /// Have so many licences from the next period on; 0 cancels
    Reduce {
        #[command(flatten)]
        of: Of,
        /// How many licences then
        #[arg(long, value_name = "N")]
        to: u64,
    },
    /// Begin the next period where one is over; a running server does so by itself
    Renew {
        #[command(flatten)]
        of: Of,
    },
    /// List the invoices, the newest first
    Invoices {
        #[command(flatten)]
        of: Of,
    },
    /// Note that an invoice was paid
    Paid {
        #[command(flatten)]
        of: Of,
        /// The invoice's number
        #[arg(long, value_name = "N")]
        invoice: u64,
        /// What stands beside it, such as the bank's reference
        #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
        reference: String,
    },
    /// Take an invoice back by a credit note; the licences stay bought
    Credit {
        #[command(flatten)]
        of: Of,
        /// The invoice's number
        #[arg(long, value_name = "N")]
        invoice: u64,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Give free seats beyond those of the policy, so many in all; 0 takes them back, and puts nobody out
    Grant {
        #[command(flatten)]
        of: Of,
        /// How many in all
        #[arg(long, value_name = "N")]
        seats: u64,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Work the figures out from the first event on, and compare them with the live ones; changes nothing
    Recompute {
        #[command(flatten)]
        of: Of,
    },
}

/// Which organisation, and how it is said.
#[derive(Debug, Args)]
pub struct Of {
    /// The organisation, by id or name
    #[arg(long, value_name = "ORG")]
    org: String,
    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
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
            Self::Show { of } => show(settings, &of).await,
            Self::Overview { json } => overview::overview(settings, json).await,
            Self::Revenue { json } => overview::revenue(settings, json).await,
            Self::Quote(asked) => quote(settings, &asked),
            Self::Buy {
                of,
                quantity,
                currency,
                cycle,
            } => {
                let wanted = Wanted::read(&quantity, &currency, &cycle)?;
                buying::step(settings, &of, async |ctx| app::licences::purchase(ctx, wanted).await).await
            }
            Self::Reduce { of, to } => buying::step(settings, &of, async |ctx| app::licences::reduce(ctx, to).await).await,
            Self::Renew { of } => buying::renew(settings, &of).await,
            Self::Invoices { of } => buying::invoices(settings, &of).await,
            Self::Paid { of, invoice, reference } => {
                buying::invoice(settings, &of, async |ctx| app::licences::pay(ctx, invoice, &reference).await).await
            }
            Self::Credit { of, invoice, reason } => {
                buying::invoice(settings, &of, async |ctx| app::licences::credit(ctx, invoice, &reason).await).await
            }
            Self::Grant { of, seats, reason } => grant(settings, &of, seats, &reason).await,
            Self::Recompute { of } => recompute(settings, &of).await,
        }
    }
}

async fn show(settings: &Settings, of: &Of) -> Result<(), Failure> {
    let (app, ctx) = opening::organisation(settings, &of.org).await?;
    let report = app::licences::show(&ctx).await;
    app.close().await;
    let report = report?;
    output::document(of.json, &report, || readable(&report))
}

async fn grant(settings: &Settings, of: &Of, seats: u64, reason: &str) -> Result<(), Failure> {
    let (app, ctx) = opening::organisation(settings, &of.org).await?;
    let granted = app::licences::grant(&ctx, seats, reason).await;
    app.close().await;
    let granted = granted?;
    output::document(of.json, &granted, || {
        format!(
            "Granted    {}, before {}\nAllowance  {}\n",
            granted.granted,
            granted.before,
            limit(granted.allowance)
        )
    })
}

/// A number of seats that may be unlimited.
fn limit(seats: Option<u64>) -> String {
    seats.map_or_else(|| "unlimited".to_owned(), |n| n.to_string())
}

fn quote(settings: &Settings, asked: &Asked) -> Result<(), Failure> {
    let wanted = Wanted::read(&asked.quantity, &asked.currency, &asked.cycle)?;
    let today = SystemClock.now().day();
    let quote = app::licences::price(settings.product.licences.on(today), wanted, today)?;
    output::document(asked.json, &quote, || lines(&quote))
}

async fn recompute(settings: &Settings, of: &Of) -> Result<(), Failure> {
    let (app, ctx) = opening::organisation(settings, &of.org).await?;
    let found = app::licences::recompute(&ctx).await;
    app.close().await;
    let found = found?;
    output::document(of.json, &found, || {
        format!(
            "Events     {}\nBy events  {}\nConsumed   {}\nPurchased  {}\n",
            found.events, found.by_events, found.consumed, found.purchased
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
    let by_type = report.by_user_type.iter();
    let rows = by_type.map(|t| vec![t.name.clone(), t.invited.to_string(), t.active.to_string()]);
    let for_whom = if report.free_for == "clients" {
        " for clients, everybody else needs a purchased one"
    } else {
        ""
    };
    let kept = match report.grandfathered {
        0 => String::new(),
        kept => format!(", of which {kept} stay so for ever"),
    };
    let granted = match report.granted {
        0 => String::new(),
        granted => format!(", of which {granted} were granted"),
    };
    let trial = report
        .trial_ends
        .as_ref()
        .map(|day| format!("\nTrial      until {day}"))
        .unwrap_or_default();
    format!(
        "Policy     {}{trial}\nFree       {}{for_whom}{kept}{granted}\nPurchased  {}\nAllowance  {}\nConsumed   {}\nWaiting    {}\n\n{}",
        report.policy,
        limit(report.free),
        report.purchased,
        limit(report.allowance),
        report.consumed,
        report.waiting,
        output::table(&["USER TYPE", "INVITED", "ACTIVE"], &rows.collect::<Vec<_>>()),
    )
}
