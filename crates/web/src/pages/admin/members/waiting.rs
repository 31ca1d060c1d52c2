//! Waiting for Portal Access: people who signed up, and are not let in yet.

use app::Error;
use app::sign_ups::{self, Applicant, Line};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::ids::SignUpId;
use domain::members::sign_up::Stage;

use super::super::moments::{When, thousands};
use super::super::posted::Posted;
use super::super::visit::{Visit, id};
use super::list::{Tab, tabs_of_waiting};
use crate::failure::{PageError, sentence, status};
use crate::pages::done::{Done, lead_to};
use crate::pages::shell::{Person, Shell};
use crate::pages::with_status;

const HOME: &str = "/admin/members/waiting";

#[derive(Template)]
#[template(path = "admin/members/waiting.html")]
struct Page {
    shell: Shell,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    /// How many there are beyond those shown.
    more: Option<String>,
    /// Whether people can sign up at all.
    form: bool,
    may_open: bool,
    problem: Option<String>,
}

struct Row {
    id: SignUpId,
    person: Person,
    user_type: String,
    answers: Vec<(String, String)>,
    since: When,
    /// Whether somebody has to decide.
    asks: bool,
    /// The records they may be: id and name.
    twins: Vec<(String, String)>,
    trouble: Option<String>,
    open: bool,
}

fn row(visit: &Visit, found: Applicant) -> Row {
    let ctx = visit.ctx();
    let user_type = ctx.snapshot.user_type(found.user_type);
    Row {
        id: found.id,
        person: Person::new(&found.name, &found.email),
        user_type: user_type.map(|t| ctx.snapshot.called(t)).unwrap_or_default(),
        answers: found.answers,
        since: When::new(ctx.now, found.since),
        asks: found.stage == Stage::Asking,
        twins: found.twins.into_iter().map(|t| (t.record.to_string(), t.name)).collect(),
        trouble: found.trouble.map(|t| sentence(&t)),
        open: found.open,
    }
}

async fn page(visit: &Visit, problem: Option<String>) -> Result<Page, Error> {
    let ctx = visit.ctx();
    let Line { applicants, counts } = sign_ups::line(ctx).await?;
    let more = counts.all().saturating_sub(u64::try_from(applicants.len()).unwrap_or(u64::MAX));
    Ok(Page {
        shell: visit.shell("Waiting for access", "members"),
        tabs: tabs_of_waiting(ctx).await?,
        rows: applicants.into_iter().map(|found| row(visit, found)).collect(),
        more: (more > 0).then(|| thousands(more)),
        form: !ctx.snapshot.sign_ups.is_empty(),
        may_open: ctx.rights.manage_portals,
        problem,
    })
}

pub async fn show(visit: Visit) -> Result<Response, PageError> {
    Ok(with_status(StatusCode::OK, &page(&visit, None).await?))
}

/// Lets somebody in, as the record that was chosen or as a new one.
pub async fn accept(visit: Visit, Path(applicant): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let applicant = id(&applicant, "sign-up")?;
    let record = match posted.one("as") {
        "" if posted.has("as") => return undecided(&visit).await,
        "" | "new" => None,
        text => Some(id(text, "record")?),
    };
    match sign_ups::accept(visit.ctx(), applicant, record).await {
        Ok(true) => Ok(lead_to(HOME, Done::LetIn)),
        Ok(false) => Ok(lead_to(HOME, Done::InLine)),
        Err(error @ (Error::NotLetIn(_) | Error::Input(..))) => {
            let (code, problem) = (status(error.kind()), sentence(&error.to_string()));
            Ok(with_status(code, &page(&visit, Some(problem)).await?))
        }
        Err(other) => Err(other.into()),
    }
}

/// There are records with the same address, and nobody said whether this is one of those people.
async fn undecided(visit: &Visit) -> Result<Response, PageError> {
    let problem = "Expected a choice: as which record they are let in.".to_owned();
    let page = page(visit, Some(problem)).await?;
    Ok(with_status(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

pub async fn decline(visit: Visit, Path(applicant): Path<String>) -> Result<Response, PageError> {
    sign_ups::decline(visit.ctx(), id(&applicant, "sign-up")?).await?;
    Ok(lead_to(HOME, Done::TurnedAway))
}
