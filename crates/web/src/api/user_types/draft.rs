//! From the JSON of a user type to a draft, and what is said of one that cannot be taken.

use app::portals::TypeDraft;
use app::{Ctx, Error};
use axum::http::StatusCode;
use domain::access::notation::{self, Misread};
use domain::access::{Fault, Policy};
use domain::ids::{ModuleId, PortalId};
use domain::modules::FieldKind;
use domain::portals::BadName;
use serde_json::{Map, Value, json};

use crate::api::ApiError;
use crate::api::portals::bad_name;
use crate::api::request::{id, items, text};

const PATH: &str = "$.user_type[0]";
const NAME: &str = "$.user_type[0].name";
const PEOPLE: &str = "$.user_type[0].personality_module";

/// Reads a user type. What is missing stays as it is in `before`; a new one must say everything. The
/// outer error is the call's, the inner one the item's.
pub fn read(
    ctx: &Ctx,
    portal: PortalId,
    wanted: &Map<String, Value>,
    before: Option<TypeDraft>,
) -> Result<Result<TypeDraft, ApiError>, ApiError> {
    match parts(ctx, portal, wanted, before) {
        Err(Reason::Call(error)) => Err(error),
        Err(Reason::Item(error)) => Ok(Err(error)),
        Ok(draft) => Ok(Ok(draft)),
    }
}

enum Reason {
    Call(ApiError),
    Item(ApiError),
}

impl From<ApiError> for Reason {
    fn from(error: ApiError) -> Self {
        Self::Item(error)
    }
}

fn parts(ctx: &Ctx, portal: PortalId, wanted: &Map<String, Value>, before: Option<TypeDraft>) -> Result<TypeDraft, Reason> {
    let name = match (text(wanted, "name", PATH)?, &before) {
        (Some(name), _) => name.to_owned(),
        (None, Some(before)) => before.name.clone(),
        (None, None) => return Err(missing(NAME).into()),
    };
    let active = match wanted.get("active") {
        None | Some(Value::Null) => before.as_ref().is_some_and(|b| b.active),
        Some(Value::Bool(active)) => *active,
        Some(_) => {
            let error = ApiError::wrong_type("$.user_type[0].active", "boolean");
            return Err(error.with("supported_values", vec!["true", "false"]).into());
        }
    };
    let people = match (people(ctx, wanted)?, &before) {
        (Some(people), _) => people,
        (None, Some(before)) => before.policy.personality,
        (None, None) => return Err(missing(PEOPLE).into()),
    };
    check_invitation(ctx, portal, wanted, people)?;
    let old = before.map(|b| b.policy);
    let policy = match (wanted.get("modules").filter(|m| !m.is_null()), old) {
        (None, Some(old)) if old.personality == people => old,
        (None, _) => return Err(missing("$.user_type[0].modules").into()),
        (Some(_), old) => policy(ctx, wanted, people, old.as_ref())?,
    };
    Ok(TypeDraft { name, active, policy })
}

fn people(ctx: &Ctx, wanted: &Map<String, Value>) -> Result<Option<ModuleId>, ApiError> {
    let Some(json) = wanted.get("personality_module").filter(|v| !v.is_null()) else {
        return Ok(None);
    };
    let object = json.as_object().ok_or_else(|| ApiError::wrong_type(PEOPLE, "jsonobject"))?;
    let catalogue = &ctx.snapshot.catalogue;
    let module = match (object.get("id").filter(|v| !v.is_null()), text(object, "api_name", PEOPLE)?) {
        (Some(given), _) => catalogue.module(id(given, "$.user_type[0].personality_module.id")?),
        (None, Some(name)) => catalogue.named(name),
        (None, None) => return Err(missing("$.user_type[0].personality_module.api_name")),
    };
    let module = module.ok_or_else(|| ApiError::invalid("Invalid data").at(PEOPLE))?;
    Ok(Some(module.id))
}

/// People are invited by their e-mail address: the field that is named for it, if one is, has to be that of their module.
fn check_invitation(ctx: &Ctx, portal: PortalId, wanted: &Map<String, Value>, people: ModuleId) -> Result<(), ApiError> {
    const FIELD: &str = "$.user_type[0].invitation_field";
    let Some(json) = wanted.get("invitation_field").filter(|v| !v.is_null()) else {
        return Ok(());
    };
    let object = json.as_object().ok_or_else(|| ApiError::wrong_type(FIELD, "jsonobject"))?;
    let module = ctx.snapshot.catalogue.module(people);
    let path = format!("{FIELD}.id");
    let field = match (object.get("id").filter(|v| !v.is_null()), text(object, "api_name", FIELD)?) {
        (Some(given), _) => {
            let wanted = id(given, &path)?;
            module.and_then(|m| m.field(wanted))
        }
        (None, Some(name)) => module.and_then(|m| m.field_named(name)),
        (None, None) => return Err(missing(&path)),
    };
    let field = field.ok_or_else(|| ApiError::invalid("Invalid data").at(&path))?;
    if module.and_then(|m| m.email_field()).is_some_and(|email| email.id == field.id) {
        return Ok(());
    }
    let at_provider = ctx.snapshot.has_provider(portal);
    let message = match field.kind {
        FieldKind::Phone if at_provider => "SAML configured for portal so phone field was not allowed for user types",
        _ => "people are invited by the e-mail address of their record",
    };
    Err(ApiError::new(StatusCode::BAD_REQUEST, "NOT_ALLOWED", message).at(&path))
}

fn policy(ctx: &Ctx, wanted: &Map<String, Value>, people: ModuleId, old: Option<&Policy>) -> Result<Policy, Reason> {
    let modules = items(wanted, "modules", PATH, 500)?;
    notation::read(&ctx.snapshot.catalogue, people, modules, old).map_err(misread)
}

fn missing(path: &str) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, "MANDATORY_NOT_FOUND", "Required field is missing").at(path)
}

fn misread(why: Misread) -> Reason {
    let at = |path: &str| format!("{PATH}.{path}");
    let bad = |code, message: &'static str| ApiError::new(StatusCode::BAD_REQUEST, code, message);
    let error = match &why {
        Misread::MandatoryModules => bad("MANDATORY_NOT_FOUND", "Personality module and Notes module are mandatory modules."),
        Misread::Missing { path } => missing(&at(path)),
        Misread::NoLayouts { path } => {
            let dependee = path.trim_end_matches(".layouts");
            bad("DEPENDENT_FIELD_MISSING", "layouts are missing.")
                .with(
                    "dependee",
                    json!({"api_name": "shared_type", "json_path": format!("{}.shared_type", at(dependee))}),
                )
                .at(&at(path))
        }
        Misread::NotOnLayout { path } => bad("NOT_ALLOWED", "Layout does not have selected filter in it.").at(&at(path)),
        Misread::WrongType { path, expected } => bad("INVALID_DATA", "Invalid data type")
            .with("expected_data_type", *expected)
            .at(&at(path)),
        Misread::Unsupported { path, supported } => bad("INVALID_DATA", "Invalid data")
            .with("supported_values", supported.to_vec())
            .at(&at(path)),
        Misread::TooMany { path, limit } => bad("INVALID_DATA", "Invalid data").with("maximum_length", *limit).at(&at(path)),
        Misread::Unknown { path } => bad("INVALID_DATA", "Invalid data").at(&at(path)),
        Misread::NoReadOnly { path } => {
            let error = bad("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing");
            return Reason::Call(error.at(&format!("{}.read_only", at(path))));
        }
    };
    Reason::Item(error)
}

/// What is said of a draft that breaks a rule.
pub fn refused(error: Error) -> ApiError {
    match error {
        Error::Name { why: BadName::Missing, .. } => missing(NAME),
        Error::Name { why, .. } => bad_name(why, NAME),
        Error::Exists(_) => ApiError::new(StatusCode::BAD_REQUEST, "DUPLICATE_DATA", "this user type exists already").at(NAME),
        Error::DefaultType(_) => {
            let message = "Change of personality module of default user type is not allowed.";
            ApiError::new(StatusCode::BAD_REQUEST, "NOT_ALLOWED", message).at(PEOPLE)
        }
        Error::TypeInUse => ApiError::new(StatusCode::BAD_REQUEST, "NOT_ALLOWED", "the user type still has portal users").at(PEOPLE),
        Error::Policy(faults) => match faults.first() {
            Some(Fault::NotAPersonality) => ApiError::invalid(Fault::NotAPersonality.to_string()).at(PEOPLE),
            _ => ApiError::invalid(Error::Policy(faults).to_string()).at("$.user_type[0].modules"),
        },
        other => other.into(),
    }
}
