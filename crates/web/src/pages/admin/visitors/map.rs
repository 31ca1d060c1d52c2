//! The exposure map: everything that is within everybody's reach.

use app::policies::{Exposure, OfType, Reached, exposure};
use app::{Ctx, Error};
use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::access::Admission;
use domain::ids::ModuleId;
use domain::modules::Module;
use domain::portals::UserType;
use serde::Deserialize;

use super::super::moments::thousands;
use super::super::policies::{Tested, failing};
use super::super::user_types::sentences;
use super::super::visit::Visit;
use super::worked::{At, Worked};
use crate::failure::{PageError, sentence, status};
use crate::pages::shell::{Shell, module_icon};
use crate::pages::with_status;

#[derive(Template)]
#[template(path = "admin/visitors/map.html")]
struct Map {
    shell: Shell,
    home: String,
    draft: Option<(String, String)>,
    seen: i64,
    /// Where it can be looked at as visitors see it.
    portals: Vec<(String, String)>,
    shown: Vec<Card>,
    /// Modules of which visitors see nothing yet.
    others: Vec<(String, String)>,
    types: Vec<TypeRow>,
    ways: Vec<Way>,
    problem: Option<String>,
    /// Tests that have stopped somebody, and what they wanted to do.
    stopped: Option<(String, Tested)>,
}

/// What visitors see of a module.
struct Card {
    href: String,
    title: String,
    icon: &'static str,
    meaning: String,
    records: String,
    at_most: String,
    beyond: bool,
    percent: u64,
    faults: Vec<String>,
    fields: Vec<String>,
    sample: Vec<Vec<String>>,
}

impl Card {
    /// The label of a column.
    fn label(&self, column: &usize) -> &str {
        self.fields.get(*column).map_or("", String::as_str)
    }
}

/// How people come into a user type.
struct Way {
    user_type: String,
    href: String,
    how: &'static str,
    open: bool,
    /// Whether there is a form that can be closed.
    form: bool,
}

/// What everybody of a user type sees of a module.
struct TypeRow {
    /// Whether everybody can become one of them.
    open: bool,
    user_type: String,
    module: String,
    records: String,
    fields: String,
}

#[derive(Deserialize)]
pub struct Asked {
    /// The module that is to be shown.
    #[serde(default)]
    module: String,
}

pub async fn show(visit: Visit, Path(at): Path<At>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let worked = Worked::on(&visit, &at).await?;
    if let Some(module) = visit.ctx().snapshot.catalogue.named(&asked.module) {
        return Ok(Redirect::to(&format!("{}/{}", worked.home, module.api_name)).into_response());
    }
    page(&visit, &worked, StatusCode::OK, None, None).await
}

/// The map again, with what stood in the way of a change.
pub async fn told(visit: &Visit, worked: &Worked, module: &str, error: Error) -> Result<Response, PageError> {
    let status = status(error.kind());
    let (problem, stopped) = match error {
        Error::TestsFail(found) => {
            let place = format!("{}/{module}/remove", worked.home);
            (failing(&found), Some((place, Tested::stopped(found, "Show nothing"))))
        }
        Error::StaleDraft { .. } | Error::DraftChanged => (MEANWHILE.to_owned(), None),
        Error::Policy(faults) => (faults.iter().map(|f| sentence(&f.to_string())).collect::<Vec<_>>().join(" "), None),
        other => return Err(other.into()),
    };
    page(visit, worked, status, Some(problem), stopped).await
}

/// What is said when somebody else was faster.
pub const MEANWHILE: &str = "Somebody else published or changed this in the meantime. Nothing was saved: look at how it is now.";

/// The module that an address names: by its API name, or by its id where it is gone.
pub fn module(visit: &Visit, worked: &Worked, name: &str) -> Result<ModuleId, Error> {
    let known = visit.ctx().snapshot.catalogue.named(name).map(|m| m.id);
    let gone = || worked.set.anonymous.iter().map(|g| g.module).find(|id| id.to_string() == name);
    known.or_else(gone).ok_or(Error::NotFound("module"))
}

async fn page(
    visit: &Visit,
    worked: &Worked,
    status: StatusCode,
    problem: Option<String>,
    stopped: Option<(String, Tested)>,
) -> Result<Response, PageError> {
    let ctx = visit.ctx();
    let found = exposure(ctx, worked.which).await?;
    let catalogue = &ctx.snapshot.catalogue;
    let hidden = catalogue.modules().filter(|m| worked.grant(m.id).is_none());
    let map = Map {
        shell: visit.shell("Visitors", worked.current()),
        home: worked.home.clone(),
        draft: worked.draft.clone(),
        seen: worked.seen,
        portals: if worked.draft.is_some() || found.anonymous.is_empty() {
            Vec::new()
        } else {
            portals(ctx)
        },
        shown: found.anonymous.iter().map(|reached| card(ctx, worked, reached)).collect(),
        others: hidden.map(|m| (m.api_name.clone(), m.plural.clone())).collect(),
        types: types(found),
        ways: ctx.snapshot.user_types.iter().map(|t| way(ctx, worked, t)).collect(),
        problem,
        stopped,
    };
    Ok(with_status(status, &map))
}

fn portals(ctx: &Ctx) -> Vec<(String, String)> {
    let open = ctx.snapshot.portals.iter().filter(|p| p.active);
    open.map(|p| (format!("/portal/{}/public", p.name), p.title.clone())).collect()
}

fn card(ctx: &Ctx, worked: &Worked, reached: &Reached) -> Card {
    let module: Option<&Module> = ctx.snapshot.catalogue.module(reached.module).map(|m| &**m);
    let at_most = u64::from(reached.at_most.unwrap_or_default());
    let place = if reached.api_name.is_empty() {
        reached.module.to_string()
    } else {
        reached.api_name.clone()
    };
    Card {
        href: format!("{}/{place}", worked.home),
        title: reached.name.clone(),
        icon: module_icon(&reached.api_name),
        meaning: module
            .and_then(|module| Some(sentences::shown(module, worked.grant(module.id)?)))
            .unwrap_or_default(),
        records: match reached.of {
            Some(all) => format!("{} of {}", thousands(reached.records), thousands(all)),
            None => thousands(reached.records),
        },
        at_most: thousands(at_most),
        beyond: reached.is_beyond(),
        percent: (reached.records.saturating_mul(100)).checked_div(at_most).unwrap_or(100).min(100),
        faults: reached.faults.iter().map(|f| sentence(f)).collect(),
        fields: reached.fields.clone(),
        sample: reached.sample.clone(),
    }
}

fn types(found: Exposure) -> Vec<TypeRow> {
    let row = |of_type: &OfType, reached: &Reached| TypeRow {
        open: of_type.is_open(),
        user_type: of_type.name.clone(),
        module: reached.name.clone(),
        records: match reached.of {
            Some(all) => format!("{} of {}", thousands(reached.records), thousands(all)),
            None => thousands(reached.records),
        },
        fields: reached.fields.join(", "),
    };
    let of_type = |of_type: &OfType| of_type.reached.iter().map(|r| row(of_type, r)).collect::<Vec<_>>();
    found.types.iter().flat_map(of_type).collect()
}

fn way(ctx: &Ctx, worked: &Worked, user_type: &UserType) -> Way {
    let form = worked.sign_up(user_type.id);
    Way {
        user_type: ctx.snapshot.called(user_type),
        href: format!("{}/sign-up/{}", worked.home, user_type.id),
        how: match form.map(|f| f.admission) {
            None => "By invitation only",
            Some(Admission::Checked) => "By signing up, once you let them in",
            Some(Admission::Open) => "Whoever signs up",
        },
        open: form.is_some_and(|f| f.admission == Admission::Open),
        form: form.is_some(),
    }
}
