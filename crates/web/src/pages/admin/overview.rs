//! The first page: how the organisation stands, what to do next, what was done lately.

use app::policies::{Alerts, Beyond};
use app::{Ctx, Error};
use askama::Template;
use axum::response::Response;
use domain::access::Fault;
use domain::members::Status;
use domain::records::Query;
use store::members::Wanted;

use super::history::Line;
use super::meter::Meter;
use super::moments::thousands;
use super::portals::address;
use super::tenure::notice;
use super::visit::Visit;
use crate::failure::{PageError, sentence};
use crate::pages::shell::{Shell, module_icon};
use crate::pages::show as show_page;

/// How many lines of the trail are shown.
const LINES: u32 = 12;

#[derive(Template)]
#[template(path = "admin/overview.html")]
struct Overview {
    shell: Shell,
    edition: &'static str,
    /// What the edition means for the portals, where that is worth a word.
    notice: Option<String>,
    portals: Vec<(String, String, bool)>,
    /// For those who manage portal users.
    meter: Option<Meter>,
    members: Vec<(&'static str, String)>,
    steps: Vec<Step>,
    /// What is wrong with the permissions that are in force, for those who can mend it: title, address, sentences.
    alerts: Vec<(String, String, Vec<String>)>,
    lines: Vec<Line>,
    may_see_trail: bool,
    /// Label, API name, icon: for everybody.
    modules: Vec<(String, String, &'static str)>,
}

/// A step on the way to the first person in the portal.
struct Step {
    done: bool,
    current: bool,
    title: &'static str,
    text: &'static str,
    href: &'static str,
    button: &'static str,
}

pub async fn show(visit: Visit) -> Result<Response, PageError> {
    let ctx = visit.ctx();
    let (portals, people) = (ctx.rights.manage_portals, ctx.rights.manage_portal_users);
    let counts = if people {
        app::members::counts(ctx, Wanted::default()).await?
    } else {
        Vec::new()
    };
    let meter = if portals || people {
        Some(Meter::new(&app::licences::show(ctx).await?))
    } else {
        None
    };
    let trail = if portals {
        app::audit::latest(ctx, LINES).await?
    } else {
        Vec::new()
    };
    let standing = app::orgs::standing(ctx).await?;
    let steps = if portals && people && standing.availability.may_change() {
        steps(ctx, &counts).await?
    } else {
        Vec::new()
    };
    let alerts = if portals {
        alerts(&app::policies::alerts(ctx)?, &app::policies::beyond_reach(ctx).await?)
    } else {
        Vec::new()
    };
    let module = |access: &domain::access::Access| {
        let module = access.plan().module();
        (module.plural.clone(), module.api_name.clone(), module_icon(&module.api_name))
    };
    Ok(show_page(&Overview {
        shell: visit.shell("Overview", ""),
        edition: standing.tenure.edition.name(),
        notice: notice(ctx, &standing).filter(|_| portals),
        portals: ctx
            .snapshot
            .portals
            .iter()
            .map(|p| (p.title.clone(), address(ctx, p), p.active))
            .collect(),
        meter,
        members: counts.iter().map(|(status, n)| (status.name(), thousands(*n))).collect(),
        steps,
        alerts,
        lines: trail.into_iter().map(|noted| Line::new(ctx, noted)).collect(),
        may_see_trail: portals,
        modules: ctx.snapshot.accesses(ctx.viewer).iter().map(module).collect(),
    }))
}

/// What does not fit any more, by user type, and what has outgrown what was allowed.
fn alerts(found: &Alerts, beyond: &[Beyond]) -> Vec<(String, String, Vec<String>)> {
    let said = |faults: &[Fault]| faults.iter().map(|f| sentence(&f.to_string())).collect::<Vec<_>>();
    let by_type = found.types.iter().map(|found| {
        let why = match &found.faults {
            Some(faults) => said(faults),
            None => vec!["The permissions cannot be read: go back to a version that can.".to_owned()],
        };
        (found.name.clone(), format!("/admin/user-types/{}", found.user_type), why)
    });
    let ceilings = (!found.ceilings.is_empty()).then(|| ("Ceilings".to_owned(), "/admin/policies".to_owned(), said(&found.ceilings)));
    let mut visitors = said(&found.anonymous);
    visitors.extend(said(&found.sign_ups));
    visitors.extend(beyond.iter().map(grown));
    let visitors = (!visitors.is_empty()).then(|| ("Visitors".to_owned(), "/admin/visitors".to_owned(), visitors));
    by_type.chain(visitors).chain(ceilings).collect()
}

fn grown(beyond: &Beyond) -> String {
    let Beyond { name, records, at_most } = beyond;
    let (records, at_most) = (thousands(*records), thousands(u64::from(*at_most)));
    format!("{records} {name} are within everybody's reach by now, and at most {at_most} were allowed.")
}

/// The way to the first person in the portal; empty once somebody is in.
async fn steps(ctx: &Ctx, counts: &[(Status, u64)]) -> Result<Vec<Step>, Error> {
    let of = |wanted: Status| counts.iter().find(|(s, _)| *s == wanted).map_or(0, |(_, n)| *n);
    let (active, invited) = (of(Status::Active) + of(Status::Deactivated), of(Status::Invited));
    if active > 0 {
        return Ok(Vec::new());
    }
    let decided = ctx.snapshot.policies.values().any(|policy| policy.grants.len() > 1);
    let mut done = [people_are_there(ctx).await?, decided, invited > 0, false];
    // Nobody is invited before there are people.
    done[0] |= invited > 0;
    Ok(in_order(done))
}

fn in_order(done: [bool; 4]) -> Vec<Step> {
    let texts = [
        (
            "Bring in your people",
            "Import contacts, vendors or whoever shall use the portal from a CSV file.",
            "/admin/import",
            "Import a file",
        ),
        (
            "Decide what they may see",
            "A user type says which modules, records and fields a kind of person sees.",
            "/admin/user-types",
            "Open user types",
        ),
        (
            "Invite somebody",
            "Begin with one you can ask. They get a letter with a link.",
            "/admin/members/invite",
            "Invite people",
        ),
        (
            "See them come in",
            "Their status turns to active once they have chosen a password.",
            "/admin/members",
            "Portal users",
        ),
    ];
    let first_open = done.iter().position(|done| !done);
    let step = |(i, ((title, text, href, button), done))| Step {
        done,
        current: Some(i) == first_open,
        title,
        text,
        href,
        button,
    };
    texts.into_iter().zip(done).enumerate().map(step).collect()
}

/// Whether some user type has a record that could be invited.
async fn people_are_there(ctx: &Ctx) -> Result<bool, Error> {
    let employees = ctx.snapshot.catalogue.employees().map(|m| m.id);
    for user_type in ctx.snapshot.user_types.iter().filter(|t| Some(t.personality) != employees) {
        if let Some(access) = ctx.snapshot.access(ctx.viewer, user_type.personality)
            && app::records::count(ctx, &access, Query::newest(Vec::new(), 1)).await? > 0
        {
            return Ok(true);
        }
    }
    Ok(false)
}
