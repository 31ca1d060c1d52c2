//! The handlers behind the addresses of record pages.

use app::Error;
use axum::Json;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Path, Query};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::files::MOST_BYTES;

use super::attach::{Attached, attach};
use super::form::sent::Sent;
use super::form::{FormView, Saved, change, create, edit_form, new_form, parent};
use super::list::asked::Asked;
use super::lookup::choosable;
use super::site::{FilePath, ModulePath, Place, RecordPath, Site, may_make, own_record};
use super::{delete, list, notes, record};
use crate::failure::PageError;
use crate::files::{AROUND, send};
use crate::pages::done::{Done, lead_to};
use crate::pages::posted::Posted;
use crate::routes::{Routes, get, post};

type Pairs = Vec<(String, String)>;

/// The pages of records below `prefix`, which may hold parameters of the site's own.
pub fn routes<S: Site + 'static>(prefix: &str) -> Routes {
    let at = |path: &str| format!("{prefix}{path}");
    readable::<S>(prefix)
        .route(&at("/lookup/{module}"), get(look_up::<S>))
        .route(&at("/{module}/new"), get(show_new::<S>).post(post_new::<S>))
        .route(
            &at("/{module}/{id}/attach"),
            post(post_file::<S>).with_bodies_up_to(MOST_BYTES + AROUND),
        )
        .route(&at("/{module}/{id}/edit"), get(show_edit::<S>).post(post_edit::<S>))
        .route(&at("/{module}/{id}/delete"), get(show_delete::<S>).post(post_delete::<S>))
}

/// Those pages on which records are only read.
pub fn readable<S: Site + 'static>(prefix: &str) -> Routes {
    Routes::new()
        .route(&format!("{prefix}/{{module}}"), get(show_list::<S>))
        .route(&format!("{prefix}/{{module}}/{{id}}"), get(show_record::<S>))
        .route(&format!("{prefix}/{{module}}/{{id}}/file/{{field}}"), get(give_file::<S>))
}

async fn show_list<S: Site>(
    site: S,
    Path(at): Path<ModulePath>,
    headers: HeaderMap,
    Query(pairs): Query<Pairs>,
) -> Result<Response, PageError> {
    let (ctx, base) = (site.ctx(), site.base());
    let place = Place { ctx, base: &base };
    let access = app::records::access(ctx, &at.module)?;
    if let Some(id) = own_record(&access) {
        return Ok(Redirect::to(&place.record(&at.module, id)).into_response());
    }
    let asked = Asked::read(&access, &pairs);
    if asked.completed {
        return Ok(Redirect::to(&asked.with(&place.list(&at.module), "", "")).into_response());
    }
    let view = list::view(place, &access, asked).await?;
    let status = if view.is_as_asked() {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    Ok(site.page(&headers, status, &view.title, &at.module, &view))
}

async fn show_record<S: Site>(site: S, Path(at): Path<RecordPath>, headers: HeaderMap) -> Result<Response, PageError> {
    let (ctx, base) = (site.ctx(), site.base());
    let access = app::records::access(ctx, &at.module)?;
    let mut view = record::view(Place { ctx, base: &base }, &access, at.id()?).await?;
    view.about = site.about(&access, at.id()?).await?;
    Ok(site.page(&headers, StatusCode::OK, &view.title, &at.module, &view))
}

async fn give_file<S: Site>(site: S, Path(at): Path<FilePath>) -> Result<Response, PageError> {
    let access = app::records::access(site.ctx(), &at.module)?;
    let field = access.plan().column_named(&at.field).ok_or(Error::NotFound("file"))?.field.id;
    let reader = app::files::of_record(site.ctx(), &access, at.id()?, field).await?;
    Ok(send(reader, None))
}

async fn post_file<S: Site>(
    site: S,
    Path(at): Path<RecordPath>,
    headers: HeaderMap,
    parts: Result<Multipart, MultipartRejection>,
) -> Result<Response, PageError> {
    let (ctx, base) = (site.ctx(), site.base());
    let place = Place { ctx, base: &base };
    let access = app::records::access(ctx, &at.module)?;
    match attach(place, &access, at.id()?, parts).await? {
        Attached::Done(part) => Ok(lead_to(&(place.record(&at.module, at.id()?) + &part), Done::Created)),
        Attached::Refused(status, problem) => {
            let mut view = record::view(place, &access, at.id()?).await?;
            view.refuse(&problem);
            Ok(site.page(&headers, status, &view.title, &at.module, &view))
        }
    }
}

fn form_page<S: Site>(site: &S, headers: &HeaderMap, status: StatusCode, module: &str, form: &FormView) -> Response {
    site.page(headers, status, &form.title, module, form)
}

async fn show_new<S: Site>(
    site: S,
    Path(at): Path<ModulePath>,
    headers: HeaderMap,
    Query(pairs): Query<Pairs>,
) -> Result<Response, PageError> {
    let (ctx, base) = (site.ctx(), site.base());
    let access = app::records::access(ctx, &at.module)?;
    if !may_make(&access) {
        return Err(Error::Forbidden.into());
    }
    let sent = Sent::new(pairs);
    let module = access.plan().module();
    // What belongs to a record begins on its page, and a file comes with a form of its own.
    if module.attachment_field().is_some() || (module.parent_field().is_some() && parent(&access, &sent).is_none()) {
        return Err(Error::NotFound("record").into());
    }
    let form = new_form(Place { ctx, base: &base }, &access, (&sent).into()).await?;
    Ok(form_page(&site, &headers, StatusCode::OK, &at.module, &form))
}

async fn post_new<S: Site>(
    site: S,
    Path(at): Path<ModulePath>,
    headers: HeaderMap,
    Posted(pairs): Posted<Pairs>,
) -> Result<Response, PageError> {
    let (ctx, base) = (site.ctx(), site.base());
    let place = Place { ctx, base: &base };
    let access = app::records::access(ctx, &at.module)?;
    let saved = create(place, &access, &Sent::new(pairs)).await?;
    if let Saved::Done(id) = saved
        && let Some((above, _)) = notes::above(place, &access, id).await?
    {
        return Ok(lead_to(&(above + &notes::part(&access)), Done::Created));
    }
    Ok(after(&site, &headers, place, &at.module, saved, Done::Created))
}

async fn show_edit<S: Site>(site: S, Path(at): Path<RecordPath>, headers: HeaderMap) -> Result<Response, PageError> {
    let (ctx, base) = (site.ctx(), site.base());
    let (access, id) = (app::records::access(ctx, &at.module)?, at.id()?);
    if !app::records::rights(ctx, &access, id).await?.edit {
        return Err(Error::Forbidden.into());
    }
    let form = edit_form(Place { ctx, base: &base }, &access, id, (&Sent::default()).into()).await?;
    Ok(form_page(&site, &headers, StatusCode::OK, &at.module, &form))
}

async fn post_edit<S: Site>(
    site: S,
    Path(at): Path<RecordPath>,
    headers: HeaderMap,
    Posted(pairs): Posted<Pairs>,
) -> Result<Response, PageError> {
    let (ctx, base) = (site.ctx(), site.base());
    let place = Place { ctx, base: &base };
    let (access, id) = (app::records::access(ctx, &at.module)?, at.id()?);
    let saved = change(place, &access, id, &Sent::new(pairs)).await?;
    Ok(after(&site, &headers, place, &at.module, saved, Done::Saved))
}

fn after<S: Site>(site: &S, headers: &HeaderMap, place: Place<'_>, module: &str, saved: Saved, done: Done) -> Response {
    match saved {
        Saved::Done(id) => lead_to(&place.record(module, id), done),
        Saved::Wrong(form) => form_page(site, headers, StatusCode::UNPROCESSABLE_ENTITY, module, &form),
        Saved::Stale(form) => form_page(site, headers, StatusCode::CONFLICT, module, &form),
    }
}

async fn show_delete<S: Site>(site: S, Path(at): Path<RecordPath>, headers: HeaderMap) -> Result<Response, PageError> {
    let (ctx, base) = (site.ctx(), site.base());
    let access = app::records::access(ctx, &at.module)?;
    let view = delete::view(Place { ctx, base: &base }, &access, at.id()?).await?;
    Ok(site.page(&headers, StatusCode::OK, "Delete", &at.module, &view))
}

async fn post_delete<S: Site>(site: S, Path(at): Path<RecordPath>) -> Result<Response, PageError> {
    let (ctx, base) = (site.ctx(), site.base());
    let access = app::records::access(ctx, &at.module)?;
    let place = Place { ctx, base: &base };
    let beside = notes::above(place, &access, at.id()?).await?;
    app::records::delete(ctx, &access, at.id()?).await?;
    let above = beside.map_or_else(|| place.above(&access).0, |(above, _)| above + &notes::part(&access));
    Ok(lead_to(&above, Done::Deleted))
}

async fn look_up<S: Site>(site: S, Path(at): Path<ModulePath>, Query(pairs): Query<Pairs>) -> Result<Response, PageError> {
    let access = app::records::access(site.ctx(), &at.module)?;
    let word = pairs.iter().find(|(name, _)| name == "q").map_or("", |(_, word)| word.as_str());
    let found = choosable(site.ctx(), access.plan().module().id, word).await?;
    Ok(Json(found).into_response())
}
