//! Changing and deleting fields.

use app::{Ctx, Error};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::access::{Access, Column};
use domain::ids::FieldId;
use domain::modules::changing::{BadChange, FieldChange, Options};
use domain::modules::making::BadField;
use domain::modules::{Field, FieldKind};
use serde_json::{Map, Value, json};

use super::{LIMIT, choice, label, length, named_in_path, small};
use crate::api::modules::find_asked;
use crate::api::request::{JsonBody, Params, id, items, text};
use crate::api::{ApiError, answer};
use crate::caller::StaffCaller;

/// Changes the fields that the items name by their ids.
pub async fn several(StaffCaller(ctx): StaffCaller, params: Params, body: JsonBody) -> Result<Response, ApiError> {
    let access = find_asked(&ctx, params.needed("module")?)?;
    let mut results = Vec::new();
    for (n, wanted) in items(&body.0, "fields", "$", LIMIT)?.iter().enumerate() {
        let path = format!("$.fields[{n}]");
        let wanted = wanted.as_object().ok_or_else(|| ApiError::wrong_type(&path, "jsonobject"));
        let changed = match wanted.and_then(|wanted| Ok((named(&access, wanted, &path)?, wanted))) {
            Ok((column, wanted)) => changed(&ctx, &column.field, wanted, &path).await,
            Err(error) => Err(error),
        };
        results.push(changed);
    }
    Ok(answer::actions("fields", StatusCode::OK, results))
}

fn named<'a>(access: &'a Access, wanted: &Map<String, Value>, path: &str) -> Result<&'a Column, ApiError> {
    let path = format!("{path}.id");
    let id = id::<FieldId>(wanted.get("id").ok_or_else(|| ApiError::missing(&path))?, &path)?;
    let column = access.plan().column(id);
    column.ok_or_else(|| ApiError::invalid("the id given seems to be invalid").at(&path))
}

/// Changes the field of the address.
pub async fn one(StaffCaller(ctx): StaffCaller, Path(name): Path<String>, params: Params, body: JsonBody) -> Result<Response, ApiError> {
    let access = find_asked(&ctx, params.needed("module")?)?;
    let column = named_in_path(&access, &name)?;
    let path = "$.fields[0]";
    let wanted = body.only("fields")?;
    if let Some(other) = wanted.get("id")
        && id::<FieldId>(other, &format!("{path}.id"))? != column.field.id
    {
        return Err(ApiError::invalid("the id is not that of the address").at(&format!("{path}.id")));
    }
    let result = changed(&ctx, &column.field, wanted, path).await;
    Ok(answer::actions("fields", StatusCode::OK, vec![result]))
}

async fn changed(ctx: &Ctx, field: &Field, wanted: &Map<String, Value>, path: &str) -> Result<Value, ApiError> {
    let change = read(field, wanted, path)?;
    app::modules::change_field(ctx, field.module, field.id, change)
        .await
        .map_err(|error| refused(error, path))?;
    Ok(answer::success(json!({ "id": field.id }), "field updated"))
}

/// Deletes the field of the address.
pub async fn delete(StaffCaller(ctx): StaffCaller, Path(name): Path<String>, params: Params) -> Result<Response, ApiError> {
    let access = find_asked(&ctx, params.needed("module")?)?;
    let field = &named_in_path(&access, &name)?.field;
    app::modules::delete_field(&ctx, field.module, field.id)
        .await
        .map_err(|error| match error {
            Error::FieldChange(_) | Error::FieldNeeded(_) => not_allowed(&error).with("api_name", field.api_name.as_str()),
            other => other.into(),
        })?;
    let gone = answer::success(json!({ "id": field.id }), "field deleted");
    Ok(answer::actions("fields", StatusCode::OK, vec![Ok(gone)]))
}

fn not_allowed(why: &Error) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, "NOT_ALLOWED", why.to_string())
}

fn refused(error: Error, path: &str) -> ApiError {
    let at = |key: &str| format!("{path}.{key}");
    let Some(key) = place(&error) else {
        return match &error {
            Error::FieldChange(BadChange::Standard) | Error::Policies(_) | Error::Policy(_) => not_allowed(&error),
            _ => error.into(),
        };
    };
    match &error {
        Error::SameValues => ApiError::new(StatusCode::BAD_REQUEST, "DUPLICATE_DATA", error.to_string()).at(&at(key)),
        Error::OptionHeld(_) => not_allowed(&error).at(&at(key)),
        _ => ApiError::invalid(error.to_string()).at(&at(key)),
    }
}

/// The key of the item that a refusal is about.
fn place(error: &Error) -> Option<&'static str> {
    Some(match error {
        Error::SameValues | Error::FieldChange(BadChange::Field(BadField::Unique | BadField::LongUnique)) => "unique",
        Error::OptionHeld(_) | Error::FieldChange(BadChange::NoList | BadChange::Field(BadField::Options | BadField::Option(_))) => {
            "pick_list_values"
        }
        Error::FieldChange(BadChange::NoText | BadChange::Shorter(_) | BadChange::Field(BadField::Length(_))) => "length",
        Error::FieldChange(BadChange::NoNumber | BadChange::Field(BadField::Prefix)) => "auto_number",
        Error::FieldChange(BadChange::Given) => "required",
        Error::FieldChange(BadChange::Field(BadField::Label)) => "field_label",
        _ => return None,
    })
}

/// What is to be different. A field that is sent as it was told means no change.
fn read(field: &Field, wanted: &Map<String, Value>, path: &str) -> Result<FieldChange, ApiError> {
    stays(wanted, "api_name", &json!(field.api_name), path)?;
    stays(wanted, "data_type", &json!(field.kind.wire()), path)?;
    stays(wanted, "decimal_place", &json!(field.kind.scale()), path)?;
    let key = if wanted.contains_key("field_label") {
        "field_label"
    } else {
        "display_label"
    };
    let given = text(wanted, key, path)?.map(|given| label(given, &format!("{path}.{key}")));
    Ok(FieldChange {
        label: given.transpose()?,
        required: switch(wanted, "required", path)?,
        unique: unique(wanted, path)?,
        length: small(wanted, "length", path, 100_000)?.filter(|new| *new != length(&field.kind)),
        options: options(field, wanted, path)?,
        prefix: prefix(wanted, path)?,
    })
}

/// Refuses another value than the one that is there.
fn stays(wanted: &Map<String, Value>, key: &str, there: &Value, path: &str) -> Result<(), ApiError> {
    match wanted.get(key) {
        None | Some(Value::Null) => Ok(()),
        Some(value) if value == there => Ok(()),
        Some(_) => {
            Err(ApiError::new(StatusCode::BAD_REQUEST, "NOT_ALLOWED", format!("{key} cannot be changed")).at(&format!("{path}.{key}")))
        }
    }
}

fn switch(wanted: &Map<String, Value>, key: &str, path: &str) -> Result<Option<bool>, ApiError> {
    match wanted.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(on)) => Ok(Some(*on)),
        Some(_) => Err(ApiError::wrong_type(&format!("{path}.{key}"), "boolean")),
    }
}

/// `{}`, `{"disable": true}` (as SDKs say it) or `false`: not unique; anything else in the object, or `true`: unique.
fn unique(wanted: &Map<String, Value>, path: &str) -> Result<Option<bool>, ApiError> {
    match wanted.get("unique") {
        Some(Value::Object(how)) => Ok(Some(!how.is_empty() && how.get("disable") != Some(&json!(true)))),
        _ => switch(wanted, "unique", path),
    }
}

fn prefix(wanted: &Map<String, Value>, path: &str) -> Result<Option<String>, ApiError> {
    let path = format!("{path}.auto_number");
    match wanted.get("auto_number") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(number)) => {
            let given = text(number, "prefix", &path)?;
            given.map(|given| label(given, &format!("{path}.prefix"))).transpose()
        }
        Some(_) => Err(ApiError::wrong_type(&path, "jsonobject")),
    }
}

/// The options that are sent, in their order, then those that are not; without those that are sent with `_delete`.
fn options(field: &Field, wanted: &Map<String, Value>, path: &str) -> Result<Option<Options>, ApiError> {
    let is_list = matches!(field.kind, FieldKind::Picklist { .. } | FieldKind::MultiPicklist { .. });
    match wanted.get("pick_list_values") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(sent)) if sent.is_empty() && !is_list => return Ok(None),
        _ => {}
    }
    let there = field.kind.options();
    let (mut first, mut gone): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for (n, item) in items(wanted, "pick_list_values", path, 500)?.iter().enumerate() {
        let path = format!("{path}.pick_list_values[{n}]");
        let item = item.as_object().ok_or_else(|| ApiError::wrong_type(&path, "jsonobject"))?;
        let option = option(there, item, &path)?;
        let list = if switch(item, "_delete", &path)? == Some(true) {
            &mut gone
        } else {
            &mut first
        };
        if !list.contains(&option) {
            list.push(option);
        }
    }
    Ok(Some(Options::Some { first, gone }))
}

/// The option that an item is about: by its text, or one that is there by its id.
fn option(there: &[String], item: &Map<String, Value>, path: &str) -> Result<String, ApiError> {
    let named = match item.get("id") {
        None | Some(Value::Null) => None,
        Some(sent) => id::<usize>(sent, &format!("{path}.id"))?.checked_sub(1).and_then(|n| there.get(n)),
    };
    let given = item.get("display_value").or_else(|| item.get("actual_value"));
    match (given, named) {
        (None | Some(Value::Null), Some(named)) => Ok(named.clone()),
        (None | Some(Value::Null), None) => Err(ApiError::missing(&format!("{path}.display_value"))),
        (Some(_), named) => {
            let option = choice(item, path)?;
            match named {
                Some(named) if *named != option && !there.contains(&option) => {
                    let why = "the text of an option cannot be changed: add another";
                    Err(ApiError::new(StatusCode::BAD_REQUEST, "NOT_ALLOWED", why).at(&format!("{path}.display_value")))
                }
                _ => Ok(option),
            }
        }
    }
}
