//! One version: what it says, and the way back to it.

use app::policies::{self, Outcome, VISITORS, Which};
use app::{Ctx, Error};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use domain::access::{AnonymousGrant, Policy, PolicySet, SignUp};
use domain::portals::UserType;
use store::policies::Version;

use super::super::moments::When;
use super::super::posted::Posted;
use super::super::user_types::{people, sentences};
use super::super::visit::Visit;
use super::changes::changes;
use super::draft::{is_told_there, seen};
use super::list::who;
use super::tested::{Tested, tested};
use super::{HOME, Sure, agreed, failing, place};
use crate::failure::{PageError, sentence, status};
use crate::pages::done::{Done, lead_to};
use crate::pages::shell::Shell;
use crate::pages::{show as show_page, with_status};

#[derive(Template)]
#[template(path = "admin/policies/version.html")]
struct Page {
    shell: Shell,
    number: i64,
    note: String,
    published: When,
    by: String,
    approved_by: Option<String>,
    in_force: bool,
    readable: bool,
    types: Vec<Said>,
}

/// What a version says of a user type.
struct Said {
    name: String,
    /// What its people see and do in a module, and how many fields.
    modules: Vec<(String, String)>,
    unreadable: bool,
}

fn said(ctx: &Ctx, set: &PolicySet, user_type: &UserType) -> Said {
    let people = people(&user_type.name);
    let modules = |policy: &Policy| {
        let catalogue = &ctx.snapshot.catalogue;
        let line = |grant: &domain::access::Grant| {
            let meaning = sentences::meaning(catalogue, policy, grant, &people)?;
            Some((meaning, sentences::fields(catalogue.module(grant.module)?, grant)))
        };
        policy.grants.iter().filter_map(line).collect()
    };
    Said {
        name: user_type.name.clone(),
        modules: set.get(user_type.id).map(modules).unwrap_or_default(),
        unreadable: set.unreadable().any(|id| id == user_type.id),
    }
}

/// None where it shows visitors nothing, as most do.
fn said_of_visitors(ctx: &Ctx, set: &PolicySet) -> Option<Said> {
    let line = |shown: &AnonymousGrant| {
        let module = ctx.snapshot.catalogue.module(shown.module)?;
        Some((sentences::shown(module, shown), sentences::fields(module, &shown.grant(module))))
    };
    (!set.anonymous.is_empty()).then(|| Said {
        name: VISITORS.to_owned(),
        modules: set.anonymous.iter().filter_map(line).collect(),
        unreadable: false,
    })
}

/// None where nobody can sign up.
fn said_of_sign_ups(ctx: &Ctx, set: &PolicySet) -> Option<Said> {
    let line = |form: &SignUp| {
        let user_type = ctx.snapshot.user_type(form.user_type)?;
        Some((
            sentences::signing_up(&ctx.snapshot.catalogue, set, form),
            ctx.snapshot.called(user_type),
        ))
    };
    (!set.sign_ups.is_empty()).then(|| Said {
        name: "Signing up".to_owned(),
        modules: set.sign_ups.iter().filter_map(line).collect(),
        unreadable: false,
    })
}

pub fn number(text: &str) -> Result<i64, Error> {
    text.parse().map_err(|_| Error::NotFound("version"))
}

pub async fn show(visit: Visit, Path(text): Path<String>) -> Result<Response, PageError> {
    super::need_manage_portals(&visit)?;
    let ctx = visit.ctx();
    let (version, set) = policies::version(ctx, number(&text)?).await?;
    let types = set.as_ref().map(|set| {
        said_of_visitors(ctx, set)
            .into_iter()
            .chain(ctx.snapshot.user_types.iter().map(|t| said(ctx, set, t)))
            .chain(said_of_sign_ups(ctx, set))
    });
    Ok(show_page(&Page {
        shell: visit.shell(&format!("Version {}", version.number), "policies"),
        number: version.number,
        published: When::new(ctx.now, version.published),
        approved_by: (version.created_by != version.published_by).then(|| who(&version.published_by.name)),
        by: who(&version.created_by.name),
        note: version.note,
        in_force: version.number == ctx.snapshot.policy_version,
        readable: set.is_some(),
        types: types.into_iter().flatten().collect(),
    }))
}

fn sure(visit: &Visit, version: &Version, set: Option<&PolicySet>, tested: Option<Tested>, problem: Option<String>) -> Sure {
    let ctx = visit.ctx();
    Sure {
        home: HOME,
        shell: visit.shell(&format!("Version {}", version.number), "policies"),
        title: format!("Roll back to version {}?", version.number),
        text: "What it says is published again, as a new version, and is in force for everybody at once. Nothing is lost: the same way leads forward again.",
        problem,
        changes: set.map(|set| changes(ctx, set, &[])),
        tested,
        also: None,
        seen: ctx.snapshot.policy_version,
        back: format!("/admin/policies/versions/{}", version.number),
        button: "Roll back",
        dangerous: false,
    }
}

pub async fn ask(visit: Visit, Path(text): Path<String>) -> Result<Response, PageError> {
    super::need_manage_portals(&visit)?;
    let (version, set) = policies::version(visit.ctx(), number(&text)?).await?;
    let tested = back(visit.ctx(), version.number).await?;
    Ok(show_page(&sure(&visit, &version, set.as_ref(), tested, None)))
}

pub async fn roll_back(visit: Visit, Path(text): Path<String>, posted: Posted) -> Result<Response, PageError> {
    super::need_manage_portals(&visit)?;
    let to = number(&text)?;
    match policies::roll_back(visit.ctx(), to, seen(&posted), agreed(&posted)).await {
        Ok(Outcome::Published(_)) => Ok(lead_to("/admin/policies", Done::RolledBack)),
        Ok(Outcome::Waiting(draft, _)) => Ok(lead_to(&place(draft), Done::Waiting)),
        Err(error) if is_told_there(&error) || matches!(error, Error::Input(..)) => {
            let problem = match &error {
                Error::TestsFail(found) => failing(found),
                Error::StaleDraft { .. } => "Somebody else published in the meantime. Look at what would change now.".into(),
                other => sentence(&other.to_string()),
            };
            let (version, set) = policies::version(visit.ctx(), to).await?;
            let tested = back(visit.ctx(), to).await?;
            Ok(with_status(
                status(error.kind()),
                &sure(&visit, &version, set.as_ref(), tested, Some(problem)),
            ))
        }
        Err(other) => Err(other.into()),
    }
}

/// What the kept tests say of going back to a version.
async fn back(ctx: &Ctx, version: i64) -> Result<Option<Tested>, Error> {
    tested(ctx, Which::Version(version), "Roll back", true).await
}
