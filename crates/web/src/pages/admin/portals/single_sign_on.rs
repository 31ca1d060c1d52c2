//! Where the people of a portal sign in: at a provider of their own company, or here.

use app::portals::Change;
use app::single_sign_on::{Draft, checked, service_provider};
use app::{Ctx, Error};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::portals::{Portal, SingleSignOn};
use signin::saml::Certificate;
use store::portals::Stamps;

use super::super::moments::When;
use super::super::posted::Posted;
use super::super::visit::{Visit, id};
use crate::failure::{PageError, sentence};
use crate::pages::done::{Done, lead_to};
use crate::pages::shell::Shell;
use crate::pages::{show as show_page, with_status};

/// What an administrator carries over to the provider.
struct Told {
    label: &'static str,
    value: String,
    hint: &'static str,
}

#[derive(Template)]
#[template(path = "admin/portals/single_sign_on.html")]
struct Form {
    shell: Shell,
    portal: Portal,
    told: Vec<Told>,
    draft: Draft,
    changed: Option<(When, String)>,
    /// Whose the certificate that is kept says to be, and until when.
    certificate: Option<(String, When)>,
    login_error: Option<String>,
    logout_error: Option<String>,
    certificate_error: Option<String>,
    problem: Option<String>,
}

fn told(ctx: &Ctx, portal: &Portal) -> Vec<Told> {
    let here = service_provider(&ctx.app, portal);
    let one = |label, value, hint| Told { label, value, hint };
    vec![
        one(
            "Metadata",
            here.issuer.clone(),
            "Many providers read everything else from this address.",
        ),
        one("Entity ID", here.issuer, "Also called issuer, identifier or audience."),
        one(
            "Assertion consumer service",
            here.acs_url,
            "Also called ACS, reply or single sign-on URL.",
        ),
        one(
            "Single logout",
            here.single_logout_url,
            "Where the provider says that somebody has signed out.",
        ),
        one("Default relay state", super::address(ctx, portal), "Where people go first."),
    ]
}

fn draft(entered: Option<&SingleSignOn>) -> Draft {
    entered.map_or_else(
        || Draft {
            login_url: String::new(),
            logout_url: String::new(),
            certificate: String::new(),
            active: true,
        },
        |entered| Draft {
            login_url: entered.login_url.clone(),
            logout_url: entered.logout_url.clone(),
            certificate: entered.certificate.clone(),
            active: entered.active,
        },
    )
}

async fn page(visit: &Visit, portal: &str) -> Result<Form, Error> {
    let (ctx, wanted) = (visit.ctx(), id(portal, "portal")?);
    let entered: Option<(SingleSignOn, Stamps)> = app::single_sign_on::show(ctx, wanted).await?;
    let certificate = entered
        .as_ref()
        .and_then(|(provider, _)| Certificate::from_pem(&provider.certificate).ok());
    let portal = ctx.snapshot.portal(wanted).cloned().ok_or(Error::NotFound("portal"))?;
    Ok(Form {
        shell: visit.shell("Single sign-on", "portals"),
        told: told(ctx, &portal),
        draft: draft(entered.as_ref().map(|(provider, _)| provider)),
        certificate: certificate.map(|c| (c.subject().to_owned(), When::new(ctx.now, c.not_after()))),
        changed: entered.map(|(_, stamps)| (When::new(ctx.now, stamps.modified), stamps.modified_by.name)),
        portal,
        login_error: None,
        logout_error: None,
        certificate_error: None,
        problem: None,
    })
}

pub async fn form(visit: Visit, Path(portal): Path<String>) -> Result<Response, PageError> {
    Ok(show_page(&page(&visit, &portal).await?))
}

pub async fn save(visit: Visit, Path(portal): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let mut form = page(&visit, &portal).await?;
    form.draft = Draft {
        login_url: posted.trimmed("login_url"),
        logout_url: posted.trimmed("logout_url"),
        certificate: posted.trimmed("public_key"),
        active: posted.has("active"),
    };
    let active = form.draft.active;
    match keep(&visit, &form).await {
        Ok(()) => {
            let done = if active { Done::SingleSignOnOn } else { Done::SingleSignOnOff };
            return Ok(lead_to(&format!("/admin/portals/{}", form.portal.id), done));
        }
        Err(Error::Input(name, expected)) => {
            let error = Some(sentence(&format!("expected {expected}")));
            match name {
                "login_url" => form.login_error = error,
                "logout_url" => form.logout_error = error,
                _ => form.certificate_error = error,
            }
        }
        Err(Error::Certificate(why)) => form.certificate_error = Some(sentence(&why.to_string())),
        Err(error @ (Error::NotInPolicy { .. } | Error::Edition(_))) => form.problem = Some(sentence(&error.to_string())),
        Err(other) => return Err(other.into()),
    }
    Ok(with_status(StatusCode::UNPROCESSABLE_ENTITY, &form))
}

async fn keep(visit: &Visit, form: &Form) -> Result<(), Error> {
    let wanted = Change {
        name: form.portal.name.clone(),
        title: form.portal.title.clone(),
        active: form.portal.active,
        single_sign_on: Some(checked(form.draft.clone())?),
    };
    app::portals::change(visit.ctx(), form.portal.id, wanted, None).await
}
