//! Whom to invite: first the user type, then the people.

use app::licences::Report;
use app::{Ctx, Error};
use askama::Template;
use axum::extract::{Path, Query as Asking};
use axum::response::Response;
use domain::access::Access;
use domain::ids::{RecordId, UserTypeId};
use domain::portals::UserType;
use domain::records::{Cursor, Query, Search, Value};
use serde::Deserialize;
use store::records::{Page, Record, Shown};

use super::super::meter::Meter;
use super::super::moments::thousands;
use super::super::visit::{Visit, id};
use super::list::escaped;
use crate::failure::PageError;
use crate::pages::shell::{Person, Shell, module_icon};
use crate::pages::show as show_page;

/// How many people stand on a page.
const PAGE: u32 = 100;

#[derive(Template)]
#[template(path = "admin/members/choose_type.html")]
struct ChooseType {
    shell: Shell,
    types: Vec<TypeTile>,
}

struct TypeTile {
    id: String,
    name: String,
    people: String,
    icon: &'static str,
}

#[derive(Template)]
#[template(path = "admin/members/choose_people.html")]
struct ChoosePeople {
    shell: Shell,
    id: String,
    name: String,
    module: String,
    api_name: String,
    word: String,
    /// Why nobody can sign in just now whoever is invited.
    shut: Option<&'static str>,
    meter: Meter,
    found_text: String,
    rows: Vec<Row>,
    next: Option<String>,
    first: Option<String>,
}

struct Row {
    id: RecordId,
    person: Person,
    /// Why the person cannot be chosen: the status, or nothing to send to.
    status: Option<&'static str>,
    no_address: bool,
}

pub async fn user_type(visit: Visit) -> Result<Response, PageError> {
    let ctx = visit.ctx();
    need(ctx)?;
    let tile = |t: &UserType| {
        let module = ctx.snapshot.catalogue.module(t.personality);
        TypeTile {
            id: t.id.to_string(),
            name: ctx.snapshot.called(t),
            people: module.map(|m| m.plural.clone()).unwrap_or_default(),
            icon: module.map_or("users", |m| module_icon(&m.api_name)),
        }
    };
    Ok(show_page(&ChooseType {
        shell: visit.shell("Invite people", "members"),
        types: ctx.snapshot.user_types.iter().map(tile).collect(),
    }))
}

fn shut(ctx: &Ctx, user_type: &UserType) -> Option<&'static str> {
    if !ctx.snapshot.portal(user_type.portal).is_some_and(|p| p.active) {
        Some("The portal of this user type is closed: people can be invited, but cannot sign in until it is opened.")
    } else if !user_type.active {
        Some("This user type is deactivated: people can be invited, but cannot sign in until it is activated.")
    } else {
        None
    }
}

fn need(ctx: &Ctx) -> Result<(), Error> {
    if ctx.rights.manage_portal_users {
        Ok(())
    } else {
        Err(Error::NoPermission("Manage Portal Users"))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    after: String,
    /// A record to begin with: its own page leads here.
    record: String,
}

/// A user type and the access to the records that its people are.
pub struct Source {
    pub user_type: UserType,
    pub access: Access,
}

impl Source {
    pub fn of(visit: &Visit, text: &str) -> Result<Self, Error> {
        let ctx = visit.ctx();
        need(ctx)?;
        let wanted: UserTypeId = id(text, "user type")?;
        let user_type = ctx.snapshot.user_type(wanted).cloned().ok_or(Error::NotFound("user type"))?;
        // An employee who may not see the people's records cannot invite them.
        let access = ctx.snapshot.access(ctx.viewer, user_type.personality).ok_or(Error::Forbidden)?;
        Ok(Self { user_type, access })
    }

    /// The newest records with a word in them.
    pub fn query(&self, word: &str, limit: u32, after: Option<Cursor>) -> Query {
        let module = self.access.plan().module();
        let mut columns = module.name_fields.clone();
        columns.extend(module.email_field().map(|f| f.id));
        let word: String = word.trim().chars().take(100).collect();
        Query {
            search: (!word.is_empty()).then_some(Search(word)),
            after,
            ..Query::newest(columns, limit)
        }
    }
}

/// The name and address in a record that was asked for with [`Source::query`].
pub fn person(record: &Record) -> (String, String) {
    let text = |shown: &Shown| match shown {
        Shown::Value(Value::Text(text)) => text.clone(),
        _ => String::new(),
    };
    let Some((email, names)) = record.values.split_last() else {
        return Default::default();
    };
    let names: Vec<String> = names.iter().map(text).filter(|t| !t.is_empty()).collect();
    (names.join(" "), text(email))
}

fn cursor(after: &str) -> Option<Cursor> {
    let id = after.parse().ok()?;
    Some(Cursor { value: Value::Null, id })
}

pub async fn people(visit: Visit, Path(user_type): Path<String>, Asking(asked): Asking<Asked>) -> Result<Response, PageError> {
    let (ctx, source) = (visit.ctx(), Source::of(&visit, &user_type)?);
    let mut query = source.query(&asked.q, PAGE, cursor(&asked.after));
    query.ids = asked.record.parse().into_iter().collect();
    let found = app::records::count(ctx, &source.access, query.clone()).await?;
    let page = app::records::list(ctx, &source.access, query).await?;
    let report = app::licences::show(ctx).await?;
    let rows = rows(ctx, source.user_type.id, &page).await?;
    Ok(show_page(&chooser(&visit, &source, &asked, rows, &page, found, &report)))
}

async fn rows(ctx: &Ctx, user_type: UserTypeId, page: &Page) -> Result<Vec<Row>, Error> {
    let ids = page.records.iter().map(|r| r.id).collect();
    let invited = app::members::among(ctx, user_type, ids).await?;
    let row = |record: &Record| {
        let (name, email) = person(record);
        Row {
            id: record.id,
            status: invited.iter().find(|m| m.record == record.id).map(|m| m.status.name()),
            no_address: email.is_empty(),
            person: Person::new(&name, &email),
        }
    };
    Ok(page.records.iter().map(row).collect())
}

fn chooser(visit: &Visit, source: &Source, asked: &Asked, rows: Vec<Row>, page: &Page, found: u64, report: &Report) -> ChoosePeople {
    let (user_type, module) = (&source.user_type, source.access.plan().module());
    let base = format!("/admin/members/invite/{}", user_type.id);
    let word = asked.q.trim();
    ChoosePeople {
        shell: visit.shell(&format!("Invite into {}", user_type.name), "members"),
        id: user_type.id.to_string(),
        name: user_type.name.clone(),
        module: module.plural.clone(),
        api_name: module.api_name.clone(),
        shut: shut(visit.ctx(), user_type),
        meter: Meter::new(report),
        found_text: thousands(found),
        rows,
        next: page.next.as_ref().map(|c| format!("{base}?q={}&after={}", escaped(word), c.id)),
        first: (!asked.after.is_empty()).then(|| format!("{base}?q={}", escaped(word))),
        word: word.to_owned(),
    }
}
