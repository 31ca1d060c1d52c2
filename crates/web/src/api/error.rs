//! The one table for what the API answers when it does not do something.

use std::borrow::Cow;

use app::Error;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::records::{FieldError, Problem, QueryError};
use serde_json::{Map, Value, json};

use super::answer;
use crate::sessions::Stale;

/// Why a call, or one item of it, was not carried out.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: Cow<'static, str>,
    details: Map<String, Value>,
    /// Memory may be out of date: answer once more with everything looked up anew.
    look_again: bool,
    /// A statement found memory out of date, and nothing was done.
    stale: bool,
}

impl ApiError {
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            details: Map::new(),
            look_again: false,
            stale: false,
        }
    }

    /// 400 `INVALID_DATA`.
    pub fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "INVALID_DATA", message)
    }

    /// A value of the query is not what it should be.
    pub fn parameter(name: &str, expected: &str) -> Self {
        Self::invalid(format!("the value of {name} is invalid: expected {expected}")).with("param_name", name)
    }

    /// What a use case says of its parts, where these are called as the parameters of the query are.
    pub fn of_parameter(error: Error) -> Self {
        match error {
            Error::Input(name, expected) => Self::parameter(name, &expected),
            other => other.into(),
        }
    }

    /// A value of the query is missing.
    pub fn no_parameter(name: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "REQUIRED_PARAM_MISSING",
            "One of the expected parameter is missing",
        )
        .with("param_name", name)
        .with("param", name)
    }

    /// A value of the body is missing.
    pub fn missing(path: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "MANDATORY_NOT_FOUND", "required field not found").at(path)
    }

    /// A value of the body is of another type.
    pub fn wrong_type(path: &str, expected: &str) -> Self {
        Self::invalid("invalid data").with("expected_data_type", expected).at(path)
    }

    /// More than a call may hold.
    pub fn too_many(path: &str, limit: usize) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "LIMIT_EXCEEDED",
            format!("at most {limit} are allowed in one call"),
        )
        .with("limit", limit)
        .with("maximum_length", limit)
        .at(path)
    }

    /// A portal user calls what is for employees.
    pub fn not_for_portal_users() -> Self {
        let message = "api not supported for client portal user";
        Self::new(StatusCode::BAD_REQUEST, "API_NOT_SUPPORTED", message).with("unsupported_login_user_type", "Client Portal User")
    }

    /// Nobody says who calls.
    pub fn nobody() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "AUTHENTICATION_FAILURE", "Authentication failed")
    }

    /// A value of a record that cannot be taken. `path` is the record's.
    pub fn field(error: &FieldError, path: &str) -> Self {
        let path = format!("{path}.{}", error.field);
        let invalid = || Self::invalid("invalid data");
        let error = match &error.problem {
            Problem::Mandatory => return Self::missing(&path),
            Problem::WrongType { expected } => return Self::wrong_type(&path, expected),
            Problem::TooLong { max } => invalid().with("maximum_length", *max),
            Problem::NotAnOption { options } => invalid().with("supported_values", options.clone()),
            Problem::TooLarge { digits } => invalid().with("maximum_length", *digits),
            Problem::TooPrecise { scale } => invalid().with("decimal_place", *scale),
            Problem::NoSuchRecord | Problem::NoSuchFile => Self::invalid("the id given seems to be invalid"),
            Problem::NotInPortal => Self::new(
                StatusCode::BAD_REQUEST,
                "NOT_ALLOWED",
                "You cannot share the note as the current record is not accessible in the portal.",
            ),
            Problem::NotUnique => Self::new(StatusCode::BAD_REQUEST, "DUPLICATE_DATA", "duplicate data"),
            Problem::NotWritable => Self::invalid(error.problem.to_string()),
        };
        error.at(&path)
    }

    /// Adds a detail.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.details.insert(key.to_owned(), value.into());
        self
    }

    /// Says where in the body: `$.data[0].Last_Name`.
    #[must_use]
    pub fn at(self, path: &str) -> Self {
        let name = path
            .rsplit('.')
            .next()
            .unwrap_or(path)
            .trim_end_matches(|c: char| "[]".contains(c) || c.is_ascii_digit());
        let name = name.to_owned();
        self.with("api_name", name).with("json_path", path)
    }

    /// The same failure where the address names the record: its path is no place in the body.
    #[must_use]
    pub fn without(mut self, key: &str) -> Self {
        self.details.shift_remove(key);
        self
    }

    /// The token is good, but not for this.
    pub fn scope_mismatch() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "OAUTH_SCOPE_MISMATCH",
            "invalid oauth scope to access this URL",
        )
    }

    /// The same failure of a query, which names the module itself.
    #[must_use]
    pub fn of_query(self, module: &str) -> Self {
        let code = "INVALID_QUERY";
        let module: String = module.chars().take(100).collect();
        Self { code, ..self }.without("resource_path_index").with("module", module)
    }

    fn look_again(self) -> Self {
        Self { look_again: true, ..self }
    }

    /// Whether a statement found memory out of date.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.stale
    }

    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// `{code, details, message, status}`.
    #[must_use]
    pub fn item(&self) -> Value {
        json!({"code": self.code, "details": self.details, "message": self.message, "status": "error"})
    }
}

impl<E: Into<Error>> From<E> for ApiError {
    fn from(error: E) -> Self {
        let error = error.into();
        let message = error.to_string();
        let with = |status, code| Self::new(status, code, message.clone());
        match &error {
            Error::SignedOut | Error::WrongPassword => Self::new(StatusCode::UNAUTHORIZED, "INVALID_TOKEN", "invalid oauth token"),
            Error::Stale => Self {
                stale: true,
                ..Self::new(StatusCode::UNAUTHORIZED, "INVALID_TOKEN", "invalid oauth token").look_again()
            },
            Error::ScopeMismatch => Self::scope_mismatch(),
            Error::NotFound(thing) => not_found(thing),
            Error::Forbidden | Error::OutOfScope | Error::NeedsSecond => with(StatusCode::FORBIDDEN, "NO_PERMISSION"),
            Error::NoPermission(name) => no_permission(name),
            Error::Fields(errors) => errors
                .first()
                .map_or_else(|| Self::invalid(message.clone()), |e| Self::field(e, "$.data[0]")),
            Error::Query(QueryError::NoSuchField(name)) => Self::invalid(message.clone()).with("api_name", name.as_str()).look_again(),
            Error::TooManyUploads(most) => with(StatusCode::TOO_MANY_REQUESTS, "LIMIT_EXCEEDED").with("limit", *most),
            Error::TooManyJobs(most) => with(StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_REQUESTS").with("limit", *most),
            Error::TooManyChannels(most) => with(StatusCode::BAD_REQUEST, "LIMIT_EXCEEDED").with("limit", *most),
            Error::KeyReused => with(StatusCode::UNPROCESSABLE_ENTITY, "IDEMPOTENCY_KEY_REUSED"),
            Error::KeyInUse => with(StatusCode::CONFLICT, "IDEMPOTENCY_KEY_IN_USE"),
            Error::TooSlow(most) => with(StatusCode::BAD_REQUEST, "LIMIT_EXCEEDED").with("limit", *most),
            Error::Ambiguous(field) => with(StatusCode::BAD_REQUEST, "AMBIGUITY_DURING_PROCESSING").with("api_name", field.as_str()),
            Error::Exists(_) => with(StatusCode::BAD_REQUEST, "DUPLICATE_DATA"),
            Error::Changed => with(StatusCode::PRECONDITION_FAILED, "RECORD_MODIFIED"),
            Error::Exhausted(e) => with(StatusCode::BAD_REQUEST, "LICENSE_LIMIT_EXCEEDED")
                .with("limit", e.allowance)
                .with("consumed", e.consumed),
            Error::TooFewLicences { least, .. } => with(StatusCode::BAD_REQUEST, "NOT_ALLOWED").with("minimum", *least),
            Error::NotInPolicy { .. } => with(StatusCode::BAD_REQUEST, "LICENSE_LIMIT_EXCEEDED"),
            Error::OwnDomain { .. } | Error::OnTrial | Error::Paid(_) | Error::UnknownPolicy(_) => {
                with(StatusCode::BAD_REQUEST, "NOT_ALLOWED")
            }
            Error::NoStep(_) | Error::TakenBack(_) => with(StatusCode::BAD_REQUEST, "NOT_ALLOWED"),
            Error::InvitationsHeld(_) => with(StatusCode::BAD_REQUEST, "PAYMENT_OVERDUE"),
            Error::TooManyTypes(limit) => with(StatusCode::BAD_REQUEST, "LICENSE_LIMIT_EXCEEDED").with("limit", *limit),
            Error::TooManyPortals(limit) => with(StatusCode::BAD_REQUEST, "LIMIT_REACHED").with("limit", *limit),
            Error::Edition(_) => with(StatusCode::BAD_REQUEST, "FEATURE_NOT_SUPPORTED"),
            Error::DefaultType(_) | Error::TypeInUse | Error::PortalInUse | Error::Refused(_) => {
                with(StatusCode::BAD_REQUEST, "NOT_ALLOWED")
            }
            Error::Locked => with(StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_REQUESTS"),
            Error::Busy | Error::Payment(_) => with(StatusCode::SERVICE_UNAVAILABLE, "SERVICE_UNAVAILABLE"),
            Error::Internal(cause) => {
                tracing::error!(%cause, "a call failed");
                Self::internal()
            }
            _ => Self::invalid(message),
        }
    }
}

impl ApiError {
    fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", "Internal Server Error")
    }

    /// What an answer without a body of ours says: those of the framework and of the layers.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        let (code, message) = match status {
            StatusCode::NOT_FOUND => ("INVALID_URL_PATTERN", "Please check if the URL trying to access is a correct one"),
            StatusCode::METHOD_NOT_ALLOWED => ("INVALID_REQUEST_METHOD", "The http request method type is not a valid one"),
            StatusCode::PAYLOAD_TOO_LARGE => ("REQUEST_ENTITY_TOO_LARGE", "the body is over the limit"),
            StatusCode::UNAUTHORIZED => ("AUTHENTICATION_FAILURE", "Authentication failed"),
            StatusCode::FORBIDDEN => ("NO_PERMISSION", "the call comes from another site"),
            StatusCode::TOO_MANY_REQUESTS => ("TOO_MANY_REQUESTS", "too many calls: please wait"),
            StatusCode::SERVICE_UNAVAILABLE => ("SERVICE_UNAVAILABLE", "the server is busy: please try again"),
            s if s.is_server_error() => return Self::internal(),
            _ => ("INVALID_DATA", "the request cannot be read"),
        };
        Self::new(status, code, message)
    }
}

fn not_found(thing: &str) -> ApiError {
    match thing {
        "module" => ApiError::new(
            StatusCode::BAD_REQUEST,
            "INVALID_MODULE",
            "the module name given seems to be invalid",
        )
        .with("resource_path_index", 0)
        .look_again(),
        "record" => ApiError::invalid("the id given seems to be invalid").with("resource_path_index", 1),
        "portal" => ApiError::invalid("No portal exists with the given portal name."),
        other => ApiError::new(StatusCode::NOT_FOUND, "INVALID_DATA", format!("there is no such {other}")),
    }
}

fn no_permission(name: &str) -> ApiError {
    let permission = match name {
        "Manage Portals" => "Crm_Implied_Manage_ClientPortal",
        "Manage Portal Users" => "Crm_Implied_Manage_ClientPortal_Users",
        _ => "Crm_Implied_Customize_Zoho_CRM",
    };
    ApiError::new(StatusCode::FORBIDDEN, "NO_PERMISSION", "No permission").with("permissions", vec![permission])
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut answer = answer::json(self.status, &self.item());
        if self.look_again {
            answer.extensions_mut().insert(Stale);
        }
        answer
    }
}
