//! The portal user's own account: who they are here, their password, their sessions.

use app::Error;
use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::access::PlanKey;
use serde::Deserialize;

use crate::caller::PortalUser;
use crate::failure::PageError;
use crate::pages::done::{Done, lead_to};
use crate::pages::posted::Posted;
use crate::pages::records::Site as _;
use crate::pages::shell::Person;
use crate::routes::{Routes, get, post};

pub fn routes() -> Routes {
    Routes::new()
        .route("/portal/{portal}/profile", get(show))
        .route("/portal/{portal}/profile/password", post(change_password))
        .route("/portal/{portal}/profile/sessions", post(sign_out_elsewhere))
}

#[derive(Template)]
#[template(path = "portal/profile.html")]
struct Profile {
    base: String,
    person: Person,
    user_type: String,
    /// The page of the record that the portal user is.
    details: Option<String>,
    old_error: Option<String>,
    new_error: Option<String>,
}

fn profile(user: &PortalUser) -> Profile {
    let ctx = &user.ctx;
    let user_type = match ctx.viewer.key {
        PlanKey::UserType(id) => ctx.snapshot.user_type(id),
        PlanKey::Staff(_) => None,
    };
    let base = user.base();
    let own = user_type.and_then(|t| ctx.snapshot.access(ctx.viewer, t.personality));
    let details = own.zip(ctx.viewer.anchor);
    Profile {
        details: details.map(|(access, id)| format!("{base}/{}/{id}", access.plan().module().api_name)),
        person: Person::new(&user.name, &user.email),
        user_type: user_type.map_or_else(String::new, |t| t.name.clone()),
        old_error: None,
        new_error: None,
        base,
    }
}

fn page(user: &PortalUser, headers: &HeaderMap, status: StatusCode, profile: &Profile) -> Response {
    user.page(headers, status, "Profile", "", profile)
}

async fn show(user: PortalUser, headers: HeaderMap) -> Response {
    page(&user, &headers, StatusCode::OK, &profile(&user))
}

#[derive(Debug, Deserialize)]
struct Passwords {
    old: String,
    new: String,
}

async fn change_password(user: PortalUser, headers: HeaderMap, Posted(form): Posted<Passwords>) -> Result<Response, PageError> {
    let again = |old_error, new_error| {
        let profile = Profile {
            old_error,
            new_error,
            ..profile(&user)
        };
        page(&user, &headers, StatusCode::UNPROCESSABLE_ENTITY, &profile)
    };
    Ok(match app::accounts::change_password(&user.ctx, &form.old, &form.new).await {
        Ok(()) => lead_to(&format!("{}/profile", user.base()), Done::PasswordChanged),
        Err(Error::WrongPassword) => again(Some("This is not your present password".into()), None),
        Err(Error::Password(why)) => again(None, Some(why.to_string())),
        Err(other) => return Err(other.into()),
    })
}

async fn sign_out_elsewhere(user: PortalUser) -> Result<Response, PageError> {
    app::accounts::sign_out_elsewhere(&user.ctx).await?;
    Ok(lead_to(&format!("{}/profile", user.base()), Done::SignedOutElsewhere))
}
