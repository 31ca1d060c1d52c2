//! The first page for visitors: what there is, and the way in.

use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use futures_util::future::try_join_all;

use crate::caller::Visitor;
use crate::failure::PageError;
use crate::pages::portal::{Tile, tile};
use crate::pages::records::Site as _;
use crate::pages::records::site::Place;

#[derive(Template)]
#[template(path = "portal/public.html")]
struct Home {
    site: String,
    tiles: Vec<Tile>,
    sign_in: String,
}

pub async fn show(visitor: Visitor, headers: HeaderMap) -> Result<Response, PageError> {
    let (ctx, base) = (&visitor.ctx, visitor.base());
    let place = Place { ctx, base: &base };
    let accesses = ctx.snapshot.accesses(ctx.viewer);
    let home = Home {
        site: visitor.portal.title.clone(),
        tiles: try_join_all(accesses.iter().map(|access| tile(place, access))).await?,
        sign_in: visitor.sign_in(),
    };
    Ok(visitor.page(&headers, StatusCode::OK, "Home", "", &home))
}
