//! What the operator does for one organisation: holds it back, gives it seats, notes that it has paid.

use app::licences::organisation;
use app::{Error, operators, rollouts};
use axum::extract::Path;
use axum::response::Response;
use domain::ids::OrgId;

use super::page;
use crate::failure::{PageError, sentence};
use crate::pages::admin::posted::Posted;
use crate::pages::admin::visit::id;
use crate::pages::done::{Done, lead_to};
use crate::pages::operator::visit::Visit;

/// A form that was not carried out, with what was typed.
pub(super) struct Refused {
    pub form: &'static str,
    pub field: &'static str,
    pub why: String,
    pub posted: Posted,
}

pub async fn hold(visit: Visit, Path(text): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let org: OrgId = id(&text, "organisation")?;
    // Whoever is not there is not held.
    organisation(&visit.operator, org).await?;
    let held = rollouts::hold(&visit.operator, org, posted.one("reason")).await;
    answer(&visit, org, "hold", posted, held.map(|()| Done::Held)).await
}

pub async fn release(visit: Visit, Path(text): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let org: OrgId = id(&text, "organisation")?;
    let released = match rollouts::release(&visit.operator, org).await {
        // Somebody else has let it go meanwhile: that is what was wanted.
        Err(Error::NotFound("hold")) => Ok(()),
        other => other,
    };
    answer(&visit, org, "hold", posted, released.map(|()| Done::Released)).await
}

pub async fn grant(visit: Visit, Path(text): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let org: OrgId = id(&text, "organisation")?;
    let granted = match posted.trimmed("seats").parse() {
        Ok(seats) => operators::grant(&visit.operator, org, seats, posted.one("grant-reason")).await,
        Err(_) => Err(Error::Input("seats", "a whole number from 0 on".into())),
    };
    answer(&visit, org, "grant", posted, granted.map(|_| Done::SeatsGranted)).await
}

pub async fn paid(visit: Visit, Path(text): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let org: OrgId = id(&text, "organisation")?;
    let paid = match posted.trimmed("invoice").parse() {
        Ok(number) => operators::pay(&visit.operator, org, number, posted.one("reference")).await,
        Err(_) => Err(Error::Input("invoice", "one that there is".into())),
    };
    answer(&visit, org, "paid", posted, paid.map(|_| Done::NotedPaid)).await
}

/// Leads back to the page, or shows it with what is wrong in the form.
async fn answer(visit: &Visit, org: OrgId, form: &'static str, posted: Posted, done: Result<Done, Error>) -> Result<Response, PageError> {
    let (field, why) = match done {
        Ok(done) => return Ok(lead_to(&format!("/operator/organisations/{org}"), done)),
        Err(Error::Input(field, expected)) => (field, format!("expected {expected}")),
        Err(Error::NotFound("invoice")) => ("invoice", "there is no such invoice".to_owned()),
        Err(error @ Error::TakenBack(_)) => ("invoice", error.to_string()),
        Err(other) => return Err(other.into()),
    };
    let refused = Refused {
        form,
        field,
        why: sentence(&why),
        posted,
    };
    page(visit, org, Some(refused)).await
}
