//! A new roll-out: tried first, and begun only from what was tried.

use app::licences::{Change, Figures};
use app::rollouts::{Planned, plan, start};
use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use domain::licences::{LicencePolicy, Staying};
use domain::orgs::Edition;

use super::asked::{Asked, Problem};
use super::visit::Visit;
use crate::failure::PageError;
use crate::pages::admin::licences::quote::money;
use crate::pages::admin::moments::{counted, thousands};
use crate::pages::admin::posted::Posted;
use crate::pages::done::{Done, lead_to};
use crate::pages::shell::Shell;
use crate::pages::with_status;

#[derive(Template)]
#[template(path = "operator/rollouts/new.html")]
struct New {
    shell: Shell,
    asked: Asked,
    /// Value, label, whether it is chosen.
    policies: Vec<(String, String, bool)>,
    data_centres: Vec<(String, String, bool)>,
    editions: Vec<(String, String, bool)>,
    problem: Option<Problem>,
    tried: Option<Tried>,
}

impl New {
    /// What is wrong with a field.
    fn wrong(&self, field: &str) -> Option<&str> {
        self.problem.as_ref().filter(|of| of.field == field).map(|of| of.text.as_str())
    }
}

/// What would happen.
struct Tried {
    policy: String,
    said: String,
    moved: u64,
    rows: Vec<Row>,
}

struct Row {
    id: String,
    name: String,
    data_centre: String,
    free: String,
    allowance: String,
    consumed: String,
    /// What the next period costs, and what it costs then, if that is something else.
    invoice: (String, Option<String>),
    look: &'static str,
    becomes: &'static str,
    /// What people of a user type gain; or why it stays or cannot be read.
    more: Vec<String>,
}

pub async fn show(visit: Visit, Query(pairs): Query<Vec<(String, String)>>) -> Result<Response, PageError> {
    let form = Posted::from(pairs);
    let asked = Asked::of(&form);
    if !form.has("policy") {
        return page(&visit, asked, None, None).await;
    }
    let tried = match asked.cohort() {
        Ok(cohort) => plan(&visit.operator, &asked.policy, cohort).await,
        Err(unreadable) => Err(unreadable),
    };
    match tried {
        Ok(planned) => {
            let tried = told(&asked.policy, &planned);
            page(&visit, asked, Some(tried), None).await
        }
        Err(error) => {
            let problem = Problem::of(error)?;
            page(&visit, asked, None, Some(problem)).await
        }
    }
}

pub async fn begin(visit: Visit, form: Posted) -> Result<Response, PageError> {
    let asked = Asked::of(&form);
    let begun = match asked.cohort() {
        Ok(_) if !form.has("sure") => return unsure(&visit, asked).await,
        Ok(cohort) => start(&visit.operator, &asked.policy, cohort).await,
        Err(unreadable) => Err(unreadable),
    };
    match begun {
        Ok(_) => Ok(lead_to("/operator/rollouts", Done::RolloutBegun)),
        Err(error) => {
            let problem = Problem::of(error)?;
            page(&visit, asked, None, Some(problem)).await
        }
    }
}

/// Nothing begins before somebody has said that they have looked at what would happen.
async fn unsure(visit: &Visit, asked: Asked) -> Result<Response, PageError> {
    let planned = match asked.cohort() {
        Ok(cohort) => plan(&visit.operator, &asked.policy, cohort).await,
        Err(unreadable) => Err(unreadable),
    };
    let (tried, problem) = match planned {
        Ok(planned) => {
            let text = "Nothing has begun. Tick the box once you have looked at the table.".into();
            (Some(told(&asked.policy, &planned)), Problem { field: "sure", text })
        }
        Err(error) => (None, Problem::of(error)?),
    };
    page(visit, asked, tried, Some(problem)).await
}

async fn page(visit: &Visit, asked: Asked, tried: Option<Tried>, problem: Option<Problem>) -> Result<Response, PageError> {
    let app = visit.operator.app();
    let orgs = app::orgs::list(app).await?;
    let mut centres: Vec<String> = orgs.into_iter().map(|org| org.data_centre).collect();
    centres.sort();
    centres.dedup();
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let centre = |name: String| {
        let is_chosen = asked.data_centres.contains(&name);
        (name.clone(), name, is_chosen)
    };
    let edition = |edition: Edition| {
        let name = edition.name().to_owned();
        let is_chosen = asked.editions.contains(&name);
        (name.clone(), name, is_chosen)
    };
    let page = New {
        shell: visit.shell("New roll-out", "rollouts"),
        // Nobody comes to the earliest policy from another one.
        policies: app.settings().licences.all().skip(1).map(|policy| choice(policy, &asked)).collect(),
        data_centres: centres.into_iter().map(centre).collect(),
        editions: Edition::ALL.into_iter().map(edition).collect(),
        asked,
        problem,
        tried,
    };
    Ok(with_status(status, &page))
}

fn choice(policy: &LicencePolicy, asked: &Asked) -> (String, String, bool) {
    let label = format!("{}, since {}", policy.name, policy.since.iso());
    (policy.name.clone(), label, policy.name == asked.policy)
}

fn told(policy: &str, planned: &[Planned]) -> Tried {
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let moved = planned
        .iter()
        .filter(|one| one.change.as_ref().is_some_and(|change| change.stays.is_none()));
    let moved = count(moved.count());
    let all = counted(count(planned.len()), "organisation", "organisations");
    Tried {
        policy: policy.to_owned(),
        said: format!(
            "{} of {all} would be moved to {policy}. So far nothing is changed.",
            thousands(moved)
        ),
        moved,
        rows: planned.iter().map(row).collect(),
    }
}

fn row(one: &Planned) -> Row {
    let mut row = Row {
        id: one.id.to_string(),
        name: one.name.clone(),
        data_centre: one.data_centre.clone(),
        free: String::new(),
        allowance: String::new(),
        consumed: String::new(),
        invoice: (String::new(), None),
        look: "bad",
        becomes: "cannot be read",
        more: one.failed.iter().cloned().collect(),
    };
    if let Some(change) = &one.change {
        fill(&mut row, change);
    }
    row
}

fn fill(row: &mut Row, change: &Change) {
    let Change {
        before,
        after,
        stays,
        gains,
    } = change;
    let both = |of: fn(&Figures) -> String| match after {
        Some(after) if of(after) != of(before) => format!("{} → {}", of(before), of(after)),
        _ => of(before),
    };
    (row.free, row.allowance) = (both(|of| seats(of.free)), both(|of| seats(of.allowance)));
    row.consumed = thousands(before.consumed);
    let then = after.as_ref().map(invoice).filter(|then| *then != invoice(before));
    row.invoice = (invoice(before), then);
    (row.look, row.becomes) = match stays {
        None => ("ok", "is moved"),
        Some(_) => ("muted", "stays"),
    };
    row.more.extend(stays.map(|why| Staying::words(why).to_owned()));
    let gained = gains.iter().filter(|of| !of.gains.is_empty());
    row.more
        .extend(gained.map(|of| format!("{}: {}", of.user_type, of.gains.join(", "))));
}

fn seats(seats: Option<u64>) -> String {
    seats.map_or_else(|| "unlimited".to_owned(), thousands)
}

fn invoice(figures: &Figures) -> String {
    match (&figures.next_invoice, &figures.currency) {
        (Some(total), _) => money(*total),
        (None, Some(_)) => "no prices".to_owned(),
        (None, None) => "none".to_owned(),
    }
}
