//! All user types.

use askama::Template;
use axum::response::Response;

use super::super::moments::thousands;
use super::super::visit::Visit;
use crate::failure::PageError;
use crate::pages::shell::Shell;
use crate::pages::show as show_page;

#[derive(Template)]
#[template(path = "admin/user_types/list.html")]
struct List {
    shell: Shell,
    may_change: bool,
    rows: Vec<Row>,
}

struct Row {
    id: String,
    name: String,
    portal: String,
    people: String,
    default: bool,
    active: bool,
    members: String,
    modules: Vec<String>,
}

pub async fn show(visit: Visit) -> Result<Response, PageError> {
    let ctx = visit.ctx();
    let (types, report) = (app::portals::user_types(ctx).await?, app::licences::show(ctx).await?);
    let plural = |id| ctx.snapshot.catalogue.module(id).map(|m| m.plural.clone()).unwrap_or_default();
    let row = |t: domain::portals::UserType| {
        let held = report
            .by_user_type
            .iter()
            .find(|r| r.id == t.id)
            .map_or(0, |r| r.invited + r.active);
        let granted = ctx.snapshot.policies.get(&t.id).map(|p| p.grants.as_slice()).unwrap_or_default();
        Row {
            id: t.id.to_string(),
            portal: ctx.snapshot.portal(t.portal).map(|p| p.title.clone()).unwrap_or_default(),
            people: plural(t.personality),
            default: t.default,
            active: t.active,
            members: thousands(held),
            modules: granted.iter().filter(|g| g.actions.view).map(|g| plural(g.module)).collect(),
            name: t.name,
        }
    };
    let rows = types.into_iter().map(|(t, _)| row(t)).collect();
    Ok(show_page(&List {
        shell: visit.shell("User types", "user-types"),
        may_change: ctx.rights.manage_portals,
        rows,
    }))
}
