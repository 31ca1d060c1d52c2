//! Which addresses a sub-request may have.

use axum::http::{Method, StatusCode};

use crate::api::{ApiError, once};

/// As Zoho documents it.
pub const PATTERN: &str = "/crm(/.*)?/v[0-9]+([.][0-9]+)?/.*";
/// The version that this server speaks, and so those of calls within a call of it.
const VERSION: u32 = 8;
const VERSION_NAME: &str = "v8";
/// The most characters.
const MAX_LENGTH: usize = 2048;

/// Refuses what cannot be a sub-request. `uri` is its address, with its query.
pub fn check(method: &Method, uri: &str) -> Result<(), ApiError> {
    if uri.len() > MAX_LENGTH {
        return Err(ApiError::invalid("the address is too long").with("maximum_length", MAX_LENGTH));
    }
    let path = uri.split(['?', '#']).next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').collect();
    let malformed = || ApiError::invalid("invalid data").with("regex", PATTERN);
    let (place, version) = version(&parts).ok_or_else(malformed)?;
    if version.name != VERSION_NAME {
        let message = "the version of a sub-request must be that of the composite request";
        return Err(ApiError::new(StatusCode::BAD_REQUEST, "NOT_ALLOWED", message)
            .with("sub_request_version", version.number)
            .with("composite_request_version", VERSION));
    }
    let rest = parts.get(place + 1..).unwrap_or_default();
    match place == 2 && !leads_elsewhere(method, path, rest) {
        true => Ok(()),
        false => Err(not_supported("this is not supported in a composite request: call it by itself")),
    }
}

/// A version as it stands in an address.
struct Version<'u> {
    name: &'u str,
    /// What stands before the point, if there is one.
    number: u32,
}

/// Where in an address its version stands, and which it is.
fn version<'u>(parts: &[&'u str]) -> Option<(usize, Version<'u>)> {
    let (["", "crm"], rest) = parts.split_at_checked(2)? else {
        return None;
    };
    let (_, behind) = rest.split_last()?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let read = |name: &&'u str| {
        let (whole, point) = name
            .strip_prefix('v')
            .map(|number| number.split_once('.').unwrap_or((number, "0")))?;
        let number = whole.parse().unwrap_or(u32::MAX);
        (digits(whole) && digits(point)).then_some(Version { name, number })
    };
    behind.iter().enumerate().find_map(|(n, part)| Some((n + 2, read(part)?)))
}

/// Calls of calls, and what takes or gives files.
fn leads_elsewhere(method: &Method, path: &str, rest: &[&str]) -> bool {
    let gives_file = match rest {
        [super::KEY, ..] => return true,
        ["files"] | [_, _, "actions", "download_fields_attachment"] => true,
        [_, _, "Attachments", _] | [_, _, "photo"] => *method == Method::GET,
        _ => false,
    };
    gives_file || (*method == Method::POST && once::takes_files(path))
}

/// What could be asked for and is not done here.
pub fn not_supported(message: &'static str) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, "NOT_SUPPORTED", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(method: Method, uri: &str) -> String {
        match check(&method, uri) {
            Ok(()) => String::new(),
            Err(error) => error.item()["code"].as_str().unwrap().to_owned(),
        }
    }

    #[test]
    fn what_has_an_address_of_this_version_can_be_a_sub_request() {
        for (method, uri) in [
            (Method::GET, "/crm/v8/Contacts?fields=Last_Name&x=/v9/y"),
            (Method::POST, "/crm/v8/coql"),
            (Method::PUT, "/crm/v8/Contacts/@{1:$.data[0].details.id}"),
            (Method::GET, "/crm/v8/Contacts/12/Attachments"),
            (Method::DELETE, "/crm/v8/Contacts/12/Attachments/13"),
            (Method::DELETE, "/crm/v8/Contacts/12/photo"),
            (Method::GET, "/crm/v8/settings/portals/v9/user_type"),
            (Method::PATCH, "/crm/v8/"),
        ] {
            assert_eq!(code(method, uri), "", "{uri}");
        }
    }

    #[test]
    fn other_addresses_are_refused_by_what_is_wrong_with_them() {
        for uri in [
            "",
            "crm/v8/Leads",
            "/crm",
            "/crm/v8",
            "/crmx/v8/Leads",
            "/CRM/v8/Leads",
            "/crm/v/Leads",
            "/crm/v8x/Leads",
            "/crm/v8./Leads",
            "/crm?/v8/Leads",
            "https://example.com/crm/v8/Leads",
            "//example.com/crm/v8/Leads",
            "/oauth/v2/token",
            "/admin/records",
        ] {
            assert_eq!(code(Method::GET, uri), "INVALID_DATA", "{uri}");
        }
        for uri in [
            "/crm/v7/Leads",
            "/crm/v8.1/Leads",
            "/crm/v8.0/Leads",
            "/crm/bulk/v2/read",
            "/crm/v99999999999/x",
        ] {
            assert_eq!(code(Method::GET, uri), "NOT_ALLOWED", "{uri}");
        }
        for (method, uri) in [
            (Method::POST, "/crm/v8/__composite_requests"),
            (Method::POST, "/crm/v8/__composite_requests/"),
            (Method::POST, "/crm/bulk/v8/read"),
            (Method::GET, "/crm/x/v8/Leads"),
            (Method::POST, "/crm/v8/upload"),
            (Method::GET, "/crm/v8/files?id=1"),
            (Method::POST, "/crm/v8/Leads/12/Attachments"),
            (Method::GET, "/crm/v8/Leads/12/Attachments/13"),
            (Method::GET, "/crm/v8/Leads/12/actions/download_fields_attachment"),
            (Method::GET, "/crm/v8/Leads/12/photo"),
            (Method::POST, "/crm/v8/Leads/12/photo"),
        ] {
            assert_eq!(code(method, uri), "NOT_SUPPORTED", "{uri}");
        }
        assert_eq!(code(Method::GET, &format!("/crm/v8/{}", "x".repeat(3000))), "INVALID_DATA");
    }
}
