//! The list of portal users.

use app::{Ctx, Error};
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use domain::ids::{MemberId, UserTypeId};
use domain::members::Status;
use serde::Deserialize;
use store::members::{Member, Wanted};

use super::super::moments::{When, counted, thousands};
use super::super::view_as;
use super::super::visit::Visit;
use crate::failure::PageError;
use crate::pages::shell::{Person, Shell};
use crate::pages::show as show_page;

/// How many portal users stand on a page.
const PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "admin/members/list.html")]
struct List {
    shell: Shell,
    tabs: Vec<Tab>,
    types: Vec<TypeChoice>,
    word: String,
    status: String,
    filtered: bool,
    /// Nobody is a portal user yet.
    nobody: bool,
    found: String,
    rows: Vec<Row>,
    next: Option<String>,
    first: Option<String>,
}

/// A list of people, by where they stand.
pub struct Tab {
    pub label: &'static str,
    pub n: String,
    pub href: String,
    pub current: bool,
}

/// A user type to filter by or to move somebody to.
pub struct TypeChoice {
    pub id: String,
    pub name: String,
    pub chosen: bool,
}

struct Row {
    id: MemberId,
    person: Person,
    status: &'static str,
    user_type: String,
    record: String,
    /// Where one looks as the person, for those who may.
    look: Option<String>,
    invited: When,
    confirmed: Option<When>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Asked {
    status: String,
    r#type: String,
    q: String,
    after: String,
}

/// The tab of those who wait.
const WAITING: &str = "waiting";

/// The tabs above the list of those who wait.
pub async fn tabs_of_waiting(ctx: &Ctx) -> Result<Vec<Tab>, Error> {
    let asked = Asked {
        status: WAITING.to_owned(),
        ..Asked::default()
    };
    let counts = app::members::counts(ctx, Wanted::default()).await?;
    Ok(asked.tabs(&counts, app::sign_ups::counts(ctx).await?.all()))
}

/// A value as it stands in an address.
pub fn escaped(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    text.bytes()
        .map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

impl Asked {
    fn wanted(&self) -> Wanted {
        Wanted {
            user_type: self.r#type.parse().ok(),
            status: Status::named(&self.status),
            word: self.q.trim().chars().take(100).collect(),
            after: self.after.parse().ok(),
            limit: PAGE + 1,
        }
    }

    fn href(&self, status: &str, after: Option<MemberId>) -> String {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let parts = [("status", status), ("type", &self.r#type), ("q", self.q.trim()), ("after", &after)];
        let parts = parts.iter().filter(|(_, value)| !value.is_empty());
        let query: Vec<String> = parts.map(|(key, value)| format!("{key}={}", escaped(value))).collect();
        match query.is_empty() {
            true => "/admin/members".into(),
            false => format!("/admin/members?{}", query.join("&")),
        }
    }

    /// The lists there are. `waiting`: how many have signed up, and are not let in yet.
    fn tabs(&self, counts: &[(Status, u64)], waiting: u64) -> Vec<Tab> {
        let all = counts.iter().map(|(_, n)| n).sum();
        let of = |status: Status| counts.iter().find(|(s, _)| *s == status).map_or(0, |(_, n)| *n);
        let tab = |(key, label, n): (&'static str, &'static str, u64)| Tab {
            label,
            n: thousands(n),
            href: self.href(key, None),
            current: self.status == key,
        };
        let tabs = [
            ("", "All", all),
            ("invited", "Invited", of(Status::Invited)),
            ("active", "Active", of(Status::Active)),
            ("deactivated", "Deactivated", of(Status::Deactivated)),
        ];
        let mut tabs: Vec<Tab> = tabs.map(tab).into();
        tabs.push(Tab {
            label: "Waiting for access",
            n: thousands(waiting),
            href: "/admin/members/waiting".into(),
            current: self.status == WAITING,
        });
        tabs
    }
}

/// All user types, one perhaps chosen.
pub fn types(ctx: &Ctx, chosen: Option<UserTypeId>) -> Vec<TypeChoice> {
    let choice = |t: &domain::portals::UserType| TypeChoice {
        id: t.id.to_string(),
        name: ctx.snapshot.called(t),
        chosen: Some(t.id) == chosen,
    };
    ctx.snapshot.user_types.iter().map(choice).collect()
}

fn row(ctx: &Ctx, member: &Member) -> Row {
    let module = ctx
        .snapshot
        .catalogue
        .module(member.module)
        .map(|m| m.api_name.as_str())
        .unwrap_or_default();
    Row {
        id: member.id,
        person: Person::new(&member.name, &member.email),
        status: member.status.name(),
        user_type: ctx
            .snapshot
            .user_type(member.user_type)
            .map(|t| ctx.snapshot.called(t))
            .unwrap_or_default(),
        record: format!("/admin/records/{module}/{}", member.record),
        look: ctx
            .rights
            .manage_portals
            .then(|| view_as::place("now", member.user_type, member.record)),
        invited: When::new(ctx.now, member.invited),
        confirmed: member.confirmed.map(|at| When::new(ctx.now, at)),
    }
}

pub async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    Ok(show_page(&page(&visit, asked).await?))
}

async fn page(visit: &Visit, asked: Asked) -> Result<List, Error> {
    let (ctx, wanted) = (visit.ctx(), asked.wanted());
    let counts = app::members::counts(ctx, wanted.clone()).await?;
    let mut members = app::members::list(ctx, wanted.clone()).await?;
    let shown = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = members.len() > shown;
    members.truncate(shown);
    let last = members.last().map(|m| m.id).filter(|_| more);
    let all: u64 = counts.iter().map(|(_, n)| n).sum();
    let filtered = wanted.user_type.is_some() || !wanted.word.is_empty();
    Ok(List {
        shell: visit.shell("Portal users", "members"),
        tabs: asked.tabs(&counts, app::sign_ups::counts(ctx).await?.all()),
        types: types(ctx, wanted.user_type),
        word: asked.q.clone(),
        status: asked.status.clone(),
        nobody: all == 0 && !filtered,
        filtered,
        found: counted(u64::try_from(members.len()).unwrap_or(0), "shown", "shown"),
        rows: members.iter().map(|m| row(ctx, m)).collect(),
        next: last.map(|id| asked.href(&asked.status, Some(id))),
        first: wanted.after.map(|_| asked.href(&asked.status, None)),
    })
}
