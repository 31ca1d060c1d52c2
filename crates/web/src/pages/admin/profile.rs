//! One's own sign-in: who one is, and a new password.

use app::Error;
use app::accounts::Caller;
use app::clients::end_mine;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::posted::Posted;
use super::visit::Visit;
use crate::failure::{PageError, sentence};
use crate::pages::done::{Done, lead_to};
use crate::pages::posted::Posted as Form;
use crate::pages::programs::{Acting, Ending, acting};
use crate::pages::shell::Shell;
use crate::pages::{show as show_page, with_status};

#[derive(Template)]
#[template(path = "admin/profile.html")]
struct Profile {
    shell: Shell,
    name: String,
    email: String,
    profile: String,
    role: String,
    old_error: Option<String>,
    new_error: Option<String>,
    programs: Vec<Acting>,
    /// Where the administrator's pages begin.
    base: &'static str,
}

async fn page(visit: &Visit) -> Result<Profile, Error> {
    let (profile, role) = match visit.ctx().signed_in.as_deref().map(|s| &s.caller) {
        Some(Caller::Staff(staff)) => (staff.profile_name.clone(), staff.role_name.clone()),
        _ => Default::default(),
    };
    Ok(Profile {
        shell: visit.shell("Your profile", "profile"),
        name: visit.user.name.clone(),
        email: visit.user.email.clone(),
        profile,
        role,
        old_error: None,
        new_error: None,
        programs: acting(visit.ctx()).await?,
        base: "/admin",
    })
}

pub async fn show(visit: Visit) -> Result<Response, PageError> {
    Ok(show_page(&page(&visit).await?))
}

pub async fn end_program(visit: Visit, Form(form): Form<Ending>) -> Result<Response, PageError> {
    end_mine(visit.ctx(), form.id()?).await?;
    Ok(lead_to("/admin/profile", Done::TokenEnded))
}

pub async fn change_password(visit: Visit, form: Posted) -> Result<Response, PageError> {
    let refused = if form.one("new") == form.one("again") {
        match app::accounts::change_password(visit.ctx(), form.one("old"), form.one("new")).await {
            Ok(()) => return Ok(lead_to("/admin/profile", Done::PasswordChanged)),
            Err(Error::WrongPassword) => (Some("This is not your present password.".into()), None),
            Err(Error::Password(why)) => (None, Some(sentence(&why.to_string()))),
            Err(other) => return Err(other.into()),
        }
    } else {
        (None, Some("The two new passwords are not the same.".into()))
    };
    let page = Profile {
        old_error: refused.0,
        new_error: refused.1,
        ..page(&visit).await?
    };
    Ok(with_status(StatusCode::UNPROCESSABLE_ENTITY, &page))
}
