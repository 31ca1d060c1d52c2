//! Licences: how many seats there are, who holds them, what counts, and what more cost.

mod ledger;
mod quote;

pub use ledger::show as ledger;

use app::Ctx;
use app::licences::Report;
use askama::Template;
use axum::extract::Query;
use axum::response::Response;

use self::quote::{Asked, Calculator};
use super::meter::Meter;
use super::moments::thousands;
use super::visit::Visit;
use crate::failure::PageError;
use crate::pages::shell::Shell;
use crate::pages::show as show_page;

#[derive(Template)]
#[template(path = "admin/licences/pool.html")]
struct Licences {
    shell: Shell,
    meter: Meter,
    policy: String,
    free: Option<String>,
    purchased: String,
    rows: Vec<Row>,
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

fn rows(ctx: &Ctx, report: &Report) -> Vec<Row> {
    let called = |t: &app::licences::TypeReport| ctx.snapshot.user_type(t.id).map(|known| ctx.snapshot.called(known));
    let row = |t: &app::licences::TypeReport| Row {
        id: t.id.to_string(),
        name: called(t).unwrap_or_else(|| t.name.clone()),
        invited: thousands(t.invited),
        active: thousands(t.active),
        seats: thousands(t.invited + t.active),
    };
    report.by_user_type.iter().map(row).collect()
}

pub async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let report = app::licences::show(visit.ctx()).await?;
    Ok(show_page(&Licences {
        shell: visit.shell("Licences", "licences"),
        meter: Meter::new(&report),
        free: report.free.map(thousands),
        purchased: thousands(report.purchased),
        rows: rows(visit.ctx(), &report),
        calculator: Calculator::of(visit.ctx(), &asked)?,
        policy: report.policy,
    }))
}
