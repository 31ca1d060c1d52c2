//! One organisation: its licences, its invoices, whether it is held, and what the operator can do for it.

mod forms;

pub use forms::{grant, hold, paid, release};

use app::licences::{Inside, Invoice, Organisation, organisation, word};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::ids::OrgId;
use domain::orgs::Availability;

use self::forms::Refused;
use super::organisations::{Portals, portals};
use super::visit::Visit;
use crate::failure::{PageError, sentence};
use crate::pages::admin::licences::quote::money;
use crate::pages::admin::meter::Meter;
use crate::pages::admin::moments::{When, thousands};
use crate::pages::admin::visit::id;
use crate::pages::shell::Shell;
use crate::pages::with_status;

#[derive(Template)]
#[template(path = "operator/organisation.html")]
struct One {
    shell: Shell,
    id: String,
    name: String,
    data_centre: String,
    began: String,
    hold: Option<(String, When)>,
    /// The form that was not carried out.
    refused: Option<Refused>,
    inside: Result<Shown, String>,
}

/// What could be read of it.
struct Shown {
    meter: Meter,
    policy: String,
    moved: Option<String>,
    free: Option<String>,
    free_for_clients: bool,
    kept: Option<String>,
    purchased: String,
    waiting: u64,
    edition: &'static str,
    portals: Portals,
    until: Option<String>,
    held_from: Option<String>,
    /// Free seats beyond those of the policy.
    granted: u64,
    types: Vec<(String, String, String, String)>,
    invoices: Vec<Bill>,
    /// Those that are neither paid nor taken back, the oldest first: value, label, whether it is chosen.
    owed: Vec<(String, String, bool)>,
}

impl One {
    /// What is wrong with a field of a form.
    fn wrong(&self, form: &str, field: &str) -> Option<&str> {
        let refused = self.refused.as_ref().filter(|of| of.form == form && of.field == field);
        refused.map(|of| of.why.as_str())
    }

    /// What was typed into it; otherwise what stands there at first.
    fn typed<'a>(&'a self, form: &str, field: &str, first: &'a str) -> &'a str {
        let refused = self.refused.as_ref().filter(|of| of.form == form);
        refused.map_or(first, |of| of.posted.one(field))
    }
}

struct Bill {
    number: u64,
    issued: String,
    total: String,
    look: &'static str,
    state: String,
}

pub async fn show(visit: Visit, Path(text): Path<String>) -> Result<Response, PageError> {
    page(&visit, id(&text, "organisation")?, None).await
}

async fn page(visit: &Visit, id: OrgId, refused: Option<Refused>) -> Result<Response, PageError> {
    let Organisation { org, hold, inside } = organisation(&visit.operator, id).await?;
    let now = visit.operator.app().now();
    let status = match refused {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let chosen = refused.as_ref().map_or("", |of| of.posted.one("invoice")).to_owned();
    let page = One {
        shell: visit.shell(&org.name, ""),
        id: org.id.to_string(),
        began: org.created.day().iso(),
        data_centre: org.data_centre,
        hold: hold.map(|hold| (hold.reason, When::new(now, hold.since))),
        refused,
        inside: match inside {
            Ok(inside) => Ok(shown(inside, &now.day().iso(), &chosen)),
            Err(why) => Err(sentence(&why)),
        },
        name: org.name,
    };
    Ok(with_status(status, &page))
}

fn shown(inside: Inside, today: &str, chosen: &str) -> Shown {
    let Inside {
        report,
        standing,
        invoices,
        moved,
    } = inside;
    let mut meter = Meter::new(&report);
    // That leads to a page of the administrator.
    meter.waiting = None;
    let by_type = report.by_user_type.iter().map(|of| {
        let seats = of.invited + of.active;
        (of.name.clone(), thousands(of.invited), thousands(of.active), thousands(seats))
    });
    Shown {
        meter,
        moved: moved.map(|moved| format!("since {}, before it was {}", moved.on.iso(), moved.from)),
        free: report.free.map(thousands),
        free_for_clients: report.free_for == "clients",
        kept: Some(report.grandfathered).filter(|seats| *seats > 0).map(thousands),
        purchased: thousands(report.purchased),
        waiting: report.waiting,
        edition: standing.tenure.edition.name(),
        portals: portals(word(standing.availability)),
        until: match standing.availability {
            Availability::Trial { ends: until } | Availability::Closing { on: until } => Some(until.iso()),
            Availability::Open | Availability::Kept => None,
        },
        held_from: report.held_from.clone(),
        granted: report.granted,
        owed: owed(&invoices, chosen),
        types: by_type.collect(),
        invoices: invoices.into_iter().map(|invoice| bill(invoice, today)).collect(),
        policy: report.policy,
    }
}

fn owed(invoices: &[Invoice], chosen: &str) -> Vec<(String, String, bool)> {
    let open = invoices.iter().rev().filter(|of| of.paid.is_none() && of.credit_note.is_none());
    let choice = |of: &Invoice| {
        let (value, label) = (of.number.to_string(), format!("Invoice {}, {}", of.number, money(of.total)));
        let is_chosen = value == chosen;
        (value, label, is_chosen)
    };
    open.map(choice).collect()
}

/// Days are written so that their order is that of the texts.
fn bill(invoice: Invoice, today: &str) -> Bill {
    let (look, state) = match (&invoice.credit_note, &invoice.paid) {
        (Some(note), _) => ("muted", format!("taken back on {}", note.issued)),
        (None, Some(paid)) => ("ok", format!("paid on {paid}")),
        (None, None) if invoice.due.as_str() < today => ("bad", format!("overdue since {}", invoice.due)),
        (None, None) => ("warn", format!("open, due on {}", invoice.due)),
    };
    Bill {
        number: invoice.number,
        total: money(invoice.total),
        issued: invoice.issued,
        look,
        state,
    }
}
