//! The ledger as a file for spreadsheets: all entries that are asked for, read page by page while they are sent.

use app::licences::{Asked, csv_head, csv_lines};
use app::{Ctx, Error};
use axum::body::Body;
use axum::extract::Query;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::stream::{self, StreamExt as _};

use super::super::visit::Visit;
use super::ledger::Wanted;
use crate::failure::PageError;

pub async fn file(visit: Visit, Query(wanted): Query<Wanted>) -> Result<Response, PageError> {
    let asked = wanted.asked()?;
    // The first page before anything is sent: whoever may not read it gets a page that says so.
    let (first, rest) = page(visit.ctx(), asked).await?;
    let head = stream::iter([csv_head(), Ok(first)]);
    let more = stream::unfold((visit.ctx().clone(), rest), async |(ctx, asked)| match page(&ctx, asked?).await {
        Ok((lines, rest)) => Some((Ok(lines), (ctx, rest))),
        Err(error) => Some((Err(error), (ctx, None))),
    });
    let lines = head.chain(more).map(|lines| lines.map(Bytes::from));
    let name = format!("attachment; filename=\"licences-{}.csv\"", visit.ctx().now.day().iso());
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, Body::from_stream(lines)).into_response())
}

/// The lines of a page, and what is asked for next.
async fn page(ctx: &Ctx, asked: Asked) -> Result<(Vec<u8>, Option<Asked>), Error> {
    let page = app::licences::ledger(ctx, asked.clone()).await?;
    let last = page.entries.last().map(|entry| entry.recorded.number).filter(|_| page.more);
    let rest = last.map(|number| Asked {
        before: Some(number),
        ..asked
    });
    Ok((csv_lines(ctx, &page.entries)?, rest))
}
