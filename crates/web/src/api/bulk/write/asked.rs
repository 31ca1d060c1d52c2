//! What an order asks for, and the answers to those that cannot be.

use app::bulk::write::{Asked, Column, Operation, Origin, Refused};
use axum::http::StatusCode;
use serde_json::{Map, Value};

use crate::api::ApiError;
use crate::api::bulk::job;
use crate::api::request::{JsonBody, id, text};

/// The most fields of a mapping.
const MOST_FIELDS: usize = 500;
const RESOURCE: &str = "$.resource[0]";

/// Reads `{"operation", "resource": [{"type": "data", module, file_id, find_by, ignore_empty, field_mappings}]}`.
pub fn read(body: &JsonBody) -> Result<Asked, ApiError> {
    let operation = match text(&body.0, "operation", "$")? {
        Some("insert") => Operation::Insert,
        Some("update") => Operation::Update,
        Some("upsert") => Operation::Upsert,
        Some(_) => {
            return Err(ApiError::invalid("invalid data")
                .with("supported_values", vec!["insert", "update", "upsert"])
                .at("$.operation"));
        }
        None => return Err(ApiError::missing("$.operation")),
    };
    let resource = body.only("resource")?;
    if !matches!(text(resource, "type", RESOURCE)?, None | Some("data")) {
        let path = format!("{RESOURCE}.type");
        return Err(ApiError::invalid("invalid data").with("supported_values", vec!["data"]).at(&path));
    }
    let module_path = format!("{RESOURCE}.module");
    let module = match resource.get("module") {
        Some(Value::Object(module)) => text(module, "api_name", &module_path)?,
        None | Some(Value::Null) => None,
        Some(_) => return Err(ApiError::wrong_type(&module_path, "jsonobject")),
    };
    let file = resource.get("file_id").filter(|file| !file.is_null());
    let file_path = format!("{RESOURCE}.file_id");
    Ok(Asked {
        operation,
        module: module
            .ok_or_else(|| ApiError::missing(&format!("{module_path}.api_name")))?
            .to_owned(),
        file: id(file.ok_or_else(|| ApiError::missing(&file_path))?, &file_path)?,
        find_by: text(resource, "find_by", RESOURCE)?.map(str::to_owned),
        ignore_empty: flag(resource, "ignore_empty", RESOURCE)? || flag(&body.0, "ignore_empty", "$")?,
        columns: columns(resource)?,
        encoding: text(&body.0, "character_encoding", "$")?.map(str::to_owned),
        callback: job::callback(&body.0)?,
    })
}

fn flag(of: &Map<String, Value>, key: &str, path: &str) -> Result<bool, ApiError> {
    match of.get(key) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(yes)) => Ok(*yes),
        Some(_) => Err(ApiError::wrong_type(&format!("{path}.{key}"), "boolean")),
    }
}

fn columns(resource: &Map<String, Value>) -> Result<Vec<Column>, ApiError> {
    let path = format!("{RESOURCE}.field_mappings");
    let mappings = match resource.get("field_mappings") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(mappings)) => mappings,
        Some(_) => return Err(ApiError::wrong_type(&path, "jsonarray")),
    };
    if mappings.len() > MOST_FIELDS {
        return Err(ApiError::too_many(&path, MOST_FIELDS));
    }
    mappings
        .iter()
        .enumerate()
        .map(|(n, mapping)| column(mapping, &format!("{path}[{n}]")))
        .collect()
}

/// `{"api_name", "index" or "header", "default_value": {"value"}, "format", "find_by"}`.
fn column(mapping: &Value, path: &str) -> Result<Column, ApiError> {
    let mapping = mapping.as_object().ok_or_else(|| ApiError::wrong_type(path, "jsonobject"))?;
    let field = text(mapping, "api_name", path)?.ok_or_else(|| ApiError::missing(&format!("{path}.api_name")))?;
    let default = default(mapping, path)?;
    let index_path = format!("{path}.index");
    let place = match mapping.get("index") {
        None | Some(Value::Null) => None,
        Some(index) => {
            let place = index.as_u64().and_then(|index| usize::try_from(index).ok());
            Some(place.ok_or_else(|| ApiError::wrong_type(&index_path, "integer"))?)
        }
    };
    let from = match (place, text(mapping, "header", path)?) {
        (Some(place), _) => Origin::Place(place),
        (None, Some(name)) => Origin::Name(name.to_owned()),
        (None, None) if default.is_some() => Origin::Nowhere,
        (None, None) => return Err(ApiError::missing(&index_path)),
    };
    Ok(Column {
        field: field.to_owned(),
        from,
        default,
        format: text(mapping, "format", path)?.map(str::to_owned),
        find_by: text(mapping, "find_by", path)?.map(str::to_owned),
    })
}

fn default(mapping: &Map<String, Value>, path: &str) -> Result<Option<String>, ApiError> {
    let path = format!("{path}.default_value");
    let value = match mapping.get("default_value") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(default)) => default.get("value"),
        Some(plain) => Some(plain),
    };
    match value {
        Some(Value::String(text)) if !text.contains('\0') => Ok(Some(text.clone())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(Value::Bool(yes)) => Ok(Some(yes.to_string())),
        _ => Err(ApiError::wrong_type(&format!("{path}.value"), "text")),
    }
}

/// The answer to an order that cannot be carried out.
pub fn refused(refused: Refused) -> ApiError {
    let bad = |code| ApiError::new(StatusCode::BAD_REQUEST, code, refused.to_string());
    let mappings = format!("{RESOURCE}.field_mappings");
    match &refused {
        Refused::Callback(why) => job::bad_callback(why.clone()),
        Refused::File => bad("INVALID_FILE_ID").at(&format!("{RESOURCE}.file_id")),
        Refused::Field(name) => bad("INVALID_FIELD").at(&mappings).with("api_name", name.as_str()),
        Refused::Twice(name) | Refused::FindByNotMapped(name) => bad("INVALID_DATA").at(&mappings).with("api_name", name.as_str()),
        Refused::FindBy => bad("MISSING_REQUIRED_KEY").at(&format!("{RESOURCE}.find_by")),
        Refused::Mandatory(fields) => bad("MANDATORY_FIELDS_NOT_MAPPED").at(&mappings).with("fields", fields.clone()),
        Refused::Encoding(_) => bad("INVALID_DATA").at("$.character_encoding"),
        Refused::Format { field, .. } => bad("INVALID_FORMAT").at(&mappings).with("api_name", field.as_str()),
        Refused::App(app::Error::NotFound("module")) => {
            let path = format!("{RESOURCE}.module.api_name");
            ApiError::new(
                StatusCode::BAD_REQUEST,
                "MODULE_NOT_AVAILABLE",
                "the module name given seems to be invalid",
            )
            .at(&path)
        }
        Refused::App(_) => match refused {
            Refused::App(error) => error.into(),
            other => ApiError::invalid(other.to_string()),
        },
    }
}
