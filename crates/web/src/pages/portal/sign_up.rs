//! Signing up: a form for whoever wants access, and the link that proves their address.

use app::sign_ups::{self, Offer, Proven, Receiving};
use app::{App, Error};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::records::FieldError;
use store::sign_ups::Answers;

use super::spent;
use crate::failure::PageError;
use crate::pages::posted::Posted;
use crate::pages::records::form::control::{Control, Input};
use crate::pages::records::form::make::{Filling, new_form};
use crate::pages::records::form::sent::Sent;
use crate::pages::records::site::Place;
use crate::pages::{show, with_status};
use crate::routes::{Routes, get};

pub fn routes() -> Routes {
    Routes::new()
        .route("/portal/{portal}/sign-up", get(choose))
        .route("/portal/{portal}/sign-up/{type}", get(form).post(send))
        .route("/portal/{portal}/sign-up/proof/{token}", get(proof).post(prove))
}

#[derive(Template)]
#[template(path = "portal/sign_up_choose.html")]
struct Choose {
    site: String,
    base: String,
    offers: Vec<Offer>,
}

/// The forms of a portal; the only one at once.
async fn choose(State(app): State<App>, Path(portal): Path<String>) -> Result<Response, PageError> {
    let offers = sign_ups::offers(&app, &portal).await?;
    let known = app::portals::look(&app, &portal).await?;
    let base = format!("/portal/{}", known.name);
    match offers.as_slice() {
        [] => Err(Error::NotFound("page").into()),
        [only] => Ok(Redirect::to(&format!("{base}/sign-up/{}", only.user_type)).into_response()),
        _ => Ok(show(&Choose {
            site: known.title,
            base,
            offers,
        })),
    }
}

#[derive(Template)]
#[template(path = "portal/sign_up.html")]
struct Form {
    site: String,
    base: String,
    action: String,
    controls: Vec<Control>,
    problems: Vec<String>,
    /// A control is not compared with what stood there before.
    modified: Option<i64>,
    /// Where a link was sent, whoever that is.
    sent_to: Option<String>,
}

async fn receive(app: &App, portal: &str, user_type: &str) -> Result<Receiving, Error> {
    let user_type = user_type.parse().map_err(|_| Error::NotFound("page"))?;
    sign_ups::receive(app, portal, user_type).await
}

async fn page(to: &Receiving, sent: &Sent, errors: &[FieldError]) -> Result<Form, Error> {
    let base = format!("/portal/{}", to.portal.name);
    let place = Place { ctx: &to.ctx, base: &base };
    let filling = Filling {
        sent,
        errors,
        stale: false,
    };
    let view = new_form(place, &to.access, filling).await?;
    let mut controls: Vec<Control> = view.sections.into_iter().flat_map(|s| s.controls).collect();
    // A record may do without an address, somebody who signs up may not.
    let email = to.access.plan().module().email_field();
    for control in controls.iter_mut().filter(|c| email.is_some_and(|f| f.api_name == c.name)) {
        control.required = true;
    }
    Ok(Form {
        site: to.portal.title.clone(),
        action: format!("{base}/sign-up/{}", to.user_type.id),
        base,
        controls,
        problems: view.errors,
        modified: None,
        sent_to: None,
    })
}

async fn form(State(app): State<App>, Path((portal, user_type)): Path<(String, String)>) -> Result<Response, PageError> {
    let to = receive(&app, &portal, &user_type).await?;
    Ok(show(&page(&to, &Sent::default(), &[]).await?))
}

/// Says the same whoever the address belongs to.
async fn send(
    State(app): State<App>,
    Path((portal, user_type)): Path<(String, String)>,
    Posted(pairs): Posted<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let to = receive(&app, &portal, &user_type).await?;
    let sent = Sent::new(pairs);
    let columns = to.access.plan().columns().iter();
    let answers: Answers = columns.filter_map(|c| Some((c.field.id, sent.texts(&c.field)?))).collect();
    let email = to
        .access
        .plan()
        .module()
        .email_field()
        .and_then(|f| answers.get(&f.id)?.first().cloned());
    match sign_ups::ask(&to, answers).await {
        Ok(()) => {
            let page = page(&to, &sent, &[]).await?;
            Ok(show(&Form { sent_to: email, ..page }))
        }
        Err(Error::Fields(errors)) => Ok(with_status(StatusCode::UNPROCESSABLE_ENTITY, &page(&to, &sent, &errors).await?)),
        Err(other) => Err(other.into()),
    }
}

#[derive(Template)]
#[template(path = "portal/sign_up_proof.html")]
struct Link {
    site: String,
    base: String,
    token: String,
    /// Whose address it proves, before that is done.
    email: Option<String>,
    /// What became of it, once it is proven.
    stands: Option<Proven>,
}

async fn link(app: &App, portal: &str, token: String) -> Result<Link, PageError> {
    let known = app::portals::look(app, portal).await?;
    Ok(Link {
        base: format!("/portal/{}", known.name),
        site: known.title,
        token,
        email: None,
        stands: None,
    })
}

/// Opening the link proves nothing yet: programs that look through mail open links too.
async fn proof(State(app): State<App>, Path((portal, token)): Path<(String, String)>) -> Result<Response, PageError> {
    let page = link(&app, &portal, token).await?;
    Ok(match sign_ups::proof(&app, &portal, &page.token).await {
        Ok(email) => show(&Link {
            email: Some(email),
            ..page
        }),
        Err(Error::LinkSpent) => spent::sign_up(page.site, page.base),
        Err(other) => return Err(other.into()),
    })
}

async fn prove(State(app): State<App>, Path((portal, token)): Path<(String, String)>) -> Result<Response, PageError> {
    let page = link(&app, &portal, token).await?;
    Ok(match sign_ups::prove(&app, &portal, &page.token).await {
        Ok(Proven::LetIn(invitation)) => Redirect::to(&format!("{}/invitation/{invitation}", page.base)).into_response(),
        Ok(stands) => show(&Link {
            stands: Some(stands),
            ..page
        }),
        Err(Error::LinkSpent) => spent::sign_up(page.site, page.base),
        Err(other) => return Err(other.into()),
    })
}
