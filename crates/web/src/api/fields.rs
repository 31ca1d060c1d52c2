//! Fields of a module.

mod change;

use app::Error;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::access::{Access, Column};
use domain::modules::FieldKind;
use domain::modules::naming;
use domain::modules::standard::{FieldBlueprint, KindBlueprint};
use serde_json::{Map, Value, json};

use super::modules::find_asked;
use super::request::{JsonBody, Params, items, text};
use super::{ApiError, answer};
use crate::caller::{SettingsCaller, StaffCaller};
use crate::routes::{Routes, get};

/// The most fields made in one call.
const LIMIT: usize = 5;

pub fn routes() -> Routes {
    Routes::new()
        .route("/settings/fields", get(list).post(create).patch(change::several))
        .route("/settings/fields/{id}", get(one).patch(change::one).delete(change::delete))
}

async fn list(SettingsCaller(ctx): SettingsCaller, params: Params) -> Result<Response, ApiError> {
    let access = find_asked(&ctx, params.needed("module")?)?;
    Ok(answer::list(
        "fields",
        access.plan().columns().iter().map(|c| field(&access, c)).collect(),
    ))
}

async fn one(SettingsCaller(ctx): SettingsCaller, Path(id): Path<String>, params: Params) -> Result<Response, ApiError> {
    let access = find_asked(&ctx, params.needed("module")?)?;
    let column = named_in_path(&access, &id)?;
    Ok(answer::list("fields", vec![field(&access, column)]))
}

/// The field that the address names, by its id or API name.
fn named_in_path<'a>(access: &'a Access, name: &str) -> Result<&'a Column, ApiError> {
    let column = name.parse().ok().and_then(|id| access.plan().column(id));
    column
        .or_else(|| access.plan().column_named(name))
        .ok_or_else(|| ApiError::invalid("the id given seems to be invalid").with("resource_path_index", 2))
}

/// A field as the caller may know it. SDKs read every key named here.
pub fn field(access: &Access, column: &Column) -> Value {
    let (field, kind) = (&column.field, &column.field.kind);
    let read_only = !access.plan().may_set(field.id) && !access.plan().may_change(field.id);
    let target = kind.target().and_then(|id| access.catalogue().module(id));
    let module = target.map(|m| json!({"api_name": m.api_name, "id": m.id}));
    let lookup = match (kind, &module) {
        // As SDKs know that there are no fields to be fetched of it.
        (FieldKind::Parent, _) => {
            json!({"id": field.id, "api_name": null, "display_label": null, "module": {"api_name": "se_module", "id": null}})
        }
        (FieldKind::Lookup { .. }, Some(module)) => json!({"id": field.id, "api_name": null, "display_label": null, "module": module}),
        _ => json!({}),
    };
    let multi = match (kind, &module) {
        (FieldKind::MultiLookup { .. }, Some(module)) => {
            json!({"id": field.id, "api_name": field.api_name, "display_label": field.label, "connected_details": {"module": module}})
        }
        _ => json!({}),
    };
    json!({
        "id": field.id,
        "api_name": field.api_name,
        "field_label": field.label,
        "display_label": field.label,
        "data_type": kind.wire(),
        "json_type": kind.json_type(),
        "length": length(kind),
        "decimal_place": match kind.scale() { 0 => None, scale => Some(scale) },
        "system_mandatory": field.required && !field.custom,
        "required": field.required,
        "custom_field": field.custom,
        "read_only": read_only,
        "field_read_only": read_only,
        "visible": true,
        "searchable": true,
        "view_type": {"view": true, "edit": !read_only, "create": !read_only, "quick_create": false},
        "operation_type": {"web_create": !read_only, "web_update": !read_only, "api_create": !read_only, "api_update": !read_only},
        "pick_list_values": options(kind),
        "lookup": lookup,
        "multiselectlookup": multi,
        "multiuserlookup": {},
        "subform": null,
        "formula": {},
        "rollup_summary": {},
        "auto_number": match kind {
            FieldKind::AutoNumber { prefix } => json!({"prefix": prefix}),
            _ => json!({}),
        },
        "currency": {},
        "unique": if field.unique { json!({"case_sensitive": false}) } else { json!({}) },
        "external": null,
        "tooltip": null,
        "default_value": null,
        "history_tracking": null,
        "private": null,
    })
}

/// As many characters as a value takes at most.
fn length(kind: &FieldKind) -> u32 {
    kind.max_length().unwrap_or(match kind {
        FieldKind::Boolean => 5,
        FieldKind::Integer => 9,
        FieldKind::BigInteger => 18,
        FieldKind::Decimal { .. } | FieldKind::Currency { .. } | FieldKind::Percent { .. } => 19,
        FieldKind::Date => 10,
        FieldKind::DateTime | FieldKind::CreatedTime | FieldKind::ModifiedTime => 25,
        FieldKind::MultiPicklist { .. } | FieldKind::MultiLookup { .. } => 2000,
        _ => 255,
    })
}

fn options(kind: &FieldKind) -> Vec<Value> {
    let (FieldKind::Picklist { options } | FieldKind::MultiPicklist { options }) = kind else {
        return Vec::new();
    };
    let option = |(n, value): (usize, &String)| {
        json!({
            "display_value": value, "actual_value": value, "reference_value": value,
            "sequence_number": n + 1, "id": (n + 1).to_string(), "type": "used",
        })
    };
    options.iter().enumerate().map(option).collect()
}

async fn create(StaffCaller(ctx): StaffCaller, params: Params, body: JsonBody) -> Result<Response, ApiError> {
    let access = find_asked(&ctx, params.needed("module")?)?;
    let mut results = Vec::new();
    for (n, wanted) in items(&body.0, "fields", "$", LIMIT)?.iter().enumerate() {
        let path = format!("$.fields[{n}]");
        let made = match blueprint(wanted, &path) {
            Ok(blueprint) => {
                let made = app::modules::add_field(&ctx, access.plan().module().id, blueprint).await;
                made.map_err(|error| refused(error, &path))
            }
            Err(error) => Err(error),
        };
        results.push(made.map(|id| answer::success(json!({ "id": id }), "field created")));
    }
    Ok(answer::actions("fields", StatusCode::CREATED, results))
}

fn refused(error: Error, path: &str) -> ApiError {
    match error {
        Error::Exists(_) => {
            ApiError::new(StatusCode::BAD_REQUEST, "DUPLICATE_DATA", "this field exists already").at(&format!("{path}.api_name"))
        }
        Error::ApiName(why) => ApiError::invalid(why.to_string()).at(&format!("{path}.api_name")),
        Error::Input("look-up", why) => ApiError::invalid(format!("expected {why}")).at(&format!("{path}.lookup.module")),
        other => other.into(),
    }
}

/// A label that people read: one line, at most 50 characters.
pub fn label(label: &str, path: &str) -> Result<String, ApiError> {
    let label = label.trim();
    if label.chars().count() > 50 {
        return Err(ApiError::invalid("invalid data").with("maximum_length", 50).at(path));
    }
    match label.chars().any(char::is_control) {
        true => Err(ApiError::wrong_type(path, "text of one line")),
        false => Ok(label.to_owned()),
    }
}

fn blueprint(wanted: &Value, path: &str) -> Result<FieldBlueprint, ApiError> {
    let wanted = wanted.as_object().ok_or_else(|| ApiError::wrong_type(path, "jsonobject"))?;
    let given = text(wanted, "field_label", path)?.filter(|label| !label.trim().is_empty());
    let label = label(
        given.ok_or_else(|| ApiError::missing(&format!("{path}.field_label")))?,
        &format!("{path}.field_label"),
    )?;
    let api_name = text(wanted, "api_name", path)?.map_or_else(|| naming::from_label(&label), str::to_owned);
    let on = |key: &str| matches!(wanted.get(key), Some(Value::Bool(true) | Value::Object(_)));
    Ok(FieldBlueprint {
        kind: kind(wanted, path)?,
        required: on("required") || on("system_mandatory"),
        unique: on("unique") && wanted.get("unique") != Some(&json!({})),
        api_name,
        label,
    })
}

fn kind(wanted: &Map<String, Value>, path: &str) -> Result<KindBlueprint, ApiError> {
    let name = text(wanted, "data_type", path)?.ok_or_else(|| ApiError::missing(&format!("{path}.data_type")))?;
    let scale = small(wanted, "decimal_place", path, 9)?;
    let length = |most: u32, usual: u32| Ok::<u32, ApiError>(small(wanted, "length", path, most)?.unwrap_or(usual).max(1));
    let scale = |usual: u8| scale.and_then(|n| u8::try_from(n).ok()).unwrap_or(usual);
    Ok(match name {
        "text" => KindBlueprint::Text(length(255, 255)?),
        "textarea" => KindBlueprint::TextArea(length(50_000, 32_000)?),
        "email" => KindBlueprint::Email,
        "phone" => KindBlueprint::Phone,
        "website" => KindBlueprint::Website,
        "picklist" => KindBlueprint::Picklist(choices(wanted, path)?),
        "multiselectpicklist" => KindBlueprint::MultiPicklist(choices(wanted, path)?),
        "integer" => KindBlueprint::Integer,
        "bigint" => KindBlueprint::BigInteger,
        "double" => KindBlueprint::Decimal(scale(2)),
        "currency" => KindBlueprint::Currency(scale(2)),
        "percent" => KindBlueprint::Percent(scale(2)),
        "boolean" => KindBlueprint::Boolean,
        "date" => KindBlueprint::Date,
        "datetime" => KindBlueprint::DateTime,
        "lookup" => KindBlueprint::Lookup(target(wanted, "lookup", path)?),
        "multiselectlookup" => KindBlueprint::MultiLookup(target(wanted, "multiselectlookup", path)?),
        "ownerlookup" | "userlookup" => KindBlueprint::Owner,
        "autonumber" => {
            let prefix = wanted.get("auto_number").and_then(|a| a.get("prefix")).and_then(Value::as_str);
            KindBlueprint::AutoNumber(self::label(prefix.unwrap_or_default(), &format!("{path}.auto_number.prefix"))?)
        }
        "fileupload" => KindBlueprint::File,
        "imageupload" => KindBlueprint::Image,
        _ => {
            return Err(ApiError::invalid("invalid data")
                .with("supported_values", SUPPORTED.to_vec())
                .at(&format!("{path}.data_type")));
        }
    })
}

pub const SUPPORTED: [&str; 21] = [
    "text",
    "textarea",
    "email",
    "phone",
    "website",
    "picklist",
    "multiselectpicklist",
    "integer",
    "bigint",
    "double",
    "currency",
    "percent",
    "boolean",
    "date",
    "datetime",
    "lookup",
    "multiselectlookup",
    "ownerlookup",
    "autonumber",
    "fileupload",
    "imageupload",
];

fn small(wanted: &Map<String, Value>, key: &str, path: &str, most: u32) -> Result<Option<u32>, ApiError> {
    let path = format!("{path}.{key}");
    match wanted.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_u64().and_then(|n| u32::try_from(n).ok()) {
            Some(n) if n <= most => Ok(Some(n)),
            Some(_) => Err(ApiError::invalid("invalid data").with("maximum_length", most).at(&path)),
            None => Err(ApiError::wrong_type(&path, "integer")),
        },
    }
}

fn choices(wanted: &Map<String, Value>, path: &str) -> Result<Vec<String>, ApiError> {
    let mut options: Vec<String> = Vec::new();
    for (n, item) in items(wanted, "pick_list_values", path, 500)?.iter().enumerate() {
        let path = format!("{path}.pick_list_values[{n}]");
        let option = match item.as_object() {
            Some(item) => choice(item, &path)?,
            None => return Err(ApiError::missing(&format!("{path}.display_value"))),
        };
        if !options.contains(&option) {
            options.push(option);
        }
    }
    Ok(options)
}

/// The text of an option.
fn choice(item: &Map<String, Value>, path: &str) -> Result<String, ApiError> {
    let path = format!("{path}.display_value");
    let value = item
        .get("display_value")
        .or_else(|| item.get("actual_value"))
        .and_then(Value::as_str);
    let value = value
        .map(str::trim)
        .filter(|v| !v.is_empty())
        .ok_or_else(|| ApiError::missing(&path))?;
    if value.chars().count() > 120 || value.chars().any(char::is_control) {
        return Err(ApiError::invalid("invalid data").with("maximum_length", 120).at(&path));
    }
    Ok(value.to_owned())
}

/// The API name of the module that a look-up leads to.
fn target(wanted: &Map<String, Value>, key: &str, path: &str) -> Result<String, ApiError> {
    let look_up = wanted.get(key).or_else(|| wanted.get("lookup"));
    let module = look_up.and_then(|l| l.get("module").or_else(|| l.get("connected_details")?.get("module")));
    let name = module.and_then(|m| m.as_str().or_else(|| m.get("api_name")?.as_str()));
    name.map(str::to_owned)
        .ok_or_else(|| ApiError::missing(&format!("{path}.{key}.module.api_name")))
}
