//! `cargo xtask bench`: the list of deals over HTTP, beside the same list written by hand.
//!
//! With `scale`, what access costs in a large company: see [`scale`]. With `claims`, what a seat costs to take: see [`claims`].
//! With `bulk`, a million records in and out: see [`bulk`].
//!
//! A company is generated inside the product: contacts, deals, and portal users who each see about 500 of the deals
//! through an OR of two look-ups. Then two servers run in this process: the product, and a bare handler over the driver
//! with the best SQL known. Both must answer the same; then they are measured in turn, slice by slice, so that whatever
//! else the machine does befalls both. The figure that counts is the ratio.

mod bare;
mod bulk;
mod claims;
mod company;
mod cpu;
mod duel;
mod load;
mod place;
mod product;
mod scale;
mod shape;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use tokio::net::TcpListener;

use crate::company::Company;
use crate::place::Place;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn std::error::Error + Send + Sync>;
type Done<T = ()> = Result<T, Failure>;

/// Below this ratio of requests per second the product is too slow.
const LEAST: f64 = 0.60;
/// The most statements a request may cost.
const STATEMENTS: f64 = 2.0;

#[derive(Debug, Parser)]
#[command(about = "Measures the list of deals beside the same list written by hand")]
struct Arguments {
    /// What is measured.
    #[arg(value_enum, default_value = "handwritten")]
    what: What,
    /// Short slices: a look, not a measurement.
    #[arg(long)]
    quick: bool,
    /// One database only.
    #[arg(long)]
    database: Option<Kind>,
    /// How many deals there are; a fifth as many contacts.
    #[arg(long, default_value_t = 500_000, value_parser = clap::value_parser!(i64).range(100_000..))]
    deals: i64,
    /// How many records are written and read in bulk.
    #[arg(long, default_value_t = 1_000_000)]
    records: u64,
    /// How many pairs of slices.
    #[arg(long)]
    pairs: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// The product beside a handler written by hand.
    Handwritten,
    /// The lists of portal users beside the administrator's, among 1,000,000 deals and 10,000 portal users.
    Scale,
    /// What a seat costs to take where ten are held, and where a million are.
    Claims,
    /// 1,000,000 records written and read in bulk, and the server's memory at its highest.
    Bulk,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    Sqlite,
    Postgres,
}

impl Arguments {
    fn pairs(&self) -> usize {
        self.pairs.unwrap_or(if self.quick { 8 } else { 30 })
    }

    fn slice(&self) -> Duration {
        Duration::from_millis(if self.quick { 500 } else { 1000 })
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut good = true;
    for kind in [Kind::Sqlite, Kind::Postgres] {
        if arguments.database.is_some_and(|only| only != kind) {
            continue;
        }
        let measured = match arguments.what {
            What::Handwritten => measure(kind, &arguments),
            What::Scale => scale::measure(kind, &arguments),
            What::Claims => claims::measure(kind, &arguments),
            What::Bulk => bulk::measure(kind, &arguments),
        };
        match measured {
            Ok(enough) => good &= enough,
            Err(error) => {
                eprintln!("error: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    if good {
        ExitCode::SUCCESS
    } else {
        eprintln!("error: slower, or with more memory, than promised");
        ExitCode::FAILURE
    }
}

/// Whether the median ratio on a fresh database is good enough.
fn measure(kind: Kind, arguments: &Arguments) -> Done<bool> {
    let server = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let place = server.block_on(Place::of(kind))?;
    println!("{kind:?}: generating {} deals", arguments.deals);
    let company = server.block_on(Company::found(&place, arguments.deals))?;
    server.block_on(place.settle())?;
    let (ours, bare) = server.block_on(async {
        let ours = serve(product::router(company.app.clone())).await?;
        Ok::<_, Failure>((ours, serve(bare::router(&place, &company).await?).await?))
    })?;
    let sides = duel::Sides::new(&company, ours, bare);
    sides.compare()?;
    let statements = sides.statements(&company)?;
    println!("{kind:?}: answers agree; {statements:.2} statements per request");
    if statements > STATEMENTS {
        return Err(format!("{statements:.2} statements per request, at most {STATEMENTS} are allowed").into());
    }
    let ratio = sides.fight(arguments.pairs(), arguments.slice())?;
    server.block_on(company.app.close());
    Ok(ratio >= LEAST)
}

/// Serves a router on a free port of this machine.
async fn serve(router: axum::Router) -> Done<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    Ok(address)
}
