//! The form by which people ask to come into a user type: what it asks, and who decides.

use std::sync::Arc;

use app::Error;
use app::policies::Part;
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::access::{Admission, SignUp, is_askable};
use domain::modules::Module;
use domain::portals::UserType;

use super::super::modules::kind_words;
use super::super::policies::{Tested, failing};
use super::super::posted::Posted;
use super::super::visit::{Visit, id};
use super::map::MEANWHILE;
use super::worked::{At, Worked};
use crate::failure::{PageError, sentence, status};
use crate::pages::done::lead_to;
use crate::pages::shell::Shell;
use crate::pages::{show as show_page, with_status};

#[derive(Template)]
#[template(path = "admin/visitors/sign_up.html")]
struct Page {
    shell: Shell,
    home: String,
    draft: Option<(String, String)>,
    seen: i64,
    user_type: String,
    /// Where it is filled in, once it is open.
    link: Option<String>,
    admission: Option<Admission>,
    email: String,
    fields: Vec<Row>,
    wrong: Wrong,
}

/// A field that can be asked.
struct Row {
    id: String,
    label: String,
    kind: &'static str,
    chosen: bool,
    required: bool,
}

#[derive(Default)]
struct Wrong {
    problems: Vec<String>,
    tested: Option<Tested>,
}

/// Whose form it is.
struct Whose {
    user_type: UserType,
    module: Arc<Module>,
}

fn whose(visit: &Visit, worked: &Worked, at: &At) -> Result<Whose, Error> {
    let snapshot = &visit.ctx().snapshot;
    let user_type = snapshot
        .user_type(id(&at.user_type, "user type")?)
        .ok_or(Error::NotFound("user type"))?;
    let personality = worked.set.get(user_type.id).map_or(user_type.personality, |p| p.personality);
    Ok(Whose {
        user_type: user_type.clone(),
        module: snapshot.catalogue.module(personality).cloned().ok_or(Error::NotFound("module"))?,
    })
}

fn page(visit: &Visit, worked: &Worked, whose: &Whose, form: Option<&SignUp>, seen: i64, wrong: Wrong) -> Page {
    let (module, user_type) = (&whose.module, &whose.user_type);
    let email = module.email_field();
    let asked = |f: &&domain::modules::Field| is_askable(f) && email.is_none_or(|e| e.id != f.id);
    let row = |field: &domain::modules::Field| Row {
        id: field.id.to_string(),
        label: field.label.clone(),
        kind: kind_words(&field.kind),
        chosen: field.required
            || form.is_some_and(|f| f.fields.contains(&field.id))
            || (form.is_none() && module.name_fields.contains(&field.id)),
        required: field.required,
    };
    let open = worked.draft.is_none() && worked.sign_up(user_type.id).is_some();
    let portal = visit.ctx().snapshot.portal(user_type.portal).filter(|_| open);
    Page {
        shell: visit.shell(&format!("Sign-up: {}", user_type.name), worked.current()),
        home: worked.home.clone(),
        draft: worked.draft.clone(),
        seen,
        link: portal.map(|p| format!("/portal/{}/sign-up/{}", p.name, user_type.id)),
        user_type: visit.ctx().snapshot.called(user_type),
        admission: form.map(|f| f.admission),
        email: email.map(|f| f.label.clone()).unwrap_or_default(),
        fields: module.fields.iter().filter(asked).map(row).collect(),
        wrong,
    }
}

pub async fn show(visit: Visit, Path(at): Path<At>) -> Result<Response, PageError> {
    let worked = Worked::on(&visit, &at).await?;
    let whose = whose(&visit, &worked, &at)?;
    let form = worked.sign_up(whose.user_type.id);
    Ok(show_page(&page(&visit, &worked, &whose, form, worked.seen, Wrong::default())))
}

pub async fn save(visit: Visit, Path(at): Path<At>, posted: Posted) -> Result<Response, PageError> {
    let worked = Worked::on(&visit, &at).await?;
    let whose = whose(&visit, &worked, &at)?;
    let mut wrong = Wrong::default();
    let mut code = StatusCode::UNPROCESSABLE_ENTITY;
    let form = read(&whose, &posted);
    match &form {
        None => wrong
            .problems
            .push("Expected a choice: who decides whether somebody comes in.".to_owned()),
        Some(form) => match worked
            .save(visit.ctx(), &posted, Part::SignUp(form.user_type, Some(form.clone())))
            .await
        {
            Ok((place, done)) => return Ok(lead_to(&place, done)),
            Err(error) => {
                code = status(error.kind());
                wrong = told(error, "Save")?;
            }
        },
    }
    let seen = posted.one("seen").parse().unwrap_or(worked.seen);
    Ok(with_status(code, &page(&visit, &worked, &whose, form.as_ref(), seen, wrong)))
}

fn read(whose: &Whose, posted: &Posted) -> Option<SignUp> {
    let admission = [Admission::Checked, Admission::Open]
        .into_iter()
        .find(|a| a.name() == posted.one("admission"))?;
    let fields = whose.module.fields.iter().map(|f| f.id);
    Some(SignUp {
        user_type: whose.user_type.id,
        admission,
        fields: fields.filter(|id| posted.has(&format!("f.{id}"))).collect(),
    })
}

/// Closes the form.
pub async fn remove(visit: Visit, Path(at): Path<At>, posted: Posted) -> Result<Response, PageError> {
    let worked = Worked::on(&visit, &at).await?;
    let whose = whose(&visit, &worked, &at)?;
    match worked.save(visit.ctx(), &posted, Part::SignUp(whose.user_type.id, None)).await {
        Ok((place, done)) => Ok(lead_to(&place, done)),
        Err(error) => {
            let code = status(error.kind());
            let form = worked.sign_up(whose.user_type.id);
            let page = page(&visit, &worked, &whose, form, worked.seen, told(error, "Close the form")?);
            Ok(with_status(code, &page))
        }
    }
}

/// What stands in the way of a change.
fn told(error: Error, wish: &'static str) -> Result<Wrong, Error> {
    let mut wrong = Wrong::default();
    match error {
        Error::Policy(faults) => wrong.problems = faults.iter().map(|f| sentence(&f.to_string())).collect(),
        Error::TestsFail(found) => {
            wrong.problems.push(failing(&found));
            wrong.tested = Some(Tested::stopped(found, wish));
        }
        Error::StaleDraft { .. } | Error::DraftChanged => wrong.problems.push(MEANWHILE.to_owned()),
        other => return Err(other),
    }
    Ok(wrong)
}
