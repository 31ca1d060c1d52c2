//! Invitations: one at once, many in the background.

use app::members::{Outcome, Wish};
use app::{Ctx, Error};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::ids::{ModuleId, RecordId};
use serde_json::{Value, json};

use super::request::{JsonBody, Params, id, items, text};
use super::{ApiError, answer, modules};
use crate::caller::StaffCaller;
use crate::routes::{Routes, get, post};

/// The most invitations of one call.
const LIMIT: usize = 100;

pub const LANGUAGES: [&str; 28] = [
    "en_US", "en_GB", "bg_BG", "zh_CN", "zh_TW", "hr_HR", "ar_EG", "in_ID", "cs_CZ", "da_DK", "nl_NL", "fr_FR", "de_DE", "hu_HU", "hi_IN",
    "it_IT", "ja_JP", "pl_PL", "pt_BR", "pt_PT", "ru_RU", "es_ES", "sv_SE", "th_TH", "tr_TR", "vi_VN", "ko_KR", "iw_IL",
];

pub fn routes() -> Routes {
    Routes::new()
        .route("/{module}/{id}/actions/portal_invite", post(one))
        .route("/{module}/actions/portal_invite", get(status).post(many))
}

fn module(ctx: &Ctx, name: &str) -> Result<ModuleId, ApiError> {
    if !ctx.rights.manage_portal_users {
        return Err(Error::NoPermission("Manage Portal Users").into());
    }
    Ok(modules::find(ctx, name)?.plan().module().id)
}

fn is_again(kind: &str) -> Option<bool> {
    match kind {
        "invite" => Some(false),
        "reinvite" => Some(true),
        _ => None,
    }
}

async fn one(StaffCaller(ctx): StaffCaller, Path((name, record)): Path<(String, String)>, params: Params) -> Result<Response, ApiError> {
    let module = module(&ctx, &name)?;
    let user_type = params.needed("user_type_id")?;
    let Some(again) = is_again(params.needed("type")?) else {
        let error = ApiError::new(StatusCode::BAD_REQUEST, "CANNOT_PROCESS", "Invalid type for the portal invite");
        return Ok(answer::actions("portal_invite", StatusCode::OK, vec![Err(error)]));
    };
    if params.text("language").is_some_and(|language| !LANGUAGES.contains(&language)) {
        return Err(ApiError::parameter("language", "a language such as en_US").with("supported_values", LANGUAGES.to_vec()));
    }
    let Ok(record) = record.parse::<RecordId>() else {
        return Err(ApiError::invalid("the id given seems to be invalid").with("resource_path_index", 1));
    };
    let outcome = match user_type.parse() {
        Ok(user_type) => app::members::fulfil(&ctx, module, Wish { user_type, record, again }).await?,
        Err(_) => Outcome::NoSuchType,
    };
    Ok(answer::actions(
        "portal_invite",
        StatusCode::OK,
        vec![item(record, outcome, "record_id")],
    ))
}

/// What became of an invitation, as the reference words it.
fn item(record: RecordId, outcome: Outcome, key: &str) -> Result<Value, ApiError> {
    let bad = |code, message: &'static str| Err(ApiError::new(StatusCode::BAD_REQUEST, code, message).with(key, record.to_string()));
    match outcome {
        Outcome::Invited | Outcome::InvitedAgain => Ok(answer::success(
            json!({ key: record }),
            "An Invite has been sent to the personality.",
        )),
        Outcome::AlreadyThere => bad(
            "DUPLICATE_DATA",
            "Invitation sent has failed as a portal user exists with same email id",
        ),
        Outcome::NoAddress => bad(
            "INVALID_DATA",
            "Invitation sent has failed as provided personality record does not have email id.",
        ),
        Outcome::OwnDomain => bad(
            "NOT_ALLOWED",
            "the licence policy lets nobody be invited whose address is of the organisation's own domain",
        ),
        Outcome::Closed => bad(
            "NOT_ALLOWED",
            "nobody can be invited into the portals of this organisation at present",
        ),
        Outcome::NoSuchRecord => bad("INVALID_DATA", "the id given seems to be invalid"),
        Outcome::NoSuchType => {
            let message = "the user type given is none of this module";
            Err(ApiError::invalid(message)
                .with("param_name", "user_type_id")
                .with("api_name", "user_type_id"))
        }
        Outcome::Full { allowance, consumed } => {
            let message = format!("License limit exceeded: {consumed} of {allowance} portal licences are in use.");
            let error = ApiError::new(StatusCode::BAD_REQUEST, "LICENSE_LIMIT_EXCEEDED", message);
            Err(error.with("limit", allowance).with("consumed", consumed))
        }
        Outcome::NotWaiting => bad("CANNOT_PROCESS", "there is no invitation that waits to be accepted"),
        Outcome::Failed => Err(ApiError::of_status(StatusCode::INTERNAL_SERVER_ERROR)),
    }
}

async fn many(StaffCaller(ctx): StaffCaller, Path(name): Path<String>, body: JsonBody) -> Result<Response, ApiError> {
    let module = module(&ctx, &name)?;
    let wishes = match wishes(&body) {
        Ok(wishes) => wishes,
        Err(error) => return Ok(answer::actions("portal_invite", StatusCode::OK, vec![Err(error)])),
    };
    let job = app::members::schedule(&ctx, module, wishes).await?;
    let details = json!({"job_id": job.to_string()});
    let item = answer::outcome("SCHEDULED", details, "Portal bulk invite scheduled successfully");
    Ok(answer::actions("portal_invite", StatusCode::OK, vec![Ok(item)]))
}

fn wishes(body: &JsonBody) -> Result<Vec<Wish>, ApiError> {
    let mut wishes = Vec::new();
    for (i, group) in body.items("portal_invite", LIMIT)?.iter().enumerate() {
        let path = format!("$.portal_invite[{i}]");
        let group = group.as_object().ok_or_else(|| ApiError::wrong_type(&path, "jsonobject"))?;
        for (j, item) in items(group, "data", &path, LIMIT)?.iter().enumerate() {
            wishes.push(wish(item, &format!("{path}.data[{j}]"))?);
        }
    }
    match wishes.len() > LIMIT {
        true => Err(ApiError::too_many("$.portal_invite[0].data", LIMIT)),
        false => Ok(wishes),
    }
}

fn wish(item: &Value, path: &str) -> Result<Wish, ApiError> {
    let item = item.as_object().ok_or_else(|| ApiError::wrong_type(path, "jsonobject"))?;
    let needed = |key: &str| {
        let path = format!("{path}.{key}");
        match item.get(key).filter(|v| !v.is_null()) {
            Some(value) => Ok((value, path)),
            None => Err(ApiError::missing(&path)),
        }
    };
    let (record, record_path) = needed("id")?;
    let (user_type, type_path) = needed("user_type_id")?;
    let (_, kind_path) = needed("type")?;
    let kind = text(item, "type", path)?.and_then(is_again);
    let language = text(item, "language", path)?.filter(|language| !language.is_empty());
    if language.is_some_and(|language| !LANGUAGES.contains(&language)) {
        return Err(ApiError::invalid("invalid data")
            .with("supported_values", LANGUAGES.to_vec())
            .at(&format!("{path}.language")));
    }
    Ok(Wish {
        record: id(record, &record_path)?,
        user_type: id(user_type, &type_path)?,
        again: kind.ok_or_else(|| {
            ApiError::invalid("invalid data")
                .with("supported_values", vec!["invite", "reinvite"])
                .at(&kind_path)
        })?,
    })
}

async fn status(StaffCaller(ctx): StaffCaller, Path(name): Path<String>, params: Params) -> Result<Response, ApiError> {
    let module = module(&ctx, &name)?;
    let wrong = || ApiError::parameter("job_id", "an id").with("expected_data_type", "bigint");
    let id = params.needed("job_id")?.parse().map_err(|_| wrong())?;
    let Some(batch) = app::members::batch(&ctx, module, id).await? else {
        return Ok(answer::nothing());
    };
    let data = batch.results.map(|results| {
        let one = |(record, outcome)| item(record, outcome, "id").unwrap_or_else(|error| error.item());
        results.into_iter().map(one).collect::<Vec<_>>()
    });
    // Before it is done there is nothing of it.
    let shown = json!({"data": data.unwrap_or_default(), "job_id": batch.id.to_string(), "status": batch.state});
    Ok(answer::list("portal_invite", vec![shown]))
}
