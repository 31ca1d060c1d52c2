//! Notifications: where the caller wants to be told of which changes.

mod asked;
mod told;

use app::Ctx;
use app::notifications;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::numbered::Numbered;
use super::request::{JsonBody, Params};
use super::{ApiError, answer};
use crate::caller::StaffCaller;
use crate::routes::{Routes, get};

/// The most channels of one call.
pub const MOST: usize = 10;
/// How far pages go.
const MAX_BY_NUMBER: u32 = 10_000;

const SUBSCRIBED: &str = "Successfully subscribed for actions-watch of the given module";
const UPDATED: &str = "Successfully updated the subscribe details";
const REMOVED: &str = "Successfully removed the subscribe details";
const ENDED: &str = "Successfully un-subscribed from actions-watch";

pub fn routes() -> Routes {
    Routes::new().route("/actions/watch", get(list).post(open).put(replace).patch(amend).delete(close))
}

/// One entry for each module that a channel is about.
async fn list(StaffCaller(ctx): StaffCaller, params: Params) -> Result<Response, ApiError> {
    let page = Numbered::read(&params, MAX_BY_NUMBER)?;
    let (number, module) = (params.id::<asked::Number>("channel_id")?, params.text("module"));
    let channels = notifications::mine(&ctx).await?;
    let wanted = channels
        .iter()
        .filter(|channel| number.is_none_or(|number| number.0 == channel.number));
    let entries = wanted.flat_map(|channel| told::entries(&ctx, channel, module));
    let skip = usize::try_from(page.skip()).unwrap_or(usize::MAX);
    let limit = usize::try_from(page.limit()).unwrap_or(usize::MAX);
    let mut entries: Vec<Value> = entries.skip(skip).take(limit).collect();
    let info = page.cut(&mut entries);
    if entries.is_empty() {
        return Ok(answer::nothing());
    }
    Ok(answer::json(StatusCode::OK, &json!({"watch": entries, "info": info})))
}

async fn open(StaffCaller(ctx): StaffCaller, body: JsonBody) -> Result<Response, ApiError> {
    each(&ctx, &body, StatusCode::CREATED, asked::wanted, async |ctx, wanted, path| {
        let channel = notifications::open(ctx, wanted).await.map_err(|error| refused(error, path))?;
        let mut details = told::details(ctx, &channel);
        // Shown here and nowhere else.
        if let Some(details) = details.as_object_mut() {
            details.insert("secret".into(), channel.secret.into());
        }
        Ok(answer::success(details, SUBSCRIBED))
    })
    .await
}

async fn replace(StaffCaller(ctx): StaffCaller, body: JsonBody) -> Result<Response, ApiError> {
    each(&ctx, &body, StatusCode::OK, asked::wanted, async |ctx, wanted, path| {
        let channel = notifications::replace(ctx, wanted).await.map_err(|error| refused(error, path))?;
        Ok(answer::success(told::details(ctx, &channel), UPDATED))
    })
    .await
}

async fn amend(StaffCaller(ctx): StaffCaller, body: JsonBody) -> Result<Response, ApiError> {
    let mine = notifications::mine(&ctx).await?;
    let read = |ctx: &Ctx, item: &Map<String, Value>, path: &str| {
        let wanted = asked::amendment(ctx, item, path)?;
        asked::need_scope(ctx, &mine, wanted.number)?;
        Ok(wanted)
    };
    each(&ctx, &body, StatusCode::OK, read, async |ctx, wanted, path| {
        let (number, takes_away) = (wanted.number, wanted.take_away);
        let left = notifications::amend(ctx, wanted).await.map_err(|error| refused(error, path))?;
        let details = match &left {
            Some(channel) => told::details(ctx, channel),
            None => told::number(number),
        };
        Ok(answer::success(details, if takes_away { REMOVED } else { UPDATED }))
    })
    .await
}

async fn close(StaffCaller(ctx): StaffCaller, params: Params) -> Result<Response, ApiError> {
    let mut results = Vec::new();
    for asked::Number(number) in params.needed_ids("channel_ids", MOST)? {
        let closed = notifications::close(&ctx, number).await;
        let closed = closed.map_err(|error| refused(error, "").without("json_path").without("api_name"));
        results.push(closed.map(|()| answer::success(told::number(number), ENDED)));
    }
    Ok(answer::actions("watch", StatusCode::OK, results))
}

/// Each item is carried out or refused on its own; what a token may not do is refused as a whole, before anything is done.
async fn each<T, R, F>(ctx: &Ctx, body: &JsonBody, done: StatusCode, read: R, carry_out: F) -> Result<Response, ApiError>
where
    R: Fn(&Ctx, &Map<String, Value>, &str) -> Result<T, ApiError>,
    F: AsyncFn(&Ctx, T, &str) -> Result<Value, ApiError>,
{
    let mut wanted = Vec::new();
    for (n, item) in body.items("watch", MOST)?.iter().enumerate() {
        let path = format!("$.watch[{n}]");
        let item = item.as_object().ok_or_else(|| ApiError::wrong_type(&path, "jsonobject"));
        let item = item.and_then(|item| read(ctx, item, &path));
        match item {
            Err(error) if error.status() == StatusCode::UNAUTHORIZED => return Err(error),
            item => wanted.push((path, item)),
        }
    }
    let mut results = Vec::with_capacity(wanted.len());
    for (path, item) in wanted {
        results.push(match item {
            Ok(item) => carry_out(ctx, item, &path).await,
            Err(error) => Err(error),
        });
    }
    Ok(answer::actions("watch", done, results))
}

fn refused(error: app::Error, path: &str) -> ApiError {
    match error {
        app::Error::NotFound("channel") => ApiError::new(
            StatusCode::BAD_REQUEST,
            "NOT_SUBSCRIBED",
            "there is no such channel, or it has expired",
        )
        .at(&format!("{path}.channel_id")),
        app::Error::Input(name, expected) => ApiError::invalid(format!("invalid data: {expected}")).at(&format!("{path}.{name}")),
        other => other.into(),
    }
}
