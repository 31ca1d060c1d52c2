//! Licences: how many seats there are, who holds them, what counts, and what more cost.

mod buying;
mod chart;
mod export;
mod invoices;
mod ledger;
mod printed;
pub(in crate::pages) mod quote;

use app::Ctx;
use app::licences::{Report, TypeReport};
use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;

use self::buying::Shown;
use self::chart::Chart;
use self::quote::{Asked, Calculator};
use super::meter::Meter;
use super::moments::thousands;
use super::visit::Visit;
use crate::failure::PageError;
use crate::pages::shell::Shell;
use crate::pages::with_status;
use crate::routes::{Routes, get, post};

pub fn routes() -> Routes {
    Routes::new()
        .route("/admin/licences", get(show))
        .route("/admin/licences/buy", post(buying::buy))
        .route("/admin/licences/change", post(buying::change))
        .route("/admin/licences/invoices", get(invoices::list))
        .route("/admin/licences/invoices/{number}", get(invoices::one))
        .route("/admin/licences/invoices/{number}/file", get(printed::file))
        .route("/admin/licences/invoices/{number}/pay", post(invoices::pay))
        .route("/admin/licences/ledger", get(ledger::show))
        .route("/admin/licences/ledger/file", get(export::file))
}

#[derive(Template)]
#[template(path = "admin/licences/pool.html")]
struct Licences {
    shell: Shell,
    meter: Meter,
    policy: String,
    free: Option<String>,
    /// Whether only people in the user type that a portal begins with may take up the free ones.
    free_for_clients: bool,
    /// Of those, seats that stay free for ever.
    kept: Option<String>,
    /// Of those, seats that the operator gave.
    granted: Option<String>,
    /// The day on which the trial ends.
    trial_ends: Option<String>,
    purchased: String,
    /// The day from which nobody can be invited, for an invoice is overdue.
    held_from: Option<String>,
    /// How full the pool is, in per cent, where that is worth a word: 80, 95, 100.
    fullness: u64,
    bought: Option<Shown>,
    may_buy: bool,
    /// What was asked for the next period, and why it cannot be.
    change: Option<(String, String)>,
    rows: Vec<Row>,
    chart: Chart,
    /// None: no licences are sold here.
    calculator: Option<Calculator>,
}

struct Row {
    id: String,
    name: String,
    invited: String,
    active: String,
    seats: String,
}

/// A user type's name, with its portal if there are several. One that was made a moment ago is not in memory yet.
fn called(ctx: &Ctx, of: &TypeReport) -> String {
    let known = ctx.snapshot.user_type(of.id);
    known.map_or_else(|| of.name.clone(), |known| ctx.snapshot.called(known))
}

fn rows(ctx: &Ctx, report: &Report) -> Vec<Row> {
    let row = |t: &TypeReport| Row {
        id: t.id.to_string(),
        name: called(ctx, t),
        invited: thousands(t.invited),
        active: thousands(t.active),
        seats: thousands(t.invited + t.active),
    };
    report.by_user_type.iter().map(row).collect()
}

async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    page(&visit, &asked, Trouble::None).await
}

/// What whoever looks at the page has just tried in vain.
enum Trouble {
    None,
    Buying(String),
    Changing { next: String, why: String },
}

async fn page(visit: &Visit, asked: &Asked, trouble: Trouble) -> Result<Response, PageError> {
    let ctx = visit.ctx();
    let report = app::licences::show(ctx).await?;
    let mut calculator = Calculator::of(ctx, report.subscription.as_ref(), asked).await?;
    let days = chart::span(&asked.days);
    let history = app::licences::history(ctx, days).await?;
    let status = match trouble {
        Trouble::None => StatusCode::OK,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let change = match trouble {
        Trouble::Changing { next, why } => Some((next, why)),
        Trouble::Buying(why) => {
            if let Some(calculator) = &mut calculator {
                calculator.problem = Some(why);
            }
            None
        }
        Trouble::None => None,
    };
    let page = Licences {
        shell: visit.shell("Licences", "licences"),
        meter: Meter::new(&report),
        free: report.free.map(thousands),
        free_for_clients: report.free_for == "clients",
        kept: Some(report.grandfathered).filter(|seats| *seats > 0).map(thousands),
        granted: Some(report.granted).filter(|seats| *seats > 0).map(thousands),
        trial_ends: report.trial_ends.clone(),
        purchased: thousands(report.purchased),
        held_from: report.held_from.clone(),
        fullness: report.fullness,
        bought: report.subscription.as_ref().map(Shown::of),
        may_buy: ctx.rights.manage_portals,
        change,
        rows: rows(ctx, &report),
        chart: Chart::new(ctx, &report, &history, days),
        calculator,
        policy: report.policy,
    };
    Ok(with_status(status, &page))
}
