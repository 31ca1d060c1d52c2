//! A small invented company to try everything on: a maker of lamps and furniture, its records, and its people.
//!
//! Its data are CSV files that go through [`crate::imports`] like anybody's. Nothing in it is left to chance: the
//! same records every time, with dates that lie around the day it is made.

mod company;
mod notes;
mod people;

use domain::ids::{PortalId, RecordId};
use domain::orgs::Edition;
use store::orgs::Org;
use store::records::{ByKey, by_key};

use crate::orgs::NewOrg;
use crate::{App, Ctx, Error, records};

/// The name of the company.
pub const COMPANY: &str = "Alder & Finch";
const PORTAL: &str = "alderfinch";
const ADMIN: &str = "admin@alderfinch.example.com";
const ADMIN_PASSWORD: &str = "tulip-meadow-42-lantern";

/// The company, ready to click.
#[derive(Debug, Clone)]
pub struct Demo {
    pub org: Org,
    /// The portal's name in addresses.
    pub portal: String,
    pub admin_email: String,
    pub admin_password: String,
    /// Who can sign in to the portal: one of each user type.
    pub people: Vec<DemoPerson>,
}

/// A portal user who has accepted the invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoPerson {
    pub user_type: String,
    pub name: String,
    pub email: String,
    pub password: String,
}

/// Makes the company. It takes some seconds, most of them for the passwords.
///
/// If anything fails the organisation is left half-done: it is for trying out, on data that can be thrown away.
pub async fn create(app: &App) -> Result<Demo, Error> {
    let new = NewOrg {
        name: COMPANY.into(),
        edition: Edition::Enterprise,
        trial_ends: None,
        data_centre: String::new(),
        admin_email: ADMIN.into(),
        admin_password: ADMIN_PASSWORD.into(),
        portal: Some(PORTAL.into()),
    };
    let made = crate::orgs::create(app, new).await?;
    let portal: PortalId = made.portal.map(|p| p.id).ok_or(Error::NotFound("portal"))?;
    company::fill(app, made.org.id).await?;
    let people = people::invite_all(&app.system(made.org.id).await?, portal).await?;
    if let Some(client) = people.first() {
        notes::write_all(app, client).await?;
    }
    Ok(Demo {
        org: made.org,
        portal: PORTAL.into(),
        admin_email: ADMIN.into(),
        admin_password: ADMIN_PASSWORD.into(),
        people,
    })
}

/// The only record of a module that has a value in a field, of those that whoever asks sees.
async fn the_one(ctx: &Ctx, module: &str, [field, value]: &[String; 2]) -> Result<RecordId, Error> {
    let access = records::access(ctx, module)?;
    let field = access
        .plan()
        .column_named(field)
        .map(|c| c.field.clone())
        .ok_or(Error::NotFound("field"))?;
    let keys = vec![value.clone()];
    let found = ctx
        .tenant
        .db
        .read::<_, Error>(move |conn| Ok(by_key(conn, &access, &field, &keys)?.into_values().next()));
    match found.await? {
        Some(ByKey::One(id)) => Ok(id),
        _ => Err(Error::NotFound("record")),
    }
}
