//! What visitors see of one module: which records, which fields, how many at most.

use std::sync::Arc;

use app::Error;
use app::policies::Part;
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::access::{AnonymousGrant, Fault, NamedAnonymous};
use domain::ids::FieldId;
use domain::modules::{FieldKind, Module};

use super::super::modules::kind_words;
use super::super::policies::{Tested, failing};
use super::super::posted::Posted;
use super::super::user_types::sentences;
use super::super::visit::Visit;
use super::map::MEANWHILE;
use super::worked::{At, Worked};
use crate::failure::{PageError, sentence, status};
use crate::pages::done::lead_to;
use crate::pages::shell::Shell;
use crate::pages::{show as show_page, with_status};

#[derive(Template)]
#[template(path = "admin/visitors/form.html")]
struct Form {
    shell: Shell,
    home: String,
    draft: Option<(String, String)>,
    seen: i64,
    module: String,
    /// Whether visitors see something of it already.
    shown: bool,
    meaning: Option<String>,
    /// Every record, or only some. None: nobody has said yet.
    every: Option<bool>,
    criteria: String,
    example: String,
    at_most: String,
    sections: Vec<Section>,
    wrong: Wrong,
}

struct Section {
    title: String,
    fields: Vec<Row>,
}

struct Row {
    id: FieldId,
    label: String,
    kind: &'static str,
    chosen: bool,
}

/// What stood in the way, and where.
#[derive(Default)]
struct Wrong {
    criteria: Option<String>,
    at_most: Option<String>,
    fields: Option<String>,
    problems: Vec<String>,
    tested: Option<Tested>,
}

/// What is filled in.
struct Filled {
    every: Option<bool>,
    criteria: String,
    at_most: String,
    fields: Vec<FieldId>,
}

impl Filled {
    fn of(visit: &Visit, module: &Module, grant: Option<&AnonymousGrant>) -> Self {
        match grant {
            Some(grant) => Self {
                every: Some(grant.criteria.is_none()),
                criteria: NamedAnonymous::of(&visit.ctx().snapshot.catalogue, grant)
                    .criteria
                    .unwrap_or_default(),
                at_most: grant.at_most.to_string(),
                fields: grant.fields.clone(),
            },
            None => Self {
                every: None,
                criteria: String::new(),
                at_most: "100".to_owned(),
                fields: module.name_fields.clone(),
            },
        }
    }

    fn posted(module: &Module, posted: &Posted) -> Self {
        let fields = module.fields.iter().map(|f| f.id).filter(|id| posted.has(&format!("f.{id}")));
        Self {
            every: match posted.one("records") {
                "every" => Some(true),
                "some" => Some(false),
                _ => None,
            },
            criteria: posted.trimmed("criteria"),
            at_most: posted.trimmed("at_most"),
            fields: fields.collect(),
        }
    }

    /// The grant that is meant, or what is wrong.
    fn read(&self, visit: &Visit, module: &Module) -> Result<AnonymousGrant, Box<Wrong>> {
        let mut wrong = Wrong::default();
        let at_most = self.at_most.parse().ok().filter(|n| *n > 0);
        if at_most.is_none() {
            wrong.at_most = Some(format!("Expected a whole number from 1 to {}.", u32::MAX));
        }
        if self.fields.is_empty() {
            wrong.fields = Some("Expected at least one field.".to_owned());
        }
        let named = NamedAnonymous {
            module: module.api_name.clone(),
            criteria: (self.every == Some(false)).then(|| self.criteria.clone()),
            every_record: self.every == Some(true),
            read: Vec::new(),
            at_most: at_most.unwrap_or_default(),
        };
        let grant = match (self.every, self.criteria.is_empty()) {
            (None, _) => Err("Expected a choice: only some records, or every record.".to_owned()),
            (Some(false), true) => Err("Expected which records: a condition.".to_owned()),
            _ => named
                .resolve(&visit.ctx().snapshot.catalogue)
                .map_err(|why| sentence(&why.to_string())),
        };
        match grant {
            Ok(grant) if wrong.at_most.is_none() && wrong.fields.is_none() => Ok(AnonymousGrant {
                fields: self.fields.clone(),
                ..grant
            }),
            Ok(_) => Err(Box::new(wrong)),
            Err(why) => Err(Box::new(Wrong {
                criteria: Some(why),
                ..wrong
            })),
        }
    }
}

/// The fields as the first layout groups them; what it leaves out comes last.
fn sections(module: &Module, chosen: &[FieldId]) -> Vec<Section> {
    let row = |id: &FieldId| {
        let field = module.field(*id)?;
        Some(Row {
            id: field.id,
            label: field.label.clone(),
            kind: kind_words(&field.kind),
            chosen: chosen.contains(id),
        })
    };
    let layout = module.layouts.first().map(|l| l.sections.as_slice()).unwrap_or_default();
    let placed: Vec<FieldId> = layout.iter().flat_map(|s| &s.fields).map(|f| f.id).collect();
    let rest = module.fields.iter().map(|f| f.id).filter(|id| !placed.contains(id));
    let mut found: Vec<Section> = layout
        .iter()
        .map(|section| Section {
            title: section.title.clone(),
            fields: section.fields.iter().filter_map(|f| row(&f.id)).collect(),
        })
        .collect();
    found.push(Section {
        title: "Not in the layout".into(),
        fields: rest.filter_map(|id| row(&id)).collect(),
    });
    found.retain(|s| !s.fields.is_empty());
    found
}

/// Conditions as they can be written for this module.
fn example(module: &Module) -> String {
    let of_kind = |field: &domain::modules::Field| match &field.kind {
        FieldKind::Boolean => Some(format!("({}:equals:true)", field.api_name)),
        FieldKind::Picklist { options } => Some(format!("({}:equals:{})", field.api_name, options.first()?)),
        _ => None,
    };
    let found = module.fields.iter().find_map(of_kind);
    found.unwrap_or_else(|| "(Created_Time:greater_than:${TODAY-30})".to_owned())
}

fn page(visit: &Visit, worked: &Worked, module: &Module, filled: &Filled, seen: i64, wrong: Wrong) -> Form {
    let grant = worked.grant(module.id);
    Form {
        shell: visit.shell(&format!("Visitors: {}", module.plural), worked.current()),
        home: worked.home.clone(),
        draft: worked.draft.clone(),
        seen,
        module: module.plural.clone(),
        shown: grant.is_some(),
        meaning: grant.map(|g| sentences::shown(module, g)),
        every: filled.every,
        criteria: filled.criteria.clone(),
        example: example(module),
        at_most: filled.at_most.clone(),
        sections: sections(module, &filled.fields),
        wrong,
    }
}

fn module(visit: &Visit, at: &At) -> Result<Arc<Module>, Error> {
    visit
        .ctx()
        .snapshot
        .catalogue
        .named(&at.module)
        .cloned()
        .ok_or(Error::NotFound("module"))
}

pub async fn show(visit: Visit, Path(at): Path<At>) -> Result<Response, PageError> {
    let (worked, module) = (Worked::on(&visit, &at).await?, module(&visit, &at)?);
    let filled = Filled::of(&visit, &module, worked.grant(module.id));
    Ok(show_page(&page(&visit, &worked, &module, &filled, worked.seen, Wrong::default())))
}

pub async fn save(visit: Visit, Path(at): Path<At>, posted: Posted) -> Result<Response, PageError> {
    let (worked, module) = (Worked::on(&visit, &at).await?, module(&visit, &at)?);
    let filled = Filled::posted(&module, &posted);
    let (status, wrong) = match filled.read(&visit, &module) {
        Err(wrong) => (StatusCode::UNPROCESSABLE_ENTITY, *wrong),
        Ok(grant) => {
            let shown = Part::Visitors(module.id, Some(grant));
            match worked.save(visit.ctx(), &posted, shown).await {
                Ok((place, done)) => return Ok(lead_to(&place, done)),
                Err(error) => (status(error.kind()), wrong(error)?),
            }
        }
    };
    let seen = posted.one("seen").parse().unwrap_or(worked.seen);
    Ok(with_status(status, &page(&visit, &worked, &module, &filled, seen, wrong)))
}

/// Where on the page an error is told.
fn wrong(error: Error) -> Result<Wrong, Error> {
    let mut wrong = Wrong::default();
    match error {
        Error::BeyondReach(beyond) => {
            wrong.at_most = Some(
                beyond
                    .iter()
                    .map(|b| sentence(&format!("nothing is changed: {b}")))
                    .collect::<Vec<_>>()
                    .join(" "),
            );
        }
        Error::Policy(faults) => {
            let about_records = |f: &&Fault| matches!(f, Fault::BadCriterion { .. } | Fault::NobodyAsks(_) | Fault::CriteriaTooLarge(_));
            let (records, rest): (Vec<&Fault>, Vec<&Fault>) = faults.iter().partition(about_records);
            wrong.criteria = records.first().map(|f| sentence(&f.to_string()));
            wrong.problems = rest.iter().map(|f| sentence(&f.to_string())).collect();
        }
        Error::TestsFail(found) => {
            wrong.problems.push(failing(&found));
            wrong.tested = Some(Tested::stopped(found, "Save"));
        }
        Error::StaleDraft { .. } | Error::DraftChanged => wrong.problems.push(MEANWHILE.to_owned()),
        other => return Err(other),
    }
    Ok(wrong)
}
