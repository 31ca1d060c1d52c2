//! The portal user's own account: who they are here, their password, their sessions.

use app::Error;
use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::access::PlanKey;
use serde::Deserialize;

use super::site::Inside;
use crate::failure::PageError;
use crate::pages::done::{Done, lead_to};
use crate::pages::posted::Posted;
use crate::pages::programs::{Acting, Ending, acting};
use crate::pages::shell::Person;
use crate::routes::{Routes, get, post};

pub fn routes<S: Inside + 'static>(prefix: &str) -> Routes {
    Routes::new()
        .route(&format!("{prefix}/profile"), get(show::<S>))
        .route(&format!("{prefix}/profile/password"), post(change_password::<S>))
        .route(&format!("{prefix}/profile/sessions"), post(sign_out_elsewhere::<S>))
        .route(&format!("{prefix}/profile/programs"), post(end_program::<S>))
}

#[derive(Template)]
#[template(path = "portal/profile.html")]
struct Profile {
    base: String,
    person: Person,
    user_type: String,
    /// The page of the record that the portal user is.
    details: Option<String>,
    /// Whether they sign in with a password.
    has_password: bool,
    old_error: Option<String>,
    new_error: Option<String>,
    programs: Vec<Acting>,
}

async fn profile(site: &impl Inside) -> Result<Profile, Error> {
    let (ctx, user) = (site.ctx(), site.user());
    let user_type = match ctx.viewer.key {
        PlanKey::UserType(id) => ctx.snapshot.user_type(id),
        PlanKey::Staff(_) | PlanKey::Anonymous | PlanKey::SignUp(_) => None,
    };
    let base = site.base();
    let own = user_type.and_then(|t| ctx.snapshot.access(ctx.viewer, t.personality));
    let details = own.zip(ctx.viewer.anchor);
    Ok(Profile {
        details: details.map(|(access, id)| format!("{base}/{}/{id}", access.plan().module().api_name)),
        person: Person::new(&user.name, &user.email),
        user_type: user_type.map_or_else(String::new, |t| t.name.clone()),
        has_password: !site.user().portal.single_sign_on,
        old_error: None,
        new_error: None,
        programs: acting(ctx).await?,
        base,
    })
}

fn page(site: &impl Inside, headers: &HeaderMap, status: StatusCode, profile: &Profile) -> Response {
    site.page(headers, status, "Profile", "", profile)
}

async fn show<S: Inside>(site: S, headers: HeaderMap) -> Result<Response, PageError> {
    Ok(page(&site, &headers, StatusCode::OK, &profile(&site).await?))
}

async fn end_program<S: Inside>(site: S, Posted(form): Posted<Ending>) -> Result<Response, PageError> {
    app::clients::end_mine(site.ctx(), form.id()?).await?;
    Ok(lead_to(&format!("{}/profile", site.base()), Done::TokenEnded))
}

#[derive(Debug, Deserialize)]
struct Passwords {
    old: String,
    new: String,
}

async fn change_password<S: Inside>(site: S, headers: HeaderMap, Posted(form): Posted<Passwords>) -> Result<Response, PageError> {
    let shown = profile(&site).await?;
    let again = |old_error, new_error| {
        let profile = Profile {
            old_error,
            new_error,
            ..shown
        };
        page(&site, &headers, StatusCode::UNPROCESSABLE_ENTITY, &profile)
    };
    Ok(match app::accounts::change_password(site.ctx(), &form.old, &form.new).await {
        Ok(()) => lead_to(&format!("{}/profile", site.base()), Done::PasswordChanged),
        Err(Error::WrongPassword) => again(Some("This is not your present password".into()), None),
        Err(Error::Password(why)) => again(None, Some(why.to_string())),
        Err(other) => return Err(other.into()),
    })
}

async fn sign_out_elsewhere<S: Inside>(site: S) -> Result<Response, PageError> {
    app::accounts::sign_out_elsewhere(site.ctx()).await?;
    Ok(lead_to(&format!("{}/profile", site.base()), Done::SignedOutElsewhere))
}
