//! What a record is in the portal, and what was done to it.

use app::{Ctx, Error};
use askama::Template;
use domain::access::Access;
use domain::ids::RecordId;
use store::audit::Slice;

use super::super::history::Line;
use super::super::moments::When;
use super::super::view_as;

/// As much of what was done as stands on the page.
const LATEST: Slice = Slice { skip: 0, limit: 50 };

#[derive(Template)]
#[template(path = "admin/records/about.html")]
struct About {
    record: RecordId,
    memberships: Vec<Membership>,
    /// User types that the record can still be invited into: id, name.
    open: Vec<(String, String)>,
    /// Whether people come from this module at all.
    personality: bool,
    has_address: bool,
    lines: Vec<Line>,
    /// Where one looks as the person in each of the user types that people of this module can have, for those who may.
    looks: Vec<(String, String)>,
    /// Where it is shared one by one and with whom it is, where that can be.
    share: Option<(String, Vec<String>)>,
    /// Where it is explained why somebody sees the record, for those who may ask.
    why: Option<String>,
}

struct Membership {
    user_type: String,
    status: &'static str,
    email: String,
    since: When,
}

/// The card about a record. Memberships are shown to those who manage portal users.
pub async fn html(ctx: &Ctx, access: &Access, id: RecordId) -> Result<String, Error> {
    let module = access.plan().module();
    let members = if ctx.rights.manage_portal_users {
        app::members::of_record(ctx, id).await?
    } else {
        Vec::new()
    };
    let types = ctx
        .snapshot
        .user_types
        .iter()
        .filter(|t| t.personality == module.id && ctx.rights.manage_portal_users);
    let viewable = ctx
        .snapshot
        .user_types
        .iter()
        .filter(|t| t.personality == module.id && ctx.rights.manage_portals);
    let looks = viewable.map(|t| (view_as::place("now", t.id, id), ctx.snapshot.called(t)));
    let open = types.clone().filter(|t| !members.iter().any(|m| m.user_type == t.id));
    let membership = |m: &store::members::Member| Membership {
        user_type: ctx
            .snapshot
            .user_type(m.user_type)
            .map(|t| ctx.snapshot.called(t))
            .unwrap_or_default(),
        status: m.status.name(),
        email: m.email.clone(),
        since: When::new(ctx.now, m.confirmed.unwrap_or(m.invited)),
    };
    let history = app::records::history(ctx, access, id, LATEST).await?;
    let why = format!("/admin/explain?module={}&record={id}", module.api_name);
    let about = About {
        record: id,
        share: share(ctx, access, id).await?,
        looks: looks.collect(),
        why: ctx.rights.manage_portals.then_some(why),
        open: open.map(|t| (t.id.to_string(), ctx.snapshot.called(t))).collect(),
        personality: types.count() > 0,
        has_address: address(ctx, access, id).await?,
        memberships: members.iter().map(membership).collect(),
        lines: history.into_iter().map(|entry| Line::of_record(ctx, entry)).collect(),
    };
    about.render().map_err(|error| Error::Input("page", error.to_string()))
}

/// Records that nobody is granted because they are shared are not offered to be shared.
async fn share(ctx: &Ctx, access: &Access, id: RecordId) -> Result<Option<(String, Vec<String>)>, Error> {
    if !ctx.rights.manage_portal_users {
        return Ok(None);
    }
    let module = access.plan().module();
    let people = super::share::people(ctx, access, id).await?;
    if people.is_empty() && app::records::audiences(ctx, module.id).is_empty() {
        return Ok(None);
    }
    let names = people.into_iter().map(|person| person.name).collect();
    Ok(Some((format!("/admin/records/{}/{id}/share", module.api_name), names)))
}

async fn address(ctx: &Ctx, access: &Access, id: RecordId) -> Result<bool, Error> {
    let Some(email) = access.plan().module().email_field() else {
        return Ok(false);
    };
    let record = app::records::get(ctx, access, id, vec![email.id]).await?;
    Ok(record
        .values
        .iter()
        .any(|shown| matches!(shown, store::records::Shown::Value(value) if !value.is_empty())))
}
