//! The field matrix: what the people of a user type know of a module's records.

use app::Error;
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::access::{FieldAccess, FieldGrant, Grant, check};
use domain::ids::FieldId;
use domain::modules::{Field, Module};

use super::super::policies::{Tested, failing};
use super::super::posted::Posted;
use super::super::visit::Visit;
use super::worked::changed_meanwhile;
use super::{At, Source, Worked, faults, people, sentences};
use crate::failure::PageError;
use crate::pages::done::{Done, lead_to};
use crate::pages::shell::Shell;
use crate::pages::{show as show_page, with_status};

/// How many columns a list can have.
const COLUMNS: usize = 8;

#[derive(Template)]
#[template(path = "admin/user_types/fields.html")]
struct Fields {
    shell: Shell,
    source: Source,
    type_name: String,
    module: String,
    seen: i64,
    meaning: Option<String>,
    warnings: Vec<String>,
    tested: Option<Tested>,
    problems: Vec<String>,
    sections: Vec<Section>,
    places: Vec<usize>,
    unsaved: bool,
}

struct Section {
    title: String,
    rows: Vec<Row>,
}

struct Row {
    id: FieldId,
    label: String,
    kind: &'static str,
    required: bool,
    /// `hidden`, `read` or `write`.
    level: &'static str,
    /// Set by the product: cannot be written.
    given: bool,
    /// For look-ups whose target these people do not see as a whole: where it leads, and whether names are shown.
    names: Option<(String, bool)>,
    /// In the list, from 1; 0 where it is no column.
    place: usize,
}

fn level(access: Option<FieldAccess>) -> &'static str {
    match access {
        None => "hidden",
        Some(FieldAccess::ReadOnly) => "read",
        Some(FieldAccess::ReadWrite) => "write",
    }
}

fn row(visit: &Visit, grant: &Grant, field: &Field) -> Row {
    let granted = grant.fields.iter().find(|g| g.field == field.id);
    let target = field.kind.target().and_then(|id| visit.ctx().snapshot.catalogue.module(id));
    Row {
        id: field.id,
        label: field.label.clone(),
        kind: super::super::modules::kind_words(&field.kind),
        required: field.required,
        level: level(granted.map(|g| g.access)),
        given: field.kind.is_given(),
        names: target.map(|t| (t.plural.clone(), granted.is_some_and(|g| g.names))),
        place: grant.columns.iter().position(|c| *c == field.id).map_or(0, |i| i + 1),
    }
}

/// The fields as the first layout groups them; what it leaves out comes last.
fn sections(visit: &Visit, module: &Module, grant: &Grant) -> Vec<Section> {
    let mut found: Vec<Section> = Vec::new();
    let mut placed: Vec<FieldId> = Vec::new();
    for section in module.layouts.first().map(|l| l.sections.as_slice()).unwrap_or_default() {
        let fields = section.fields.iter().filter_map(|f| module.field(f.id));
        placed.extend(section.fields.iter().map(|f| f.id));
        found.push(Section {
            title: section.title.clone(),
            rows: fields.map(|f| row(visit, grant, f)).collect(),
        });
    }
    let rest = module.fields.iter().filter(|f| !placed.contains(&f.id));
    found.push(Section {
        title: "Not in the layout".into(),
        rows: rest.map(|f| row(visit, grant, f)).collect(),
    });
    found.retain(|s| !s.rows.is_empty());
    found
}

/// The grant with the fields that were sent.
fn read(module: &Module, old: &Grant, posted: &Posted) -> Grant {
    let all = posted.one("all");
    let wanted = |field: &Field| {
        let sent = if all.is_empty() {
            posted.one(&format!("f.{}", field.id))
        } else {
            all
        };
        let access = match sent {
            "read" => FieldAccess::ReadOnly,
            "write" if field.kind.is_given() => FieldAccess::ReadOnly,
            "write" => FieldAccess::ReadWrite,
            _ => return None,
        };
        Some(FieldGrant {
            field: field.id,
            access,
            names: posted.has(&format!("names.{}", field.id)),
        })
    };
    Grant {
        fields: module.fields.iter().filter_map(wanted).collect(),
        columns: posted.columns(module),
        ..old.clone()
    }
}

struct Place {
    worked: Worked,
    module: std::sync::Arc<Module>,
    grant: Grant,
}

async fn place(visit: &Visit, at: &At) -> Result<Place, Error> {
    let worked = Worked::on(visit, at).await?;
    let module = visit
        .ctx()
        .snapshot
        .catalogue
        .named(&at.module)
        .cloned()
        .ok_or(Error::NotFound("module"))?;
    let grant = worked.policy.plain(module.id).cloned().ok_or(Error::NotFound("permission"))?;
    Ok(Place { worked, module, grant })
}

fn page(visit: &Visit, place: &Place, grant: &Grant, seen: i64, problems: Vec<String>) -> Fields {
    let (worked, module) = (&place.worked, &place.module);
    let policy = worked.policy.with_plain(std::slice::from_ref(grant), true);
    let name = &worked.user_type.name;
    Fields {
        shell: visit.shell(&format!("{}: {}", name, module.plural), worked.current()),
        source: worked.source.clone(),
        type_name: name.clone(),
        module: module.plural.clone(),
        seen,
        meaning: sentences::meaning(&visit.ctx().snapshot.catalogue, &policy, grant, &people(name)),
        warnings: sentences::warnings(module, grant),
        tested: None,
        problems,
        sections: sections(visit, module, grant),
        places: (1..=COLUMNS).collect(),
        unsaved: *grant != place.grant,
    }
}

pub async fn show(visit: Visit, Path(at): Path<At>) -> Result<Response, PageError> {
    let place = place(&visit, &at).await?;
    let seen = place.worked.seen;
    Ok(show_page(&page(&visit, &place, &place.grant, seen, Vec::new())))
}

pub async fn save(visit: Visit, Path(at): Path<At>, posted: Posted) -> Result<Response, PageError> {
    let place = place(&visit, &at).await?;
    let grant = read(&place.module, &place.grant, &posted);
    let policy = place.worked.policy.with_plain(std::slice::from_ref(&grant), true);
    let seen = posted.one("seen").parse().unwrap_or(place.worked.seen);
    // "All hidden", "all read", "all write" only fill the form in: nothing is in force before Save.
    if posted.has("all") {
        let problems = faults::about(&check(&visit.ctx().snapshot.catalogue, &policy), &place.module);
        return Ok(show_page(&page(&visit, &place, &grant, seen, problems)));
    }
    let user_type = &place.worked.user_type;
    let saved = place
        .worked
        .save(visit.ctx(), &posted, user_type.name.clone(), user_type.active, policy);
    let (status, problems) = match saved.await {
        Ok(saved) => {
            let (to, done) = place.worked.after(&saved, Done::Saved);
            return Ok(lead_to(&to, done));
        }
        Err(Error::TestsFail(found)) => {
            let page = page(&visit, &place, &grant, seen, vec![failing(&found)]);
            let tested = Some(Tested::stopped(found, "Save"));
            return Ok(with_status(StatusCode::UNPROCESSABLE_ENTITY, &Fields { tested, ..page }));
        }
        Err(Error::Policy(found)) => {
            let mut problems = faults::about(&found, &place.module);
            problems.extend(faults::general(&found));
            (StatusCode::UNPROCESSABLE_ENTITY, problems)
        }
        Err(other) => {
            let (status, words) = changed_meanwhile(&other).ok_or(other)?;
            (status, vec![words.to_owned()])
        }
    };
    Ok(with_status(status, &page(&visit, &place, &grant, seen, problems)))
}
