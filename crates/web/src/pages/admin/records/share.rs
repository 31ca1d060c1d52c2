//! With whom a record is shared, one by one.

use app::records::{Audience, SharedWith, audiences};
use app::{Ctx, Error};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::access::Access;
use domain::ids::RecordId;
use serde::Deserialize;

use super::super::moments::When;
use super::super::visit::{Visit, id};
use crate::failure::PageError;
use crate::pages::done::{Done, lead_to};
use crate::pages::posted::Posted;
use crate::pages::records::lookup::{Choosable, choosable};
use crate::pages::records::record;
use crate::pages::shell::Shell;
use crate::pages::with_status;

#[derive(Template)]
#[template(path = "admin/records/share.html")]
struct Page {
    shell: Shell,
    /// The page of the record.
    record: String,
    name: String,
    module: String,
    groups: Vec<Group>,
    people: Vec<Person>,
    /// What is wrong with the choice, and for which group.
    wrong: Option<(String, String)>,
}

/// People who can be chosen.
struct Group {
    api_name: String,
    singular: String,
    user_types: String,
    choices: Vec<Choosable>,
}

/// Somebody the record is shared with.
pub(super) struct Person {
    id: RecordId,
    pub name: String,
    email: String,
    href: Option<String>,
    since: When,
    by: String,
}

#[derive(Deserialize)]
pub struct Chosen {
    person: String,
    /// The module among whose records the person was chosen.
    #[serde(default)]
    among: String,
}

pub async fn show(visit: Visit, Path((module, record)): Path<(String, String)>) -> Result<Response, PageError> {
    let at = At::read(visit.ctx(), &module, &record)?;
    page(&visit, &at, StatusCode::OK, None).await
}

pub async fn share(
    visit: Visit,
    Path((module, record)): Path<(String, String)>,
    Posted(chosen): Posted<Chosen>,
) -> Result<Response, PageError> {
    let at = At::read(visit.ctx(), &module, &record)?;
    let person = chosen.person.parse();
    let shared = match person {
        Ok(person) => app::records::share(visit.ctx(), &at.access, at.id, person).await,
        Err(_) => Err(Error::Input("person", "one of the list".into())),
    };
    match shared {
        Ok(()) => Ok(lead_to(&at.here(), Done::Shared)),
        Err(Error::Input(_, expected)) => {
            let wrong = (chosen.among, format!("Nothing was shared: expected {expected}."));
            page(&visit, &at, StatusCode::UNPROCESSABLE_ENTITY, Some(wrong)).await
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn unshare(
    visit: Visit,
    Path((module, record)): Path<(String, String)>,
    Posted(chosen): Posted<Chosen>,
) -> Result<Response, PageError> {
    let at = At::read(visit.ctx(), &module, &record)?;
    app::records::unshare(visit.ctx(), &at.access, at.id, id(&chosen.person, "share")?).await?;
    Ok(lead_to(&at.here(), Done::Unshared))
}

/// The record that is shared.
struct At {
    access: Access,
    id: RecordId,
}

impl At {
    fn read(ctx: &Ctx, module: &str, record: &str) -> Result<Self, Error> {
        Ok(Self {
            access: app::records::access(ctx, module)?,
            id: id(record, "record")?,
        })
    }

    fn record(&self) -> String {
        format!("/admin/records/{}/{}", self.access.plan().module().api_name, self.id)
    }

    fn here(&self) -> String {
        format!("{}/share", self.record())
    }
}

async fn page(visit: &Visit, at: &At, status: StatusCode, wrong: Option<(String, String)>) -> Result<Response, PageError> {
    let (ctx, module) = (visit.ctx(), at.access.plan().module());
    let people = people(ctx, &at.access, at.id).await?;
    let mut groups = Vec::new();
    for audience in audiences(ctx, module.id) {
        groups.push(group(ctx, audience).await?);
    }
    Ok(with_status(
        status,
        &Page {
            shell: visit.shell("Share", "modules"),
            record: at.record(),
            name: record::name(ctx, &at.access, at.id).await.ok_or(Error::NotFound("record"))?,
            module: module.plural.clone(),
            groups,
            people,
            wrong,
        },
    ))
}

/// Those with whom a record is shared.
pub(super) async fn people(ctx: &Ctx, access: &Access, id: RecordId) -> Result<Vec<Person>, Error> {
    let shares = app::records::shares(ctx, access, id).await?;
    Ok(shares.into_iter().map(|share| person(ctx, share)).collect())
}

fn person(ctx: &Ctx, share: SharedWith) -> Person {
    let (module, email, name) = match share.known {
        Some((module, email, name)) => (Some(module), email, name),
        None => (None, String::new(), "Somebody out of your sight, or in the recycle bin".into()),
    };
    let module = module.and_then(|id| ctx.snapshot.catalogue.module(id));
    Person {
        id: share.person,
        name: if name.is_empty() { "Unnamed".into() } else { name },
        email,
        href: module.map(|m| format!("/admin/records/{}/{}", m.api_name, share.person)),
        since: When::new(ctx.now, share.since),
        by: share.by,
    }
}

async fn group(ctx: &Ctx, audience: Audience) -> Result<Group, Error> {
    Ok(Group {
        api_name: audience.module.api_name.clone(),
        singular: audience.module.singular.clone(),
        user_types: audience.user_types.join(", "),
        choices: choosable(ctx, audience.module.id, "").await?,
    })
}

impl Page {
    fn wrong(&self, group: &Group) -> Option<&String> {
        self.wrong
            .as_ref()
            .filter(|(among, _)| *among == group.api_name)
            .map(|(_, text)| text)
    }

    /// What is wrong where no group can be named.
    fn wrong_elsewhere(&self) -> Option<&String> {
        let known = |among: &String| self.groups.iter().any(|g| g.api_name == *among);
        self.wrong.as_ref().filter(|(among, _)| !known(among)).map(|(_, text)| text)
    }
}
