//! Inviting those who were chosen, or everybody a search finds.

use std::collections::HashMap;

use app::{Ctx, Error};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::ids::RecordId;

use super::super::posted::Posted;
use super::super::visit::Visit;
use super::choose::{Source, person};
use super::outcome::{self, Deed};
use crate::failure::{PageError, error_page};

/// The most invitations at once.
const MOST: usize = 1000;
/// The largest page of records.
const PAGE: u32 = 200;

pub async fn carry_out(visit: Visit, Path(user_type): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let (ctx, source) = (visit.ctx(), Source::of(&visit, &user_type)?);
    let wrong = |why| Ok(error_page(StatusCode::UNPROCESSABLE_ENTITY, "That cannot be done", why));
    let chosen = if posted.has("everybody") {
        everybody(ctx, &source, posted.one("q")).await?
    } else {
        match posted.all("record").map(str::parse).collect::<Result<Vec<RecordId>, _>>() {
            Ok(ids) => ids,
            Err(_) => return wrong("one of those chosen is not a record"),
        }
    };
    if chosen.is_empty() || chosen.len() > MOST {
        return wrong("choose 1 to 1,000 people who are not in yet and have an e-mail address");
    }
    let names = names(ctx, &source, &chosen).await?;
    let invited = app::members::invite_many(ctx, source.user_type.id, &chosen).await;
    let result = |(id, result): (RecordId, Result<_, Error>)| {
        let who = names.get(&id).cloned().unwrap_or_else(|| format!("Number {id}"));
        (who, result.map(drop))
    };
    let deed = Deed {
        title: "Invitations",
        verb: "invited",
        back: format!("/admin/members/invite/{}", source.user_type.id),
        outbox: true,
    };
    Ok(outcome::page(&visit, deed, invited.into_iter().map(result).collect()))
}

/// Those a search finds who have an address and are not in yet, the newest thousand.
async fn everybody(ctx: &Ctx, source: &Source, word: &str) -> Result<Vec<RecordId>, Error> {
    let (mut chosen, mut after) = (Vec::new(), None);
    loop {
        let page = app::records::list(ctx, &source.access, source.query(word, PAGE, after)).await?;
        let ids = page.records.iter().map(|r| r.id).collect();
        let there = app::members::among(ctx, source.user_type.id, ids).await?;
        let open = page
            .records
            .iter()
            .filter(|r| !person(r).1.is_empty() && !there.iter().any(|m| m.record == r.id));
        chosen.extend(open.map(|r| r.id));
        chosen.truncate(MOST);
        match page.next {
            Some(next) if chosen.len() < MOST => after = Some(next),
            _ => return Ok(chosen),
        }
    }
}

async fn names(ctx: &Ctx, source: &Source, chosen: &[RecordId]) -> Result<HashMap<RecordId, String>, Error> {
    let mut names = HashMap::new();
    for ids in chosen.chunks(usize::try_from(PAGE).unwrap_or(1)) {
        let mut query = source.query("", PAGE, None);
        query.ids = ids.to_vec();
        let page = app::records::list(ctx, &source.access, query).await?;
        names.extend(page.records.iter().map(|record| {
            let (name, email) = person(record);
            (record.id, if email.is_empty() { name } else { format!("{name} ({email})") })
        }));
    }
    Ok(names)
}
